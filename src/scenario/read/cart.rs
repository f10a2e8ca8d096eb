//! Carts, the wishlist, and signed callbacks.

use super::law::law;
use crate::domain::CartMerge;
use crate::scenario::section::Section;
use crate::scenario::spec::{Cart, Signing, Wishlist};

/// `None` where a cart is a time and a share.
pub fn cart(top: &Section<'_>) -> Option<Cart> {
    let keys = top.maybe_section("cart")?;
    if top.has("replay") && top.desk.sound(&["replay"]) {
        let message = "a replay has orders, and no carts before them".to_owned();
        top.report("E0308", "cart", message, "take the cart away, or write arrivals instead of replay");
    }
    if top.word("demand") == Some(1) && top.desk.sound(&["demand"]) {
        let message = "visitors of `demand: sessions` fill carts of their own, which hold nothing".to_owned();
        top.report("E0308", "cart", message, "take the cart away, or write demand: orders");
    }
    Some(Cart {
        lifetime: keys.span("lifetime"),
        hold: keys.flag("hold"),
        change: keys.share("change"),
        put_back: keys.share("put-back"),
        guests: keys.share("guests"),
        saved: keys.share("saved"),
        merge: if keys.word("merge") == Some(1) { CartMerge::Sum } else { CartMerge::Larger },
    })
}

pub fn wishlist(top: &Section<'_>, carts: bool) -> Option<Wishlist> {
    let keys = top.maybe_section("wishlist")?;
    if !carts && top.desk.sound(&["cart"]) {
        let message = "wishers return with a cart, and there are none".to_owned();
        top.report("E0308", "wishlist", message, "write cart: {} beside it");
    }
    Some(Wishlist {
        refused: keys.share("refused"),
        browsing: keys.share("browsing"),
        notify_after: law(&keys, "notify-after"),
        come_back: keys.share("come-back"),
    })
}

/// `None` where every callback is believed.
pub fn signing(payment: &Section<'_>) -> Option<Signing> {
    let keys = payment.maybe_section("signing")?;
    let signing = Signing {
        window: keys.span("window"),
        rotate_every: keys.span("rotate-every"),
        overlap: keys.span("overlap"),
        skew: law(&keys, "skew"),
        resend_after: keys.span("resend-after"),
        forged_share: keys.share("forged-share"),
        replayed_share: keys.share("replayed-share"),
        replay_after: law(&keys, "replay-after"),
    };
    if signing.rotate_every <= signing.overlap && keys.desk.sound(&["payment.signing"]) {
        let message = "an old key would be valid until the key after the next".to_owned();
        keys.report("E0308", "overlap", message, "write an overlap shorter than rotate-every");
    }
    Some(signing)
}
