//! How many transitions a second does the ledger take, and how many does it verify? What does a run pay for it?
//!
//! Beside SHA-256 alone in the same run, over what the ledger hashes (each record in its chain and as a leaf, and the
//! nodes above it) and over the bytes of the file once: no ledger of this format is faster than the first. CPU time, so
//! that a shared machine counts as a quiet one, but for what waits for the disk.

use std::hint::black_box;
use std::num::NonZeroU32;
use std::path::Path;

use cpu_time::ProcessTime;
use criterion::{Bencher, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ordermill::domain::{Command, Refusal, Transition};
use ordermill::journal::ledger::{Line, merkle, read, sha256};
use ordermill::journal::{Ledger, LedgerFile, Sink, SyncPolicy};
use ordermill::kernel::time::Moment;
use ordermill::model::Model;
use ordermill::scenario;
use ordermill::sim::{Options, simulate, simulate_onto};

const BATCH: NonZeroU32 = NonZeroU32::new(256).unwrap();
const ORDERS: u64 = 5_000;

fn model() -> Model {
    let overrides = [("arrivals.profile.orders".to_owned(), ORDERS.to_string())];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.yaml");
    let scenario = scenario::read(&path, &overrides).unwrap_or_else(|found| panic!("{found}"));
    Model::build(&scenario).unwrap_or_else(|found| panic!("{found}"))
}

#[derive(Default)]
struct All(Vec<Transition>);

impl Sink for All {
    fn saw(&mut self, _at: Moment, _command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        self.0.extend(outcome.ok().cloned());
    }
}

fn keep(file: &LedgerFile, all: &[Transition]) {
    let mut ledger = Ledger::create(file, &[]).unwrap();
    all.iter().for_each(|transition| ledger.append(transition).unwrap());
    ledger.finish().unwrap();
}

/// The hashes of a ledger without its text.
fn hash(records: &[Vec<u8>]) -> [u8; 32] {
    let (mut last, mut open) = ([0; 32], merkle::Peaks::default());
    for record in records {
        last = sha256(&[&last, record]);
        open.push(merkle::leaf(record));
        if open.len() == u64::from(BATCH.get()) {
            last[0] ^= open.root()[0];
            open.clear();
        }
    }
    last
}

fn cpu<T>(bencher: &mut Bencher<'_>, mut round: impl FnMut() -> T) {
    bencher.iter_custom(|rounds| {
        let start = ProcessTime::now();
        (0..rounds).for_each(|_| {
            black_box(round());
        });
        start.elapsed()
    });
}

fn records(criterion: &mut Criterion) {
    let (model, mut all) = (model(), All::default());
    simulate_onto(&model, &Options::default(), Some(&mut all)).unwrap_or_else(|error| panic!("{error:?}"));
    let folder = tempfile::tempdir().unwrap();
    let file = |sync| LedgerFile { path: folder.path().join("ledger.jsonl"), batch: BATCH, sync };
    keep(&file(SyncPolicy::End), &all.0);
    let bytes = std::fs::read(folder.path().join("ledger.jsonl")).unwrap();
    let mut texts = Vec::new();
    let sum = read(&bytes[..], |line| {
        if let Line::Record { text, .. } = line {
            texts.push(text.to_vec());
        }
    })
    .unwrap_or_else(|broken| panic!("{broken:?}"));
    let mut group = criterion.benchmark_group("ledger records");
    group.throughput(Throughput::Elements(sum.records)).sample_size(20);
    group.bench_function("append", |b| cpu(b, || keep(&file(SyncPolicy::End), &all.0)));
    group.bench_function("verify", |b| cpu(b, || read(&bytes[..], |_| ()).unwrap().root));
    group.bench_function("SHA-256 alone, what is hashed", |b| cpu(b, || hash(&texts)));
    group.bench_function("SHA-256 alone, the file once", |b| cpu(b, || sha256(&[&bytes])));
    for (sync, name) in SyncPolicy::ALL {
        let file = file(sync);
        group.bench_function(BenchmarkId::new("append, wall, sync at", name), |b| {
            b.iter(|| keep(&file, &all.0));
        });
    }
    group.finish();
}

fn runs(criterion: &mut Criterion) {
    let model = model();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let mut group = criterion.benchmark_group("orders of a run");
    group.throughput(Throughput::Elements(ORDERS)).sample_size(20);
    for (name, kept) in [("without a ledger", false), ("with a ledger", true)] {
        let ledger = kept.then(|| LedgerFile { path: path.clone(), batch: BATCH, sync: SyncPolicy::End });
        let options = Options { ledger, ..Options::default() };
        group.bench_function(name, |b| cpu(b, || simulate(&model, &options).expect("the laws hold").digest));
    }
    group.finish();
}

criterion_group!(benches, records, runs);
criterion_main!(benches);
