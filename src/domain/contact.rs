//! A contact: a shopper who asks the shop something, and what about.

/// What a shopper wants of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Intent {
    /// The order is late, and nobody said why.
    WhereIsMyOrder,
    ReturnQuestion,
    Complaint,
    /// The provider turned the payment down for good.
    PaymentProblem,
    Other,
}

impl Intent {
    pub const ALL: [Intent; 5] = [
        Intent::WhereIsMyOrder,
        Intent::ReturnQuestion,
        Intent::Complaint,
        Intent::PaymentProblem,
        Intent::Other,
    ];
    pub const NAMES: [&str; 5] =
        ["where-is-my-order", "return-question", "complaint", "payment-problem", "other"];

    pub const fn name(self) -> &'static str {
        Intent::NAMES[self as usize]
    }
}
