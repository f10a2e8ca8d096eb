//! How long a search may go on: iterations in a simulation, a clock that the caller brings elsewhere.

/// When a search ends, and how far it has come.
pub enum Budget<'a> {
    /// The same tours on every machine.
    Iterations(u64),
    /// The share of the time that is over, 1 at the end.
    Clock(&'a dyn Fn() -> f64),
}

impl Budget<'_> {
    /// From 0 to 1.
    pub fn spent(&self, iteration: u64) -> f64 {
        match self {
            Budget::Iterations(0) => 1.0,
            Budget::Iterations(all) => iteration as f64 / *all as f64,
            Budget::Clock(clock) => clock(),
        }
    }

    /// Iterations that are left for certain; without bound under a clock.
    pub fn left(&self, iteration: u64) -> u64 {
        match self {
            Budget::Iterations(all) => all.saturating_sub(iteration),
            Budget::Clock(_) => u64::MAX,
        }
    }
}
