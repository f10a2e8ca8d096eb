//! Do the scenarios of `scenarios/oracles/` end where queueing theory says, through the whole product?
//!
//! Fixed seeds; a check passes within 3.5 standard errors over replications, and only when the standard error is
//! small enough for the check to mean something (its power limit).

mod runs;

use ordermill::experiment::{Estimate, StudyOptions};
use ordermill::kernel::time::Span;
use ordermill::metrics::Phase;
use ordermill::sim::Outcome;

use runs::{Overrides, Run, run_with};

const ERRORS: f64 = 3.5;

fn replications(name: &str, overrides: Overrides<'_>, count: u32) -> Run {
    run_with(name, overrides, &StudyOptions { replications: Some(count), ..StudyOptions::default() })
}

/// `power`: the largest standard error / exact value with which the check is worth anything.
fn agrees(what: &str, values: &[f64], exact: f64, power: f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    println!("{what}: {mean:.5} for {exact:.5}, standard error {error:.5} ({:.2} %)", 100.0 * error / exact);
    assert!(error <= power * exact, "{what}: a standard error of {error} proves nothing about {exact}");
    assert!(
        (mean - exact).abs() <= ERRORS * error,
        "{what}: {mean} is {:.1} standard errors from {exact}",
        (mean - exact).abs() / error
    );
}

/// The share of arrivals that wait in M/M/c with offered load `a` (Erlang C), from Erlang B by recursion:
/// B(k) = a B(k-1) / (k + a B(k-1)), C = B / (1 - rho (1 - B)).
fn erlang_c(servers: u32, load: f64) -> f64 {
    let blocked = (1..=servers).fold(1.0, |blocked, k| load * blocked / (f64::from(k) + load * blocked));
    blocked / (1.0 - load / f64::from(servers) * (1.0 - blocked))
}

/// Mean number in the queue of a station, and utilization, from the warm-up on.
fn after_warm_up(run: &Run, station: &str, outcome: &Outcome) -> (f64, f64) {
    let index = run.model.stations.iter().position(|row| row.name == station).expect("a known station");
    let record = &outcome.stations[index].record;
    assert_eq!((record.from, record.until), (run.model.warm_up, run.model.horizon));
    (record.mean_queue().expect("time passed"), record.utilization().expect("it was staffed"))
}

#[test]
fn erlang_c_is_the_tabulated_one() {
    // The figures in the scenario's own comment, and the M/M/1 case.
    assert!((erlang_c(12, 10.0) - 0.449_388_2).abs() < 1e-7);
    assert!((erlang_c(1, 0.8) - 0.8).abs() < 1e-12);
}

#[test]
fn payment_lanes_queue_as_erlang_says() {
    let run = replications("oracles/payment-mmc", &[("run.horizon", "42 h"), ("run.warm-up", "2 h")], 20);
    let seen: Vec<_> =
        run.study.outcomes.iter().map(|outcome| after_warm_up(&run, "pay @ card", outcome)).collect();
    let rate = 0.5;
    let wait_s = erlang_c(12, 10.0) * 20.0 / (12.0 - 10.0);
    agrees("queue", &seen.iter().map(|row| row.0).collect::<Vec<_>>(), rate * wait_s, 0.025);
    agrees("utilization", &seen.iter().map(|row| row.1).collect::<Vec<_>>(), 10.0 / 12.0, 0.002);
    // Nothing else takes time but the payment itself: 20 s of work and the wait.
    let paid: Vec<f64> =
        run.study.outcomes.iter().map(|outcome| outcome.metrics.phases.times(Phase::Pay).mean_s()).collect();
    agrees("time to pay", &paid, wait_s + 20.0, 0.01);
}

#[test]
fn one_picker_queues_as_pollaczek_and_khinchine_say() {
    let run = replications("oracles/pick-mm1", &[("run.horizon", "620 h"), ("run.warm-up", "20 h")], 20);
    let seen: Vec<_> =
        run.study.outcomes.iter().map(|outcome| after_warm_up(&run, "pick @ Center", outcome)).collect();
    let rho: f64 = 0.8;
    agrees("queue", &seen.iter().map(|row| row.0).collect::<Vec<_>>(), rho * rho / (1.0 - rho), 0.02);
    agrees("utilization", &seen.iter().map(|row| row.1).collect::<Vec<_>>(), rho, 0.005);

    // The same work without spread waits half as long (M/D/1).
    let steady = [("run.horizon", "620 h"), ("run.warm-up", "20 h"), ("floor.pick-per-order", "48 s")];
    let run = replications("oracles/pick-mm1", &steady, 20);
    let seen: Vec<_> =
        run.study.outcomes.iter().map(|outcome| after_warm_up(&run, "pick @ Center", outcome).0).collect();
    agrees("queue of equal work", &seen, rho * rho / (2.0 * (1.0 - rho)), 0.02);
}

/// As many replications as make the check strong, each small: 60 parcels an hour, 10 h on the way.
#[test]
fn parcels_under_way_are_poisson_whatever_the_law() {
    let exponential = "[{name: post, last-mile: {exponential: {mean: 10 h}}, last-mile-per-100km: 0 s, \
                       attempts: 1, attempt-failure: 0%, door-from: \"00:00\", door-to: \"24:00\"}]";
    for carriers in [None, Some(exponential)] {
        let mut overrides = vec![("arrivals.constant.rate", "60/h"), ("run.horizon", "100 h")];
        overrides.extend(carriers.map(|carriers| ("carriers", carriers)));
        let run = replications("oracles/transit-mginf", &overrides, 60);
        let under_way: Vec<f64> = run
            .study
            .outcomes
            .iter()
            .map(|outcome| {
                let phases = &outcome.metrics.phases;
                (phases.entered_count(Phase::LastMile) - phases.left_count(Phase::LastMile)) as f64
            })
            .collect();
        agrees("under way", &under_way, 600.0, 0.01);
        // Poisson: the variance is the mean. 59 degrees of freedom: within 1/2 and 2 with more than 99.9 %.
        let mean = under_way.iter().sum::<f64>() / 60.0;
        let variance = under_way.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / 59.0;
        assert!((0.5..2.0).contains(&(variance / mean)), "variance / mean = {}", variance / mean);
    }
}

/// All parcels arrive: their times have the mean and the tail of the law that the planner wrote.
#[test]
fn last_mile_times_follow_the_law_that_was_written() {
    let overrides = [
        ("arrivals.constant.duration", "20 h"),
        ("arrivals.constant.rate", "300/h"),
        ("run.horizon", "400 h"),
        ("run.warm-up", "0 s"),
    ];
    let run = replications("oracles/transit-mginf", &overrides, 10);
    let last_mile = |outcome: &Outcome| outcome.metrics.phases.times(Phase::LastMile).clone();
    let means: Vec<f64> = run.study.outcomes.iter().map(|outcome| last_mile(outcome).mean_s()).collect();
    agrees("mean", &means, 36_000.0, 0.005);
    // Lognormal of mean 10 h and cv 0.8: sigma^2 = ln(1 + cv^2), median = mean / sqrt(1 + cv^2); z(0.9) = 1.28155.
    let sigma = 1.64_f64.ln().sqrt();
    let q90_s = 36_000.0 / 1.64_f64.sqrt() * (1.281_551_6 * sigma).exp();
    let q90 = Span::from_secs_f64(q90_s);
    let shares: Vec<f64> =
        run.study.outcomes.iter().map(|outcome| last_mile(outcome).share_within(q90)).collect();
    agrees("share within the 90 % quantile", &shares, 0.9, 0.005);
    assert!(run.study.outcomes.iter().all(|outcome| outcome.open() == 0), "some parcel is still under way");
}

/// M/M/c+M (Erlang A) as the birth-death chain that it is (Mandelbaum and Zeltyn, "Service engineering in action: the
/// Palm/Erlang-A queue", 2007, section 3): rates in 1/s; the mean queue and the mean number of busy servers.
fn erlang_a(arrivals: f64, servers: u32, service: f64, patience: f64) -> (f64, f64) {
    let (mut weight, mut total, mut queue, mut busy) = (1.0, 0.0, 0.0, 0.0);
    for present in 0..2_000u32 {
        let (served, waiting) = (present.min(servers), present.saturating_sub(servers));
        total += weight;
        queue += weight * f64::from(waiting);
        busy += weight * f64::from(served);
        let (served, waiting) = ((present + 1).min(servers), (present + 1).saturating_sub(servers));
        weight *= arrivals / (f64::from(served) * service + f64::from(waiting) * patience);
    }
    (queue / total, busy / total)
}

#[test]
fn erlang_a_lies_between_loss_and_delay() {
    // Without patience it is Erlang B: 10 erlang on 10 servers lose 0.2145822 of the calls.
    let (_, busy) = erlang_a(1.0, 10, 0.1, 1e12);
    assert!((1.0 - busy / 10.0 - 0.214_582_2).abs() < 1e-6, "{busy}");
    // With patience without end it is Erlang C.
    let (queue, busy) = erlang_a(1.0, 12, 0.1, 1e-12);
    assert!((queue - erlang_c(12, 10.0) * 10.0 / 2.0).abs() < 1e-6, "{queue}");
    assert!((busy - 10.0).abs() < 1e-6, "{busy}");
}

/// With more callers than the agents can serve, too: what keeps the queue finite is who leaves it.
#[test]
fn the_phone_queues_and_loses_callers_as_erlang_a_says() {
    for (rate_h, agents) in [(120.0, 10), (150.0, 9), (90.0, 9)] {
        let (rate, staff) = (format!("{rate_h}/h"), agents.to_string());
        let overrides = [
            ("arrivals.constant.rate", rate.as_str()),
            ("service.phone.agents", staff.as_str()),
            ("run.horizon", "320 h"),
        ];
        let run = replications("oracles/phone-erlang-a", &overrides, 20);
        let arrivals = rate_h / 3_600.0;
        let (queue, busy) = erlang_a(arrivals, agents, 1.0 / 300.0, 1.0 / 240.0);
        let seen: Vec<_> =
            run.study.outcomes.iter().map(|outcome| after_warm_up(&run, "phone", outcome)).collect();
        agrees("callers who wait", &seen.iter().map(|row| row.0).collect::<Vec<_>>(), queue, 0.02);
        let used = busy / f64::from(agents);
        agrees("utilization", &seen.iter().map(|row| row.1).collect::<Vec<_>>(), used, 0.005);
        // Of those who come, theta x queue leave: the share that hangs up.
        let abandoned: Vec<f64> = (run.study.outcomes.iter())
            .map(|outcome| {
                let phone = &outcome.metrics.service.phone;
                phone.abandoned as f64 / phone.came() as f64
            })
            .collect();
        agrees("abandoned", &abandoned, queue / 240.0 / arrivals, 0.02);
        // Everybody's wait, those who hung up included: by Little's law.
        let waited: Vec<f64> = (run.study.outcomes.iter())
            .map(|outcome| {
                let phone = &outcome.metrics.service.phone;
                (phone.waits.sum_us() + phone.abandoned_us) as f64 / 1e6 / phone.came() as f64
            })
            .collect();
        agrees("wait", &waited, queue / arrivals, 0.02);
    }
}

#[test]
fn chats_queue_as_erlang_says() {
    let run = replications("oracles/chat-mmc", &[("run.horizon", "420 h")], 20);
    let seen: Vec<_> =
        run.study.outcomes.iter().map(|outcome| after_warm_up(&run, "chat", outcome)).collect();
    let (rate, load) = (200.0 / 3_600.0, 200.0 / 6.0);
    let wait_s = erlang_c(40, load) * 600.0 / (40.0 - load);
    agrees("utilization", &seen.iter().map(|row| row.1).collect::<Vec<_>>(), load / 40.0, 0.005);
    agrees("chats that wait", &seen.iter().map(|row| row.0).collect::<Vec<_>>(), rate * wait_s, 0.05);
    // Forty slots of ten agents cost ten wages.
    let outcome = &run.study.outcomes[0];
    let paid = outcome.metrics.costs.of(ordermill::metrics::CostLine::ChatLabor);
    assert_eq!(paid, 10.0 * 1_600.0 * 420.0);
}

/// The interval that the report prints covers the exact value as often as it says, give or take.
#[test]
fn intervals_cover_the_exact_value() {
    let run = replications("oracles/payment-mmc", &[("run.horizon", "6 h"), ("run.warm-up", "1 h")], 100);
    let exact = 10.0 / 12.0;
    let values: Vec<f64> =
        run.study.outcomes.iter().map(|outcome| after_warm_up(&run, "pay @ card", outcome).1).collect();
    let groups = values.chunks(5).map(|group| Estimate::of(group, 0.9));
    let covered = groups.filter(|estimate| estimate.low() <= exact && exact <= estimate.high()).count();
    // Binomial of 20 draws at 0.9: 14 or fewer have a chance of 1 in 88.
    assert!((15..=20).contains(&covered), "{covered} of 20 intervals at 90 % cover the exact value");
}
