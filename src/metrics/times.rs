//! Times: an exact sum beside an HDR histogram.
//!
//! Quantiles are of milliseconds with three significant digits; the mean is exact to the microsecond.

use hdrhistogram::Histogram;

use crate::kernel::time::Span;

/// A distribution of spans.
#[derive(Debug, Clone)]
pub struct Times {
    /// Milliseconds; 32-bit counts keep the touched cache lines few.
    histogram: Histogram<u32>,
    sum_us: u128,
    max: Span,
}

impl Default for Times {
    fn default() -> Times {
        let mut histogram = Histogram::new(3).expect("three significant digits are legal");
        histogram.auto(true);
        Times { histogram, sum_us: 0, max: Span::ZERO }
    }
}

impl Times {
    #[inline]
    pub fn record(&mut self, span: Span) {
        self.histogram.record(span.0 / 1_000).expect("the histogram grows");
        self.sum_us += u128::from(span.0);
        self.max = self.max.max(span);
    }

    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    pub fn sum_us(&self) -> u128 {
        self.sum_us
    }

    /// Seconds; zero when nothing was recorded.
    pub fn mean_s(&self) -> f64 {
        if self.count() == 0 { 0.0 } else { self.sum_us as f64 / 1e6 / self.count() as f64 }
    }

    /// Seconds; zero when nothing was recorded.
    pub fn quantile_s(&self, quantile: f64) -> f64 {
        if self.count() == 0 { 0.0 } else { self.histogram.value_at_quantile(quantile) as f64 / 1e3 }
    }

    pub fn max_s(&self) -> f64 {
        self.max.as_secs_f64()
    }

    /// The share of recorded spans that are at most `span`.
    pub fn share_within(&self, span: Span) -> f64 {
        if self.count() == 0 {
            return 0.0;
        }
        self.histogram.quantile_below(span.0 / 1_000)
    }

    /// Adds another distribution: counts are integers, so the order does not matter.
    pub fn merge(&mut self, other: &Times) {
        self.histogram.add(&other.histogram).expect("the histogram grows");
        self.sum_us += other.sum_us;
        self.max = self.max.max(other.max);
    }

    /// In milliseconds.
    pub fn histogram(&self) -> &Histogram<u32> {
        &self.histogram
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_exact_and_quantiles_are_within_a_thousandth() {
        let mut times = Times::default();
        (1..=1_000).for_each(|ms| times.record(Span::from_millis(ms)));
        assert_eq!(times.mean_s(), 0.5005);
        assert!((times.quantile_s(0.99) - 0.99).abs() < 0.001);
        assert_eq!(times.max_s(), 1.0);
        assert!((times.share_within(Span::from_millis(250)) - 0.25).abs() < 0.001);
    }
}
