//! What carriers do to parcels, and the choice among them.

use super::law::law;
use crate::scenario::section::Section;
use crate::scenario::spec::{CarrierChoice, Mishaps};

pub fn mishaps(keys: &Section<'_>) -> Mishaps {
    Mishaps {
        loss: keys.share("loss"),
        damage: keys.share("damage"),
        delay_share: keys.share("delay-share"),
        delay: law(keys, "delay"),
        search: keys.span("search"),
        liability: keys.share("liability"),
    }
}

/// `None` where freight alone decides.
pub fn choice(top: &Section<'_>) -> Option<CarrierChoice> {
    let keys = top.maybe_section("carrier-choice")?;
    Some(CarrierChoice {
        risk_weight: keys.number("risk-weight"),
        late_cost: keys.money("late-cost"),
        damage_cost: keys.money("damage-cost"),
        loss_cost: keys.money("loss-cost"),
        memory: keys.count("memory"),
        explore: keys.share("explore"),
    })
}
