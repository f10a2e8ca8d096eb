//! Where shoppers fetch parcels: lockers in banks, and pickup points, by zone.

use std::ops::Range;

use super::build::law;
use crate::kernel::law::Law;
use crate::kernel::time::Span;
use crate::logistics::rounds::shares;
use crate::scenario::spec::{self, Zone};

pub use crate::scenario::spec::To;

#[derive(Debug)]
pub struct PickUp {
    /// Compartments, by bank; the banks of a zone stand beside each other.
    pub banks: Vec<u32>,
    /// Of zone `z`, from `bank_ends[z - 1]` to `bank_ends[z]`.
    bank_ends: Vec<u32>,
    point_ends: Vec<u32>,
    pub dwell: Law,
    pub hold: Span,
}

impl PickUp {
    pub fn build(row: &spec::PickUp, zones: &[Zone]) -> PickUp {
        let total: f64 = zones.iter().map(|zone| zone.weight).sum();
        let share = |zone: &Zone| if 0.0 < total { zone.weight / total } else { 1.0 / zones.len() as f64 };
        let (mut banks, mut bank_ends) = (Vec::new(), Vec::new());
        for compartments in shares(row.compartments, zones.iter().map(share)) {
            let count = compartments.div_ceil(row.bank);
            banks
                .extend((0..count).map(|bank| compartments / count + u32::from(bank < compartments % count)));
            bank_ends.push(banks.len() as u32);
        }
        let ends = |sum: &mut u32, points: u32| {
            *sum += points;
            Some(*sum)
        };
        PickUp {
            banks,
            bank_ends,
            point_ends: shares(row.points, zones.iter().map(share)).into_iter().scan(0, ends).collect(),
            dwell: law(&row.dwell),
            hold: row.hold,
        }
    }

    pub fn banks_of(&self, zone: usize) -> Range<u32> {
        range(&self.bank_ends, zone)
    }

    pub fn points_of(&self, zone: usize) -> Range<u32> {
        range(&self.point_ends, zone)
    }

    pub fn compartments(&self) -> u32 {
        self.banks.iter().sum()
    }
}

fn range(ends: &[u32], zone: usize) -> Range<u32> {
    zone.checked_sub(1).map_or(0, |before| ends[before])..ends[zone]
}
