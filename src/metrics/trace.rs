//! What parcels cost and emitted, each with its share of what served it.
//!
//! # Promises
//! - Whole numbers: a wage a microsecond, a departure's cost over its load. The sum over parcels, with what nobody used,
//!   is the sum over resources, to the last unit; every run that traces checks it.
//! - What a vehicle costs is shared evenly by those that it carries; of what does not divide, the first to board bear a
//!   unit more.

/// Units of cost in a minor unit of money: a wage an hour times a microsecond of work is whole.
pub const UNITS: i128 = 3_600_000_000;

/// What one parcel, or many, cost and emitted.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// What the carrier charged.
    pub freight: i128,
    pub linehaul: i128,
    pub sort: i128,
    pub last_mile: i128,
    /// In micrograms.
    pub linehaul_ug: u128,
    pub last_mile_ug: u128,
}

/// Parcels whose way is over, and those that are still on it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct TraceSeen {
    pub finished: u64,
    pub of_finished: Footprint,
    /// At the horizon.
    pub of_under_way: Footprint,
    /// Sorters' time that touched a parcel, by station; of touches that are over.
    pub sorted_us: Vec<u128>,
    /// Attempts at doors by carrier.
    pub attempts: Vec<u64>,
    /// Sorters paid, touching or not: known at the horizon.
    pub sort_paid: i128,
}

impl Footprint {
    pub fn add(&mut self, other: &Footprint) {
        self.freight += other.freight;
        self.linehaul += other.linehaul;
        self.sort += other.sort;
        self.last_mile += other.last_mile;
        self.linehaul_ug += other.linehaul_ug;
        self.last_mile_ug += other.last_mile_ug;
    }

    pub fn cost(&self) -> i128 {
        self.freight + self.linehaul + self.sort + self.last_mile
    }

    pub fn co2_ug(&self) -> u128 {
        self.linehaul_ug + self.last_mile_ug
    }
}

impl TraceSeen {
    pub fn new(stations: usize, carriers: usize) -> TraceSeen {
        TraceSeen { sorted_us: vec![0; stations], attempts: vec![0; carriers], ..TraceSeen::default() }
    }

    /// Of all parcels, wherever they are.
    pub fn of_all(&self) -> Footprint {
        let mut all = self.of_finished;
        all.add(&self.of_under_way);
        all
    }
}

/// The share of one of `among`, by its place: shares differ by one at most and add up to the whole.
#[inline]
pub fn share(whole: u128, among: usize, place: usize) -> u128 {
    let among = among as u128;
    whole / among + u128::from((place as u128) < whole % among)
}

/// In minor units of money.
pub fn minor(units: i128) -> f64 {
    (units / UNITS) as f64 + (units % UNITS) as f64 / UNITS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_the_whole() {
        for (whole, among) in [(0, 3), (1, 3), (7, 7), (1_000_003, 17), (UNITS as u128 * 12_345, 4_000)] {
            let shares: Vec<u128> = (0..among).map(|place| share(whole, among, place)).collect();
            assert_eq!(shares.iter().sum::<u128>(), whole);
            assert!(shares[0] - shares[among - 1] <= 1 && shares.is_sorted_by(|a, b| a >= b));
        }
    }

    #[test]
    fn units_are_told_in_minor_money() {
        assert_eq!(minor(UNITS * 5 / 2), 2.5);
        assert_eq!(minor(-UNITS / 4), -0.25);
    }
}
