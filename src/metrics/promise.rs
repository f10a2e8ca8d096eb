//! What promises were made of, and what plans were off by.

use crate::kernel::time::Span;

/// Orders delivered after the warm-up whose promise was learned.
#[derive(Debug, Clone, Default)]
pub struct PromiseSeen {
    plan_us: u128,
    /// Delivered - planned, in microseconds.
    residuals: Vec<i64>,
}

impl PromiseSeen {
    pub fn saw(&mut self, planned: Span, residual: i64) {
        self.plan_us += u128::from(planned.0);
        self.residuals.push(residual);
    }

    /// Mean length of promises of which such a share would have been kept, had all been the plan and one allowance.
    pub fn length_s(&self, kept: f64) -> f64 {
        let count = self.residuals.len();
        if count == 0 {
            return 0.0;
        }
        let mut sorted = self.residuals.clone();
        let rank = ((kept * count as f64).ceil() as usize).clamp(1, count) - 1;
        let (_, &mut residual, _) = sorted.select_nth_unstable(rank);
        (self.plan_us as f64 / count as f64 + residual as f64) / 1e6
    }
}
