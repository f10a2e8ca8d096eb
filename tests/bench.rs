//! `ordermill bench`: every section measures something, beside baselines of its own.

mod runs;

use runs::ordermill;

fn asked(arguments: &[&str]) -> (i32, String, String) {
    let output = ordermill().arg("bench").args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn every_row_has_times_and_baselines() {
    let (code, printed, said) = asked(&["--quick", "--json"]);
    assert_eq!(code, 0, "{said}");
    let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let rows = json["rows"].as_array().unwrap();
    for question in [
        "reserve+settle, uniform",
        "reserve+settle, Zipf",
        "reserve+settle, half on one cell, 2 threads",
        "a transition, ",
        "an order found and moved, ",
        "a life, ",
        "a plan, nearest",
        "a plan, fewest-splits",
        "a plan, bid-price",
        "calendar, ",
        "a command of load, nearest",
        "a change of a cart, ",
        "a payment callback verified",
    ] {
        let row = rows.iter().find(|row| row["question"].as_str().unwrap().starts_with(question));
        let row = row.unwrap_or_else(|| panic!("no row says {question}: {printed}"));
        let ours = row["ns"]["median"].as_f64().unwrap();
        let baselines = row["baselines"].as_array().unwrap();
        assert!(0.0 < ours && !baselines.is_empty(), "{row}");
        for baseline in baselines {
            // One round: the ratio is that of the two times beside it.
            let (theirs, ratio) = (&baseline["ns"]["median"], &baseline["ratio"]["median"]);
            let computed = theirs.as_f64().unwrap() / ours;
            assert!((computed - ratio.as_f64().unwrap()).abs() < 1e-9 * computed, "{row}");
        }
    }
    let strategies = rows.iter().filter(|row| row["unit"] == "plan").count();
    assert!(9 <= strategies, "{strategies} strategies");
}

#[test]
fn a_section_alone_and_one_that_is_not_there() {
    let (code, printed, _) = asked(&["--quick", "--only", "calendar"]);
    assert_eq!((code, printed.lines().filter(|line| !line.is_empty()).count()), (0, 6), "{printed}");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    let (code, _, said) = asked(&["--only", "stocks"]);
    assert!(code == 2 && said.contains("stock") && said.contains("calendar"), "{said}");
    let (code, _, said) = asked(&["--rounds", "0"]);
    assert!(code == 2 && said.contains("1..=1000"), "{said}");
}
