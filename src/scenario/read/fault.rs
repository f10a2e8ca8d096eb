//! Faults: each item of the list is a map of one kind.

use super::goods::Skus;
use crate::domain::{FaultKind, FaultTarget};
use crate::kernel::time::Span;
use crate::scenario::key::{Kind, find};
use crate::scenario::section::Section;
use crate::scenario::spec::{CatalogRow, CatalogSource, Fault};
use crate::scenario::unit;

/// After payment methods, nodes, carriers and the catalog: their names are looked up.
pub fn faults(top: &Section<'_>, catalog: &CatalogSource, rows: &[CatalogRow], horizon: Span) -> Vec<Fault> {
    let skus = Skus::of(top, catalog, rows);
    let chosen = top.items("faults").into_iter().filter_map(Section::chosen);
    chosen
        .map(|(name, item)| {
            let kind = FaultKind::named(name)
                .unwrap_or_else(|| panic!("fault \"{name}\" is in the key table and not in the catalog"));
            fault(&item.section(name), kind, &skus, horizon)
        })
        .collect()
}

fn fault(keys: &Section<'_>, kind: FaultKind, skus: &Skus<'_>, horizon: Span) -> Fault {
    let knows = |name: &str| find(&format!("faults[].{}.{name}", kind.name())).is_some();
    let first = |names: &[&'static str]| names.iter().copied().find(|name| knows(name));
    let (at, length) = (keys.span("at"), if knows("for") { keys.span("for") } else { Span::ZERO });
    if horizon <= at && keys.desk.sound(&["run.horizon", keys.row_path("at")]) {
        let message = format!("the fault begins at {at}, and the simulation ends at {horizon}");
        keys.report("E0308", "at", message, "let it begin earlier, or make run.horizon longer");
    }
    let size = match find(&format!("faults[].{}.size", kind.name())).map(|row| row.kind) {
        Some(Kind::Number) => keys.number("size"),
        Some(_) => keys.share("size"),
        None => 1.0,
    };
    Fault {
        kind,
        at,
        length,
        target: knows("target").then(|| target(keys, kind, skus)).flatten(),
        other: first(&["overflow", "carrier", "gateway", "from"]).and_then(|name| keys.reference(name)),
        size,
        part: first(&["missing", "claim"]).map_or(0.0, |name| keys.share(name)),
        delay: first(&["delay", "gap", "ask-after", "skew"]).map_or(Span::ZERO, |name| keys.span(name)),
        count: first(&["copies", "asks"]).map_or(1, |name| keys.count(name)),
        flag: first(&["fail-fast", "re-route", "re-ship", "behind", "wait"])
            .is_some_and(|name| keys.flag(name)),
    }
}

fn target(keys: &Section<'_>, kind: FaultKind, skus: &Skus<'_>) -> Option<String> {
    if kind.facts().target != FaultTarget::Sku {
        return keys.reference("target");
    }
    let sku = keys.maybe_text("target")?;
    match skus.know(&sku) {
        Ok(()) => Some(sku),
        Err(help) => {
            keys.report("E0207", "target", format!("unknown sku \"{}\"", unit::short(&sku)), help);
            None
        }
    }
}
