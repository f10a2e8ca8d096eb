//! The baselines: what one would write first, with nothing of what the engine does beyond it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use dashmap::DashMap;
use rustc_hash::FxBuildHasher;

use crate::engine::Shelves;

pub(super) const CELL_IN_MAP: &str = "dashmap entry a cell";
pub(super) const CARTS_IN_MAP: &str = "carts in a dashmap";
pub(super) const RECORD_IN_MAP: &str = "record in a dashmap";
/// Orders alone; no second line, no money, no fulfillment orders, no parcels.
pub(super) const ORDERS_IN_MAP: &str = "orders alone in a dashmap, one line";
/// As many records as ours, and both lines; no money, no ledgers, no double entry, no handles that go stale.
pub(super) const ALL_IN_MAPS: &str = "orders, their parts, parcels in dashmaps";

/// Reserve one unit of a cell, then let it leave the shelf. Panics when there is none.
pub(super) trait Sell: Sync {
    fn sell(&self, cell: usize);
}

impl Sell for Shelves {
    #[inline]
    fn sell(&self, cell: usize) {
        self.reserve(&[(cell, 1)]).expect("enough stock");
        self.settle(cell, 1);
    }
}

/// Available and held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair(pub u32, pub u32);

impl Pair {
    #[inline]
    pub fn reserve(&mut self) {
        *self = Pair(self.0.checked_sub(1).expect("enough stock"), self.1 + 1);
    }

    #[inline]
    pub fn settle(&mut self) {
        self.1 -= 1;
    }
}

/// One word a cell, available and held in its halves; nothing is checked but that there is a unit.
pub(super) struct Words(pub Vec<AtomicU64>);

impl Words {
    pub fn new(cells: usize, units: u32) -> Words {
        Words((0..cells).map(|_| AtomicU64::new(units.into())).collect())
    }
}

impl Words {
    #[inline]
    pub fn reserve(&self, cell: usize) {
        let word = &self.0[cell];
        let mut seen = word.load(Ordering::Acquire);
        loop {
            assert!(seen as u32 != 0, "enough stock");
            let held = seen - 1 + (1 << 32);
            match word.compare_exchange_weak(seen, held, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => break,
                Err(other) => seen = other,
            }
        }
    }

    #[inline]
    pub fn settle(&self, cell: usize) {
        self.0[cell].fetch_sub(1 << 32, Ordering::AcqRel);
    }
}

impl Sell for Words {
    #[inline]
    fn sell(&self, cell: usize) {
        self.reserve(cell);
        self.settle(cell);
    }
}

#[repr(align(64))]
struct Line(Mutex<Pair>);

pub(super) struct Locked(Vec<Line>);

impl Locked {
    pub fn new(cells: usize, units: u32) -> Locked {
        Locked((0..cells).map(|_| Line(Mutex::new(Pair(units, 0)))).collect())
    }
}

impl Sell for Locked {
    #[inline]
    fn sell(&self, cell: usize) {
        let lock = || self.0[cell].0.lock().expect("nobody panics with the lock");
        lock().reserve();
        lock().settle();
    }
}

pub(super) struct Mapped(DashMap<usize, Pair, FxBuildHasher>);

impl Mapped {
    pub fn new(cells: usize, units: u32) -> Mapped {
        Mapped((0..cells).map(|cell| (cell, Pair(units, 0))).collect())
    }
}

impl Sell for Mapped {
    #[inline]
    fn sell(&self, cell: usize) {
        self.0.get_mut(&cell).expect("a cell").reserve();
        self.0.get_mut(&cell).expect("a cell").settle();
    }
}

/// An order as the baselines keep it: a cache line, moved by whoever has it.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub(super) struct Record {
    pub state: u64,
    pub at: u64,
    pub cell: u32,
}

/// Orders in a dashmap by number, the record inside.
pub(super) struct Registry(DashMap<u64, Record, FxBuildHasher>);

impl Registry {
    pub fn new(ready: usize) -> Registry {
        Registry(DashMap::with_capacity_and_hasher(ready, FxBuildHasher))
    }

    #[inline]
    pub fn open(&self, id: u64, cell: usize) {
        self.0.insert(id, Record { state: 0, at: id, cell: cell as u32 });
    }

    /// The order's cell.
    #[inline]
    pub fn step(&self, id: u64, at: u64) -> usize {
        let mut record = self.0.get_mut(&id).expect("a live order");
        record.state += 1;
        record.at = at;
        record.cell as usize
    }

    #[inline]
    pub fn finish(&self, id: u64) {
        self.0.remove(&id).expect("a live order");
    }
}

/// SKU and quantity: no time to live, no stock, no word of what happened.
pub(super) type Lines = Vec<(u32, u32)>;

/// A dashmap that holds carts.
#[derive(Default)]
pub(super) struct CartsInMap(DashMap<u64, Lines, FxBuildHasher>);

impl CartsInMap {
    #[inline]
    pub fn change(&self, cart: u64, change: impl FnOnce(&mut Lines)) {
        change(&mut self.0.entry(cart).or_default());
    }
}
