//! Lists: what a search or a category shows, and the goods on which the visitor clicks.

use super::{at, gone, loads, reaches, rules, thinks, tries_again, visits};
use crate::domain::{Handle, SkuId};
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::normal::normal_quantile;
use crate::kernel::time::Span;
use crate::metrics::{Loaded, Loss, VisitStep};
use crate::model::Storefront;
use crate::stages::{Next, Stage, World};
use crate::storefront::facets::Filter;
use crate::storefront::index::{Hit, Query};
use crate::storefront::titles::NO_WORD;

const WORDS: Purpose = Purpose::named("words of a query");
const WHICH: Purpose = Purpose::named("which words");
const OTHERWISE: Purpose = Purpose::named("says it otherwise");
const SLIPS: Purpose = Purpose::named("slip of the keyboard");
const NOISE: Purpose = Purpose::named("search noise");
const NARROWS: Purpose = Purpose::named("narrows to a price band");
const CLICKS: Purpose = Purpose::named("click");

/// Words of a query, at most; draws of a look are set apart by it.
const MOST_QUERY_WORDS: u32 = 8;

/// The results are there.
pub fn searched(world: &mut World<'_>, token: Handle) -> Next {
    world.metrics.storefront.searches += 1;
    let Some(rest) = loads(world, token, Loaded::Search, Span::ZERO) else {
        return gone(world, token, Loss::SlowPage);
    };
    let draw = world.draw;
    let shop = rules(world);
    let visits = visits(world);
    let session = visits.rows.get(token);
    let (id, looks, want) = (session.number, session.looks, session.want);
    visits.query.clear(Filter::default());
    ask(shop, draw, (id, looks), want, &mut visits.text, &mut visits.query);
    let most = shop.rules.results as usize;
    // Noise may lift what stands below the page.
    let fetched = if 0.0 < shop.rules.noise { 2 * most } else { most };
    shop.index.search(&mut visits.query, fetched, &mut visits.hits);
    disturb(&mut visits.hits, shop.rules.noise, draw, (id, looks));
    visits.list.clear();
    visits.list.extend(visits.hits.iter().take(most).map(|hit| hit.sku));
    let place = visits.list.iter().position(|&sku| sku == want);
    let empty = visits.list.is_empty();
    let seen = &mut world.metrics.storefront;
    seen.empty += u64::from(empty);
    if let Some(place) = place {
        seen.found += 1;
        seen.reciprocal_ranks += 1.0 / (place + 1) as f64;
    }
    choose(world, token, rest)
}

/// The page of a category is there.
pub fn listed(world: &mut World<'_>, token: Handle) -> Next {
    let draw = world.draw;
    at!(world, token => session, shop);
    let (id, looks, want) = (session.number, session.looks, session.want);
    let (title, skip) = (shop.titles.title(want), usize::from(session.tries - 1));
    let page = shop.titles.len() as u32 + u32::from(title.leaf);
    let assets = super::product::assets(world, token, page);
    let Some(rest) = loads(world, token, Loaded::Page, assets) else {
        return gone(world, token, Loss::SlowPage);
    };
    let narrows = draw.chance(NARROWS, id, looks, shop.rules.narrow);
    let filter = Filter { band: narrows.then_some(title.band), ..Filter::leaf(title.leaf) };
    let most = shop.rules.results as usize;
    // Who comes back turns the page.
    shop.index.facets().page(&filter, skip * most, most, &mut visits(world).list);
    choose(world, token, rest)
}

/// The cascade model (Craswell, Zoeter, Taylor and Ramsey, "An experimental comparison of click position-bias
/// models", 2008): from the top down, one click at most; each place is looked at if none before was clicked and the
/// visitor has not tired. One number decides on which.
fn choose(world: &mut World<'_>, token: Handle, rest: Span) -> Next {
    reaches(world, token, VisitStep::SawList);
    let (now, draw) = (world.at, world.draw);
    let shop = rules(world);
    let after = rest + thinks(world, token);
    let visits = visits(world);
    let session = visits.rows.get(token);
    let (want, looks) = (session.want, session.looks);
    let mut left = draw.uniform(CLICKS, session.number, looks);
    let mut looked_at = 1.0;
    let in_cart = |sku: SkuId| session.skus().any(|own| own == sku);
    let clicked = visits.list.iter().copied().filter(|&sku| !in_cart(sku)).find(|&sku| {
        let click = if sku == want { shop.rules.click } else { shop.rules.click_other };
        left -= looked_at * click;
        looked_at *= (1.0 - click) * shop.rules.scan;
        left < 0.0
    });
    let Some(clicked) = clicked else { return tries_again(world, token, after) };
    session.goods = clicked;
    session.asked = now + after;
    Next::Wait(after, Stage::OpenGoods)
}

/// What the visitor types: the noun first, then other words of the title that they have in mind.
fn ask(
    shop: &Storefront,
    draw: Draw,
    (id, looks): (u64, u32),
    want: SkuId,
    text: &mut String,
    query: &mut Query,
) {
    let title = shop.titles.title(want);
    let length = u32::from(title.len);
    let words =
        (shop.words.pick(draw.uniform(WORDS, id, looks)) as u32 + 1).min(length).min(MOST_QUERY_WORDS);
    // The words of a title in turn, from the noun or any other on.
    let turn = draw.below(WHICH, id, looks, length);
    for place in 0..words {
        let at = match place {
            0 => u32::from(title.noun),
            place => (u32::from(title.noun) + (turn + place - 1) % (length - 1).max(1) + 1) % length,
        };
        let own = title.words[at as usize];
        debug_assert_ne!(own, NO_WORD, "a word beyond the end of a title");
        let attempt = looks * MOST_QUERY_WORDS + place;
        let otherwise = draw.chance(OTHERWISE, id, attempt, shop.rules.other_words);
        let word = if otherwise { shop.titles.other(own) } else { own };
        let slip = draw.uniform(SLIPS, id, 4 * attempt);
        if slip < shop.rules.typos {
            text.clear();
            text.push_str(shop.titles.word(word));
            misspell(text, draw, id, 4 * attempt + 1);
            if slip < shop.rules.typos * shop.rules.typos {
                misspell(text, draw, id, 4 * attempt + 2);
            }
            shop.index.typed(text, query);
        } else {
            shop.index.typed_word(Some(word), query);
        }
    }
}

/// One letter left out, replaced, or in the place of its neighbor. Words are ASCII.
fn misspell(word: &mut String, draw: Draw, id: u64, attempt: u32) {
    let bits = draw.bits(SLIPS, id, attempt);
    let mut letters = std::mem::take(word).into_bytes();
    let place = (bits as u32 as usize) % letters.len();
    let letter = b'a' + ((bits >> 32) % 26) as u8;
    match (bits >> 48) % 3 {
        0 if 1 < letters.len() => {
            letters.remove(place);
        }
        1 if place + 1 < letters.len() => letters.swap(place, place + 1),
        _ => letters[place] = letter,
    }
    *word = String::from_utf8(letters).expect("letters stay letters");
}

/// What is wrong about the scores.
fn disturb(hits: &mut [Hit], sigma: f64, draw: Draw, (id, looks): (u64, u32)) {
    if sigma == 0.0 {
        return;
    }
    for hit in hits.iter_mut() {
        let own = draw.uniform(NOISE, id ^ u64::from(hit.sku.0) << 40, looks);
        hit.score += sigma * normal_quantile(own);
    }
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.sku.cmp(&b.sku)));
}
