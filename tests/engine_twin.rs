//! The engine and a naive twin give the same answers to the same commands, allowed or not: equal refusals, steps, order
//! states, moves of units, postings, and the laws after every sequence. The commands are random ones, or a run's own.
//!
//! ```text
//! TWIN_OPERATIONS=50000000 cargo test --release --test engine_twin -- --nocapture
//! ```

mod runs;
mod twin;

use std::collections::{BTreeSet, HashMap};

use ordermill::domain::*;
use ordermill::engine::*;
use ordermill::kernel::time::{Moment, Span};
use proptest::prelude::*;

use twin::{Ask, Names, Twin, command, said};

const SKUS: u32 = 3;
const NODES: u16 = 2;
const CUSTOMERS: u32 = 2;
/// Operations after which a cart that nobody touched is too old.
const LIFETIME: u64 = 60;
/// Budget, and limit a customer.
const COUPONS: [(i64, u32); 3] = [(60, 0), (400, 2), (100, 1)];

/// Dice that choose the next command: mostly what fits the state of the one it is for, sometimes anything.
fn next_ask(dice: &[u16; 8], twin: &Twin) -> Ask {
    let [kind, which, a, b, c, d, e, wild] = dice.map(usize::from);
    let line = |dice: usize| (dice as u32 % SKUS, 1 + dice as u32 / 7 % 3);
    let plan = |quantity: u32| {
        let mut plan: Vec<_> = [a, b, c][..1 + d % 3]
            .iter()
            .map(|&dice| Assignment {
                line: (dice / 16 % 2) as u16,
                node: NodeId((dice % 2) as u16),
                quantity: 1 + dice as u32 / 64 % quantity,
                group: (dice / 8 % 2) as u8,
            })
            .collect();
        if wild % 16 != 0 {
            plan.sort_by_key(|a| (a.node, a.group, a.line));
        }
        plan
    };
    let hold = |chance: usize| if e % chance == 0 { plan(2) } else { Vec::new() };
    let hold_of = |e: usize| if (e / 8).is_multiple_of(3) { Vec::new() } else { plan(3) };
    if twin.orders.is_empty() || kind % 8 == 0 {
        let lines = (0..1 + a % 2).map(|index| line(b + index * 5)).collect();
        return Ask::Submit { customer: (c % 2) as u32, amount: (d % 1_000) as i64, lines, hold: hold(3) };
    }
    if kind % 16 == 11 {
        // A cart, a SKU and a node too many now and then.
        let (cart, other) = (a as u64 % 3, a as u64 / 4 % 4);
        let (sku, quantity) = (b as u32 % (SKUS + 1), b as u32 / 8 % 5);
        let hold = [None, Some(0), Some(1), Some((c / 4 % 3) as u16)][c % 4];
        return match d % 16 {
            0..=5 => Ask::AddToCart(cart, sku, quantity, hold),
            6 | 7 => Ask::SetQuantity(cart, sku, quantity, hold),
            8 | 9 => Ask::RemoveFromCart(cart, sku),
            10 => Ask::ClearCart(cart),
            11 | 12 => {
                Ask::MergeCarts(cart, other, if e % 2 == 0 { CartMerge::Sum } else { CartMerge::Larger })
            }
            13 => Ask::ExpireCart(cart),
            _ => {
                let mut lines = twin.lines_of_cart(cart);
                if e % 8 == 0 {
                    lines.push((sku, quantity));
                }
                let (customer, amount) = ((c % 2) as u32, (d % 1_000) as i64);
                Ask::SubmitCart { cart, customer, amount, lines, hold: hold_of(e) }
            }
        };
    }
    if kind % 16 == 9 {
        // One coupon and one customer too many, and now and then nothing at all.
        let (id, customer, coupon) = (a as u64 % 12, b as u32 % (CUSTOMERS + 1), (c % 4) as u8);
        return match d % 8 {
            0 | 1 => Ask::Spend(id, customer, e as i64 % 40),
            2..=4 => Ask::Redeem(id, customer, coupon, e as i64 % 50),
            5 | 6 => Ask::GiveBack(id, e % 2 == 0),
            _ => Ask::ExpirePoints(customer, e as i64 % 30),
        };
    }
    if kind % 16 == 1 {
        let (sku, node) = (a as u32 % SKUS, b as u16 % NODES);
        return match d % 8 {
            0 => Ask::Fence(sku, node, c as u32 % 4),
            1 => Ask::WriteOff(sku, node, c as u32 % 4),
            2 => Ask::TransferOut(sku, node, c as u32 % 4),
            3 => Ask::TransferIn(sku, node, c as u32 % 4),
            _ => Ask::Receive(sku, node, 1 + c as u32 % 4),
        };
    }
    // Prefer the young: the old are mostly finished.
    let young = |count: usize| count - 1 - which % count.min(if wild % 5 == 0 { 64 } else { 5 });
    let order = young(twin.orders.len());
    let o = &twin.orders[order];
    let pay = || Ask::Pay(order, a as u64 % 3, if b % 16 == 0 { 1 } else { o.amount }, hold(4));
    if !twin.parcels.is_empty() && kind % 3 == 0 {
        let parcel = young(twin.parcels.len());
        return match (twin.parcels[parcel].state, a % 8) {
            (_, 0) => Ask::Return(parcel),
            (_, 1) => Ask::Ship(parcel),
            (ParcelState::Packed, _) => Ask::Ship(parcel),
            (ParcelState::InTransit, 2) if b % 4 == 0 => Ask::Lose(parcel),
            (ParcelState::InTransit, 2) if b % 4 < 3 => Ask::Replace(parcel),
            (ParcelState::InTransit, 2) => Ask::Fail(parcel),
            (ParcelState::InTransit, _) => Ask::Deliver(parcel),
            (ParcelState::Delivered, _) => Ask::Return(parcel),
            _ => Ask::Grade(parcel, b % 2 == 0),
        };
    }
    if !twin.boxes.is_empty() && kind % 3 == 1 {
        let of = young(twin.boxes.len());
        return match (twin.boxes[of].state, twin.boxes[of].picked, a % 8) {
            (_, _, 0 | 1) => {
                Ask::Merge(of, young(twin.boxes.len()).abs_diff(b % 3).min(twin.boxes.len() - 1))
            }
            (_, _, 2) => Ask::Unassign(of),
            (FulfillmentState::InProgress, false, 3 | 4) => Ask::Short(of, b as u32 % SKUS, c as u32 % 3),
            (FulfillmentState::Open, _, _) => Ask::Start(of),
            (FulfillmentState::InProgress, false, _) => Ask::Pick(of),
            _ => Ask::Pack(of, if c % 3 == 0 { (d % 4) as u8 } else { 1 }),
        };
    }
    match (o.state, a % 12) {
        (_, 0) if b % 8 == 0 => Ask::Again(order),
        (_, 0) => Ask::Cancel(order),
        (_, 1) => pay(),
        (_, 2) => Ask::Drop(order),
        (_, 3) => Ask::Allocate(order, if b % 3 == 0 { Vec::new() } else { plan(3) }),
        (OrderState::AwaitingPayment, 4) => Ask::Expire(order),
        (OrderState::AwaitingPayment, 5) => Ask::Decline(order),
        (OrderState::AwaitingPayment, 6 | 7) => Ask::Cash(order, hold(4)),
        (OrderState::AwaitingPayment, _) => pay(),
        (OrderState::AwaitingReview, 4) => Ask::Reject(order),
        (OrderState::AwaitingReview, _) => Ask::Approve(order),
        (OrderState::Delivered, _) => Ask::Accept(order),
        (state, _) if state.is_final() => {
            [Ask::Approve(order), Ask::Cash(order, vec![]), pay()][b % 3].clone()
        }
        _ => Ask::Allocate(order, plan(3)),
    }
}

fn play(dice: &[[u16; 8]]) -> Result<BTreeSet<String>, TestCaseError> {
    let size = EngineSize { skus: SKUS, nodes: NODES, orders_hint: 1 };
    let coupon = |&(budget, per_customer): &(i64, u32)| CouponRule { budget: Money(budget), per_customer };
    let rules = EngineRules {
        points_basis_points: 1_000,
        prices: Vec::new(),
        unique_orders: true,
        coupons: COUPONS.iter().map(coupon).collect(),
        customers: CUSTOMERS,
        carts: CartRules { lifetime: Span(LIFETIME), ready: 0 },
    };
    let (engine, again) = (Engine::new(size, rules.clone()), Engine::new(size, rules));
    let mut twin = Twin {
        nodes: NODES,
        points_basis_points: 1_000,
        coupons: COUPONS.to_vec(),
        points: vec![0; CUSTOMERS as usize],
        skus: SKUS,
        cart_lifetime: LIFETIME,
        ..Twin::default()
    };
    let (mut names, mut out) = (Names::default(), Transition::default());
    let mut seen = BTreeSet::new();
    for (now, dice) in (1..).zip(dice) {
        let ask = next_ask(dice, &twin);
        let command = command(&ask, &names);
        twin.at = now;
        let answer = engine.apply(Moment(now), &command, &mut out);
        let expected = twin.apply(&ask);
        prop_assert_eq!(answer, expected, "{:?}", ask);
        seen.insert(match answer {
            Ok(()) => format!("{:?}", out.step),
            Err(refusal) => format!("{refusal:?}"),
        });
        if answer.is_ok() {
            prop_assert_eq!(said(&out), twin.said.clone(), "{:?}", ask);
            match out.step {
                Step::Submitted => names.orders.push(out.handle.unwrap()),
                Step::Allocated => names.boxes.extend(&out.created),
                Step::Packed => names.parcels.extend(&out.created),
                _ => {}
            }
        }
        let _ = again.apply(Moment(now), &command, &mut out);
    }
    for (sku, node, word) in engine.stock().iter() {
        let expected = twin.available.get(&(sku.0, node.0)).copied().unwrap_or(0);
        prop_assert_eq!(word.available(), expected);
    }
    let mut lines = Vec::new();
    for cart in (0..4).map(CartId) {
        let there = engine.cart(cart, &mut lines);
        prop_assert_eq!(there, twin.carts.contains_key(&cart.0));
        let in_units =
            |line: &CartLine| vec![(line.sku.0, line.hold.map(|node| node.0)); line.quantity as usize];
        let units: Vec<_> = lines.iter().flat_map(in_units).collect();
        prop_assert_eq!(units, twin.carts.get(&cart.0).map_or(Vec::new(), |own| own.units.clone()));
    }
    for (order, &handle) in twin.orders.iter().zip(&names.orders) {
        let facts = engine.order(handle);
        prop_assert_eq!(facts.map(|facts| facts.state), Some(order.state).filter(|state| !state.is_final()));
    }
    let deposit: i64 = twin.orders.iter().map(|order| order.deposit).sum();
    let revenue: i64 = twin.orders.iter().map(|order| order.revenue).sum();
    let ledgers = engine.ledgers();
    prop_assert_eq!((ledgers.deposit, ledgers.revenue), (Money(deposit), Money(revenue)));
    prop_assert!(engine.check_laws().is_ok(), "{:?}", engine.check_laws());
    prop_assert_eq!(engine.digest(), again.digest());
    Ok(seen)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_answers_as_its_twin(dice in prop::collection::vec(any::<[u16; 8]>(), 1..400)) {
        play(&dice)?;
    }
}

/// Random numbers, always the same ones.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, count: usize) -> Vec<[u16; 8]> {
        let mut number = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as u16
        };
        (0..count).map(|_| std::array::from_fn(|_| number())).collect()
    }
}

/// A million operations, or as many as `TWIN_OPERATIONS` says: too many for proptest, which keeps them all.
#[test]
fn the_engine_and_its_twin_never_differ() {
    let operations =
        std::env::var("TWIN_OPERATIONS").map_or(1_000_000, |count| count.parse().expect("a number"));
    let (mut dice, mut done, since) = (Dice(7), Tell(0), std::time::Instant::now());
    while done.0 < operations {
        play(&dice.roll(SEQUENCE as usize)).unwrap_or_else(|difference| panic!("{difference}"));
        done.0 += SEQUENCE;
    }
    eprintln!("{} operations, 0 differences, {:.1} s", done.0, since.elapsed().as_secs_f64());
}

/// Operations of one sequence on one engine.
const SEQUENCE: u64 = 2_000;

/// Says after how many operations one did not go well; the sequence that it stands in counts whole.
struct Tell(u64);

impl Drop for Tell {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("caught after {} operations", self.0 + SEQUENCE);
        }
    }
}

/// The dice reach every step and every refusal that one thread can get.
#[test]
fn the_dice_reach_everything() {
    let dice = Dice(1).roll(40_000);
    let seen = play(&dice).unwrap();
    let steps = Step::ALL.iter().map(|step| format!("{step:?}"));
    use Refusal::*;
    let refusals = [OutOfStock, DuplicatePayment, DuplicateOrder, WrongState, Gone, PlanMismatch];
    let refusals = refusals.into_iter().chain([SpentUp, DuplicateRedemption]);
    let refusals = refusals.map(|no| format!("{no:?}"));
    let missing: Vec<_> = steps.chain(refusals).filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}

/// A command of a tape in the twin's numbers. A handle that the run never made is a stale one: none is on a tape.
fn ask(command: &Command<'_>, numbers: &HashMap<(u8, Handle), usize>) -> Ask {
    let order = |handle: &Handle| numbers[&(0, *handle)];
    let of = |handle: &Handle| numbers[&(1, *handle)];
    let parcel = |handle: &Handle| numbers[&(2, *handle)];
    match command {
        Command::Submit { customer, amount, lines, hold, .. } => Ask::Submit {
            customer: customer.0,
            amount: amount.0,
            lines: lines.iter().map(|line| (line.sku.0, line.quantity)).collect(),
            hold: hold.to_vec(),
        },
        Command::Pay { order: handle, reference, amount, hold } => {
            Ask::Pay(order(handle), *reference, amount.0, hold.to_vec())
        }
        Command::ConfirmCashOnDelivery { order: handle, hold } => Ask::Cash(order(handle), hold.to_vec()),
        Command::Decline { order: handle } => Ask::Decline(order(handle)),
        Command::Expire { order: handle } => Ask::Expire(order(handle)),
        Command::Approve { order: handle } => Ask::Approve(order(handle)),
        Command::Reject { order: handle } => Ask::Reject(order(handle)),
        Command::Cancel { order: handle } => Ask::Cancel(order(handle)),
        Command::Allocate { order: handle, plan } => Ask::Allocate(order(handle), plan.to_vec()),
        Command::DropBackorder { order: handle } => Ask::Drop(order(handle)),
        Command::Accept { order: handle } => Ask::Accept(order(handle)),
        Command::Start { fulfillment } => Ask::Start(of(fulfillment)),
        Command::Pick { fulfillment } => Ask::Pick(of(fulfillment)),
        Command::Short { fulfillment, sku, quantity } => Ask::Short(of(fulfillment), sku.0, *quantity),
        Command::Unassign { fulfillment } => Ask::Unassign(of(fulfillment)),
        Command::Merge { fulfillment, into } => Ask::Merge(of(fulfillment), of(into)),
        Command::Pack { fulfillment, parcels } => Ask::Pack(of(fulfillment), *parcels),
        Command::Ship { parcel: handle } => Ask::Ship(parcel(handle)),
        Command::Deliver { parcel: handle } => Ask::Deliver(parcel(handle)),
        Command::FailDelivery { parcel: handle } => Ask::Fail(parcel(handle)),
        Command::Lose { parcel: handle } => Ask::Lose(parcel(handle)),
        Command::Replace { parcel: handle } => Ask::Replace(parcel(handle)),
        Command::RequestReturn { parcel: handle } => Ask::Return(parcel(handle)),
        Command::Grade { parcel: handle, restock } => Ask::Grade(parcel(handle), *restock),
        Command::Receive { sku, node, quantity } => Ask::Receive(sku.0, node.0, *quantity),
        Command::Redeem { id, customer, coupon, amount } => Ask::Redeem(id.0, customer.0, coupon.0, amount.0),
        Command::SpendPoints { id, customer, points } => Ask::Spend(id.0, customer.0, points.0),
        Command::GiveBack { id, coupons } => Ask::GiveBack(id.0, *coupons),
        Command::ExpirePoints { customer, points } => Ask::ExpirePoints(customer.0, points.0),
        Command::AddToCart { cart, sku, quantity, hold } => {
            Ask::AddToCart(cart.0, sku.0, *quantity, hold.map(|node| node.0))
        }
        Command::SetQuantity { cart, sku, quantity, hold } => {
            Ask::SetQuantity(cart.0, sku.0, *quantity, hold.map(|node| node.0))
        }
        Command::RemoveFromCart { cart, sku } => Ask::RemoveFromCart(cart.0, sku.0),
        Command::ClearCart { cart } => Ask::ClearCart(cart.0),
        Command::MergeCarts { from, into, rule } => Ask::MergeCarts(from.0, into.0, *rule),
        Command::ExpireCart { cart } => Ask::ExpireCart(cart.0),
        Command::SubmitCart { cart, customer, amount, lines, hold, .. } => Ask::SubmitCart {
            cart: cart.0,
            customer: customer.0,
            amount: amount.0,
            lines: lines.iter().map(|line| (line.sku.0, line.quantity)).collect(),
            hold: hold.to_vec(),
        },
        Command::WriteOff { sku, node, quantity } => Ask::WriteOff(sku.0, node.0, *quantity),
        Command::TransferOut { sku, node, quantity } => Ask::TransferOut(sku.0, node.0, *quantity),
        Command::TransferIn { sku, node, quantity } => Ask::TransferIn(sku.0, node.0, *quantity),
        Command::Fence { sku, node, quantity } => Ask::Fence(sku.0, node.0, *quantity),
    }
}

/// The commands of a whole simulated run, through both.
fn tape_through_both(name: &str, overrides: runs::Overrides<'_>) {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let options = ordermill::experiment::StudyOptions {
        replications: Some(1),
        tape: Some(tape.clone()),
        ..Default::default()
    };
    let model = runs::run_with(name, overrides, &options).model;
    let engine = Engine::new(model.engine_size, model.engine_rules.clone());
    let mut twin = Twin {
        nodes: model.engine_size.nodes,
        prices: model.engine_rules.prices.iter().map(|price| price.0).collect(),
        points_basis_points: i64::from(model.engine_rules.points_basis_points),
        coupons: model.engine_rules.coupons.iter().map(|rule| (rule.budget.0, rule.per_customer)).collect(),
        points: vec![0; model.engine_rules.customers as usize],
        skus: model.engine_size.skus,
        cart_lifetime: model.engine_rules.carts.lifetime.0,
        ..Twin::default()
    };
    let (mut numbers, mut out, mut counts) = (HashMap::new(), Transition::default(), [0; 3]);
    let commands = ordermill::journal::play(&tape, |at, command| {
        let ask = ask(command, &numbers);
        twin.at = at.0;
        let answer = engine.apply(at, command, &mut out);
        assert_eq!(answer, twin.apply(&ask), "{ask:?}");
        if answer.is_err() {
            return;
        }
        // The engine's orders have the shop's numbers, the twin's are counted.
        let mut both = (said(&out), twin.said.clone());
        let changes =
            |said: &mut twin::Said| std::mem::take(&mut said.changes).into_values().collect::<Vec<_>>();
        let (mut here, mut there) = (changes(&mut both.0), changes(&mut both.1));
        here.sort();
        there.sort();
        assert_eq!((here, both.0), (there, both.1), "{ask:?}");
        let mut name = |kind: u8, handle: Handle| {
            numbers.insert((kind, handle), counts[usize::from(kind)]);
            counts[usize::from(kind)] += 1;
        };
        match out.step {
            Step::Submitted => name(0, out.handle.unwrap()),
            Step::Allocated => out.created.iter().for_each(|&made| name(1, made)),
            Step::Packed => out.created.iter().for_each(|&made| name(2, made)),
            _ => {}
        }
    });
    assert!(1_000 < commands.unwrap(), "a tape of nothing");
}

#[test]
fn a_tape_through_the_engine_and_its_twin() {
    tape_through_both("smoke", &[]);
    let scarce = [
        ("stock.cover", "0.4"),
        ("stock.safety", "20%"),
        ("cancel.share", "10%"),
        ("stock.reserve-at", "pay"),
    ];
    tape_through_both("smoke", &scarce);
    let promotions = [
        (
            "promotions.coupons",
            "[{name: a, off: 5, threshold: 20, budget: 4000, per-customer: 1, group: x}, \
              {name: b, percent: 10%, budget: 3000, share: 40%}, {name: c, off: 9, budget: 900, group: x}]",
        ),
        ("promotions.points", "{worth: 0.05, lifetime: 30 h}"),
        ("customers.count", "300"),
        ("payment.expiry", "20 s"),
    ];
    tape_through_both("smoke", &promotions);
    let carts = [
        ("cart", "{hold: true, guests: 50%, saved: 50%, merge: sum, lifetime: 3 h}"),
        ("wishlist", "{refused: 100%, come-back: 80%}"),
        ("stock.cover", "0.4"),
        ("allocation.backorder", "false"),
    ];
    tape_through_both("smoke", &carts);
    let ahead = [
        ("stock.nodes-per-sku", "1"),
        ("stock.replenish", "[{cover: 3 h, lead-time: 4 h}]"),
        (
            "pre-position",
            "{every: 2 h, first: 0 s, horizon: 9 h, history: 2 d, season: hour-of-day, local-value: 9}",
        ),
    ];
    tape_through_both("smoke", &ahead);
}
