//! The cursor over one section: reads keys by their rows in the key table, tells what is wrong and goes on.
//!
//! # Promises
//! - A key that is not in the table cannot be read: the reader stops with a panic, and a test reads every key.
//! - Whatever was written, every call returns a value; the desk knows whether it can be believed.

use std::rc::Rc;

use super::desk::Desk;
use super::diagnostic::{nearest, suggest};
use super::key::{Default, KeyRow, children, find, keys};
use super::source::Place;
use super::tree::{Node, Value};
use super::unit::{self, Read};
use super::yaml;

#[derive(Clone)]
pub struct Section<'d> {
    pub desk: &'d Desk,
    /// Path in the key table: `nodes[]`.
    path: String,
    node: Rc<Node>,
    /// Keys that a misspelled one seems to mean: not also called missing.
    excused: Vec<&'static str>,
}

impl<'d> Section<'d> {
    /// Opens a map as the section at `path` and tells its unknown keys.
    pub fn open(desk: &'d Desk, path: &str, node: Rc<Node>) -> Section<'d> {
        let mut section = Section::open_loose(desk, path, node);
        match &section.node.value {
            Value::Map(entries) => {
                let unknown = entries.iter().filter(|entry| section.is_unknown(&entry.key));
                let meant = unknown.filter_map(|entry| section.tell_unknown(&entry.key, entry.place));
                section.excused = meant.collect();
            }
            _ => section.tell_no_map(),
        }
        section
    }

    /// Opens a map whose other keys are the planner's own names.
    pub fn open_loose(desk: &'d Desk, path: &str, node: Rc<Node>) -> Section<'d> {
        Section { desk, path: path.to_string(), node, excused: Vec::new() }
    }

    fn is_unknown(&self, key: &str) -> bool {
        find(&self.path_of(key)).is_none() && !self.is_private(key)
    }

    /// `$schema` and `x-...` at the top are the planner's own: for editors and for anchors.
    fn is_private(&self, key: &str) -> bool {
        self.path.is_empty() && (key == "$schema" || key.starts_with("x-"))
    }

    fn tell_unknown(&self, key: &str, place: Place) -> Option<&'static str> {
        let known: Vec<&str> = children(&self.path).map(KeyRow::name).collect();
        let near = (key.len() <= 64 && !self.desk.is_crowded())
            .then(|| nearest(key, known.iter().copied()))
            .flatten();
        let elsewhere = keys().iter().find(|row| row.name() == key && !row.path.starts_with('<'));
        let help = match (near, elsewhere) {
            _ if self.desk.is_crowded() => format!("its keys: ordermill explain {}", self.path),
            (None, Some(row)) => format!("there is \"{}\"; {}", row.path, suggest(key, &known)),
            _ => suggest(key, &known),
        };
        let within = if self.path.is_empty() { "at the top".into() } else { format!("in \"{}\"", self.path) };
        self.desk.report("E0201", place, format!("unknown key \"{}\" {within}", unit::short(key)), help);
        // What was meant is not known: nothing that hangs on the near key is judged.
        let meant = near.and_then(|near| find(&self.path_of(near)))?;
        self.desk.mark_wrong(meant.path);
        Some(meant.path)
    }

    fn tell_no_map(&self) {
        let named: Vec<&str> = children(&self.path).map(KeyRow::name).take(6).collect();
        let message = format!("{} is not a map of keys", self.node.said());
        self.desk.report("E0203", self.node.place, message, format!("its keys: {}", named.join(", ")));
        self.mark_below();
    }

    fn mark_below(&self) {
        keys()
            .iter()
            .filter(|row| row.path.starts_with(&self.path))
            .for_each(|row| self.desk.mark_wrong(row.path));
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn row(&self, name: &str) -> &'static KeyRow {
        let path = self.path_of(name);
        let row = find(&path).unwrap_or_else(|| panic!("key \"{path}\" is read but not in the key table"));
        self.desk.mark_used(row.path);
        row
    }

    pub fn place(&self) -> Place {
        self.node.place
    }

    /// The place of a key's value, or of the section when it is not written.
    pub fn place_of(&self, name: &str) -> Place {
        self.node.entry(name).map_or(self.node.place, |entry| entry.node.place)
    }

    pub fn has(&self, name: &str) -> bool {
        self.row(name);
        self.node.get(name).is_some()
    }

    pub fn report(&self, code: &'static str, name: &str, message: String, help: impl Into<String>) {
        self.desk.report(code, self.place_of(name), message, help);
        self.desk.mark_wrong(self.row(name).path);
    }

    /// What is written, else the default; a missing key that must be there is told.
    pub fn get(&self, name: &str) -> Option<(&'static KeyRow, Rc<Node>)> {
        let row = self.row(name);
        if let Some(node) = self.node.get(name) {
            return Some((row, node.clone()));
        }
        match row.default {
            Default::Off => None,
            Default::Is("{}") => Some((row, Node::empty_map(self.node.place))),
            Default::Is("") => Some((row, Node::new(Value::Text(String::new()), self.node.place))),
            Default::Is(text) => Some((row, default_node(text, self.node.place))),
            Default::Must => {
                if self.is_map() && !self.excused.contains(&row.path) {
                    let within = if self.path.is_empty() { "scenario" } else { &self.path };
                    let message = format!("missing key \"{}\" in \"{within}\"", row.name());
                    let help = format!("add \"{}: {}\"  {}", row.name(), row.example, row.help);
                    self.desk.report("E0202", self.node.place, message, help);
                }
                self.desk.mark_wrong(row.path);
                None
            }
        }
    }

    /// Reads a text by `read`; what is wrong is told and `None` comes back.
    pub fn read<T>(&self, name: &str, read: impl FnOnce(&str) -> Read<T>) -> Option<T> {
        let (row, node) = self.get(name)?;
        let Some(text) = node.text() else {
            let message = format!("{} is not a {}", node.said(), row.kind.unit());
            self.desk.report("E0203", node.place, message, format!("write it like \"{}\"", row.example));
            self.desk.mark_wrong(row.path);
            return None;
        };
        match read(text) {
            Ok(value) => Some(value),
            Err(mut fault) => {
                if !row.example.is_empty() && row.kind.is_measured() {
                    fault.help =
                        format!("{}; here for example {}", fault.help.trim_end_matches('.'), row.example);
                }
                self.desk.fault(node.place, fault);
                self.desk.mark_wrong(row.path);
                None
            }
        }
    }

    /// A section; when one that must be there is missing, its own keys are not also called missing.
    pub fn section(&self, name: &str) -> Section<'d> {
        if let Some((row, node)) = self.get(name) {
            return Section::open(self.desk, row.path, node);
        }
        let path = self.row(name).path;
        let excused = children(path).map(|row| row.path).collect();
        Section { excused, ..Section::open_loose(self.desk, path, Node::empty_map(self.node.place)) }
    }

    pub fn maybe_section(&self, name: &str) -> Option<Section<'d>> {
        self.get(name).map(|(row, node)| Section::open(self.desk, row.path, node))
    }

    /// The one key of a `OneOf` map, and the map itself to read that key from.
    pub fn one_of(&self, name: &str) -> Option<(&'static str, Section<'d>)> {
        let (row, node) = self.get(name)?;
        let chosen = Section::open(self.desk, row.path, node).chosen();
        if chosen.is_none() {
            self.desk.mark_wrong(row.path);
        }
        chosen
    }

    /// The one key that is written here, of those that exclude each other.
    pub fn chosen(self) -> Option<(&'static str, Section<'d>)> {
        let written: Vec<&'static str> =
            children(&self.path).map(KeyRow::name).filter(|name| self.node.get(name).is_some()).collect();
        if let [only] = written[..] {
            self.row(only);
            return Some((only, self));
        }
        if self.is_map() && !self.has_unknown() {
            let known: Vec<&str> = children(&self.path).map(KeyRow::name).collect();
            let message = match &written[..] {
                [] => "this map is empty".to_string(),
                _ => format!("{} exclude each other", written.join(" and ")),
            };
            let help = format!("write exactly one of: {}", known.join(", "));
            self.desk.report("E0210", self.node.place, message, help);
        }
        self.mark_below();
        None
    }

    pub fn is_map(&self) -> bool {
        matches!(self.node.value, Value::Map(_))
    }

    pub fn has_unknown(&self) -> bool {
        self.node.entries().iter().any(|entry| self.is_unknown(&entry.key))
    }

    /// The path of a key's row.
    pub fn row_path(&self, name: &str) -> &'static str {
        self.row(name).path
    }

    pub fn mark_wrong(&self, name: &str) {
        self.desk.mark_wrong(self.row(name).path);
    }

    /// The maps of a list; an empty list of what must be there is told.
    pub fn items(&self, name: &str) -> Vec<Section<'d>> {
        let Some((row, node)) = self.get(name) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            let message = format!("{} is not a list", node.said());
            self.desk.report("E0203", node.place, message, format!("write it like {}", row.example));
            keys().iter().filter(|k| k.path.starts_with(row.path)).for_each(|k| self.desk.mark_wrong(k.path));
            return Vec::new();
        };
        if items.is_empty() && row.default == Default::Must {
            let message = format!("\"{}\" is an empty list", row.name());
            self.desk.report(
                "E0211",
                node.place,
                message,
                format!("write at least one, like {}", row.example),
            );
            self.desk.mark_wrong(row.path);
        }
        let path = format!("{}[]", row.path);
        items.iter().map(|item| Section::open(self.desk, &path, item.clone())).collect()
    }

    /// Lists of maps by a name of the planner's choice.
    pub fn named_items(&self, name: &str) -> Vec<(String, Vec<Section<'d>>)> {
        let Some((row, node)) = self.get(name) else { return Vec::new() };
        if !matches!(node.value, Value::Map(_)) {
            let message = format!("{} is not a map", node.said());
            self.desk.report("E0203", node.place, message, format!("write it like {}", row.example));
            self.desk.mark_wrong(row.path);
            return Vec::new();
        }
        let path = format!("{}.*[]", row.path);
        let mut named = Vec::new();
        for entry in node.entries().iter().filter(|entry| entry.key != "file") {
            let Value::List(items) = &entry.node.value else {
                let message = format!("{} is not a list of maps", entry.node.said());
                self.desk.report(
                    "E0203",
                    entry.node.place,
                    message,
                    format!("write it like {}", row.example),
                );
                self.desk.mark_wrong(row.path);
                continue;
            };
            let sections = items.iter().map(|item| Section::open(self.desk, &path, item.clone())).collect();
            named.push((entry.key.clone(), sections));
        }
        named
    }
}

/// A default of the key table as a value: a flow map, a flow list, or a text as it stands.
pub fn default_node(text: &str, place: Place) -> Rc<Node> {
    if !text.starts_with(['{', '[']) {
        return Node::new(Value::Text(text.to_string()), place);
    }
    let node = yaml::read(text, u32::MAX)
        .unwrap_or_else(|_| panic!("the default {text} of the key table is not YAML"));
    moved(&node, place)
}

/// The same values, all at one place.
fn moved(node: &Node, place: Place) -> Rc<Node> {
    let value = match &node.value {
        Value::List(items) => Value::List(items.iter().map(|item| moved(item, place)).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|entry| super::tree::Entry { place, node: moved(&entry.node, place), ..entry.clone() })
                .collect(),
        ),
        value => value.clone(),
    };
    Node::new(value, place)
}
