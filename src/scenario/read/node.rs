//! Shifts, nodes, work on the floor.

use std::path::Path;

use super::law::{city_point, law, place};
use crate::domain::{GeoPoint, Money, NodeKind};
use crate::scenario::desk::Desk;
use crate::scenario::key::Kind;
use crate::scenario::section::Section;
use crate::scenario::spec::{Floor, Node, QueueOrder, ShiftRow, Wave};
use crate::scenario::table::{Row, Table, resolve};
use crate::scenario::tree::Value;
use crate::scenario::unit;

/// Shift plans by name, and their names defined.
pub fn shifts(top: &Section<'_>) -> Vec<(String, Vec<ShiftRow>)> {
    let mut plans: Vec<(String, Vec<ShiftRow>)> = Vec::new();
    if let Some(file) = top.file_in("shifts") {
        let rows = shift_rows(top, &file);
        for (name, rows) in &rows {
            super::warehouse::overlaps(name, rows, |_, message, help| {
                top.report("E0308", "shifts", message, help);
            });
        }
        plans.extend(rows);
    }
    for (name, items) in top.named_items("shifts") {
        let rows: Vec<ShiftRow> = items.iter().map(shift).collect();
        super::warehouse::overlaps(&name, &rows, |row, message, help| {
            items[row].report("E0308", "from", message, help);
        });
        plans.push((name, rows));
    }
    for (name, rows) in &plans {
        if rows.iter().all(|row| row.share <= 0.0) && top.desk.sound(&["shifts"]) {
            let message = format!("shift plan \"{name}\" has nobody at any hour");
            top.report("E0306", "shifts", message, "write [{from: \"06:00\", to: \"22:00\"}]");
        }
    }
    if top.desk.sound(&["shifts"]) {
        top.desk.define("shift", plans.iter().map(|plan| plan.0.clone()));
    }
    plans
}

fn shift(keys: &Section<'_>) -> ShiftRow {
    let (from_minute, to_minute) = (keys.time_of_day("from"), keys.time_of_day("to"));
    if from_minute == to_minute && keys.desk.sound(&["shifts"]) {
        keys.report(
            "E0308",
            "to",
            "the shift ends when it starts".into(),
            "write to: \"24:00\" for the end of the day",
        );
    }
    ShiftRow {
        days: keys.read("days", unit::days).unwrap_or([true; 7]),
        from_minute,
        to_minute,
        share: keys.share("share"),
        temps: keys.share("temps"),
        absence: keys.share("absence"),
        pause: super::warehouse::pause(keys, from_minute, to_minute),
    }
}

fn shift_rows(
    top: &Section<'_>,
    file: &(String, crate::scenario::source::Place),
) -> Vec<(String, Vec<ShiftRow>)> {
    let mut plans: Vec<(String, Vec<ShiftRow>)> = Vec::new();
    let path = resolve(top.desk, file.1, &file.0);
    let Some(table) = Table::open(top.desk, file.1, &path, &["name", "from", "to"], &["days", "share"])
    else {
        top.mark_wrong("shifts");
        return plans;
    };
    table.rows(|row| {
        let (name, from, to) =
            (row.name("name"), row.parse("from", unit::time_of_day), row.parse("to", unit::time_of_day));
        let days = if row.text("days").is_empty() { Some([true; 7]) } else { row.parse("days", unit::days) };
        let share = row.measured("share", unit::share, 0.0, 10.0).unwrap_or(1.0);
        let (Some(name), Some(from_minute), Some(to_minute), Some(days)) = (name, from, to, days) else {
            return;
        };
        let shift = ShiftRow { days, from_minute, to_minute, share, temps: 0.0, absence: 0.0, pause: None };
        match plans.iter_mut().find(|plan| plan.0 == name) {
            Some(plan) => plan.1.push(shift),
            None => plans.push((name, vec![shift])),
        }
    });
    plans
}

/// All nodes, and their names defined.
pub fn nodes(top: &Section<'_>, network: &Section<'_>, country: Option<&str>) -> Vec<Node> {
    // A generated network may place them all.
    let none =
        |node: &crate::scenario::tree::Node| matches!(&node.value, Value::List(rows) if rows.is_empty());
    let written = top.has("nodes") && !top.get("nodes").is_some_and(|(_, node)| none(&node));
    if !written && network.has("generate") {
        top.desk.define("node", []);
        top.desk.define("clock", []);
        return Vec::new();
    }
    if let Some((file, place)) = top.file_in("nodes") {
        let nodes = node_rows(top, &resolve(top.desk, place, &file), place, country);
        // Rows that could not be read would make references to them look wrong.
        if !nodes.is_empty() && top.desk.sound(&["nodes"]) {
            top.desk.define("node", nodes.iter().map(|node| node.name.clone()));
            top.desk.define("clock", nodes.iter().map(|node| node.name.clone()));
        }
        return nodes;
    }
    let items = top.items("nodes");
    super::define(top.desk, "node", "nodes[].name", &items);
    if top.desk.sound(&["nodes[].name"]) {
        top.desk.define("clock", items.iter().filter_map(|item| item.maybe_text("name")));
    }
    if 4_095 < items.len() {
        top.report("E0206", "nodes", format!("{} nodes are too many", items.len()), "at most 4,095");
    }
    items.iter().map(|item| node(item, country)).collect()
}

fn node(keys: &Section<'_>, country: Option<&str>) -> Node {
    let hub = keys.word("kind") == Some(1);
    let staff = |name: &str, ours: bool| if ours || keys.has(name) { keys.count(name) } else { 0 };
    Node {
        name: keys.text("name"),
        kind: if hub { NodeKind::Hub } else { NodeKind::FulfillmentCenter },
        at: place(keys, "at", country),
        priority: keys.count("priority"),
        pickers: staff("pickers", !hub),
        packers: staff("packers", !hub),
        graders: staff("graders", !hub),
        sorters: staff("sorters", hub),
        shifts: keys.reference("shifts"),
        capital_per_day: keys.money("capital-per-day"),
        speed: keys.number("speed"),
        passes: false,
        time_zone: keys.maybe_text("time-zone").filter(|_| super::time_zone::time_zone(keys).is_some()),
    }
}

fn node_rows(
    top: &Section<'_>,
    file: &Path,
    at: crate::scenario::source::Place,
    country: Option<&str>,
) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let may = [
        "city",
        "country",
        "lat",
        "lon",
        "priority",
        "pickers",
        "packers",
        "graders",
        "sorters",
        "shifts",
        "capital-per-day",
        "speed",
    ];
    let Some(table) = Table::open(top.desk, at, file, &["name", "kind"], &may) else { return nodes };
    let mut wrong = false;
    table.rows(|row| {
        let hub = row.word("kind", &["fulfillment-center", "hub"]) == 1;
        let staff = |column, ours, many| {
            row.measured(column, unit::integer, 0.0, 1e6)
                .map_or(if ours { many } else { 0 }, |count| count as u32)
        };
        let (Some(name), Some(at)) = (row.name("name"), point(top.desk, row, country)) else {
            wrong = true;
            return;
        };
        if nodes.iter().any(|node| node.name == name) {
            row.wrong(
                "E0209",
                "name",
                format!("two nodes are named \"{name}\""),
                "give each its own name".into(),
            );
        }
        nodes.push(Node {
            name,
            kind: if hub { NodeKind::Hub } else { NodeKind::FulfillmentCenter },
            at,
            priority: row.measured("priority", unit::integer, 0.0, 1e9).unwrap_or(1.0) as u32,
            pickers: staff("pickers", !hub, 20),
            packers: staff("packers", !hub, 10),
            graders: staff("graders", !hub, 2),
            sorters: staff("sorters", hub, 8),
            shifts: row.reference("shifts", "shift"),
            capital_per_day: row
                .measured("capital-per-day", unit::money, 0.0, 1e12)
                .map_or(Money::ZERO, Money::from_major_f64),
            speed: row.measured("speed", unit::number, 0.01, 100.0).unwrap_or(1.0),
            time_zone: None,
            passes: false,
        });
    });
    if wrong {
        top.mark_wrong("nodes");
    }
    nodes
}

fn point(desk: &Desk, row: &Row<'_>, country: Option<&str>) -> Option<GeoPoint> {
    let city = row.text("city");
    if city.is_empty() {
        let lat = row.number("lat", unit::number, -90.0, 90.0)?;
        return Some(GeoPoint { lat, lon: row.number("lon", unit::number, -180.0, 180.0)? });
    }
    let own = row.text("country").to_lowercase();
    let country = if own.is_empty() { country } else { Some(own.as_str()) };
    city_point(desk, city, country).map_err(|(message, help)| row.wrong("E0208", "city", message, help)).ok()
}

pub fn floor(top: &Section<'_>) -> Floor {
    let keys = top.section("floor");
    let wave = keys.maybe_section("wave").map(|wave| Wave {
        every: wave.span("every"),
        size: wave.count("size"),
        before: wave.maybe_span("before"),
    });
    let queues = [QueueOrder::Fifo, QueueOrder::Priority, QueueOrder::EarliestDue];
    Floor {
        pick_per_order: law(&keys, "pick-per-order"),
        pick_per_line: law(&keys, "pick-per-line"),
        pack_per_order: law(&keys, "pack-per-order"),
        pack_per_line: law(&keys, "pack-per-line"),
        sort: law(&keys, "sort"),
        grade: law(&keys, "grade"),
        pick_wage: keys.money("pick-wage"),
        pack_wage: keys.money("pack-wage"),
        sort_wage: keys.money("sort-wage"),
        grade_wage: keys.money("grade-wage"),
        wave,
        merge_window: keys.span("merge-window"),
        box_max_weight_g: keys.mass_g("box-max-weight") as u32,
        box_max_volume_ml: keys.volume_ml("box-max-volume") as u32,
        box_max_units: keys.count("box-max-units"),
        box_max_side_mm: (keys.distance_km("box-max-side") * 1e6).round() as u32,
        errors: super::inspection::pick_errors(&keys),
        queue: keys.word("queue").map_or(QueueOrder::Fifo, |word| queues[word]),
        picking: super::warehouse::picking(&keys),
        notes: super::warehouse::notes(&keys),
        put_away: super::warehouse::put_away(&keys),
        staging: super::warehouse::staging(&keys),
        learning: super::warehouse::learning(&keys),
    }
}

impl Section<'_> {
    /// `{file: nodes.csv}` where otherwise a list or a map of names stands.
    fn file_in(&self, name: &str) -> Option<(String, crate::scenario::source::Place)> {
        let (row, node) = self.get(name)?;
        let file = node.get("file").filter(|_| matches!(node.value, Value::Map(_)))?;
        let open = if row.kind == Kind::Named { Section::open_loose } else { Section::open };
        let map = open(self.desk, row.path, node.clone());
        map.maybe_text("file").map(|text| (text, file.place))
    }
}
