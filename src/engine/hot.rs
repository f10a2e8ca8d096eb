//! Hot cells: a cell of the stock map that many threads want at once is split, so that each takes from a line of its own.
//!
//! A split cell keeps its word in the map, which still has most of what is available. Each thread has a *lane*: a word of
//! the same layout on a cache line of its own, filled from the map's word a chunk at a time. As soon as a chunk is not to
//! be had, the lanes are closed and what they have goes back to the map's word, which alone decides again: so the last
//! units are sold exactly, and nothing is stranded.
//!
//! # Promises
//! - R1: a cell's count is the sum over its word and its open lanes. What moves between them leaves one before it enters
//!   the other: it is seen once or not at all.
//! - R2: while units move, the word of the map says `split` or has a tentative mark; whoever finds too little then waits.
//! - Nobody waits to give back: a closed lane sends him to the map's word, which cannot run under zero (`SPLIT_WORD`).
//! - A lane belongs to its cell for as long as the map lives. Who was held up in the middle of a step finds it as he left
//!   it, or changed, or closed; never with stock of another cell.
//!
//! # Why by conflicts, and why so few
//! A pair on a cell that nobody else wants costs less unsplit. Who loses a compare-and-swap on one cell more often than on
//! all others together, `CONFLICTS` times over, has found a hot one. At most `CELLS` are ever split: a sale has few of them.

use std::sync::OnceLock;

use crossbeam::utils::CachePadded;

use super::stock::{CELL_MAX, Cell, CellWord, HELD_ONE, MARKS_MAX, TENTATIVE_ONE};
use super::sync::{AtomicU32, AtomicU64, Ordering, Patience, lane_of_this_thread};
use crate::kernel::plant::planted;

/// So many cells of a map can be split in its life.
const CELLS: usize = if cfg!(any(loom, shuttle)) { 2 } else { 64 };
/// Lanes of a cell. Threads beyond so many share them.
const LANES: usize = if cfg!(any(loom, shuttle)) { 2 } else { 8 };
/// Lost compare-and-swaps of one thread on one cell, less those on others.
const CONFLICTS: u32 = 64;
/// A cell with less in its map's word is whole: a chunk would be too small to be worth it.
const LOW: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 1 << 10 };
/// What a cell must have to be split.
const ENOUGH: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 64 * LOW };
/// A lane is filled with so great a part of what the word has.
const PART: u32 = if cfg!(any(loom, shuttle)) { 1 } else { 8 * LANES as u32 };
/// So many units more, or fewer, than were given back there may have been taken from a lane: then all begin anew.
const DRIFT: u32 = 1 << 20;
/// Marks at one time in one lane.
const LANE_MARKS: u8 = 4;

/// The bit of a map's word that says: look into the lanes.
const FLAG: u64 = 1 << 63;
/// Added to the map's word while it is split: the flag, and room below zero for what is given back there and was taken
/// from a lane (`LANES * DRIFT` and a quantity each).
const ROOM_HELD: u32 = 1 << 24;
const ROOM_MARKS: u8 = 32;
const SPLIT_WORD: u64 = FLAG + ROOM_HELD as u64 * HELD_ONE + ROOM_MARKS as u64 * TENTATIVE_ONE;
/// On hand in a cell that is split: its word must keep its room above.
const MOST: u32 = CELL_MAX - 2 * ROOM_HELD;

/// A lane that is closed. No open lane looks like it: both of its counts below zero have room.
const CLOSED: u64 = 0;
const LANE_HELD: u32 = 1 << 27;
const LANE_ZERO_MARKS: u8 = 1 << 7;
/// A lane that is open and has nothing.
const EMPTY: u64 = LANE_HELD as u64 * HELD_ONE + LANE_ZERO_MARKS as u64 * TENTATIVE_ONE;

/// Phases of a split cell.
const WHOLE: u32 = 0;
const MOVING: u32 = 1;
const SPLIT: u32 = 2;

struct Lanes {
    /// The cell and one; zero while nobody has these lanes.
    cell: AtomicU64,
    phase: AtomicU32,
    lanes: [CachePadded<AtomicU64>; LANES],
}

/// The lanes of those cells that were ever hot.
#[derive(Default)]
pub(super) struct HotCells(OnceLock<Box<[CachePadded<Lanes>]>>);

/// Whether a map's word is that of a split cell.
#[inline]
pub(super) const fn is_split(word: CellWord) -> bool {
    word.bits() & FLAG != 0
}

/// Marks that stand in the map's word itself.
#[inline]
pub(super) const fn marks(word: CellWord) -> u8 {
    (word.tentative() & 0x7f).saturating_sub(if is_split(word) { ROOM_MARKS } else { 0 })
}

impl HotCells {
    /// Tells that a compare-and-swap on the cell was lost; true if that makes it hot. Models split cells themselves: their
    /// executions must not hang on what earlier ones lost.
    #[cold]
    pub fn conflict(cell: Cell) -> bool {
        use std::cell::Cell as Slot;
        if cfg!(any(loom, shuttle)) {
            return false;
        }
        thread_local! {
            /// The cell that lost most of late, and by how many (Boyer and Moore's majority vote).
            static SUSPECT: Slot<(Cell, u32)> = const { Slot::new((0, 0)) };
        }
        SUSPECT.with(|suspect| {
            let (seen, lead) = suspect.get();
            let (next, hot) = match (seen == cell, lead) {
                (true, CONFLICTS..) => ((cell, 0), true),
                (true, _) => ((cell, lead + 1), false),
                (false, 0) => ((cell, 1), false),
                (false, _) => ((seen, lead - 1), false),
            };
            suspect.set(next);
            hot
        })
    }

    /// Opens lanes for the cell, if it has enough. False if it has not, if it is split, or if no lanes are left.
    pub fn split(&self, cell: Cell, atom: &AtomicU64) -> bool {
        let fits = |seen: CellWord| {
            let (available, on_hand) = (seen.available(), seen.available().saturating_add(seen.held()));
            !is_split(seen) && ENOUGH <= available && on_hand <= MOST
        };
        let mut seen = CellWord::of(atom);
        let Some(lanes) = fits(seen).then(|| self.claim(cell)).flatten() else { return false };
        if lanes.phase.compare_exchange(WHOLE, MOVING, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return false;
        }
        let split = loop {
            if !fits(seen) {
                break false;
            }
            match atom.compare_exchange(
                seen.bits(),
                seen.bits() + SPLIT_WORD,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => break true,
                Err(other) => seen = CellWord::new(other),
            }
        };
        if split {
            lanes.lanes.iter().for_each(|lane| lane.store(EMPTY, Ordering::Release));
        }
        lanes.phase.store(if split { SPLIT } else { WHOLE }, Ordering::Release);
        split
    }

    /// Takes from this thread's lane of a split cell, filling it where it is short. False if the map's word must decide.
    pub fn take(&self, cell: Cell, atom: &AtomicU64, quantity: u32, mark: u64) -> bool {
        let Some(lanes) = self.of(cell).filter(|_| quantity <= LOW) else { return false };
        let lane = lanes.own();
        let mut seen = lane.load(Ordering::Acquire);
        loop {
            let word = CellWord::new(seen);
            if seen == CLOSED || (mark != 0 && LANE_ZERO_MARKS + LANE_MARKS <= word.tentative()) {
                return false;
            }
            let drifted = LANE_HELD + DRIFT < word.held();
            if drifted || (word.available() < quantity && !fill(lane, atom, quantity)) {
                lanes.close(atom);
                return false;
            }
            if word.available() < quantity {
                seen = lane.load(Ordering::Acquire);
                continue;
            }
            let taken = u64::from(quantity);
            match swap(lane, seen, seen - taken + taken * HELD_ONE + mark) {
                Ok(()) => return true,
                Err(other) => seen = other,
            }
        }
    }

    /// Adds to this thread's lane a change that takes `quantity` off what is held, and nothing off what is available.
    /// False if the map's word must have it.
    pub fn give(&self, cell: Cell, atom: &AtomicU64, change: u64, quantity: u32) -> bool {
        let Some(lanes) = self.of(cell).filter(|_| quantity <= DRIFT) else { return false };
        let lane = lanes.own();
        let mut seen = lane.load(Ordering::Acquire);
        while seen != CLOSED {
            if CellWord::new(seen).held() < LANE_HELD - DRIFT {
                lanes.close(atom);
                return false;
            }
            match swap(lane, seen, seen.wrapping_add(change)) {
                Ok(()) => return true,
                Err(other) => seen = other,
            }
        }
        false
    }

    /// Makes the cell whole, unless another thread is at it.
    #[cold]
    pub fn close(&self, cell: Cell, atom: &AtomicU64) {
        if let Some(lanes) = self.of(cell) {
            lanes.close(atom);
        }
    }

    /// The word of the cell once it is whole. Waits for one who is making it whole.
    pub fn whole(&self, cell: Cell, atom: &AtomicU64) -> CellWord {
        let mut patience = Patience::default();
        loop {
            let seen = CellWord::of(atom);
            if !is_split(seen) {
                return seen;
            }
            self.close(cell, atom);
            if is_split(CellWord::of(atom)) {
                patience.wait();
            }
        }
    }

    /// What the word of a split cell and its lanes say together. Exact while nobody changes it.
    pub fn sum(&self, cell: Cell, word: CellWord) -> CellWord {
        let field = |word: u64, zero: u64, shift: u32, bits: u32| {
            let value = |word: u64| (word >> shift & ((1 << bits) - 1)) as i64;
            value(word) - value(zero)
        };
        let lanes = self.of(cell).map_or(&[][..], |lanes| &lanes.lanes[..]);
        let open = lanes.iter().map(|lane| lane.load(Ordering::Acquire)).filter(|&lane| lane != CLOSED);
        let words = std::iter::once((word.bits(), SPLIT_WORD)).chain(open.map(|lane| (lane, EMPTY)));
        let mut sums = [0i64; 3];
        for (word, zero) in words {
            sums[0] += field(word, zero, 0, 28);
            sums[1] += field(word, zero, 28, 28);
            sums[2] += field(word, zero, 56, 8);
        }
        let [available, held, marks] = sums.map(|sum| sum.max(0) as u64);
        CellWord::new(available + held * HELD_ONE + marks * TENTATIVE_ONE)
    }

    /// What this thread finds available in a split cell without a look at the lanes of others: a lower bound. The whole
    /// sum where that is little.
    #[inline]
    pub fn within_reach(&self, cell: Cell, word: CellWord) -> u32 {
        if word.available() < 16 * LOW {
            return self.sum(cell, word).available();
        }
        let own = self.of(cell).map_or(0, |lanes| CellWord::of(lanes.own()).available());
        word.available() + own
    }

    pub fn bytes(&self) -> usize {
        self.0.get().map_or(0, |all| size_of_val(&**all))
    }

    fn of(&self, cell: Cell) -> Option<&Lanes> {
        let all = self.0.get()?;
        let mine = |lanes: &&CachePadded<Lanes>| lanes.cell.load(Ordering::Acquire) == cell as u64 + 1;
        let probe = (0..CELLS).map(|step| &all[(cell + step) % CELLS]);
        probe.take_while(|lanes| lanes.cell.load(Ordering::Acquire) != 0).find(mine).map(|lanes| &**lanes)
    }

    /// The lanes of the cell, taken into use if it never had any.
    fn claim(&self, cell: Cell) -> Option<&Lanes> {
        let all = self.0.get_or_init(|| (0..CELLS).map(|_| CachePadded::new(Lanes::new())).collect());
        (0..CELLS).map(|step| &all[(cell + step) % CELLS]).map(|lanes| &**lanes).find(|lanes| {
            let key = cell as u64 + 1;
            match lanes.cell.compare_exchange(0, key, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => true,
                Err(taken) => taken == key,
            }
        })
    }
}

impl Lanes {
    fn new() -> Lanes {
        Lanes {
            cell: AtomicU64::new(0),
            phase: AtomicU32::new(WHOLE),
            lanes: std::array::from_fn(|_| CachePadded::new(AtomicU64::new(CLOSED))),
        }
    }

    #[inline]
    fn own(&self) -> &AtomicU64 {
        &self.lanes[lane_of_this_thread() % LANES]
    }

    /// Closes all lanes and puts what they have into the map's word; one thread does, the others go on without.
    /// The lanes are added up first: one of them alone may have given back what another one took.
    #[cold]
    fn close(&self, atom: &AtomicU64) {
        if self.phase.compare_exchange(SPLIT, MOVING, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            return;
        }
        if planted("whole-too-soon") {
            atom.fetch_sub(SPLIT_WORD, Ordering::AcqRel);
        }
        let had = self.lanes.iter().fold(0u64, |sum, lane| {
            let had = lane.swap(CLOSED, Ordering::AcqRel);
            sum.wrapping_add(had.wrapping_sub(EMPTY))
        });
        let change = if planted("whole-too-soon") { had } else { had.wrapping_sub(SPLIT_WORD) };
        let whole = CellWord::new(atom.fetch_add(change, Ordering::AcqRel).wrapping_add(change));
        let on_hand = u64::from(whole.available()) + u64::from(whole.held());
        assert!(on_hand <= u64::from(CELL_MAX), "more in a split cell than one can have: {whole:?}");
        self.phase.store(WHOLE, Ordering::Release);
    }
}

/// Moves a chunk from the map's word to the lane, under a mark. False if the word has too little.
#[cold]
fn fill(lane: &AtomicU64, atom: &AtomicU64, quantity: u32) -> bool {
    let mut seen = CellWord::of(atom);
    let chunk = loop {
        if !is_split(seen) {
            // The lanes are closed, or just being closed.
            return false;
        }
        let chunk = (seen.available() / PART).max(quantity);
        if seen.available() < chunk.max(LOW) || MARKS_MAX <= marks(seen) {
            return false;
        }
        match swap(atom, seen.bits(), seen.bits() - u64::from(chunk) + TENTATIVE_ONE) {
            Ok(()) => break u64::from(chunk),
            Err(other) => seen = CellWord::new(other),
        }
    };
    let mut had = lane.load(Ordering::Acquire);
    while had != CLOSED {
        match swap(lane, had, had + chunk) {
            Ok(()) => {
                atom.fetch_sub(TENTATIVE_ONE, Ordering::AcqRel);
                return true;
            }
            Err(other) => had = other,
        }
    }
    atom.fetch_add(chunk.wrapping_sub(TENTATIVE_ONE), Ordering::AcqRel);
    true
}

#[inline]
fn swap(atom: &AtomicU64, old: u64, new: u64) -> Result<(), u64> {
    atom.compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Acquire).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{NodeId, Refusal, SkuId};
    use crate::engine::stock::StockMap;

    const UNITS: u32 = 3 * ENOUGH;

    fn stocked(skus: u32, units: u32) -> StockMap {
        let map = StockMap::new(skus, 1);
        (0..skus).for_each(|sku| map.put(map.cell(SkuId(sku), NodeId(0)), units));
        map
    }

    fn told(map: &StockMap) -> (u32, u32, u8) {
        let word = map.word(0);
        (word.available(), word.held(), word.tentative())
    }

    /// As many threads as lanes and some more, each with its number.
    fn together(work: impl Fn(u32) + Sync) {
        std::thread::scope(|threads| {
            let work = &work;
            (0..LANES as u32 + 4).for_each(|number| _ = threads.spawn(move || work(number)));
        });
    }

    #[test]
    fn who_loses_on_one_cell_more_than_on_others_finds_it_hot() {
        let fresh = |work: fn() -> bool| std::thread::spawn(work).join().unwrap();
        assert!(fresh(|| (0..CONFLICTS).all(|_| !HotCells::conflict(7)) && HotCells::conflict(7)));
        assert!(fresh(|| (0..10 * CONFLICTS).all(|_| !HotCells::conflict(7) && !HotCells::conflict(8))));
        assert!(fresh(|| (0..10 * CONFLICTS)
            .any(|_| { HotCells::conflict(7) || HotCells::conflict(8) || HotCells::conflict(7) })));
    }

    #[test]
    fn a_cell_is_split_if_it_has_enough_and_as_long() {
        let split = |units| stocked(1, units).split(SkuId(0), NodeId(0));
        assert_eq!([ENOUGH - 1, ENOUGH, MOST, MOST + 1].map(split), [false, true, true, false]);
        let map = stocked(1, UNITS);
        assert!(map.split(SkuId(0), NodeId(0)));
        assert!(!map.split(SkuId(0), NodeId(0)), "it is split");
        for (step, quantity) in [(0, UNITS - LOW - 500), (1, 400), (2, 100), (3, LOW)] {
            assert_eq!(map.take_all(&[(0, quantity)]), Ok(()), "{step}");
        }
        assert_eq!(told(&map), (0, UNITS, 0));
        assert_eq!(map.take_all(&[(0, 1)]), Err(Refusal::OutOfStock));
        map.release(0, UNITS);
        assert!(map.split(SkuId(0), NodeId(0)), "again");
        assert_eq!(told(&map), (UNITS, 0, 0));
    }

    #[test]
    fn no_more_cells_are_split_than_there_are_lanes_for() {
        let map = stocked(CELLS as u32 + 1, UNITS);
        let split: Vec<bool> = (0..=CELLS as u32).map(|sku| map.split(SkuId(sku), NodeId(0))).collect();
        assert_eq!(split.iter().filter(|&&split| split).count(), CELLS);
        assert!(!split[CELLS]);
        for sku in 0..=CELLS as u32 {
            let cell = map.cell(SkuId(sku), NodeId(0));
            assert_eq!(map.take_all(&[(cell, 1 + sku)]), Ok(()));
            assert_eq!(
                (map.available(SkuId(sku), NodeId(0)), map.held(SkuId(sku), NodeId(0))),
                (UNITS - 1 - sku, 1 + sku)
            );
        }
        assert!(map.bytes() > CELLS * LANES * 64);
    }

    /// Safety stock, write-offs and receipts find the whole cell.
    #[test]
    fn a_split_cell_is_whole_for_those_who_need_it_whole() {
        let map = stocked(1, UNITS);
        let split = || assert!(map.split(SkuId(0), NodeId(0)));
        split();
        together(|_| map.take_all(&[(0, 10)]).unwrap());
        let held = 10 * (LANES as u32 + 4);
        assert_eq!(told(&map), (UNITS - held, held, 0));
        assert_eq!(map.fence(SkuId(0), NodeId(0), UNITS), UNITS - held);
        assert_eq!((told(&map), map.available(SkuId(0), NodeId(0))), ((0, held, 0), 0));
        assert_eq!(map.fence(SkuId(0), NodeId(0), 0), 0);
        split();
        map.put(0, 5);
        assert_eq!((map.strike_off(0, CELL_MAX), told(&map)), (UNITS - held + 5, (0, held, 0)));
        map.put(0, CELL_MAX / 2);
        split();
        map.put(0, CELL_MAX - CELL_MAX / 2 - held);
        assert_eq!(told(&map), (CELL_MAX - held, held, 0));
        let too_many = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| map.put(0, 1)));
        assert!(too_many.is_err(), "a full cell takes no more");
    }

    /// Orders of two lines mark their first cell; a mark in a lane goes as it came.
    #[test]
    fn marks_come_and_go_in_lanes() {
        let map = stocked(2, UNITS);
        assert!(map.split(SkuId(0), NodeId(0)) && map.split(SkuId(1), NodeId(0)));
        together(|number| {
            for turn in 0..2_000 {
                let wants = [(0, 1 + turn % 3), (8, 1)];
                match map.take_all(&wants) {
                    Ok(()) if (turn + number) % 2 == 0 => {
                        wants.iter().for_each(|want| map.settle(want.0, want.1))
                    }
                    Ok(()) => wants.iter().for_each(|want| map.release(want.0, want.1)),
                    Err(refusal) => assert_eq!(refusal, Refusal::Contended),
                }
            }
        });
        for sku in [0, 1].map(SkuId) {
            let word = map.word(map.cell(sku, NodeId(0)));
            assert_eq!((word.held(), word.tentative()), (0, 0), "{word:?}");
        }
    }

    /// Lanes open and close all the time: units are neither lost nor made, and the last one is sold.
    #[test]
    fn every_unit_is_sold_once_through_all_splits() {
        use std::sync::atomic::{AtomicU32, AtomicU64 as Count, Ordering::Relaxed};
        let (map, sold, refused) = (stocked(1, UNITS), Count::new(0), AtomicU32::new(0));
        together(|number| {
            for turn in 0u32.. {
                if (turn + number) % 64 == 0 {
                    map.split(SkuId(0), NodeId(0));
                }
                let quantity = 1 + (turn * 7 + number) % 3;
                match map.take_all(&[(0, quantity)]) {
                    Ok(()) if turn % 4 == 0 => map.release(0, quantity),
                    Ok(()) => {
                        map.settle(0, quantity);
                        sold.fetch_add(quantity.into(), Relaxed);
                    }
                    Err(Refusal::OutOfStock) if quantity == 1 => break,
                    Err(_) => _ = refused.fetch_add(1, Relaxed),
                }
            }
        });
        assert_eq!((sold.into_inner(), told(&map)), (UNITS.into(), (0, 0, 0)));
    }

    #[test]
    fn threads_that_end_leave_their_numbers() {
        let number = || std::thread::spawn(lane_of_this_thread).join().unwrap();
        assert!((0..2_000).map(|_| number()).max() < Some(1_000));
    }
}
