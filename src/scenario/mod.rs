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
//! - No input makes the reader panic, run long or fill the memory: sizes are bounded before they are paid.
//! - A `Scenario` is complete: whoever builds a model from it opens no file but the replay.

mod check;
mod city;
mod code;
mod desk;
mod diagnostic;
mod explain;
mod key;
mod keys;
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
mod toml;
mod tree;
mod unit;
mod words;
mod yaml;

use std::path::Path;
use std::rc::Rc;

pub use check::expected_orders;
pub use code::{CODES, Code};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use explain::{Term, explain, explain_with};
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

fn finish(
    desk: &Desk,
    tree: Option<Rc<Node>>,
    overrides: &[(String, String)],
    stem: &str,
) -> (Option<Scenario>, Diagnostics) {
    let scenario = tree.map(|tree| read::scenario(desk, load::overrides(desk, tree, overrides), stem));
    let diagnostics = desk.finish();
    (scenario.filter(|_| !diagnostics.has_errors()), diagnostics)
}

fn only_errors((scenario, diagnostics): (Option<Scenario>, Diagnostics)) -> Result<Scenario, Diagnostics> {
    scenario.ok_or(diagnostics)
}
