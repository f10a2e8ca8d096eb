//! The floor of a hub: room for so many parcels, and the yard, where trucks wait until theirs fit.
//!
//! ```text
//!   truck -> yard (in order of arrival) -> floor: sorters, docks -> departure or last mile
//! ```
//!
//! # Promises
//! - Trucks come in in the order in which they came: a small one overtakes nobody.
//! - What is on the floor never exceeds the room, but that a truck comes in whenever the floor is empty.
//! - `area` is the integral of the number on the floor; it equals the stays of those that left plus those of the
//!   ones still there (Little's law, exact), and so does `yard_area` for trucks.
//!
//! # Why a full floor is no deadlock
//! A vehicle leaves by its timetable, whatever waits at its other end: what is on a floor needs no room elsewhere
//! to go. While the yard is not empty nothing comes in, so what is on the floor is finite and each departure takes
//! some of it, until the first truck fits; at the latest when the floor is empty.

use std::collections::VecDeque;

use crate::kernel::time::{Moment, Span};

/// One hub's floor and yard. All calls come in order of time.
#[derive(Debug, Clone)]
pub struct HubFloor {
    room: u64,
    present: u64,
    yard: VecDeque<Truck>,
    clock: Moment,
    area: u128,
    yard_area: u128,
    /// Sums of the instants at which parcels came and left.
    came_at: u128,
    left_at: u128,
    /// Sum of the waits of trucks that came in from the yard, in microseconds.
    waited: u128,
    /// Trucks that ever came, and those that had to wait.
    pub trucks: u64,
    pub trucks_waited: u64,
    pub parcels_waited: u64,
    /// The most that was ever there at once: parcels on the floor, trucks in the yard.
    pub peak: u64,
    pub peak_yard: u64,
}

/// A truck in the yard.
#[derive(Debug, Clone, Copy)]
struct Truck {
    vehicle: u32,
    parcels: u64,
    since: Moment,
}

impl HubFloor {
    pub fn new(room: u32) -> HubFloor {
        HubFloor {
            room: room.into(),
            present: 0,
            yard: VecDeque::new(),
            clock: Moment::ZERO,
            area: 0,
            yard_area: 0,
            came_at: 0,
            left_at: 0,
            waited: 0,
            trucks: 0,
            trucks_waited: 0,
            parcels_waited: 0,
            peak: 0,
            peak_yard: 0,
        }
    }

    /// A truck arrives. True: its parcels are on the floor now; false: it waits, and `call` will name it.
    pub fn arrive(&mut self, vehicle: u32, parcels: u64, at: Moment) -> bool {
        self.advance(at);
        self.trucks += 1;
        if self.yard.is_empty() && self.has_room(parcels) {
            self.come_in(parcels, at);
            return true;
        }
        self.trucks_waited += 1;
        self.parcels_waited += parcels;
        self.yard.push_back(Truck { vehicle, parcels, since: at });
        self.peak_yard = self.peak_yard.max(self.yard.len() as u64);
        false
    }

    /// A parcel leaves the floor.
    #[inline]
    pub fn leave(&mut self, at: Moment) {
        self.advance(at);
        self.present = self.present.checked_sub(1).expect("a parcel that is not there leaves");
        self.left_at += u128::from(at.0);
    }

    /// The first truck of the yard, if its parcels fit: they are on the floor now. Ask until nobody is called.
    #[inline]
    pub fn call(&mut self, at: Moment) -> Option<u32> {
        let first = *self.yard.front()?;
        if !self.has_room(first.parcels) {
            return None;
        }
        self.advance(at);
        self.yard.pop_front();
        self.waited += u128::from(at.since(first.since).0);
        self.come_in(first.parcels, at);
        Some(first.vehicle)
    }

    pub fn present(&self) -> u64 {
        self.present
    }

    /// Time that trucks stood in the yard until `at`, those that still do among them.
    pub fn waited(&self, at: Moment) -> Span {
        Span(self.stood(at) as u64)
    }

    /// Both sides of Little's law at `at` for the floor, and for the yard.
    pub fn little(&self, at: Moment) -> [(u128, u128); 2] {
        let passed = u128::from(at.since(self.clock).0);
        let area = self.area + passed * u128::from(self.present);
        let yard_area = self.yard_area + passed * self.yard.len() as u128;
        let stays = self.left_at + u128::from(self.present) * u128::from(at.0) - self.came_at;
        [(area, stays), (yard_area, self.stood(at))]
    }

    fn stood(&self, at: Moment) -> u128 {
        self.waited + self.yard.iter().map(|truck| u128::from(at.since(truck.since).0)).sum::<u128>()
    }

    fn has_room(&self, parcels: u64) -> bool {
        self.present == 0 || self.present + parcels <= self.room
    }

    fn come_in(&mut self, parcels: u64, at: Moment) {
        self.present += parcels;
        self.came_at += u128::from(parcels) * u128::from(at.0);
        self.peak = self.peak.max(self.present);
    }

    fn advance(&mut self, at: Moment) {
        let passed = u128::from(at.since(self.clock).0);
        self.area += passed * u128::from(self.present);
        self.yard_area += passed * self.yard.len() as u128;
        self.clock = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> Moment {
        Moment::ZERO + Span::from_minutes(minutes)
    }

    #[test]
    fn trucks_wait_in_order_until_theirs_fit() {
        let mut floor = HubFloor::new(10);
        assert!(floor.arrive(1, 8, at(0)));
        assert!(!floor.arrive(2, 5, at(1)));
        assert!(!floor.arrive(3, 1, at(2)), "it would fit, and comes after the other");
        floor.leave(at(10));
        floor.leave(at(10));
        assert_eq!(floor.call(at(10)), None);
        floor.leave(at(20));
        assert_eq!((floor.call(at(20)), floor.call(at(20)), floor.present()), (Some(2), None, 10));
        floor.leave(at(30));
        assert_eq!((floor.call(at(30)), floor.call(at(30))), (Some(3), None));
        assert_eq!((floor.trucks, floor.trucks_waited, floor.parcels_waited), (3, 2, 6));
        assert_eq!((floor.peak, floor.peak_yard, floor.waited(at(60))), (10, 2, Span::from_minutes(19 + 28)));
        assert!(floor.little(at(60)).iter().all(|(area, stays)| area == stays));
    }

    #[test]
    fn an_empty_floor_takes_any_truck() {
        let mut floor = HubFloor::new(10);
        assert!(floor.arrive(1, 25, at(0)));
        assert!(!floor.arrive(2, 25, at(0)));
        (0..24).for_each(|_| floor.leave(at(1)));
        assert_eq!(floor.call(at(1)), None);
        floor.leave(at(2));
        assert_eq!(floor.call(at(2)), Some(2));
    }
}
