//! The sample document of `sample.rs` with what not every run has: an account of faults, and advice.

use super::document::*;
use super::sample::{HOUR, document, estimate};

/// The same day with the packers of Hangzhou late, and without them late.
pub fn with_faults() -> Document {
    let mut document = document();
    let calm = |row: &SloRow| SloRow {
        value: estimate(row.bound * 0.9, 0.001),
        verdict: Verdict::Holds,
        ..row.clone()
    };
    let slo_without = document.slo.iter().map(calm).collect();
    let intervals = document.timeline.submitted.len();
    let hill = |peak: f64| {
        (0..intervals).map(move |at| (peak * (1.0 - (at as f64 / 48.0 - 1.0).abs()).max(0.0)) as i64)
    };
    let difference = |group: &str, name: &str, unit, without: f64, more: f64| DifferenceRow {
        group: group.into(),
        name: name.into(),
        unit,
        without,
        with: without + more,
        difference: estimate(more, more.abs() / 10.0),
    };
    document.faults = Some(FaultFacts {
        faults: vec![
            FaultFactRow {
                fault: "no-shows hangzhou".into(),
                from_s: 6.0 * HOUR,
                until_s: 12.0 * HOUR,
                struck_mean: 0.0,
                extra_in_work: estimate(8_204.0, 310.0),
                recovered: 20,
                recovery_s: Some(estimate(9.0 * HOUR, 0.5 * HOUR)),
            },
            FaultFactRow {
                fault: "gateway-timeout alipay".into(),
                from_s: 8.0 * HOUR,
                until_s: 9.0 * HOUR,
                struck_mean: 1_203.4,
                extra_in_work: estimate(700.0, 20.0),
                recovered: 3,
                recovery_s: None,
            },
        ],
        slo_without,
        broken: vec![document.bottlenecks[0].clone()],
        differences: vec![
            difference("cost", "total cost", Unit::MinorMoney, 100_000_000.0, 2_310_000.0),
            difference("cost", "cost per order", Unit::MinorMoney, 1_160.0, 24.0),
            difference("cost", "late penalties", Unit::MinorMoney, 8_000_000.0, 2_240_000.0),
            difference("cost", "linehaul", Unit::MinorMoney, 9_000_000.0, 0.0),
            difference("orders", "late", Unit::Count, 4_000.0, 11_200.0),
            difference("orders", "completed", Unit::Count, 84_000.0, -120.0),
        ],
        in_work: WorkSeries { with: hill(21_000.0).collect(), without: hill(13_000.0).collect() },
    });
    document
}

/// The same day with what to change.
pub fn with_advice() -> Document {
    let mut document = document();
    let holding = |row: &SloRow| SloRow {
        value: estimate(if row.sense == "at-most" { row.bound * 0.9 } else { row.bound + 0.01 }, 0.001),
        verdict: Verdict::Holds,
        ..row.clone()
    };
    let fix = |changes: Vec<ChangeRow>, cost: f64, next: Option<&str>| FixRow {
        changes,
        verdict: Verdict::Holds,
        slo: document.slo.iter().map(holding).collect(),
        cost_minor: estimate(cost, 21_000.0),
        next: next.map(str::to_owned),
        set: "--set nodes.hangzhou.packers=180".into(),
    };
    let row = |path: &str, from: Option<&str>, to: &str| ChangeRow {
        path: path.into(),
        from: from.map(str::to_owned),
        to: to.into(),
    };
    let unit = |station: &str, promise: f64, cost: f64| UnitRow {
        station: station.into(),
        set: "--set nodes.hangzhou.packers+=1".into(),
        promise: Some(estimate(promise, 60.0)),
        lead_time_s_p99: estimate(promise * 1.5, 90.0),
        cost_minor: estimate(cost, 1_200.0),
    };
    document.advice = Some(AdviceFacts {
        promise: Some(document.slo[0].clone()),
        units: vec![unit("pack @ hangzhou", -740.0, -31_000.0), unit("pick @ hangzhou", -12.0, 42_000.0)],
        next: Some("pick @ hangzhou".into()),
        fixes: vec![
            fix(
                vec![
                    row("nodes.hangzhou.packers", Some("120"), "166"),
                    row("nodes.hangzhou.pickers", Some("160"), "172"),
                ],
                -812_000.0,
                Some("pack @ beijing"),
            ),
            fix(vec![row("nodes.*.packers*", None, "1.4")], 1_640_000.0, None),
        ],
        runs: 412,
    });
    document
}
