//! Coverage: which disturbance struck an order in which state. A swarm is as good as what it reaches.

use std::collections::BTreeMap;

use crate::domain::{Command, Handle, OrderState, Refusal, Step, Transition};
use crate::journal::Sink;
use crate::kernel::time::Moment;

/// Something that happens to an order from outside, wanted or not, in time or too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strike {
    /// The shopper cancels.
    Cancel,
    /// The payment window closes.
    Expiry,
    /// A payment callback that was there before.
    DuplicateCallback,
    /// A capture that nobody waits for any more.
    LateCallback,
    /// The provider says no for good.
    Decline,
    /// Review says no.
    Rejection,
    /// Paid, but the stock is gone.
    StockGone,
    /// No node can serve anything of it now.
    Shortage,
    /// What waits for stock is given up.
    BackorderDropped,
    /// Nobody opens, or the goods are refused at the door.
    FailedDelivery,
    /// The shopper sends a parcel back.
    Return,
    /// Goods come back in a state in which nobody sells them.
    Scrap,
    /// Two orders share a box.
    Merge,
    /// A node gives up what it has not picked.
    Unassign,
    /// A picker finds too few.
    ShortPick,
    /// The carrier loses a parcel, and the money goes back.
    Loss,
    /// The carrier loses a parcel, and the goods are sent once more.
    Replacement,
}

pub const STRIKES: [(Strike, &str); 17] = [
    (Strike::Cancel, "cancel"),
    (Strike::Expiry, "expiry"),
    (Strike::DuplicateCallback, "duplicate-callback"),
    (Strike::LateCallback, "late-callback"),
    (Strike::Decline, "decline"),
    (Strike::Rejection, "rejection"),
    (Strike::StockGone, "stock-gone-at-payment"),
    (Strike::Shortage, "shortage"),
    (Strike::BackorderDropped, "backorder-dropped"),
    (Strike::FailedDelivery, "failed-delivery"),
    (Strike::Return, "return"),
    (Strike::Scrap, "scrap"),
    (Strike::Merge, "merge"),
    (Strike::Unassign, "unassign"),
    (Strike::ShortPick, "short-pick"),
    (Strike::Loss, "loss"),
    (Strike::Replacement, "replacement"),
];

/// As reports and logs write it.
pub fn name(strike: Strike) -> &'static str {
    STRIKES.iter().find(|row| row.0 == strike).expect("every strike has a row").1
}

pub type Cell = (Strike, OrderState);

/// How often each cell was struck.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(pub BTreeMap<Cell, u64>);

impl Coverage {
    pub fn merge(&mut self, other: &Coverage) {
        for (cell, count) in &other.0 {
            *self.0.entry(*cell).or_default() += count;
        }
    }

    pub fn of(&self, cell: Cell) -> u64 {
        self.0.get(&cell).copied().unwrap_or(0)
    }
}

/// Whether the strike can find an order in the state.
pub fn reachable((strike, state): Cell) -> bool {
    unreachable_why((strike, state)).is_none()
}

/// Why a cell cannot be reached; `None` when it can.
pub fn unreachable_why((strike, state): Cell) -> Option<&'static str> {
    use OrderState::*;
    if state == Refused {
        return Some("a refused order never came to be");
    }
    let (states, why): (&[OrderState], _) = match strike {
        Strike::Cancel => return None,
        Strike::Expiry => {
            return (state == Expired).then_some("an order expires once");
        }
        Strike::DuplicateCallback => {
            let captured = !matches!(state, AwaitingPayment | Expired | Declined);
            return (!captured).then_some("only a capture that counted is repeated");
        }
        Strike::LateCallback => (
            &[
                AwaitingReview,
                AwaitingAllocation,
                Backordered,
                InFulfillment,
                Delivered,
                Returning,
                Cancelled,
                Expired,
                Declined,
                Rejected,
                Undelivered,
            ],
            "an order that awaits payment is paid by it, and one that ended paid takes it for a copy",
        ),
        Strike::Decline | Strike::StockGone => {
            (&[AwaitingPayment], "settles an order that awaits its payment")
        }
        Strike::Rejection => (&[AwaitingReview], "settles an order under review"),
        Strike::Shortage => {
            (&[AwaitingAllocation], "an order that waits already is asked again only when stock came")
        }
        Strike::BackorderDropped => (&[Backordered, InFulfillment], "something of the order waits for stock"),
        Strike::FailedDelivery | Strike::Loss | Strike::Replacement => {
            (&[InFulfillment], "a parcel is on its way")
        }
        Strike::Return => (&[Delivered], "the last parcel of an order goes back, whole"),
        Strike::Scrap => (&[InFulfillment, Returning], "a parcel is on its way back"),
        Strike::Merge => (&[InFulfillment], "a fulfillment order waits for its wave"),
        Strike::Unassign => (&[InFulfillment], "a fulfillment order waits for its picker"),
        Strike::ShortPick => (&[InFulfillment], "a fulfillment order is at the shelf"),
    };
    (!states.contains(&state)).then_some(why)
}

/// Follows the states of orders and counts strikes.
#[derive(Debug, Default)]
pub struct Watch {
    states: BTreeMap<Handle, OrderState>,
    coverage: Coverage,
}

impl Watch {
    pub fn coverage(self) -> Coverage {
        self.coverage
    }

    fn strikes(&mut self, strike: Strike, order: Handle) {
        if let Some(&state) = self.states.get(&order) {
            *self.coverage.0.entry((strike, state)).or_default() += 1;
        }
    }
}

impl Sink for Watch {
    fn saw(&mut self, _: Moment, command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        match (command, outcome) {
            (Command::Cancel { order }, _) => self.strikes(Strike::Cancel, *order),
            (Command::Expire { order }, _) => self.strikes(Strike::Expiry, *order),
            (Command::Decline { order }, _) => self.strikes(Strike::Decline, *order),
            (Command::Reject { order }, _) => self.strikes(Strike::Rejection, *order),
            (Command::Pay { order, .. }, Err(Refusal::DuplicatePayment)) => {
                self.strikes(Strike::DuplicateCallback, *order);
            }
            (Command::DropBackorder { order }, Ok(_)) => self.strikes(Strike::BackorderDropped, *order),
            _ => {}
        }
        let Ok(said) = outcome else { return };
        let strike = match said.step {
            Step::LatePaymentRefunded => Some(Strike::LateCallback),
            Step::PaidThenRefused => Some(Strike::StockGone),
            Step::Backordered => Some(Strike::Shortage),
            Step::DeliveryFailed => Some(Strike::FailedDelivery),
            Step::ReturnRequested => Some(Strike::Return),
            Step::Scrapped => Some(Strike::Scrap),
            Step::Merged => Some(Strike::Merge),
            Step::Unassigned => Some(Strike::Unassign),
            Step::Shorted => Some(Strike::ShortPick),
            Step::Lost => Some(Strike::Loss),
            Step::Replaced => Some(Strike::Replacement),
            _ => None,
        };
        for (_, handle, from, to) in said.changes() {
            if let (Some(strike), Some(from)) = (strike, from) {
                *self.coverage.0.entry((strike, from)).or_default() += 1;
            }
            // Ended orders stay, so that what comes too late is seen to strike them.
            self.states.insert(handle, to);
        }
    }
}
