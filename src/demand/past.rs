//! Orders before instant zero, as the scenario's own demand would have brought them.

use super::draft::OrderDraft;
use super::poisson;
use super::tables::DemandTables;
use crate::domain::{Line, OrderId, ZoneId};
use crate::kernel::draw::{Draw, Purpose};

const PAST: Purpose = Purpose::named("orders of the past");
/// Orders of the past are numbered from here on: nobody else is.
const FIRST: u64 = 1 << 42;

impl DemandTables {
    /// Draws the orders of so many hours before instant zero, oldest first, and tells each with the number of its hour.
    /// An hour brings what hours of its place in the season bring later, on average, while orders come.
    pub fn draw_past(
        &self,
        draw: &Draw,
        hours: usize,
        season: usize,
        mut tell: impl FnMut(usize, ZoneId, &[Line]),
    ) {
        let hourly = self.expected_orders_by_hour();
        let last = hourly.iter().rposition(|&orders| 0.0 < orders).map_or(0, |last| last + 1);
        let active = &hourly[..last];
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let usual: Vec<f64> = (0..season)
            .map(|place| {
                let own: Vec<f64> = active.iter().skip(place).step_by(season).copied().collect();
                if own.is_empty() { mean(active) } else { mean(&own) }
            })
            .collect();
        let (mut draft, mut number) = (OrderDraft::default(), FIRST);
        for hour in 0..hours {
            // The hour before instant zero is the last of a season.
            let place = (season - (hours - hour) % season) % season;
            for _ in 0..poisson::inverse(usual[place], draw.uniform(PAST, hour as u64, 0)) {
                self.draw_order(draw, OrderId(number), &mut draft);
                number += 1;
                tell(hour, draft.zone, &draft.lines);
            }
        }
    }
}
