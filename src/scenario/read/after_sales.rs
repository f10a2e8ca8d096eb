//! Returns, complaints, experience.

use super::law::law;
use super::order::shares_above_zero;
use crate::scenario::section::Section;
use crate::scenario::spec::{Complaints, Experience, Returns, Tier};

pub fn returns(top: &Section<'_>) -> Option<Returns> {
    let keys = top.maybe_section("returns")?;
    Some(Returns {
        window: keys.span("window"),
        approval: keys.share("approval"),
        approval_time: law(&keys, "approval-time"),
        pickup: keys.share("pickup"),
        pickup_wait: law(&keys, "pickup-wait"),
        pickup_cost: keys.money("pickup-cost"),
        drop_off_cost: keys.money("drop-off-cost"),
        grades: grades(&keys),
        values: values(&keys),
        refund_time: law(&keys, "refund-time"),
        exchange: keys.share("exchange"),
    })
}

/// Four weights, as shares of one.
fn grades(keys: &Section<'_>) -> [f64; 4] {
    let written = keys.weights("grades");
    let sum: f64 = written.iter().sum();
    if written.len() != 4 && keys.desk.sound(&["returns.grades"]) {
        let message = format!("{} grades, but there are A, B, C and scrap", written.len());
        keys.report("E0206", "grades", message, "write four weights, like [70, 15, 10, 5]");
    }
    let sum = if 0.0 < sum { sum } else { 1.0 };
    std::array::from_fn(|grade| written.get(grade).map_or(0.25, |weight| weight / sum))
}

fn values(keys: &Section<'_>) -> [f64; 3] {
    let written = keys.weights("values");
    if (written.len() != 3 || written.iter().any(|&value| 1.0 < value))
        && keys.desk.sound(&["returns.values"])
    {
        let message = "what A, B and C bring are three shares of the price".to_owned();
        keys.report("E0206", "values", message, "write three numbers from 0 to 1, like [1, 0.6, 0.3]");
    }
    std::array::from_fn(|grade| written.get(grade).copied().unwrap_or(0.0))
}

pub fn complaints(top: &Section<'_>) -> Option<Complaints> {
    let keys = top.maybe_section("complaints")?;
    Some(Complaints {
        late: keys.share("late"),
        fault: keys.share("fault"),
        tiers: tiers(&keys),
        officers: keys.count("officers"),
        shifts: keys.reference("shifts"),
        work: law(&keys, "work"),
        wage: keys.money("wage"),
        leads: keys.count("leads"),
        lead_wage: keys.money("lead-wage"),
        breach_compensation: keys.share("breach-compensation"),
    })
}

fn tiers(keys: &Section<'_>) -> Vec<Tier> {
    let items = keys.items("tiers");
    super::define(keys.desk, "tier", "complaints.tiers[].name", &items);
    let tier = |item: &Section<'_>| Tier {
        name: item.text("name"),
        share: item.weight("share"),
        answer_within: item.span("answer-within"),
        compensation: item.share("compensation"),
    };
    let mut tiers: Vec<Tier> = items.iter().map(tier).collect();
    let sum: f64 = tiers.iter().map(|tier| tier.share).sum();
    if tiers.is_empty() && keys.desk.sound(&["complaints.tiers"]) {
        let message = "complaints have no severity".to_owned();
        keys.report("E0211", "tiers", message, "write at least one, like {name: minor}");
    }
    shares_above_zero(keys, "tiers", sum, tiers.len());
    tiers.iter_mut().for_each(|tier| tier.share /= if 0.0 < sum { sum } else { 1.0 });
    tiers
}

pub fn experience(top: &Section<'_>) -> Option<Experience> {
    let keys = top.maybe_section("experience")?;
    let experience = Experience {
        base: keys.number("base"),
        per_day_early: keys.number("per-day-early"),
        per_day_late: keys.number("per-day-late"),
        fault: keys.number("fault"),
        contact: keys.number("contact"),
        hung_up: keys.number("hung-up"),
        breach: keys.number("breach"),
        failed: keys.number("failed"),
        spread: keys.number("spread"),
        after: keys.span("after"),
        comes_back: keys.share("comes-back"),
        per_point: keys.number("per-point"),
        comes_back_after: law(&keys, "comes-back-after"),
    };
    if 0.0 < experience.comes_back && top.has("replay") && keys.desk.sound(&["experience", "replay"]) {
        let message = "a replay holds all orders, also those of shoppers who came back".to_owned();
        keys.report("E0308", "comes-back", message, "write comes-back: 0%, or draw the orders");
    }
    Some(experience)
}
