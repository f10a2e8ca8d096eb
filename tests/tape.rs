//! Does the command tape of a run, played through an engine alone, end in the digest of the run?

mod runs;

use std::path::Path;

use ordermill::domain::Transition;
use ordermill::engine::Engine;
use ordermill::experiment::StudyOptions;
use ordermill::journal::{TapeError, play};

use runs::{Overrides, run_with};

/// Plays the tape through a fresh engine of the same size and rules: commands, digest, and the laws.
fn replay(tape: &Path, run: &runs::Run) -> (u64, u128) {
    let model = &run.model;
    let engine = Engine::new(model.engine_size, model.engine_rules.clone());
    let mut transition = Transition::default();
    let commands = play(tape, |at, command| {
        // A refusal is on the tape too: the engine must refuse again.
        let _ = engine.apply(at, command, &mut transition);
    });
    engine.check_laws().unwrap_or_else(|breach| panic!("{breach}"));
    (commands.unwrap_or_else(|error| panic!("{error:?}")), engine.digest())
}

fn check(name: &str, overrides: Overrides<'_>) {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let options = StudyOptions { replications: Some(2), tape: Some(tape.clone()), ..Default::default() };
    let run = run_with(name, overrides, &options);
    let (commands, digest) = replay(&tape, &run);
    let orders = run.study.outcomes[0].metrics.submitted;
    assert!(orders < commands, "{name} {overrides:?}: {commands} commands for {orders} orders");
    assert_eq!(format!("{digest:032x}"), run.document.engine_digests[0], "{name} {overrides:?}");
    assert_ne!(run.document.engine_digests[0], run.document.engine_digests[1], "two replications alike");
}

const MODES: [&str; 3] = ["submit", "pay", "allocate"];

#[test]
fn a_tape_ends_in_the_digest_of_its_run() {
    for mode in MODES {
        check("smoke", &[("stock.reserve-at", mode)]);
        check("warehouse", &[("stock.reserve-at", mode)]);
        check("twin", &[("stock.reserve-at", mode), ("arrivals.constant.duration", "3 h")]);
    }
}

#[test]
fn a_tape_of_scarce_stock_ends_in_the_digest_of_its_run() {
    for mode in MODES {
        for backorder in ["true", "false"] {
            let scarce = [
                ("stock.reserve-at", mode),
                ("stock.cover", "0.4"),
                ("stock.safety", "20%"),
                ("allocation.backorder", backorder),
                ("allocation.backorder-patience", "1 d"),
                ("cancel.share", "10%"),
            ];
            check("smoke", &scarce);
        }
    }
}

#[test]
fn a_tape_holds_what_was_under_way_at_the_start() {
    check("smoke", &[("initial.backlog", "40"), ("initial.in-transit", "30")]);
}

/// Returns by rule, replacements that hold their goods, shoppers who come back, complaints and contacts.
#[test]
fn a_tape_holds_what_came_after_the_door() {
    let after = [
        ("after-sales.change-of-mind", "40%"),
        ("after-sales.inspect-after", "2 h"),
        ("returns", "{exchange: 50%, pickup: 30%, approval-time: 1 h}"),
        ("complaints", "{}"),
        ("service", "{}"),
        ("experience", "{comes-back: 50%, after: 3 h, comes-back-after: 5 h}"),
    ];
    for mode in MODES {
        check("smoke", &[&after[..], &[("stock.reserve-at", mode)]].concat());
    }
}

#[test]
fn a_tape_of_sessions_ends_in_the_digest_of_its_run() {
    let shop = [("demand", "sessions"), ("shop.cart-rate", "50%"), ("shop.cart-abandonment", "30%")];
    check("smoke", &[&shop[..], &[("storefront.add", "80%"), ("stock.cover", "0.3")]].concat());
}

#[test]
fn a_tape_of_real_history_ends_in_the_digest_of_its_run() {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let options = StudyOptions { replications: Some(1), tape: Some(tape.clone()), ..Default::default() };
    let run = run_with("cdnow-replay", &[("run.horizon", "60 d")], &options);
    assert_eq!(format!("{:032x}", replay(&tape, &run).1), run.document.engine_digests[0]);
}

#[test]
fn a_tape_of_goods_sent_ahead_ends_in_the_digest_of_its_run() {
    let ahead = [
        ("stock.nodes-per-sku", "1"),
        ("stock.replenish", "[{cover: 3 h, lead-time: 4 h, supplier-fill: 60%}]"),
        (
            "pre-position",
            "{every: 2 h, first: 0 s, horizon: 9 h, history: 2 d, season: hour-of-day, local-value: 9}",
        ),
    ];
    check("smoke", &ahead);
    // Some of it is on the road when the run ends.
    check("smoke", &[&ahead[..], &[("run.horizon", "7 h"), ("arrivals.profile.duration", "7 h")]].concat());
}

/// One command less, or one changed, is another history.
#[test]
fn a_tape_that_was_touched_ends_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let options = StudyOptions { replications: Some(1), tape: Some(tape.clone()), ..Default::default() };
    let run = run_with("smoke", &[], &options);
    let text = std::fs::read_to_string(&tape).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let last_accept = lines.iter().rposition(|line| line.contains("\"accept\"")).expect("some order is kept");
    let touched: Vec<&str> =
        lines.iter().enumerate().filter(|row| row.0 != last_accept).map(|row| *row.1).collect();
    std::fs::write(&tape, touched.join("\n") + "\n").unwrap();
    assert_ne!(format!("{:032x}", replay(&tape, &run).1), run.document.engine_digests[0]);
}

#[test]
fn a_broken_tape_is_told_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let line = r#"{"at":0,"command":{"receive":{"sku":0,"node":0,"quantity":1}}}"#;
    std::fs::write(&tape, format!("{line}\n{line}\n{{\"at\":\n")).unwrap();
    let mut seen = 0;
    let found = play(&tape, |_, _| seen += 1);
    assert!(matches!(found, Err(TapeError::Line(3, _))), "{found:?}");
    assert_eq!(seen, 2);
    let missing = play(&folder.path().join("missing"), |_, _| ());
    assert!(matches!(missing, Err(TapeError::Read(_))), "{missing:?}");
}
