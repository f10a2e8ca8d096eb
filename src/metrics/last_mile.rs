//! What vans did: rounds, tours, ways, and how far a formula is from tours that are looked for.

use crate::kernel::time::Span;

/// Of all carriers and stations.
#[derive(Debug, Clone, Default)]
pub struct LastMileSeen {
    /// In which at least one van left.
    pub rounds: u64,
    pub tours: u64,
    pub stops: u64,
    /// Loaded; one that comes back and goes out again counts twice.
    pub parcels: u64,
    pub meters: u64,
    pub on_tour_us: u64,
    /// Parcels that found no van in a round.
    pub left_behind: u64,
    /// Parcels whose door had closed before the van came.
    pub too_late: u64,
    /// Rounds that were planned by formula and by search as well.
    pub sampled: u64,
    /// Of their lengths: formula / search - 1, summed, without and with sign.
    apart: f64,
    longer: f64,
}

/// Parcels that shoppers fetch.
#[derive(Debug, Clone, Default)]
pub struct PickUpSeen {
    pub deposited: u64,
    /// Attempts that found no free compartment.
    pub full: u64,
    pub collected: u64,
    pub uncollected: u64,
    /// Of those collected.
    pub lay_us: u64,
    /// Compartments filled at one time, at most.
    pub peak: u64,
}

impl LastMileSeen {
    pub fn drove(&mut self, stops: usize, parcels: u32, meters: u64, took: Span) {
        self.tours += 1;
        self.stops += stops as u64;
        self.parcels += u64::from(parcels);
        self.meters += meters;
        self.on_tour_us += took.0;
    }

    /// Two lengths of one round.
    pub fn sampled(&mut self, by_formula: f64, by_search: f64) {
        let error = by_formula / by_search - 1.0;
        self.sampled += 1;
        self.apart += error.abs();
        self.longer += error;
    }

    /// Mean absolute error of the formula, and its mean error.
    pub fn formula_error(&self) -> (f64, f64) {
        let count = self.sampled.max(1) as f64;
        (self.apart / count, self.longer / count)
    }
}
