//! Work in a warehouse beyond the usual: how pickers go round.

use crate::kernel::time::Span;

/// Orders a tour, and who walks where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickMethod {
    /// A tour an order.
    Single,
    /// Orders together, sorted apart after the tour.
    Batch,
    /// Each zone has pickers of its own; what they bring is put together before it is packed.
    Zone,
    /// Orders together, each into its own box on the cart.
    Cluster,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickRoute {
    SShape,
    Return,
}

/// Tours of pickers through aisles.
#[derive(Debug, Clone, PartialEq)]
pub struct Picking {
    pub method: PickMethod,
    /// Orders a tour, at most.
    pub batch: u32,
    /// A tour leaves with fewer when its first order has waited so long.
    pub patience: Span,
    /// Units a cart takes.
    pub cart: u32,
    pub zones: u32,
    pub route: PickRoute,
    pub aisles: u32,
    pub aisle_length_m: f64,
    pub aisle_gap_m: f64,
    pub walk_kmh: f64,
    pub per_unit: Span,
    pub sort_per_unit: Span,
    pub box_per_line: Span,
    pub consolidate: Span,
}

impl Picking {
    /// Stations of pickers at a node.
    pub fn zones_of_pickers(&self) -> u32 {
        if self.method == PickMethod::Zone { self.zones } else { 1 }
    }
}
