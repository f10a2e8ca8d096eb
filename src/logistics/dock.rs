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
    pub departed: u64,
    /// Sum of the instants at which parcels departed, in microseconds.
    departures: u128,
    /// The most that waited when a vehicle came.
    peak: u64,
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
    /// Places of the parcels in time, as they are loaded; above them, when each is due. One number sorts faster than
    /// a pair.
    places: Vec<u128>,
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

/// What boarding writes is one cache line: parcels come one by one to docks all over, and leave many at once.
#[derive(Debug, Clone, Default)]
#[repr(C, align(64))]
struct Rank {
    queue: VecDeque<Waiting>,
    /// Sum of the instants at which parcels came, in microseconds.
    arrivals: u128,
    /// Parcels that ever came.
    boarded: u64,
    rank: u32,
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
        self.row(rank).board(parcel, at);
    }

    /// As `board`, at a dock that weighs.
    #[inline]
    pub fn board_load(&mut self, parcel: u64, at: Moment, rank: u32, load: Load) {
        let row = self.row(rank);
        row.board(parcel, at);
        row.loads.push_back(load);
    }

    #[inline]
    fn row(&mut self, rank: u32) -> &mut Rank {
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
        self.peak = self.peak();
        let mut room = capacity as usize;
        let mut left_behind = 0;
        for Rank { queue, .. } in &mut self.ranks {
            let in_time = in_time(queue, at, cut_off);
            let loaded = in_time.min(room);
            let (front, back) = queue.as_slices();
            let before_wrap = loaded.min(front.len());
            for part in [&front[..before_wrap], &back[..loaded - before_wrap]] {
                self.waited += part.iter().map(|parcel| u128::from(at.since(parcel.since).0)).sum::<u128>();
                out.extend(part.iter().map(|parcel| parcel.parcel));
            }
            queue.drain(..loaded);
            room -= loaded;
            left_behind += (in_time - loaded) as u64;
            self.too_late += (queue.len() - (in_time - loaded)) as u64;
        }
        let loaded = capacity - room as u32;
        self.left(at, loaded, left_behind);
        loaded
    }

    /// As `depart`, at a dock that weighs.
    pub fn depart_with(&mut self, at: Moment, room: Room, cut_off: Span, out: &mut Vec<u64>) -> u32 {
        self.peak = self.peak();
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
                let loads = &row.loads;
                if self.order == Order::Due {
                    let keys = (0..).zip(loads.range(..in_time));
                    self.places.extend(keys.map(|(place, load)| u128::from(load.due.0) << 32 | place));
                    self.places.sort_unstable();
                } else {
                    self.places.extend(0..in_time as u128);
                }
                let mut fits = |&key: &u128| {
                    let volume = u64::from(loads[place(key)].volume_ml);
                    by_volume = 0 < left.parcels && left.volume_ml < volume && 0 < loaded;
                    if left.parcels == 0 || by_volume {
                        return false;
                    }
                    loaded += 1;
                    left.parcels -= 1;
                    left.volume_ml = left.volume_ml.saturating_sub(volume);
                    true
                };
                let taken = self.places.iter().take_while(|key| fits(key)).count();
                self.places.truncate(taken);
                is_full = taken < in_time;
            }
            left_behind += (in_time - self.places.len()) as u64;
            for &key in &self.places {
                let parcel = row.queue[place(key)];
                self.waited += u128::from(at.since(parcel.since).0);
                out.push(parcel.parcel);
            }
            row.take_out(&mut self.places);
        }
        self.by_volume += if by_volume { left_behind } else { 0 };
        self.left(at, loaded, left_behind);
        loaded
    }

    fn left(&mut self, at: Moment, loaded: u32, left_behind: u64) {
        self.departed += u64::from(loaded);
        self.departures += u128::from(at.0) * u128::from(loaded);
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
        self.ranks.iter().map(|row| row.queue.len() as u64).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.ranks.iter().all(|row| row.queue.is_empty())
    }

    /// Parcels that ever came.
    pub fn boarded(&self) -> u64 {
        self.ranks.iter().map(|row| row.boarded).sum()
    }

    /// The most that ever waited at once.
    pub fn peak(&self) -> u64 {
        self.peak.max(self.len())
    }

    /// The integral of the number waiting until `at`, in parcel-microseconds: each counts from its arrival to its
    /// departure, or to `at`.
    pub fn area(&self, at: Moment) -> u128 {
        let arrivals: u128 = self.ranks.iter().map(|row| row.arrivals).sum();
        self.departures + u128::from(at.0) * u128::from(self.boarded() - self.departed) - arrivals
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

#[inline]
fn place(key: u128) -> usize {
    key as u32 as usize
}

impl Rank {
    #[inline]
    fn board(&mut self, parcel: u64, at: Moment) {
        self.arrivals += u128::from(at.0);
        self.boarded += 1;
        self.queue.push_back(Waiting { parcel, since: at });
    }

    /// Those at these places are gone; the others keep their order.
    fn take_out(&mut self, places: &mut [u128]) {
        places.iter_mut().for_each(|key| *key = place(*key) as u128);
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
            if places.len() != gone && places[places.len() - 1 - gone] == place as u128 {
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
        assert_eq!((dock.boarded(), dock.departed, dock.len(), dock.peak()), (4, 4, 0, 4));
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
