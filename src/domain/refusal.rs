//! The business no: expected, counted by reason, shown in the report. Never an error.

use serde::{Deserialize, Serialize};

/// Why the engine said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Refusal {
    /// Some line could not be held, by contract R2 justified at an instant of the call.
    OutOfStock,
    /// Other orders kept taking and giving back the same cells; try again. Never said for lack of stock.
    Contended,
    /// The same payment reference was already settled; nothing happened again.
    DuplicatePayment,
    /// The step is not allowed in the state in which the subject is now: somebody else was first.
    WrongState,
    /// The handle's generation has passed: its order is finished. Of a cart: it, or the SKU in it, is not there.
    Gone,
    /// The plan does not fit the order's open lines, or names units that are not there.
    PlanMismatch,
    /// No lane leads from the node to the zone.
    Unreachable,
    /// An order of this id was taken before; nothing happened again.
    DuplicateOrder,
    /// The coupon's budget, the customer's uses of it or their points do not suffice.
    SpentUp,
    /// Something was redeemed for this order by this coupon before; nothing happened again.
    DuplicateRedemption,
}

impl Refusal {
    pub const ALL: [Refusal; 10] = [
        Refusal::OutOfStock,
        Refusal::Contended,
        Refusal::DuplicatePayment,
        Refusal::WrongState,
        Refusal::Gone,
        Refusal::PlanMismatch,
        Refusal::Unreachable,
        Refusal::DuplicateOrder,
        Refusal::SpentUp,
        Refusal::DuplicateRedemption,
    ];

    /// Only shops with promotions say it.
    pub const fn is_of_promotions(self) -> bool {
        matches!(self, Refusal::SpentUp | Refusal::DuplicateRedemption)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Refusal::OutOfStock => "out-of-stock",
            Refusal::Contended => "contended",
            Refusal::DuplicatePayment => "duplicate-payment",
            Refusal::WrongState => "wrong-state",
            Refusal::Gone => "gone",
            Refusal::PlanMismatch => "plan-mismatch",
            Refusal::Unreachable => "unreachable",
            Refusal::DuplicateOrder => "duplicate-order",
            Refusal::SpentUp => "spent-up",
            Refusal::DuplicateRedemption => "duplicate-redemption",
        }
    }
}

/// Why a payment provider's callback is not let through to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotAdmitted {
    /// Not signed with a key that is valid now, or not what was signed.
    Forged,
    TooOld,
    /// The same bytes came before.
    Replayed,
}
