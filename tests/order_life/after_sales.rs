//! Returns by rule, exchanges, complaints, and what shoppers make of it all.

use std::collections::BTreeMap;

use ordermill::domain::OrderId;
use ordermill::kernel::time::Moment;
use ordermill::metrics::Phase;

use super::runs::Run;
use super::{figure, play, refusal, share_agrees};

const SHORT: &[(&str, &str)] = &[
    ("run.horizon", "400 h"),
    ("run.warm-up", "0 s"),
    ("arrivals.constant.duration", "20 h"),
    ("after-sales.send-back", "10 h"),
];

fn after(more: &[(&str, &str)]) -> Run {
    play("oracles/base", &[SHORT, more].concat(), 1)
}

fn of(run: &Run, part: &str, measure: &str) -> f64 {
    figure(&run.document, part, measure)
}

fn cost(run: &Run, line: &str) -> f64 {
    run.document.cost.lines.iter().find(|row| row.line == line).unwrap_or_else(|| panic!("{line}")).minor
}

/// Exponential inspection: of those who want to send back, exp(-window / mean) come too late.
#[test]
fn returns_keep_their_window_and_bring_what_their_grades_say() {
    let run = after(&[
        ("after-sales.change-of-mind", "50%"),
        ("after-sales.inspect-after", "{exponential: {mean: 10 h}}"),
        (
            "returns",
            "{window: 15 h, approval: 80%, pickup: 25%, pickup-wait: 5 h, grades: [50, 30, 10, 10], \
              values: [0.9, 0.5, 0.2], refund-time: 3 h}",
        ),
    ]);
    let orders = run.document.orders.submitted as f64;
    let asked = of(&run, "returns", "asked");
    share_agrees("asked", asked / orders, orders, 0.5);
    let late = of(&run, "returns", "after the window");
    share_agrees("after the window", late / asked, asked, (-1.5_f64).exp());
    let approved = of(&run, "returns", "approved");
    share_agrees("approved", approved / (asked - late), asked - late, 0.8);
    assert_eq!(of(&run, "returns", "declined"), asked - late - approved);
    share_agrees("fetched", of(&run, "returns", "fetched") / approved, approved, 0.25);
    for (grade, share) in [("A", 0.5), ("B", 0.3), ("C", 0.1), ("scrap", 0.1)] {
        let seen = of(&run, "returns", &format!("grade {grade}"));
        share_agrees(grade, seen / approved, approved, share);
    }
    let grades = |grade: &str| of(&run, "returns", &format!("grade {grade}"));
    let price = run.model.catalog().skus[0].price.0 as f64;
    let worth = price * (0.9 * grades("A") + 0.5 * grades("B") + 0.2 * grades("C"));
    assert!((of(&run, "returns", "recovered") - worth).abs() < 1e-6 * worth);
    assert_eq!(of(&run, "returns", "price of what came back"), price * approved);
    // Whoever asks: the way back, the wait for those fetched, and the bank; grading takes what it takes.
    let fetched = of(&run, "returns", "fetched");
    let least = 3_600.0 * (13.0 + 5.0 * fetched / approved);
    assert!(least <= of(&run, "returns", "time to refund"));
    // 4 for each fetched, 2.50 for each dropped off; and only A is on the shelf again.
    assert_eq!(cost(&run, "return transport"), 400.0 * fetched + 250.0 * (approved - fetched));
    let step = |name: &str| run.document.transitions.iter().find(|row| row.name == name).unwrap().count;
    assert_eq!(step("restocked") as f64, grades("A"));
    assert_eq!(step("scrapped") as f64, approved - grades("A"));
}

/// The whole replacement is held at the approval or not at all; the money of both goods is in the books.
#[test]
fn an_exchange_holds_its_goods_at_once_or_is_a_refund() {
    let with = |cover: &str| {
        after(&[
            ("after-sales.change-of-mind", "40%"),
            ("after-sales.inspect-after", "1 h"),
            ("stock.cover", cover),
            ("allocation.backorder", "false"),
            ("returns", "{exchange: 60%, grades: [0, 0, 0, 1]}"),
        ])
    };
    let run = with("3");
    let approved = of(&run, "returns", "approved");
    let (wanted, held) = (of(&run, "exchanges", "wanted"), of(&run, "exchanges", "held"));
    assert_eq!(wanted, held, "enough of everything");
    // Nobody exchanges the replacement once more: first returns are those of the orders themselves.
    let orders = run.document.orders.submitted as f64 - held;
    share_agrees("returns of replacements too", approved / (orders + held), orders + held, 0.4);
    let first = orders * 0.4;
    assert!((wanted / first - 0.6).abs() < 0.05, "{wanted} of {first}");
    let document = &run.document;
    let money = &document.money;
    assert_eq!(money.captured_minor - money.refunded_minor, money.revenue_minor + money.deposit_minor);
    // What came back is refunded, and nothing else is.
    let price = run.model.catalog().skus[0].price.0 as f64;
    assert_eq!(money.refunded_minor as f64, approved * price * run.study.outcomes.len() as f64);

    let scarce = with("1.05");
    let (wanted, held) = (of(&scarce, "exchanges", "wanted"), of(&scarce, "exchanges", "held"));
    assert!(0.0 < held && held < wanted, "{held} of {wanted}");
    assert_eq!(of(&scarce, "exchanges", "out of stock"), wanted - held);
}

/// One officer with steady work and a burst of complaints: what still waits when its answer is due is escalated.
#[test]
fn complaints_are_answered_by_severity_escalated_and_paid_for() {
    let rules = |officers: u32| {
        format!(
            "{{late: 0%, fault: 70%, officers: {officers}, leads: 50, work: {{exponential: {{mean: 20 m}}}}, \
              breach-compensation: 10%, tiers: [\
              {{name: minor, share: 3, answer-within: 10 h, compensation: 5%}}, \
              {{name: grave, share: 1, answer-within: 2 h, compensation: 20%}}]}}"
        )
    };
    let with = |officers: u32| {
        let rules = rules(officers);
        after(&[
            ("after-sales.appearance-fault", "50%"),
            ("after-sales.inspect-after", "{exponential: {mean: 3 h}}"),
            ("complaints", &rules),
        ])
    };
    let calm = with(400);
    let orders = calm.document.orders.submitted as f64;
    let (minor, grave) = (of(&calm, "complaints", "opened: minor"), of(&calm, "complaints", "opened: grave"));
    share_agrees("complaints", (minor + grave) / orders, orders, 0.35);
    share_agrees("minor", minor / (minor + grave), minor + grave, 0.75);
    assert_eq!(of(&calm, "complaints", "answered"), minor + grave);
    assert_eq!(of(&calm, "complaints", "escalated"), 0.0);
    let price = calm.model.catalog().skus[0].price.0 as f64;
    let late = of(&calm, "complaints", "answered too late") * (minor + grave);
    let paid = price * (0.05 * minor + 0.20 * grave + 0.10 * late);
    let told = of(&calm, "complaints", "compensation an order") * orders;
    assert!((told - paid).abs() < 1e-6 * paid && (cost(&calm, "compensation") - paid).abs() < 1e-6 * paid);
    // 4,200 complaints of 20 minutes are 1,400 hours of work in some 30: ten officers have 300.
    let busy = with(10);
    assert!(1_000.0 < of(&busy, "complaints", "escalated"));
    assert!(0.1 < of(&busy, "complaints", "answered too late"));
    assert_eq!(of(&busy, "complaints", "answered"), minor + grave);
}

/// All orders come as promised, half of them with a fault: the score is a mixture of two values.
#[test]
fn the_score_is_the_documented_sum_and_brings_shoppers_back_by_its_odds() {
    let run = after(&[
        ("after-sales.appearance-fault", "50%"),
        ("after-sales.inspect-after", "1 h"),
        (
            "experience",
            "{base: 7, per-day-early: 0, per-day-late: 0, fault: 3, spread: 0, after: 1 d, comes-back: 40%, \
              per-point: 0.5, comes-back-after: 10 h}",
        ),
    ]);
    let judged = of(&run, "experience", "judged");
    let score = of(&run, "experience", "satisfaction") * 10.0;
    share_agrees("faulty", (7.0 - score) / 3.0, judged, 0.5);
    let odds = 0.4 / 0.6 * (-1.5_f64).exp();
    let exact = 0.5 * 0.4 + 0.5 * odds / (1.0 + odds);
    share_agrees("come back", of(&run, "experience", "come back"), judged, exact);
    // Whoever comes back orders: a branching process, each order followed by another with that chance.
    let again = of(&run, "experience", "orders of shoppers who came back");
    let orders = run.document.orders.submitted as f64;
    share_agrees("orders of shoppers who came back", again / orders, orders, exact);
    let amount = run.model.catalog().skus[0].price.0 as f64;
    let value = amount / (1.0 - of(&run, "experience", "come back"));
    assert!((of(&run, "experience", "value of a customer") - value).abs() < 1e-6 * value);
    assert_eq!(of(&run, "experience", "of them failed"), 0.0);
}

/// Each thing that happens to a shopper lowers the score.
#[test]
fn what_happens_to_shoppers_lowers_their_score() {
    let with = |more: &[(&str, &str)]| {
        let base = [("experience", "{after: 2 d, spread: 0}"), ("after-sales.inspect-after", "1 h")];
        of(&after(&[&base[..], more].concat()), "experience", "satisfaction")
    };
    let calm = with(&[]);
    let late = with(&[("delivery.*.handling", "1 m"), ("floor.pick-per-order", "30 h")]);
    let declined = with(&[("payment.methods.card.success", "70%")]);
    let asked = with(&[("service", "{intents: [{name: other, share: 100%, after: 1 m}]}")]);
    for (what, score) in [("late", late), ("declined", declined), ("asked", asked)] {
        assert!(score < calm - 0.02, "{what}: {score} is not below {calm}");
    }
}

/// From submit to the last thing that the engine books, whether it is kept, sent back or exchanged: the stages of all
/// orders together take as long as the orders do, to the microsecond.
#[test]
fn stage_times_add_up_to_the_last_grade() {
    let run = after(&[
        ("run.log-one-in", "1"),
        ("after-sales.change-of-mind", "40%"),
        ("after-sales.inspect-after", "{exponential: {mean: 10 h}}"),
        ("returns", "{window: 20 h, approval: 80%, approval-time: 2 h, pickup: 50%, exchange: 30%}"),
        ("service", "{}"),
        ("complaints", "{}"),
        ("experience", "{after: 1 d, comes-back: 20%, comes-back-after: 2 h}"),
    ]);
    let outcome = &run.study.outcomes[0];
    assert_eq!(outcome.open(), 0);
    let mut lives: BTreeMap<OrderId, (Moment, Moment)> = BTreeMap::new();
    for row in &outcome.log.rows {
        lives.entry(row.order).or_insert((row.at, row.at)).1 = row.at;
    }
    assert_eq!(lives.len() as u64, outcome.metrics.submitted);
    let lives: u128 = lives.values().map(|(first, last)| u128::from(last.since(*first).0)).sum();
    let beside = [Phase::Browse, Phase::Cart, Phase::Service, Phase::Complaint];
    let stages = Phase::ALL.iter().filter(|phase| !beside.contains(phase));
    let stages: u128 = stages.map(|&phase| outcome.metrics.phases.times(phase).sum_us()).sum();
    assert_eq!(stages, lives);
}

#[test]
fn rules_that_cannot_be_are_refused_where_they_stand() {
    let check = |path: &str, value: &str, words: &str| {
        let found = refusal(&[(path, value)]);
        assert!(found.contains(words), "{path}={value}\n{found}");
    };
    check("returns", "{grades: [1, 1]}", "2 grades, but there are A, B, C and scrap");
    check("returns", "{grades: [0, 0, 0, 0]}", "the weights add up to zero");
    check("returns", "{values: [1, 2, 0]}", "three shares of the price");
    check("complaints", "{tiers: []}", "complaints have no severity");
    check("complaints", "{tiers: [{name: a, answer-within: 0 s}]}", "answer-within");
    check("complaints", "{officers: 0}", "officers");
    check("slo", "[{metric: satisfaction, at-least: 70%}]", "nobody says how content they are");
}
