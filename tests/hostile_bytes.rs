//! Whatever bytes a scenario or a table is made of, reading it ends: with diagnostics or a scenario, never a panic.
//! Shipped scenarios and tables are cut, spliced and flipped, so that many of them get far.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ordermill::model::Model;
use ordermill::scenario::{self, Scenario};
use proptest::prelude::*;

/// For files of a few kilobytes, on a busy machine, in a build that is not optimized.
const LIMIT: Duration = Duration::from_secs(2);

/// One way to damage a text.
#[derive(Debug, Clone)]
enum Damage {
    Cut(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, &'static str),
    /// A stretch is put elsewhere.
    Move(prop::sample::Index, prop::sample::Index, u8),
}

/// Bytes that mean something to YAML, TOML, JSON, CSV, to numbers with units, or to a terminal.
const TOKENS: &[&str] = &[
    "\u{0}",
    "\n",
    "\t",
    "  ",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ",",
    ";",
    "|",
    "&a ",
    "*a",
    "<<: *a",
    "!!binary ",
    "---\n",
    "...\n",
    "#",
    "%",
    "1e400",
    "-0.0",
    ".nan",
    ".inf",
    "-1",
    "99999999999999999999",
    "0x7f",
    "~",
    "\u{202e}",
    "\u{feff}",
    "\u{1b}[31m",
    "\r",
    "100%",
    " d",
    "/h",
    "extends: .\n",
    "é",
    "=SUM(A1)",
];

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        1 => any::<prop::sample::Index>().prop_map(Damage::Cut),
        3 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        4 => (any::<prop::sample::Index>(), prop::sample::select(TOKENS))
            .prop_map(|(at, token)| Damage::Insert(at, token)),
        2 => (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>())
            .prop_map(|(from, to, length)| Damage::Move(from, to, length)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    match damage {
        Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Flip(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Damage::Insert(at, token) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, token.bytes());
        }
        Damage::Move(from, to, length) => {
            let from = from.index(bytes.len());
            let stretch: Vec<u8> = bytes[from..].iter().take(usize::from(*length)).copied().collect();
            let to = to.index(bytes.len());
            bytes.splice(to..to, stretch);
        }
    }
}

fn scenarios() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = ["", "broken"].into_iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension().is_some_and(|end| ["yaml", "toml", "json"].iter().any(|known| end == *known))
    });
    paths.sort();
    let name = |path: &PathBuf| format!("hostile.{}", path.extension().unwrap().to_string_lossy());
    paths.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// Reads the file with these bytes; every diagnostic has a listed code, and is printed.
fn ends(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    inspect(&path, &[]);
}

fn inspect(path: &Path, overrides: &[(String, String)]) -> Option<Scenario> {
    let started = Instant::now();
    let (scenario, diagnostics) = scenario::inspect(path, overrides);
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    assert_eq!(scenario.is_none(), diagnostics.has_errors());
    for diagnostic in &diagnostics.0 {
        assert!(scenario::CODES.iter().any(|code| code.code == diagnostic.code), "{diagnostic}");
        let said = diagnostic.to_string();
        let control = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
        assert!(!said.contains(control), "a terminal would obey it: {said:?}");
    }
    scenario
}

/// A table that a shipped scenario reads, with these bytes; whether a run could begin.
fn table_ends(scenario: &str, table: &str, bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.yaml");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(scenario);
    fs::copy(shipped, folder.path().join(scenario)).unwrap();
    let stock = if table == STOCK { format!("stock: {{file: {STOCK}}}\n") } else { String::new() };
    fs::write(&path, format!("extends: {scenario}\n{stock}")).unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join(table), bytes).unwrap();
    let read = inspect(&path, &[]);
    let started = Instant::now();
    let mut rejects = Vec::new();
    let built = read.is_some_and(|scenario| Model::build_with_rejects(&scenario, &mut rejects).is_ok());
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    built
}

const STOCK: &str = "stock.csv";
const STOCK_ROWS: &[u8] = b"sku,node,quantity\nSKU-000001,Hamburg,5\n\"SKU-000002\",Leipzig,7\n";
const ORDERS: &str = "data/orders_cdnow.csv";

/// The first orders of the shipped file.
fn orders() -> Vec<u8> {
    let all = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(ORDERS)).unwrap();
    all.split_inclusive(|&byte| byte == b'\n').take(30).flatten().copied().collect()
}

/// Names that are unknown, beside as many that are known; keys; cities: to compare each with each would take minutes.
#[test]
fn a_megabyte_of_mistakes_ends_soon() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let rows = |row: &dyn Fn(usize) -> String| (0..10_000).map(row).collect::<String>();
    let names = rows(&|n| format!("- {{name: carrier-{n}}}\n"));
    let references = rows(&|n| format!("- {{name: method-{n}, carriers: [currier-{n}]}}\n"));
    let texts = [
        ("E0207", format!("carriers:\n{names}delivery:\n{references}")),
        ("E0208", format!("nodes:\n{}", rows(&|n| format!("- {{name: n{n}, at: {{city: Hamborg{n}}}}}\n")))),
        ("E0201", format!("nodes:\n{}", rows(&|n| format!("- {{name: n{n}, pickes: 4, packs: 7}}\n")))),
        ("E0107", rows(&|n| format!("allocatiom{n}: 5\n"))),
        ("E0203", format!("basket: {{lines: [{}]}}\n", "x,".repeat(150_000))),
    ];
    for (code, text) in texts {
        let text = format!("extends: smoke.yaml\n{text}");
        let started = Instant::now();
        let (_, found) = scenario::inspect_str("a.yaml", &text, &folder, &[]);
        let took = started.elapsed();
        assert!(found.0.iter().any(|diagnostic| diagnostic.code == code), "{code}: {found}");
        assert!(took < 10 * LIMIT, "{code}: {} bytes took {took:?}", text.len());
    }
}

/// `hostile_input.md` says what each kind of attack must meet, and which test throws it: those tests are there, and ask
/// for the codes that it promises.
#[test]
fn the_table_of_attacks_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("tests/hostile_input.md")).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| X"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let kinds: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(kinds, ["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X12"]);
    for row in &rows {
        let [kind, _, promise, tests] = row[..] else { panic!("four columns: {row:?}") };
        let mut asked = String::new();
        for named in tests.split('`').skip(1).step_by(2) {
            let of_a_test = named.split_once("::").filter(|(place, _)| *place != "report");
            let text = source(root, of_a_test.map_or(named, |(place, _)| place));
            let there = |(_, test): (_, &str)| text.contains(&format!("#[test]\nfn {test}()"));
            assert!(of_a_test.is_none_or(there), "{kind}: no test {named}");
            asked.push_str(&text);
        }
        let codes =
            promise.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.starts_with("E0"));
        for code in codes {
            assert!(scenario::CODES.iter().any(|known| known.code == code), "{kind}: {code} is not listed");
            assert!(asked.contains(code), "{kind}: no test asks for {code}");
        }
        let payloads = fs::read_to_string(root.join("tests/outside/payloads.txt")).unwrap().lines().count();
        assert!(kind != "X6" || tests.contains(&format!("({payloads} payloads")), "{payloads} payloads");
    }
}

/// The text of a test or module by the name that the table gives it.
fn source(root: &Path, name: &str) -> String {
    let module = name.replace("::", "/");
    let places = [
        name.to_owned(),
        format!("tests/{name}.rs"),
        format!("tests/{name}/main.rs"),
        format!("src/{module}.rs"),
        format!("src/{module}/mod.rs"),
    ];
    let file = places.iter().map(|place| root.join(place)).find(|place| place.is_file());
    fs::read_to_string(file.unwrap_or_else(|| panic!("no file for {name}"))).unwrap()
}

#[test]
fn the_tables_are_good_before_they_are_damaged() {
    assert!(table_ends("smoke.yaml", STOCK, STOCK_ROWS));
    assert!(table_ends("cdnow-replay.yaml", ORDERS, &orders()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_scenario_is_read_to_its_end(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 1..12),
    ) {
        let known = scenarios();
        let (name, mut bytes) = known[which.index(known.len())].clone();
        damages.iter().for_each(|damage| apply(&mut bytes, damage));
        ends(&name, &bytes);
    }

    #[test]
    fn any_bytes_are_read_to_their_end(
        end in prop::sample::select(vec!["yaml", "toml", "json"]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        ends(&format!("hostile.{end}"), &bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_stock_table_is_read_to_its_end(damages in prop::collection::vec(damage(), 1..6)) {
        let mut bytes = STOCK_ROWS.to_vec();
        damages.iter().for_each(|damage| apply(&mut bytes, damage));
        table_ends("smoke.yaml", STOCK, &bytes);
    }

    #[test]
    fn a_damaged_file_of_orders_is_read_to_its_end(damages in prop::collection::vec(damage(), 1..12)) {
        let mut bytes = orders();
        damages.iter().for_each(|damage| apply(&mut bytes, damage));
        table_ends("cdnow-replay.yaml", ORDERS, &bytes);
    }
}
