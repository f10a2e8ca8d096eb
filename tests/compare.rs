//! `ordermill compare`: common random numbers, differences with intervals, hindsight, mistakes that are told.

use assert_cmd::Command;
use ordermill::experiment::compare::MEASURES;
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
    assert_eq!(csv.lines().count(), 1 + 6 * MEASURES.len());
}

#[test]
fn an_unknown_strategy_is_told_before_anything_runs() {
    let (code, _, errors) =
        ordermill(&["compare", &scenario("smoke"), "--strategies", "nearest,cheapset-set"]);
    assert_eq!(code, 2);
    assert!(errors.contains("did you mean \"cheapest-set\"?"), "{errors}");
}

#[test]
fn values_of_a_key_are_held_against_the_first_and_runs_against_runs() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let smoke = scenario("smoke");
    let vary = ["compare", &smoke, "--vary", "nodes.*.pickers*=1,2", "--replications", "3", "--json"];
    let (code, printed, errors) = ordermill(&[&vary[..], &["-o", &place("c")]].concat());
    assert_eq!((code, errors.as_str()), (0, ""));
    let cells: Value = serde_json::from_str(&printed).unwrap();
    let names: Vec<&str> =
        rows(&cells, "cost_per_order").iter().map(|row| row["strategy"].as_str().unwrap()).collect();
    assert_eq!(names, ["nodes.*.pickers*=1", "nodes.*.pickers*=2"]);
    assert!(0.0 < rows(&cells, "cost_per_order")[1]["difference"]["mean"].as_f64().unwrap(), "wages");

    // The same two as runs of their own: the same numbers, to the bit.
    let (as_is, more) = (place("as it is"), place("more"));
    let run = |out: &str, set: &str, seed: &str| {
        let words =
            ["run", &smoke, "--replications", "3", "--quiet", "-o", out, "--set", set, "--seed", seed];
        assert_eq!(ordermill(&words).0, 0);
    };
    run(&as_is, "nodes.*.pickers*=1", "1");
    run(&more, "nodes.*.pickers*=2", "1");
    let (code, printed, errors) = ordermill(&["compare", &as_is, &more, "--json", "-o", &place("r")]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let runs: Value = serde_json::from_str(&printed).unwrap();
    let plain = |document: &Value| {
        let mut rows = document["rows"].clone();
        rows.as_array_mut().unwrap().iter_mut().for_each(|row| row["strategy"] = Value::Null);
        rows
    };
    assert_eq!(plain(&cells), plain(&runs));

    // Other luck is no pair; a scenario is no run.
    run(&more, "nodes.*.pickers*=2", "2");
    let (code, _, errors) = ordermill(&["compare", &as_is, &more]);
    assert!(code == 2 && errors.contains("have seeds 1 and 2"), "{errors}");
    let (code, _, errors) = ordermill(&["compare", &as_is, &smoke]);
    assert!(code == 2 && errors.contains("name the folders"), "{errors}");
    for (arguments, said) in [
        (&[][..], "nothing to compare"),
        (&["--strategies", "nearest"][..], "one side alone"),
        (&["--vary", "nodes.*.pickers"][..], "path=a,b,c"),
    ] {
        let (code, _, errors) = ordermill(&[&["compare", &smoke][..], arguments].concat());
        assert!(code == 2 && errors.contains(said), "{errors}");
    }
}
