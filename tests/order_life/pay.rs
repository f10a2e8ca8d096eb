//! Pay: lanes, rate limits, timeouts, captures that nobody waited for, and ways on to another method.

use super::runs::Run;
use super::{figure, play, refusal, share_agrees, state};

const SHORT: &[(&str, &str)] =
    &[("run.horizon", "30 h"), ("run.warm-up", "0 s"), ("arrivals.constant.duration", "20 h")];

fn paying(methods: &str, more: &[(&str, &str)], replications: u32) -> Run {
    let mut overrides = SHORT.to_vec();
    overrides.push(("payment.methods", methods));
    overrides.extend_from_slice(more);
    play("oracles/base", &overrides, replications)
}

/// Money is in the shop for what was delivered and for nothing else: each order is captured once, net of refunds.
fn captured_once(run: &Run) {
    let money = &run.document.money;
    let net = money.captured_minor - money.refunded_minor;
    assert_eq!(net, money.revenue_minor + money.deposit_minor);
    let price: i64 = run.model.catalog().skus[0].price.0 + run.model.methods[0].price.0;
    let paid = state(&run.document, "completed") as i64;
    assert_eq!(net, paid * price, "every completed order was paid once, and nothing else");
}

/// One request at a time passes the provider's rate: the wait is that of M/D/1 (Pollaczek and Khinchine),
/// rho gap / (2 (1 - rho)).
#[test]
fn a_rate_limit_makes_requests_wait_as_pollaczek_and_khinchine_say() {
    let limited = |limit: &str, burst: u32| {
        let methods = format!(
            "[{{name: card, lanes: 1000, latency: 1 s, success: 100%, rate-limit: {limit}, burst: {burst}}}]"
        );
        let more = [
            ("arrivals.constant.rate", "1800/h"),
            ("run.horizon", "60 h"),
            ("arrivals.constant.duration", "59 h"),
        ];
        paying(&methods, &more, 10)
    };
    let run = limited("2250/h", 1);
    let waits = run.document.life.iter().find(|row| row.measure == "wait for the rate limit").unwrap();
    let (rho, gap_s) = (0.8, 1.6);
    let exact = rho * gap_s / (2.0 * (1.0 - rho));
    // Ten replications: a t-interval of 99 % is 3.25 standard errors wide on each side.
    let half = waits.value.half_width.unwrap();
    assert!(half < 0.05 * exact, "a half-width of {half} proves nothing about {exact}");
    assert!((waits.value.mean - exact).abs() <= 1.1 * half, "{} +- {half} for {exact}", waits.value.mean);
    let wait = |run: &Run| figure(&run.document, "pay @ card", "wait for the rate limit");
    assert!(wait(&limited("2250/h", 20)) < 0.5 * wait(&run), "a burst is admitted at once");
    assert!(wait(&limited("4500/h", 1)) < 0.3 * wait(&run), "a higher rate waits less");
    // No two requests are admitted within a gap: so many at most in the whole run.
    assert!(figure(&run.document, "pay @ card", "requests") <= 59.0 * 2250.0 + 1.0);
}

/// Little's law over the states of orders: as many await payment as come while one answer is on its way. Every order
/// that was submitted is in one state at every instant.
#[test]
fn orders_by_state_over_time_are_all_orders_and_as_many_as_little_says() {
    for minutes in [5, 30] {
        let methods = format!("[{{name: card, lanes: 4000, latency: {minutes} m, success: 100%}}]");
        let more = [
            ("arrivals.constant.rate", "1800/h"),
            ("payment.expiry", "2 h"),
            ("run.horizon", "60 h"),
            ("arrivals.constant.duration", "59 h"),
        ];
        let run = paying(&methods, &more, 1);
        let timeline = &run.document.timeline;
        let waiting = timeline.states.iter().find(|series| series.state == "awaiting-payment").unwrap();
        let hours = |hour: usize| (hour as f64 * 3_600.0 / timeline.interval_s) as usize;
        let settled = &waiting.orders[hours(5)..hours(55)];
        let (mean, little) =
            (settled.iter().sum::<u64>() as f64 / settled.len() as f64, 30.0 * f64::from(minutes));
        assert!(
            (mean / little - 1.0).abs() < 0.02,
            "{mean} wait for {minutes} minutes, Little says {little}"
        );
        let mut submitted = 0;
        for (index, came) in timeline.submitted.iter().take(waiting.orders.len()).enumerate() {
            submitted += came;
            let orders: u64 = timeline.states.iter().map(|series| series.orders[index]).sum();
            assert_eq!(orders, submitted, "at the end of interval {index}");
        }
        assert!(100_000 < submitted);
    }
}

/// With few lanes the payment window closes before the answer is there.
#[test]
fn fewer_lanes_let_more_orders_expire() {
    let expired = |lanes: u32| {
        let methods = format!(
            "[{{name: card, lanes: {lanes}, latency: {{exponential: {{mean: 20 s}}}}, success: 100%}}]"
        );
        let run = paying(&methods, &[("payment.expiry", "2 m"), ("arrivals.constant.rate", "600/h")], 2);
        captured_once(&run);
        state(&run.document, "expired")
    };
    let (few, enough, many) = (expired(3), expired(5), expired(50));
    assert!(many < enough && 2 * enough < few, "{few} with 3 lanes, {enough} with 5, {many} with 50");
}

/// Exponential answers outlast the timeout with probability exp(-timeout / mean), and what was captured all the
/// same goes back when the order is declined by then.
#[test]
fn answers_that_nobody_waited_for_are_captured_once_or_go_back() {
    let method = |timeout: &str, retry: &str| {
        format!(
            "[{{name: card, lanes: 1000, latency: {{exponential: {{mean: 10 s}}}}, success: 100%, retry: {retry}, retry-after: 2 s, timeout: {timeout}}}]"
        )
    };
    let run = paying(&method("20 s", "0%"), &[], 1);
    let (requests, late) =
        (figure(&run.document, "pay @ card", "requests"), figure(&run.document, "pay @ card", "timed out"));
    share_agrees("timed out", late / requests, requests, (-2.0_f64).exp());
    assert_eq!(state(&run.document, "declined") as f64, late, "nobody tries again");
    assert!(0 < run.document.money.refunded_minor, "the money of the declined went back");
    captured_once(&run);

    // Who tries again may be captured twice: the second capture goes back.
    let run = paying(&method("20 s", "99%"), &[], 1);
    assert!(0.0 < figure(&run.document, "pay @ card", "paid twice"));
    captured_once(&run);
    let patient = paying(&method("60 s", "99%"), &[], 1);
    assert!(
        figure(&patient.document, "pay @ card", "paid twice")
            < figure(&run.document, "pay @ card", "paid twice")
    );
}

/// Two in five are captured at once; of the others half go on to a card that takes nine in ten:
/// 0.4 + 0.6 x 0.5 x 0.9 = 0.67.
#[test]
fn a_fallback_saves_the_share_that_the_closed_form_says() {
    let with = |share: &str| {
        let methods = format!(
            "[{{name: wallet, share: 100%, latency: 1 s, success: 40%, retry: 0%, fallback: card, fallback-share: {share}}}, \
             {{name: card, share: 0%, latency: 1 s, success: 90%, retry: 0%}}]"
        );
        let run = paying(&methods, &[], 1);
        captured_once(&run);
        let orders = run.document.orders.submitted as f64;
        (1.0 - state(&run.document, "declined") as f64 / orders, orders, run)
    };
    let (paid, orders, run) = with("50%");
    share_agrees("paid", paid, orders, 0.67);
    let fell = figure(&run.document, "pay @ wallet", "fell back");
    assert_eq!(fell, figure(&run.document, "pay @ card", "requests"));
    share_agrees("fell back", fell / orders, orders, 0.3);
    let (none, orders, _) = with("0%");
    share_agrees("paid without", none, orders, 0.4);
}

/// Whoever falls back to cash on delivery is settled at the door, by the rules of that method.
#[test]
fn a_fallback_to_cash_is_settled_at_the_door() {
    let methods = "[{name: wallet, share: 100%, latency: 1 s, success: 40%, retry: 0%, fallback: cash}, \
                    {name: cash, share: 0%, cash-on-delivery: true, refuse-at-door: 100%}]";
    let run = paying(methods, &[("run.horizon", "300 h"), ("nodes.0.graders", "1000")], 1);
    let orders = run.document.orders.submitted as f64;
    share_agrees("refused at the door", state(&run.document, "undelivered") as f64 / orders, orders, 0.6);
    assert_eq!(state(&run.document, "declined"), 0);
    captured_once(&run);
}

#[test]
fn fallbacks_that_nobody_can_take_are_told() {
    let check = |methods: &str, code: &str, said: &str| {
        let found = refusal(&[("payment.methods", methods)]);
        assert!(found.contains(code) && found.contains(said), "{methods}:\n{found}");
    };
    check("[{name: a, fallback: b}, {name: b, fallback: a}]", "E0308", "go round");
    check("[{name: a, fallback: a}]", "E0308", "go round");
    check(
        "[{name: cash, cash-on-delivery: true, fallback: card}, {name: card}]",
        "E0308",
        "never turned down",
    );
    check("[{name: card, fallback: cart}]", "E0207", "did you mean \"card\"");
    let chain: Vec<String> = (0..10)
        .map(
            |n| if n < 9 { format!("{{name: m{n}, fallback: m{}}}", n + 1) } else { "{name: m9}".to_owned() },
        )
        .collect();
    check(&format!("[{}]", chain.join(", ")), "E0308", "more than 7");
}
