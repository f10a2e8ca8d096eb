//! Bad input through the program itself: exit 2 within a second, with code, place and remedy, no panic, and
//! nothing half-written. And every exit code that a run can end with.

mod runs;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use runs::{ordermill, scenario_path};

/// Generous: the machine may be busy, and the build is not optimized.
const LIMIT: Duration = Duration::from_secs(3);

struct Ended {
    code: i32,
    said: String,
    printed: String,
}

/// Runs the program in `folder`; no panic text, whatever happens.
fn end(folder: &Path, arguments: &[&str]) -> Ended {
    let started = Instant::now();
    let output =
        ordermill().current_dir(folder).args(arguments).timeout(Duration::from_secs(60)).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let code = output.status.code().unwrap_or_else(|| panic!("{arguments:?} did not end: {said}"));
    if code == 2 {
        let took = started.elapsed();
        assert!(took < LIMIT, "{arguments:?} took {took:?} to be refused");
    }
    for word in ["panicked", "RUST_BACKTRACE", "broken invariant", "unwrap"] {
        assert!(!said.contains(word), "{arguments:?}:\n{said}");
    }
    Ended { code, said, printed: String::from_utf8(output.stdout).unwrap() }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Refused as the planner's mistake: the code stands at the start of a line with a place behind it, a remedy in
/// the next, and the folder is as it was.
fn refused(folder: &Path, arguments: &[&str], code: &str) {
    let before = files(folder);
    let ended = end(folder, arguments);
    let said = &ended.said;
    assert_eq!(ended.code, 2, "{arguments:?}:\n{said}");
    assert!(ended.printed.is_empty(), "{arguments:?} printed {}", ended.printed);
    let start = format!("{code} ");
    let lines: Vec<&str> = said.lines().collect();
    let at = lines.iter().position(|line| line.starts_with(&start));
    let at = at.unwrap_or_else(|| panic!("{arguments:?}: no {code}\n{said}"));
    let place = lines[at][start.len()..].split("  ").next().unwrap();
    assert!(!place.is_empty() && lines[at].contains("  "), "{arguments:?}: no place\n{said}");
    assert!(
        lines.get(at + 1).is_some_and(|help| help.starts_with("      ")),
        "{arguments:?}: no remedy\n{said}"
    );
    assert!(said.ends_with('\n'), "{arguments:?}: the last line has no end");
    assert_eq!(files(folder), before, "{arguments:?} left something behind");
}

#[test]
fn every_broken_scenario_is_refused_by_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let broken = scenario_path("broken").with_extension("");
    let mut count = 0;
    for path in files(&broken).iter().filter(|path| path.extension().is_some_and(|end| end == "yaml")) {
        let bytes = fs::read(path).unwrap();
        let first = String::from_utf8_lossy(bytes.split(|&byte| byte == b'\n').next().unwrap()).into_owned();
        let expected = first.strip_prefix("# expect: ").unwrap_or_else(|| panic!("{}", path.display()));
        let (codes, flags) = expected.split_once("  --set ").unwrap_or((expected, ""));
        let mut arguments = vec!["run", path.to_str().unwrap()];
        if !flags.is_empty() {
            arguments.extend(["--set", flags]);
        }
        for code in codes.split(' ').filter(|code| code.starts_with('E')) {
            refused(folder.path(), &arguments, code);
            count += 1;
        }
        arguments[0] = "check";
        let ended = end(folder.path(), &arguments);
        let all_told = codes.split(' ').all(|code| ended.said.contains(code));
        assert!(all_told, "check {}:\n{}", path.display(), ended.said);
        assert_eq!(ended.code == 0, codes.starts_with('W'), "check {}:\n{}", path.display(), ended.said);
    }
    assert!(40 <= count, "{count} mistakes");
}

#[test]
fn hostile_scenarios_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8], code: &str| {
        fs::write(folder.path().join(name), bytes).unwrap();
        refused(folder.path(), &["run", name], code);
    };
    check("empty.yaml", b"", "E0109");
    check("binary.yaml", &(0..=255).cycle().take(5_000).collect::<Vec<u8>>(), "E0103");
    check("deep.yaml", "[".repeat(100_000).as_bytes(), "E0106");
    check("large.yaml", &vec![b'#'; 9 << 20], "E0104");
    let levels = (1..30).map(|level| format!("x-{level}: &l{level} [*l{0}, *l{0}]\n", level - 1));
    check("bomb.yaml", format!("x-0: &l0 [a, a]\n{}", levels.collect::<String>()).as_bytes(), "E0107");
    check("self.yaml", b"extends: self.yaml\n", "E0110");
    check("open.json", b"{\"name\": ", "E0105");
    refused(folder.path(), &["run", "nowhere.yaml"], "E0101");
    refused(folder.path(), &["run", "."], "E0102");
    refused(folder.path(), &["run", "/dev/zero"], "E0102");
}

/// What `extends` may name: regular files, not in a circle, not too many.
#[test]
fn hostile_bases_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, base: &str| {
        fs::write(folder.path().join(name), format!("extends: {base}\n")).unwrap();
    };
    let check = |name: &str, code: &str| refused(folder.path(), &["run", name], code);
    write("here.yaml", "there.yaml");
    write("there.yaml", "here.yaml");
    check("here.yaml", "E0110");
    write("zero.yaml", "/dev/zero");
    check("zero.yaml", "E0102");
    write("folder.yaml", "..");
    check("folder.yaml", "E0102");
    write("nowhere.yaml", "none.yaml");
    check("nowhere.yaml", "E0101");
    (0..40).for_each(|level| write(&format!("n{level}.yaml"), &format!("n{}.yaml", level + 1)));
    check("n0.yaml", "E0110");
    let said = end(folder.path(), &["run", "n0.yaml"]).said;
    assert!(said.contains("through more than") && !said.contains("circle:"), "{said}");
}

/// A pipe is never waited for: it is no regular file.
#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().unwrap();
    assert!(made.success());
    fs::write(folder.path().join("base.yaml"), "extends: pipe.yaml\n").unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("link.yaml")).unwrap();
    for name in ["pipe.yaml", "base.yaml", "link.yaml"] {
        refused(folder.path(), &["run", name], "E0102");
    }
}

/// Neither is any other file that is read.
#[cfg(unix)]
#[test]
fn tapes_instances_and_ledgers_that_are_no_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    assert!(made.success());
    fs::copy(scenario_path("smoke"), folder.path().join("smoke.yaml")).unwrap();
    fs::write(folder.path().join("endless"), vec![b' '; 2 << 20]).unwrap();
    for name in ["pipe", "/dev/zero", "."] {
        let ended = end(folder.path(), &["plan-tours", name]);
        assert!(ended.code == 2 && ended.said.starts_with("E0102"), "{name}: {} {}", ended.code, ended.said);
        let ended = end(folder.path(), &["ledger", "verify", name]);
        assert!(ended.code == 2 && ended.said.starts_with("E0102"), "{name}: {} {}", ended.code, ended.said);
    }
    for (name, why) in
        [("pipe", "no regular file"), ("/dev/zero", "no regular file"), ("endless", ":1: longer than")]
    {
        let ended = end(folder.path(), &["load", "--tape", name, "smoke.yaml"]);
        assert!(ended.code == 2 && ended.said.contains(why), "{name}: {} {}", ended.code, ended.said);
    }
}

#[test]
fn hostile_values_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let check = |set: &str, code: &str| {
        refused(folder.path(), &["run", smoke.to_str().unwrap(), "--set", set], code);
    };
    check("arrivals.profile.orders=1000000000000", "E0305");
    check("arrivals={constant: {rate: -5/h}}", "E0206");
    check("arrivals={constant: {rate: 1e12/h}}", "E0305");
    check("nodes.Hamburg.pickers=0", "E0306");
    check("nodes.Hamburg.packers=0", "E0306");
    check("review.reviewers=0", "E0306");
    check("nodes.Hamburg.pickers=-1", "E0206");
    // Of the allocation: costs below zero, a list of nodes that names none, a box smaller than its item, a formula
    // with a variable that is none.
    check("costs.packaging-per-parcel=-0.60", "E0206");
    check("costs.late-penalty-per-order=-1", "E0206");
    check("allocation.min-box-value=-1", "E0206");
    check("carriers.paketdienst.rates=[{up-to: 300 km, first-kg: -9, per-further-kg: 2}]", "E0206");
    check("network.lane-rules=[{from: [Humburg], to: nearest-hub}]", "E0207");
    check("stock.receipts=[{at: 1 h, node: Humburg, share: 10%}]", "E0207");
    check("floor.box-max-weight=300 g", "E0314");
    check("floor.box-max-volume=1 l", "E0314");
    check("floor.box-max-side=10 cm", "E0205");
    check("floor.box-max-side=0.1 m", "E0314");
    check("allocation.score=[frieght + km]", "E0313");
    check("payment.methods.card.success=120%", "E0206");
    check("floor.pick-per-order=-5 s", "E0206");
    check("floor.pick-per-order={gamma: {mean: 1 s, cv: 0}}", "E0206");
    check("run.horizon=5", "E0205");
    check("run.horizon=.nan d", "E0203");
    check("run.horizn=5 d", "E0213");
    check("delivery.standard.carriers=[postman]", "E0207");
    check("zones.cities.country=xx", "E0204");
    check("network.lane-rules=[{from: [Hamburg], to: nearest-hub}]", "E0307");
    check("allocation.strategy=teleport", "E0204");
    check("slo=[{metric: lead-time, at-most: 95%}]", "E0205");
    // Numbers that are none, or are more than a machine's.
    check("run.horizon=1e400 d", "E0203");
    check("run.horizon=.inf d", "E0203");
    check("arrivals={constant: {rate: .nan/h}}", "E0203");
    check("arrivals={constant: {rate: 1e400/h}}", "E0203");
    check("arrivals={constant: {rate: -0.0/h}}", "E0206");
    check("payment.methods.card.success=1.0000001", "E0206");
    check("payment.methods.card.success=.nan", "E0203");
    check("floor.pick-per-order={lognormal: {mean: 1 s, cv: .inf}}", "E0203");
    check("nodes.Hamburg.pickers=1e30", "E0203");
    check("catalog.synthetic.skus=99999999999999999999", "E0203");
    check("catalog.synthetic.skus=3000000", "E0305");
    check("run.seed=-1", "E0206");
    // Zones that no carrier of one delivery method reaches: found when the network is built.
    check(
        "network.lane-rules=[{from: fulfillment-centers, to: nearest-hub, carriers: [paketdienst]}]",
        "E0901",
    );
}

#[test]
fn an_unreachable_zone_is_told_by_the_names_in_the_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let set = "network.lane-rules=[{from: fulfillment-centers, to: nearest-hub, carriers: [paketdienst]}]";
    let ended = end(folder.path(), &["check", scenario_path("smoke").to_str().unwrap(), "--set", set]);
    assert_eq!(ended.code, 2);
    for name in ["express", "Berlin", "lane-rules"] {
        assert!(ended.said.contains(name), "no {name} in:\n{}", ended.said);
    }
}

#[test]
fn wrong_arguments_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let smoke = smoke.to_str().unwrap();
    let wrong: &[&[&str]] = &[
        &["run"],
        &["run", smoke, "--threads", "0"],
        &["run", smoke, "--threads", "many"],
        &["run", smoke, "--replications", "0"],
        &["run", smoke, "--replications", "2000000000000"],
        &["run", smoke, "--seed", "-1"],
        &["run", smoke, "--set", "nonsense"],
        &["run", smoke, "--unknown"],
        &["simulate", smoke],
        &["new", "../up"],
        &["new", ""],
        &["explain", "no such thing at all"],
        &["schema", "nothing"],
    ];
    for arguments in wrong {
        let ended = end(folder.path(), arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.said);
        assert!(ended.said.starts_with("error: "), "{arguments:?}: {}", ended.said);
        assert!(files(folder.path()).is_empty(), "{arguments:?} left something behind");
    }
}

/// Key of a table file, its header, and a good first row.
const TABLES: &[(&str, &str, &str)] = &[
    ("zones={file: FILE}", "name,lat,lon,weight", "Berlin,52.5,13.4,1"),
    ("catalog={file: FILE}", "sku,price,weight_g,volume_ml,class,popularity", "A,10,200,400,standard,1"),
    ("stock.file=FILE", "sku,node,quantity", "SKU-000001,Leipzig,5"),
    ("stock.receipts-file=FILE", "at,node,sku,quantity", "5 h,Leipzig,SKU-000001,5"),
    ("shifts={file: FILE}", "name,days,from,to,share", "day,all,06:00,22:00,100%"),
    ("nodes={file: FILE}", "name,kind,city", "Leipzig,fulfillment-center,Leipzig"),
    ("network.lanes-file=FILE", "from,to,departures,capacity", "Leipzig,Hamburg hub,every 2 h,50"),
];

#[test]
fn empty_binary_and_mangled_tables_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    // Files named by --set are looked for beside the scenario.
    fs::copy(scenario_path("smoke"), folder.path().join("smoke.yaml")).unwrap();
    let binary: Vec<u8> =
        (0..4_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(folder.path().join("empty.csv"), b"").unwrap();
    fs::write(folder.path().join("binary.csv"), binary).unwrap();
    for (key, header, row) in TABLES {
        let check = |name: &str, code: &str| {
            refused(folder.path(), &["run", "smoke.yaml", "--set", &key.replace("FILE", name)], code);
        };
        fs::write(folder.path().join("header.csv"), format!("{header}\n")).unwrap();
        fs::write(folder.path().join("cells.csv"), format!("{header}\n{row}\n{row},9,9,9\n")).unwrap();
        fs::write(folder.path().join("column.csv"), format!("foo{header}\n{row}\n")).unwrap();
        let last = row.rsplit_once(',').unwrap().0;
        fs::write(folder.path().join("cell.csv"), format!("{header}\n{last},\u{fffd}?\n")).unwrap();
        check("missing.csv", "E0101");
        check("binary.csv", "E0103");
        check("header.csv", "E0403");
        check("cells.csv", "E0404");
        check("column.csv", "E0401");
        let code = if key.starts_with("nodes") { "E0208" } else { "E0402" };
        check("cell.csv", code);
        let ended = end(folder.path(), &["run", "smoke.yaml", "--set", &key.replace("FILE", "empty.csv")]);
        assert_eq!(ended.code, 2, "{key}: {}", ended.said);
        assert!(ended.said.starts_with("E040"), "{key}: {}", ended.said);
    }
}

/// Compressed files are refused by name and never unpacked, so a bomb of them weighs what it weighs on disk.
#[test]
fn packed_files_are_refused_with_the_way_to_unpack_them() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(scenario_path("smoke"), folder.path().join("smoke.yaml")).unwrap();
    fs::write(folder.path().join("history.yaml"), REPLAY).unwrap();
    let packed: [(&[u8], &str); 6] = [
        (b"\x1f\x8b\x08\0\0\0\0\0", "gzip -d"),
        (b"\x28\xb5\x2f\xfd\x04\0", "zstd -d"),
        (b"\xfd7zXZ\0\0\x04", "xz -d"),
        (b"BZh91AY&SY\x17", "bzip2 -d"),
        (b"PK\x03\x04\x14\0", "export the spreadsheet"),
        (b"PAR1\x15\x04", "Parquet"),
    ];
    for (start, remedy) in packed {
        let bytes = [start, &[b'0'; 4_000]].concat();
        let check = |file: &str, arguments: &[&str]| {
            fs::write(folder.path().join(file), &bytes).unwrap();
            refused(folder.path(), &[&["run"], arguments].concat(), "E0103");
            let said = end(folder.path(), &[&["run"], arguments].concat()).said;
            assert!(said.contains(remedy), "{file}: {said}");
        };
        check("packed.yaml", &["packed.yaml"]);
        check("orders.csv", &["history.yaml"]);
        for (key, ..) in TABLES {
            check("packed.csv", &["smoke.yaml", "--set", &key.replace("FILE", "packed.csv")]);
        }
    }
}

/// What a terminal would obey, or no eye would see, is in no name: of a scenario, or of a table.
#[test]
fn hidden_letters_and_endless_names_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(scenario_path("smoke"), folder.path().join("smoke.yaml")).unwrap();
    let escaped =
        ["\\e[2J", "\\0", "\\x9b31m", "\\u202egpj", "\\u200b", "\\u2066", "\\L", "\\U000e0041", "\\b"];
    for letters in escaped {
        let written = format!("extends: smoke.yaml\nname: \"a{letters}b\"\n");
        fs::write(folder.path().join("name.yaml"), written).unwrap();
        refused(folder.path(), &["run", "name.yaml"], "E0214");
        let written = format!("extends: smoke.yaml\ncarriers: [{{name: \"a{letters}b\"}}]\n");
        fs::write(folder.path().join("name.yaml"), written).unwrap();
        refused(folder.path(), &["run", "name.yaml"], "E0214");
    }
    let long = format!("extends: smoke.yaml\nname: {}\n", "x".repeat(64 << 10));
    fs::write(folder.path().join("name.yaml"), long).unwrap();
    refused(folder.path(), &["run", "name.yaml"], "E0214");
    for (key, header, row) in TABLES {
        for letter in ["\u{1b}", "\u{202e}", "\u{200b}", "\u{7f}"] {
            fs::write(folder.path().join("cell.csv"), format!("{header}\n{letter}{row}\n")).unwrap();
            refused(
                folder.path(),
                &["run", "smoke.yaml", "--set", &key.replace("FILE", "cell.csv")],
                "E0214",
            );
        }
    }
}

/// Numbers that are none, or are no machine's, in the notation of each format; and shares that are more than all.
#[test]
fn numbers_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(scenario_path("smoke"), folder.path().join("smoke.yaml")).unwrap();
    let check = |name: &str, text: &str, code: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        refused(folder.path(), &["run", name], code);
    };
    for number in ["nan", "-nan", "inf", "-inf", "1e400"] {
        let text = format!("extends = \"smoke.yaml\"\ncustomers.skew = {number}\n");
        check("number.toml", &text, "E0203");
    }
    for number in ["NaN", "1e400", "-Infinity", "\"NaN\"", "true", "[]", "\"1e400\""] {
        let text = format!("{{\"extends\": \"smoke.yaml\", \"customers\": {{\"skew\": {number}}}}}");
        check("number.json", &text, "E0203");
    }
    for number in [".nan", ".inf", "-.INF", "nan", "Infinity", "1e400", "-1e400", "１２"] {
        check("number.yaml", &format!("extends: smoke.yaml\ncustomers: {{skew: {number}}}\n"), "E0203");
        check("weight.yaml", &format!("extends: smoke.yaml\nbasket: {{lines: [1, {number}]}}\n"), "E0203");
    }
    check(
        "returns.yaml",
        "extends: smoke.yaml\nafter-sales: {appearance-fault: 60%, quantity-fault: 40.00001%}\n",
        "E0308",
    );
    check("weights.yaml", "extends: smoke.yaml\nbasket: {lines: [0, -0.0]}\n", "E0301");
    for number in ["NaN", "inf", "1e400", "-1", ".5.", "٣"] {
        for (key, header, row) in TABLES.iter().filter(|table| !table.2.contains('%')) {
            let mut cells: Vec<&str> = row.split(',').collect();
            let Some(numeric) = cells.iter().rposition(|cell| cell.parse::<f64>().is_ok()) else { continue };
            cells[numeric] = number;
            fs::write(folder.path().join("cell.csv"), format!("{header}\n{}\n", cells.join(","))).unwrap();
            let arguments = ["run", "smoke.yaml", "--set", &key.replace("FILE", "cell.csv")];
            let code = if number == "-1" { "E0206" } else { "E0402" };
            refused(folder.path(), &arguments, code);
        }
    }
}

const REPLAY: &str = "
name: history
start: 2026-03-02T00:00
run: {horizon: 10 d}
replay: {file: orders.csv, columns: {time: placed, order: number}}
zones: {list: [{name: North, at: {city: Berlin}}]}
catalog: {synthetic: {skus: 3}}
nodes: [{name: Center, at: {city: Leipzig}}, {name: Hub, kind: hub, at: {city: Leipzig}}]
carriers: [{name: post}]
delivery: [{name: standard}]
payment: {methods: [{name: card}]}
";

#[test]
fn a_replay_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("history.yaml"), REPLAY).unwrap();
    refused(folder.path(), &["run", "history.yaml"], "E0101");
    let check = |bytes: &[u8], code: &str| {
        fs::write(folder.path().join("orders.csv"), bytes).unwrap();
        refused(folder.path(), &["run", "history.yaml"], code);
    };
    check(b"", "E0401");
    check(&[0xff, 0xfe, 0, 1, 2, 3, 0, 0], "E0103");
    check(b"placed,number\n", "E0502");
    check(b"when,number\n2026-03-02 10:00:00,1\n", "E0401");
    check(b"placed,number\nyesterday,1\n", "E0507");
    let many: String = (0..500).map(|row| format!("yesterday,{row}\n")).collect();
    check(format!("placed,number\n2026-03-02 10:00:00,x\n{many}").as_bytes(), "E0506");
}

#[test]
fn a_folder_tape_or_ledger_that_cannot_be_written_ends_with_74() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let smoke = smoke.to_str().unwrap();
    fs::write(folder.path().join("file"), "in the way").unwrap();
    for arguments in [
        ["run", smoke, "--output", "file/below"],
        ["run", smoke, "--output", "file"],
        ["run", smoke, "--tape", "nowhere/tape.jsonl"],
        ["run", smoke, "--tape", "file/tape.jsonl"],
        ["run", smoke, "--ledger", "nowhere/ledger.jsonl"],
        ["run", smoke, "--ledger", "file/ledger.jsonl"],
    ] {
        let ended = end(folder.path(), &arguments);
        assert_eq!(ended.code, 74, "{arguments:?}: {}", ended.said);
        assert!(ended.said.starts_with("error: cannot write "), "{arguments:?}: {}", ended.said);
        assert!(ended.said.contains(arguments[3]), "{arguments:?} is not named: {}", ended.said);
        let left: Vec<_> = files(folder.path()).into_iter().filter(|path| path.is_file()).collect();
        assert_eq!(left, [folder.path().join("file")], "{arguments:?} left something behind");
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"in the way");
    }
}

#[test]
fn the_verdict_is_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let check = |slo: &str, code: i32, verdict: &str| {
        let set = format!("slo=[{{{slo}}}]");
        let ended = end(folder.path(), &["run", smoke.to_str().unwrap(), "--set", &set]);
        assert_eq!(ended.code, code, "{slo}: {}", ended.said);
        assert!(ended.said.is_empty(), "{slo}: {}", ended.said);
        assert!(ended.printed.contains(verdict), "{slo}:\n{}", ended.printed);
    };
    check("metric: on-time-share, at-least: 50%", 0, "HOLDS");
    check("metric: lead-time, at-most: 1 s", 99, "FAILS");
    // Two replications: a bound near their mean lies within a very wide interval.
    let mean = {
        let run = runs::run("smoke", &[]);
        run.document.delivery.lead_time_s.mean
    };
    check(&format!("metric: lead-time, at-most: {mean:.0} s"), 3, "INCONCLUSIVE");
}

#[test]
fn every_code_can_be_explained() {
    let folder = tempfile::tempdir().unwrap();
    let codes = ordermill::scenario::CODES.iter().chain(ordermill::scenario::BUILD_CODES);
    for code in codes.filter(|code| !code.code.starts_with('W')) {
        let ended = end(folder.path(), &["explain", code.code]);
        assert_eq!(ended.code, 0, "{}: {}", code.code, ended.said);
        assert!(ended.printed.contains(code.title), "{}: {}", code.code, ended.printed);
    }
}

/// A run that fails leaves an earlier result alone.
#[test]
fn a_refused_run_leaves_the_last_result() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let smoke = smoke.to_str().unwrap();
    assert_eq!(end(folder.path(), &["run", smoke, "--quiet", "--output", "out"]).code, 0);
    let result = fs::read(folder.path().join("out/result.json")).unwrap();
    let refused = ["run", smoke, "--quiet", "--output", "out", "--set", "nodes.Hamburg.pickers=0"];
    assert_eq!(end(folder.path(), &refused).code, 2);
    assert!(result == fs::read(folder.path().join("out/result.json")).unwrap());
}
