//! The road: how long a way takes at a speed that changes from hour to hour.
//!
//! # Promises
//! - Who leaves later over the same way does not arrive earlier, to the microsecond: the arrival is the first instant
//!   at which enough of the way is done, in whole numbers (the model of Ichoua, Gendreau and Potvin 2003, "Vehicle
//!   dispatching with time-dependent travel times", European Journal of Operational Research 144).
//! - At full speed the way takes its nominal time exactly.

use crate::kernel::time::Span;

/// Full speed.
pub const FULL: u32 = 1 << 16;

/// A share of full speed as a whole number; never standstill, so that every way ends.
pub fn pace(share: f64) -> u32 {
    (share * f64::from(FULL)).round().max(1.0) as u32
}

/// Two shares of full speed, one upon the other.
#[inline]
pub fn both(one: u32, other: u32) -> u32 {
    ((u64::from(one) * u64::from(other)) >> 16) as u32
}

/// When somebody arrives who leaves at the local instant `from` for a way that takes `nominal` at full speed.
/// `pace` is asked for each hour that is met, by its number since local zero. A few nanoseconds an hour.
#[inline]
pub fn arrive(from: u64, nominal: Span, mut pace: impl FnMut(u64) -> u32) -> u64 {
    let mut left = u128::from(nominal.0) << 16;
    let mut at = from;
    loop {
        let hour = at / Span::HOUR.0;
        let next = (hour + 1) * Span::HOUR.0;
        let pace = u128::from(pace(hour).max(1));
        let reach = u128::from(next - at) * pace;
        if left <= reach {
            return at + left.div_ceil(pace) as u64;
        }
        (at, left) = (next, left - reach);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::Draw;

    #[test]
    fn half_the_speed_takes_twice_the_time() {
        let hour = Span::HOUR.0;
        let rush = |at: u64| if at == 1 { FULL / 2 } else { FULL };
        assert_eq!(arrive(0, Span(hour), rush), hour);
        assert_eq!(arrive(0, Span(hour + hour / 2), rush), 2 * hour);
        assert_eq!(arrive(hour / 2, Span(hour), rush), 2 * hour);
        assert_eq!(arrive(123, Span(456), |_| FULL), 579);
        assert_eq!(both(FULL / 2, FULL / 4), FULL / 8);
    }

    #[test]
    fn nobody_who_leaves_later_arrives_earlier() {
        for seed in 0..300 {
            let dice = &mut Draw::new(seed, 0).source("road");
            let paces: Vec<u32> = (0..48).map(|_| pace(libm::pow(dice.uniform(), 3.0) * 2.0)).collect();
            let of = |hour: u64| paces[hour as usize % 48];
            let way = Span((dice.uniform() * 9.0 * 3.6e9) as u64);
            let mut before = 0;
            // Far apart, and a microsecond apart about the full hour.
            let starts = (0..400u64).map(|step| step * 431_000_000);
            let near = (0..40).map(|step| 11 * Span::HOUR.0 - 20 + step);
            let mut starts: Vec<u64> = starts.chain(near).collect();
            starts.sort_unstable();
            for start in starts {
                let there = arrive(start, way, of);
                assert!(before <= there && start <= there, "seed {seed}: {before} {there}");
                before = there;
            }
        }
    }
}
