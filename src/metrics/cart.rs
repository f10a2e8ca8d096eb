//! What was seen of carts, wishlists and signed callbacks.

use crate::domain::NotAdmitted;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CartSeen {
    /// Shoppers who began to fill a cart, those who leave it behind among them.
    pub begun: u64,
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    /// Log-ins that brought a guest's cart.
    pub merged: u64,
    /// Edits that asked for what no node has.
    pub refused: u64,
    pub expired: u64,
    /// Carts that became orders.
    pub orders: u64,
    /// Units that carts held, times how long.
    pub held_area: u128,
}

impl CartSeen {
    pub fn operations(&self) -> u64 {
        self.added + self.changed + self.removed + self.merged + self.expired + self.orders
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WishSeen {
    pub wished: u64,
    pub told: u64,
    pub returned: u64,
    pub ordered: u64,
    /// From the word that it is back to the order, together.
    pub until_order_us: u128,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CallbackSeen {
    pub verified: u64,
    /// Of them, with the key before the newest.
    pub by_the_old_key: u64,
    pub age_us: u128,
    /// By the provider, after a refusal; and those that it gave up.
    pub sent_again: u64,
    pub given_up: u64,
    pub forged: u64,
    pub replayed: u64,
    pub refused_forged: u64,
    pub refused_replayed: u64,
    pub refused_too_old: u64,
    /// Forged or replayed, and not refused: none.
    pub let_through: u64,
}

impl CallbackSeen {
    pub fn refused(&mut self, refusal: NotAdmitted) {
        match refusal {
            NotAdmitted::Forged => self.refused_forged += 1,
            NotAdmitted::Replayed => self.refused_replayed += 1,
            NotAdmitted::TooOld => self.refused_too_old += 1,
        }
    }
}

/// Shoppers who like one payment method best.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PreferenceSeen {
    pub offered: bool,
    pub shoppers: u64,
    /// What they want, in minor units.
    pub goods: i64,
    pub lost: u64,
    pub lost_goods: i64,
}
