//! The event log: every transition of a sample of orders, for process mining.
//! An order is in the sample by the hash of its number, so the same orders are seen in every run.

use super::Scan;
use crate::domain::{Handle, Money, NodeId, OrderId, OrderState, Step, Subject, Transition};
use crate::kernel::draw::mix;
use crate::kernel::time::Moment;

/// One transition of one sampled order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRow {
    pub at: Moment,
    pub step: Step,
    pub order: OrderId,
    pub subject: Subject,
    pub to: OrderState,
}

/// A sampled order, as it was submitted. Indices into the model's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedOrder {
    pub order: OrderId,
    pub zone: u16,
    pub method: u8,
    pub payment: u8,
    pub amount: Money,
    pub lines: u32,
    pub units: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedFulfillment {
    pub handle: Handle,
    pub order: OrderId,
    pub node: NodeId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedParcel {
    pub handle: Handle,
    pub fulfillment: Handle,
    pub carrier: u8,
    pub weight_g: u32,
}

/// One scan, as it reached the page, of a parcel of a sampled order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedScan {
    pub at: Moment,
    pub scan: Scan,
    pub order: OrderId,
    pub parcel: Handle,
    pub node: u16,
}

/// One order in `one_in` is logged; zero logs none.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    sample: Multiples,
    pub rows: Vec<LogRow>,
    pub orders: Vec<LoggedOrder>,
    pub fulfillments: Vec<LoggedFulfillment>,
    pub parcels: Vec<LoggedParcel>,
    pub scans: Vec<LoggedScan>,
}

impl EventLog {
    pub fn new(one_in: u64) -> EventLog {
        EventLog { sample: Multiples::of(one_in), ..EventLog::default() }
    }

    #[inline]
    pub fn wants(&self, order: OrderId) -> bool {
        self.sample.has(mix(order.0))
    }

    #[inline]
    pub fn saw(&mut self, transition: &Transition) {
        // Of several orders in one parcel each is asked for; mostly it is one, and not in the sample.
        if transition.also.is_empty() && !transition.order.is_some_and(|order| self.wants(order)) {
            return;
        }
        for (order, _, _, to) in transition.changes() {
            if self.wants(order) {
                let (at, step, subject) = (transition.at, transition.step, transition.subject);
                self.rows.push(LogRow { at, step, order, subject, to });
            }
        }
    }

    pub fn scanned(&mut self, scan: LoggedScan) {
        if self.wants(scan.order) {
            self.scans.push(scan);
        }
    }

    /// The carrier is known when the label is bought.
    pub fn labelled(&mut self, order: OrderId, parcel: Handle, carrier: u8) {
        if !self.wants(order) {
            return;
        }
        if let Some(row) = self.parcels.iter_mut().rev().find(|row| row.handle == parcel) {
            row.carrier = carrier;
        }
    }
}

/// The multiples of a number, told without a division: every step of every order asks.
///
/// Granlund and Montgomery 1994, "Division by invariant integers using multiplication", section 9: with
/// `d = 2^k m`, `m` odd, `n` is a multiple of `d` exactly when `n m^-1` (mod 2^64), rotated right by `k`,
/// is at most `(2^64 - 1) / d`.
#[derive(Debug, Clone, Copy)]
struct Multiples {
    inverse: u64,
    shift: u32,
    /// `None`: no number is one.
    limit: Option<u64>,
}

impl Default for Multiples {
    fn default() -> Multiples {
        Multiples::of(0)
    }
}

impl Multiples {
    /// Of zero there are none.
    fn of(divisor: u64) -> Multiples {
        if divisor == 0 {
            return Multiples { inverse: 1, shift: 0, limit: None };
        }
        let shift = divisor.trailing_zeros();
        let odd = divisor >> shift;
        // Newton: each round doubles the right bits; an odd number is its own inverse modulo 8.
        let inverse = (0..5).fold(odd, |x, _| x.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(x))));
        Multiples { inverse, shift, limit: Some(u64::MAX / divisor) }
    }

    #[inline]
    fn has(self, number: u64) -> bool {
        self.limit.is_some_and(|limit| number.wrapping_mul(self.inverse).rotate_right(self.shift) <= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiples_are_those_of_the_division() {
        for divisor in [1, 2, 3, 7, 8, 100, 1_000, 1_024, 999_999_999, 1 << 63] {
            let multiples = Multiples::of(divisor);
            for number in
                (0..3_000).chain((0..3_000).map(mix)).chain((1..9).map(|n: u64| n.wrapping_mul(divisor) / 8))
            {
                assert_eq!(multiples.has(number), number.is_multiple_of(divisor), "{number} of {divisor}");
            }
        }
        assert!(!Multiples::of(0).has(0));
    }
}
