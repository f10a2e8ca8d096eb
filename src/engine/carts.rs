//! The cart map: carts by their own numbers, and who may change one now.
//!
//! ```text
//! cart id -> edge map -> handle -> record (one cache line)
//!                                  word: generation | version | claimed
//!                                  id, expires | shape, five portions or the block of more
//! ```
//!
//! # Promises
//! - A cart is *claimed* by one compare-and-swap and let go by one store, as orders are: between them nobody else sees or
//!   changes it. So all that happens to a cart happens in one order, and the cart is what these operations make of it.
//! - A cart lives as long as there is something in it. A claim that leaves it empty ends it: its number is forgotten
//!   first, then its handle is void, then its slot can be used again.
//! - Claims of two carts at once ascend by slot.
//! - Slots, blocks and the map's places are used again: memory grows only with more carts than ever before.
//!
//! # Why an empty cart may be in the map for a moment
//! Who adds to a cart that is not there, or merges into one, makes it first and claims it then, like any other. Whoever
//! else claims it in between finds it empty, which is what no cart is, and ends it; the maker makes it again. Were it
//! born claimed, its maker would wait for the other cart with this one in hand, against the order of slots.

use super::arena::{Arena, Record};
use super::blocks::{Blocks, List, shape};
use super::edge::{self, EdgeMap, Map};
use super::portion::Portion;
use super::record::{CartState, CartWord, join48, split48};
use super::submit::LATEST;
use super::sync::{AtomicU64, Ordering, Patience};
use crate::domain::{CartId, Handle};
use crate::kernel::plant::planted;
use crate::kernel::time::Moment;

const INLINE: usize = 5;

#[repr(align(64))]
pub struct CartRecord {
    state: AtomicU64,
    /// The cart's number; the free list's link while the slot is free.
    id: AtomicU64,
    /// Expires 48 | portions 12 | class of their block 4 (0: inline).
    expires: AtomicU64,
    portions: [AtomicU64; INLINE],
}

impl Default for CartRecord {
    fn default() -> CartRecord {
        let zero = || AtomicU64::new(0);
        let state = AtomicU64::new(CartWord::UNUSED);
        CartRecord { state, id: zero(), expires: zero(), portions: std::array::from_fn(|_| zero()) }
    }
}

impl Record for CartRecord {
    fn link(&self) -> &AtomicU64 {
        &self.id
    }
}

impl CartRecord {
    #[inline]
    fn list(&self) -> List<'_> {
        List { shape: &self.expires, inline: &self.portions }
    }

    #[inline]
    fn is_empty(&self) -> bool {
        shape(self.expires.load(Ordering::Relaxed)).0 == 0
    }
}

pub struct CartMap {
    arena: Arena<CartRecord>,
    blocks: Blocks,
    by_id: Map<u64, Handle>,
}

impl CartMap {
    /// With places for so many carts; more come when needed.
    pub fn boxed(ready: usize) -> Box<CartMap> {
        Box::new(CartMap { arena: Arena::new(ready), blocks: Blocks::default(), by_id: edge::map_for(ready) })
    }

    /// The cart, for the caller alone; `None` where there is none.
    #[inline]
    pub fn claim(&self, cart: CartId) -> Option<CartClaim<'_>> {
        loop {
            let handle = EdgeMap::get(&self.by_id, &cart.0)?;
            match self.claim_handle(handle) {
                // Somebody made it and has not put anything in yet, or its last line has just gone.
                Some(claim) if claim.record.is_empty() => return None,
                Some(claim) => return Some(claim),
                None => continue,
            }
        }
    }

    /// The cart, for the caller alone; an empty one where there is none.
    #[inline]
    pub fn claim_or_make(&self, cart: CartId) -> CartClaim<'_> {
        loop {
            if let Some(claim) = self.claim_handle(self.ensure(cart)) {
                return claim;
            }
        }
    }

    /// Two carts, for the caller alone. The first must be there; the second is made where it is not.
    pub fn claim_two(&self, from: CartId, into: CartId) -> Option<(CartClaim<'_>, CartClaim<'_>)> {
        assert!(from != into, "a cart and itself");
        loop {
            let (first, second) = (EdgeMap::get(&self.by_id, &from.0)?, self.ensure(into));
            // Both are asked for in any case: an empty cart that was made here ends with its claim.
            let both = if first.slot() < second.slot() || planted("unsorted-carts") {
                let first = self.claim_handle(first);
                (first, self.claim_handle(second))
            } else {
                let second = self.claim_handle(second);
                (self.claim_handle(first), second)
            };
            match both {
                (Some(first), Some(_)) if first.record.is_empty() => return None,
                (Some(first), Some(second)) => return Some((first, second)),
                _ => continue,
            }
        }
    }

    /// The handle of the cart, which is made without anything in it where there is none.
    fn ensure(&self, cart: CartId) -> Handle {
        loop {
            if let Some(handle) = EdgeMap::get(&self.by_id, &cart.0) {
                return handle;
            }
            let (slot, record) = self.arena.take();
            record.id.store(cart.0, Ordering::Relaxed);
            record.expires.store(0, Ordering::Relaxed);
            let word = CartWord::fresh(record.state.load(Ordering::Relaxed), CartState::Open);
            // Release: pairs with the Acquire in claim_handle.
            record.state.store(word.0, Ordering::Release);
            let handle = word.handle(slot);
            if self.by_id.insert_new(cart.0, handle) {
                return handle;
            }
            record.state.store(word.vacated().0, Ordering::Release);
            self.arena.give(slot);
        }
    }

    /// Waits until nobody works on the cart; `None` when the handle's generation has passed.
    fn claim_handle(&self, handle: Handle) -> Option<CartClaim<'_>> {
        let slot = handle.slot();
        let record = self.arena.get(slot)?;
        let mut patience = Patience::default();
        // Acquire: pairs with the Release in let_go; all that the last owner wrote is seen.
        let mut seen = CartWord(record.state.load(Ordering::Acquire));
        loop {
            if !seen.is(handle) {
                return None;
            }
            if seen.is_claimed() && !planted("shared-cart") {
                patience.wait();
                seen = CartWord(record.state.load(Ordering::Acquire));
                continue;
            }
            let claimed = seen.with(CartWord::CLAIMED);
            match record.state.compare_exchange_weak(seen.0, claimed.0, Ordering::Acquire, Ordering::Acquire)
            {
                Ok(_) => return Some(CartClaim { map: self, record, slot, word: seen }),
                Err(other) => seen = CartWord(other),
            }
        }
    }

    /// Every cart, by slot: number, when it is too old, portions. For when no command is running.
    pub fn each(&self, mut visit: impl FnMut(CartId, Moment, &[Portion])) {
        let mut portions = Vec::new();
        for (_, record) in self.arena.iter() {
            if CartWord(record.state.load(Ordering::Acquire)).state().is_some() {
                portions.clear();
                self.blocks.each(record.list(), |portion| portions.push(portion));
                visit(CartId(record.id.load(Ordering::Relaxed)), record.expires_at(), &portions);
            }
        }
    }

    /// Numbers in the edge map.
    pub fn count(&self) -> usize {
        self.by_id.count()
    }

    pub fn bytes(&self) -> usize {
        self.arena.bytes() + self.blocks.bytes()
    }
}

impl CartRecord {
    fn expires_at(&self) -> Moment {
        match split48(self.expires.load(Ordering::Relaxed)).0 {
            LATEST => Moment::NEVER,
            at => Moment(at),
        }
    }
}

/// A cart that nobody else changes until this is dropped. Left empty, it ends.
pub struct CartClaim<'a> {
    map: &'a CartMap,
    record: &'a CartRecord,
    slot: u32,
    /// The word as found, without the claim.
    word: CartWord,
}

impl CartClaim<'_> {
    pub fn expires(&self) -> Moment {
        self.record.expires_at()
    }

    /// Appends what is in the cart.
    pub fn copy(&self, out: &mut Vec<Portion>) {
        let whole = self.map.blocks.each(self.record.list(), |portion| out.push(portion));
        whole.expect("portions of a cart that is claimed");
    }

    pub fn write(&self, portions: &[Portion], expires: Moment) {
        let shown = split48(self.record.expires.load(Ordering::Relaxed)).1;
        self.record.expires.store(join48(expires.0.min(LATEST), shown), Ordering::Relaxed);
        self.map.blocks.write(self.record.list(), portions);
    }
}

impl Drop for CartClaim<'_> {
    fn drop(&mut self) {
        let (map, record) = (self.map, self.record);
        if !record.is_empty() {
            // Release: pairs with the Acquire in claim_handle.
            record.state.store(self.word.0, Ordering::Release);
            return;
        }
        map.blocks.free(record.list());
        map.by_id.forget(&record.id.load(Ordering::Relaxed));
        record.state.store(self.word.vacated().0, Ordering::Release);
        map.arena.give(self.slot);
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use crate::engine::portion::Fate;

    fn portions(count: u32) -> Vec<Portion> {
        (0..count).map(|sku| Portion::new(sku, 1 + sku, Fate::Waiting, 0, false)).collect()
    }

    #[test]
    fn a_record_is_one_cache_line() {
        assert_eq!(size_of::<CartRecord>(), 64);
    }

    #[test]
    fn a_long_cart_spills_into_a_block_and_its_slot_lives_again() {
        let map = CartMap::boxed(1);
        for count in [1, 5, 6, 8, 9, 700, 3] {
            let claim = map.claim_or_make(CartId(7));
            claim.write(&portions(count), Moment(40));
            drop(claim);
            let claim = map.claim(CartId(7)).expect("it has something in it");
            let mut read = Vec::new();
            claim.copy(&mut read);
            assert_eq!((read, claim.expires()), (portions(count), Moment(40)));
        }
        map.claim(CartId(7)).unwrap().write(&[], Moment(40));
        assert!(map.claim(CartId(7)).is_none() && map.count() == 0);
        map.claim_or_make(CartId(8)).write(&portions(9), Moment::NEVER);
        assert_eq!((map.arena.peak(), map.claim(CartId(8)).unwrap().expires()), (1, Moment::NEVER));
    }

    #[test]
    fn a_cart_that_stays_empty_was_never_there() {
        let map = CartMap::boxed(1);
        drop(map.claim_or_make(CartId(1)));
        assert!(map.claim(CartId(1)).is_none() && map.claim_two(CartId(1), CartId(2)).is_none());
        assert_eq!(map.count(), 0);
    }
}
