//! What the floors of a warehouse did that a scenario asks for: rows among those of the order's life.

use super::document::Unit;
use super::life::{Rows, mean};
use crate::model::{Model, PickMethod, Picking};

pub fn rows(rows: &mut Rows<'_>, model: &Model) {
    if let Some(picking) = &model.floor.picking {
        tours(rows, picking);
    }
}

fn tours(rows: &mut Rows<'_>, picking: &Picking) {
    let part = "picking";
    rows.counts(part, &[("tours", |seen| seen.floor.tours), ("lines", |seen| seen.floor.tour_lines)]);
    rows.add(part, "orders a tour", Unit::Count, |seen| {
        mean(seen.floor.tour_orders as f64, seen.floor.tours)
    });
    rows.add(part, "meters a line", Unit::Count, |seen| mean(seen.floor.meters, seen.floor.tour_lines));
    rows.add(part, "lines an hour", Unit::Count, |seen| {
        let hours = seen.floor.on_tour_us as f64 / 3.6e9;
        if hours == 0.0 { 0.0 } else { seen.floor.tour_lines as f64 / hours }
    });
    if 1 < picking.batch() {
        rows.add(part, "wait for others", Unit::Seconds, |seen| {
            mean(seen.floor.gather_us as f64 / 1e6, seen.floor.gathered)
        });
    }
    if picking.rules.method == PickMethod::Zone {
        rows.counts(part, &[("orders put together", |seen| seen.floor.put_together)]);
        rows.add(part, "wait for the last part", Unit::Seconds, |seen| {
            mean(seen.floor.apart_us as f64 / 1e6, seen.floor.put_together)
        });
    }
}
