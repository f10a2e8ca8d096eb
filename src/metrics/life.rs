//! What was seen of the parts of an order's life that a scenario may leave out: checkout, lanes of payment, review.

/// Requests by one payment method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaymentSeen {
    pub requests: u64,
    /// Answers that paid an order.
    pub captured: u64,
    /// Answers that did not come in time, or said no.
    pub turned_down: u64,
    pub timed_out: u64,
    /// Requests that waited for the provider's rate, and how long together.
    pub throttled: u64,
    pub throttle_wait_us: u128,
    /// Shoppers who went on to the next method.
    pub fell_back: u64,
    /// Captures that came when the order was paid already: they went back.
    pub paid_twice: u64,
}

/// Between cart and order, and what an address or a price made of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CheckoutSeen {
    pub one_click: u64,
    /// Wrong addresses that the form found.
    pub found_by_form: u64,
    pub holds: u64,
    /// Of the holds, those that were corrected, and how long that took together.
    pub corrected: u64,
    pub corrected_us: u128,
    pub never_corrected: u64,
    /// Quotes that had run out at submit, and of them those whose price had changed.
    pub requoted: u64,
    pub repriced: u64,
    /// Orders whose method showed several offers, those that took a dearer one than the least, and what that brought.
    pub had_offers: u64,
    pub took_dearer: u64,
    pub surcharges: i64,
}

/// Orders by what they were and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReviewSeen {
    pub honest: Judged,
    pub fraud: Judged,
    /// Orders that each rule decided.
    pub rules: Vec<u64>,
    /// Minor units: fraud that was kept, fees included; goods of honest orders that were rejected.
    pub fraud_loss: i64,
    pub declined: i64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    /// Sent to a person, whatever came of it.
    pub looked_at: u64,
    pub approved: u64,
    pub rejected: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PromotionSeen {
    pub coupons: Vec<CouponSeen>,
    /// Coupons whose budget was gone, or that the customer had used before.
    pub spent_up: u64,
    /// Orders of which nothing came, and that gave something back.
    pub given_back: u64,
    pub points_earned: i64,
    pub points_spent: i64,
    pub points_expired: i64,
}

/// What one coupon took off, given back or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CouponSeen {
    pub orders: u64,
    pub off: i64,
}
