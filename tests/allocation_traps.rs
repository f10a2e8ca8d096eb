//! Small instances made by hand, each with a trap for one kind of strategy and a known answer.

use std::sync::Arc;

use ordermill::allocation::{
    AllocationTables, Allocator, BoxItem, BoxLimits, Boxes, Builtin, Expected, Forecast, Formula, Offer,
    OpenLine, OrderView, Rules, Score, Settings, Shelf, Snapshot, StockView, Tables, check_plan,
    hold_low_value,
};
use ordermill::domain::{HandlingClass, MethodId, Money, NodeId, OrderId, Plan, SkuId, ZoneId};
use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::{Moment, Span};

const RULES: Rules = Rules { split_lines: true, max_splits: 8, backorder: true };

/// Prices of a box by zone, then node; distance is the price.
struct World {
    prices: Vec<Vec<i64>>,
    shelf: Shelf,
}

impl World {
    fn new(prices: &[&[i64]], stock: &[&[u32]]) -> World {
        let nodes = prices[0].len();
        let mut shelf = Shelf::new(stock.len(), nodes);
        for (sku, row) in stock.iter().enumerate() {
            for (node, &units) in row.iter().enumerate() {
                shelf.set(SkuId(sku as u32), NodeId(node as u16), units);
            }
        }
        World { prices: prices.iter().map(|row| row.to_vec()).collect(), shelf }
    }

    fn allocator(&self, builtin: Builtin, settings: Settings) -> Allocator {
        let stocked: Vec<NodeId> = (0..self.prices[0].len() as u16).map(NodeId).collect();
        let offer = |_, node: NodeId, zone: ZoneId| {
            let price = self.prices[zone.index()][node.index()];
            Some(Offer { km: price as f64, first_kg: Money(price), per_further_kg: Money(0) })
        };
        let priority = vec![0; stocked.len()];
        let tables = AllocationTables::build(1, self.prices.len(), &priority, &stocked, offer);
        Allocator::with_settings(builtin, Arc::new(tables), RULES, settings)
    }

    /// Plans one order of (SKU, quantity) lines from a zone, and takes what was planned off the shelf.
    fn plan(&mut self, builtin: Builtin, zone: u16, asked: &[(u32, u32)]) -> Plan {
        self.plan_with(&self.allocator(builtin, Settings::default()), zone, asked)
    }

    fn plan_with(&mut self, allocator: &Allocator, zone: u16, asked: &[(u32, u32)]) -> Plan {
        self.plan_priced(allocator, None, zone, asked)
    }

    fn plan_priced(
        &mut self,
        allocator: &Allocator,
        prices: Option<&Tables>,
        zone: u16,
        asked: &[(u32, u32)],
    ) -> Plan {
        let line = |(line, &(sku, quantity)): (usize, &(u32, u32))| OpenLine {
            line: line as u16,
            sku: SkuId(sku),
            quantity,
            class: HandlingClass::Standard,
            unit_g: 500,
        };
        let lines: Vec<OpenLine> = asked.iter().enumerate().map(line).collect();
        let order = OrderView {
            id: OrderId(1),
            zone: ZoneId(zone),
            method: MethodId(0),
            at: Moment::ZERO,
            promised: Moment::NEVER,
            lines: &lines,
            own: &[],
        };
        let mut plan = Plan::default();
        let stock = StockView::of_shelf(&self.shelf);
        let stock = prices.map_or(stock, |prices| stock.with_tables(prices));
        allocator.plan(&order, &stock, &Draw::new(1, 0), &mut plan);
        assert_eq!(check_plan(&order, &StockView::of_shelf(&self.shelf), &plan), Ok(()));
        for share in &plan.assignments {
            let sku = SkuId(asked[usize::from(share.line)].0);
            let left = self.shelf.available(sku, share.node) - share.quantity;
            self.shelf.set(sku, share.node, left);
        }
        plan
    }

    fn price(&self, zone: u16, plan: &Plan) -> i64 {
        let boxes = plan.assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group));
        boxes.map(|shares| self.prices[usize::from(zone)][shares[0].node.index()]).sum()
    }
}

/// A1: one unit in the east, one in the west. The first order, from the middle, takes the eastern one for 5
/// instead of the western one for 6; then an eastern order pays 12 instead of 2.
fn middle_then_east(builtin: Builtin) -> i64 {
    let mut world = World::new(&[&[5, 6], &[2, 12]], &[&[1, 1]]);
    let first = world.plan(builtin, 0, &[(0, 1)]);
    let second = world.plan(builtin, 1, &[(0, 1)]);
    world.price(0, &first) + world.price(1, &second)
}

#[test]
fn a1_myopic_strategies_pay_17_where_8_is_possible() {
    for builtin in [Builtin::Nearest, Builtin::CheapestLine, Builtin::CheapestSet, Builtin::SingleOrWait] {
        assert_eq!(middle_then_east(builtin), 17, "{builtin:?}");
    }
}

/// The same with what is expected known: the western unit is as dear for the middle, once the eastern one has
/// its price, and the eastern unit is left for the east.
#[test]
fn a1_a_forecast_finds_the_8() {
    let mut world = World::new(&[&[5, 6], &[2, 12]], &[&[1, 1]]);
    let stocked = [NodeId(0), NodeId(1)];
    let offer = |_, node: NodeId, zone: ZoneId| {
        let first_kg = Money([[5, 6], [2, 12]][zone.index()][node.index()]);
        Some(Offer { km: 1.0, first_kg, per_further_kg: Money(0) })
    };
    let tables = AllocationTables::build(1, 2, &[0, 0], &stocked, offer);
    let expected = Expected {
        units: vec![2.0],
        unit_g: vec![500],
        zones: vec![0.5, 0.5],
        methods: vec![1.0],
        lines: 1.0,
        hourly: vec![2.0],
        receipts: Vec::new(),
        refresh_every: Span::HOUR,
    };
    let forecast = Arc::new(Forecast::new(expected, &tables, 2, Money(0)));
    let settings = Settings { forecast: Some(forecast), ..Settings::default() };
    let allocator = world.allocator(Builtin::BidPrice, settings);
    assert_eq!(allocator.refresh_every(), Some(Span::HOUR));
    let snapshot = Snapshot { skus: 1, nodes: 2, stock: StockView::of_shelf(&world.shelf) };
    let prices = allocator.refresh(Moment::ZERO, &snapshot).expect("it looks ahead");
    let first = world.plan_priced(&allocator, Some(&prices), 0, &[(0, 1)]);
    let second = world.plan_priced(&allocator, Some(&prices), 1, &[(0, 1)]);
    assert_eq!(world.price(0, &first) + world.price(1, &second), 8);
}

/// A2: nodes {1,2,3,4}, {1,2,5}, {3,4,6}: whoever takes the fullest node first needs all three.
#[test]
fn a2_the_smallest_cover_has_two_nodes() {
    let stock: [&[u32]; 6] = [&[1, 1, 0], &[1, 1, 0], &[1, 0, 1], &[1, 0, 1], &[0, 1, 0], &[0, 0, 1]];
    let asked: Vec<(u32, u32)> = (0..6).map(|sku| (sku, 1)).collect();
    let boxes = |builtin| World::new(&[&[10, 11, 11]], &stock).plan(builtin, 0, &asked).fulfillment_count();
    assert_eq!(boxes(Builtin::Nearest), 3);
    assert_eq!(boxes(Builtin::CheapestLine), 3);
    assert_eq!(boxes(Builtin::FewestSplits), 2);
    assert_eq!(boxes(Builtin::CheapestSet), 2);
    assert_eq!(boxes(Builtin::SingleOrWait), 0);
}

/// A3: four asked, one here and three there.
#[test]
fn a3_a_line_that_no_node_has_whole_is_split() {
    for builtin in Builtin::ALL {
        let plan = World::new(&[&[10, 11]], &[&[1, 3]]).plan(builtin, 0, &[(0, 4)]);
        if builtin == Builtin::SingleOrWait {
            assert_eq!((plan.assignments.len(), plan.backorders[0].quantity), (0, 4));
        } else {
            let units: Vec<u32> = plan.assignments.iter().map(|share| share.quantity).collect();
            assert_eq!((units, plan.is_whole()), (vec![1, 3], true), "{builtin:?}");
        }
    }
}

/// A box that is dear once may be cheap together: the near node lacks one of three lines.
#[test]
fn one_dear_box_beats_two_cheap_ones() {
    let stock: [&[u32]; 3] = [&[1, 0, 1], &[1, 0, 1], &[0, 1, 1]];
    let asked = [(0, 1), (1, 1), (2, 1)];
    let price = |builtin| {
        let mut world = World::new(&[&[10, 11, 15]], &stock);
        let plan = world.plan(builtin, 0, &asked);
        world.price(0, &plan)
    };
    assert_eq!(price(Builtin::Nearest), 21);
    assert_eq!(price(Builtin::CheapestSet), 15);
    // And the other way round: two boxes may be cheaper than one.
    let mut world = World::new(&[&[10, 11, 25]], &stock);
    let plan = world.plan(Builtin::FewestSplits, 0, &asked);
    assert_eq!(world.price(0, &plan), 25);
    let mut world = World::new(&[&[10, 11, 25]], &stock);
    let plan = world.plan(Builtin::CheapestSet, 0, &asked);
    assert_eq!(world.price(0, &plan), 21);
    // Until the boxes themselves are counted.
    let mut world = World::new(&[&[10, 11, 25]], &stock);
    let settings = Settings { per_box: Money(5), ..Settings::default() };
    let plan = world.plan_with(&world.allocator(Builtin::CheapestSet, settings), 0, &asked);
    assert_eq!(plan.fulfillment_count(), 1);
}

/// A4: the far node has what is worth 20 of 320, and a box for less than 50 does not go.
#[test]
fn a4_a_box_of_little_worth_waits() {
    let worth = [Money(30_000), Money(2_000)];
    let held = |least: i64| {
        let mut plan =
            World::new(&[&[10, 11]], &[&[1, 0], &[0, 1]]).plan(Builtin::Nearest, 0, &[(0, 1), (1, 1)]);
        assert_eq!((plan.fulfillment_count(), plan.is_whole()), (2, true));
        let held = hold_low_value(&mut plan, Money(least), |line| worth[usize::from(line)]);
        let waits: Vec<(u16, u32)> = plan.backorders.iter().map(|rest| (rest.line, rest.quantity)).collect();
        (held, plan.fulfillment_count(), waits)
    };
    assert_eq!(held(5_000), (true, 1, vec![(1, 1)]));
    assert_eq!(held(2_000), (false, 2, vec![]));
    // The dearest box goes whatever it is worth.
    assert_eq!(held(90_000), (true, 1, vec![(1, 1)]));
}

/// A5: seven items of 6, 5, 5, 4, 4, 3 and 3 kg in boxes of 10 kg: three boxes are the least.
#[test]
fn a5_boxes_are_at_most_one_more_than_the_least() {
    let weights = [6_000, 5_000, 5_000, 4_000, 4_000, 3_000, 3_000];
    let limits = BoxLimits { max_weight_g: 10_000, max_volume_ml: 60_000, max_units: 12, max_side_mm: 1_000 };
    let item = |(sku, &weight_g): (usize, &u32)| BoxItem {
        sku: SkuId(sku as u32),
        quantity: 1,
        weight_g,
        volume_ml: 100,
        longest_mm: 80,
    };
    let items: Vec<BoxItem> = weights.iter().enumerate().map(item).collect();
    let mut boxes = Boxes::default();
    assert!((3..=4).contains(&boxes.pack(&items, limits).len()));
}

/// R1: one regional center has everything, eight front nodes the best sellers. An order with a line that only the
/// center has is cheaper whole from there: the dearer a box beside the way, the more front-first loses.
#[test]
fn r1_front_first_loses_when_boxes_are_dear() {
    let (mut front_first, mut gated) = ([0; 2], [0; 2]);
    for (case, (per_box, way)) in [(900, 100), (100, 900)].into_iter().enumerate() {
        let prices: Vec<Vec<i64>> = (0..8)
            .map(|zone| (0..9).map(|node| per_box + if node == zone { 0 } else { way }).collect())
            .collect();
        let prices: Vec<&[i64]> = prices.iter().map(Vec::as_slice).collect();
        let stock: Vec<Vec<u32>> = (0..20)
            .map(|sku| (0..9).map(|node| if node == 8 || sku < 6 { 100 } else { 0 }).collect())
            .collect();
        let stock: Vec<&[u32]> = stock.iter().map(Vec::as_slice).collect();
        let dice = &mut Draw::new(1, 0).source("r1");
        let orders: Vec<(u16, Vec<(u32, u32)>)> = (0..200)
            .map(|_| {
                let mut skus = vec![(dice.bits() % 6) as u32, (dice.bits() % 20) as u32];
                skus.dedup();
                ((dice.bits() % 8) as u16, skus.into_iter().map(|sku| (sku, 1)).collect())
            })
            .collect();
        for (builtin, sums) in [(Builtin::Nearest, &mut front_first), (Builtin::CheapestSet, &mut gated)] {
            let mut world = World::new(&prices, &stock);
            for (zone, asked) in &orders {
                let plan = world.plan(builtin, *zone, asked);
                sums[case] += world.price(*zone, &plan);
            }
        }
    }
    assert!(gated[0] * 10 < front_first[0] * 6, "{gated:?} {front_first:?}");
    assert!(gated[1] < front_first[1] && front_first[1] * 9 < gated[1] * 10, "{gated:?} {front_first:?}");
}

#[test]
fn a_score_ranks_nodes_and_the_next_formula_breaks_ties() {
    let chosen = |formulas: &[&str]| {
        let mut world = World::new(&[&[10, 20, 30]], &[&[1, 5, 9], &[1, 0, 0]]);
        let formulas = formulas.iter().map(|text| Formula::compile(text).unwrap()).collect();
        let settings = Settings { score: Score::new(formulas), ..Settings::default() };
        let allocator = world.allocator(Builtin::Score, settings);
        world.plan_with(&allocator, 0, &[(1, 1), (0, 1)]).assignments[..]
            .iter()
            .map(|share| (share.line, share.node.0))
            .collect::<Vec<_>>()
    };
    // Line 0 is only at node 0; line 1 is everywhere.
    assert_eq!(chosen(&["freight"]), [(0, 0), (1, 0)]); // the open box is free
    assert_eq!(chosen(&["-free"]), [(0, 0), (1, 2)]);
    assert_eq!(chosen(&["-free * open", "km"]), [(0, 0), (1, 0)]);
    assert_eq!(chosen(&["open", "-km"]), [(0, 0), (1, 2)]);
    assert_eq!(chosen(&["open", "serves", "first_kg"]), [(0, 0), (1, 1)]);
    assert_eq!(chosen(&["abs(km - 21)"]), [(0, 0), (1, 1)]);
    assert_eq!(chosen(&["sqrt(0 - km)"]), [(0, 0), (1, 0)]); // no number: by distance
}
