//! The auditor bites: a true stream passes at every level, and one that was doctored to break one invariant is
//! found, under that invariant's name.

mod runs;

use std::sync::OnceLock;

use ordermill::audit::*;
use ordermill::domain::*;
use ordermill::engine::Engine;
use ordermill::experiment::StudyOptions;
use ordermill::journal::play;
use ordermill::kernel::time::Moment;
use ordermill::model::Model;

use runs::{model, read, run_with};

/// A whole small day: commands at their instants, in order.
struct Day {
    model: Model,
    commands: Vec<(Moment, Command<'static>)>,
}

fn day() -> &'static Day {
    static DAY: OnceLock<Day> = OnceLock::new();
    DAY.get_or_init(|| {
        // Scarce, so that orders wait, are dropped and cancelled; loyal, so that there are points.
        let set = [
            ("stock.cover", "0.6"),
            ("arrivals.profile.orders", "300"),
            ("after-sales.points-per-unit", "2"),
            ("cancel.share", "5%"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let tape = folder.path().join("tape.jsonl");
        let options = StudyOptions { replications: Some(1), tape: Some(tape.clone()), ..Default::default() };
        run_with("smoke", &set, &options);
        let mut commands = Vec::new();
        play(&tape, |at, command| commands.push((at, owned(command))))
            .unwrap_or_else(|error| panic!("{error:?}"));
        Day { model: model(&read("smoke", &set)), commands }
    })
}

fn owned(command: &Command<'_>) -> Command<'static> {
    serde_json::from_str(&serde_json::to_string(command).unwrap()).unwrap()
}

/// Plays the day; `doctor` says what the auditor is shown instead of each transition.
fn watch(
    level: Audit,
    mut doctor: impl FnMut(Transition) -> Vec<Transition>,
    figures: impl FnOnce(&mut RunFigures),
) -> Option<Violation> {
    let day = day();
    let rules = &day.model.engine_rules;
    let setup = Setup {
        skus: day.model.engine_size.skus,
        nodes: day.model.engine_size.nodes,
        prices: rules.prices.clone(),
        coupons: Vec::new(),
        cart_lifetime: rules.carts.lifetime,
        points_basis_points: rules.points_basis_points,
        seed: 7,
        replication: 3,
    };
    let engine = Engine::new(day.model.engine_size, rules.clone());
    let (mut auditor, mut out) = (Auditor::new(level, setup), Transition::default());
    let mut told = figures_of(&day.model);
    for (at, command) in &day.commands {
        auditor.event(*at);
        told.events_popped += 1;
        match engine.apply(*at, command, &mut out) {
            Ok(()) => {
                count(&mut told, &out);
                for shown in doctor(out.clone()) {
                    auditor.saw(command, &shown, &engine);
                }
            }
            Err(refusal) => auditor.refused(command, refusal),
        }
        told.now = *at;
    }
    figures(&mut told);
    auditor.close(&engine, &told);
    auditor.violation().cloned()
}

fn figures_of(model: &Model) -> RunFigures {
    RunFigures {
        submitted: 0,
        refused_at_submit: 0,
        finals: Default::default(),
        captured: 0,
        refunded: 0,
        let_through: 0,
        events_popped: 0,
        now: Moment::ZERO,
        horizon: model.horizon,
        stations: vec![station()],
        phases: vec![PhaseFigures {
            name: "review",
            entered: Some(10),
            left: 9,
            told: 8,
            in_distribution: 8,
            from_states: &[],
        }],
        costs: vec![
            CostFigures {
                name: "pick labor",
                told_minor: 36.0,
                basis: Basis::Used { rows: vec![(7_200, Money(18))], per: 3_600 },
            },
            CostFigures { name: "fees", told_minor: 4.0, basis: Basis::Fees },
        ],
        cost_total_minor: 40.0,
    }
}

/// Two servers for 10 ticks; three jobs came, one waits.
fn station() -> StationFigures {
    StationFigures {
        name: "pick".to_owned(),
        arrivals: 3,
        withdrawn: 0,
        refused: 0,
        started: 2,
        departures: 1,
        queue_now: 1,
        busy_now: 1,
        area_queue: 6,
        area_busy: 14,
        area_number: 20,
        waited: 6,
        served: 14,
        offered: Some((20, 0)),
    }
}

fn count(told: &mut RunFigures, said: &Transition) {
    told.submitted += u64::from(said.step == Step::Submitted);
    for (_, _, from, to) in said.changes() {
        told.finals[to as usize] += u64::from(to.is_final() && from != Some(to));
    }
    for posting in &said.postings {
        told.captured += if posting.from == MoneyAccount::Shopper { posting.amount.0 } else { 0 };
        told.refunded += if posting.to == MoneyAccount::Shopper { posting.amount.0 } else { 0 };
    }
}

const LEVELS: [Audit; 3] = [Audit::Counters, Audit::Barrier, Audit::Paranoid];

#[test]
fn a_true_stream_passes_at_every_level() {
    for (level, _) in Audit::ALL {
        let found = watch(level, |said| vec![said], |_| {});
        assert_eq!(found, None, "{level:?}");
    }
    let mut steps = std::collections::BTreeSet::new();
    watch(
        Audit::Counters,
        |said| {
            steps.insert(said.step);
            vec![said]
        },
        |_| {},
    );
    let rare = [
        Step::LatePaymentRefunded,
        Step::PaidThenRefused,
        Step::Unassigned,
        Step::WrittenOff,
        Step::Lost,
        Step::Replaced,
        Step::Shorted,
    ];
    let missing: Vec<_> = Step::ALL
        .iter()
        .filter(|step| {
            !(steps.contains(step)
                || rare.contains(step)
                || step.is_of_promotions()
                || step.is_of_carts()
                || step.is_of_transfers())
        })
        .collect();
    assert!(missing.is_empty(), "the day is too quiet to judge by: no {missing:?}");
}

/// `change` touches the first transition of the step that it wants to; every level finds the invariant.
#[track_caller]
fn bites(invariant: Invariant, step: Step, change: impl Fn(&mut Transition) -> bool) {
    for level in LEVELS {
        let mut done = false;
        let found = watch(
            level,
            |mut said| {
                done = done || (said.step == step && change(&mut said));
                vec![said]
            },
            |_| {},
        );
        assert!(done, "no {} to doctor", step.name());
        check(invariant, level, found);
    }
}

#[track_caller]
fn check(invariant: Invariant, level: Audit, found: Option<Violation>) {
    let found = found.unwrap_or_else(|| panic!("{invariant:?} was not found at {level:?}"));
    assert_eq!(found.invariant, invariant, "{level:?}: {found}");
    assert_eq!((found.seed, found.replication), (7, 3));
    assert_ne!(found.equation.left, found.equation.right);
    let kept = found.transitions.len();
    assert_eq!(kept, if level == Audit::Paranoid { (found.event as usize).min(64) } else { 0 });
}

fn first_move(said: &mut Transition, change: impl Fn(&mut StockMove)) -> bool {
    said.moves.first_mut().map(change).is_some()
}

fn first_posting(said: &mut Transition, change: impl Fn(&mut Posting)) -> bool {
    said.postings.first_mut().map(change).is_some()
}

#[test]
fn i1_more_is_held_than_there_is() {
    bites(Invariant::I1, Step::Allocated, |said| first_move(said, |moved| moved.quantity += 1_000_000));
}

#[test]
fn i2_units_go_an_unknown_way() {
    bites(Invariant::I2, Step::Picked, |said| first_move(said, |moved| moved.to = Account::Customer));
}

#[test]
fn i2_units_come_from_nowhere() {
    bites(Invariant::I2, Step::Received, |said| first_move(said, |moved| moved.quantity += 1));
}

#[test]
fn i3_a_hold_is_not_booked() {
    bites(Invariant::I3, Step::Submitted, |said| {
        let held = said.moves.len();
        said.moves.clear();
        0 < held
    });
}

#[test]
fn i4_a_capture_is_a_cent_short() {
    bites(Invariant::I4, Step::Paid, |said| first_posting(said, |posting| posting.amount.0 -= 1));
}

#[test]
fn i4_money_is_refunded_twice() {
    bites(Invariant::I4, Step::BackorderDropped, |said| first_posting(said, |posting| posting.amount.0 *= 2));
}

#[test]
fn i5_points_are_granted_twice() {
    bites(Invariant::I5, Step::Accepted, |said| first_posting(said, |posting| posting.amount.0 *= 2));
}

#[test]
fn i6_an_order_skips_its_allocation() {
    bites(Invariant::I6, Step::Approved, |said| {
        said.to = Some(OrderState::Delivered);
        true
    });
}

#[test]
fn i7_a_payment_has_its_effect_twice() {
    for level in LEVELS {
        let mut last = false;
        let twice = |said: Transition| {
            let again = !last && said.step == Step::Paid && said.postings.is_empty();
            last = last || again;
            if again { vec![said.clone(), said] } else { vec![said] }
        };
        check(Invariant::I7, level, watch(level, twice, |_| {}));
    }
}

#[test]
fn i8_an_order_ends_unseen() {
    for level in LEVELS {
        let mut lost = false;
        let lose = |said: Transition| {
            // It held nothing and paid nothing: only its state tells.
            let this = !lost
                && said.step == Step::BackorderDropped
                && said.postings.is_empty()
                && said.to == Some(OrderState::Cancelled);
            lost = lost || this;
            if this { Vec::new() } else { vec![said] }
        };
        check(Invariant::I8, level, watch(level, lose, |_| {}));
    }
    for level in LEVELS {
        check(Invariant::I8, level, watch(level, |said| vec![said], |told| told.submitted += 1));
    }
}

#[test]
fn i9_parcels_appear_that_nobody_packed() {
    for level in LEVELS {
        let unpacked = |mut said: Transition| {
            if said.step == Step::Packed {
                said.created.clear();
            }
            vec![said]
        };
        check(Invariant::I9, level, watch(level, unpacked, |_| {}));
    }
}

#[test]
fn i12_the_clock_runs_back() {
    bites(Invariant::I12, Step::Delivered, |said| {
        said.at = Moment(said.at.0 - 3_600_000_000);
        true
    });
}

#[track_caller]
fn figures_bite(invariant: Invariant, change: impl Fn(&mut RunFigures)) {
    for level in LEVELS {
        check(invariant, level, watch(level, |said| vec![said], &change));
    }
}

#[test]
fn i11_to_i16_are_computed_from_the_figures() {
    figures_bite(Invariant::I11, |told| told.stations[0].area_queue += 1);
    figures_bite(Invariant::I11, |told| told.stations[0].served -= 1);
    figures_bite(Invariant::I12, |told| told.events_popped -= 1);
    figures_bite(Invariant::I12, |told| told.now = Moment(told.horizon.0 + 1));
    figures_bite(Invariant::I13, |told| told.stations[0].departures += 1);
    figures_bite(Invariant::I13, |told| told.stations[0].started += 1);
    figures_bite(Invariant::I13, |told| told.stations[0].offered = Some((10, 3)));
    figures_bite(Invariant::I14, |told| told.phases[0].in_distribution -= 1);
    figures_bite(Invariant::I14, |told| told.phases[0].entered = Some(8));
    figures_bite(Invariant::I14, |told| told.phases[0].from_states = &[OrderState::AwaitingReview]);
    figures_bite(Invariant::I16, |told| told.costs[0].told_minor += 0.01);
    figures_bite(Invariant::I16, |told| told.costs[1].told_minor = -4.0);
    figures_bite(Invariant::I16, |told| told.cost_total_minor += 0.01);
    figures_bite(Invariant::I18, |told| told.let_through = 1);
    figures_bite(Invariant::I4, |told| told.captured += 1);
    figures_bite(Invariant::I8, |told| told.finals[OrderState::Completed as usize] -= 1);
}

/// What no total can show: only the shadow knows each order.
#[test]
fn paranoid_finds_what_totals_hide() {
    let shadow = |invariant, doctor: &dyn Fn(&mut Transition) -> bool| {
        for (level, found) in [(Audit::Counters, false), (Audit::Paranoid, true)] {
            let mut done = false;
            let once = |mut said: Transition| {
                done = done || doctor(&mut said);
                vec![said]
            };
            let violation = watch(level, once, |_| {});
            assert!(done);
            assert_eq!(
                violation.map(|violation| violation.invariant),
                found.then_some(invariant),
                "{level:?}"
            );
        }
    };
    // Two units of one parcel change their SKUs' places.
    shadow(Invariant::I9, &|said| {
        let skus =
            said.step == Step::Shipped && 2 <= said.moves.len() && said.moves[0].sku != said.moves[1].sku;
        if skus {
            said.moves[0].sku = said.moves[1].sku;
        }
        skus
    });
    // Units are held, at another node than the one planned.
    shadow(Invariant::I1, &|said| {
        let one = said.step == Step::Submitted && !said.moves.is_empty();
        said.moves.iter_mut().filter(|_| one).for_each(|moved| moved.node = NodeId(2));
        one
    });
}

#[test]
fn books_of_two_threads_add_up() {
    let (mut one, mut two, mut whole) = (Books::default(), Books::default(), Books::default());
    let engine = Engine::new(day().model.engine_size, day().model.engine_rules.clone());
    let mut out = Transition::default();
    for (index, (at, command)) in day().commands.iter().enumerate() {
        if engine.apply(*at, command, &mut out).is_ok() {
            whole.saw(&out).unwrap();
            let half = if index % 2 == 0 { &mut one } else { &mut two };
            // Half a stream does not weigh up; no half reaches the fold.
            half.saw(&out).unwrap();
        }
    }
    one.merge(&two);
    one.compare(&engine.totals()).unwrap();
    one.weigh().unwrap();
    assert_eq!(one.seen(), whole.seen());
    assert_eq!(one.paid(), whole.paid());
}

/// Through the program, with a bug planted in the engine:
/// `RUSTFLAGS="--cfg plant" CARGO_TARGET_DIR=target/plant cargo test --test audit`.
#[cfg(plant)]
#[test]
fn a_planted_bug_ends_with_70_a_file_and_a_line_that_repeats_it() {
    let scenario = runs::scenario_path("smoke");
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = runs::ordermill()
            .current_dir(folder.path())
            .env("PLANT", "count-drift")
            .args(arguments)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for level in ["counters", "barrier", "paranoid"] {
        let file = folder.path().join(level).join("violation.json");
        let scarce = ["--set", "stock.cover=0.6", "-o", level, "--audit", level];
        let (code, said) = run(&[&["run", scenario.to_str().unwrap()], &scarce[..]].concat());
        assert_eq!(code, Some(70), "{level}: {said}");
        let violation: Violation = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert_eq!(violation.invariant, Invariant::I8, "{level}: {violation}");
        assert_eq!(violation.transitions.len(), 64, "{level}");
        let replay = said.lines().last().unwrap().trim().strip_prefix("replay: ordermill ").expect(&said);
        assert_eq!(violation.replay, format!("ordermill {replay}"));
        std::fs::remove_file(&file).unwrap();
        let again: Vec<&str> = replay.split(' ').chain(["-o", level]).collect();
        let (code, _) = run(&again);
        assert_eq!(code, Some(70));
        let same: Violation = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert_eq!((same.equation, same.event), (violation.equation, violation.event), "{level}");
    }
}
