//! The law of traced costs: what parcels bear, with what nobody used, is what vehicles, touches and vans cost.
//! Both sides are counted apart: a parcel's share where it was served, a resource's whole by its own record.

use super::outcome::{Breach, LaneOutcome};
use super::simulation::Simulation;
use crate::domain::StationId;
use crate::kernel::time::Span;
use crate::metrics::{Footprint, UNITS};
use crate::model::StationKind;
use crate::stages::ship::sort_work;

/// Sums up what is under way. Before the books are looked at.
pub fn close(simulation: &mut Simulation<'_>) {
    let now = simulation.model.horizon;
    let rows = simulation.model.stations.iter().zip(simulation.stations.records(now));
    let paid = rows.filter(|(row, _)| row.kind == StationKind::Sort).map(|(row, record)| {
        let staffed = (record.area_offered + record.area_overtime) as i128;
        staffed * i128::from(row.wage.0) + record.area_overtime as i128 * i128::from(row.overtime.0)
    });
    let paid = paid.sum();
    if let Some(trace) = &mut simulation.world.trace {
        trace.close(paid);
        simulation.world.metrics.trace = Some(trace.seen.clone());
    }
}

/// The law; nothing to say where nothing is traced.
pub fn check(simulation: &Simulation<'_>, lanes: &[LaneOutcome]) -> Result<(), Breach> {
    let Some(trace) = &simulation.world.trace else { return Ok(()) };
    let (borne, spent) = (trace.seen.of_all(), spent(simulation, lanes));
    if borne != spent {
        return breach(format!("parcels bear {borne:?}, resources cost {spent:?}"));
    }
    sorters(simulation, &trace.seen.sorted_us)
}

fn breach(detail: String) -> Result<(), Breach> {
    Err(Breach { law: "trace".to_owned(), detail })
}

/// By the records of carriers, lanes, stations and vans.
fn spent(simulation: &Simulation<'_>, lanes: &[LaneOutcome]) -> Footprint {
    let (model, metrics) = (simulation.model, &simulation.world.metrics);
    let seen = &simulation.world.trace.as_ref().expect("traced").seen;
    let mut whole = Footprint {
        freight: metrics.carriers.iter().map(|own| i128::from(own.freight) * UNITS).sum(),
        ..Footprint::default()
    };
    for (lane, outcome) in model.network.lanes().iter().zip(lanes) {
        let (departures, on_top) = (i128::from(outcome.departures), i128::from(outcome.ad_hoc));
        let ordered = model.movement.as_ref().map_or(0, |rules| rules.ad_hoc_cost(lane).0);
        whole.linehaul += i128::from(lane.departure_cost().0) * UNITS * departures;
        whole.linehaul += i128::from(ordered) * UNITS * on_top;
        whole.linehaul_ug += u128::from(lane.co2_ug) * (departures + on_top) as u128;
    }
    for (row, us) in model.stations.iter().zip(&seen.sorted_us) {
        whole.sort += *us as i128 * i128::from(row.wage.0);
    }
    match model.network.rounds() {
        Some(rounds) => {
            let driven = &metrics.last_mile;
            let took = Span(driven.on_tour_us);
            whole.last_mile = rounds.rules.cost_units(driven.meters, took, UNITS) as i128;
            whole.last_mile_ug = rounds.rules.co2_ug(driven.meters);
        }
        None => {
            let rang = seen.attempts.iter().zip(&model.attempt_ug);
            whole.last_mile_ug = rang.map(|(&times, each)| u128::from(times) * each).sum();
        }
    }
    whole
}

/// Sorters' busy time is that of the touches that are over and a part of those in hand.
fn sorters(simulation: &Simulation<'_>, sorted_us: &[u128]) -> Result<(), Breach> {
    let (model, world) = (simulation.model, &simulation.world);
    for (index, station) in simulation.stations.iter().enumerate() {
        let row = &model.stations[index];
        if row.kind != StationKind::Sort {
            continue;
        }
        let (busy, over) = (station.record(model.horizon).area_busy, sorted_us[index]);
        let in_hand = simulation.stations.in_service(StationId(index as u32));
        let asked = |token| world.trips.peek(token).map_or(Span::ZERO, |trip| sort_work(world, trip));
        let most =
            in_hand.into_iter().map(|(token, took)| u128::from(took.unwrap_or_else(|| asked(token)).0));
        let most: u128 = most.sum();
        if busy < over || over + most < busy {
            return breach(format!(
                "{}: sorters were busy for {busy} us, touched parcels for {over} us, and have {most} us in hand",
                row.name
            ));
        }
    }
    Ok(())
}
