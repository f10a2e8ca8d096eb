//! Movement: peak days of carriers, what they take a day, floors of hubs.

use crate::domain::NodeKind;
use crate::scenario::desk::Desk;
use crate::scenario::section::Section;
use crate::scenario::source::Place;
use crate::scenario::spec::{Carrier, LaneEnds, PeakDays, Scenario};
use crate::scenario::unit;

pub fn peak_days(carrier: &Section<'_>) -> Vec<PeakDays> {
    carrier.items("peak").iter().filter_map(days).collect()
}

fn days(keys: &Section<'_>) -> Option<PeakDays> {
    let instant = |name| keys.read(name, unit::local_time);
    let (from, to) = (instant("from"), instant("to"));
    let (per_parcel, share) = (keys.money("per-parcel"), keys.share("share"));
    let (from, to) = (from?, to?);
    if to.minutes_since(from) <= 0 {
        let message = "the peak ends before it begins".to_owned();
        keys.report("E0308", "to", message, "write the first day after the peak, like 2026-11-13");
    }
    Some(PeakDays { from, to, per_parcel, share })
}

/// Overflow leads from carrier to carrier, and never round.
pub fn check_overflow(items: &[Section<'_>], carriers: &[Carrier]) {
    let find = |name: &str| carriers.iter().find(|carrier| carrier.name == name);
    for (keys, carrier) in items.iter().zip(carriers) {
        let Some(first) = &carrier.overflow else { continue };
        if !keys.desk.sound(&["carriers[].per-day", "carriers[].overflow", "carriers[].name"]) {
            return;
        }
        if carrier.per_day.is_none() {
            let message = format!("\"{}\" takes all parcels: nothing is left over for \"{first}\"", carrier.name);
            keys.report("E0308", "overflow", message, "write per-day beside it, or take overflow out");
            return;
        }
        let mut way = vec![carrier.name.as_str()];
        let mut next = Some(first.as_str());
        while let Some(name) = next {
            if name == carrier.name {
                let message = format!("overflow goes in a circle: {} -> {name}", way.join(" -> "));
                let help = "take overflow out of one of them; where nobody has room, parcels wait for the next day";
                keys.report("E0308", "overflow", message, help);
                return;
            }
            if way.contains(&name) {
                break; // The circle is told at the carriers that are in it.
            }
            way.push(name);
            next = find(name).and_then(|carrier| carrier.overflow.as_deref());
        }
    }
}

/// A floor on which one full vehicle has no room would be waited for until it is empty, each time.
pub fn check_floors(desk: &Desk, scenario: &Scenario, place: impl Fn(&str) -> Place) {
    if !desk.sound(&["nodes", "network"]) {
        return;
    }
    for hub in scenario.nodes.iter().filter(|node| node.kind == NodeKind::Hub) {
        let Some(floor) = hub.floor else { continue };
        let by_rule = scenario.network.lane_rules.iter().filter(|rule| match &rule.to {
            LaneEnds::Named(names) => names.contains(&hub.name),
            _ => true,
        });
        let by_row = scenario.tables.lanes.iter().filter(|row| row.to == hub.name);
        let most = by_rule.map(|rule| rule.capacity).chain(by_row.map(|row| row.capacity)).max();
        if let Some(most) = most.filter(|&most| floor < most) {
            let message = format!(
                "a full vehicle brings {most} parcels to \"{}\", and its floor takes {floor}",
                hub.name
            );
            let help = format!("write floor: {most} or more, or a lower capacity of the lanes that end there");
            desk.report("E0308", place(&hub.name), message, help);
        }
    }
}
