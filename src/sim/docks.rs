//! The docks of a run: a queue a lane, departures by timetable, vehicles under way.

use super::event::Event;
use crate::domain::{Handle, LaneId};
use crate::kernel::calendar::{Calendar, Class};
use crate::kernel::draw::Draw;
use crate::kernel::time::Moment;
use crate::logistics::Dock;
use crate::model::Model;

/// One lane's dock and what it has sent off.
struct Lane {
    dock: Dock,
    departures: u64,
    parcels: u64,
}

/// A vehicle under way: hundreds of parcels are one event.
#[derive(Default)]
pub struct Vehicle {
    pub lane: LaneId,
    pub parcels: Vec<u64>,
}

/// All lanes, by `LaneId`, and the vehicles.
pub struct Docks {
    lanes: Vec<Lane>,
    vehicles: Vec<Vehicle>,
    free: Vec<u32>,
}

impl Docks {
    /// The first departure of each lane is in the calendar.
    pub fn open(model: &Model, calendar: &mut Calendar<Event>) -> Docks {
        let lanes = model.network.lanes().iter();
        for (index, lane) in lanes.clone().enumerate() {
            let first = lane.next_departure(Moment::ZERO);
            calendar.push(first, Class::Control, Event::departure(LaneId(index as u32)));
        }
        let lanes = lanes.map(|_| Lane { dock: Dock::new(), departures: 0, parcels: 0 }).collect();
        Docks { lanes, vehicles: Vec::new(), free: Vec::new() }
    }

    #[inline]
    pub fn board(&mut self, lane: LaneId, parcel: Handle, now: Moment, rank: u32) {
        self.lanes[lane.index()].dock.board(parcel.bits(), now, rank);
    }

    /// The vehicle leaves with what is eligible and fits. Returns its index, or `None`: an empty one stays.
    pub fn depart(
        &mut self,
        model: &Model,
        draw: &Draw,
        calendar: &mut Calendar<Event>,
        now: Moment,
        id: LaneId,
    ) -> Option<u32> {
        let (facts, lane) = (model.network.lane(id), &mut self.lanes[id.index()]);
        let next = facts.following_departure(now);
        calendar.push(next, Class::Control, Event::departure(id));
        let index = self.free.pop().unwrap_or_else(|| {
            self.vehicles.push(Vehicle::default());
            self.vehicles.len() as u32 - 1
        });
        let vehicle = &mut self.vehicles[index as usize];
        vehicle.lane = id;
        vehicle.parcels.clear();
        lane.dock.depart(now, model.lane_capacity(id, now), facts.cut_off, &mut vehicle.parcels);
        if vehicle.parcels.is_empty() {
            self.free.push(index);
            return None;
        }
        lane.departures += 1;
        lane.parcels += vehicle.parcels.len() as u64;
        let travel = facts.travel(*draw, facts.departure_number(now));
        calendar.push(now + travel, Class::Completion, Event::vehicle(index));
        Some(index)
    }

    /// Takes the load out while its parcels are handled; give it back with `recycle` on arrival.
    pub fn load(&mut self, index: u32) -> Vehicle {
        std::mem::take(&mut self.vehicles[index as usize])
    }

    pub fn put_back(&mut self, index: u32, vehicle: Vehicle) {
        self.vehicles[index as usize] = vehicle;
    }

    pub fn recycle(&mut self, index: u32, vehicle: Vehicle) {
        self.put_back(index, vehicle);
        self.free.push(index);
    }

    /// Parcels that wait at one lane's dock.
    pub fn waiting(&self, id: LaneId) -> u64 {
        self.lanes[id.index()].dock.len()
    }

    /// Parcels that came to one lane's dock after the cut-off of a departure.
    pub fn too_late(&self, id: LaneId) -> u64 {
        self.lanes[id.index()].dock.too_late
    }

    /// (departures, parcels, parcels rolled over) of one lane.
    pub fn totals(&self, id: LaneId) -> (u64, u64, u64) {
        let lane = &self.lanes[id.index()];
        (lane.departures, lane.parcels, lane.dock.rollovers)
    }
}
