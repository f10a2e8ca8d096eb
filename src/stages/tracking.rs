//! Tracking: parcels are scanned on their way, a page shows it to the shopper, says when the parcel will come, and
//! shoppers whose page is stale or whose promise has passed ask where it is.
//! Token of `worried`: a page, by slot and generation.
//!
//! ```text
//!   scan --lost?--> delay --> line of the page: plan from here + median of what such plans were off by
//!                                  |
//!        questions come at a rate while the newest line is too old, and at another once the promise has passed
//! ```
//!
//! # Promises
//! - A page begins with its label and ends once: the parcel came, turned round or got lost; what is sent once more
//!   begins another page.
//! - Lines stand in the order of their scans: a later scan is never shown before an earlier one.
//! - One event a parcel is in the calendar, not one a line: a new line puts the next question off and never forward, so
//!   the event looks again when it is due.
//!
//! # Why the page is judged at its end
//! How old it was at each instant, and how far its estimates were off, follow from its lines when the parcel's way is
//! over. Nothing is done at the instant at which a line becomes visible.

use std::collections::BTreeMap;

use super::promise::Residuals;
use super::{Next, Stage, World};
use crate::domain::{CarrierId, Handle, Intent, NodeId, OrderId, ZoneId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{LoggedScan, Scan, Shown};

const SCAN_LOST: Purpose = Purpose::named("scan lost");
const SHOWN_AFTER: Purpose = Purpose::named("scan shown after");
const PATIENCE: Purpose = Purpose::named("asks where it is");
const WHY: Purpose = Purpose::named("why it asks");

/// Residuals before they are believed.
const ENOUGH: usize = 20;

/// Why somebody asks where a parcel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worry {
    /// The page has shown nothing new for too long.
    Stale,
    /// The promise has passed.
    Late,
}

/// All pages; empty where nobody looks.
#[derive(Debug, Default)]
pub struct Tracking {
    /// By the slot of the parcel's trip.
    pages: Vec<Page>,
    /// By carrier, scan and node: what plans were off by.
    residuals: BTreeMap<(u8, Scan, u16), Residuals>,
    /// Orders with a parcel whose page is open, and how many.
    shown: BTreeMap<OrderId, u32>,
    /// Questions about orders that somebody asked about.
    worries: BTreeMap<OrderId, u32>,
}

#[derive(Debug, Default, Clone)]
struct Page {
    /// Of the parcel that has the slot now.
    generation: u32,
    open: bool,
    key: u64,
    order: OrderId,
    carrier: u8,
    promised: Moment,
    lines: Vec<Shown>,
    scans: u32,
    /// The carrier has done its part; the shopper fetches it.
    lies_there: Option<Moment>,
    /// Until when what makes shoppers ask is counted, and how much of it is left until the next question.
    counted: Moment,
    left: f64,
    questions: u32,
}

impl Tracking {
    /// How often somebody asked where that order is, until now.
    pub fn worries(&self, order: OrderId) -> u32 {
        self.worries.get(&order).copied().unwrap_or(0)
    }

    /// Whether a parcel of that order is on its way, and its page open.
    pub fn shows(&self, order: OrderId) -> bool {
        self.shown.contains_key(&order)
    }

    fn page(&mut self, parcel: Handle) -> Option<&mut Page> {
        self.pages.get_mut(parcel.slot() as usize).filter(|page| page.open)
    }
}

/// A label is made: the parcel has a page.
pub fn begin(world: &mut World<'_>, parcel: Handle, plan: Option<Moment>) {
    if world.model.tracking.is_none() {
        return;
    }
    let (trip, at) = (*world.trips.get(parcel), world.at);
    let slot = parcel.slot() as usize;
    if world.tracking.pages.len() <= slot {
        world.tracking.pages.resize(slot + 1, Page::default());
    }
    let page = &mut world.tracking.pages[slot];
    let mut lines = std::mem::take(&mut page.lines);
    lines.clear();
    *page = Page {
        generation: page.generation + 1,
        open: true,
        key: trip.key,
        order: trip.order_of_parcel(),
        carrier: trip.carrier,
        promised: trip.promised,
        lines,
        counted: at,
        ..Page::default()
    };
    *world.tracking.shown.entry(trip.order_of_parcel()).or_default() += 1;
    world.metrics.tracking.begun += 1;
    scanned(world, parcel, Scan::Created, plan.unwrap_or(at));
    let patience = patience(world, parcel);
    let page = &mut world.tracking.pages[slot];
    page.left = patience;
    let token = Handle::new(parcel.slot(), page.generation);
    if let Some(due) = next_question(world, token).filter(|due| *due <= world.model.horizon) {
        world.send(token, Next::Until(due, Stage::Worried));
    }
}

/// The parcel is scanned now; `plan` is when it comes as planned from here.
pub fn scanned(world: &mut World<'_>, parcel: Handle, scan: Scan, plan: Moment) {
    let Some(rules) = &world.model.tracking else { return };
    let (at, draw) = (world.at, world.draw);
    let Some(page) = world.tracking.page(parcel) else { return };
    let (key, number, carrier, order) = (page.key, page.scans, page.carrier, page.order);
    page.scans += 1;
    world.metrics.tracking.scans[scan as usize] += 1;
    let data = scan == Scan::Created;
    let lost = !data && draw.chance(SCAN_LOST, key, number, rules.scan_loss);
    world.metrics.tracking.scans_lost += u64::from(lost);
    if lost {
        return;
    }
    let trip = *world.trips.get(parcel);
    world.log.scanned(LoggedScan { at, scan, order, parcel: trip.handle, node: trip.node });
    let delay = if data { Span::ZERO } else { rules.delay.span(draw.uniform(SHOWN_AFTER, key, number)) };
    let known = world.tracking.residuals.get(&(carrier, scan, trip.node));
    let known = known.filter(|residuals| ENOUGH <= residuals.count());
    let off = known.and_then(|residuals| residuals.quantile(0.5)).unwrap_or(0);
    let page = world.tracking.page(parcel).expect("a page that was there");
    let before = page.lines.last().map_or(Moment::ZERO, |line| line.seen);
    let seen = (at + delay).max(before);
    let estimate = Moment(plan.0.saturating_add_signed(off));
    page.lines.push(Shown { scan, node: trip.node, at, seen, plan, estimate });
}

/// The vehicle of a lane has left with the parcel.
pub fn departed(world: &mut World<'_>, parcel: Handle) {
    let trip = *world.trips.get(parcel);
    let (carrier, zone) = (CarrierId(trip.carrier), ZoneId(trip.zone));
    let (to, sorted) = world.model.network.rides(world.lane, world.at);
    let plan = world.planner().plan_arrival(carrier, to, zone, sorted).unwrap_or(sorted);
    let scan = if trip.node == trip.origin { Scan::PickedUp } else { Scan::DepartedHub };
    scanned(world, parcel, scan, plan);
}

/// The parcel is in a hub, and will be sorted.
pub fn unloaded(world: &mut World<'_>, parcel: Handle) {
    let trip = *world.trips.get(parcel);
    let (carrier, hub, zone) = (CarrierId(trip.carrier), NodeId(trip.node), ZoneId(trip.zone));
    let sorted = world.at + world.model.network.nodes[hub.index()].handling;
    let plan = world.planner().plan_arrival(carrier, hub, zone, sorted).unwrap_or(sorted);
    scanned(world, parcel, Scan::ArrivedHub, plan);
}

/// The parcel waits for vans.
pub fn at_station(world: &mut World<'_>, parcel: Handle) {
    if world.model.tracking.is_none() {
        return;
    }
    let trip = *world.trips.get(parcel);
    let plan = world.model.network.rings(CarrierId(trip.carrier), ZoneId(trip.zone), world.at);
    scanned(world, parcel, Scan::ArrivedStation, plan);
}

/// The courier has it.
pub fn goes_out(world: &mut World<'_>, parcel: Handle) {
    if world.model.tracking.is_none() {
        return;
    }
    let trip = *world.trips.get(parcel);
    let (network, carrier, zone) = (&world.model.network, CarrierId(trip.carrier), ZoneId(trip.zone));
    let ready = match network.rounds() {
        // Late in the tour of a full van that leaves now: the round after the instant before this one.
        Some(_) => Moment(world.at.0.saturating_sub(1)),
        None => world.at + network.last_mile(carrier).planned(network.km(NodeId(trip.node), zone)),
    };
    let plan = network.rings(carrier, zone, ready);
    scanned(world, parcel, Scan::OutForDelivery, plan);
}

/// Nobody was there, and the courier comes again.
pub fn attempt_failed(world: &mut World<'_>, parcel: Handle) {
    if world.model.tracking.is_none() {
        return;
    }
    let trip = *world.trips.get(parcel);
    let (network, carrier) = (&world.model.network, CarrierId(trip.carrier));
    let again = world.at + network.last_mile(carrier).retry_after;
    let plan = network.rings(carrier, ZoneId(trip.zone), again);
    scanned(world, parcel, Scan::AttemptFailed, plan);
}

/// The parcel lies where the shopper fetches it: nobody asks any more, and the carrier is judged by now.
pub fn lies_there(world: &mut World<'_>, parcel: Handle) {
    let at = world.at;
    if let Some(page) = world.tracking.page(parcel) {
        page.lies_there = Some(at);
    }
}

/// The shopper has it.
pub fn came(world: &mut World<'_>, parcel: Handle) {
    let at = world.at;
    scanned(world, parcel, Scan::Delivered, at);
    let Some(page) = end(world, parcel) else { return };
    let came = page.lies_there.unwrap_or(at);
    world.metrics.tracking.came += 1;
    world.metrics.tracking.page(&page.lines, came);
    world.metrics.tracking.came(&page.lines, came);
    let window = world.model.tracking.as_ref().expect("a page").window;
    for line in &page.lines {
        let residuals = world.tracking.residuals.entry((page.carrier, line.scan, line.node)).or_default();
        residuals.add(came.0 as i64 - line.plan.0 as i64, window);
    }
    put_back(world, parcel, page);
}

/// It goes back to where it came from.
pub fn turned_round(world: &mut World<'_>, parcel: Handle) {
    let at = world.at;
    scanned(world, parcel, Scan::Returned, at);
    let Some(page) = end(world, parcel) else { return };
    world.metrics.tracking.turned_round += 1;
    world.metrics.tracking.page(&page.lines, page.lies_there.unwrap_or(at));
    put_back(world, parcel, page);
}

/// The shop stops looking for it.
pub fn got_lost(world: &mut World<'_>, parcel: Handle) {
    let at = world.at;
    let Some(page) = end(world, parcel) else { return };
    world.metrics.tracking.got_lost += 1;
    world.metrics.tracking.page(&page.lines, at);
    put_back(world, parcel, page);
}

/// Takes the page, and closes its place.
fn end(world: &mut World<'_>, parcel: Handle) -> Option<Page> {
    let page = world.tracking.page(parcel)?;
    let taken = std::mem::take(page);
    page.generation = taken.generation;
    let pages = world.tracking.shown.get_mut(&taken.order).expect("an order whose page was open");
    *pages -= 1;
    if *pages == 0 {
        world.tracking.shown.remove(&taken.order);
    }
    Some(taken)
}

/// The memory of the lines is used again.
fn put_back(world: &mut World<'_>, parcel: Handle, page: Page) {
    world.tracking.pages[parcel.slot() as usize].lines = page.lines;
}

/// What has to gather until the shopper asks once more: exponential, of mean one.
fn patience(world: &World<'_>, parcel: Handle) -> f64 {
    let page = &world.tracking.pages[parcel.slot() as usize];
    -libm::log(world.draw.uniform(PATIENCE, page.key, page.questions))
}

/// When the next question comes if the page stays as it is; `None`: never.
fn next_question(world: &World<'_>, token: Handle) -> Option<Moment> {
    let rules = world.model.tracking.as_ref()?;
    let page = &world.tracking.pages[token.slot() as usize];
    let (mut at, mut left) = (page.counted, page.left);
    let shown = page.lines.partition_point(|line| line.seen <= at).max(1) - 1;
    for (place, line) in page.lines.iter().enumerate().skip(shown) {
        let next = page.lines.get(place + 1).map_or(Moment::NEVER, |next| next.seen);
        let stale = line.at + rules.stale_after;
        while at < next {
            let turn = [stale, page.promised, next].into_iter().filter(|&turn| at < turn).min();
            let turn = turn.unwrap_or(next);
            let rate = rate(rules, at, stale, page.promised).0 + rate(rules, at, stale, page.promised).1;
            let gathers = rate * turn.since(at).0 as f64;
            if 0.0 < rate && left <= gathers {
                return Some(at + Span((left / rate) as u64));
            }
            left -= gathers;
            at = turn;
        }
    }
    None
}

/// Questions a microsecond because the page is stale, and because the promise has passed.
fn rate(rules: &crate::model::Tracking, at: Moment, stale: Moment, promised: Moment) -> (f64, f64) {
    let when = |passed: bool, rate: f64| if passed { rate } else { 0.0 };
    (when(stale <= at, rules.stale_rate), when(promised <= at, rules.late_rate))
}

/// The shopper asks, unless something new was shown meanwhile.
pub fn worried(world: &mut World<'_>, token: Handle) -> Next {
    let Some(rules) = &world.model.tracking else { return Next::Done };
    let page = &world.tracking.pages[token.slot() as usize];
    if !page.open || page.generation != token.generation() || page.lies_there.is_some() {
        return Next::Done;
    }
    match next_question(world, token) {
        Some(due) if world.at < due => return Next::Until(due, Stage::Worried),
        Some(_) => {}
        None => return Next::Done,
    }
    let (at, page) = (world.at, &mut world.tracking.pages[token.slot() as usize]);
    let shown = page.lines.iter().rev().find(|line| line.seen <= at).expect("a page begins with its label");
    let (stale, late) = rate(rules, at, shown.at + rules.stale_after, page.promised);
    let because_late = world.draw.uniform(WHY, page.key, page.questions) * (stale + late) < late;
    page.questions += 1;
    page.counted = at + rules.ask_again;
    let (order, first) = (page.order, page.questions == 1);
    let patience = patience(world, token);
    world.tracking.pages[token.slot() as usize].left = patience;
    world.metrics.tracking.asked_about += u64::from(first);
    asks(world, order, if because_late { Worry::Late } else { Worry::Stale });
    match next_question(world, token) {
        Some(due) if due <= world.model.horizon => Next::Until(due, Stage::Worried),
        _ => Next::Done,
    }
}

/// Somebody asks where an order is: whoever answers is called, if anybody does.
fn asks(world: &mut World<'_>, order: OrderId, why: Worry) {
    let times = world.tracking.worries.entry(order).or_default();
    *times += 1;
    let number = (*times).min(255) as u8;
    super::contact::asks_now(world, Intent::WhereIsMyOrder, order, number);
    match why {
        Worry::Stale => world.metrics.tracking.asked_stale += 1,
        Worry::Late => world.metrics.tracking.asked_late += 1,
    }
}
