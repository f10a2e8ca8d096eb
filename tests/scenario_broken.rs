//! Does every mistake have a file in `scenarios/broken/`, and give exactly the codes its first line names?

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cpu_time::ThreadTime;
use ordermill::scenario::{self, Diagnostics};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/broken")
}

fn diagnostics(path: &Path, overrides: &[(&str, &str)]) -> Diagnostics {
    let overrides: Vec<_> =
        overrides.iter().map(|(path, value)| (path.to_string(), value.to_string())).collect();
    // Of this thread: a busy machine is not the reader's fault.
    let started = ThreadTime::now();
    let (scenario, diagnostics) = scenario::inspect(path, &overrides);
    assert!(started.elapsed() < Duration::from_secs(1), "{} took {:?}", path.display(), started.elapsed());
    assert_eq!(scenario.is_none(), diagnostics.has_errors(), "{}", path.display());
    for diagnostic in &diagnostics.0 {
        assert!(diagnostic.help.is_some(), "no remedy: {diagnostic}");
        assert!(
            scenario::CODES.iter().any(|code| code.code == diagnostic.code),
            "unlisted code: {diagnostic}"
        );
    }
    diagnostics
}

#[test]
fn every_broken_file_gives_its_codes_and_every_code_has_a_file() {
    // A file that is too large is not shipped: `hostile_files_end_in_one_diagnostic` writes one.
    let mut shown = BTreeSet::from(["E0104".to_string()]);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "yaml")) {
        let bytes = fs::read(path).unwrap();
        let first = String::from_utf8_lossy(bytes.split(|&byte| byte == b'\n').next().unwrap()).into_owned();
        let expected =
            first.strip_prefix("# expect: ").unwrap_or_else(|| panic!("{}: {first}", path.display()));
        let (codes, flags) = expected.split_once("  --set ").unwrap_or((expected, ""));
        let overrides: Vec<(&str, &str)> = flags.split_once('=').into_iter().collect();
        let found = diagnostics(path, &overrides);
        assert_eq!(found.codes().join(" "), codes, "{}\n{found}", path.display());
        shown.extend(codes.split(' ').map(str::to_string));
    }
    let listed: BTreeSet<String> = scenario::CODES.iter().map(|code| code.code.to_string()).collect();
    assert_eq!(shown, listed, "codes without a broken scenario, or the reverse");
}

#[test]
fn nine_mistakes_give_nine_diagnostics_at_their_columns() {
    let found = diagnostics(&folder().join("nine.yaml"), &[]);
    let places: Vec<_> = found.0.iter().map(|d| (d.code, d.place.line, d.place.column)).collect();
    let expected = [
        ("E0203", 5, 10),
        ("E0205", 7, 12),
        ("E0206", 8, 15),
        ("E0201", 10, 3),
        ("E0208", 12, 32),
        ("E0207", 13, 50),
        ("E0204", 16, 13),
        ("E0202", 18, 5),
        ("E0301", 20, 10),
    ];
    assert_eq!(places, expected, "{found}");
}

#[test]
fn a_diagnostic_reads_like_a_sentence_with_a_place() {
    let found = diagnostics(&folder().join("e0204-unknown-word.yaml"), &[]);
    let text = found.to_string().replace(&folder().display().to_string(), "broken");
    expect_test::expect![[r#"
        E0204 broken/e0204-unknown-word.yaml:5:13  unknown strategy "nearst"
              did you mean "nearest"?  known: balance, bid-price, cheapest-line, cheapest-set, dilate-fallback, dilate-round, fewest-splits, indep-round, nearest, priority, score, single-or-wait, ...
            5 |   strategy: nearst
              |             ^^^^^^"#]]
    .assert_eq(&text);
}

#[test]
fn a_table_is_told_by_its_own_line_and_column() {
    let found = diagnostics(&folder().join("e0402-bad-cell.yaml"), &[]);
    let place = &found.0[0];
    assert!(place.origin.ends_with("number.csv:3:22"), "{found}");
    assert_eq!(place.excerpt, "\"SKU-000002\",Leipzig,five");
}

#[test]
fn overrides_are_told_by_their_flag() {
    let smoke = folder().join("../smoke.yaml");
    let check = |path, value, code, origin: &str| {
        let found = diagnostics(&smoke, &[(path, value)]);
        assert_eq!(found.codes(), [code], "{found}");
        assert_eq!(found.0[0].origin, origin, "{found}");
    };
    check("run.horzon", "2 d", "E0213", "--set");
    check("run.horizon.days", "2", "E0213", "--set");
    check("nodes.9.pickers", "2", "E0213", "--set");
    check("nodes.Hambrug.pickers", "2", "E0213", "--set");
    check("nodes.Hamburg.pickers", "many", "E0203", "--set");
    check("nodes.Hamburg.pickers", "0", "E0306", "--set");
    check("run.horizon", "[", "E0213", "--set");
    check("", "2", "E0213", "--set");
    check("cancel.after.exponential.mean", "-1 h", "E0206", "--set");
}

#[test]
fn hostile_files_end_in_one_diagnostic() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8], code: &str| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let found = diagnostics(&path, &[]);
        assert_eq!(found.codes(), [code], "{name}: {found}");
    };
    check("large.yaml", &vec![b'#'; 9 << 20], "E0104");
    check("empty.yaml", b"", "E0109");
    check("zero.yaml", b"name: a\0b", "E0103");
    check("latin.yaml", b"name: caf\xe9", "E0103");
    check("image.yaml", b"\x89PNG\r\n\x1a\n\x00\x00", "E0103");
    check("list.yaml", b"- 1\n- 2\n", "E0203");
    check("word.yaml", b"hello", "E0203");
    check("deep.yaml", "[".repeat(100_000).as_bytes(), "E0106");
    check("deep-block.yaml", "- ".repeat(100_000).as_bytes(), "E0106");
    check("deep.json", "{\"a\":".repeat(50_000).as_bytes(), "E0106");
    check("deep.toml", format!("a = {}", "[".repeat(50_000)).as_bytes(), "E0105");
    check("open.toml", b"run = {", "E0105");
    check("many.yaml", format!("[{}]", "1,".repeat(500_000)).as_bytes(), "E0107");
    check("two.yaml", b"name: a\n---\nname: b\n", "E0105");
    check("key.yaml", b"? [a, b]\n: 1\n", "E0105");
    let found = diagnostics(folder.path(), &[]);
    assert_eq!(found.codes(), ["E0102"], "{found}");
    let found = diagnostics(&folder.path().join("emty.yaml"), &[]);
    assert_eq!(found.codes(), ["E0101"], "{found}");
    assert!(found.to_string().contains("did you mean"), "{found}");
    let found = diagnostics(Path::new("/dev/null"), &[]);
    assert_eq!(found.codes(), ["E0102"], "{found}");
}
