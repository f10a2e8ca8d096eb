//! Arrival profiles: for every node, destination and instant the lane to take and the arrival that it leads to.
//!
//! ```text
//!   connection --ride--> the first connection at the other end that a parcel is ready for --> ...
//!       `------wait----> the next connection of the same node
//! ```
//!
//! # Promises
//! - `look_up` is exact to the microsecond, up to a hundred days: the earliest arrival over all lanes and departures
//!   (`tests/timetable.rs`); among ways that arrive together the one with fewest lanes, then the one that leaves
//!   first, then the lowest lane id.
//! - A later instant never has an earlier arrival.
//! - No look-up allocates: an index by five minutes and two comparisons find what can still be caught, the same for
//!   all destinations, and one word is the answer.
//! - Memory: 8 bytes for each departure of an origin and destination. A bit a departure and words for those worth it
//!   would be a tenth of it where hubs have a hundred departures, and takes nearly twice as long.
//! - `without` looks again only at destinations that one of the closed lanes leads to, and shares the others.
//!
//! # Why a graph of connections and not a search an instant
//! Where a ride ends and which connection follows does not depend on the destination. With both known, one
//! destination is one pass backward over the timetable, a few nanoseconds a connection, for all origins and all
//! instants at once, and exact to the microsecond.

use std::sync::Arc;

use crate::domain::{LaneId, NodeId};
use crate::kernel::time::{Moment, Span};

use super::clock::{LocalClock, Period};
use super::connections::Connections;

/// The index of a dock is by five minutes: few connections of one dock are nearer to each other.
const SLOT: u64 = 5 * Span::MINUTE.0;
/// More than two connections are within the slot.
const MANY: u32 = 1 << 31;
const NOBODY: u32 = u32::MAX;
const NO_WAY: u64 = u64::MAX;
/// In a search a value is (arrival, lanes to take), the latter in the low bits.
const HOP_BITS: u32 = 8;
/// An answer is (when sorted at the destination, counted from the start of the period; the lane to take), the latter
/// in the low bits.
const LANE_BITS: u32 = 20;
/// A later one is told as this one, 101 days after the start of the period: no plan looks so far.
const LATEST: u64 = (1 << (63 - LANE_BITS)) - 1;

/// One carrier's profiles to a few destinations.
#[derive(Debug, Clone)]
pub struct Profiles {
    docks: Arc<Docks>,
    /// By destination, then by entry of the docks: an answer.
    tables: Vec<Arc<[u64]>>,
    /// By destination and lane: whether it is on a best way from anywhere.
    used: Vec<Arc<[bool]>>,
    destinations: Arc<[NodeId]>,
    graph: Arc<Graph>,
}

/// What leaves each origin, whatever the destination.
#[derive(Debug)]
struct Docks {
    clock: LocalClock,
    period: Period,
    origins: Box<[NodeId]>,
    /// By node.
    rows: Box<[Row]>,
    /// By row and slot: the first entry for a parcel that is ready at the slot's start, with `MANY`.
    slots: Box<[u32]>,
    /// By entry, rising within a row: the latest readiness. A row has one a connection and two that stand for the
    /// next period.
    ready: Box<[u64]>,
}

/// Where a row's entries and slots begin. The first row is that of a node that is not an origin, or that nothing
/// leaves: without a connection, so that nobody asks.
#[derive(Debug, Default, Clone, Copy)]
struct Row {
    begin: u32,
    slots: u32,
}

/// What follows each connection, whatever the destination.
#[derive(Debug)]
struct Graph {
    connections: Connections,
    /// By connection: the next at the same node, and whether it is in the next period.
    wait: Box<[(u32, bool)]>,
    /// By connection: what a parcel can take at the other end, and how many periods later.
    ride: Box<[(u32, u32)]>,
    /// By node, in order.
    at: Vec<Vec<u32>>,
    lanes: usize,
}

impl Profiles {
    /// Profiles from `origins` to `destinations`, in that order.
    pub fn build(connections: Connections, origins: &[NodeId], destinations: &[NodeId]) -> Profiles {
        let graph = Arc::new(Graph::new(connections));
        let docks = Arc::new(Docks::new(&graph, origins));
        let (tables, used) = (Vec::new(), Vec::new());
        let mut profiles = Profiles { docks, tables, used, destinations: destinations.into(), graph };
        let mut search = Vec::new();
        let none = vec![false; profiles.graph.lanes];
        for destination in 0..destinations.len() {
            let (table, used) = profiles.table(destination, &none, &mut search);
            profiles.tables.push(table);
            profiles.used.push(used);
        }
        profiles
    }

    /// The lane that a parcel at `node` since `ready` takes to the destination, and when it is sorted there, as
    /// planned. `None` where no way leads and at the destination itself. `destination` is a position in the list.
    #[inline]
    pub fn look_up(&self, node: NodeId, destination: usize, ready: Moment) -> Option<(LaneId, Moment)> {
        let docks = &*self.docks;
        let within = docks.period.split(docks.clock.local(ready)).1;
        let answer = self.tables[destination][docks.entry(docks.rows[node.index()], within)];
        // Answers count from the start of the period, as `within` does.
        (answer != NO_WAY).then(|| (lane_of(answer), ready + Span((answer >> LANE_BITS) - within)))
    }

    /// The same timetable while some lanes do not run, by lane id. Where no way is left a parcel keeps its old one
    /// and waits.
    pub fn without(&self, closed: &[bool]) -> Profiles {
        let mut search = Vec::new();
        let mut other = self.clone();
        for destination in 0..self.destinations.len() {
            if self.used[destination].iter().zip(closed).any(|(used, closed)| *used && *closed) {
                (other.tables[destination], other.used[destination]) =
                    self.table(destination, closed, &mut search);
            }
        }
        other
    }

    /// Destinations whose tables two profiles share: those that a closed lane does not concern.
    pub fn shared_with(&self, other: &Profiles) -> usize {
        self.tables.iter().zip(&other.tables).filter(|(a, b)| Arc::ptr_eq(a, b)).count()
    }

    /// The answers to one destination, and by lane whether a best way takes it.
    fn table(&self, destination: usize, closed: &[bool], search: &mut Vec<u64>) -> (Arc<[u64]>, Arc<[bool]>) {
        let (docks, graph, to) = (&*self.docks, &*self.graph, self.destinations[destination]);
        graph.search(to, closed, search);
        let mut used = vec![false; graph.lanes];
        for node in 0..docks.rows.len() {
            graph.best(node, to, closed, search, |place, _| used[graph.lane(node, place).index()] = true);
        }
        let mut table = vec![NO_WAY; docks.ready.len()];
        for &node in &docks.origins {
            let node = node.index();
            let begin = docks.rows[node].begin as usize;
            let range = begin..begin + graph.at[node].len() + 1;
            let row = &mut table[range.clone()];
            let mut first = NO_WAY;
            graph.best(node, to, closed, search, |place, value| {
                first = answer(value >> HOP_BITS, graph.lane(node, place));
                row[place] = first;
            });
            match self.tables.get(destination) {
                Some(old) if first == NO_WAY => {
                    row.copy_from_slice(&old[range]);
                    let kept = row.iter().filter(|answer| **answer != NO_WAY);
                    kept.for_each(|&answer| used[lane_of(answer).index()] = true);
                }
                _ if first == NO_WAY => {}
                // Who is ready for a connection that is not worth it waits for the next that is, in the end for the
                // first of the next period.
                _ => {
                    let mut next = first + (docks.period.micros() << LANE_BITS);
                    for answer in row.iter_mut().rev() {
                        *answer = if *answer == NO_WAY { next } else { *answer };
                        next = *answer;
                    }
                }
            }
        }
        (table.into(), used.into())
    }
}

fn answer(done: u64, lane: LaneId) -> u64 {
    done.min(LATEST) << LANE_BITS | u64::from(lane.0)
}

#[inline]
fn lane_of(answer: u64) -> LaneId {
    LaneId((answer & ((1 << LANE_BITS) - 1)) as u32)
}

impl Docks {
    fn new(graph: &Graph, origins: &[NodeId]) -> Docks {
        let Connections { clock, period, nodes, ref all } = graph.connections;
        let leaves = |origin: &NodeId| !graph.at[origin.index()].is_empty();
        let origins: Box<[NodeId]> = origins.iter().copied().filter(leaves).collect();
        let mut rows = vec![Row::default(); nodes];
        let mut slots = vec![0; (period.micros() / SLOT) as usize];
        let mut ready = vec![u64::MAX; 2];
        for node in &origins {
            let of_node = || graph.at[node.index()].iter().map(|&index| all[index as usize].ready);
            let begin = ready.len();
            ready.extend(of_node().chain([u64::MAX; 2]));
            assert!(ready.len() < MANY as usize, "a thousand million departures");
            rows[node.index()] = Row { begin: begin as u32, slots: slots.len() as u32 };
            let mut entry = begin;
            for start in (0..period.micros()).step_by(SLOT as usize) {
                entry += ready[entry..].iter().take_while(|ready| **ready < start).count();
                let many = ready.get(entry + 2).is_some_and(|third| *third < start + SLOT);
                slots.push(entry as u32 | if many { MANY } else { 0 });
            }
        }
        Docks { clock, period, origins, rows: rows.into(), slots: slots.into(), ready: ready.into() }
    }

    /// The first entry of a row that a parcel can still take.
    #[inline]
    fn entry(&self, row: Row, within: u64) -> usize {
        let slot = self.slots[row.slots as usize + (within / SLOT) as usize];
        let mut entry = (slot & !MANY) as usize;
        // Whether it is this one or the next is as good as a coin: no branch.
        let two = &self.ready[entry..entry + 2];
        entry += usize::from(two[0] < within) + usize::from(two[1] < within);
        if slot & MANY != 0 {
            entry += self.ready[entry..].iter().take_while(|ready| **ready < within).count();
        }
        entry
    }
}

impl Graph {
    fn new(connections: Connections) -> Graph {
        let mut at = vec![Vec::new(); connections.nodes];
        for (index, connection) in (0u32..).zip(&connections.all) {
            at[usize::from(connection.from)].push(index);
        }
        let mut wait = vec![(NOBODY, false); connections.all.len()];
        for list in at.iter().filter(|list| !list.is_empty()) {
            let last = list.len() - 1;
            list.windows(2).for_each(|pair| wait[pair[0] as usize] = (pair[1], false));
            wait[list[last] as usize] = (list[0], true);
        }
        let ride = connections.all.iter().map(|connection| {
            let list = &at[usize::from(connection.to)];
            let (cycle, within) = connections.period.split(connection.done);
            let next = list.partition_point(|&next| connections.all[next as usize].ready < within);
            match (list.get(next), list.first()) {
                (Some(&next), _) => (next, cycle as u32),
                (None, Some(&first)) => (first, cycle as u32 + 1),
                (None, None) => (NOBODY, 0),
            }
        });
        let ride = ride.collect();
        let lanes = connections.all.iter().map(|connection| connection.lane.index() + 1).max().unwrap_or(0);
        assert!(lanes < 1 << LANE_BITS, "a million lanes");
        Graph { wait: wait.into(), ride, at, lanes, connections }
    }

    fn lane(&self, node: usize, place: usize) -> LaneId {
        self.connections.all[self.at[node][place] as usize].lane
    }

    /// By connection, the best that a parcel can do that is ready for it: ride or wait. Backward over the period
    /// until nothing changes.
    fn search(&self, to: NodeId, closed: &[bool], best: &mut Vec<u64>) {
        let period = self.connections.period.micros() << HOP_BITS;
        best.clear();
        best.resize(self.connections.all.len(), NO_WAY);
        let mut changed = true;
        while changed {
            changed = false;
            for index in (0..best.len()).rev() {
                let (next, later) = self.wait[index];
                let wait = best[next as usize].saturating_add(if later { period } else { 0 });
                let value = wait.min(self.ride(index, to, closed, best));
                if value < best[index] {
                    best[index] = value;
                    changed = true;
                }
            }
        }
    }

    #[inline]
    fn ride(&self, index: usize, to: NodeId, closed: &[bool], best: &[u64]) -> u64 {
        let connection = &self.connections.all[index];
        if connection.from == to.0 || closed[connection.lane.index()] {
            return NO_WAY;
        }
        if connection.to == to.0 {
            return (connection.done << HOP_BITS) + 1;
        }
        match self.ride[index] {
            (NOBODY, _) => NO_WAY,
            (next, cycles) => {
                let shift = (u64::from(cycles) * self.connections.period.micros()) << HOP_BITS;
                best[next as usize].saturating_add(shift + 1)
            }
        }
    }

    /// Tells the connections of a node at which riding is the best, by their place among the node's, latest first,
    /// and their value.
    fn best(&self, node: usize, to: NodeId, closed: &[bool], best: &[u64], mut tell: impl FnMut(usize, u64)) {
        let mut later = NO_WAY;
        for (place, &index) in self.at[node].iter().enumerate().rev() {
            let value = best[index as usize];
            // Two that leave together: the lower lane is told last, and only it can be taken.
            if value != NO_WAY && self.ride(index as usize, to, closed, best) == value && value <= later {
                tell(place, value);
            }
            later = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_of_years_is_one_of_a_hundred_days_on_its_own_lane() {
        let far = answer(u64::MAX >> HOP_BITS, LaneId((1 << LANE_BITS) - 1));
        assert_eq!((far >> LANE_BITS, lane_of(far)), (LATEST, LaneId((1 << LANE_BITS) - 1)));
        let next = far + (Period::Week.micros() << LANE_BITS);
        assert!(far < next && next != NO_WAY);
    }
}
