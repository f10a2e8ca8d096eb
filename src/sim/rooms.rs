//! Rooms: space between pickers and packers, and between packers and the docks. A server that has finished and finds
//! its room full keeps the job, and serves nobody else (blocking after service).
//!
//! # Promises
//! - What is in a room is what waits behind it: nothing enters or leaves a room that does not enter or leave the queue
//!   of the packers or the docks, so no place is lost or taken twice.
//! - Who has waited longest leaves first. A job larger than the room goes into an empty one, so nobody waits for ever.
//! - The time of a blocked server is busy time: Little's law holds as it is.

use std::collections::VecDeque;

use super::docks::Docks;
use super::stations::Stations;
use crate::domain::{LaneId, NodeId, StationId};
use crate::kernel::time::{Moment, Span};
use crate::metrics::RoomSeen;
use crate::model::{Model, RoomBefore};

/// A server whose job is done and still with it.
#[derive(Debug, Clone, Copy)]
pub struct Blocked {
    pub station: StationId,
    pub server: u32,
    pub since: Moment,
    /// Places that its job needs.
    pub size: u64,
}

struct Room {
    behind: Behind,
    capacity: u64,
    blocked: VecDeque<Blocked>,
    seen: RoomSeen,
}

/// What empties a room.
enum Behind {
    Queue(StationId),
    Docks(Vec<LaneId>),
}

/// All rooms that are finite, in the order of `Model::rooms`.
pub struct Rooms {
    rooms: Vec<Room>,
    /// By station: the room that its jobs go into.
    of: Vec<Option<usize>>,
    blocked: usize,
}

impl Rooms {
    pub fn open(model: &Model) -> Rooms {
        let mut of = vec![None; model.stations.len()];
        let mut rooms = Vec::new();
        for (node, before, capacity) in model.rooms() {
            let here = &model.nodes[node.index()];
            let behind = match before {
                RoomBefore::Packing => {
                    here.pick_stations().for_each(|zone| of[zone.index()] = Some(rooms.len()));
                    Behind::Queue(here.pack)
                }
                RoomBefore::Docks => {
                    of[here.pack.index()] = Some(rooms.len());
                    Behind::Docks(lanes_from(model, node))
                }
            };
            let (blocked, seen) = (VecDeque::new(), RoomSeen::default());
            rooms.push(Room { behind, capacity: capacity.into(), blocked, seen });
        }
        Rooms { rooms, of, blocked: 0 }
    }

    #[inline]
    pub fn of(&self, station: StationId) -> Option<usize> {
        self.of[station.index()]
    }

    /// Whether a job of that size must stay with its server.
    pub fn is_full(&self, room: usize, size: u64, stations: &Stations, docks: &Docks) -> bool {
        let room = &self.rooms[room];
        let taken = room.taken(stations, docks);
        !room.blocked.is_empty() || (0 < taken && room.capacity < taken + size)
    }

    pub fn block(&mut self, room: usize, server: Blocked) {
        self.rooms[room].blocked.push_back(server);
        self.blocked += 1;
    }

    /// The next server that can leave its job now, and how long it has waited.
    pub fn next_free(&mut self, now: Moment, stations: &Stations, docks: &Docks) -> Option<(Blocked, Span)> {
        if self.blocked == 0 {
            return None;
        }
        for room in &mut self.rooms {
            let Some(first) = room.blocked.front().copied() else { continue };
            let taken = room.taken(stations, docks);
            if taken == 0 || taken + first.size <= room.capacity {
                room.blocked.pop_front();
                self.blocked -= 1;
                let waited = now.since(first.since);
                room.seen.blocked(waited);
                return Some((first, waited));
            }
        }
        None
    }

    /// A job went in: how full the room is with it.
    pub fn entered(&mut self, room: usize, stations: &Stations, docks: &Docks) {
        let taken = self.rooms[room].taken(stations, docks);
        self.rooms[room].seen.peak = self.rooms[room].seen.peak.max(taken);
    }

    /// What each has seen, those included who still wait at the end.
    pub fn seen(&self, now: Moment) -> Vec<RoomSeen> {
        let each = self.rooms.iter().map(|room| {
            let mut seen = room.seen;
            room.blocked.iter().for_each(|server| seen.blocked(now.since(server.since)));
            seen
        });
        each.collect()
    }
}

impl Room {
    fn taken(&self, stations: &Stations, docks: &Docks) -> u64 {
        match &self.behind {
            Behind::Queue(station) => stations.queue_len(*station) as u64,
            Behind::Docks(lanes) => lanes.iter().map(|&lane| docks.waiting(lane)).sum(),
        }
    }
}

fn lanes_from(model: &Model, node: NodeId) -> Vec<LaneId> {
    let lanes = (0u32..).zip(model.network.lanes());
    lanes.filter(|(_, lane)| lane.from == node).map(|(lane, _)| LaneId(lane)).collect()
}
