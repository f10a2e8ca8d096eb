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
