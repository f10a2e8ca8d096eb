//! The checkout.

use super::law::law;
use crate::scenario::section::Section;
use crate::scenario::spec::{Checkout, Choice};

pub fn checkout(top: &Section<'_>) -> Checkout {
    let keys = top.section("checkout");
    Checkout {
        steps: keys.count("steps"),
        step_time: law(&keys, "step-time"),
        step_loss: keys.share("step-loss"),
        one_click: keys.share("one-click"),
        address_error: keys.share("address-error"),
        address_check: keys.share("address-check"),
        address_correction: law(&keys, "address-correction"),
        address_patience: keys.span("address-patience"),
        quote_lifetime: keys.maybe_span("quote-lifetime"),
        price_changes_per_hour: keys.rate("price-changes"),
        price_change: keys.share("price-change"),
        price_loss: keys.share("price-loss"),
        choice: keys.maybe_section("choice").map(|choice| Choice {
            per_money: choice.number("per-money"),
            per_day: choice.number("per-day"),
        }),
    }
}
