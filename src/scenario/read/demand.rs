//! Arrivals or replay, shop, customers, zones.

use super::law::{law, place};
use crate::domain::GeoPoint;
use crate::kernel::time::Span;
use crate::scenario::key::Kind;
use crate::scenario::section::Section;
use crate::scenario::shape;
use crate::scenario::source::Place;
use crate::scenario::spec::{Arrivals, Customers, LocalTime, Replay, ReplayColumns, Shop, Zone, Zones};
use crate::scenario::table::{Table, resolve};
use crate::scenario::value::weights_of;
use crate::scenario::{city, unit};

pub use crate::scenario::keys::COUNTRIES;

/// Exactly one of arrivals and replay.
pub fn orders(top: &Section<'_>, start: LocalTime, horizon: Span) -> (Option<Arrivals>, Option<Replay>) {
    let both = (top.has("arrivals"), top.has("replay"));
    if both.0 == both.1 && top.desk.sound(&["arrivals", "replay"]) {
        let message = match both.0 {
            true => "both \"arrivals\" and \"replay\" are there",
            false => "neither \"arrivals\" nor \"replay\" is there",
        };
        let place = if both.0 { top.place_of("replay") } else { top.place() };
        let help = "draw orders (arrivals: {profile: {orders: 200000}}) or read them from a file (replay: {file: orders.csv, ...})";
        top.desk.report("E0210", place, message.into(), help);
    }
    (both.0.then(|| arrivals(top, start, horizon)).flatten(), both.1.then(|| replay(top)))
}

fn arrivals(top: &Section<'_>, start: LocalTime, horizon: Span) -> Option<Arrivals> {
    let (variant, map) = top.one_of("arrivals")?;
    let keys = map.section(variant);
    Some(match variant {
        "constant" => Arrivals::Constant {
            per_hour: keys.rate("rate"),
            duration: keys.maybe_span("duration").unwrap_or(horizon),
        },
        "profile" => {
            let duration = keys.span("duration");
            let hours = duration.as_hours_f64().ceil().min(24.0 * 366.0) as usize;
            let named = |name: &str| shape::hours(name, start, hours.max(1));
            Arrivals::Profile {
                orders: keys.number("orders"),
                duration,
                hours: shape_of(&keys, "shape", named),
            }
        }
        "ramp" => {
            let stages = keys.items("stages");
            let stages = stages.iter().map(|stage| (stage.rate("to"), stage.span("over"))).collect();
            let ramp: Vec<_> = stages;
            let from = keys.rate("from");
            if from <= 0.0 && ramp.iter().all(|stage| stage.0 <= 0.0) && keys.desk.sound(&["arrivals.ramp"]) {
                keys.report(
                    "E0301",
                    "stages",
                    "every rate of the ramp is zero".into(),
                    "give at least one stage a rate above 0",
                );
            }
            Arrivals::Ramp { start_per_hour: from, stages: ramp }
        }
        _ => unreachable!("arrivals \"{variant}\" are in the key table and have no reader"),
    })
}

/// Hourly weights by name, or as a list.
fn shape_of(keys: &Section<'_>, name: &str, named: impl Fn(&str) -> Option<Vec<f64>>) -> Vec<f64> {
    let Some((row, node)) = keys.get(name) else { return vec![1.0] };
    debug_assert_eq!(row.kind, Kind::Shape);
    let Some(text) = node.text() else {
        return weights_of(keys.desk, row, &node).unwrap_or_else(|| vec![1.0]);
    };
    named(text).unwrap_or_else(|| {
        let help = crate::scenario::diagnostic::suggest(text, shape::NAMES) + ", or a list of hourly weights";
        keys.report("E0204", name, format!("unknown shape \"{}\"", unit::short(text)), help);
        vec![1.0]
    })
}

fn replay(top: &Section<'_>) -> Replay {
    let keys = top.section("replay");
    let names = keys.section("columns");
    let columns = ReplayColumns {
        order: names.maybe_text("order"),
        time: names.text("time"),
        customer: names.maybe_text("customer"),
        sku: names.maybe_text("sku"),
        quantity: names.maybe_text("quantity"),
        price: names.maybe_text("price"),
        value: names.maybe_text("value"),
        place: names.maybe_text("place"),
        cancelled: names.maybe_text("cancelled"),
    };
    let file = keys.maybe_text("file").map(|file| resolve(keys.desk, keys.place_of("file"), &file));
    if let Some(file) = &file {
        let wanted = ["order", "time", "customer", "sku", "quantity", "price", "value", "place", "cancelled"];
        let wanted: Vec<(&'static str, String, Place)> = wanted
            .into_iter()
            .filter(|key| names.has(key))
            .filter_map(|key| names.maybe_text(key).map(|name| (key, name, names.place_of(key))))
            .collect();
        Table::check_header(keys.desk, keys.place_of("file"), file, &wanted);
    }
    Replay {
        file: file.unwrap_or_default(),
        source: keys.text("source"),
        columns,
        time_format: keys.text("time-format"),
        hours: shape_of(&keys, "shape", shape::day),
        speed: keys.number("speed"),
        cancelled_values: keys.texts("cancelled-values").into_iter().map(|text| text.0).collect(),
        max_rejects: keys.integer("max-rejects"),
    }
}

pub fn shop(top: &Section<'_>) -> Shop {
    let keys = top.section("shop");
    Shop {
        cart_rate: keys.share("cart-rate"),
        cart_abandonment: keys.share("cart-abandonment"),
        pages: keys.count("pages"),
        load_time: law(&keys, "load-time"),
        reference_load_time: keys.span("reference-load-time"),
        loss_per_100ms: keys.share("loss-per-100ms"),
        think_time: law(&keys, "think-time"),
        cart_time: law(&keys, "cart-time"),
    }
}

pub fn customers(top: &Section<'_>) -> Customers {
    let keys = top.section("customers");
    Customers { count: keys.count("count"), skew: keys.number("skew") }
}

/// The zones as written, and their rows.
pub fn zones(top: &Section<'_>) -> (Zones, Vec<Zone>) {
    let Some((variant, map)) = top.one_of("zones") else { return (Zones::List(Vec::new()), Vec::new()) };
    let (zones, rows) = match variant {
        "cities" => {
            let keys = map.section("cities");
            let count = keys.count("count");
            let country = keys.word("country").map_or("", |word| COUNTRIES[word]);
            let rows = city::zones(country, count as usize);
            if rows.len() < count as usize && keys.desk.sound(&["zones"]) {
                let message =
                    format!("\"{country}\" has {} cities that are not nested in larger ones", rows.len());
                keys.report("E0206", "count", message, format!("write at most {}", rows.len()));
            }
            (Zones::Cities { country: country.to_string(), count }, rows)
        }
        "us-zip" => {
            let digits = map.section("us-zip").count("digits").clamp(1, 5) as u8;
            (Zones::UsZip { digits }, city::zip_zones(digits.into()))
        }
        "file" => {
            let file = resolve(map.desk, map.place_of("file"), &map.text("file"));
            let rows = zone_rows(&map, &file);
            (Zones::File(file), rows)
        }
        "list" => {
            let items = map.items("list");
            super::define(map.desk, "zone", "zones.list[].name", &items);
            let rows: Vec<Zone> = items.iter().map(zone).collect();
            (Zones::List(rows.clone()), rows)
        }
        _ => unreachable!("zones \"{variant}\" are in the key table and have no reader"),
    };
    if !rows.is_empty() && rows.iter().all(|zone| zone.weight <= 0.0) && top.desk.sound(&["zones"]) {
        top.report(
            "E0301",
            "zones",
            "the weights of all zones add up to zero".into(),
            "give at least one a weight above 0",
        );
    }
    (zones, rows)
}

fn zone(keys: &Section<'_>) -> Zone {
    Zone { name: keys.text("name"), at: place(keys, "at", None), weight: keys.weight("weight") }
}

fn zone_rows(map: &Section<'_>, file: &std::path::Path) -> Vec<Zone> {
    let mut rows: Vec<Zone> = Vec::new();
    let mut names = std::collections::HashSet::new();
    let place = map.place_of("file");
    let Some(table) = Table::open(map.desk, place, file, &["name", "lat", "lon", "weight"], &[]) else {
        return rows;
    };
    table.rows(|row| {
        let (name, lat, lon) = (
            row.name("name"),
            row.number("lat", unit::number, -90.0, 90.0),
            row.number("lon", unit::number, -180.0, 180.0),
        );
        let weight = row.number("weight", unit::number, 0.0, 1e12);
        let (Some(name), Some(lat), Some(lon), Some(weight)) = (name, lat, lon, weight) else { return };
        if !names.insert(name.clone()) {
            row.wrong(
                "E0209",
                "name",
                format!("two zones are named \"{name}\""),
                "give each its own name".into(),
            );
        }
        rows.push(Zone { name, at: GeoPoint { lat, lon }, weight });
    });
    rows
}

/// The country in which cities are looked for first.
pub fn country(zones: &Zones) -> Option<&str> {
    match zones {
        Zones::Cities { country, .. } if !country.is_empty() => Some(country),
        Zones::UsZip { .. } => Some("us"),
        _ => None,
    }
}
