//! Times: an exact sum beside an HDR histogram.
//!
//! Quantiles are of milliseconds with three significant digits; the mean is exact to the microsecond.
//!
//! # Why the counts are kept beside the histogram
//! A step records one or two spans. `Histogram::record` checks and grows in some 70 instructions; the count of
//! the same cell is found in ten. The histogram is made from the counts when somebody reads it.

use std::sync::OnceLock;

use hdrhistogram::Histogram;

use crate::kernel::time::Span;

/// A distribution of spans.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// By cell of the histogram; 32-bit counts keep the touched cache lines few.
    counts: Vec<u32>,
    count: u64,
    sum_us: u128,
    max: Span,
    /// Milliseconds; made on first reading.
    histogram: OnceLock<Histogram<u32>>,
}

/// Three significant digits: 2,048 cells of one unit, then 1,024 for each doubling.
const EXACT_BITS: u32 = 11;
const HALF: u64 = 1 << (EXACT_BITS - 1);

impl Times {
    #[inline]
    pub fn record(&mut self, span: Span) {
        let cell = cell_of(span.0 / 1_000);
        match self.counts.get_mut(cell) {
            Some(count) => *count += 1,
            None => self.grow(cell),
        }
        self.count += 1;
        self.sum_us += u128::from(span.0);
        self.max = self.max.max(span);
    }

    #[cold]
    fn grow(&mut self, cell: usize) {
        self.counts.resize((cell + 1).next_multiple_of(HALF as usize), 0);
        self.counts[cell] += 1;
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// What the cells of the distribution hold: as many as were recorded.
    pub fn in_cells(&self) -> u64 {
        self.counts.iter().map(|&count| u64::from(count)).sum()
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
        if self.count() == 0 { 0.0 } else { self.histogram().value_at_quantile(quantile) as f64 / 1e3 }
    }

    pub fn max_s(&self) -> f64 {
        self.max.as_secs_f64()
    }

    /// The share of recorded spans that are at most `span`.
    pub fn share_within(&self, span: Span) -> f64 {
        if self.count() == 0 {
            return 0.0;
        }
        self.histogram().quantile_below(span.0 / 1_000)
    }

    /// Adds another distribution: counts are integers, so the order does not matter.
    pub fn merge(&mut self, other: &Times) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.count += other.count;
        self.sum_us += other.sum_us;
        self.max = self.max.max(other.max);
        self.histogram = OnceLock::new();
    }

    /// In milliseconds. What is recorded after the first reading is not in it.
    pub fn histogram(&self) -> &Histogram<u32> {
        self.histogram.get_or_init(|| {
            let mut histogram = Histogram::new(3).expect("three significant digits are legal");
            histogram.auto(true);
            for (cell, &count) in self.counts.iter().enumerate().filter(|row| 0 < *row.1) {
                histogram.record_n(value_of(cell), count).expect("the histogram grows");
            }
            histogram
        })
    }
}

/// The cell of `HdrHistogram` for a value, for three significant digits.
#[inline]
fn cell_of(value: u64) -> usize {
    let doublings = 64 - EXACT_BITS - (value | (2 * HALF - 1)).leading_zeros();
    (u64::from(doublings) * HALF + (value >> doublings)) as usize
}

/// The lowest value of the cell.
fn value_of(cell: usize) -> u64 {
    let cell = cell as u64;
    let doublings = (cell / HALF).saturating_sub(1);
    (cell - doublings * HALF) << doublings
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

    #[test]
    fn cells_are_those_of_the_histogram() {
        let mut plain = Histogram::<u32>::new(3).expect("three significant digits are legal");
        plain.auto(true);
        let mut times = Times::default();
        let values = (0..40).flat_map(|bits| [1_u64 << bits, (1 << bits) - 1, (1 << bits) * 5 / 3]);
        for value in values.chain(0..5_000) {
            assert!(value_of(cell_of(value)) <= value && cell_of(value_of(cell_of(value))) == cell_of(value));
            times.record(Span(value * 1_000));
            plain.record(value).expect("the histogram grows");
        }
        assert_eq!(times.histogram(), &plain);
        assert_eq!(times.histogram().max(), plain.max());
    }
}
