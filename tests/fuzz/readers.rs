//! What is fuzzed: the readers of all that a planner hands over, each as a function of bytes.
//!
//! The first byte says what the rest is: a format, or one of the tables. Each ends with diagnostics or with what it
//! read, whatever it says can be shown on a terminal, and the answer is whether there was anything to read.

use std::fs;
use std::path::{Path, PathBuf};

use ordermill::demand::{DemandTables, OrderDraft};
use ordermill::kernel::draw::Draw;
use ordermill::model::Model;
use ordermill::scenario::{self, Diagnostics, Scenario};

/// A scenario text: YAML, TOML or JSON. The files it may name are looked for in an empty folder.
pub fn scenario(bytes: &[u8]) -> bool {
    let Some((&which, rest)) = bytes.split_first() else { return false };
    let name = ["a.yaml", "a.toml", "a.json"][usize::from(which) % 3];
    // What is no text never comes so far: the file reader refuses it.
    let Ok(text) = std::str::from_utf8(rest) else { return false };
    in_a_folder(|folder| inspect(name, text, folder).is_some())
}

/// A shop with the fewest words; `{}` is the key of a table.
const SHOP: &str = "
name: shop
run: {horizon: 1 d}
arrivals: {constant: {rate: 5/h, duration: 5 h}}
carriers: [{name: post}]
delivery: [{name: standard}]
payment: {methods: [{name: card}]}
";
const ZONES: &str =
    "zones: {list: [{name: North, at: {city: Berlin}}, {name: South, at: {city: Hamburg}}]}\n";
const CATALOG: &str = "catalog: {synthetic: {skus: 3}}\n";
const NODES: &str =
    "nodes: [{name: Center, at: {city: Leipzig}}, {name: Hub, kind: hub, at: {city: Leipzig}}]\n";

/// Each table: the line that names it, and the lines of a whole scenario that it replaces.
const TABLES: [(&str, &[&str]); 7] = [
    ("zones: {file: table.csv}\n", &[CATALOG, NODES]),
    ("catalog: {file: table.csv}\n", &[ZONES, NODES]),
    ("nodes: {file: table.csv}\n", &[ZONES, CATALOG]),
    ("stock: {file: table.csv}\n", &[ZONES, CATALOG, NODES]),
    ("stock: {receipts-file: table.csv}\n", &[ZONES, CATALOG, NODES]),
    ("shifts: {file: table.csv}\n", &[ZONES, CATALOG, NODES]),
    ("network: {lanes-file: table.csv}\n", &[ZONES, CATALOG, NODES]),
];

/// A table beside a scenario, and the model that is built with it.
pub fn table(bytes: &[u8]) -> bool {
    let Some((&which, rest)) = bytes.split_first() else { return false };
    let (line, others) = TABLES[usize::from(which) % TABLES.len()];
    let text = [SHOP, &others.concat(), line].concat();
    in_a_folder(|folder| {
        fs::write(folder.join("table.csv"), rest).expect("a folder that takes files");
        inspect("shop.yaml", &text, folder).is_some_and(|scenario| Model::build(&scenario).is_ok())
    })
}

/// The replay's columns: the fewest, lines of one order, all that a file may tell, and days without hours.
const REPLAYS: [&str; 4] = [
    "columns: {time: placed}",
    "columns: {time: placed, order: number, sku: sku, quantity: quantity}",
    "columns: {time: placed, order: number, sku: sku, quantity: quantity, price: price, customer: customer, \
     place: place, cancelled: state}, cancelled-values: [void], max-rejects: 10",
    "columns: {time: placed, order: number, sku: sku, value: price}, time-format: \"%m/%d/%Y\", speed: 10",
];

/// A file of orders: surveyed, then streamed to its end; as many orders come as were counted.
pub fn orders(bytes: &[u8]) -> bool {
    let Some((&which, rest)) = bytes.split_first() else { return false };
    let replay = REPLAYS[usize::from(which) % REPLAYS.len()];
    let catalog = if which & 4 == 0 { CATALOG } else { "catalog: {from-replay: {}}\n" };
    let shop = SHOP.replace("arrivals: {constant: {rate: 5/h, duration: 5 h}}\n", "");
    let text = format!("{shop}{ZONES}{NODES}{catalog}replay: {{file: orders.csv, {replay}}}\n");
    in_a_folder(|folder| {
        fs::write(folder.join("orders.csv"), rest).expect("a folder that takes files");
        let Some(scenario) = inspect("shop.yaml", &text, folder) else { return false };
        let mut rejects = Vec::new();
        let Ok(tables) = DemandTables::build_with_rejects(&scenario, &mut rejects) else { return false };
        let facts = tables.replay_facts().expect("a replay").clone();
        let mut arrivals = tables.arrivals(Draw::new(1, 0)).expect("the file is still there");
        let mut draft = OrderDraft::default();
        let (mut count, mut last) = (0, None);
        while let Some(arrival) = arrivals.next() {
            assert!(last <= Some(arrival.at), "arrivals rise in time");
            last = Some(arrival.at);
            arrivals.content(&tables, &mut draft);
            count += 1;
        }
        assert!(arrivals.fault().is_none());
        assert_eq!(count, facts.orders, "orders that came, and that were counted");
        true
    })
}

/// Reads the text; every diagnostic has a listed code, and a terminal would obey none.
fn inspect(name: &str, text: &str, folder: &Path) -> Option<Scenario> {
    let (scenario, diagnostics) = scenario::inspect_str(name, text, folder, &[]);
    assert_eq!(scenario.is_none(), diagnostics.has_errors());
    sound(&diagnostics);
    scenario
}

fn sound(diagnostics: &Diagnostics) {
    for diagnostic in &diagnostics.0 {
        assert!(scenario::CODES.iter().any(|code| code.code == diagnostic.code), "{diagnostic}");
        let said = diagnostic.to_string();
        let control = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
        assert!(!said.contains(control), "a terminal would obey it: {said:?}");
    }
}

thread_local! {
    static FOLDER: tempfile::TempDir = {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() { memory } else { std::env::temp_dir() };
        tempfile::tempdir_in(parent).expect("a folder for temporary files")
    };
}

/// One folder a thread, in memory where that can be had: a new one for each input would be most of the work.
fn in_a_folder(read: impl FnOnce(&Path) -> bool) -> bool {
    FOLDER.with(|folder| read(folder.path()))
}
