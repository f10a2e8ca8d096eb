//! WHAT THE PLANNER WROTE: one key table, one reader, all diagnostics in one pass.
//!
//! ```text
//! YAML, TOML, JSON -> tree (places kept) -> extends, --set -> sections by the key table -> Scenario
//!                        CSV tables and embedded cities ---------------^            or Diagnostics
//! ```
//!
//! # Promises
//! - Every mistake of a file is told in one pass, with code, place and the nearest thing that works.
//! - Defaults, bounds, words, the editor's schema and `explain` come from one table: `keys()`.
//! - No input makes the reader panic, run long or fill the memory: sizes are bounded before they are paid, and
//!   nothing that is packed is unpacked.
//! - No name of a scenario holds what a terminal obeys, or letters that no eye sees.
//! - A `Scenario` is complete: whoever builds a model from it opens no file but the replay.

mod change;
mod check;
mod city;
mod code;
mod desk;
mod diagnostic;
mod explain;
pub mod generate;
mod key;
mod keys;
mod letters;
mod load;
mod merge;
mod read;
mod schema;
mod section;
mod shape;
mod source;
pub mod spec;
mod table;
mod template;
mod text;
mod time_zone;
mod toml;
mod tree;
mod unit;
mod value;
mod words;
mod yaml;

use std::path::Path;
use std::rc::Rc;

pub use check::expected_orders;
pub use code::{BUILD_CODES, CODES, Code};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use explain::{Term, explain, explain_with, near};
pub use key::{Default, KeyRow, Kind, keys};
pub use keys::STAGES;
pub use schema::schema;
pub use source::Place;
pub use spec::Scenario;
pub use template::template;

use desk::Desk;
use tree::Node;

/// The scenario that `ordermill` runs without arguments.
pub const QUICKSTART: &str = include_str!("../../scenarios/quickstart.yaml");

/// Reads a scenario file, with `--set` overrides as (path, value); warnings are dropped.
pub fn read(path: &Path, overrides: &[(String, String)]) -> Result<Scenario, Diagnostics> {
    only_errors(inspect(path, overrides))
}

/// Reads a scenario from a text; `name` tells the format (`.toml`, else YAML or JSON) and goes into diagnostics.
pub fn read_str(
    name: &str,
    text: &str,
    base_dir: &Path,
    overrides: &[(String, String)],
) -> Result<Scenario, Diagnostics> {
    only_errors(inspect_str(name, text, base_dir, overrides))
}

/// Like `read`, with the warnings: the scenario is there when no diagnostic is an error.
pub fn inspect(path: &Path, overrides: &[(String, String)]) -> (Option<Scenario>, Diagnostics) {
    let desk = Desk::default();
    let tree = load::file(&desk, path);
    let stem = path.file_stem().map_or("scenario".into(), |stem| stem.to_string_lossy().into_owned());
    finish(&desk, tree, overrides, &stem)
}

pub fn inspect_str(
    name: &str,
    text: &str,
    base_dir: &Path,
    overrides: &[(String, String)],
) -> (Option<Scenario>, Diagnostics) {
    let desk = Desk::default();
    let tree = load::string(&desk, name, text, base_dir);
    let stem =
        Path::new(name).file_stem().map_or("scenario".into(), |stem| stem.to_string_lossy().into_owned());
    finish(&desk, tree, overrides, &stem)
}

/// The text of a regular file of at most so many bytes, or one line that says why not.
pub fn text_of(path: &std::path::Path, most_bytes: u64) -> Result<String, String> {
    text::read(path, most_bytes)
        .map_err(|fault| format!("{} {}:1:1  {}", fault.code, path.display(), fault.message))
}

fn finish(
    desk: &Desk,
    tree: Option<Rc<Node>>,
    overrides: &[(String, String)],
    stem: &str,
) -> (Option<Scenario>, Diagnostics) {
    let scenario = tree.map(|tree| {
        let tree = load::overrides(desk, tree, overrides);
        letters::check(desk, &tree);
        read::scenario(desk, tree, stem)
    });
    let diagnostics = desk.finish();
    (scenario.filter(|_| !diagnostics.has_errors()), diagnostics)
}

fn only_errors((scenario, diagnostics): (Option<Scenario>, Diagnostics)) -> Result<Scenario, Diagnostics> {
    scenario.ok_or(diagnostics)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// What no shipped scenario says, so that the walk below reaches every key.
    const REST: &[&str] = &[
        "zones: {us-zip: {digits: 2}}",
        "zones: {file: zones.csv}",
        "zones: {list: [{name: A, at: {city: Berlin, country: de}}, {name: B, at: {lat: 1, lon: 2}}]}",
        "catalog: {file: catalog.csv}",
        "catalog: {from-replay: {}}",
        "nodes: {file: nodes.csv}",
        "shifts: {file: shifts.csv}",
        "arrivals: {constant: {rate: 5/h}}",
        "arrivals: {ramp: {stages: [{to: 5/h, over: 2 h}]}}",
        "floor: {sort: {uniform: {from: 1 s, to: 2 s}}, grade: {weibull: {scale: 1 m, shape: 2}}}",
        "floor: {sort: {constant: 1 s}, grade: {triangular: {low: 1 s, mode: 2 s, high: 3 s}}}",
        "floor: {sort: {erlang: {mean: 1 s, phases: 2}}, grade: {lognormal: {mean: 1 m, cv: 1}}}",
        "floor: {sort: {empirical: [{p: 0, time: 1 s}, {p: 1, time: 2 s}]}}",
        "network: {lane-rules: [{from: hubs, to: hubs, departures: {every: 2 h}}]}",
        "extends: smoke.yaml\nnetwork: {generate: {hubs: 2}}",
        "last-mile: {rounds: {every: 2 h, first: \"08:00\"}}",
        "promise: {target: 95%}",
        "stock: {receipts: [{at: 1 h, quantity: 5}]}",
        "carrier-choice: {risk-weight: 1}",
        "cart: {lifetime: 1 d}",
        "cart: {}\nwishlist: {browsing: 1%}",
        "payment: {signing: {window: 5 m}}",
        "complaints: {tiers: [{name: a, share: 1, answer-within: 1 h}]}",
        "experience: {base: 50}",
        "floor: {notes: {company: 1}, picking: {method: batch}, put-away: {workers: 1}, wave: {before: 1 h}}",
        "pre-position: {every: 1 d}",
        "returns: {window: 1 d}",
        "service: {intents: [{name: complaint, share: 5%}]}",
        "signature: {above: 5}",
        "stock: {replenish: [{policy: base-stock, level: 5}]}",
        "tracking: {scan-loss: 1%}",
        "carriers: [{name: a, peak: [{from: 2026-11-01, to: 2026-11-02, share: 5%}]}]",
        "network: {ad-hoc: {above: 5}}",
        "weather: [{name: a, nodes: [b], states: [{name: c, next: {c: 1}}]}]",
        "promotions: {coupons: [{name: a, off: 3, budget: 9}, {name: b, percent: 1%, budget: 9}], points: {worth: 1}}",
        "checkout: {choice: {per-money: 1, per-day: 1}}",
        "review: {rules: [{name: a, verdict: pass}]}",
        "load: {arrivals: {closed: {}}, slo: [{quantile: 99%, at-most: 1 ms}]}",
        "load: {arrivals: {constant-arrival-rate: {rate: 5/s}}}",
        "load: {arrivals: {ramping-arrival-rate: {stages: [{to: 5/s, over: 2 s}]}}}",
        "load: {arrivals: {replay: {speed: 5}}}",
    ];

    #[test]
    fn every_row_of_the_key_table_is_read_and_stands_once() {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        let mut read = |text: &str, folder: &Path| {
            let desk = Desk::default();
            let tree = load::string(&desk, "a.yaml", text, folder).expect("a tree");
            read::scenario(&desk, tree, "a");
            used.extend(desk.used());
        };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        read(QUICKSTART, &folder);
        read("extends: smoke.yaml", &folder);
        read("extends: cdnow-replay.yaml", &folder);
        REST.iter().for_each(|text| read(text, &folder));
        crate::domain::FAULTS
            .iter()
            .for_each(|fault| read(&format!("extends: faults/{}.yaml", fault.name), &folder));
        let listed: BTreeSet<&str> = keys().iter().map(|row| row.path).collect();
        let unread: Vec<_> = listed.difference(&used).collect();
        assert!(unread.is_empty(), "rows that nobody reads: {unread:?}");
        assert_eq!(listed.len(), keys().len(), "a path stands twice");
    }

    #[test]
    fn every_row_has_help_an_example_and_a_parent() {
        for row in keys() {
            assert!(row.help.ends_with('.'), "{}: help is a sentence", row.path);
            assert!(!row.example.is_empty() || row.kind == Kind::Text, "{}: no example", row.path);
            let parent = row.parent().trim_end_matches("[]").trim_end_matches(".*");
            assert!(
                parent.is_empty() || parent.starts_with('<') || key::find(parent).is_some(),
                "{}",
                row.path
            );
        }
    }
}
