//! One station or one stream: checks 1 to 5 and 9 to 12.

use ordermill::kernel::calendar::{Calendar, Class};
use ordermill::kernel::draw::{Draw, Purpose};
use ordermill::kernel::law::Law;
use ordermill::kernel::rate::Rate;
use ordermill::kernel::station::{Admission, Discipline, Job, Start, Station, StationRecord};
use ordermill::kernel::time::{Moment, Span};

use super::models::SERVICE;
use super::theory::*;

const SECOND: Span = Span::from_secs(1);

/// Poisson arrivals at one station.
struct Single {
    per_second: f64,
    law: Law,
    station: Station,
    customers: u64,
}

/// What became of one customer that was served, and how many were there when it came.
struct Seen {
    number: u64,
    found: u32,
    waited_s: f64,
    sojourn_s: f64,
}

const ARRIVE: u64 = u64::MAX;

impl Single {
    fn new(per_second: f64, law: Law, station: Station) -> Single {
        Single { per_second, law, station, customers: CUSTOMERS }
    }

    /// Runs one replication, from empty to empty. `rank` names each customer's class, `seen` is told
    /// of everyone served after the warm-up. Returns the record from the end of the warm-up to the
    /// last arrival.
    fn run(&self, draw: Draw, rank: impl Fn(u64) -> u32, mut seen: impl FnMut(Seen)) -> StationRecord {
        let (mut calendar, mut station) = (Calendar::new(), self.station.clone());
        let mut arrivals = Rate::constant(self.per_second * 3600.0).arrivals(draw.source("arrivals"));
        let mut found: Vec<u32> = Vec::new();
        let (mut warm, mut last) = (None, None);
        calendar.push(arrivals.next().expect("the rate never ends"), Class::Arrival, ARRIVE);
        while let Some((now, event)) = calendar.pop() {
            let started = if event == ARRIVE {
                let number = found.len() as u64;
                if number == WARM_UP {
                    warm = Some(station.record(now));
                }
                if number + 1 < WARM_UP + self.customers {
                    calendar.push(arrivals.next().expect("the rate never ends"), Class::Arrival, ARRIVE);
                } else {
                    last = Some(station.record(now));
                }
                found.push(station.number() as u32);
                let work = self.law.span(draw.uniform(SERVICE, number, 0));
                match station.admit(now, Job { token: number, work, rank: rank(number) }) {
                    Admission::Started(start) => Some(start),
                    Admission::Queued | Admission::Refused => None,
                }
            } else {
                station.complete(now)
            };
            if let Some(Start { token, done, waited }) = started {
                calendar.push(done, Class::Completion, token);
                if WARM_UP <= token {
                    let waited_s = waited.as_secs_f64();
                    let sojourn_s = waited_s + done.since(now).as_secs_f64();
                    seen(Seen { number: token, found: found[token as usize], waited_s, sojourn_s });
                }
            }
        }
        station.check_little(calendar.now()).expect("Little's law is an identity");
        last.expect("there was a last arrival").since(&warm.expect("there was a warm-up"))
    }
}

/// One row per replication, turned into one column per quantity. Each check has its own seed, so one
/// sequence of arrivals is not tried twenty times.
fn columns<const N: usize>(seed: u64, mut replicate: impl FnMut(Draw) -> [f64; N]) -> [Vec<f64>; N] {
    let rows: Vec<[f64; N]> = (0..REPLICATIONS).map(|index| replicate(Draw::new(seed, index))).collect();
    std::array::from_fn(|column| rows.iter().map(|row| row[column]).collect())
}

fn exponential() -> Law {
    Law::exponential(SECOND)
}

fn fifo(servers: u32) -> Station {
    Station::new(servers, Discipline::Fifo)
}

/// 1: M/M/1. The sojourn is exponential of rate mu - lambda.
#[test]
fn mm1_sojourns_are_exponential() {
    // The hundredth beyond p99 comes in bursts, so its limit is wider.
    for (rho, limit, p99_limit) in [(0.5, 0.003, 0.015), (0.8, 0.005, 0.04), (0.9, 0.01, 0.08)] {
        let model = Single::new(rho, exponential(), fifo(1));
        let exact = 1.0 / (1.0 - rho);
        let [mean, above_median, above_p99] = columns(1, |draw| {
            let (mut mean, mut above_median, mut above_p99) = <(Mean, Mean, Mean)>::default();
            model.run(
                draw,
                |_| 0,
                |seen| {
                    mean.add(seen.sojourn_s);
                    above_median.add_if(std::f64::consts::LN_2 * exact < seen.sojourn_s);
                    above_p99.add_if(100f64.ln() * exact < seen.sojourn_s);
                },
            );
            [mean.get(), above_median.get(), above_p99.get()]
        });
        agree(&format!("M/M/1 rho {rho}: W"), exact, limit, &mean);
        agree(&format!("M/M/1 rho {rho}: beyond p50"), 0.5, limit, &above_median);
        agree(&format!("M/M/1 rho {rho}: beyond p99"), 0.01, p99_limit, &above_p99);
    }
}

/// 2: M/M/c, Erlang C. At the mean wait of those who wait, the tail has fallen to C / e. With 100
/// servers waits come in long bursts, hence more customers.
#[test]
fn mmc_waits_follow_erlang_c() {
    for (servers, rho, limit) in [(2, 0.7, 0.005), (4, 0.7, 0.01), (16, 0.8, 0.01), (100, 0.9, 0.01)] {
        let load = rho * f64::from(servers);
        let mut model = Single::new(load, exponential(), fifo(servers));
        model.customers *= if servers == 100 { 4 } else { 1 };
        let (share, spare) = (erlang_c(servers, load), f64::from(servers) - load);
        let [waits, wait, tail, used] = columns(2, |draw| {
            let (mut waits, mut wait, mut tail) = <(Mean, Mean, Mean)>::default();
            let record = model.run(
                draw,
                |_| 0,
                |seen| {
                    waits.add_if(0.0 < seen.waited_s);
                    wait.add(seen.waited_s);
                    tail.add_if(1.0 / spare < seen.waited_s);
                },
            );
            [waits.get(), wait.get(), tail.get(), record.utilization().expect("servers are offered")]
        });
        agree(&format!("M/M/{servers}: P(wait)"), share, limit, &waits);
        agree(&format!("M/M/{servers}: Wq"), share / spare, 2.0 * limit, &wait);
        agree(&format!("M/M/{servers}: P(Wq > t)"), share / std::f64::consts::E, 2.0 * limit, &tail);
        agree(&format!("M/M/{servers}: utilization"), rho, limit, &used);
    }
}

/// 3: M/G/c/c, Erlang B: the share refused depends on the mean of the service only.
#[test]
fn refusals_follow_erlang_b_whatever_the_law() {
    let laws = [exponential(), Law::constant(SECOND), Law::lognormal_by_mean(SECOND, 1.5)];
    for (law, name) in laws.into_iter().zip(["exponential", "constant", "lognormal"]) {
        let model = Single::new(9.0, law, Station::loss(10));
        let [refused] = columns(3, |draw| {
            let record = model.run(draw, |_| 0, |_| {});
            [record.refused as f64 / (record.refused + record.arrivals) as f64]
        });
        agree(&format!("M/{name}/10/10: refused"), erlang_b(10, 9.0), 0.005, &refused);
    }
}

/// 4: M/G/1, Pollaczek-Khinchine.
#[test]
fn mg1_waits_follow_pollaczek_khinchine() {
    let rows = [
        ("constant", Law::constant(SECOND), 0.01),
        ("exponential", exponential(), 0.01),
        ("Erlang-4", Law::erlang(4, SECOND), 0.01),
        ("lognormal cv 2", Law::lognormal_by_mean(SECOND, 2.0), 0.02),
    ];
    for (name, law, limit) in rows {
        let rho = 0.7;
        let second_moment = law.variance_secs() + law.mean_secs() * law.mean_secs();
        let model = Single::new(rho, law, fifo(1));
        let [wait] = columns(4, |draw| {
            let mut wait = Mean::default();
            model.run(draw, |_| 0, |seen| wait.add(seen.waited_s));
            [wait.get()]
        });
        agree(&format!("M/{name}/1: Wq"), rho * second_moment / (2.0 * (1.0 - rho)), limit, &wait);
    }
}

/// 5: three non-preemptive priority classes, Cobham 1954.
#[test]
fn priority_waits_follow_cobham() {
    const CLASS: Purpose = Purpose::named("class");
    let (rho, shares) = (0.75, [0.2, 0.3, 0.5]);
    let model = Single::new(rho, exponential(), Station::new(1, Discipline::Priority));
    let waits = columns::<3>(5, |draw| {
        let class = |number| match draw.uniform(CLASS, number, 0) {
            u if u < 0.2 => 0,
            u if u < 0.5 => 1,
            _ => 2,
        };
        let mut waits = [Mean::default(); 3];
        model.run(draw, class, |seen| waits[class(seen.number) as usize].add(seen.waited_s));
        waits.map(|wait| wait.get())
    });
    let mut above = 0.0; // Load of the higher classes.
    for (class, share) in shares.into_iter().enumerate() {
        let with = above + rho * share;
        // W0 = lambda E[S^2] / 2, and E[S^2] = 2.
        let exact = rho / ((1.0 - above) * (1.0 - with));
        agree(&format!("priority class {class}: Wq"), exact, 0.01, &waits[class]);
        above = with;
    }
}

/// Earliest due date with arrival times as due keys is first come, first served.
#[test]
fn due_keys_that_rise_are_first_come_first_served() {
    let run = |discipline, keys: fn(u64) -> u32| {
        let mut waits = Vec::new();
        let model = Single::new(0.8, exponential(), Station::new(1, discipline));
        model.run(Draw::new(5, 0), keys, |seen| waits.push(seen.waited_s));
        waits
    };
    let fifo = run(Discipline::Fifo, |_| 0);
    assert!(fifo == run(Discipline::EarliestDue, |number| number as u32));
    assert!(fifo == run(Discipline::EarliestDue, |_| 0));
    assert!(fifo == run(Discipline::Priority, |_| 7));
    assert!(fifo != run(Discipline::EarliestDue, |number| (number as u32) ^ 1));
}

/// 9: parcels in transit, M/G/inf: the number is Poisson whatever the transit law.
#[test]
fn parcels_in_transit_are_poisson() {
    for law in [Law::lognormal_by_mean(SECOND, 1.0), Law::weibull(2.0, SECOND), Law::constant(SECOND)] {
        let per_second = 50.0;
        let exact = per_second * law.mean_secs();
        let model = Single::new(per_second, law, Station::unlimited());
        let [mean, variance] = columns(9, |draw| {
            let (mut found, mut squares) = <(Mean, Mean)>::default();
            // Poisson arrivals see time averages.
            let record = model.run(
                draw,
                |_| 0,
                |seen| {
                    found.add(f64::from(seen.found));
                    squares.add(f64::from(seen.found) * f64::from(seen.found));
                },
            );
            assert_eq!((record.utilization(), record.area_queue), (None, 0));
            let mean = record.mean_number().expect("time has passed");
            [mean, squares.get() - found.get() * found.get()]
        });
        agree("in transit: mean", exact, 0.003, &mean);
        agree("in transit: variance", exact, 0.03, &variance);
    }
}

/// 10: a day's ramp to 30 times the rate and back, M_t/G/inf:
/// m(t) = integral of lambda(t - u) P(S > u) du (Eick, Massey and Whitt 1993, theorem 1).
#[test]
fn the_ramp_of_a_peak_day_is_followed() {
    let hour = |hour: u64| Moment::ZERO + Span::from_hours(hour);
    let steps: Vec<(Moment, f64)> = (0..26)
        .map(|at| (hour(at), [9_000.0, 9_000.0, 30_000.0, 3_000.0][at as usize % 4]))
        .chain([(hour(26), 0.0)])
        .collect();
    let rate = Rate::steps(&steps);
    let mean_s = 3_000.0;
    let laws = [Law::exponential(Span::from_secs(3_000)), Law::constant(Span::from_secs(3_000))];
    for (law, constant) in laws.into_iter().zip([false, true]) {
        let present = columns::<24>(10, |draw| {
            let mut due = [0.0; 24];
            for (number, at) in rate.arrivals(draw.source("orders")).enumerate() {
                let done = at + law.span(draw.uniform(SERVICE, number as u64, 0));
                for (checkpoint, count) in due.iter_mut().enumerate() {
                    let moment = hour(checkpoint as u64 + 2);
                    *count += f64::from(u8::from(at <= moment && moment < done));
                }
            }
            due
        });
        for (checkpoint, present) in present.iter().enumerate() {
            let moment = hour(checkpoint as u64 + 2);
            let exact = if constant {
                rate.mean(Moment(moment.0 - 3_000_000_000), moment)
            } else {
                // Each hour's arrivals decay; closed form per step.
                let decay = |at: Moment| (-moment.since(at).as_secs_f64() / mean_s).exp();
                let hours = 0..checkpoint as u64 + 2;
                hours
                    .map(|h| rate.at(hour(h)) / 3600.0 * mean_s * (decay(hour(h + 1)) - decay(hour(h))))
                    .sum()
            };
            agree(&format!("ramp, hour {}", checkpoint + 2), exact, 0.01, present);
        }
    }
}

/// 11: base stock with backorders: on order is Poisson whatever the lead time (Palm 1938), so the
/// share served from the shelf is P(Poisson < S).
#[test]
fn base_stock_fills_by_palm() {
    let (mean, base_stock) = (20.0, 24);
    for law in [Law::constant(SECOND), Law::gamma(0.5, SECOND)] {
        let model = Single::new(mean, law, Station::unlimited());
        let [filled] = columns(11, |draw| {
            let mut filled = Mean::default();
            model.run(draw, |_| 0, |seen| filled.add_if(seen.found < base_stock));
            [filled.get()]
        });
        agree("fill rate", poisson_below(mean, base_stock), 0.005, &filled);
    }
}

/// 12: arrivals of a changing rate: counts per bin are Poisson of the bin's integral.
#[test]
fn counts_per_bin_are_poisson() {
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    let minute = |minute: u64| Moment::ZERO + Span::from_minutes(minute);
    let steps: Vec<(Moment, f64)> =
        (0..96).map(|at| (minute(15 * at), 400.0 + 390.0 * (at as f64 / 15.0).sin())).collect();
    let rate = Rate::steps(&steps);
    let (mut statistic, mut bins) = (0.0, 0.0);
    for index in 0..REPLICATIONS {
        // Ten-minute bins straddle the steps of the rate.
        let mut counts = [0.0; 144];
        rate.arrivals(Draw::new(12, index).source("orders"))
            .take_while(|&at| at < minute(1440))
            .for_each(|at| counts[(at.0 / minute(10).0) as usize] += 1.0);
        for (bin, count) in counts.iter().enumerate() {
            let exact = rate.mean(minute(10 * bin as u64), minute(10 * bin as u64 + 10));
            if 5.0 <= exact {
                statistic += (count - exact) * (count - exact) / exact;
                bins += 1.0;
            }
        }
    }
    let p = ChiSquared::new(bins).expect("some bins").sf(statistic);
    println!("arrivals per bin: chi-square {statistic:.1} over {bins} bins, p {p:.3}");
    assert!((0.001..0.999).contains(&p), "p {p}");
}
