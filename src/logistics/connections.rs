//! Connections: all departures of one carrier's lanes, in the order in which a parcel must be ready for them.
//!
//! # Promises
//! - `earliest` and `offers` are exact: what a parcel meets that may take any lane and any departure, when
//!   vehicles take their mean time and hubs their planned time (`tests/timetable.rs` expands the timetable
//!   over time, minute by minute, and agrees).
//! - A journey takes a microsecond at least, so no chain of departures goes round within an instant.
//!
//! # Why a scan and not a queue
//! Whoever is ready for a connection was sorted before it: one pass in order of readiness settles every node, and
//! the pass reads memory in a row (Dibbelt, Pajor, Strasser and Wagner 2018, "Connection Scan Algorithm", ACM
//! Journal of Experimental Algorithmics 23). The period repeats, so the pass goes round until nothing changes.

use crate::domain::{LaneId, NodeId};
use crate::kernel::time::{Moment, Span};

use super::clock::{LocalClock, Period};
use super::lane::Lane;

/// One departure within the period.
#[derive(Debug, Clone, Copy)]
pub(super) struct Connection {
    /// When a parcel must be at the dock: local, within the period.
    pub ready: u64,
    /// When it is sorted at the other end: local, counted from the start of the same period.
    pub done: u64,
    pub from: u16,
    pub to: u16,
    pub lane: LaneId,
    /// A parcel's share of a full vehicle's cost, in thousandths of the minor unit.
    pub cost: i64,
}

/// Connections after which a scan looks again whether it is done: a few too many change nothing.
const LOOK_AGAIN: usize = 256;

/// One carrier's timetable.
#[derive(Debug, Clone)]
pub struct Connections {
    pub(super) clock: LocalClock,
    pub(super) period: Period,
    pub(super) nodes: usize,
    /// Rising by (`ready`, lane).
    pub(super) all: Box<[Connection]>,
}

/// A way that no other beats in both: a faster one is dearer, a cheaper one slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    pub done: Moment,
    /// A parcel's share of full vehicles, in thousandths of the minor unit.
    pub cost: i64,
}

impl Connections {
    /// The lanes that `runs` names, by the timetables in force from `since` on. `handling` is by node, and counted on
    /// arrival. All lanes have one period.
    pub fn new(
        lanes: &[Lane],
        handling: &[Span],
        clock: LocalClock,
        since: Moment,
        runs: impl Fn(LaneId, &Lane) -> bool,
    ) -> Connections {
        let period = lanes.first().map_or(Period::Day, |lane| lane.departures(since).period());
        let mut all = Vec::new();
        for (id, lane) in (0..).map(LaneId).zip(lanes).filter(|(id, lane)| runs(*id, lane)) {
            let departures = lane.departures(since);
            assert_eq!(departures.period(), period, "one period for all lanes");
            let ahead = clock.ahead_of(departures.clock(), period) as i64;
            let cost = lane.departure_cost().0 * 1_000 / i64::from(lane.capacity);
            all.extend((0..departures.per_period()).map(|index| {
                let leaves = departures.offset(index) as i64 + ahead;
                let travel = lane.planned_travel(leaves.rem_euclid(period.micros() as i64) as u64);
                let takes = (travel + handling[lane.to.index()]).0.max(1) + lane.cut_off.0;
                // A cut-off before the period's start is one at the end of the period before.
                let ready = leaves - lane.cut_off.0 as i64;
                let ready = ready.rem_euclid(period.micros() as i64) as u64;
                Connection { ready, done: ready + takes, from: lane.from.0, to: lane.to.0, lane: id, cost }
            }));
        }
        all.sort_unstable_by_key(|connection| (connection.ready, connection.lane));
        Connections { clock, period, nodes: handling.len(), all: all.into() }
    }

    /// When a parcel that is at the dock of `from` at `ready` is sorted at each node; `NEVER` where no way leads.
    /// `out` is by node. Tens of microseconds for thousands of lanes.
    pub fn earliest(&self, from: NodeId, ready: Moment, out: &mut Vec<Moment>) {
        const NEVER: u64 = u64::MAX;
        let start = self.clock.local(ready);
        out.clear();
        out.resize(self.nodes, Moment(NEVER));
        out[from.index()] = Moment(start);
        let (mut cycle, within) = self.period.split(start);
        let mut at = self.all.partition_point(|connection| connection.ready < within);
        let mut settled = 0;
        while !self.all.is_empty() {
            if at == self.all.len() {
                (at, cycle) = (0, cycle + 1);
            }
            let base = cycle * self.period.micros();
            if self.settled(out, base + self.all[at].ready, &mut settled) {
                break;
            }
            let end = (at + LOOK_AGAIN).min(self.all.len());
            for connection in &self.all[at..end] {
                // Whether somebody is there in time, and first, is as good as a coin: no branch.
                let missed = base + connection.ready < out[usize::from(connection.from)].0;
                let done = (base + connection.done) | u64::from(missed).wrapping_neg();
                let reached = &mut out[usize::from(connection.to)].0;
                *reached = done.min(*reached);
            }
            at = end;
        }
        for reached in out.iter_mut() {
            *reached = if reached.0 == NEVER { Moment::NEVER } else { self.clock.moment(reached.0) };
        }
    }

    /// Whether no connection from `now` on changes anything: every place is reached by then. Where nobody leads, a
    /// whole period after the last arrival has shown it. So many places are `known` to be reached.
    fn settled(&self, reached: &[Moment], now: u64, known: &mut usize) -> bool {
        *known += reached[*known..].iter().take_while(|reached| reached.0 <= now).count();
        match reached.get(*known) {
            None => true,
            Some(Moment(u64::MAX)) => {
                let arrivals = reached.iter().map(|reached| reached.0).filter(|&at| at != u64::MAX);
                now.checked_sub(self.period.micros())
                    .is_some_and(|then| arrivals.into_iter().all(|at| at < then))
            }
            Some(_) => false,
        }
    }

    /// All ways from one dock to every node that are worth an offer, the fastest first. By node.
    pub fn offers(&self, from: NodeId, ready: Moment) -> Vec<Vec<Offer>> {
        let mut kept: Vec<Vec<(u64, i64)>> = vec![Vec::new(); self.nodes];
        let start = self.clock.local(ready);
        kept[from.index()].push((start, 0));
        let (mut cycle, within) = self.period.split(start);
        let mut at = self.all.partition_point(|connection| connection.ready < within);
        let mut latest = start;
        while !self.all.is_empty() {
            if at == self.all.len() {
                (at, cycle) = (0, cycle + 1);
            }
            let connection = &self.all[at];
            let base = cycle * self.period.micros();
            // A whole period after the last arrival everybody was asked.
            if latest + self.period.micros() < base + connection.ready {
                break;
            }
            at += 1;
            // Of those who are ready the last one came cheapest.
            let here = &kept[usize::from(connection.from)];
            let waiting = here.partition_point(|label| label.0 <= base + connection.ready);
            let Some(&(_, cost)) = here[..waiting].last() else { continue };
            let done = base + connection.done;
            if keep(&mut kept[usize::from(connection.to)], (done, cost + connection.cost)) {
                latest = latest.max(done);
            }
        }
        let offer = |&(done, cost): &(u64, i64)| Offer { done: self.clock.moment(done), cost };
        kept.iter().map(|labels| labels.iter().map(offer).collect()).collect()
    }
}

/// Keeps a label that none beats, and drops those that it beats. Rising by arrival, falling by cost.
fn keep(labels: &mut Vec<(u64, i64)>, label: (u64, i64)) -> bool {
    let place = labels.partition_point(|kept| kept.0 <= label.0);
    if place.checked_sub(1).is_some_and(|before| labels[before].1 <= label.1) {
        return false;
    }
    let same = usize::from(0 < place && labels[place - 1].0 == label.0);
    let beaten = labels[place..].partition_point(|kept| label.1 <= kept.1);
    labels.splice(place - same..place + beaten, [label]);
    true
}
