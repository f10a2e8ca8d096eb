//! Work in a warehouse beyond the usual: how pickers go round, what is written, what has no room, who learns and who
//! does not come.

use super::LawSpec;
use crate::domain::Money;
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

/// A document for each parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// GS1 company prefix.
    pub company: String,
    /// Of every parcel, and not of sampled orders alone.
    pub all: bool,
}

/// Goods that came back go to the shelf by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct PutAway {
    pub work: LawSpec,
    /// At each center.
    pub workers: u32,
    pub wage: Money,
}

/// Room at each center; `None`: as much as it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Staging {
    /// Picked orders that wait for a packer.
    pub packing: Option<u32>,
    /// Packed parcels that wait for a departure.
    pub dock: Option<u32>,
}

/// How a beginner becomes as fast as everybody else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learning {
    /// A first job takes so many times as long.
    pub first: f64,
    /// Of the time, what is left each time that the jobs done double.
    pub rate: f64,
    /// Of the first time, what nobody learns away.
    pub incompressible: f64,
    /// Half of what was done counts no more after so long.
    pub forgetting: Option<Span>,
}

/// A pause within a shift, of one group of the staff after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShiftBreak {
    pub at_minute: u16,
    pub minutes: u16,
    pub groups: u32,
}
