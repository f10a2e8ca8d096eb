//! A worker: one lane of the script, its tables of live handles, and a world of its own to plan in.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::callbacks::Callbacks;
use super::pace::Schedule;
use super::script::{Basket, CartChange, Lane, Promotion, Step, Verb};
use super::seen::Seen;
use super::watch::Counter;
use crate::audit::{Audit, Auditor, Books, Setup};
use crate::domain::{
    Assignment, CartId, Command, FulfillmentState, Handle, Money, NodeId, OrderId, Refusal, Transition,
};
use crate::engine::Engine;
use crate::kernel::draw::Draw;
use crate::kernel::time::Moment;
use crate::model::{Model, ReserveAt};
use crate::stages::{World, planning};

/// Plans that go stale between reading the stock and taking it are made again so many times.
const REPLANS: u32 = 8;
/// How often the clock and the wish to stop are looked at in a closed loop.
const GLANCE: usize = 1_024;
/// Order numbers of the next lap begin here.
const LAP_SHIFT: u32 = 40;
/// And cart numbers here: those that customers have of their own are above order numbers.
const CART_SHIFT: u32 = 48;
/// In long waits the wish to stop is looked at so often.
const GRANULE: Duration = Duration::from_millis(50);
/// No play is longer: a year.
const FOREVER: Duration = Duration::from_secs(365 * 86_400);

pub(super) struct Worker<'m> {
    pub(super) model: &'m Model,
    pub(super) engine: &'m Engine,
    pub(super) lane: &'m Lane,
    /// Live handles by place; a handle of zero is of nothing.
    pub(super) orders: Vec<Handle>,
    pub(super) fulfillments: Vec<Handle>,
    pub(super) parcels: Vec<Handle>,
    /// By place of the fulfillment order: where its open work counts.
    pub(super) nodes: Vec<NodeId>,
    /// The next places to fill.
    next_fulfillment: usize,
    next_parcel: usize,
    world: World<'m>,
    /// When the strategy looks at the stock again; never before its first plan.
    refresh: Moment,
    draw: Draw,
    transition: Transition,
    /// How often the lane was played before, and the business time that this adds.
    lap: u32,
    shift: u64,
    /// The auditor's totals of this worker's transitions.
    pub books: Books,
    /// The first transition that was wrong by itself.
    pub wrong: Option<Box<Transition>>,
    pub seen: Seen,
    /// `None`: every callback is believed.
    callbacks: Option<Callbacks>,
}

/// What one worker played.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Part {
    pub played: u64,
    /// Commands that were due when the play ended, and not done.
    pub missed: u64,
    /// How late the last one was, or the first of those not done.
    pub behind: Duration,
}

/// When to stop before the script's end, and what to leave out of the latencies.
pub(super) struct Until<'a> {
    pub stop: &'a AtomicBool,
    pub duration: Option<Duration>,
    pub warm_up: Duration,
    /// In a closed loop one command in so many is timed.
    pub every: u64,
}

impl<'m> Worker<'m> {
    pub fn new(model: &'m Model, engine: &'m Engine, lane: &'m Lane, draw: Draw) -> Worker<'m> {
        Worker {
            model,
            engine,
            lane,
            orders: vec![Handle::default(); lane.orders as usize],
            fulfillments: vec![Handle::default(); lane.fulfillments as usize],
            parcels: vec![Handle::default(); lane.parcels as usize],
            nodes: vec![NodeId(0); lane.fulfillments as usize],
            next_fulfillment: 0,
            next_parcel: 0,
            world: world(model, engine, draw),
            refresh: Moment::NEVER,
            draw,
            lap: 0,
            shift: 0,
            transition: Transition::default(),
            books: Books::default(),
            wrong: None,
            seen: Seen::default(),
            callbacks: Callbacks::sign_all(model, lane),
        }
    }

    /// Plays the lane from that step on; again and again where the play has a length.
    pub fn play(
        &mut self,
        from: usize,
        schedule: &Schedule,
        until: &Until<'_>,
        counter: &mut Counter,
    ) -> Part {
        let mut part = Part::default();
        let mut first = from;
        loop {
            let whole = match schedule.is_open() {
                true => self.open_lap(first, schedule, until, counter, &mut part),
                false => self.closed_lap(first, schedule, until, counter, &mut part),
            };
            if !whole || until.duration.is_none() || self.lane.steps.is_empty() {
                return part;
            }
            self.next_lap(schedule.lap());
            first = 0;
        }
    }

    /// False: it is time to stop.
    fn closed_lap(
        &mut self,
        from: usize,
        schedule: &Schedule,
        until: &Until<'_>,
        counter: &mut Counter,
        part: &mut Part,
    ) -> bool {
        let steps = &self.lane.steps[from..];
        let mut countdown = until.every;
        let mut warm = until.warm_up.is_zero();
        for (index, step) in steps.iter().enumerate() {
            if index % GLANCE == 0 {
                let elapsed = schedule.start().elapsed();
                counter.tick(elapsed);
                warm = warm || until.warm_up <= elapsed;
                if until.over(elapsed) {
                    return false;
                }
            }
            self.look_ahead(steps, index);
            countdown -= 1;
            if countdown == 0 && warm {
                let before = Instant::now();
                self.step(step, counter);
                self.took(step.verb, before.elapsed(), counter);
            } else {
                self.step(step, counter);
            }
            part.played += 1;
            countdown = if countdown == 0 { until.every } else { countdown };
        }
        true
    }

    /// False: it is time to stop.
    fn open_lap(
        &mut self,
        from: usize,
        schedule: &Schedule,
        until: &Until<'_>,
        counter: &mut Counter,
        part: &mut Part,
    ) -> bool {
        let steps = &self.lane.steps[from..];
        let mut now = Instant::now();
        for (index, step) in steps.iter().enumerate() {
            let due = schedule.due(step, self.lap);
            let elapsed = now.saturating_duration_since(schedule.start());
            counter.tick(elapsed);
            self.look_ahead(steps, index);
            if until.over(elapsed) || !until.wait(due, now, schedule.start()) {
                // What was due and is not done; in the next lap there may be more.
                part.behind = Instant::now().min(until.end(schedule.start())).saturating_duration_since(due);
                let missed = |step: &&Step| schedule.due(step, self.lap) < until.end(schedule.start());
                part.missed = steps[index..].iter().take_while(missed).count() as u64;
                return false;
            }
            self.step(step, counter);
            now = Instant::now();
            if until.warm_up <= elapsed {
                self.took(step.verb, now.saturating_duration_since(due), counter);
            }
            part.played += 1;
            part.behind = now.saturating_duration_since(due);
        }
        true
    }

    #[inline]
    fn took(&mut self, verb: Verb, time: Duration, counter: &mut Counter) {
        let nanos = time.as_nanos() as u64;
        self.seen.took(verb, nanos);
        counter.took(nanos);
    }

    /// The lane from its begin, with other orders: those of the last lap are left as they are.
    fn next_lap(&mut self, business: u64) {
        self.lap += 1;
        self.shift += business;
        for table in [&mut self.orders, &mut self.fulfillments, &mut self.parcels] {
            table.fill(Handle::default());
        }
        (self.next_fulfillment, self.next_parcel) = (0, 0);
        self.callbacks.iter_mut().for_each(Callbacks::forget);
        self.world = world(self.model, self.engine, self.draw);
        self.refresh_at(Moment(self.shift));
    }

    /// Plays steps that come before the clock starts: the shelves are filled.
    pub fn set_up(&mut self) -> usize {
        // What suppliers bring later is no set-up: the strategy has looked before.
        let stock =
            |step: &&Step| matches!(step.verb, Verb::Receive | Verb::Fence) && step.at == Moment::ZERO;
        let count = self.lane.steps.iter().take_while(stock).count();
        for step in &self.lane.steps[..count] {
            let outcome = self.ask(step).unwrap_or(Ok(()));
            self.seen.count(step.verb, outcome);
        }
        self.refresh_at(Moment(self.shift));
        count
    }

    #[inline]
    fn step(&mut self, step: &Step, counter: &mut Counter) {
        // A refresh comes after all that happens at its instant, as in the run.
        while self.refresh < self.at(step) {
            self.refresh_at(self.refresh);
        }
        match self.ask(step) {
            Some(outcome) => {
                self.seen.count(step.verb, outcome);
                counter.count(u64::from(step.verb == Verb::Submit), outcome.is_err());
            }
            None => self.seen.skipped += 1,
        }
    }

    /// The strategy looks at the whole stock.
    #[cold]
    fn refresh_at(&mut self, at: Moment) {
        self.world.at = at;
        self.refresh = self.world.refresh_strategy().map_or(Moment::NEVER, |span| at + span);
    }

    #[inline]
    fn at(&self, step: &Step) -> Moment {
        Moment(step.at.0 + self.shift)
    }

    /// The one place where a command reaches the engine; the auditor sees what came of it.
    #[inline]
    fn apply(&mut self, at: Moment, command: &Command<'_>) -> Result<(), Refusal> {
        self.engine.apply(at, command, &mut self.transition)?;
        if !self.books.note(&self.transition) && self.wrong.is_none() {
            self.wrong = Some(Box::new(self.transition.clone()));
        }
        Ok(())
    }

    /// `None` when the subject was never made here.
    fn ask(&mut self, step: &Step) -> Option<Result<(), Refusal>> {
        let (place, at) = (step.subject as usize, self.at(step));
        match step.verb {
            Verb::Submit | Verb::SubmitCart => return Some(self.submit(step)),
            Verb::Pay => return self.pay(step),
            Verb::ConfirmCashOnDelivery => return self.confirm(step),
            Verb::Allocate => return self.allocate(step),
            Verb::Pack => return self.pack(step),
            _ => {}
        }
        let of = |table: &[Handle]| Some(table[place]).filter(|&handle| handle != Handle::default());
        let command = match step.verb {
            Verb::Decline => Command::Decline { order: of(&self.orders)? },
            Verb::Expire => Command::Expire { order: of(&self.orders)? },
            Verb::Approve => Command::Approve { order: of(&self.orders)? },
            Verb::Reject => Command::Reject { order: of(&self.orders)? },
            Verb::DropBackorder => Command::DropBackorder { order: of(&self.orders)? },
            Verb::Cancel => Command::Cancel { order: of(&self.orders)? },
            Verb::Accept => Command::Accept { order: of(&self.orders)? },
            Verb::Start => Command::Start { fulfillment: of(&self.fulfillments)? },
            Verb::Pick => Command::Pick { fulfillment: of(&self.fulfillments)? },
            Verb::Short => {
                let super::script::Movement { sku, quantity, .. } = self.lane.movements[step.side as usize];
                Command::Short { fulfillment: of(&self.fulfillments)?, sku, quantity }
            }
            Verb::Unassign => Command::Unassign { fulfillment: of(&self.fulfillments)? },
            Verb::Merge => {
                let into = self.fulfillments[step.side as usize];
                if into == Handle::default() {
                    return None;
                }
                Command::Merge { fulfillment: of(&self.fulfillments)?, into }
            }
            Verb::Ship => Command::Ship { parcel: of(&self.parcels)? },
            Verb::Deliver => Command::Deliver { parcel: of(&self.parcels)? },
            Verb::FailDelivery => Command::FailDelivery { parcel: of(&self.parcels)? },
            Verb::Lose => Command::Lose { parcel: of(&self.parcels)? },
            Verb::Replace => Command::Replace { parcel: of(&self.parcels)? },
            Verb::RequestReturn => Command::RequestReturn { parcel: of(&self.parcels)? },
            Verb::Grade => Command::Grade { parcel: of(&self.parcels)?, restock: step.small != 0 },
            Verb::Receive => {
                let super::script::Movement { sku, node, mut quantity } =
                    self.lane.movements[step.side as usize];
                if 0 < self.lap {
                    // The shelves are filled up again to what they began with.
                    quantity = quantity.saturating_sub(self.engine.stock().available(sku, node));
                    if quantity == 0 {
                        return Some(Ok(()));
                    }
                }
                Command::Receive { sku, node, quantity }
            }
            Verb::Fence => {
                let super::script::Movement { sku, node, quantity } = self.lane.movements[step.side as usize];
                Command::Fence { sku, node, quantity }
            }
            Verb::WriteOff => {
                let super::script::Movement { sku, node, quantity } = self.lane.movements[step.side as usize];
                Command::WriteOff { sku, node, quantity }
            }
            Verb::TransferOut => {
                let super::script::Movement { sku, node, quantity } = self.lane.movements[step.side as usize];
                Command::TransferOut { sku, node, quantity }
            }
            Verb::TransferIn => {
                let super::script::Movement { sku, node, quantity } = self.lane.movements[step.side as usize];
                Command::TransferIn { sku, node, quantity }
            }
            Verb::Redeem | Verb::SpendPoints | Verb::GiveBack | Verb::ExpirePoints => {
                let Promotion { id, customer, coupon, amount } = self.lane.promotions[step.side as usize];
                let id = OrderId(id.0 + (u64::from(self.lap) << LAP_SHIFT));
                match step.verb {
                    Verb::Redeem => Command::Redeem { id, customer, coupon, amount },
                    Verb::SpendPoints => Command::SpendPoints { id, customer, points: amount },
                    Verb::GiveBack => Command::GiveBack { id, coupons: step.small != 0 },
                    _ => Command::ExpirePoints { customer, points: amount },
                }
            }
            Verb::AddToCart
            | Verb::SetQuantity
            | Verb::RemoveFromCart
            | Verb::ClearCart
            | Verb::MergeCarts
            | Verb::ExpireCart => self.cart_command(step),
            Verb::Submit
            | Verb::SubmitCart
            | Verb::Pay
            | Verb::ConfirmCashOnDelivery
            | Verb::Allocate
            | Verb::Pack => {
                unreachable!("asked above")
            }
        };
        let outcome = self.apply(at, &command);
        let ended = match step.verb {
            Verb::Merge | Verb::Unassign => true,
            Verb::Short => outcome.is_ok() && self.is_incomplete(place),
            _ => false,
        };
        if ended && outcome.is_ok() {
            self.work_done(place);
        }
        Some(outcome)
    }

    fn submit(&mut self, step: &Step) -> Result<(), Refusal> {
        let (lane, at) = (self.lane, self.at(step));
        let Basket { id, customer, zone, method, payment, amount, promised, ref lines, cart } =
            lane.baskets[step.side as usize];
        let lines = &lane.lines[lines.start as usize..lines.end as usize];
        let id = OrderId(id.0 + (u64::from(self.lap) << LAP_SHIFT));
        let cart = cart.map(|cart| self.cart(cart));
        let promised = Moment(promised.0 + self.shift);
        self.world.at = at;
        planning::plan_basket(&mut self.world, id, zone, method, lines, cart);
        let plan = std::mem::take(&mut self.world.scratch.plan);
        if !plan.is_whole() && !self.model.rules.backorder {
            self.world.scratch.plan = plan;
            return Err(Refusal::OutOfStock);
        }
        let hold = if self.model.reserve_at == ReserveAt::Submit { plan.assignments.as_slice() } else { &[] };
        let (lines, hold) = (Cow::Borrowed(lines), Cow::Borrowed(hold));
        let command = match cart {
            None => Command::Submit { id, customer, zone, method, payment, amount, promised, lines, hold },
            Some(cart) => Command::SubmitCart {
                cart,
                id,
                customer,
                zone,
                method,
                payment,
                amount,
                promised,
                lines,
                hold,
            },
        };
        let outcome = self.apply(at, &command);
        self.world.scratch.plan = plan;
        outcome?;
        self.orders[step.subject as usize] = self.transition.handle.expect("a new order has a handle");
        Ok(())
    }

    /// The cart of this lap.
    fn cart(&self, cart: CartId) -> CartId {
        CartId(cart.0 + (u64::from(self.lap) << CART_SHIFT))
    }

    fn cart_command(&self, step: &Step) -> Command<'static> {
        let CartChange { cart, from, sku, quantity, hold, rule } = self.lane.carts[step.side as usize];
        let cart = self.cart(cart);
        match step.verb {
            Verb::AddToCart => Command::AddToCart { cart, sku, quantity, hold },
            Verb::SetQuantity => Command::SetQuantity { cart, sku, quantity, hold },
            Verb::RemoveFromCart => Command::RemoveFromCart { cart, sku },
            Verb::ClearCart => Command::ClearCart { cart },
            Verb::MergeCarts => Command::MergeCarts { from: self.cart(from), into: cart, rule },
            _ => Command::ExpireCart { cart },
        }
    }

    fn pay(&mut self, step: &Step) -> Option<Result<(), Refusal>> {
        if let Some(callbacks) = &mut self.callbacks {
            if !callbacks.admit(step) {
                self.seen.not_verified += 1;
                return None;
            }
            self.seen.verified += 1;
        }
        let order = self.order(step)?;
        let payment = self.lane.payments[step.side as usize];
        let at = self.at(step);
        let hold = self.hold(at, order);
        let (reference, amount) = (payment.reference, payment.amount);
        let command = Command::Pay { order, reference, amount, hold: Cow::Borrowed(&hold) };
        let outcome = self.apply(at, &command);
        self.world.scratch.plan.assignments = hold;
        Some(outcome)
    }

    fn confirm(&mut self, step: &Step) -> Option<Result<(), Refusal>> {
        let order = self.order(step)?;
        let at = self.at(step);
        let hold = self.hold(at, order);
        let command = Command::ConfirmCashOnDelivery { order, hold: Cow::Borrowed(&hold) };
        let outcome = self.apply(at, &command);
        self.world.scratch.plan.assignments = hold;
        Some(outcome)
    }

    /// With `reserve-at: pay`, what the order holds from now on.
    fn hold(&mut self, at: Moment, order: Handle) -> Vec<Assignment> {
        self.world.at = at;
        if self.model.reserve_at == ReserveAt::Pay
            && let Some(facts) = self.engine.order(order)
        {
            return planning::hold_now(&mut self.world, &facts);
        }
        self.world.scratch.plan.clear();
        std::mem::take(&mut self.world.scratch.plan.assignments)
    }

    /// Plans and commits; plans again when somebody else took the stock in between.
    fn allocate(&mut self, step: &Step) -> Option<Result<(), Refusal>> {
        let order = self.order(step)?;
        let first = self.next_fulfillment;
        self.next_fulfillment += usize::from(step.made);
        let at = self.at(step);
        self.world.at = at;
        let mut outcome = Err(Refusal::Gone);
        for round in 0..=REPLANS {
            let Some(facts) = self.engine.order(order) else { break };
            planning::plan_open(&mut self.world, &facts);
            let plan = std::mem::take(&mut self.world.scratch.plan);
            let command = Command::Allocate { order, plan: Cow::Borrowed(&plan.assignments) };
            outcome = self.apply(at, &command);
            self.world.scratch.plan = plan;
            let stale = matches!(outcome, Err(Refusal::OutOfStock | Refusal::Contended));
            if !stale || round == REPLANS {
                break;
            }
            self.seen.replans += 1;
        }
        if outcome.is_ok() {
            self.allocated(first, usize::from(step.made));
            self.seen.freight += self.freight(step.subject as usize);
        }
        Some(outcome)
    }

    /// What the carriers' rate cards say to the plan just committed: a parcel a node and group, by started kilogram.
    fn freight(&self, order: usize) -> Money {
        let basket = &self.lane.baskets[order];
        let lines = &self.lane.lines[basket.lines.start as usize..];
        let reach = self.model.reach(basket.method, basket.zone);
        let grams = |part: &Assignment| {
            let sku = self.model.catalog().sku(lines[usize::from(part.line)].sku);
            u64::from(part.quantity) * u64::from(sku.weight_g)
        };
        let parcels =
            self.world.scratch.plan.assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group));
        parcels
            .filter_map(|parcel| {
                let (_, offer) = reach.cheap.iter().find(|(node, _)| *node == parcel[0].node)?;
                Some(offer.freight(parcel.iter().map(grams).sum()))
            })
            .fold(Money::ZERO, |sum, freight| sum + freight)
    }

    /// The fulfillment orders take their places; there may be other ones than in the run.
    fn allocated(&mut self, first: usize, places: usize) {
        let created = &self.transition.created;
        let plan = &self.world.scratch.plan.assignments;
        let chunks = plan.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group));
        for ((&handle, chunk), place) in created.iter().zip(chunks).zip(first..first + places) {
            self.fulfillments[place] = handle;
            self.nodes[place] = chunk[0].node;
            self.world.load.add(chunk[0].node, self.model.pack_work[chunk[0].node.index()]);
        }
        self.seen.unforeseen += created.len().saturating_sub(places) as u64;
        self.seen.allocated += 1;
        self.seen.splits += u64::from(1 < created.len());
    }

    fn pack(&mut self, step: &Step) -> Option<Result<(), Refusal>> {
        let first = self.next_parcel;
        self.next_parcel += usize::from(step.made);
        let fulfillment = self.fulfillments[step.subject as usize];
        if fulfillment == Handle::default() {
            return None;
        }
        let command = Command::Pack { fulfillment, parcels: step.small };
        let at = self.at(step);
        let outcome = self.apply(at, &command);
        if outcome.is_ok() {
            let places = first..first + usize::from(step.made);
            for (&handle, place) in self.transition.created.iter().zip(places) {
                self.parcels[place] = handle;
            }
            self.work_done(step.subject as usize);
        }
        Some(outcome)
    }

    fn is_incomplete(&self, place: usize) -> bool {
        let facts = self.engine.fulfillment(self.fulfillments[place]);
        facts.is_some_and(|facts| facts.state == FulfillmentState::Incomplete)
    }

    fn work_done(&mut self, place: usize) {
        let node = self.nodes[place];
        self.world.load.take(node, self.model.pack_work[node.index()]);
    }

    fn order(&self, step: &Step) -> Option<Handle> {
        Some(self.orders[step.subject as usize]).filter(|&handle| handle != Handle::default())
    }
}

impl Until<'_> {
    fn over(&self, elapsed: Duration) -> bool {
        self.duration.is_some_and(|duration| duration <= elapsed) || self.stop.load(Ordering::Relaxed)
    }

    /// The instant at which the play ends, whatever is left.
    fn end(&self, start: Instant) -> Instant {
        start + self.duration.unwrap_or(FOREVER)
    }

    /// Waits until then; false where the play ends before.
    #[inline]
    fn wait(&self, due: Instant, mut now: Instant, start: Instant) -> bool {
        let until = due.min(self.end(start));
        while GRANULE < until.saturating_duration_since(now) {
            std::thread::sleep(GRANULE / 2);
            now = Instant::now();
            if self.stop.load(Ordering::Relaxed) {
                return false;
            }
        }
        Schedule::wait(until, now);
        due <= until
    }
}

fn world<'m>(model: &'m Model, engine: &'m Engine, draw: Draw) -> World<'m> {
    World::new(model, engine, draw, Auditor::new(Audit::Off, Setup::default()))
}
