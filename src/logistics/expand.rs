//! Lanes by rule: "every fulfillment center to its nearest hub, twice a day".

use crate::domain::{CarrierId, Mode, Money, NodeId, NodeKind, TravelLaw, Vehicle};
use crate::kernel::time::Span;

use super::input::{CarrierInput, LaneInput, NodeInput, Timetable};

/// Makes one lane for each (from, to, carrier) that it matches; never from a node to itself.
#[derive(Debug, Clone)]
pub struct LaneRule {
    pub from: LaneEnds,
    pub to: LaneEnds,
    /// Empty is every carrier.
    pub carriers: Vec<CarrierId>,
    pub timetable: Timetable,
    pub cut_off: Span,
    pub capacity: u32,
    pub mode: Mode,
    pub vehicle: Vehicle,
    pub travel_law: TravelLaw,
    pub travel_cv: f64,
}

impl Default for LaneRule {
    fn default() -> LaneRule {
        LaneRule {
            from: LaneEnds::FulfillmentCenters,
            to: LaneEnds::NearestHub,
            carriers: Vec::new(),
            timetable: Timetable::Daily(vec![18 * 60]),
            cut_off: Span::ZERO,
            capacity: 10_000,
            mode: Mode::Truck,
            vehicle: Vehicle {
                speed_kmh: 65.0,
                loading: Span::ZERO,
                cost_per_departure: Money::ZERO,
                cost_per_km: Money::ZERO,
                co2_g_per_km: 0.0,
            },
            travel_law: TravelLaw::Lognormal,
            travel_cv: 0.0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneEnds {
    FulfillmentCenters,
    Hubs,
    /// As `to` only: the hub nearest to `from`, itself left out. As `from` it matches nothing.
    NearestHub,
    Nodes(Vec<NodeId>),
}

/// All lanes of all rules: in order of rule, from, to, carrier, so ids are stable.
/// Road distance = great circle x `circuity`.
pub fn expand(
    rules: &[LaneRule],
    nodes: &[NodeInput],
    carriers: &[CarrierInput],
    circuity: f64,
) -> Vec<LaneInput> {
    let mut lanes = Vec::new();
    for rule in rules {
        let every_carrier = || (0..carriers.len()).map(|carrier| CarrierId(carrier as u8)).collect();
        let served: Vec<CarrierId> =
            if rule.carriers.is_empty() { every_carrier() } else { rule.carriers.clone() };
        for from in members(&rule.from, None, nodes) {
            for to in members(&rule.to, Some(from), nodes) {
                if from != to {
                    lanes.extend(served.iter().map(|&carrier| {
                        let name = name(&nodes[from.index()], &nodes[to.index()], &carriers[carrier.index()]);
                        lane(rule, name, from, to, carrier, nodes, circuity)
                    }));
                }
            }
        }
    }
    lanes
}

/// `A - B, Carrier`: what the report prints.
pub fn name(from: &NodeInput, to: &NodeInput, carrier: &CarrierInput) -> String {
    format!("{} - {}, {}", from.name, to.name, carrier.name)
}

fn lane(
    rule: &LaneRule,
    name: String,
    from: NodeId,
    to: NodeId,
    carrier: CarrierId,
    nodes: &[NodeInput],
    circuity: f64,
) -> LaneInput {
    let straight_km = nodes[from.index()].at.distance_km(nodes[to.index()].at);
    let distance_km = rule.mode.way_km(straight_km, circuity);
    LaneInput {
        name,
        from,
        to,
        carrier,
        timetable: rule.timetable.clone(),
        cut_off: rule.cut_off,
        capacity: rule.capacity,
        travel: rule.vehicle.travel(distance_km),
        travel_cv: rule.travel_cv,
        cost_per_departure: rule.vehicle.cost_per_departure,
        cost_per_km: rule.vehicle.cost_per_km,
        distance_km,
        mode: rule.mode,
        travel_law: rule.travel_law,
        co2_g_per_km: rule.vehicle.co2_g_per_km,
    }
}

fn members(ends: &LaneEnds, from: Option<NodeId>, nodes: &[NodeInput]) -> Vec<NodeId> {
    let of_kind = |kind| {
        let ids = (0..nodes.len()).filter(move |&node| nodes[node].kind == kind);
        ids.map(|node| NodeId(node as u16))
    };
    match ends {
        LaneEnds::FulfillmentCenters => of_kind(NodeKind::FulfillmentCenter).collect(),
        LaneEnds::Hubs => of_kind(NodeKind::Hub).collect(),
        LaneEnds::Nodes(named) => named.clone(),
        LaneEnds::NearestHub => {
            let Some(from) = from else { return Vec::new() };
            let km = |hub: NodeId| nodes[from.index()].at.distance_km(nodes[hub.index()].at);
            let others = of_kind(NodeKind::Hub).filter(|&hub| hub != from);
            others.min_by(|&a, &b| km(a).total_cmp(&km(b)).then(a.cmp(&b))).into_iter().collect()
        }
    }
}
