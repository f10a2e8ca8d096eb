//! The page: one HTML file that opens from a mail, needs no network and no scripts, follows the reader's light or
//! dark theme and prints on A4.
//!
//! # Promises
//! - No request is ever made: styles, scripts and charts are inside, and a content security policy forbids the rest;
//!   it knows our one script by its hash, so no other runs.
//! - Every text that comes from a scenario is escaped; a name like `<script>` is shown, never run.
//! - Every chart has `role=img`, a text alternative, and a table of its data below it.
//! - Equal document and machine give equal bytes.

mod answer;
mod bars;
mod draw;
mod lines;
mod load;
mod map;
pub mod scatter;
mod stations;

pub use self::answer::answer_page;
pub use self::load::load_page;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

use self::bars::Bar;
use self::draw::{Ink, escape};
use super::clock::Clock;
use super::document::{
    CostRow, CountRow, Document, Estimate, FaultFactRow, LaneRow, StationRow, Timeline, Unit, Verdict,
};
use super::machine::Machine;
use super::say;
use super::terms::{self, TERMS};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// The only script that the page's policy lets run.
const SCRIPT_HASH: &str = "sha256-CTifr4O/9zXkaIs758qUqB4elX1t7dYbWmKuqnXcu74=";

/// Rows of the tables on the page; the whole tables are in `tables/*.csv`.
const STATIONS_SHOWN: usize = 24;
const LANES_SHOWN: usize = 12;
/// Rows of the tables under the charts over time.
const STEPS_SHOWN: usize = 96;

/// The whole page.
pub fn html(document: &Document, machine: &Machine) -> String {
    let clock = Clock::new(&document.scenario.start, document.scenario.horizon_s);
    let environment = environment(document, clock);
    let page = environment.get_template("page.html").expect("the page was added");
    page.render(context! {
        d => Serde(document),
        machine => Serde(machine),
        style => Value::from_safe_string(STYLE.into()),
        script => Value::from_safe_string(SCRIPT.into()),
        script_hash => Value::from_safe_string(SCRIPT_HASH.into()),
        json => Value::from_safe_string(inert_json(document)),
        charts => Serde(Charts::of(document, &clock)),
        steps => Serde(steps(&document.timeline)),
        faults => Serde(fault_rows(document)),
        advice => Serde(changes(document)),
        work => Serde(work(document)),
        stations => Serde(busiest(document)),
        lanes => Serde(fullest(document)),
        sentence => sentence(document),
        terms => Serde(TERMS.iter().map(|term| (term.name, term.short, term.long)).collect::<Vec<_>>()),
    })
    .unwrap_or_else(|error| panic!("the embedded page does not fit the document: {error}"))
}

/// Compact, and in JSON `<` occurs in strings only, where it may be written as an escape; then no text can close the element.
fn inert_json(document: &Document) -> String {
    serde_json::to_string(document)
        .expect("plain structs of text and numbers are JSON")
        .replace('<', "\\u003c")
}

/// The answer in one sentence.
fn sentence(document: &Document) -> String {
    let currency = &document.scenario.currency;
    let worst = document.slo.iter().find(|row| row.verdict == document.verdict);
    match (document.verdict, worst) {
        (_, None) => "No service level was promised.".into(),
        (Verdict::Holds, _) if document.slo.len() == 1 => {
            format!("The promise holds: {}.", document.slo[0].text)
        }
        (Verdict::Holds, _) => format!("All {} promises hold.", document.slo.len()),
        (verdict, Some(row)) => {
            let value = say::estimate(&row.value, row.unit, currency).replace("+-", "\u{b1}");
            let others = document.slo.iter().filter(|row| row.verdict == verdict).count() - 1;
            let more = if others == 0 { String::new() } else { format!(" And {others} more.") };
            format!("Promised: {}. Measured: {value}.{more}", row.text)
        }
    }
}

#[derive(Serialize)]
struct Charts {
    slo: Value,
    stations: Value,
    flow: Value,
    waterfall: Value,
    delivery: Value,
    map: Value,
    cost: Value,
    states: Value,
    funnel: Value,
    refusals: Value,
    faults: Value,
}

impl Charts {
    fn of(document: &Document, clock: &Clock) -> Charts {
        let shown = |has_data: bool, draw: &dyn Fn() -> String| match has_data {
            true => Value::from_safe_string(draw()),
            false => Value::from(""),
        };
        let orders = &document.orders;
        let cost = &document.cost;
        Charts {
            slo: shown(!document.slo.is_empty(), &|| {
                bars::intervals(&document.slo, &document.scenario.currency)
            }),
            stations: shown(!document.timeline.stations.is_empty(), &|| {
                stations::stations(&document.timeline, clock)
            }),
            flow: shown(!document.timeline.submitted.is_empty(), &|| lines::flow(&document.timeline, clock)),
            waterfall: shown(document.stages.iter().any(|row| 0 < row.entered_count), &|| {
                bars::waterfall(&document.stages)
            }),
            delivery: shown(1 < document.delivery.lead_time_curve.len(), &|| {
                lines::delivery_curve(&document.delivery)
            }),
            map: Value::from_safe_string(map::map(&document.network)),
            cost: shown(!cost.lines.is_empty(), &|| {
                let said = |minor, share: f64| format!("{} ({:.0} %)", say::money(minor), share * 100.0);
                let bar = |row: &CostRow| Bar {
                    label: row.line.clone(),
                    value: row.minor,
                    said: said(row.minor, row.share),
                    ink: if row.line.contains("penalt") { Ink::Second } else { Ink::Accent },
                };
                bars::bars("Cost by line", &cost.lines.iter().map(bar).collect::<Vec<_>>())
            }),
            states: shown(0 < orders.submitted, &|| {
                let open = CountRow { name: "open at the horizon".into(), count: orders.open };
                counts("Orders by final state", orders.final_states.iter().chain([&open]), orders.submitted)
            }),
            funnel: shown(!document.funnel.is_empty(), &|| {
                let first = document.funnel.first().map_or(0, |row| row.count);
                counts("From visitors to orders", document.funnel.iter(), first)
            }),
            refusals: shown(document.refusals.iter().any(|row| 0 < row.count), &|| {
                counts("Refusals by reason", document.refusals.iter(), orders.submitted)
            }),
            faults: document.faults.as_ref().map_or(Value::from(""), |facts| {
                Value::from_safe_string(lines::in_work(facts, document.timeline.interval_s, clock))
            }),
        }
    }
}

/// Bars of counts, zeros left out, with their share of `whole`.
fn counts<'a>(what: &str, rows: impl Iterator<Item = &'a CountRow>, whole: u64) -> String {
    let bar = |row: &CountRow| {
        let share = row.count as f64 / whole.max(1) as f64;
        let share = if share < 0.0005 { "< 0.1 %".into() } else { say::percent(share) };
        Bar {
            label: row.name.clone(),
            value: row.count as f64,
            said: format!("{} ({share})", say::count(row.count as f64)),
            ink: Ink::Accent,
        }
    };
    bars::bars(what, &rows.filter(|row| 0 < row.count).map(bar).collect::<Vec<_>>())
}

/// Some neighboring intervals of the timeline.
#[derive(Serialize)]
struct Step {
    from_s: f64,
    submitted: u64,
    delivered: u64,
    /// (mean utilization, greatest queue) by station.
    stations: Vec<(f64, f64)>,
}

/// The timeline in at most `STEPS_SHOWN` rows.
fn steps(timeline: &Timeline) -> Vec<Step> {
    let intervals = timeline.submitted.len().max(timeline.delivered.len());
    let fold = intervals.div_ceil(STEPS_SHOWN).max(1);
    let sum = |counts: &[u64], from: usize| counts.iter().skip(from).take(fold).sum::<u64>();
    let part = |values: &[f64], from: usize| {
        values.get(from..).unwrap_or_default().iter().take(fold).copied().collect::<Vec<f64>>()
    };
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let most = |values: Vec<f64>| values.into_iter().fold(0.0, f64::max);
    (0..intervals)
        .step_by(fold)
        .map(|from| {
            let stations = timeline
                .stations
                .iter()
                .map(|row| (mean(part(&row.utilization, from)), most(part(&row.queue_mean, from))))
                .collect();
            Step {
                from_s: from as f64 * timeline.interval_s,
                submitted: sum(&timeline.submitted, from),
                delivered: sum(&timeline.delivered, from),
                stations,
            }
        })
        .collect()
}

/// Each fix with its changes in words.
fn changes(document: &Document) -> Vec<Vec<String>> {
    let fixes = document.advice.iter().flat_map(|facts| &facts.fixes);
    fixes.map(|fix| fix.changes.iter().map(super::advice::change).collect()).collect()
}

/// Each fault with its end in words.
fn fault_rows(document: &Document) -> Vec<(&FaultFactRow, String)> {
    let rows = document.faults.iter().flat_map(|facts| &facts.faults);
    rows.map(|row| (row, super::faults::recovery(row, document))).collect()
}

/// (end of the interval, orders in work with faults, without) in at most `STEPS_SHOWN` rows.
fn work(document: &Document) -> Vec<(f64, i64, i64)> {
    let Some(facts) = &document.faults else { return Vec::new() };
    let series = &facts.in_work;
    let fold = series.with.len().div_ceil(STEPS_SHOWN).max(1);
    let pairs = series.with.iter().zip(&series.without).enumerate().skip(fold - 1).step_by(fold);
    pairs
        .map(|(index, (&with, &without))| ((index + 1) as f64 * document.timeline.interval_s, with, without))
        .collect()
}

fn busiest(document: &Document) -> Vec<&StationRow> {
    let mut rows: Vec<_> = document.stations.iter().collect();
    rows.sort_by(|a, b| b.utilization_ratio.mean.total_cmp(&a.utilization_ratio.mean));
    rows.truncate(STATIONS_SHOWN);
    rows
}

fn fullest(document: &Document) -> Vec<&LaneRow> {
    let mut rows: Vec<_> = document.lanes.iter().collect();
    rows.sort_by(|a, b| {
        b.rolled_over_count.cmp(&a.rolled_over_count).then(b.fill_ratio.total_cmp(&a.fill_ratio))
    });
    rows.truncate(LANES_SHOWN);
    rows
}

/// Every value is escaped, none may be missing.
fn bare() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.expect("the usual delimiters are a syntax"));
    environment
}

fn environment(document: &Document, clock: Clock) -> Environment<'static> {
    let mut environment = bare();
    let currency = document.scenario.currency.clone();
    environment.add_filter("said", move |value: Value, unit: String| said(&value, &unit, &currency));
    environment.add_filter("moment", move |at_s: Value| match f64::try_from(at_s) {
        Ok(at_s) => unbroken(&clock.say(at_s)),
        Err(_) => DASH.into(),
    });
    environment.add_function("term", |name: String, said: Option<String>| {
        let said = said.unwrap_or_else(|| name.replace('-', " "));
        let short = terms::explain(&name).map_or("", |term| term.short);
        Value::from_safe_string(format!("<abbr title=\"{}\">{}</abbr>", escape(short), escape(&said)))
    });
    environment.add_template("page.html", PAGE).expect("the embedded page is well formed");
    environment
}

const DASH: &str = "\u{2013}";

/// A number or an estimate in its unit; a dash where there is none.
fn said(value: &Value, unit: &str, currency: &str) -> String {
    let say = |number: f64| match unit {
        "seconds" => say::seconds(number),
        "share" => say::percent(number),
        "money" => say::money(number),
        "minor-money" => say::value(number, Unit::MinorMoney, currency),
        "short" => say::short(number),
        _ => say::count(number),
    };
    let number = |value: &Value| f64::try_from(value.clone()).ok().filter(|number| number.is_finite());
    if let Some(number) = number(value) {
        return unbroken(&say(number));
    }
    let part = |name: &str| value.get_attr(name).ok().as_ref().and_then(number);
    match (part("mean"), part("half_width")) {
        (Some(mean), Some(half)) if unit == "minor-money" => {
            let estimate = Estimate { mean, half_width: Some(half) };
            unbroken(&say::estimate(&estimate, Unit::MinorMoney, currency).replace("+-", "\u{b1}"))
        }
        (Some(mean), Some(half)) => unbroken(&format!("{} \u{b1} {}", say(mean), say(half))),
        (Some(mean), None) => unbroken(&say(mean)),
        _ => DASH.into(),
    }
}

/// Spaces inside a number or a time never break a line; before a half-width they may.
fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}").replace("\u{a0}\u{b1}", " \u{b1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::schema::result_json;
    use crate::report::{sample, sample_more};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    fn page() -> String {
        html(&sample::document(), &sample::machine())
    }

    #[test]
    fn nothing_is_fetched() {
        let page = page();
        for request in ["src=", "href=\"http", "url(", "@import", "<link", "fetch("] {
            assert!(!page.contains(request), "{request}");
        }
        assert!(page.contains("Content-Security-Policy"));
    }

    #[test]
    fn the_policy_knows_our_script_and_no_other() {
        let hash = format!("sha256-{}", STANDARD.encode(Sha256::digest(SCRIPT)));
        assert_eq!(SCRIPT_HASH, hash, "script.js has changed: so must its hash");
        let page = page();
        assert!(page.contains(&format!("script-src '{hash}';")));
        assert!(page.contains(&format!("<script>{SCRIPT}</script>")), "not a letter more: it is hashed");
    }

    #[test]
    fn every_chart_can_be_read_aloud() {
        let page = page();
        let charts = page.matches("<svg").count();
        assert!(18 <= charts, "{charts}");
        assert_eq!(page.matches("<svg class=\"desk\" role=\"img\" aria-label=\"").count() * 2, charts);
        assert_eq!(page.matches("<figure").count() * 2, charts);
        assert!(!page.contains("\"#0100"), "a color has no variable");
    }

    #[test]
    fn names_are_inert() {
        let mut document = sample::document();
        let hostile = "</script><script>alert(1)</script>\" onload='x' {{ 7*7 }}";
        document.scenario.name = hostile.into();
        document.scenario.description = hostile.into();
        document.stations[1].station = hostile.into();
        document.timeline.stations[0].station = hostile.into();
        document.network.nodes[0].name = hostile.into();
        document.slo[0].text = hostile.into();
        document.cost.lines[0].line = hostile.into();
        document.lanes[0].lane = hostile.into();
        let page = html(&document, &sample::machine());
        let visible = page.split_once("<script type=").map_or("", |(visible, _)| visible);
        assert!(!page.contains("<script>alert"));
        assert!(!visible.contains("\" onload"));
        assert!(visible.contains("{{ 7*7 }}"), "names are text, not templates");
        assert_eq!(page.matches("<script").count(), 2);
    }

    #[test]
    fn the_document_is_in_the_page() {
        let page = page();
        let (_, rest) =
            page.split_once("<script type=\"application/json\" id=\"result\">").expect("it is embedded");
        let (json, _) = rest.split_once("</script>").expect("it ends");
        let again: Document = serde_json::from_str(json).expect("it is whole");
        assert_eq!(result_json(&again), result_json(&sample::document()));
    }

    /// A run in which nothing happened has a page all the same.
    #[test]
    fn an_empty_run() {
        let mut document = sample::document();
        document.replications.truncate(1);
        document.slo.clear();
        document.stages.clear();
        document.stations.clear();
        document.timeline = Timeline {
            interval_s: 0.0,
            submitted: vec![],
            delivered: vec![],
            states: vec![],
            stations: vec![],
        };
        document.bottlenecks.clear();
        document.lanes.clear();
        document.funnel.clear();
        document.refusals.clear();
        document.cost.lines.clear();
        document.delivery.lead_time_curve.clear();
        document.delivery.on_time_share.mean = f64::NAN;
        document.network.nodes.clear();
        document.network.zones.clear();
        let page = html(&document, &sample::machine());
        assert!(page.ends_with("</html>\n"));
        assert!(page.contains("No service level was promised."));
    }

    #[test]
    fn advice_has_a_section_when_there_is_any() {
        let page = html(&sample_more::with_advice(), &sample::machine());
        let told = [
            "What to change",
            "nodes.hangzhou.packers 120 -&gt; 166, nodes.hangzhou.pickers 160 -&gt; 172",
            "nodes.*.packers x 1.4",
            "With four times pack @ hangzhou, pick @ hangzhou breaks first.",
        ];
        told.iter().for_each(|text| assert!(page.contains(text), "{text}"));
        assert!(!html(&sample::document(), &sample::machine()).contains("What to change"));
    }

    #[test]
    fn faults_have_a_section_when_there_are_any() {
        let page = html(&sample_more::with_faults(), &sample::machine());
        for text in
            ["What the faults did", "no-shows hangzhou", "Orders in work over time.", "recovered in 9 h"]
        {
            assert!(page.contains(text), "{text}");
        }
        assert!(!html(&sample::document(), &sample::machine()).contains("What the faults did"));
    }

    #[test]
    fn long_runs_have_short_tables() {
        let mut timeline = sample::document().timeline;
        timeline.submitted = vec![1; 10_000];
        assert!(steps(&timeline).len() <= STEPS_SHOWN);
        assert_eq!(steps(&timeline).iter().map(|step| step.submitted).sum::<u64>(), 10_000);
    }
}
