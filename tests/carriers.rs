//! Carriers that lose, damage and delay parcels, and a shop that learns whom to give them.

mod runs;

use ordermill::audit::Audit;
use ordermill::domain::{OrderState, Step};
use ordermill::metrics::CostLine;
use ordermill::sim::{Options, Outcome};

/// One replication under the auditor that follows every transition.
fn seen(name: &str, more: &[(&str, &str)]) -> Outcome {
    let model = runs::model(&runs::read(name, more));
    runs::replicate(&model, &Options { seed: 5, audit: Audit::Paranoid, ..Options::default() })
}

/// A chain of two hubs; everything takes its time to the second and nothing else goes wrong.
const CHAIN: &[(&str, &str)] = &[
    ("run", "{horizon: 200 h, warm-up: 0 s, replications: {min: 1, max: 1}}"),
    ("arrivals.constant", "{rate: 100/h, duration: 60 h}"),
    ("zones.list", "[{name: There, at: {lat: 41.0, lon: -90.0}}]"),
    (
        "nodes",
        "[{name: Center, at: {lat: 40.0, lon: -90.0}, pickers: 100000, packers: 100000, graders: 9}, \
         {name: Hub, kind: hub, at: {lat: 40.0, lon: -90.0}, sorters: 100000}, \
         {name: Far hub, kind: hub, at: {lat: 41.0, lon: -90.0}, sorters: 100000}]",
    ),
    (
        "network.lane-rules",
        "[{from: fulfillment-centers, to: nearest-hub, departures: {every: 1 h}, cut-off: 0 s, capacity: 1000000, \
           loading: 1 h, travel-cv: 0}, {from: hubs, to: hubs, departures: {every: 1 h}, cut-off: 0 s, \
           capacity: 1000000, loading: 1 h, travel-cv: 0}]",
    ),
];

fn chain(more: &[(&str, &str)]) -> Outcome {
    seen("oracles/base", &[CHAIN, more].concat())
}

/// Within 3.5 standard errors of a share that so many independent trials would show.
fn agrees(what: &str, seen: u64, trials: u64, exact: f64) {
    let (share, error) = (seen as f64 / trials as f64, (exact * (1.0 - exact) / trials as f64).sqrt());
    assert!((share - exact).abs() <= 3.5 * error, "{what}: {share:.4} for {exact:.4}, error {error:.5}");
}

/// Two lanes: each loses its share of what the one before it left, and what the shop looks for is looked for so long.
#[test]
fn parcels_are_lost_and_damaged_on_each_lane() {
    let outcome =
        chain(&[("carriers.0.loss", "10%"), ("carriers.0.damage", "20%"), ("carriers.0.search", "20 h")]);
    let (own, metrics) = (outcome.metrics.carriers[0], &outcome.metrics);
    assert!(5_000 < own.parcels, "{own:?}");
    agrees("lost", own.lost, own.parcels, 1.0 - 0.9 * 0.9);
    assert_eq!(own.lost, metrics.steps[Step::Lost as usize]);
    // Found broken by the shopper: damaged on the first lane or the second, and not lost on either.
    let exact = (1.0 - 0.8 * 0.8) * 0.81 / 0.81;
    agrees("found broken", metrics.faults[0], own.delivered, exact);
    // Every parcel that left ended, in one way.
    assert_eq!(own.parcels, own.delivered + own.lost);
    assert_eq!(metrics.finals[OrderState::Undelivered as usize], own.lost, "paid back");
}

#[test]
fn a_carrier_pays_for_what_it_is_liable_for() {
    let cost = |liability: &str| {
        let outcome = chain(&[("carriers.0.loss", "10%"), ("carriers.0.liability", liability)]);
        outcome.metrics.costs.of(CostLine::LostGoods)
    };
    let (none, half, all) = (cost("0%"), cost("50%"), cost("100%"));
    assert!(0.0 < none && all == 0.0 && (half - 0.5 * none).abs() < 1e-6 * none, "{none} {half} {all}");
}

#[test]
fn what_is_lost_is_sent_once_more_if_the_shop_wants_it() {
    let outcome = chain(&[
        ("carriers.0.loss", "10%"),
        ("carriers.0.search", "6 h"),
        ("after-sales.re-ship", "true"),
        ("stock.cover", "5"),
    ]);
    let own = outcome.metrics.carriers[0];
    assert_eq!(outcome.metrics.finals[OrderState::Undelivered as usize], 0);
    assert_eq!(own.lost, outcome.metrics.steps[Step::Replaced as usize]);
    assert_eq!(own.parcels, own.delivered + own.lost, "a parcel that is sent once more counts twice");
    agrees("lost", own.lost, own.parcels, 0.19);
}

/// Left lying at the end of a lane for so long: the mean lead time grows by its share of that, on each of two lanes,
/// and the next departure is as far away as it was.
#[test]
fn parcels_are_left_lying() {
    let lead = |outcome: &Outcome| outcome.metrics.lead.mean_s() / 3_600.0;
    let calm = chain(&[]);
    let slow = chain(&[("carriers.0.delay-share", "25%"), ("carriers.0.delay", "6 h")]);
    let (own, extra) = (slow.metrics.carriers[0], lead(&slow) - lead(&calm));
    assert!((extra - 2.0 * 0.25 * 6.0).abs() < 0.1, "{extra} h");
    assert_eq!(own.delayed_us, own.delayed * 6 * 3_600_000_000);
    agrees("left lying", own.delayed, 2 * own.parcels, 0.25);
}

/// A cheap carrier that is late every third time, and a dear one that never is.
const RIVALS: &[(&str, &str)] = &[
    (
        "carriers",
        "[{name: cheap, last-mile: 0 s, last-mile-per-100km: 0 s, attempts: 1, attempt-failure: 0%, door-from: \"00:00\", \
           door-to: \"24:00\", delay-share: 20%, delay: 2 d, rates: [{up-to: 9999 km, first-kg: 4, per-further-kg: 1}]}, \
          {name: dear, last-mile: 0 s, last-mile-per-100km: 0 s, attempts: 1, attempt-failure: 0%, door-from: \"00:00\", \
           door-to: \"24:00\", rates: [{up-to: 9999 km, first-kg: 6, per-further-kg: 1}]}]",
    ),
    ("delivery.0", "{name: standard, by-day: false, slack: 6 h, handling: 2 h}"),
];

fn rivals(choice: &str) -> Outcome {
    chain(&[RIVALS, &[("carrier-choice", choice)]].concat())
}

fn late(outcome: &Outcome) -> f64 {
    1.0 - outcome.on_time_share()
}

fn freight(outcome: &Outcome) -> f64 {
    outcome.metrics.costs.of(CostLine::Freight)
        / outcome.metrics.carriers.iter().map(|own| own.parcels as f64).sum::<f64>()
}

/// Of the cheap carrier's parcels 36 % are late (1 - 0.8^2): at 2 more a parcel the dear one is worth it from a cost of
/// 5.56 a late parcel on. Until the first are known to be late, all go by the cheap one.
#[test]
fn a_shop_pays_more_to_be_late_less() {
    let weights = ["0", "0.2", "1", "5"];
    let outcomes = weights
        .map(|weight| rivals(&format!("{{risk-weight: {weight}, late-cost: 10, explore: 5%, memory: 400}}")));
    let to_dear = outcomes.each_ref().map(|outcome| {
        outcome.metrics.carriers[1].parcels as f64
            / outcome.metrics.carriers.iter().map(|own| own.parcels as f64).sum::<f64>()
    });
    let (lates, freights) = (outcomes.each_ref().map(late), outcomes.each_ref().map(freight));
    println!("weight {weights:?}: dear {to_dear:.3?}, late {lates:.4?}, freight {freights:.1?}");
    // At 0 and at 0.2 (0.72 against 2) only exploration sends parcels to the dear one; at 1 (3.6 against 2) almost all.
    assert!((to_dear[0] - 0.025).abs() < 0.01 && (to_dear[1] - 0.025).abs() < 0.01, "{to_dear:?}");
    assert!(0.6 < to_dear[2] && to_dear[2] <= to_dear[3] + 0.05, "{to_dear:?}");
    assert!((lates[0] - 0.36 * 0.975).abs() < 0.03 && lates[2] < 0.4 * lates[0], "{lates:?}");
    // The frontier: less late is dearer.
    assert!(lates.is_sorted_by(|a, b| *b <= a + 0.01), "{lates:?}");
    assert!(freights.is_sorted_by(|a, b| a - 2.0 <= *b) && freights[0] + 100.0 < freights[3], "{freights:?}");
}

/// With no weight and no exploration the choice is the one by freight, to the byte.
#[test]
fn without_a_weight_freight_decides() {
    let by_freight = chain(RIVALS);
    let weightless = rivals("{risk-weight: 0, explore: 0%}");
    assert_eq!(by_freight.digest, weightless.digest);
    assert_eq!(weightless.metrics.carriers[1].parcels, 0);
    assert!(0 < rivals("{risk-weight: 0, explore: 30%}").metrics.carriers[1].parcels);
}

/// A carrier that lost much is known for it, and one that breaks things as well.
#[test]
fn records_tell_losses_and_damage() {
    let more = ("carrier-choice", "{risk-weight: 0, explore: 50%, memory: 3000}");
    let outcome =
        // While parcels still come: at the end of all, only those would be told that are long looked for.
        chain(&[RIVALS, &[more, ("carriers.0.loss", "10%"), ("carriers.0.search", "5 h"),
                ("carriers.0.delay-share", "0%"),
            ("carriers.1.damage", "10%"), ("run.horizon", "60 h")]].concat());
    let [cheap, dear] = [0, 1].map(|carrier: usize| outcome.metrics.carriers[carrier].record);
    assert!((cheap[2] - 0.19).abs() < 0.03 && dear[2] == 0.0, "{cheap:?} {dear:?}");
    assert!((dear[1] - 0.19).abs() < 0.03 && cheap[1] == 0.0, "{cheap:?} {dear:?}");
}

#[test]
fn shares_above_one_are_refused() {
    for key in ["carriers.0.loss", "carriers.0.damage", "carriers.0.delay-share", "carriers.0.liability"] {
        let found = ordermill::scenario::read(&runs::scenario_path("smoke"), &runs::owned(&[(key, "120%")]));
        let found = found.unwrap_err().to_string();
        assert!(found.contains("E0206"), "{key}: {found}");
    }
}
