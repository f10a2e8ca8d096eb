//! What happened: the spine between the engine and everyone who watches it
//! (metrics, auditor, journal, event log). Stock, money and order totals can be re-derived from transitions alone.

use serde::{Deserialize, Serialize};

use super::{CartId, CustomerId, Handle, OrderId, OrderState, Posting, StockMove};
use crate::kernel::time::Moment;

/// What a transition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    Order(Handle),
    Fulfillment(Handle),
    Parcel(Handle),
    /// Stock came in; no order is concerned.
    Stock,
    /// Coupons or points of a customer; the order is not there yet, or any more.
    Customer(CustomerId),
    Cart(CartId),
}

/// The verb: one per kind of command, and a few outcomes that differ from what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Step {
    Submitted,
    Paid,
    /// The capture came after the order was expired, declined or cancelled: the money went straight back.
    LatePaymentRefunded,
    /// Paid, but the stock was gone (`reserve-at: pay`): refunded and cancelled.
    PaidThenRefused,
    Declined,
    Expired,
    Approved,
    Rejected,
    Allocated,
    Backordered,
    BackorderDropped,
    Cancelled,
    Started,
    Picked,
    Merged,
    Packed,
    Shipped,
    Delivered,
    DeliveryFailed,
    ReturnRequested,
    Restocked,
    Scrapped,
    Accepted,
    Received,
    /// Units were set aside as safety stock, or given back.
    Fenced,
    /// A node gave up a fulfillment order that it had not picked; its units wait for stock again.
    Unassigned,
    /// Units that a count did not find left the books.
    WrittenOff,
    /// A parcel got lost on the road.
    Lost,
    /// A parcel got lost on the road; its node took the same goods from the shelf to pack them once more.
    Replaced,
    /// A picker found fewer units than are held for the fulfillment order; those missing are written off and wait
    /// for stock again.
    Shorted,
    /// A coupon took an amount off an order to come.
    Redeemed,
    PointsSpent,
    /// Coupons and points of an order of which nothing came are there again.
    GivenBack,
    PointsExpired,
    AddedToCart,
    QuantitySet,
    RemovedFromCart,
    CartCleared,
    CartsMerged,
    CartExpired,
    /// Free units left a node for another one.
    TransferredOut,
    TransferredIn,
}

impl Step {
    pub const ALL: [Step; 42] = {
        use Step::*;
        [
            Submitted,
            Paid,
            LatePaymentRefunded,
            PaidThenRefused,
            Declined,
            Expired,
            Approved,
            Rejected,
            Allocated,
            Backordered,
            BackorderDropped,
            Cancelled,
            Started,
            Picked,
            Merged,
            Packed,
            Shipped,
            Delivered,
            DeliveryFailed,
            ReturnRequested,
            Restocked,
            Scrapped,
            Accepted,
            Received,
            Fenced,
            Unassigned,
            WrittenOff,
            Lost,
            Replaced,
            Shorted,
            Redeemed,
            PointsSpent,
            GivenBack,
            PointsExpired,
            AddedToCart,
            QuantitySet,
            RemovedFromCart,
            CartCleared,
            CartsMerged,
            CartExpired,
            TransferredOut,
            TransferredIn,
        ]
    };

    /// Only between nodes that send each other goods.
    pub const fn is_of_transfers(self) -> bool {
        matches!(self, Step::TransferredOut | Step::TransferredIn)
    }

    /// Only shops with promotions take it.
    pub const fn is_of_promotions(self) -> bool {
        matches!(self, Step::Redeemed | Step::PointsSpent | Step::GivenBack | Step::PointsExpired)
    }

    /// Only shops that keep carts take it.
    pub const fn is_of_carts(self) -> bool {
        use Step::*;
        matches!(self, AddedToCart | QuantitySet | RemovedFromCart | CartCleared | CartsMerged | CartExpired)
    }
}

impl Step {
    /// The verb in lower case: event types of logs, rows of tables.
    pub const fn name(self) -> &'static str {
        match self {
            Step::Submitted => "submitted",
            Step::Paid => "paid",
            Step::LatePaymentRefunded => "late-payment-refunded",
            Step::PaidThenRefused => "paid-then-refused",
            Step::Declined => "declined",
            Step::Expired => "expired",
            Step::Approved => "approved",
            Step::Rejected => "rejected",
            Step::Allocated => "allocated",
            Step::Backordered => "backordered",
            Step::BackorderDropped => "backorder-dropped",
            Step::Cancelled => "cancelled",
            Step::Started => "started",
            Step::Picked => "picked",
            Step::Merged => "merged",
            Step::Packed => "packed",
            Step::Shipped => "shipped",
            Step::Delivered => "delivered",
            Step::DeliveryFailed => "delivery-failed",
            Step::ReturnRequested => "return-requested",
            Step::Restocked => "restocked",
            Step::Scrapped => "scrapped",
            Step::Accepted => "accepted",
            Step::Received => "received",
            Step::Fenced => "fenced",
            Step::Unassigned => "unassigned",
            Step::WrittenOff => "written-off",
            Step::Lost => "lost",
            Step::Replaced => "replaced",
            Step::Shorted => "shorted",
            Step::Redeemed => "redeemed",
            Step::PointsSpent => "points-spent",
            Step::GivenBack => "given-back",
            Step::PointsExpired => "points-expired",
            Step::AddedToCart => "added-to-cart",
            Step::QuantitySet => "quantity-set",
            Step::RemovedFromCart => "removed-from-cart",
            Step::CartCleared => "cart-cleared",
            Step::CartsMerged => "carts-merged",
            Step::CartExpired => "cart-expired",
            Step::TransferredOut => "transferred-out",
            Step::TransferredIn => "transferred-in",
        }
    }
}

/// Where a step leaves one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderChange {
    pub order: OrderId,
    pub handle: Handle,
    pub from: OrderState,
    pub to: OrderState,
}

/// One thing that happened, at one instant. A reused buffer: `begin` keeps its memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub at: Moment,
    pub step: Step,
    pub subject: Subject,
    /// The order concerned, and where this leaves it. `None` for stock receipts. A step that leaves the state
    /// as it was says so (`from == to`); a new order comes `from` nowhere.
    pub order: Option<OrderId>,
    pub handle: Option<Handle>,
    pub from: Option<OrderState>,
    pub to: Option<OrderState>,
    /// The other orders in the same parcel, each with its own way; `order` is the lead's.
    pub also: Vec<OrderChange>,
    /// Fulfillment orders or parcels that this made, oldest first.
    pub created: Vec<Handle>,
    pub moves: Vec<StockMove>,
    pub postings: Vec<Posting>,
}

impl Default for Transition {
    fn default() -> Transition {
        Transition {
            at: Moment::ZERO,
            step: Step::Received,
            subject: Subject::Stock,
            order: None,
            handle: None,
            from: None,
            to: None,
            also: Vec::new(),
            created: Vec::new(),
            moves: Vec::new(),
            postings: Vec::new(),
        }
    }
}

impl Transition {
    /// Makes the buffer empty and dates it. Keeps its memory.
    #[inline]
    pub fn begin(&mut self, at: Moment) {
        self.at = at;
        (self.order, self.handle, self.from, self.to) = (None, None, None, None);
        self.also.clear();
        self.created.clear();
        self.moves.clear();
        self.postings.clear();
    }

    /// Every order concerned: the first, then those of `also`.
    pub fn changes(&self) -> impl Iterator<Item = (OrderId, Handle, Option<OrderState>, OrderState)> {
        let first =
            self.order.zip(self.handle).zip(self.to).map(|((id, handle), to)| (id, handle, self.from, to));
        let others =
            self.also.iter().map(|change| (change.order, change.handle, Some(change.from), change.to));
        first.into_iter().chain(others)
    }
}
