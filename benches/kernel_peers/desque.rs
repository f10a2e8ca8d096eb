//! desque 0.4: boxed event objects over one shared state, a binary heap of f64 times.

use std::cmp::Ordering;
use std::collections::VecDeque;

use desque::serial::{Event, Simulation};
use desque::{SimState, SimTime};

use super::{Exponential, TANDEM_STATIONS};

pub fn mm1(customers: u64) -> f64 {
    run(network(customers, 0.9, 1, 1))
}

pub fn tandem(customers: u64) -> f64 {
    run(network(customers, 3.2, TANDEM_STATIONS, 4))
}

/// Timers that schedule themselves again after an exponential delay.
pub struct Hold(Sim);

impl Hold {
    pub fn new(pending: u64) -> Hold {
        let mut sim = network(0, 1.0, 0, 0);
        for _ in 0..pending {
            let at = sim.state_mut().arrivals.next(1.0);
            sim.schedule(Fire, Time(at)).expect("a time in the future");
        }
        Hold(sim)
    }

    pub fn run(&mut self, holds: u64) {
        self.0.state_mut().holds_left = holds;
        self.0.run().expect("a hold model does not fail");
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Time(f64);

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl SimTime for Time {}

struct Network {
    lambda: f64,
    servers: usize,
    arrivals: Exponential,
    services: Vec<Exponential>,
    busy: Vec<usize>,
    lines: Vec<VecDeque<f64>>,
    left: u64,
    done: u64,
    sum: f64,
    holds_left: u64,
}

impl SimState<Time> for Network {
    fn is_complete(&self, _: &Time) -> bool {
        self.holds_left == 0
    }
}

type Sim = Simulation<Network, Time>;

#[derive(Debug)]
struct Arrive;

#[derive(Debug)]
struct Complete {
    station: usize,
    born: f64,
}

#[derive(Debug)]
struct Fire;

impl Event<Network, Time> for Arrive {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        let now = sim.current_time().0;
        let state = sim.state_mut();
        state.left -= 1;
        if 0 < state.left {
            let at = now + state.arrivals.next(state.lambda);
            sim.schedule(Arrive, Time(at))?;
        }
        enter(sim, 0, now)
    }
}

impl Event<Network, Time> for Complete {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        let (station, now) = (self.station, sim.current_time().0);
        let state = sim.state_mut();
        match state.lines[station].pop_front() {
            Some(born) => {
                let at = now + state.services[station].next(1.0);
                sim.schedule(Complete { station, born }, Time(at))?;
            }
            None => state.busy[station] -= 1,
        }
        let state = sim.state_mut();
        if station + 1 < state.busy.len() {
            return enter(sim, station + 1, self.born);
        }
        state.sum += now - self.born;
        state.done += 1;
        Ok(())
    }
}

impl Event<Network, Time> for Fire {
    fn execute(&mut self, sim: &mut Sim) -> desque::Result {
        let now = sim.current_time().0;
        let state = sim.state_mut();
        state.holds_left -= 1;
        let at = now + state.arrivals.next(1.0);
        sim.schedule(Fire, Time(at))
    }
}

fn enter(sim: &mut Sim, station: usize, born: f64) -> desque::Result {
    let now = sim.current_time().0;
    let state = sim.state_mut();
    if state.servers <= state.busy[station] {
        state.lines[station].push_back(born);
        return Ok(());
    }
    state.busy[station] += 1;
    let at = now + state.services[station].next(1.0);
    sim.schedule(Complete { station, born }, Time(at))
}

fn network(customers: u64, lambda: f64, stations: usize, servers: usize) -> Sim {
    let network = Network {
        lambda,
        servers,
        arrivals: Exponential::new(1),
        services: (0..stations as u64).map(|station| Exponential::new(10 + station)).collect(),
        busy: vec![0; stations],
        lines: vec![VecDeque::new(); stations],
        left: customers,
        done: 0,
        sum: 0.0,
        holds_left: u64::MAX,
    };
    Simulation::new(network, Time(0.0))
}

fn run(mut sim: Sim) -> f64 {
    let lambda = sim.state().lambda;
    let at = sim.state_mut().arrivals.next(lambda);
    sim.schedule(Arrive, Time(at)).expect("a time in the future");
    sim.run().expect("a queueing network does not fail");
    sim.state().sum / sim.state().done as f64
}
