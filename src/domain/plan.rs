//! The plan: which node serves which line, in which box group, and what must wait.

use serde::{Deserialize, Serialize};

use super::NodeId;

/// So many units of one order line, from one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Index into the order's lines.
    pub line: u16,
    pub node: NodeId,
    pub quantity: u32,
    /// Assignments of one node with equal `group` go into one fulfillment order (split by handling class).
    pub group: u8,
}

/// So many units of one order line that no node can serve now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backorder {
    pub line: u16,
    pub quantity: u32,
}

/// Why an order goes in one more shipment than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SplitReason {
    /// Goods that may not share a box.
    Class,
    /// No node stocks all of them.
    StockSku,
    /// No node has enough of all of them.
    StockQuantity,
    /// A node has everything, and the strategy chose otherwise.
    Cost,
    /// What waited for stock, or was given back by a node, follows what went before.
    Waited,
    BoxWeight,
    BoxVolume,
    BoxSide,
    BoxUnits,
}

impl SplitReason {
    pub const ALL: [SplitReason; 9] = {
        use SplitReason::*;
        [Class, StockSku, StockQuantity, Cost, Waited, BoxWeight, BoxVolume, BoxSide, BoxUnits]
    };

    pub const fn name(self) -> &'static str {
        match self {
            SplitReason::Class => "class",
            SplitReason::StockSku => "stock-sku",
            SplitReason::StockQuantity => "stock-quantity",
            SplitReason::Cost => "cost",
            SplitReason::Waited => "waited",
            SplitReason::BoxWeight => "box-weight",
            SplitReason::BoxVolume => "box-volume",
            SplitReason::BoxSide => "box-side",
            SplitReason::BoxUnits => "box-units",
        }
    }

    pub const fn said(self) -> &'static str {
        match self {
            SplitReason::Class => "goods that may not share a box",
            SplitReason::StockSku => "no node stocks all of its SKUs",
            SplitReason::StockQuantity => "no node has enough of all of them",
            SplitReason::Cost => "a node has everything, and the strategy chose otherwise",
            SplitReason::Waited => "what waited follows what went before",
            SplitReason::BoxWeight => "too heavy for one box",
            SplitReason::BoxVolume => "too big for one box",
            SplitReason::BoxSide => "goods longer than a box travel alone",
            SplitReason::BoxUnits => "too many units for one box",
        }
    }
}

/// What a strategy chose. A reused buffer: `clear` keeps its memory.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Sorted by (node, group, line) after `settle`.
    pub assignments: Vec<Assignment>,
    pub backorders: Vec<Backorder>,
    /// Node sets weighed before this one was chosen: how hard the strategy looked.
    pub considered: u32,
}

impl Plan {
    pub fn clear(&mut self) {
        self.assignments.clear();
        self.backorders.clear();
        self.considered = 0;
    }

    /// Brings the assignments into the order in which the engine takes them.
    pub fn settle(&mut self) {
        if 1 < self.assignments.len() {
            self.assignments.sort_unstable_by_key(|a| (a.node, a.group, a.line));
        }
    }

    pub fn is_whole(&self) -> bool {
        self.backorders.is_empty()
    }

    /// How many fulfillment orders the plan makes. Needs a settled plan.
    pub fn fulfillment_count(&self) -> usize {
        self.assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group)).count()
    }
}
