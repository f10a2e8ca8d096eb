//! The same workloads in the fastest and in the best known Rust engine, each in its own idiom and
//! bare: no histogram, no queue statistics.

pub mod desque;
pub mod nexosim;

use rand::SeedableRng;
use rand_distr::{Distribution, Exp1};
use rand_xoshiro::Xoshiro256PlusPlus;

pub const TANDEM_STATIONS: usize = 5;

/// Exponential numbers by the ziggurat, the fastest way that is usual.
pub struct Exponential(Xoshiro256PlusPlus);

impl Exponential {
    pub fn new(seed: u64) -> Exponential {
        Exponential(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    #[inline]
    pub fn next(&mut self, rate: f64) -> f64 {
        let unit: f64 = Exp1.sample(&mut self.0);
        unit / rate
    }
}
