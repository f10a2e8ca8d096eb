//! What a parcel costs and emits by leg, and what nobody used: rows of `life`, and the columns of lanes.

use super::document::{LifeRow, Unit};
use super::life::Rows;
use crate::metrics::{Metrics, TraceSeen, minor};
use crate::model::Model;
use crate::sim::Outcome;

type Cost = fn(&TraceSeen) -> i128;
type Grams = fn(&TraceSeen) -> u128;

pub fn rows(model: &Model, outcomes: &[Outcome], confidence: f64) -> Vec<LifeRow> {
    if !model.traces {
        return Vec::new();
    }
    let mut rows = Rows::new(outcomes, confidence);
    let part = "parcel";
    rows.add(part, "traced to their end", Unit::Count, |seen| trace(seen).finished as f64);
    let costs: [(&str, Cost); 5] = [
        ("cost", |seen| seen.of_finished.cost()),
        ("cost of freight", |seen| seen.of_finished.freight),
        ("cost of linehaul", |seen| seen.of_finished.linehaul),
        ("cost of sorting", |seen| seen.of_finished.sort),
        ("cost of the last mile", |seen| seen.of_finished.last_mile),
    ];
    for (measure, of) in costs {
        rows.add(part, measure, Unit::MinorMoney, |seen| {
            minor(of(trace(seen))) / trace(seen).finished.max(1) as f64
        });
    }
    let grams: [(&str, Grams); 3] = [
        ("g CO2", |seen| seen.of_finished.co2_ug()),
        ("g CO2 of linehaul", |seen| seen.of_finished.linehaul_ug),
        ("g CO2 of the last mile", |seen| seen.of_finished.last_mile_ug),
    ];
    for (measure, of) in grams {
        rows.add(part, measure, Unit::Count, |seen| {
            of(trace(seen)) as f64 / 1e6 / trace(seen).finished.max(1) as f64
        });
    }
    let sums: [(&str, Cost); 4] = [
        ("borne by parcels", |seen| seen.of_finished.cost()),
        ("by parcels under way", |seen| seen.of_under_way.cost()),
        ("sorters that waited", |seen| seen.sort_paid - seen.of_all().sort),
        ("cost of all resources", |seen| seen.of_all().cost() - seen.of_all().sort + seen.sort_paid),
    ];
    for (measure, of) in sums {
        rows.add("trace", measure, Unit::MinorMoney, |seen| minor(of(trace(seen))));
    }
    let network = &model.network;
    rows.of_outcome("trace", "room on vehicles that was filled", Unit::Share, |outcome: &Outcome| {
        let lanes = network.lanes().iter().zip(&outcome.lanes);
        let room: u64 = lanes.map(|(lane, seen)| seen.departures * u64::from(lane.capacity)).sum();
        outcome.lanes.iter().map(|seen| seen.parcels).sum::<u64>() as f64 / room.max(1) as f64
    });
    rows.rows
}

fn trace(seen: &Metrics) -> &TraceSeen {
    seen.trace.as_ref().expect("a run that traces")
}
