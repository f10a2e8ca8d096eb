//! The stock map: how many units of each SKU each node can still promise, and how many it holds for orders.
//!
//! # Promises
//! - R1: nothing is promised twice, under any interleaving.
//! - R2: `OutOfStock` is said only when, at an instant of the call, too few units were free *counting only
//!   holds that stand*. A hold that may still be given back (`tentative`) makes the other wait, and at
//!   last say `Contended`.
//! - R3: of orders that compete only with each other, one that fits wins: cells are taken in one order.
//! - A refusal writes nothing to the cell that refuses; a sold-out cell stays shared in every cache.
//!
//! # Why one word a cell
//! `available | held | tentative` (28 | 28 | 7 bits) changes in one compare-and-swap, so no observer ever
//! sees a unit twice or not at all, and no thread waits for one that sleeps with a lock.
//! The last bit says that the cell is hot and split: `hot` tells how, and why the promises hold through it.
//! A blind subtract with rollback is faster by a hair and makes small requests fail beside a big one that
//! fails: it breaks R2.
//!
//! # Why R2 by a mark, and not by locks in order or by one owner
//! `benches/reserve.rs`, group `reserve two lines`, has all three. Two threads on a busy machine, wall time an order:
//! marks 64 ns, locks of both SKUs 97 ns; with half of the first lines on one cell 69 and 111 ns. An owner behind a
//! channel needs a core of its own at the right moment, and without one took microseconds. And only the mark leaves
//! an order of one line, which is most of them, at one compare-and-swap.

use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;

use super::hot::{HotCells, is_split, marks};
use super::sync::{AtomicU64, Ordering, Patience};
use crate::domain::{NodeId, Refusal, SkuId};
use crate::kernel::plant::planted;
use crate::kernel::prefetch::prefetch_read;

const BITS: u32 = 28;
/// The most units of one SKU at one node.
pub const CELL_MAX: u32 = (1 << BITS) - 1;
pub(super) const HELD_ONE: u64 = 1 << BITS;
pub(super) const TENTATIVE_ONE: u64 = 1 << (2 * BITS);
/// So many orders may hold tentatively at one cell at a time; one more waits.
pub(super) const MARKS_MAX: u8 = 48;
const CELLS_A_ROW: usize = 8;

/// Eight nodes of one SKU: one cache line.
#[repr(align(64))]
struct Row([AtomicU64; CELLS_A_ROW]);

/// Place of a cell in the map; ascending by SKU, then node.
pub type Cell = usize;

/// What one cell says at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellWord(u64);

impl CellWord {
    pub const fn available(self) -> u32 {
        self.0 as u32 & CELL_MAX
    }

    pub const fn held(self) -> u32 {
        (self.0 >> BITS) as u32 & CELL_MAX
    }

    /// Orders that hold here and may yet give back because another of their cells refuses.
    pub const fn tentative(self) -> u8 {
        (self.0 >> (2 * BITS)) as u8
    }

    pub const fn bits(self) -> u64 {
        self.0
    }

    #[inline]
    pub(super) const fn new(bits: u64) -> CellWord {
        CellWord(bits)
    }

    #[inline]
    pub(super) fn of(atom: &AtomicU64) -> CellWord {
        CellWord(atom.load(Ordering::Acquire))
    }
}

pub struct StockMap {
    rows: Box<[Row]>,
    rows_a_sku: usize,
    skus: u32,
    nodes: u16,
    /// Units set aside by `fence`, by cell; made when the first fence is set.
    fenced: OnceLock<Box<[AtomicU32]>>,
    hot: HotCells,
}

impl StockMap {
    pub fn new(skus: u32, nodes: u16) -> StockMap {
        let rows_a_sku = (nodes as usize).div_ceil(CELLS_A_ROW).max(1);
        let rows = (0..skus as usize * rows_a_sku)
            .map(|_| Row(std::array::from_fn(|_| AtomicU64::new(0))))
            .collect();
        StockMap { rows, rows_a_sku, skus, nodes, fenced: OnceLock::new(), hot: HotCells::default() }
    }

    /// Units of the SKU that the node can still promise. Of a split cell that has plenty, what this thread can reach.
    #[inline]
    pub fn available(&self, sku: SkuId, node: NodeId) -> u32 {
        let cell = self.cell(sku, node);
        let own = CellWord::of(self.atom(cell));
        if is_split(own) { self.hot.within_reach(cell, own) } else { own.available() }
    }

    /// Units of the SKU that all nodes together can still promise.
    pub fn available_anywhere(&self, sku: SkuId) -> u64 {
        (0..self.nodes).map(|node| u64::from(self.available(sku, NodeId(node)))).sum()
    }

    /// Units of the SKU that the node holds for orders.
    #[inline]
    pub fn held(&self, sku: SkuId, node: NodeId) -> u32 {
        self.word(self.cell(sku, node)).held()
    }

    /// Units set aside as safety stock: on hand, never promised.
    pub fn fenced(&self, sku: SkuId, node: NodeId) -> u32 {
        self.fenced_in(self.cell(sku, node))
    }

    pub fn skus(&self) -> u32 {
        self.skus
    }

    pub fn nodes(&self) -> u16 {
        self.nodes
    }

    /// Every cell in index order: by SKU, then node.
    pub fn iter(&self) -> impl Iterator<Item = (SkuId, NodeId, CellWord)> {
        (0..self.skus).flat_map(move |sku| {
            (0..self.nodes).map(move |node| {
                let (sku, node) = (SkuId(sku), NodeId(node));
                (sku, node, self.word(self.cell(sku, node)))
            })
        })
    }

    /// Sets `units` aside as safety stock, or gives back what is too much. Units are moved out of
    /// `available` now, as far as there are any, so that no reservation has to think of it.
    /// Returns what is set aside. For one caller at a time.
    pub fn fence(&self, sku: SkuId, node: NodeId, units: u32) -> u32 {
        let cell = self.cell(sku, node);
        let set_aside = self.fenced_in(cell);
        let now = if units < set_aside {
            self.put(cell, set_aside - units);
            units
        } else {
            let mut wanted = units - set_aside;
            loop {
                let seen = self.hot.whole(cell, self.atom(cell));
                wanted = wanted.min(seen.available());
                if self.swap(cell, seen.0, seen.0 - u64::from(wanted)).is_ok() {
                    break set_aside + wanted;
                }
            }
        };
        let fences = self
            .fenced
            .get_or_init(|| (0..self.rows.len() * CELLS_A_ROW).map(|_| AtomicU32::new(0)).collect());
        fences[cell].store(now, Ordering::Relaxed);
        now
    }

    /// Splits the cell now, as a hot one is split by itself. False if it has too few units for that, or is split.
    pub fn split(&self, sku: SkuId, node: NodeId) -> bool {
        let cell = self.cell(sku, node);
        self.hot.split(cell, self.atom(cell))
    }

    pub fn bytes(&self) -> usize {
        let fences = self.fenced.get().map_or(0, |fences| fences.len() * 4);
        self.rows.len() * size_of::<Row>() + fences + self.hot.bytes()
    }

    #[inline]
    pub(super) fn prefetch(&self, sku: SkuId) {
        prefetch_read(&self.rows[sku.index() * self.rows_a_sku]);
    }

    pub(super) fn knows(&self, sku: SkuId, node: NodeId) -> bool {
        sku.0 < self.skus && node.0 < self.nodes
    }

    #[inline]
    pub(super) fn cell(&self, sku: SkuId, node: NodeId) -> Cell {
        debug_assert!(self.knows(sku, node));
        sku.index() * self.rows_a_sku * CELLS_A_ROW + node.index()
    }

    #[inline]
    pub(super) fn place(&self, cell: Cell) -> (SkuId, NodeId) {
        let width = self.rows_a_sku * CELLS_A_ROW;
        (SkuId((cell / width) as u32), NodeId((cell % width) as u16))
    }

    /// Takes all of `wants` (ascending cells, no cell twice) from `available` into `held`, or none.
    #[inline]
    pub(super) fn take_all(&self, wants: &[(Cell, u32)]) -> Result<(), Refusal> {
        match wants {
            [] => Ok(()),
            [(cell, quantity)] => self.take(*cell, *quantity, 0),
            _ => self.take_several(wants),
        }
    }

    /// Gives held units back to `available`. Never fails: the caller owns the hold.
    #[inline]
    pub(super) fn release(&self, cell: Cell, quantity: u32) {
        let give = u64::from(quantity);
        self.give(cell, give.wrapping_sub(give * HELD_ONE), quantity);
    }

    /// Held units leave the shelf.
    #[inline]
    pub(super) fn settle(&self, cell: Cell, quantity: u32) {
        self.give(cell, (u64::from(quantity) * HELD_ONE).wrapping_neg(), quantity);
    }

    /// Units come to the shelf: received, or restocked.
    pub(super) fn put(&self, cell: Cell, quantity: u32) {
        let on_hand =
            |word: CellWord| u64::from(word.available()) + u64::from(word.held()) + u64::from(quantity);
        let atom = self.atom(cell);
        let mut seen = CellWord::of(atom);
        loop {
            if is_split(seen) && u64::from(CELL_MAX / 2) < on_hand(self.hot.sum(cell, seen)) {
                seen = self.hot.whole(cell, atom);
            }
            let fits = is_split(seen) || on_hand(seen) <= u64::from(CELL_MAX);
            assert!(fits, "more than {CELL_MAX} units of one SKU at one node");
            match self.swap(cell, seen.0, seen.0 + u64::from(quantity)) {
                Ok(()) => return,
                Err(other) => seen = other,
            }
        }
    }

    /// Free units leave the shelf, so many as there are of `quantity`; how many they were.
    pub(super) fn strike_off(&self, cell: Cell, quantity: u32) -> u32 {
        loop {
            let seen = self.hot.whole(cell, self.atom(cell));
            let gone = seen.available().min(quantity);
            if self.swap(cell, seen.0, seen.0 - u64::from(gone)).is_ok() {
                return gone;
            }
        }
    }

    /// What the cell says, with its lanes where it is split.
    #[inline]
    pub(super) fn word(&self, cell: Cell) -> CellWord {
        let own = CellWord::of(self.atom(cell));
        if is_split(own) { self.hot.sum(cell, own) } else { own }
    }

    pub(super) fn fenced_in(&self, cell: Cell) -> u32 {
        self.fenced.get().map_or(0, |fences| fences[cell].load(Ordering::Relaxed))
    }

    /// Most cells are whole, without a mark, and have enough: one compare-and-swap.
    #[inline]
    fn take(&self, cell: Cell, quantity: u32, mark: u64) -> Result<(), Refusal> {
        let seen = CellWord::of(self.atom(cell));
        let plain = seen.tentative() == 0 && quantity <= seen.available();
        let taken = u64::from(quantity);
        if plain {
            match self.swap(cell, seen.0, seen.0 - taken + taken * HELD_ONE + mark) {
                Ok(()) => return Ok(()),
                Err(other) => _ = self.lost(cell, other),
            }
        } else if seen.available() < quantity && seen.tentative() == 0 {
            return Err(Refusal::OutOfStock);
        }
        self.take_among_others(cell, quantity, mark)
    }

    /// Takes from a cell that is split, or marked, or that others want at this moment.
    fn take_among_others(&self, cell: Cell, quantity: u32, mark: u64) -> Result<(), Refusal> {
        let atom = self.atom(cell);
        let mut seen = CellWord::of(atom);
        let mut patience = Patience::default();
        loop {
            if is_split(seen) {
                if self.hot.take(cell, atom, quantity, mark) {
                    return Ok(());
                }
                seen = CellWord::of(atom);
            }
            let short = seen.available() < quantity;
            if short && (seen.tentative() == 0 || planted("ignored-mark")) {
                return Err(Refusal::OutOfStock);
            }
            if short || (mark != 0 && MARKS_MAX <= marks(seen)) {
                if is_split(seen) {
                    self.hot.close(cell, atom);
                }
                if !patience.wait() {
                    return Err(Refusal::Contended);
                }
                seen = CellWord::of(atom);
                continue;
            }
            let taken = u64::from(quantity);
            match self.swap(cell, seen.0, seen.0 - taken + taken * HELD_ONE + mark) {
                Ok(()) => return Ok(()),
                Err(other) => seen = self.lost(cell, other),
            }
        }
    }

    /// Another thread was faster. Where that happens again and again, the cell is split.
    #[cold]
    fn lost(&self, cell: Cell, other: CellWord) -> CellWord {
        let atom = self.atom(cell);
        if HotCells::conflict(cell) && self.hot.split(cell, atom) { CellWord::of(atom) } else { other }
    }

    /// Adds a change that takes `quantity` off what is held.
    #[inline]
    fn give(&self, cell: Cell, change: u64, quantity: u32) {
        let atom = self.atom(cell);
        if is_split(CellWord::of(atom)) && self.hot.give(cell, atom, change, quantity) {
            return;
        }
        // A split cell's own word may hold less than is given back: the rest was taken from lanes.
        let before = CellWord(atom.fetch_add(change, Ordering::AcqRel));
        let held = before.held();
        assert!(quantity <= held || is_split(before), "gave back or picked {quantity} units of {held} held");
    }

    /// All cells but the last are taken with a tentative mark; the last decides, then the marks go.
    fn take_several(&self, wants: &[(Cell, u32)]) -> Result<(), Refusal> {
        debug_assert!(wants.is_sorted_by(|a, b| a.0 < b.0), "cells must ascend");
        let refuses = |&(cell, quantity): &(Cell, u32)| {
            let seen = CellWord::of(self.atom(cell));
            seen.available() < quantity && seen.tentative() == 0
        };
        if wants.iter().any(refuses) {
            return Err(Refusal::OutOfStock);
        }
        let (&(last, quantity), marked) = wants.split_last().expect("several cells");
        for (done, &(cell, quantity)) in marked.iter().enumerate() {
            self.take(cell, quantity, TENTATIVE_ONE).inspect_err(|_| self.unmark(&marked[..done], true))?;
        }
        let outcome = self.take(last, quantity, 0);
        self.unmark(marked, outcome.is_err());
        outcome
    }

    /// Takes the tentative marks off, and the units back where the whole was refused.
    fn unmark(&self, marked: &[(Cell, u32)], give_back: bool) {
        for &(cell, quantity) in marked {
            let units = if give_back && !planted("missing-rollback") { u64::from(quantity) } else { 0 };
            self.give(cell, units.wrapping_sub(units * HELD_ONE + TENTATIVE_ONE), units as u32);
        }
    }

    #[inline]
    fn swap(&self, cell: Cell, old: u64, new: u64) -> Result<(), CellWord> {
        if planted("check-then-act") {
            self.atom(cell).store(new, Ordering::Release);
            return Ok(());
        }
        self.atom(cell)
            .compare_exchange_weak(old, new, Ordering::AcqRel, Ordering::Acquire)
            .map(|_| ())
            .map_err(CellWord)
    }

    #[inline]
    fn atom(&self, cell: Cell) -> &AtomicU64 {
        &self.rows[cell / CELLS_A_ROW].0[cell % CELLS_A_ROW]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SKUS: u32 = 3;
    const NODES: u16 = 10;

    /// A map of two rows a SKU, with so many units in its first cell.
    fn stocked(units: u32) -> (StockMap, Cell) {
        let map = StockMap::new(SKUS, NODES);
        let cell = map.cell(SkuId(1), NodeId(9));
        map.put(cell, units);
        (map, cell)
    }

    fn told(map: &StockMap, cell: Cell) -> (u32, u32, u8) {
        let word = map.word(cell);
        (word.available(), word.held(), word.tentative())
    }

    #[test]
    fn a_word_tells_its_three_counts() {
        let word = CellWord(200 << 56 | 6 << 28 | 5);
        assert_eq!((word.available(), word.held(), word.tentative()), (5, 6, 200));
        assert_eq!(word.bits(), 200 << 56 | 6 << 28 | 5);
        let full = CellWord(u64::MAX);
        assert_eq!((full.available(), full.held(), full.tentative()), (CELL_MAX, CELL_MAX, u8::MAX));
    }

    #[test]
    fn every_cell_has_one_place() {
        let map = StockMap::new(SKUS, NODES);
        let all: Vec<_> = map.iter().map(|(sku, node, _)| (sku, node)).collect();
        let expected: Vec<_> =
            (0..SKUS).flat_map(|sku| (0..NODES).map(move |node| (SkuId(sku), NodeId(node)))).collect();
        assert_eq!(all, expected);
        let cells: Vec<Cell> = all.iter().map(|&(sku, node)| map.cell(sku, node)).collect();
        assert!(cells.is_sorted_by(|a, b| a < b), "{cells:?}");
        assert!(all.iter().zip(&cells).all(|(&place, &cell)| map.place(cell) == place));
        assert_eq!((map.skus(), map.nodes()), (SKUS, NODES));
        for (sku, node, known) in [(2, 9, true), (3, 9, false), (2, 10, false), (3, 10, false), (0, 0, true)]
        {
            assert_eq!(map.knows(SkuId(sku), NodeId(node)), known, "{sku} {node}");
        }
        // The last SKU of a map with one row a SKU: nothing beyond it is touched.
        StockMap::new(2, 8).prefetch(SkuId(1));
    }

    #[test]
    fn what_can_be_promised_is_added_up_by_sku() {
        let map = StockMap::new(SKUS, NODES);
        for (sku, node, units) in [(0, 0, 5), (0, 9, 7), (1, 3, 11)] {
            map.put(map.cell(SkuId(sku), NodeId(node)), units);
        }
        map.take_all(&[(map.cell(SkuId(0), NodeId(9)), 3)]).unwrap();
        assert_eq!([0, 1, 2].map(|sku| map.available_anywhere(SkuId(sku))), [9, 11, 0]);
        assert_eq!((map.available(SkuId(0), NodeId(9)), map.held(SkuId(0), NodeId(9))), (4, 3));
        let bits: u64 = map.iter().map(|(_, _, word)| word.bits()).sum();
        assert_eq!(bits, 5 + 4 + 3 * HELD_ONE + 11);
    }

    #[test]
    fn safety_stock_moves_by_what_is_asked_and_no_more() {
        let (map, cell) = stocked(10);
        let (sku, node) = map.place(cell);
        assert_eq!((map.fenced(sku, node), map.bytes()), (0, 6 * 64));
        for (asked, set_aside, available) in
            [(3, 3, 7), (5, 5, 5), (5, 5, 5), (2, 2, 8), (30, 10, 0), (0, 0, 10)]
        {
            assert_eq!(map.fence(sku, node, asked), set_aside);
            assert_eq!((map.fenced(sku, node), map.available(sku, node)), (set_aside, available));
        }
        assert_eq!(map.bytes(), 6 * 64 + 6 * 8 * 4);
    }

    #[test]
    fn held_units_go_back_or_leave() {
        let (map, cell) = stocked(10);
        map.take_all(&[(cell, 6)]).unwrap();
        map.release(cell, 1);
        map.settle(cell, 2);
        assert_eq!(told(&map, cell), (5, 3, 0));
        assert_eq!((map.strike_off(cell, 4), map.strike_off(cell, 4)), (4, 1));
        map.release(cell, 3);
        assert_eq!(told(&map, cell), (3, 0, 0));
        map.put(cell, CELL_MAX - 3);
        assert_eq!(told(&map, cell), (CELL_MAX, 0, 0));
        assert_eq!(map.take_all(&[]), Ok(()));
    }

    #[test]
    fn no_count_passes_its_end() {
        let fails = |act: fn(&StockMap, Cell)| {
            let (map, cell) = stocked(CELL_MAX - 5);
            map.take_all(&[(cell, 5)]).unwrap();
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| act(&map, cell))).is_err()
        };
        assert!(fails(|map, cell| map.release(cell, 6)));
        assert!(fails(|map, cell| map.settle(cell, 6)));
        assert!(fails(|map, cell| map.put(cell, 6)), "held units are on hand too");
        assert!(!fails(|map, cell| map.put(cell, 5)));
        assert!(!fails(|map, cell| map.release(cell, 5)));
        assert!(!fails(|map, cell| map.settle(cell, 5)));
    }

    #[test]
    fn several_cells_are_taken_all_or_none() {
        let map = StockMap::new(SKUS, NODES);
        let cells = [0, 1, 2].map(|sku| map.cell(SkuId(sku), NodeId(4)));
        cells.iter().for_each(|&cell| map.put(cell, 4));
        let want = |quantities: [u32; 3]| cells.into_iter().zip(quantities).collect::<Vec<_>>();
        map.take_all(&want([1, 2, 4])).unwrap();
        assert_eq!(cells.map(|cell| told(&map, cell)), [(3, 1, 0), (2, 2, 0), (0, 4, 0)]);
        for short in [[4, 1, 0], [1, 3, 0], [1, 1, 1]] {
            assert_eq!(map.take_all(&want(short)), Err(Refusal::OutOfStock));
            assert_eq!(cells.map(|cell| told(&map, cell)), [(3, 1, 0), (2, 2, 0), (0, 4, 0)]);
        }
        assert_eq!(map.take_all(&want([3, 2, 0])), Ok(()), "the last unit too");
    }

    /// Another's mark stands: what is short because of it is neither there nor sold out.
    #[test]
    fn a_mark_makes_others_wait_and_not_fail() {
        let (map, cell) = stocked(10);
        let other = map.cell(SkuId(2), NodeId(0));
        map.put(other, 5);
        map.take(cell, 8, TENTATIVE_ONE).unwrap();
        assert_eq!(told(&map, cell), (2, 8, 1));
        assert_eq!(map.take(cell, 3, 0), Err(Refusal::Contended));
        assert_eq!(map.take_all(&[(cell, 3), (other, 1)]), Err(Refusal::Contended));
        assert_eq!(map.take_all(&[(cell, 3), (other, 6)]), Err(Refusal::OutOfStock));
        assert_eq!((told(&map, cell), told(&map, other)), ((2, 8, 1), (5, 0, 0)));
        assert_eq!(map.take_all(&[(cell, 1), (other, 5)]), Ok(()), "what is there is taken");
        map.unmark(&[(cell, 8)], true);
        assert_eq!((told(&map, cell), told(&map, other)), ((9, 1, 0), (0, 5, 0)));
    }

    /// Who waits is served as soon as the units come back. Waiting may run out where the owner loses its core, so
    /// who is refused for that asks again; what is never right is the word that the units are gone.
    #[test]
    fn who_waits_is_served_when_the_units_come_back() {
        use std::sync::atomic::AtomicBool;
        const TRIALS: usize = 400;
        const CALLS: usize = 20;
        let served = |_: &usize| {
            let ((map, cell), begun) = (stocked(10), AtomicBool::new(false));
            map.take(cell, 8, TENTATIVE_ONE).unwrap();
            std::thread::scope(|threads| {
                let waits = threads.spawn(|| {
                    begun.store(true, Ordering::Release);
                    let contended = |taken: &Result<(), Refusal>| *taken == Err(Refusal::Contended);
                    let mut calls = (0..CALLS).map(|_| map.take(cell, 3, 0)).skip_while(contended);
                    calls.next().unwrap_or(Err(Refusal::Contended))
                });
                while !begun.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                (0..3).for_each(|_| std::thread::yield_now());
                map.unmark(&[(cell, 8)], true);
                let taken = waits.join().unwrap();
                assert!(matches!(taken, Ok(()) | Err(Refusal::Contended)), "{taken:?}");
                taken.is_ok()
            })
        };
        let served = (0..TRIALS).filter(served).count();
        assert!(TRIALS / 2 < served, "{served} of {TRIALS}");
    }

    #[test]
    fn one_mark_too_many_waits() {
        let (map, cell) = stocked(100);
        (0..MARKS_MAX).for_each(|_| map.take(cell, 1, TENTATIVE_ONE).unwrap());
        assert_eq!(told(&map, cell), (52, 48, MARKS_MAX));
        assert_eq!(map.take(cell, 1, TENTATIVE_ONE), Err(Refusal::Contended));
        assert_eq!(map.take(cell, 1, 0), Ok(()), "who needs no mark");
        map.unmark(&[(cell, 1)], false);
        assert_eq!(told(&map, cell), (51, 49, 47));
    }
}
