//! Networks that are made from places, modes and days of lanes, and costs that are traced to parcels.

mod runs;

use ordermill::domain::{Mode, NodeKind};
use ordermill::kernel::time::{Moment, Span};
use ordermill::metrics::{TraceSeen, minor};
use ordermill::report::Document;
use ordermill::scenario::spec::Scenario;
use ordermill::sim::{Options, Outcome};

use runs::{Overrides, model, read, replicate, run};

/// Mean distance from a person to the nearest of some places.
fn mean_km(scenario: &Scenario, kind: NodeKind, wanted: &str) -> f64 {
    let sites = scenario.nodes.iter().filter(|node| node.kind == kind && node.name.ends_with(wanted));
    let sites: Vec<_> = sites.map(|node| node.at).collect();
    assert!(!sites.is_empty());
    mean_to(scenario, &sites)
}

fn mean_to(scenario: &Scenario, sites: &[ordermill::domain::GeoPoint]) -> f64 {
    let zones = &scenario.tables.zones;
    let near = |at: ordermill::domain::GeoPoint| {
        sites.iter().map(|site| site.distance_km(at)).fold(f64::INFINITY, f64::min)
    };
    let way: f64 = zones.iter().map(|zone| zone.weight * near(zone.at)).sum();
    way / zones.iter().map(|zone| zone.weight).sum::<f64>()
}

#[test]
fn a_network_of_four_hundred_places_is_made_from_a_few_lines() {
    let cn = read("network-cn", &[]);
    let count = |word: &str| cn.nodes.iter().filter(|node| node.name.ends_with(word)).count();
    assert_eq!((count(" hub"), count(" center"), count(" station")), (24, 12, 376));
    assert!((1_700..2_300).contains(&cn.tables.lanes.len()), "{} lanes", cn.tables.lanes.len());
    // The sites beat the largest cities, and more sites are nearer.
    let largest: Vec<_> = cn.tables.zones[..24].iter().map(|zone| zone.at).collect();
    let hubs = mean_km(&cn, NodeKind::Hub, " hub");
    assert!(hubs < 0.8 * mean_to(&cn, &largest), "{hubs} km, {} km", mean_to(&cn, &largest));
    let more = read("network-cn", &[("network.generate.hubs", "30")]);
    assert!(mean_km(&more, NodeKind::Hub, " hub") < hubs);
    // Long lanes fly, short ones do not, and everybody is reached: the model would refuse it otherwise.
    let model = model(&cn);
    for lane in model.network.lanes() {
        let hubs = [lane.from, lane.to].iter().all(|node| model.nodes[node.index()].name.ends_with(" hub"));
        let km = cn.nodes[lane.from.index()].at.distance_km(cn.nodes[lane.to.index()].at);
        let expect = if hubs && 1_200.0 <= km * 1.25 { Mode::Air } else { Mode::Truck };
        assert_eq!(lane.mode, expect, "{}", lane.name);
        let way = if expect == Mode::Air { km } else { km * 1.25 };
        assert!((lane.distance_km - way).abs() < 1e-6);
    }
    assert_eq!(cn.nodes, read("network-cn", &[]).nodes);
    assert_eq!(cn.tables.lanes, read("network-cn", &[]).tables.lanes);
}

#[test]
fn lanes_are_as_many_and_as_large_as_demand_asks() {
    let room = |pairs: Overrides| {
        let scenario = read("network-us", pairs);
        let model = model(&scenario);
        let lanes = model.network.lanes().iter();
        let week = Moment::ZERO + Span::from_hours(168);
        lanes.map(|lane| u64::from(lane.capacity) * lane.departures_in(Moment::ZERO, week)).sum::<u64>()
    };
    let usual = room(&[]);
    assert!(2 * usual < room(&[("network.generate.parcels", "1000000")]), "{usual}");
    assert!(usual < room(&[("network.generate.fill", "20%")]));
    let direct = |least: &str| read("network-us", &[("network.generate.direct", least)]).tables.lanes.len();
    assert!(direct("1e9") < direct("20") && direct("20") < direct("0"));
}

#[test]
fn hubs_and_centers_that_are_written_stay_and_count() {
    let nodes = "[{name: Depot, at: {city: Urumqi}}, {name: West, kind: hub, at: {city: Urumqi}}]";
    let with = read("network-cn", &[("nodes", nodes), ("network.generate.hubs", "23")]);
    let names: Vec<&str> = with.nodes.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(&names[..2], ["Depot", "West"]);
    let hubs = with.nodes.iter().filter(|node| node.kind == NodeKind::Hub && node.name.ends_with(" hub"));
    let west = with.nodes[1].at;
    assert!(hubs.clone().count() == 23 && hubs.clone().all(|hub| 300.0 < hub.at.distance_km(west)));
    assert!(with.tables.lanes.iter().any(|lane| lane.from == "Depot" && lane.to == "West"));
    model(&with);
}

fn trace(outcome: &Outcome) -> &TraceSeen {
    outcome.metrics.trace.as_ref().expect("traced")
}

fn life(document: &Document, part: &str, measure: &str) -> f64 {
    let row = document.life.iter().find(|row| row.part == part && row.measure == measure);
    row.unwrap_or_else(|| panic!("no {measure} of {part}")).value.mean
}

#[test]
fn the_network_delivers_and_what_parcels_bear_is_what_it_costs() {
    let few = [
        ("arrivals.profile.orders", "3000"),
        ("run.replications", "{min: 1, max: 1}"),
        ("customers.count", "2000"),
        ("catalog.synthetic.skus", "50"),
    ];
    for name in ["network-cn", "network-us"] {
        let run = run(name, &few);
        let outcome = &run.study.outcomes[0];
        let seen = trace(outcome);
        assert!(0.9 < outcome.on_time_share(), "{name}: {}", outcome.on_time_share());
        assert!(2_500 < seen.finished);
        // Every departure, by lanes, against what parcels bear.
        let lanes = run.model.network.lanes().iter().zip(&outcome.lanes);
        let departures: i64 =
            lanes.clone().map(|(lane, seen)| lane.departure_cost().0 * seen.departures as i64).sum();
        let all = seen.of_all();
        assert!((minor(all.linehaul) - departures as f64).abs() < 1e-6);
        let grams: f64 = lanes.map(|(lane, seen)| lane.co2_ug as f64 * seen.departures as f64 / 1e6).sum();
        assert!((all.linehaul_ug as f64 / 1e6 - grams).abs() < 1e-6 * grams);
        // The document tells it by leg, and the legs add up.
        let cost = |leg: &str| life(&run.document, "parcel", leg);
        let legs = ["cost of freight", "cost of linehaul", "cost of sorting", "cost of the last mile"];
        let sum: f64 = legs.iter().map(|leg| cost(leg)).sum();
        assert!(0.0 < sum && (sum - cost("cost")).abs() < 1e-6 * sum);
        let whole = |measure| life(&run.document, "trace", measure);
        let parts = ["borne by parcels", "by parcels under way", "sorters that waited"];
        let parts: f64 = parts.map(whole).iter().sum();
        assert!((parts - whole("cost of all resources")).abs() < 1e-6 * parts);
        assert!(run.document.lanes.iter().any(|lane| lane.mode.as_deref() == Some("air")));
        let machine = ordermill::report::Machine {
            version: String::new(),
            command: String::new(),
            threads: 1,
            wall_s: 1.0,
            cpu_s: 1.0,
            orders_per_cpu_s: 1.0,
            events_per_cpu_s: 1.0,
            peak_memory_bytes: 1,
            bytes_per_order_in_flight: 1.0,
            result_digest: String::new(),
        };
        let page = ordermill::report::html::html(&run.document, &machine);
        assert!(page.contains("What a parcel costs and emits") && page.contains("g CO2 of linehaul"));
        let row = run.document.lanes.iter().find(|lane| 0 < lane.parcels_count).expect("a lane in use");
        assert!(row.cost_minor_per_parcel.is_some_and(|cost| 0.0 < cost));
    }
}

/// The law is checked at the end of every run that traces: vans, lockers, losses and a cut horizon must keep it.
#[test]
fn the_sum_over_parcels_is_the_sum_over_resources_whatever_happens() {
    let vans = "{fidelity: fast, vans: 9, capacity: 9}";
    let cases: [(&str, Overrides); 5] = [
        ("smoke", &[]),
        ("smoke", &[("last-mile", vans), ("delivery.0.to", "locker")]),
        ("smoke", &[("run.horizon", "20 h"), ("last-mile", vans)]),
        ("faults/parcel-loss", &[]),
        ("faults/lane-closure", &[]),
    ];
    for (name, pairs) in cases {
        let pairs = [pairs, &[("network.trace", "true")]].concat();
        let outcome = replicate(&model(&read(name, &pairs)), &Options::default());
        let seen = trace(&outcome);
        assert!(0 < seen.finished && 0 < seen.of_finished.cost(), "{name}");
        let vans = pairs.iter().any(|pair| pair.0 == "last-mile");
        assert_eq!(vans, 0 < seen.of_all().last_mile, "{name}");
        assert_eq!(0 < seen.of_under_way.cost(), pairs.iter().any(|pair| pair.0 == "run.horizon"), "{name}");
    }
}

#[test]
fn a_lane_runs_on_its_days_only() {
    let lanes = "[{from: fulfillment-centers, to: nearest-hub, days: \"mon,thu\", departures: [\"18:00\"]}, {from: hubs, to: hubs}]";
    let scenario = read("average-day", &[("network.lane-rules", lanes)]);
    let model = model(&scenario);
    let lane = &model.network.lanes()[0];
    // The scenario begins on a Monday.
    let evenings = [0, 3, 7, 10].map(|day| Moment::ZERO + Span::from_hours(24 * day + 18));
    let mut at = Moment::ZERO;
    for evening in evenings {
        assert_eq!(lane.next_departure(at), evening);
        at = evening + Span(1);
    }
}

/// A Saturday evening in Chicago before clocks are set back, at 02:00 on November 1, 2026.
fn in_chicago(pairs: Overrides) -> Scenario {
    let nodes = "[{name: Depot, at: {city: Chicago}, time-zone: America/Chicago, shifts: day, pickers: 2}, \
                  {name: West, kind: hub, at: {city: Los Angeles}}]";
    let base = [
        ("time-zone", "America/Chicago"),
        ("start", "2026-10-31T18:00"),
        ("zones", "{list: [{name: LA, at: {city: Los Angeles}}, {name: NY, at: {city: New York City}}]}"),
        ("nodes", nodes),
        ("shifts", "{day: [{from: \"08:00\", to: \"16:00\"}]}"),
        ("network.lane-rules", "[{from: fulfillment-centers, to: hubs, departures: [\"01:30\", \"12:00\"]}]"),
    ];
    read("average-day", &[&base[..], pairs].concat())
}

#[test]
fn departures_shifts_doors_and_days_are_in_local_time_across_a_switch_of_clocks() {
    let model = model(&in_chicago(&[]));
    let hours = |hours| Moment::ZERO + Span::from_hours(hours);
    let half = |at: u64| Moment::ZERO + Span::from_minutes(60 * at + 30);
    // 01:30 comes twice that night and is left once, at 7.5 h; noon is 19 h later than 18:00, not 18.
    let lane = &model.network.lanes()[0];
    let leaves: Vec<Moment> = (0..4).map(|number| lane.departure(number)).collect();
    assert_eq!(leaves, [half(7), hours(19), half(32), hours(43)]);
    assert_eq!(lane.next_departure(hours(8)), hours(19));
    assert_eq!(lane.departure_number(hours(20)), 2);
    // Pickers come at 08:00, which is 15 h away.
    let pick = model.stations.iter().find(|row| row.name == "pick @ Depot").expect("pickers");
    assert_eq!(
        (pick.servers_at(hours(14)), pick.servers_at(hours(15)), pick.servers_at(hours(23))),
        (0, 2, 0)
    );
    // Both zones end their Saturday at their own midnight, before or after the switch; Sunday as well.
    let [la, ny] = [0, 1].map(ordermill::domain::ZoneId);
    assert_eq!(model.network.end_of_day(ny, hours(1)), hours(5));
    assert_eq!(model.network.end_of_day(la, hours(1)), hours(8));
    assert_eq!(model.network.end_of_day(ny, hours(12)), hours(30));
    assert_eq!(model.network.end_of_day(la, hours(12)), hours(33));
    // Whoever comes at night rings when doors open there.
    let carrier = ordermill::domain::CarrierId(0);
    let opens = |zone| {
        let last_mile = model.network.last_mile(carrier).clone();
        let found = model.network.retry(carrier, zone, Moment::ZERO);
        assert!(hours(24) <= found && last_mile.attempts == 2);
        found
    };
    assert!(opens(ny) < opens(la) || opens(ny) == hours(24));
}

#[test]
fn a_skipped_hour_and_one_zone_for_all() {
    // Clocks are set forward on March 8, 2026, at 02:00: 8 h after 18:00.
    let rule = "[{from: fulfillment-centers, to: hubs, departures: [\"02:30\"]}]";
    let model = model(&in_chicago(&[("start", "2026-03-07T18:00"), ("network.lane-rules", rule)]));
    let lane = &model.network.lanes()[0];
    let minutes = |number: u64| lane.departure(number).0 / Span::MINUTE.0;
    assert_eq!([minutes(0), minutes(1)], [8 * 60 + 30, 31 * 60 + 30]);
    // China has one: nothing moves.
    let few = [("arrivals.profile.orders", "500"), ("run.replications", "{min: 1, max: 1}")];
    let digest = |more: Overrides| run("average-day", &[&few[..], more].concat()).document.engine_digests;
    assert_eq!(digest(&[]), digest(&[("time-zone", "Asia/Shanghai")]));
    assert_ne!(digest(&[]), digest(&[("time-zone", "Asia/Tokyo")]));
}

#[test]
fn plans_are_what_a_parcel_meets_in_a_country_of_four_zones() {
    let model = model(&read("network-us", &[]));
    let network = &model.network;
    let carrier = ordermill::domain::CarrierId(0);
    let mut hops = 0;
    for (index, zone) in network.zone_ids().enumerate().step_by(7) {
        let mut node = ordermill::domain::NodeId((index % 9) as u16);
        let ready = Moment::ZERO + Span::from_minutes(37 * index as u64);
        let (plan, mut at) = (network.plan_arrival(carrier, node, zone, ready).expect("a way"), ready);
        while let Some(lane) = network.next_lane(carrier, node, zone, at) {
            at = network.sorted(lane, at);
            node = network.lane(lane).to;
            hops += 1;
            assert!(at <= plan, "{zone:?}");
            assert_eq!(network.plan_arrival(carrier, node, zone, at), Some(plan), "{zone:?}");
        }
    }
    assert!(80 < hops, "{hops}");
}

#[test]
fn a_network_of_two_parts_is_refused_and_both_are_named() {
    let pairs = [(
        "network.lane-rules",
        "[{from: fulfillment-centers, to: [Hangzhou hub, Beijing hub]}, {from: [Xi'an hub], to: [Chengdu hub]}]",
    )];
    let Err(found) = ordermill::model::Model::build(&read("average-day", &pairs)) else {
        panic!("two parts are a network")
    };
    let said = found.to_string();
    assert_eq!(found.codes(), ["E0901"], "{said}");
    for part in ["Shanghai", "Guangzhou hub, Wuhan hub, Chengdu hub, Xi'an hub", "add a lane"] {
        assert!(said.contains(part), "{said}");
    }
}
