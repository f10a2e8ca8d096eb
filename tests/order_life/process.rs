//! Process discovery: the ways that orders went, held against a log of three orders and against the log of a run.

use std::collections::BTreeMap;

use ordermill::domain::{OrderId, Step};
use ordermill::kernel::time::Moment;
use ordermill::report::document::ArcRow;
use ordermill::report::variants::Discovery;

use super::play;

#[test]
fn orders_that_went_the_same_way_are_one_variant() {
    use Step::*;
    let orders: [(u64, &[(u64, Step)]); 3] = [
        (7, &[(0, Submitted), (10, Paid), (40, Packed)]),
        (8, &[(1, Submitted), (31, Paid), (41, Packed)]),
        (9, &[(2, Submitted), (3, Paid), (4, Packed), (9, Packed), (20, Packed)]),
    ];
    let row = |order: u64, at: u64, step: Step| (Moment(at * 1_000_000), step, OrderId(order));
    let rows =
        orders.iter().flat_map(|&(order, steps)| steps.iter().map(move |&(at, step)| row(order, at, step)));
    let facts = Discovery::of(rows).expect("a log").facts();
    assert_eq!((facts.orders_count, facts.variants_count), (3, 2));
    let first = &facts.variants[0];
    assert_eq!((first.steps.join(" > "), first.count), ("Submitted > Paid > Packed".to_owned(), 2));
    assert_eq!((first.share, first.time_s_mean), (2.0 / 3.0, 40.0));
    let told = |arc: &ArcRow| format!("{} > {} {} {}", arc.from, arc.to, arc.count, arc.time_s_total);
    let arcs: Vec<_> = facts.arcs.iter().map(told).collect();
    assert_eq!(arcs, ["Submitted > Paid 3 41", "Paid > Packed 3 41", "Packed > Packed 2 16"]);
    let rework: Vec<_> =
        facts.rework.iter().map(|row| (row.step.as_str(), row.orders_count, row.repeats_count)).collect();
    assert_eq!(rework, [("Packed", 1, 2)]);
    assert!(Discovery::of(std::iter::empty()).is_none());
}

/// Every sampled order is in one variant, every step but its first in one arc, and waits add up to the lives of orders.
#[test]
fn variants_and_arcs_of_a_run_add_up_to_its_log() {
    let run = play("smoke", &[("run.log-one-in", "3"), ("stock.cover", "0.8")], 1);
    let log = &run.study.outcomes[0].log;
    let process = run.document.process.as_ref().expect("orders were logged");
    let mut lives: BTreeMap<OrderId, (Moment, Moment)> = BTreeMap::new();
    for row in &log.rows {
        lives.entry(row.order).or_insert((row.at, row.at)).1 = row.at;
    }
    assert_eq!(process.orders_count, lives.len() as u64);
    let arcs: u64 = process.arcs.iter().map(|arc| arc.count).sum();
    assert_eq!(arcs, log.rows.len() as u64 - process.orders_count);
    let spent: f64 = process.arcs.iter().map(|arc| arc.time_s_total).sum();
    let lived: u64 = lives.values().map(|(first, last)| last.since(*first).0).sum();
    assert!((spent - lived as f64 / 1e6).abs() < 1e-3, "{spent} s of {lived} us");
    let all = Discovery::of(log.rows.iter().map(|row| (row.at, row.step, row.order))).expect("orders");
    let [variants, arcs] = all.tables();
    let rows = |csv: &[u8]| csv::Reader::from_reader(csv).records().map(Result::unwrap).collect::<Vec<_>>();
    let counts = rows(&variants.csv).iter().map(|row| row[1].parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!((counts, rows(&arcs.csv).len()), (process.orders_count, process.arcs.len()));
}
