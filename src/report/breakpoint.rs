//! What a search for the breakpoint found.

use std::path::PathBuf;

use serde::Serialize;

use super::answer::{Answer, Table, files_of};
use super::compare::{number, unit};
use super::document::Estimate;
use super::say;
use crate::experiment::breakpoint::{Found, Question, broken_promise, estimate};
use crate::experiment::lab::{Base, Yardstick, breaks_first};
use crate::model::Model;
use crate::model::load::arrivals;

/// `breakpoint.json`.
#[derive(Debug, Clone, Serialize)]
pub struct BreakpointDocument {
    pub scenario: String,
    pub command: String,
    pub seed: u64,
    pub confidence: f64,
    pub path: String,
    /// The factors between which it was looked for.
    pub range: (f64, f64),
    pub tolerance: f64,
    /// The largest factor that holds, over the replications that found one; absent when none did.
    pub factor: Option<Estimate>,
    /// Orders in the busiest hour at factor 1, as far as demand is what grows.
    pub peak_orders_per_hour: Option<f64>,
    /// The promise that breaks beyond it, in most replications, and the station that breaks first.
    pub promise: Option<String>,
    pub station: Option<String>,
    pub replications: Vec<BreakRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct BreakRow {
    pub replication: usize,
    pub holds: Option<f64>,
    pub breaks: Option<f64>,
    pub promise: Option<String>,
    /// Of the promise, where it breaks.
    pub value: Option<f64>,
    pub unit: Option<&'static str>,
    pub station: Option<String>,
    /// A smaller factor broke a promise that a larger one kept.
    pub is_odd: bool,
}

impl BreakpointDocument {
    pub fn of(
        (base, model): (&Base, &Model),
        yardstick: &Yardstick,
        question: &Question,
        found: &[Found],
        (name, command): (String, String),
    ) -> BreakpointDocument {
        let row = |(replication, own): (usize, &Found)| {
            let broken = broken_promise(yardstick, std::slice::from_ref(own)).filter(|&(_, count)| 0 < count);
            let reading = own.breaks.as_ref().map(|(_, reading)| reading);
            BreakRow {
                replication,
                holds: own.holds,
                breaks: own.breaks.as_ref().map(|(factor, _)| *factor),
                promise: broken.map(|(index, _)| yardstick.columns[index].name.clone()),
                value: broken.zip(reading).map(|((index, _), reading)| reading.values[index]),
                unit: broken.map(|(index, _)| unit(yardstick.columns[index].kind)),
                station: reading.and_then(|reading| reading.breaks.clone()),
                is_odd: own.is_odd,
            }
        };
        let edges = found.iter().filter(|own| own.holds.is_some() && own.breaks.is_some()).count();
        let factor = estimate(found, yardstick.confidence);
        let readings: Vec<_> =
            found.iter().filter_map(|own| own.breaks.clone()).map(|(_, reading)| reading).collect();
        let promise = broken_promise(yardstick, found).filter(|&(_, count)| 0 < count);
        BreakpointDocument {
            scenario: name,
            command,
            seed: base.seed(),
            confidence: yardstick.confidence,
            path: question.path.clone(),
            range: question.range,
            tolerance: question.tolerance,
            factor: (0 < edges).then_some(Estimate { mean: factor.mean, half_width: factor.half_width }),
            peak_orders_per_hour: (question.path == "demand*").then(|| peak(model)).flatten(),
            promise: promise.map(|(index, _)| yardstick.columns[index].name.clone()),
            station: breaks_first(&readings).map(|(name, _)| name),
            replications: found.iter().enumerate().map(row).collect(),
        }
    }

    pub fn answer(&self) -> Answer {
        let mut sentences = vec![self.sentence()];
        let odd = self.replications.iter().filter(|row| row.is_odd).count();
        if 0 < odd {
            sentences.push(format!(
                "In {odd} of {} replications a smaller factor broke a promise that a larger one kept: look at single factors with sweep.",
                self.replications.len()
            ));
        }
        let head = ["replication", "holds to x", "breaks at x", "<promise", "<there", "<breaks first"];
        let mut table = Table::new("", &head, 20);
        let factor = |factor: Option<f64>| factor.map_or("-".to_owned(), |factor| format!("{factor:.3}"));
        for row in &self.replications {
            let there = row.value.zip(row.unit).map(|(value, unit)| number(value, unit));
            table.rows.push(vec![
                row.replication.to_string(),
                factor(row.holds),
                factor(row.breaks),
                row.promise.clone().unwrap_or_else(|| "-".to_owned()),
                there.unwrap_or_else(|| "-".to_owned()),
                row.station.clone().unwrap_or_else(|| "-".to_owned()),
            ]);
        }
        Answer {
            kind: "breakpoint",
            title: self.scenario.clone(),
            sentences,
            tables: vec![table],
            notes: vec![format!(
                "{} replications, each with a breakpoint of its own, found by bisection to {} %; {:.0} % interval over them, seed {}.",
                self.replications.len(),
                self.tolerance * 100.0,
                self.confidence * 100.0,
                self.seed
            )],
            command: self.command.clone(),
            ..Answer::default()
        }
    }

    /// `holds to 41 300 orders/h +- 400, then pack at Hangzhou breaks`.
    fn sentence(&self) -> String {
        let what = self.path.trim_end_matches('*');
        let Some(factor) = &self.factor else {
            return match self.replications.iter().any(|row| row.holds.is_some()) {
                true => {
                    format!("Every promise holds to {} times {what}, where the search ends.", self.range.1)
                }
                false => format!("Some promise is broken even at {} times {what}.", self.range.0),
            };
        };
        // Never finer than the bisection.
        let least = factor.mean * self.tolerance;
        let half = |width: Option<f64>, say: &dyn Fn(f64) -> String| {
            width.map_or(String::new(), |width| format!(" +- {}", say(width.max(least))))
        };
        let three = |value: f64| format!("{value:.3}");
        let times = format!("{}{} times {what}", three(factor.mean), half(factor.half_width, &three));
        let peak = self.peak_orders_per_hour.map_or(String::new(), |peak| {
            let say = |factor: f64| say::count(round(factor * peak));
            format!(": {}{} orders in the busiest hour", say(factor.mean), half(factor.half_width, &say))
        });
        let promise =
            self.promise.as_ref().map_or(String::new(), |name| format!(" the promise on {name} is broken"));
        let station = self.station.as_ref().map_or(String::new(), |name| format!(" and {name} breaks first"));
        format!("Holds to {times}{peak}; then{promise}{station}.")
    }

    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files_of(&self.answer(), self)
    }
}

/// Three digits: more would promise too much.
fn round(count: f64) -> f64 {
    let step = libm::pow(10.0, (libm::floor(libm::log10(count.max(1.0))) - 2.0).max(0.0));
    libm::round(count / step) * step
}

/// Expected orders in the busiest hour; `None` of a replay.
fn peak(model: &Model) -> Option<f64> {
    let hourly = model.demand.expected_orders_by_hour();
    let intervals = arrivals(model);
    let most = hourly.iter().copied().fold(0.0, f64::max);
    (0.0 < intervals.iter().sum::<f64>() && !model.is_replay()).then_some(most)
}
