//! nexosim 1.0 on one thread: source, stations and sink as models joined by ports, timers as
//! self-scheduled events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::Output;
use nexosim::simulation::{Mailbox, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};

use super::TANDEM_STATIONS;

pub fn mm1(customers: u64) -> f64 {
    line(customers, 0.9, 1, 1)
}

pub fn tandem(customers: u64) -> f64 {
    line(customers, 3.2, TANDEM_STATIONS, 4)
}

/// One model that keeps timers in flight.
pub struct Hold(Simulation);

impl Hold {
    pub fn new(pending: u64) -> Hold {
        let holder = Holder { delays: Delays { state: 3, rate: 1.0 }, pending };
        let init = SimInit::with_num_threads(1).add_model(holder, Mailbox::new(), "holder");
        Hold(init.init(MonotonicTime::EPOCH).expect("a bench of one model"))
    }

    pub fn run(&mut self, holds: u64) {
        (0..holds).for_each(|_| self.0.step().expect("a hold model does not fail"));
    }
}

/// Models must be serializable, which the generators of `rand_xoshiro` are not by default.
#[derive(Serialize, Deserialize)]
struct Delays {
    state: u64,
    rate: f64,
}

impl Delays {
    fn next(&mut self) -> Duration {
        self.state = self.state.wrapping_add(1);
        let unit = ((ordermill::kernel::draw::mix(self.state) >> 12) as f64 + 0.5) / (1u64 << 52) as f64;
        // nexosim refuses delays of zero.
        Duration::from_nanos(((-unit.ln() / self.rate * 1e9) as u64).max(1))
    }
}

#[derive(Serialize, Deserialize)]
struct Holder {
    delays: Delays,
    pending: u64,
}

#[Model]
impl Holder {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        for _ in 0..self.pending {
            let _ = cx.schedule_event(self.delays.next(), schedulable!(Self::fire), ());
        }
    }

    #[nexosim(schedulable)]
    async fn fire(&mut self, _: (), cx: &Context<Self>) {
        let _ = cx.schedule_event(self.delays.next(), schedulable!(Self::fire), ());
    }
}

#[derive(Serialize, Deserialize)]
struct Source {
    out: Output<u64>,
    delays: Delays,
    left: u64,
}

#[Model]
impl Source {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        let _ = cx.schedule_event(self.delays.next(), schedulable!(Self::tick), ());
    }

    #[nexosim(schedulable)]
    async fn tick(&mut self, _: (), cx: &Context<Self>) {
        self.left -= 1;
        if 0 < self.left {
            let _ = cx.schedule_event(self.delays.next(), schedulable!(Self::tick), ());
        }
        self.out.send(now(cx)).await;
    }
}

#[derive(Serialize, Deserialize)]
struct Station {
    out: Output<u64>,
    delays: Delays,
    servers: usize,
    busy: usize,
    line: VecDeque<u64>,
}

#[Model]
impl Station {
    async fn enter(&mut self, born: u64, cx: &Context<Self>) {
        if self.servers <= self.busy {
            self.line.push_back(born);
            return;
        }
        self.busy += 1;
        let _ = cx.schedule_event(self.delays.next(), schedulable!(Self::complete), born);
    }

    #[nexosim(schedulable)]
    async fn complete(&mut self, born: u64, cx: &Context<Self>) {
        match self.line.pop_front() {
            Some(next) => {
                let _ = cx.schedule_event(self.delays.next(), schedulable!(Self::complete), next);
            }
            None => self.busy -= 1,
        }
        self.out.send(born).await;
    }
}

#[derive(Serialize, Deserialize)]
struct Sink {
    #[serde(skip)]
    total: Arc<(AtomicU64, AtomicU64)>,
}

#[Model]
impl Sink {
    async fn done(&mut self, born: u64, cx: &Context<Self>) {
        self.total.0.fetch_add(1, Relaxed);
        self.total.1.fetch_add(now(cx) - born, Relaxed);
    }
}

fn now(cx: &Context<impl Model>) -> u64 {
    let at = cx.time();
    at.as_secs() as u64 * 1_000_000_000 + u64::from(at.subsec_nanos())
}

fn line(customers: u64, lambda: f64, stations: usize, servers: usize) -> f64 {
    let total = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let (source_box, sink_box) = (Mailbox::new(), Mailbox::new());
    let boxes: Vec<Mailbox<Station>> = (0..stations).map(|_| Mailbox::new()).collect();
    let delays = Delays { state: 1 << 40, rate: lambda };
    let mut source = Source { out: Output::default(), delays, left: customers };
    source.out.connect(Station::enter, &boxes[0]);
    let models: Vec<Station> = (0..stations)
        .map(|at| {
            let mut out = Output::default();
            match boxes.get(at + 1) {
                Some(next) => out.connect(Station::enter, next),
                None => out.connect(Sink::done, &sink_box),
            }
            let delays = Delays { state: (2 + at as u64) << 40, rate: 1.0 };
            Station { out, delays, servers, busy: 0, line: VecDeque::new() }
        })
        .collect();
    let mut init = SimInit::with_num_threads(1).add_model(source, source_box, "source");
    for (at, (model, mailbox)) in models.into_iter().zip(boxes).enumerate() {
        init = init.add_model(model, mailbox, &format!("station-{at}"));
    }
    init = init.add_model(Sink { total: total.clone() }, sink_box, "sink");
    let mut simulation = init.init(MonotonicTime::EPOCH).expect("a bench of few models");
    simulation.run().expect("a queueing network does not fail");
    total.1.load(Relaxed) as f64 / total.0.load(Relaxed) as f64 / 1e9
}
