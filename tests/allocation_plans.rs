//! Every strategy keeps the rules, and agrees with the plainest program that does the same.

use std::sync::Arc;

use ordermill::allocation::{
    AllocationTables, Allocator, Builtin, NodeLoad, Offer, OpenLine, OrderView, Rules, Shelf, StockView,
    check_plan,
};
use ordermill::domain::{
    Assignment, Backorder, HandlingClass, MethodId, Money, NodeId, OrderId, Plan, SkuId, ZoneId,
};
use ordermill::kernel::draw::{Draw, Source};
use ordermill::kernel::time::{Moment, Span};

const SKUS: usize = 12;

fn below(dice: &mut Source, n: u64) -> u64 {
    dice.bits() % n
}

/// A small world in which stock is scarce.
struct World {
    nodes: usize,
    priority: Vec<u32>,
    offers: Vec<Option<Offer>>,
    tables: Arc<AllocationTables>,
    shelf: Shelf,
    load: NodeLoad,
    rules: Rules,
}

impl World {
    fn new(seed: u64, dice: &mut Source) -> World {
        let nodes = 1 + below(dice, 8) as usize;
        let priority: Vec<u32> = (0..nodes).map(|_| below(dice, 3) as u32).collect();
        let offer = |dice: &mut Source| {
            let km = below(dice, 5) as f64 * 100.0;
            let first_kg = Money(500 + below(dice, 3) as i64 * 100);
            (below(dice, 10) != 0).then_some(Offer {
                km,
                first_kg,
                per_further_kg: Money(below(dice, 3) as i64 * 100),
            })
        };
        let offers: Vec<Option<Offer>> = (0..nodes).map(|_| offer(dice)).collect();
        let stocked: Vec<NodeId> = (0..nodes as u16).map(NodeId).collect();
        let tables = AllocationTables::build(1, 1, &priority, &stocked, |_, node, _| offers[node.index()]);
        let mut shelf = Shelf::new(SKUS, nodes);
        for sku in 0..SKUS as u32 {
            for node in 0..nodes as u16 {
                shelf.set(SkuId(sku), NodeId(node), below(dice, 4).saturating_sub(1) as u32 * 2);
            }
        }
        let load = NodeLoad::new(&vec![2; nodes]);
        for node in 0..nodes as u16 {
            load.add(NodeId(node), Span::from_minutes(below(dice, 90)));
        }
        let rules = Rules {
            split_lines: seed.is_multiple_of(2),
            max_splits: 1 + below(dice, 5) as u32,
            backorder: true,
        };
        World { nodes, priority, offers, tables: Arc::new(tables), shelf, load, rules }
    }

    fn stock(&self) -> StockView<'_> {
        StockView::of_shelf(&self.shelf).with_load(&self.load)
    }

    fn allocator(&self, builtin: Builtin) -> Allocator {
        Allocator::builtin(builtin, self.tables.clone(), self.rules)
    }

    fn reached(&self) -> Vec<NodeId> {
        (0..self.nodes as u16).map(NodeId).filter(|node| self.offers[node.index()].is_some()).collect()
    }

    fn offer(&self, node: NodeId) -> Offer {
        self.offers[node.index()].unwrap()
    }
}

/// Lines of different SKUs unless `repeats`, with numbers that have gaps, and some own holds.
fn order(dice: &mut Source, world: &World, repeats: bool) -> (Vec<OpenLine>, Vec<(SkuId, NodeId, u32)>) {
    let mut lines = Vec::new();
    for line in 0..1 + below(dice, 5) {
        let sku = if repeats { below(dice, 3) } else { 2 * line + below(dice, 2) } as u32;
        let class = HandlingClass::ALL[(sku % 5 / 4) as usize];
        let quantity = 1 + below(dice, 6) as u32;
        lines.push(OpenLine {
            line: 3 * line as u16,
            sku: SkuId(sku),
            quantity,
            class,
            unit_g: 300 + 100 * sku,
        });
    }
    let held = |dice: &mut Source| {
        let sku = lines[below(dice, lines.len() as u64) as usize].sku;
        (sku, NodeId(below(dice, world.nodes as u64) as u16), 1 + below(dice, 3) as u32)
    };
    let own = (0..below(dice, 3)).map(|_| held(dice)).collect();
    (lines, own)
}

fn view<'a>(lines: &'a [OpenLine], own: &'a [(SkuId, NodeId, u32)]) -> OrderView<'a> {
    let (zone, method) = (ZoneId(0), MethodId(0));
    OrderView { id: OrderId(1), zone, method, at: Moment::ZERO, promised: Moment::NEVER, lines, own }
}

fn plan(allocator: &Allocator, order: &OrderView<'_>, stock: &StockView<'_>) -> Plan {
    let mut out = Plan::default();
    allocator.plan(order, stock, &Draw::new(1, 0), &mut out);
    out
}

/// Calls `check(world, order)` for many small worlds and orders.
fn for_many(worlds: u64, repeats: bool, mut check: impl FnMut(&World, &OrderView<'_>)) {
    for seed in 0..worlds {
        let dice = &mut Draw::new(seed, 0).source("world");
        let world = World::new(seed, dice);
        for _ in 0..10 {
            let (lines, own) = order(dice, &world, repeats);
            check(&world, &view(&lines, &own));
        }
    }
}

fn keeps_the_rules(world: &World, order: &OrderView<'_>) {
    let classes =
        HandlingClass::ALL.iter().filter(|&&c| order.lines.iter().any(|line| line.class == c)).count();
    for builtin in Builtin::ALL {
        let made = plan(&world.allocator(builtin), order, &world.stock());
        assert_eq!(check_plan(order, &world.stock(), &made), Ok(()), "{builtin:?} {order:?} {made:?}");
        let boxes = made.fulfillment_count();
        assert!(boxes <= classes.max(world.rules.max_splits as usize), "{builtin:?}: {boxes} boxes");
        assert!(made.assignments.iter().all(|share| world.offers[share.node.index()].is_some()));
        if !world.rules.split_lines {
            let whole = |share: &Assignment| {
                order.lines.iter().any(|line| line.line == share.line && line.quantity == share.quantity)
            };
            assert!(made.assignments.iter().all(whole), "{builtin:?} split a line");
        }
        assert_eq!(plan(&world.allocator(builtin), order, &world.stock()), made);
    }
}

#[test]
fn plans_partition_the_demand_and_keep_the_rules() {
    for_many(400, false, keeps_the_rules);
    for_many(200, true, keeps_the_rules);
}

/// Line by line, on lists: what the line-by-line strategies do, as plainly as it can be said.
struct Plain<'a> {
    world: &'a World,
    order: &'a OrderView<'a>,
    made: Plan,
}

impl Plain<'_> {
    fn has(&self, line: &OpenLine, node: NodeId) -> u32 {
        self.world.stock().available_to(self.order, line.sku, node)
    }

    fn is_open(&self, line: &OpenLine, node: NodeId) -> bool {
        self.made.assignments.iter().any(|a| a.node == node && a.group == line.class as u8)
    }

    fn may_use(&self, line: &OpenLine, node: NodeId) -> bool {
        let classes: Vec<u8> =
            (0..4).filter(|&c| self.order.lines.iter().any(|line| line.class as u8 == c)).collect();
        let cap = classes.len().max(self.world.rules.max_splits as usize);
        let mut open: Vec<_> = self.made.assignments.iter().map(|a| (a.node, a.group)).collect();
        open.sort_unstable();
        open.dedup();
        let kept = classes
            .iter()
            .filter(|&&c| c != line.class as u8 && open.iter().all(|&(_, group)| group != c))
            .count();
        self.is_open(line, node) || open.len() + kept < cap
    }

    fn add(&mut self, line: &OpenLine, node: NodeId, quantity: u32) {
        self.made.assignments.push(Assignment { line: line.line, node, quantity, group: line.class as u8 });
    }

    /// Freight of the box with the line, less without.
    fn adds(&self, line: &OpenLine, node: NodeId) -> Money {
        let in_box = self.made.assignments.iter().filter(|a| a.node == node && a.group == line.class as u8);
        let unit = |number| self.order.lines.iter().find(|line| line.line == number).unwrap().unit_g;
        let packed: u64 = in_box.map(|a| u64::from(a.quantity) * u64::from(unit(a.line))).sum();
        let offer = self.world.offer(node);
        let with = offer.freight(packed + line.weight_g());
        if packed == 0 { with } else { with - offer.freight(packed) }
    }

    /// `sorted` gives the nodes for a line, best first, as things stand.
    fn run(mut self, sorted: impl Fn(&Plain<'_>, &OpenLine) -> Vec<NodeId>) -> Plan {
        for line in self.order.lines {
            let whole = |node: &NodeId| self.may_use(line, *node) && line.quantity <= self.has(line, *node);
            if let Some(node) = sorted(&self, line).into_iter().find(whole) {
                self.add(line, node, line.quantity);
                continue;
            }
            let (mut rest, mut used) = (line.quantity, Vec::new());
            while self.world.rules.split_lines && 0 < rest {
                let fits = |node: &NodeId| {
                    !used.contains(node) && self.may_use(line, *node) && 0 < self.has(line, *node)
                };
                let Some(node) = sorted(&self, line).into_iter().find(fits) else { break };
                let units = rest.min(self.has(line, node));
                self.add(line, node, units);
                used.push(node);
                rest -= units;
            }
            if 0 < rest {
                self.made.backorders.push(Backorder { line: line.line, quantity: rest });
            }
        }
        self.made.settle();
        self.made
    }
}

#[test]
fn line_by_line_strategies_agree_with_plain_lists() {
    for_many(600, false, |world, order| {
        let twin = |sorted: &dyn Fn(&Plain<'_>, &OpenLine) -> Vec<NodeId>| {
            Plain { world, order, made: Plan::default() }.run(sorted)
        };
        let km = |node: NodeId| world.offer(node).km as u64;
        let price = |node: NodeId| (world.offer(node).first_kg, world.offer(node).per_further_kg);
        let by = |key: &dyn Fn(NodeId) -> (i64, u64, i64, i64, u64)| {
            let mut nodes = world.reached();
            nodes.sort_by_key(|&node| (key(node), node));
            nodes
        };
        let check = |builtin, twin: Plan| {
            let made = plan(&world.allocator(builtin), order, &world.stock());
            assert_eq!(
                (made.assignments, made.backorders),
                (twin.assignments, twin.backorders),
                "{builtin:?} {order:?}"
            );
        };
        check(Builtin::Nearest, twin(&|_, _| by(&|node| (0, km(node), 0, 0, 0))));
        check(
            Builtin::Priority,
            twin(&|_, _| by(&|node| (i64::from(world.priority[node.index()]), 0, 0, 0, 0))),
        );
        check(
            Builtin::CheapestLine,
            twin(&|now, line| {
                by(&|node| (now.adds(line, node).0, 0, price(node).0.0, price(node).1.0, km(node)))
            }),
        );
        check(
            Builtin::Balance,
            twin(&|now, line| {
                let level = |node| world.load.level(node) as i64;
                by(&|node| (level(node), u64::from(u32::MAX - now.has(line, node)), 0, 0, km(node)))
            }),
        );
    });
}

/// Every set of nodes for every class: most units, then fewest nodes, then the cheapest first kilograms,
/// then the earlier nodes by (first kilogram, further kilogram, km, id). Returns (units, sets by class).
fn brute_force(world: &World, order: &OrderView<'_>) -> Vec<(u64, Vec<NodeId>)> {
    let mut nodes = world.reached();
    nodes.sort_by_key(|&node| {
        let offer = world.offer(node);
        (offer.first_kg, offer.per_further_kg, offer.km as u64, node)
    });
    let in_class = |class| order.lines.iter().filter(|line| line.class == class).collect::<Vec<_>>();
    let classes: Vec<_> = HandlingClass::ALL.into_iter().map(in_class).filter(|c| !c.is_empty()).collect();
    let cap = classes.len().max(world.rules.max_splits as usize);
    let mut used = 0;
    let mut answer = Vec::new();
    for (at, lines) in classes.iter().enumerate() {
        let kept = classes.len() - at - 1;
        let mut best = None;
        for set in 0u32..1 << nodes.len() {
            let members: Vec<usize> = (0..nodes.len()).filter(|&node| set >> node & 1 == 1).collect();
            if cap - used - kept < members.len() {
                continue;
            }
            let units: u64 = lines.iter().map(|line| served(world, order, line, &members, &nodes)).sum();
            let cost: i64 = members.iter().map(|&node| world.offer(nodes[node]).first_kg.0).sum();
            let key = (std::cmp::Reverse(units), members.len(), cost, members);
            if best.as_ref().is_none_or(|best| key < *best) {
                best = Some(key);
            }
        }
        let (units, size, _, members) = best.unwrap();
        used += size;
        answer.push((units.0, members.into_iter().map(|node| nodes[node]).collect()));
    }
    answer
}

fn served(world: &World, order: &OrderView<'_>, line: &OpenLine, members: &[usize], nodes: &[NodeId]) -> u64 {
    let has = |&node: &usize| world.stock().available_to(order, line.sku, nodes[node]);
    let quantity = u64::from(line.quantity);
    if world.rules.split_lines {
        quantity.min(members.iter().map(|node| u64::from(has(node))).sum())
    } else if members.iter().any(|node| line.quantity <= has(node)) {
        quantity
    } else {
        0
    }
}

#[test]
fn fewest_splits_is_the_best_of_all_sets() {
    let (mut split, mut short) = (0, 0);
    for_many(600, false, |world, order| {
        let made = plan(&world.allocator(Builtin::FewestSplits), order, &world.stock());
        let best = brute_force(world, order);
        let classes = HandlingClass::ALL.into_iter();
        let present = classes.filter(|&class| order.lines.iter().any(|line| line.class == class));
        for (class, (units, set)) in present.zip(best) {
            let shares: Vec<_> = made.assignments.iter().filter(|a| a.group == class as u8).collect();
            let mut nodes: Vec<NodeId> = shares.iter().map(|share| share.node).collect();
            nodes.dedup();
            let mut set = set;
            set.sort_unstable();
            assert_eq!(shares.iter().map(|share| u64::from(share.quantity)).sum::<u64>(), units, "{order:?}");
            assert_eq!(nodes, set, "{order:?}");
            split += u32::from(1 < nodes.len());
        }
        short += u32::from(!made.is_whole());
    });
    assert!(500 < split && 500 < short, "the worlds are too easy: {split} split, {short} short");
}

#[test]
fn beyond_twenty_nodes_the_greedy_set_serves_all_there_is() {
    // 30 nodes with one unit each of ten: eight of them hold what is asked, no other has any.
    let stocked: Vec<NodeId> = (0..30).map(NodeId).collect();
    let offer = |_, node: NodeId, _| {
        Some(Offer { km: f64::from(node.0), first_kg: Money(500), per_further_kg: Money(100) })
    };
    let tables = AllocationTables::build(1, 1, &[0; 30], &stocked, offer);
    let mut shelf = Shelf::new(1, 30);
    stocked.iter().for_each(|&node| shelf.set(SkuId(0), node, 1 + u32::from(node.0 % 3 == 0)));
    let rules = Rules { split_lines: true, max_splits: 100, backorder: true };
    let allocator = Allocator::builtin(Builtin::FewestSplits, Arc::new(tables), rules);
    let line = [OpenLine { quantity: 15, unit_g: 10, ..OpenLine::default() }];
    let made = plan(&allocator, &view(&line, &[]), &StockView::of_shelf(&shelf));
    assert!(made.is_whole());
    assert_eq!(made.fulfillment_count(), 8);
}

#[test]
fn a_wave_takes_no_unit_twice() {
    for seed in 0..200 {
        let dice = &mut Draw::new(seed, 0).source("wave");
        let world = World::new(seed, dice);
        let orders: Vec<_> = (0..12).map(|_| order(dice, &world, false).0).collect();
        let views: Vec<_> = orders.iter().map(|lines| view(lines, &[])).collect();
        for builtin in Builtin::ALL {
            let mut plans = vec![Plan::default(); views.len()];
            world.allocator(builtin).plan_wave(&views, &world.stock(), &Draw::new(1, 0), &mut plans);
            let mut taken = vec![0; SKUS * world.nodes];
            for (order, plan) in views.iter().zip(&plans) {
                for share in &plan.assignments {
                    let sku = order.lines.iter().find(|line| line.line == share.line).unwrap().sku;
                    taken[sku.index() * world.nodes + share.node.index()] += share.quantity;
                }
            }
            for (cell, taken) in taken.into_iter().enumerate() {
                let (sku, node) = (SkuId((cell / world.nodes) as u32), NodeId((cell % world.nodes) as u16));
                assert!(taken <= world.shelf.available(sku, node), "{builtin:?} took {taken}");
            }
        }
    }
}

/// A box with nothing in it: its first kilogram, less what counts by the gram.
fn box_price(offer: Offer, order: &OrderView<'_>) -> i64 {
    let grams: u64 = order.lines.iter().map(OpenLine::weight_g).sum();
    let rounding = grams.div_ceil(1_000) * 1_000 - grams;
    (offer.first_kg.0 * 1_000 - offer.per_further_kg.0 * (1_000 - rounding as i64)).max(0)
}

/// Sets of nodes by what they cost: a box each, weight by the gram, whatever nobody serves last of all.
fn cheapest_of_all(world: &World, order: &OrderView<'_>) -> i64 {
    let nodes = world.reached();
    let cap = world.rules.max_splits.max(1);
    let cost = |set: u32| {
        let members = || (0..nodes.len()).filter(move |node| set >> node & 1 == 1).map(|at| nodes[at]);
        let mut cost: i64 = members().map(|node| box_price(world.offer(node), order)).sum();
        for line in order.lines {
            let has = |node: &NodeId| {
                let units = world.stock().available_to(order, line.sku, *node).min(line.quantity);
                if world.rules.split_lines || units == line.quantity { units } else { 0 }
            };
            let mut sorted: Vec<NodeId> = members().collect();
            sorted.sort_by_key(|&node| world.offer(node).per_further_kg);
            let mut rest = line.quantity;
            for node in sorted {
                let units = rest.min(has(&node));
                rest -= units;
                cost += i64::from(units) * world.offer(node).per_further_kg.0 * i64::from(line.unit_g);
            }
            cost += i64::from(rest) << 40;
        }
        cost
    };
    (0u32..1 << nodes.len()).filter(|set| set.count_ones() <= cap).map(cost).min().unwrap()
}

#[test]
fn cheapest_set_is_the_cheapest_of_all_sets() {
    let mut split = 0;
    for_many(600, false, |world, order| {
        if order.lines.iter().any(|line| line.class != order.lines[0].class) {
            return;
        }
        let made = plan(&world.allocator(Builtin::CheapestSet), order, &world.stock());
        let mut cost: i64 = made.backorders.iter().map(|wait| i64::from(wait.quantity) << 40).sum();
        for shares in made.assignments.chunk_by(|a, b| a.node == b.node) {
            let offer = world.offer(shares[0].node);
            cost += box_price(offer, order);
            for share in shares {
                let line = order.lines.iter().find(|line| line.line == share.line).unwrap();
                cost += i64::from(share.quantity) * offer.per_further_kg.0 * i64::from(line.unit_g);
            }
        }
        assert_eq!(cost, cheapest_of_all(world, order), "{order:?}");
        split += u32::from(1 < made.fulfillment_count());
    });
    assert!(500 < split, "the worlds are too easy: {split} split");
}
