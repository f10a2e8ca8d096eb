//! Keys of carts, of the wishlist and of signed callbacks.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

pub const CART_MERGES: &[&str] = &["larger", "sum"];

const CART: &str = "cart={}";
const LOG_IN: &str = "cart={guests: 100%, saved: 100%}";
const WISH: &str = "cart={hold: true}; wishlist={refused: 100%, come-back: 100%}; stock.cover=0.3; allocation.backorder=false";
const SIGNED: &str = "payment.signing={}";
const OLD: &str = "payment.signing={window: 30 s, skew: {exponential: {mean: 30 s}}}";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("cart", Section, "{lifetime: 2 d}", "Shoppers fill carts in the engine, line by line, and visitors who leave theirs are simulated; without it a cart is a time and a share."),
    key("cart.lifetime", Span, "2 d", "A cart that nobody touches for so long is dropped.").within(60.0, 3_650.0 * 86_400.0).probe("1 h").with(CART),
    key("cart.hold", Flag, "false", "What is in a cart is held for it, at the nearest node that has it, until it is taken out, the cart is dropped or the order takes it over.").probe("true").with(CART),
    key("cart.change", Share, "25%", "Share of lines whose quantity is changed.").probe("90%").with(CART),
    key("cart.put-back", Share, "15%", "Share of lines beside which another thing is put in and taken out again.").probe("90%").with(CART),
    key("cart.guests", Share, "40%", "Share of shoppers who log in when their cart is full; it goes to their own.").probe("100%").with(CART),
    key("cart.saved", Share, "10%", "Share of them whose own cart has the first thing in it already.").probe("90%").with("cart={guests: 100%}"),
    key("cart.merge", Word(CART_MERGES), "larger", "Of what is in both carts: the larger quantity, or the sum; the shopper puts it right before the order.").probe("sum").with(LOG_IN),

    off("wishlist", Section, "{}", "Shoppers wish for what they cannot have, are told when it is back, and may return with it in their cart. Needs `cart`."),
    key("wishlist.refused", Share, "50%", "Share of shoppers who wish for a thing that they could not have.").probe("10%").with(WISH),
    key("wishlist.browsing", Share, "0%", "Share of shoppers who put one thing on their list while they look around.").probe("80%").with(WISH),
    key("wishlist.notify-after", Law, "{exponential: {mean: 10 m}}", "From its return to the word.").probe("9 h").with(WISH),
    key("wishlist.come-back", Share, "30%", "Share of those told who return.").probe("5%").with(WISH),

    off("payment.signing", Section, "{window: 5 m}", "Callbacks of payment providers carry a signature (HMAC-SHA-256) that the shop verifies; without it every callback is believed."),
    key("payment.signing.window", Span, "5 m", "A callback that was sent longer ago is refused; its provider sends it again.").within(1.0, 86_400.0).probe("1 s").with(OLD),
    key("payment.signing.rotate-every", Span, "1 d", "A new key that often.").within(60.0, 3_650.0 * 86_400.0).probe("1 h").with("payment.signing={overlap: 20 m, window: 20 m, skew: 10 m}"),
    key("payment.signing.overlap", Span, "10 m", "So long after that the key before it is valid too.").within(0.0, 86_400.0).probe("0 s").with("payment.signing={rotate-every: 1 h, window: 20 m, skew: 8 m}"),
    key("payment.signing.skew", Law, "1 s", "How old a callback is when it comes, by the shop's clock.").probe("20 s").with(SIGNED),
    key("payment.signing.resend-after", Span, "30 s", "From a refusal to the provider's next callback.").within(0.001, 86_400.0).probe("5 m").with(OLD),
    key("payment.signing.forged-share", Share, "0%", "Share of requests for which somebody without a key calls back.").probe("30%").with(SIGNED),
    key("payment.signing.replayed-share", Share, "0%", "Share of callbacks that somebody keeps and sends once more.").probe("30%").with(SIGNED),
    key("payment.signing.replay-after", Law, "{exponential: {mean: 2 m}}", "And when.").probe("1 h").with("payment.signing={replayed-share: 50%}"),
];
