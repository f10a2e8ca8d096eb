//! One tree over another: `extends`, and the overrides of the command line.
//!
//! # Why the key table takes part
//! Where keys exclude each other (arrivals, zones, distributions), a child that names another one replaces the
//! base's; merging would leave both. So a merge asks the table what stands at a path.

use std::rc::Rc;

use super::change::Change;
use super::diagnostic::{Finding, suggest};
use super::key::{Default, Kind, children, find};
use super::section::default_node;
use super::source::Place;
use super::tree::{Entry, Node, Value};

/// `child` over `base`: maps merge key by key, everything else replaces, null takes a key away.
pub fn merge(base: &Rc<Node>, child: &Rc<Node>, path: &str) -> Rc<Node> {
    let (Value::Map(under), Value::Map(over)) = (&base.value, &child.value) else { return child.clone() };
    match find(path).map(|row| row.kind) {
        None if path.is_empty() => {}
        Some(Kind::Section | Kind::Named) => {}
        Some(Kind::OneOf) if over.iter().all(|entry| base.get(&entry.key).is_some()) => {}
        _ => return child.clone(),
    }
    let mut entries: Vec<Entry> = under.clone();
    for entry in over {
        let path = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
        match entries.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => {
                *known = Entry { node: merge(&known.node, &entry.node, &path), ..entry.clone() };
            }
            None => entries.push(entry.clone()),
        }
    }
    Node::new(Value::Map(entries), child.place)
}

/// Sets one dotted path: `run.horizon`, `nodes.0.pickers`, `nodes.Hangzhou.pickers`, `nodes.*.pickers`; one that
/// ends in `*` or `+` changes what stands there: `nodes.*.pickers*` by a factor, `review.reviewers+` by a number.
pub fn set(root: &mut Rc<Node>, path: &str, value: Rc<Node>, source: u32) -> Result<(), Finding> {
    let (path, change) = Change::of(path);
    let goal = Goal { value: &value, change };
    let mut column = 1;
    let mut steps = Vec::new();
    for text in path.split('.') {
        let len = text.chars().count() as u32;
        steps.push(Step { text, place: Place::new(source, 1, column, len.max(1)) });
        column += len + 1;
    }
    set_below(root, "", &steps, &goal)
}

/// What the path's end becomes.
struct Goal<'v> {
    value: &'v Rc<Node>,
    change: Option<Change>,
}

impl Goal<'_> {
    fn reach(&self, node: &mut Rc<Node>, path: &str) -> Result<(), Finding> {
        let Some(change) = self.change else {
            *node = self.value.clone();
            return Ok(());
        };
        if find(path).is_some_and(|row| row.kind == Kind::Law) && node.text().is_none() {
            return self.stretch(node, "<law>");
        }
        let text = |node: &Rc<Node>| node.text().map(str::to_owned);
        let kind = find(path).map_or(Kind::Section, |row| row.kind);
        let changed = change.apply(kind, text(node).as_deref(), text(self.value).as_deref());
        let place = self.value.place;
        let read = text(self.value);
        let told = |(message, help)| Finding { code: "E0213", place, message, read, help: Some(help) };
        *node = Node::new(Value::Text(changed.map_err(told)?), place);
        Ok(())
    }

    /// A distribution by a factor is all its times by that factor: the shape stays.
    fn stretch(&self, node: &mut Rc<Node>, path: &str) -> Result<(), Finding> {
        let is_time = find(path).is_some_and(|row| row.kind == Kind::Span);
        match &mut Rc::make_mut(node).value {
            Value::Map(entries) => {
                let below = |entry: &Entry| format!("{path}.{}", entry.key);
                entries.iter_mut().try_for_each(|entry| {
                    let path = below(entry);
                    self.stretch(&mut entry.node, &path)
                })
            }
            Value::List(items) => {
                items.iter_mut().try_for_each(|item| self.stretch(item, &format!("{path}[]")))
            }
            Value::Text(_) if is_time => self.reach(node, path),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Copy)]
struct Step<'p> {
    text: &'p str,
    place: Place,
}

fn set_below(node: &mut Rc<Node>, at: &str, steps: &[Step<'_>], goal: &Goal<'_>) -> Result<(), Finding> {
    let Some((step, rest)) = steps.split_first() else { return goal.reach(node, at) };
    if let Value::List(_) = node.value {
        return set_items(node, at, step, rest, goal);
    }
    let kind = find(at).map(|row| row.kind);
    if kind == Some(Kind::Named) && step.text == "*" {
        return set_named(node, at, rest, goal);
    }
    let (path, known) = match kind {
        None if !at.is_empty() && !at.ends_with("[]") && !at.starts_with('<') => {
            return Err(bad(step, format!("nothing is below \"{at}\""), "the path ends before this".into()));
        }
        Some(Kind::Named) if step.text != "file" => (format!("{at}.*"), true),
        Some(Kind::Law) => known_path("<law>", step),
        Some(Kind::Place) => known_path("<place>", step),
        _ => known_path(at, step),
    };
    if !known {
        let section = path.rsplit_once('.').map_or("", |(section, _)| section);
        let names: Vec<&str> = children(section).map(|row| row.name()).collect();
        let help =
            if names.is_empty() { "the path ends before this".into() } else { suggest(step.text, &names) };
        let within = if at.is_empty() { "at the top".into() } else { format!("in \"{at}\"") };
        return Err(bad(step, format!("unknown key \"{}\" {within}", super::unit::short(step.text)), help));
    }
    let exclusive = matches!(kind, Some(Kind::OneOf | Kind::Law));
    let map = Rc::make_mut(node);
    if !matches!(map.value, Value::Map(_)) || exclusive && !map.entries().iter().any(|e| e.key == step.text) {
        map.value = Value::Map(Vec::new());
    }
    let Value::Map(entries) = &mut map.value else { unreachable!("made a map above") };
    let index = entries.iter().position(|entry| entry.key == step.text).unwrap_or_else(|| {
        let default = find(&path).map(|row| row.default);
        let node = match default {
            Some(Default::Is(text)) if (!rest.is_empty() || goal.change.is_some()) && !text.is_empty() => {
                default_node(text, step.place)
            }
            _ => Node::empty_map(step.place),
        };
        entries.push(Entry { key: step.text.to_string(), place: step.place, node });
        entries.len() - 1
    });
    set_below(&mut entries[index].node, &path, rest, goal)
}

/// Every name of the planner's choice.
fn set_named(node: &mut Rc<Node>, at: &str, rest: &[Step<'_>], goal: &Goal<'_>) -> Result<(), Finding> {
    let Value::Map(entries) = &mut Rc::make_mut(node).value else { return Ok(()) };
    let mut named = entries.iter_mut().filter(|entry| entry.key != "file");
    named.try_for_each(|entry| set_below(&mut entry.node, &format!("{at}.*"), rest, goal))
}

fn known_path(section: &str, step: &Step<'_>) -> (String, bool) {
    let path = if section.is_empty() { step.text.to_string() } else { format!("{section}.{}", step.text) };
    let known = find(&path).is_some();
    (path, known)
}

fn set_items(
    node: &mut Rc<Node>,
    at: &str,
    step: &Step<'_>,
    rest: &[Step<'_>],
    goal: &Goal<'_>,
) -> Result<(), Finding> {
    let name_of = |item: &Rc<Node>| item.get("name").and_then(|name| name.text().map(str::to_string));
    let names: Vec<Option<String>> = node.items().iter().map(name_of).collect();
    let chosen: Vec<usize> = match step.text {
        "*" => (0..names.len()).collect(),
        text => {
            let named = names.iter().position(|name| name.as_deref() == Some(text));
            let numbered = text.parse::<usize>().ok().filter(|&index| index < names.len());
            named.or(numbered).into_iter().collect()
        }
    };
    if chosen.is_empty() {
        let known: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
        let help = format!("write a number from 0 on, a name, or *; {}", suggest(step.text, &known));
        let said = super::unit::short(step.text);
        return Err(bad(step, format!("no item \"{said}\" among the {} of \"{at}\"", names.len()), help));
    }
    let Value::List(items) = &mut Rc::make_mut(node).value else { unreachable!("only called for lists") };
    for index in chosen {
        set_below(&mut items[index], &format!("{at}[]"), rest, goal)?;
    }
    Ok(())
}

fn bad(step: &Step<'_>, message: String, help: String) -> Finding {
    Finding { code: "E0213", place: step.place, message, read: Some(step.text.into()), help: Some(help) }
}
