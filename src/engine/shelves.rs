//! A stock map by itself, without orders and ledgers: to measure what a reservation costs, and nothing else.
//!
//! # Why not the methods of `StockMap`
//! Who holds an engine may look at its stock map. Could he also take units from it, stock would change without a
//! command, and neither ledger nor auditor would know.

use super::stock::StockMap;
use crate::domain::{NodeId, Refusal, SkuId};

/// A cell is a SKU at a node; with eight nodes they are numbered without a gap, by SKU, then node.
pub struct Shelves(StockMap);

impl Shelves {
    /// `units` of every SKU at every node.
    pub fn new(skus: u32, nodes: u16, units: u32) -> Shelves {
        let map = StockMap::new(skus, nodes);
        for sku in (0..skus).map(SkuId) {
            (0..nodes).map(NodeId).for_each(|node| map.put(map.cell(sku, node), units));
        }
        Shelves(map)
    }

    /// Takes all of `wants` (ascending cells, no cell twice), or none.
    #[inline]
    pub fn reserve(&self, wants: &[(usize, u32)]) -> Result<(), Refusal> {
        self.0.take_all(wants)
    }

    /// Reserved units leave the shelf.
    #[inline]
    pub fn settle(&self, cell: usize, quantity: u32) {
        self.0.settle(cell, quantity);
    }

    /// Splits a cell as if it were found hot; false if it has too few units for that, or is split.
    pub fn split(&self, cell: usize) -> bool {
        let (sku, node) = self.0.place(cell);
        self.0.split(sku, node)
    }

    /// Held units become available again.
    pub fn release(&self, cell: usize, quantity: u32) {
        self.0.release(cell, quantity);
    }

    /// Available and held.
    pub fn counts(&self, cell: usize) -> (u32, u32) {
        let word = self.0.word(cell);
        (word.available(), word.held())
    }
}
