//! Is every key alive, and does no input whatever make the reader panic or run long?

use std::path::Path;
use std::time::{Duration, Instant};

use ordermill::scenario::{self, KeyRow, Kind, QUICKSTART, Scenario};
use proptest::prelude::*;

fn quickstart(overrides: &[(String, String)]) -> Scenario {
    let (read, found) = scenario::inspect_str("quickstart.yaml", QUICKSTART, Path::new("."), overrides);
    read.unwrap_or_else(|| panic!("{overrides:?}\n{found}"))
}

#[test]
fn the_probe_of_every_key_is_legal_and_changes_the_scenario() {
    let dead = |row: &&KeyRow| {
        let company = row.company();
        let probe = [company.clone(), vec![(row.set_path(), row.probe.to_string())]].concat();
        quickstart(&company) == quickstart(&probe)
    };
    let dead: Vec<&str> = scenario::keys()
        .iter()
        .filter(|row| !row.probe.is_empty())
        .filter(dead)
        .map(|row| row.path)
        .collect();
    assert!(dead.is_empty(), "the probes of these change nothing: {dead:?}");
}

/// Keys that a probe cannot reach in a drawn scenario: sections, files, names, and what only a replay has.
#[test]
fn keys_without_a_probe_are_few_and_known() {
    let excused = |row: &KeyRow| {
        let structure = matches!(
            row.kind,
            Kind::Section
                | Kind::OneOf
                | Kind::Sections
                | Kind::Named
                | Kind::File
                | Kind::LaneEnds
                | Kind::Names(_)
        );
        structure || ["replay.", "catalog.from-replay.", "<"].iter().any(|start| row.path.starts_with(start))
    };
    let rest: Vec<&str> = scenario::keys()
        .iter()
        .filter(|row| row.probe.is_empty() && !excused(row))
        .map(|row| row.path)
        .collect();
    let known = [
        "promotions.coupons[].group",
        "nodes[].name",
        "nodes[].kind",
        "carriers[].name",
        "carriers[].overflow",
        "payment.methods[].fallback",
        "review.rules[].payment",
    ];
    assert_eq!(rest, known);
}

fn ends(name: &str, text: &str, overrides: &[(String, String)]) {
    let started = Instant::now();
    let (scenario, found) = scenario::inspect_str(name, text, Path::new("/nowhere"), overrides);
    assert_eq!(scenario.is_none(), found.has_errors(), "{found}");
    let _ = found.to_string();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?} for {} bytes", started.elapsed(), text.len());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_text_ends(text in "\\PC{0,400}", end in prop::sample::select(vec!["a.yaml", "a.toml", "a.json"])) {
        ends(end, &text, &[]);
    }

    #[test]
    fn yaml_like_text_ends(text in "([-?:,\\[\\]{}#&*!|>'\"%@ \n\tab01<~]{0,200})") {
        ends("a.yaml", &text, &[]);
        ends("a.toml", &text, &[]);
    }

    #[test]
    fn a_mutated_quickstart_ends(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..12usize, "[-0-9a-z:{}\\[\\], \n.%&*~]{0,6}"), 1..8),
    ) {
        let mut bytes: Vec<char> = QUICKSTART.chars().collect();
        for (index, len, put) in edits {
            let at = index.index(bytes.len());
            let end = (at + len).min(bytes.len());
            bytes.splice(at..end, put.chars());
        }
        ends("a.yaml", &bytes.into_iter().collect::<String>(), &[]);
    }

    #[test]
    fn any_value_of_any_key_ends(row in prop::sample::select(scenario::keys().iter().map(KeyRow::set_path).collect::<Vec<_>>()),
        value in prop::sample::select(vec!["-1", "0", "1e308", "1e999", "nan", "99999999999999999999", "''", "~", "[]", "{}", "[[]]", "x",
            "1 h 1 h 1 h", "-5%", "1e300 d", "1e-300 s", "24:01", "9999-12-31T24:00", "0000-00-00", "{a: b}", "[0, 0]", "[1e308, 1e308]"])) {
        ends("quickstart.yaml", QUICKSTART, &[(row, value.to_string())]);
    }
}

#[test]
fn any_bytes_in_a_file_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.yaml");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for len in 0..200 {
        let bytes: Vec<u8> = (0..len)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        std::fs::write(&path, bytes).unwrap();
        assert!(scenario::read(&path, &[]).is_err());
    }
}
