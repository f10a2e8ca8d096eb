//! WHAT WAS SEEN: counts, times, costs and a sampled event log of one replication.
//!
//! # Promises
//! - Everything is an integer, or a float summed in event order on one thread: equal seeds give equal bytes.
//! - Lead times, ship times, lateness and on-time shares leave out orders submitted during the warm-up, and the
//!   times of phases leave out those that ended in it; counts and costs cover the whole run.

mod after_sales;
mod cart;
mod cost;
mod door;
mod event_log;
mod floor;
mod inspection;
mod last_mile;
mod life;
mod movement;
mod notes;
mod phase;
mod promise;
mod service;
mod storefront;
mod supply;
mod times;
mod trace;
mod tracking;

use crate::domain::{
    CarrierId, MethodId, Money, MoneyAccount, NodeId, OrderState, Refusal, SplitReason, Step, Transition,
    ZoneId,
};
use crate::kernel::time::{Moment, Span};

pub use after_sales::{ComplaintsSeen, ExperienceSeen, ReturnsSeen};
pub use cart::{CallbackSeen, CartSeen, PreferenceSeen, WishSeen};
pub use cost::{CostLine, Costs};
pub use door::DoorSeen;
pub use event_log::{EventLog, LogRow, LoggedFulfillment, LoggedOrder, LoggedParcel, LoggedScan};
pub use floor::{FloorSeen, RoomSeen, StaffSeen};
pub use inspection::{Cause, Confusion, InspectionSeen};
pub use last_mile::{LastMileSeen, PickUpSeen};
pub use life::{CheckoutSeen, CouponSeen, Judged, PaymentSeen, PromotionSeen, ReviewSeen};
pub use movement::{CarrierDays, MovementSeen, RoadSeen, YardSeen};
pub use notes::{Goods, Note, Notes};
pub use phase::{Phase, PhaseTimes};
pub use promise::PromiseSeen;
pub use service::{DeskSeen, ServiceSeen};
pub use storefront::{Loaded, StorefrontSeen, VisitStep};
pub use supply::SupplySeen;
pub use times::Times;
pub use trace::{Footprint, TraceSeen, UNITS, minor, share};
pub use tracking::{Errors, HORIZONS_H, Scan, Shown, TrackingSeen};

/// Why a visitor left without an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Loss {
    /// Looked and bought nothing.
    Browse,
    /// Left a filled cart.
    Cart,
    /// Would have ordered, but pages loaded too slowly.
    SlowPage,
    /// Left between the cart and the order.
    Checkout,
    /// Left because the price went up.
    Price,
    /// Nothing of what they wanted was to be had.
    EmptyShelves,
    /// Left because they could not pay by the method that they like.
    PaymentMethod,
}

/// What a shopper finds wrong with the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Fault {
    Appearance,
    Quantity,
    Specification,
    /// Nothing is wrong; the shopper changed their mind.
    ChangeOfMind,
}

impl Loss {
    pub const ALL: [(Loss, &str); 7] = [
        (Loss::Browse, "lost-browsing"),
        (Loss::Cart, "lost-in-cart"),
        (Loss::SlowPage, "lost-to-slow-pages"),
        (Loss::Checkout, "lost-at-checkout"),
        (Loss::Price, "lost-to-a-price"),
        (Loss::EmptyShelves, "lost-to-empty-shelves"),
        (Loss::PaymentMethod, "lost-to-a-missing-method"),
    ];
}

impl Fault {
    pub const ALL: [(Fault, &str); 4] = [
        (Fault::Appearance, "fault-appearance"),
        (Fault::Quantity, "fault-quantity"),
        (Fault::Specification, "fault-specification"),
        (Fault::ChangeOfMind, "change-of-mind"),
    ];
}

/// Sizes of the tables that the watchers index.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub nodes: usize,
    pub zones: usize,
    pub methods: usize,
    pub carriers: usize,
    pub payment_methods: usize,
    pub review_rules: usize,
    pub coupons: usize,
    pub complaint_tiers: usize,
    pub segments: usize,
    pub interval: Span,
    pub horizon: Moment,
    pub warm_up: Moment,
}

/// Orders of one delivery method.
#[derive(Debug, Clone, Default)]
pub struct MethodSeen {
    pub orders: u64,
    pub on_time: u64,
    pub lead: Times,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct CarrierSeen {
    pub parcels: u64,
    pub delivered: u64,
    pub on_time: u64,
    pub lost: u64,
    pub freight: i64,
    pub damaged: u64,
    /// Times that a parcel was left lying, and for how long in all.
    pub delayed: u64,
    pub delayed_us: u64,
    /// Parcels that were carried though another carrier was cheaper.
    pub for_its_record: u64,
    /// Late, damaged and lost shares, as the shop's record has them at the end.
    pub record: [f64; 3],
}

#[derive(Debug, Clone, Copy, Default)]
pub struct NodeSeen {
    pub parcels: u64,
    pub units: u64,
}

/// The counters of one replication.
pub struct Metrics {
    shape: Shape,
    /// Stage functions run: one token handled at one instant.
    pub stage_steps: u64,
    pub submitted: u64,
    pub units: u64,
    pub lines: u64,
    pub refused: [u64; Refusal::ALL.len()],
    pub refused_at_submit: u64,
    pub losses: [u64; Loss::ALL.len()],
    pub faults: [u64; 4],
    pub steps: [u64; Step::ALL.len()],
    /// Orders by the final state they reached.
    pub finals: [u64; OrderState::ALL.len()],
    pub phases: PhaseTimes,
    pub lead: Times,
    pub ship: Times,
    pub lateness: Times,
    promise_sum: u128,
    promised: u64,
    pub delivered: u64,
    pub on_time: u64,
    /// Orders that had a first allocation.
    pub allocated: u64,
    pub split: u64,
    /// Shipments beyond the first of an order, by `SplitReason`.
    pub splits: [u64; SplitReason::ALL.len()],
    pub fulfillments: u64,
    pub merged: u64,
    /// Orders that lost their place in a shared box because another order in it was cancelled.
    pub unmerged: u64,
    /// How long fulfillment orders waited for others of their customer.
    pub merge_wait: Times,
    pub backordered: u64,
    pub attempts: u64,
    pub late_callbacks: u64,
    pub payments: Vec<PaymentSeen>,
    pub checkout: CheckoutSeen,
    pub review: ReviewSeen,
    pub promotions: PromotionSeen,
    pub last_mile: LastMileSeen,
    pub floor: FloorSeen,
    pub pick_up: PickUpSeen,
    pub carts: CartSeen,
    pub wishes: WishSeen,
    pub callbacks: CallbackSeen,
    /// By payment method: shoppers who like it best.
    pub preferred: Vec<PreferenceSeen>,
    pub promises: PromiseSeen,
    pub tracking: TrackingSeen,
    pub inspection: InspectionSeen,
    pub door: DoorSeen,
    pub service: ServiceSeen,
    pub supply: SupplySeen,
    pub returns: ReturnsSeen,
    pub complaints: ComplaintsSeen,
    pub experience: ExperienceSeen,
    pub storefront: StorefrontSeen,
    pub movement: MovementSeen,
    /// Minor units that shoppers paid, and got back.
    pub captured: i64,
    pub refunded: i64,
    pub methods: Vec<MethodSeen>,
    pub carriers: Vec<CarrierSeen>,
    pub nodes: Vec<NodeSeen>,
    /// Parcels by (node, zone), row by node.
    pub flows: Vec<u64>,
    /// Of all parcels from their origin to their zone, by road; and the same times their weight.
    pub km: f64,
    pub kg_km: f64,
    pub submitted_by_interval: Vec<u64>,
    pub delivered_by_interval: Vec<u64>,
    /// By interval and state: how many more orders came into it than left it.
    moves: Vec<[i64; OrderState::ALL.len()]>,
    /// The interval of the last transition, and when it ends.
    interval: (usize, Moment),
    pub costs: Costs,
    /// At the horizon, where costs are traced to parcels.
    pub trace: Option<TraceSeen>,
}

impl Metrics {
    pub fn new(shape: Shape) -> Metrics {
        let intervals = (shape.horizon.0 / shape.interval.0) as usize + 1;
        Metrics {
            shape,
            stage_steps: 0,
            submitted: 0,
            units: 0,
            lines: 0,
            refused: Default::default(),
            refused_at_submit: 0,
            losses: Default::default(),
            faults: Default::default(),
            steps: [0; Step::ALL.len()],
            finals: Default::default(),
            phases: PhaseTimes::default(),
            lead: Times::default(),
            ship: Times::default(),
            lateness: Times::default(),
            promise_sum: 0,
            promised: 0,
            delivered: 0,
            on_time: 0,
            allocated: 0,
            split: 0,
            splits: Default::default(),
            fulfillments: 0,
            merged: 0,
            unmerged: 0,
            merge_wait: Times::default(),
            backordered: 0,
            attempts: 0,
            late_callbacks: 0,
            checkout: CheckoutSeen::default(),
            last_mile: LastMileSeen::default(),
            floor: FloorSeen::default(),
            pick_up: PickUpSeen::default(),
            carts: CartSeen::default(),
            wishes: WishSeen::default(),
            callbacks: CallbackSeen::default(),
            preferred: vec![PreferenceSeen::default(); shape.payment_methods],
            promises: PromiseSeen::default(),
            tracking: TrackingSeen::default(),
            inspection: InspectionSeen::default(),
            door: DoorSeen::default(),
            service: ServiceSeen::default(),
            supply: SupplySeen::default(),
            returns: ReturnsSeen::default(),
            complaints: ComplaintsSeen {
                opened: vec![0; shape.complaint_tiers],
                ..ComplaintsSeen::default()
            },
            experience: ExperienceSeen::default(),
            storefront: StorefrontSeen::new(shape.segments),
            movement: MovementSeen {
                carriers: vec![CarrierDays::default(); shape.carriers],
                ..MovementSeen::default()
            },
            promotions: PromotionSeen {
                coupons: vec![CouponSeen::default(); shape.coupons],
                ..PromotionSeen::default()
            },
            review: ReviewSeen { rules: vec![0; shape.review_rules], ..ReviewSeen::default() },
            payments: vec![PaymentSeen::default(); shape.payment_methods],
            captured: 0,
            refunded: 0,
            methods: vec![MethodSeen::default(); shape.methods],
            carriers: vec![CarrierSeen::default(); shape.carriers],
            nodes: vec![NodeSeen::default(); shape.nodes],
            flows: vec![0; shape.nodes * shape.zones],
            km: 0.0,
            kg_km: 0.0,
            submitted_by_interval: vec![0; intervals],
            delivered_by_interval: vec![0; intervals],
            moves: vec![Default::default(); intervals],
            interval: (0, Moment(shape.interval.0)),
            costs: Costs::default(),
            trace: None,
        }
    }

    /// One transition of the engine.
    #[inline]
    pub fn saw(&mut self, transition: &Transition) {
        self.steps[transition.step as usize] += 1;
        for posting in &transition.postings {
            self.captured += if posting.from == MoneyAccount::Shopper { posting.amount.0 } else { 0 };
            self.refunded += if posting.to == MoneyAccount::Shopper { posting.amount.0 } else { 0 };
        }
        if let Some(to) = transition.to.filter(|to| to.is_final() && transition.from != Some(*to)) {
            self.finals[to as usize] += 1;
        }
        self.moved(transition.at, transition.from, transition.to);
        for change in &transition.also {
            if change.from != change.to && change.to.is_final() {
                self.finals[change.to as usize] += 1;
            }
            self.moved(transition.at, Some(change.from), Some(change.to));
        }
    }

    #[inline]
    fn moved(&mut self, at: Moment, from: Option<OrderState>, to: Option<OrderState>) {
        if from == to {
            return;
        }
        // Transitions come in order of time: intervals are counted up, not divided.
        while self.interval.1 <= at {
            self.interval = (self.interval.0 + 1, self.interval.1 + self.shape.interval);
        }
        let moves = &mut self.moves[self.interval.0];
        from.into_iter().for_each(|from| moves[from as usize] -= 1);
        to.into_iter().for_each(|to| moves[to as usize] += 1);
    }

    /// Orders in each state at the end of each whole interval, by interval, then by state.
    pub fn states(&self) -> Vec<[i64; OrderState::ALL.len()]> {
        let whole = (self.shape.horizon.0 / self.shape.interval.0) as usize;
        let mut orders = [0; OrderState::ALL.len()];
        let end = |moves: &[i64; OrderState::ALL.len()]| {
            orders.iter_mut().zip(moves).for_each(|(orders, more)| *orders += more);
            orders
        };
        self.moves[..whole].iter().map(end).collect()
    }

    /// Work in process: orders neither final nor content with what they have, at the end of each whole interval.
    pub fn in_work(&self) -> Vec<i64> {
        let working = |orders: &[i64; OrderState::ALL.len()]| {
            let states = OrderState::ALL.iter().zip(orders);
            states.filter(|(state, _)| state.is_in_work()).map(|(_, orders)| orders).sum()
        };
        self.states().iter().map(working).collect()
    }

    #[inline]
    pub fn refused(&mut self, refusal: Refusal) {
        self.refused[refusal as usize] += 1;
    }

    pub fn lost(&mut self, loss: Loss) {
        self.losses[loss as usize] += 1;
    }

    pub fn fault(&mut self, fault: Fault) {
        self.faults[fault as usize] += 1;
    }

    #[inline]
    pub fn submitted(&mut self, at: Moment, lines: usize, units: u64) {
        self.submitted += 1;
        self.lines += lines as u64;
        self.units += units;
        self.submitted_by_interval[(at.0 / self.shape.interval.0) as usize] += 1;
    }

    pub fn refused_at_submit(&mut self, refusal: Refusal) {
        self.refused(refusal);
        self.refused_at_submit += 1;
        self.finals[OrderState::Refused as usize] += 1;
    }

    #[inline]
    pub fn quoted(&mut self, at: Moment, promised: Moment) {
        self.promised += 1;
        self.promise_sum += u128::from(promised.saturating_since(at).0);
    }

    pub fn promise_mean_s(&self) -> f64 {
        self.promise_sum as f64 / 1e6 / self.promised.max(1) as f64
    }

    /// The warm-up is over.
    pub fn warmed_up(&mut self) {
        self.phases.warmed_up();
    }

    #[inline]
    pub fn entered(&mut self, phase: Phase) {
        self.phases.entered(phase);
    }

    #[inline]
    pub fn left(&mut self, phase: Phase, spent: Span) {
        self.phases.left(phase, spent);
    }

    #[inline]
    pub fn cost(&mut self, line: CostLine, minor: f64) {
        self.costs.add(line, minor);
    }

    /// An order was planned: how many fulfillment orders this round made, and whether it was the first round.
    #[inline]
    pub fn allocated(&mut self, first: bool, fulfillments: usize) {
        self.fulfillments += fulfillments as u64;
        self.allocated += u64::from(first);
        self.split += u64::from(first && 1 < fulfillments);
    }

    pub fn split_for(&mut self, reason: SplitReason, shipments: u64) {
        self.splits[reason as usize] += shipments;
    }

    pub fn freight(&mut self, carrier: CarrierId, freight: Money) {
        let seen = &mut self.carriers[carrier.index()];
        seen.parcels += 1;
        seen.freight += freight.0;
    }

    pub fn parcel_lost(&mut self, carrier: CarrierId) {
        self.carriers[carrier.index()].lost += 1;
    }

    #[inline]
    pub fn flow(&mut self, node: NodeId, zone: ZoneId, km: f64, weight_g: u32) {
        self.km += km;
        self.kg_km += km * f64::from(weight_g) / 1_000.0;
        self.flows[node.index() * self.shape.zones + zone.index()] += 1;
    }

    #[inline]
    pub fn packed(&mut self, node: NodeId, parcels: u64, units: u64) {
        let seen = &mut self.nodes[node.index()];
        seen.parcels += parcels;
        seen.units += units;
    }

    #[inline]
    pub fn shipped(&mut self, submitted: Moment, at: Moment) {
        if self.shape.warm_up <= submitted {
            self.ship.record(at.since(submitted));
        }
    }

    #[inline]
    pub fn parcel_delivered(&mut self, carrier: CarrierId, promised: Moment, at: Moment) {
        let seen = &mut self.carriers[carrier.index()];
        seen.delivered += 1;
        seen.on_time += u64::from(at <= promised);
    }

    /// The last parcel of an order was handed over.
    #[inline]
    pub fn order_delivered(&mut self, method: MethodId, submitted: Moment, promised: Moment, at: Moment) {
        self.delivered_by_interval[(at.0 / self.shape.interval.0) as usize] += 1;
        if submitted < self.shape.warm_up {
            return;
        }
        let (lead, on_time) = (at.since(submitted), at <= promised);
        self.delivered += 1;
        self.on_time += u64::from(on_time);
        self.lead.record(lead);
        let method = &mut self.methods[method.index()];
        method.orders += 1;
        method.on_time += u64::from(on_time);
        method.lead.record(lead);
        if !on_time {
            self.lateness.record(at.since(promised));
        }
    }

    pub fn flow_rows(&self) -> impl Iterator<Item = (NodeId, ZoneId, u64)> + '_ {
        let zones = self.shape.zones;
        let place = move |index: usize| (NodeId((index / zones) as u16), ZoneId((index % zones) as u16));
        self.flows.iter().enumerate().filter(|row| 0 < *row.1).map(move |(index, &count)| {
            let (node, zone) = place(index);
            (node, zone, count)
        })
    }
}
