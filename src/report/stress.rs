//! A wrong forecast told: how far demand may miss it before a promise breaks.

use std::path::PathBuf;

use serde::Serialize;

use super::answer::{Answer, Chart, Table, files_of};
use super::compare::number;
use super::document::Estimate;
use super::html::scatter::{Dot, scatter};
use super::sweep::{ColumnRow, columns, estimate, verdict_name};
use crate::experiment::lab::{Base, Yardstick, breaks_first};
use crate::experiment::stress::Stressed;

/// `sensitivity.json` of a forecast stress.
#[derive(Debug, Clone, Serialize)]
pub struct StressDocument {
    pub scenario: String,
    pub command: String,
    pub currency: String,
    pub seed: u64,
    pub replications: usize,
    pub confidence: f64,
    pub measure: String,
    pub columns: Vec<ColumnRow>,
    /// From the least demand to the most.
    pub steps: Vec<StressRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct StressRow {
    /// Demand over the forecast.
    pub factor: f64,
    pub verdict: &'static str,
    pub breaks: Option<String>,
    /// By column.
    pub estimates: Vec<Estimate>,
    pub command: String,
}

impl StressDocument {
    pub fn of(
        base: &Base,
        yardstick: &Yardstick,
        (steps, measure): (&[Stressed], usize),
        (name, command): (String, String),
    ) -> StressDocument {
        let row = |own: &Stressed| StressRow {
            factor: own.factor,
            verdict: verdict_name(yardstick.verdict(&own.readings)),
            breaks: breaks_first(&own.readings).map(|(name, _)| name),
            estimates: (0..yardstick.columns.len())
                .map(|column| estimate(yardstick, &own.readings, column))
                .collect(),
            command: base.command(&own.cell, own.readings.len() as u32),
        };
        StressDocument {
            scenario: name,
            command,
            currency: base.scenario.currency.clone(),
            seed: base.seed(),
            replications: steps.first().map_or(0, |step| step.readings.len()),
            confidence: yardstick.confidence,
            measure: yardstick.columns[measure].name.clone(),
            columns: columns(yardstick),
            steps: steps.iter().map(row).collect(),
        }
    }

    fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.name == name).expect("a column of the document")
    }

    /// The steps around the forecast at which nothing fails, as one stretch.
    fn holds(&self) -> Option<(f64, f64)> {
        let middle = self.steps.len() / 2;
        let holds = |at: &usize| self.steps[*at].verdict == "holds";
        let low = (0..=middle).rev().take_while(holds).last()?;
        let high = (middle..self.steps.len()).take_while(holds).last()?;
        Some((self.steps[low].factor, self.steps[high].factor))
    }

    fn sentence(&self) -> String {
        let Some((low, high)) = self.holds() else {
            return "The plan does not hold even if the forecast is right.".to_owned();
        };
        let beyond = self.steps.iter().find(|step| high < step.factor);
        let after = beyond.map_or(String::new(), |step| {
            let breaks = step.breaks.as_ref().map_or(String::new(), |name| format!(", {name} breaks first"));
            let ends = if step.verdict == "fails" { "fails" } else { "is undecided" };
            format!("; at {} it {ends}{breaks}", percent(step.factor))
        });
        format!(
            "The plan holds for demand from {} to {} beside the forecast{after}.",
            percent(low),
            percent(high)
        )
    }

    pub fn answer(&self) -> Answer {
        let (column, cost) = (self.column(&self.measure), self.column("total_cost"));
        let unit = self.columns[column].unit;
        let head = ["demand", "<verdict", &self.measure, "cost", "an order", "<breaks first"];
        let mut table = Table::new("", &head, 25);
        let said =
            |step: &StressRow, column: usize| number(step.estimates[column].mean, self.columns[column].unit);
        for step in &self.steps {
            table.rows.push(vec![
                percent(step.factor),
                step.verdict.to_owned(),
                said(step, column),
                said(step, cost),
                said(step, self.column("cost_per_order")),
                step.breaks.clone().unwrap_or_else(|| "-".to_owned()),
            ]);
        }
        let dot = |step: &StressRow| Dot {
            at: (100.0 * (step.factor - 1.0), step.estimates[column].mean),
            name: percent(step.factor),
            is_best: true,
            holds: step.verdict == "holds",
        };
        let dots: Vec<Dot> = self.steps.iter().map(dot).collect();
        let svg = scatter(
            ("demand beside the forecast, %", &self.measure),
            (|value: f64| format!("{value:+.0}"), |value: f64| number(value, unit)),
            &dots,
        );
        let caption =
            format!("{} when demand misses the forecast; red where a promise does not hold.", self.measure);
        Answer {
            kind: "sensitivity",
            title: self.scenario.clone(),
            verdict: Some(self.steps[self.steps.len() / 2].verdict),
            sentences: vec![self.sentence()],
            tables: vec![table],
            charts: vec![Chart { caption, svg }],
            notes: vec![format!(
                "People, lanes and stock stay as planned; {} replications a step on common random numbers, verdicts at {:.0} %, seed {}.",
                self.replications,
                self.confidence * 100.0,
                self.seed
            )],
            command: self.command.clone(),
        }
    }

    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files_of(&self.answer(), self)
    }
}

/// `-15 %`, `0 %`, `+15 %`.
fn percent(factor: f64) -> String {
    match libm::round(100.0 * (factor - 1.0)) {
        0.0 => "0 %".to_owned(),
        percent => format!("{percent:+.0} %"),
    }
}
