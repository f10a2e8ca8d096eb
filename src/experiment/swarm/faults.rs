//! The faults of a case: kinds, sizes and lengths from the catalog, everything else from the key table.

use super::case::Case;
use super::generate::{Dice, value_of};
use crate::domain::{FAULTS, FaultFacts, FaultTarget};
use crate::kernel::draw::Purpose;
use crate::scenario::{Default, KeyRow, Kind, keys};

const DRAWN: Purpose = Purpose::named("swarm faults");

/// A third of all cases has none: trouble must not hide what goes wrong without it.
pub fn draw_faults(case: &Case) -> Vec<String> {
    let mut dice = Dice::new(case.seed, DRAWN);
    if dice.uniform() < 0.33 {
        return Vec::new();
    }
    (0..1 + dice.below(5)).map(|_| fault(case, dice.one_of(FAULTS), &mut dice)).collect()
}

/// One item of the list, as a scenario writes it.
fn fault(case: &Case, facts: &FaultFacts, dice: &mut Dice) -> String {
    let prefix = format!("faults[].{}.", facts.name);
    let mut pairs = Vec::new();
    for row in keys().iter().filter(|row| row.path.starts_with(&prefix)) {
        let name = row.name();
        let value = match name {
            "at" => Some(format!("{} s", dice.below(case.arrivals_h as usize * 4_000))),
            "for" => Some(length(facts, dice)),
            "size" => Some(size(facts, row, dice)),
            "target" if facts.needs_target || dice.uniform() < 0.5 => Some(target(case, facts.target, dice)),
            "target" => None,
            // The rest has defaults.
            _ if row.default == Default::Must || dice.uniform() < 0.5 => Some(match row.kind {
                Kind::Name("carrier") => dice.one_of(&CARRIERS).to_string(),
                Kind::Name("payment method") => dice.one_of(&GATEWAYS).to_string(),
                Kind::Name(_) => node(case, dice),
                Kind::Integer => {
                    format!("{}", (dice.spread(1.0, 12.0) as u64).clamp(row.min as u64, row.max as u64))
                }
                _ => value_of(row, dice),
            }),
            _ => None,
        };
        pairs.extend(value.map(|value| format!("{name}: {value}")));
    }
    format!("{{{}: {{{}}}}}", facts.name, pairs.join(", "))
}

const GATEWAYS: [&str; 3] = ["card", "invoice", "cash"];
const CARRIERS: [&str; 2] = ["post", "courier"];

/// As long as a bad day's, sometimes far beyond.
fn length(facts: &FaultFacts, dice: &mut Dice) -> String {
    let (low, high) = (f64::from(facts.minutes.0.max(1)), f64::from(facts.minutes.1.max(2)));
    let minutes = if dice.uniform() < 0.1 { 20_000.0 } else { dice.spread(low, high) };
    format!("{} s", (minutes * 60.0) as u64)
}

fn size(facts: &FaultFacts, row: &KeyRow, dice: &mut Dice) -> String {
    let (low, high) = facts.sizes;
    let drawn = match dice.below(4) {
        0 => high,
        _ => low + (high - low) * dice.uniform(),
    };
    match row.kind {
        Kind::Integer => format!("{}", drawn.round()),
        _ => format!("{drawn:.4}"),
    }
}

fn node(case: &Case, dice: &mut Dice) -> String {
    match dice.below(case.centers + 1) {
        hub if hub == case.centers => "hub".to_owned(),
        center => format!("center-{center}"),
    }
}

fn target(case: &Case, kind: FaultTarget, dice: &mut Dice) -> String {
    match kind {
        FaultTarget::Gateway => dice.one_of(&GATEWAYS).to_string(),
        FaultTarget::Node => node(case, dice),
        FaultTarget::Carrier => dice.one_of(&CARRIERS).to_string(),
        FaultTarget::Sku => format!("SKU-{:06}", 1 + dice.below(case.skus as usize)),
        FaultTarget::Clock if dice.uniform() < 0.5 => dice.one_of(&GATEWAYS).to_string(),
        FaultTarget::Clock => node(case, dice),
        FaultTarget::Nothing => "nothing".to_owned(),
    }
}
