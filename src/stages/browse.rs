//! Browse and cart: the shopper looks around, and may leave because pages load too slowly.
//!
//! The stream holds shoppers who would order at the reference load time; visitors who would never have
//! ordered are counted by `demand::visitors`, not simulated (a thinned Poisson stream is Poisson).
//! Token: the order's number.

use super::{Next, Stage, World};
use crate::domain::Handle;
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::{Loss, Phase};

const LOAD: Purpose = Purpose::named("page load");
const LEAVE: Purpose = Purpose::named("leave a slow page");
const THINK: Purpose = Purpose::named("think");

/// One load time and one thinking time are drawn a shopper and hold for all pages.
pub fn browse(world: &mut World<'_>, shopper: Handle) -> Next {
    let (shop, id) = (&world.model.shop, shopper.bits());
    world.metrics.entered(Phase::Browse);
    let load = shop.load_time.span(world.draw.uniform(LOAD, id, 0));
    if world.draw.chance(LEAVE, id, 0, shop.slow_page.loss(load)) {
        world.metrics.lost(Loss::SlowPage);
        world.metrics.left(Phase::Browse, Span::ZERO);
        return Next::Done;
    }
    let think = shop.think_time.span(world.draw.uniform(THINK, id, 0));
    let spent = Span((load.0 + think.0) * u64::from(shop.pages));
    world.metrics.left(Phase::Browse, spent);
    super::wish::browsed(world, id);
    Next::Wait(spent, Stage::Cart)
}

pub fn cart(world: &mut World<'_>, shopper: Handle) -> Next {
    world.metrics.entered(Phase::Cart);
    let spent = super::checkout::time(world, shopper.bits());
    world.metrics.left(Phase::Cart, spent);
    if world.model.cart.is_some() {
        return super::cart::begin(world, shopper, spent);
    }
    if super::checkout::leaves(world, shopper.bits()) {
        return Next::Done;
    }
    Next::Wait(spent, Stage::Submit)
}
