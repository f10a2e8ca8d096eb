//! What the floors of a warehouse did that a scenario asks for: rows among those of the order's life.

use super::document::Unit;
use super::life::{Rows, mean};
use crate::metrics::Notes;
use crate::model::{Model, NO_STATION, PickMethod, Picking, RoomBefore};

pub fn rows(rows: &mut Rows<'_>, model: &Model) {
    if let Some(picking) = &model.floor.picking {
        tours(rows, picking);
    }
    notes(rows, model);
    if model.floor.put_away.is_some() {
        let part = "put-away";
        rows.counts(
            part,
            &[("parcels", |seen| seen.floor.piles), ("units", |seen| seen.floor.units_put_away)],
        );
        rows.add(part, "until on the shelf", Unit::Seconds, |seen| {
            mean(seen.floor.put_away_us as f64 / 1e6, seen.floor.piles)
        });
    }
    staff(rows, model);
    rooms(rows, model);
}

fn notes(rows: &mut Rows<'_>, model: &Model) {
    if model.floor.notes.is_none() {
        return;
    }
    let part = "shipping notes";
    let mut add = |measure: &str, of: fn(&Notes) -> f64| {
        rows.of_outcome(part, measure, Unit::Count, |outcome| outcome.notes.as_ref().map_or(0.0, of));
    };
    add("written", |notes| notes.written as f64);
    add("kept", |notes| notes.kept.len() as f64);
    add("units on those kept", |notes| notes.kept.iter().map(|note| note.units()).sum::<u64>() as f64);
    add("orders compared with their picks", |notes| notes.compared as f64);
}

/// Days that are told one by one.
const DAYS: usize = 7;

fn staff(rows: &mut Rows<'_>, model: &Model) {
    let rosters = model.stations.iter().filter_map(|row| row.roster.as_ref());
    if rosters.count() == 0 {
        return;
    }
    let part = "staff";
    let hours = |us: u128| us as f64 / 3.6e9;
    rows.add(part, "hours planned", Unit::Count, |seen| hours(seen.floor.staff.planned_us));
    rows.add(part, "hours absent", Unit::Count, |seen| hours(seen.floor.staff.absent_us));
    rows.add(part, "hours of new people", Unit::Count, |seen| hours(seen.floor.staff.temps_us));
    rows.add(part, "speed", Unit::Share, |seen| seen.floor.staff.speed(0..usize::MAX));
    let days = model.horizon.0.div_ceil(24 * 3_600_000_000) as usize;
    for day in 0..days.min(DAYS) {
        let measure = format!("speed on day {}", day + 1);
        rows.add(part, &measure, Unit::Share, |seen| seen.floor.staff.speed(day..day + 1));
    }
}

fn rooms(rows: &mut Rows<'_>, model: &Model) {
    let all = model.rooms();
    for (index, &(node, before, _)) in all.iter().enumerate() {
        let name = &model.nodes[node.index()].name;
        let part = match before {
            RoomBefore::Packing => format!("room for packing @ {name}"),
            RoomBefore::Docks => format!("room at docks @ {name}"),
        };
        rows.add(&part, "filled at most", Unit::Count, |seen| seen.floor.rooms[index].peak as f64);
        rows.add(&part, "times full", Unit::Count, |seen| seen.floor.rooms[index].blocked as f64);
        rows.add(&part, "blocked", Unit::Seconds, |seen| seen.floor.rooms[index].blocked_us as f64 / 1e6);
    }
    if all.is_empty() && model.floor.notes.is_none() {
        return;
    }
    // Who hands over late is told where somebody asks how goods leave a center.
    for (index, node) in model.nodes.iter().enumerate().filter(|(_, node)| node.pack != NO_STATION) {
        let own = |lane: &usize| model.network.lanes()[*lane].from.index() == index;
        let lanes: Vec<usize> = (0..model.network.lanes().len()).filter(own).collect();
        rows.of_outcome("cut-offs", &format!("missed @ {}", node.name), Unit::Count, |outcome| {
            lanes.iter().map(|&lane| outcome.lanes[lane].too_late as f64).sum()
        });
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
