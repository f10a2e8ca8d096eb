//! The order: its lines, its states and the steps between them.

use serde::{Deserialize, Serialize};

use super::SkuId;

/// What a shopper wants of one SKU.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub sku: SkuId,
    pub quantity: u32,
}

/// The most units one line may ask for; the engine packs a line into 64 bits.
pub const MAX_LINE_QUANTITY: u32 = 65_535;
/// The most lines one order may have.
pub const MAX_LINES: usize = 1_024;

/// Where an order stands. Parallel work below it is told by its fulfillment orders and parcels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum OrderState {
    /// Submitted; nothing captured yet.
    AwaitingPayment,
    /// Paid, or cash on delivery; not yet cleared of fraud.
    AwaitingReview,
    /// Cleared; no node chosen yet.
    AwaitingAllocation,
    /// Waits for stock; nothing of it is on the floor.
    Backordered,
    /// At least one fulfillment order or parcel is open.
    InFulfillment,
    /// All parcels handed over; the shopper still inspects.
    Delivered,
    /// The shopper sends something back; the refund is open.
    Returning,

    Completed,
    Returned,
    Cancelled,
    Expired,
    Declined,
    Rejected,
    /// No parcel could be handed over; all came back, or got lost.
    Undelivered,
    /// Refused at submit: no stock, or no way to the address. Never held a slot.
    Refused,
}

/// What moves an order from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum OrderStep {
    /// Money captured, or cash on delivery confirmed.
    Pay,
    Decline,
    Expire,
    Approve,
    Reject,
    /// Fulfillment orders were made for all lines, or for some while the rest waits for stock.
    Allocate,
    /// Nothing could be allocated: wait for stock.
    Backorder,
    /// The last units that waited for stock were given up, and nothing else of the order is left.
    GiveUp,
    Cancel,
    /// The last open parcel was handed over.
    Deliver,
    /// The last open parcel came back unopened, or got lost, and none was handed over.
    FailDelivery,
    RequestReturn,
    /// The last returned parcel was graded and refunded.
    Return,
    /// The shopper is content, or the return window closed.
    Accept,
}

impl OrderState {
    pub const ALL: [OrderState; 15] = {
        use OrderState::*;
        [
            AwaitingPayment,
            AwaitingReview,
            AwaitingAllocation,
            Backordered,
            InFulfillment,
            Delivered,
            Returning,
            Completed,
            Returned,
            Cancelled,
            Expired,
            Declined,
            Rejected,
            Undelivered,
            Refused,
        ]
    };

    /// Something is still to be done about it: neither final nor in the hands of a shopper who is content so far.
    pub const fn is_in_work(self) -> bool {
        !self.is_final() && !matches!(self, OrderState::Delivered)
    }

    /// The state after `step`, or `None` where the step is not allowed.
    pub const fn after(self, step: OrderStep) -> Option<OrderState> {
        use OrderState::*;
        match (self, step) {
            (AwaitingPayment, OrderStep::Pay) => Some(AwaitingReview),
            (AwaitingPayment, OrderStep::Decline) => Some(Declined),
            (AwaitingPayment, OrderStep::Expire) => Some(Expired),
            (AwaitingReview, OrderStep::Approve) => Some(AwaitingAllocation),
            (AwaitingReview, OrderStep::Reject) => Some(Rejected),
            (AwaitingAllocation | Backordered | InFulfillment, OrderStep::Allocate) => Some(InFulfillment),
            (AwaitingAllocation | Backordered, OrderStep::Backorder) => Some(Backordered),
            (Backordered | InFulfillment, OrderStep::GiveUp) => Some(Cancelled),
            // Cancel until the floor has it; afterwards it is a return.
            (AwaitingPayment | AwaitingReview | AwaitingAllocation | Backordered, OrderStep::Cancel) => {
                Some(Cancelled)
            }
            (InFulfillment, OrderStep::Deliver) => Some(Delivered),
            (InFulfillment, OrderStep::FailDelivery) => Some(Undelivered),
            // A second parcel may be sent back while the first is on its way.
            (Delivered | Returning, OrderStep::RequestReturn) => Some(Returning),
            (Returning, OrderStep::Return) => Some(Returned),
            (Delivered, OrderStep::Accept) => Some(Completed),
            _ => None,
        }
    }

    /// Whether nothing more will happen to the order; its slot is given back.
    pub const fn is_final(self) -> bool {
        self as u8 >= OrderState::Completed as u8
    }

    pub const fn name(self) -> &'static str {
        use OrderState::*;
        match self {
            AwaitingPayment => "awaiting-payment",
            AwaitingReview => "awaiting-review",
            AwaitingAllocation => "awaiting-allocation",
            Backordered => "backordered",
            InFulfillment => "in-fulfillment",
            Delivered => "delivered",
            Returning => "returning",
            Completed => "completed",
            Returned => "returned",
            Cancelled => "cancelled",
            Expired => "expired",
            Declined => "declined",
            Rejected => "rejected",
            Undelivered => "undelivered",
            Refused => "refused",
        }
    }

    pub const fn from_u8(bits: u8) -> OrderState {
        assert!((bits as usize) < OrderState::ALL.len(), "no such order state");
        OrderState::ALL[bits as usize]
    }
}

impl OrderStep {
    pub const ALL: [OrderStep; 14] = {
        use OrderStep::*;
        [
            Pay,
            Decline,
            Expire,
            Approve,
            Reject,
            Allocate,
            Backorder,
            GiveUp,
            Cancel,
            Deliver,
            FailDelivery,
            RequestReturn,
            Return,
            Accept,
        ]
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn shipped_orders_are_returned_not_cancelled() {
        assert_eq!(OrderState::InFulfillment.after(OrderStep::Cancel), None);
        assert_eq!(OrderState::Delivered.after(OrderStep::Cancel), None);
    }

    #[test]
    fn final_states_stay() {
        for state in OrderState::ALL.into_iter().filter(|state| state.is_final()) {
            assert!(OrderStep::ALL.iter().all(|&step| state.after(step).is_none()), "{state:?} is final");
        }
    }

    /// The whole state x step grid: a new arrow shows up in review as one changed cell.
    #[test]
    fn the_grid() {
        let mut grid = String::new();
        for state in OrderState::ALL.into_iter().filter(|state| !state.is_final()) {
            grid += &format!("{:<19}", state.name());
            for step in OrderStep::ALL {
                if let Some(next) = state.after(step) {
                    grid += &format!(" {step:?}->{}", next.name());
                }
            }
            grid.push('\n');
        }
        expect![[r#"
            awaiting-payment    Pay->awaiting-review Decline->declined Expire->expired Cancel->cancelled
            awaiting-review     Approve->awaiting-allocation Reject->rejected Cancel->cancelled
            awaiting-allocation Allocate->in-fulfillment Backorder->backordered Cancel->cancelled
            backordered         Allocate->in-fulfillment Backorder->backordered GiveUp->cancelled Cancel->cancelled
            in-fulfillment      Allocate->in-fulfillment GiveUp->cancelled Deliver->delivered FailDelivery->undelivered
            delivered           RequestReturn->returning Accept->completed
            returning           RequestReturn->returning Return->returned
        "#]]
        .assert_eq(&grid);
    }
}
