//! What a stage function can touch: the model, the engine, the draws, the watchers, and an outbox for tokens
//! that it sets going beside its own.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::FaultWatch;
use super::promotion::Ages;
use super::trip::{Column, OrderTrip, Trip, Trips};
use super::{Next, Stage};
use crate::allocation::{Allocator, BoxItem, Boxes, NodeLoad, Snapshot, StockView, Tables, WaitKey, Waiting};
use crate::audit::Auditor;
use crate::demand::OrderDraft;
use crate::domain::{
    CartLine, Command, Handle, LaneId, Money, NodeId, OrderId, Plan, Refusal, SkuId, Subject, Transition,
};
use crate::engine::{Engine, OpenLine, OrderFacts};
use crate::journal::Sink;
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::plant::planted;
use crate::kernel::time::{Moment, Span};
use crate::logistics::Planner;
use crate::metrics::{EventLog, LoggedFulfillment, LoggedOrder, LoggedParcel, Metrics, Notes, Phase};
use crate::model::Model;

/// Everything that a stage function works on.
pub struct World<'m> {
    pub model: &'m Model,
    pub engine: &'m Engine,
    pub at: Moment,
    pub draw: Draw,
    pub metrics: Metrics,
    pub log: EventLog,
    pub tape: Option<&'m mut dyn Sink>,
    pub audit: Auditor,
    pub orders: Column<OrderTrip>,
    pub trips: Trips,
    /// Open work on the floors: what `balance` steers by.
    pub load: NodeLoad,
    /// What the strategy's last refresh made.
    pub tables: Option<Tables>,
    /// Orders that wait for the strategy's next wave.
    pub wave: Vec<Handle>,
    /// Stations that vans leave; empty where the last mile is a law.
    pub depots: Vec<super::round::Depot>,
    pub lockers: super::pick_up::Lockers,
    /// Tours of pickers; empty where orders are picked one by one.
    pub tours: super::tour::Tours,
    /// Hubs whose room is limited, and carriers' days; empty without such limits.
    pub floors: super::yard::Floors,
    pub quotas: super::quota::Quotas,
    /// Parcels that lay where the shopper fetches them by the promise, by order.
    pub ready: BTreeMap<OrderId, u32>,
    pub promises: super::promise::Promises,
    pub contacts: super::contact::Contacts,
    /// `None` where goods come by the scenario's receipts, and stay.
    pub supply: Option<Box<super::supply::Supply>>,
    pub complaints: super::pool::Pool<super::complaint::Complaint>,
    /// When the return of a parcel was asked for, by the parcel's trip.
    pub returning: BTreeMap<u64, Moment>,
    /// Orders whose shoppers have not judged them; empty where nobody does.
    pub moods: BTreeMap<OrderId, super::experience::Mood>,
    /// Open visits and what they share; `None` where arrivals are orders.
    pub visits: Option<Box<super::session::Visits>>,
    /// Backordered orders by SKU; tokens are order handles.
    pub waiting: Waiting,
    /// Captures whose callback is late, by order handle: the order may be gone when it comes.
    pub late: BTreeMap<u64, Capture>,
    /// How old the customers' points are, where they grow too old.
    pub points: Option<Ages>,
    /// A transition that is looked at while something else is asked of the engine.
    pub aside: Transition,
    /// Orders whose address waits for its correction.
    pub holds: BTreeSet<u64>,
    /// Captures of which the shop did not wait to hear, by order handle, the instant at which it will, and attempt.
    pub overtaken: BTreeMap<(u64, Moment, u8), Capture>,
    /// By payment method: when its next request is due at the provider's rate. Empty without rate limits.
    pub due_at_provider: Vec<Moment>,
    /// Returned goods on their way to the shelf, by trip.
    pub piles: BTreeMap<Handle, super::put_away::Pile>,
    /// `None`: nobody asks for shipping notes.
    pub notes: Option<Notes>,
    /// How long a server had the token in hand, where crews are not as fast as stages ask.
    pub took: Option<Span>,
    /// What faults did and left behind; empty without faults.
    pub faults: FaultWatch,
    /// Parcels that got lost, by trip, until the shop stops looking.
    pub missing: BTreeMap<u64, super::lost::Missing>,
    /// What is wrong with parcels, by key, until the shopper or the node has them.
    pub flaws: BTreeMap<u64, u8>,
    pub tracking: super::tracking::Tracking,
    /// What is known of carriers; nothing where freight alone decides.
    pub scorecard: super::scorecard::Scorecard,
    /// The group that is moving on, while its members run `then`: its first member, and this one's place.
    pub group: Option<(Handle, usize)>,
    /// The lane whose vehicle is being loaded or unloaded.
    pub lane: LaneId,
    pub outbox: Vec<(Handle, Next)>,
    pub transition: Transition,
    pub draft: OrderDraft,
    pub scratch: Scratch,
    pub carts: super::cart::Carts,
    pub wishes: super::wish::Wishes,
    /// `None`: every callback is believed.
    pub callbacks: Option<Box<super::signed::CallbackDesk>>,
    /// What parcels cost and emitted; `None` where it is not traced.
    pub trace: Option<Box<super::trace::Trace>>,
}

/// Reused buffers.
#[derive(Default)]
pub struct Scratch {
    pub plan: Plan,
    pub open: Vec<OpenLine>,
    pub lines: Vec<(SkuId, u32)>,
    pub view: Vec<crate::allocation::OpenLine>,
    pub own: Vec<(SkuId, NodeId, u32)>,
    /// By node: whether it is offline now. Empty where nothing goes wrong.
    pub offline: Vec<bool>,
    pub created: Vec<Handle>,
    pub items: Vec<BoxItem>,
    pub boxes: Boxes,
    pub cart: Vec<CartLine>,
    pub offers: Vec<super::checkout::Offered>,
}

/// What a payment provider captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capture {
    pub id: OrderId,
    pub reference: u64,
    pub amount: Money,
}

const SECRET: Purpose = Purpose::named("payment secret");

impl<'m> World<'m> {
    pub fn new(model: &'m Model, engine: &'m Engine, draw: Draw, audit: Auditor) -> World<'m> {
        World {
            model,
            engine,
            at: Moment::ZERO,
            draw,
            metrics: Metrics::new(model.shape()),
            log: EventLog::new(model.log_one_in),
            tape: None,
            audit,
            orders: Column::default(),
            trips: Trips::default(),
            load: NodeLoad::new(&model.packers()),
            tables: None,
            wave: Vec::new(),
            depots: super::round::depots(model),
            lockers: super::pick_up::Lockers::new(model),
            tours: super::tour::Tours::default(),
            floors: super::yard::Floors::new(model),
            quotas: super::quota::Quotas::new(model),
            ready: BTreeMap::new(),
            promises: super::promise::Promises::new(model),
            contacts: super::contact::Contacts::default(),
            supply: super::supply::Supply::new(model),
            complaints: super::pool::Pool::default(),
            returning: BTreeMap::new(),
            moods: BTreeMap::new(),
            visits: super::session::Visits::new(model).map(Box::new),
            waiting: Waiting::new(model.catalog().len()),
            late: BTreeMap::new(),
            points: Ages::new(model),
            aside: Transition::default(),
            holds: BTreeSet::new(),
            overtaken: BTreeMap::new(),
            due_at_provider: match model.payment.iter().any(|method| method.limit.is_some()) {
                true => vec![Moment::ZERO; model.payment.len()],
                false => Vec::new(),
            },
            piles: BTreeMap::new(),
            notes: model.floor.notes.as_ref().map(|rules| Notes::new(model.nodes.len(), rules.all)),
            took: None,
            faults: FaultWatch::new(model),
            missing: BTreeMap::new(),
            flaws: BTreeMap::new(),
            tracking: super::tracking::Tracking::default(),
            scorecard: super::scorecard::Scorecard::new(model),
            group: None,
            lane: LaneId(0),
            outbox: Vec::new(),
            transition: Transition::default(),
            draft: OrderDraft::default(),
            scratch: Scratch::default(),
            carts: super::cart::Carts::default(),
            wishes: super::wish::Wishes::new(model),
            callbacks: super::signed::CallbackDesk::new(model, draw.bits(SECRET, 0, 0)),
            trace: super::trace::Trace::new(model),
        }
    }

    /// Plans on the lanes that are open now.
    #[inline]
    pub fn planner(&self) -> Planner<'m> {
        let ways = self.model.faults.as_deref().and_then(|faults| faults.ways(self.at));
        self.model.network.planner(ways.or_else(|| Some(self.model.network.ways_at(self.at))))
    }

    /// Asks the engine; what happened is in `self.transition`. A refusal is counted by reason.
    #[inline]
    pub fn apply(&mut self, command: &Command<'_>) -> Result<(), Refusal> {
        let applied = self.attempt(command);
        if let Err(refusal) = applied {
            self.metrics.refused(refusal);
        }
        applied
    }

    /// As `apply`, for commands that are expected to come too late (expiry, cancel): a refusal is not counted.
    #[inline]
    pub fn attempt(&mut self, command: &Command<'_>) -> Result<(), Refusal> {
        let before = super::promotion::before(self, command);
        let applied = self.engine.apply(self.at, command, &mut self.transition);
        if let Some(tape) = &mut self.tape {
            tape.saw(self.at, command, applied.map(|()| &self.transition));
        }
        if let Err(refusal) = applied {
            self.audit.refused(command, refusal);
            return Err(refusal);
        }
        self.audit.saw(command, &self.transition, self.engine);
        self.metrics.saw(&self.transition);
        self.log.saw(&self.transition);
        if self.supply.is_some() {
            super::supply::saw(self);
        }
        if self.model.promotions.is_some() {
            super::promotion::settle(self, before);
        }
        if self.model.wishlist.is_some() {
            super::wish::came_back(self);
        }
        if self.model.experience.is_some() {
            super::experience::ended(self);
        }
        if let Allocator::Own(strategy) = &self.model.allocator {
            strategy.observe(&self.transition);
        }
        Ok(())
    }

    /// Sets another token going.
    #[inline]
    pub fn send(&mut self, token: Handle, next: Next) {
        self.outbox.push((token, next));
    }

    /// Ends the phase in which the order was and begins the next.
    #[inline]
    pub fn order_leaves(&mut self, order: Handle, phase: Phase) {
        let trip = self.orders.get(order);
        let spent = self.at.since(trip.since());
        trip.enter(self.at);
        self.metrics.left(phase, spent);
    }

    /// As `order_leaves`, for a fulfillment order or a parcel.
    #[inline]
    pub fn trip_leaves(&mut self, token: Handle, phase: Phase) -> Span {
        let trip = self.trips.get(token);
        let spent = self.at.since(trip.since);
        trip.since = self.at;
        self.metrics.left(phase, spent);
        spent
    }

    /// The handle that the last transition is about.
    pub fn subject(&self) -> Handle {
        match self.transition.subject {
            Subject::Order(handle) | Subject::Fulfillment(handle) | Subject::Parcel(handle) => handle,
            Subject::Stock | Subject::Customer(_) | Subject::Cart(_) => panic!("no order, and so no handle"),
        }
    }

    /// A sampled order enters the log as it was submitted.
    pub fn log_order(&mut self, id: OrderId, _order: Handle) {
        if !self.log.wants(id) {
            return;
        }
        let draft = &self.draft;
        self.log.orders.push(LoggedOrder {
            order: id,
            zone: draft.zone.0,
            method: draft.method.0,
            payment: draft.payment.0,
            amount: draft.goods + self.model.methods[draft.method.index()].price + draft.surcharge,
            lines: draft.lines.len() as u32,
            units: draft.lines.iter().map(|line| line.quantity).sum(),
        });
    }

    pub fn log_fulfillment(&mut self, order: OrderId, handle: Handle, node: NodeId) {
        if self.log.wants(order) {
            self.log.fulfillments.push(LoggedFulfillment { handle, order, node });
        }
    }

    pub fn log_parcel(&mut self, trip: &Trip, fulfillment: Handle) {
        if self.log.wants(trip.order_of_parcel()) {
            let &Trip { handle, carrier, weight_g, .. } = trip;
            self.log.parcels.push(LoggedParcel { handle, fulfillment, carrier, weight_g });
        }
    }

    /// The strategy looks at the whole stock; the span after which it wants to look again.
    pub fn refresh_strategy(&mut self) -> Option<Span> {
        let span = self.model.allocator.refresh_every()?;
        self.look_for_nodes();
        let stock = StockView::live(self.engine.stock()).with_load(&self.load);
        let mut stock = stock.without_nodes(&self.scratch.offline);
        if let Some(tables) = &self.tables {
            stock = stock.with_tables(tables);
        }
        let snapshot = Snapshot { skus: self.model.catalog().len(), nodes: self.model.nodes.len(), stock };
        if let Some(tables) = self.model.allocator.refresh(self.at, &snapshot) {
            self.tables = Some(tables);
        }
        Some(span)
    }

    /// Stock came back or in: the orders that wait for it longest by rank, promise and age are allocated again,
    /// at most as many as there are units.
    pub fn stock_arrived(&mut self, sku: SkuId) {
        let mut units = self.engine.stock().available_anywhere(sku);
        units -= u64::from(planted("lost-wake-up") && 0 < units);
        let mut waiter = self.waiting.first(sku);
        while let Some(found) = waiter {
            let order = Handle::from_bits(found.token);
            if self.engine.order_state(order).is_none() {
                self.waiting.leave(sku, found.key);
            } else if units == 0 {
                return;
            } else {
                units -= 1;
                self.send(order, Next::Go(Stage::Allocate));
            }
            waiter = self.waiting.after(sku, found.key);
        }
    }

    /// The key by which an order waits for stock.
    pub fn wait_key(&self, facts: &OrderFacts) -> WaitKey {
        let rank = self.model.methods[facts.method.index()].rank;
        WaitKey { rank, promised: facts.promised, order: facts.id }
    }
}
