//! What must hold to the last tick: Little's law, work conserved, same seed same trace, draws that
//! no unrelated change can move.

use ordermill::kernel::calendar::{Calendar, Ties};
use ordermill::kernel::draw::{Draw, mix};
use ordermill::kernel::plain::PlainCalendar;
use ordermill::kernel::station::Job;
use ordermill::kernel::time::{Moment, Span};

use super::models::{Event, Run, SERVICE, Tandem, Timeline};
use super::theory::mean_and_error;

/// A digest of every event and its moment.
fn trace(model: &Tandem, calendar: impl Timeline, draw: Draw) -> u64 {
    let mut digest = 0;
    let fold = |digest: u64, word: u64| mix(digest ^ word).wrapping_mul(3);
    Run::new(model, calendar, draw).run(
        model,
        20_000,
        |now, event| {
            let word = match event {
                Event::Arrive => 0,
                Event::Complete { station, customer } => 1 + (u64::from(station) << 32 | u64::from(customer)),
            };
            digest = fold(fold(digest, now.0), word);
        },
        |_, _, _| {},
    );
    digest
}

/// (a), (b): from empty to empty the areas are the sums of what the customers spent.
#[test]
fn littles_law_and_work_are_identities() {
    let model = Tandem::five();
    let mut run = Run::new(&model, Calendar::new(), Draw::new(1, 0));
    let mut sojourns = 0u128;
    run.run(&model, 20_000, |_, _| {}, |_, born, now| sojourns += u128::from(now.since(born).0));
    let now = run.calendar.now();
    let records: Vec<_> = run.stations.iter().map(|station| station.record(now)).collect();
    assert_eq!(records.iter().map(|record| record.area_number).sum::<u128>(), sojourns);
    for (at, record) in records.iter().enumerate() {
        let work = |number| model.service.span(Draw::new(1, 0).uniform(SERVICE, number, at as u32));
        assert_eq!(record.area_busy, (0..20_000).map(|number| u128::from(work(number).0)).sum::<u128>());
        assert_eq!(record.area_queue, record.waited);
        assert_eq!(record.area_offered, 4 * u128::from(now.0));
    }
}

/// (d): the same trace on either calendar, and on every platform.
#[test]
fn same_seed_same_trace() {
    let model = Tandem::five();
    let fast = trace(&model, Calendar::new(), Draw::new(4, 0));
    assert_eq!(fast, trace(&model, PlainCalendar::new(), Draw::new(4, 0)));
    assert_eq!(fast, trace(&model, Calendar::new().with_ties(Ties::Permuted(1)), Draw::new(4, 0)));
    assert_ne!(fast, trace(&model, Calendar::new(), Draw::new(4, 1)));
    assert_eq!(format!("{fast:016x}"), "90deddcc8e5ab5fa");
}

/// Coarse ticks make ties the rule; the calendars still agree.
#[test]
fn same_trace_under_heavy_ties() {
    let model = Tandem {
        per_hour: 3600.0 * 2_500_000.0 / 5.0,
        service: ordermill::kernel::law::Law::uniform(Span(0), Span(9)),
        stations: 5,
        servers: 4,
    };
    let fast = trace(&model, Calendar::new(), Draw::new(4, 0));
    assert_eq!(fast, trace(&model, PlainCalendar::new(), Draw::new(4, 0)));
    assert_ne!(fast, trace(&model, Calendar::new().with_ties(Ties::Permuted(1)), Draw::new(4, 0)));
}

/// (e): a station that nobody visits and a source that nobody asked leave every draw where it was.
#[test]
fn an_unrelated_addition_moves_nobody() {
    let model = Tandem::five();
    let sojourns = |added: bool| {
        let draw = Draw::new(9, 0);
        let mut run = Run::new(&model, Calendar::new(), draw);
        let mut unrelated = draw.source("returns");
        let mut unused = ordermill::kernel::station::Station::unlimited();
        let mut seen = Vec::new();
        run.run(
            &model,
            5_000,
            |now, _| {
                if added {
                    unused.arrive(now, Job { token: unrelated.bits(), work: Span(1), rank: 0 });
                    draw.uniform(ordermill::kernel::draw::Purpose::named("unrelated"), now.0, 0);
                }
            },
            |number, born, now| seen.push((number, born, now)),
        );
        seen
    };
    assert!(sojourns(false) == sojourns(true));
}

/// (f): with common draws a 3 % faster service shows through the noise; with others it drowns.
#[test]
fn common_draws_lower_the_variance_of_a_difference() {
    let model = Tandem { stations: 1, ..Tandem::five() };
    let faster =
        Tandem { service: ordermill::kernel::law::Law::exponential(Span::from_millis(970)), ..model.clone() };
    let wait = |model: &Tandem, draw| {
        let (mut sum, mut count) = (0.0, 0);
        let done = |_, born: Moment, now: Moment| {
            (sum, count) = (sum + now.since(born).as_secs_f64(), count + 1);
        };
        Run::new(model, Calendar::new(), draw).run(model, 8_000, |_, _| {}, done);
        sum / f64::from(count)
    };
    let spread = |seed_of_faster: u64| {
        let differences: Vec<f64> = (0..100)
            .map(|index| wait(&model, Draw::new(1, index)) - wait(&faster, Draw::new(seed_of_faster, index)))
            .collect();
        mean_and_error(&differences)
    };
    let ((common, error), (other, other_error)) = (spread(1), spread(2));
    let ratio = (other_error / error).powi(2);
    println!(
        "3 % faster: {common:.4} +- {error:.4} common, {other:.4} +- {other_error:.4} apart, x{ratio:.1}"
    );
    assert!(5.0 <= ratio, "{ratio}");
}
