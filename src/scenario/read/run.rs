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
    let run = Run {
        horizon: section.span("horizon"),
        warm_up: section.span("warm-up"),
        seed: section.integer("seed"),
        replications: replications(&section),
        confidence: section.share("confidence"),
        interval: section.span("interval"),
        log_one_in: section.integer("log-one-in"),
    };
    if run.horizon <= run.warm_up && section.desk.sound(&["run.horizon", "run.warm-up"]) {
        let message =
            format!("the warm-up ({}) leaves nothing of the horizon ({})", run.warm_up, run.horizon);
        section.report("E0304", "warm-up", message, "make the horizon longer or the warm-up shorter");
    }
    run
}

fn replications(run: &Section<'_>) -> Replications {
    let said = run.get("replications").and_then(|(_, node)| node.text().map(str::to_owned));
    match said.as_deref() {
        Some("auto") => return Replications::AUTO,
        Some(text) if !text.is_empty() => {
            let message = format!("\"{}\" is not a way to choose replications", unit::short(text));
            let help = "write auto, or a map such as {min: 3, max: 10}";
            run.report("E0204", "replications", message, help);
            return Replications::exactly(1);
        }
        _ => {}
    }
    let section = run.section("replications");
    let (min, max) = (section.count("min"), section.count("max"));
    if max < min && run.desk.sound(&["run.replications"]) {
        section.report("E0308", "max", format!("max {max} is below min {min}"), "raise max, or lower min");
    }
    Replications { min, max, spends: false }
}
