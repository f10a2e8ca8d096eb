//! A network with many mistakes tells all of them at once, and a lane keeps its luck when others come.

use ordermill::domain::{CarrierId, GeoPoint, LaneId, Money, NodeId, NodeKind, ZoneId};
use ordermill::kernel::draw::Draw;
use ordermill::kernel::law::Law;
use ordermill::kernel::time::Span;
use ordermill::logistics::{
    CarrierInput, LaneEnds, LaneRule, MethodInput, Network, NetworkInput, NetworkProblem, NodeInput,
    RateBand, Timetable, ZoneInput, expand,
};

fn carrier(name: &str) -> CarrierInput {
    CarrierInput {
        name: name.into(),
        rates: vec![RateBand { up_to_km: 500.0, first_kg: Money(600), per_further_kg: Money(150) }],
        volumetric_ml_per_g: 6.0,
        last_mile: Law::exponential(Span::from_hours(3)),
        last_mile_per_100km: Span::HOUR,
        attempts: 3,
        attempt_failure: 0.08,
        retry_after: Span::DAY,
        door_from_minute: 480,
        door_to_minute: 1_200,
        tour: Span::ZERO,
    }
}

/// Centers 0 and 1, hubs 2 and 3, two carriers.
fn sound() -> NetworkInput {
    let at = |lon| GeoPoint { lat: 30.0, lon };
    let nodes = vec![
        NodeInput::new("A", NodeKind::FulfillmentCenter, at(110.0), Span::ZERO),
        NodeInput::new("B", NodeKind::FulfillmentCenter, at(111.0), Span::ZERO),
        NodeInput::new("H", NodeKind::Hub, at(112.0), Span::HOUR),
        NodeInput::new("J", NodeKind::Hub, at(115.0), Span::HOUR),
    ];
    let carriers = vec![carrier("road"), carrier("rail")];
    let rules = [
        LaneRule { travel_cv: 0.2, ..LaneRule::default() },
        LaneRule { from: LaneEnds::Hubs, to: LaneEnds::Hubs, travel_cv: 0.2, ..LaneRule::default() },
    ];
    NetworkInput {
        lanes: expand(&rules, &nodes, &carriers, 1.3),
        nodes,
        carriers,
        zones: vec![
            ZoneInput { name: "near H".into(), at: at(112.1), weight: 1.0 },
            ZoneInput { name: "near J".into(), at: at(115.1), weight: 1.0 },
        ],
        methods: vec![MethodInput { name: "standard".into(), ..MethodInput::default() }],
        ..NetworkInput::default()
    }
}

#[test]
fn rules_make_the_lanes_they_say() {
    let names: Vec<String> = sound().lanes.into_iter().map(|lane| lane.name).collect();
    let expect = [
        "A - H, road",
        "A - H, rail",
        "B - H, road",
        "B - H, rail",
        "H - J, road",
        "H - J, rail",
        "J - H, road",
        "J - H, rail",
    ];
    assert_eq!(names, expect);
}

#[test]
fn every_mistake_is_told_in_one_pass() {
    let mut rows = sound();
    rows.lanes[0].to = rows.lanes[0].from;
    rows.lanes[1].capacity = 0;
    rows.lanes[2].timetable = Timetable::Daily(vec![]);
    rows.lanes[3].timetable = Timetable::Daily(vec![10, 1_440]);
    rows.lanes[4].to = NodeId(9);
    rows.lanes[5].to = NodeId(1);
    rows.lanes[6].carrier = CarrierId(7);
    rows.lanes[7].travel_cv = -1.0;
    rows.carriers[0].rates.clear();
    rows.carriers[1].door_to_minute = 480;
    rows.carriers[1].attempt_failure = 1.5;
    rows.methods[0].carriers = vec![CarrierId(2)];
    rows.nodes.push(NodeInput::new("C", NodeKind::FulfillmentCenter, rows.nodes[0].at, Span::ZERO));
    rows.circuity = 0.5;
    let problems = Network::build(rows).unwrap_err();
    use NetworkProblem::*;
    let expect = [
        LaneToItself { lane: 0 },
        ZeroCapacity { lane: 1 },
        NoDeparture { lane: 2 },
        DepartureOutsidePeriod { lane: 3, minute: 1_440 },
        UnknownNode { lane: 4, node: NodeId(9) },
        LaneIntoFulfillmentCenter { lane: 5 },
        UnknownLaneCarrier { lane: 6, carrier: CarrierId(7) },
        TravelVariation { lane: 7, cv: -1.0 },
        NoRates { carrier: CarrierId(0) },
        AttemptFailure { carrier: CarrierId(1), probability: 1.5 },
        DoorHours { carrier: CarrierId(1), from_minute: 480, to_minute: 480 },
        UnknownMethodCarrier { method: ordermill::domain::MethodId(0), carrier: CarrierId(2) },
        FulfillmentCenterWithoutLane { node: NodeId(4) },
        Circuity { circuity: 0.5 },
    ];
    assert_eq!(problems, expect);
    assert!(problems.iter().all(|problem| !problem.to_string().is_empty()));
}

#[test]
fn zones_that_nobody_reaches_are_named() {
    let mut rows = sound();
    // No center has a lane of the carrier that the method insists on.
    rows.lanes.retain(|lane| lane.carrier == CarrierId(0));
    rows.methods[0].carriers = vec![CarrierId(1)];
    let problems = Network::build(rows).unwrap_err();
    let zones = vec![ZoneId(0), ZoneId(1)];
    assert_eq!(
        problems,
        [NetworkProblem::UnreachableZones { method: ordermill::domain::MethodId(0), zones }]
    );
}

#[test]
fn a_zone_is_served_by_its_nearest_reached_hub() {
    let network = Network::build(sound()).unwrap();
    let hub = |zone| network.last_hub(CarrierId(0), NodeId(0), ZoneId(zone));
    assert_eq!((hub(0), hub(1)), (Some(NodeId(2)), Some(NodeId(3))));
    let mut rows = sound();
    rows.lanes.retain(|lane| lane.to != NodeId(3));
    let network = Network::build(rows).unwrap();
    assert_eq!(network.last_hub(CarrierId(0), NodeId(0), ZoneId(1)), Some(NodeId(2)));
}

#[test]
fn a_lane_keeps_its_luck_when_others_are_added() {
    let network = Network::build(sound()).unwrap();
    let mut rows = sound();
    let extra = rows.lanes[0].clone();
    rows.lanes.insert(0, extra);
    let more = Network::build(rows).unwrap();
    let draw = Draw::new(1, 0);
    let travel = |network: &Network, lane| network.lane(LaneId(lane)).travel(draw, 5);
    for lane in 1..8 {
        assert_eq!(travel(&network, lane), travel(&more, lane + 1));
    }
    // Twins by name have luck of their own.
    assert_ne!(travel(&more, 0), travel(&more, 1));
}
