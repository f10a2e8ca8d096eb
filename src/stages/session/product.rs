//! Goods: their page with its images, whether they go into the cart, and what is recommended beside it.

use super::{at, goes_on, gone, loads, reaches, rules, thinks, tries_again, visits};
use crate::domain::{Handle, OrderId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::{Loaded, Loss, VisitStep};
use crate::stages::{Next, World};

const ASSET: Purpose = Purpose::named("image");
const PAGE_WORK: Purpose = Purpose::named("work on a page of goods");
const ADDS: Purpose = Purpose::named("into the cart");
const SHOWN: Purpose = Purpose::named("recommendations are shown");
const RECOMMEND_WORK: Purpose = Purpose::named("work on recommendations");
const TAKES: Purpose = Purpose::named("takes what is recommended");

/// Images of a page, at most: draws of a page are set apart by it.
const MOST_ASSETS: u32 = 64;

/// Asks for the page of the goods that were clicked.
pub fn product(world: &mut World<'_>, token: Handle) -> Next {
    let (now, draw) = (world.at, world.draw);
    at!(world, token => session, shop);
    session.asked = now;
    session.at_goods = true;
    let work = shop.page.work.span(draw.uniform(PAGE_WORK, session.number, session.looks));
    Next::Seize { station: shop.page.station, work, rank: 0 }
}

/// Time until the last image of a page is there: they load side by side.
pub fn assets(world: &mut World<'_>, token: Handle, page: u32) -> Span {
    let draw = world.draw;
    let shop = rules(world);
    let visits = visits(world);
    let session = visits.rows.get(token);
    let count = shop.rules.assets;
    let first = (2 * session.looks + u32::from(session.at_goods)) * MOST_ASSETS;
    let (mut longest, mut held) = (Span::ZERO, 0);
    for asset in 0..count {
        let hit = visits.cache.request(page * count + asset);
        let law = if hit { &shop.asset_hit } else { &shop.asset_miss };
        longest = longest.max(law.span(draw.uniform(ASSET, session.number, first + asset)));
        held += u64::from(hit);
    }
    world.metrics.storefront.assets += u64::from(count);
    world.metrics.storefront.assets_held += held;
    longest
}

/// The page of goods is there.
///
/// Of those who see it `add x (price / median)^-sensitivity x exp(effect (stars - prior))` put the goods into the cart.
pub fn shown(world: &mut World<'_>, token: Handle) -> Next {
    let goods = visits(world).rows.get(token).goods;
    let assets = assets(world, token, goods.0);
    let Some(rest) = loads(world, token, Loaded::Page, assets) else {
        return gone(world, token, Loss::SlowPage);
    };
    reaches(world, token, VisitStep::SawGoods);
    let (model, draw) = (world.model, world.draw);
    let after = rest + thinks(world, token);
    let shop = rules(world);
    let visits = visits(world);
    let stars = visits.ratings.mean(goods) - shop.rules.prior;
    let session = visits.rows.get(token);
    let (id, looks) = (session.number, session.looks);
    let sensitivity = shop.rules.segments[usize::from(session.segment)].price_sensitivity;
    let price = shop.relative_price(goods, model.catalog().sku(goods).price);
    let add = shop.rules.add * libm::pow(price, -sensitivity) * libm::exp(shop.rules.effect * stars);
    if !draw.chance(ADDS, id, looks, add) {
        return tries_again(world, token, after);
    }
    let quantity = model.demand.draw_quantity(&draw, OrderId(id), u32::from(session.lines));
    session.put(goods, quantity as u16, false);
    reaches(world, token, VisitStep::FilledCart);
    if !draw.chance(SHOWN, id, looks, shop.rules.exposure) {
        return goes_on(world, token, after);
    }
    // The panel loads while the page is read.
    let now = world.at;
    super::visits(world).rows.get(token).asked = now;
    let work = shop.recommend.work.span(draw.uniform(RECOMMEND_WORK, id, looks));
    Next::Seize { station: shop.recommend.station, work, rank: 0 }
}

/// Recommendations are there: who sees them in time takes some, or none.
pub fn recommended(world: &mut World<'_>, token: Handle) -> Next {
    let (now, draw) = (world.at, world.draw);
    let shop = rules(world);
    let visits = visits(world);
    let session = visits.rows.get(token);
    let time = now.since(session.asked);
    let in_time = time <= shop.rules.within;
    let (id, looks) = (session.number, session.looks);
    let cart = *session;
    visits.recommender.top(cart.skus(), shop.rules.show as usize, &mut visits.list);
    let mut taken = 0;
    let shown = if in_time { visits.list.len() as u64 } else { 0 };
    for (place, &sku) in visits.list.iter().enumerate().take(shown as usize) {
        let fits = cart.skus().any(|own| shop.companions(own).contains(&sku));
        let accept = if fits { shop.rules.accept } else { shop.rules.accept_other };
        if draw.chance(TAKES, id, looks * MOST_ASSETS + place as u32, accept) {
            taken += u64::from(session.put(sku, 1, true));
        }
    }
    let seen = &mut world.metrics.storefront;
    seen.loaded(Loaded::Recommendations, time);
    seen.exposures += u64::from(0 < shown);
    seen.exposures_late += u64::from(!in_time);
    seen.shown += shown;
    seen.taken += taken;
    let after = thinks(world, token);
    goes_on(world, token, after)
}
