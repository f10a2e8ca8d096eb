//! `reports/examples/` is what a run writes today: numbers and tables to the byte, and a page that tells of them.
//! `UPDATE_EXPECT=1 cargo test --release --test example_report` writes them again, for the rates on the page.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

const HERE: &str = env!("CARGO_MANIFEST_DIR");
const SCENARIO: &str = "scenarios/smoke.yaml";
const EXAMPLE: &str = "reports/examples/smoke";

/// The files that are kept, but for the page: it tells rates of the machine.
fn kept(run: &Path) -> Vec<String> {
    let tables = fs::read_dir(run.join("tables")).expect("a run writes tables");
    let names = tables.map(|entry| entry.expect("it can be listed").file_name());
    let mut kept: Vec<String> = names.map(|name| format!("tables/{}", name.to_string_lossy())).collect();
    kept.push("result.json".to_owned());
    kept.sort();
    kept
}

fn digest(run: &Path) -> String {
    let machine = fs::read(run.join("machine.json")).expect("a run writes it");
    let machine: serde_json::Value = serde_json::from_slice(&machine).expect("JSON");
    machine["result_digest"].as_str().expect("a text").to_owned()
}

#[test]
fn the_example_is_what_a_run_writes() {
    let (folder, example) = (tempfile::tempdir().expect("a temporary folder"), Path::new(HERE).join(EXAMPLE));
    let run = folder.path();
    let ordermill = Command::new(env!("CARGO_BIN_EXE_ordermill"))
        .args(["run", SCENARIO, "--quiet", "--output"])
        .arg(run)
        .current_dir(HERE)
        .output()
        .expect("the program runs");
    assert_eq!(String::from_utf8_lossy(&ordermill.stderr), "");
    let (kept, page) = (kept(run), "report.html");

    if env::var_os("UPDATE_EXPECT").is_some() {
        let _ = fs::remove_dir_all(&example);
        fs::create_dir_all(example.join("tables")).expect("the folder can be made");
        for name in kept.iter().map(String::as_str).chain([page]) {
            fs::copy(run.join(name), example.join(name)).expect("it can be written");
        }
        return;
    }
    for name in &kept {
        let today = fs::read(run.join(name)).expect("it was listed");
        let example = fs::read(example.join(name)).unwrap_or_default();
        assert!(today == example, "{EXAMPLE}/{name} differs from today's; UPDATE_EXPECT=1 rewrites it");
    }
    let committed = fs::read_to_string(example.join(page)).expect("the example has a page");
    assert!(
        committed.contains(&digest(run)),
        "{EXAMPLE}/{page} tells of an older run; UPDATE_EXPECT=1 rewrites it"
    );
}
