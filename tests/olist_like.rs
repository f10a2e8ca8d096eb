//! A marketplace's orders: laws through the quartiles of each stage, and what comes out beyond them.
//!
//! # Where the numbers come from
//! Quantiles of 9,999 orders of Olist, a Brazilian marketplace (Brazilian E-Commerce Public Dataset by Olist, CC BY-NC-SA
//! 4.0). Only these derived numbers are quoted; the orders are not part of the project.
//!
//! # How the laws follow from p25, p50 and p75
//! - *Approved to carrier*, Weibull: `k = ln(ln 4 / ln(4/3)) / ln(p75 / p25)`, `scale = p75 / (ln 4)^(1/k)`.
//! - *Purchase to approved*, a share `w` that waits a day on average (a bank slip is settled once a banking day) and a
//!   lognormal rest: the slow part alone is beyond p75, so `w = 0.25 e^(p75 / 24 h)`; the rest has to have the share
//!   `(q - w (1 - e^(-t / 24 h))) / (1 - w)` below `t` at p25 and p50, which are two points of a line in its logarithm.
//! - *Carrier to customer* has no law: it is the road by distance, departures, door hours, attempts, and a last mile whose
//!   two numbers are those with which p25 and p75 of the whole way come out.
//! - *Promise*: the allowance is that with which p50 comes out.

mod runs;

use std::collections::BTreeMap;

use ordermill::domain::{MethodId, NodeId, OrderId, Step, ZoneId};
use ordermill::kernel::normal::normal_quantile;
use ordermill::kernel::time::Moment;
use ordermill::metrics::LoggedOrder;
use ordermill::model::Model;
use ordermill::scenario::spec::LawSpec;
use ordermill::sim::{Options, Outcome};

const LEVELS: [f64; 5] = [0.25, 0.5, 0.75, 0.9, 0.95];

/// Hours at p25, p50, p75, p90, p95.
const TO_APPROVED: [f64; 5] = [0.22, 0.35, 14.28, 35.28, 48.97];
const TO_CARRIER: [f64; 5] = [21.13, 44.26, 87.73, 146.26, 200.8];
const TO_CUSTOMER: [f64; 5] = [99.33, 169.98, 284.9, 455.69, 592.63];
const IN_ALL: [f64; 5] = [161.95, 245.19, 373.68, 565.06, 722.24];
const PROMISED: [f64; 5] = [438.94, 556.57, 680.23, 822.4, 924.89];
const ON_TIME: f64 = 0.929;

type Instants = BTreeMap<OrderId, Seen>;

#[derive(Default, Clone, Copy)]
struct Seen {
    submitted: Option<Moment>,
    approved: Option<Moment>,
    shipped: Option<Moment>,
    delivered: Option<Moment>,
}

/// Hours from one instant to another, of every order that has both, in order of size.
fn hours(seen: &[Instants], from: fn(&Seen) -> Option<Moment>, to: fn(&Seen) -> Option<Moment>) -> Vec<f64> {
    let both = seen.iter().flat_map(BTreeMap::values).filter_map(|one| from(one).zip(to(one)));
    let mut hours: Vec<f64> = both.map(|(from, to)| to.since(from).as_hours_f64()).collect();
    hours.sort_unstable_by(f64::total_cmp);
    hours
}

fn quantiles(sorted: &[f64]) -> [f64; 5] {
    LEVELS.map(|level| sorted[(level * (sorted.len() - 1) as f64).round() as usize])
}

fn instants(outcome: &Outcome) -> Instants {
    let mut seen = Instants::new();
    for row in &outcome.log.rows {
        let one = seen.entry(row.order).or_default();
        match row.step {
            Step::Submitted => one.submitted = Some(row.at),
            Step::Approved => one.approved = Some(row.at),
            Step::Shipped => one.shipped = one.shipped.or(Some(row.at)),
            Step::Delivered => one.delivered = Some(row.at),
            _ => {}
        }
    }
    seen
}

/// Hours from submit to the promised instant, by what the planner says for the order's first node.
fn promised(model: &Model, outcome: &Outcome, seen: &Instants) -> Vec<f64> {
    let mut nodes: BTreeMap<OrderId, NodeId> = BTreeMap::new();
    for row in &outcome.log.fulfillments {
        nodes.entry(row.order).or_insert(row.node);
    }
    let of = |row: &LoggedOrder| {
        let (node, at) = (*nodes.get(&row.order)?, seen.get(&row.order)?.submitted?);
        let promised = model.network.promise(MethodId(row.method), node, ZoneId(row.zone), at)?;
        Some(promised.since(at).as_hours_f64())
    };
    outcome.log.orders.iter().filter_map(of).collect()
}

fn tell(what: &str, got: [f64; 5], want: [f64; 5]) {
    let row = |values: [f64; 5]| values.map(|value| format!("{value:8.2}")).join(" ");
    let off: Vec<String> =
        got.iter().zip(want).map(|(got, want)| format!("{:7.1}%", 100.0 * (got / want - 1.0))).collect();
    println!("{what:<22} got {}  want {}  off {}", row(got), row(want), off.join(" "));
}

fn near(what: &str, got: f64, want: f64, within: f64) {
    assert!((got / want - 1.0).abs() <= within, "{what}: {got:.2} h for {want:.2} h");
}

/// The bars: what was put in within 10 %, p90 and p95 within 15 %, the share of kept promises within two points.
#[test]
fn the_slowest_tenth_comes_out_of_the_middle_half() {
    let scenario = runs::read("olist-like", &[("run.log-one-in", "1")]);
    let model = runs::model(&scenario);
    let replicate =
        |replication| runs::replicate(&model, &Options { seed: 1, replication, ..Options::default() });
    let outcomes: Vec<Outcome> = (0..4).map(replicate).collect();
    let seen: Vec<Instants> = outcomes.iter().map(instants).collect();
    let rows: [(&str, Vec<f64>, [f64; 5]); 4] = [
        ("purchase to approved", hours(&seen, |one| one.submitted, |one| one.approved), TO_APPROVED),
        ("approved to carrier", hours(&seen, |one| one.approved, |one| one.shipped), TO_CARRIER),
        ("carrier to customer", hours(&seen, |one| one.shipped, |one| one.delivered), TO_CUSTOMER),
        ("purchase to customer", hours(&seen, |one| one.submitted, |one| one.delivered), IN_ALL),
    ];
    for (what, hours, want) in &rows {
        assert!(36_000 < hours.len(), "{what}: {} orders", hours.len());
        tell(what, quantiles(hours), *want);
    }
    let both = outcomes.iter().zip(&seen);
    let mut dates: Vec<f64> = both.flat_map(|(outcome, seen)| promised(&model, outcome, seen)).collect();
    dates.sort_unstable_by(f64::total_cmp);
    let dates = quantiles(&dates);
    tell("purchase to promise", dates, PROMISED);
    let on_time = outcomes.iter().map(Outcome::on_time_share).sum::<f64>() / outcomes.len() as f64;
    println!("on time {on_time:.4} for {ON_TIME}");
    for (what, hours, want) in &rows {
        let got = quantiles(hours);
        for (level, (got, want)) in LEVELS.iter().zip(got.iter().zip(want)) {
            near(&format!("{what}, {level}"), *got, *want, if *level <= 0.75 { 0.10 } else { 0.15 });
        }
    }
    near("promise, 0.5", dates[1], PROMISED[1], 0.02);
    assert!((on_time - ON_TIME).abs() <= 0.02, "{on_time} on time");
}

/// The numbers in the scenario are those that the quartiles give.
#[test]
fn the_laws_are_those_of_the_quartiles() {
    let scenario = runs::read("olist-like", &[]);
    let [p25, p50, p75, ..] = TO_CARRIER;
    let shape = (4f64.ln() / (4.0 / 3.0f64).ln()).ln() / (p75 / p25).ln();
    let scale = p75 / 4f64.ln().powf(1.0 / shape);
    assert!((scale * 2f64.ln().powf(1.0 / shape) / p50 - 1.0).abs() < 0.06, "the median was not asked for");
    let LawSpec::Weibull { scale: written, shape: bend } = scenario.floor.pick_per_order else { panic!() };
    assert!((written.as_hours_f64() - scale).abs() < 0.05 && (bend - shape).abs() < 5e-4, "{scale} {shape}");

    let [p25, p50, p75, ..] = TO_APPROVED;
    let slow = 0.25 * (p75 / 24.0).exp();
    let below = |t: f64, q: f64| (q - slow * (1.0 - (-t / 24.0).exp())) / (1.0 - slow);
    let (low, high) = (normal_quantile(below(p25, 0.25)), normal_quantile(below(p50, 0.5)));
    let sigma = (p50 / p25).ln() / (high - low);
    let median = p25 * (-low * sigma).exp();
    let methods = &scenario.payment.methods;
    let waits: f64 = methods
        .iter()
        .filter(|row| matches!(row.latency, LawSpec::Exponential { mean } if mean.as_hours_f64() == 24.0))
        .map(|row| row.share)
        .sum();
    assert!((waits / methods.iter().map(|row| row.share).sum::<f64>() - slow).abs() < 5e-4, "{slow}");
    let LawSpec::LognormalMedian { median: written, sigma: spread } = methods[0].latency else { panic!() };
    assert!(
        (written.as_hours_f64() - median).abs() < 1e-3 && (spread - sigma).abs() < 1e-3,
        "{median} {sigma}"
    );
}
