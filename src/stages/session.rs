//! Sessions: what one visitor sees and does, from the door to the till.
//!
//! ```text
//! visit -> look -+-> search ---> results --+-> goods -> cart -+-> recommendations -> next line -> look
//!          ^     +-> page -> a category ---+    |             +-> till -> submit
//!          |                 |                  |
//!          +--- again -------+------------------+---> gone
//! ```
//!
//! Token: a slot of the column of open visits, from `look` on; the order has the number of the visit.
//!
//! # Promises
//! - What a visitor wants, says and chooses hangs on their number and on how often they have looked: a faster page or
//!   another segment's shoppers change nobody else's luck.
//! - Memory follows visits in flight: the slot of one who leaves is used by the next.

mod list;
mod product;
mod till;

use super::trip::Column;
use super::{Next, Stage, World};
use crate::domain::{Handle, OrderId, SkuId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{Loaded, Loss, Phase, VisitStep};
use crate::model::{MOST_SESSION_LINES, Model, Storefront};

use crate::storefront::cache::Cache;
use crate::storefront::index::{Hit, Query};
use crate::storefront::ratings::Ratings;
use crate::storefront::recommend::Recommender;

pub use list::searched;
pub use product::{product, recommended};

use list::listed;
use product::shown;
pub use till::{order, review, review_parcel, to_till};

const SEGMENT: Purpose = Purpose::named("segment");
const SEARCHES: Purpose = Purpose::named("searches or browses");
const LEAVES: Purpose = Purpose::named("leaves a slow page");
const NETWORK: Purpose = Purpose::named("network");
const THINKS: Purpose = Purpose::named("thinks on a page");
const PAGE_WORK: Purpose = Purpose::named("page work");
const SEARCH_WORK: Purpose = Purpose::named("search work");
const GOES_ON: Purpose = Purpose::named("looks again");
const TOGETHER: Purpose = Purpose::named("goes with the first");
const COMPANION: Purpose = Purpose::named("which of them");

/// What is in the cart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CartLine {
    pub sku: SkuId,
    pub quantity: u16,
    /// It was recommended.
    pub attached: bool,
}

/// One open visit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Session {
    number: u64,
    began: Moment,
    /// When the page that is loading was asked for.
    asked: Moment,
    want: SkuId,
    /// Whose page is open.
    goods: SkuId,
    /// Looks so far: draws hang on it.
    looks: u32,
    /// Lines that are wanted still, this one included.
    wants: u8,
    /// Looks for this line so far.
    tries: u8,
    segment: u8,
    /// A `VisitStep`.
    reached: u8,
    /// The page that loads is that of goods, not of a category.
    at_goods: bool,
    lines: u8,
    cart: [CartLine; MOST_SESSION_LINES],
}

/// What all visits share.
pub struct Visits {
    rows: Column<Session>,
    free: Vec<u32>,
    made: u32,
    cache: Cache,
    recommender: Recommender,
    ratings: Ratings,
    query: Query,
    hits: Vec<Hit>,
    list: Vec<SkuId>,
    text: String,
}

impl Session {
    fn cart(&self) -> &[CartLine] {
        &self.cart[..usize::from(self.lines)]
    }

    fn skus(&self) -> impl Iterator<Item = SkuId> + Clone + '_ {
        self.cart().iter().map(|line| line.sku)
    }

    /// Whether there is room for the line, or one for the same SKU.
    fn put(&mut self, sku: SkuId, quantity: u16, attached: bool) -> bool {
        if self.skus().any(|own| own == sku) || self.cart().len() == MOST_SESSION_LINES {
            return false;
        }
        self.cart[usize::from(self.lines)] = CartLine { sku, quantity, attached };
        self.lines += 1;
        true
    }
}

impl Visits {
    pub fn new(model: &Model) -> Option<Visits> {
        let storefront = model.storefront.as_ref()?;
        let (rules, skus) = (&storefront.rules, storefront.titles.len());
        Some(Visits {
            rows: Column::default(),
            free: Vec::new(),
            made: 0,
            cache: Cache::new(storefront.assets(), rules.cache as usize),
            recommender: Recommender::new(skus, rules.window as usize),
            ratings: Ratings::new(skus, rules.prior, rules.prior_weight),
            query: Query::default(),
            hits: Vec::new(),
            list: Vec::new(),
            text: String::new(),
        })
    }

    fn open(&mut self, session: Session) -> Handle {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.made += 1;
            self.made - 1
        });
        let token = Handle::new(slot, 0);
        self.rows.put(token, session);
        token
    }

    fn close(&mut self, token: Handle) {
        self.free.push(token.slot());
    }

    fn open_count(&self) -> u64 {
        u64::from(self.made) - self.free.len() as u64
    }

    /// Of the column of open visits.
    pub fn bytes(&self) -> u64 {
        self.rows.bytes()
    }
}

/// The visit of a token, and the rules it goes by.
macro_rules! at {
    ($world:ident, $token:ident => $session:ident, $shop:ident) => {
        let $shop = rules($world);
        let $session = visits($world).rows.get($token);
    };
}
use at;

fn rules<'m>(world: &World<'m>) -> &'m Storefront {
    world.model.storefront.as_ref().expect("a visitor came without a storefront")
}

fn visits<'w>(world: &'w mut World<'_>) -> &'w mut Visits {
    world.visits.as_mut().expect("a visitor came without a storefront")
}

/// Token: the visit's number. Who it is, and what they want.
pub fn visit(world: &mut World<'_>, number: Handle) -> Next {
    let (shop, draw, id) = (rules(world), world.draw, number.bits());
    let demand = &world.model.demand;
    let session = Session {
        number: id,
        began: world.at,
        want: demand.draw_sku(&draw, OrderId(id), 0),
        wants: demand.draw_lines(&draw, OrderId(id)) as u8,
        segment: shop.segments.pick(draw.uniform(SEGMENT, id, 0)) as u8,
        ..Session::default()
    };
    world.metrics.entered(Phase::Browse);
    world.metrics.storefront.steps[usize::from(session.segment)][VisitStep::Came as usize] += 1;
    let visits = visits(world);
    let token = visits.open(session);
    let open = visits.open_count();
    world.metrics.storefront.peak = world.metrics.storefront.peak.max(open);
    world.send(token, Next::Go(Stage::Look));
    Next::Done
}

/// Asks for a list: of results, or of a category.
pub fn look(world: &mut World<'_>, token: Handle) -> Next {
    let (now, draw) = (world.at, world.draw);
    at!(world, token => session, shop);
    session.looks += 1;
    session.tries = session.tries.saturating_add(1);
    session.asked = now;
    session.at_goods = false;
    let (id, looks) = (session.number, session.looks);
    let searchers = shop.rules.segments[usize::from(session.segment)].searchers;
    let (service, purpose) = match draw.chance(SEARCHES, id, looks, searchers) {
        true => (&shop.search, SEARCH_WORK),
        false => (&shop.page, PAGE_WORK),
    };
    let work = service.work.span(draw.uniform(purpose, id, 2 * looks));
    Next::Seize { station: service.station, work, rank: 0 }
}

/// A page has been made: of a category, or of goods.
pub fn paged(world: &mut World<'_>, token: Handle) -> Next {
    if visits(world).rows.get(token).at_goods { shown(world, token) } else { listed(world, token) }
}

/// The page is on the screen after this time, or `None`: the visitor has left before.
///
/// The share that leaves is `1 - exp(-(t / tau)^beta)` (Weibull): a hazard that grows with the time where beta > 1.
fn loads(world: &mut World<'_>, token: Handle, what: Loaded, assets: Span) -> Option<Span> {
    let (now, draw) = (world.at, world.draw);
    at!(world, token => session, shop);
    let (id, segment) = (session.number, usize::from(session.segment));
    // A list and the goods behind it load apart.
    let attempt = 2 * session.looks + u32::from(session.at_goods);
    let rest = shop.network.span(draw.uniform(NETWORK, id, attempt)) + assets;
    let time = now.since(session.asked) + rest;
    let rules = &shop.rules;
    let tau_us = rules.tau.0 as f64 * rules.segments[segment].patience;
    let hazard = libm::pow(time.0 as f64 / tau_us, rules.beta);
    let leaves = draw.uniform(LEAVES, id, attempt) < -libm::expm1(-hazard);
    world.metrics.storefront.loaded(what, time);
    (!leaves).then_some(rest)
}

/// Time on a page before the next click.
fn thinks(world: &mut World<'_>, token: Handle) -> Span {
    let (model, draw) = (world.model, world.draw);
    let session = visits(world).rows.get(token);
    let attempt = 2 * session.looks + u32::from(session.at_goods);
    model.shop.think_time.span(draw.uniform(THINKS, session.number, attempt))
}

/// Counts a visitor who has come so far for the first time.
fn reaches(world: &mut World<'_>, token: Handle, step: VisitStep) {
    let session = visits(world).rows.get(token);
    let (before, segment) = (session.reached, usize::from(session.segment));
    session.reached = before.max(step as u8);
    for further in before + 1..=step as u8 {
        world.metrics.storefront.steps[segment][usize::from(further)] += 1;
    }
}

/// A look that led to nothing: another one, or the end of this line.
fn tries_again(world: &mut World<'_>, token: Handle, after: Span) -> Next {
    let draw = world.draw;
    at!(world, token => session, shop);
    let persistence = shop.rules.segments[usize::from(session.segment)].persistence;
    if session.tries < u8::MAX && draw.chance(GOES_ON, session.number, session.looks, persistence) {
        return Next::Wait(after, Stage::Look);
    }
    if session.lines == 0 { gone(world, token, Loss::Browse) } else { Next::Wait(after, Stage::ToTill) }
}

/// The next line that is wanted, or the till.
fn goes_on(world: &mut World<'_>, token: Handle, after: Span) -> Next {
    let (model, draw) = (world.model, world.draw);
    at!(world, token => session, shop);
    session.wants -= 1;
    if session.wants == 0 {
        return Next::Wait(after, Stage::ToTill);
    }
    session.tries = 0;
    let (id, left) = (session.number, u32::from(session.wants));
    session.want = if draw.chance(TOGETHER, id, left, shop.rules.together) {
        let with = shop.companions(session.cart[0].sku);
        with[draw.below(COMPANION, id, left, with.len() as u32) as usize]
    } else {
        model.demand.draw_sku(&draw, OrderId(id), left)
    };
    Next::Wait(after, Stage::Look)
}

/// The visitor leaves, with nothing or with a full cart.
fn gone(world: &mut World<'_>, token: Handle, loss: Loss) -> Next {
    let (now, visits) = (world.at, visits(world));
    let (began, reached) = {
        let session = visits.rows.get(token);
        (session.began, session.reached)
    };
    visits.close(token);
    world.metrics.lost(loss);
    // Who went to the till has left the pages before.
    if reached < VisitStep::WentToTill as u8 {
        world.metrics.left(Phase::Browse, now.since(began));
    }
    Next::Done
}
