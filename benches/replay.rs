//! How many CSV lines a second does a replay survey and enter on one core, and what does a drawn order cost?
//!
//! The baseline cuts the same file into cells with `csv::ByteRecord` and looks at none of them.

use std::fmt::Write;
use std::fs::File;
use std::path::{Path, PathBuf};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ordermill::demand::{DemandTables, OrderDraft};
use ordermill::domain::OrderId;
use ordermill::kernel::draw::{Draw, Purpose};
use ordermill::kernel::time::Span;
use ordermill::scenario::spec::{CatalogSource, Replay, ReplayColumns};
use ordermill::scenario::{self, Scenario};

const LINES: u64 = 200_000;
const PART: Purpose = Purpose::named("bench-file");

/// Invoice lines as a shop exports them, some 60 bytes each: about four lines an order, 5,000 SKUs, 40,000 customers.
fn invoices(folder: &Path, time_format: &str) -> PathBuf {
    let draw = Draw::new(1, 0);
    let mut text = String::from("invoice,cancelled,ts,sku,qty,unit_price,customer,place\n");
    let mut invoice = 536_365;
    for line in 0..LINES {
        let below = |attempt: u32, n: u32| draw.below(PART, line, attempt, n);
        invoice += u64::from(below(0, 4) == 0);
        let minute = (invoice - 536_365) / 2;
        let day = minute / 1_440;
        let time = match time_format {
            "%Y%m%d" => format!("2025{:02}{:02}", day / 28 + 1, day % 28 + 1),
            _ => {
                let (hour, minute) = (minute / 60 % 24, minute % 60);
                format!("2025-{:02}-{:02}T{hour:02}:{minute:02}", day / 28 + 1, day % 28 + 1)
            }
        };
        let (sku, quantity, cents) = (below(1, 5_000), below(2, 6) + 1, below(3, 5_000) + 99);
        let customer = draw.below(PART, invoice, 9, 40_000) + 10_000;
        let price = format!("{}.{:02}", cents / 100, cents % 100);
        writeln!(text, "{invoice},0,{time},{sku:05}A,{quantity},{price},{customer},Hangzhou").unwrap();
    }
    let file = folder.join(format!("{}.csv", time_format.len()));
    std::fs::write(&file, text).unwrap();
    file
}

fn replaying(file: PathBuf, time_format: &str) -> Scenario {
    let mut scenario = quickstart();
    scenario.arrivals = None;
    scenario.catalog = CatalogSource::FromReplay { weight_g: 100, volume_ml: 200 };
    scenario.run.horizon = Span::from_hours(24 * 365);
    let name = |name: &str| Some(name.to_string());
    scenario.replay = Some(Replay {
        file,
        source: String::new(),
        columns: ReplayColumns {
            order: name("invoice"),
            time: "ts".into(),
            customer: name("customer"),
            sku: name("sku"),
            quantity: name("qty"),
            price: name("unit_price"),
            value: None,
            place: name("place"),
            cancelled: name("cancelled"),
        },
        time_format: time_format.into(),
        hours: vec![1.0; 24],
        speed: 1.0,
        cancelled_values: vec!["1".into()],
        max_rejects: 0,
    });
    scenario
}

fn quickstart() -> Scenario {
    scenario::read(Path::new("scenarios/quickstart.yaml"), &[]).unwrap_or_else(|found| panic!("{found}"))
}

fn enter(tables: &DemandTables, draft: &mut OrderDraft) -> u64 {
    let mut arrivals = tables.arrivals(Draw::new(1, 0)).unwrap();
    let mut units = 0;
    while let Some(_arrival) = arrivals.next() {
        arrivals.content(tables, draft);
        units += draft.units();
    }
    units
}

fn cut_by_csv(file: &Path) -> u64 {
    let mut reader =
        csv::ReaderBuilder::new().buffer_capacity(256 << 10).from_reader(File::open(file).unwrap());
    let mut record = csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        rows += 1;
    }
    rows
}

fn replay(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let mut group = c.benchmark_group("replay, CSV lines");
    group.throughput(Throughput::Elements(LINES)).sample_size(10);
    let mut draft = OrderDraft::default();
    for (name, format) in [("minutes", "%Y-%m-%dT%H:%M"), ("days", "%Y%m%d")] {
        let file = invoices(folder.path(), format);
        let scenario = replaying(file.clone(), format);
        let tables = DemandTables::build(&scenario).unwrap();
        assert_eq!(tables.replay_facts().unwrap().rows, LINES);
        group.bench_function(BenchmarkId::new("survey", name), |b| b.iter(|| DemandTables::build(&scenario)));
        group.bench_function(BenchmarkId::new("enter", name), |b| b.iter(|| enter(&tables, &mut draft)));
        group.bench_function(BenchmarkId::new("baseline: csv::ByteRecord cuts", name), |b| {
            b.iter(|| cut_by_csv(&file))
        });
    }
    group.finish();
}

/// A file in order of customers: an index of 16 bytes an order, and a seek for each.
fn scattered(c: &mut Criterion) {
    let cdnow = scenario::read(Path::new("scenarios/cdnow-replay.yaml"), &[])
        .unwrap_or_else(|found| panic!("{found}"));
    let tables = DemandTables::build(&cdnow).unwrap();
    let mut group = c.benchmark_group("replay, CSV lines of CDNOW");
    group.throughput(Throughput::Elements(tables.replay_facts().unwrap().rows)).sample_size(10);
    let mut draft = OrderDraft::default();
    group.bench_function("survey", |b| b.iter(|| DemandTables::build(&cdnow)));
    group.bench_function("enter", |b| b.iter(|| enter(&tables, &mut draft)));
    group.finish();
}

fn drawn(c: &mut Criterion) {
    let tables = DemandTables::build(&quickstart()).unwrap();
    let mut group = c.benchmark_group("drawn orders");
    group.throughput(Throughput::Elements(1_000));
    let (mut draft, mut id) = (OrderDraft::default(), 0);
    group.bench_function("draw_order", |b| {
        b.iter(|| {
            for _ in 0..1_000 {
                id += 1;
                tables.draw_order(&Draw::new(1, 0), OrderId(id), &mut draft);
            }
            draft.goods
        });
    });
    group.finish();
}

criterion_group!(benches, replay, scattered, drawn);
criterion_main!(benches);
