//! The corpus that fuzzing left, and every input that once broke a reader, read again: on the stable compiler, without
//! a fuzzer. `tests/fuzz/run` fuzzes; `tests/fuzz/README.md` says how and what it found.

mod readers;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Of one input, on a busy machine, in a build that is not optimized.
const LIMIT: Duration = Duration::from_secs(2);

fn inputs(target: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let folders = ["corpus", "broke"].map(|kind| root.join(kind).join(target));
    let files =
        folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(20 <= paths.len(), "{target}: {} inputs", paths.len());
    paths
}

fn replay(target: &str, read: fn(&[u8]) -> bool) {
    for path in inputs(target) {
        let bytes = fs::read(&path).unwrap();
        let started = Instant::now();
        let ended = std::panic::catch_unwind(|| read(&bytes));
        assert!(ended.is_ok(), "{}", path.display());
        assert!(started.elapsed() < LIMIT, "{}: {:?}", path.display(), started.elapsed());
    }
}

#[test]
fn scenarios_of_the_corpus_are_read_to_their_end() {
    replay("scenario", readers::scenario);
}

#[test]
fn tables_of_the_corpus_are_read_to_their_end() {
    replay("table", readers::table);
}

#[test]
fn files_of_orders_of_the_corpus_are_read_to_their_end() {
    replay("orders", readers::orders);
}

/// What is read must be found there, or nothing above says much.
#[test]
fn the_corpus_goes_deep() {
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.yaml")).unwrap();
    assert!(readers::scenario(&[b"0", &bytes[..]].concat()));
    assert!(readers::table(b"4sku,node,quantity\nSKU-000001,Center,5\n"));
    assert!(readers::orders(b"1placed,number,sku,quantity\n2026-03-02 10:00:00,1,SKU-000001,2\n"));
}
