//! What one replication found, and the laws that it must keep before anyone sees it.

use std::io;

use super::simulation::Simulation;
use crate::audit::Violation;
use crate::domain::{LaneId, Money, OrderState, SkuId};
use crate::engine::{Engine, Ledgers};
use crate::kernel::record::{Interval, StationRecord};
use crate::kernel::station::Station;
use crate::kernel::time::Moment;
use crate::metrics::{CostLine, EventLog, Metrics, Notes};
use crate::model::Model;
use crate::stages::fault::FaultWatch;

/// A broken invariant: ours, never the planner's. The run stops with exit code 70.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Which law.
    pub law: String,
    /// Both sides of the equation.
    pub detail: String,
}

/// Why a replication has no outcome.
#[derive(Debug)]
pub enum SimError {
    Breach(Breach),
    /// The auditor found it.
    Violation(Box<Violation>),
    Write(io::Error),
    Replay(crate::demand::Problem),
}

/// One station at the horizon.
#[derive(Debug, Clone)]
pub struct StationOutcome {
    /// From the end of the warm-up on; the longest queue is that of the whole run, as the intervals are.
    pub record: StationRecord,
    /// Server time of the whole run, warm-up included: it is paid for.
    pub staffed_us: u128,
    /// Of it, after the end of a shift.
    pub overtime_us: u128,
    pub intervals: Vec<Interval>,
    pub saturated_at: Option<Moment>,
}

/// One lane at the horizon.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LaneOutcome {
    /// By the timetable.
    pub departures: u64,
    /// On all vehicles.
    pub parcels: u64,
    pub rolled_over: u64,
    /// One for each parcel and departure whose cut-off it came after.
    pub too_late: u64,
    /// Of them, for want of volume.
    pub by_volume: u64,
    /// Departures that the weather kept, with parcels at the dock.
    pub cancelled: u64,
    /// Vehicles on top of the timetable, and what they took.
    pub ad_hoc: u64,
    pub ad_hoc_parcels: u64,
}

/// Everything that one replication found.
pub struct Outcome {
    pub replication: u32,
    pub metrics: Metrics,
    pub stations: Vec<StationOutcome>,
    pub lanes: Vec<LaneOutcome>,
    pub ledgers: Ledgers,
    /// Live orders by state.
    pub open_states: [u64; OrderState::ALL.len()],
    /// Open orders past their promise.
    pub overdue: u64,
    pub digest: u128,
    pub log: EventLog,
    pub notes: Option<Notes>,
    /// What faults did.
    pub faults: FaultWatch,
    pub calendar_events: u64,
    pub peak_pending: u64,
    pub peak_in_flight: u64,
    /// Bytes of the tables that follow orders in flight, at their largest.
    pub order_bytes: u64,
    /// SKUs of which no node has a unit to promise.
    pub skus_out_of_stock: u64,
}

/// The utilization from which an interval counts as saturated.
pub const SATURATED: f64 = 0.95;

impl StationOutcome {
    fn of(station: &Station, warm: &StationRecord, horizon: Moment) -> StationOutcome {
        let whole = station.record(horizon);
        StationOutcome {
            record: whole.since(warm),
            staffed_us: whole.area_offered + whole.area_overtime,
            overtime_us: whole.area_overtime,
            intervals: station.intervals().to_vec(),
            saturated_at: station.first_saturated(SATURATED),
        }
    }
}

impl Outcome {
    pub(super) fn of(mut simulation: Simulation<'_>) -> Result<Outcome, SimError> {
        let model = simulation.model;
        simulation.stations.close(model.horizon);
        let stations: Vec<StationOutcome> = simulation
            .stations
            .iter()
            .zip(&simulation.warm)
            .map(|(station, warm)| StationOutcome::of(station, warm, model.horizon))
            .collect();
        let lanes: Vec<LaneOutcome> = (0..model.network.lanes().len())
            .map(|index| simulation.docks.outcome(LaneId(index as u32)))
            .collect();
        let overdue = count_overdue(&mut simulation);
        let order_bytes = order_bytes(&simulation);
        crate::stages::cart::close(&mut simulation.world);
        super::trace::close(&mut simulation);
        simulation.world.metrics.floor.rooms = simulation.rooms.seen(model.horizon);
        if let Some(staff) = simulation.stations.staff() {
            simulation.world.metrics.floor.staff = staff;
        }
        charge(&mut simulation.world.metrics, model, &stations, &lanes, overdue);
        simulation.world.tell_movement();
        let draw = simulation.world.draw;
        simulation.docks.tell(model, draw, &mut simulation.world.metrics.movement);
        let figures = super::figures::of(&simulation, &lanes, overdue);
        let world = &mut simulation.world;
        world.audit.close(world.engine, &figures);
        if let Some(violation) = world.audit.violation() {
            return Err(SimError::Violation(Box::new(violation.clone())));
        }
        check(&simulation).map_err(SimError::Breach)?;
        super::trace::check(&simulation, &lanes).map_err(SimError::Breach)?;
        let world = simulation.world;
        let metrics = world.metrics;
        Ok(Outcome {
            replication: simulation.replication,
            stations,
            lanes,
            ledgers: world.engine.ledgers(),
            open_states: open_states(world.engine),
            overdue,
            digest: world.engine.digest(),
            log: world.log,
            notes: world.notes,
            faults: world.faults,
            calendar_events: simulation.calendar.popped(),
            peak_pending: simulation.calendar.peak_len() as u64,
            peak_in_flight: world.engine.counters().orders.peak,
            order_bytes,
            skus_out_of_stock: sold_out(world.engine),
            metrics,
        })
    }

    /// Orders submitted and not in a final state.
    pub fn open(&self) -> u64 {
        self.open_states.iter().sum()
    }

    /// Orders handed over by their promise / orders whose fate is known: handed over, undelivered, or overdue.
    pub fn on_time_share(&self) -> f64 {
        let undelivered = self.metrics.finals[OrderState::Undelivered as usize];
        let known = self.metrics.delivered + self.overdue + undelivered;
        if known == 0 { 1.0 } else { self.metrics.on_time as f64 / known as f64 }
    }

    /// Whether a station was used above the limit for an interval, with a queue of at least two rounds of its servers.
    pub fn breaks(&self, station: usize) -> bool {
        let found = &self.stations[station];
        let elapsed = u128::from(found.record.elapsed().0.max(1));
        let servers = (found.record.area_offered / elapsed) as u32;
        found.saturated_at.is_some() && 2 * servers.max(1) <= found.record.max_queue
    }

    /// The station that breaks first, the longer queue first among equals.
    pub fn first_break(&self) -> Option<usize> {
        let key = |&station: &usize| {
            let found = &self.stations[station];
            (found.saturated_at, std::cmp::Reverse(found.record.max_queue))
        };
        (0..self.stations.len()).filter(|&station| self.breaks(station)).min_by_key(key)
    }

    /// Orders that were neither refused nor lost at payment / visitors.
    pub fn conversion(&self) -> f64 {
        let lost: u64 = self.metrics.losses.iter().sum();
        let gone = [OrderState::Refused, OrderState::Declined, OrderState::Expired];
        let gone: u64 = gone.iter().map(|&state| self.metrics.finals[state as usize]).sum();
        let visitors = self.metrics.submitted + lost;
        if visitors == 0 { 0.0 } else { (self.metrics.submitted - gone) as f64 / visitors as f64 }
    }

    /// Minor units an order submitted and not refused.
    pub fn cost_per_order(&self) -> f64 {
        let orders = self.metrics.submitted - self.metrics.refused_at_submit;
        if orders == 0 { 0.0 } else { self.metrics.costs.total() / orders as f64 }
    }
}

/// Orders in flight by state; final states are zero.
fn open_states(engine: &Engine) -> [u64; OrderState::ALL.len()] {
    let by_state = engine.counters().by_state;
    OrderState::ALL.map(|state| if state.is_final() { 0 } else { by_state[state as usize] })
}

fn sold_out(engine: &Engine) -> u64 {
    let stock = engine.stock();
    (0..stock.skus()).filter(|&sku| stock.available_anywhere(SkuId(sku)) == 0).count() as u64
}

/// The engine's arenas, the driver's columns and the calendar. The records of stock do not follow orders.
fn order_bytes(simulation: &Simulation<'_>) -> u64 {
    let world = &simulation.world;
    let counters = world.engine.counters();
    let engine =
        counters.orders.bytes + counters.fulfillments.bytes + counters.parcels.bytes + counters.block_bytes;
    let waiting = (simulation.calendar.capacity() * size_of::<(u64, u64)>()) as u64;
    let visits = world.visits.as_ref().map_or(0, |visits| visits.bytes());
    engine + world.orders.bytes() + world.trips.bytes() + visits + waiting
}

/// Open orders past their promise enter the lead times with their age so far, so that a collapse is not hidden
/// behind the few orders that made it.
fn count_overdue(simulation: &mut Simulation<'_>) -> u64 {
    let (now, warm_up) = (simulation.model.horizon, simulation.model.warm_up);
    let mut overdue = 0;
    let ready = std::mem::take(&mut simulation.world.ready);
    let metrics = &mut simulation.world.metrics;
    simulation.world.engine.for_each_order(|facts| {
        let awaited = matches!(
            facts.state,
            OrderState::AwaitingReview
                | OrderState::AwaitingAllocation
                | OrderState::Backordered
                | OrderState::InFulfillment
        );
        // All that is missing lies where the shopper fetches it, and lay there in time.
        let fetched = ready.get(&facts.id).is_some_and(|&parcels| facts.open_children <= parcels);
        if awaited && !fetched && facts.promised < now && warm_up <= facts.submitted {
            overdue += 1;
            metrics.lead.record(now.since(facts.submitted));
        }
    });
    overdue
}

/// Wages for staffed time, vehicles for departures, penalties for broken promises.
const US_PER_HOUR: u64 = 3_600_000_000;

fn charge(
    metrics: &mut Metrics,
    model: &Model,
    stations: &[StationOutcome],
    lanes: &[LaneOutcome],
    overdue: u64,
) {
    for (row, outcome) in model.stations.iter().zip(stations) {
        let Some(line) = row.kind.cost_line() else { continue };
        let hours = |us: u128| us as f64 / (US_PER_HOUR * u64::from(row.at_once)) as f64;
        metrics.cost(line, hours(outcome.staffed_us) * row.wage.0 as f64);
        metrics.cost(CostLine::Overtime, hours(outcome.overtime_us) * row.overtime.0 as f64);
    }
    let days = model.horizon.0 as f64 / (24 * US_PER_HOUR) as f64;
    for node in &model.nodes {
        metrics.cost(CostLine::Capital, days * node.capital_per_day.0 as f64);
    }
    for (lane, outcome) in model.network.lanes().iter().zip(lanes) {
        metrics.cost(CostLine::Linehaul, outcome.departures as f64 * lane.departure_cost().0 as f64);
    }
    if let Some(movement) = &model.movement {
        for (lane, outcome) in model.network.lanes().iter().zip(lanes) {
            metrics.cost(CostLine::AdHoc, outcome.ad_hoc as f64 * movement.ad_hoc_cost(lane).0 as f64);
        }
    }
    let late = metrics.delivered - metrics.on_time + overdue;
    let penalty = |money: Money, count: u64| money.0 as f64 * count as f64;
    metrics.cost(CostLine::LatePenalties, penalty(model.costs.late_penalty_per_order, late));
    metrics.cost(
        CostLine::RefusedPenalties,
        penalty(model.costs.refused_penalty_per_order, metrics.refused_at_submit),
    );
}

/// What is on a limited floor is sorted there, waits at a dock of the hub or lies in a corner, and no parcel and no truck stayed longer
/// or shorter than it was counted.
fn floors_breach(simulation: &Simulation<'_>) -> Option<String> {
    let (model, now) = (simulation.model, simulation.model.horizon);
    simulation.world.floors.hubs().find_map(|(hub, floor)| {
        let node = &model.nodes[hub.index()];
        let sorted = simulation.stations.iter().nth(node.sort.index()).map_or(0, Station::number);
        let lanes = model.network.lanes().iter().zip(0..).filter(|(lane, _)| lane.from == hub);
        let docked: u64 = lanes.map(|(_, id)| simulation.docks.waiting(LaneId(id))).sum();
        let lying = simulation.world.floors.lying(hub);
        if floor.present() != sorted + docked + lying {
            let (name, present) = (&node.name, floor.present());
            let told = format!("{sorted} to sort, {docked} at docks, {lying} in corners");
            return Some(format!("{name}: {present} on the floor, {told}"));
        }
        let unequal = floor.little(now).into_iter().find(|(area, stays)| area != stays);
        unequal.map(|(area, stays)| format!("{}: area {area}, stays {stays}", node.name))
    })
}

/// The laws of section 10: checked at the end of every run, in release as well.
fn check(simulation: &Simulation<'_>) -> Result<(), Breach> {
    let breach = |law: &str, detail: String| Err(Breach { law: law.to_owned(), detail });
    let (world, now) = (&simulation.world, simulation.model.horizon);
    if let Err(engine) = world.engine.check_laws() {
        return breach("engine", engine.to_string());
    }
    for (index, station) in simulation.stations.iter().enumerate() {
        if let Err(detail) = station.check_little(now) {
            return breach("little", format!("{}: {detail}", simulation.model.stations[index].name));
        }
    }
    if let Some(detail) = floors_breach(simulation) {
        return breach("floor", detail);
    }
    if let Some(Err(detail)) = world.notes.as_ref().map(Notes::check) {
        return breach("shipping notes", detail);
    }
    let metrics = &world.metrics;
    let open = world.engine.open_orders();
    let finals: u64 = metrics.finals.iter().sum();
    if metrics.submitted != finals + open {
        return breach("orders", format!("submitted {} but final {finals} + open {open}", metrics.submitted));
    }
    Ok(())
}
