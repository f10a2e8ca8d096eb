//! Lanes, carriers, delivery methods.

use std::path::Path;

use super::law::law;
use crate::domain::{Mode, Money, TravelLaw, Vehicle};
use crate::scenario::diagnostic::suggest;
use crate::scenario::section::Section;
use crate::scenario::spec::{
    Carrier, DeliveryMethod, LaneEnds, LaneRow, LaneRule, Network, Offers, RateBand, Timetable, To,
};
use crate::scenario::table::{Row, Table, resolve};
use crate::scenario::tree::Value;
use crate::scenario::unit::{self, Fault, Read, span, to_money};

const ENDS: [&str; 3] = ["fulfillment-centers", "hubs", "nearest-hub"];

pub fn network(keys: &Section<'_>) -> (Network, Vec<LaneRow>) {
    let lanes_file =
        keys.maybe_text("lanes-file").map(|file| resolve(keys.desk, keys.place_of("lanes-file"), &file));
    let rows = lanes_file.as_deref().map_or(Vec::new(), |file| lane_rows(keys, file));
    let network = Network {
        circuity: keys.number("circuity"),
        // A generated network has the lanes that it needs.
        lane_rules: match keys.has("lane-rules") || !keys.has("generate") {
            true => keys.items("lane-rules").iter().map(lane_rule).collect(),
            false => Vec::new(),
        },
        trace: keys.flag("trace"),
        lanes_file,
        hours: super::movement::hours(keys),
        ad_hoc: super::movement::ad_hoc(keys),
        dock_by_due: keys.word("dock-order") == Some(1),
    };
    (network, rows)
}

fn lane_rule(keys: &Section<'_>) -> LaneRule {
    let mode = keys.word("mode").map_or(Mode::Truck, |word| Mode::ALL[word]);
    LaneRule {
        from: ends(keys, "from", &ENDS[..2]),
        to: ends(keys, "to", &ENDS),
        carriers: keys.references("carriers"),
        timetable: timetable(keys, "departures"),
        cut_off: keys.span("cut-off"),
        capacity: keys.count("capacity"),
        volume_ml: keys.has("volume").then(|| keys.volume_ml("volume") as u64),
        days: keys.read("days", unit::days).unwrap_or([true; 7]),
        mode,
        vehicle: vehicle(keys, mode),
        travel_law: keys.word("travel-law").map_or(TravelLaw::Lognormal, |word| TravelLaw::ALL[word]),
        travel_cv: keys.number("travel-cv"),
    }
}

/// As usual for the mode where nothing is written.
fn vehicle(keys: &Section<'_>, mode: Mode) -> Vehicle {
    let usual = mode.usual();
    let written = |name: &str| keys.has(name);
    Vehicle {
        speed_kmh: if written("speed") { keys.speed_kmh("speed") } else { usual.speed_kmh },
        loading: if written("loading") { keys.span("loading") } else { usual.loading },
        cost_per_departure: match written("cost-per-departure") {
            true => keys.money("cost-per-departure"),
            false => usual.cost_per_departure,
        },
        cost_per_km: if written("cost-per-km") { keys.money("cost-per-km") } else { usual.cost_per_km },
        co2_g_per_km: if written("co2-per-km") { keys.mass_g("co2-per-km") } else { usual.co2_g_per_km },
    }
}

fn ends(keys: &Section<'_>, name: &str, words: &[&str]) -> LaneEnds {
    let Some((_, node)) = keys.get(name) else { return LaneEnds::Hubs };
    if let Value::List(_) = node.value {
        let named =
            keys.texts(name).into_iter().filter(|(text, place)| keys.desk.refer("node", text, *place));
        return LaneEnds::Named(named.map(|named| named.0).collect());
    }
    let known = keys.read(name, |text| {
        let known = words.iter().position(|word| *word == text);
        known.ok_or_else(|| Fault {
            code: "E0204",
            message: format!("unknown end of a lane \"{}\"", unit::short(text)),
            help: format!("{}, or a list of node names", suggest(text, words)),
        })
    });
    match known {
        Some(0) => LaneEnds::FulfillmentCenters,
        Some(2) => LaneEnds::NearestHub,
        _ => LaneEnds::Hubs,
    }
}

/// `["08:00", "20:00"]`, or `{every: 2 h, first: "06:00"}`.
pub fn timetable(keys: &Section<'_>, name: &str) -> Timetable {
    let hourly = Timetable::Daily(vec![0]);
    let Some((row, node)) = keys.get(name) else { return hourly };
    if let Value::Map(_) = node.value {
        let every = Section::open(keys.desk, row.path, node);
        return Timetable::Every { first_minute: every.time_of_day("first"), every: every.span("every") };
    }
    let mut minutes = Vec::new();
    for (text, place) in keys.texts(name) {
        match unit::time_of_day(&text) {
            Ok(minute) => minutes.push(minute % 1_440),
            Err(fault) => keys.desk.fault(place, fault),
        }
    }
    if node.items().is_empty() && matches!(node.value, Value::List(_)) {
        keys.report(
            "E0211",
            name,
            "no vehicle ever leaves".into(),
            "write [\"08:00\", \"20:00\"] or {every: 2 h}",
        );
    }
    minutes.sort_unstable();
    minutes.dedup();
    Timetable::Daily(minutes)
}

fn lane_rows(keys: &Section<'_>, file: &Path) -> Vec<LaneRow> {
    let mut rows = Vec::new();
    let place = keys.place_of("lanes-file");
    let may = [
        "carrier",
        "days",
        "cut_off",
        "capacity",
        "volume",
        "mode",
        "time",
        "travel_law",
        "travel_cv",
        "cost_per_departure",
        "cost_per_km",
        "co2_per_km",
    ];
    let Some(table) = Table::open(keys.desk, place, file, &["from", "to", "departures"], &may) else {
        return rows;
    };
    table.rows(|row| {
        let end = |column| row.name(column).and_then(|_| row.reference(column, "node"));
        let (from, to) = (end("from"), end("to"));
        let carrier = row.reference("carrier", "carrier");
        let timetable = row.parse("departures", departures);
        let days = if row.text("days").is_empty() { Some([true; 7]) } else { row.parse("days", unit::days) };
        let mode = Mode::ALL[row.word("mode", Mode::NAMES)];
        let travel_law = TravelLaw::ALL[row.word("travel_law", TravelLaw::NAMES)];
        let money = |column| row.measured(column, unit::money, 0.0, 1e14).map_or(Money::ZERO, to_money);
        let cut_off = row.measured("cut_off", unit::seconds, 0.0, 604_800.0).unwrap_or(1_800.0);
        let capacity = row.measured("capacity", unit::integer, 1.0, 1e9).unwrap_or(2_000.0);
        let volume = row.measured("volume", unit::volume, 1.0, 1e12);
        let time = row.measured("time", unit::seconds, 0.0, 90.0 * 86_400.0);
        let travel_cv = row.measured("travel_cv", unit::number, 0.0, 5.0).unwrap_or(0.15);
        let vehicle = Vehicle {
            cost_per_departure: money("cost_per_departure"),
            cost_per_km: money("cost_per_km"),
            co2_g_per_km: row
                .measured("co2_per_km", unit::mass, 0.0, 1e9)
                .unwrap_or(mode.usual().co2_g_per_km),
            ..mode.usual()
        };
        same_ends(row, &from, &to);
        let (Some(from), Some(to), Some(timetable), Some(days)) = (from, to, timetable, days) else { return };
        rows.push(LaneRow {
            from,
            to,
            carrier,
            timetable,
            cut_off: span(cut_off),
            days,
            capacity: capacity as u32,
            mode,
            vehicle,
            volume_ml: volume.map(|volume| volume as u64),
            time: time.map(span),
            travel_law,
            travel_cv,
        });
    });
    rows
}

fn same_ends(row: &Row<'_>, from: &Option<String>, to: &Option<String>) {
    if from.is_some() && from == to {
        row.wrong("E0308", "to", "the lane ends where it starts".into(), "name another node".into());
    }
}

/// In a cell: `08:00|20:00`, or `every 2 h from 06:00`.
fn departures(text: &str) -> Read<Timetable> {
    if let Some(every) = text.strip_prefix("every ") {
        let (every, first) = every.split_once(" from ").unwrap_or((every, "00:00"));
        let every = span(unit::seconds(every)?.max(60.0));
        return Ok(Timetable::Every { first_minute: unit::time_of_day(first)?, every });
    }
    let minutes: Result<Vec<u16>, Fault> =
        text.split('|').map(|time| Ok(unit::time_of_day(time)? % 1_440)).collect();
    let mut minutes = minutes
        .map_err(|fault| Fault { help: "write 08:00|20:00, or every 2 h from 06:00".into(), ..fault })?;
    minutes.sort_unstable();
    minutes.dedup();
    Ok(Timetable::Daily(minutes))
}

/// All carriers, and their names defined.
pub fn carriers(top: &Section<'_>) -> Vec<Carrier> {
    let items = top.items("carriers");
    super::define(top.desk, "carrier", "carriers[].name", &items);
    if 255 < items.len() {
        top.report("E0206", "carriers", format!("{} carriers are too many", items.len()), "at most 255");
    }
    let carriers: Vec<Carrier> = items.iter().map(carrier).collect();
    super::movement::check_overflow(&items, &carriers);
    carriers
}

fn carrier(keys: &Section<'_>) -> Carrier {
    let rates: Vec<RateBand> = keys.items("rates").iter().map(rate_band).collect();
    let rising = rates.windows(2).all(|pair| pair[0].up_to_km < pair[1].up_to_km);
    if !rising && keys.desk.sound(&["carriers[].rates"]) {
        keys.report(
            "E0308",
            "rates",
            "the bands do not rise".into(),
            "write them by distance, the shortest first",
        );
    }
    if rates.is_empty() && keys.desk.sound(&["carriers[].rates"]) {
        keys.report(
            "E0211",
            "rates",
            "the tariff has no band".into(),
            "write [{up-to: 100000 km, first-kg: 4, per-further-kg: 1}]",
        );
    }
    let (door_from_minute, door_to_minute) = (keys.time_of_day("door-from"), keys.time_of_day("door-to"));
    if door_to_minute <= door_from_minute && keys.desk.sound(&["carriers[].door"]) {
        keys.report(
            "E0308",
            "door-to",
            "doors close before they open".into(),
            "write door-from: \"08:00\", door-to: \"20:00\"",
        );
    }
    Carrier {
        name: keys.text("name"),
        rates,
        volumetric_ml_per_g: keys.number("volumetric"),
        last_mile: law(keys, "last-mile"),
        last_mile_per_100km: keys.span("last-mile-per-100km"),
        attempts: keys.count("attempts"),
        attempt_failure: keys.share("attempt-failure"),
        retry_after: keys.span("retry-after"),
        door_from_minute,
        door_to_minute,
        tour: keys.span("tour"),
        mishaps: super::carrier::mishaps(keys),
        return_freight: keys.share("return-freight"),
        co2_g_per_attempt: keys.mass_g("co2-per-attempt"),
        per_day: keys.maybe_integer("per-day").map(|parcels| parcels as u32),
        overflow: keys.reference("overflow"),
        peak: super::movement::peak_days(keys),
    }
}

fn rate_band(keys: &Section<'_>) -> RateBand {
    RateBand {
        up_to_km: keys.distance_km("up-to"),
        first_kg: keys.money("first-kg"),
        per_further_kg: keys.money("per-further-kg"),
    }
}

/// Delivery methods; shares come back as parts of one.
pub fn delivery(top: &Section<'_>) -> Vec<DeliveryMethod> {
    let items = top.items("delivery");
    super::define(top.desk, "delivery method", "delivery[].name", &items);
    let mut methods: Vec<DeliveryMethod> = items.iter().map(delivery_method).collect();
    let sum: f64 = methods.iter().map(|method| method.share).sum();
    super::order::shares_above_zero(top, "delivery", sum, methods.len());
    methods.iter_mut().for_each(|method| method.share /= if 0.0 < sum { sum } else { 1.0 });
    methods
}

fn delivery_method(keys: &Section<'_>) -> DeliveryMethod {
    DeliveryMethod {
        name: keys.text("name"),
        share: keys.weight("share"),
        price: keys.money("price"),
        carriers: keys.references("carriers"),
        rank: keys.count("rank"),
        handling: keys.span("handling"),
        slack: keys.span("slack"),
        by_day: keys.flag("by-day"),
        offers: match keys.word("offers") {
            Some(1) => Offers::Cheapest,
            Some(2) => Offers::Pareto,
            _ => Offers::Fastest,
        },
        to: match keys.word("to") {
            Some(1) => To::Locker,
            Some(2) => To::PickupPoint,
            _ => To::Door,
        },
    }
}
