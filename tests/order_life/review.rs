//! Review: scores, rules, reviewers and their queue, and what wrong decisions cost.

use super::runs::Run;
use super::{figure, play, refusal, share_agrees};

const SHORT: &[(&str, &str)] = &[
    ("run.horizon", "100 h"),
    ("run.warm-up", "0 s"),
    ("arrivals.constant.duration", "40 h"),
    ("review.reviewers", "1000"),
];

fn reviewing(more: &[(&str, &str)], replications: u32) -> Run {
    play("oracles/base", &[SHORT, more].concat(), replications)
}

/// The share of standard normal numbers below `z`, by Simpson's rule: no code of the product.
fn phi(z: f64) -> f64 {
    let (steps, from) = (20_000, -12.0);
    let width = (z - from) / f64::from(steps);
    let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let at = |step: i32| density(from + width * f64::from(step));
    let inner: f64 = (1..steps).map(|step| if step % 2 == 1 { 4.0 * at(step) } else { 2.0 * at(step) }).sum();
    (at(0) + inner + at(steps)) * width / 3.0
}

const FRAUD: &[(&str, &str)] = &[
    ("review.fraud", "20%"),
    ("review.separation", "1.5"),
    ("review.detection", "75%"),
    ("review.manual-reject", "10%"),
    // Of honest orders 10 % are looked at and 2.275 % rejected at once: z above 1.15 and above 2.
    ("review.manual-score", "0.874928"),
    ("review.reject-score", "0.97724987"),
    ("review.chargeback-fee", "20"),
    ("costs.lost-margin", "30%"),
];

/// Binormal scores: honest orders are N(0, 1) and fraud N(1.5, 1); thresholds at z = 1.15 and z = 2.
#[test]
fn fraud_and_honest_orders_are_judged_as_the_binormal_model_says() {
    let run = reviewing(FRAUD, 1);
    let of = |part: &str, measure: &str| figure(&run.document, part, measure);
    let orders = run.document.orders.submitted as f64;
    for (part, shift, rejects) in [("honest orders", 0.0, 0.10), ("fraud", 1.5, 0.75)] {
        let (approved, rejected, looked) =
            (of(part, "approved"), of(part, "rejected"), of(part, "looked at"));
        let all = approved + rejected;
        share_agrees(part, all / orders, orders, if shift == 0.0 { 0.8 } else { 0.2 });
        let looked_at = phi(2.0 - shift) - phi(1.15 - shift);
        share_agrees(&format!("{part} looked at"), looked / all, all, looked_at);
        let at_once = 1.0 - phi(2.0 - shift);
        share_agrees(&format!("{part} rejected"), rejected / all, all, at_once + looked_at * rejects);
    }
    // What it costs: every fraud that was kept, with the fee, and the margin of what was honest.
    let price = run.model.catalog().skus[0].price.0 as f64;
    assert_eq!(of("review", "lost to fraud"), of("fraud", "approved") * (price + 2_000.0));
    assert_eq!(of("review", "declined though honest"), of("honest orders", "rejected") * price);
    let cost = |line: &str| run.document.cost.lines.iter().find(|row| row.line == line).unwrap().minor;
    assert_eq!(cost("fraud"), of("review", "lost to fraud"));
    assert!((cost("lost sales") - 0.3 * of("review", "declined though honest")).abs() < 1.0);
}

/// A better score has both fewer frauds kept and fewer honest orders lost; a lower threshold trades one for the other.
#[test]
fn scores_and_thresholds_move_both_kinds_of_error() {
    let with = |more: &[(&str, &str)]| {
        let run = reviewing(&[FRAUD, more].concat(), 1);
        (figure(&run.document, "fraud", "approved"), figure(&run.document, "honest orders", "rejected"))
    };
    let (base, better) = (with(&[]), with(&[("review.separation", "3")]));
    assert!(better.0 < 0.5 * base.0 && better.1 == base.1, "{base:?} {better:?}");
    let strict = with(&[("review.manual-score", "0.5"), ("review.reject-score", "0.8")]);
    assert!(strict.0 < base.0 && base.1 < strict.1, "{base:?} {strict:?}");
    let trained = with(&[("review.detection", "99%")]);
    assert!(trained.0 < base.0 && trained.1 == base.1, "{base:?} {trained:?}");
}

/// The first rule that fits decides, whatever the score.
#[test]
fn rules_decide_before_the_score() {
    let with = |rules: &str| {
        reviewing(&[("review.rules", rules), ("basket.quantity", "[1, 1]"), ("stock.cover", "9")], 1)
    };
    let run = with("[{name: two, units-above: 1, verdict: reject}, {name: rest, verdict: pass}]");
    let (two, rest) =
        (figure(&run.document, "review", "by rule two"), figure(&run.document, "review", "by rule rest"));
    let orders = run.document.orders.submitted as f64;
    assert_eq!((two + rest, figure(&run.document, "honest orders", "rejected")), (orders, two));
    share_agrees("two units", two / orders, orders, 0.5);
    let price = run.model.catalog().skus[0].price.0 as f64 / 100.0;
    let dear = format!("[{{name: dear, amount-above: {:.2}, verdict: manual}}]", 1.5 * price);
    let run = with(&dear);
    assert_eq!(
        figure(&run.document, "honest orders", "looked at"),
        figure(&run.document, "review", "by rule dear")
    );
    share_agrees("dear", figure(&run.document, "review", "by rule dear") / orders, orders, 0.5);
    let run = with("[{name: cash, payment: card, verdict: reject}]");
    assert_eq!(run.document.money.revenue_minor, 0, "everybody pays by card");
}

/// All orders are looked at for an exponential time: the wait is that of M/M/4 at 75 % (Erlang C = 0.509434).
#[test]
fn reviewers_queue_as_erlang_says() {
    let more = [
        ("review.manual-score", "0%"),
        ("review.reject-score", "100%"),
        ("review.reviewers", "4"),
        ("review.manual-reject", "0%"),
        ("review.work", "{exponential: {mean: 18 s}}"),
        ("arrivals.constant.duration", "100 h"),
    ];
    let run = reviewing(&more, 10);
    let station = run.document.stations.iter().find(|row| row.station == "review").unwrap();
    let agrees = |what: &str, seen: ordermill::report::document::Estimate, exact: f64| {
        let half = seen.half_width.unwrap();
        // A t-interval of 99 % with 9 degrees of freedom: 3.25 standard errors.
        assert!(
            half < 0.15 * exact && (seen.mean - exact).abs() <= 1.1 * half,
            "{what}: {seen:?} for {exact}"
        );
    };
    agrees("utilization", station.utilization_ratio, 0.75);
    agrees("wait", station.wait_s_mean, 0.509_434 * 18.0 / (4.0 - 3.0));
}

#[test]
fn rules_that_nobody_can_follow_are_told() {
    let rules = "[{name: a, verdict: manual}]";
    let found = refusal(&[("review.rules", rules), ("review.reviewers", "0")]);
    assert!(found.contains("E0306") && found.contains("rule"), "{found}");
    let found =
        refusal(&[("review.rules", "[{name: a, verdict: maybe}, {name: a, verdict: pass, payment: cart}]")]);
    assert!(["E0204", "E0207", "E0209"].iter().all(|code| found.contains(code)), "{found}");
}
