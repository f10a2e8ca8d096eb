//! From the planner's nodes, carriers, methods and lane rules to the rows that logistics builds on.

use crate::domain::{CarrierId, NodeId, NodeKind};
use crate::kernel::time::{Moment, Span};
use crate::logistics::{
    CarrierInput, Fidelity, LaneEnds, LaneInput, LaneRule, MethodInput, Network, NetworkInput, NodeInput,
    RateBand, RoundInput, Timetable, ZoneClock, ZoneInput, expand, lane_name,
};
use crate::scenario::spec::{self, Scenario};

use super::build::law;

/// The last mile that a plan counts on.
const PLANNED_QUANTILE: f64 = 0.9;
/// What a plan allows at a hub beside the sorting itself.
const HUB_SLACK: Span = Span::from_minutes(30);

pub fn network_input(scenario: &Scenario, zones: &[spec::Zone]) -> NetworkInput {
    let handling = Span::from_secs_f64(law(&scenario.floor.sort).mean_secs()) + HUB_SLACK;
    let nodes: Vec<NodeInput> =
        scenario.nodes.iter().map(|node| NodeInput::new(&node.name, node.kind, node.at, handling)).collect();
    let carriers: Vec<CarrierInput> = scenario.carriers.iter().map(carrier).collect();
    let rules: Vec<LaneRule> =
        scenario.network.lane_rules.iter().map(|rule| lane_rule(scenario, rule)).collect();
    let mut lanes = expand(&rules, &nodes, &carriers, scenario.network.circuity);
    lane_rows(scenario, &nodes, &carriers, &mut lanes);
    NetworkInput {
        methods: scenario.delivery.iter().map(|method| delivery_method(scenario, method)).collect(),
        zones: zones
            .iter()
            .map(|zone| ZoneInput { name: zone.name.clone(), at: zone.at, weight: zone.weight })
            .collect(),
        nodes,
        carriers,
        lanes,
        circuity: scenario.network.circuity,
        start_minute_of_week: scenario.start.minute_of_week() as u16,
        planned_quantile: PLANNED_QUANTILE,
        rounds: scenario.last_mile.as_ref().map(rounds),
        node_clocks: clocks(scenario, |times| &times.nodes),
        zone_clocks: clocks(scenario, |times| &times.zones),
    }
}

/// Of each place; none where all have one clock.
fn clocks(scenario: &Scenario, of: fn(&spec::LocalTimes) -> &Vec<u16>) -> Vec<ZoneClock> {
    let Some(times) = &scenario.local_times else { return Vec::new() };
    let row = |&(since, ahead_s): &(Span, i64)| (Moment(since.0), ahead_s * 1_000_000);
    let clock = |&clock: &u16| {
        ZoneClock::new(&times.clocks[usize::from(clock)].ahead_s.iter().map(row).collect::<Vec<_>>())
    };
    of(times).iter().map(clock).collect()
}

fn carrier(row: &spec::Carrier) -> CarrierInput {
    CarrierInput {
        name: row.name.clone(),
        rates: row
            .rates
            .iter()
            .map(|band| RateBand {
                up_to_km: band.up_to_km,
                first_kg: band.first_kg,
                per_further_kg: band.per_further_kg,
            })
            .collect(),
        volumetric_ml_per_g: row.volumetric_ml_per_g,
        last_mile: law(&row.last_mile),
        last_mile_per_100km: row.last_mile_per_100km,
        attempts: row.attempts,
        attempt_failure: row.attempt_failure,
        retry_after: row.retry_after,
        door_from_minute: row.door_from_minute,
        door_to_minute: row.door_to_minute,
        tour: row.tour,
    }
}

fn rounds(row: &spec::LastMile) -> RoundInput {
    RoundInput {
        fidelity: match row.fidelity {
            spec::TourFidelity::Approx => Fidelity::Approx,
            spec::TourFidelity::Fast => Fidelity::Fast,
            spec::TourFidelity::Vrp => Fidelity::Vrp { iterations: row.iterations },
        },
        minutes: timetable(&row.rounds).minutes().to_vec(),
        vans: row.vans,
        capacity: row.capacity,
        area_km2: row.area_km2,
        station_km: row.station_km,
        speed_kmh: row.speed_kmh,
        hours: row.hours,
        time_per_stop: row.time_per_stop,
        time_per_parcel: row.time_per_parcel,
        wage_per_hour: row.wage_per_hour,
        cost_per_km: row.cost_per_km,
        co2_g_per_km: row.co2_g_per_km,
        iterations: row.iterations,
        sample: row.sample,
    }
}

fn delivery_method(scenario: &Scenario, row: &spec::DeliveryMethod) -> MethodInput {
    MethodInput {
        name: row.name.clone(),
        price: row.price,
        carriers: carriers(scenario, &row.carriers),
        rank: row.rank,
        handling: row.handling,
        slack: row.slack,
        by_day: row.by_day,
    }
}

fn lane_rule(scenario: &Scenario, rule: &spec::LaneRule) -> LaneRule {
    let ends = |ends: &spec::LaneEnds| match ends {
        spec::LaneEnds::FulfillmentCenters => LaneEnds::FulfillmentCenters,
        spec::LaneEnds::Hubs => LaneEnds::Hubs,
        spec::LaneEnds::NearestHub => LaneEnds::NearestHub,
        spec::LaneEnds::Named(names) => {
            LaneEnds::Nodes(names.iter().map(|name| node(scenario, name)).collect())
        }
    };
    LaneRule {
        from: ends(&rule.from),
        to: ends(&rule.to),
        carriers: carriers(scenario, &rule.carriers),
        timetable: timetable(&rule.timetable).on(rule.days),
        cut_off: rule.cut_off,
        capacity: rule.capacity,
        mode: rule.mode,
        vehicle: rule.vehicle,
        travel_law: rule.travel_law,
        travel_cv: rule.travel_cv,
    }
}

fn timetable(times: &spec::Timetable) -> Timetable {
    match times {
        spec::Timetable::Every { first_minute, every } => Timetable::every(*first_minute, *every),
        spec::Timetable::Daily(minutes) => Timetable::Daily(minutes.clone()),
    }
}

fn carriers(scenario: &Scenario, names: &[String]) -> Vec<CarrierId> {
    let find = |name: &String| scenario.carriers.iter().position(|carrier| carrier.name == *name);
    names.iter().map(|name| CarrierId(find(name).expect("the reader checked carrier names") as u8)).collect()
}

pub fn node(scenario: &Scenario, name: &str) -> NodeId {
    let index = scenario.nodes.iter().position(|node| node.name == name);
    NodeId(index.expect("the reader checked node names") as u16)
}

/// The rows of the lanes table; a row replaces what the rules made for the same ends and carrier.
fn lane_rows(
    scenario: &Scenario,
    nodes: &[NodeInput],
    carriers: &[CarrierInput],
    lanes: &mut Vec<LaneInput>,
) {
    for row in &scenario.tables.lanes {
        let (from, to) = (node(scenario, &row.from), node(scenario, &row.to));
        let only = row.carrier.as_ref().map(|name| self::carriers(scenario, std::slice::from_ref(name))[0]);
        let straight_km = nodes[from.index()].at.distance_km(nodes[to.index()].at);
        let distance_km = row.mode.way_km(straight_km, scenario.network.circuity);
        for carrier in (0..carriers.len()).map(|index| CarrierId(index as u8)) {
            if only.is_some_and(|only| only != carrier) {
                continue;
            }
            lanes.retain(|lane| (lane.from, lane.to, lane.carrier) != (from, to, carrier));
            lanes.push(LaneInput {
                name: lane_name(&nodes[from.index()], &nodes[to.index()], &carriers[carrier.index()]),
                from,
                to,
                carrier,
                timetable: timetable(&row.timetable).on(row.days),
                cut_off: row.cut_off,
                capacity: row.capacity,
                travel: row.time.unwrap_or_else(|| row.vehicle.travel(distance_km)),
                travel_cv: row.travel_cv,
                cost_per_departure: row.vehicle.cost_per_departure,
                cost_per_km: row.vehicle.cost_per_km,
                distance_km,
                mode: row.mode,
                travel_law: row.travel_law,
                co2_g_per_km: row.vehicle.co2_g_per_km,
            });
        }
    }
}

/// Hubs that no fulfillment center reaches over any lane, with all nodes that one reaches: a network of two parts.
pub fn cut_off(network: &Network) -> Option<(Vec<NodeId>, Vec<NodeId>)> {
    let is_center = |node: &NodeId| network.nodes[node.index()].kind == NodeKind::FulfillmentCenter;
    let mut reached: Vec<NodeId> = network.node_ids().filter(is_center).collect();
    let mut known = vec![false; network.nodes.len()];
    reached.iter().for_each(|node| known[node.index()] = true);
    let mut leaving = vec![Vec::new(); network.nodes.len()];
    network.lanes().iter().for_each(|lane| leaving[lane.from.index()].push(lane.to));
    let mut next = 0;
    while let Some(&node) = reached.get(next) {
        next += 1;
        for &to in &leaving[node.index()] {
            if !std::mem::replace(&mut known[to.index()], true) {
                reached.push(to);
            }
        }
    }
    let apart: Vec<NodeId> = network.node_ids().filter(|node| !known[node.index()]).collect();
    (!apart.is_empty()).then_some((reached, apart))
}
