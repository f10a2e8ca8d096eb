//! Poisson counts from one uniform number.

/// The smallest `k` whose probability of at most `k` is above `u`, for a Poisson law of this mean. By inversion,
/// so a larger `u` or mean never gives a smaller count. Costs about `18 sqrt(mean)` steps of a nanosecond.
pub(super) fn inverse(mean: f64, u: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    let mode = mean.floor();
    // ln P(mode) = mode ln(mean) - mean - ln(mode!)
    let at_mode = libm::exp(mode * libm::log(mean) - mean - libm::lgamma(mode + 1.0));
    // Below mode - 9 standard deviations lies less than 1e-16 of the law.
    let low = (mode - 9.0 * libm::sqrt(mean) - 10.0).max(0.0);
    let mut probability = at_mode;
    let mut k = mode;
    while low < k {
        probability *= k / mean;
        k -= 1.0;
    }
    let mut sum = probability;
    // The sum of rounded probabilities may stay below a `u` next to 1: end where nothing more is added.
    while sum <= u && (k < mode || 1e-18 < probability) {
        k += 1.0;
        probability *= mean / k;
        sum += probability;
    }
    k as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::{Draw, Purpose};

    #[test]
    fn counts_are_poisson() {
        for (number, mean) in [0.3, 4.0, 60.0, 2_500.0, 1e6].into_iter().enumerate() {
            let draw = Draw::new(11, 0);
            let n = if mean < 1e5 { 20_000u64 } else { 1_000 };
            let purpose = Purpose(number as u32);
            let counts: Vec<f64> =
                (0..n).map(|k| inverse(mean, draw.uniform(purpose, k, 0)) as f64).collect();
            let average = counts.iter().sum::<f64>() / n as f64;
            let variance = counts.iter().map(|c| (c - average).powi(2)).sum::<f64>() / n as f64;
            assert!((average - mean).abs() < 4.0 * (mean / n as f64).sqrt(), "mean {mean}: {average}");
            let spread = ((2.0 * mean + 1.0) * mean / n as f64).sqrt() * 4.0;
            assert!((variance - mean).abs() < spread, "variance {mean}: {variance}");
        }
    }

    #[test]
    fn edges() {
        assert_eq!(inverse(0.0, 0.5), 0);
        assert_eq!(inverse(1.0, 0.367), 0);
        assert_eq!(inverse(1.0, 0.368), 1);
        assert!(inverse(1e6, 1.0 - f64::EPSILON / 2.0) < 1_010_000);
        assert!(990_000 < inverse(1e6, f64::MIN_POSITIVE));
    }
}
