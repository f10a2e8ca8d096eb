//! Real history, and the ways to say a scenario again: replay, rejects, `extends`, overrides.

mod runs;

use std::fs;
use std::path::Path;

use ordermill::experiment::StudyOptions;
use ordermill::report::Document;
use ordermill::scenario;

use runs::{finish, ordermill, owned, read, run_with, scenario_path};

#[test]
fn every_order_of_cdnow_is_submitted_and_accounted_for() {
    let one = StudyOptions { replications: Some(1), ..StudyOptions::default() };
    let run = run_with("cdnow-replay", &[], &one);
    let (orders, replay) = (&run.document.orders, run.document.replay.as_ref().expect("a replay"));
    assert_eq!((replay.rows_count, replay.orders_count), (69_659, 69_659));
    assert!(replay.rejected.is_empty(), "{:?}", replay.rejected);
    assert_eq!(orders.submitted, 69_659);
    let finals: u64 = orders.final_states.iter().map(|row| row.count).sum();
    assert_eq!(orders.submitted, finals + orders.open);
    // 197,225 discs in the file, by its own column.
    let file = fs::read_to_string(scenario_path("data/orders_cdnow").with_extension("csv")).unwrap();
    let discs: u64 =
        file.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(orders.units_count, discs);
    assert!(replay.source.contains("CDNOW"));
}

const HISTORY: &str = "
name: history
start: 2026-03-02T00:00
run: {horizon: 20 d, replications: {min: 1, max: 1}}
replay:
  file: orders.csv
  columns: {time: placed, order: number, sku: what, quantity: many, cancelled: status}
  cancelled-values: [void]
zones: {list: [{name: North, at: {city: Berlin}}]}
catalog: {from-replay: {}}
stock: {cover: 2, nodes-per-sku: 1}
nodes: [{name: Center, at: {city: Leipzig}}, {name: Hub, kind: hub, at: {city: Leipzig}}]
carriers: [{name: post}]
delivery: [{name: standard}]
payment: {methods: [{name: card}]}
";

/// Ten orders of two lines; four rows that cannot be read, and two that were cancelled.
fn history(folder: &Path) {
    let mut text = String::from("placed,number,what,many,status\n");
    for order in 0..10 {
        text +=
            &format!("2026-03-02 1{order}:00:00,{order},book,1,\n2026-03-02 1{order}:00:00,{order},pen,2,\n");
    }
    text += "yesterday,20,book,1,\n2026-03-03 10:00:00,21,book,many,\n2026-03-03 10:00:00,22,book,-1,\n";
    text += "2026-13-45 10:00:00,23,book,1,\n";
    text += "2026-03-03 10:00:00,24,book,1,void\n2026-03-03 11:00:00,25,pen,1,void\n";
    fs::write(folder.join("orders.csv"), text).unwrap();
    fs::write(folder.join("history.yaml"), HISTORY).unwrap();
}

#[test]
fn rows_that_cannot_be_read_are_counted_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    history(folder.path());
    let run = ordermill()
        .current_dir(folder.path())
        .args(["run", "history.yaml", "--output", "out", "--json"])
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let document: Document = serde_json::from_slice(&run.stdout).unwrap();
    let replay = document.replay.expect("a replay");
    let rejected: u64 = replay.rejected.iter().map(|row| row.count).sum();
    assert_eq!((replay.rows_count, replay.orders_count), (26, 10), "{replay:?}");
    assert_eq!((replay.cancelled_rows_count, rejected), (2, 4), "{replay:?}");
    assert_eq!(
        (document.orders.submitted, document.orders.lines_count, document.orders.units_count),
        (10, 20, 30)
    );
    // The file of rejects tells each with its line.
    let rejects = fs::read_to_string(folder.path().join("out/rejects.csv")).unwrap();
    assert_eq!(rejects.lines().count(), 5, "a header and four rows:\n{rejects}");
    for line in ["22", "23", "24", "25"] {
        assert!(rejects.lines().any(|row| row.starts_with(&format!("{line},"))), "line {line}:\n{rejects}");
    }
}

#[test]
fn a_replay_submits_in_the_order_of_its_file_at_any_speed() {
    let folder = tempfile::tempdir().unwrap();
    history(folder.path());
    let submitted = |speed: &str| {
        let overrides = owned(&[("replay.speed", speed), ("run.interval", "1 h")]);
        let scenario = scenario::read(&folder.path().join("history.yaml"), &overrides).unwrap();
        finish(scenario, &StudyOptions::default()).unwrap().document.timeline.submitted
    };
    let (plain, fast) = (submitted("1"), submitted("10"));
    assert_eq!(plain.iter().sum::<u64>(), 10);
    assert_eq!(fast.iter().sum::<u64>(), 10);
    // Ten hours of history, one order an hour; ten times as fast all are there within one hour or two.
    assert_eq!(plain.iter().filter(|&&orders| 0 < orders).count(), 10);
    assert!(fast.iter().filter(|&&orders| 0 < orders).count() <= 2, "{fast:?}");
}

#[test]
fn a_child_extends_its_base_and_says_so_in_the_result() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = fs::canonicalize(scenario_path("smoke")).unwrap();
    let text = format!(
        "extends: {}\nname: child\nrun: {{horizon: 9 d}}\nallocation: {{strategy: balance}}\n",
        smoke.display()
    );
    fs::write(folder.path().join("child.yaml"), text).unwrap();
    let child =
        scenario::read(&folder.path().join("child.yaml"), &[]).unwrap_or_else(|found| panic!("{found}"));
    let document = finish(child, &StudyOptions::default()).unwrap().document;
    let base = runs::run("smoke", &[]).document;
    assert_eq!((document.scenario.name.as_str(), base.scenario.name.as_str()), ("child", "smoke"));
    assert_eq!((document.scenario.horizon_s, base.scenario.horizon_s), (9.0 * 86_400.0, 8.0 * 86_400.0));
    assert_eq!(
        (document.scenario.strategy.as_str(), base.scenario.strategy.as_str()),
        ("balance", "nearest")
    );
    assert_eq!(document.scenario.currency, base.scenario.currency);
    assert_eq!(document.orders.submitted, base.orders.submitted, "the same shoppers come");
}

#[test]
fn overrides_are_visible_in_the_result() {
    let overrides = [
        ("stock.reserve-at", "pay"),
        ("nodes.Hamburg.pickers", "7"),
        ("currency", "CHF"),
        ("run.replications", "{min: 3, max: 3}"),
    ];
    let document = runs::run("smoke", &overrides).document;
    assert_eq!((document.scenario.reserve_at.as_str(), document.scenario.currency.as_str()), ("pay", "CHF"));
    assert_eq!(document.replications.len(), 3);
    let pickers = document.stations.iter().find(|row| row.station == "pick @ Hamburg").expect("it picks");
    assert_eq!(pickers.servers_max, 7);
    assert_ne!(document.scenario.digest, runs::run("smoke", &[]).document.scenario.digest);
}

/// YAML, TOML and JSON are one language with three spellings.
#[test]
fn the_same_scenario_in_three_formats_gives_the_same_result() {
    let yaml = "name: tiny\nrun: {horizon: 5 d, replications: {min: 1, max: 1}}\narrivals: {constant: {rate: 5/h, duration: 10 h}}\n\
                nodes: [{name: C, at: {city: Chicago}}, {name: H, kind: hub, at: {city: Chicago}}]\n\
                carriers: [{name: post}]\ndelivery: [{name: standard}]\npayment: {methods: [{name: card}]}\n";
    let json = r#"{"name": "tiny", "run": {"horizon": "5 d", "replications": {"min": 1, "max": 1}},
        "arrivals": {"constant": {"rate": "5/h", "duration": "10 h"}},
        "nodes": [{"name": "C", "at": {"city": "Chicago"}}, {"name": "H", "kind": "hub", "at": {"city": "Chicago"}}],
        "carriers": [{"name": "post"}], "delivery": [{"name": "standard"}], "payment": {"methods": [{"name": "card"}]}}"#;
    let toml = "name = \"tiny\"\nrun = {horizon = \"5 d\", replications = {min = 1, max = 1}}\n\
                arrivals = {constant = {rate = \"5/h\", duration = \"10 h\"}}\n\
                nodes = [{name = \"C\", at = {city = \"Chicago\"}}, {name = \"H\", kind = \"hub\", at = {city = \"Chicago\"}}]\n\
                carriers = [{name = \"post\"}]\ndelivery = [{name = \"standard\"}]\npayment = {methods = [{name = \"card\"}]}\n";
    let document = |name: &str, text: &str| {
        let read =
            scenario::read_str(name, text, Path::new("."), &[]).unwrap_or_else(|found| panic!("{found}"));
        finish(read, &StudyOptions::default()).unwrap().document
    };
    let first = document("tiny.yaml", yaml);
    assert!(0 < first.orders.submitted);
    assert_eq!(first, document("tiny.json", json));
    assert_eq!(first, document("tiny.toml", toml));
    assert_eq!(read("smoke", &[]).name, "smoke");
}
