//! A mean over replications and its t-interval.

/// The mean of independent replications and the half-width of its two-sided interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub mean: f64,
    /// `None` with fewer than two replications: one run has no spread to show.
    pub half_width: Option<f64>,
}

impl Estimate {
    /// `confidence` is two-sided, in 0 to 1. Sums in the order given, so equal inputs give equal bits.
    ///
    /// Half-width = t(1 - (1 - confidence) / 2, n - 1) x s / sqrt(n), s the sample standard deviation
    /// (Law, Simulation Modeling and Analysis, 5th ed., eq. 4.12).
    pub fn of(values: &[f64], confidence: f64) -> Estimate {
        let n = values.len() as f64;
        if values.is_empty() {
            return Estimate { mean: 0.0, half_width: None };
        }
        let mean = values.iter().sum::<f64>() / n;
        if values.len() < 2 {
            return Estimate { mean, half_width: None };
        }
        let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
        let t = student_t(1.0 - (1.0 - confidence) / 2.0, values.len() as u32 - 1);
        Estimate { mean, half_width: Some(t * libm::sqrt(variance / n)) }
    }

    /// As `of`, and as wide on both sides as the side with the longer tail needs: for a decision taken early,
    /// on values that need not be normal.
    ///
    /// The quantile r of t becomes G(r) = ((1 + 6 a (r - a))^(1/3) - 1) / (2 a), a = g / (6 sqrt(n)), g the sample
    /// skewness (Willink, A confidence interval and test for the mean of an asymmetric distribution, Communications
    /// in Statistics: Theory and Methods 34, 2005; g with the usual small-sample factor). Equal to `of` where g is 0.
    pub fn skewed(values: &[f64], confidence: f64) -> Estimate {
        let (plain, n) = (Estimate::of(values, confidence), values.len() as f64);
        let squares: f64 = values.iter().map(|value| (value - plain.mean) * (value - plain.mean)).sum();
        if values.len() < 3 || squares <= 0.0 {
            return plain;
        }
        let deviation = libm::sqrt(squares / (n - 1.0));
        let cube = |value: &f64| {
            let z = (value - plain.mean) / deviation;
            z * z * z
        };
        let skewness = n / ((n - 1.0) * (n - 2.0)) * values.iter().map(cube).sum::<f64>();
        let a = skewness.abs() / (6.0 * libm::sqrt(n));
        let t = student_t(1.0 - (1.0 - confidence) / 2.0, values.len() as u32 - 1);
        // The long side is that of -t. A vanishing skewness changes nothing, and would divide by zero.
        let long = if a < 1e-6 { t } else { (1.0 - libm::cbrt(1.0 - 6.0 * a * (t + a))) / (2.0 * a) };
        Estimate { half_width: Some(long.max(t) * deviation / libm::sqrt(n)), ..plain }
    }

    pub fn low(self) -> f64 {
        self.mean - self.half_width.unwrap_or(0.0)
    }

    pub fn high(self) -> f64 {
        self.mean + self.half_width.unwrap_or(0.0)
    }
}

/// The `p`-quantile of Student's t distribution, 0.5 < p < 1, by bisection on its distribution function
/// to the last bit that moves; `degrees` is at least 1.
///
/// # Why not a library
/// Result bytes must be equal on every platform; published crates call the platform's own `ln` and `pow`.
/// The test compares with tabulated values.
pub fn student_t(p: f64, degrees: u32) -> f64 {
    assert!(0.5 < p && p < 1.0 && 0 < degrees, "no t quantile at p = {p}, {degrees} degrees");
    let (mut low, mut high) = (0.0_f64, 1e9_f64);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if t_distribution(middle, degrees) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// P(|T| > |t|) under Student's t distribution: the two-sided p-value of a t statistic.
pub fn two_sided_p(t: f64, degrees: u32) -> f64 {
    if t.is_infinite() { 0.0 } else { (2.0 * (1.0 - t_distribution(t.abs(), degrees))).clamp(0.0, 1.0) }
}

/// The `p`-quantile of the standard normal distribution, 0 < p < 1, by bisection as above;
/// P(Z <= z) = erfc(-z / sqrt 2) / 2 (Abramowitz and Stegun 7.1.2 and 26.2.29).
pub fn normal_quantile(p: f64) -> f64 {
    assert!(0.0 < p && p < 1.0, "no normal quantile at p = {p}");
    let (mut low, mut high) = (-40.0_f64, 40.0_f64);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        let below = libm::erfc(-middle / std::f64::consts::SQRT_2) / 2.0;
        if below < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// P(T <= t) for t >= 0, by the finite series for integer degrees of freedom
/// (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4).
fn t_distribution(t: f64, degrees: u32) -> f64 {
    let nu = f64::from(degrees);
    let theta = libm::atan(t / libm::sqrt(nu));
    let (sin, cos) = (libm::sin(theta), libm::cos(theta));
    let series = |first: f64, start: u32| {
        let (mut term, mut sum, mut k) = (first, 0.0, start);
        while k < degrees {
            sum += term;
            term *= cos * cos * f64::from(k) / f64::from(k + 1);
            k += 2;
        }
        sum
    };
    let within = match degrees % 2 {
        1 => (theta + sin * series(cos, 2)) * 2.0 / std::f64::consts::PI,
        _ => sin * series(1.0, 1),
    };
    0.5 + within / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fisher and Yates' table, as reprinted in Law, Table T.1.
    #[test]
    fn t_quantiles_are_the_tabulated_ones() {
        let table = [
            (0.975, 1, 12.706),
            (0.975, 2, 4.303),
            (0.975, 4, 2.776),
            (0.975, 9, 2.262),
            (0.95, 29, 1.699),
            (0.995, 10, 3.169),
        ];
        for (p, degrees, expected) in table {
            assert!(
                (student_t(p, degrees) - expected).abs() < 6e-4,
                "t({p}, {degrees}) = {}",
                student_t(p, degrees)
            );
        }
        assert!((student_t(0.975, 100_000) - 1.959_96).abs() < 1e-4, "the normal limit");
    }

    #[test]
    fn normal_quantiles_are_the_tabulated_ones() {
        for (p, expected) in [(0.5, 0.0), (0.975, 1.959_964), (0.005, -2.575_829), (0.999, 3.090_232)] {
            assert!((normal_quantile(p) - expected).abs() < 1e-6, "z({p}) = {}", normal_quantile(p));
        }
    }

    #[test]
    fn one_replication_has_no_interval() {
        assert_eq!(Estimate::of(&[3.0], 0.95), Estimate { mean: 3.0, half_width: None });
        let estimate = Estimate::of(&[1.0, 2.0, 3.0], 0.95);
        assert_eq!(estimate.mean, 2.0);
        assert!((estimate.half_width.expect("three runs") - 4.303 / 3f64.sqrt()).abs() < 1e-3);
    }
}
