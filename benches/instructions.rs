//! How many instructions does a transition, a reservation, a plan take? Counted by callgrind, so the same on a busy
//! machine as on an idle one: `benches/instructions` runs this twice, with more and with less work, and divides.
//!
//! `cargo bench --bench instructions -- transition 1000` does the work of one of the two, and nothing else.

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;

use ordermill::allocation::{
    AllocationTables, Allocator, Builtin, Offer, OpenLine, OrderView, Rules, Shelf, StockView,
};
use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::Moment;

const SKUS: u32 = 1_000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let quick = std::env::args().any(|word| word == "--test");
    match (words.first().map(String::as_str), words.get(1).and_then(|count| count.parse().ok())) {
        (Some("transition"), Some(count)) => transition(count),
        (Some("reserve"), Some(count)) => reserve(count),
        (Some("plan"), Some(count)) => plan(count),
        _ if quick => [transition, reserve, plan].iter().for_each(|work| work(100)),
        _ => println!("`-- transition|reserve|plan COUNT`, or benches/instructions for all three"),
    }
}

/// So many transitions, ten a life: submit with a hold, pay, approve, allocate, start, pick, pack, ship, deliver, accept.
fn transition(count: u64) {
    let engine = Engine::new(EngineSize { skus: SKUS, nodes: 8, orders_hint: 1 }, EngineRules::default());
    let mut out = Transition::default();
    for sku in (0..SKUS).map(SkuId) {
        for node in (0..8).map(NodeId) {
            let received = Command::Receive { sku, node, quantity: 1_000_000 };
            engine.apply(Moment::ZERO, &received, &mut out).expect("a shelf");
        }
    }
    let mut apply = |number: u64, command: Command<'_>| {
        engine.apply(Moment(number), &command, &mut out).expect("what is allowed");
        (out.handle, out.created.first().copied())
    };
    for number in 1..=count / 10 {
        let sku = SkuId((number * 7_919 % u64::from(SKUS)) as u32);
        let lines = [Line { sku, quantity: 1 }];
        let hold = [Assignment { line: 0, node: NodeId((number % 8) as u16), quantity: 1, group: 0 }];
        let amount = Money(9_900);
        let submit = Command::Submit {
            id: OrderId(number),
            customer: CustomerId(number as u32),
            zone: ZoneId(0),
            method: MethodId(0),
            payment: PaymentMethodId(0),
            amount,
            promised: Moment(number + 1_000),
            lines: Cow::Borrowed(&lines),
            hold: Cow::Borrowed(&hold),
        };
        let order = apply(number, submit).0.expect("an order");
        apply(number, Command::Pay { order, reference: number, amount, hold: Cow::Borrowed(&[]) });
        apply(number, Command::Approve { order });
        let (_, made) = apply(number, Command::Allocate { order, plan: Cow::Borrowed(&hold) });
        let fulfillment = made.expect("a fulfillment order");
        apply(number, Command::Start { fulfillment });
        apply(number, Command::Pick { fulfillment });
        let parcel = apply(number, Command::Pack { fulfillment, parcels: 1 }).1.expect("a parcel");
        apply(number, Command::Ship { parcel });
        apply(number, Command::Deliver { parcel });
        apply(number, Command::Accept { order });
    }
}

/// So many units reserved and settled, each of another cell.
fn reserve(count: u64) {
    let shelves = Shelves::new(SKUS, 8, 1_000_000);
    for turn in 0..count {
        let cell = (turn * 7_919 % (u64::from(SKUS) * 8)) as usize;
        black_box(&shelves).reserve(&[(cell, 1)]).expect("enough stock");
        black_box(&shelves).settle(cell, 1);
    }
}

/// So many plans by `fewest-splits` for three lines over twenty nodes, three in five of which have a SKU.
fn plan(count: u64) {
    const NODES: u16 = 20;
    let dice = &mut Draw::new(1, 0).source("instructions");
    let stocked: Vec<NodeId> = (0..NODES).map(NodeId).collect();
    let offer = |_, node: NodeId, _| {
        Some(Offer {
            km: f64::from(node.0),
            first_kg: Money(600 + i64::from(node.0)),
            per_further_kg: Money(100),
        })
    };
    let tables = Arc::new(AllocationTables::build(1, 1, &[0; NODES as usize], &stocked, offer));
    let rules = Rules { split_lines: true, max_splits: 5, backorder: true };
    let allocator = Allocator::builtin(Builtin::FewestSplits, tables, rules);
    let mut shelf = Shelf::new(256, stocked.len());
    for sku in (0..256).map(SkuId) {
        for &node in &stocked {
            shelf.set(sku, node, if dice.uniform() < 0.6 { 1_000 } else { 0 });
        }
    }
    let (stock, mut plan) = (StockView::of_shelf(&shelf), Plan::default());
    for number in 0..count {
        let lines: [OpenLine; 3] = std::array::from_fn(|line| OpenLine {
            line: line as u16,
            sku: SkuId(((number + 37 * line as u64) % 256) as u32),
            quantity: 1,
            class: HandlingClass::Standard,
            unit_g: 700,
        });
        let order = OrderView {
            id: OrderId(number),
            zone: ZoneId(0),
            method: MethodId(0),
            at: Moment::ZERO,
            promised: Moment::NEVER,
            lines: &lines,
            own: &[],
        };
        allocator.plan(black_box(&order), &stock, &Draw::new(1, 0), &mut plan);
        black_box(&plan);
    }
}
