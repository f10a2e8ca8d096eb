//! How a load test is played: the scenario's `load` section, and the flags that go before it.

use std::time::Duration;

use crate::kernel::time::Span;
use crate::load::{Limit, Pace, RateStage, Timed};
use crate::scenario::spec::{self, LoadArrivals};

/// What flags or the scenario say.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// One play each.
    pub paces: Vec<Pace>,
    pub duration: Option<Duration>,
    pub warm_up: Duration,
    pub threads: Option<usize>,
    pub limits: Vec<Limit>,
}

impl Plan {
    pub fn of(load: &spec::Load) -> Plan {
        Plan {
            paces: vec![load.arrivals.as_ref().map_or(Pace::Closed, pace)],
            duration: load.duration.map(wall),
            warm_up: wall(load.warm_up),
            threads: load.threads.map(|threads| threads as usize),
            limits: load.slo.iter().map(limit).collect(),
        }
    }
}

fn pace(arrivals: &LoadArrivals) -> Pace {
    match arrivals {
        LoadArrivals::Closed => Pace::Closed,
        &LoadArrivals::ConstantRate { per_s } => Pace::ConstantArrivalRate { orders_per_s: per_s },
        LoadArrivals::RampingRate { from_per_s, stages } => {
            let stage = |&(to, over): &(f64, Span)| RateStage { over: wall(over), to };
            Pace::RampingArrivalRate { from: *from_per_s, stages: stages.iter().map(stage).collect() }
        }
        &LoadArrivals::Replay { speed } => Pace::Replay { speed },
    }
}

fn limit(slo: &spec::LoadSlo) -> Limit {
    Limit { quantile: slo.quantile, nanos: slo.at_most.0 * 1_000 }
}

fn wall(span: Span) -> Duration {
    Duration::from_micros(span.0)
}

/// `250k`, `1.5M`: orders a second.
pub fn rate(text: &str) -> Result<f64, String> {
    match number(text) {
        Some(rate) if (1.0..=1e9).contains(&rate) => Ok(rate),
        _ => Err("write orders a second, from 1 to 1000M, as in 250k".to_owned()),
    }
}

fn number(text: &str) -> Option<f64> {
    let (digits, unit) = match text.trim().strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1e3),
        None => text.trim().strip_suffix('M').map_or((text.trim(), 1.0), |digits| (digits, 1e6)),
    };
    digits.parse::<f64>().ok().map(|digits| digits * unit)
}

/// `10s:250k`: straight to that rate in so long.
pub fn stage(text: &str) -> Result<RateStage, String> {
    let read = || {
        let (over, to) = text.split_once(':')?;
        let (over, to) = (seconds(over).ok()?, number(to)?);
        (0.0..=1e9).contains(&to).then_some(RateStage { over, to })
    };
    read().ok_or_else(|| "write a length and the rate at its end, as in 10s:250k".to_owned())
}

pub fn seconds(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let (digits, unit) = match text.strip_suffix("ms") {
        Some(digits) => (digits, 1e-3),
        None => match text.strip_suffix(['m', 'h']) {
            Some(digits) if text.ends_with('m') => (digits, 60.0),
            Some(digits) => (digits, 3_600.0),
            None => (text.trim_end_matches('s'), 1.0),
        },
    };
    match digits.trim().parse::<f64>() {
        Ok(count) if 0.0 < count && count * unit <= 86_400.0 => Ok(Duration::from_secs_f64(count * unit)),
        _ => Err("write a time, more than 0 and at most a day, as in 10 or 90s or 10m".to_owned()),
    }
}

pub fn speed(text: &str) -> Result<f64, String> {
    match text.trim().strip_prefix('x').map_or_else(|| number(text), number) {
        Some(speed) if (1e-3..=1e12).contains(&speed) => Ok(speed),
        _ => Err("write business seconds in a second of wall time, as in 10000 or 10k".to_owned()),
    }
}

pub fn timed(text: &str) -> Result<Timed, String> {
    let found = Timed::ALL.iter().find(|(_, name)| *name == text);
    found.map(|(timed, _)| *timed).ok_or_else(|| "write never, sample or each".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_times_are_read_as_people_write_them() {
        assert_eq!(rate("250k"), Ok(250e3));
        assert_eq!(rate(" 1.5M "), Ok(1.5e6));
        assert_eq!(seconds("90"), Ok(Duration::from_secs(90)));
        assert_eq!(seconds("10 m"), Ok(Duration::from_secs(600)));
        assert_eq!(seconds("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(stage("10s:250k"), Ok(RateStage { over: Duration::from_secs(10), to: 250e3 }));
        assert_eq!(stage("1m:0"), Ok(RateStage { over: Duration::from_secs(60), to: 0.0 }));
        assert_eq!(speed("x10k"), Ok(10e3));
        assert_eq!(["never", "sample", "each"].map(timed), Timed::ALL.map(|(which, _)| Ok(which)));
        assert!(timed("all").is_err());
        for wrong in ["", "0", "-1", "k", "1e99", "ten", "NaN"] {
            assert!(rate(wrong).is_err() && seconds(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "10s", ":1k", "0s:1k", "10s:-1", "10s:x"] {
            assert!(stage(wrong).is_err(), "{wrong}");
        }
    }

    /// Every key of the section arrives here.
    #[test]
    fn the_section_of_the_scenario_is_the_plan() {
        let text = "{arrivals: {ramping-arrival-rate: {from: 100/s, stages: [{to: 2000/s, over: 5 s}]}}, \
                    duration: 30 s, warm-up: 2 s, threads: 3, slo: [{quantile: 75%, at-most: 250 us}]}";
        let pairs = [("load".to_owned(), text.to_owned())];
        let quickstart = crate::scenario::QUICKSTART;
        let read = crate::scenario::read_str("quickstart.yaml", quickstart, ".".as_ref(), &pairs);
        let plan = Plan::of(&read.unwrap_or_else(|found| panic!("{found}")).load);
        let stages = vec![RateStage { over: Duration::from_secs(5), to: 2_000.0 }];
        assert_eq!(
            plan,
            Plan {
                paces: vec![Pace::RampingArrivalRate { from: 100.0, stages }],
                duration: Some(Duration::from_secs(30)),
                warm_up: Duration::from_secs(2),
                threads: Some(3),
                limits: vec![Limit { quantile: 0.75, nanos: 250_000 }],
            }
        );
    }
}
