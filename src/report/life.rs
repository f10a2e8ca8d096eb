//! What the parts of an order's life did that a scenario asks for: a row a figure, none for a part that is not there.

use super::document::{Estimate, LifeRow, Unit};
use crate::experiment;
use crate::metrics::{Metrics, PaymentSeen};
use crate::model::Model;
use crate::sim::Outcome;

/// Rows in the making.
struct Rows<'a> {
    outcomes: &'a [Outcome],
    confidence: f64,
    rows: Vec<LifeRow>,
}

pub fn rows(model: &Model, outcomes: &[Outcome], confidence: f64) -> Vec<LifeRow> {
    let mut rows = Rows { outcomes, confidence, rows: Vec::new() };
    if model.watches_payment {
        rows.payments(model);
    }
    rows.rows
}

impl Rows<'_> {
    fn add(&mut self, part: &str, measure: &str, unit: Unit, of: impl Fn(&Metrics) -> f64) {
        let values: Vec<f64> = self.outcomes.iter().map(|outcome| of(&outcome.metrics)).collect();
        let value = experiment::Estimate::of(&values, self.confidence);
        let value = Estimate { mean: value.mean, half_width: value.half_width };
        self.rows.push(LifeRow { part: part.to_owned(), measure: measure.to_owned(), unit, value });
    }

    fn payments(&mut self, model: &Model) {
        for (index, method) in model.payment.iter().enumerate().filter(|(_, row)| !row.cash_on_delivery) {
            let part = format!("pay @ {}", method.name);
            let mut count = |measure: &str, of: fn(&PaymentSeen) -> u64| {
                self.add(&part, measure, Unit::Count, |seen| of(&seen.payments[index]) as f64);
            };
            count("requests", |seen| seen.requests);
            count("captured", |seen| seen.captured);
            count("turned down", |seen| seen.turned_down);
            count("timed out", |seen| seen.timed_out);
            count("fell back", |seen| seen.fell_back);
            count("paid twice", |seen| seen.paid_twice);
            count("throttled", |seen| seen.throttled);
            self.add(&part, "wait for the rate limit", Unit::Seconds, |seen| {
                let seen = &seen.payments[index];
                mean(seen.throttle_wait_us as f64 / 1e6, seen.requests)
            });
            self.add(&part, "success", Unit::Share, |seen| {
                mean(seen.payments[index].captured as f64, seen.payments[index].requests)
            });
        }
    }
}

fn mean(sum: f64, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum / count as f64 }
}
