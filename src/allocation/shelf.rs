//! The shelf: a plain table of available units by (SKU, node), for snapshots and for trying a strategy.

use crate::domain::{NodeId, SkuId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    nodes: usize,
    units: Vec<u32>,
}

impl Shelf {
    pub fn new(skus: usize, nodes: usize) -> Shelf {
        Shelf { nodes, units: vec![0; skus * nodes] }
    }

    pub fn set(&mut self, sku: SkuId, node: NodeId, units: u32) {
        self.units[sku.index() * self.nodes + node.index()] = units;
    }

    #[inline]
    pub fn available(&self, sku: SkuId, node: NodeId) -> u32 {
        self.units[sku.index() * self.nodes + node.index()]
    }

    pub fn nodes(&self) -> usize {
        self.nodes
    }
}
