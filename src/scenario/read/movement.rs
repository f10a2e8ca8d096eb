//! Movement: peak days of carriers, what they take a day, floors of hubs, weather, speed by the hour, trucks on top.

use crate::domain::NodeKind;
use crate::scenario::desk::Desk;
use crate::scenario::section::Section;
use crate::scenario::source::Place;
use crate::scenario::spec::{AdHoc, Carrier, Climate, LaneEnds, PeakDays, Scenario, WeatherState};
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
            let message =
                format!("\"{}\" takes all parcels: nothing is left over for \"{first}\"", carrier.name);
            keys.report("E0308", "overflow", message, "write per-day beside it, or take overflow out");
            return;
        }
        let mut way = vec![carrier.name.as_str()];
        let mut next = Some(first.as_str());
        while let Some(name) = next {
            if name == carrier.name {
                let message = format!("overflow goes in a circle: {} -> {name}", way.join(" -> "));
                let help =
                    "take overflow out of one of them; where nobody has room, parcels wait for the next day";
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
            let help =
                format!("write floor: {most} or more, or a lower capacity of the lanes that end there");
            desk.report("E0308", place(&hub.name), message, help);
        }
    }
}

/// 24 shares, none of them a standstill.
pub fn hours(network: &Section<'_>) -> Option<[f64; 24]> {
    if !network.has("hours") {
        return None;
    }
    let written = network.weights("hours");
    if written.len() != 24 && network.desk.sound(&["network.hours"]) {
        let message = format!("{} hours, but a day has 24", written.len());
        network.report("E0206", "hours", message, "write one share for each hour, from midnight on");
    } else if let Some(hour) = written.iter().position(|&share| !(0.01..=100.0).contains(&share)) {
        let message = format!("vehicles at {} times their speed from {hour}:00 on", written[hour]);
        network.report("E0206", "hours", message, "write shares between 0.01 and 100");
    }
    written.try_into().ok()
}

pub fn ad_hoc(network: &Section<'_>) -> Option<AdHoc> {
    let keys = network.maybe_section("ad-hoc")?;
    Some(AdHoc { above: keys.share("above"), lead: keys.span("lead"), premium: keys.share("premium") })
}

/// Climates; no node lies in two of them.
pub fn weather(top: &Section<'_>) -> Vec<Climate> {
    let items = top.items("weather");
    super::define(top.desk, "climate", "weather[].name", &items);
    let climates: Vec<Climate> = items.iter().map(climate).collect();
    if !top.desk.sound(&["weather"]) {
        return climates;
    }
    for (index, (keys, own)) in items.iter().zip(&climates).enumerate() {
        let before = &climates[..index];
        if own.nodes.is_empty() && before.iter().any(|other| other.nodes.is_empty()) {
            let message = format!("climate \"{}\" names no nodes, as one before it", own.name);
            keys.report("E0308", "name", message, "name the nodes of all climates but one");
            break;
        }
        let taken = own.nodes.iter().find(|node| before.iter().any(|other| other.nodes.contains(node)));
        if let Some(node) = taken {
            let message = format!("\"{node}\" lies in two climates");
            keys.report("E0308", "nodes", message, "name each node once");
            break;
        }
    }
    climates
}

fn climate(keys: &Section<'_>) -> Climate {
    let items = keys.items("states");
    if items.is_empty() && keys.desk.sound(&["weather[].states"]) {
        keys.report(
            "E0211",
            "states",
            "the sky has no state".into(),
            "write at least one, or take weather out",
        );
    }
    Climate {
        name: keys.text("name"),
        nodes: keys.references("nodes"),
        together: keys.flag("together"),
        states: items.iter().map(|state| weather_state(state, items.len())).collect(),
    }
}

fn weather_state(keys: &Section<'_>, count: usize) -> WeatherState {
    let mut next = keys.weights("next");
    let sum: f64 = next.iter().sum();
    if keys.desk.sound(&["weather[].states[].next"]) {
        if next.len() != count {
            let message = format!("{} shares, and the sky has {count} states", next.len());
            keys.report("E0308", "next", message, "write one share for each state, in their order");
        } else if 1e-6 < (sum - 1.0).abs() {
            let message = format!("the shares of the next hour add up to {:.4} %", 100.0 * sum);
            keys.report("E0308", "next", message, "write shares that add up to 100%");
        }
    }
    next.iter_mut().for_each(|share| *share /= sum);
    WeatherState { name: keys.text("name"), next, speed: keys.share("speed"), closed: keys.share("closed") }
}

/// A vehicle that is smaller than a box leaves with one parcel at a time.
pub fn check_volumes(top: &Section<'_>, scenario: &Scenario) {
    if !top.desk.sound(&["network", "floor"]) {
        return;
    }
    let of_box = u64::from(scenario.floor.box_max_volume_ml);
    let small =
        scenario.network.lane_rules.iter().position(|rule| rule.volume_ml.is_some_and(|own| own < of_box));
    if let Some(index) = small {
        let keys = top.section("network");
        let rule = &keys.items("lane-rules")[index];
        let message = format!(
            "a vehicle of {}, and one box may hold {}",
            liters(scenario.network.lane_rules[index].volume_ml.unwrap_or(0)),
            liters(of_box)
        );
        rule.report("E0308", "volume", message, "write a larger volume, or a smaller floor.box-max-volume");
    }
}

fn liters(ml: u64) -> String {
    format!("{} l", ml as f64 / 1_000.0)
}
