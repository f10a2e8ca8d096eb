//! What shoppers saw of their parcels on the way, how far the estimates were off, and who asked.

use crate::kernel::time::{Moment, Span};

/// Where a parcel is scanned, in the order of its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Scan {
    /// The label is made: data, not a scan, and never lost.
    Created,
    PickedUp,
    ArrivedHub,
    DepartedHub,
    ArrivedStation,
    OutForDelivery,
    AttemptFailed,
    Delivered,
    Returned,
}

impl Scan {
    pub const COUNT: usize = 9;
    pub const ALL: [(Scan, &str); Scan::COUNT] = [
        (Scan::Created, "created"),
        (Scan::PickedUp, "picked up"),
        (Scan::ArrivedHub, "arrived at a hub"),
        (Scan::DepartedHub, "departed from a hub"),
        (Scan::ArrivedStation, "arrived at its station"),
        (Scan::OutForDelivery, "out for delivery"),
        (Scan::AttemptFailed, "attempt failed"),
        (Scan::Delivered, "delivered"),
        (Scan::Returned, "returned"),
    ];

    pub fn name(self) -> &'static str {
        Scan::ALL[self as usize].1
    }

    /// Something of the way is still to come.
    pub fn tells_more(self) -> bool {
        self < Scan::Delivered
    }
}

/// One line of a parcel's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    pub scan: Scan,
    pub node: u16,
    pub at: Moment,
    /// When the page shows it.
    pub seen: Moment,
    /// When the parcel will come, by the plan from here; and as the page says.
    pub plan: Moment,
    pub estimate: Moment,
}

/// Hours before the parcel comes at which the estimate is looked at.
pub const HORIZONS_H: [u64; 5] = [1, 6, 24, 48, 96];

/// Sum and count.
#[derive(Debug, Default, Clone, Copy)]
pub struct Errors {
    sum_us: u128,
    pub count: u64,
}

impl Errors {
    fn add(&mut self, estimate: Moment, came: Moment) {
        self.sum_us += u128::from(estimate.0.abs_diff(came.0));
        self.count += 1;
    }

    /// Mean absolute error in seconds.
    pub fn mean_s(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum_us as f64 / 1e6 / self.count as f64 }
    }
}

/// Of all parcels whose way has ended; questions of those under way as well.
#[derive(Debug, Clone, Default)]
pub struct TrackingSeen {
    pub scans: [u64; Scan::COUNT],
    pub scans_lost: u64,
    pub begun: u64,
    /// Parcels that came, turned round, got lost.
    pub came: u64,
    pub turned_round: u64,
    pub got_lost: u64,
    /// Pages on which a line stands before an earlier one: none, ever.
    pub out_of_order: u64,
    /// How old the newest line of a page was, by the time for which it was so old.
    pub ages: Ages,
    pub by_horizon: [Errors; HORIZONS_H.len()],
    pub by_scan: [Errors; Scan::COUNT],
    /// Questions because nothing new was shown, and because the promise had passed.
    pub asked_stale: u64,
    pub asked_late: u64,
    /// Parcels about which somebody asked.
    pub asked_about: u64,
}

impl TrackingSeen {
    /// A page as it was until its parcel's way ended, or was done as far as the carrier is concerned.
    pub fn page(&mut self, page: &[Shown], until: Moment) {
        let ordered = |pair: &[Shown]| pair[0].at <= pair[1].at && pair[0].seen <= pair[1].seen;
        self.out_of_order += u64::from(!page.windows(2).all(ordered));
        for (place, line) in page.iter().enumerate() {
            let next = page.get(place + 1).map_or(until, |next| next.seen.min(until));
            if line.seen < next {
                self.ages.stood(line.seen.since(line.at), next.since(line.at));
            }
        }
    }

    /// The parcel came: what its page had said.
    pub fn came(&mut self, page: &[Shown], came: Moment) {
        for line in page.iter().filter(|line| line.seen <= came) {
            self.by_scan[line.scan as usize].add(line.estimate.max(line.seen), came);
        }
        for (errors, hours) in self.by_horizon.iter_mut().zip(HORIZONS_H) {
            let Some(asked) = came.0.checked_sub(Span::from_hours(hours).0).map(Moment) else { continue };
            if let Some(line) = page.iter().rev().find(|line| line.seen <= asked) {
                errors.add(line.estimate.max(asked), came);
            }
        }
    }
}

/// Ages by the time for which they stood, in cells of ten minutes up to sixty days.
///
/// A page that shows nothing new from age `a` to age `b` stands at every age between for the same time: whole cells
/// between are counted as a difference at each end, and only the ends are measured.
#[derive(Debug, Clone, Default)]
pub struct Ages {
    /// Microseconds in cells that are covered in part.
    part: Vec<u64>,
    /// Pages that begin to cover whole cells here, less those that cease.
    whole: Vec<i64>,
}

const CELL: u64 = 10 * Span::MINUTE.0;
const CELLS: usize = 60 * 24 * 6;

impl Ages {
    fn stood(&mut self, from: Span, to: Span) {
        if self.part.is_empty() {
            self.part = vec![0; CELLS + 1];
            self.whole = vec![0; CELLS + 2];
        }
        let cell = |span: u64| ((span / CELL) as usize).min(CELLS);
        let (first, last) = (cell(from.0), cell(to.0));
        if first == last {
            self.part[first] += to.0 - from.0;
            return;
        }
        self.part[first] += (first as u64 + 1) * CELL - from.0;
        self.part[last] += to.0 - last as u64 * CELL;
        self.whole[first + 1] += 1;
        self.whole[last] -= 1;
    }

    /// Microseconds by cell.
    fn cells(&self) -> impl Iterator<Item = u64> + '_ {
        let whole = self.whole.iter().scan(0, |pages, change| {
            *pages += change;
            Some(*pages as u64 * CELL)
        });
        self.part.iter().zip(whole).map(|(part, whole)| part + whole)
    }

    /// The age in seconds than which pages were newer for that share of the time; zero when there was no page.
    pub fn quantile_s(&self, share: f64) -> f64 {
        let total: u64 = self.cells().sum();
        let (mut left, cell_s) = (share * total as f64, CELL as f64 / 1e6);
        for (place, stood) in self.cells().enumerate() {
            if left <= stood as f64 && 0 < stood {
                return (place as f64 + left / stood as f64) * cell_s;
            }
            left -= stood as f64;
        }
        0.0
    }

    /// Of the time, the share for which pages were older.
    pub fn older_than(&self, age: Span) -> f64 {
        let total: u64 = self.cells().sum();
        let older: u64 = self.cells().skip(age.0.div_ceil(CELL) as usize).sum();
        if total == 0 { 0.0 } else { older as f64 / total as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_old_as_it_stands() {
        let (hour, mut ages) = (Span::HOUR.0, Ages::default());
        // Two pages: one from 0 to 10 hours, one from 5 to 15.
        ages.stood(Span(0), Span(10 * hour));
        ages.stood(Span(5 * hour), Span(15 * hour));
        assert!((ages.quantile_s(0.25) / 3_600.0 - 5.0).abs() < 1e-9);
        assert!((ages.quantile_s(0.5) / 3_600.0 - 7.5).abs() < 1e-9);
        assert!((ages.quantile_s(0.75) / 3_600.0 - 10.0).abs() < 1e-9);
        assert!((ages.older_than(Span(10 * hour)) - 0.25).abs() < 1e-9);
        // Within one cell, and beyond the last.
        let mut ages = Ages::default();
        ages.stood(Span(5), Span(CELL / 2));
        assert!(ages.quantile_s(1.0) <= CELL as f64 / 1e6);
        ages.stood(Span(61 * 24 * hour), Span(62 * 24 * hour));
        assert!((ages.quantile_s(0.99) / 86_400.0 - 60.0).abs() < 0.02);
    }
}
