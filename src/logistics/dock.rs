//! The dock: parcels of one lane that wait for a departure.
//!
//! # Promises
//! - Lower ranks leave first; within a rank, first boarded first, or where the dock knows when each is due, the first
//!   due first.
//! - Nobody is passed over: the first parcel for which there is no room ends the loading, so a large one does not wait
//!   for ever behind small ones. A vehicle takes one parcel at least, whatever its volume.
//! - Boarded = departed + waiting, at every instant.
//! - `area` is the integral of the number waiting, in parcel-microseconds; it equals the waits of those that
//!   left plus those of the ones still there (Little's law, exact).
//! - No allocation once as many have waited before.

use std::collections::VecDeque;

use crate::kernel::time::{Moment, Span};

/// One lane's queue at its origin. Boarding and departing come in order of time.
#[derive(Debug, Clone, Default)]
pub struct Dock {
    /// Rising by rank; few, and kept when empty.
    ranks: Vec<Rank>,
    order: Order,
    waiting: u64,
    clock: Moment,
    area: u128,
    /// Parcels that ever came.
    pub boarded: u64,
    pub departed: u64,
    /// The most that ever waited at once.
    pub peak: u64,
    /// One for each parcel and departure that it was in time for and that was full.
    pub rollovers: u64,
    /// One for each parcel and departure whose cut-off it came after.
    pub too_late: u64,
    /// Of them, those for whose volume there was no room.
    pub by_volume: u64,
    /// One for each parcel and departure that it was in time for and that did not leave.
    pub held: u64,
    /// Departures that left somebody behind.
    pub full_departures: u64,
    /// Sum of the waits of those that departed, in microseconds.
    pub waited: u128,
    /// Places of the parcels in time, as they are loaded.
    places: Vec<u32>,
}

/// Who leaves first within a rank.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    #[default]
    Boarded,
    Due,
}

/// What a dock is told of a parcel where it weighs them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// When it should leave at the latest.
    pub due: Moment,
    pub volume_ml: u32,
}

/// What a vehicle takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub parcels: u32,
    pub volume_ml: u64,
}

#[derive(Debug, Clone, Default)]
struct Rank {
    rank: u32,
    queue: VecDeque<Waiting>,
    /// By place in the queue; empty where the dock does not weigh.
    loads: VecDeque<Load>,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    parcel: u64,
    since: Moment,
}

impl Dock {
    pub fn new() -> Dock {
        Dock::default()
    }

    /// A dock that knows of each parcel when it is due and how large it is: use `board_load` and `depart_with`.
    pub fn weighing(order: Order) -> Dock {
        Dock { order, ..Dock::default() }
    }

    /// A parcel is at the dock from `at` on. `parcel` is the caller's token.
    #[inline]
    pub fn board(&mut self, parcel: u64, at: Moment, rank: u32) {
        self.queue(rank, at).queue.push_back(Waiting { parcel, since: at });
    }

    /// As `board`, at a dock that weighs.
    #[inline]
    pub fn board_load(&mut self, parcel: u64, at: Moment, rank: u32, load: Load) {
        let row = self.queue(rank, at);
        row.queue.push_back(Waiting { parcel, since: at });
        row.loads.push_back(load);
    }

    /// The rank's row, in which one more parcel is counted.
    #[inline]
    fn queue(&mut self, rank: u32, at: Moment) -> &mut Rank {
        self.advance(at);
        self.boarded += 1;
        self.waiting += 1;
        self.peak = self.peak.max(self.waiting);
        // Ranks without a gap stand at their own place.
        let own = rank as usize;
        let is_there = self.ranks.get(own).is_some_and(|row| row.rank == rank);
        let row = if is_there { own } else { self.row_of(rank) };
        &mut self.ranks[row]
    }

    #[cold]
    fn row_of(&mut self, rank: u32) -> usize {
        self.ranks.binary_search_by_key(&rank, |row| row.rank).unwrap_or_else(|row| {
            self.ranks.insert(row, Rank { rank, ..Rank::default() });
            row
        })
    }

    /// A vehicle leaves at `at` with up to `capacity` parcels that have been here for `cut_off`.
    /// They are appended to `out` in loading order; returns how many.
    pub fn depart(&mut self, at: Moment, capacity: u32, cut_off: Span, out: &mut Vec<u64>) -> u32 {
        self.advance(at);
        let mut room = capacity as usize;
        let mut left_behind = 0;
        for Rank { queue, .. } in &mut self.ranks {
            let in_time = in_time(queue, at, cut_off);
            let loaded = in_time.min(room);
            for parcel in queue.drain(..loaded) {
                self.waited += u128::from(at.since(parcel.since).0);
                out.push(parcel.parcel);
            }
            room -= loaded;
            left_behind += (in_time - loaded) as u64;
            self.too_late += (queue.len() - (in_time - loaded)) as u64;
        }
        let loaded = capacity - room as u32;
        self.left(loaded, left_behind);
        loaded
    }

    /// As `depart`, at a dock that weighs.
    pub fn depart_with(&mut self, at: Moment, room: Room, cut_off: Span, out: &mut Vec<u64>) -> u32 {
        self.advance(at);
        let (mut left, mut loaded, mut left_behind, mut by_volume) = (room, 0, 0, false);
        let mut is_full = false;
        for row in &mut self.ranks {
            let in_time = in_time(&row.queue, at, cut_off);
            self.too_late += (row.queue.len() - in_time) as u64;
            if in_time == 0 {
                continue;
            }
            self.places.clear();
            if !is_full {
                self.places.extend(0..in_time as u32);
                let loads = &row.loads;
                if self.order == Order::Due {
                    self.places.sort_unstable_by_key(|&place| (loads[place as usize].due, place));
                }
                let mut fits = |&place: &u32| {
                    let volume = u64::from(loads[place as usize].volume_ml);
                    by_volume = 0 < left.parcels && left.volume_ml < volume && 0 < loaded;
                    if left.parcels == 0 || by_volume {
                        return false;
                    }
                    loaded += 1;
                    left.parcels -= 1;
                    left.volume_ml = left.volume_ml.saturating_sub(volume);
                    true
                };
                let taken = self.places.iter().take_while(|place| fits(place)).count();
                self.places.truncate(taken);
                is_full = taken < in_time;
            }
            left_behind += (in_time - self.places.len()) as u64;
            for &place in &self.places {
                let parcel = row.queue[place as usize];
                self.waited += u128::from(at.since(parcel.since).0);
                out.push(parcel.parcel);
            }
            row.take_out(&mut self.places);
        }
        self.by_volume += if by_volume { left_behind } else { 0 };
        self.left(loaded, left_behind);
        loaded
    }

    fn left(&mut self, loaded: u32, left_behind: u64) {
        self.waiting -= u64::from(loaded);
        self.departed += u64::from(loaded);
        self.rollovers += left_behind;
        self.full_departures += u64::from(0 < left_behind);
    }

    /// The vehicle does not leave: how many it would have taken, but for its room.
    pub fn hold(&mut self, at: Moment, cut_off: Span) -> u64 {
        let held = self.ranks.iter().map(|row| in_time(&row.queue, at, cut_off) as u64).sum();
        self.held += held;
        held
    }

    pub fn len(&self) -> u64 {
        self.waiting
    }

    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// The integral of the number waiting until `at`, in parcel-microseconds.
    pub fn area(&mut self, at: Moment) -> u128 {
        self.advance(at);
        self.area
    }

    #[inline]
    fn advance(&mut self, at: Moment) {
        self.area += u128::from(at.since(self.clock).0) * u128::from(self.waiting);
        self.clock = at;
    }
}

/// How many of a queue have been there for the cut-off.
#[inline]
fn in_time(queue: &VecDeque<Waiting>, at: Moment, cut_off: Span) -> usize {
    // The usual case: everybody.
    match queue.back() {
        Some(last) if last.since + cut_off <= at => queue.len(),
        _ => queue.partition_point(|parcel| parcel.since + cut_off <= at),
    }
}

impl Rank {
    /// Those at these places are gone; the others keep their order.
    fn take_out(&mut self, places: &mut [u32]) {
        let Some(most) = places.iter().max() else { return };
        let (end, mut gone) = (*most as usize + 1, 0);
        if end == places.len() {
            self.queue.drain(..end);
            self.loads.drain(..end);
            return;
        }
        places.sort_unstable();
        // From the back, so that what stays is moved up to what stays behind it, and the front comes free.
        for place in (0..end).rev() {
            if places.len() != gone && places[places.len() - 1 - gone] as usize == place {
                gone += 1;
            } else {
                self.queue[place + gone] = self.queue[place];
                self.loads[place + gone] = self.loads[place];
            }
        }
        self.queue.drain(..gone);
        self.loads.drain(..gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> Moment {
        Moment::ZERO + Span::from_minutes(minutes)
    }

    #[test]
    fn lower_ranks_leave_first_and_the_rest_rolls_over() {
        let (mut dock, mut out) = (Dock::new(), Vec::new());
        for (parcel, minute, rank) in [(1, 0, 5), (2, 1, 0), (3, 2, 5), (4, 30, 0)] {
            dock.board(parcel, at(minute), rank);
        }
        // Parcel 4 is past the cut-off; parcel 3 finds no room.
        assert_eq!(dock.depart(at(60), 2, Span::from_minutes(40), &mut out), 2);
        assert_eq!((&out[..], dock.rollovers, dock.len()), (&[2, 1][..], 1, 2));
        dock.depart(at(90), 2, Span::from_minutes(40), &mut out);
        assert_eq!((&out[..], dock.rollovers, dock.len()), (&[2, 1, 4, 3][..], 1, 0));
        let waits = (59 + 60 + 60 + 88) * 60_000_000;
        assert_eq!((dock.waited, dock.area(at(200))), (waits, waits));
    }

    #[test]
    fn who_is_due_first_leaves_first_and_a_full_vehicle_says_of_what() {
        let (mut dock, mut out) = (Dock::weighing(Order::Due), Vec::new());
        for (parcel, rank, due, volume_ml) in
            [(1, 1, 50, 10), (2, 1, 20, 10), (3, 1, 90, 10), (4, 1, 30, 80), (5, 0, 99, 10)]
        {
            dock.board_load(parcel, at(0), rank, Load { due: at(due), volume_ml });
        }
        let room = |parcels, volume_ml| Room { parcels, volume_ml };
        // The large parcel 4 is next and does not fit: nobody passes it.
        dock.depart_with(at(1), room(9, 50), Span::ZERO, &mut out);
        assert_eq!((&out[..], dock.rollovers, dock.by_volume), (&[5, 2][..], 3, 3));
        // Alone it leaves with any vehicle.
        dock.depart_with(at(2), room(9, 50), Span::ZERO, &mut out);
        assert_eq!((&out[2..], dock.rollovers, dock.by_volume), (&[4][..], 5, 5));
        dock.depart_with(at(3), room(1, 50), Span::ZERO, &mut out);
        assert_eq!((&out[3..], dock.rollovers, dock.by_volume), (&[1][..], 6, 5));
        dock.depart_with(at(4), room(1, 50), Span::ZERO, &mut out);
        assert_eq!((&out[4..], dock.rollovers, dock.len()), (&[3][..], 6, 0));
    }
}
