//! From files and overrides to one tree: format by file name, `extends` followed, overrides set.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::desk::Desk;
use super::diagnostic::Finding;
use super::merge;
use super::source::{Lines, Place, Source, SourceKind};
use super::text;
use super::tree::{MAX_BYTES, Node, Value};
use super::{toml, yaml};

/// Bases of bases: more than these is a slip.
const MOST_BASES: usize = 16;

/// Reads a file and the files it extends.
pub fn file(desk: &Desk, path: &Path) -> Option<Rc<Node>> {
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let source = desk.add_source(Source::file(path.display().to_string(), "", Some(folder)));
    let content =
        text::read(path, MAX_BYTES).map_err(|fault| desk.fault(Place::whole(source), fault)).ok()?;
    let mut chain = vec![identity(path)];
    document(desk, source, &path.display().to_string(), content, &mut chain)
}

/// Reads a text that is in memory; files it names start from `folder`.
pub fn string(desk: &Desk, name: &str, content: &str, folder: &Path) -> Option<Rc<Node>> {
    let source = desk.add_source(Source::file(name, "", Some(folder.to_path_buf())));
    if let Err(fault) = text::check(name, content) {
        desk.fault(Place::whole(source), fault);
        return None;
    }
    document(desk, source, name, content.to_string(), &mut vec![identity(&folder.join(name))])
}

fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

fn document(
    desk: &Desk,
    source: u32,
    name: &str,
    content: String,
    chain: &mut Vec<PathBuf>,
) -> Option<Rc<Node>> {
    let content = content.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(content);
    let empty = content.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    let read = if name.to_lowercase().ends_with(".toml") { toml::read } else { yaml::read };
    let tree = read(&content, source);
    desk.set_text(source, content);
    let tree = tree.map_err(|findings| desk.extend(findings)).ok()?;
    let whole = Place::whole(source);
    match tree.value {
        Value::Map(_) => {}
        Value::Null if empty => {
            let help = "\"ordermill new NAME\" writes a first scenario with comments";
            desk.report("E0109", whole, "the scenario is empty".into(), help);
            return None;
        }
        _ => {
            let message = format!("a scenario is a map of keys, and this is {}", tree.said());
            desk.report("E0203", tree.place, message, "start with keys like \"run:\" and \"arrivals:\"");
            return None;
        }
    }
    match base(desk, &tree, chain) {
        Some(Ok(base)) => Some(merge::merge(&base, &tree, "")),
        Some(Err(())) => None,
        None => Some(tree),
    }
}

/// The tree that this one extends; `Err` when it could not be read, which is told.
fn base(desk: &Desk, tree: &Rc<Node>, chain: &mut Vec<PathBuf>) -> Option<Result<Rc<Node>, ()>> {
    let node = tree.get("extends")?;
    let name = node.text()?;
    let path = desk.folder(node.place).join(name);
    let id = identity(&path);
    if chain.contains(&id) || MOST_BASES < chain.len() {
        let said =
            |path: &PathBuf| path.file_name().map_or(String::new(), |name| name.to_string_lossy().into());
        let round: Vec<String> = chain.iter().chain([&id]).map(said).collect();
        let round = round.join(" -> ");
        let message = match chain.contains(&id) {
            true => format!("\"extends\" goes in a circle: {round}"),
            false => format!("\"extends\" goes through more than {MOST_BASES} files: {round}"),
        };
        desk.report("E0110", node.place, message, "take \"extends\" out of one of them");
        return Some(Err(()));
    }
    let content = match text::read(&path, MAX_BYTES) {
        Ok(content) => content,
        Err(fault) => {
            desk.fault(node.place, fault);
            return Some(Err(()));
        }
    };
    chain.push(id);
    let name = path.display().to_string();
    let source = desk.add_source(Source::file(&name, "", path.parent().map(Path::to_path_buf)));
    Some(document(desk, source, &name, content, chain).ok_or(()))
}

/// Sets `--set path=value`; the value is read like a YAML value.
pub fn overrides(desk: &Desk, mut tree: Rc<Node>, overrides: &[(String, String)]) -> Rc<Node> {
    for (path, value) in overrides {
        let text = format!("{path}={value}");
        let folder = Some(desk.folder(Place::whole(0)));
        let source = desk.add_source(Source {
            name: "--set".into(),
            text: text.clone(),
            folder,
            kind: SourceKind::Override,
        });
        let start = path.len() + 1;
        let place = Lines::new(&text).place(source, start..text.len());
        let mut next = tree.clone();
        match value_of(value, source, place).and_then(|value| merge::set(&mut next, path, value, source)) {
            Ok(()) => tree = next,
            Err(finding) => desk.find(finding),
        }
    }
    tree
}

fn value_of(value: &str, source: u32, place: Place) -> Result<Rc<Node>, Finding> {
    if value.trim().is_empty() {
        return Ok(Node::new(Value::Null, place));
    }
    // The places inside a value of one line are shifted to where it stands after the path.
    let tree = yaml::read(value, source).map_err(|findings| {
        let message = findings.first().map_or(String::new(), |finding| finding.message.clone());
        let help = Some("quote a value that holds a colon or a bracket".into());
        Finding { code: "E0213", place, message, read: Some(value.into()), help }
    })?;
    Ok(shifted(&tree, place.column - 1))
}

fn shifted(node: &Node, by: u32) -> Rc<Node> {
    let place =
        |place: Place| if place.line == 1 { Place { column: place.column + by, ..place } } else { place };
    let value = match &node.value {
        Value::List(items) => Value::List(items.iter().map(|item| shifted(item, by)).collect()),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|entry| super::tree::Entry {
                    key: entry.key.clone(),
                    place: place(entry.place),
                    node: shifted(&entry.node, by),
                })
                .collect(),
        ),
        value => value.clone(),
    };
    Node::new(value, place(node.place))
}
