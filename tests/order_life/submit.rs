//! Submit: steps and one click, addresses and their corrections, prices that hold for a while, the choice of a
//! delivery method.

use super::runs::Run;
use super::{figure, lost, play, share_agrees, state};

const SHORT: &[(&str, &str)] =
    &[("run.horizon", "40 h"), ("run.warm-up", "0 s"), ("arrivals.constant.duration", "20 h")];

fn submitting(more: &[(&str, &str)], replications: u32) -> Run {
    play("oracles/base", &[SHORT, more].concat(), replications)
}

/// Three in ten pass on one page, the others on four, and each page loses one in ten:
/// 0.3 x 0.9 + 0.7 x 0.9^4 = 0.72927 of the carts become orders.
#[test]
fn steps_lose_shoppers_as_the_closed_form_says() {
    let with = |one_click: &str| {
        let more = [
            ("checkout.steps", "4"),
            ("checkout.step-loss", "10%"),
            ("checkout.one-click", one_click),
            ("checkout.step-time", "30 s"),
        ];
        submitting(&more, 1)
    };
    let run = with("30%");
    let (left, orders) = (figure(&run.document, "checkout", "left"), run.document.orders.submitted as f64);
    let carts = left + orders;
    assert_eq!(lost(&run.document, "lost-at-checkout") as f64, left);
    share_agrees("orders of carts", orders / carts, carts, 0.3 * 0.9 + 0.7 * 0.9_f64.powi(4));
    share_agrees("one click", figure(&run.document, "checkout", "one click") / carts, carts, 0.3);
    // All on one page: a cart takes 30 s, not 2 m.
    let cart_s =
        |run: &Run| run.document.stages.iter().find(|row| row.stage == "cart").unwrap().time_s_mean.mean;
    let (all, none) = (with("100%"), with("0%"));
    assert_eq!((cart_s(&all), cart_s(&none)), (30.0, 120.0));
    assert!(none.document.orders.submitted < orders as u64 && orders < all.document.orders.submitted as f64);
}

/// One address in ten is wrong, the form finds 30 % of them; the others are held for an exponential time of mean 8 h,
/// and given up after 16 h: with probability exp(-2), and a mean of 8 h - 16 h exp(-2) / (1 - exp(-2)) for the rest.
#[test]
fn wrong_addresses_hold_orders_until_they_are_corrected() {
    let with = |error: &str, check: &str| {
        let more = [
            ("checkout.address-error", error),
            ("checkout.address-check", check),
            ("checkout.address-correction", "{exponential: {mean: 8 h}}"),
            ("checkout.address-patience", "16 h"),
            ("run.horizon", "60 h"),
            ("arrivals.constant.rate", "2400/h"),
        ];
        submitting(&more, 1)
    };
    let run = with("10%", "30%");
    let of = |measure: &str| figure(&run.document, "address", measure);
    let orders = run.document.orders.submitted as f64;
    let held = of("held");
    share_agrees("held", held / orders, orders, 0.1 * 0.7);
    assert_eq!(held, of("corrected") + of("given up"), "nobody is held for ever");
    assert_eq!(of("given up") as u64, state(&run.document, "cancelled"), "what is given up is cancelled");
    let gone = (-2.0_f64).exp();
    share_agrees("given up", of("given up") / held, held, gone);
    let mean_s = 3_600.0 * (8.0 - 16.0 * gone / (1.0 - gone));
    let seen_s = of("time to correct");
    // A time cut off at 16 h has a standard deviation below 4.7 h.
    assert!((seen_s - mean_s).abs() < 3.5 * 4.7 * 3_600.0 / of("corrected").sqrt(), "{seen_s} for {mean_s}");
    let hold = run.document.stages.iter().find(|row| row.stage == "hold").expect("a stage of its own");
    assert_eq!((hold.entered_count as f64, hold.left_count as f64), (held, held));

    let (none, found) = (with("0.0001%", "0%"), with("10%", "100%"));
    assert_eq!(figure(&found.document, "address", "held"), 0.0);
    let lead = |run: &Run| run.document.delivery.lead_time_s.mean;
    assert!(lead(&none) < lead(&run), "a hold takes time");
}

/// Prices change once an hour and carts take half an hour, longer than a quote lives: of the carts 1 - exp(-1/2) have
/// another price, half of them a higher one, for which two in five shoppers leave.
#[test]
fn quotes_that_ran_out_are_made_anew() {
    let with = |lifetime: &str| {
        let more = [
            ("shop.cart-time", "30 m"),
            ("checkout.quote-lifetime", lifetime),
            ("checkout.price-changes", "1/h"),
            ("checkout.price-change", "10%"),
            ("checkout.price-loss", "40%"),
        ];
        submitting(&more, 1)
    };
    let run = with("10 m");
    let of = |measure: &str| figure(&run.document, "quote", measure);
    let carts = of("made anew");
    let changed = 1.0 - (-0.5_f64).exp();
    share_agrees("price changed", of("price changed") / carts, carts, changed);
    share_agrees("left", of("left") / carts, carts, changed * 0.5 * 0.4);
    assert_eq!(carts, run.document.orders.submitted as f64 + of("left"), "every cart was too old");
    // Of those who stay, 30 of 80 pay a tenth more, and 50 of 80 a tenth less.
    let money = &run.document.money;
    let list = run.model.catalog().skus[0].price.0 as f64 * run.document.orders.submitted as f64;
    let stayed = 1.0 - changed * 0.2;
    let exact = 1.0 + 0.1 * changed * (0.3 - 0.5) / stayed;
    let seen = (money.captured_minor as f64) / list;
    assert!((seen - exact).abs() < 0.002, "{seen} for {exact}");
    // A quote that outlives the cart holds.
    let fresh = with("1 h");
    assert_eq!(figure(&fresh.document, "quote", "made anew"), 0.0);
    assert_eq!(
        fresh.document.money.captured_minor as f64 / list,
        fresh.document.orders.submitted as f64 / run.document.orders.submitted as f64
    );
}

/// Odds of two methods are the odds of their shares times exp(-per-money x dearer) times exp(-per-day x later).
#[test]
fn methods_are_chosen_by_price_and_promise_as_the_logit_says() {
    let share = |price: &str, handling: &str, choice: &str| {
        let delivery = format!(
            "[{{name: standard, share: 3, by-day: false, handling: 24 h}}, \
              {{name: other, share: 1, by-day: false, price: {price}, handling: {handling}}}]"
        );
        let more = [("delivery", delivery.as_str()), ("checkout.choice", choice), ("run.horizon", "150 h")];
        let run = submitting(&more, 1);
        let other = run.document.delivery.methods[1].orders_count as f64;
        (
            other / run.document.delivery.delivered_orders_count as f64,
            run.document.delivery.delivered_orders_count as f64,
        )
    };
    let check = |what: &str, (seen, orders): (f64, f64), odds: f64| {
        share_agrees(what, seen, orders, odds / (1.0 + odds));
    };
    let weights = "{per-money: 0.1, per-day: 0.5}";
    check("alike", share("0", "24 h", weights), 1.0 / 3.0);
    check("dearer by 8", share("8", "24 h", weights), (-0.8_f64).exp() / 3.0);
    check("two days later", share("0", "72 h", weights), (-1.0_f64).exp() / 3.0);
    check("dearer, and a day sooner", share("8", "0 h", weights), (-0.8 + 0.5_f64).exp() / 3.0);
    check("nobody looks at it", share("8", "72 h", "{per-money: 0, per-day: 0}"), 1.0 / 3.0);
}

/// Three carriers of one method: the second is dearer by 8 than the first and two days earlier, the third is dearer and
/// later than both and no offer. Whoever took the dearer one is served by it.
#[test]
fn offers_that_no_other_beats_are_chosen_as_the_logit_says() {
    let with = |offers: &str, choice: &str| {
        let carrier = |name: &str, time: &str, price: u32| {
            format!(
                "{{name: {name}, last-mile: {time}, last-mile-per-100km: 0 s, attempts: 1, attempt-failure: 0%, \
                 door-from: \"00:00\", door-to: \"24:00\", \
                 rates: [{{up-to: 9000 km, first-kg: {price}, per-further-kg: 0}}]}}"
            )
        };
        let carriers = [carrier("slow", "58 h", 4), carrier("fast", "10 h", 12), carrier("late", "70 h", 20)];
        let carriers = format!("[{}]", carriers.join(", "));
        let delivery = format!("[{{name: standard, by-day: false, handling: 24 h, offers: {offers}}}]");
        let more =
            [("carriers", carriers.as_str()), ("delivery", delivery.as_str()), ("checkout.choice", choice)];
        submitting(&more, 1)
    };
    let promise_h = |run: &Run| (run.study.outcomes[0].metrics.promise_mean_s() / 3_600.0).floor();
    let run = with("pareto", "{per-money: 0.1, per-day: 0.5}");
    let orders = run.document.orders.submitted as f64;
    let of = |measure: &str| figure(&run.document, "offers", measure);
    let odds = (-0.8_f64 + 1.0).exp();
    share_agrees("dearer", of("took a dearer one") / orders, orders, odds / (1.0 + odds));
    assert_eq!(of("orders with several"), orders);
    assert_eq!(of("surcharges"), 800.0 * of("took a dearer one"));
    let carriers = &run.study.outcomes[0].metrics.carriers;
    let parcels: Vec<f64> = carriers.iter().map(|carrier| carrier.parcels as f64).collect();
    assert_eq!(parcels, [orders - of("took a dearer one"), of("took a dearer one"), 0.0]);
    // A day of handling, half an hour at the hub, and the last mile.
    assert_eq!(promise_h(&with("fastest", "{}")), 34.0);
    assert_eq!(promise_h(&with("cheapest", "{}")), 82.0);
}
