//! Checkout: the steps between a cart and an order, the price that holds for a while, the choice of a delivery method.
//! Token: the order's number. Nothing of a shopper is kept: what was drawn once is drawn again.

use super::{World, promise};
use crate::domain::{CarrierId, MethodId, Money};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::Loss;
use crate::model::{Choice, Offers};

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
    let cart = cart_time(world, shopper);
    if checkout.steps == 0 {
        return cart;
    }
    let step = |step| checkout.step_time.span(draw.uniform(STEP_TIME, shopper, step));
    (0..steps(world, shopper)).map(step).fold(cart, |sum, step| sum + step)
}

/// From the first cart line to the last.
pub fn cart_time(world: &World<'_>, shopper: u64) -> Span {
    world.model.shop.cart_time.span(world.draw.uniform(CART, shopper, 0))
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

/// One way to have it: a method, and by whom where it shows more than the earliest.
#[derive(Debug, Clone, Copy)]
pub struct Offered {
    method: MethodId,
    carrier: Option<CarrierId>,
    surcharge: Money,
    /// What it asks of the shopper, and the share of shoppers who would take it if all asked the same.
    burden: f64,
    share: f64,
}

/// The offer by price and promise: a multinomial logit (McFadden, "Conditional logit analysis of qualitative choice
/// behavior", 1974) with utility ln(share) - per-money x price - per-day x days to the promise. The offers of a method
/// have its share together.
pub fn choose_method(world: &mut World<'_>, shopper: u64) {
    let Some(choice) = world.model.checkout.choice else { return };
    let mut offers = std::mem::take(&mut world.scratch.offers);
    offers.clear();
    (0..world.model.methods.len())
        .for_each(|method| show(world, choice, MethodId(method as u8), &mut offers));
    if let Some(taken) = take(world, shopper, &offers) {
        world.draft.method = taken.method;
        (world.draft.carrier, world.draft.surcharge) = (taken.carrier, taken.surcharge);
        let own = offers.iter().filter(|offer| offer.method == taken.method);
        let seen = &mut world.metrics.checkout;
        seen.had_offers += u64::from(1 < own.count());
        seen.took_dearer += u64::from(taken.surcharge != Money::ZERO);
        seen.surcharges += taken.surcharge.0;
    }
    world.scratch.offers = offers;
}

fn take(world: &World<'_>, shopper: u64, offers: &[Offered]) -> Option<Offered> {
    // The least burden counts as none, so that no weight vanishes.
    let least = offers.iter().map(|offer| offer.burden).fold(f64::INFINITY, f64::min);
    let weight = |offer: &Offered| offer.share * libm::exp(least - offer.burden);
    let total: f64 = offers.iter().map(weight).sum();
    let mut left = world.draw.uniform(CHOICE, shopper, 0) * total;
    let mut taken = None;
    for offer in offers {
        let own = weight(offer);
        if 0.0 < own {
            taken = Some(*offer);
        }
        left -= own;
        if left < 0.0 {
            break;
        }
    }
    taken
}

/// What a method shows; nothing where nobody can serve it.
fn show(world: &World<'_>, choice: Choice, method: MethodId, out: &mut Vec<Offered>) {
    let (model, zone) = (world.model, world.draft.zone);
    let Some(&nearest) = model.reach(method, zone).near.first() else { return };
    let (row, share) = (&model.methods[method.index()], model.expected.method_share[method.index()]);
    let offered = |carrier: Option<CarrierId>, surcharge: Money| {
        let (promise, _) = promise::promise(world, method, nearest, zone, carrier)?;
        let days = promise.since(world.at).as_secs_f64() / 86_400.0;
        let burden = choice.per_money * (row.price + surcharge).as_major_f64() + choice.per_day * days;
        Some((promise, Offered { method, carrier, surcharge, burden, share }))
    };
    if row.offers == Offers::Fastest {
        out.extend(offered(None, Money::ZERO).map(|(_, offer)| offer));
        return;
    }
    let (weight_g, volume_ml) = size(world);
    let carriers = model.network.methods[method.index()].carriers.iter().copied();
    let reaching = carriers.filter(|&carrier| model.network.reaches(carrier, nearest, zone));
    let freight = |carrier| model.network.freight(carrier, nearest, zone, weight_g, volume_ml);
    let mut all: Vec<(Money, CarrierId)> = reaching.map(|carrier| (freight(carrier), carrier)).collect();
    all.sort_unstable();
    let Some(&(least, _)) = all.first() else { return };
    let all = all.into_iter().filter_map(|(price, carrier)| offered(Some(carrier), price - least));
    let mut all: Vec<(Moment, Offered)> = all.collect();
    // Of equal freight the earlier one; a dearer one only where it is earlier than all that are not.
    all.sort_by_key(|(promise, offer)| (offer.surcharge, *promise));
    let mut earliest = Moment::NEVER;
    all.retain(|&(promise, _)| {
        let better = promise < earliest;
        earliest = earliest.min(promise);
        better
    });
    if row.offers == Offers::Cheapest {
        all.truncate(1);
    }
    let share = share / all.len().max(1) as f64;
    out.extend(all.into_iter().map(|(_, offer)| Offered { share, ..offer }));
}

/// The draft as one parcel.
fn size(world: &World<'_>) -> (u32, u32) {
    let catalog = world.model.catalog();
    world.draft.lines.iter().fold((0, 0), |(weight, volume), line| {
        let sku = catalog.sku(line.sku);
        (weight + sku.weight_g * line.quantity, volume + sku.volume_ml * line.quantity)
    })
}
