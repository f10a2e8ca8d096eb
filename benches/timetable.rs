//! How long do earliest arrivals take in a network of 400 places and 24 hubs with about 2,000 lanes?
//!
//! One search to all places, the whole table of arrival profiles from all hubs to all places, a look-up in it, the
//! table made again after one lane closed, and all offers (arrival, cost) to all places.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ordermill::domain::{CarrierId, GeoPoint, Money, NodeId, NodeKind};
use ordermill::kernel::draw::{Draw, Source};
use ordermill::kernel::time::{Moment, Span};
use ordermill::logistics::{Connections, LaneInput, NetworkInput, NodeInput, Profiles, Timetable};

const PLACES: u16 = 400;
const HUBS: u16 = 24;
const ASKED: usize = 1 << 16;

fn rows() -> NetworkInput {
    let dice = &mut Draw::new(1, 0).source("network");
    let at = |dice: &mut Source| GeoPoint {
        lat: 22.0 + 20.0 * dice.uniform(),
        lon: 100.0 + 20.0 * dice.uniform(),
    };
    let node = |index: u16, dice: &mut Source| {
        NodeInput::new(&format!("n{index}"), NodeKind::Hub, at(dice), Span::from_minutes(90))
    };
    let nodes: Vec<NodeInput> = (0..PLACES).map(|index| node(index, dice)).collect();
    let mut lanes = Vec::new();
    for from in 0..PLACES {
        let km = |to: u16| nodes[usize::from(from)].at.distance_km(nodes[usize::from(to)].at) * 1.3;
        let mut hubs: Vec<u16> = (0..HUBS).filter(|&hub| hub != from).collect();
        hubs.sort_by(|&a, &b| km(a).total_cmp(&km(b)));
        // Hubs among themselves, other places to and from the nearest two.
        hubs.truncate(if from < HUBS { usize::from(HUBS) } else { 2 });
        for hub in hubs {
            lanes.push(lane(from, hub, km(hub), dice));
            if HUBS <= from {
                lanes.push(lane(hub, from, km(hub), dice));
            }
        }
    }
    NetworkInput { nodes, lanes, ..NetworkInput::default() }
}

fn lane(from: u16, to: u16, km: f64, dice: &mut Source) -> LaneInput {
    let departures = 1 + dice.bits() % 4;
    LaneInput {
        name: format!("{from} - {to}"),
        from: NodeId(from),
        to: NodeId(to),
        carrier: CarrierId(0),
        timetable: Timetable::Daily((0..departures).map(|_| (dice.bits() % 1_440) as u16).collect()),
        cut_off: Span::from_minutes(30),
        capacity: 1_000,
        volume_ml: None,
        travel: Span::from_secs_f64(km / 65.0 * 3_600.0 + 3_600.0),
        travel_cv: 0.1,
        cost_per_departure: Money(20_000),
        cost_per_km: Money(500),
        distance_km: km,
        ..LaneInput::default()
    }
}

fn timetable(c: &mut Criterion) {
    let rows = rows();
    let connections = Connections::of(&rows, CarrierId(0));
    let (origins, places): (Vec<_>, Vec<_>) =
        ((0..HUBS).map(NodeId).collect(), (0..PLACES).map(NodeId).collect());
    let profiles = Profiles::build(connections.clone(), &origins, &places);
    let dice = &mut Draw::new(1, 0).source("asked");
    let mut ask = |from: u16| {
        let from = (dice.bits() % u64::from(from)) as u16;
        let to = (dice.bits() % u64::from(PLACES)) as u16;
        (NodeId(from), usize::from(to), Moment(dice.bits() % (10 * Span::DAY.0)))
    };
    let asked: Vec<_> = (0..ASKED).map(|_| ask(HUBS)).collect();
    println!("{} lanes", rows.lanes.len());
    let mut group = c.benchmark_group("timetable");
    let (mut turn, mut found) = (asked.iter().cycle(), Vec::new());
    group.bench_function("one to all", |b| {
        b.iter(|| {
            let &(from, _, ready) = turn.next().unwrap();
            connections.earliest(from, ready, &mut found);
            found[0]
        });
    });
    group.bench_function("offers, one to all", |b| {
        b.iter(|| {
            let &(from, _, ready) = turn.next().unwrap();
            connections.offers(from, ready)
        });
    });
    group.sample_size(10);
    group.bench_function("all profiles", |b| {
        b.iter(|| Profiles::build(connections.clone(), &origins, &places));
    });
    let mut lanes = (0..rows.lanes.len()).cycle();
    group.bench_function("profiles without one lane", |b| {
        b.iter(|| {
            let mut closed = vec![false; rows.lanes.len()];
            closed[lanes.next().unwrap()] = true;
            profiles.without(&closed)
        });
    });
    group.sample_size(50);
    group.throughput(Throughput::Elements(ASKED as u64));
    // Any instant of ten days next to any other; and as a run asks, in order of time.
    let mut in_order = asked.clone();
    in_order.sort_by_key(|row| row.2);
    for (name, asked) in [("look-ups", &asked), ("look-ups, in order of time", &in_order)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let done =
                    |&(from, to, ready): &_| profiles.look_up(from, to, ready).map_or(0, |way| way.1.0);
                black_box(asked.iter().map(done).fold(0, u64::wrapping_add))
            });
        });
    }
}

criterion_group!(benches, timetable);
criterion_main!(benches);
