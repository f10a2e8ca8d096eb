//! The figures of a finished run, as the auditor asks for them.

use super::outcome::LaneOutcome;
use super::simulation::Simulation;
use crate::audit::{Basis, CostFigures, PhaseFigures, RunFigures, StationFigures};
use crate::domain::{Money, OrderState, Step};
use crate::kernel::record::StationRecord;
use crate::metrics::{CostLine, Phase};
use crate::model::{Model, StationRow};

/// For after the costs are charged.
pub fn of(simulation: &Simulation<'_>, lanes: &[LaneOutcome], overdue: u64) -> RunFigures {
    let records = simulation.stations.records(simulation.model.horizon);
    let metrics = &simulation.world.metrics;
    RunFigures {
        submitted: metrics.submitted,
        refused_at_submit: metrics.refused_at_submit,
        finals: metrics.finals,
        captured: metrics.captured,
        refunded: metrics.refunded,
        let_through: metrics.callbacks.let_through,
        events_popped: simulation.calendar.popped(),
        now: simulation.calendar.now(),
        horizon: simulation.model.horizon,
        stations: stations_of(simulation, &records),
        phases: Phase::ALL.iter().map(|&phase| phase_of(simulation, phase)).collect(),
        costs: CostLine::ALL
            .iter()
            .map(|&(line, name)| CostFigures {
                name,
                told_minor: metrics.costs.of(line),
                basis: basis(simulation, line, &records, lanes, overdue),
            })
            .collect(),
        cost_total_minor: metrics.costs.total(),
    }
}

fn stations_of(simulation: &Simulation<'_>, records: &[StationRecord]) -> Vec<StationFigures> {
    let horizon = simulation.model.horizon;
    let rows = simulation.model.stations.iter().zip(simulation.stations.iter()).zip(records);
    rows.map(|((row, station), record)| {
        let spent = station.spent(horizon);
        StationFigures {
            name: row.name.clone(),
            arrivals: record.arrivals,
            withdrawn: record.withdrawn,
            refused: record.refused,
            started: record.started,
            departures: record.departures,
            queue_now: station.queue_len() as u64,
            busy_now: station.busy().into(),
            area_queue: record.area_queue,
            area_busy: record.area_busy,
            area_number: record.area_number,
            waited: spent.waited,
            served: spent.served,
            offered: (station.servers() != u32::MAX).then_some((record.area_offered, record.area_overtime)),
        }
    })
    .collect()
}

fn phase_of(simulation: &Simulation<'_>, phase: Phase) -> PhaseFigures {
    let phases = &simulation.world.metrics.phases;
    let (entered, times) = (phases.entered_count(phase), phases.times(phase));
    // Orders that are there at instant zero pay and are reviewed in no time, and outside these phases.
    let from_start = simulation.model.initial.backlog + simulation.model.initial.in_transit;
    let from_states: &[OrderState] = match phase {
        Phase::Pay if from_start == 0 => &[OrderState::AwaitingPayment],
        Phase::Review if from_start == 0 && simulation.model.checkout.address.is_none() => {
            &[OrderState::AwaitingReview]
        }
        _ => &[],
    };
    PhaseFigures {
        name: phase.name(),
        entered: (0 < entered).then_some(entered),
        left: phases.left_count(phase),
        told: times.count(),
        in_distribution: times.in_cells(),
        from_states,
    }
}

/// Drivers' time and vans' ways; the shares of the parcels must add up to them.
fn last_mile(simulation: &Simulation<'_>) -> Basis {
    let seen = &simulation.world.metrics.last_mile;
    let rules = simulation.model.network.rounds().map(|rounds| &rounds.rules);
    let (wage, per_km) = rules.map_or((Money(0), Money(0)), |rules| (rules.wage_per_hour, rules.cost_per_km));
    let hour_meters = u128::from(seen.meters) * u128::from(US_PER_HOUR / 1_000);
    Basis::Used { rows: vec![(seen.on_tour_us.into(), wage), (hour_meters, per_km)], per: US_PER_HOUR }
}

const US_PER_HOUR: u64 = 3_600_000_000;

fn basis(
    simulation: &Simulation<'_>,
    line: CostLine,
    stations: &[StationRecord],
    lanes: &[LaneOutcome],
    overdue: u64,
) -> Basis {
    let (model, metrics) = (simulation.model, &simulation.world.metrics);
    let counted = |count: u64, each: Money| Basis::Used { rows: vec![(count.into(), each)], per: 1 };
    match line {
        CostLine::PickLabor
        | CostLine::PackLabor
        | CostLine::SortLabor
        | CostLine::GradeLabor
        | CostLine::ReviewLabor
        | CostLine::PhoneLabor
        | CostLine::ChatLabor
        | CostLine::ComplaintLabor => {
            let own =
                model.stations.iter().zip(stations).filter(|(row, _)| row.kind.cost_line() == Some(line));
            let used = |record: &StationRecord| record.area_offered + record.area_overtime;
            let rows = own.map(|(row, record)| (used(record), row.wage)).collect();
            Basis::Used { rows, per: US_PER_HOUR * at_once(model, line) }
        }
        CostLine::Overtime => {
            let chats = at_once(model, CostLine::ChatLabor);
            let paid = model.stations.iter().zip(stations).filter(|(row, _)| row.kind.cost_line().is_some());
            let each = |row: &StationRow| u128::from(chats / u64::from(row.at_once));
            let rows = paid.map(|(row, record)| (record.area_overtime * each(row), row.overtime)).collect();
            Basis::Used { rows, per: US_PER_HOUR * chats }
        }
        CostLine::Capital => {
            let each = |node: &crate::model::Node| (u128::from(model.horizon.0), node.capital_per_day);
            Basis::Used { rows: model.nodes.iter().map(each).collect(), per: 24 * US_PER_HOUR }
        }
        CostLine::Freight => {
            let freight: i64 = metrics.carriers.iter().map(|carrier| carrier.freight).sum();
            counted(1, Money(freight))
        }
        CostLine::Linehaul => {
            let used = lanes.iter().map(|lane| u128::from(lane.departures));
            let each = model.network.lanes().iter().map(|lane| lane.departure_cost());
            Basis::Used { rows: used.zip(each).collect(), per: 1 }
        }
        CostLine::LastMile => last_mile(simulation),
        CostLine::AdHoc => {
            let each = |lane| model.movement.as_ref().map_or(Money(0), |rules| rules.ad_hoc_cost(lane));
            let rows = model.network.lanes().iter().zip(lanes);
            let rows = rows.map(|(lane, seen)| (u128::from(seen.ad_hoc), each(lane))).collect();
            Basis::Used { rows, per: 1 }
        }
        CostLine::ReturnTransport => {
            let (seen, returns) = (&metrics.returns, model.returns.as_ref());
            let each = returns.map_or([Money::ZERO; 2], |own| [own.pickup_cost, own.drop_off_cost]);
            let rows = vec![(seen.fetched.into(), each[0]), (seen.dropped_off.into(), each[1])];
            Basis::Used { rows, per: 1 }
        }
        CostLine::ServiceTools => {
            let (seen, service) = (&metrics.service, model.service.as_ref());
            let each = service.map_or([Money::ZERO; 2], |own| [own.self_service.cost, own.bot.cost]);
            let rows = vec![(seen.looked.into(), each[0]), (seen.bot_talks.into(), each[1])];
            Basis::Used { rows, per: 1 }
        }
        // Parcels that were on the road at instant zero were packed, and charged, before.
        CostLine::Packaging if model.initial.in_transit == 0 => {
            let to_pack = simulation.world.faults.on_the_floor.len() as u64;
            Basis::Parcels { each: model.costs.packaging_per_parcel, to_pack }
        }
        CostLine::Packaging
        | CostLine::ReturnFreight
        | CostLine::PaymentFees
        | CostLine::LostGoods
        | CostLine::LostSales
        | CostLine::Compensation
        | CostLine::Fraud
        | CostLine::Transfers => Basis::Fees,
        CostLine::Purchasing => {
            let rules = model.replenish.iter().flat_map(|own| &own.rules);
            let orders = metrics.supply.orders.iter().map(|&orders| u128::from(orders));
            Basis::Used { rows: orders.zip(rules.map(|rule| rule.order_cost)).collect(), per: 1 }
        }
        CostLine::Returns => Basis::Steps {
            steps: &[Step::Restocked, Step::Scrapped],
            each: model.costs.return_handling_per_parcel,
        },
        CostLine::LatePenalties => {
            counted(metrics.delivered - metrics.on_time + overdue, model.costs.late_penalty_per_order)
        }
        CostLine::RefusedPenalties => {
            counted(metrics.refused_at_submit, model.costs.refused_penalty_per_order)
        }
    }
}

/// Jobs that one who is paid by this line has at once.
fn at_once(model: &Model, line: CostLine) -> u64 {
    let own = model.stations.iter().find(|row| row.kind.cost_line() == Some(line));
    own.map_or(1, |row| row.at_once.into())
}
