//! The command line as a planner meets it: new, check, schema, explain, and what `run` prints where.

mod runs;

use std::fs;
use std::path::Path;

use ordermill::report::terms::TERMS;
use ordermill::scenario;

use runs::{ordermill, scenario_path};

/// Exit code, standard output, standard error.
fn end(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = ordermill().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn well(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (code, printed, said) = end(folder.path(), arguments);
    assert_eq!((code, said.as_str()), (0, ""), "{arguments:?}");
    printed
}

#[test]
fn a_new_scenario_is_checked_and_run_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (code, printed, said) = end(folder.path(), &["new", "my-shop"]);
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(printed.contains("ordermill check my-shop.yaml"), "{printed}");

    let (code, printed, said) = end(folder.path(), &["check", "my-shop.yaml"]);
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(printed.starts_with("my-shop: no errors"), "{printed}");

    let text = fs::read(folder.path().join("my-shop.yaml")).unwrap();
    let (code, _, said) = end(folder.path(), &["new", "my-shop"]);
    assert_eq!(code, 2, "never overwritten");
    assert!(said.contains("already there"), "{said}");
    assert!(text == fs::read(folder.path().join("my-shop.yaml")).unwrap());

    let (code, _, said) = end(folder.path(), &["new", "other", "--output", "place.yaml"]);
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(folder.path().join("place.yaml").is_file());

    let few =
        ["run", "my-shop.yaml", "--quiet", "--replications", "1", "--set", "arrivals.profile.orders=300"];
    let (code, _, said) = end(folder.path(), &few);
    assert!([0, 3, 99].contains(&code) && said.is_empty(), "{code} {said}");
    assert!(folder.path().join("reports/my-shop/report.html").is_file());
}

#[test]
fn check_runs_nothing_and_tells_load_against_capacity() {
    let folder = tempfile::tempdir().unwrap();
    for name in
        ["quickstart", "average-day", "singles-day-peak", "flash-sale", "smoke", "twin", "cdnow-replay"]
    {
        let path = scenario_path(name);
        let (code, printed, said) = end(folder.path(), &["check", path.to_str().unwrap()]);
        assert_eq!((code, said.as_str()), (0, ""), "{name}");
        assert!(printed.contains("no errors") && printed.contains("load"), "{name}:\n{printed}");
        assert!(printed.lines().all(|line| line.chars().count() <= 100), "{name}:\n{printed}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "check wrote something");
    let late = scenario_path("broken/w0401-late-orders");
    let (code, printed, said) = end(folder.path(), &["check", late.to_str().unwrap()]);
    assert_eq!(code, 0, "a warning is no error");
    assert!(said.starts_with("W0401") && printed.contains("no errors"), "{said}{printed}");
}

#[test]
fn the_schemas_are_json_and_name_every_key() {
    let printed = well(&["schema", "scenario"]);
    let schema: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    for row in scenario::keys() {
        let name = format!("\"{}\"", row.name());
        assert!(row.name() == "*" || printed.contains(&name), "{} is not in the schema", row.path);
    }
    assert_eq!(printed, well(&["schema"]), "the scenario's is the default");
    let shipped = fs::read_to_string(scenario_path("smoke").with_file_name("scenario.schema.json")).unwrap();
    assert!(shipped.trim_end() == printed.trim_end(), "scenarios/scenario.schema.json is out of date");

    let result = well(&["schema", "result"]);
    let schema: serde_json::Value = serde_json::from_str(&result).unwrap();
    let document = serde_json::to_value(runs::run("smoke", &[]).document).unwrap();
    for key in document.as_object().unwrap().keys() {
        assert!(schema["properties"].get(key).is_some(), "{key} is not in the result's schema");
    }
}

#[test]
fn every_word_of_the_report_and_every_key_is_explained() {
    for term in TERMS {
        let printed = well(&["explain", term.name]);
        assert!(printed.contains(term.short), "{}: {printed}", term.name);
    }
    // Keys through the library: the program would be started two hundred times.
    for row in scenario::keys().iter().filter(|row| !row.path.contains('<') && !row.path.contains('*')) {
        let path = row.path.replace("[]", "");
        let told = scenario::explain(&path).unwrap_or_else(|| panic!("{path} is not explained"));
        assert!(told.contains(row.help), "{path}: {told}");
    }
    assert!(well(&["explain", "stock.cover"]).contains("expected demand"));
    assert!(well(&["explain", "lead", "time"]).to_lowercase().contains("lead"));
}

#[test]
fn an_unknown_word_is_refused_with_the_nearest_one() {
    let folder = tempfile::tempdir().unwrap();
    let check = |word: &str, near: &str| {
        let (code, printed, said) = end(folder.path(), &["explain", word]);
        assert_eq!((code, printed.as_str()), (2, ""), "{word}");
        assert!(said.starts_with("error: no term") && said.contains(near), "{word}: {said}");
    };
    check("utilisation", "utilization");
    check("stock.covr", "stock.cover");
    let (code, _, said) = end(folder.path(), &["explain", "qqqqqqqqqqqqqqqqqqqq"]);
    assert_eq!((code, said.as_str()), (2, "error: no term \"qqqqqqqqqqqqqqqqqqqq\"\n"));
}

#[test]
fn run_prints_a_summary_json_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let run = |more: &[&str]| {
        let arguments = [&["run", smoke.to_str().unwrap(), "--output", "out"], more].concat();
        let (code, printed, said) = end(folder.path(), &arguments);
        // Not a terminal: no progress bar, no control sequence.
        assert_eq!((code, said.as_str()), (0, ""), "{more:?}");
        assert!(!printed.contains('\u{1b}') && !printed.contains('\r'), "{more:?}");
        printed
    };
    let summary = run(&[]);
    assert!(summary.contains("VERDICT  HOLDS") && summary.contains("out/report.html"), "{summary}");
    assert!(summary.lines().all(|line| line.chars().count() <= 80), "{summary}");
    assert_eq!(run(&["--quiet"]), "");
    let json = run(&["--json"]);
    assert_eq!(json, fs::read_to_string(folder.path().join("out/result.json")).unwrap());
    let document: ordermill::report::Document = serde_json::from_str(&json).unwrap();
    assert_eq!(document, runs::run("smoke", &[]).document, "the program and the library say the same");
}

/// The account of faults is told where there are faults, and left out where it is not wanted.
#[test]
fn a_run_with_faults_tells_what_they_did() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario_path("faults/gateway-outage");
    let run = |more: &[&str]| {
        let base = ["run", scenario.to_str().unwrap(), "--output", "out", "--replications", "2"];
        let (code, printed, said) = end(folder.path(), &[&base, more].concat());
        assert!([0, 3, 99].contains(&code) && said.is_empty(), "{more:?}: {code} {said}");
        let json = fs::read_to_string(folder.path().join("out/result.json")).unwrap();
        (printed, serde_json::from_str::<serde_json::Value>(&json).unwrap())
    };
    let (printed, told) = run(&[]);
    assert!(printed.contains("\nFAULTS   gateway-outage wallet"), "{printed}");
    assert!(printed.contains("beside the same luck without them"), "{printed}");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    let (printed, untold) = run(&["--no-fault-account"]);
    assert!(!printed.contains("FAULTS"), "{printed}");
    // Everything else is equal: the second runs look on, they do not touch.
    let mut rest = told.clone();
    assert!(rest.as_object_mut().unwrap().remove("faults").is_some() && untold.get("faults").is_none());
    assert_eq!(rest, untold);
}

/// Paths of the whole folder, so that whoever adds or loses a file notices.
#[test]
fn a_run_writes_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let (code, _, _) = end(folder.path(), &["run", smoke.to_str().unwrap(), "--quiet"]);
    assert_eq!(code, 0);
    let out = folder.path().join("reports/smoke");
    for file in [
        "result.json",
        "machine.json",
        "report.html",
        "ocel.json",
        "tables/stations.csv",
        "latency/lead-time.hgrm",
    ] {
        assert!(out.join(file).is_file(), "{file} is missing");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something lies beside reports/");
    let machine: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("machine.json")).unwrap()).unwrap();
    assert!(machine["command"].as_str().unwrap().starts_with("ordermill run "));
}

/// The line in `machine.json` gives the same result again.
#[test]
fn the_command_that_is_kept_runs_again_to_the_same_result() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let smoke = smoke.to_str().unwrap();
    let first = [
        "run",
        smoke,
        "--quiet",
        "--seed",
        "9",
        "--replications",
        "3",
        "--set",
        "stock.cover=0.7",
        "-o",
        "a",
    ];
    assert_eq!(end(folder.path(), &first).0, 0);
    let machine: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("a/machine.json")).unwrap()).unwrap();
    let command: Vec<String> =
        machine["command"].as_str().unwrap().split(' ').skip(1).map(str::to_owned).collect();
    let again: Vec<&str> = command.iter().map(String::as_str).chain(["-o", "b", "--quiet"]).collect();
    assert_eq!(end(folder.path(), &again).0, 0);
    let read = |name: &str| fs::read(folder.path().join(name).join("result.json")).unwrap();
    assert!(read("a") == read("b"));
}

#[test]
fn help_tells_commands_options_and_exit_codes() {
    let help = well(&["--help"]);
    for word in ["run", "check", "new", "schema", "explain", "Exit codes:", "70", "74", "99", "130"] {
        assert!(help.contains(word), "{word} is not in --help:\n{help}");
    }
    let run = well(&["run", "--help"]);
    let options = [
        "--output",
        "--replications",
        "--threads",
        "--seed",
        "--set",
        "--tape",
        "--ledger",
        "--json",
        "--quiet",
    ];
    for option in options {
        assert!(run.contains(option), "{option} is not in run --help:\n{run}");
    }
    assert!(well(&["--version"]).starts_with("ordermill "));
    assert_eq!(well(&["help"]), help);
}

#[test]
fn tours_are_planned_checked_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/data/RC208.txt");
    let file = file.to_str().unwrap();
    let (code, printed, said) = end(folder.path(), &["plan-tours", file, "--iterations", "500"]);
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(printed.starts_with("Route #1: ") && printed.contains("\nCost "), "{printed}");

    let written = ["plan-tours", file, "--iterations", "500", "--out", "tours.sol"];
    let (code, told, said) = end(folder.path(), &written);
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(told.ends_with("100 customers; 500 iterations, checked\n"), "{told}");
    assert_eq!(fs::read_to_string(folder.path().join("tours.sol")).unwrap(), printed);

    let (code, other, _) = end(folder.path(), &["plan-tours", file, "--seconds", "0.1", "--seed", "2"]);
    assert!(code == 0 && other != printed, "{other}");
    let (code, _, said) = end(folder.path(), &["plan-tours", "no.vrp"]);
    assert!(code == 2 && said.starts_with("E0101 no.vrp:1:1  no.vrp does not exist"), "{said}");
    fs::write(folder.path().join("bad.vrp"), "NAME : bad\nDIMENSION : x\n").unwrap();
    let (code, _, said) = end(folder.path(), &["plan-tours", "bad.vrp"]);
    assert!(code == 2 && said.contains("E0503 bad.vrp:2:13  "), "{said}");
    let (code, _, _) =
        end(folder.path(), &["plan-tours", file, "--out", "no/such/folder.sol", "--iterations", "1"]);
    assert_eq!(code, 74);
}

/// `ordermill explain faults | head`: nobody reads on, and nothing went wrong.
#[test]
fn a_reader_that_went_away_is_no_error() {
    for arguments in [&["explain", "faults"][..], &["schema"], &["explain", "strategies"]] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_ordermill"))
            .args(arguments)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // Closed before a byte is read.
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Only `out.rs` writes to standard output: `println!` panics when nobody reads.
#[test]
fn no_command_prints_past_a_closed_output() {
    for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            let line = line.replace("eprint", "");
            let prints = line.contains("print!(") || line.contains("println!(");
            assert!(!prints, "{}: {line}", path.display());
        }
    }
}
