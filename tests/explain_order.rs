//! `ordermill explain order ID --in RUN`: the order is seen as the strategy saw it, and mistakes are told.

mod runs;

use assert_cmd::Command;
use ordermill::allocation::Builtin;
use ordermill::domain::OrderId;
use ordermill::experiment::choice::Watch;
use ordermill::sim::{Options, simulate_onto};

/// What the strategy would do on the shelf that was rebuilt is what it did in the run.
#[test]
fn the_shelf_is_the_one_that_the_strategy_saw() {
    let (mut choices, mut split, mut looked) = (0, 0, 0);
    for builtin in [Builtin::Nearest, Builtin::CheapestSet, Builtin::FewestSplits, Builtin::Priority] {
        for reserve_at in ["submit", "allocate"] {
            let set = [
                ("allocation.strategy", builtin.name()),
                ("stock.reserve-at", reserve_at),
                ("stock.cover", "0.8"),
            ];
            let model = runs::model(&runs::read("smoke", &set));
            for id in (0..60).step_by(4) {
                let mut watch = Watch::new(&model, OrderId(id));
                let options = Options { seed: 1, ..Options::default() };
                simulate_onto(&model, &options, Some(&mut watch)).expect("it runs");
                for choice in &watch.choices {
                    let again = choice.others.iter().find(|other| other.0 == builtin).unwrap();
                    let waits: u32 = choice.lines.iter().map(|line| line.quantity).sum::<u32>()
                        - choice.plan.assignments.iter().map(|share| share.quantity).sum::<u32>();
                    let did = (builtin, choice.plan.fulfillment_count(), choice.price, waits);
                    assert_eq!(*again, did, "order {id}, {reserve_at}");
                    choices += 1;
                    let boxes = choice.plan.fulfillment_count();
                    assert!(boxes.saturating_sub(1) <= choice.reasons.len() && choice.reasons.len() <= boxes);
                    split += u32::from(1 < boxes);
                    looked += choice.sets.len();
                }
            }
        }
    }
    println!("{choices} choices, {split} split");
    assert!(60 < choices && 0 < split && choices < looked, "{choices} choices, {split} split, {looked} sets");
}

fn ordermill(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("ordermill").unwrap().args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_run_is_repeated_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().to_str().unwrap();
    let smoke = format!("{}/scenarios/smoke.yaml", env!("CARGO_MANIFEST_DIR"));
    let set = "allocation.strategy=bid-price";
    ordermill(&["run", &smoke, "--replications", "1", "--set", set, "-o", run, "--quiet"]);
    let (code, told, errors) = ordermill(&["explain", "order", "3", "--in", run]);
    assert_eq!((code, errors.as_str()), (0, ""), "{told}");
    for part in [
        "order 3  ",
        "allocated ",
        "strategy bid-price",
        "in brackets the bid price",
        "<- chosen",
        "fewest-splits",
    ] {
        assert!(told.contains(part), "{part:?} is missing in\n{told}");
    }
    for (arguments, expect) in [
        (vec!["explain", "order", "3"], "which run"),
        (vec!["explain", "order", "three", "--in", run], "no order"),
        (vec!["explain", "order", "999999", "--in", run], "no submitted order"),
        (vec!["explain", "order", "3", "--in", "nowhere"], "machine.json"),
        (vec!["explain", "utilization", "--in", run], "goes with an order"),
    ] {
        let (code, _, errors) = ordermill(&arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(errors.contains(expect), "{arguments:?}: {errors}");
    }
}
