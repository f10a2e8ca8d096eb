//! The swarm: what it once found stays fixed, it goes on where it was stopped, and it is worth its time.

mod runs;

use std::path::Path;

use ordermill::experiment::swarm::{Bench, Finding, generate};
use ordermill::report;
use ordermill::scenario::{self, keys};

use runs::ordermill;

fn bench() -> Bench<'static> {
    Bench::new(&|scenario, model, study| report::result_json(&report::assemble(scenario, model, study)))
}

/// Scenario files that once failed, and a few that were drawn and kept because orders go rare ways in them.
#[test]
fn every_regression_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let (bench, mut count) = (bench(), 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (finding, work) = bench.run(&text);
        assert_eq!(finding, Finding::Passed, "{}", path.display());
        assert!(0 < work.orders && 0 < work.transitions);
        count += 1;
    }
    assert!(0 < count, "no regressions were found");
}

#[test]
fn a_seed_is_one_scenario_that_the_reader_takes() {
    let (mut read, mut paths) = (0, std::collections::BTreeSet::new());
    for seed in 1..=200 {
        let case = generate(seed);
        assert_eq!(case, generate(seed));
        let text = case.text();
        if seed == 200 {
            let show = ["swarm", "--show", "--first", "200"];
            ordermill().args(show).assert().success().stdout(text.clone());
        }
        read += u32::from(scenario::read_str("swarm.yaml", &text, Path::new("."), &[]).is_ok());
        for (path, value) in case.keys {
            paths.extend(names_in(&value).map(|name| format!("{path}.{name}")));
            paths.insert(path);
        }
        for fault in case.faults {
            // `{no-shows: {at: 5 s, for: 9 s}}`
            let (kind, pairs) = fault.trim_matches(['{', '}']).split_once(": {").unwrap();
            let names = pairs.split(", ").filter_map(|pair| pair.split_once(':'));
            paths.extend(names.map(|(name, _)| format!("faults[].{kind}.{name}")));
        }
    }
    assert!(190 <= read, "{read} of 200 drawn scenarios are legal");
    // Through the public table: more than two keys in five, those of the faults among them, within 200 seeds.
    assert!(2 * keys().len() < 5 * paths.len(), "{} of {} keys", paths.len(), keys().len());
}

/// The names of a section that is drawn as a whole: `a` and `c` of `{a: 5 s, c: {d: 1}}`.
fn names_in(section: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let inner = section.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
    let pairs = inner.split(move |letter| {
        depth += i32::from("{[".contains(letter)) - i32::from("]}".contains(letter));
        depth == 0 && letter == ','
    });
    pairs.filter_map(|pair| pair.split_once(':')).map(|(name, _)| name.trim())
}

#[test]
fn a_file_is_tried_as_a_seed_is() {
    let told = |file: &str| ordermill().args(["swarm", "--try", file]).output().unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/regressions/swarm-827-i16.yaml");
    let passed = told(file);
    assert_eq!(passed.status.code(), Some(0), "{}", String::from_utf8_lossy(&passed.stderr));
    assert!(String::from_utf8_lossy(&passed.stdout).starts_with("passed: "));
    let folder = tempfile::tempdir().unwrap();
    // Other files are looked for beside it.
    std::fs::copy(file, folder.path().join("base.yaml")).unwrap();
    let child = folder.path().join("child.yaml");
    std::fs::write(&child, "extends: base.yaml\nname: child\n").unwrap();
    assert_eq!(told(child.to_str().unwrap()).status.code(), Some(0));
    let wrong = folder.path().join("wrong.yaml");
    std::fs::write(&wrong, "stok: {cover: 1}\n").unwrap();
    let refused = told(wrong.to_str().unwrap());
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("ordermill run"));
    assert_eq!(told("nowhere.yaml").status.code(), Some(2));
}

#[test]
fn a_stopped_swarm_goes_on_to_the_same_end() {
    let folder = tempfile::tempdir().unwrap();
    let swarm = |name: &str, more: &[&str]| {
        let mut run = ordermill();
        run.args(["swarm", "--seeds"]).args(more).arg("-o").arg(folder.path().join(name)).assert().success();
        std::fs::read(folder.path().join(name).join("swarm.json")).unwrap()
    };
    let whole = swarm("whole", &["12", "--resume"]);
    swarm("parts", &["7"]);
    let log = folder.path().join("parts/swarm.jsonl");
    let text = std::fs::read_to_string(&log).unwrap();
    assert_eq!(text.lines().count(), 8, "a header and a line a seed");
    // Killed within its last line, at every place where a kill can cut: the line is tried again.
    for cut in [1, 20, text.lines().last().unwrap().len()] {
        std::fs::write(&log, &text[..text.len() - cut]).unwrap();
        assert!(whole == swarm("parts", &["12", "--resume"]), "cut by {cut}");
    }
    // Killed before the header was whole.
    std::fs::write(&log, &text[..4]).unwrap();
    assert!(whole == swarm("parts", &["12", "--resume"]));
    // What is in the log is not tried again: a line that was changed stays.
    let logged = std::fs::read_to_string(&log).unwrap().replacen("\"passed\"", "\"refused\"", 1);
    std::fs::write(&log, logged).unwrap();
    assert!(whole != swarm("parts", &["12", "--resume"]));
    assert!(whole == swarm("parts", &["12"]), "without --resume all is tried");
    // A budget that is spent at once leaves all of it.
    let mut run = ordermill();
    run.args(["swarm", "--budget", "0s", "-o"]).arg(folder.path().join("none"));
    let told = String::from_utf8(run.assert().success().get_output().stdout.clone()).unwrap();
    assert!(told.contains("300 seeds are left: the same command with --resume goes on"), "{told}");
    // Other scenarios under the same seeds are not mixed in.
    std::fs::write(&log, "{\"generation\":\"of another day\"}\n").unwrap();
    let mut run = ordermill();
    run.args(["swarm", "--seeds", "1", "--resume", "-o"]).arg(folder.path().join("parts")).assert().code(2);
}

/// The share of reachable cells that 300 seeds must hit; 10,000 hit all.
const REACHED: f64 = 0.85;

#[test]
fn three_hundred_seeds_pass_and_reach_what_can_be_reached() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = ordermill();
    let done =
        run.args(["swarm", "--seeds", "300", "--threads", "2", "-o"]).arg(folder.path()).output().unwrap();
    let told = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{told}");
    let summary: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("swarm.json")).unwrap()).unwrap();
    let number = |name: &str| summary[name].as_u64().unwrap();
    assert_eq!((number("seeds"), number("failed")), (300, 0));
    assert!(290 <= number("passed"), "{told}");
    assert!(REACHED * number("cells_reachable") as f64 <= number("cells_hit") as f64, "{told}");
    assert!(told.contains("reachable cells hit") && told.contains("late-callback"), "{told}");
    // What cannot be reached says why, and was not reached.
    for row in summary["matrix"].as_array().unwrap() {
        for cell in row["cells"].as_array().unwrap() {
            let why = cell["why_not"].as_str();
            assert_eq!(cell["reachable"].as_bool().unwrap(), why.is_none());
            assert!(why.is_none_or(|why| !why.is_empty()), "{row}");
            assert!(
                why.is_none() || cell["count"] == 0,
                "{} while {}: {why:?}",
                row["strike"],
                cell["state"]
            );
        }
    }
}

/// With a bug planted in the engine the swarm finds it and hands back a small scenario file, which fails alone; with
/// the file of the same bug in `tests/regressions` it is seen as well:
/// `RUSTFLAGS="--cfg plant" CARGO_TARGET_DIR=target/plant cargo test --test swarm planted`.
#[cfg(plant)]
mod planted {
    use std::path::Path;
    use std::process::Output;

    use super::ordermill;

    fn program(bug: &str, arguments: &[&str], folder: &Path) -> Output {
        let mut run = ordermill();
        run.env("PLANT", bug).args(arguments).arg("-o").arg(folder).output().unwrap()
    }

    fn fails_alone(bug: &str, command: &str) {
        let folder = tempfile::tempdir().unwrap();
        let arguments: Vec<&str> = command.split(' ').collect();
        assert_eq!(program(bug, &arguments, folder.path()).status.code(), Some(70), "{bug}: {command}");
    }

    #[test]
    fn bugs_are_found_and_shrunk() {
        for bug in ["count-drift", "release-twice", "rounded-share", "unsorted-lines", "wrong-node-release"] {
            let folder = tempfile::tempdir().unwrap();
            let done = program(bug, &["swarm", "--seeds", "20"], folder.path());
            assert_eq!(done.status.code(), Some(70), "{bug}: {}", String::from_utf8_lossy(&done.stdout));
            let files: Vec<_> = std::fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
                .collect();
            println!("{bug}: caught after 1 of {} seeds of 20", files.len());
            let smallest = files.iter().min_by_key(|path| std::fs::metadata(path).unwrap().len()).unwrap();
            let text = std::fs::read_to_string(smallest).unwrap();
            assert!(text.lines().count() <= 16, "{text}");
            // What the swarm says of each file shows its failure again.
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            let replays: Vec<&str> =
                said.lines().filter_map(|line| line.trim().strip_prefix("replay: ordermill ")).collect();
            assert_eq!(replays.len(), files.len(), "{said}");
            // A play on several threads need not lose the same race again.
            let certain = replays.iter().filter(|command| !command.ends_with("-load.yaml"));
            assert!(0 < certain.map(|command| fails_alone(bug, command)).count());
            let kept = format!("{}/tests/regressions/planted-{bug}.yaml", env!("CARGO_MANIFEST_DIR"));
            fails_alone(bug, &format!("run {kept} --audit paranoid"));
        }
    }

    /// A replication whose luck hangs on its thread: nothing is broken but the bytes.
    #[test]
    fn luck_that_hangs_on_threads_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let done = program("thread-in-seed", &["swarm", "--seeds", "10"], folder.path());
        let told = String::from_utf8_lossy(&done.stdout).into_owned();
        assert_eq!(done.status.code(), Some(70), "{told}");
        assert!(told.contains("bytes: 2 threads tell other bytes than one"), "{told}");
    }

    /// A list that was tied into a ring: the seed never ends.
    #[test]
    fn a_seed_that_does_not_end_ends_the_swarm() {
        let folder = tempfile::tempdir().unwrap();
        let done = program("early-free", &["swarm", "--seeds", "10", "--patience", "10s"], folder.path());
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(70), "{said}");
        assert!(said.contains("stuck: not done after 10 s") && said.contains("kept as"), "{said}");
        let log = std::fs::read_to_string(folder.path().join("swarm.jsonl")).unwrap();
        assert!(log.lines().last().unwrap().contains("\"failed\""), "{log}");
    }
}
