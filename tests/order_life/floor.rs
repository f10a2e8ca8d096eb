//! Work in a warehouse: shipping notes against what the engine says was picked, staff that pauses, learns and stays
//! away against closed forms, finite space, put-away and waves by cut-off.

use std::collections::BTreeMap;

use ordermill::audit::Audit;
use ordermill::domain::check_digit;
use ordermill::metrics::Phase;
use ordermill::report;
use ordermill::sim::{Options, Outcome};

use super::runs::{self, Run};
use super::{figure, play, refusal, state};

const AT_WORK: &[(&str, &str)] = &[
    ("run.horizon", "60 h"),
    ("run.warm-up", "0 s"),
    ("arrivals.constant.duration", "20 h"),
    ("stock.cover", "50"),
    ("floor.pick-per-order", "5 s"),
    ("floor.pick-per-line", "10 s"),
];

fn working(more: &[(&str, &str)]) -> Run {
    play("oracles/base", &[AT_WORK, more].concat(), 1)
}

fn staffed_h(run: &Run, name: &str) -> f64 {
    let station = run.model.stations.iter().position(|row| row.name == name).unwrap();
    run.study.outcomes[0].stations[station].staffed_us as f64 / 3.6e9
}

/// One replication of the smoke scenario under the auditor that follows every transition.
fn audited(more: &[(&str, &str)]) -> (ordermill::model::Model, Outcome) {
    let model = runs::model(&runs::read("smoke", more));
    let outcome = runs::replicate(&model, &Options { seed: 3, audit: Audit::Paranoid, ..Options::default() });
    (model, outcome)
}

/// With the notes of every parcel: boxes of two units, merged orders, parcels that are lost and sent again.
#[test]
fn every_unit_that_is_shipped_is_on_one_note() {
    let busy = [
        ("floor.box-max-units", "2"),
        ("basket.quantity", "[2, 1, 1]"),
        ("basket.lines", "[1]"),
        ("stock.cover", "2"),
    ];
    let all = [&busy[..], &[("floor.notes", "{all: true}")]].concat();
    let (model, outcome) = audited(&all);
    let notes = outcome.notes.as_ref().unwrap();
    let packed =
        |of: fn(&ordermill::metrics::NodeSeen) -> u64| outcome.metrics.nodes.iter().map(of).sum::<u64>();
    assert_eq!(notes.kept.len() as u64, packed(|node| node.parcels));
    assert_eq!(notes.kept.iter().map(|note| note.units()).sum::<u64>(), packed(|node| node.units));
    assert!(300 < notes.compared, "{} fulfillment orders compared with their picks", notes.compared);
    assert!(
        notes.kept.iter().any(|note| 1 < note.boxes) && notes.kept.iter().any(|note| 1 < note.orders.len())
    );
    assert!(notes.kept.iter().all(|note| note.units() <= 2));
    let mut last = BTreeMap::new();
    for note in &notes.kept {
        assert_eq!(note.number, last.get(&note.node).map_or(1, |number| number + 1), "{note:?}");
        last.insert(note.node, note.number);
    }
    // Nothing that happens hangs on them, and those of a sample are those of all.
    let (_, without) = audited(&busy);
    assert_eq!(outcome.digest, without.digest);
    let (_, sampled) = audited(&[&busy[..], &[("floor.notes", "{}")]].concat());
    let sampled = sampled.notes.unwrap();
    assert_eq!(sampled.written, notes.written);
    assert!(10 < sampled.kept.len() && sampled.kept.len() < notes.kept.len() / 2);
    assert!(sampled.kept.iter().all(|note| *note == notes.kept[note.serial as usize - 1]));

    let files = report::shipping_notes(&model, &outcome, "2026-11-09T08:00");
    let text = |name: &str| {
        let file = files.iter().find(|file| file.0.to_str() == Some(name)).unwrap();
        String::from_utf8(file.1.clone()).unwrap()
    };
    let (csv, jsonl) = (text("shipping_notes.csv"), text("shipping_notes.jsonl"));
    assert_eq!((csv.lines().count() - 1, jsonl.lines().count()), (notes.kept.len(), notes.kept.len()));
    let mut labels = Vec::new();
    for (line, note) in jsonl.lines().zip(&notes.kept) {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let label = row["label"].as_str().unwrap().to_owned();
        assert_eq!((label.len(), &label[1..8]), (18, "4012345"));
        assert_eq!(check_digit(&label[..17]).to_string(), label[17..]);
        assert_eq!(row["units"].as_u64().unwrap(), note.units());
        assert!(row["wave"].as_u64().is_some_and(|wave| 0 < wave), "smoke works in waves");
        assert!(csv.contains(&label));
        labels.push(label);
    }
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(labels.len(), notes.kept.len(), "labels are unique");
}

#[test]
fn a_parcel_that_is_sent_again_has_another_note() {
    let lost = "[{parcel-loss: {at: 1 h, for: 100 h, target: paketdienst, size: 40%, re-ship: true}}]";
    let (_, outcome) = audited(&[("floor.notes", "{all: true}"), ("faults", lost), ("stock.cover", "2")]);
    let notes = outcome.notes.unwrap();
    let again = notes.kept.iter().filter(|note| note.again).count();
    assert!(0 < again && again as u64 <= outcome.faults.re_shipped);
    let packed: u64 = outcome.metrics.nodes.iter().map(|node| node.parcels).sum();
    assert_eq!(notes.written, packed);
}

const PLAN: &str = "nodes.Center.shifts";

/// A break costs each of the staff the same time, together or one group after the other; together they are missed more.
#[test]
fn breaks_take_time_together_or_in_groups() {
    let on = |rows: &str| {
        working(&[("shifts", &format!("{{plan: [{rows}]}}")), (PLAN, "plan"), ("nodes.Center.pickers", "4")])
    };
    let none = on("{from: \"00:00\", to: \"24:00\"}");
    let all = on("{from: \"00:00\", to: \"24:00\", break: \"12:00\", break-length: 1 h}");
    let each = on("{from: \"00:00\", to: \"24:00\", break: \"12:00\", break-length: 1 h, break-groups: 4}");
    // Of 60 hours two have a noon. Who is at it finishes first: seconds of overtime.
    let lost = |run: &Run| staffed_h(&none, "pick @ Center") - staffed_h(run, "pick @ Center");
    assert_eq!(staffed_h(&none, "pick @ Center"), 240.0);
    assert!((lost(&all) - 8.0).abs() < 0.02, "{}", lost(&all));
    assert!((lost(&each) - 8.0).abs() < 0.02, "{}", lost(&each));
    let wait = |run: &Run| run.study.outcomes[0].metrics.phases.times(Phase::Pick).mean_s();
    assert!(
        wait(&none) < wait(&each) && wait(&each) < wait(&all),
        "{} {} {}",
        wait(&none),
        wait(&each),
        wait(&all)
    );
}

/// Each of 40 pickers stays away with 30 %, anew on each of 30 days; packers of the same plan do so on their own.
#[test]
fn absent_staff_is_a_share_of_the_planned() {
    let with = |absence: &str, seed: &str| {
        working(&[
            ("run.horizon", "30 d"),
            ("run.seed", seed),
            ("shifts", &format!("{{plan: [{{from: \"06:00\", to: \"22:00\", absence: {absence}}}]}}")),
            (PLAN, "plan"),
            ("nodes.Center.pickers", "40"),
            ("nodes.Center.packers", "40"),
        ])
    };
    let run = with("30%", "1");
    let of = |measure: &str| figure(&run.document, "staff", measure);
    // Graders have the plan as well: 81 people.
    assert_eq!(of("hours planned"), 30.0 * 16.0 * 81.0);
    let share = of("hours absent") / of("hours planned");
    let error = (0.3f64 * 0.7 / (30.0 * 81.0)).sqrt();
    assert!((share - 0.3).abs() < 4.0 * error, "{share}");
    let there = |name: &str| staffed_h(&run, name) / (30.0 * 16.0 * 40.0);
    assert!((there("pick @ Center") - 0.7).abs() < 0.05);
    assert_ne!(there("pick @ Center"), there("pack @ Center"));
    assert_eq!(of("speed"), 1.0);
    assert_ne!(of("hours absent"), figure(&with("30%", "2").document, "staff", "hours absent"));
    assert_eq!(figure(&with("100%", "1").document, "staff", "hours absent"), of("hours planned"));
}

/// One beginner who never stands still: job k takes first (1 + k)^log2(rate) times 15 s, and never less than 15 s.
#[test]
fn a_beginner_becomes_as_fast_as_wright_says() {
    let with = |more: &str| {
        working(&[
            ("run.horizon", "40 h"),
            ("shifts", "{plan: [{from: \"00:00\", to: \"24:00\", temps: 100%}]}"),
            (PLAN, "plan"),
            ("nodes.Center.pickers", "1"),
            ("floor.learning", more),
        ])
    };
    let run = with("{first: 3, rate: 90%}");
    let served = |run: &Run| run.study.outcomes[0].stations[2].record.departures as f64;
    assert_eq!(run.model.stations[2].name, "pick @ Center");
    let (mut clock, mut jobs) = (6.0, 0.0f64);
    loop {
        clock += 15.0 * (3.0 * (1.0 + jobs).powf(0.9f64.log2())).max(1.0);
        if 40.0 * 3_600.0 < clock {
            break;
        }
        jobs += 1.0;
    }
    assert!((served(&run) - jobs).abs() <= 2.0, "{} jobs for {jobs}", served(&run));
    let speed = |run: &Run, day: u32| figure(&run.document, "staff", &format!("speed on day {day}"));
    assert!(
        speed(&run, 1) < speed(&run, 2) && speed(&run, 2) <= 1.0,
        "{} {}",
        speed(&run, 1),
        speed(&run, 2)
    );
    assert_eq!(
        figure(&run.document, "staff", "hours of new people"),
        figure(&run.document, "staff", "hours planned")
    );
    // What nobody learns away, and what is forgotten, keep beginners slow.
    let stiff = with("{first: 3, rate: 90%, incompressible: 60%}");
    let forgetful = with("{first: 3, rate: 90%, forgetting: 20 m}");
    assert!(served(&stiff) < served(&run) && served(&forgetful) < served(&run));
    assert!(speed(&stiff, 2) < 0.6, "1.8 times as long at best");
}

/// A slow packer behind fast pickers: nothing is lost, the room is never overfull, and a picker is busy with what it
/// picks and with what it cannot put down.
#[test]
fn a_full_room_blocks_pickers_and_loses_nothing() {
    let with = |staging: &str, picking: &str| {
        working(&[
            ("arrivals.constant.rate", "100/h"),
            ("run.horizon", "100 h"),
            ("nodes.Center.pickers", "3"),
            ("nodes.Center.packers", "1"),
            ("floor.pack-per-order", "60 s"),
            ("floor.staging", staging),
            ("floor.picking", picking),
        ])
    };
    let single = "{method: single, aisle-length: 1 m, aisle-gap: 0.1 m, per-unit: 0 s}";
    let free = with("{}", single);
    let tight = with("{packing: 4}", single);
    let room = |run: &Run, measure: &str| figure(&run.document, "room for packing @ Center", measure);
    let completed = |run: &Run| state(&run.document, "completed") as f64;
    assert_eq!(completed(&free), free.document.orders.submitted as f64);
    assert_eq!(completed(&tight), completed(&free));
    assert_eq!(room(&tight, "filled at most"), 4.0);
    assert!(0.0 < room(&tight, "times full") && 3_600.0 < room(&tight, "blocked"));
    // The packer is as busy as before: it never waits for a blocked picker.
    let busy = |run: &Run, name: &str| {
        let station = run.model.stations.iter().position(|row| row.name == name).unwrap();
        run.study.outcomes[0].stations[station].record.area_busy as f64 / 1e6
    };
    assert_eq!(busy(&tight, "pack @ Center"), busy(&free, "pack @ Center"));
    let more = busy(&tight, "pick @ Center") - busy(&free, "pick @ Center");
    assert!((more - room(&tight, "blocked")).abs() < 1e-3, "{more} for {}", room(&tight, "blocked"));
    // Tours larger than the room go into an empty one.
    let tours = with("{packing: 4}", "{method: batch, batch: 9, patience: 1 h}");
    assert_eq!(completed(&tours), completed(&free));
    assert!(room(&tours, "filled at most") <= 9.0);
    let zones = with("{packing: 2}", "{method: zone, zones: 3}");
    assert_eq!(completed(&zones), completed(&free));
}

#[test]
fn a_full_dock_blocks_packers_until_a_vehicle_leaves() {
    let with = |staging: &str| {
        working(&[
            ("arrivals.constant.rate", "100/h"),
            ("network.lane-rules.0.departures", "{every: 10 m}"),
            ("nodes.Center.packers", "30"),
            ("floor.pack-per-order", "20 s"),
            ("floor.staging", staging),
        ])
    };
    let tight = with("{dock: 18}");
    let dock = |measure: &str| figure(&tight.document, "room at docks @ Center", measure);
    assert_eq!(dock("filled at most"), 18.0);
    assert!(0.0 < dock("times full") && 0.0 < dock("blocked"));
    assert_eq!(state(&tight.document, "completed"), tight.document.orders.submitted);
    let wide = with("{dock: 100000}");
    assert_eq!(figure(&wide.document, "room at docks @ Center", "blocked"), 0.0);
    // Vehicles take what came an hour before: the rest missed the cut-off, and is counted where it did.
    let strict = working(&[("floor.staging", "{dock: 100000}"), ("network.lane-rules.0.cut-off", "1 m")]);
    assert!(0.0 < figure(&strict.document, "cut-offs", "missed @ Center"));
    assert_eq!(figure(&wide.document, "cut-offs", "missed @ Center"), 0.0);
}

/// Goods that come back are nobody's until they are on the shelf.
#[test]
fn returned_goods_are_sold_again_when_they_are_put_away() {
    let back = [
        ("after-sales.change-of-mind", "60%"),
        ("after-sales.send-back", "2 h"),
        ("after-sales.inspect-after", "1 h"),
        ("stock.cover", "0.6"),
        ("allocation.backorder-patience", "7 d"),
    ];
    let (_, at_once) = audited(&back);
    assert_eq!(at_once.metrics.floor.piles, 0);
    let with = |rules: &str| audited(&[&back[..], &[("floor.put-away", rules)]].concat()).1;
    let quick = with("{work: 1 s, workers: 50}");
    let slow = with("{work: 2 h, workers: 1}");
    let shelf = |outcome: &Outcome| {
        outcome.metrics.floor.put_away_us as f64 / 1e6 / outcome.metrics.floor.piles as f64
    };
    assert!(20 < slow.metrics.floor.piles && slow.metrics.floor.piles <= slow.metrics.floor.units_put_away);
    assert!(shelf(&quick) < shelf(&slow) && 7_200.0 <= shelf(&slow), "{} {}", shelf(&quick), shelf(&slow));
    // Who waits for them waits longer, and some for good.
    let delivered = |outcome: &Outcome| outcome.metrics.delivered;
    assert!(delivered(&slow) < delivered(&at_once), "{} {}", delivered(&slow), delivered(&at_once));
    // With nobody in the way the work is all there is to it.
    let run = working(&[
        ("after-sales.change-of-mind", "100%"),
        ("nodes.Center.graders", "100000"),
        ("floor.grade", "0 s"),
        ("after-sales.send-back", "0 s"),
        ("after-sales.restock", "100%"),
        ("floor.put-away", "{work: 30 m, workers: 100000, wage: 0}"),
    ]);
    assert_eq!(figure(&run.document, "put-away", "until on the shelf"), 1_800.0);
    assert_eq!(figure(&run.document, "put-away", "parcels"), run.document.orders.submitted as f64);
}

/// Vehicles leave at 0, 6, 12 and 18 o'clock; an hour before, all that waits goes to the floor.
#[test]
fn a_wave_leaves_before_its_vehicle_does() {
    let run = working(&[
        ("network.lane-rules.0.departures", "{every: 6 h}"),
        ("floor.wave", "{before: 1 h, size: 1000000}"),
        ("floor.notes", "{all: true}"),
    ]);
    let notes = &run.study.outcomes[0].notes.as_ref().unwrap().kept;
    let mut released: BTreeMap<u64, u64> = BTreeMap::new();
    for note in notes {
        // 100,000 pickers at 15 s, and nobody packs.
        *released.entry(note.wave.unwrap()).or_insert(note.at.0) = note.at.0;
    }
    let hours: Vec<f64> = released.values().map(|&at| (at as f64 - 15e6) / 3.6e9).collect();
    assert_eq!(hours, [5.0, 11.0, 17.0, 23.0]);
    let small = working(&[("floor.wave", "{before: 1 h, size: 7}"), ("floor.notes", "{all: true}")]);
    let waves = small.study.outcomes[0].notes.as_ref().unwrap().kept.iter().map(|note| note.wave).max();
    assert!(Some(Some(1_000)) < waves, "a full wave goes early: {waves:?}");
}

#[test]
fn floors_that_cannot_be_are_told() {
    let refused = |pair: (&str, &str), code: &str, said: &str| {
        let no = refusal(&[pair]);
        assert!(no.contains(code) && no.contains(said), "{no}");
    };
    let twice = "{plan: [{from: \"06:00\", to: \"14:00\"}, {from: \"13:00\", to: \"22:00\"}]}";
    refused(("shifts", twice), "E0308", "shift plan \"plan\" overlaps itself");
    let night = "{plan: [{from: \"20:00\", to: \"06:00\", share: 80%}, {from: \"05:00\", to: \"12:00\", share: 80%}]}";
    refused(("shifts", night), "E0308", "overlaps itself");
    let outside = "{plan: [{from: \"06:00\", to: \"14:00\", break: \"15:00\"}]}";
    refused(("shifts", outside), "E0308", "a break of 30 minutes from 15:00 on");
    let late = "{plan: [{from: \"06:00\", to: \"14:00\", break: \"13:00\", break-groups: 3}]}";
    refused(("shifts", late), "E0308", "a break of 90 minutes from 13:00 on");
    refused(("shifts", "{plan: [{from: \"06:00\", to: \"14:00\", absence: 120%}]}"), "E0206", "absence");
    refused(("floor.notes", "{company: 12}"), "E0206", "no company prefix");
    // By halves, one after the other, and on other days, shifts may stand in one plan.
    let fine = "{plan: [{from: \"06:00\", to: \"14:00\", share: 50%}, {from: \"13:00\", to: \"22:00\", share: 50%}, \
                {from: \"22:00\", to: \"06:00\"}]}";
    runs::read("oracles/base", &[("shifts", fine), (PLAN, "plan")]);
}

#[test]
fn the_example_uses_all_of_it() {
    let run = play("warehouse", &[], 2);
    for part in ["picking", "shipping notes", "put-away", "staff", "room for packing @ Hamburg", "cut-offs"] {
        assert!(run.document.life.iter().any(|row| row.part == part), "no {part}");
    }
    assert!(1.5 < figure(&run.document, "picking", "orders a tour"));
    assert!(figure(&run.document, "staff", "speed") < 1.0);
}
