//! The last mile: vans in rounds, lockers and pickup points, and the promise that follows.

use super::law::law;
use crate::kernel::time::Span;
use crate::scenario::section::Section;
use crate::scenario::spec::{LastMile, PickUp, PromiseRules, Timetable, TourFidelity};

/// `None` where the carriers' law is the last mile.
pub fn last_mile(top: &Section<'_>) -> Option<LastMile> {
    let keys = top.maybe_section("last-mile")?;
    let fidelity = match keys.word("fidelity") {
        Some(1) => Some(TourFidelity::Approx),
        Some(2) => Some(TourFidelity::Fast),
        Some(3) => Some(TourFidelity::Vrp),
        _ => None,
    };
    let rules = LastMile {
        fidelity: fidelity.unwrap_or(TourFidelity::Fast),
        rounds: super::network::timetable(&keys, "rounds"),
        vans: keys.count("vans"),
        capacity: keys.count("capacity"),
        area_km2: keys.number("area"),
        station_km: keys.distance_km("station"),
        speed_kmh: keys.speed_kmh("speed"),
        hours: hours(&keys),
        time_per_stop: keys.span("time-per-stop"),
        time_per_parcel: keys.span("time-per-parcel"),
        wage_per_hour: keys.money("wage"),
        cost_per_km: keys.money("cost-per-km"),
        co2_g_per_km: keys.mass_g("co2-per-km"),
        iterations: keys.integer("iterations"),
        sample: keys.share("sample"),
    };
    doors(top, &keys, &rules.rounds);
    fidelity.map(|_| rules)
}

pub fn pick_up(top: &Section<'_>) -> PickUp {
    let keys = top.section("pick-up");
    PickUp {
        compartments: keys.count("compartments"),
        bank: keys.count("bank"),
        points: keys.count("points"),
        dwell: law(&keys, "dwell"),
        hold: keys.span("hold"),
    }
}

pub fn promise(top: &Section<'_>) -> Option<PromiseRules> {
    let keys = top.maybe_section("promise")?;
    Some(PromiseRules { target: keys.share("target"), window: keys.count("window") as usize })
}

/// 24 shares above zero.
fn hours(keys: &Section<'_>) -> [f64; 24] {
    let written = keys.weights("hours");
    if written.len() != 24 && keys.desk.sound(&["last-mile.hours"]) {
        let message = format!("{} hours, but a day has 24", written.len());
        keys.report("E0206", "hours", message, "write one share for each hour, from midnight on");
    } else if let Some(hour) = written.iter().position(|&share| !(0.01..=100.0).contains(&share)) {
        let message = format!("a van at {} times its speed from {hour}:00 on", written[hour]);
        keys.report("E0206", "hours", message, "write shares between 0.01 and 100");
    }
    std::array::from_fn(|hour| written.get(hour).copied().filter(|share| 0.01 <= *share).unwrap_or(1.0))
}

/// A round that leaves when doors have closed rings at none.
fn doors(top: &Section<'_>, keys: &Section<'_>, rounds: &Timetable) {
    let last = match *rounds {
        Timetable::Daily(ref minutes) => minutes.last().copied().unwrap_or(0),
        Timetable::Every { first_minute, every } => {
            let every = (every.0 / Span::MINUTE.0).max(1) as u16;
            first_minute + 1_439u16.saturating_sub(first_minute) / every * every
        }
    };
    if !top.desk.sound(&["carriers[].door", "last-mile.rounds"]) {
        return;
    }
    for carrier in top.items("carriers") {
        let closes = carrier.time_of_day("door-to");
        if closes <= last {
            let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let message = format!(
                "vans leave at {}, but doors of carrier \"{}\" close at {}",
                clock(last),
                carrier.text("name"),
                clock(closes)
            );
            keys.report("E0308", "rounds", message, "write earlier rounds, or a later door-to");
            return;
        }
    }
}
