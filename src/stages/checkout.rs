//! Checkout: the steps between a cart and an order, the price that holds for a while, the choice of a delivery method.
//! Token: the order's number. Nothing of a shopper is kept: what was drawn once is drawn again.

use super::World;
use crate::domain::{MethodId, Money, NodeId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::Loss;
use crate::model::Choice;

const CART: Purpose = Purpose::named("cart");
const ONE_CLICK: Purpose = Purpose::named("one click");
const STEP_TIME: Purpose = Purpose::named("checkout step");
const LEAVE: Purpose = Purpose::named("leave the checkout");
const PRICE: Purpose = Purpose::named("price changed");
const PRICE_UP: Purpose = Purpose::named("price went up");
const TOO_DEAR: Purpose = Purpose::named("leave a price");
const CHOICE: Purpose = Purpose::named("delivery choice");

/// From the first cart line to submit, steps included.
pub fn time(world: &World<'_>, shopper: u64) -> Span {
    let (checkout, draw) = (&world.model.checkout, &world.draw);
    let cart = world.model.shop.cart_time.span(draw.uniform(CART, shopper, 0));
    if checkout.steps == 0 {
        return cart;
    }
    let step = |step| checkout.step_time.span(draw.uniform(STEP_TIME, shopper, step));
    (0..steps(world, shopper)).map(step).fold(cart, |sum, step| sum + step)
}

fn steps(world: &World<'_>, shopper: u64) -> u32 {
    let checkout = &world.model.checkout;
    if clicks_once(world, shopper) { checkout.steps.min(1) } else { checkout.steps }
}

fn clicks_once(world: &World<'_>, shopper: u64) -> bool {
    world.draw.chance(ONE_CLICK, shopper, 0, world.model.checkout.one_click)
}

/// Whether the shopper leaves on some step. Each step loses its share: of `n` steps all are passed with
/// probability (1 - loss)^n.
pub fn leaves(world: &mut World<'_>, shopper: u64) -> bool {
    let checkout = &world.model.checkout;
    if checkout.steps == 0 {
        return false;
    }
    let once = clicks_once(world, shopper);
    world.metrics.checkout.one_click += u64::from(once);
    let loss = if once { checkout.loss_one_click } else { checkout.loss };
    let leaves = world.draw.chance(LEAVE, shopper, 0, loss);
    if leaves {
        world.metrics.lost(Loss::Checkout);
    }
    leaves
}

/// The price is confirmed: a quote that has run out is made anew. False when the shopper leaves for it.
///
/// Changes come as a Poisson stream: a price is as it was after `t` with probability exp(-rate t).
pub fn confirm_price(world: &mut World<'_>, shopper: u64) -> bool {
    let Some(quote) = &world.model.checkout.quote else { return true };
    let (age, draw) = (time(world, shopper), world.draw);
    if age <= quote.lifetime {
        return true;
    }
    world.metrics.checkout.requoted += 1;
    if !draw.chance(PRICE, shopper, 0, -libm::expm1(-quote.changes_per_us * age.0 as f64)) {
        return true;
    }
    world.metrics.checkout.repriced += 1;
    let up = draw.chance(PRICE_UP, shopper, 0, 0.5);
    if up && draw.chance(TOO_DEAR, shopper, 0, quote.loss) {
        world.metrics.lost(Loss::Price);
        return false;
    }
    let change = libm::round(world.draft.goods.0 as f64 * quote.change) as i64;
    world.draft.goods += Money(if up { change } else { -change });
    true
}

/// The method by price and promise: a multinomial logit (McFadden, "Conditional logit analysis of qualitative choice
/// behavior", 1974) with utility ln(share) - per-money x price - per-day x days to the promise.
pub fn choose_method(world: &mut World<'_>, shopper: u64) {
    let Some(choice) = world.model.checkout.choice else { return };
    let methods = world.model.methods.len();
    // The least burden counts as none, so that no weight vanishes.
    let least = (0..methods).filter_map(|method| burden(world, choice, method)).fold(f64::INFINITY, f64::min);
    if least == f64::INFINITY {
        return;
    }
    let weight = |world: &World<'_>, method: usize| {
        let share = world.model.expected.method_share[method];
        burden(world, choice, method).map_or(0.0, |burden| share * libm::exp(least - burden))
    };
    let total: f64 = (0..methods).map(|method| weight(world, method)).sum();
    let mut left = world.draw.uniform(CHOICE, shopper, 0) * total;
    for method in 0..methods {
        let own = weight(world, method);
        if 0.0 < own {
            world.draft.method = MethodId(method as u8);
        }
        left -= own;
        if left < 0.0 {
            return;
        }
    }
}

/// What a method asks of the shopper; `None` where nobody can serve it.
fn burden(world: &World<'_>, choice: Choice, method: usize) -> Option<f64> {
    let (id, zone) = (MethodId(method as u8), world.draft.zone);
    let nearest: NodeId = *world.model.reach(id, zone).near.first()?;
    let (promise, _) = super::promise::promise(world, id, nearest, zone)?;
    let days = promise.since(world.at).as_secs_f64() / 86_400.0;
    let price = world.model.methods[method].price.as_major_f64();
    Some(choice.per_money * price + choice.per_day * days)
}
