//! Receive: what is at fault in parcels, why, and what shoppers find; the door, cash and signatures.

use super::runs::Run;
use super::{figure, play, refusal, share_agrees, state};

const SHORT: &[(&str, &str)] = &[
    ("run.horizon", "400 h"),
    ("run.warm-up", "0 s"),
    ("arrivals.constant.duration", "10 h"),
    ("nodes.0.graders", "100"),
];

fn receiving(more: &[(&str, &str)]) -> Run {
    play("oracles/base", &[SHORT, more].concat(), 1)
}

/// One line, one lane: a carrier breaks 10 %, 5 % are packed badly; 10 % are mispicked and 4 % miscounted, of which the
/// packer finds 40 %. Shoppers find 60 %, 80 % and 70 %, and claim 5 % of what is flawless.
const ALL: &[(&str, &str)] = &[
    ("carriers.0.damage", "10%"),
    ("after-sales.packaging-fault", "5%"),
    ("floor.mispick", "10%"),
    ("floor.miscount", "4%"),
    ("floor.pack-check", "40%"),
    ("after-sales.specification-fault", "2%"),
    ("after-sales.detect-appearance", "60%"),
    ("after-sales.detect-quantity", "80%"),
    ("after-sales.detect-specification", "70%"),
    ("after-sales.false-alarm", "5%"),
];

#[test]
fn faults_and_claims_are_those_of_the_closed_form() {
    let run = receiving(ALL);
    let of = |part: &str, measure: &str| figure(&run.document, part, measure);
    let parcels = of("inspection", "parcels");
    assert!(5_500.0 < parcels);
    let looks = [
        ("appearance", 1.0 - 0.90 * 0.95, 0.6),
        ("quantity", 0.04 * 0.6, 0.8),
        ("specification", 1.0 - (1.0 - 0.10 * 0.6) * 0.98, 0.7),
    ];
    for (look, fault, detected) in looks {
        let part = format!("look at {look}");
        let cells = ["at fault, found", "at fault, missed", "flawless, claimed", "flawless, kept"];
        let [found, missed, claimed, kept] = cells.map(|cell| of(&part, cell));
        assert_eq!(found + missed + claimed + kept, parcels);
        let agrees = |what: &str, seen: f64, exact: f64| {
            // Some cells are small: their standard error is looked at here.
            let error = (exact * (1.0 - exact) / parcels).sqrt();
            assert!(
                (seen / parcels - exact).abs() <= 3.5 * error,
                "{look} {what}: {} for {exact}",
                seen / parcels
            );
        };
        agrees("found", found, fault * detected);
        agrees("missed", missed, fault * (1.0 - detected));
        agrees("claimed", claimed, (1.0 - fault) * 0.05);
        agrees("kept", kept, (1.0 - fault) * 0.95);
    }
    // By cause: of a fault with several the first.
    for (cause, exact) in [("broken by the carrier", 0.10), ("badly packed", 0.9 * 0.05), ("mispicked", 0.06)]
    {
        let share = (of(cause, "found") + of(cause, "missed")) / parcels;
        let error = (exact * (1.0 - exact) / parcels).sqrt();
        assert!((share - exact).abs() <= 3.5 * error, "{cause}: {share} for {exact}");
    }
    let orders = run.document.orders.submitted as f64;
    share_agrees("picked wrong", of("inspection", "lines picked wrong") / orders, orders, 0.14);
    share_agrees(
        "caught",
        of("inspection", "found by the packer") / of("inspection", "lines picked wrong"),
        of("inspection", "lines picked wrong"),
        0.4,
    );
    // What is claimed comes back; what is not found is kept.
    let claims = of("inspection", "claims a parcel") * parcels;
    assert_eq!(state(&run.document, "returned") as f64, claims.round());
}

/// Where nothing is said of causes the shares of faults mean what they meant: that many are found and come back.
#[test]
fn shares_alone_are_found_all() {
    let run = receiving(&[("after-sales.appearance-fault", "10%"), ("after-sales.quantity-fault", "5%")]);
    assert!(!run.document.life.iter().any(|row| row.part == "inspection"));
    let orders = run.document.orders.submitted as f64;
    share_agrees("returned", state(&run.document, "returned") as f64 / orders, orders, 0.15);
    // The same share with shoppers who see nothing.
    let blind = [("after-sales.appearance-fault", "10%"), ("after-sales.detect-appearance", "0%")];
    let run = receiving(&blind);
    assert_eq!(state(&run.document, "returned"), 0);
    share_agrees("kept", figure(&run.document, "inspection", "kept though at fault"), orders, 0.10);
}

/// What the packer finds is picked once more, in the packer's time; what they find nobody sends back.
#[test]
fn a_check_at_packing_costs_time_and_saves_returns() {
    let with = |check: &str| {
        let run = receiving(&[
            ("floor.mispick", "50%"),
            ("floor.pack-check", check),
            ("floor.pick-per-line", "20 s"),
            ("after-sales.specification-fault", "0%"),
        ]);
        let packing = run.study.outcomes[0].metrics.phases.times(ordermill::metrics::Phase::Pack).mean_s();
        (packing, state(&run.document, "returned") as f64 / run.document.orders.submitted as f64)
    };
    let (none, all) = (with("0%"), with("100%"));
    assert!((all.0 - none.0 - 10.0).abs() < 0.5, "{none:?} {all:?}");
    assert!((none.1 - 0.5).abs() < 0.03 && all.1 == 0.0, "{none:?} {all:?}");
}

/// A wrong description is wrong in every parcel that holds the SKU.
#[test]
fn a_listing_error_is_one_of_the_sku() {
    let of = |share: &str| {
        let run = receiving(&[("after-sales.listing-error", share), ("catalog.synthetic.skus", "100")]);
        figure(&run.document, "listed wrong", "found") / figure(&run.document, "inspection", "parcels")
    };
    let third = of("30%");
    assert!((0.14..0.46).contains(&third), "{third}");
    assert_eq!(of("100%"), 1.0);
}

const CASH: &[(&str, &str)] = &[
    ("payment.methods", "[{name: cash, cash-on-delivery: true, refuse-at-door: 30%, remit-after: 2 d}]"),
    ("carriers.0.attempt-failure", "20%"),
    ("carriers.0.return-freight", "50%"),
];

/// Of those rung for once 20 % are not there, and of the others 30 % refuse. What the others pay is kept for two days.
#[test]
fn cash_at_the_door_is_paid_refused_or_nobody_is_there() {
    let run = receiving(CASH);
    let of = |part: &str, measure: &str| figure(&run.document, part, measure);
    let [paid, refused, absent] =
        ["paid", "refused", "nobody there"].map(|what| of("cash on delivery", what));
    let parcels = run.document.orders.submitted as f64;
    assert_eq!(paid + refused + absent, parcels);
    share_agrees("absent", absent / parcels, parcels, 0.20);
    share_agrees("refused", refused / parcels, parcels, 0.80 * 0.30);
    assert!((of("cash on delivery", "until it is paid on") / (2.0 * 86_400.0) - 1.0).abs() < 1e-9);
    let price = run.model.catalog().skus[0].price.0 as f64;
    let outstanding = paid * price * 48.0 / 400.0;
    assert!((of("cash on delivery", "with carriers, mean") / outstanding - 1.0).abs() < 1e-9);
    // The way back: half of the freight of each, and its units wait until they are graded.
    let freight: f64 = run.study.outcomes[0].metrics.carriers[0].freight as f64 / parcels;
    let back = of("back to the origin", "return freight");
    assert!((back / (0.5 * freight * (refused + absent)) - 1.0).abs() < 1e-9, "{back}");
    assert_eq!(of("back to the origin", "parcels"), refused + absent);
    let days = of("back to the origin", "unit days not for sale") / (refused + absent);
    assert!((1.5..4.0).contains(&days), "{days}: two days on the way back, by the default law");
}

/// Nobody is at home for 30 %. Whose goods need a signature wait for them; the others are left there, and some stolen.
#[test]
fn what_needs_no_signature_is_left_at_the_door() {
    let away = ("carriers.0.attempt-failure", "30%");
    let with = |signature: &str| receiving(&[away, ("signature", signature)]);
    let undelivered = |run: &Run| state(&run.document, "undelivered") as f64;
    let plain = receiving(&[away]);
    let orders = plain.document.orders.submitted as f64;
    share_agrees("not delivered", undelivered(&plain) / orders, orders, 0.30);
    let dear = with("{above: 0, theft: 30%}");
    assert_eq!(undelivered(&dear), undelivered(&plain), "all need one");
    assert_eq!(figure(&dear.document, "door", "needed a signature"), 1.0);
    let cheap = with("{above: 1000000, theft: 30%}");
    let (left, stolen) =
        (figure(&cheap.document, "door", "left there"), figure(&cheap.document, "door", "stolen"));
    assert_eq!((left, undelivered(&cheap)), (undelivered(&plain), stolen));
    share_agrees("stolen", stolen / left, left, 0.30);
    let waived = with("{above: 0, waiver: 50%, theft: 0%}");
    share_agrees("waived", figure(&waived.document, "door", "left there") / left, left, 0.50);
    let lost = |run: &Run| run.document.cost.lines.iter().find(|row| row.line == "lost goods").unwrap().minor;
    assert!(lost(&waived) == 0.0 && 0.0 < lost(&cheap));
}

#[test]
fn lines_cannot_be_picked_wrong_twice() {
    let found = refusal(&[("floor.mispick", "70%"), ("floor.miscount", "60%")]);
    assert!(found.contains("E0308") && found.contains("130% of the lines"), "{found}");
    let found = refusal(&[("signature", "{above: 10, theft: 2}")]);
    assert!(found.contains("E0206"), "{found}");
}
