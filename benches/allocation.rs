//! How many plans a second does each strategy make for orders of 1.6 lines over 20 nodes, 10,000 SKUs and
//! 50 zones, on the engine's own stock? And how long does a promise take?
//!
//! `plenty`: every node has every SKU. `scarce`: a node has a SKU with probability 0.4, one to three units,
//! so that one order in three does not fit its nearest node. `warm` asks for 64 SKUs that stay in the cache,
//! `cold` for all 10,000. The baseline is the engine's look-up alone: one cell a line.

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ordermill::allocation::transport::Transport;
use ordermill::allocation::{
    AllocationTables, Allocator, BoxItem, BoxLimits, Boxes, Builtin, Expected, Forecast, Formula, Fraction,
    Fractions, Offer, OpenLine, OrderView, Rules, Shelf, Snapshot, StockView, Tables, WaitKey, Waiting,
};
use ordermill::domain::*;
use ordermill::engine::{Engine, EngineRules, EngineSize};
use ordermill::kernel::draw::{Draw, Source};
use ordermill::kernel::law::Law;
use ordermill::kernel::time::{Moment, Span};
use ordermill::logistics::{
    CarrierInput, LaneEnds, LaneRule, MethodInput, Network, NetworkInput, NodeInput, Parcel, RateBand,
    Timetable, ZoneInput, expand,
};

const NODES: u16 = 20;
const HUBS: u16 = 12;
const ZONES: u16 = 50;
const SKUS: u32 = 10_000;
const ORDERS: usize = 4_096;

fn place(dice: &mut Source) -> GeoPoint {
    GeoPoint { lat: 22.0 + 20.0 * dice.uniform(), lon: 100.0 + 20.0 * dice.uniform() }
}

fn network() -> Network {
    let dice = &mut Draw::new(1, 0).source("network");
    let node = |index: u16, dice: &mut Source| {
        let kind = if index < NODES { NodeKind::FulfillmentCenter } else { NodeKind::Hub };
        NodeInput::new(&format!("n{index}"), kind, place(dice), Span::HOUR)
    };
    let nodes: Vec<NodeInput> = (0..NODES + HUBS).map(|index| node(index, dice)).collect();
    let rate =
        |up_to_km, first| RateBand { up_to_km, first_kg: Money(first), per_further_kg: Money(first / 4) };
    let carrier = |name: &str, first| CarrierInput {
        name: name.into(),
        rates: vec![rate(300.0, first), rate(800.0, first + 200), rate(3_000.0, first + 500)],
        volumetric_ml_per_g: 6.0,
        last_mile: Law::lognormal_by_mean(Span::from_hours(6), 0.5),
        last_mile_per_100km: Span::HOUR,
        attempts: 3,
        attempt_failure: 0.08,
        retry_after: Span::DAY,
        door_from_minute: 480,
        door_to_minute: 1_200,
        tour: Span::ZERO,
    };
    let carriers = vec![carrier("road", 600), carrier("rail", 550), carrier("air", 1_200)];
    let rule = |from, to, minutes: &[u16]| LaneRule {
        from,
        to,
        timetable: Timetable::Daily(minutes.to_vec()),
        ..LaneRule::default()
    };
    let rules = [
        rule(LaneEnds::FulfillmentCenters, LaneEnds::NearestHub, &[480, 720, 960, 1_200]),
        rule(LaneEnds::Hubs, LaneEnds::Hubs, &[60, 1_320]),
    ];
    Network::build(NetworkInput {
        lanes: expand(&rules, &nodes, &carriers, 1.3),
        nodes,
        carriers,
        zones: (0..ZONES)
            .map(|zone| ZoneInput { name: format!("z{zone}"), at: place(dice), weight: 1.0 })
            .collect(),
        methods: vec![MethodInput { name: "standard".into(), ..MethodInput::default() }],
        ..NetworkInput::default()
    })
    .expect("a sound network")
}

fn engine(units: impl Fn(&mut Source) -> u32) -> Engine {
    let size = EngineSize { skus: SKUS, nodes: NODES, orders_hint: 1 };
    let engine = Engine::new(size, EngineRules::default());
    let dice = &mut Draw::new(1, 0).source("stock");
    for sku in (0..SKUS).map(SkuId) {
        for node in (0..NODES).map(NodeId) {
            let quantity = units(dice);
            if 0 < quantity {
                let command = Command::Receive { sku, node, quantity };
                engine.apply(Moment::ZERO, &command, &mut Transition::default()).expect("received");
            }
        }
    }
    engine
}

/// Six orders in ten have one line, three two, one three or more: 1.6 on average.
fn orders(skus: u32) -> Vec<(ZoneId, Vec<OpenLine>)> {
    let dice = &mut Draw::new(1, 0).source("orders");
    let order = |_| {
        let lines = [1, 1, 1, 1, 1, 1, 2, 2, 2, 4][(dice.bits() % 10) as usize];
        let zone = ZoneId((dice.bits() % u64::from(ZONES)) as u16);
        let first = (dice.bits() % u64::from(skus)) as u32;
        let line = |line: u16| OpenLine {
            line,
            sku: SkuId((first + 7 * u32::from(line)) % skus),
            quantity: 1 + u32::from(first.is_multiple_of(8)),
            class: HandlingClass::Standard,
            unit_g: 700,
        };
        (zone, (0..lines).map(line).collect())
    };
    (0..ORDERS).map(order).collect()
}

fn view(number: usize, zone: ZoneId, lines: &[OpenLine]) -> OrderView<'_> {
    OrderView {
        id: OrderId(number as u64),
        zone,
        method: MethodId(0),
        at: Moment::ZERO,
        promised: Moment::NEVER,
        lines,
        own: &[],
    }
}

fn plans(c: &mut Criterion) {
    let network = network();
    let stocked: Vec<NodeId> = (0..NODES).map(NodeId).collect();
    let offer = |method, node, zone| {
        let rate = network.ship_rate(method, node, zone)?;
        Some(Offer { km: rate.km, first_kg: rate.first_kg, per_further_kg: rate.per_further_kg })
    };
    let priority: Vec<u32> = (0..u32::from(NODES + HUBS)).collect();
    let tables = Arc::new(AllocationTables::build(1, usize::from(ZONES), &priority, &stocked, offer));
    let rules = Rules { split_lines: true, max_splits: 5, backorder: true };
    let draw = Draw::new(1, 0);
    let plenty = engine(|_| 1_000);
    let scarce = engine(|dice| if dice.uniform() < 0.4 { 1 + (dice.bits() % 3) as u32 } else { 0 });
    for (name, engine, skus) in
        [("plenty, warm", &plenty, 64), ("scarce, warm", &scarce, 64), ("scarce, cold", &scarce, SKUS)]
    {
        let orders = orders(skus);
        let views: Vec<OrderView<'_>> =
            orders.iter().enumerate().map(|(number, (zone, lines))| view(number, *zone, lines)).collect();
        let stock = StockView::live(engine.stock());
        let mut group = c.benchmark_group(format!("plan, {name}"));
        group.throughput(Throughput::Elements(1));
        let mut turn = (0..ORDERS).cycle();
        group.bench_function("look-up alone", |b| {
            b.iter(|| {
                let order = &views[turn.next().unwrap()];
                order.lines.iter().map(|line| stock.available(line.sku, NodeId(3))).sum::<u32>()
            });
        });
        for builtin in Builtin::ALL {
            let allocator = Allocator::builtin(builtin, tables.clone(), rules);
            let mut plan = Plan::default();
            group.bench_function(builtin.name(), |b| {
                b.iter(|| {
                    let order = &views[turn.next().unwrap()];
                    allocator.plan(black_box(order), &stock, &draw, &mut plan);
                    plan.assignments.len()
                });
            });
        }
        group.finish();
    }
}

/// The worst for `fewest-splits`: eight lines of eight units, one to three of each at every node.
fn hard(c: &mut Criterion) {
    let stocked: Vec<NodeId> = (0..NODES).map(NodeId).collect();
    let offer = |_, node: NodeId, _| {
        Some(Offer { km: f64::from(node.0), first_kg: Money(500), per_further_kg: Money(100) })
    };
    let tables = Arc::new(AllocationTables::build(1, 1, &[0; NODES as usize], &stocked, offer));
    let rules = Rules { split_lines: true, max_splits: 20, backorder: true };
    let allocator = Allocator::builtin(Builtin::FewestSplits, tables, rules);
    let engine = engine(|dice| 1 + (dice.bits() % 3) as u32);
    let stock = StockView::live(engine.stock());
    let mut plan = Plan::default();
    let mut turn = (0..ORDERS as u32).cycle();
    c.bench_function("plan, hard/fewest-splits", |b| {
        b.iter(|| {
            let first = turn.next().unwrap();
            let lines: [OpenLine; 8] = std::array::from_fn(|line| OpenLine {
                line: line as u16,
                sku: SkuId(first + line as u32),
                quantity: 8,
                ..OpenLine::default()
            });
            allocator.plan(&view(0, ZoneId(0), &lines), &stock, &Draw::new(1, 0), &mut plan);
            plan.considered
        });
    });
}

/// One order of 1, 3 or 5 lines over 5, 20 or 100 nodes, each of which has a SKU with probability 0.6.
fn ladder(c: &mut Criterion) {
    let rules = Rules { split_lines: true, max_splits: 5, backorder: true };
    let draw = Draw::new(1, 0);
    for nodes in [5u16, 20, 100] {
        let dice = &mut draw.source("ladder");
        let stocked: Vec<NodeId> = (0..nodes).map(NodeId).collect();
        let km: Vec<f64> = stocked.iter().map(|_| 3_000.0 * dice.uniform()).collect();
        let offer = |_, node: NodeId, zone: ZoneId| {
            let km = (km[node.index()] + 377.0 * f64::from(zone.0)) % 3_000.0;
            let (first, further) = (Money(600 + (km / 10.0) as i64), Money(100 + (km / 20.0) as i64));
            Some(Offer { km, first_kg: first, per_further_kg: further })
        };
        let tables = Arc::new(AllocationTables::build(1, 8, &vec![0; stocked.len()], &stocked, offer));
        let mut shelf = Shelf::new(256, stocked.len());
        for sku in (0..256).map(SkuId) {
            for &node in &stocked {
                shelf.set(sku, node, if dice.uniform() < 0.6 { 1_000 } else { 0 });
            }
        }
        let bid_prices = (0..256 * stocked.len()).map(|_| Money((dice.bits() % 200) as i64)).collect();
        // What the roundings round: three nodes a zone.
        let fraction = |at: u16| Fraction {
            zone: ZoneId(at / 3),
            node: NodeId((at * 7) % nodes),
            billionths: 1_000_000_000 / (2 + u32::from(at % 3)),
        };
        let fractions = Fractions((0..256).map(|_| (0..24).map(fraction).collect()).collect());
        let prices = Tables { bid_prices, nodes: stocked.len(), fractions, ..Tables::default() };
        let stock = StockView::of_shelf(&shelf).with_tables(&prices);
        for lines in [1u32, 3, 5] {
            let orders: Vec<(ZoneId, Vec<OpenLine>)> = (0..256u32)
                .map(|first| {
                    let line = |line: u32| OpenLine {
                        line: line as u16,
                        sku: SkuId((first + 37 * line) % 256),
                        quantity: 1,
                        class: HandlingClass::Standard,
                        unit_g: 700,
                    };
                    (ZoneId((first % 8) as u16), (0..lines).map(line).collect())
                })
                .collect();
            let mut group = c.benchmark_group(format!("decision, {nodes} nodes, {lines} lines"));
            for builtin in Builtin::ALL {
                let allocator = Allocator::builtin(builtin, tables.clone(), rules);
                let (mut plan, mut turn) = (Plan::default(), (0..256).cycle());
                group.bench_function(builtin.name(), |b| {
                    b.iter(|| {
                        let number = turn.next().unwrap();
                        let order = view(number, orders[number].0, &orders[number].1);
                        allocator.plan(black_box(&order), &stock, &draw, &mut plan);
                        plan.assignments.len()
                    });
                });
            }
            group.finish();
        }
    }
    let formula = Formula::compile("freight + 0.3 * km + if(open, 0, 100) - min(free, 10) * 2").unwrap();
    let slots: [f64; 12] = std::array::from_fn(|at| at as f64 * 3.5);
    c.bench_function("score, one evaluation", |b| b.iter(|| formula.evaluate(black_box(&slots))));
}

/// How long does it take to make prices of 1,000 SKUs over 20 nodes and 50 zones anew, on one thread?
fn refresh(c: &mut Criterion) {
    const SKUS: usize = 1_000;
    for carried in [4, 20] {
        let dice = &mut Draw::new(1, 0).source("refresh");
        let cost: Vec<f64> = (0..20 * 50).map(|_| 5.0 + 15.0 * dice.uniform()).collect();
        let demand: Vec<Vec<f64>> =
            (0..SKUS).map(|_| (0..50).map(|_| (dice.bits() % 20) as f64).collect()).collect();
        let stock: Vec<Vec<f64>> = demand
            .iter()
            .enumerate()
            .map(|(sku, demand)| {
                // Nine tenths of what is asked, over the nodes that carry it.
                let each = (0.9 * demand.iter().sum::<f64>() / f64::from(carried)).round();
                (0..20).map(|node| if (node + sku as i32) % 20 < carried { each } else { 0.0 }).collect()
            })
            .collect();
        let (mut transport, mut values) = (Transport::default(), Vec::new());
        c.bench_function(&format!("prices of 1,000 SKUs, {carried} nodes carry each"), |b| {
            b.iter(|| {
                let mut sum = 0.0;
                for (stock, demand) in stock.iter().zip(&demand) {
                    transport.solve(stock, demand, &cost, 40.0);
                    transport.values(&mut values);
                    sum += values[0];
                }
                sum
            });
        });
    }
}

/// How long do prices of 100,000 SKUs at 20 nodes take, all of them, and where one SKU in a hundred was sold?
fn incremental(c: &mut Criterion) {
    const SKUS: usize = 100_000;
    let dice = &mut Draw::new(1, 0).source("incremental");
    let stocked: Vec<NodeId> = (0..NODES).map(NodeId).collect();
    let first: Vec<i64> =
        (0..usize::from(NODES * ZONES)).map(|_| 500 + (dice.bits() % 1_500) as i64).collect();
    let offer = |_, node: NodeId, zone: ZoneId| {
        let first_kg = Money(first[zone.index() * usize::from(NODES) + node.index()]);
        Some(Offer { km: 1.0, first_kg, per_further_kg: Money(50) })
    };
    let tables = AllocationTables::build(1, usize::from(ZONES), &vec![0; stocked.len()], &stocked, offer);
    let expected = Expected {
        units: (0..SKUS).map(|_| (dice.bits() % 500) as f64).collect(),
        unit_g: vec![500; SKUS],
        zones: vec![1.0 / f64::from(ZONES); usize::from(ZONES)],
        methods: vec![1.0],
        lines: 1.6,
        hourly: vec![1.0; 240],
        receipts: Vec::new(),
        refresh_every: Span::HOUR,
    };
    let mut shelf = Shelf::new(SKUS, stocked.len());
    for (sku, units) in expected.units.iter().enumerate() {
        for node in 0..4 {
            let node = NodeId(((sku + 5 * node) % usize::from(NODES)) as u16);
            shelf.set(SkuId(sku as u32), node, (0.25 * units) as u32);
        }
    }
    let forecast = Forecast::new(expected, &tables, stocked.len(), Money(0));
    let prices = |shelf: &Shelf, before: Option<&Tables>| {
        let stock = StockView::of_shelf(shelf);
        let stock = before.map_or(stock, |before| stock.with_tables(before));
        forecast.prices(Moment::ZERO, &Snapshot { skus: SKUS, nodes: stocked.len(), stock })
    };
    let before = prices(&shelf, None);
    let mut sold = shelf.clone();
    for sku in (0..SKUS).step_by(100) {
        let (sku, node) = (SkuId(sku as u32), NodeId((sku % usize::from(NODES)) as u16));
        sold.set(sku, node, sold.available(sku, node).saturating_sub(1));
    }
    let mut group = c.benchmark_group("prices of 100,000 SKUs");
    group.sample_size(10);
    group.bench_function("all", |b| b.iter(|| prices(&shelf, None).basis.made));
    group.bench_function("one in a hundred", |b| b.iter(|| prices(&sold, Some(&before)).basis.made));
    group.finish();
}

fn quotes(c: &mut Criterion) {
    let network = network();
    let dice = &mut Draw::new(1, 0).source("quotes");
    let mut ask = || {
        let node = NodeId((dice.bits() % u64::from(NODES)) as u16);
        let zone = ZoneId((dice.bits() % u64::from(ZONES)) as u16);
        (node, zone, Moment(dice.bits() % (10 * Span::DAY.0)))
    };
    let asked: Vec<_> = (0..ORDERS).map(|_| ask()).collect();
    let mut turn = asked.iter().cycle();
    let mut group = c.benchmark_group("quote");
    group.throughput(Throughput::Elements(1));
    group.bench_function("plan of one carrier", |b| {
        b.iter(|| {
            let &(node, zone, at) = turn.next().unwrap();
            network.plan_arrival(CarrierId(0), node, zone, at)
        });
    });
    group.bench_function("promise over three carriers", |b| {
        b.iter(|| {
            let &(node, zone, at) = turn.next().unwrap();
            network.promise(MethodId(0), node, zone, at)
        });
    });
    group.bench_function("carrier of three", |b| {
        b.iter(|| {
            let &(node, zone, at) = turn.next().unwrap();
            let parcel = Parcel { method: MethodId(0), node, zone, weight_g: 1_700, volume_ml: 4_000 };
            network.choose_carrier(&parcel, at, at + Span::from_hours(48))
        });
    });
    group.bench_function("next lane", |b| {
        b.iter(|| {
            let &(node, zone, at) = turn.next().unwrap();
            network.next_lane(CarrierId(0), node, zone, at)
        });
    });
    let draw = Draw::new(1, 0);
    group.bench_function("departure, its number and its travel", |b| {
        b.iter(|| {
            let &(node, _, at) = turn.next().unwrap();
            let lane = network.lane(LaneId(u32::from(node.0)));
            let departure = lane.catch(at);
            lane.travel(draw, lane.departure_number(departure))
        });
    });
    group.finish();
}

/// How many waiting orders a second find their unit, of 100,000 that wait for 1,000 SKUs? A match is the first in
/// line found and taken out; another joins, so that the queues stay as long.
fn matching(c: &mut Criterion) {
    let dice = &mut Draw::new(1, 0).source("matching");
    let mut waiting = Waiting::new(1_000);
    let mut next = 0;
    let mut join = |waiting: &mut Waiting, sku: SkuId| {
        next += 1;
        let (rank, promised) = ((dice.bits() % 3) as u32, Moment(dice.bits() % 1_000));
        waiting.wait(sku, WaitKey { rank, promised, order: OrderId(next) }, next);
    };
    (0..100_000).for_each(|at| join(&mut waiting, SkuId(at % 1_000)));
    let mut group = c.benchmark_group("matching");
    group.throughput(Throughput::Elements(1));
    let mut turn = (0..1_000).cycle();
    group.bench_function("one match, one joins", |b| {
        b.iter(|| {
            let sku = SkuId(turn.next().unwrap() * 7 % 1_000);
            let first = waiting.first(sku).expect("as many as before");
            waiting.leave(sku, first.key);
            join(&mut waiting, sku);
            first.token
        });
    });
    group.finish();
}

fn boxes(c: &mut Criterion) {
    let limits = BoxLimits { max_weight_g: 20_000, max_volume_ml: 60_000, max_units: 12, max_side_mm: 1_000 };
    let item = |sku, quantity| BoxItem {
        sku: SkuId(sku),
        quantity,
        weight_g: 700,
        volume_ml: 2_000,
        longest_mm: 210,
    };
    let mut boxes = Boxes::default();
    let mut group = c.benchmark_group("boxes");
    for (name, items) in
        [("one box", vec![item(1, 1), item(2, 2)]), ("four boxes", vec![item(1, 20), item(2, 20)])]
    {
        let items = Cow::<[BoxItem]>::Owned(items);
        group.bench_function(name, |b| b.iter(|| boxes.pack(black_box(&items), limits).len()));
    }
    group.finish();
}

criterion_group!(benches, plans, ladder, refresh, incremental, hard, quotes, matching, boxes);
criterion_main!(benches);
