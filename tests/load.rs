//! Wall time: does a play of a run's commands do what the run did, on one thread and on many?

mod runs;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ordermill::load::{Options, Pace, Pins, Played, RateStage, Script, Timed, Verb, play, script_of_tape};
use ordermill::model::Model;
use ordermill::sim::{self, simulate_onto};

use runs::{Overrides, ordermill, scenario_path};

const CLOSED: Options = Options {
    pace: Pace::Closed,
    seed: 1,
    duration: None,
    warm_up: Duration::ZERO,
    timed: Timed::Sample,
    pins: Pins::FREE,
};

fn recorded(model: &Model, workers: usize) -> (Script, sim::Outcome) {
    let mut script = Script::new(workers);
    let options = sim::Options { seed: 1, ..sim::Options::default() };
    let outcome = simulate_onto(model, &options, Some(&mut script)).expect("the laws hold");
    assert_eq!(script.foreign, 0);
    (script, outcome)
}

fn played(model: &Model, script: &Script, options: &Options) -> Played {
    play(model, script, options, &AtomicBool::new(false)).unwrap_or_else(|broken| panic!("{}", broken.0))
}

/// Stock for two orders in five.
const SCARCE: Overrides<'_> = &[
    ("stock.cover", "0.4"),
    ("allocation.backorder-patience", "1 d"),
    ("cancel.share", "10%"),
    ("floor.merge-window", "2 h"),
];

fn worlds() -> impl Iterator<Item = Vec<(&'static str, &'static str)>> {
    let modes = ["submit", "pay", "allocate"];
    let strategies = ["priority", "nearest", "cheapest-line", "balance", "fewest-splits"];
    modes.into_iter().flat_map(move |mode| {
        strategies.into_iter().map(move |strategy| {
            let own = [("stock.reserve-at", mode), ("allocation.strategy", strategy)];
            SCARCE.iter().copied().chain(own).collect()
        })
    })
}

/// The strategy is asked anew at every step, so this says that it is asked the same, too.
#[test]
fn on_one_thread_it_ends_in_the_digest_of_the_run() {
    for overrides in worlds() {
        let model = runs::model(&runs::read("smoke", &overrides));
        let (script, outcome) = recorded(&model, 1);
        let played = played(&model, &script, &CLOSED);
        assert_eq!(played.digest, outcome.digest, "{overrides:?}");
        assert_eq!(played.seen.commands(), u64::from(script.commands), "{overrides:?}");
        assert_eq!((played.seen.skipped, played.left, played.seen.replans), (0, 0, 0), "{overrides:?}");
        assert_eq!(played.open_orders, outcome.open(), "{overrides:?}");
    }
}

/// Carts with and without holds, too few goods, wishers who return, and callbacks that are verified on the way.
#[test]
fn carts_and_signed_callbacks_end_in_the_digest_of_the_run() {
    for own in
        ["{hold: true, guests: 50%, saved: 50%, lifetime: 2 h}", "{merge: sum, guests: 100%, saved: 100%}"]
    {
        let more = [
            ("cart", own),
            ("wishlist", "{refused: 100%, browsing: 20%, come-back: 60%}"),
            ("payment.signing", "{skew: {exponential: {mean: 2 m}}, forged-share: 30%, replayed-share: 30%}"),
            ("payment.methods.*.duplicate", "30%"),
            ("payment.methods.*.late-share", "20%"),
            ("allocation.backorder", "false"),
        ];
        let overrides = [SCARCE, &more].concat();
        let model = runs::model(&runs::read("smoke", &overrides));
        let (script, outcome) = recorded(&model, 1);
        let one = played(&model, &script, &CLOSED);
        assert_eq!(one.digest, outcome.digest, "{own}");
        assert_eq!((one.seen.skipped, one.seen.not_verified), (0, 0), "{own}");
        assert!(0 < one.seen.verified && 0 < outcome.metrics.carts.expired, "{own}");
        // `play` checks the laws.
        let (script, _) = recorded(&model, 4);
        let four = played(&model, &script, &CLOSED);
        assert_eq!(four.seen.verified, one.seen.verified, "{own}");
    }
}

/// `play` checks the engine's laws; here: every step was asked for or skipped for want of a subject.
#[test]
fn on_many_threads_the_laws_hold() {
    for overrides in worlds().step_by(2) {
        let model = runs::model(&runs::read("smoke", &overrides));
        for threads in [2, 8] {
            let (script, outcome) = recorded(&model, threads);
            let played = played(&model, &script, &CLOSED);
            let steps = played.seen.commands() + played.seen.skipped;
            assert_eq!(steps, u64::from(script.commands), "{threads} threads, {overrides:?}");
            let submitted = played.seen.verbs[Verb::Submit as usize].count;
            assert_eq!(submitted, script.orders);
            assert!(script.orders <= outcome.metrics.submitted);
        }
    }
}

#[test]
fn the_orders_are_dealt_to_all_workers() {
    let model = runs::model(&runs::read("smoke", &[]));
    let (script, _) = recorded(&model, 4);
    let orders: Vec<u32> = script.lanes.iter().map(|lane| lane.orders).collect();
    assert_eq!(orders.iter().map(|&count| u64::from(count)).sum::<u64>(), script.orders);
    assert!(orders.iter().all(|&count| 50 < count), "{orders:?}");
    let mut numbers: Vec<u32> =
        script.lanes.iter().flat_map(|lane| lane.steps.iter().map(|step| step.number)).collect();
    numbers.sort_unstable();
    assert!(numbers.iter().copied().eq(0..script.commands), "each command is in one lane");
    for lane in &script.lanes {
        assert!(lane.steps.is_sorted_by_key(|step| (step.number, step.at)));
    }
}

#[test]
fn a_tape_plays_as_the_run_does() {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let model = runs::model(&runs::read("smoke", SCARCE));
    let options = sim::Options { seed: 1, tape: Some(tape.clone()), ..sim::Options::default() };
    let outcome = runs::replicate(&model, &options);
    let (script, digest) = script_of_tape(&tape, &model, 1).unwrap();
    assert_eq!(digest, outcome.digest);
    assert_eq!(played(&model, &script, &CLOSED).digest, outcome.digest);
}

/// An open loop keeps its schedule from below: nothing is asked for before it is due.
#[test]
fn an_open_loop_is_never_early() {
    let model = runs::model(&runs::read("smoke", &[]));
    let (script, _) = recorded(&model, 2);
    let pace = Pace::ConstantArrivalRate { orders_per_s: 2_000.0 };
    let played = played(&model, &script, &Options { pace, ..CLOSED });
    assert!(0.98 * script.orders as f64 / 2_000.0 <= played.wall.as_secs_f64(), "{:?}", played.wall);
    let timed: u64 = played.seen.verbs.iter().map(|verb| verb.latency.len()).sum();
    let set_up = model.initial_stock.len() as u64;
    assert!(played.seen.commands() - 2 * set_up <= timed, "every command after the set-up is timed");
}

#[test]
fn it_stops_when_it_is_told() {
    let model = runs::model(&runs::read("smoke", &[]));
    let (script, _) = recorded(&model, 1);
    let pace = Pace::ConstantArrivalRate { orders_per_s: 100.0 };
    let length = Some(Duration::from_millis(200));
    let short = played(&model, &script, &Options { pace: pace.clone(), duration: length, ..CLOSED });
    assert!(0.0 < short.laps && short.laps < 1.0, "{}", short.laps);
    let stopped = play(&model, &script, &Options { pace, ..CLOSED }, &AtomicBool::new(true)).unwrap();
    assert_eq!((stopped.laps, 0 < stopped.left), (0.0, true));
}

/// With a length the script is played again and again, on one engine, and the laws hold to the end.
#[test]
fn a_long_play_begins_anew() {
    let model = runs::model(&runs::read("smoke", SCARCE));
    for threads in [1, 2] {
        let (script, _) = recorded(&model, threads);
        let once = played(&model, &script, &CLOSED);
        let played = played(&model, &script, &Options { duration: Some(once.wall * 5), ..CLOSED });
        assert!(2.0 < played.laps, "{} laps", played.laps);
        assert!(
            once.seen.verbs[Verb::Accept as usize].count < played.seen.verbs[Verb::Accept as usize].count
        );
        let seconds: u64 = played.intervals.iter().map(|second| second.commands).sum();
        let set_up = model.initial_stock.len() as u64;
        let before = played.seen.commands() - seconds;
        assert!(before <= 2 * set_up, "{before} commands in no second, {set_up} receipts at the start");
    }
}

/// The area under the ramp is what was submitted.
#[test]
fn a_ramp_brings_as_many_orders_as_its_area() {
    let model = runs::model(&runs::read("smoke", &[]));
    let (script, _) = recorded(&model, 2);
    let stage = |millis: u64, to: f64| RateStage { over: Duration::from_millis(millis), to };
    let stages = vec![stage(200, 4_000.0), stage(100, 4_000.0), stage(200, 0.0)];
    let pace = Pace::RampingArrivalRate { from: 0.0, stages };
    let played = played(&model, &script, &Options { pace, ..CLOSED });
    let commands = 1_200.0 * f64::from(script.commands) / script.orders as f64;
    let asked = (played.seen.commands() + played.seen.skipped + played.missed) as f64;
    // The set-up is before the clock, and orders are not spread evenly over the script.
    let set_up = model.initial_stock.len() as f64;
    assert!(
        (asked - set_up - commands).abs() < 0.1 * commands,
        "{asked} commands, {commands} under the ramp"
    );
    assert!(Duration::from_millis(490) <= played.wall, "{:?}", played.wall);
}

/// A day a second: twice as fast takes half as long.
#[test]
fn a_replay_bends_no_clock() {
    let model = runs::model(&runs::read("smoke", &[]));
    let (script, outcome) = recorded(&model, 1);
    let steps = &script.lanes[0].steps;
    let business_s = steps.last().unwrap().at.as_secs_f64();
    for wall_s in [0.2, 0.4] {
        let pace = Pace::Replay { speed: business_s / wall_s };
        let played = played(&model, &script, &Options { pace, ..CLOSED });
        assert_eq!(played.digest, outcome.digest);
        assert!(0.95 * wall_s <= played.wall.as_secs_f64(), "{:?} for {wall_s} s", played.wall);
    }
}

fn asked(arguments: &[&str]) -> (i32, String, String) {
    let output = ordermill().args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_command_line_compares_strategies() {
    let folder = tempfile::tempdir().unwrap();
    let (scenario, output) = (scenario_path("smoke"), folder.path().join("load"));
    let names = ["nearest", "fewest-splits"];
    let (code, printed, said) = asked(&[
        "load",
        scenario.to_str().unwrap(),
        "--threads",
        "1",
        "--strategies",
        &names.join(","),
        "--output",
        output.to_str().unwrap(),
    ]);
    assert_eq!(code, 0, "{said}");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    assert_eq!(printed.matches("ends in the digest of the run").count(), 2, "{printed}");
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(output.join("load.json")).unwrap()).unwrap();
    for (index, name) in names.into_iter().enumerate() {
        assert_eq!(json["plays"][index]["strategy"], name);
        assert!(0.0 < json["plays"][index]["achieved_orders_per_s"].as_f64().unwrap());
        assert!(output.join(format!("latency/{name}-closed.hgrm")).exists());
        assert!(output.join(format!("latency/{name}-closed.hlog")).exists());
    }
}

/// Every rung offers its share of what a closed loop took, and has the machine alone beside it.
#[test]
fn a_ladder_climbs_from_a_tenth_to_more_than_all() {
    let folder = tempfile::tempdir().unwrap();
    let (scenario, output) = (scenario_path("smoke"), folder.path().join("load"));
    let flags = ["load", scenario.to_str().unwrap(), "--threads", "1", "--pin", "--ladder"];
    let (code, printed, said) = asked(&[&flags[..], &["-o", output.to_str().unwrap()]].concat());
    assert_eq!(code, 0, "{said}");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    assert!(printed.contains("The machine alone") && printed.contains("1 thread, pinned"), "{printed}");
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(output.join("load.json")).unwrap()).unwrap();
    assert_eq!(json["pinned"], true);
    let plays = json["plays"].as_array().unwrap();
    let lowest = plays[0]["offered_orders_per_s"].as_f64().unwrap();
    assert_eq!(plays.len(), 11);
    for (play, percent) in plays.iter().zip((10..).step_by(10)) {
        assert_eq!(play["rung"]["percent"], percent);
        let offered = play["offered_orders_per_s"].as_f64().unwrap();
        assert!((offered / lowest * 10.0 - f64::from(percent)).abs() < 1e-6, "{offered} at {percent} %");
        assert!(0 < play["rung"]["alone"]["timed_count"].as_u64().unwrap());
        assert!(play["achieved_orders_per_s"].as_f64().unwrap() < 1.05 * offered);
    }
}

/// How many are timed hangs on the flag alone, and so does what is said of it.
#[test]
fn commands_are_timed_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (scenario, output) = (scenario_path("smoke"), folder.path().join("load"));
    let ask = |timed: &str| {
        let arguments = ["load", scenario.to_str().unwrap(), "--threads", "1", "--closed", "--timed", timed];
        let (code, printed, said) = asked(&[&arguments[..], &["-o", output.to_str().unwrap()]].concat());
        assert_eq!(code, 0, "{said}");
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(output.join("load.json")).unwrap()).unwrap();
        let play = &json["plays"][0];
        let all = &play["latency"][0];
        let share = all["timed_count"].as_f64().unwrap() / all["count"].as_f64().unwrap();
        (share, play["recording_share"].as_f64().unwrap(), printed)
    };
    let (share, recording, printed) = ask("never");
    assert_eq!((share, recording), (0.0, 0.0));
    assert!(printed.contains("No command was timed") && !printed.contains("0ns"), "{printed}");
    let (share, sampled, printed) = ask("sample");
    assert!(0.5 / 61.0 < share && share < 1.01 / 61.0 && 0.0 < sampled, "{share} {sampled}");
    assert!(
        printed.contains("of one command in 61") && printed.contains("Timing a command takes"),
        "{printed}"
    );
    let (share, each, printed) = ask("each");
    assert!(0.5 < share && share <= 1.0 && 20.0 * sampled < each, "{share} {each} {sampled}");
    assert!(printed.contains("of each command"), "{printed}");
}

/// A limit that everything keeps is kept at saturation; one that nothing keeps has no knee and fails the test.
#[test]
fn the_knee_lies_between_all_and_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (scenario, output) = (scenario_path("smoke"), folder.path().join("load"));
    let ask = |limit: &str| {
        let arguments = ["load", scenario.to_str().unwrap(), "--threads", "1", "--knee", "--slo", limit];
        let (code, printed, said) = asked(&[&arguments[..], &["-o", output.to_str().unwrap()]].concat());
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(output.join("load.json")).expect(&said)).unwrap();
        assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
        (code, json["knees"][0].clone())
    };
    let (code, knee) = ask("p99<1ns");
    assert_eq!((code, knee["orders_per_s"].as_f64()), (99, Some(0.0)));
    assert_eq!(knee["searches_count"], 5);
    let (code, knee) = ask("p50<100s");
    assert_eq!(code, 0);
    assert!(0.0 < knee["orders_per_s"].as_f64().unwrap(), "{knee}");
}

#[test]
fn bad_input_is_told() {
    let smoke = scenario_path("smoke");
    let smoke = smoke.to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    std::fs::write(&tape, "{\"at\":0,\"command\":{\"approve\":{\"order\":7}}}\n").unwrap();
    let tape = tape.to_str().unwrap();
    let cases: [(&[&str], &str); 16] = [
        (&["--ladder", "--closed"], "cannot be used with"),
        (&["--timed", "all"], "never, sample or each"),
        (&["--timed", "never", "--slo", "p99<1ms"], "sample or each"),
        (&["--slo", "p99"], "p99<1ms"),
        (&["--knee"], "--slo"),
        (&["--threads", "0"], "write 1 to 256"),
        (&["--threads", "256", "--pin"], "leave --pin out"),
        (&["--rates", "0"], "orders a second"),
        (&["--rates", "fast"], "orders a second"),
        (&["--duration", "0"], "more than 0"),
        (&["--stages", "10s"], "10s:250k"),
        (&["--speed", "0"], "business seconds"),
        (&["--set", "load.arrivals={replay: {speed: 0}}"], "at least 0.001"),
        (&["--strategies", "nearst"], "nearest"),
        (&["--tape", "missing.jsonl"], "cannot read"),
        (&["--tape", tape], "never submitted"),
    ];
    for (arguments, remedy) in cases {
        let (code, _, said) = asked(&[&["load", smoke], arguments].concat());
        assert_eq!(code, 2, "{arguments:?}: {said}");
        assert!(said.contains(remedy), "{arguments:?}: {said}");
    }
}
