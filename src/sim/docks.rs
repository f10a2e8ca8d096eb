//! The docks of a run: a queue a lane, departures by timetable, vehicles under way.

use super::event::Event;
use super::outcome::LaneOutcome;
use crate::domain::{Handle, LaneId};
use crate::kernel::calendar::{Calendar, Class};
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::time::{Moment, Span};
use crate::logistics::road::FULL;
use crate::logistics::{Dock, Load, Room, Skies};
use crate::metrics::{MovementSeen, RoadSeen};
use crate::model::{Model, Movement};

/// One lane's dock and what it has sent off.
#[derive(Default)]
struct Lane {
    dock: Dock,
    seen: LaneOutcome,
    /// A vehicle on top is ordered and has not left yet.
    ordered: bool,
}

/// Why a vehicle leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaves {
    ByTimetable,
    /// It was ordered because the dock held too much.
    OnTop,
}

const CLOSED: Purpose = Purpose::named("departure held by weather");

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
    /// Docks are told of each parcel how large it is and when it is due.
    pub weighs: bool,
    skies: Skies,
    seen: RoadSeen,
}

impl Docks {
    /// The first departure of each lane is in the calendar.
    pub fn open(model: &Model, calendar: &mut Calendar<Event>) -> Docks {
        let lanes = model.network.lanes().iter();
        for (index, lane) in lanes.clone().enumerate() {
            let first = lane.next_departure(Moment::ZERO);
            calendar.push(first, Class::Control, Event::departure(LaneId(index as u32)));
        }
        let weighs = model.movement.as_ref().and_then(|movement| movement.weighs);
        let dock = weighs.map_or(Dock::new(), Dock::weighing);
        Docks {
            lanes: lanes.map(|_| Lane { dock: dock.clone(), ..Lane::default() }).collect(),
            weighs: weighs.is_some(),
            vehicles: Vec::new(),
            free: Vec::new(),
            skies: Skies::default(),
            seen: RoadSeen::default(),
        }
    }

    #[inline]
    pub fn board(&mut self, lane: LaneId, parcel: Handle, now: Moment, rank: u32) {
        self.lanes[lane.index()].dock.board(parcel.bits(), now, rank);
    }

    /// As `board`, where docks weigh.
    pub fn board_load(&mut self, lane: LaneId, parcel: Handle, now: Moment, rank: u32, load: Load) {
        self.lanes[lane.index()].dock.board_load(parcel.bits(), now, rank, load);
    }

    /// The vehicle leaves with what is eligible and fits. Returns its index, or `None`: an empty one stays.
    pub fn depart(
        &mut self,
        model: &Model,
        draw: &Draw,
        calendar: &mut Calendar<Event>,
        now: Moment,
        id: LaneId,
        leaves: Leaves,
    ) -> Option<u32> {
        let facts = model.network.lane(id);
        let by_timetable = leaves == Leaves::ByTimetable;
        if by_timetable {
            calendar.push(facts.following_departure(now), Class::Control, Event::departure(id));
            if model.movement.is_some() && self.is_held(model, *draw, now, id) {
                return None;
            }
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.vehicles.push(Vehicle::default());
            self.vehicles.len() as u32 - 1
        });
        let (lane, vehicle) = (&mut self.lanes[id.index()], &mut self.vehicles[index as usize]);
        vehicle.lane = id;
        vehicle.parcels.clear();
        let parcels = model.lane_capacity(id, now);
        if self.weighs {
            let room = Room { parcels, volume_ml: facts.volume_ml.unwrap_or(u64::MAX) };
            lane.dock.depart_with(now, room, facts.cut_off, &mut vehicle.parcels);
        } else {
            lane.dock.depart(now, parcels, facts.cut_off, &mut vehicle.parcels);
        }
        lane.seen.rolled_over = lane.dock.rollovers;
        lane.seen.by_volume = lane.dock.by_volume;
        lane.seen.too_late = lane.dock.too_late;
        lane.ordered &= by_timetable;
        let parcels = vehicle.parcels.len() as u64;
        // One that took nobody on top calls for no other: those who wait are not in time, or the lane is closed.
        if let Some(movement) = model.movement.as_deref().filter(|_| by_timetable || 0 < parcels) {
            lane.order_more(movement, calendar, now, id, facts.capacity);
        }
        if parcels == 0 {
            self.free.push(index);
            return None;
        }
        lane.seen.parcels += parcels;
        let nominal = match leaves {
            Leaves::ByTimetable => {
                lane.seen.departures += 1;
                facts.travel(*draw, facts.departure_number(now))
            }
            Leaves::OnTop => {
                lane.seen.ad_hoc += 1;
                lane.seen.ad_hoc_parcels += parcels;
                facts.travel_ad_hoc(*draw, lane.seen.ad_hoc)
            }
        };
        let arrival = self.arrival(model, *draw, now, id, nominal, parcels);
        calendar.push(arrival, Class::Completion, Event::vehicle(index));
        Some(index)
    }

    /// Whether the weather keeps the vehicle that should leave now.
    fn is_held(&mut self, model: &Model, draw: Draw, now: Moment, id: LaneId) -> bool {
        let Some(weather) = model.movement.as_ref().and_then(|movement| movement.weather.as_ref()) else {
            return false;
        };
        let (facts, lane) = (model.network.lane(id), &mut self.lanes[id.index()]);
        let hour = hours_since_zero(model, now);
        let chance = weather.closed(&mut self.skies, draw, (facts.from, facts.to), hour);
        if !facts.strikes(draw, CLOSED, facts.departure_number(now), chance) {
            return false;
        }
        let held = lane.dock.hold(now, facts.cut_off);
        lane.seen.cancelled += u64::from(0 < held);
        self.seen.cancelled += u64::from(0 < held);
        self.seen.held += held;
        true
    }

    /// When a vehicle is there that leaves now, at the speeds of the hours that it meets.
    fn arrival(
        &mut self,
        model: &Model,
        draw: Draw,
        now: Moment,
        id: LaneId,
        nominal: Span,
        parcels: u64,
    ) -> Moment {
        let facts = model.network.lane(id);
        let weather = model.movement.as_ref().and_then(|movement| movement.weather.as_ref());
        if weather.is_none() && !facts.has_paces() {
            return now + nominal;
        }
        let clock = model.network.clock();
        let (local, first) = (clock.local(now), clock.local(Moment::ZERO) / Span::HOUR.0);
        let fair = facts.arrive(local, nominal, |_| FULL);
        let Some(weather) = weather else { return clock.moment(fair) };
        let ends = (facts.from, facts.to);
        let skies = &mut self.skies;
        let there = facts.arrive(local, nominal, |hour| weather.pace(skies, draw, ends, hour - first));
        self.seen.delayed += if fair < there { parcels } else { 0 };
        self.seen.delayed_us += u128::from(parcels) * u128::from(there - fair);
        clock.moment(there)
    }

    /// At the end of a run: what vehicles met, and what the skies were.
    pub fn tell(&mut self, model: &Model, draw: Draw, seen: &mut MovementSeen) {
        seen.roads = self.seen;
        let weather = model.movement.as_ref().and_then(|movement| movement.weather.as_ref());
        let Some(weather) = weather else { return };
        let hours = model.horizon.0.div_ceil(Span::HOUR.0);
        let regions = 0..weather.regions.len() as u16;
        seen.skies = regions.map(|region| self.skies.count(weather, draw, region, hours)).collect();
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

    /// Parcels that wait for the lane's vehicles.
    pub fn waiting(&self, id: LaneId) -> u64 {
        self.lanes[id.index()].dock.len()
    }

    pub fn outcome(&self, id: LaneId) -> LaneOutcome {
        self.lanes[id.index()].seen
    }
}

/// Local hours that began since instant zero.
fn hours_since_zero(model: &Model, at: Moment) -> u64 {
    let clock = model.network.clock();
    clock.local(at) / Span::HOUR.0 - clock.local(Moment::ZERO) / Span::HOUR.0
}

impl Lane {
    /// Another vehicle is ordered where too much is left.
    fn order_more(
        &mut self,
        movement: &Movement,
        calendar: &mut Calendar<Event>,
        now: Moment,
        id: LaneId,
        capacity: u32,
    ) {
        let Some(rules) = movement.ad_hoc else { return };
        if !self.ordered && rules.above * f64::from(capacity) < self.dock.len() as f64 {
            self.ordered = true;
            calendar.push(now + rules.lead, Class::Control, Event::ad_hoc(id));
        }
    }
}
