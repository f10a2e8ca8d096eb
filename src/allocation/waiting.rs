//! Waiting orders: who gets the next unit of a SKU that comes in.
//!
//! # Promises
//! - In order of the delivery method's rank, then promise, then age; never by hash order.
//! - An order waits for each of its SKUs separately, and leaves each queue when it is served there or gone;
//!   nobody searches the other queues for it.
//!
//! ```
//! use ordermill::allocation::{WaitKey, Waiting};
//! use ordermill::domain::{OrderId, SkuId};
//! use ordermill::kernel::time::Moment;
//!
//! let mut waiting = Waiting::new(1);
//! let key = |rank, hour, id| WaitKey { rank, promised: Moment(hour), order: OrderId(id) };
//! for key in [key(1, 9, 4), key(0, 12, 7), key(1, 8, 6)] {
//!     waiting.wait(SkuId(0), key, key.order.0);
//! }
//! // Stock came: walk in order, take out who is served or gone, stop when the units are used up.
//! let mut seen = Vec::new();
//! let mut next = waiting.first(SkuId(0));
//! while let Some(waiter) = next {
//!     seen.push(waiter.token);
//!     if waiter.token == 6 {
//!         waiting.leave(SkuId(0), waiter.key);
//!     }
//!     next = waiting.after(SkuId(0), waiter.key);
//! }
//! assert_eq!(seen, [7, 6, 4]);
//! assert_eq!(waiting.len(SkuId(0)), 2);
//! ```

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use crate::domain::{OrderId, SkuId};
use crate::kernel::time::Moment;

/// Whose turn it is: lower first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaitKey {
    /// Rank of the delivery method.
    pub rank: u32,
    pub promised: Moment,
    /// Ids are dense in order of arrival: age breaks ties.
    pub order: OrderId,
}

/// One that waits; `token` is the caller's (an engine handle's bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiter {
    pub key: WaitKey,
    pub token: u64,
}

/// One queue a SKU.
#[derive(Debug, Default, Clone)]
pub struct Waiting {
    queues: Vec<BTreeMap<WaitKey, u64>>,
    total: u64,
}

impl Waiting {
    pub fn new(skus: usize) -> Waiting {
        Waiting { queues: vec![BTreeMap::new(); skus], total: 0 }
    }

    /// The order waits for the SKU. Again with the same key: only the token changes.
    pub fn wait(&mut self, sku: SkuId, key: WaitKey, token: u64) {
        let fresh = self.queues[sku.index()].insert(key, token).is_none();
        self.total += u64::from(fresh);
    }

    /// The first in line.
    pub fn first(&self, sku: SkuId) -> Option<Waiter> {
        self.queues[sku.index()].first_key_value().map(waiter)
    }

    /// The next in line behind `key`, which may have left meanwhile.
    pub fn after(&self, sku: SkuId, key: WaitKey) -> Option<Waiter> {
        self.queues[sku.index()].range((Excluded(key), Unbounded)).next().map(waiter)
    }

    /// Served or gone. Whether it was there.
    pub fn leave(&mut self, sku: SkuId, key: WaitKey) -> bool {
        let was_there = self.queues[sku.index()].remove(&key).is_some();
        self.total -= u64::from(was_there);
        was_there
    }

    /// Appends all that wait for the SKU to `out`, in order.
    pub fn arrive(&self, sku: SkuId, out: &mut Vec<Waiter>) {
        out.extend(self.queues[sku.index()].iter().map(waiter));
    }

    pub fn len(&self, sku: SkuId) -> usize {
        self.queues[sku.index()].len()
    }

    /// Over all SKUs: an order that waits for two counts twice.
    pub fn total(&self) -> u64 {
        self.total
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}

fn waiter((&key, &token): (&WaitKey, &u64)) -> Waiter {
    Waiter { key, token }
}
