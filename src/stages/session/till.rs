//! The till: the cart is left or becomes an order; and what its buyer writes when it has come.

use super::{at, gone, rules, visits};
use crate::domain::{Handle, OrderId};
use crate::kernel::draw::Purpose;
use crate::kernel::normal::normal_quantile;
use crate::metrics::{Loss, Phase, VisitStep};
use crate::stages::{Next, Stage, World, checkout, submit};

const LEAVES_CART: Purpose = Purpose::named("leaves the cart");
const WRITES: Purpose = Purpose::named("writes a review");
const STARS: Purpose = Purpose::named("stars");

/// Standard deviation of one buyer's stars for the same goods, and what it takes away that goods are sent back. Given, not measured.
const MOOD: f64 = 0.7;
const SENT_BACK: f64 = 1.5;

/// From the pages to the till: some leave a full cart, and some on a step of the checkout.
pub fn to_till(world: &mut World<'_>, token: Handle) -> Next {
    let (now, draw) = (world.at, world.draw);
    at!(world, token => session, shop);
    let (id, began) = (session.number, session.began);
    world.metrics.left(Phase::Browse, now.since(began));
    super::reaches(world, token, VisitStep::WentToTill);
    if draw.chance(LEAVES_CART, id, 0, shop.abandonment) {
        return gone(world, token, Loss::Cart);
    }
    world.metrics.entered(Phase::Cart);
    let spent = checkout::time(world, id);
    world.metrics.left(Phase::Cart, spent);
    if checkout::leaves(world, id) {
        visits(world).close(token);
        return Next::Done;
    }
    Next::Wait(spent, Stage::SessionOrders)
}

/// What is in the cart is ordered.
pub fn order(world: &mut World<'_>, token: Handle) -> Next {
    super::reaches(world, token, VisitStep::Ordered);
    let (model, now, draw) = (world.model, world.at, world.draw);
    let shop = rules(world);
    let visits = visits(world);
    let session = *visits.rows.get(token);
    visits.close(token);
    let show = shop.rules.show as usize;
    let own: usize = session.cart().iter().filter(|line| !line.attached).count();
    let mut hit = None;
    if 1 < own && shop.tail <= now {
        // The last line that was wanted for itself is held out.
        let last = session.cart().iter().rfind(|line| !line.attached).expect("there are two of them").sku;
        visits.recommender.top(session.skus().filter(|&sku| sku != last), show, &mut visits.list);
        hit = Some(visits.list.contains(&last));
    }
    visits.recommender.learn(session.skus());
    let seen = &mut world.metrics.storefront;
    seen.held_out += u64::from(hit.is_some());
    seen.hit += u64::from(hit == Some(true));
    let draft = &mut world.draft;
    model.demand.draw_shopper(&draw, OrderId(session.number), draft);
    for line in session.cart() {
        draft.add(line.sku, u32::from(line.quantity));
        draft.goods += model.catalog().sku(line.sku).price * i64::from(line.quantity);
    }
    seen.goods += draft.goods.0;
    seen.lines += draft.lines.len() as u64;
    seen.attached += u64::from(own < session.cart().len());
    submit::submit(world, Handle::from_bits(session.number))
}

/// Of received orders some are written about: stars for how good each SKU is, fewer where they are sent
/// back.
pub fn review(world: &mut World<'_>, order: Handle, sent_back: bool) {
    let model = world.model;
    let Some(shop) = &model.storefront else { return };
    let Some(facts) = world.engine.order(order) else { return };
    let (draw, id) = (world.draw, facts.id.0);
    if !draw.chance(WRITES, id, 0, shop.rules.writers) {
        return;
    }
    let visits = world.visits.as_mut().expect("a storefront has visits");
    let mut skus = std::mem::take(&mut visits.list);
    world.engine.order_skus(order, &mut skus);
    let fewer = if sent_back { SENT_BACK } else { 0.0 };
    for (line, &sku) in skus.iter().enumerate() {
        let mood = MOOD * normal_quantile(draw.uniform(STARS, id, line as u32));
        let stars = shop.rules.prior + shop.quality(sku) + mood - fewer;
        let stars = libm::round(stars).clamp(1.0, 5.0) as u32;
        visits.ratings.write(sku, stars);
        world.metrics.storefront.reviews += 1;
        world.metrics.storefront.stars += u64::from(stars);
    }
    visits.list = skus;
}

/// Of a parcel that is sent back.
pub fn review_parcel(world: &mut World<'_>, parcel: Handle) {
    if world.model.storefront.is_none() {
        return;
    }
    let mut orders = Vec::new();
    world.engine.parcel_orders(parcel, &mut orders);
    orders.iter().for_each(|&(order, _)| review(world, order, true));
}
