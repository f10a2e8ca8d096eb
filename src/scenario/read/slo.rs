//! Service level objectives.

use crate::scenario::keys::STAGES;
use crate::scenario::section::Section;
use crate::scenario::spec::{Bound, Metric, Slo};
use crate::scenario::unit;

pub fn slo(top: &Section<'_>) -> Vec<Slo> {
    let judged = top.has("experience");
    let objectives: Vec<Slo> = top.items("slo").iter().filter_map(objective).collect();
    for item in top.items("slo").iter().filter(|_| !judged) {
        if item.word("metric").map(|word| Metric::ALL[word]) == Some(Metric::Satisfaction) {
            let message = "nobody says how content they are".to_owned();
            item.report("E0309", "metric", message, "add an experience section");
        }
    }
    objectives
}

fn objective(keys: &Section<'_>) -> Option<Slo> {
    let metric = keys.word("metric").map(|word| Metric::ALL[word]);
    let stage = keys.word("stage").map(|word| STAGES[word].to_string());
    let quantile = keys.maybe_share("quantile");
    let at_most = keys.has("at-most").then(|| bound(keys, "at-most", metric)).flatten();
    let at_least = keys.has("at-least").then(|| bound(keys, "at-least", metric)).flatten();
    let metric = metric?;
    if !keys.has_unknown() {
        coherent(keys, metric);
    }
    let bound = match (at_most, at_least) {
        (Some(value), None) => Bound::AtMost(value),
        (None, Some(value)) => Bound::AtLeast(value),
        _ => return None,
    };
    Some(Slo { metric, stage, quantile, bound })
}

fn coherent(keys: &Section<'_>, metric: Metric) {
    let tell = |name: &str, message: &str, help: &str| {
        keys.desk.report("E0309", keys.place_of(name), message.to_string(), help);
    };
    if keys.has("at-most") == keys.has("at-least") {
        tell("metric", "an objective has exactly one bound", "write at-most or at-least");
    }
    match (metric, keys.has("stage")) {
        (Metric::StageTime, false) => {
            tell("metric", "stage-time of which stage?", "add stage: pick, or another stage")
        }
        (Metric::StageTime, true) | (_, false) => {}
        (_, true) => tell(
            "stage",
            "only stage-time belongs to a stage",
            "take \"stage\" away, or write metric: stage-time",
        ),
    }
    if keys.has("quantile") && !metric.is_time() {
        tell("quantile", "only times have quantiles", "take \"quantile\" away");
    }
}

/// A time in seconds, a share, or money in minor units: as the metric is measured.
fn bound(keys: &Section<'_>, name: &str, metric: Option<Metric>) -> Option<f64> {
    keys.read(name, |text| {
        let value = match metric {
            None => return Ok(0.0),
            Some(metric) if metric.is_time() => unit::seconds(text)?,
            Some(Metric::CostPerOrder) => unit::money(text)?,
            Some(_) => unit::share(text)?,
        };
        let share = metric.is_some_and(|metric| !metric.is_time() && metric != Metric::CostPerOrder);
        if value < 0.0 || share && 1.0 < value {
            let message = format!("{} is out of bounds: \"{name}\" of this metric", unit::short(text));
            return Err(unit::Fault {
                code: "E0206",
                message,
                help: "shares are 0 to 1, times and money zero or more".into(),
            });
        }
        Ok(value)
    })
}
