//! Supply: rules of replenishment, and pre-positioning.

use super::goods::Skus;
use super::law::law;
use crate::scenario::section::Section;
use crate::scenario::spec::{Policy, PrePosition, Replenish, Season};
use crate::scenario::unit;

pub(super) fn replenish(stock: &Section<'_>, skus: &Skus<'_>) -> Vec<Replenish> {
    stock.items("replenish").iter().map(|item| rule(item, skus)).collect()
}

fn rule(keys: &Section<'_>, skus: &Skus<'_>) -> Replenish {
    let rule = Replenish {
        node: keys.reference("node"),
        sku: keys.maybe_text("sku"),
        policy: if keys.word("policy") == Some(1) { Policy::ReorderPoint } else { Policy::BaseStock },
        level: keys.maybe_integer("level").map(|units| units as u32),
        cover: keys.maybe_span("cover"),
        quantity: keys.count("quantity"),
        review: keys.span("review"),
        lead_time: law(keys, "lead-time"),
        supplier_fill: keys.share("supplier-fill"),
        order_cost: keys.money("order-cost"),
    };
    if let Some(Err(help)) = rule.sku.as_deref().map(|sku| skus.know(sku)) {
        let name = unit::short(rule.sku.as_deref().unwrap_or(""));
        keys.report("E0207", "sku", format!("unknown sku \"{name}\""), help);
    }
    if keys.has("level") == keys.has("cover") && !keys.has_unknown() {
        let message = "a rule has a level or a cover, one of the two".to_string();
        keys.desk.report("E0210", keys.place(), message, "write level: 20, or cover: 3 d");
    }
    rule
}

/// `None`: goods stay where the supplier put them.
pub fn pre_position(top: &Section<'_>) -> Option<PrePosition> {
    let keys = top.maybe_section("pre-position")?;
    let season = match keys.word("season") {
        Some(0) => Season::HourOfDay,
        _ => Season::DayOfWeek,
    };
    let every = keys.span("every");
    Some(PrePosition {
        every,
        first: keys.maybe_span("first").unwrap_or(every),
        horizon: keys.span("horizon"),
        season,
        history: keys.span("history"),
        level: keys.share("level"),
        trend: keys.share("trend"),
        seasonal: keys.share("seasonal"),
        dense: keys.number("dense"),
        cost_per_unit_100km: keys.money("cost-per-unit-100km"),
        local_value: keys.money("local-value"),
        capacity: keys.integer("capacity"),
        rounds: keys.count("rounds"),
        speed_kmh: keys.speed_kmh("speed"),
        handling: law(&keys, "handling"),
    })
}
