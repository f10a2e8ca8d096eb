//! What was seen of the parts of an order's life that a scenario may leave out: lanes of payment.

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
