//! THE CHECKED WORLD: what the planner wrote, as the dense tables that each rule room defines for itself.
//! Immutable during a run; shared by all replications.

mod after_sales;
mod build;
mod carrier;
mod cart;
pub mod fault;
mod inspection;
pub mod load;
mod movement;
mod network;
mod pick_up;
pub mod picking;
pub mod roster;
mod service;
mod stations;
mod stock;
mod storefront;
mod supply;
mod tracking;

use std::sync::Arc;

use crate::allocation::{AllocationTables, Allocator, BoxLimits, Reach, Rules};
use crate::demand::{Arrivals, DemandTables, LoadTimeEffect, Problem, Visitors};
use crate::domain::{
    Catalog, HandlingClass, LaneId, MethodId, Money, NodeId, NodeKind, OrderId, PaymentMethodId, SkuId,
    StationId, ZoneId,
};
use crate::engine::{EngineRules, EngineSize};
use crate::kernel::draw::Draw;
use crate::kernel::law::Law;
use crate::kernel::normal::{normal_quantile, normal_share_below};
use crate::kernel::time::{Moment, Span};
use crate::logistics::Network;
use crate::metrics::{Fault, Shape};
use crate::scenario::spec::{self, Costs, Initial, QueueOrder, Wave, Zone};

pub use after_sales::{Complaints, Experience, Returns};
pub use carrier::{CarrierMishaps, Mishaps};
pub use cart::{CartRules, Choosy, Signing, WishRules};
pub use fault::{FaultRow, Faults};
pub use inspection::Inspection;
pub use movement::{DayShare, Movement};
pub use pick_up::{PickUp, To};
pub use picking::Picking;
pub use service::{Desk as ServiceDesk, Service};
pub use stations::{StationKind, StationRow};
pub use storefront::Storefront;
pub use supply::{PrePosition, ReplenishCell, ReplenishRule, Replenishment};
pub use tracking::Tracking;

/// Orders under way at instant zero are numbered from here on; the stream numbers from zero.
pub const FIRST_INITIAL_ORDER: u64 = 1 << 40;
/// An order of a shopper who comes back is numbered as the one before it and so much.
pub const REPEAT_ORDER: u64 = 1 << 41;
/// A replacement is numbered as the order that it replaces something of and so much.
pub const EXCHANGE_ORDER: u64 = 1 << 45;

/// Everything a run works by.
pub struct Model {
    pub horizon: Moment,
    pub warm_up: Moment,
    pub interval: Span,
    pub log_one_in: u64,
    pub engine_size: EngineSize,
    pub engine_rules: EngineRules,
    pub demand: DemandTables,
    pub shop: Shop,
    pub checkout: Checkout,
    /// `None`: a cart is a time and a share.
    pub cart: Option<CartRules>,
    pub wishlist: Option<WishRules>,
    /// `None`: no coupons, and nobody spends points.
    pub promotions: Option<Promotions>,
    pub network: Network,
    pub nodes: Vec<Node>,
    pub stations: Vec<StationRow>,
    pub methods: Vec<Method>,
    /// `None`: every shopper is met at the door.
    pub pick_up: Option<PickUp>,
    pub payment: Vec<PaymentMethod>,
    pub payment_window: Span,
    /// `None`: every callback is believed.
    pub signing: Option<Signing>,
    /// `None`: shoppers pay by what there is.
    pub choosy: Option<Choosy>,
    /// Some payment method has a timeout, a rate limit or a fallback.
    pub watches_payment: bool,
    /// Some payment method is cash on delivery.
    pub takes_cash: bool,
    pub review: Review,
    pub cancel: Cancel,
    pub floor: Floor,
    pub boxes: BoxLimits,
    /// Some SKU is longer than a box.
    pub sells_long_goods: bool,
    pub allocator: Allocator,
    pub tables: Arc<AllocationTables>,
    pub rules: Rules,
    /// Goods of a second box are worth at least so much.
    pub min_box_value: Money,
    pub reserve_at: ReserveAt,
    pub backorder_patience: Span,
    pub after_sales: AfterSales,
    pub costs: Costs,
    pub initial: Initial,
    pub initial_stock: Vec<(SkuId, NodeId, u32)>,
    pub safety: f64,
    pub receipts: Vec<Receipt>,
    /// `None`: goods come by the receipts alone.
    pub replenish: Option<Replenishment>,
    /// `None`: goods stay where the supplier put them.
    pub pre_position: Option<PrePosition>,
    /// What goes wrong; `None`: nothing.
    pub faults: Option<Box<Faults>>,
    pub carrier_names: Vec<String>,
    pub zones: Vec<Zone>,
    /// Visitors who never order, by hour.
    pub visitors: Visitors,
    pub expected: Expected,
    /// Mean packing work by node.
    pub pack_work: Vec<Span>,
    /// Mean picking work by node.
    pub pick_work: Vec<Span>,
    /// `None`: floors, carriers and roads take everything at any time.
    pub movement: Option<Box<Movement>>,
    /// `None`: promises are a table.
    pub promise: Option<PromiseRules>,
    /// `None`: carriers lose, damage and delay nothing.
    pub mishaps: Option<Mishaps>,
    /// `None`: freight alone decides.
    pub carrier_choice: Option<CarrierChoice>,
    /// `None`: nobody looks where a parcel is.
    pub tracking: Option<Tracking>,
    /// `None`: the shares of faults say it all, and shoppers find every fault.
    pub inspection: Option<Inspection>,
    /// `None`: nothing is left at a door.
    pub signature: Option<Signature>,
    /// What is lost or stolen is sent once more, where the node has it.
    pub re_ship: bool,
    /// Of the freight, by carrier: what the way back costs of a parcel that nobody took.
    pub return_freight: Vec<f64>,
    /// Whether what happens at doors is told.
    pub door_is_told: bool,
    /// Cost and CO2 are traced to parcels.
    pub traces: bool,
    /// By carrier: what an attempt at the door emits where the last mile is a law, in micrograms.
    pub attempt_ug: Vec<u128>,
    /// `None`: shoppers ask nothing.
    pub service: Option<Service>,
    /// `None`: every return is taken.
    pub returns: Option<Returns>,
    /// `None`: nobody complains and keeps the goods.
    pub complaints: Option<Complaints>,
    /// `None`: nobody says how content they are.
    pub experience: Option<Experience>,
    /// `None`: arrivals are orders.
    pub storefront: Option<Box<Storefront>>,
}

/// Shares and means that the offered load is estimated from.
pub struct Expected {
    pub lines: f64,
    pub units_per_line: f64,
    pub method_share: Vec<f64>,
    pub payment_share: Vec<f64>,
}

impl Expected {
    /// The mean order.
    pub fn order(&self) -> picking::Load {
        picking::Load { orders: 1.0, lines: self.lines, units: self.lines * self.units_per_line }
    }
}

pub use crate::scenario::spec::{
    CarrierChoice, Choice, Discount, Learning, MOST_FALLBACKS, MOST_SESSION_LINES, Offers, PickMethod,
    Policy, PromiseRules, ReserveAt, ReviewRule, ReviewVerdict, Signature,
};

pub struct Shop {
    pub pages: u32,
    pub load_time: Law,
    pub slow_page: LoadTimeEffect,
    pub think_time: Law,
    pub cart_time: Law,
}

pub struct Checkout {
    pub steps: u32,
    pub step_time: Law,
    /// Of shoppers who pass all steps, and of those who pass on one page.
    pub loss: f64,
    pub loss_one_click: f64,
    pub one_click: f64,
    pub address: Option<Address>,
    pub quote: Option<Quote>,
    /// `None`: shoppers take a method by its share, and are shown one offer.
    pub choice: Option<spec::Choice>,
}

pub struct Promotions {
    pub coupons: Vec<Coupon>,
    pub points: Option<spec::Points>,
}

#[derive(Debug)]
pub struct Coupon {
    pub name: String,
    pub off: Discount,
    pub threshold: Money,
    pub class: Option<HandlingClass>,
    /// By number.
    pub group: Option<u8>,
    pub share: f64,
}

/// Addresses that nobody can deliver to.
pub struct Address {
    pub error: f64,
    pub check: f64,
    pub correction: Law,
    pub patience: Span,
}

/// Prices that hold for a while only.
pub struct Quote {
    pub lifetime: Span,
    pub changes_per_us: f64,
    pub change: f64,
    pub loss: f64,
}

pub struct Node {
    pub name: String,
    pub kind: NodeKind,
    pub capital_per_day: Money,
    pub speed: f64,
    /// Stations that the node does not have are `NO_STATION`.
    pub pick: StationId,
    /// Pickers of the next zone are at the next station.
    pub pick_zones: u32,
    pub pack: StationId,
    pub grade: StationId,
    pub sort: StationId,
    pub put_away: StationId,
}

/// A hub without sorters passes parcels on at once.
pub const NO_STATION: StationId = StationId(u32::MAX);

pub struct Method {
    pub name: String,
    pub price: Money,
    pub rank: u32,
    pub to: To,
    pub offers: Offers,
}

pub struct PaymentMethod {
    pub name: String,
    pub cash_on_delivery: bool,
    pub station: StationId,
    pub latency: Law,
    pub success: f64,
    pub retry: f64,
    pub retry_after: Law,
    pub late_share: f64,
    pub late_delay: Law,
    pub duplicate: f64,
    pub fee: f64,
    pub refuse_at_door: f64,
    /// How long a carrier keeps what was paid at the door.
    pub remit_after: Span,
    pub timeout: Option<Span>,
    pub limit: Option<RateLimit>,
    pub fallback: Option<Fallback>,
}

/// What a provider admits: a request each `gap`, and `slack` earlier after a pause.
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    pub gap: Span,
    pub slack: Span,
}

/// Where shoppers go on who are turned down for good, and how many of them.
#[derive(Debug, Clone, Copy)]
pub struct Fallback {
    pub to: PaymentMethodId,
    pub share: f64,
}

pub struct Review {
    pub manual_score: f64,
    pub reject_score: f64,
    pub station: StationId,
    pub work: Law,
    pub manual_reject: f64,
    pub fraud: f64,
    pub separation: f64,
    pub detection: f64,
    pub chargeback_fee: Money,
    pub rules: Vec<spec::ReviewRule>,
}

impl Review {
    /// Whether there is more than a score and a queue.
    pub fn is_told(&self) -> bool {
        0.0 < self.fraud || !self.rules.is_empty()
    }

    /// Of all orders, the share that the score sends to a person. Rules are left out.
    pub fn looked_at(&self) -> f64 {
        let above = |threshold: f64, shift: f64| match threshold {
            at if at <= 0.0 => 1.0,
            at if 1.0 <= at => 0.0,
            at if shift == 0.0 => 1.0 - at,
            at => 1.0 - normal_share_below(normal_quantile(at) - shift),
        };
        let between = |shift| (above(self.manual_score, shift) - above(self.reject_score, shift)).max(0.0);
        (1.0 - self.fraud) * between(0.0)
            + if 0.0 < self.fraud { self.fraud * between(self.separation) } else { 0.0 }
    }
}

pub struct Cancel {
    pub share: f64,
    pub after: Law,
}

pub struct Floor {
    pub pick_per_order: Law,
    pub pick_per_line: Law,
    pub pack_per_order: Law,
    pub pack_per_line: Law,
    pub sort: Law,
    pub grade: Law,
    pub wave: Option<Wave>,
    pub merge_window: Span,
    pub queue: QueueOrder,
    /// `None`: one order after the other.
    pub picking: Option<Picking>,
    pub notes: Option<spec::Notes>,
    /// `None`: what is graded for sale can be sold at once.
    pub put_away: Option<Law>,
    pub staging: spec::Staging,
    pub learning: spec::Learning,
}

pub struct AfterSales {
    pub inspect_after: Law,
    pub send_back: Law,
    pub restock: f64,
    /// Cumulative shares of faults, in a fixed order.
    faults: Vec<(Fault, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    pub at: Moment,
    pub sku: SkuId,
    pub node: NodeId,
    pub quantity: u32,
}

impl Model {
    pub fn catalog(&self) -> &Catalog {
        self.demand.catalog()
    }

    /// The content of this order comes from the replay file; all others are drawn.
    pub fn replayed(&self, id: OrderId) -> bool {
        self.is_replay() && id.0 < FIRST_INITIAL_ORDER
    }

    pub fn is_replay(&self) -> bool {
        self.demand.replay_facts().is_some()
    }

    /// Who comes to the shop's door in one replication: orders, or visitors where each is simulated.
    pub fn callers(&self, draw: Draw) -> Result<Arrivals, Problem> {
        match &self.storefront {
            None => self.arrivals(draw),
            Some(storefront) => self.demand.visits(draw, storefront.visitors_per_order),
        }
    }

    /// The orders of one replication.
    pub fn arrivals(&self, draw: Draw) -> Result<Arrivals, Problem> {
        self.demand.arrivals(draw)
    }

    /// Nodes that can serve the zone by this method.
    pub fn reach(&self, method: MethodId, zone: ZoneId) -> Reach<'_> {
        self.tables.reach(method, zone)
    }

    /// Parcels that a vehicle of the lane takes now.
    pub fn lane_capacity(&self, lane: LaneId, at: Moment) -> u32 {
        let planned = self.network.lane(lane).capacity;
        match &self.faults {
            None => planned,
            Some(faults) => match faults.room(&self.network, lane, at) {
                1.0 => planned,
                room => (f64::from(planned) * room + 1e-9) as u32,
            },
        }
    }

    /// An open line as strategies see it.
    #[inline]
    pub fn open_line(&self, line: u16, sku: SkuId, quantity: u32) -> crate::allocation::OpenLine {
        let facts = self.catalog().sku(sku);
        crate::allocation::OpenLine { line, sku, quantity, class: facts.class, unit_g: facts.weight_g }
    }

    /// The sizes of what a run watches.
    pub fn shape(&self) -> Shape {
        Shape {
            nodes: self.nodes.len(),
            zones: self.zones.len(),
            methods: self.methods.len(),
            carriers: self.carrier_names.len(),
            payment_methods: self.payment.len(),
            review_rules: self.review.rules.len(),
            complaint_tiers: self.complaints.as_ref().map_or(0, |own| own.tiers.len()),
            segments: self.storefront.as_ref().map_or(0, |own| own.rules.segments.len()),
            coupons: self.promotions.as_ref().map_or(0, |own| own.coupons.len()),
            interval: self.interval,
            horizon: self.horizon,
            warm_up: self.warm_up,
        }
    }

    /// Packers by node: what open work is measured against.
    pub fn packers(&self) -> Vec<u32> {
        let at = |node: &Node| {
            if node.pack == NO_STATION { 0 } else { self.stations[node.pack.index()].servers_max }
        };
        self.nodes.iter().map(at).collect()
    }

    #[inline]
    pub fn fits_one_box(&self, weight_g: u32, volume_ml: u32, units: u32) -> bool {
        let limits = &self.boxes;
        weight_g <= limits.max_weight_g && volume_ml <= limits.max_volume_ml && units <= limits.max_units
    }

    /// The rank of a job in a floor queue: the method's, or the promised minute.
    #[inline]
    pub fn rank(&self, method: u8, promised: Moment) -> u32 {
        match self.floor.queue {
            QueueOrder::Fifo => 0,
            QueueOrder::Priority => self.methods[usize::from(method)].rank.min(7),
            QueueOrder::EarliestDue => (promised.0 / Span::MINUTE.0) as u32,
        }
    }
}

/// Where a finite room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomBefore {
    Packing,
    Docks,
}

impl Model {
    /// All finite rooms of all centers, and what goes into each.
    pub fn rooms(&self) -> Vec<(NodeId, RoomBefore, u32)> {
        let centers = (0u16..).zip(&self.nodes).filter(|(_, node)| node.kind == NodeKind::FulfillmentCenter);
        let staging = self.floor.staging;
        let sizes = [(RoomBefore::Packing, staging.packing), (RoomBefore::Docks, staging.dock)];
        let rooms = centers.flat_map(|(node, _)| {
            sizes.into_iter().filter_map(move |(before, size)| Some((NodeId(node), before, size?)))
        });
        rooms.collect()
    }
}

impl Node {
    /// Work takes less time at a faster node.
    #[inline]
    pub fn hasten(&self, work: Span) -> Span {
        if self.speed == 1.0 { work } else { Span((work.0 as f64 / self.speed) as u64) }
    }
}

impl AfterSales {
    /// Which fault a shopper finds, from one uniform number.
    #[inline]
    pub fn fault(&self, u: f64) -> Option<Fault> {
        self.faults.iter().find(|&&(_, up_to)| u < up_to).map(|&(fault, _)| fault)
    }
}
