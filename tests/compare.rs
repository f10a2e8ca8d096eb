//! `ordermill compare`: common random numbers, differences with intervals, hindsight, mistakes that are told.

use assert_cmd::Command;
use serde_json::Value;

fn ordermill(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("ordermill").unwrap().args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn scenario(name: &str) -> String {
    format!("{}/scenarios/{name}.yaml", env!("CARGO_MANIFEST_DIR"))
}

fn rows<'d>(document: &'d Value, measure: &str) -> Vec<&'d Value> {
    let rows = document["rows"].as_array().unwrap().iter();
    rows.filter(|row| row["measure"] == measure).collect()
}

#[test]
fn strategies_are_held_against_the_first_and_against_hindsight() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario("smoke");
    let asked = [
        "compare",
        &smoke,
        "--strategies",
        "nearest,nearest,cheapest-line,cheapest-set,bid-price,single-or-wait",
        "--replications",
        "4",
        "--set",
        "stock.cover=0.9",
        "--hindsight",
        "--json",
        "-o",
        folder.path().to_str().unwrap(),
    ];
    let (code, printed, errors) = ordermill(&asked);
    assert_eq!(code, 0, "{errors}");
    let document: Value = serde_json::from_str(&printed).unwrap();
    let costs = rows(&document, "cost_per_order");
    assert_eq!(costs.len(), 6);
    assert!(costs[0]["difference"].is_null());
    // The same strategy twice: the same draws, so no difference at all.
    assert_eq!(
        (costs[1]["difference"]["mean"].as_f64(), costs[1]["is_distinct"].as_bool()),
        (Some(0.0), Some(false))
    );
    let splits = rows(&document, "split_share");
    assert!(
        splits[5]["difference"]["mean"].as_f64().unwrap() < 0.0,
        "one node an order splits less: {splits:?}"
    );
    for row in document["decisions"].as_array().unwrap() {
        let gap = row["gap_to_hindsight_share"].as_f64().unwrap();
        assert!((0.0..9.0).contains(&gap), "{row}");
        assert!((0.0..=1.0).contains(&row["unit_fill_share"].as_f64().unwrap()));
    }
    let gap = |at: usize| document["decisions"][at]["gap_to_hindsight_share"].as_f64().unwrap();
    assert!(gap(3) < gap(0), "the cheapest set is nearer to hindsight than the nearest node");
    for file in ["compare.html", "compare.csv", "compare.json"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
    let csv = std::fs::read_to_string(folder.path().join("compare.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + 6 * 9);
}

#[test]
fn an_unknown_strategy_is_told_before_anything_runs() {
    let (code, _, errors) =
        ordermill(&["compare", &scenario("smoke"), "--strategies", "nearest,cheapset-set"]);
    assert_eq!(code, 2);
    assert!(errors.contains("did you mean \"cheapest-set\"?"), "{errors}");
}
