//! How many parcel-hops a second does one core move through docks and vehicles?
//!
//! A hop is a parcel that boards a dock, leaves with a vehicle and arrives at the other end. Departures and arrivals
//! are events of the calendar, parcels are not: 2,000 lanes between 24 hubs and 400 places, a vehicle each half hour,
//! and each parcel goes on from where it is over a lane that a hash of its number and hop names. Four ranks. CPU time,
//! so that a shared machine counts as a quiet one. All of it: `cargo bench --bench movement`; one quick round: `-- --test`.

use std::hint::black_box;

use cpu_time::ProcessTime;
use ordermill::kernel::calendar::{Calendar, Class};
use ordermill::kernel::draw::mix;
use ordermill::kernel::time::{Moment, Span};
use ordermill::logistics::{Dock, Load, Order, Room};

const LANES: u64 = 2_000;
const CAPACITY: u32 = 2_000;
const EVERY: Span = Span::from_minutes(30);
/// Events: a departure of a lane, or from here on the arrival of a vehicle.
const VEHICLE: u32 = 1 << 16;

struct World {
    calendar: Calendar<u32>,
    docks: Vec<Dock>,
    vehicles: Vec<Vec<u64>>,
    free: Vec<u32>,
    weighs: bool,
    hops: u64,
}

impl World {
    fn new(parcels: u64, order: Option<Order>) -> World {
        let dock = order.map_or(Dock::new(), Dock::weighing);
        let mut world = World {
            calendar: Calendar::new(),
            docks: vec![dock; LANES as usize],
            vehicles: Vec::new(),
            free: Vec::new(),
            weighs: order.is_some(),
            hops: 0,
        };
        for lane in 0..LANES {
            world.calendar.push(Moment(mix(lane) % EVERY.0), Class::Control, lane as u32);
        }
        // A parcel's number, and its hop below.
        (0..parcels).for_each(|parcel| world.board(parcel << 16, Moment::ZERO));
        world
    }

    #[inline]
    fn board(&mut self, parcel: u64, at: Moment) {
        let luck = mix(parcel);
        let (dock, rank) = (&mut self.docks[(luck % LANES) as usize], (luck >> 62) as u32);
        match self.weighs {
            false => dock.board(parcel, at, rank),
            true => {
                let load = Load { due: at + Span(luck >> 20), volume_ml: 1_000 };
                dock.board_load(parcel, at, rank, load);
            }
        }
    }

    fn run(&mut self, until: Moment) {
        while let Some((now, event)) = self.calendar.pop_until(until) {
            match event.checked_sub(VEHICLE) {
                None => self.depart(event, now),
                Some(vehicle) => self.arrive(vehicle, now),
            }
        }
    }

    fn depart(&mut self, lane: u32, now: Moment) {
        self.calendar.push(now + EVERY, Class::Control, lane);
        let index = self.free.pop().unwrap_or_else(|| {
            self.vehicles.push(Vec::new());
            self.vehicles.len() as u32 - 1
        });
        let (dock, parcels) = (&mut self.docks[lane as usize], &mut self.vehicles[index as usize]);
        parcels.clear();
        match self.weighs {
            false => dock.depart(now, CAPACITY, Span::MINUTE, parcels),
            true => {
                let room = Room { parcels: CAPACITY, volume_ml: u64::from(CAPACITY) * 900 };
                dock.depart_with(now, room, Span::MINUTE, parcels)
            }
        };
        let travel = Span::from_minutes(20 + u64::from(lane) % 50);
        self.calendar.push(now + travel, Class::Completion, VEHICLE + index);
    }

    fn arrive(&mut self, vehicle: u32, now: Moment) {
        let parcels = std::mem::take(&mut self.vehicles[vehicle as usize]);
        self.hops += parcels.len() as u64;
        for parcel in &parcels {
            self.board(parcel & !0xffff | (parcel + 1) & 0xffff, now);
        }
        self.vehicles[vehicle as usize] = parcels;
        self.free.push(vehicle);
    }
}

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    println!("{:<34} {:>12} {:>16} {:>12}", "docks", "parcels", "hops/s a core", "a vehicle");
    for parcels in if quick { [20_000, 50_000] } else { [200_000, 2_000_000] } {
        for (name, order) in [
            ("by rank", None),
            ("by rank, with volume", Some(Order::Boarded)),
            ("by rank and due, with volume", Some(Order::Due)),
        ] {
            let mut world = World::new(parcels, order);
            let hours = if quick { 2 } else { 20_000_000 / parcels };
            world.run(Moment::ZERO + Span::from_hours(2));
            let (before, started) = (world.hops, ProcessTime::now());
            world.run(Moment::ZERO + Span::from_hours(2 + hours));
            let (hops, spent) = (world.hops - before, started.elapsed().as_secs_f64());
            black_box(&world.docks);
            let departures = (2 * hours * LANES) as f64;
            let (rate, load) = (hops as f64 / spent / 1e6, hops as f64 / departures);
            println!("{name:<34} {parcels:>12} {rate:>14.1} M {load:>12.0}");
        }
    }
}
