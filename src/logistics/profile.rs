//! Arrival profiles: for every node, destination and instant the lane to take and the arrival that it leads to.
//!
//! ```text
//!   connection --ride--> the first connection at the other end that a parcel is ready for --> ...
//!       `------wait----> the next connection of the same node
//! ```
//!
//! # Promises
//! - `look_up` is exact to the microsecond: the earliest arrival over all lanes and departures
//!   (`tests/timetable.rs`); among ways that arrive together the one with fewest lanes, then the one that leaves
//!   first, then the lowest lane id.
//! - A later instant never has an earlier arrival.
//! - No look-up allocates: one index by quarter hour, then about one comparison.
//! - `without` looks again only at destinations that one of the closed lanes leads to, and shares the others.
//!
//! # Why a graph of connections and not a search a quarter hour
//! Where a ride ends and which connection follows does not depend on the destination. With both known, one
//! destination is one pass backward over the timetable, a few nanoseconds a connection, for all origins and all
//! instants at once, and exact between the quarter hours.

use std::sync::Arc;

use crate::domain::{LaneId, NodeId};
use crate::kernel::time::{Moment, Span};

use super::clock::{LocalClock, Period};
use super::connections::Connections;

const SLOT: u64 = 15 * Span::MINUTE.0;
const LANE_BITS: u32 = 20;
const NOBODY: u32 = u32::MAX;
const NO_WAY: u64 = u64::MAX;
/// A value is (arrival, lanes to take), the latter in the low bits.
const HOP_BITS: u32 = 8;

/// One carrier's profiles to a few destinations.
#[derive(Debug, Clone)]
pub struct Profiles {
    clock: LocalClock,
    period: Period,
    slots: usize,
    /// By node: its row of each table; `NOBODY` is not an origin, or nothing leaves it.
    rows: Box<[u32]>,
    tables: Vec<Arc<Table>>,
    graph: Arc<Graph>,
}

/// To one destination.
#[derive(Debug)]
struct Table {
    to: NodeId,
    /// By row: where its entries begin.
    begins: Box<[u32]>,
    /// By (row, slot): the first entry of the row for a parcel that is ready at the slot's start.
    slots: Box<[u16]>,
    /// Rising by readiness within each row; a row's last entry is the first of the next period.
    entries: Box<[Entry]>,
    /// Lanes on a best way from anywhere.
    lanes: Box<[bool]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// The latest readiness, then the lane.
    key: u64,
    /// When sorted at the destination, counted from the start of the period.
    done: u64,
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
        let mut rows = vec![NOBODY; connections.nodes];
        let (clock, period) = (connections.clock, connections.period);
        let slots = (period.micros() / SLOT) as usize;
        let graph = Arc::new(Graph::new(connections));
        let leaves = origins.iter().filter(|origin| !graph.at[origin.index()].is_empty());
        (0..).zip(leaves).for_each(|(row, origin)| rows[origin.index()] = row);
        let mut profiles = Profiles { clock, period, slots, rows: rows.into(), tables: Vec::new(), graph };
        let mut search = Vec::new();
        let none = vec![false; profiles.graph.lanes];
        let table = |&to| Arc::new(profiles.table(to, &none, None, &mut search));
        profiles.tables = destinations.iter().map(table).collect();
        profiles
    }

    /// The lane that a parcel at `node` since `ready` takes to the destination, and when it is sorted there, as
    /// planned. `None` where no way leads and at the destination itself. `destination` is a position in the list.
    #[inline]
    pub fn look_up(&self, node: NodeId, destination: usize, ready: Moment) -> Option<(LaneId, Moment)> {
        let row = self.rows[node.index()];
        if row == NOBODY {
            return None;
        }
        let (cycle, within) = self.period.split(self.clock.local(ready));
        let table = &*self.tables[destination];
        let slot = row as usize * self.slots + (within / SLOT) as usize;
        let mut entry = table.begins[row as usize] as usize + usize::from(table.slots[slot]);
        // Whether it is this one or the next is as good as a coin: no branch. More than two in a slot are rare.
        entry += usize::from(table.entries[entry].key >> LANE_BITS < within);
        while table.entries[entry].key >> LANE_BITS < within {
            entry += 1;
        }
        let Entry { key, done } = table.entries[entry];
        let lane = LaneId((key & ((1 << LANE_BITS) - 1)) as u32);
        (done != NO_WAY).then(|| (lane, self.clock.moment(cycle * self.period.micros() + done)))
    }

    /// The same timetable while some lanes do not run, by lane id. Where no way is left a parcel keeps its old one
    /// and waits.
    pub fn without(&self, closed: &[bool]) -> Profiles {
        let mut search = Vec::new();
        let table = |old: &Arc<Table>| {
            let touched = old.lanes.iter().zip(closed).any(|(used, closed)| *used && *closed);
            match touched {
                true => Arc::new(self.table(old.to, closed, Some(old), &mut search)),
                false => old.clone(),
            }
        };
        Profiles { tables: self.tables.iter().map(table).collect(), ..self.clone() }
    }

    /// Destinations whose tables two profiles share: those that a closed lane does not concern.
    pub fn shared_with(&self, other: &Profiles) -> usize {
        self.tables.iter().zip(&other.tables).filter(|(a, b)| Arc::ptr_eq(a, b)).count()
    }

    fn table(&self, to: NodeId, closed: &[bool], old: Option<&Table>, search: &mut Vec<u64>) -> Table {
        self.graph.search(to, closed, search);
        let mut lanes = vec![false; self.graph.lanes];
        let mut origins: Vec<usize> =
            (0..self.rows.len()).filter(|&node| self.rows[node] != NOBODY).collect();
        origins.sort_unstable_by_key(|&node| self.rows[node]);
        let mut table = TableUnderWay {
            begins: Vec::new(),
            slots: Vec::with_capacity(origins.len() * self.slots),
            entries: Vec::new(),
        };
        for node in 0..self.rows.len() {
            self.graph
                .best(node, to, closed, search, |connection, _| lanes[self.graph.lane(connection)] = true);
        }
        for node in origins {
            let begin = table.entries.len();
            let mut push = |connection: u32, value: u64| {
                let connection = &self.graph.connections.all[connection as usize];
                let key = connection.ready << LANE_BITS | u64::from(connection.lane.0);
                table.entries.push(Entry { key, done: value >> HOP_BITS });
            };
            self.graph.best(node, to, closed, search, &mut push);
            match old {
                Some(old) if table.entries.len() == begin => {
                    let row = self.rows[node] as usize;
                    table.keep_row(old, row, self.slots);
                    let kept = &table.entries[begin..];
                    let kept = kept.iter().filter(|entry| entry.done != NO_WAY);
                    kept.for_each(|entry| lanes[(entry.key & ((1 << LANE_BITS) - 1)) as usize] = true);
                }
                _ => table.close_row(begin, self.slots, self.period.micros()),
            }
        }
        Table {
            to,
            begins: table.begins.into(),
            slots: table.slots.into(),
            entries: table.entries.into(),
            lanes: lanes.into(),
        }
    }
}

struct TableUnderWay {
    begins: Vec<u32>,
    slots: Vec<u16>,
    entries: Vec<Entry>,
}

impl TableUnderWay {
    /// Entries from `begin` on, latest first, become a row.
    fn close_row(&mut self, begin: usize, slots: usize, period: u64) {
        let row = &mut self.entries[begin..];
        row.reverse();
        let next = match row.first() {
            Some(first) => Entry { key: first.key + (period << LANE_BITS), done: first.done + period },
            None => Entry { key: u64::MAX, done: NO_WAY },
        };
        self.entries.push(next);
        self.begins.push(begin as u32);
        let mut entry = begin;
        for slot in 0..slots as u64 {
            while self.entries[entry].key >> LANE_BITS < slot * SLOT {
                entry += 1;
            }
            self.slots.push(u16::try_from(entry - begin).expect("fewer departures of a node than 65,536"));
        }
    }

    /// The row as it was.
    fn keep_row(&mut self, old: &Table, row: usize, slots: usize) {
        let begin = old.begins[row] as usize;
        let end = old.begins.get(row + 1).map_or(old.entries.len(), |&next| next as usize);
        self.begins.push(self.entries.len() as u32);
        self.slots.extend_from_slice(&old.slots[row * slots..(row + 1) * slots]);
        self.entries.extend_from_slice(&old.entries[begin..end]);
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

    fn lane(&self, connection: u32) -> usize {
        self.connections.all[connection as usize].lane.index()
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

    /// Tells the connections of a node at which riding is the best, latest first, and their value.
    fn best(&self, node: usize, to: NodeId, closed: &[bool], best: &[u64], mut tell: impl FnMut(u32, u64)) {
        let mut later = NO_WAY;
        for &index in self.at[node].iter().rev() {
            let value = best[index as usize];
            // Two that leave together: the lower lane is told last, and only it can be taken.
            if value != NO_WAY && self.ride(index as usize, to, closed, best) == value && value <= later {
                tell(index, value);
            }
            later = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_two_weeks_and_a_lane() {
        assert!(2 * Period::Week.micros() < 1 << (64 - LANE_BITS));
    }
}
