//! Promises that learn: as many are kept as the shop aims at, on calm days and through a sale, and a table that does
//! well on calm days does not.

mod runs;

use ordermill::model::Model;
use ordermill::sim::{Options, Outcome};

/// Two weeks of 20 orders an hour; on the eleventh day so many times as many. The warm-up ends as that day begins.
fn two_weeks(times: u32) -> Vec<(String, String)> {
    let hours: Vec<String> =
        (0..14 * 24).map(|hour| if hour / 24 == 10 { times } else { 1 }.to_string()).collect();
    let orders = 20 * 24 * (13 + times);
    let pairs = [
        ("run", "{horizon: 30 d, warm-up: 10 d, replications: {min: 1, max: 1}}".to_owned()),
        (
            "arrivals",
            format!("{{profile: {{orders: {orders}, duration: 14 d, shape: [{}]}}}}", hours.join(", ")),
        ),
        ("stock", "{cover: 5, nodes-per-sku: 2}".into()),
        ("customers.count", "50000".into()),
        // What is left to chance is the way and the floor.
        ("payment.methods.2.refuse-at-door", "0".into()),
        ("carriers.*.attempts", "9".into()),
        ("review.reviewers", "20".into()),
        ("nodes.*.sorters", "6".into()),
        ("network.lane-rules.*.capacity", "100000".into()),
        ("delivery.*.by-day", "false".into()),
    ];
    pairs.into_iter().map(|(path, value)| (path.to_owned(), value)).collect()
}

fn outcome(times: u32, more: &[(&str, &str)]) -> Outcome {
    let mut pairs = two_weeks(times);
    pairs.extend(runs::owned(more));
    let read = ordermill::scenario::read(&runs::scenario_path("smoke"), &pairs);
    let model: Model = runs::model(&read.unwrap_or_else(|found| panic!("{found}")));
    runs::replicate(&model, &Options { seed: 1, ..Options::default() })
}

fn kept(times: u32, more: &[(&str, &str)]) -> f64 {
    let share = outcome(times, more).on_time_share();
    println!("{times} {more:?}: {share:.4}");
    share
}

const TABLE: (&str, &str) = ("delivery.*.slack", "17 h");

/// A calm month, target by target: within a point, and the length is the one that the residuals ask for.
#[test]
fn on_calm_days_as_many_are_kept_as_the_shop_aims_at() {
    let calm = [
        ("run", "{horizon: 60 d, warm-up: 8 d, replications: {min: 1, max: 1}}"),
        ("arrivals", "{constant: {rate: 30/h, duration: 54 d}}"),
    ];
    for (target, share) in [("80%", 0.80), ("90%", 0.90), ("95%", 0.95)] {
        let promise = format!("{{target: {target}}}");
        let outcome = outcome(1, &[&calm[..], &[("promise", &promise)]].concat());
        let got = outcome.on_time_share();
        println!("calm {target}: {got:.4}");
        assert!((got - share).abs() <= 0.01, "{got} of {target}");
        let (length, curve) = (outcome.metrics.promise_mean_s(), outcome.metrics.promises.length_s(share));
        assert!((length / curve - 1.0).abs() < 0.1, "{length} s, and {curve} s by the curve");
    }
}

#[test]
fn through_a_sale_promises_follow_the_queue_and_a_table_does_not() {
    let sale = 40;
    let (calm, rush) = (kept(1, &[TABLE]), kept(sale, &[TABLE]));
    assert!((calm - 0.95).abs() < 0.02, "the table keeps {calm} on calm days");
    assert!(rush < 0.87, "the table keeps {rush} through the sale");
    for (target, share) in [("90%", 0.90), ("95%", 0.95)] {
        let got = kept(sale, &[("promise", &format!("{{target: {target}}}"))]);
        assert!((got - share).abs() <= 0.03, "{got} of {target}");
    }
}

/// More certain is longer; and the same seed promises the same.
#[test]
fn a_promise_costs_time() {
    let of = |target: &str| outcome(1, &[("promise", &format!("{{target: {target}}}"))]);
    let (low, high) = (of("70%"), of("98%"));
    assert!(low.metrics.promise_mean_s() < high.metrics.promise_mean_s());
    let curve = [0.5, 0.8, 0.9, 0.95, 0.99].map(|share| low.metrics.promises.length_s(share));
    assert!(curve.is_sorted() && curve[0] < curve[4], "{curve:?}");
    assert_eq!(low.digest, of("70%").digest);
}
