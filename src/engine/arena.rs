//! Arenas: dense slots of records that are made once and then reused for ever.
//!
//! # Promises
//! - A slot's address never changes, so `&record` needs no guard.
//! - Taking a slot allocates only when more slots are in use than ever before, one segment at a time.
//! - A slot comes back last in, first out: the warmest one is used next.
//!
//! # Why one tagged free list and not one per thread
//! One compare-and-swap at each end of an order's life is 2 % of it. The list hides behind `FreeList`,
//! so per-thread lists can come when more than two cores show the need.

use std::sync::OnceLock;

use crossbeam::utils::CachePadded;

use super::sync::{AtomicU64, Ordering};
use crate::kernel::plant::planted;

/// 65,536 slots a segment; small under a model checker, whose atomics are heavy.
pub const SEGMENT_BITS: u32 = if cfg!(any(loom, shuttle)) { 2 } else { 16 };
pub const SEGMENT_SLOTS: usize = 1 << SEGMENT_BITS;
const SEGMENTS: usize = if cfg!(any(loom, shuttle)) { 4 } else { 4_096 };
/// Enough for the blocks of large orders, of which there are few.
pub const FEW_SEGMENTS: usize = if cfg!(any(loom, shuttle)) { 4 } else { 1_024 };

/// What an arena needs of its records: a word that may hold the free list's link while the slot is free.
pub trait Record: Default + Send + Sync {
    fn link(&self) -> &AtomicU64;
}

/// Of a length that the compiler knows: a place within it needs no check.
type Segment<R> = Box<[R; SEGMENT_SLOTS]>;

/// Records by slot, in segments made on first use.
pub struct Segments<R> {
    table: Box<[OnceLock<Segment<R>>]>,
}

impl<R: Default> Segments<R> {
    pub fn new(ready: usize) -> Segments<R> {
        let segments = Segments::few(SEGMENTS);
        for slot in (0..ready).step_by(SEGMENT_SLOTS) {
            segments.ensure(slot as u32);
        }
        segments
    }

    pub fn few(segments: usize) -> Segments<R> {
        Segments { table: (0..segments).map(|_| OnceLock::new()).collect() }
    }

    /// The record, or `None` where no segment was made yet.
    #[inline]
    pub fn get(&self, slot: u32) -> Option<&R> {
        let segment = self.table.get((slot >> SEGMENT_BITS) as usize)?.get()?;
        Some(&segment[slot as usize & (SEGMENT_SLOTS - 1)])
    }

    /// The record of a slot that is known to exist.
    #[inline]
    pub fn at(&self, slot: u32) -> &R {
        self.get(slot).expect("a slot that was never made")
    }

    /// Makes the slot's segment if it is the first use.
    pub fn ensure(&self, slot: u32) -> &R {
        let segment = self.table.get((slot >> SEGMENT_BITS) as usize).expect("an arena beyond its end");
        &segment.get_or_init(make_segment)[slot as usize & (SEGMENT_SLOTS - 1)]
    }

    pub fn bytes(&self) -> usize {
        let made = self.table.iter().filter(|segment| segment.get().is_some()).count();
        made * SEGMENT_SLOTS * size_of::<R>()
    }
}

#[cold]
fn make_segment<R: Default>() -> Segment<R> {
    let records: Box<[R]> = (0..SEGMENT_SLOTS).map(|_| R::default()).collect();
    records.try_into().ok().expect("as many records as a segment has")
}

/// Segments with a free list.
pub struct Arena<R> {
    pub records: Segments<R>,
    free: FreeList,
}

impl<R: Record> Arena<R> {
    pub fn new(ready: usize) -> Arena<R> {
        Arena { records: Segments::new(ready), free: FreeList::default() }
    }

    #[inline]
    pub fn get(&self, slot: u32) -> Option<&R> {
        self.records.get(slot)
    }

    #[inline]
    pub fn at(&self, slot: u32) -> &R {
        self.records.at(slot)
    }

    /// A slot for the caller alone.
    #[inline]
    pub fn take(&self) -> (u32, &R) {
        match self.free.pop(|slot| self.at(slot).link()) {
            Some(slot) => (slot, self.at(slot)),
            None => {
                let slot = self.free.fresh();
                (slot, self.records.ensure(slot))
            }
        }
    }

    /// Gives the slot back. Its generation must have passed already.
    #[inline]
    pub fn give(&self, slot: u32) {
        self.free.push(slot, self.at(slot).link());
    }

    /// How many slots were ever in use at once: slots are reused before a new one is made.
    pub fn peak(&self) -> u32 {
        self.free.made()
    }

    /// All records ever used, free ones included, by slot.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &R)> {
        (0..self.peak()).map(|slot| (slot, self.at(slot)))
    }

    pub fn bytes(&self) -> usize {
        self.records.bytes()
    }
}

/// A stack of free slots: `tag << 32 | slot + 1`; the tag grows with each push, so a head that went and
/// came back is another head.
///
/// Head and count stand on lines of their own: threads that make new slots do not disturb those that reuse.
pub struct FreeList {
    head: CachePadded<AtomicU64>,
    made: CachePadded<AtomicU64>,
}

impl Default for FreeList {
    fn default() -> FreeList {
        FreeList { head: CachePadded::new(AtomicU64::new(0)), made: CachePadded::new(AtomicU64::new(0)) }
    }
}

impl FreeList {
    #[inline]
    pub fn pop<'a>(&self, link: impl Fn(u32) -> &'a AtomicU64) -> Option<u32> {
        // Acquire: pairs with the Release in push; the link written there is read here.
        let mut head = self.head.load(Ordering::Acquire);
        loop {
            let slot = (head as u32).checked_sub(1)?;
            // Somebody may own the slot by now and write its link word: then the tag has moved on
            // and the swap fails.
            let next = link(slot).load(Ordering::Relaxed) as u32;
            let new = (head >> 32) << 32 | u64::from(next);
            match self.head.compare_exchange_weak(head, new, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => return Some(slot),
                Err(seen) => head = seen,
            }
        }
    }

    #[inline]
    pub fn push(&self, slot: u32, link: &AtomicU64) {
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            link.store(u64::from(head as u32), Ordering::Relaxed);
            let new =
                ((head >> 32).wrapping_add(u64::from(!planted("untagged-list")))) << 32 | u64::from(slot + 1);
            // Release: pairs with the Acquire in pop.
            match self.head.compare_exchange_weak(head, new, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(seen) => head = seen,
            }
        }
    }

    pub fn fresh(&self) -> u32 {
        let slot = self.made.fetch_add(1, Ordering::Relaxed);
        assert!(slot < (SEGMENTS * SEGMENT_SLOTS) as u64, "an arena beyond its end");
        slot as u32
    }

    pub fn made(&self) -> u32 {
        self.made.load(Ordering::Relaxed) as u32
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Plain {
        word: AtomicU64,
    }

    impl Record for Plain {
        fn link(&self) -> &AtomicU64 {
            &self.word
        }
    }

    #[test]
    fn the_warmest_slot_comes_first() {
        let arena = Arena::<Plain>::new(0);
        let (a, b) = (arena.take().0, arena.take().0);
        assert_eq!((a, b), (0, 1));
        arena.give(a);
        arena.give(b);
        assert_eq!((arena.take().0, arena.take().0, arena.take().0), (b, a, 2));
        assert_eq!(arena.peak(), 3);
    }

    #[test]
    fn two_threads_never_share_a_slot() {
        let arena = Arena::<Plain>::new(0);
        std::thread::scope(|scope| {
            for mine in 1..=2 {
                let arena = &arena;
                scope.spawn(move || {
                    for _ in 0..50_000 {
                        let (slot, record) = arena.take();
                        record.word.store(mine, Ordering::Relaxed);
                        std::hint::spin_loop();
                        assert_eq!(record.word.load(Ordering::Relaxed), mine, "slot {slot} has two owners");
                        arena.give(slot);
                    }
                });
            }
        });
        assert!(arena.peak() <= 2);
    }
}
