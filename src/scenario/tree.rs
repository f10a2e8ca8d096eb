//! The tree: what a YAML, TOML or JSON text says, with the place of every key and value.
//!
//! # Promises
//! - A scalar stays the text that was written; its meaning is the key table's business.
//! - Depth and number of values are bounded, so a hostile file ends in a diagnostic, not in a full memory.

use std::rc::Rc;

use super::diagnostic::Finding;
use super::source::Place;

pub const MAX_BYTES: u64 = 8 << 20;
pub const MAX_DEPTH: usize = 48;
pub const MAX_VALUES: usize = 400_000;
/// A map is searched key by key: a few hundred are many.
pub const MAX_KEYS: usize = 4_096;

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub value: Value,
    pub place: Place,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub place: Place,
    pub node: Rc<Node>,
}

impl Node {
    pub fn new(value: Value, place: Place) -> Rc<Node> {
        Rc::new(Node { value, place })
    }

    pub fn empty_map(place: Place) -> Rc<Node> {
        Node::new(Value::Map(Vec::new()), place)
    }

    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub fn items(&self) -> &[Rc<Node>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value under a key, unless it is missing or null.
    pub fn get(&self, key: &str) -> Option<&Rc<Node>> {
        self.entry(key).map(|entry| &entry.node).filter(|node| node.value != Value::Null)
    }

    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What a planner would call it: `"forty"`, `a list`, `a map`, `nothing`.
    pub fn said(&self) -> String {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Text(text) if 60 < text.chars().count() => {
                format!("\"{}...\"", text.chars().take(57).collect::<String>())
            }
            Value::Text(text) => format!("\"{text}\""),
            Value::List(_) => "a list".into(),
            Value::Map(_) => "a map".into(),
        }
    }
}

/// Counts values and depth while a tree is built.
#[derive(Debug, Default)]
pub struct Budget {
    values: usize,
}

impl Budget {
    pub fn take(&mut self, values: usize, depth: usize, place: Place) -> Result<(), Finding> {
        self.values = self.values.saturating_add(values);
        let (code, message, help) = if MAX_DEPTH < depth {
            (
                "E0106",
                format!("nested deeper than {MAX_DEPTH} levels"),
                "no key of a scenario is deeper than 8 levels; look for a bracket that was not closed",
            )
        } else if MAX_VALUES < self.values {
            (
                "E0107",
                format!("more than {MAX_VALUES} values, aliases expanded"),
                "move bulk data into a CSV table beside the file, and do not nest aliases of aliases",
            )
        } else {
            return Ok(());
        };
        Err(Finding { code, place, message, read: None, help: Some(help.into()) })
    }

    /// Whether one map may have so many keys.
    pub fn allow_keys(count: usize, place: Place) -> Result<(), Finding> {
        if count <= MAX_KEYS {
            return Ok(());
        }
        let message = format!("a map of more than {MAX_KEYS} keys");
        let help = Some("write a list, or a CSV table beside the file".into());
        Err(Finding { code: "E0107", place, message, read: None, help })
    }
}
