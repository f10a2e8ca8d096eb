//! Shipping notes of replication 0, for the run folder: `shipping_notes.csv`, a row a note, and `shipping_notes.jsonl`,
//! an object a note.
//!
//! | column | is |
//! |---|---|
//! | `number` | the node's number and the note's own at that node |
//! | `label` | SSCC: 18 digits, the last one checks |
//! | `packed_at` | local time of the scenario |
//! | `node`, `zone`, `method`, `carrier` | names of the scenario |
//! | `wave` | the node's wave, counted from 1; empty where work is released at once |
//! | `orders` | numbers of the orders in it |
//! | `lines` | SKUs and units: `SKU-000001 x 2; SKU-000007 x 1`; in JSON a list of `{sku, units}` |
//! | `units`, `weight_g`, `volume_ml` | of all lines |
//! | `box`, `boxes` | this box of so many of its fulfillment order |
//! | `again` | the goods of a lost parcel, sent once more |

use std::path::PathBuf;

use serde::Serialize;

use super::clock::Clock;
use super::tables::text;
use crate::domain::sscc;
use crate::metrics::{Note, Notes};
use crate::model::Model;
use crate::scenario::spec;
use crate::sim::Outcome;

#[derive(Debug, Serialize)]
struct Row<'a> {
    number: String,
    label: String,
    packed_at: String,
    node: &'a str,
    wave: Option<u64>,
    orders: Vec<u64>,
    lines: Vec<Line>,
    units: u64,
    r#box: u32,
    boxes: u32,
    weight_g: u32,
    volume_ml: u32,
    carrier: &'a str,
    method: &'a str,
    zone: &'a str,
    again: bool,
}

#[derive(Debug, Serialize)]
struct Line {
    sku: String,
    units: u32,
}

const HEADER: [&str; 16] = [
    "number",
    "label",
    "packed_at",
    "node",
    "wave",
    "orders",
    "lines",
    "units",
    "box",
    "boxes",
    "weight_g",
    "volume_ml",
    "carrier",
    "method",
    "zone",
    "again",
];

/// The two files; none where the scenario asks for no notes.
pub fn shipping_notes(model: &Model, outcome: &Outcome, start: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let (Some(rules), Some(notes)) = (&model.floor.notes, &outcome.notes) else { return Vec::new() };
    let clock = Clock::new(start, 0.0);
    let (csv, jsonl) = files(model, rules, notes, &clock);
    vec![("shipping_notes.csv".into(), csv), ("shipping_notes.jsonl".into(), jsonl)]
}

fn files(model: &Model, rules: &spec::Notes, notes: &Notes, clock: &Clock) -> (Vec<u8>, Vec<u8>) {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut jsonl = Vec::new();
    csv.write_record(HEADER).expect("a table in memory");
    for note in &notes.kept {
        let row = row(model, rules, note, clock);
        let lines = row.lines.iter().map(|line| format!("{} x {}", line.sku, line.units));
        let orders: Vec<String> = row.orders.iter().map(u64::to_string).collect();
        csv.write_record([
            row.number.clone(),
            row.label.clone(),
            row.packed_at.clone(),
            text(row.node),
            row.wave.map_or_else(String::new, |wave| wave.to_string()),
            orders.join("; "),
            text(&lines.collect::<Vec<_>>().join("; ")),
            row.units.to_string(),
            row.r#box.to_string(),
            row.boxes.to_string(),
            row.weight_g.to_string(),
            row.volume_ml.to_string(),
            text(row.carrier),
            text(row.method),
            text(row.zone),
            row.again.to_string(),
        ])
        .expect("a table in memory");
        serde_json::to_writer(&mut jsonl, &row).expect("plain data");
        jsonl.push(b'\n');
    }
    (csv.into_inner().expect("a table in memory"), jsonl)
}

fn row<'a>(model: &'a Model, rules: &spec::Notes, note: &Note, clock: &Clock) -> Row<'a> {
    let catalog = model.catalog();
    Row {
        number: format!("{:03}-{:08}", note.node.0, note.number),
        label: sscc(&rules.company, note.serial),
        packed_at: clock.iso(note.at),
        node: &model.nodes[note.node.index()].name,
        wave: note.wave,
        orders: note.orders.iter().map(|order| order.0).collect(),
        lines: note
            .lines
            .iter()
            .map(|&(sku, units)| Line { sku: catalog.names[sku.index()].clone(), units })
            .collect(),
        units: note.units(),
        r#box: note.place,
        boxes: note.boxes,
        weight_g: note.weight_g,
        volume_ml: note.volume_ml,
        carrier: &model.carrier_names[usize::from(note.carrier)],
        method: &model.methods[usize::from(note.method)].name,
        zone: &model.zones[usize::from(note.zone)].name,
        again: note.again,
    }
}
