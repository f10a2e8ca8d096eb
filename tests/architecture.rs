//! Who may know whom: the rooms of `src/`, the doors between them, and a few rules of the house.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A room, and the rooms it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("domain", &["kernel"]),
    ("engine", &["domain", "kernel"]),
    ("allocation", &["domain", "engine"]),
    ("logistics", &["domain", "kernel"]),
    // What a shopper sees: plain structures over SKUs; when it is asked, and by whom, is the stages' affair.
    ("storefront", &["domain", "kernel"]),
    ("scenario", &["domain"]),
    ("demand", &["domain", "kernel", "scenario"]),
    ("metrics", &["domain", "kernel"]),
    ("audit", &["domain", "kernel"]),
    ("journal", &["domain"]),
    ("model", &["domain", "kernel", "engine", "allocation", "logistics", "storefront", "demand", "scenario"]),
    ("stages", &["domain", "kernel", "engine", "allocation", "logistics", "storefront"]),
    (
        "sim",
        &[
            "domain",
            "kernel",
            "engine",
            "logistics",
            "demand",
            "metrics",
            "audit",
            "journal",
            "model",
            "stages",
        ],
    ),
    ("load", &["domain", "kernel", "engine", "audit", "journal", "model", "stages"]),
    ("experiment", &["domain", "kernel", "metrics", "model", "scenario", "sim"]),
    ("report", &["domain", "metrics", "experiment"]),
    ("cli", &["domain", "kernel", "experiment", "load", "model", "report", "scenario", "sim"]),
];

/// Doors beyond the plan of the house: from, to, and why.
const DOORS: &[(&str, &str, &str)] = &[
    (
        "allocation",
        "kernel",
        "A strategy is given an instant and the order's draws; it has no clock of its own.",
    ),
    ("journal", "kernel", "A tape row is a command and its business instant."),
    (
        "scenario",
        "allocation",
        "The words for strategies are theirs, and a score formula is compiled where it was written: its mistakes have a place.",
    ),
    ("cli", "allocation", "`explain strategies` prints what each strategy says of itself."),
    ("scenario", "kernel", "Times that the planner writes become whole microseconds as they are read."),
    (
        "model",
        "metrics",
        "The model tells the watchers the sizes of their tables, and which cost line a wage is.",
    ),
    ("stages", "model", "A stage reads its rules from the checked world: through `World` alone."),
    ("stages", "metrics", "A stage says when a token enters and leaves a phase: the drivers know no phases."),
    (
        "stages",
        "journal",
        "`World` hands every command to the tape at the one place where it reaches the engine.",
    ),
    (
        "stages",
        "audit",
        "`World` shows every command to the auditor at the one place where it reaches the engine, and lets it ask.",
    ),
    ("experiment", "journal", "The swarm looks at the stream of commands, as the tape does."),
    ("experiment", "allocation", "The decisions of a strategy alone are planned against a bound."),
    ("experiment", "demand", "Which orders a stream holds is drawn as a run draws it."),
    ("experiment", "load", "The swarm plays each of its cases in wall time, too."),
    ("experiment", "audit", "A study hands the level on to its replications."),
    ("report", "audit", "A violation is written into the run folder."),
    ("cli", "journal", "`ledger` reads what a run has kept; which of it is kept are options of `run`."),
    ("cli", "logistics", "`plan-tours` is the tour solver alone."),
    ("cli", "audit", "The level is an option of `run`; a violation is told."),
    ("stages", "demand", "`World` holds the one draft that demand fills again for each order."),
    ("report", "model", "Names of stations, nodes and zones: outcomes hold ids only."),
    ("report", "scenario", "The report repeats the planner's assumptions and service levels."),
    ("report", "sim", "An outcome is one replication as the simulation found it."),
    ("report", "engine", "The ledgers of an outcome are the engine's own."),
    ("report", "load", "What a play of commands in wall time has seen."),
    ("report", "kernel", "Spans are told as hours and minutes."),
];

/// Files that may be longer than the limit, and why.
const LONG: &[(&str, &str)] =
    &[("scenario/spec.rs", "One flat list of plain structs: a field for each key.")];

const LINES: usize = 700;

struct Source {
    /// Relative to `src/`.
    path: String,
    text: String,
}

impl Source {
    fn room(&self) -> Option<&str> {
        self.path.split_once('/').map(|(room, _)| room)
    }

    /// Lines with their numbers, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.find("//").map_or(line, |comment| &line[..comment])))
    }

    /// The code before the first test module.
    fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code().take_while(|(_, line)| !line.contains("#[cfg(test)]"))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: relative(&path, &root), text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(100 < found.len(), "src/ was not found whole");
    found
}

fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn leading_word(text: &str) -> &str {
    &text[..text.find(|character| !is_word(character)).unwrap_or(text.len())]
}

/// The first names after `crate::`, also of a braced list, and after a chain of `super::` that leaves the room.
fn used_rooms(source: &Source) -> BTreeSet<String> {
    let code: String = source.code().map(|(_, line)| line.to_owned() + "\n").collect();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|character| is_word(character) || character == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => found.extend(heads(list)),
            None => {
                found.insert(leading_word(rest).to_owned());
            }
        }
    }
    let depth = source.path.matches('/').count() + usize::from(!source.path.ends_with("mod.rs"));
    let out = "super::".repeat(depth);
    for (at, _) in code.match_indices(&out) {
        found.insert(leading_word(&code[at + out.len()..]).to_owned());
    }
    let known: BTreeSet<&str> = ROOMS.iter().map(|room| room.0).collect();
    let own = source.room().unwrap_or_default();
    found.retain(|name| known.contains(name.as_str()) && name != own);
    found
}

/// The first name of each item of a braced list whose opening brace is behind us.
fn heads(list: &str) -> Vec<String> {
    let (mut depth, mut heads, mut start) = (0, Vec::new(), 0);
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(leading_word(list[start..at].trim()).to_owned());
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(leading_word(list[start..at].trim()).to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    heads
}

/// Who uses whom today, and in which file first.
fn doors_in_use(sources: &[Source]) -> BTreeMap<(String, String), String> {
    let mut doors = BTreeMap::new();
    for source in sources {
        let Some(room) = source.room() else { continue };
        for used in used_rooms(source) {
            doors.entry((room.to_owned(), used)).or_insert_with(|| source.path.clone());
        }
    }
    doors
}

fn planned(from: &str, to: &str) -> bool {
    ROOMS.iter().any(|(room, uses)| *room == from && uses.contains(&to))
}

#[test]
fn every_folder_is_a_room_and_every_room_a_folder() {
    let folders: BTreeSet<String> =
        sources().iter().filter_map(|source| source.room().map(str::to_owned)).collect();
    let rooms: BTreeSet<String> = ROOMS.iter().map(|room| room.0.to_owned()).collect();
    assert_eq!(folders, rooms);
}

#[test]
fn rooms_use_only_the_rooms_that_they_may() {
    let excused = |from: &str, to: &str| DOORS.iter().any(|door| (door.0, door.1) == (from, to));
    let found = doors_in_use(&sources());
    let new: Vec<_> =
        found.iter().filter(|((from, to), _)| !planned(from, to) && !excused(from, to)).collect();
    assert!(new.is_empty(), "doors that nobody has given a reason for: {new:?}");
}

#[test]
fn every_extra_door_is_used_and_says_why() {
    let found = doors_in_use(&sources());
    for (from, to, why) in DOORS {
        assert!(
            found.contains_key(&(from.to_string(), to.to_string())),
            "nobody uses {from} -> {to} any more"
        );
        assert!(!planned(from, to), "{from} -> {to} is in the plan of the house: no excuse needed");
        assert!(why.ends_with('.') && 5 < why.split(' ').count(), "{from} -> {to}: a sentence, please");
    }
}

/// Data flows one way.
#[test]
fn no_room_uses_itself_through_others() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in doors_in_use(&sources()).into_keys() {
        uses.entry(from).or_default().insert(to);
    }
    // Rooms that use nobody left are taken away until none is left; a cycle stays.
    let mut left: BTreeSet<String> = ROOMS.iter().map(|room| room.0.to_owned()).collect();
    loop {
        let free: Vec<String> = left
            .iter()
            .filter(|room| uses.get(*room).is_none_or(|used| used.is_disjoint(&left)))
            .cloned()
            .collect();
        if free.is_empty() {
            break;
        }
        free.iter().for_each(|room| {
            left.remove(room);
        });
    }
    assert!(left.is_empty(), "a cycle among {left:?}");
}

/// The scan is worth what it finds.
#[test]
fn the_scan_sees_every_way_to_name_a_room() {
    let check = |path: &str, text: &str, expected: &[&str]| {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        assert_eq!(used_rooms(&source).into_iter().collect::<Vec<_>>(), expected, "{text}");
    };
    check("sim/a.rs", "use crate::engine::Engine;", &["engine"]);
    check(
        "sim/a.rs",
        "use crate::{domain::{Line, Order}, model, scenario::spec};",
        &["domain", "model", "scenario"],
    );
    check("sim/a.rs", "fn a(b: crate::demand::Problem) {}", &["demand"]);
    check("sim/a.rs", "use super::super::engine::Engine;", &["engine"]);
    check("sim/mod.rs", "use super::engine::Engine;", &["engine"]);
    check("sim/a/b.rs", "use super::super::engine;", &[]);
    check("sim/a.rs", "// use crate::engine::Engine;", &[]);
    check("sim/a.rs", "use crate::sim::Outcome; use crate::Thing; $crate::engine!()", &[]);
}

/// The drivers name the stages where a token enters, and never look which stage a token is in.
#[test]
fn drivers_hold_no_match_over_stages() {
    const ENTRIES: [&str; 9] =
        ["Browse", "Visit", "Submit", "CartLeavers", "Backlog", "Afloat", "Depart", "Arrive", "Expire"];
    let mut named = BTreeSet::new();
    for source in sources().iter().filter(|source| matches!(source.room(), Some("sim" | "load"))) {
        for (number, line) in source.shipped() {
            for (at, _) in line.match_indices("Stage::") {
                let variant = leading_word(&line[at + "Stage::".len()..]);
                let rest = line[at + "Stage::".len() + variant.len()..].trim_start();
                let pattern = ["=>", "|", "if "].iter().any(|sign| rest.starts_with(sign));
                assert!(!pattern, "src/{}:{number} matches on a stage: {line}", source.path);
                if variant.starts_with(char::is_uppercase) && variant != "ALL" {
                    named.insert(variant.to_owned());
                }
            }
        }
    }
    let strangers: Vec<_> = named.iter().filter(|name| !ENTRIES.contains(&name.as_str())).collect();
    assert!(strangers.is_empty(), "the drivers name stages that no token enters by: {strangers:?}");
}

/// Lines of shipped code that hold one of the words, as `file:line`.
fn lines_with(words: &[&str], within: impl Fn(&Source) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| within(source)) {
        for (number, line) in source.shipped() {
            if words.iter().any(|word| holds(line, word)) {
                found.push(format!("src/{}:{number} {}", source.path, line.trim()));
            }
        }
    }
    found
}

fn holds(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let longer = after.is_some_and(is_word) && word.ends_with(is_word);
        !before.is_some_and(is_word) && !longer
    })
}

fn nowhere(words: &[&str], within: impl Fn(&Source) -> bool, why: &str) {
    let found = lines_with(words, within);
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

#[test]
fn unsafe_code_has_one_address() {
    let elsewhere = |source: &Source| source.path != "kernel/prefetch.rs";
    nowhere(&["unsafe", "allow(unsafe_code)"], elsewhere, "unsafe code lives in kernel/prefetch.rs");
}

#[test]
fn nothing_is_left_to_do() {
    nowhere(&["todo!", "unimplemented!", "dbg!"], |_| true, "unfinished");
}

/// Maps of foreign keys stand at the edge; no guard outlives a call.
#[test]
fn concurrent_maps_stay_at_the_edge() {
    nowhere(&["mapref"], |_| true, "a guard of a map that outlives its call");
    // A baseline of `ordermill bench` is what the engine must beat.
    let baselines = ["engine/edge.rs", "load/bench/rivals.rs", "load/bench/carts.rs"];
    let elsewhere = |source: &Source| !baselines.contains(&source.path.as_str());
    nowhere(&["dashmap", "DashMap"], elsewhere, "use engine::edge");
}

/// Results hang on the seed alone: no wall clock, no generator of the system.
#[test]
fn what_makes_results_sees_no_clock_and_no_chance() {
    let words = ["Instant", "SystemTime", "StdRng", "SmallRng", "thread_rng", "RandomState"];
    let outside = |source: &Source| !matches!(source.room(), None | Some("cli" | "load"));
    nowhere(&words, outside, "pass `at` and a draw in");
    nowhere(
        &["std::fs", "std::net", "std::env"],
        |source| source.room() == Some("engine"),
        "the engine does no I/O",
    );
}

/// Bytes are equal on every platform: these come from the pinned libm, not from the system's.
#[test]
fn what_makes_results_calls_the_pinned_mathematics() {
    let methods = [
        ".ln()",
        ".exp()",
        ".powf(",
        ".powi(",
        ".sin()",
        ".cos()",
        ".tan()",
        ".atan()",
        ".atan2(",
        ".asin()",
        ".acos()",
        ".cbrt()",
        ".log10()",
        ".log2()",
        ".ln_1p()",
        ".exp_m1()",
        ".hypot(",
        ".sinh()",
        ".tanh()",
    ];
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.path.starts_with("report/")) {
        for (number, line) in source.shipped() {
            if methods.iter().any(|method| line.contains(method)) {
                found.push(format!("src/{}:{number} {}", source.path, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "use libm::\n{}", found.join("\n"));
}

#[test]
fn every_module_opens_with_a_sentence() {
    for source in sources().iter().filter(|source| source.path != "main.rs") {
        let first = source.text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && 2 < first.split(' ').count(), "src/{}: {first}", source.path);
    }
}

#[test]
fn files_are_named_by_what_they_hold_and_stay_readable() {
    for source in sources() {
        let name = source.path.rsplit('/').next().unwrap().trim_end_matches(".rs");
        let empty = ["util", "utils", "helper", "helpers", "common", "misc", "manager", "shared"];
        assert!(!empty.contains(&name), "src/{} says nothing", source.path);
        let lines = source.text.lines().count();
        let excused = LONG.iter().any(|(path, _)| *path == source.path);
        assert!(lines <= LINES || excused, "src/{}: {lines} lines of {LINES}", source.path);
        assert!(!excused || LINES < lines, "src/{} is short again: no excuse needed", source.path);
    }
}
