//! Is the network sound? All complaints in one pass.

use crate::domain::{CarrierId, MethodId, NodeId, NodeKind};

use super::clock::{MINUTES_PER_DAY, MINUTES_PER_WEEK};
use super::input::{CarrierInput, LaneInput, NetworkInput};
use super::network::Network;
use super::problem::NetworkProblem;

/// What can be seen row by row, and nodes that no lane leaves.
pub(super) fn rows(input: &NetworkInput) -> Vec<NetworkProblem> {
    let mut problems = Vec::new();
    for (row, lane) in input.lanes.iter().enumerate() {
        lane_row(row, lane, input, &mut problems);
    }
    for (row, carrier) in input.carriers.iter().enumerate() {
        carrier_row(CarrierId(row as u8), carrier, &mut problems);
    }
    for (row, method) in input.methods.iter().enumerate() {
        let unknown = method.carriers.iter().filter(|carrier| input.carriers.len() <= carrier.index());
        problems.extend(
            unknown.map(|&carrier| NetworkProblem::UnknownMethodCarrier {
                method: MethodId(row as u8),
                carrier,
            }),
        );
    }
    for (row, node) in input.nodes.iter().enumerate() {
        let id = NodeId(row as u16);
        if node.kind == NodeKind::FulfillmentCenter && input.lanes.iter().all(|lane| lane.from != id) {
            problems.push(NetworkProblem::FulfillmentCenterWithoutLane { node: id });
        }
    }
    if !(1.0..100.0).contains(&input.circuity) {
        problems.push(NetworkProblem::Circuity { circuity: input.circuity });
    }
    if !(0.0..=1.0).contains(&input.planned_quantile) {
        problems.push(NetworkProblem::PlannedQuantile { quantile: input.planned_quantile });
    }
    if MINUTES_PER_WEEK <= input.start_minute_of_week {
        problems.push(NetworkProblem::StartMinute { minute: input.start_minute_of_week });
    }
    problems
}

fn lane_row(lane: usize, row: &LaneInput, input: &NetworkInput, problems: &mut Vec<NetworkProblem>) {
    use NetworkProblem::*;
    let mut when = |wrong: bool, problem: NetworkProblem| {
        if wrong {
            problems.push(problem);
        }
    };
    let known = |node: NodeId| node.index() < input.nodes.len();
    when(row.from == row.to, LaneToItself { lane });
    when(!known(row.from), UnknownNode { lane, node: row.from });
    when(!known(row.to), UnknownNode { lane, node: row.to });
    when(input.carriers.len() <= row.carrier.index(), UnknownLaneCarrier { lane, carrier: row.carrier });
    let into_center = known(row.to) && input.nodes[row.to.index()].kind == NodeKind::FulfillmentCenter;
    when(into_center && row.from != row.to, LaneIntoFulfillmentCenter { lane });
    when(row.capacity == 0, ZeroCapacity { lane });
    when(row.timetable.minutes().is_empty(), NoDeparture { lane });
    for &minute in row.timetable.minutes() {
        when(row.timetable.period_minutes() <= minute, DepartureOutsidePeriod { lane, minute });
    }
    when(!(0.0..=5.0).contains(&row.travel_cv), TravelVariation { lane, cv: row.travel_cv });
}

fn carrier_row(carrier: CarrierId, row: &CarrierInput, problems: &mut Vec<NetworkProblem>) {
    use NetworkProblem::*;
    let mut when = |wrong: bool, problem: NetworkProblem| {
        if wrong {
            problems.push(problem);
        }
    };
    when(row.rates.is_empty(), NoRates { carrier });
    when(!row.rates.is_sorted_by(|a, b| a.up_to_km < b.up_to_km), RatesDoNotRise { carrier });
    let ml_per_g = row.volumetric_ml_per_g;
    when(!(0.0 < ml_per_g && ml_per_g.is_finite()), Volumetric { carrier, ml_per_g });
    when(row.attempts == 0, NoAttempts { carrier });
    let probability = row.attempt_failure;
    when(!(0.0..=1.0).contains(&probability), AttemptFailure { carrier, probability });
    let (from_minute, to_minute) = (row.door_from_minute, row.door_to_minute);
    let never = from_minute == to_minute || MINUTES_PER_DAY < from_minute.max(to_minute);
    when(never, DoorHours { carrier, from_minute, to_minute });
}

/// Zones that nobody reaches, one problem a delivery method.
pub(super) fn reach(network: &Network) -> Vec<NetworkProblem> {
    let centers: Vec<NodeId> = network
        .node_ids()
        .filter(|node| network.nodes[node.index()].kind == NodeKind::FulfillmentCenter)
        .collect();
    let methods = (0..network.methods.len() as u8).map(MethodId);
    let unreached = methods.map(|method| {
        let reached = |zone| centers.iter().any(|&node| network.ship_rate(method, node, zone).is_some());
        let zones: Vec<_> = network.zone_ids().filter(|&zone| !reached(zone)).collect();
        NetworkProblem::UnreachableZones { method, zones }
    });
    let some = |problem: &NetworkProblem| matches!(problem, NetworkProblem::UnreachableZones { zones, .. } if !zones.is_empty());
    unreached.filter(some).collect()
}
