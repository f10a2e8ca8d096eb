//! YAML and JSON texts into the tree. JSON is read as the YAML it is.
//!
//! # Why events and not a loader
//! A loader expands aliases before anyone can count them; here an alias is counted by the size of what it
//! stands for before it is taken, so an alias bomb costs nothing.

use std::collections::HashMap;
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span};

use super::diagnostic::Finding;
use super::source::Place;
use super::tree::{Budget, Entry, MAX_DEPTH, Node, Value};

/// Reads one document. On a syntax error the findings so far come back with it.
pub fn read(text: &str, source: u32) -> Result<Rc<Node>, Vec<Finding>> {
    let mut builder = Builder { source, ..Builder::default() };
    for event in Parser::new_from_str(text) {
        let step = match event {
            Ok((event, span)) => builder.on(event, span),
            Err(error) => {
                let place = builder.mark(*error.marker());
                // The scanner reads ahead of the events and has a limit of its own.
                match error.info().contains("recursion limit") {
                    true => Budget::default().take(1, MAX_DEPTH + 1, place),
                    false => Err(syntax(place, format!("this is not YAML: {}", error.info()))),
                }
            }
        };
        if let Err(finding) = step {
            builder.findings.push(finding);
            return Err(builder.findings);
        }
    }
    if !builder.findings.is_empty() {
        return Err(builder.findings);
    }
    Ok(builder.root.unwrap_or_else(|| Node::new(Value::Null, Place::whole(source))))
}

#[derive(Default)]
struct Builder {
    source: u32,
    open: Vec<Open>,
    /// Finished anchored values with their size.
    anchors: HashMap<usize, (Rc<Node>, usize)>,
    root: Option<Rc<Node>>,
    budget: Budget,
    findings: Vec<Finding>,
}

/// A list or map whose end has not come yet.
struct Open {
    place: Place,
    anchor: usize,
    size: usize,
    body: Body,
}

enum Body {
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>, Option<(String, Place)>),
}

impl Builder {
    fn on(&mut self, event: Event<'_>, span: Span) -> Result<(), Finding> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(syntax(self.place(span), "a second document starts here".into()))
            }
            Event::Scalar(text, style, anchor, _) => self.scalar(&text, style, anchor, span),
            Event::SequenceStart(anchor, _) => self.push(anchor, Body::List(Vec::new()), span),
            Event::MappingStart(anchor, _) => self.push(anchor, Body::Map(Vec::new(), None), span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, span: Span) -> Result<(), Finding> {
        let place = self.place(span);
        if let Some(Open { body: Body::Map(_, key @ None), .. }) = self.open.last_mut() {
            *key = Some((text.to_string(), place));
            return Ok(());
        }
        self.budget.take(1, self.open.len(), place)?;
        let bare = style == ScalarStyle::Plain && matches!(text, "" | "~" | "null" | "Null" | "NULL");
        let value = if bare { Value::Null } else { Value::Text(text.to_string()) };
        let node = Node::new(value, place);
        self.anchor(anchor, &node, 1);
        self.add(node, 1)
    }

    fn push(&mut self, anchor: usize, body: Body, span: Span) -> Result<(), Finding> {
        let place = Place { len: 1, ..self.mark(span.start) };
        self.budget.take(1, self.open.len() + 1, place)?;
        if let Some(Open { body: Body::Map(_, None), .. }) = self.open.last() {
            return Err(syntax(place, "a list or map stands where a key should be".into()));
        }
        self.open.push(Open { place, anchor, size: 1, body });
        Ok(())
    }

    fn close(&mut self, _: Span) -> Result<(), Finding> {
        let Some(Open { place, anchor, size, body }) = self.open.pop() else { return Ok(()) };
        let value = match body {
            Body::List(items) => Value::List(items),
            Body::Map(entries, _) => {
                let entries = merge_keys(entries);
                Budget::allow_keys(entries.len(), place)?;
                Value::Map(entries)
            }
        };
        let node = Node::new(value, place);
        self.anchor(anchor, &node, size);
        self.add(node, size)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Finding> {
        let place = self.place(span);
        let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
            return Err(syntax(place, "this alias stands inside the value it names".into()));
        };
        if let Some(Open { body: Body::Map(_, None), .. }) = self.open.last() {
            return Err(syntax(place, "an alias stands where a key should be".into()));
        }
        self.budget.take(size, self.open.len(), place)?;
        self.add(node, size)
    }

    fn anchor(&mut self, anchor: usize, node: &Rc<Node>, size: usize) {
        if 0 < anchor {
            self.anchors.insert(anchor, (node.clone(), size));
        }
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Rc<Node>, size: usize) -> Result<(), Finding> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size += size;
        match &mut open.body {
            Body::List(items) => items.push(node),
            Body::Map(entries, key) => {
                let Some((key, place)) = key.take() else { return Ok(()) };
                Budget::allow_keys(entries.len() + 1, place)?;
                self.findings.extend(add_entry(entries, key, place, node));
            }
        }
        Ok(())
    }

    fn mark(&self, mark: Marker) -> Place {
        Place::new(self.source, mark.line().max(1) as u32, mark.col() as u32 + 1, 1)
    }

    fn place(&self, span: Span) -> Place {
        let one_line = span.start.line() == span.end.line();
        let len = if one_line { span.len().max(1) as u32 } else { 1 };
        Place { len, ..self.mark(span.start) }
    }
}

/// Adds an entry, or tells that its key is there already.
pub fn add_entry(entries: &mut Vec<Entry>, key: String, place: Place, node: Rc<Node>) -> Option<Finding> {
    if let Some(first) = entries.iter().find(|entry| entry.key == key) {
        return Some(Finding {
            code: "E0108",
            place,
            message: format!("key \"{key}\" stands twice in one map"),
            read: Some(key),
            help: Some(format!("the first one is in line {}; keep one of the two", first.place.line)),
        });
    }
    entries.push(Entry { key, place, node });
    None
}

/// `<<: *base`: keys of the base that the map does not have itself.
fn merge_keys(mut entries: Vec<Entry>) -> Vec<Entry> {
    let Some(at) = entries.iter().position(|entry| entry.key == "<<") else { return entries };
    if !matches!(entries[at].node.value, Value::Map(_)) {
        return entries;
    }
    let base = entries.remove(at).node;
    for entry in base.entries() {
        if !entries.iter().any(|own| own.key == entry.key) {
            entries.push(entry.clone());
        }
    }
    entries
}

fn syntax(place: Place, message: String) -> Finding {
    let help = "check indentation, quotes and brackets on this line and the one before".to_string();
    Finding { code: "E0105", place, message, read: None, help: Some(help) }
}
