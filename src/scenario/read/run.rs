//! Start, horizon, seed, replications.

use crate::scenario::section::Section;
use crate::scenario::spec::{LocalTime, Replications, Run};
use crate::scenario::unit;

pub fn start(top: &Section<'_>) -> LocalTime {
    top.read("start", unit::local_time).unwrap_or(LocalTime {
        year: 2026,
        month: 11,
        day: 9,
        hour: 0,
        minute: 0,
        weekday: 0,
    })
}

pub fn run(top: &Section<'_>) -> Run {
    let section = top.section("run");
    let replications = section.section("replications");
    let run = Run {
        horizon: section.span("horizon"),
        warm_up: section.span("warm-up"),
        seed: section.integer("seed"),
        replications: Replications { min: replications.count("min"), max: replications.count("max") },
        confidence: section.share("confidence"),
        interval: section.span("interval"),
        log_one_in: section.integer("log-one-in"),
    };
    if run.horizon <= run.warm_up && section.desk.sound(&["run.horizon", "run.warm-up"]) {
        let message =
            format!("the warm-up ({}) leaves nothing of the horizon ({})", run.warm_up, run.horizon);
        section.report("E0304", "warm-up", message, "make the horizon longer or the warm-up shorter");
    }
    if run.replications.max < run.replications.min && section.desk.sound(&["run.replications"]) {
        let message = format!("max {} is below min {}", run.replications.max, run.replications.min);
        replications.report("E0308", "max", message, "raise max, or lower min");
    }
    run
}
