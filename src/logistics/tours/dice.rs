//! The random numbers of one search: small, seeded, equal on every machine.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// From 0 to `below`, without it.
    #[inline]
    pub fn below(&mut self, below: u32) -> u32 {
        (((self.0.next_u64() >> 32) * u64::from(below)) >> 32) as u32
    }

    /// Above 0, at most 1.
    #[inline]
    pub fn share(&mut self) -> f64 {
        ((self.0.next_u64() >> 11) + 1) as f64 * (1.0 / (1_u64 << 53) as f64)
    }
}
