//! The dock: parcels of one lane that wait for a departure.
//!
//! # Promises
//! - Lower ranks leave first; within a rank, first boarded first.
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
    ranks: Vec<(u32, VecDeque<Waiting>)>,
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
    /// Departures that left somebody behind.
    pub full_departures: u64,
    /// Sum of the waits of those that departed, in microseconds.
    pub waited: u128,
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

    /// A parcel is at the dock from `at` on. `parcel` is the caller's token.
    pub fn board(&mut self, parcel: u64, at: Moment, rank: u32) {
        self.advance(at);
        let row = match self.ranks.binary_search_by_key(&rank, |row| row.0) {
            Ok(row) => row,
            Err(row) => {
                self.ranks.insert(row, (rank, VecDeque::new()));
                row
            }
        };
        self.ranks[row].1.push_back(Waiting { parcel, since: at });
        self.boarded += 1;
        self.waiting += 1;
        self.peak = self.peak.max(self.waiting);
    }

    /// A vehicle leaves at `at` with up to `capacity` parcels that have been here for `cut_off`.
    /// They are appended to `out` in loading order; returns how many.
    pub fn depart(&mut self, at: Moment, capacity: u32, cut_off: Span, out: &mut Vec<u64>) -> u32 {
        self.advance(at);
        let mut room = capacity as usize;
        let mut left_behind = 0;
        for (_, queue) in &mut self.ranks {
            let in_time = queue.partition_point(|parcel| parcel.since + cut_off <= at);
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
        self.waiting -= u64::from(loaded);
        self.departed += u64::from(loaded);
        self.rollovers += left_behind;
        self.full_departures += u64::from(0 < left_behind);
        loaded
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

    fn advance(&mut self, at: Moment) {
        self.area += u128::from(at.since(self.clock).0) * u128::from(self.waiting);
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
}
