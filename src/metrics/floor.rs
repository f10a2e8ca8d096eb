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

    pub fn put_together(&mut self, waited: Span) {
        self.put_together += 1;
        self.apart_us += u128::from(waited.0);
    }
}
