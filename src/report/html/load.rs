//! The page of a load test, made as the report of a run is.

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::draw::{Anchor, Ink, Scale, Sheet, chart, text_width};
use super::lines::{closed, rules};
use super::{SCRIPT, SCRIPT_HASH, STYLE, bare};
use crate::report::load::{LatencyRow, LoadDocument, LoadRow, SecondRow};
use crate::report::say;

const PAGE: &str = include_str!("load.html");
const TOP: f64 = 22.0;
const BOTTOM: f64 = 26.0;
/// Fewer make no line.
const SECONDS_SHOWN_FROM: usize = 3;
const INKS: [Ink; 4] = [Ink::Accent, Ink::Second, Ink::Bad, Ink::Muted];

/// The whole page.
pub fn load_page(document: &LoadDocument) -> String {
    let mut environment = bare();
    let currency = document.currency.clone();
    environment.add_filter("said", move |value: Value, unit: String| super::said(&value, &unit, &currency));
    environment.add_filter("nanos", |value: f64| say::nanos(value.max(0.0) as u64));
    environment.add_template("load.html", PAGE).expect("the embedded page is well formed");
    let page = environment.get_template("load.html").expect("the page was added");
    let shown = |play: &LoadRow| match SECONDS_SHOWN_FROM <= play.seconds.len() {
        true => Value::from_safe_string(seconds(play)),
        false => Value::from(""),
    };
    let (verdict, sentence) = verdict(document);
    page.render(context! {
        d => Serde(document),
        style => Value::from_safe_string(STYLE.into()),
        script => Value::from_safe_string(SCRIPT.into()),
        script_hash => Value::from_safe_string(SCRIPT_HASH.into()),
        open => document.plays.iter().any(|play| play.arrivals != "closed"),
        percentiles => Value::from_safe_string(percentiles(&document.plays)),
        seconds => document.plays.iter().map(shown).collect::<Vec<_>>(),
        verdict,
        sentence,
    })
    .unwrap_or_else(|error| panic!("the embedded page does not fit the document: {error:#}"))
}

fn verdict(document: &LoadDocument) -> (&'static str, String) {
    let plays = document.plays.len();
    let behind = document.plays.iter().filter(|play| !play.kept_schedule).count();
    let limits = || document.plays.iter().flat_map(|play| &play.limits);
    let failed = limits().filter(|limit| !limit.holds).count();
    let best = document.plays.iter().map(|play| play.achieved_orders_per_s).fold(0.0, f64::max);
    let best = format!("{} orders a second at most.", say::short(best));
    match (behind, limits().count(), failed) {
        (0, 0, _) => ("inconclusive", format!("{best} No service level was asked for.")),
        (0, _, 0) => ("holds", format!("Every service level holds in every play. {best}")),
        (0, all, failed) => ("fails", format!("{failed} of {all} service levels fail. {best}")),
        (behind, ..) => (
            "fails",
            format!("{behind} of {plays} plays fell behind their schedule: their rate is too high. {best}"),
        ),
    }
}

/// A curve a play: latency by percentile.
fn percentiles(plays: &[LoadRow]) -> String {
    const NAMES: [&str; 6] = ["p50", "p90", "p99", "p99.9", "p99.99", "max"];
    let values =
        |row: &LatencyRow| [row.p50_ns, row.p90_ns, row.p99_ns, row.p999_ns, row.p9999_ns, row.max_ns];
    let of = |play: &LoadRow| format!("{} {}", play.strategy, play.offered());
    let told: Vec<String> = plays
        .iter()
        .map(|play| {
            let all = &play.latency[0];
            let (p50, p99) = (say::nanos(all.p50_ns), say::nanos(all.p99_ns));
            format!("{}: median {p50}, p99 {p99}, slowest {}", of(play), say::nanos(all.max_ns))
        })
        .collect();
    chart(&format!("Latency by percentile. {}.", told.join("; ")), |frame| {
        let mut sheet = Sheet::new(frame, 300.0);
        let all = || plays.iter().flat_map(|play| values(&play.latency[0]));
        let y = decades(all().min().unwrap_or(1), all().max().unwrap_or(1), sheet.height - BOTTOM);
        let left = rules_of(&mut sheet, &y);
        let x = Scale::new((0.0, 5.0), (left + 14.0, sheet.width - 30.0));
        for (place, name) in NAMES.iter().enumerate() {
            let at = x.at(place as f64);
            sheet.text((at, sheet.height - 9.0), Anchor::Middle, Ink::Muted, name);
        }
        let mut named = TOP - 10.0;
        for (index, play) in plays.iter().enumerate() {
            let ink = INKS[index % INKS.len()];
            let point = |(place, nanos): (usize, u64)| (x.at(place as f64), y.at(log(nanos)));
            let points: Vec<_> = values(&play.latency[0]).into_iter().enumerate().map(point).collect();
            sheet.line(&points, ink, 1.75);
            points.iter().for_each(|&point| sheet.circle(point, 2.5, ink));
            sheet.bold((left + 14.0, named), Anchor::Start, ink, &of(play));
            named += 16.0;
        }
        sheet
    })
}

/// Orders a second as an area above, latencies as lines below.
fn seconds(play: &LoadRow) -> String {
    // The last one may have just begun.
    let whole = |row: &&SecondRow| f64::from(row.second) - 0.5 <= play.wall_s;
    let rows: Vec<&SecondRow> = play.seconds.iter().filter(whole).collect();
    let most = rows.iter().map(|row| row.orders_count).max().unwrap_or(0);
    let slowest = rows.iter().map(|row| row.max_ns).max().unwrap_or(1);
    let alternative = format!(
        "Orders a second and latency over {} seconds: at most {} orders in a second; the slowest command took {}.",
        rows.len(),
        say::count(most as f64),
        say::nanos(slowest),
    );
    chart(&alternative, |frame| {
        let mut sheet = Sheet::new(frame, 340.0);
        let (middle, floor) = (150.0, sheet.height - BOTTOM);
        let y = Scale::new((0.0, (most as f64).max(1.0)), (middle, TOP));
        let left = rules(&mut sheet, &y, say::short).max(56.0);
        sheet.plot_from = Some(left);
        let last = rows.last().map_or(1.0, |row| f64::from(row.second));
        let x = Scale::new((0.0, last), (left, sheet.width - 1.0));
        for tick in x.ticks((sheet.width / 80.0) as usize) {
            let said = format!("{tick} s");
            if x.at(tick) + text_width(&said) / 2.0 < sheet.width {
                sheet.text((x.at(tick), sheet.height - 9.0), Anchor::Middle, Ink::Muted, &said);
            }
        }
        let at = |second: u32| x.at(f64::from(second) - 0.5);
        let flow: Vec<_> = rows.iter().map(|row| (at(row.second), y.at(row.orders_count as f64))).collect();
        sheet.fill(&closed(&flow, middle), Ink::Accent, 0.18);
        sheet.line(&flow, Ink::Accent, 1.5);
        let timed = || rows.iter().copied().filter(|row| 0 < row.max_ns);
        let least = timed().map(|row| row.p99_ns).min().unwrap_or(1);
        let z = Decades {
            scale: Scale::new(span(least, slowest), (floor, middle + 26.0)),
            ..decades(least, slowest, floor)
        };
        rules_of(&mut sheet, &z);
        let line = |value: fn(&SecondRow) -> u64| {
            timed().map(|row| (at(row.second), z.at(log(value(row))))).collect::<Vec<_>>()
        };
        sheet.line(&line(|row| row.max_ns), Ink::Bad, 1.25);
        sheet.line(&line(|row| row.p99_ns), Ink::Second, 1.75);
        sheet
    })
}

/// A logarithmic scale of nanoseconds.
struct Decades {
    scale: Scale,
    powers: std::ops::RangeInclusive<i32>,
}

impl Decades {
    fn at(&self, log: f64) -> f64 {
        self.scale.at(log)
    }
}

fn decades(least: u64, most: u64, floor: f64) -> Decades {
    let (low, high) = span(least, most);
    Decades { scale: Scale::new((low, high), (floor, TOP)), powers: low as i32..=high as i32 }
}

/// Whole powers of ten around the values.
fn span(least: u64, most: u64) -> (f64, f64) {
    let (low, high) = (log(least).floor(), log(most).ceil());
    (low, high.max(low + 1.0))
}

fn log(nanos: u64) -> f64 {
    libm::log10(nanos.max(1) as f64)
}

fn rules_of(sheet: &mut Sheet, y: &Decades) -> f64 {
    let said = |power: i32| say::nanos(10_u64.pow(power.clamp(0, 18) as u32));
    let left = y.powers.clone().map(|power| text_width(&said(power))).fold(0.0, f64::max) + 10.0;
    for power in y.powers.clone() {
        let at = y.at(f64::from(power));
        sheet.line(&[(left, at), (sheet.width, at)], Ink::Grid, 1.0);
        sheet.text((left - 8.0, at), Anchor::End, Ink::Muted, &said(power));
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::load::{Count, LimitRow};

    fn play(arrivals: &'static str, holds: bool) -> LoadRow {
        let all = LatencyRow {
            command: "all",
            count: 9,
            refused_count: 1,
            timed_count: 9,
            mean_ns: 120.0,
            p50_ns: 100,
            p90_ns: 200,
            p99_ns: 900,
            p999_ns: 1_500,
            p9999_ns: 2_000,
            max_ns: 30_000,
        };
        let second = |second| SecondRow {
            second,
            orders_count: 5,
            commands_count: 50,
            refused_count: 1,
            p50_ns: 100,
            p99_ns: 900,
            p999_ns: 1_000,
            max_ns: 30_000,
        };
        LoadRow {
            strategy: "</script><script>alert(1)</script>".into(),
            arrivals,
            offered_orders_per_s: (arrivals != "closed").then_some(5.0),
            rung: None,
            achieved_orders_per_s: 5.0,
            commands_per_s: 50.0,
            wall_s: 4.0,
            cpu_s: 4.0,
            recording_share: 0.01,
            behind_s: 0.0,
            kept_schedule: true,
            missed_count: 0,
            left_count: 0,
            laps: 1.0,
            skipped_count: 0,
            verified_count: 0,
            replans_count: 0,
            unforeseen_count: 0,
            split_share: 0.1,
            freight_minor_per_order: 512.0,
            refusals: vec![Count { name: "gone", count: 1 }],
            open_orders_count: 1,
            engine_bytes: 1,
            digest: String::new(),
            digest_is_the_runs: false,
            latency: vec![all],
            limits: vec![LimitRow { limit: "p99<1us".into(), reached_ns: 900, holds }],
            seconds: (1..=4).map(second).collect(),
        }
    }

    fn page(plays: Vec<LoadRow>) -> String {
        load_page(&LoadDocument {
            scenario: "a<b".into(),
            command: "ordermill load a.yaml".into(),
            currency: "CNY".into(),
            seed: 1,
            threads: 2,
            pinned: false,
            script_orders_count: 20,
            script_commands_count: 200,
            compression_ratio: 1e5,
            clock_ns: 20.0,
            timing_ns: 50.0,
            plays,
            knees: Vec::new(),
        })
    }

    #[test]
    fn the_page_says_what_failed_and_runs_no_names() {
        let page = page(vec![play("closed", true), play("replay", false)]);
        assert!(page.contains("1 of 2 service levels fail"));
        assert!(!page.contains("<script>alert") && page.contains("a&lt;b"));
        // Percentiles and each play's seconds, for a desk and for a phone.
        assert_eq!(page.matches("<svg").count(), 6);
        assert!(!page.contains("\"#0100"), "a color has no variable");
    }
}
