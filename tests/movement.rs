//! Movement: floors that fill, carriers whose days are full, peak prices. Each against what can be said without the
//! code that did it.

mod runs;

use ordermill::audit::Audit;
use ordermill::domain::OrderState;
use ordermill::kernel::time::{Moment, Span};
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
    let outcome =
        seen(&[TRUCKS, SLOW, "nodes.*.floor=14", "faults=[{parcel-loss: {at: 0 s, for: 8 d, size: 30%}}]"]);
    assert!(20 < outcome.faults.lost + outcome.faults.re_shipped);
}

/// Nothing is scarce, so nothing hangs on when returned goods come back.
const ONE: &str = "delivery.*.carriers=[paketdienst]";
const RICH: &str = "stock.cover=6";

#[test]
fn what_is_beyond_the_day_waits_for_the_next() {
    let free = seen(&[ONE, RICH, LONG]);
    let short = seen(&[ONE, RICH, LONG, "carriers.0.per-day=40"]);
    let days = short.metrics.movement.carriers[0];
    assert!(100 < days.postponed && days.overflowed == 0, "{days:?}");
    assert_eq!(days.asked, short.metrics.carriers[0].parcels, "everything was taken in the end");
    assert_eq!(free.metrics.carriers[0].parcels, short.metrics.carriers[0].parcels);
    // Some 500 parcels at 40 a day take twelve days and more: the mean parcel waits about six.
    let wait_d = days.postponed_us as f64 / days.asked as f64 / 86_400e6;
    assert!((3.0..9.0).contains(&wait_d), "{wait_d}");
    assert!(mean_s(&free, Phase::Dock) + 86_400.0 < mean_s(&short, Phase::Dock));
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
    let free = seen(&[ONE, RICH, LONG]);
    let shared = seen(&[ONE, RICH, LONG, "carriers.0.per-day=40", "carriers.0.overflow=eilbote"]);
    let days = shared.metrics.movement.carriers[0];
    assert!(100 < days.overflowed && days.postponed == 0, "{days:?}");
    let [own, other] = [0, 1].map(|carrier| shared.metrics.carriers[carrier].parcels);
    assert_eq!((other, own + other), (days.overflowed, days.asked));
    assert_eq!(free.metrics.carriers[0].parcels, days.asked);
    assert!(free.metrics.costs.of(CostLine::Freight) < shared.metrics.costs.of(CostLine::Freight));
    // Where the other has a limit of its own, the first day with room counts.
    let both = ["carriers.0.per-day=40", "carriers.0.overflow=eilbote", "carriers.1.per-day=30"];
    let both = seen(&[&[ONE, RICH, LONG][..], &both[..]].concat());
    let limited = both.metrics.movement.carriers[0];
    assert!(0 < limited.postponed && 0 < limited.overflowed && limited.overflowed < days.overflowed);
    assert_eq!(both.metrics.movement.carriers[1].asked, 0, "only those who were asked first are told");
}

#[test]
fn a_peak_costs_what_it_says_and_nobody_is_later() {
    let peak =
        |to: &str, more: &str| format!("carriers.0.peak=[{{from: \"2026-11-09\", to: \"{to}\", {more}}}]");
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
    let by_price = seen(&["delivery.*.carriers=[]"]);
    // But for what only the first still brings in time.
    assert!(20 * choice.metrics.carriers[0].parcels < by_price.metrics.carriers[0].parcels);
}

const SKY: &str = "weather=[{name: sky, states: [{name: fair, next: [0.8, 0.2]}, {name: foul, speed: 40%, closed: 25%, next: [0.4, 0.6]}]}]";

/// Two thirds of all hours are fair: within four standard errors of a chain with this memory, over replications.
#[test]
fn the_sky_of_a_run_is_that_of_its_chain() {
    let run = runs::run(
        "smoke",
        &[("weather", SKY.split_once('=').unwrap().1), ("run.replications", "{min: 40, max: 40}")],
    );
    let (hours, runs): (f64, f64) = (8.0 * 24.0, 40.0);
    let (p, r): (f64, f64) = (1.0 / 3.0, 1.0 - 0.2 - 0.4);
    let se = (p * (1.0 - p) * (1.0 + r) / (1.0 - r) / (hours * runs)).sqrt();
    let told = |measure: &str| {
        let row = run.document.life.iter().find(|row| row.part == "weather sky" && row.measure == measure);
        row.unwrap().value.mean
    };
    assert!((told("foul") - p).abs() < 4.0 * se, "{} with {se}", told("foul"));
    assert!((told("foul") + told("fair") - 1.0).abs() < 1e-9);
}

#[test]
fn weather_slows_down_holds_and_tells() {
    let fair = seen(&[TRUCKS]);
    let foul = seen(&[TRUCKS, SKY]);
    let roads = foul.metrics.movement.roads;
    assert!(0 < roads.delayed && 0 < roads.cancelled && roads.cancelled <= roads.held, "{roads:?}");
    assert!(mean_s(&fair, Phase::Linehaul) < mean_s(&foul, Phase::Linehaul));
    // What is told as delay is what linehaul took longer, parcel by parcel: none is on the road at the end.
    let still = seen(&[TRUCKS, "weather=[{name: sky, states: [{name: foul, speed: 40%, next: [1]}]}]"]);
    let phases = |outcome: &Outcome| outcome.metrics.phases.left_count(Phase::Linehaul);
    let seen_still = still.metrics.movement.roads;
    assert_eq!(seen_still.delayed, phases(&still));
    let per_parcel = seen_still.delayed_us as f64 / 1e6 / seen_still.delayed as f64;
    // At 40 % of the speed a way takes two and a half times as long.
    let way = mean_s(&still, Phase::Linehaul);
    assert!((per_parcel - 0.6 * way).abs() < 0.02 * way, "{per_parcel} of {way}");
    // Nothing under another sky is touched.
    let away = seen(&[
        TRUCKS,
        "weather=[{name: sky, nodes: [Hamburg], states: [{name: foul, speed: 40%, next: [1]}]}]",
    ]);
    let delayed = away.metrics.movement.roads.delayed;
    assert!(0 < delayed && delayed < phases(&away));
}

#[test]
fn a_sky_that_is_always_fair_changes_nothing() {
    let none = seen(&[TRUCKS]);
    let fair = seen(&[TRUCKS, "weather=[{name: sky, states: [{name: fair, next: [1]}]}]"]);
    assert_eq!((none.digest, none.calendar_events), (fair.digest, fair.calendar_events));
}

/// The pairs of departure and arrival of every lane, over three days.
#[test]
fn plans_know_the_hours_and_nobody_who_is_later_is_promised_earlier() {
    let slow = "network.hours=[1, 1, 1, 1, 1, 1, 1, 0.2, 0.2, 0.2, 1, 1, 1, 1, 1, 1, 0.4, 0.2, 0.2, 0.4, 1, 1, 1, 1]";
    let model = |pairs: &[(&str, &str)]| runs::model(&runs::read("smoke", pairs));
    let (free, rush) = (model(&[]), model(&[slow.split_once('=').unwrap()]));
    let mut later = 0;
    for (lane, same) in rush.network.lanes().iter().zip(free.network.lanes()) {
        let clock = rush.network.clock();
        let mut before = Moment::ZERO;
        let mut leaves = lane.next_departure(Moment::ZERO);
        for _ in 0..40 {
            let there = clock.moment(lane.arrive(clock.local(leaves), lane.mean_travel, |_| 1 << 16));
            assert!(before <= there && leaves + same.mean_travel <= there);
            assert_eq!(leaves + lane.planned_travel(clock.local(leaves)), there);
            later += u32::from(leaves + same.mean_travel < there);
            (before, leaves) = (there, lane.following_departure(leaves));
        }
    }
    assert!(100 < later);
    let (planned, driven) = (seen(&[TRUCKS]), seen(&[TRUCKS, slow]));
    assert!(mean_s(&planned, Phase::Linehaul) < mean_s(&driven, Phase::Linehaul));
    let even = format!("network.hours=[{}]", ["1"; 24].join(", "));
    assert_eq!(planned.digest, seen(&[TRUCKS, &even]).digest);
    assert_eq!(Span::HOUR.0, 3_600_000_000, "paces are by the hour");
}

#[test]
fn trucks_on_top_clear_full_docks_at_their_price() {
    let narrow = TRUCKS.replace("20 m", "3 h");
    let without = seen(&[&narrow]);
    let with = seen(&[&narrow, "network.ad-hoc={above: 50%, lead: 30 m, premium: 200%}"]);
    let trucks: u64 = with.lanes.iter().map(|lane| lane.ad_hoc).sum();
    assert!(0 < trucks, "docks hold more than six parcels after some departures");
    assert!(mean_s(&with, Phase::Dock) < mean_s(&without, Phase::Dock));
    let model = runs::model(&runs::read("smoke", &[narrow.split_once('=').unwrap()]));
    let lanes = model.network.lanes().iter().zip(&with.lanes);
    let due: i64 = lanes.map(|(lane, seen)| 2 * lane.departure_cost().0 * seen.ad_hoc as i64).sum();
    assert_eq!(with.metrics.costs.of(CostLine::AdHoc), due as f64);
    let patient = seen(&[&narrow, "network.ad-hoc={above: 100000%, lead: 30 m}"]);
    assert_eq!((patient.digest, patient.calendar_events), (without.digest, without.calendar_events));
}

/// All at once, on a tape, under the closest watch: the laws hold, and another engine ends where this one did.
#[test]
fn all_of_it_together_ends_in_the_digest_of_its_tape() {
    let all = [
        TRUCKS,
        SLOW,
        SKY,
        "nodes.*.floor=14",
        "carriers.0.per-day=90",
        "carriers.0.overflow=eilbote",
        "carriers.1.per-day=60",
        "network.ad-hoc={above: 30%, lead: 40 m}",
        "network.hours=[1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1, 1]",
    ];
    let pairs: Vec<(&str, &str)> = all.iter().filter_map(|pair| pair.split_once('=')).collect();
    let model = runs::model(&runs::read("smoke", &pairs));
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let options = Options { seed: 5, audit: Audit::Paranoid, tape: Some(tape.clone()), ..Options::default() };
    let outcome = runs::replicate(&model, &options);
    let engine = ordermill::engine::Engine::new(model.engine_size, model.engine_rules.clone());
    let mut transition = ordermill::domain::Transition::default();
    ordermill::journal::play(&tape, |at, command| {
        let _ = engine.apply(at, command, &mut transition);
    })
    .unwrap();
    assert_eq!(engine.digest(), outcome.digest);
    let seen = &outcome.metrics.movement;
    assert!(seen.yards.iter().any(|yard| 0 < yard.trucks_waited));
    assert!(0 < seen.carriers[0].overflowed && 0 < seen.roads.delayed);
}

#[test]
fn a_vehicle_is_full_of_what_runs_out_first() {
    let by_volume = |outcome: &Outcome| outcome.lanes.iter().map(|lane| lane.by_volume).sum::<u64>();
    let rolled = |outcome: &Outcome| outcome.lanes.iter().map(|lane| lane.rolled_over).sum::<u64>();
    let narrow = TRUCKS.replace("20 m", "3 h");
    let parcels = seen(&[&narrow]);
    assert!(0 < rolled(&parcels) && by_volume(&parcels) == 0);
    let wide = seen(&[&narrow, "network.lane-rules.*.volume=100 m3"]);
    assert_eq!((wide.digest, rolled(&wide), by_volume(&wide)), (parcels.digest, rolled(&parcels), 0));
    let low = seen(&[&narrow, "network.lane-rules.*.capacity=1000", "network.lane-rules.*.volume=60 l"]);
    assert!(0 < by_volume(&low) && by_volume(&low) == rolled(&low));
    let both = seen(&[&narrow, "network.lane-rules.*.volume=60 l"]);
    assert!(0 < by_volume(&both) && by_volume(&both) <= rolled(&both));
}

/// One in four parcels has half the time of the others, and docks hold parcels of two days: who leaves by what is due
/// keeps more promises than who leaves in order of boarding, and in the end everything has left in both.
#[test]
fn who_must_leave_first_leaves_first() {
    let kept = |order: &str| {
        let narrow = TRUCKS
            .replace("capacity: 12, departures: {every: 20 m}", "capacity: 4, departures: {every: 90 m}");
        let more = ["delivery.*.rank=1", "delivery.*.by-day=false", RICH, LONG, "carriers.0.last-mile=1 h"];
        let order = format!("network.dock-order={order}");
        let outcome = seen(&[&[narrow.as_str(), order.as_str(), ONE][..], &more[..]].concat());
        (outcome.on_time_share(), outcome.open())
    };
    let (boarded, due) = (kept("boarded"), kept("due"));
    assert!(boarded.0 + 0.02 < due.0, "{boarded:?} {due:?}");
    assert_eq!((boarded.1, due.1), (0, 0), "nobody is left behind for ever");
}
