//! Sessions: every visitor from the door to the till, against closed forms of the funnel, and each lever of the shop.

use ordermill::report::Document;

use super::runs::Run;
use super::{figure, lost, play, refusal, share_agrees};

/// Visitors who look once at one category without haste, in a shop whose machines take no time.
const PLAIN: &[(&str, &str)] = &[
    ("demand", "sessions"),
    ("run.horizon", "60 h"),
    ("run.warm-up", "0 s"),
    ("arrivals.constant.duration", "40 h"),
    ("shop.cart-abandonment", "30%"),
    ("catalog.synthetic.skus", "400"),
    ("catalog.synthetic.price-sigma", "0.5"),
    (
        "storefront.segments",
        "[{name: all, share: 100%, searchers: 0%, persistence: 0%, price-sensitivity: 0}]",
    ),
    ("storefront.page.work", "0 s"),
    ("storefront.search.work", "0 s"),
    ("storefront.network", "0 s"),
    ("storefront.assets", "0"),
    ("storefront.tau", "1 d"),
    ("storefront.results", "100"),
    ("storefront.scan", "100%"),
    ("storefront.click", "50%"),
    ("storefront.click-other", "0%"),
    ("storefront.add", "40%"),
    ("storefront.ratings.effect", "0"),
    ("storefront.recommend.exposure", "0%"),
];

/// Shoppers who search, click and buy in a shop as it comes.
const USUAL: &[(&str, &str)] = &[
    ("demand", "sessions"),
    ("run.horizon", "60 h"),
    ("run.warm-up", "0 s"),
    ("arrivals.constant.rate", "200/h"),
    ("arrivals.constant.duration", "40 h"),
    ("shop.cart-abandonment", "30%"),
    ("shop.think-time", "{exponential: {mean: 20 s}}"),
    ("catalog.synthetic.skus", "2000"),
    ("catalog.synthetic.skew", "0.8"),
    ("catalog.synthetic.price-sigma", "0.5"),
    ("stock.cover", "20"),
];

fn visit(base: &[(&str, &str)], more: &[(&str, &str)]) -> Run {
    play("oracles/base", &[base, more].concat(), 1)
}

fn conversion(document: &Document) -> f64 {
    figure(document, "visits", "conversion")
}

#[test]
fn the_funnel_is_that_of_the_closed_form() {
    // A page takes 2 s to reach the screen; of its readers exp(-(2 / 10)^2) stay.
    let slow = [("storefront.network", "2 s"), ("storefront.tau", "10 s"), ("storefront.beta", "2")];
    for (more, stay) in [(&[][..], 1.0), (&slow[..], (-0.04f64).exp())] {
        let document = visit(PLAIN, more).document;
        let step = |name: &str| figure(&document, "visits", name);
        let came = step("came");
        assert!(20_000.0 < came, "{came} visitors");
        let (list, goods) = (stay, stay * 0.5 * stay);
        for (name, exact) in
            [("saw goods", goods), ("filled a cart", goods * 0.4), ("ordered", goods * 0.4 * 0.7)]
        {
            share_agrees(name, step(name) / came, came, exact);
        }
        let gone_slow = came * (1.0 - list) + came * list * 0.5 * (1.0 - stay);
        let slow_pages = lost(&document, "lost-to-slow-pages") as f64;
        assert!(
            (slow_pages - gone_slow).abs() <= 3.5 * gone_slow.sqrt() + 0.5,
            "{slow_pages} for {gone_slow}"
        );
        // Everybody who came is somewhere.
        let elsewhere = lost(&document, "lost-browsing") as f64 + lost(&document, "lost-in-cart") as f64;
        assert_eq!(came, step("ordered") + slow_pages + elsewhere);
        assert_eq!(step("ordered"), document.orders.submitted as f64);
    }
}

/// 20 % of visitors fill a cart and 70 % of carts are ordered, counted or simulated.
#[test]
fn orders_and_sessions_agree_on_conversion_and_on_orders_an_hour() {
    let calibrated = [
        ("shop.cart-rate", "20%"),
        ("arrivals", "{profile: {orders: 4000, duration: 40 h, shape: [1, 2, 4, 1]}}"),
        ("run.interval", "1 h"),
    ];
    let run = |demand: &str| {
        let more = [&calibrated[..], &[("demand", demand)][..]].concat();
        visit(
            &PLAIN.iter().copied().filter(|pair| !pair.0.starts_with("arrivals")).collect::<Vec<_>>(),
            &more,
        )
    };
    let (orders, sessions) = (run("orders"), run("sessions"));
    let conversions = [&orders, &sessions].map(|run| {
        let submitted = run.document.orders.submitted as f64;
        let lost: f64 = ["lost-browsing", "lost-in-cart", "lost-to-slow-pages"]
            .iter()
            .map(|name| lost(&run.document, name) as f64)
            .sum();
        share_agrees("conversion", submitted / (submitted + lost), submitted + lost, 0.14);
        (submitted, submitted + lost)
    });
    let [(ordered, visitors), (ordered_too, visitors_too)] = conversions;
    let apart = |a: f64, b: f64| (a - b).abs() / (a + b).sqrt();
    assert!(apart(visitors, visitors_too) < 3.5, "{visitors} and {visitors_too} visitors");
    assert!(apart(ordered, ordered_too) < 3.5, "{ordered} and {ordered_too} orders");
    // Chi-square of 40 hours, 3.5 standard deviations above its mean.
    let hourly = |run: &Run| run.study.outcomes[0].metrics.submitted_by_interval[..40].to_vec();
    let square = |(a, b): (u64, u64)| (a as f64 - b as f64).powi(2) / (a + b).max(1) as f64;
    let sum: f64 = hourly(&orders).into_iter().zip(hourly(&sessions)).map(square).sum();
    assert!(sum < 40.0 + 3.5 * 80f64.sqrt(), "chi-square of hours {sum}");
}

#[test]
fn a_page_that_loads_in_half_the_time_sells_more() {
    let with =
        |work: &str| visit(USUAL, &[("storefront.page.work", work), ("storefront.tau", "15 s")]).document;
    let (slow, fast) = (with("4 s"), with("2 s"));
    let p50 = |document: &Document| figure(document, "load of page", "p50");
    assert!(p50(&fast) + 1.8 < p50(&slow), "{} and {}", p50(&fast), p50(&slow));
    assert!(1.1 * conversion(&slow) < conversion(&fast), "{} and {}", conversion(&slow), conversion(&fast));
}

#[test]
fn a_peak_slows_pages_and_costs_orders() {
    let with = |servers: &str| {
        let machines = [
            ("storefront.page", format!("{{servers: {servers}, work: {{exponential: {{mean: 2 s}}}}}}")),
            ("storefront.tau", "60 s".to_owned()),
        ];
        visit(USUAL, &machines.each_ref().map(|(path, value)| (*path, value.as_str()))).document
    };
    // 200 visitors an hour ask for some two pages each: 0.2 servers at work.
    let (ample, one) = (with("50"), with("1"));
    let p95 = |document: &Document| figure(document, "load of page", "p95");
    assert!(p95(&ample) < p95(&one), "{} and {}", p95(&ample), p95(&one));
    assert!(conversion(&one) < conversion(&ample));
    let station = |document: &Document| {
        document.stations.iter().find(|row| row.station == "page").expect("a station").utilization_ratio.mean
    };
    assert!(10.0 * station(&ample) < station(&one));
}

#[test]
fn search_quality_moves_conversion() {
    let with = |more: &[(&str, &str)]| {
        let searchers = "[{name: all, share: 100%, searchers: 100%}]";
        let shop = [
            ("storefront.segments", searchers),
            ("catalog.synthetic.skus", "20000"),
            ("storefront.scan", "80%"),
        ];
        visit(USUAL, &[&shop[..], more].concat()).document
    };
    let of = |document: &Document, measure: &str| figure(document, "search", measure);
    let exact = with(&[("storefront.search.noise", "0"), ("storefront.search.typos", "0%")]);
    let noisy = with(&[("storefront.search.noise", "20"), ("storefront.search.typos", "0%")]);
    assert!(of(&noisy, "mean reciprocal rank") < 0.8 * of(&exact, "mean reciprocal rank"));
    assert!(conversion(&noisy) < 0.9 * conversion(&exact));
    assert!(of(&exact, "searches for 100 orders") < of(&noisy, "searches for 100 orders"));
    assert_eq!(of(&exact, "without a result"), 0.0, "all words stand in the title that is wanted");
    let slips = with(&[("storefront.search.noise", "0"), ("storefront.search.typos", "60%")]);
    assert!(0.02 < of(&slips, "without a result"), "{}", of(&slips, "without a result"));
    assert!(conversion(&slips) < conversion(&exact));
    let plain = [("storefront.search.noise", "0"), ("storefront.search.other-words", "100%")];
    let (known, unknown) =
        (with(&plain), with(&[&plain[..], &[("storefront.search.synonyms", "false")]].concat()));
    assert!(of(&unknown, "found what was wanted") < 0.9 * of(&known, "found what was wanted"));
}

#[test]
fn a_larger_cache_holds_more_images_and_pages_load_sooner() {
    let with = |cache: &str| {
        visit(
            USUAL,
            &[("storefront.cache", cache), ("storefront.asset-miss", "2 s"), ("storefront.network", "0 s")],
        )
        .document
    };
    let held = |document: &Document| figure(document, "images", "found in the cache");
    let (none, some, all) = (with("0"), with("1000"), with("1000000"));
    assert_eq!(held(&none), 0.0);
    assert!(held(&none) < held(&some) && held(&some) < held(&all) && held(&all) < 1.0);
    let p50 = |document: &Document| figure(document, "load of page", "p50");
    assert!(p50(&all) < p50(&none));
    assert!(conversion(&none) < conversion(&all));
}

const PAIRS: &[(&str, &str)] = &[
    ("basket.lines", "[0, 1]"),
    ("arrivals.constant.rate", "400/h"),
    ("catalog.synthetic.skus", "300"),
    ("storefront.together", "100%"),
    ("storefront.add", "80%"),
    ("storefront.recommend.within", "10 s"),
    ("storefront.recommend.accept", "50%"),
];

#[test]
fn recommendations_are_learned_and_raise_the_basket() {
    let with = |more: &[(&str, &str)]| visit(USUAL, &[PAIRS, more].concat()).document;
    let (on, off) = (with(&[]), with(&[("storefront.recommend.exposure", "0%")]));
    let of = |document: &Document, measure: &str| figure(document, "recommendations", measure);
    let goods = |document: &Document| figure(document, "basket", "goods");
    assert_eq!((of(&off, "seen"), of(&off, "orders with one")), (0.0, 0.0));
    assert!(0.05 < of(&on, "orders with one"), "{}", of(&on, "orders with one"));
    assert!(1.05 * goods(&off) < goods(&on), "uplift from {} to {}", goods(&off), goods(&on));
    // Held-out lines: one of three companions, or its like among many.
    assert!(0.3 < of(&off, "hit a line held out"), "{}", of(&off, "hit a line held out"));
    let chance = with(&[("storefront.together", "0%"), ("storefront.recommend.exposure", "0%")]);
    assert!(of(&chance, "hit a line held out") < 0.5 * of(&off, "hit a line held out"));
    let forgetful = with(&[("storefront.recommend.window", "20"), ("storefront.recommend.exposure", "0%")]);
    assert!(of(&forgetful, "hit a line held out") < 0.7 * of(&off, "hit a line held out"));
    // Too late is not seen.
    let late = with(&[("storefront.recommend.work", "20 s")]);
    assert_eq!(of(&late, "seen"), 0.0);
    assert!(0.0 < of(&late, "too late"));
}

#[test]
fn what_buyers_write_moves_what_later_shoppers_buy() {
    let written = |effect: &str, weight: &str| {
        let ratings =
            format!("{{writers: 100%, spread: 1.5, prior: 3, prior-weight: {weight}, effect: {effect}}}");
        let alike = "[{name: all, share: 100%, price-sensitivity: 0}]";
        visit(
            USUAL,
            &[
                ("storefront.ratings", &ratings),
                ("storefront.segments", alike),
                ("catalog.synthetic.skus", "100"),
                ("storefront.add", "10%"),
            ],
        )
        .document
    };
    let (none, some) = (written("0", "2"), written("1", "2"));
    assert!(100.0 < figure(&none, "ratings", "reviews"));
    // The same reviews of the same orders, unless somebody reads them: the better goods sell more, so stars rise.
    assert!(0.02 + figure(&none, "ratings", "stars, of five") < figure(&some, "ratings", "stars, of five"));
    assert!(1.05 * conversion(&none) < conversion(&some), "{} and {}", conversion(&none), conversion(&some));
    let deaf = written("1", "1000000");
    let moved = (conversion(&deaf) / conversion(&none) - 1.0).abs();
    assert!(moved < 0.01, "a million reviews of the prior outweigh all others, not {moved}");
}

#[test]
fn segments_behave_by_their_own_parameters() {
    let segments = "[{name: patient, share: 70%, patience: 4}, {name: hasty, share: 20%, patience: 0.1}, {name: poor, share: 10%, patience: 4, price-sensitivity: 8}]";
    let document =
        visit(USUAL, &[("storefront.segments", segments), ("arrivals.constant.rate", "1000/h")]).document;
    let of = |segment: &str, measure: &str| figure(&document, &format!("visits of {segment}"), measure);
    let came = figure(&document, "visits", "came");
    for (segment, share) in [("patient", 0.7), ("hasty", 0.2), ("poor", 0.1)] {
        share_agrees(segment, of(segment, "came") / came, came, share);
    }
    assert!(of("hasty", "conversion") < 0.8 * of("patient", "conversion"));
    assert_ne!(of("poor", "conversion"), of("patient", "conversion"));
}

#[test]
fn what_is_ordered_is_what_was_in_the_cart() {
    let run = visit(USUAL, &[("basket.lines", "[1, 1, 1]"), ("basket.quantity", "[2, 1]")]);
    let seen = &run.study.outcomes[0].metrics;
    assert_eq!(seen.lines, seen.storefront.lines);
    assert!(seen.submitted < seen.lines);
    // What went in at the till, and delivery, is what was paid.
    assert_eq!(seen.refused_at_submit, 0);
    let delivery = run.model.methods[0].price.0 * seen.submitted as i64;
    assert_eq!(seen.captured, seen.storefront.goods + delivery);
    // Twice the same, and its memory is that of open visits.
    let again = visit(USUAL, &[("basket.lines", "[1, 1, 1]"), ("basket.quantity", "[2, 1]")]);
    assert_eq!(run.document, again.document);
    assert!(
        figure(&run.document, "visits", "open at one time, at most")
            < 0.02 * figure(&run.document, "visits", "came")
    );
}

#[test]
fn what_does_not_go_with_sessions_is_told() {
    for (more, words) in [
        (("storefront.segments", "[{name: a, share: 50%}, {name: b, share: 40%}]"), "add up to 90.0000 %"),
        (("basket.lines", "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"), "a session's cart holds 12"),
        (("storefront.tau", "-1 s"), "E0206"),
        (("storefront.segments", "[{name: a, share: 50%}, {name: a, share: 50%}]"), "two segments are named"),
    ] {
        let told = refusal(&[("demand", "sessions"), more]);
        assert!(told.contains(words), "{more:?}: {told}");
    }
    let path = super::runs::scenario_path("cdnow-replay");
    let read = ordermill::scenario::read(&path, &super::runs::owned(&[("demand", "sessions")]));
    assert!(read.expect_err("a replay holds no visits").to_string().contains("a replay tells orders"));
}
