//! Contact: a shopper asks; self-service, a bot or people answer, or the shopper hangs up. Token: a contact.
//!
//! ```text
//! trouble -> after -> self-service -+-> bot -+-> phone | chat -+-> settled
//!                        settled <--+        |        |        +-> not settled ----+
//!                        settled <-----------+        +-> hung up -> gives up      |
//!                        misled ---------------------------------+-> asks again <--+
//! ```
//!
//! # Why a contact that comes again is another token
//! A shopper who waits has a timer that says when they lose patience. The timer of a wait that ended well finds
//! nobody: its token has ended.

use super::pool::Pool;
use super::{Next, Stage, World, experience};
use crate::domain::{Handle, Intent, OrderId, OrderState};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{CostLine, DeskSeen, Phase};
use crate::model::{Service, ServiceDesk};

const ASKS: Purpose = Purpose::named("contact asks");
const AFTER: Purpose = Purpose::named("contact after");
const LOOKS: Purpose = Purpose::named("contact self-service");
const LOOK_TIME: Purpose = Purpose::named("contact self-service time");
const DEFLECTED: Purpose = Purpose::named("contact deflected");
const BOT: Purpose = Purpose::named("contact bot");
const BOT_TIME: Purpose = Purpose::named("contact bot time");
const CONTAINED: Purpose = Purpose::named("contact contained");
const MISLED: Purpose = Purpose::named("contact misled");
const CALLS: Purpose = Purpose::named("contact by phone");
const HANDLE: Purpose = Purpose::named("contact handle time");
const PATIENCE: Purpose = Purpose::named("contact patience");
const SETTLED: Purpose = Purpose::named("contact settled");
const CALLS_BACK: Purpose = Purpose::named("contact calls back");
const AGAIN_AFTER: Purpose = Purpose::named("contact again after");

/// Of a contact's key, below the order's number.
const KEY_BITS: u32 = 12;
/// A shopper who has asked so often asks no more.
const MOST_CONTACTS: u8 = 20;

/// One trouble of one shopper, at the attempt that it is at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Contact {
    /// Order, intent and how many of that kind the order had before: what draws hang on.
    key: u64,
    /// To look at the order when the time comes.
    order: Handle,
    /// Of the first contact.
    began: Moment,
    /// When it joined the queue of people.
    queued: Moment,
    work: Span,
    intent: u8,
    attempt: u8,
    by_phone: bool,
}

/// All contacts.
#[derive(Debug, Default)]
pub struct Contacts {
    pool: Pool<Contact>,
    /// Chats that wait or are talked in.
    chats: u32,
}

/// The order has a trouble of this kind, `from` now on; `number` tells several of a kind apart. Some shoppers ask.
pub fn arises(world: &mut World<'_>, intent: Intent, OrderId(id): OrderId, number: u8, from: Span) {
    if let Some(after) = asks(world, intent, id, number) {
        let token = world.contacts.pool.begin(Contact::new(intent, id, number));
        world.send(token, Next::Wait(from + after, Stage::ContactComes));
    }
}

/// A shopper asks now: what makes them ask was drawn elsewhere.
pub fn asks_now(world: &mut World<'_>, intent: Intent, OrderId(id): OrderId, number: u8) {
    if world.model.service.as_ref().is_some_and(|service| service.intent(intent).is_some()) {
        let token = world.contacts.pool.begin(Contact::new(intent, id, number));
        world.send(token, Next::Go(Stage::ContactComes));
    }
}

/// The order is on its way: some shoppers will ask where it is if it is not there by its promise.
pub fn watch(world: &mut World<'_>, order: Handle) {
    let Some(facts) = world.engine.order(order) else { return };
    let intent = Intent::WhereIsMyOrder;
    if let Some(after) = asks(world, intent, facts.id.0, 0) {
        let contact = Contact { order, ..Contact::new(intent, facts.id.0, 0) };
        let token = world.contacts.pool.begin(contact);
        world.send(token, Next::Until(facts.promised.max(world.at) + after, Stage::ContactLate));
    }
}

/// After what time the shopper asks, if at all.
fn asks(world: &World<'_>, intent: Intent, id: u64, number: u8) -> Option<Span> {
    let row = world.model.service.as_ref()?.intent(intent)?;
    let (key, draw) = (key(intent, id, number), world.draw);
    draw.chance(ASKS, key, 0, row.share).then(|| row.after.span(draw.uniform(AFTER, key, 0)))
}

/// Order numbers have 46 bits.
fn key(intent: Intent, id: u64, number: u8) -> u64 {
    id << KEY_BITS | u64::from(number) << 4 | intent as u64
}

impl Contact {
    fn new(intent: Intent, id: u64, number: u8) -> Contact {
        Contact { key: key(intent, id, number), intent: intent as u8, ..Contact::default() }
    }

    fn intent(&self) -> Intent {
        Intent::ALL[usize::from(self.intent)]
    }
}

fn rules<'m>(world: &World<'m>) -> &'m Service {
    world.model.service.as_ref().expect("contacts come to a shop with a contact center")
}

/// Still not there: the shopper asks. There, or never to come: nothing to ask.
pub fn late(world: &mut World<'_>, token: Handle) -> Next {
    let order = world.contacts.pool.get(token).order;
    let awaited = matches!(
        world.engine.order_state(order),
        Some(OrderState::AwaitingAllocation | OrderState::Backordered | OrderState::InFulfillment)
    );
    // Who sees the parcel on a page asks because of what it shows.
    let tracked = world.engine.order_id(order).is_some_and(|id| world.tracking.shows(id));
    if awaited && !tracked {
        return Next::Go(Stage::ContactComes);
    }
    world.contacts.pool.end(token);
    Next::Done
}

/// The first contact of a trouble.
pub fn comes(world: &mut World<'_>, token: Handle) -> Next {
    let (service, at) = (rules(world), world.at);
    let contact = world.contacts.pool.get(token);
    contact.began = at;
    let (key, intent) = (contact.key, contact.intent);
    world.metrics.service.asked[usize::from(intent)] += 1;
    world.metrics.entered(Phase::Service);
    noticed(world, key);
    if world.draw.chance(LOOKS, key, 0, service.self_service.share) {
        let time = service.self_service.time.span(world.draw.uniform(LOOK_TIME, key, 0));
        return Next::Wait(time, Stage::ContactLooked);
    }
    to_bot(world, token)
}

/// The shopper has looked for themselves.
pub fn looked(world: &mut World<'_>, token: Handle) -> Next {
    let (service, contact) = (rules(world), *world.contacts.pool.get(token));
    let row = service.intent(contact.intent()).expect("an intent that is asked about");
    world.metrics.service.looked += 1;
    world.metrics.cost(CostLine::ServiceTools, service.self_service.cost.0 as f64);
    if world.draw.chance(DEFLECTED, contact.key, 0, row.deflection) {
        world.metrics.service.deflected += 1;
        return settled(world, token);
    }
    to_bot(world, token)
}

fn to_bot(world: &mut World<'_>, token: Handle) -> Next {
    let (service, key) = (rules(world), world.contacts.pool.get(token).key);
    if world.draw.chance(BOT, key, 0, service.bot.share) {
        let time = service.bot.time.span(world.draw.uniform(BOT_TIME, key, 0));
        return Next::Wait(time, Stage::ContactBotSaid);
    }
    Next::Go(Stage::ContactPeople)
}

/// The bot has said what it has to say.
pub fn bot_said(world: &mut World<'_>, token: Handle) -> Next {
    let (service, contact) = (rules(world), *world.contacts.pool.get(token));
    let row = service.intent(contact.intent()).expect("an intent that is asked about");
    world.metrics.service.bot_talks += 1;
    world.metrics.cost(CostLine::ServiceTools, service.bot.cost.0 as f64);
    if !world.draw.chance(CONTAINED, contact.key, 0, row.containment) {
        return Next::Go(Stage::ContactPeople);
    }
    world.metrics.service.contained += 1;
    if world.draw.chance(MISLED, contact.key, 0, row.wrong) {
        world.metrics.service.misled += 1;
        return again(world, token);
    }
    settled(world, token)
}

/// To the phone or the chat: joins the queue, with a timer where shoppers lose patience.
pub fn people(world: &mut World<'_>, token: Handle) -> Next {
    let (service, at, draw) = (rules(world), world.at, world.draw);
    let Contact { key, attempt, .. } = *world.contacts.pool.get(token);
    let attempt = u32::from(attempt);
    let by_phone = draw.chance(CALLS, key, attempt, service.phone_share);
    let desk = desk(service, by_phone);
    let mut work = desk.handle.span(draw.uniform(HANDLE, key, attempt));
    if !by_phone {
        work = slowed(world, service, work);
        world.contacts.chats += 1;
    }
    let contact = world.contacts.pool.get(token);
    (contact.queued, contact.work, contact.by_phone) = (at, work, by_phone);
    if let Some(patience) = &desk.patience {
        let patience = patience.span(draw.uniform(PATIENCE, key, attempt));
        world.send(token, Next::Wait(patience, Stage::ContactImpatient));
    }
    Next::Seize { station: desk.station, work, rank: 0 }
}

fn desk(service: &Service, by_phone: bool) -> &ServiceDesk {
    if by_phone { &service.phone } else { &service.chat }
}

/// An agent with several chats at once is slower in each: by the chats that are there when this one comes.
fn slowed(world: &World<'_>, service: &Service, work: Span) -> Span {
    if service.slowdown == 0.0 {
        return work;
    }
    let slots = world.model.stations[service.chat.station.index()].servers_at(world.at).max(1);
    let agents = f64::from(slots) / f64::from(service.concurrency);
    let each = f64::from((world.contacts.chats + 1).min(slots)) / agents;
    let factor = 1.0 + service.slowdown * (each - 1.0).max(0.0);
    Span((work.0 as f64 * factor) as u64)
}

/// A timer has run out: whoever still waits hangs up; whoever is in a talk, or has had it, does not.
pub fn impatient(world: &mut World<'_>, token: Handle) -> Next {
    let service = rules(world);
    match world.contacts.pool.live(token) {
        Some(contact) => {
            let station = desk(service, contact.by_phone).station;
            Next::Leave { station, then: Stage::ContactHungUp }
        }
        None => Next::Done,
    }
}

pub fn hung_up(world: &mut World<'_>, token: Handle) -> Next {
    let (service, contact) = (rules(world), *world.contacts.pool.get(token));
    let waited = world.at.since(contact.queued);
    seen(world, &contact).hung_up(waited);
    leave_chat(world, &contact);
    let order = OrderId(contact.key >> KEY_BITS);
    experience::notice(world, order, |mood| mood.hung_up = mood.hung_up.saturating_add(1));
    if world.draw.chance(CALLS_BACK, contact.key, contact.attempt.into(), service.call_back) {
        return again(world, token);
    }
    world.metrics.service.given_up += 1;
    end(world, token);
    Next::Done
}

/// The talk with people is over.
pub fn talked(world: &mut World<'_>, token: Handle) -> Next {
    let (service, contact) = (rules(world), *world.contacts.pool.get(token));
    let waited = Span(world.at.since(contact.queued).0 - contact.work.0);
    let within = desk(service, contact.by_phone).within;
    seen(world, &contact).answered(waited, contact.work, within);
    leave_chat(world, &contact);
    match world.draw.chance(SETTLED, contact.key, contact.attempt.into(), service.resolution) {
        true => settled(world, token),
        false => again(world, token),
    }
}

fn seen<'a>(world: &'a mut World<'_>, contact: &Contact) -> &'a mut DeskSeen {
    let service = &mut world.metrics.service;
    if contact.by_phone { &mut service.phone } else { &mut service.chat }
}

fn leave_chat(world: &mut World<'_>, contact: &Contact) {
    world.contacts.chats -= u32::from(!contact.by_phone);
}

fn settled(world: &mut World<'_>, token: Handle) -> Next {
    let took = world.at.since(world.contacts.pool.get(token).began);
    world.metrics.service.settled += 1;
    world.metrics.service.until_settled.record(took);
    end(world, token);
    Next::Done
}

/// The trouble is over, one way or the other.
fn end(world: &mut World<'_>, token: Handle) {
    let took = world.at.since(world.contacts.pool.get(token).began);
    world.metrics.left(Phase::Service, took);
    world.contacts.pool.end(token);
}

/// The shopper asks once more, and now of people.
fn again(world: &mut World<'_>, token: Handle) -> Next {
    let (service, contact) = (rules(world), *world.contacts.pool.get(token));
    if contact.attempt == MOST_CONTACTS {
        world.metrics.service.given_up += 1;
        end(world, token);
        return Next::Done;
    }
    world.contacts.pool.end(token);
    let after =
        service.recontact_after.span(world.draw.uniform(AGAIN_AFTER, contact.key, contact.attempt.into()));
    let next = world.contacts.pool.begin(Contact { attempt: contact.attempt + 1, ..contact });
    world.send(next, Next::Wait(after, Stage::ContactAgain));
    Next::Done
}

pub fn asks_again(world: &mut World<'_>, token: Handle) -> Next {
    world.metrics.service.again += 1;
    let key = world.contacts.pool.get(token).key;
    noticed(world, key);
    Next::Go(Stage::ContactPeople)
}

/// Whoever has to ask is the less content for it.
fn noticed(world: &mut World<'_>, key: u64) {
    experience::notice(world, OrderId(key >> KEY_BITS), |mood| {
        mood.contacts = mood.contacts.saturating_add(1);
    });
}
