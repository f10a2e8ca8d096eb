//! `wave`: orders planned together cost no more than one by one, keep the stock, and split less.

use std::sync::Arc;

use ordermill::allocation::decomposed::{Budget, Group, Program};
use ordermill::allocation::{
    AllocationTables, Allocator, Builtin, Offer, OpenLine, OrderView, Rules, Settings, Shelf, StockView,
    check_plan,
};
use ordermill::domain::{HandlingClass, MethodId, Money, NodeId, OrderId, Plan, SkuId, ZoneId};
use ordermill::kernel::draw::{Draw, Source};
use ordermill::kernel::time::Moment;

const RULES: Rules = Rules { split_lines: true, max_splits: 8, backorder: true };

/// SKUs, units.
type Asked = Vec<(u32, u32)>;

struct World {
    tables: Arc<AllocationTables>,
    shelf: Shelf,
    orders: Vec<(ZoneId, Vec<OpenLine>)>,
    own: Vec<Vec<(SkuId, NodeId, u32)>>,
}

impl World {
    /// `price(zone, node)` of a box of any weight.
    fn new(zones: usize, price: impl Fn(usize, usize) -> i64, stock: &[Vec<u32>]) -> World {
        let stocked: Vec<NodeId> = (0..stock[0].len() as u16).map(NodeId).collect();
        let offer = |_, node: NodeId, zone: ZoneId| {
            let price = price(zone.index(), node.index());
            Some(Offer { km: price as f64, first_kg: Money(price), per_further_kg: Money(0) })
        };
        let tables = AllocationTables::build(1, zones, &vec![0; stocked.len()], &stocked, offer);
        let mut shelf = Shelf::new(stock.len(), stocked.len());
        for (sku, row) in stock.iter().enumerate() {
            for (node, &units) in row.iter().enumerate() {
                shelf.set(SkuId(sku as u32), NodeId(node as u16), units);
            }
        }
        World { tables: Arc::new(tables), shelf, orders: Vec::new(), own: Vec::new() }
    }

    fn order(&mut self, zone: usize, asked: &[(u32, u32)]) {
        let line = |(line, &(sku, quantity)): (usize, &(u32, u32))| OpenLine {
            line: line as u16,
            sku: SkuId(sku),
            quantity,
            class: HandlingClass::Standard,
            unit_g: 500,
        };
        self.orders.push((ZoneId(zone as u16), asked.iter().enumerate().map(line).collect()));
        self.own.push(Vec::new());
    }

    fn views(&self) -> Vec<OrderView<'_>> {
        let orders = self.orders.iter().zip(&self.own).enumerate();
        orders
            .map(|(at, ((zone, lines), own))| OrderView {
                id: OrderId(at as u64),
                zone: *zone,
                method: MethodId(0),
                at: Moment::ZERO,
                promised: Moment::NEVER,
                lines,
                own,
            })
            .collect()
    }

    /// Plans all together; every plan is sound, and all of them fit the shelf in the order in which they stand.
    fn plan(&self, builtin: Builtin) -> Vec<Plan> {
        let allocator =
            Allocator::with_settings(builtin, Arc::clone(&self.tables), RULES, Settings::default());
        let orders = self.views();
        let mut plans = vec![Plan::default(); orders.len()];
        allocator.plan_wave(&orders, &StockView::of_shelf(&self.shelf), &Draw::new(1, 0), &mut plans);
        let mut shelf = self.shelf.clone();
        for (order, plan) in orders.iter().zip(&plans) {
            assert_eq!(check_plan(order, &StockView::of_shelf(&shelf), plan), Ok(()));
            for share in &plan.assignments {
                let sku = order.lines[usize::from(share.line)].sku;
                let planned: u32 = plan
                    .assignments
                    .iter()
                    .filter(|other| {
                        (order.lines[usize::from(other.line)].sku, other.node) == (sku, share.node)
                    })
                    .map(|other| other.quantity)
                    .sum();
                // What an order holds and does not use stays locked: no other plan may count on it.
                let own = order.own(sku, share.node);
                let taken = if planned <= own { 0 } else { (planned - own) * share.quantity / planned };
                shelf.set(sku, share.node, shelf.available(sku, share.node) - taken);
            }
        }
        plans
    }

    fn cost(&self, plans: &[Plan]) -> (u32, i64) {
        let (mut unserved, mut sum) = (0, 0);
        for ((zone, _), plan) in self.orders.iter().zip(plans) {
            unserved += plan.backorders.iter().map(|rest| rest.quantity).sum::<u32>();
            for shares in plan.assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group)) {
                let cheap = self.tables.reach(MethodId(0), *zone).cheap;
                sum += cheap.iter().find(|offer| offer.0 == shares[0].node).unwrap().1.first_kg.0;
            }
        }
        (unserved, sum)
    }
}

fn boxes(plans: &[Plan]) -> usize {
    plans.iter().map(Plan::fulfillment_count).sum()
}

/// The first order takes from the nearest node the unit that would have kept the second one together.
#[test]
fn an_order_of_one_line_gives_way_to_a_split_one() {
    let mut world = World::new(2, |zone, node| 10 + i64::from(zone != node), &[vec![1, 1], vec![1, 0]]);
    world.order(0, &[(0, 1)]);
    world.order(0, &[(0, 1), (1, 1)]);
    assert_eq!(world.cost(&world.plan(Builtin::BidPrice)), (0, 10 + 10 + 11));
    assert_eq!(world.cost(&world.plan(Builtin::Wave)), (0, 11 + 10));
}

/// Three orders, each served from where the next one would have been cheapest: no two of them can trade.
#[test]
fn a_cycle_of_three_is_exchanged_at_once() {
    let near = |zone: usize, node: usize| [[1, 2, 90], [90, 1, 2], [2, 90, 1]][zone][node] * 10;
    let mut world = World::new(3, near, &[vec![1, 1, 1]]);
    world.order(0, &[(0, 1)]);
    world.order(1, &[(0, 1)]);
    world.order(2, &[(0, 1)]);
    assert_eq!(world.cost(&world.plan(Builtin::Wave)), (0, 30));
    // The first two are served as is dear for the third.
    let near = |zone: usize, node: usize| [[5, 6, 6], [2, 12, 12], [3, 4, 50]][zone][node];
    let mut world = World::new(3, near, &[vec![1, 1, 1]]);
    (0..3).for_each(|zone| world.order(zone, &[(0, 1)]));
    assert_eq!(world.cost(&world.plan(Builtin::BidPrice)), (0, 5 + 12 + 50));
    assert_eq!(world.cost(&world.plan(Builtin::Wave)), (0, 6 + 2 + 4));
}

fn below(dice: &mut Source, n: u64) -> u64 {
    dice.bits() % n
}

/// A few orders of a few SKUs, with holds of their own in every second world.
fn small(seed: u64) -> World {
    let dice = &mut Draw::new(seed, 0).source("small wave");
    let (skus, nodes) = (3, 3);
    let stock: Vec<Vec<u32>> =
        (0..skus).map(|_| (0..nodes).map(|_| below(dice, 3) as u32).collect()).collect();
    let prices: Vec<i64> = (0..nodes * 2).map(|_| 10 + below(dice, 20) as i64).collect();
    let mut world = World::new(2, |zone, node| prices[zone * nodes + node], &stock);
    for at in 0..3 {
        let zone = below(dice, 2) as usize;
        let asked: Asked = (0..skus as u32)
            .filter(|_| below(dice, 2) == 0)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|sku| (sku, 1))
            .collect();
        let asked = if asked.is_empty() { vec![(0, 1)] } else { asked };
        world.order(zone, &asked);
        if seed.is_multiple_of(2) && below(dice, 2) == 0 {
            let sku = SkuId(asked[0].0);
            world.own[at].push((sku, NodeId(below(dice, 3) as u16), 1));
        }
    }
    world
}

/// Every way to serve the lines, one after another: units that nobody serves, then cost.
fn least(world: &World, shelf: &mut Shelf, order: usize, line: usize, used: &mut Vec<NodeId>) -> (u32, i64) {
    let Some((zone, lines)) = world.orders.get(order) else { return (0, 0) };
    let cheap = world.tables.reach(MethodId(0), *zone).cheap;
    let Some(open) = lines.get(line) else {
        let mut nodes = used.clone();
        nodes.sort_unstable();
        nodes.dedup();
        let price = |node: &NodeId| cheap.iter().find(|offer| offer.0 == *node).unwrap().1.first_kg.0;
        let boxes: i64 = nodes.iter().map(price).sum();
        let (unserved, cost) = least(world, shelf, order + 1, 0, &mut Vec::new());
        return (unserved, cost + boxes);
    };
    let (unserved, cost) = least(world, shelf, order, line + 1, used);
    let mut best = (unserved + 1, cost);
    for &(node, _) in cheap {
        let units = shelf.available(open.sku, node);
        if 0 < units {
            shelf.set(open.sku, node, units - 1);
            used.push(node);
            best = best.min(least(world, shelf, order, line + 1, used));
            used.pop();
            shelf.set(open.sku, node, units);
        }
    }
    best
}

#[test]
fn together_is_never_dearer_than_alone_nor_cheaper_than_the_least() {
    let (mut better, mut reached, mut free) = (0, 0, 0);
    for seed in 0..300 {
        let world = small(seed);
        let (alone, together) =
            (world.cost(&world.plan(Builtin::BidPrice)), world.cost(&world.plan(Builtin::Wave)));
        assert!(together <= alone, "seed {seed}: {together:?} against {alone:?}");
        better += u32::from(together < alone);
        if world.own.iter().all(Vec::is_empty) {
            let least = least(&world, &mut world.shelf.clone(), 0, 0, &mut Vec::new());
            assert!(least <= together, "seed {seed}: {together:?} below {least:?}");
            reached += u32::from(least == together);
            free += 1;
        }
    }
    println!("better in {better} of 300; the least in {reached} of {free}");
    assert!(30 < better, "the cases are too easy: {better}");
    assert!(free * 9 <= reached * 10, "{reached} of {free} reach the least");
}

/// X1: ten nodes, seven orders in ten of one unit, a quarter more stock than is asked. Extra shipments (those beyond
/// one an order) of orders planned one by one, and of the same orders as a wave, over three seeds.
fn extra_shipments(carriers: u64) -> (usize, usize, f64) {
    let (mut before, mut after, mut least) = (0, 0, 0.0);
    for seed in 0..3 {
        let dice = &mut Draw::new(seed, 0).source("x1");
        let (skus, nodes, orders) = (80u64, 10u64, 600);
        let mut asked: Vec<Asked> = Vec::new();
        let mut demand = vec![0u32; skus as usize];
        for _ in 0..orders {
            let lines = if dice.uniform() < 0.7 { 1 } else { 2 + below(dice, 3) };
            let mut order: Vec<u32> = (0..lines).map(|_| below(dice, skus) as u32).collect();
            order.sort_unstable();
            order.dedup();
            order.iter().for_each(|&sku| demand[sku as usize] += 1);
            asked.push(order.into_iter().map(|sku| (sku, 1)).collect());
        }
        let stock: Vec<Vec<u32>> = demand
            .iter()
            .map(|units| {
                let (mut row, first) = (vec![0; nodes as usize], below(dice, nodes));
                for unit in 0..u64::from(units * 5 / 4 + 1) {
                    row[((first + 3 * (unit % carriers)) % nodes) as usize] += 1;
                }
                row
            })
            .collect();
        let far: Vec<i64> = (0..nodes * 10).map(|_| below(dice, 40) as i64).collect();
        let mut world = World::new(10, |zone, node| 100 + far[zone * nodes as usize + node], &stock);
        for order in &asked {
            world.order(below(dice, 10) as usize, order);
        }
        let (alone, together) = (world.plan(Builtin::CheapestSet), world.plan(Builtin::Wave));
        assert_eq!((world.cost(&alone).0, world.cost(&together).0), (0, 0));
        assert!(world.cost(&together) < world.cost(&alone));
        before += boxes(&alone) - asked.len();
        after += boxes(&together) - asked.len();
        least += least_boxes(&asked, &stock) - asked.len() as f64;
    }
    println!(
        "{carriers} nodes carry a SKU: {before} extra shipments, {after} after the wave, at least {least:.1}"
    );
    (before, after, least)
}

/// No plan of these orders has fewer boxes: every box costs one, and nothing else does.
fn least_boxes(asked: &[Asked], stock: &[Vec<u32>]) -> f64 {
    const ONE: i64 = 1_000_000;
    let nodes = stock[0].len();
    let group = |lines: &Asked| Group {
        count: 1.0,
        lines: lines.clone(),
        fixed: vec![Some(ONE); nodes],
        unit: vec![0; lines.len() * nodes],
    };
    let program = Program {
        nodes,
        groups: asked.iter().map(group).collect(),
        stock: stock.iter().flatten().map(|&units| f64::from(units)).collect(),
        unserved: 100 * ONE,
        most_nodes: nodes,
    };
    let budget = Budget { iterations: 3_000, patience: 400, plan: false };
    program.solve(&[], budget).bound / ONE as f64
}

/// Xu, Allgor and Graves 2009 report 40 to 50 %. It holds where every node carries every SKU. Where five of ten do, no
/// plan at all reaches that: the bound says how many of the extra shipments could go at most.
#[test]
fn x1_two_fifths_of_the_extra_shipments_go() {
    let (before, after, _) = extra_shipments(10);
    assert!(after * 10 <= before * 6, "{before} extra shipments, {after} after");
    let (before, after, least) = extra_shipments(5);
    assert!(least <= after as f64);
    let removable = before as f64 - least;
    assert!(0.5 * removable <= (before - after) as f64, "{before}, {after} after, at least {least}");
}
