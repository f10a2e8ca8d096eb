//! What happened: the spine between the engine and everyone who watches it
//! (metrics, auditor, journal, event log). Stock, money and order totals can be re-derived from transitions alone.

use serde::{Deserialize, Serialize};

use super::{Handle, OrderId, OrderState, Posting, StockMove};
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
}

impl Step {
    pub const ALL: [Step; 24] = {
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
        ]
    };
}

/// One thing that happened, at one instant. A reused buffer: `begin` keeps its memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub at: Moment,
    pub step: Step,
    pub subject: Subject,
    /// The order concerned, and where this leaves it. `None` for stock receipts; for a parcel that carries
    /// several orders there is one transition an order.
    pub order: Option<OrderId>,
    pub from: Option<OrderState>,
    pub to: Option<OrderState>,
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
            from: None,
            to: None,
            created: Vec::new(),
            moves: Vec::new(),
            postings: Vec::new(),
        }
    }
}
