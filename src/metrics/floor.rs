//! What was seen on the floors of all nodes: tours of pickers.

use crate::kernel::time::Span;

#[derive(Debug, Clone, Default)]
pub struct FloorSeen {
    pub tours: u64,
    /// Orders and lines picked in them; an order in parts counts once a part.
    pub tour_orders: u64,
    pub tour_lines: u64,
    pub meters: f64,
    pub on_tour_us: u128,
    /// Orders that waited for others to be picked with, and how long together.
    pub gathered: u64,
    pub gather_us: u128,
    /// Orders whose parts were put together, and how long first parts waited for last ones.
    pub put_together: u64,
    pub apart_us: u128,
    /// Returned parcels and units that were put away, and how long after they were graded.
    pub piles: u64,
    pub units_put_away: u64,
    pub put_away_us: u128,
    /// By finite room, in the model's order.
    pub rooms: Vec<RoomSeen>,
    pub staff: StaffSeen,
}

/// Space that is finite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoomSeen {
    /// Servers that found it full, and how long they kept what they had finished.
    pub blocked: u64,
    pub blocked_us: u128,
    pub peak: u64,
}

impl RoomSeen {
    pub fn blocked(&mut self, waited: Span) {
        self.blocked += 1;
        self.blocked_us += u128::from(waited.0);
    }
}

/// Staff of stations where some are new or stay away.
#[derive(Debug, Clone, Default)]
pub struct StaffSeen {
    pub planned_us: u128,
    pub absent_us: u128,
    pub temps_us: u128,
    /// By day from the start on: work as the regular staff would have done it, and as it was done.
    pub by_day: Vec<(u128, u128)>,
}

impl StaffSeen {
    pub fn add(&mut self, other: &StaffSeen) {
        self.planned_us += other.planned_us;
        self.absent_us += other.absent_us;
        self.temps_us += other.temps_us;
        let days = self.by_day.len().max(other.by_day.len());
        self.by_day.resize(days, (0, 0));
        for (day, own) in self.by_day.iter_mut().zip(&other.by_day) {
            *day = (day.0 + own.0, day.1 + own.1);
        }
    }

    /// Speed on the days `from..to`, measured at the regular staff; 1 where nobody worked.
    pub fn speed(&self, days: std::ops::Range<usize>) -> f64 {
        let seen = self.by_day.iter().take(days.end).skip(days.start);
        let (work, took) = seen.fold((0, 0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
        if took == 0 { 1.0 } else { work as f64 / took as f64 }
    }
}

impl FloorSeen {
    pub fn gathered(&mut self, waited: Span) {
        self.gathered += 1;
        self.gather_us += u128::from(waited.0);
    }

    pub fn toured(&mut self, orders: u64, lines: u64, meters: f64, work: Span) {
        self.tours += 1;
        self.tour_orders += orders;
        self.tour_lines += lines;
        self.meters += meters;
        self.on_tour_us += u128::from(work.0);
    }

    pub fn put_away(&mut self, units: u64, after: Span) {
        self.piles += 1;
        self.units_put_away += units;
        self.put_away_us += u128::from(after.0);
    }

    pub fn put_together(&mut self, waited: Span) {
        self.put_together += 1;
        self.apart_us += u128::from(waited.0);
    }
}
