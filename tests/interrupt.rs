//! Does a run that is interrupted say so, keep what it has, and end with 130?
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;

#[test]
fn an_interrupted_run_keeps_what_is_finished_and_ends_with_130() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.yaml");
    let mut run = Command::new(cargo_bin("ordermill"))
        .args(["run", smoke.to_str().unwrap(), "--replications", "100000", "--quiet", "--output", "out"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(run.try_wait().unwrap().is_none(), "a hundred thousand replications in two seconds");
    let asked = Instant::now();
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    let ended = run.wait().unwrap();
    assert_eq!(ended.code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(30), "it ended after {:?}", asked.elapsed());
    let result = std::fs::read(folder.path().join("out/result.json")).expect("a partial result");
    let result: serde_json::Value = serde_json::from_slice(&result).unwrap();
    let finished = result["replications"].as_array().unwrap().len();
    assert!(0 < finished && finished < 100_000, "{finished} replications");
}
