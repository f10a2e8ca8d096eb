//! Movement: floors that fill, carriers whose days are full, peak prices. Each against what can be said without the
//! code that did it.

mod runs;

use ordermill::audit::Audit;
use ordermill::domain::OrderState;
use ordermill::metrics::{CostLine, Phase};
use ordermill::sim::{Options, Outcome};

/// One replication of the smoke scenario under the auditor that follows every transition.
fn seen(more: &[&str]) -> Outcome {
    let pairs: Vec<(&str, &str)> = more.iter().filter_map(|pair| pair.split_once('=')).collect();
    let model = runs::model(&runs::read("smoke", &pairs));
    runs::replicate(&model, &Options { seed: 3, audit: Audit::Paranoid, ..Options::default() })
}

/// Small trucks to every hub and between hubs.
const TRUCKS: &str = "network.lane-rules=[{from: fulfillment-centers, to: hubs, capacity: 12, departures: {every: 20 m}}, \
                      {from: hubs, to: hubs, capacity: 12, departures: {every: 20 m}}]";
const SLOW: &str = "floor.sort=4 m";
const LONG: &str = "run.horizon=30 d";

fn mean_s(outcome: &Outcome, phase: Phase) -> f64 {
    outcome.metrics.phases.times(phase).mean_s()
}

#[test]
fn a_full_floor_keeps_trucks_in_the_yard() {
    let wide = seen(&[TRUCKS, SLOW, "nodes.*.floor=100000"]);
    let narrow = seen(&[TRUCKS, SLOW, "nodes.*.floor=14"]);
    let of = |outcome: &Outcome| {
        let hubs = outcome.metrics.movement.yards.iter().filter(|yard| 0 < yard.trucks);
        hubs.map(|yard| (yard.trucks_waited, yard.peak)).collect::<Vec<_>>()
    };
    assert!(of(&wide).iter().all(|&(waited, peak)| waited == 0 && 14 < peak), "{:?}", of(&wide));
    assert!(of(&narrow).iter().all(|&(waited, peak)| 0 < waited && peak <= 14), "{:?}", of(&narrow));
    // What waits in the yard waits nowhere else: the sorters' queue is short, and the parcels are no later.
    assert!(mean_s(&narrow, Phase::Sort) < mean_s(&wide, Phase::Sort));
    let yards: u64 = narrow.metrics.movement.yards.iter().map(|yard| yard.parcels_waited).sum();
    assert_eq!(narrow.metrics.phases.entered_count(Phase::Yard), yards);
    assert_eq!(wide.metrics.phases.entered_count(Phase::Yard), 0);
}

/// Both hubs are full of parcels for each other and take one truck at a time: everything arrives all the same.
#[test]
fn full_floors_never_lock_each_other() {
    for (floor, sort) in [("12", "9 m"), ("13", "6 m"), ("24", "9 m")] {
        let sort = format!("floor.sort={sort}");
        let free = seen(&[TRUCKS, &sort, LONG]);
        let full = seen(&[TRUCKS, &sort, LONG, &format!("nodes.*.floor={floor}")]);
        let waited: u64 = full.metrics.movement.yards.iter().map(|yard| yard.trucks_waited).sum();
        assert!(20 < waited, "{waited}");
        let arrived = |outcome: &Outcome| {
            let [delivered, undelivered] = [OrderState::Completed, OrderState::Undelivered]
                .map(|state| outcome.metrics.finals[state as usize]);
            (delivered + undelivered, outcome.open())
        };
        assert_eq!(arrived(&full), arrived(&free), "floor {floor}");
        let phases = &full.metrics.phases;
        for phase in [Phase::Dock, Phase::Linehaul, Phase::Yard, Phase::Sort] {
            assert_eq!(phases.entered_count(phase), phases.left_count(phase), "{phase:?}");
        }
    }
}

/// A floor that holds everything changes nothing but its own figures.
#[test]
fn a_wide_floor_is_no_floor() {
    let (none, wide) = (seen(&[]), seen(&["nodes.*.floor=1000000"]));
    assert_eq!((none.digest, none.calendar_events), (wide.digest, wide.calendar_events));
}

#[test]
fn lost_parcels_leave_the_floor() {
    let outcome = seen(&[
        TRUCKS,
        SLOW,
        "nodes.*.floor=14",
        "faults=[{parcel-loss: {at: 0 s, length: 8 d, share: 30%}}]",
    ]);
    assert!(20 < outcome.faults.lost + outcome.faults.re_shipped);
}

const ONE: &str = "delivery.*.carriers=[paketdienst]";

#[test]
fn what_is_beyond_the_day_waits_for_the_next() {
    let free = seen(&[ONE, LONG]);
    let short = seen(&[ONE, LONG, "carriers.0.per-day=40"]);
    let days = short.metrics.movement.carriers[0];
    assert!(100 < days.postponed && days.overflowed == 0, "{days:?}");
    assert_eq!(days.asked, short.metrics.carriers[0].parcels, "everything was taken in the end");
    assert_eq!(free.metrics.carriers[0].parcels, short.metrics.carriers[0].parcels);
    // Some 500 parcels at 40 a day take twelve days and more: the mean parcel waits about six.
    let wait_d = days.postponed_us as f64 / days.asked as f64 / 86_400e6;
    assert!((3.0..9.0).contains(&wait_d), "{wait_d}");
    assert!(mean_s(&free, Phase::Dock) + 3.0 * 86_400.0 < mean_s(&short, Phase::Dock));
    assert_eq!(free.open(), short.open());
}

/// In the first eight days of a stream of half a day nobody may take more than days x room.
#[test]
fn no_day_takes_more_than_its_share() {
    for (horizon, days) in [("1 d", 2), ("3 d", 4), ("8 d", 9)] {
        let horizon = format!("run.horizon={horizon}");
        let short = seen(&[ONE, &horizon, "carriers.0.per-day=25"]);
        let parcels = short.metrics.carriers[0].parcels;
        // The run starts at eight in the morning: whole days and two parts of one.
        assert!(25 * (days - 1) <= parcels && parcels <= 25 * days, "{parcels} in {days} days");
    }
}

#[test]
fn the_rest_goes_to_the_overflow_carrier_and_the_cost_moves() {
    let free = seen(&[ONE, LONG]);
    let shared = seen(&[ONE, LONG, "carriers.0.per-day=40", "carriers.0.overflow=eilbote"]);
    let days = shared.metrics.movement.carriers[0];
    assert!(100 < days.overflowed && days.postponed == 0, "{days:?}");
    let [own, other] = [0, 1].map(|carrier| shared.metrics.carriers[carrier].parcels);
    assert_eq!((other, own + other), (days.overflowed, days.asked));
    assert_eq!(free.metrics.carriers[0].parcels, days.asked);
    assert!(free.metrics.costs.of(CostLine::Freight) < shared.metrics.costs.of(CostLine::Freight));
    // Where the other has a limit of its own, the first day with room counts.
    let both = ["carriers.0.per-day=40", "carriers.0.overflow=eilbote", "carriers.1.per-day=30"];
    let both = seen(&[&[ONE, LONG][..], &both[..]].concat());
    let limited = both.metrics.movement.carriers[0];
    assert!(0 < limited.postponed && 0 < limited.overflowed && limited.overflowed < days.overflowed);
    assert_eq!(both.metrics.movement.carriers[1].asked, 0, "only those who were asked first are told");
}

#[test]
fn a_peak_costs_what_it_says_and_nobody_is_later() {
    let peak = |to: &str, more: &str| {
        format!("carriers.0.peak=[{{from: \"2026-11-09\", to: \"{to}\", {more}}}]")
    };
    let freight = |outcome: &Outcome| outcome.metrics.costs.of(CostLine::Freight);
    let before = seen(&[ONE]);
    let parcels = before.metrics.carriers[0].parcels;
    let always = seen(&[ONE, &peak("2027-01-01", "per-parcel: 1.20")]);
    assert_eq!(freight(&always) - freight(&before), 120.0 * parcels as f64);
    assert_eq!((always.digest, always.metrics.movement.carriers[0].surcharged), (before.digest, parcels));
    let share = seen(&[ONE, &peak("2027-01-01", "share: 50%")]);
    assert!((freight(&share) - 1.5 * freight(&before)).abs() <= 0.5 * parcels as f64);
    let first_day = seen(&[ONE, &peak("2026-11-10", "per-parcel: 1.20")]);
    let charged = first_day.metrics.movement.carriers[0];
    assert!(0 < charged.surcharged && charged.surcharged < parcels);
    assert_eq!(freight(&first_day) - freight(&before), charged.surcharge as f64);
    // Who can choose takes the other carrier while it is cheaper.
    let choice = seen(&["delivery.*.carriers=[]", &peak("2027-01-01", "per-parcel: 50")]);
    assert_eq!(choice.metrics.carriers[0].parcels, 0);
}
