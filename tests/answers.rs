//! Answers of many runs: are cells what `run` finds, are edges where they are said to be, is the cheapest plan the
//! cheapest?

mod runs;

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use ordermill::experiment::breakpoint::{self, breakpoint};
use ordermill::experiment::design::{Cell, Factor, grid};
use ordermill::experiment::lab::{Base, Yardstick};
use ordermill::experiment::levers::{EXPERIENCE, Lever, experience};
use ordermill::experiment::solve::{End, Plan, Question, Solution, cell, solve};
use ordermill::experiment::tornado::{difference, ranked, tornado};
use ordermill::experiment::{StudyOptions, Verdict};
use ordermill::scenario::spec::Bound;
use serde_json::Value;

use runs::{Overrides, ordermill, owned, run_with, scenario_path};

static GO_ON: AtomicBool = AtomicBool::new(false);

fn base(name: &str, set: Overrides<'_>, seed: Option<u64>) -> Base {
    let (base, diagnostics) = Base::open(scenario_path(name), owned(set), seed);
    base.unwrap_or_else(|| panic!("{diagnostics}"))
}

/// Exit code, standard output, standard error.
fn end(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = ordermill().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A calm day, four times as busy: small, and near its edge.
const BUSY: Overrides<'_> = &[("arrivals.constant.rate", "240/h"), ("run.horizon", "4 d")];

#[test]
fn a_cell_of_a_sweep_is_what_a_run_of_it_finds() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario_path("faults/base");
    let scenario = scenario.to_str().unwrap();
    let sweep = [
        "sweep",
        scenario,
        "--vary",
        "nodes.*.pickers=1,2",
        "--vary",
        "demand*=1,4",
        "--replications",
        "2",
        "-o",
        "s",
    ];
    let (code, said, errors) = end(folder.path(), &sweep);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let document = json(&folder.path().join("s/sweep.json"));
    let cells = document["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 4);
    let verdicts: Vec<&str> = cells.iter().map(|cell| cell["verdict"].as_str().unwrap()).collect();
    assert!(verdicts.contains(&"holds") && verdicts.contains(&"fails"), "{verdicts:?}");
    let code_of = |verdict: &str| match verdict {
        "holds" => 0,
        "fails" => 99,
        _ => 3,
    };

    // Alone by its number, and as a run by its command: the same to the bit.
    let (code, alone, _) = end(folder.path(), &[&sweep[..], &["--cell", "3"]].concat());
    let alone: Value = serde_json::from_str(&alone).unwrap();
    assert_eq!((code, &alone["readings"]), (0, &cells[3]["readings"]));
    let command = cells[3]["command"].as_str().unwrap();
    let mut words: Vec<String> = command.split(' ').skip(1).map(|word| word.replace('\'', "")).collect();
    words.extend(["-o", "r", "--quiet"].map(str::to_owned));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(end(folder.path(), &words).0, code_of(verdicts[3]), "{command}");
    let result = json(&folder.path().join("r/result.json"));
    let columns = document["columns"].as_array().unwrap();
    for (index, slo) in result["slo"].as_array().unwrap().iter().enumerate() {
        assert_eq!(slo["value"], cells[3]["estimates"][index], "{}", columns[index]["name"]);
    }
    // A row a cell and replication, a column a factor and a measure.
    let csv = fs::read_to_string(folder.path().join("s/sweep.csv")).unwrap();
    let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    assert_eq!(head[..4], ["cell", "replication", "nodes.*.pickers", "demand*"]);
    assert_eq!(csv.lines().count(), 1 + 4 * 2);
    assert_eq!(head.iter().collect::<std::collections::BTreeSet<_>>().len(), head.len(), "each measure once");
}

#[test]
fn a_sweep_that_was_stopped_goes_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario_path("faults/base");
    let sweep = |out: &str, more: &[&str]| {
        let own = [
            "sweep",
            scenario.to_str().unwrap(),
            "--vary",
            "nodes.*.pickers=1,2,3",
            "--vary",
            "review.reviewers=1,2",
            "--replications",
            "2",
            "--quiet",
            "-o",
            out,
        ];
        let (code, said, errors) = end(folder.path(), &[&own[..], more].concat());
        assert_eq!((code, said.as_str(), errors.as_str()), (0, "", ""));
        ["sweep.json", "sweep.csv", "sweep.html"]
            .map(|name| fs::read(folder.path().join(out).join(name)).unwrap())
    };
    let whole = sweep("a", &[]);
    assert_eq!(sweep("a", &["--threads", "1"]), whole, "threads change nothing");
    // As an interruption leaves it: some cells, one of them torn, no table.
    let cells = folder.path().join("a/cells");
    let mut files: Vec<_> = fs::read_dir(&cells).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 6);
    fs::remove_file(&files[1]).unwrap();
    fs::remove_file(&files[4]).unwrap();
    let torn = fs::read(&files[2]).unwrap();
    fs::write(&files[2], &torn[..torn.len() / 2]).unwrap();
    let untouched = fs::metadata(&files[0]).unwrap().modified().unwrap();
    fs::remove_file(folder.path().join("a/sweep.json")).unwrap();
    assert_eq!(sweep("a", &["--resume"]), whole);
    assert_eq!(
        fs::metadata(&files[0]).unwrap().modified().unwrap(),
        untouched,
        "what was whole is not run again"
    );
    assert_eq!(fs::read(&files[2]).unwrap(), torn, "what was torn is");
    // Another seed is another key: nothing of the old is taken.
    assert_ne!(sweep("a", &["--resume", "--seed", "9"])[1], whole[1]);
}

/// Killed, not asked: whatever it was writing then is not whole.
#[test]
fn a_sweep_that_was_killed_goes_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario_path("faults/base");
    let words = |out: &'static str| {
        let own = ["sweep", scenario.to_str().unwrap(), "--vary", "nodes.*.pickers=1..8:1", "--vary"];
        let more = ["run.seed=1..10:1", "--replications", "2", "--threads", "1", "--quiet", "-o", out];
        own.iter().chain(&more).map(|word| (*word).to_owned()).collect::<Vec<String>>()
    };
    let program = || std::process::Command::new(env!("CARGO_BIN_EXE_ordermill"));
    let read = |out: &str, name: &str| fs::read(folder.path().join(out).join(name)).unwrap_or_default();
    assert!(program().current_dir(folder.path()).args(words("whole")).status().unwrap().success());
    let cells = folder.path().join("killed/cells");
    let count = || fs::read_dir(&cells).map_or(0, |entries| entries.count());
    for wanted in [1, 20] {
        let mut killed = program()
            .current_dir(folder.path())
            .args(words("killed"))
            .arg("--resume")
            .spawn()
            .expect("the program starts");
        while count() < wanted && killed.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
    }
    assert!(read("killed", "sweep.json").is_empty() && count() < 80, "it was done before it was killed");
    let resumed = program().current_dir(folder.path()).args(words("killed")).arg("--resume").status();
    assert!(resumed.unwrap().success());
    for name in ["sweep.csv", "sweep.html"] {
        assert!(!read("whole", name).is_empty());
        assert_eq!(read("killed", name), read("whole", name), "{name}");
    }
}

#[test]
fn the_breakpoint_lies_between_what_holds_and_what_does_not() {
    let base = base("faults/base", &[("run.horizon", "4 d")], None);
    let yardstick = Yardstick::of(&base.scenario);
    let question = breakpoint::Question {
        path: "demand*".into(),
        range: (0.05, 20.0),
        tolerance: 0.02,
        replications: 3,
    };
    let found = breakpoint(&base, &yardstick, &question, &(), &GO_ON).unwrap();
    for (replication, own) in (0..).zip(&found) {
        let (holds, (breaks, reading)) = (own.holds.unwrap(), own.breaks.clone().unwrap());
        assert!(holds < breaks && breaks <= holds * 1.02 && !own.is_odd, "{own:?}");
        let at = |factor: f64| {
            let world = base.world(&[("demand*".to_owned(), factor.to_string())]).unwrap();
            world.play(&yardstick, replication).unwrap()
        };
        assert!(yardstick.holds_on_average(&[at(holds)]));
        assert_eq!(at(breaks), reading);
        assert!(!yardstick.holds_on_average(&[reading]));
    }
    let factor = breakpoint::estimate(&found, 0.95);
    assert!(2.0 < factor.mean && factor.mean < 5.0, "{factor:?}");
    let (promise, count) = breakpoint::broken_promise(&yardstick, &found).unwrap();
    assert_eq!((yardstick.columns[promise].name.as_str(), count), ("pick_time_p99", 3));
}

#[test]
fn a_lever_moves_what_it_drives_and_nothing_else() {
    let base = base("faults/base", BUSY, None);
    let yardstick = Yardstick::of(&base.scenario);
    let lever = |path: &str| Lever { name: path.to_owned(), path: path.to_owned() };
    let levers = ["shop.load-time*", "floor.pick-per-line*", "payment.methods.*.latency*"].map(lever);
    let (calm, swings) = tornado(&base, &yardstick, &levers, [0.8, 1.2], 3, &(), &GO_ON).unwrap();
    let pick = yardstick.index("pick_time_p99").unwrap();
    assert_eq!(ranked(&yardstick, &calm, &swings, pick)[0], 1, "picking time moves picking most");
    let moved = |end: usize, column: usize| difference(&yardstick, &swings[1].ends[end], &calm, column);
    assert!(
        moved(0, pick).high() < 0.0 && 0.0 < moved(1, pick).low(),
        "{:?} {:?}",
        moved(0, pick),
        moved(1, pick)
    );
    let pay = yardstick.index("pay_time_p99").unwrap();
    assert_eq!((moved(0, pay).mean, moved(1, pay).mean), (0.0, 0.0), "on common draws nothing else moves");
    assert_eq!(ranked(&yardstick, &calm, &swings, pay)[0], 2);
}

fn factors(texts: &[&str]) -> Vec<Factor> {
    texts.iter().map(|text| Factor::parse(text).unwrap()).collect()
}

fn solved(base: &Base, resources: &[Factor], look: u32) -> (Yardstick, Solution) {
    let yardstick = Yardstick::of(&base.scenario);
    let objective = yardstick.index("total_cost").unwrap();
    let question = Question { resources, objective, look, check: 24, budget: 3_000, indifference: 0.005 };
    let solution = solve(base, &yardstick, &question, &(), &GO_ON).unwrap();
    (yardstick, solution)
}

/// All plans that hold over the first three replications with what they cost, the cheapest first.
fn every_plan(base: &Base, yardstick: &Yardstick, resources: &[Factor]) -> Vec<(f64, Cell)> {
    let total = yardstick.index("total_cost").unwrap();
    let mut all = Vec::new();
    for cell in grid(resources).unwrap() {
        let readings = base.world(&cell).unwrap().replications(yardstick, (0, 3), &(), &GO_ON).unwrap();
        if yardstick.holds_on_average(&readings) {
            all.push((yardstick.estimate(&readings, total).mean, cell));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all
}

#[test]
fn the_cheapest_plan_is_the_cheapest_of_all() {
    let base = base("faults/base", &[("arrivals.constant.rate", "360/h"), ("run.horizon", "4 d")], None);
    let resources =
        factors(&["nodes.Leipzig.pickers=2..6:1", "nodes.Hamburg.pickers=2..6:1", "nodes.*.packers=1..3:1"]);
    let (yardstick, solution) = solved(&base, &resources, 3);
    assert_eq!(solution.end, End::Holds);
    let all = every_plan(&base, &yardstick, &resources);
    let (holding, cells) = (all.len(), grid(&resources).unwrap());
    assert!(0 < holding && holding < cells.len(), "{holding} of {}: the question is too easy", cells.len());
    let best = &solution.plans[0];
    assert_eq!(cell(&resources, &best.plan), all[0].1);
    assert_eq!(yardstick.verdict(&best.readings), Verdict::Holds);
    assert!(solution.seen.len() < cells.len(), "{} plans were looked at", solution.seen.len());
    let costs: Vec<f64> = solution.plans.iter().map(|trial| trial.cost).collect();
    assert!(costs.is_sorted() && 1 < costs.len(), "{costs:?}");
    let choice = solution.choice.expect("more than one plan holds");
    assert!(choice.within.is_some_and(|within| (within / best.cost - 0.005).abs() < 1e-3), "{choice:?}");
    assert!(choice.rounds <= best.readings.len() as u32);

    // Where so small a difference would take more runs than there are, they go where they tell most, and nothing is
    // promised.
    let objective = yardstick.index("total_cost").unwrap();
    let tight =
        Question { resources: &resources, objective, look: 3, check: 24, budget: 400, indifference: 1e-9 };
    let spread = solve(&base, &yardstick, &tight, &(), &GO_ON).unwrap();
    let choice = spread.choice.unwrap_or_else(|| panic!("{:?} after {} runs", spread.end, spread.runs));
    assert!(choice.within.is_none() && spread.runs <= 400, "{choice:?}, {} runs", spread.runs);
}

/// Where every plan keeps the promises and lateness is paid, the least staff is not the cheapest.
#[test]
fn what_is_saved_in_wages_and_paid_for_lateness_is_weighed() {
    let set: Overrides<'_> = &[
        ("arrivals.constant.rate", "1200/h"),
        ("run.horizon", "4 d"),
        ("costs.late-penalty-per-order", "20"),
        ("slo", "[{metric: refused-share, at-most: 1%}]"),
    ];
    let base = base("faults/base", set, None);
    let resources = factors(&["nodes.*.pickers=3..7:1", "nodes.*.packers=2..6:1"]);
    let (_, solution) = solved(&base, &resources, 3);
    let all = every_plan(&base, &Yardstick::of(&base.scenario), &resources);
    assert_eq!((solution.end, all.len()), (End::Holds, grid(&resources).unwrap().len()));
    assert_eq!(cell(&resources, &solution.plans[0].plan), all[0].1, "{all:#?}");
    assert!(solution.plans[0].plan.iter().all(|level| (1..4).contains(level)), "the question is too easy");
    assert!(solution.seen.len() < all.len(), "{} plans were looked at", solution.seen.len());
}

/// M/M/c: a picker does an order in two minutes on average, exponentially; 150 orders an hour are 5 erlangs.
/// `ANSWER_SEEDS=100` asks a hundred seeds. Erlang C: the mean time in the queue and at work is 3 m 10 s with 6 pickers and 2 m 19 s with 7.
const STAFFING: Overrides<'_> = &[
    ("arrivals.constant.rate", "150/h"),
    ("floor.pick-per-order", "{exponential: {mean: 2 m}}"),
    ("run.horizon", "40 h"),
    ("run.warm-up", "2 h"),
    ("slo", "[{metric: stage-time, stage: pick, at-most: 160 s}]"),
];

#[test]
fn staffing_by_erlang_is_found_whatever_the_seed() {
    let seeds: u64 = std::env::var("ANSWER_SEEDS").map_or(10, |seeds| seeds.parse().unwrap());
    let resources = factors(&["nodes.*.pickers=5..14:1"]);
    for seed in 1..=seeds {
        let base = base("oracles/pick-mm1", STAFFING, Some(seed));
        let (_, solution) = solved(&base, &resources, 4);
        let found: &Plan = &solution.plans[0].plan;
        assert_eq!(cell(&resources, found)[0].1, "7", "seed {seed}: {:?}", solution.end);
        assert_eq!(solution.end, End::Holds, "seed {seed}");
    }
}

#[test]
fn an_impossible_promise_is_named_with_what_it_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario_path("faults/base");
    let solve = [
        "solve",
        scenario.to_str().unwrap(),
        "--vary",
        "nodes.*.pickers=1..3",
        "--set",
        "slo=[{metric: lead-time, at-most: 1 h}]",
        "-o",
        "s",
    ];
    let (code, said, _) = end(folder.path(), &solve);
    assert_eq!(code, 99, "{said}");
    assert!(
        said.contains("No plan in these ranges holds") && said.contains("past its bound of 1 h"),
        "{said}"
    );
    let document = json(&folder.path().join("s/solve.json"));
    assert_eq!(document["end"], "impossible");
    assert!(document["plans"][0]["slack"][0]["slack"].as_f64().unwrap() < -3_600.0);
}

#[test]
fn a_budget_ends_a_search() {
    let base = base("faults/base", BUSY, None);
    let resources = factors(&["nodes.Leipzig.pickers=1..12:1", "nodes.Hamburg.pickers=1..12:1"]);
    let yardstick = Yardstick::of(&base.scenario);
    let objective = yardstick.index("total_cost").unwrap();
    let question =
        Question { resources: &resources, objective, look: 2, check: 8, budget: 6, indifference: 0.005 };
    let solution = solve(&base, &yardstick, &question, &(), &GO_ON).unwrap();
    assert_eq!(solution.end, End::Budget);
    assert!(solution.runs < 6 + 16 && solution.plans[0].holds);
}

#[test]
fn wrong_questions_are_refused_with_what_would_work() {
    let folder = tempfile::tempdir().unwrap();
    let (smoke, replay) = (scenario_path("smoke"), scenario_path("cdnow-replay"));
    let (smoke, replay) = (smoke.to_str().unwrap(), replay.to_str().unwrap());
    let rows: [(&[&str], &str); 18] = [
        (&["sweep", smoke], "--vary"),
        (&["sweep", smoke, "--vary", "nodes.*.pickers"], "path=a,b,c"),
        (&["sweep", smoke, "--vary", "nodes.*.pikcers=1,2"], "pickers"),
        (&["sweep", smoke, "--vary", "nodes.*.pickers=1,many"], "cell 1 (nodes.*.pickers=many)"),
        (&["sweep", smoke, "--vary", "run.seed=1..9999999:1"], "more than 10000"),
        (&["sweep", smoke, "--vary", "run.seed=1,2", "--frontier", "cost,speed"], "cost_per_order"),
        (&["sweep", smoke, "--vary", "run.seed=1,2", "--cell", "7"], "0 to 1"),
        (&["sweep", smoke, "--cells", "none.csv"], "none.csv"),
        (&["breakpoint", smoke, "--path", "nodes.0.pickers"], "ends in *"),
        (&["breakpoint", smoke, "--from", "3", "--to", "2"], "smaller first"),
        (&["breakpoint", replay], "replay.speed*"),
        (&["sensitivity", smoke, "--by", "2"], "below 1"),
        (&["sensitivity", smoke, "--measure", "speed"], "on_time_share"),
        (&["sensitivity", smoke, "--samples", "9"], "morris or sobol"),
        (&["sensitivity", smoke, "--method", "stress", "--vary", "demand*"], "leave out --vary"),
        (&["sensitivity", smoke, "--method", "stress", "--levers", "experience"], "leave out --levers"),
        (&["solve", smoke, "--vary", "nodes.0.pickers=3..3"], "not above"),
        (&["solve", smoke, "--vary", "review.reviewers=1..3", "--set", "slo=[]"], "promises nothing"),
    ];
    for (arguments, hint) in rows {
        let (code, said, errors) = end(folder.path(), arguments);
        assert_eq!((code, said.as_str()), (2, ""), "{arguments:?}: {errors}");
        assert!(errors.contains(hint), "{arguments:?}: {errors}");
        assert!(!errors.contains("panicked"), "{errors}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is written for a wrong question");
}

/// The bound of a promise is in the unit of its readings, or nothing above means anything.
#[test]
fn bounds_and_readings_have_one_unit() {
    let run =
        run_with("faults/base", &[], &StudyOptions { replications: Some(2), ..StudyOptions::default() });
    let base = base("faults/base", &[], None);
    let yardstick = Yardstick::of(&base.scenario);
    let readings = base.world(&[]).unwrap().replications(&yardstick, (0, 2), &(), &GO_ON).unwrap();
    for (own, told) in yardstick.judge(&readings).iter().zip(&run.study.slo) {
        assert_eq!((own.estimate, own.verdict), (told.estimate, told.verdict));
        assert!(matches!(own.slo.bound, Bound::AtMost(_) | Bound::AtLeast(_)));
    }
}

fn sensitivity(folder: &Path, rate: &str, more: &[&str]) -> (String, Value) {
    let scenario = scenario_path("faults/base");
    let mut words = vec!["sensitivity", scenario.to_str().unwrap(), "--replications", "2", "-o", "s"];
    let rate = format!("arrivals.constant.rate={rate}");
    words.extend(["--set", &rate, "--set", "run.horizon=4 d"]);
    words.extend(more);
    let (code, said, errors) = end(folder, &words);
    assert_eq!((code, errors.as_str()), (0, ""), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    let first = fs::read(folder.join("s/sensitivity.json")).unwrap();
    words.extend(["--threads", "1"]);
    assert_eq!(end(folder, &words).0, 0);
    assert_eq!(fs::read(folder.join("s/sensitivity.json")).unwrap(), first, "threads change nothing");
    (said, serde_json::from_slice(&first).unwrap())
}

#[test]
fn every_lever_of_experience_fits_a_shop_that_has_it() {
    let set = [
        ("checkout", "{steps: 4, step-loss: 2%, one-click: 20%}"),
        (
            "payment.methods",
            "[{name: a, success: 80%, fallback: b, fallback-share: 50%}, {name: b, success: 80%}]",
        ),
        ("last-mile", "{vans: 20}"),
        ("returns", "{exchange: 20%}"),
        ("service", "{resolution: 80%}"),
        ("complaints", "{}"),
    ];
    // Halved: steps are whole, and a share of all cannot grow.
    let all = experience(&base("quickstart", &set, None), &[0.5]);
    let missing: Vec<_> =
        EXPERIENCE.iter().filter(|(_, path)| all.iter().all(|own| own.path != *path)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn levers_of_experience_are_told_by_what_shoppers_feel() {
    let folder = tempfile::tempdir().unwrap();
    let set = |pair: &str| ["--set".to_owned(), pair.to_owned()];
    let more: Vec<String> = [
        set("experience={after: 6 h, spread: 0}"),
        set("service={intents: [{name: other, share: 100%, after: 1 m}], resolution: 50%, recontact-after: 1 h}"),
        ["--levers".to_owned(), "experience".to_owned()],
        ["--by".to_owned(), "0.5".to_owned()],
    ]
    .concat();
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let (said, document) = sensitivity(folder.path(), "120/h", &more);
    assert_eq!(document["measure"], "satisfaction");
    assert_eq!(document["beside"], serde_json::json!(["conversion", "satisfaction", "cost_per_order"]));
    assert!(said.contains("settled at once"), "{said}");
    let columns = document["columns"].as_array().unwrap();
    let at = columns.iter().position(|column| column["name"] == "satisfaction").unwrap();
    let levers = document["levers"].as_array().unwrap();
    let lever = levers.iter().find(|lever| lever["name"] == "settled at once").unwrap();
    let of = |end: usize| lever["ends"][end]["differences"][at]["mean"].as_f64().unwrap();
    assert!(of(0) < 0.0 && 0.0 < of(1), "{lever}");
}

#[test]
fn screening_knows_what_cannot_matter_and_what_does() {
    let folder = tempfile::tempdir().unwrap();
    // Change of mind comes after delivery: it moves no time of the floor, and work of the floor does.
    let levers = ["--vary", "floor.pick-per-order*", "--vary", "after-sales.change-of-mind*"];
    let ask = [&levers[..], &["--measure", "pick_time_p99", "--by", "0.2"]].concat();
    let place = |document: &Value, name: &str| {
        let columns = document["columns"].as_array().unwrap();
        columns.iter().position(|column| column["name"] == name).unwrap()
    };
    let (said, document) =
        sensitivity(folder.path(), "240/h", &[&ask[..], &["--method", "morris", "--samples", "8"]].concat());
    let column = place(&document, "pick_time_p99");
    assert_eq!(document["points"], 8 * 3);
    let of = |row: usize, what: &str| document["levers"][row]["indices"][column][what].clone();
    assert_eq!(document["levers"][0]["path"], "floor.pick-per-order*", "{said}");
    assert!(0.0 < of(0, "mu").as_f64().unwrap(), "slower picking is longer picking: {said}");
    assert_eq!(of(1, "mu_star")["mean"], 0.0);
    // What comes back costs.
    let cost = place(&document, "total_cost");
    assert!(0.0 < document["levers"][1]["indices"][cost]["mu"].as_f64().unwrap(), "{said}");

    let (said, document) =
        sensitivity(folder.path(), "240/h", &[&ask[..], &["--method", "sobol", "--samples", "24"]].concat());
    assert_eq!(document["points"], 24 * 4);
    let of = |row: usize, what: &str| document["levers"][row]["indices"][column][what]["mean"].as_f64();
    assert!(said.contains("What moves pick_time_p99 most is floor.pick-per-order"), "{said}");
    assert_eq!((of(1, "first"), of(1, "total")), (Some(0.0), Some(0.0)));
    assert!(0.5 < of(0, "total").unwrap(), "alone it explains all: {said}");
}

#[test]
fn a_wrong_forecast_breaks_the_plan_that_was_made_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let (said, document) = sensitivity(folder.path(), "120/h", &["--method", "stress", "--by", "0.9"]);
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 13);
    assert!(steps[6]["factor"] == 1.0 && steps[12]["factor"] == 1.9);
    assert!(steps[0]["verdict"] == "holds" && steps[12]["verdict"] != "holds", "{said}");
    assert!(said.contains("The plan holds for demand from -90 % to "), "{said}");
    // Stock does not follow: the units at the start are those of the forecast.
    let stocked = |step: &Value| {
        let command = step["command"].as_str().unwrap();
        let cover = command.split("stock.cover*=").nth(1).unwrap().split('\'').next().unwrap();
        cover.parse::<f64>().unwrap() * step["factor"].as_f64().unwrap()
    };
    assert!(steps.iter().all(|step| (stocked(step) - 1.0).abs() < 1e-12));
}

/// A floor with too few pickers: one lever mends it, and the least of it is known by trying.
const SHORT: Overrides<'_> =
    &[("arrivals.constant.rate", "240/h"), ("run.horizon", "4 d"), ("nodes.*.pickers", "1")];

#[test]
fn advice_is_the_least_that_keeps_every_promise() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenario_path("faults/base");
    let scenario = scenario.to_str().unwrap();
    let run = |out: &str, more: &[&str]| {
        let mut words = vec!["run", scenario, "--replications", "3", "--no-fault-account", "-o", out];
        let set: Vec<String> = SHORT.iter().map(|(path, value)| format!("{path}={value}")).collect();
        set.iter().for_each(|set| words.extend(["--set", set]));
        words.extend(more);
        let (code, said, errors) = end(folder.path(), &words);
        assert_eq!(errors, "");
        (code, said, json(&folder.path().join(out).join("result.json")))
    };
    let (code, said, ill) = run("ill", &["--threads", "1"]);
    assert_eq!(code, 99);
    assert!(said.contains("ADVICE   +1 pick @ "), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    assert_eq!(run("again", &["--threads", "2"]).2, ill, "threads change nothing");
    let advice = &ill["advice"];

    // One picker more is what a run with one more finds, less this one.
    let unit = &advice["units"][0];
    let words = words_of(unit);
    let (_, _, with) = run("unit", &[&words[..], &["--advise", "never"]].concat());
    assert!(with.get("advice").is_none());
    let cost = |document: &Value| document["cost"]["total_minor"]["mean"].as_f64().unwrap();
    let (told, own) = (unit["cost_minor"]["mean"].as_f64().unwrap(), cost(&with) - cost(&ill));
    assert!((told - own).abs() <= 1e-9 * cost(&ill), "{told} {own}");

    // Every fix keeps every promise, at the price that was told; the cheaper one first; one step less does not.
    let fixes = advice["fixes"].as_array().unwrap();
    assert_eq!(fixes.len(), 2, "{advice:#}");
    let mut before = f64::NEG_INFINITY;
    for fix in fixes {
        assert_eq!(fix["verdict"], "holds");
        let words = words_of(fix);
        let (code, _, fixed) = run("fix", &words);
        assert_eq!((code, &fixed["slo"]), (0, &fix["slo"]), "{words:?}");
        let told = fix["cost_minor"]["mean"].as_f64().unwrap();
        assert!((told - (cost(&fixed) - cost(&ill))).abs() <= 1e-9 * cost(&ill), "{words:?}");
        assert!(before <= told);
        before = told;
        let Some(less) = words.iter().map(|word| one_less(word)).collect::<Option<Vec<String>>>() else {
            continue;
        };
        let less: Vec<&str> = less.iter().map(String::as_str).collect();
        assert_ne!(run("less", &[&less[..], &["--advise", "never"]].concat()).0, 0, "{less:?} would do");
    }
}

/// The words `--set PATH=VALUE ...` as a shell passes them on.
fn words_of(row: &Value) -> Vec<&str> {
    row["set"].as_str().unwrap().split(' ').map(|word| word.trim_matches('\'')).collect()
}

/// `nodes.Leipzig.pickers=3` with 2; nothing for a factor.
fn one_less(word: &str) -> Option<String> {
    let Some((path, value)) = word.split_once('=') else { return Some(word.to_owned()) };
    Some(format!("{path}={}", value.parse::<u32>().ok().filter(|_| !path.ends_with('*'))? - 1))
}

#[test]
fn who_keeps_every_promise_is_told_what_a_unit_is_worth_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let smoke = scenario_path("smoke");
    let run = |more: &[&str]| {
        let words = ["run", smoke.to_str().unwrap(), "--replications", "2", "-o", "r"];
        let (code, said, _) = end(folder.path(), &[&words[..], more].concat());
        (code, said.contains("ADVICE"), json(&folder.path().join("r/result.json")))
    };
    let (code, told, document) = run(&[]);
    assert_eq!((code, told, document.get("advice")), (0, false, None));
    let (_, told, document) = run(&["--advise"]);
    assert!(told && document["advice"]["fixes"].as_array().unwrap().is_empty());
}
