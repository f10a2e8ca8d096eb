//! Carts, the wishlist, and signed callbacks.

use super::LawSpec;
use crate::domain::CartMerge;
use crate::kernel::time::Span;

/// Shoppers fill carts in the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Cart {
    /// Untouched for so long, a cart is dropped.
    pub lifetime: Span,
    /// What is in a cart is held for it.
    pub hold: bool,
    /// Share of lines whose quantity is changed, and beside which something else is put in and back.
    pub change: f64,
    pub put_back: f64,
    /// Share of shoppers who log in at the end, and of them the share whose own cart is not empty.
    pub guests: f64,
    pub saved: f64,
    pub merge: CartMerge,
}

/// What could not be had, or may be wanted some day.
#[derive(Debug, Clone, PartialEq)]
pub struct Wishlist {
    pub refused: f64,
    pub browsing: f64,
    pub notify_after: LawSpec,
    pub come_back: f64,
}

/// Signed callbacks of payment providers, and those who forge them.
#[derive(Debug, Clone, PartialEq)]
pub struct Signing {
    pub window: Span,
    pub rotate_every: Span,
    pub overlap: Span,
    pub skew: LawSpec,
    pub resend_after: Span,
    pub forged_share: f64,
    pub replayed_share: f64,
    pub replay_after: LawSpec,
}
