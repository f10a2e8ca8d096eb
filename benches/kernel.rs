//! How many events a second does the kernel run, with its statistics on, beside desque and nexosim?
//!
//! Events are model events: an arrival, or the end of a service. Rates are from CPU time, because a
//! shared machine makes wall time noise. Ours measures more than theirs: every station integrates
//! its queue and servers over time, and each sojourn goes into an HDR histogram.
//! All of it: `cargo bench --features peers --bench kernel`; the table alone: `-- --table`; one quick iteration: `-- --test`.

use std::hint::black_box;

use cpu_time::ProcessTime;
use criterion::{Criterion, Throughput};
use hdrhistogram::Histogram;
use ordermill::kernel::calendar::{Calendar, Class};
use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::Moment;

#[path = "../tests/oracles/models.rs"]
mod models;
#[path = "kernel_peers/mod.rs"]
mod peers;

use models::{Run, Tandem};

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    table(quick);
    if std::env::args().any(|arg| arg == "--table") {
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    wall(&mut criterion);
    criterion.final_summary();
}

/// Our engine, as a user of the kernel would write it. Returns the mean sojourn in seconds.
fn ours(model: &Tandem, customers: u64) -> f64 {
    let mut sojourn: Histogram<u64> = Histogram::new(3).expect("three digits are allowed");
    let (mut sum, mut count) = (0, 0);
    let mut run = Run::new(model, Calendar::new(), Draw::new(1, 0));
    run.run(
        model,
        customers,
        |_, _| {},
        |_, born, now| {
            let ticks = now.since(born).0;
            sojourn.saturating_record(ticks);
            (sum, count) = (sum + ticks, count + 1);
        },
    );
    black_box(&sojourn);
    sum as f64 / count as f64 / 1e6
}

/// The hold model: every event schedules itself again after an exponential delay of mean one hour,
/// so the calendar always holds `pending` entries.
struct Hold {
    calendar: Calendar<u64>,
    source: ordermill::kernel::draw::Source,
}

impl Hold {
    fn new(pending: u64) -> Hold {
        let mut hold = Hold { calendar: Calendar::new(), source: Draw::new(3, 0).source("hold") };
        (0..pending).for_each(|entity| hold.push(Moment::ZERO, entity));
        hold
    }

    #[inline]
    fn push(&mut self, now: Moment, entity: u64) {
        let delay = (self.source.exponential() * 3.6e9) as u64;
        self.calendar.push(Moment(now.0 + delay), Class::Completion, entity);
    }

    fn run(&mut self, holds: u64) {
        for _ in 0..holds {
            let (now, entity) = self.calendar.pop().expect("a hold model never runs empty");
            self.push(now, entity);
        }
    }
}

/// Median CPU nanoseconds of `work`, per unit.
fn nanos_each(repeats: usize, units: u64, mut work: impl FnMut()) -> f64 {
    let mut nanos: Vec<f64> = (0..repeats)
        .map(|_| {
            let clock = ProcessTime::now();
            work();
            clock.elapsed().as_nanos() as f64 / units as f64
        })
        .collect();
    nanos.sort_by(f64::total_cmp);
    nanos[repeats / 2]
}

/// The answer is needed: without it nothing would be computed.
fn keep(answer: f64) {
    black_box(answer);
}

fn table(quick: bool) {
    let (repeats, customers) = if quick { (1, 2_000) } else { (7, 500_000) };
    let (mm1, five) = (Tandem::mm1(0.9), Tandem::five());
    println!("CPU time, one core; million model events a second (times ours / theirs)");
    println!("{:<22}{:>12}{:>20}{:>20}", "workload", "ordermill", "desque 0.4.0", "nexosim 1.0.0");
    let row = |name: &str, events: u64, ours: &dyn Fn(), desque: &dyn Fn(), nexosim: &dyn Fn()| {
        let rate = |repeats, work: &dyn Fn()| 1e3 / nanos_each(repeats, events, work);
        let (own, other, third) = (rate(repeats, ours), rate(repeats, desque), rate(repeats.min(3), nexosim));
        let cell = |peer: f64| format!("{peer:.1} (x{:.1})", own / peer);
        println!("{name:<22}{own:>12.1}{:>20}{:>20}", cell(other), cell(third));
    };
    row(
        "M/M/1, rho 0.9",
        2 * customers,
        &|| keep(ours(&mm1, customers)),
        &|| keep(peers::desque::mm1(customers)),
        &|| keep(peers::nexosim::mm1(customers)),
    );
    row(
        "tandem 5 x M/M/4",
        6 * customers,
        &|| keep(ours(&five, customers)),
        &|| keep(peers::desque::tandem(customers)),
        &|| keep(peers::nexosim::tandem(customers)),
    );
    println!("hold: ns of CPU for one pop and one push at that many pending (times theirs / ours)");
    let sizes: &[u64] = if quick { &[1_000] } else { &[1_000, 10_000, 100_000, 1_000_000, 10_000_000] };
    for &pending in sizes {
        let holds = if quick { 1_000 } else { 1_000_000.max(pending / 4) };
        let settle = if quick { 0 } else { holds.max(pending) };
        let mut hold = Hold::new(pending);
        hold.run(settle);
        let own = nanos_each(repeats, holds, || hold.run(holds));
        drop(hold);
        // The peers need minutes at the largest size and say nothing new there.
        let peer = |run: &mut dyn FnMut(u64)| {
            let holds = holds.min(500_000);
            run(holds);
            nanos_each(repeats.min(3), holds, || run(holds))
        };
        let (mut other, mut third) = (f64::NAN, f64::NAN);
        if pending <= 1_000_000 {
            let mut hold = peers::desque::Hold::new(pending);
            other = peer(&mut |holds| hold.run(holds));
            drop(hold);
            let mut hold = peers::nexosim::Hold::new(pending);
            third = peer(&mut |holds| hold.run(holds));
        }
        let cell = |peer: f64| {
            if peer.is_nan() { "-".to_string() } else { format!("{peer:.0} (x{:.1})", peer / own) }
        };
        println!("{:<22}{own:>12.1}{:>20}{:>20}", format!("{pending} pending"), cell(other), cell(third));
    }
}

fn wall(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kernel");
    group.sample_size(10);
    for (name, model) in [("mm1", Tandem::mm1(0.9)), ("tandem", Tandem::five())] {
        let customers = 20_000;
        group.throughput(Throughput::Elements(customers * (1 + model.stations as u64)));
        group.bench_function(name, |bencher| bencher.iter(|| ours(&model, customers)));
    }
    let mut hold = Hold::new(100_000);
    group.throughput(Throughput::Elements(100_000));
    group.bench_function("hold at 100,000", |bencher| bencher.iter(|| hold.run(100_000)));
    group.finish();
}
