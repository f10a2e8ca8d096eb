//! Customers: which of them orders, from a few to billions, some more often than others.
//!
//! # Why blocks of ranks and not one weight a customer
//! Four billion weights do not fit, and a million already miss the cache on every draw. Ranks beyond the first
//! are grouped in blocks that grow by one percent; the block is picked by the exact sum of its weights and the
//! customer evenly within it. A weight is off by at most half a percent times the exponent.

use crate::domain::CustomerId;
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::pick::Pick;

const CUSTOMER: Purpose = Purpose::named("customer");
/// Ranks below it are blocks of their own.
const EXACT: u64 = 256;

/// Customers `0..count`; the lower the number, the more orders.
#[derive(Debug, Clone)]
pub struct CustomerPick {
    blocks: Pick,
    /// First customer of each block, and the count at the end.
    starts: Vec<u32>,
}

impl CustomerPick {
    /// Zipf by rank: customer `k` orders in proportion to `1 / (k + 1)^skew`. Panics when there is none.
    pub fn zipf(count: u32, skew: f64) -> CustomerPick {
        assert!(0 < count, "a choice among no customers");
        let (mut starts, mut weights) = (vec![0u32], Vec::new());
        let mut start = 0u64;
        while start < u64::from(count) {
            let length = if start < EXACT { 1 } else { start / 100 };
            let end = (start + length).min(u64::from(count));
            weights.push(block_weight(start, end, skew));
            starts.push(end as u32);
            start = end;
        }
        CustomerPick { blocks: Pick::weighted(&weights), starts }
    }

    pub fn len(&self) -> u32 {
        self.starts[self.starts.len() - 1]
    }

    pub fn is_empty(&self) -> bool {
        false
    }

    /// The customer of an order.
    #[inline]
    pub fn draw(&self, draw: &Draw, order: u64) -> CustomerId {
        let block = self.blocks.pick(draw.uniform(CUSTOMER, order, 0));
        let (start, end) = (self.starts[block], self.starts[block + 1]);
        let within = if end - start == 1 { 0 } else { draw.below(CUSTOMER, order, 1, end - start) };
        CustomerId(start + within)
    }

    /// The share of orders that come from `customer`.
    pub fn share(&self, customer: CustomerId) -> f64 {
        let block = self.starts.partition_point(|&start| start <= customer.0) - 1;
        self.blocks.share(block) / f64::from(self.starts[block + 1] - self.starts[block])
    }
}

/// The sum of `1 / rank^skew` over ranks `start + 1 ..= end`, by the midpoint rule where it is long.
fn block_weight(start: u64, end: u64, skew: f64) -> f64 {
    if end - start == 1 {
        return libm::pow(end as f64, -skew);
    }
    let (from, to) = (start as f64 + 0.5, end as f64 + 0.5);
    let power = 1.0 - skew;
    if power.abs() < 1e-9 {
        return libm::log(to / from);
    }
    (libm::pow(to, power) - libm::pow(from, power)) / power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_zipf_far_beyond_the_exact_ranks() {
        for (count, skew) in [(1, 0.7), (200, 1.0), (100_000, 0.5), (2_000_000, 1.2), (50_000, 0.0)] {
            let pick = CustomerPick::zipf(count, skew);
            let total: f64 = (1..=count).map(|rank| f64::from(rank).powf(-skew)).sum();
            for customer in [0, 1, 99, 300, 5_000, 49_999, 1_999_999] {
                if customer < count {
                    let exact = f64::from(customer + 1).powf(-skew) / total;
                    let share = pick.share(CustomerId(customer));
                    assert!(
                        (share / exact - 1.0).abs() < 0.008,
                        "{count} {skew} {customer}: {share} {exact}"
                    );
                }
            }
        }
    }

    #[test]
    fn billions_of_customers_take_a_small_table() {
        let pick = CustomerPick::zipf(4_000_000_000, 0.9);
        assert_eq!(pick.len(), 4_000_000_000);
        assert!(pick.starts.len() < 3_000);
        let draw = Draw::new(1, 0);
        let beyond = (0..1_000).filter(|&order| 2_000_000_000 < pick.draw(&draw, order).0).count();
        assert!((1..500).contains(&beyond));
    }
}
