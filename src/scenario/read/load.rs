//! How a load test plays the scenario.

use crate::scenario::section::Section;
use crate::scenario::spec::{Load, LoadArrivals, LoadSlo};

const HOUR_S: f64 = 3_600.0;

pub fn load(top: &Section<'_>) -> Load {
    let keys = top.section("load");
    let objective =
        |item: &Section<'_>| LoadSlo { quantile: item.share("quantile"), at_most: item.span("at-most") };
    let load = Load {
        arrivals: keys.has("arrivals").then(|| arrivals(&keys)).flatten(),
        duration: keys.maybe_span("duration"),
        warm_up: keys.span("warm-up"),
        threads: keys.has("threads").then(|| keys.count("threads")),
        slo: keys.items("slo").iter().map(objective).collect(),
    };
    if load.duration.is_some_and(|duration| duration <= load.warm_up)
        && keys.desk.sound(&["load.duration", "load.warm-up"])
    {
        let message = format!("the warm-up ({}) leaves nothing of the load test", load.warm_up);
        keys.report("E0304", "warm-up", message, "make the duration longer or the warm-up shorter");
    }
    load
}

fn arrivals(keys: &Section<'_>) -> Option<LoadArrivals> {
    let (variant, map) = keys.one_of("arrivals")?;
    let keys = map.section(variant);
    Some(match variant {
        "closed" => LoadArrivals::Closed,
        "constant-arrival-rate" => LoadArrivals::ConstantRate { per_s: keys.rate("rate") / HOUR_S },
        "ramping-arrival-rate" => {
            let stages = keys.items("stages");
            let stages: Vec<_> =
                stages.iter().map(|stage| (stage.rate("to") / HOUR_S, stage.span("over"))).collect();
            let from = keys.rate("from") / HOUR_S;
            if from <= 0.0
                && stages.iter().all(|stage| stage.0 <= 0.0)
                && keys.desk.sound(&["load.arrivals.ramping-arrival-rate"])
            {
                let help = "give at least one stage a rate above 0";
                keys.report("E0301", "stages", "every rate of the ramp is zero".into(), help);
            }
            LoadArrivals::RampingRate { from_per_s: from, stages }
        }
        "replay" => LoadArrivals::Replay { speed: keys.number("speed") },
        _ => unreachable!("load arrivals \"{variant}\" are in the key table and have no reader"),
    })
}
