//! Submit: the address becomes a zone, the basket a price, the strategy plans provisionally,
//! the shopper is quoted a promise, and the order is taken or refused.

use std::borrow::Cow;

use super::fault::Basket;
use super::planning::plan_basket;
use super::promise::Quoted;
use super::trip::{OrderTrip, Trip};
use super::{Next, Stage, World, cart, checkout, contact, experience, prefer, promise, promotion, wish};
use crate::demand::OrderDraft;
use crate::domain::order::MAX_LINE_QUANTITY;
use crate::domain::{
    Assignment, CartId, Command, FaultKind, Handle, Intent, Line, Money, NodeId, OrderId, Refusal, SkuId,
    ZoneId,
};
use crate::engine::OrderFacts;
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{CostLine, Phase};
use crate::model::fault::strikes;
use crate::model::{EXCHANGE_ORDER, FIRST_INITIAL_ORDER, REPEAT_ORDER, ReserveAt};

const CANCEL: Purpose = Purpose::named("cancel");
const CANCEL_AFTER: Purpose = Purpose::named("cancel after");

/// Token: the order's number. A replayed order, and that of a visitor, arrives with its content in `world.draft`.
pub fn submit(world: &mut World<'_>, shopper: Handle) -> Next {
    let Some(order) = place(world, OrderId(shopper.bits())) else { return Next::Done };
    let (model, draw, id) = (world.model, world.draw, shopper.bits());
    if !model.payment[world.draft.payment.index()].cash_on_delivery {
        world.send(order, Next::Expire);
    }
    if draw.chance(CANCEL, id, 0, model.cancel.share) {
        let after = model.cancel.after.span(draw.uniform(CANCEL_AFTER, id, 0));
        world.send(order, Next::Wait(after, Stage::Cancel));
    }
    let shipping = model.methods[world.draft.method.index()].price + world.draft.surcharge;
    let amount = world.draft.goods + shipping;
    experience::begins(world, OrderId(id), amount.0);
    contact::arises(world, Intent::Other, OrderId(id), 0, Span::ZERO);
    world.metrics.entered(Phase::Pay);
    world.send(order, Next::Go(Stage::Pay));
    if let Some(copied) = world.struck(FaultKind::DuplicateSubmit, 0, id, 0) {
        let promised = world.engine.order(order).expect("the order was just taken").promised;
        let basket = Basket { id: OrderId(id), promised, draft: world.draft.clone() };
        world.faults.submits.insert(order.bits(), basket);
        for copy in 1..copied.count {
            world.send(order, Next::Wait(Span(copied.delay.0 * u64::from(copy)), Stage::SubmitAgain));
        }
    }
    Next::Done
}

/// The shop did not hear the answer, or a bot clicks twice: the same submit, whatever became of its order.
pub fn again(world: &mut World<'_>, order: Handle) -> Next {
    let basket = world.faults.submits.remove(&order.bits()).expect("whoever sends again has kept the submit");
    let shipping = world.model.methods[basket.draft.method.index()].price + basket.draft.surcharge;
    let again = world.apply(&command(&basket.draft, basket.id, basket.promised, shipping, &[]));
    assert!(again.is_err(), "a copy of a submit made an order");
    world.faults.submits.insert(order.bits(), basket);
    Next::Done
}

fn command<'a>(
    draft: &'a OrderDraft,
    id: OrderId,
    promised: Moment,
    shipping: Money,
    hold: &'a [Assignment],
) -> Command<'a> {
    Command::Submit {
        id,
        customer: draft.customer,
        zone: draft.zone,
        method: draft.method,
        payment: draft.payment,
        amount: draft.goods + shipping,
        promised,
        lines: Cow::Borrowed(&draft.lines),
        hold: Cow::Borrowed(hold),
    }
}

/// The same submit, of a cart.
fn of_cart(submit: Command<'_>, cart: CartId) -> Command<'_> {
    match submit {
        Command::Submit { id, customer, zone, method, payment, amount, promised, lines, hold } => {
            Command::SubmitCart { cart, id, customer, zone, method, payment, amount, promised, lines, hold }
        }
        other => other,
    }
}

/// An order that was paid and reviewed before instant zero and waits for allocation.
pub fn backlog(world: &mut World<'_>, number: Handle) -> Next {
    if let Some(order) = settled(world, OrderId(number.bits())) {
        world.metrics.entered(Phase::Allocate);
        world.send(order, Next::Go(Stage::Allocate));
    }
    Next::Done
}

/// An order whose parcels were on the road at instant zero: it is allocated, packed and shipped in no time.
pub fn afloat(world: &mut World<'_>, number: Handle) -> Next {
    let Some(order) = settled(world, OrderId(number.bits())) else { return Next::Done };
    world.metrics.entered(Phase::Allocate);
    let facts = world.engine.order(order).expect("the order was just taken");
    let created = super::allocate::make_fulfillments(world, order, &facts);
    for token in created {
        let trip = *world.trips.get(token);
        let fulfillment = trip.handle;
        for command in [Command::Start { fulfillment }, Command::Pick { fulfillment }] {
            world.apply(&command).expect("a fresh fulfillment order goes to the floor");
        }
        world
            .apply(&Command::Pack { fulfillment, parcels: 1 })
            .expect("a picked fulfillment order is packed");
        world.load.take(NodeId(trip.node), world.model.pack_work[usize::from(trip.node)]);
        let parcel = world.transition.created[0];
        world.apply(&Command::Ship { parcel }).expect("a packed parcel is shipped");
        *world.trips.get(token) = afloat_trip(world, &trip, parcel);
        world.metrics.packed(NodeId(trip.node), 1, u64::from(trip.units));
        world.send(token, Next::Go(Stage::LastMile));
    }
    Next::Done
}

fn afloat_trip(world: &World<'_>, trip: &Trip, handle: Handle) -> Trip {
    let parcel = super::pack::parcel_trip(world, trip, handle, 0);
    let network = &world.model.network;
    let carrier = super::ship::carrier_of(world, &parcel, trip.volume_ml, trip.promised);
    let last = network.last_hub(carrier, NodeId(trip.node), ZoneId(trip.zone));
    Trip { node: last.expect("the carrier reaches the zone").0, carrier: carrier.0, ..parcel }
}

/// The same goods once more for the shopper of an order: a new order that holds all of them now and is paid now.
/// False where they are not there.
pub fn replace(world: &mut World<'_>, order: Handle, id: OrderId, lines: Vec<Line>) -> bool {
    let Some(facts) = world.engine.order(order) else { return false };
    let (model, id) = (world.model, OrderId(id.0 + EXCHANGE_ORDER));
    let price = |line: &Line| model.catalog().sku(line.sku).price * i64::from(line.quantity);
    let goods = lines.iter().map(price).fold(Money::ZERO, |sum, price| sum + price);
    let OrderFacts { customer, zone, method, payment, .. } = facts;
    world.draft = OrderDraft { customer, zone, method, payment, lines, goods, ..OrderDraft::default() };
    let Ok((promised, quoted)) = quote(world, id) else { return false };
    if !world.scratch.plan.is_whole() {
        return false;
    }
    let (draft, plan) = (std::mem::take(&mut world.draft), std::mem::take(&mut world.scratch.plan));
    let held = world.attempt(&command(&draft, id, promised, Money::ZERO, &plan.assignments));
    world.scratch.plan = plan;
    if held.is_err() {
        return false;
    }
    let order = world.subject();
    world.metrics.submitted(world.at, draft.lines.len(), draft.units());
    world.metrics.quoted(world.at, promised);
    world.draft = draft;
    world.log_order(id, order);
    world.orders.put(order, OrderTrip::begin(world.at));
    promise::made(world, id, order, promised, quoted);
    world.metrics.entered(Phase::Pay);
    pay_at_once(world, order, id);
    world.order_leaves(order, Phase::Pay);
    world.metrics.entered(Phase::Review);
    world.apply(&Command::Approve { order }).expect("a fresh order is approved");
    world.order_leaves(order, Phase::Review);
    world.metrics.entered(Phase::Allocate);
    world.send(order, Next::Go(Stage::Allocate));
    true
}

fn pay_at_once(world: &mut World<'_>, order: Handle, id: OrderId) {
    let amount = world.engine.order(order).expect("the order was just taken").amount;
    let reference = super::pay::reference(id.0, 0);
    let method = &world.model.payment[world.draft.payment.index()];
    let paid = match method.cash_on_delivery {
        true => world.apply(&Command::ConfirmCashOnDelivery { order, hold: Cow::Borrowed(&[]) }),
        false => {
            world.metrics.cost(CostLine::PaymentFees, amount.as_major_f64() * method.fee * 100.0);
            world.apply(&Command::Pay { order, reference, amount, hold: Cow::Borrowed(&[]) })
        }
    };
    paid.expect("a fresh order is paid");
}

/// Drawn, submitted, paid and approved at once.
fn settled(world: &mut World<'_>, id: OrderId) -> Option<Handle> {
    let order = place(world, id)?;
    let amount = world.engine.order(order).expect("the order was just taken").amount;
    let reference = super::pay::reference(id.0, 0);
    let method = &world.model.payment[world.draft.payment.index()];
    let paid = match method.cash_on_delivery {
        true => world.apply(&Command::ConfirmCashOnDelivery { order, hold: Cow::Borrowed(&[]) }),
        false => world.apply(&Command::Pay { order, reference, amount, hold: Cow::Borrowed(&[]) }),
    };
    paid.and_then(|()| world.apply(&Command::Approve { order })).expect("a fresh order is paid and approved");
    world.orders.get(order).enter(world.at);
    Some(order)
}

/// Quotes and takes the order, or counts the refusal.
fn place(world: &mut World<'_>, id: OrderId) -> Option<Handle> {
    let model = world.model;
    let cart = cart::submits(world, id);
    // What was seen is what is ordered: a visitor brings the lines.
    let brought = model.storefront.is_some() && id.0 < FIRST_INITIAL_ORDER;
    if cart.is_some() {
        cart::want(world, id.0);
    } else if !model.replayed(id) && !brought {
        let mut draft = std::mem::take(&mut world.draft);
        model.demand.draw_order(&world.draw, id, &mut draft);
        world.draft = draft;
    }
    let comes_back = REPEAT_ORDER <= id.0;
    if comes_back {
        lives_where_they_did(world, id.0);
    }
    if model.faults.is_some() {
        bend(world, id);
    }
    if cart.is_some() && !cart::bring(world, id) {
        return None;
    }
    if id.0 < FIRST_INITIAL_ORDER || comes_back {
        if !prefer::payment_method(world, id.0) {
            return None;
        }
        checkout::choose_method(world, id.0);
        if !model.is_replay() && !checkout::confirm_price(world, id.0) {
            return None;
        }
        promotion::redeem(world, id);
    }
    let units = world.draft.lines.iter().map(|line| u64::from(line.quantity)).sum();
    world.metrics.submitted(world.at, world.draft.lines.len(), units);
    if world.supply.is_some() && id.0 < FIRST_INITIAL_ORDER {
        super::supply::asked(world);
    }
    match quote(world, id).and_then(|promised| take(world, id, promised)) {
        Ok(order) => Some(order),
        Err(refusal) => {
            promotion::refuse(world, id);
            world.metrics.refused_at_submit(refusal);
            wish::lacked_at_submit(world, id.0);
            experience::refused(world, id);
            lose_sale(world);
            None
        }
    }
}

/// A shopper who comes back is the customer that they were.
pub fn lives_where_they_did(world: &mut World<'_>, id: u64) {
    let (demand, first) = (&world.model.demand, OrderId(id % REPEAT_ORDER));
    world.draft.customer = demand.customer_of(&world.draw, first);
    world.draft.zone = demand.home(&world.draw, world.draft.customer);
}

/// What the goods would have earned.
fn lose_sale(world: &mut World<'_>) {
    let margin = world.model.costs.lost_margin;
    if 0.0 < margin {
        let catalog = world.model.catalog();
        let value: i64 = world
            .draft
            .lines
            .iter()
            .map(|line| catalog.sku(line.sku).price.0 * i64::from(line.quantity))
            .sum();
        world.metrics.cost(CostLine::LostSales, value as f64 * margin);
    }
}

/// A sale draws lines to its SKU; a changed price holds for all that is submitted from now on.
fn bend(world: &mut World<'_>, OrderId(id): OrderId) {
    let catalog = world.model.catalog();
    let mut draft = std::mem::take(&mut world.draft);
    let sale =
        world.model.faults.as_deref().and_then(|faults| faults.running(FaultKind::FlashSale, world.at));
    if let Some((row, sale)) = sale
        && let Some(hot) = sale.target.map(SkuId).filter(|hot| hot.index() < catalog.len())
    {
        let lines = std::mem::take(&mut draft.lines);
        for (number, Line { sku, quantity }) in lines.into_iter().enumerate() {
            let drawn = sku != hot && strikes(world.draw, row, sale.size, id, number as u32);
            let sku = if drawn { hot } else { sku };
            world.faults.struck[row] += u64::from(drawn);
            // Lines name distinct SKUs: what is drawn to one that is there joins its line.
            match draft.lines.iter_mut().find(|line| line.sku == sku) {
                Some(line) => line.quantity = (line.quantity + quantity).min(MAX_LINE_QUANTITY),
                None => draft.lines.push(Line { sku, quantity }),
            }
        }
        let price = |line: &Line| catalog.sku(line.sku).price * i64::from(line.quantity);
        draft.goods = draft.lines.iter().map(price).fold(Money::ZERO, |sum, price| sum + price);
    }
    for &Line { sku, quantity } in &draft.lines {
        if let Some(change) = world.acting(FaultKind::PriceChange, sku.0) {
            world.faults.struck[change.0] += 1;
            let goods = catalog.sku(sku).price * i64::from(quantity);
            draft.goods += Money(libm::round(goods.0 as f64 * change.1.size) as i64);
        }
    }
    world.draft = draft;
}

/// The provisional plan: what the strategy would do now, and the promise that follows from it.
fn quote(world: &mut World<'_>, id: OrderId) -> Result<(Moment, Quoted), Refusal> {
    let model = world.model;
    plan_draft(world, id);
    let plan = &world.scratch.plan;
    if !plan.is_whole() && !model.rules.backorder {
        return Err(Refusal::OutOfStock);
    }
    let (method, zone, carrier) = (world.draft.method, world.draft.zone, world.draft.carrier);
    let promise = |node| promise::promise(world, method, node, zone, carrier);
    // Settled plans have the lines of a node side by side: one promise a node.
    let nodes = plan.assignments.chunk_by(|a, b| a.node == b.node);
    let latest = nodes.map(|lines| promise(lines[0].node)).max().flatten();
    let nearest = || model.reach(method, zone).near.first().and_then(|&node| promise(node));
    latest.or_else(nearest).ok_or(Refusal::Unreachable)
}

fn plan_draft(world: &mut World<'_>, id: OrderId) {
    let draft = std::mem::take(&mut world.draft);
    let cart = cart::submits(world, id);
    plan_basket(world, id, draft.zone, draft.method, &draft.lines, cart);
    world.draft = draft;
}

fn take(world: &mut World<'_>, id: OrderId, (promised, quoted): (Moment, Quoted)) -> Result<Handle, Refusal> {
    let model = world.model;
    let draft = std::mem::take(&mut world.draft);
    let plan = std::mem::take(&mut world.scratch.plan);
    let shipping = model.methods[draft.method.index()].price + draft.surcharge;
    let hold = if model.reserve_at == ReserveAt::Submit { plan.assignments.as_slice() } else { &[] };
    let cart = cart::submits(world, id);
    let held = cart::held_by(world, cart);
    let submit = command(&draft, id, promised, shipping, hold);
    let taken = world.attempt(&match cart {
        Some(cart) => of_cart(submit, cart),
        None => submit,
    });
    world.draft = draft;
    world.scratch.plan = plan;
    taken?;
    world.metrics.quoted(world.at, promised);
    let order = world.subject();
    if cart.is_some() {
        cart::became_order(world, id, held);
    }
    world.log_order(id, order);
    world.orders.put(order, OrderTrip::begin(world.at));
    promise::made(world, id, order, promised, quoted);
    Ok(order)
}
