//! Tracking: what pages show, how far their estimates are off, who asks; against closed forms and laws.

mod runs;

use ordermill::audit::Audit;
use ordermill::kernel::time::Span;
use ordermill::metrics::{Phase, Scan, TrackingSeen};
use ordermill::report;
use ordermill::sim::{Options, Outcome};

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn seen(name: &str, more: Pairs<'_>) -> Outcome {
    let model = runs::model(&runs::read(name, more));
    runs::replicate(&model, &Options { seed: 7, audit: Audit::Paranoid, ..Options::default() })
}

/// Two hubs, everything in its time: packed within the hour, two lanes, and the door at once.
const CHAIN: Pairs<'_> = &[
    ("run", "{horizon: 200 h, warm-up: 0 s, replications: {min: 1, max: 1}}"),
    ("arrivals.constant", "{rate: 60/h, duration: 60 h}"),
    ("zones.list", "[{name: There, at: {lat: 41.0, lon: -90.0}}]"),
    (
        "nodes",
        "[{name: Center, at: {lat: 40.0, lon: -90.0}, pickers: 100000, packers: 100000, graders: 9}, \
         {name: Hub, kind: hub, at: {lat: 40.0, lon: -90.0}, sorters: 100000}, \
         {name: Far hub, kind: hub, at: {lat: 41.0, lon: -90.0}, sorters: 100000}]",
    ),
    (
        "network.lane-rules",
        "[{from: fulfillment-centers, to: nearest-hub, departures: {every: 1 h}, cut-off: 0 s, capacity: 1000000, \
           loading: 1 h, travel-cv: 0}, {from: hubs, to: hubs, departures: {every: 1 h}, cut-off: 0 s, \
           capacity: 1000000, loading: 1 h, travel-cv: 0}]",
    ),
];

fn chain(tracking: &str, more: Pairs<'_>) -> Outcome {
    seen("oracles/base", &[CHAIN, &[("tracking", tracking)], more].concat())
}

/// Mean time from the label to the door, in hours.
fn way_h(outcome: &Outcome) -> f64 {
    let phases = [Phase::Dock, Phase::Linehaul, Phase::Sort, Phase::LastMile];
    let sum: u128 = phases.iter().map(|&phase| outcome.metrics.phases.times(phase).sum_us()).sum();
    sum as f64 / 3.6e9 / outcome.metrics.tracking.came as f64
}

/// Each parcel: a label, picked up, two hubs, one departure between them, the door.
#[test]
fn a_parcel_is_scanned_wherever_it_is_handed_on() {
    let outcome = chain("{scan-loss: 25%, delay: 0 s}", &[]);
    let own = &outcome.metrics.tracking;
    assert!(3_000 < own.begun && own.begun == own.came, "{} {}", own.begun, own.came);
    let times = |scan: Scan| own.scans[scan as usize] as f64 / own.begun as f64;
    let each = [
        (Scan::Created, 1.0),
        (Scan::PickedUp, 1.0),
        (Scan::ArrivedHub, 2.0),
        (Scan::DepartedHub, 1.0),
        (Scan::OutForDelivery, 1.0),
        (Scan::Delivered, 1.0),
        (Scan::AttemptFailed, 0.0),
        (Scan::Returned, 0.0),
    ];
    each.iter().for_each(|&(scan, exact)| assert_eq!(times(scan), exact, "{}", scan.name()));
    // The label is no scan.
    let scans = own.scans.iter().sum::<u64>() - own.begun;
    let (share, error) = (own.scans_lost as f64 / scans as f64, (0.25 * 0.75 / scans as f64).sqrt());
    assert!((share - 0.25).abs() < 3.5 * error, "{share}");
}

/// What always takes the same time is known once some parcels have come: twice as many parcels add not a second of error
/// to that of the first, whose plans allow half an hour at each hub.
#[test]
fn a_way_that_never_varies_is_known() {
    let of = |hours: &str| {
        let arrivals = format!("{{rate: 60/h, duration: {hours}}}");
        chain("{scan-loss: 0%, delay: 0 s}", &[("arrivals.constant", &arrivals)])
    };
    let [short, long] = ["30 h", "60 h"].map(of);
    for scan in [Scan::PickedUp, Scan::ArrivedHub, Scan::DepartedHub, Scan::OutForDelivery] {
        let [few, many] = [&short, &long].map(|outcome| outcome.metrics.tracking.by_scan[scan as usize]);
        let sum = |errors: ordermill::metrics::Errors| errors.mean_s() * errors.count as f64;
        let learned = scan != Scan::OutForDelivery;
        println!("{}: {} and {} scans, {} s", scan.name(), few.count, many.count, sum(few));
        assert!(1.5 * (few.count as f64) < many.count as f64, "{}", scan.name());
        // From the last hub it is at the door at once, and the plan says so.
        assert_eq!(0.0 < sum(few), learned, "{}", scan.name());
        assert!((sum(few) - sum(many)).abs() < 1.0, "{}: {} s and {} s", scan.name(), sum(few), sum(many));
    }
}

/// Fewer scans: estimates that are further off, and older pages.
#[test]
fn lost_scans_cost_estimates() {
    // An hour before it comes, a parcel whose last hub is on the page is known to come.
    let vary: Pairs<'_> = &[("network.lane-rules.*.travel-cv", "0.5"), ("carriers.0.last-mile", "2 h")];
    let all = ["0%", "50%", "100%"].map(|loss| chain(&format!("{{scan-loss: {loss}, delay: 5 m}}"), vary));
    let [none, half, every] = all.each_ref().map(|outcome| &outcome.metrics.tracking);
    let off = |own: &TrackingSeen| own.by_horizon[0].mean_s();
    println!("an hour before: {:.0} {:.0} {:.0} s", off(none), off(half), off(every));
    assert!(2.0 * off(none) < off(half) && 1.5 * off(half) < off(every));
    let old = |own: &TrackingSeen| own.ages.quantile_s(0.95);
    assert!(1.05 * old(none) < old(half) && 1.05 * old(half) < old(every));
    // The luck of lanes is the same: only what is known of it differs.
    assert!(all.iter().all(|outcome| outcome.digest == all[0].digest));
}

/// Nothing but the label is ever shown: of a way of `d` hours the page is `a` old for the same time at every `a` up to
/// `d`, so half of the time it is older than `d / 2`.
#[test]
fn a_page_with_a_label_alone_ages_with_the_parcel() {
    let outcome = chain("{scan-loss: 100%}", &[]);
    let (own, way) = (&outcome.metrics.tracking, way_h(&outcome));
    let median = own.ages.quantile_s(0.5) / 3_600.0;
    assert!((median / (way / 2.0) - 1.0).abs() < 0.03, "{median} h of {way} h");
    let stale = own.ages.older_than(Span::from_hours(3));
    assert!((stale - (way - 3.0) / way).abs() < 0.02, "{stale}");
}

/// Who asks again at once asks as a Poisson process: as many questions as the rate times the hours for which pages
/// were stale, or promises past.
#[test]
fn questions_come_at_their_rates() {
    let poisson = |what: &str, seen: u64, exact: f64| {
        println!("{what}: {seen} questions for {exact:.0}");
        assert!(
            400.0 < exact && (seen as f64 - exact).abs() < 3.5 * exact.sqrt(),
            "{what}: {seen} for {exact}"
        );
    };
    let rules = "scan-loss: 100%, stale-after: 3 h, ask-again: 0 s";
    let outcome = chain(&format!("{{{rules}, stale-contacts: 0.2/h, late-contacts: 0/h}}"), &[]);
    let own = &outcome.metrics.tracking;
    poisson("stale", own.asked_stale, 0.2 * own.came as f64 * (way_h(&outcome) - 3.0));
    assert_eq!(own.asked_late, 0);
    // Left lying for two days at the end of a lane, every second time; the promise knows nothing of it.
    let lying: Pairs<'_> = &[("carriers.0.delay-share", "50%"), ("carriers.0.delay", "2 d")];
    let outcome = chain(&format!("{{{rules}, stale-contacts: 0/h, late-contacts: 0.05/h}}"), lying);
    let own = &outcome.metrics.tracking;
    let late_h = outcome.metrics.lateness.sum_us() as f64 / 3.6e9;
    poisson("late", own.asked_late, 0.05 * late_h);
    assert_eq!(own.asked_stale, 0);
}

/// Once, and not again for a while: a share of parcels that is `1 - exp(-rate x time)`.
#[test]
fn who_has_asked_waits() {
    let rules =
        "scan-loss: 100%, stale-after: 3 h, late-contacts: 0/h, stale-contacts: 0.2/h, ask-again: 30 d";
    let outcome = chain(&format!("{{{rules}}}"), &[]);
    let own = &outcome.metrics.tracking;
    assert_eq!(own.asked_stale, own.asked_about);
    let exact = 1.0 - (-0.2 * (way_h(&outcome) - 3.0)).exp();
    let (share, error) = (own.asked_about as f64 / own.begun as f64, (0.25 / own.begun as f64).sqrt());
    assert!((share - exact).abs() < 3.5 * error, "{share} for {exact}");
    // With every scan on the page nobody has a reason.
    let fresh = chain(
        "{scan-loss: 0%, delay: 0 s, stale-after: 9 h, stale-contacts: 0.2/h, late-contacts: 0/h}",
        &[],
    );
    assert_eq!(fresh.metrics.tracking.asked_stale, 0);
}

/// On a network with all kinds of trouble every page ends once, in order, and nothing else of the run is touched.
#[test]
fn pages_end_once_and_change_nothing() {
    let trouble: Pairs<'_> = &[
        ("run.horizon", "25 d"),
        ("carriers.*.loss", "8%"),
        ("carriers.*.search", "20 h"),
        ("carriers.*.delay-share", "20%"),
        ("carriers.*.attempt-failure", "50%"),
        ("after-sales.re-ship", "true"),
    ];
    for vans in [&[][..], &[("last-mile", "{vans: 12, capacity: 20}"), ("delivery.1.to", "locker")]] {
        let pairs = [trouble, vans].concat();
        let page = (
            "tracking",
            "{scan-loss: 10%, delay: {exponential: {mean: 2 h}}, stale-after: 2 h, stale-contacts: 0.1/h}",
        );
        let (blind, told) = (seen("smoke", &pairs), seen("smoke", &[&pairs[..], &[page]].concat()));
        assert_eq!(blind.digest, told.digest);
        let own = &told.metrics.tracking;
        assert_eq!((own.begun, own.out_of_order), (own.came + own.turned_round + own.got_lost, 0));
        assert!(0 < own.turned_round && 0 < own.got_lost && 0 < own.scans[Scan::AttemptFailed as usize]);
        assert!(0 < own.asked_stale + own.asked_late && own.asked_about <= own.begun);
        let at_station = own.scans[Scan::ArrivedStation as usize];
        assert_eq!(0 < at_station, !vans.is_empty());
        assert_eq!(blind.metrics.tracking.begun, 0);
    }
}

#[test]
fn sampled_orders_have_their_scans_in_the_log() {
    let run = runs::run("smoke", &[("tracking", "{scan-loss: 0%}"), ("run.log-one-in", "5")]);
    let log = report::event_log(&run.model, &run.study).expect("a scenario that logs");
    let scans = |name: &str| log.scans.iter().filter(|scan| scan.scan == name).count();
    assert!(0 < scans("picked up") && scans("delivered") <= scans("picked up"));
    let json =
        String::from_utf8(report::ocel::json(&log, &report::clock::Clock::new("2026-11-09T08:00", 0.0)))
            .unwrap();
    assert!(json.contains("\"Scan: out for delivery\""));
}

#[test]
fn a_page_that_cannot_be_is_refused() {
    let refused = |pair: (&str, &str)| {
        let found = ordermill::scenario::read(&runs::scenario_path("smoke"), &runs::owned(&[pair]));
        found.unwrap_err().to_string()
    };
    assert!(refused(("tracking", "{scan-loss: 130%}")).contains("E0206"));
    assert!(refused(("tracking", "{scan-los: 3%}")).contains("did you mean \"scan-loss\""));
    assert!(refused(("tracking", "{stale-contacts: 3}")).contains("E0205"));
}
