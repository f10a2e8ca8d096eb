//! Coupons and points: budgets, limits, sets, and a ledger that adds up.

use super::runs::Run;
use super::{figure, play, refusal, share_agrees, state};

const SHORT: &[(&str, &str)] = &[
    ("run.horizon", "60 h"),
    ("run.warm-up", "0 s"),
    ("arrivals.constant.duration", "20 h"),
    ("stock.cover", "9"),
];

fn promoting(more: &[(&str, &str)]) -> Run {
    play("oracles/base", &[SHORT, more].concat(), 1)
}

fn price(run: &Run) -> f64 {
    run.model.catalog().skus[0].price.0 as f64
}

/// Two in five customers hold a coupon: so many orders cost 5 less, until the budget is gone and not one cent more.
#[test]
fn a_budget_is_never_exceeded() {
    let with = |budget: &str| {
        let coupons = format!("[{{name: a, off: 5, budget: {budget}, share: 40%}}]");
        promoting(&[("promotions.coupons", &coupons)])
    };
    let run = with("1000000");
    let orders = run.document.orders.submitted as f64;
    let used = figure(&run.document, "coupon a", "used");
    share_agrees("used", used / orders, orders, 0.4);
    assert_eq!(figure(&run.document, "coupon a", "took off"), 500.0 * used);
    assert_eq!(run.document.money.captured_minor as f64, orders * price(&run) - 500.0 * used);
    assert_eq!(figure(&run.document, "promotions", "coupons an order"), 500.0 * used / orders);
    // 203 uses fit; of the 204th only a part would.
    let run = with("1017.50");
    assert_eq!(figure(&run.document, "coupon a", "used"), 203.0);
    assert!(1_000.0 < figure(&run.document, "promotions", "coupons spent up"));
    let left = run.study.outcomes[0].ledgers.coupons_redeemed.0;
    assert_eq!(left, 203 * 500);
}

/// Every customer may use it twice, and nobody does more often.
#[test]
fn a_limit_holds_for_each_customer() {
    let with = |limit: &str, customers: &str| {
        let coupons = format!("[{{name: a, off: 1, budget: 1000000{limit}}}]");
        let run = promoting(&[("promotions.coupons", &coupons), ("customers.count", customers)]);
        (figure(&run.document, "coupon a", "used"), run.document.orders.submitted as f64)
    };
    assert_eq!(with(", per-customer: 2", "50").0, 100.0);
    assert_eq!(with(", per-customer: 3", "50").0, 150.0);
    let (used, orders) = with("", "50");
    assert_eq!(used, orders);
}

/// Thresholds, classes and groups: what applies, and what goes together.
#[test]
fn coupons_go_together_as_their_groups_say() {
    let run = |coupons: &str| promoting(&[("promotions.coupons", coupons)]);
    let base = run("[{name: a, off: 5, budget: 1000000}, {name: b, percent: 10%, budget: 1000000}]");
    let orders = base.document.orders.submitted as f64;
    let of = |run: &Run, name: &str| figure(&run.document, &format!("coupon {name}"), "took off") / orders;
    assert_eq!((of(&base, "a"), of(&base, "b")), (500.0, ((price(&base) - 500.0) / 10.0).round()));
    let apart = run(
        "[{name: a, off: 5, budget: 1000000, group: x}, {name: b, percent: 10%, budget: 1000000, group: x}]",
    );
    let better = if 500.0 < (price(&base) / 10.0).round() { "b" } else { "a" };
    let other = if better == "a" { "b" } else { "a" };
    assert_eq!((of(&apart, other), of(&apart, better)), (0.0, 500.0_f64.max((price(&base) / 10.0).round())));
    let high =
        format!("[{{name: a, off: 5, budget: 1000000, threshold: {:.2}}}]", price(&base) / 100.0 + 0.01);
    assert_eq!(of(&run(&high), "a"), 0.0);
    assert_eq!(of(&run("[{name: a, off: 5, budget: 1000000, class: cold}]"), "a"), 0.0);
    assert_eq!(of(&run("[{name: a, off: 5, budget: 1000000, class: standard}]"), "a"), 500.0);
}

/// Orders that end unpaid give back what they redeemed: the budget serves others.
#[test]
fn what_unpaid_orders_redeemed_comes_back() {
    let run = promoting(&[
        ("promotions.coupons", "[{name: a, off: 5, budget: 1000000}]"),
        ("payment.methods", "[{name: card, lanes: 1000, latency: 1 s, success: 60%, retry: 0%}]"),
    ]);
    let declined = state(&run.document, "declined") as f64;
    assert_eq!(figure(&run.document, "promotions", "orders that gave back"), declined);
    let kept = run.document.orders.submitted as f64 - declined;
    assert_eq!(run.study.outcomes[0].ledgers.coupons_redeemed.0 as f64, 500.0 * kept);
}

/// Points earned are spent, held or expired, and nothing else; what they pay is not captured.
#[test]
fn points_add_up() {
    let with = |points: &str| {
        let more = [
            ("promotions.points", points),
            ("after-sales.points-per-unit", "2"),
            ("customers.count", "3000"),
            ("after-sales.inspect-after", "1 h"),
        ];
        promoting(&more)
    };
    let run = with("{worth: 0.05, spenders: 100%, cap: 50%, lifetime: 3 h}");
    let of = |run: &Run, measure: &str| figure(&run.document, "points", measure);
    let ledgers = &run.study.outcomes[0].ledgers;
    let (earned, spent, expired) = (of(&run, "earned"), of(&run, "spent"), of(&run, "expired"));
    assert!(0.0 < spent && 0.0 < expired, "{earned} {spent} {expired}");
    assert_eq!(earned, (ledgers.points_held + ledgers.points_spent + ledgers.points_expired).0 as f64);
    assert_eq!((spent, expired), (ledgers.points_spent.0 as f64, ledgers.points_expired.0 as f64));
    let orders = run.document.orders.submitted as f64;
    assert_eq!(run.document.money.captured_minor as f64, orders * price(&run) - 5.0 * spent);

    let lasting = with("{worth: 0.05, spenders: 100%, cap: 50%}");
    assert_eq!(of(&lasting, "expired"), 0.0);
    assert!(spent < of(&lasting, "spent"), "what does not expire is spent");
    let capped = with("{worth: 0.05, spenders: 100%, cap: 1%, lifetime: 3 h}");
    assert!(of(&capped, "spent") < spent);
    let idle = with("{worth: 0.05, spenders: 0%, lifetime: 1 h}");
    assert_eq!(of(&idle, "spent"), 0.0);
    assert_eq!(of(&idle, "earned"), of(&idle, "expired"), "all of them are too old in the end");
}

#[test]
fn coupons_that_cannot_be_are_told() {
    let check = |coupons: &str, code: &str, said: &str| {
        let found = refusal(&[("promotions.coupons", coupons)]);
        assert!(found.contains(code) && found.contains(said), "{coupons}:\n{found}");
    };
    check("[{name: a, off: 30, budget: 20}]", "E0308", "whole budget");
    check("[{name: a, budget: 20}]", "E0210", "takes nothing off");
    check("[{name: a, off: 3, percent: 10%, budget: 20}]", "E0210", "both");
    check("[{name: a, off: 3, budget: 20}, {name: a, off: 3, budget: 20}]", "E0209", "two coupons");
    let many: Vec<String> = (0..17).map(|n| format!("{{name: c{n}, off: 1, budget: 9}}")).collect();
    check(&format!("[{}]", many.join(", ")), "E0206", "at most 16");
}
