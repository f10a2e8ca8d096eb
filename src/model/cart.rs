//! Carts, the wishlist, signed callbacks and choosy payers of a run.

use super::build::law;
use crate::domain::CartMerge;
use crate::engine::SigningRules;
use crate::kernel::law::Law;
use crate::kernel::time::Span;
use crate::scenario::spec::{self, Scenario};

pub struct CartRules {
    pub hold: bool,
    pub changes: f64,
    pub puts_back: f64,
    pub guests: f64,
    pub saved: f64,
    pub rule: CartMerge,
}

pub struct WishRules {
    pub refused: f64,
    pub browsing: f64,
    pub notify_after: Law,
    pub comes_back: f64,
}

pub struct Signing {
    pub rules: SigningRules,
    pub skew: Law,
    pub resend_after: Span,
    pub forged: f64,
    pub replayed: f64,
    pub replay_after: Law,
}

/// Shoppers who mind by what they pay.
pub struct Choosy {
    /// Share of those whose method is not offered who leave.
    pub loss: f64,
    pub offered: Vec<bool>,
    /// Of the methods that are offered, the share of each.
    pub shares: Vec<f64>,
}

pub fn cart(cart: &spec::Cart) -> CartRules {
    CartRules {
        hold: cart.hold,
        changes: cart.change,
        puts_back: cart.put_back,
        guests: cart.guests,
        saved: cart.saved,
        rule: cart.merge,
    }
}

pub fn wishlist(wishlist: &spec::Wishlist) -> WishRules {
    WishRules {
        refused: wishlist.refused,
        browsing: wishlist.browsing,
        notify_after: law(&wishlist.notify_after),
        comes_back: wishlist.come_back,
    }
}

pub fn signing(signing: &spec::Signing) -> Signing {
    let spec::Signing { window, rotate_every, overlap, resend_after, .. } = *signing;
    Signing {
        rules: SigningRules { window, rotate_every, overlap },
        skew: law(&signing.skew),
        resend_after,
        forged: signing.forged_share,
        replayed: signing.replayed_share,
        replay_after: law(&signing.replay_after),
    }
}

/// `None` where every method is offered and nobody could miss one.
pub fn choosy(scenario: &Scenario) -> Option<Choosy> {
    let methods = &scenario.payment.methods;
    let offered: Vec<bool> = methods.iter().map(|method| method.offered).collect();
    let loss = scenario.payment.missing_loss;
    if offered.iter().all(|&offered| offered) && loss == 0.0 {
        return None;
    }
    let share = |method: &spec::PaymentMethod| if method.offered { method.share } else { 0.0 };
    let sum: f64 = methods.iter().map(share).sum();
    Some(Choosy { loss, offered, shares: methods.iter().map(|method| share(method) / sum).collect() })
}
