//! Keys of the checkout: steps, address, price, choice of a delivery method.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("checkout", Section, "{}", "From a filled cart to an order. Left out, every cart is an order at once."),
    key("checkout.steps", Integer, "0", "Pages between the cart and the order.").within(0.0, 50.0).probe("4"),
    key("checkout.step-time", Law, "{exponential: {mean: 20 s}}", "Time on each of them.").probe("5 m").with("checkout.steps=3"),
    key("checkout.step-loss", Share, "0%", "Share of shoppers who leave on each of them.").within(0.0, 0.999).probe("10%").with("checkout.steps=3"),
    key("checkout.one-click", Share, "0%", "Share of shoppers who pass all of them on one page.").probe("60%").with("checkout.steps=5; checkout.step-loss=10%"),
    key("checkout.address-error", Share, "0%", "Share of addresses that nobody can deliver to: a paid order is held until the shopper corrects it.").probe("20%"),
    key("checkout.address-check", Share, "0%", "Share of them that the form finds while they are written.").probe("80%").with("checkout.address-error=50%"),
    key("checkout.address-correction", Law, "{exponential: {mean: 8 h}}", "From the hold to the correction.").probe("30 h").with("checkout.address-error=50%"),
    key("checkout.address-patience", Span, "3 d", "An order whose address is not corrected by then is cancelled.").within(60.0, 365.0 * 86_400.0).probe("1 h").with("checkout.address-error=50%"),
    off("checkout.quote-lifetime", Span, "30 m", "How long the price of a cart holds; who submits later is quoted again. It holds for ever when left out.").within(1.0, 30.0 * 86_400.0).probe("1 m").with("checkout.price-changes=1/h"),
    key("checkout.price-changes", Rate, "0/d", "How often the price of a cart changes.").within(0.0, 1e6).probe("1/h").with("checkout.quote-lifetime=1 m"),
    key("checkout.price-change", Share, "5%", "By how much it changes, up as often as down.").within(0.0, 0.9).probe("50%").with("checkout.quote-lifetime=1 m; checkout.price-changes=5/h"),
    key("checkout.price-loss", Share, "30%", "Share of shoppers who leave when the price went up.").probe("90%").with("checkout.quote-lifetime=1 m; checkout.price-changes=5/h"),
    off("checkout.choice", Section, "{per-money: 0.05, per-day: 0.4}", "Shoppers weigh price and promise of the delivery methods (multinomial logit on top of their shares); by shares alone when left out."),
    key("checkout.choice.per-money", Number, "0.05", "Weight of one major unit of the price.").within(0.0, 1e3).probe("1").with("checkout.choice={per-day: 0}; delivery.0.price=9"),
    key("checkout.choice.per-day", Number, "0.3", "Weight of one day until the promise.").within(0.0, 1e3).probe("3").with("checkout.choice={per-money: 0}; delivery.0.handling=4 d"),
];
