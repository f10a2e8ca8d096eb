//! Does every key of a scenario move some output, or is it refused? No key is silently ignored.
//!
//! Each key is set to another legal value on a small base, and the whole of what a run tells must differ: the
//! document (without the digest and the echo of the scenario itself), the histograms or the event log.

mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use ordermill::experiment::StudyOptions;
use ordermill::report;
use ordermill::scenario::{self, KeyRow, Kind, QUICKSTART};
use rayon::prelude::*;

use runs::finish;

type Pairs = Vec<(String, String)>;

/// What a run tells, as text that can be compared.
#[derive(Clone, PartialEq)]
enum Told {
    Refused(String),
    Said(String),
}

/// Runs a scenario and gathers everything that was not merely copied from it.
fn tell(name: &str, text: &str, folder: &Path, pairs: &[(String, String)]) -> Told {
    let read = scenario::read_str(name, text, folder, pairs);
    let run = read.and_then(|scenario| finish(scenario, &StudyOptions::default()));
    let mut run = match run {
        Ok(run) => run,
        Err(found) => return Told::Refused(found.to_string()),
    };
    run.document.scenario.digest = String::new();
    run.document.scenario.assumptions.clear();
    let document = serde_json::to_string(&run.document).unwrap();
    let log = report::event_log(&run.model, &run.study);
    let papers = report::shipping_notes(&run.model, &run.study.outcomes[0], &run.document.scenario.start);
    let papers: Vec<_> = papers.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
    Told::Said(format!("{document}{log:?}{papers:?}"))
}

fn pairs(list: &[(&str, &str)]) -> Pairs {
    runs::owned(list)
}

/// A scenario to probe keys on.
struct Base<'a> {
    name: &'a str,
    text: &'a str,
    folder: &'a Path,
    pairs: Pairs,
    /// What the base told with each company.
    told: Mutex<BTreeMap<Pairs, Told>>,
}

impl Base<'_> {
    /// What is wrong with a key that moves nothing; `None` when it moves.
    fn stands_still(&self, company: &[(String, String)], probe: &[(String, String)]) -> Option<String> {
        let before = [&self.pairs[..], company].concat();
        let after = [&before[..], probe].concat();
        let said = probe.iter().map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>().join(" ");
        let tell = |pairs: &[(String, String)]| tell(self.name, self.text, self.folder, pairs);
        let known = self.told.lock().unwrap().get(&before).cloned();
        let base = known.unwrap_or_else(|| tell(&before));
        self.told.lock().unwrap().insert(before, base.clone());
        match (base, tell(&after)) {
            (Told::Refused(why), _) => Some(format!("{said}: its company {company:?} is refused:\n{why}")),
            (a, b) if a == b => Some(format!("{said} moves nothing")),
            _ => None,
        }
    }
}

/// Eight centers and six hubs at work for few orders: small enough to run some hundred times, with so little staff
/// that queues form.
fn quickstart(folder: &Path) -> Base<'_> {
    let pairs = pairs(&[
        ("arrivals.profile.orders", "500"),
        ("run.replications", "{min: 1, max: 1}"),
        ("run.log-one-in", "10"),
        ("zones.cities.count", "10"),
        ("customers.count", "200"),
        ("catalog.synthetic.skus", "40"),
        ("nodes.*.pickers", "1"),
        ("nodes.*.packers", "1"),
        ("nodes.*.graders", "2"),
        ("nodes.*.sorters", "1"),
        ("review.reviewers", "2"),
        ("payment.methods.cash.share", "20%"),
        // The tables of gamma and lognormal laws cost more than these runs.
        ("shop.cart-time", "{exponential: {mean: 5 m}}"),
        ("carriers.*.last-mile", "{exponential: {mean: 5 h}}"),
        ("network.lane-rules.*.travel-cv", "0"),
        ("payment.methods.*.latency", "{exponential: {mean: 3 s}}"),
        ("after-sales.send-back", "{exponential: {mean: 2 d}}"),
        ("floor.pick-per-order", "{exponential: {mean: 20 s}}"),
        ("floor.pick-per-line", "{exponential: {mean: 25 s}}"),
        ("floor.pack-per-order", "{exponential: {mean: 30 s}}"),
        ("floor.grade", "{exponential: {mean: 3 m}}"),
        ("review.work", "{exponential: {mean: 2 m}}"),
        // The tables of gamma and lognormal laws cost more than these runs.
        ("shop.cart-time", "{exponential: {mean: 5 m}}"),
        ("carriers.*.last-mile", "{exponential: {mean: 5 h}}"),
        ("network.lane-rules.*.travel-cv", "0"),
        ("payment.methods.*.latency", "{exponential: {mean: 3 s}}"),
        ("after-sales.send-back", "{exponential: {mean: 2 d}}"),
        ("floor.pick-per-order", "{exponential: {mean: 20 s}}"),
        ("floor.pick-per-line", "{exponential: {mean: 25 s}}"),
        ("floor.pack-per-order", "{exponential: {mean: 30 s}}"),
        ("floor.grade", "{exponential: {mean: 3 m}}"),
        ("review.work", "{exponential: {mean: 2 m}}"),
    ]);
    Base { name: "quickstart.yaml", text: QUICKSTART, folder, pairs, told: Mutex::default() }
}

/// What brings a key into play on this base, beside what the key table asks for.
const COMPANY: &[(&str, &str)] = &[
    // One picker is there by half or not at all.
    ("shifts.*[].share", "nodes.*.pickers=4"),
    // Two replications have an interval so wide that a bound near the mean lies within: the study goes on to `max`.
    ("run.replications.max", "run.replications={min: 2, max: 3}; slo=[{metric: lead-time, at-most: 17 h}]"),
];

fn company(row: &KeyRow) -> Pairs {
    let here = COMPANY.iter().filter(|(path, _)| *path == row.path).flat_map(|(_, list)| list.split("; "));
    let here = here.filter_map(|pair| pair.split_once('='));
    row.company().into_iter().chain(here.map(|(path, value)| (path.to_owned(), value.to_owned()))).collect()
}

/// A run does not look at them: `cli::load_plan` tests that each of them arrives in the plan of a load test.
fn is_of_load(row: &KeyRow) -> bool {
    row.path.starts_with("load.")
}

fn is_structure(row: &KeyRow) -> bool {
    matches!(row.kind, Kind::Section | Kind::OneOf | Kind::Sections | Kind::Named)
}

#[test]
fn every_key_with_a_probe_moves_some_output() {
    let base = quickstart(Path::new("."));
    let probed: Vec<&KeyRow> =
        scenario::keys().iter().filter(|row| !row.probe.is_empty() && !is_of_load(row)).collect();
    let still: Vec<String> = probed
        .par_iter()
        .filter_map(|row| base.stands_still(&company(row), &[(row.set_path(), row.probe.to_owned())]))
        .collect();
    assert!(still.is_empty(), "{}", still.join("\n"));
}

/// The rest: tables, replays, references, distributions and places. Key, company, probe.
fn rest() -> Vec<(&'static str, &'static str, &'static str)> {
    let zones = "zones={list: [{name: A, at: {city: Shanghai}}, {name: B, at: {city: Beijing}}]}";
    let law = "floor.pick-per-order";
    let mut rows = vec![
        ("zones.file", "zones={file: zones-1.csv}", "zones={file: zones-2.csv}"),
        ("catalog.file", "catalog={file: catalog-1.csv}", "catalog={file: catalog-2.csv}"),
        ("stock.file", "stock.file=stock-1.csv", "stock.file=stock-2.csv"),
        (
            "stock.receipts-file",
            "stock.cover=0.3; stock.receipts-file=receipts-1.csv",
            "stock.receipts-file=receipts-2.csv",
        ),
        ("shifts.file", "shifts={file: shifts-1.csv}; nodes.*.shifts=plan", "shifts={file: shifts-2.csv}"),
        ("nodes.file", "nodes={file: nodes-1.csv}", "nodes={file: nodes-2.csv}"),
        ("network.lanes-file", "network.lanes-file=lanes-1.csv", "network.lanes-file=lanes-2.csv"),
        (
            "payment.methods[].fallback",
            "payment.methods=[{name: card, share: 1%}, {name: wallet, share: 99%, success: 40%}]",
            "payment.methods.1.fallback=card",
        ),
        (
            "review.rules[].payment",
            "review.rules=[{name: some, verdict: reject}]",
            "review.rules.0.payment=cash",
        ),
        (
            "promotions.coupons[].group",
            "promotions.coupons=[{name: a, off: 3, budget: 900}, {name: b, off: 4, budget: 900, group: x}]",
            "promotions.coupons.0.group=x",
        ),
        ("nodes[].name", "", "nodes.0.name=Renamed"),
        ("nodes[].kind", "nodes.0.sorters=3", "nodes.0.kind=hub"),
        ("carriers[].name", "delivery.*.carriers=[]", "carriers.0.name=Renamed"),
        ("network.lane-rules[].from", "", "network.lane-rules.0.from=[Shanghai, Beijing]"),
        ("network.lane-rules[].to", "", "network.lane-rules.0.to=[Wuhan hub]"),
        (
            "network.lane-rules[].carriers",
            "delivery.*.carriers=[]",
            "network.lane-rules.0.carriers=[SwiftPost]",
        ),
        (
            "network.generate.carriers",
            "delivery.*.carriers=[]; network.generate={hubs: 3, centers: 2}",
            "network.generate.carriers=[SwiftPost]",
        ),
        ("delivery[].carriers", "", "delivery.standard.carriers=[SwiftPost]"),
        ("<place>.city", zones, "zones.list.0.at={city: Wuhan}"),
        (
            "<place>.country",
            "zones={list: [{name: A, at: {city: Berlin, country: de}}]}",
            "zones={list: [{name: A, at: {city: Berlin, country: us}}]}",
        ),
        (
            "<place>.lat",
            "zones={list: [{name: A, at: {lat: 30, lon: 110}}]}",
            "zones.list.0.at={lat: 40, lon: 110}",
        ),
        (
            "<place>.lon",
            "zones={list: [{name: A, at: {lat: 30, lon: 110}}]}",
            "zones.list.0.at={lat: 30, lon: 120}",
        ),
    ];
    let laws = [
        ("<law>.constant", "{constant: 50 s}", "{constant: 60 s}"),
        ("<law>.uniform.from", "{uniform: {from: 1 m, to: 3 m}}", "{uniform: {from: 2 m, to: 3 m}}"),
        ("<law>.uniform.to", "{uniform: {from: 1 m, to: 3 m}}", "{uniform: {from: 1 m, to: 4 m}}"),
        ("<law>.exponential.mean", "{exponential: {mean: 2 m}}", "{exponential: {mean: 1 m}}"),
        ("<law>.erlang.mean", "{erlang: {mean: 2 m, phases: 3}}", "{erlang: {mean: 1 m, phases: 3}}"),
        ("<law>.erlang.phases", "{erlang: {mean: 2 m, phases: 3}}", "{erlang: {mean: 2 m, phases: 9}}"),
        ("<law>.gamma.mean", "{gamma: {mean: 2 m, cv: 0.5}}", "{gamma: {mean: 3 m, cv: 0.5}}"),
        ("<law>.gamma.cv", "{gamma: {mean: 2 m, cv: 0.5}}", "{gamma: {mean: 2 m, cv: 1.5}}"),
        (
            "<law>.lognormal.median",
            "{lognormal: {median: 2 m, sigma: 0.5}}",
            "{lognormal: {median: 1 m, sigma: 0.5}}",
        ),
        (
            "<law>.lognormal.sigma",
            "{lognormal: {median: 2 m, sigma: 0.5}}",
            "{lognormal: {median: 2 m, sigma: 0.7}}",
        ),
        ("<law>.lognormal.mean", "{lognormal: {mean: 2 m, cv: 0.5}}", "{lognormal: {mean: 1 m, cv: 0.5}}"),
        ("<law>.lognormal.cv", "{lognormal: {mean: 2 m, cv: 0.5}}", "{lognormal: {mean: 2 m, cv: 1}}"),
        (
            "<law>.triangular.low",
            "{triangular: {low: 1 m, mode: 2 m, high: 6 m}}",
            "{triangular: {low: 2 m, mode: 2 m, high: 6 m}}",
        ),
        (
            "<law>.triangular.mode",
            "{triangular: {low: 1 m, mode: 2 m, high: 6 m}}",
            "{triangular: {low: 1 m, mode: 4 m, high: 6 m}}",
        ),
        (
            "<law>.triangular.high",
            "{triangular: {low: 1 m, mode: 2 m, high: 6 m}}",
            "{triangular: {low: 1 m, mode: 2 m, high: 9 m}}",
        ),
        ("<law>.weibull.scale", "{weibull: {scale: 2 m, shape: 1.5}}", "{weibull: {scale: 1 m, shape: 1.5}}"),
        ("<law>.weibull.shape", "{weibull: {scale: 2 m, shape: 1.5}}", "{weibull: {scale: 2 m, shape: 3}}"),
        (
            "<law>.empirical[].p",
            "{empirical: [{p: 0, time: 1 m}, {p: 0.9, time: 3 m}, {p: 1, time: 9 m}]}",
            "{empirical: [{p: 0, time: 1 m}, {p: 0.5, time: 3 m}, {p: 1, time: 9 m}]}",
        ),
        (
            "<law>.empirical[].time",
            "{empirical: [{p: 0, time: 1 m}, {p: 1, time: 9 m}]}",
            "{empirical: [{p: 0, time: 1 m}, {p: 1, time: 5 m}]}",
        ),
    ];
    let written = |value: &str| -> &'static str { format!("{law}={value}").leak() };
    rows.extend(laws.map(|(path, before, after)| (path, written(before), written(after))));
    rows
}

fn listed(text: &str) -> Pairs {
    let pairs = text.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.map(|(path, value)| (path.to_owned(), value.to_owned())).collect()
}

/// Two versions of each table beside the scenario.
fn tables(folder: &Path) {
    let cities = [("Shanghai", 31.2, 121.5), ("Beijing", 39.9, 116.4), ("Wuhan", 30.6, 114.3)];
    for version in [1, 2] {
        let put = |name: &str, header: &str, rows: String| {
            fs::write(folder.join(format!("{name}-{version}.csv")), format!("{header}\n{rows}")).unwrap();
        };
        let zone = |(index, (name, lat, lon)): (usize, &(&str, f64, f64))| {
            format!("{name},{lat},{lon},{}\n", 1 + index * version)
        };
        put("zones", "name,lat,lon,weight", cities.iter().enumerate().map(zone).collect());
        let sku = |index: usize| format!("S{index},{},200,400,standard,1\n", 10 * version + index);
        put("catalog", "sku,price,weight_g,volume_ml,class,popularity", (0..40).map(sku).collect());
        let shelf = |index: usize| format!("SKU-{index:06},Shanghai,{}\n", 100 * version);
        put("stock", "sku,node,quantity", (1..=40).map(shelf).collect());
        put("receipts", "at,node,sku,quantity", format!("5 h,Shanghai,SKU-000001,{version}0\n"));
        put("shifts", "name,days,from,to,share", format!("plan,all,0{version}:00,22:00,100%\n"));
        let hub = "Hangzhou hub,hub,Hangzhou,1\n".to_owned();
        let node = |name: &str| format!("{name},fulfillment-center,{name},{version}\n");
        put("nodes", "name,kind,city,packers", node("Shanghai") + &node("Beijing") + &hub);
        put(
            "lanes",
            "from,to,departures,capacity,cost_per_departure",
            format!("Shanghai,Hangzhou hub,every {version} h,50,10\n"),
        );
        fs::write(
            folder.join(format!("base-{version}.yaml")),
            QUICKSTART.replace("orders: 200000", &format!("orders: {}00", 2 + version)),
        )
        .unwrap();
    }
}

#[test]
fn tables_references_laws_and_places_move_some_output() {
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    let base = quickstart(folder.path());
    let still: Vec<String> = rest()
        .par_iter()
        .filter_map(|(_, company, probe)| base.stands_still(&listed(company), &listed(probe)))
        .collect();
    assert!(still.is_empty(), "{}", still.join("\n"));
}

#[test]
fn the_file_that_is_extended_moves_some_output() {
    let folder = tempfile::tempdir().unwrap();
    tables(folder.path());
    let small = "run: {replications: {min: 1, max: 1}}\n";
    let with = |version| {
        let text = format!("extends: base-{version}.yaml\n{small}");
        tell("child.yaml", &text, folder.path(), &[])
    };
    assert!(matches!(with(1), Told::Said(_)));
    assert!(with(1) != with(2));
}

const REPLAY: &str = "
name: history
start: 2026-03-02T00:00
run: {horizon: 10 d, replications: {min: 1, max: 1}, log-one-in: 1}
replay:
  file: orders-1.csv
  columns: {time: placed, order: number, customer: who, sku: what, quantity: many, price: each, place: zone, cancelled: status}
  time-format: \"%Y-%m-%d %H:%M\"
  cancelled-values: [void]
zones: {list: [{name: North, at: {city: Berlin}}, {name: South, at: {city: Munich}}]}
catalog: {from-replay: {}}
customers: {count: 50}
nodes:
  - {name: Center, at: {city: Leipzig}, pickers: 2, packers: 2}
  - {name: Hub, kind: hub, at: {city: Leipzig}, sorters: 1}
carriers: [{name: post}]
delivery: [{name: standard}]
payment: {methods: [{name: card}]}
";

/// A history in which every column has a twin with other content.
fn history(folder: &Path) {
    for version in [1_u64, 2] {
        let mut text = String::from(
            "number,number2,placed,placed2,day,who,who2,what,what2,many,many2,each,each2,worth,zone,zone2,status,status2\n",
        );
        for row in 0..120_u64 {
            let (order, day, minute) = (row / 2, 2 + row / 40, row % 40 + 10);
            let place = |odd: bool| if odd { "North" } else { "South" };
            let status = |on: bool| if on { "void" } else { "" };
            text += &format!(
                "{order},{row},2026-03-{day:02} 1{version}:{minute},2026-03-{day:02} 15:{minute},2026-03-{day:02},\
                 c{},c{},s{},s{},{},{},{}.50,{}.25,{},{},{},{},{}\n",
                order % 9,
                order % 5,
                row % 7,
                row % 3,
                1 + row % 2,
                1 + row % 3,
                5 + row % 4,
                9 + row % 6,
                20 + row,
                place(order % 2 == 0),
                place(order % 3 == 0),
                status(row % 10 == 0),
                status(row % 6 == 0),
            );
        }
        // One line that cannot be read.
        text += "x,x,yesterday,never,soon,c,c,s,s,1,1,1,1,1,North,North,,\n";
        fs::write(folder.join(format!("orders-{version}.csv")), text).unwrap();
    }
}

const REPLAY_KEYS: &[(&str, &str, &str)] = &[
    ("replay.file", "", "replay.file=orders-2.csv"),
    ("replay.source", "", "replay.source=an old shop"),
    ("replay.columns.order", "", "replay.columns.order=number2"),
    ("replay.columns.time", "", "replay.columns.time=placed2"),
    ("replay.columns.customer", "floor.merge-window=3 h", "replay.columns.customer=who2"),
    ("replay.columns.sku", "", "replay.columns.sku=what2"),
    ("replay.columns.quantity", "", "replay.columns.quantity=many2"),
    ("replay.columns.price", "", "replay.columns.price=each2"),
    (
        "replay.columns.value",
        "replay.columns.price=~; replay.columns.value=worth",
        "replay.columns.value=many2",
    ),
    ("replay.columns.place", "", "replay.columns.place=zone2"),
    ("replay.columns.cancelled", "", "replay.columns.cancelled=status2"),
    (
        "replay.time-format",
        "replay.columns.time=day; replay.time-format='%Y-%m-%d'",
        "replay.time-format='%Y-%d-%m'",
    ),
    ("replay.shape", "replay.columns.time=day; replay.time-format='%Y-%m-%d'", "replay.shape=flat"),
    ("replay.speed", "", "replay.speed=4"),
    ("replay.cancelled-values", "", "replay.cancelled-values=[none]"),
    ("replay.max-rejects", "", "replay.max-rejects=0"),
    ("catalog.from-replay.weight", "", "catalog.from-replay.weight=3 kg"),
    ("catalog.from-replay.volume", "", "catalog.from-replay.volume=30 l"),
];

#[test]
fn every_key_of_a_replay_moves_some_output() {
    let folder = tempfile::tempdir().unwrap();
    history(folder.path());
    let base = Base {
        name: "history.yaml",
        text: REPLAY,
        folder: folder.path(),
        pairs: Vec::new(),
        told: Mutex::default(),
    };
    let still: Vec<String> = REPLAY_KEYS
        .iter()
        .filter_map(|(_, company, probe)| base.stands_still(&listed(company), &listed(probe)))
        .collect();
    assert!(still.is_empty(), "{}", still.join("\n"));
}

/// Every row of the key table is walked above, or holds rows that are.
#[test]
fn no_key_is_left_out() {
    let mut walked: BTreeSet<&str> =
        scenario::keys().iter().filter(|row| !row.probe.is_empty()).map(|row| row.path).collect();
    let rest = rest();
    walked.extend(rest.iter().map(|row| row.0));
    walked.extend(REPLAY_KEYS.iter().map(|row| row.0));
    walked.extend(["extends", "load.arrivals.closed"]);
    let known: BTreeMap<&str, &KeyRow> = scenario::keys().iter().map(|row| (row.path, row)).collect();
    let strangers: Vec<_> = walked.iter().filter(|path| !known.contains_key(*path)).collect();
    assert!(strangers.is_empty(), "no such keys: {strangers:?}");
    let holds = |row: &KeyRow| {
        let below =
            |path: &&str| path.strip_prefix(row.path).is_some_and(|rest| rest.starts_with(['.', '[']));
        is_structure(row) && walked.iter().any(below)
    };
    let left: Vec<&str> =
        known.values().filter(|row| !walked.contains(row.path) && !holds(row)).map(|row| row.path).collect();
    assert!(left.is_empty(), "nobody looks whether these move anything: {left:?}");
}
