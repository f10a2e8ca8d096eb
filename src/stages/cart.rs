//! The cart of a simulated shopper: edits that end in the order's lines, a log-in, an end by order or by age.
//! Token of the edits: the shopper's number, which becomes the order's. Token of `expire`: the cart's number.
//!
//! ```text
//! cart -> edit -> ... -> edit -> (checkout) -> submit         cart expires ...
//! leaves (of the hour's visitors) -> edit -> ... -> edit -----------^
//! ```
//!
//! # Why the edits are planned from the order's lines
//! Carts change no demand: with and without them the same shoppers want the same goods at the same instants, so that a
//! difference is the carts' own. What an edit costs is what it does to the stock that a cart holds.

use rustc_hash::FxHashMap;

use super::{Next, Stage, World, checkout, wish};
use crate::demand::OrderDraft;
use crate::domain::order::MAX_LINE_QUANTITY;
use crate::domain::{
    Account, CartId, Command, Handle, Line, Money, NodeId, OrderId, Refusal, SkuId, Step, Transition,
};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::Loss;
use crate::model::{CartRules, EXCHANGE_ORDER, FIRST_INITIAL_ORDER, REPEAT_ORDER};

const GUEST: Purpose = Purpose::named("shops as a guest");
const SAVED: Purpose = Purpose::named("has a cart of old");
const CHANGES: Purpose = Purpose::named("changes a quantity");
const PUTS_BACK: Purpose = Purpose::named("puts something back");
const PUT_BACK: Purpose = Purpose::named("what is put back");
const LEFT_AT: Purpose = Purpose::named("leaves a cart at");

/// Numbers of carts: the shopper's, and one of these bits.
const OWN: u64 = 1 << 46;
const OF_GUEST: u64 = 1 << 47;
/// Numbers of visitors who leave a cart behind: the hour, and which one of it.
const FIRST_LEAVER: u64 = 1 << 38;
const HOUR_SHIFT: u32 = 20;

const HOUR: u64 = 3_600_000_000;

/// The carts of a run, as far as the engine does not know them.
#[derive(Default)]
pub struct Carts {
    visits: FxHashMap<u64, Visit>,
    edits: Vec<Edit>,
    held: u64,
    held_since: Moment,
}

/// A shopper who is at their cart.
#[derive(Debug, Clone, Copy)]
struct Visit {
    next: u16,
    /// Goes without an order.
    leaves: bool,
    each: Span,
    /// Steps of the checkout that follow.
    rest: Span,
}

#[derive(Debug, Clone, Copy)]
enum Edit {
    Add(Line),
    Set(Line),
    Remove(SkuId),
    /// Into the cart that the customer has beside the guest's.
    Save(Line),
    LogIn,
}

/// From a filled mind to a filled cart: the time of the cart is that of its edits.
pub fn begin(world: &mut World<'_>, shopper: Handle, spent: Span) -> Next {
    let leaves = checkout::leaves(world, shopper.bits());
    visit(world, shopper, leaves, spent)
}

fn visit(world: &mut World<'_>, shopper: Handle, leaves: bool, spent: Span) -> Next {
    plan(world, shopper.bits());
    let edits = world.carts.edits.len() as u64;
    let own = checkout::cart_time(world, shopper.bits());
    let each = Span(own.0 / edits);
    let rest = Span(spent.0 - each.0 * edits);
    world.metrics.carts.begun += 1;
    world.carts.visits.insert(shopper.bits(), Visit { next: 0, leaves, each, rest });
    Next::Wait(each, Stage::CartEdit)
}

/// One more edit, and what comes after it.
pub fn edit(world: &mut World<'_>, shopper: Handle) -> Next {
    let id = shopper.bits();
    let mut visit = world.carts.visits.remove(&id).expect("whoever edits is at their cart");
    plan(world, id);
    let (edit, edits) = (world.carts.edits[usize::from(visit.next)], world.carts.edits.len());
    carry_out(world, id, edit);
    visit.next += 1;
    if usize::from(visit.next) < edits {
        world.carts.visits.insert(id, visit);
        return Next::Wait(visit.each, Stage::CartEdit);
    }
    match visit.leaves {
        true => Next::Done,
        false => Next::Wait(visit.rest, Stage::Submit),
    }
}

/// Visitors of an hour who will leave a cart behind. Token: the hour's number.
pub fn leavers(world: &mut World<'_>, hour: Handle) -> Next {
    let (number, visitors, draw) = (hour.bits(), &world.model.visitors, world.draw);
    let count = visitors.lost(&draw, number as usize).at_cart.min((1 << HOUR_SHIFT) - 1);
    for which in 0..count {
        let id = FIRST_LEAVER | number << HOUR_SHIFT | which;
        let after = Span((draw.uniform(LEFT_AT, id, 0) * HOUR as f64) as u64);
        world.send(Handle::from_bits(id), Next::Wait(after, Stage::CartLeft));
    }
    if (number as usize) + 1 < visitors.hours() {
        world.send(Handle::from_bits(number + 1), Next::Wait(Span(HOUR), Stage::CartLeavers));
    }
    Next::Done
}

/// One of them begins.
pub fn left(world: &mut World<'_>, shopper: Handle) -> Next {
    let own = checkout::cart_time(world, shopper.bits());
    visit(world, shopper, true, own)
}

/// A cart may be too old by now.
pub fn expire(world: &mut World<'_>, cart: Handle) -> Next {
    let number = CartId(cart.bits());
    match command(world, &Command::ExpireCart { cart: number }) {
        Ok(()) => {
            world.metrics.carts.expired += 1;
            Next::Done
        }
        Err(_) => match world.engine.cart_expiry(number) {
            Some(later) => Next::Until(later, Stage::CartExpire),
            None => Next::Done,
        },
    }
}

/// What the shopper wants, into `world.draft`: the same whenever it is asked for.
pub fn want(world: &mut World<'_>, id: u64) {
    let mut draft = std::mem::take(&mut world.draft);
    let wisher = wish::wisher(world, id);
    let drawn_as = wisher.map_or(id, |wisher| wisher.of);
    world.model.demand.draw_order(&world.draw, OrderId(drawn_as), &mut draft);
    if let Some(wisher) = wisher {
        draft.lines.clear();
        draft.lines.push(Line { sku: wisher.sku, quantity: 1 });
        draft.goods = world.model.catalog().sku(wisher.sku).price;
    }
    world.draft = draft;
    if REPEAT_ORDER <= id {
        super::submit::lives_where_they_did(world, id);
    }
}

/// At submit the cart is made what the shopper wants, and the draft what is in the cart. False: nothing is.
pub fn bring(world: &mut World<'_>, id: OrderId) -> bool {
    let cart = cart_of(id.0);
    let wanted = std::mem::take(&mut world.draft.lines);
    let there = contents(world, cart);
    for line in there.iter().filter(|line| wanted.iter().all(|own| own.sku != line.sku)) {
        change(world, id.0, Command::RemoveFromCart { cart, sku: line.sku });
    }
    for &line in &wanted {
        match there.iter().find(|own| own.sku == line.sku) {
            Some(own) if own.quantity == line.quantity => {}
            Some(own) => set(world, id.0, cart, line, own.quantity),
            None => add(world, id.0, cart, line),
        }
    }
    let lines = contents(world, cart);
    let worth = |lines: &[Line]| -> i64 {
        let catalog = world.model.catalog();
        lines.iter().map(|line| catalog.sku(line.sku).price.0 * i64::from(line.quantity)).sum()
    };
    let (listed, now) = (worth(&wanted), worth(&lines));
    if now != listed && 0 < listed {
        let goods = i128::from(world.draft.goods.0) * i128::from(now) / i128::from(listed);
        world.draft.goods = Money(goods as i64);
    }
    world.draft.lines = lines;
    if world.draft.lines.is_empty() {
        world.metrics.lost(Loss::EmptyShelves);
    }
    !world.draft.lines.is_empty()
}

/// The cart that the shopper submits, where shoppers have carts.
pub fn submits(world: &World<'_>, id: OrderId) -> Option<CartId> {
    let came = id.0 < FIRST_INITIAL_ORDER || (REPEAT_ORDER..EXCHANGE_ORDER).contains(&id.0);
    (world.model.cart.is_some() && came).then(|| cart_of(id.0))
}

/// Units that the cart holds now.
pub fn held_by(world: &mut World<'_>, cart: Option<CartId>) -> u64 {
    let Some(cart) = cart else { return 0 };
    world.engine.cart(cart, &mut world.scratch.cart);
    let held = world.scratch.cart.iter().filter(|line| line.hold.is_some());
    held.map(|line| u64::from(line.quantity)).sum()
}

/// The cart became an order: its units are the order's.
pub fn became_order(world: &mut World<'_>, id: OrderId, held: u64) {
    world.metrics.carts.orders += 1;
    hold(world, -(held as i64));
    // What the plan wants elsewhere, or not yet, is free again.
    super::pay::release_stock(world);
    wish::ordered(world, id.0);
}

/// The run is over: what is held until now counts.
pub fn close(world: &mut World<'_>) {
    hold(world, 0);
}

/// The cart that ends as an order, if it does.
fn cart_of(shopper: u64) -> CartId {
    CartId(OWN | shopper)
}

/// A line a SKU.
fn contents(world: &mut World<'_>, cart: CartId) -> Vec<Line> {
    world.engine.cart(cart, &mut world.scratch.cart);
    let mut lines: Vec<Line> = Vec::new();
    for own in &world.scratch.cart {
        match lines.iter_mut().find(|line| line.sku == own.sku) {
            Some(line) => line.quantity += own.quantity,
            None => lines.push(Line { sku: own.sku, quantity: own.quantity }),
        }
    }
    lines
}

fn is_guest(world: &World<'_>, rules: &CartRules, id: u64) -> bool {
    world.draw.chance(GUEST, id, 0, rules.guests)
}

/// The shopper's edits: every line is added, some are changed, some other things are put in and back again.
fn plan(world: &mut World<'_>, id: u64) {
    want(world, id);
    let (model, draw) = (world.model, world.draw);
    let rules = model.cart.as_ref().expect("only shops with carts have edits");
    let OrderDraft { lines, .. } = &world.draft;
    let edits = &mut world.carts.edits;
    edits.clear();
    let guest = draw.chance(GUEST, id, 0, rules.guests);
    if guest && draw.chance(SAVED, id, 0, rules.saved) {
        edits.push(Edit::Save(lines[0]));
    }
    for (number, &line) in (0..).zip(lines) {
        let Line { sku, quantity } = line;
        if draw.chance(CHANGES, id, number, rules.changes) {
            edits.push(Edit::Add(Line { sku, quantity: (quantity + 1).min(MAX_LINE_QUANTITY) }));
            edits.push(Edit::Set(line));
        } else {
            edits.push(Edit::Add(line));
        }
        if draw.chance(PUTS_BACK, id, number, rules.puts_back) {
            let other = SkuId(draw.below(PUT_BACK, id, number, model.catalog().len() as u32));
            if lines.iter().all(|line| line.sku != other) {
                edits.push(Edit::Add(Line { sku: other, quantity: 1 }));
                edits.push(Edit::Remove(other));
            }
        }
    }
    if guest {
        edits.push(Edit::LogIn);
    }
}

fn carry_out(world: &mut World<'_>, id: u64, edit: Edit) {
    let rules = world.model.cart.as_ref().expect("only shops with carts have edits");
    let own = cart_of(id);
    let cart = if is_guest(world, rules, id) { CartId(OF_GUEST | id) } else { own };
    match edit {
        Edit::Add(line) => add(world, id, cart, line),
        Edit::Save(line) => add(world, id, own, line),
        Edit::Set(line) => {
            let there = contents(world, cart).iter().find(|own| own.sku == line.sku).map(|own| own.quantity);
            if let Some(there) = there.filter(|&there| there != line.quantity) {
                set(world, id, cart, line, there);
            }
        }
        Edit::Remove(sku) => {
            change(world, id, Command::RemoveFromCart { cart, sku });
        }
        Edit::LogIn => {
            let begins = world.engine.cart_expiry(own).is_none();
            let merge = Command::MergeCarts { from: cart, into: own, rule: rules.rule };
            if command(world, &merge).is_ok() {
                world.metrics.carts.merged += 1;
                if begins {
                    watch(world, own);
                }
            }
        }
    }
}

fn add(world: &mut World<'_>, id: u64, cart: CartId, Line { sku, quantity }: Line) {
    let Ok(hold) = node_for(world, sku, quantity) else { return refused(world, id, sku) };
    let begins = world.engine.cart_expiry(cart).is_none();
    if change(world, id, Command::AddToCart { cart, sku, quantity, hold }) && begins {
        watch(world, cart);
    }
}

fn set(world: &mut World<'_>, id: u64, cart: CartId, Line { sku, quantity }: Line, there: u32) {
    let more = quantity.saturating_sub(there);
    let Ok(hold) = node_for(world, sku, more) else { return refused(world, id, sku) };
    change(world, id, Command::SetQuantity { cart, sku, quantity, hold });
}

/// The node that holds so many units more for a cart: the nearest one that has them. `Err`: none has, and the shop takes
/// no backorders.
fn node_for(world: &World<'_>, sku: SkuId, quantity: u32) -> Result<Option<NodeId>, Refusal> {
    let rules = world.model.cart.as_ref().expect("only shops with carts have edits");
    if !rules.hold || quantity == 0 {
        return Ok(None);
    }
    let (draft, stock) = (&world.draft, world.engine.stock());
    let near = &world.model.reach(draft.method, draft.zone).near;
    let found = near.iter().copied().find(|&node| quantity <= stock.available(sku, node));
    match found {
        None if !world.model.rules.backorder => Err(Refusal::OutOfStock),
        found => Ok(found),
    }
}

fn refused(world: &mut World<'_>, id: u64, sku: SkuId) {
    world.metrics.carts.refused += 1;
    wish::lacked(world, id, sku);
}

/// One edit of the cart, counted. A line that is not there any more, because its cart was too old, is no edit.
fn change(world: &mut World<'_>, _id: u64, edit: Command<'_>) -> bool {
    let done = command(world, &edit).is_ok();
    let seen = &mut world.metrics.carts;
    match edit {
        _ if !done => {}
        Command::AddToCart { .. } => seen.added += 1,
        Command::SetQuantity { .. } => seen.changed += 1,
        _ => seen.removed += 1,
    }
    done
}

/// Asks the engine, and keeps count of what carts hold.
fn command(world: &mut World<'_>, command: &Command<'_>) -> Result<(), Refusal> {
    world.attempt(command)?;
    let moved = units_held(&world.transition);
    hold(world, moved);
    if moved < 0 {
        super::pay::release_stock(world);
    }
    Ok(())
}

fn units_held(transition: &Transition) -> i64 {
    debug_assert!(transition.step != Step::Submitted, "an order's units are its own");
    let sign = |moved: &crate::domain::StockMove| match (moved.from, moved.to) {
        (_, Account::Held) => i64::from(moved.quantity),
        (Account::Held, _) => -i64::from(moved.quantity),
        _ => 0,
    };
    transition.moves.iter().map(sign).sum()
}

fn hold(world: &mut World<'_>, more: i64) {
    let (carts, at) = (&mut world.carts, world.at);
    let area = u128::from(carts.held) * u128::from(at.since(carts.held_since).0);
    world.metrics.carts.held_area += area;
    carts.held_since = at;
    carts.held = carts.held.checked_add_signed(more).expect("carts gave back what they never held");
}

/// The cart is looked at again when it would be too old.
fn watch(world: &mut World<'_>, cart: CartId) {
    let expires = world.engine.cart_expiry(cart).expect("the cart was just made");
    world.send(Handle::from_bits(cart.0), Next::Until(expires, Stage::CartExpire));
}
