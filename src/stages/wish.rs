//! The wishlist: who wanted what was not there, or may want it some day, is told when it is back, and may return.
//! Token of `told`: the number that the wisher has as a new shopper.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::{Next, Stage, World};
use crate::domain::{Account, Handle, SkuId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Moment;
use crate::model::Model;

const WISHES: Purpose = Purpose::named("wishes for what is not there");
const BROWSES: Purpose = Purpose::named("wishes while browsing");
const BROWSED: Purpose = Purpose::named("what is wished for");
const TOLD_AFTER: Purpose = Purpose::named("told of a wish after");
const RETURNS: Purpose = Purpose::named("returns for a wish");

/// Wishers who return are numbered from here on.
const FIRST_WISHER: u64 = 1 << 39;

/// The wishes of a run; empty where there is no wishlist.
#[derive(Default)]
pub struct Wishes {
    /// By SKU: whose draws the wisher has; oldest first.
    waiting: Vec<VecDeque<u64>>,
    /// Those who are told, by the number that they return under.
    told: FxHashMap<u64, Wisher>,
    next: u64,
}

/// A shopper who returns.
#[derive(Debug, Clone, Copy)]
pub struct Wisher {
    /// The shopper who they were: they live where that one lives.
    pub of: u64,
    pub sku: SkuId,
    at: Moment,
}

impl Wishes {
    pub fn new(model: &Model) -> Wishes {
        let skus = if model.wishlist.is_some() { model.catalog().len() } else { 0 };
        Wishes { waiting: vec![VecDeque::new(); skus], ..Wishes::default() }
    }
}

/// Who the shopper of this number was.
pub fn wisher(world: &World<'_>, id: u64) -> Option<Wisher> {
    if id < FIRST_WISHER { None } else { world.wishes.told.get(&id).copied() }
}

/// The SKU could not be had; some wish for it.
pub fn lacked(world: &mut World<'_>, id: u64, sku: SkuId) {
    let Some(rules) = &world.model.wishlist else { return };
    if world.draw.chance(WISHES, id, sku.0, rules.refused) {
        wish(world, id, sku);
    }
}

/// A submit was refused for lack of stock: each line that nobody has.
pub fn lacked_at_submit(world: &mut World<'_>, id: u64) {
    if world.model.wishlist.is_none() {
        return;
    }
    for place in 0..world.draft.lines.len() {
        let line = world.draft.lines[place];
        if world.engine.stock().available_anywhere(line.sku) < u64::from(line.quantity) {
            lacked(world, id, line.sku);
        }
    }
}

/// A shopper looks around; some put a thing on their list.
pub fn browsed(world: &mut World<'_>, id: u64) {
    let Some(rules) = &world.model.wishlist else { return };
    if world.draw.chance(BROWSES, id, 0, rules.browsing) {
        let sku = SkuId(world.draw.below(BROWSED, id, 0, world.model.catalog().len() as u32));
        wish(world, id, sku);
    }
}

fn wish(world: &mut World<'_>, id: u64, sku: SkuId) {
    let of = wisher(world, id).map_or(id, |own| own.of);
    world.metrics.wishes.wished += 1;
    world.wishes.waiting[sku.index()].push_back(of);
}

/// Units came to shelves: where there were none, as many wishers as there are units are told, after a while.
pub fn came_back(world: &mut World<'_>) {
    for place in 0..world.transition.moves.len() {
        let moved = world.transition.moves[place];
        let there = |world: &World<'_>| world.engine.stock().available_anywhere(moved.sku);
        if moved.to != Account::Available || world.wishes.waiting[moved.sku.index()].is_empty() {
            continue;
        }
        let units = there(world);
        if units <= u64::from(moved.quantity) {
            tell(world, moved.sku, units);
        }
    }
}

fn tell(world: &mut World<'_>, sku: SkuId, units: u64) {
    let rules = world.model.wishlist.as_ref().expect("only wishlists have wishes");
    for _ in 0..units {
        let Some(of) = world.wishes.waiting[sku.index()].pop_front() else { return };
        let id = FIRST_WISHER + world.wishes.next;
        world.wishes.next += 1;
        let after = rules.notify_after.span(world.draw.uniform(TOLD_AFTER, of, sku.0));
        world.wishes.told.insert(id, Wisher { of, sku, at: world.at + after });
        world.send(Handle::from_bits(id), Next::Wait(after, Stage::WishTold));
    }
}

/// The wisher hears that it is back.
pub fn told(world: &mut World<'_>, shopper: Handle) -> Next {
    let rules = world.model.wishlist.as_ref().expect("only wishlists have wishes");
    let id = shopper.bits();
    let wisher = world.wishes.told[&id];
    world.metrics.wishes.told += 1;
    if !world.draw.chance(RETURNS, wisher.of, wisher.sku.0, rules.comes_back) {
        world.wishes.told.remove(&id);
        return Next::Done;
    }
    world.metrics.wishes.returned += 1;
    Next::Go(Stage::Cart)
}

/// A shopper has ordered: if they came for a wish, it took them so long.
pub fn ordered(world: &mut World<'_>, id: u64) {
    if let Some(wisher) = world.wishes.told.remove(&id) {
        world.metrics.wishes.ordered += 1;
        world.metrics.wishes.until_order_us += u128::from(world.at.since(wisher.at).0);
    }
}
