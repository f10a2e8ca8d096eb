//! From what the run kept of sampled orders to the process-mining log: handles become dense numbers.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

use super::ocel::{FulfillmentFacts, Log, LogEntry, LogSubject, OrderFacts, ParcelFacts, ScanEntry};
use crate::domain::{Handle, Subject};
use crate::experiment::Study;
use crate::metrics::{Phase, Times};
use crate::model::Model;

/// The sampled orders of replication 0; `None` when the scenario logs none.
pub fn event_log(model: &Model, study: &Study) -> Option<Log> {
    let log = &study.outcomes[0].log;
    if model.log_one_in == 0 {
        return None;
    }
    let fulfillments = numbers(log.fulfillments.iter().map(|row| row.handle));
    let parcels = numbers(log.parcels.iter().map(|row| row.handle));
    let node_of = |subject: Subject| match subject {
        Subject::Fulfillment(handle) => {
            log.fulfillments.iter().find(|row| row.handle == handle).map(|row| row.node.0)
        }
        _ => None,
    };
    let carrier_of = |subject: Subject| match subject {
        Subject::Parcel(handle) => log.parcels.iter().find(|row| row.handle == handle).map(|row| row.carrier),
        _ => None,
    };
    let subject = |subject: Subject| match subject {
        Subject::Fulfillment(handle) => {
            fulfillments.get(&handle).map(|&number| LogSubject::FulfillmentOrder(number))
        }
        Subject::Parcel(handle) => parcels.get(&handle).map(|&number| LogSubject::Parcel(number)),
        Subject::Order(_) | Subject::Stock | Subject::Customer(_) | Subject::Cart(_) => {
            Some(LogSubject::Order)
        }
    };
    let entry = |row: &crate::metrics::LogRow| LogEntry {
        at: row.at,
        step: row.step,
        order: row.order,
        // A parcel that another, unsampled order leads is told as a step of the order itself.
        subject: subject(row.subject).unwrap_or(LogSubject::Order),
        to: Some(row.to),
        node: node_of(row.subject),
        carrier: carrier_of(row.subject),
    };
    Some(Log {
        nodes: model.nodes.iter().map(|node| node.name.clone()).collect(),
        carriers: model.carrier_names.clone(),
        entries: log.rows.iter().map(entry).collect(),
        orders: log
            .orders
            .iter()
            .map(|row| OrderFacts {
                order: row.order,
                zone: model.zones[usize::from(row.zone)].name.clone(),
                delivery: model.methods[usize::from(row.method)].name.clone(),
                payment: model.payment[usize::from(row.payment)].name.clone(),
                amount: row.amount,
                lines_count: row.lines,
                units_count: row.units,
            })
            .collect(),
        fulfillments: log
            .fulfillments
            .iter()
            .map(|row| FulfillmentFacts {
                number: fulfillments[&row.handle],
                order: row.order,
                node: row.node.0,
            })
            .collect(),
        scans: log
            .scans
            .iter()
            .filter_map(|row| {
                let parcel = *parcels.get(&row.parcel)?;
                Some(ScanEntry {
                    at: row.at,
                    scan: row.scan.name(),
                    order: row.order,
                    parcel,
                    node: row.node,
                })
            })
            .collect(),
        parcels: log
            .parcels
            .iter()
            .map(|row| ParcelFacts {
                number: parcels[&row.handle],
                fulfillments: fulfillments.get(&row.fulfillment).copied().into_iter().collect(),
                carrier: row.carrier,
                weight_g: row.weight_g,
            })
            .collect(),
    })
}

fn numbers(handles: impl Iterator<Item = Handle>) -> BTreeMap<Handle, u64> {
    handles.enumerate().map(|(number, handle)| (handle, number as u64)).collect()
}

/// Recorded microseconds by name, over all replications: lead time, ship time, and each phase.
pub fn latency(study: &Study) -> Vec<(String, Histogram<u64>)> {
    let mut named: Vec<(String, Vec<&Times>)> = vec![
        ("lead-time".to_owned(), study.outcomes.iter().map(|outcome| &outcome.metrics.lead).collect()),
        ("ship-time".to_owned(), study.outcomes.iter().map(|outcome| &outcome.metrics.ship).collect()),
    ];
    named.extend(Phase::ALL.iter().map(|&phase| {
        (
            phase.name().to_owned(),
            study.outcomes.iter().map(|outcome| outcome.metrics.phases.times(phase)).collect(),
        )
    }));
    named.into_iter().map(|(name, times)| (name, in_micros(&times))).collect()
}

/// Runs keep milliseconds; the files speak microseconds.
fn in_micros(times: &[&Times]) -> Histogram<u64> {
    let mut all = Histogram::new(3).expect("three significant digits are legal");
    all.auto(true);
    for step in times.iter().flat_map(|times| times.histogram().iter_recorded()) {
        let count = step.count_at_value();
        all.record_n(step.value_iterated_to() * 1_000, count.into()).expect("the histogram grows");
    }
    all
}
