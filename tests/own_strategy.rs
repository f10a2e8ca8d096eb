//! A strategy of one's own inside a whole simulation: it is asked, refreshed on time, and told what happened.

mod runs;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ordermill::allocation::{Allocator, OrderView, Snapshot, StockView, Strategy, Tables};
use ordermill::audit::Audit;
use ordermill::domain::{Assignment, Backorder, Money, NodeId, Plan, Refusal, SkuId, Step, Transition};
use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::{Moment, Span};
use ordermill::load::{self, Pace, Script};
use ordermill::sim::{Options, simulate_onto};

#[derive(Default)]
struct Seen {
    refreshed: AtomicU64,
    allocated: AtomicU64,
}

/// Ships from the cheapest cell by bid price, where a price is the scarcity at the last refresh.
struct Scarcity {
    nodes: u16,
    seen: Arc<Seen>,
}

impl Strategy for Scarcity {
    fn plan(&self, order: &OrderView<'_>, stock: &StockView<'_>, _draw: &Draw, out: &mut Plan) {
        let prices = stock.tables().expect("refreshed before the first order");
        out.clear();
        for line in order.lines {
            let fits = |node: &NodeId| line.quantity <= stock.available_to(order, line.sku, *node);
            let node = (0..self.nodes)
                .map(NodeId)
                .filter(fits)
                .min_by_key(|&node| (prices.bid_price(line.sku, node), node));
            match node {
                Some(node) => out.assignments.push(Assignment {
                    line: line.line,
                    node,
                    quantity: line.quantity,
                    group: line.class as u8,
                }),
                None => out.backorders.push(Backorder { line: line.line, quantity: line.quantity }),
            }
        }
        out.settle();
    }

    fn refresh_every(&self) -> Option<Span> {
        Some(Span::from_hours(1))
    }

    fn refresh(&self, at: Moment, snapshot: &Snapshot<'_>) -> Option<Tables> {
        let round = self.seen.refreshed.fetch_add(1, Ordering::Relaxed);
        assert_eq!(at, Moment::ZERO + Span::from_hours(round), "refreshes come on the hour");
        let nodes = snapshot.nodes;
        let price = |cell: usize| {
            let (sku, node) = (SkuId((cell / nodes) as u32), NodeId((cell % nodes) as u16));
            Money(1_000_000 / (1 + i64::from(snapshot.stock.available(sku, node))))
        };
        Some(Tables {
            bid_prices: (0..snapshot.skus * nodes).map(price).collect(),
            nodes,
            ..Tables::default()
        })
    }

    fn observe(&self, transition: &Transition) {
        self.seen.allocated.fetch_add(u64::from(transition.step == Step::Allocated), Ordering::Relaxed);
    }
}

#[test]
fn it_is_asked_refreshed_and_told() {
    let mut model = runs::model(&runs::read("smoke", &[]));
    let house = runs::replicate(&model, &Options { seed: 1, ..Options::default() });
    let seen = Arc::new(Seen::default());
    model.allocator =
        Allocator::own(Box::new(Scarcity { nodes: model.nodes.len() as u16, seen: seen.clone() }));
    let own = runs::replicate(&model, &Options { seed: 1, ..Options::default() });

    let hours = model.horizon.0 / Span::from_hours(1).0;
    assert_eq!(seen.refreshed.load(Ordering::Relaxed), hours + 1, "at the start and at each whole hour");
    assert_eq!(seen.allocated.load(Ordering::Relaxed), own.metrics.steps[Step::Allocated as usize]);
    assert!(0 < own.metrics.delivered && own.metrics.submitted == house.metrics.submitted);
    assert_ne!(own.digest, house.digest, "it chose other nodes than the house strategy");
}

/// Plans everything from the first node, whatever lies there.
struct Liar;

impl Strategy for Liar {
    fn plan(&self, order: &OrderView<'_>, _: &StockView<'_>, _: &Draw, out: &mut Plan) {
        out.clear();
        for line in order.lines {
            let (node, quantity) = (NodeId(0), line.quantity);
            out.assignments.push(Assignment { line: line.line, node, quantity, group: line.class as u8 });
        }
        out.settle();
    }
}

/// What is not there is not sold: such plans are refused, and their orders wait, are given up or never taken.
#[test]
fn a_strategy_that_lies_oversells_nothing() {
    for reserve_at in ["submit", "pay", "allocate"] {
        let set = [("stock.cover", "0.6"), ("stock.reserve-at", reserve_at), ("floor.wave.every", "30 m")];
        let mut model = runs::model(&runs::read("smoke", &set));
        let mut script = Script::new(2);
        let honest = simulate_onto(&model, &Options::default(), Some(&mut script)).expect("the laws hold");
        script.close(honest.peak_in_flight);
        model.allocator = Allocator::own(Box::new(Liar));
        let options = Options { audit: Audit::Paranoid, ..Options::default() };
        let lied = simulate_onto(&model, &options, None).expect("the laws hold");
        // At allocation, at submit, and where the hold is made when the order is paid.
        let refused = lied.metrics.refused[Refusal::PlanMismatch as usize]
            + lied.metrics.refused[Refusal::OutOfStock as usize]
            + lied.metrics.steps[Step::PaidThenRefused as usize];
        assert!(0 < refused, "{reserve_at}: it was believed");
        assert!(lied.metrics.delivered < honest.metrics.delivered, "{reserve_at}");
        let options = load::Options {
            pace: Pace::Closed,
            seed: 1,
            duration: None,
            warm_up: Duration::ZERO,
            timed: load::Timed::Sample,
            pins: load::Pins::FREE,
        };
        load::play(&model, &script, &options, &AtomicBool::new(false)).expect("the laws hold");
    }
}

/// In wall time, too: on one thread the same plans by the same prices.
#[test]
fn a_load_test_refreshes_it_as_the_run_does() {
    let mut model = runs::model(&runs::read("smoke", &[("stock.cover", "0.6")]));
    let scarcity = |nodes| Allocator::Own(Box::new(Scarcity { nodes, seen: Arc::default() }));
    let nodes = model.nodes.len() as u16;
    model.allocator = scarcity(nodes);
    let mut script = Script::new(1);
    let ran = simulate_onto(&model, &Options::default(), Some(&mut script)).expect("the laws hold");
    script.close(ran.peak_in_flight);
    model.allocator = scarcity(nodes);
    let options = load::Options {
        pace: Pace::Closed,
        seed: 1,
        duration: None,
        warm_up: Duration::ZERO,
        timed: load::Timed::Sample,
        pins: load::Pins::FREE,
    };
    let played = load::play(&model, &script, &options, &AtomicBool::new(false)).expect("the laws hold");
    assert_eq!(played.digest, ran.digest);
    assert!(Money::ZERO < played.seen.freight);
}
