//! Same seed, same bytes: on any number of threads, twice, and in any order of ties.

mod runs;

use ordermill::experiment::StudyOptions;
use ordermill::kernel::calendar::Ties;
use ordermill::sim::{Options, Outcome};

use runs::{Overrides, model, ordermill, read, replicate, run_with, scenario_path};

/// `result.json` as the program writes it, which is also what `--json` prints.
fn result(name: &str, arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let run = ordermill()
        .arg("run")
        .arg(scenario_path(name))
        .args(["--json", "--output"])
        .arg(folder.path())
        .args(arguments)
        .output()
        .unwrap();
    assert!(run.stderr.is_empty(), "{}", String::from_utf8_lossy(&run.stderr));
    let written = std::fs::read(folder.path().join("result.json")).unwrap();
    assert!(written == run.stdout, "--json prints something else than result.json");
    written
}

#[test]
fn bytes_are_equal_on_any_number_of_threads() {
    let scarce = ["--set", "stock.cover=0.5", "--replications", "9"];
    let vans = ["--set", "last-mile={fidelity: vrp, vans: 9, capacity: 9, iterations: 300, sample: 50%}"];
    let vans = [&vans[..], &["--set", "delivery.0.to=locker", "--replications", "9"]].concat();
    let hours = ["--set", "arrivals.constant.duration=2 h"];
    for (name, more) in
        [("smoke", &scarce[..]), ("smoke", &vans[..]), ("warehouse", &[][..]), ("twin", &hours[..])]
    {
        let with = |threads| result(name, &[&["--threads", threads], more].concat());
        let one = with("1");
        for threads in ["2", "4", "8"] {
            assert!(one == with(threads), "{name} differs on {threads} threads");
        }
    }
}

/// Everything in the folder but rates and times: tables, histograms, event log.
#[test]
fn the_whole_folder_is_equal_on_any_number_of_threads() {
    let files = |threads: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut run = ordermill();
        run.arg("run").arg(scenario_path("smoke")).args(["--quiet", "--threads", threads, "--output"]);
        run.arg(folder.path()).assert().success();
        let mut found = Vec::new();
        for place in ["", "tables", "latency"] {
            for entry in std::fs::read_dir(folder.path().join(place)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned();
                if path.is_file() && !["machine.json", "report.html"].contains(&name.as_str()) {
                    found.push((name, std::fs::read(&path).unwrap()));
                }
            }
        }
        found.sort();
        found
    };
    let (one, eight) = (files("1"), files("8"));
    assert!(20 < one.len(), "{} files", one.len());
    for (a, b) in one.iter().zip(&eight) {
        assert!(a == b, "{} differs from {}", a.0, b.0);
    }
    assert_eq!(one.len(), eight.len());
}

#[test]
fn the_same_seed_tells_the_same_and_another_seed_does_not() {
    let with = |seed| result("smoke", &["--seed", seed]);
    let first = with("7");
    assert!(first == with("7"), "the same seed twice");
    assert!(first != with("8"), "another seed");
    let scenario_seed = result("smoke", &["--set", "run.seed=7"]);
    let digests = |bytes: &[u8]| {
        let document: ordermill::report::Document = serde_json::from_slice(bytes).unwrap();
        document.engine_digests
    };
    assert_eq!(digests(&first), digests(&scenario_seed), "a seed is a seed, wherever it is written");
}

/// Replication n does not depend on how many there are, and no two are alike.
#[test]
fn a_replication_is_itself_among_any_others() {
    let digests = |count| {
        let options = StudyOptions { replications: Some(count), ..StudyOptions::default() };
        run_with("smoke", &[], &options).document.engine_digests
    };
    let (three, eight) = (digests(3), digests(8));
    assert_eq!(three, eight[..3]);
    let distinct: std::collections::BTreeSet<_> = eight.iter().collect();
    assert_eq!(distinct.len(), 8);
}

fn with_ties(name: &str, overrides: Overrides<'_>) -> Vec<Outcome> {
    let scenario = read(name, overrides);
    let model = model(&scenario);
    let ties = [Ties::ByEvent, Ties::Permuted(1), Ties::Permuted(2), Ties::Permuted(3)];
    let runs = ties.map(|ties| replicate(&model, &Options { seed: 5, ties, ..Options::default() }));
    runs.into()
}

/// What comes in and what is conserved does not hang on who is first of two events at one instant.
#[test]
fn the_order_of_ties_moves_no_conserved_total() {
    for cover in ["0.5", "1.5"] {
        let runs = with_ties("smoke", &[("stock.cover", cover), ("floor.merge-window", "2 h")]);
        let conserved = |outcome: &Outcome| {
            let (metrics, ledgers) = (&outcome.metrics, &outcome.ledgers);
            let finals: u64 = metrics.finals.iter().sum();
            assert_eq!(finals + outcome.open(), metrics.submitted);
            assert_eq!(metrics.captured - metrics.refunded, ledgers.deposit.0 + ledgers.revenue.0);
            (metrics.submitted, metrics.units, metrics.lines, ledgers.supplied, metrics.losses)
        };
        for run in &runs[1..] {
            assert_eq!(conserved(&runs[0]), conserved(run));
        }
    }
}

/// With continuous times and plenty of stock the answers themselves hardly hang on ties: the means of all phases
/// move by less than one in a hundred.
#[test]
fn the_order_of_ties_moves_no_answer() {
    let runs = with_ties("twin", &[("arrivals.constant.duration", "5 h"), ("run.warm-up", "0 s")]);
    let (plain, shuffled) = (&runs[0], &runs[1..]);
    assert!(shuffled.iter().all(|run| run.metrics.finals == plain.metrics.finals));
    for run in shuffled {
        let (a, b) = (plain.metrics.lead.mean_s(), run.metrics.lead.mean_s());
        assert!((a - b).abs() < 0.01 * a, "lead time {a} s, with other ties {b} s");
    }
}
