//! Process discovery: which ways orders really went, by the event log of the sampled orders.
//!
//! A *variant* is the sequence of steps of an order; orders of one variant went the same way. An *arc* says how often
//! one step followed another directly, and how long orders were between them: the directly-follows graph. *Rework* is a
//! step that happens to an order more than once, such as a parcel that is packed again.
//!
//! # Promises
//! - Every sampled order is in one variant: counts add up to the orders of the log.
//! - Variants and arcs are those of any process-mining tool that flattens `ocel.json` by `Order`
//!   (`tests/outside/ocel_pm4py.py` compares them with pm4py's).

use std::collections::BTreeMap;

use super::document::{ArcRow, ProcessFacts, ReworkRow, VariantRow};
use super::ocel::event_type;
use super::tables::{Table, sheet, text};
use crate::domain::{OrderId, Step};
use crate::kernel::time::{Moment, Span};
use crate::metrics::EventLog;

/// Variants told in `result.json`; the table has them all.
const TOLD: usize = 20;

/// What the log of a run shows.
#[derive(Debug, Default)]
pub struct Discovery {
    orders: u64,
    /// The most frequent first; among equals in the order of their steps.
    variants: Vec<(Vec<Step>, Variant)>,
    arcs: BTreeMap<(Step, Step), Arc>,
    /// By step: orders to which it happened more than once, and how often beyond the first.
    rework: BTreeMap<Step, (u64, u64)>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Variant {
    count: u64,
    /// From the first step to the last.
    took: u128,
}

#[derive(Debug, Default, Clone, Copy)]
struct Arc {
    count: u64,
    took: u128,
}

impl Discovery {
    /// `None` when nothing was logged.
    pub fn of(rows: impl Iterator<Item = (Moment, Step, OrderId)>) -> Option<Discovery> {
        let mut orders: BTreeMap<OrderId, Vec<(Moment, Step)>> = BTreeMap::new();
        rows.for_each(|(at, step, order)| orders.entry(order).or_default().push((at, step)));
        let mut variants: BTreeMap<Vec<Step>, Variant> = BTreeMap::new();
        let mut found = Discovery { orders: orders.len() as u64, ..Discovery::default() };
        for steps in orders.values() {
            let took = steps[steps.len() - 1].0.since(steps[0].0);
            let variant = variants.entry(steps.iter().map(|step| step.1).collect()).or_default();
            variant.count += 1;
            variant.took += u128::from(took.0);
            found.walk(steps);
        }
        found.variants = variants.into_iter().collect();
        // Stable: equal counts stay in the order of their steps.
        found.variants.sort_by_key(|(_, variant)| std::cmp::Reverse(variant.count));
        (0 < found.orders).then_some(found)
    }

    fn walk(&mut self, steps: &[(Moment, Step)]) {
        for pair in steps.windows(2) {
            let arc = self.arcs.entry((pair[0].1, pair[1].1)).or_default();
            arc.count += 1;
            arc.took += u128::from(pair[1].0.since(pair[0].0).0);
        }
        let mut times: BTreeMap<Step, u64> = BTreeMap::new();
        steps.iter().for_each(|step| *times.entry(step.1).or_default() += 1);
        for (step, times) in times.into_iter().filter(|&(_, times)| 1 < times) {
            let seen = self.rework.entry(step).or_default();
            seen.0 += 1;
            seen.1 += times - 1;
        }
    }

    /// The arcs, those in which orders were longest first, all of them together.
    fn arcs(&self) -> Vec<ArcRow> {
        let row = |(&(from, to), arc): (&(Step, Step), &Arc)| ArcRow {
            from: event_type(from),
            to: event_type(to),
            count: arc.count,
            time_s_mean: seconds(arc.took) / arc.count as f64,
            time_s_total: seconds(arc.took),
        };
        let mut rows: Vec<ArcRow> = self.arcs.iter().map(row).collect();
        rows.sort_by(|a, b| b.time_s_total.total_cmp(&a.time_s_total));
        rows
    }

    fn variants(&self) -> impl Iterator<Item = VariantRow> + '_ {
        self.variants.iter().map(|(steps, variant)| VariantRow {
            steps: steps.iter().map(|&step| event_type(step)).collect(),
            count: variant.count,
            share: variant.count as f64 / self.orders as f64,
            time_s_mean: seconds(variant.took) / variant.count as f64,
        })
    }

    pub fn facts(&self) -> ProcessFacts {
        let rework = self.rework.iter().map(|(&step, &(orders, repeats))| ReworkRow {
            step: event_type(step),
            orders_count: orders,
            repeats_count: repeats,
        });
        ProcessFacts {
            orders_count: self.orders,
            variants_count: self.variants.len() as u64,
            variants: self.variants().take(TOLD).collect(),
            arcs: self.arcs(),
            rework: rework.collect(),
        }
    }

    /// `tables/variants.csv` and `tables/arcs.csv`, whole.
    pub fn tables(&self) -> [Table; 2] {
        let variants = self.variants().map(|row| {
            let steps = text(&row.steps.join(" > "));
            [steps, row.count.to_string(), row.share.to_string(), row.time_s_mean.to_string()]
        });
        let arcs = self.arcs().into_iter().map(|row| {
            let times = [row.time_s_mean.to_string(), row.time_s_total.to_string()];
            let [mean, total] = times;
            [text(&row.from), text(&row.to), row.count.to_string(), mean, total]
        });
        [
            sheet("variants", "steps,orders_count,share,time_s_mean", variants),
            sheet("arcs", "from,to,count,time_s_mean,time_s_total", arcs),
        ]
    }
}

/// Of the orders that a run logged.
pub fn process(log: &EventLog) -> Option<ProcessFacts> {
    let rows = log.rows.iter().map(|row| (row.at, row.step, row.order));
    Discovery::of(rows).map(|found| found.facts())
}

fn seconds(us: u128) -> f64 {
    us as f64 / Span::from_secs(1).0 as f64
}
