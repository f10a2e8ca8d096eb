//! Replay: a shop's own history as demand, streamed from a CSV file.
//!
//! ```text
//!  file -> Rows -> order::read -> survey (counts; index of 16 bytes an order if not in order of time)
//!                      |
//!                      +-------> Stream -> Arrival, content        once for each replication
//! ```
//!
//! # Promises
//! - No file is loaded whole. Memory is a buffer, the names of customers and SKUs, and for a file that is not in
//!   order of time 16 bytes an order.
//! - Arrivals rise in time. A file that tells days only is spread over the day by the scenario's hourly weights,
//!   one draw an order; the orders of one day are held meanwhile.
//! - A row that cannot be entered is counted by reason and told once, with its line and its text.
//! - Nothing in a file makes a panic.

mod clock;
mod layout;
mod names;
mod number;
mod order;
mod place;
mod reject;
mod rows;
mod stream;
mod survey;
mod time_format;
mod unquote;

use std::io::{self, Write};
use std::sync::Arc;

use crate::kernel::pick::Pick;
use crate::kernel::time::Span;
use crate::scenario::spec::{LocalTime, Replay, Zone};

use super::catalog::SeenSku;
use super::problem::Problem;
pub use reject::Reason;
pub(super) use stream::Stream;
pub(super) use survey::Expected;

use clock::Clock;
use layout::Layout;
use names::Numbers;
use place::Places;
use reject::{Blind, Clerk};
use survey::{Entry, Extent, Skus, Survey};

/// Rows and orders of a replay file by their fate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayFacts {
    /// Rows below the header.
    pub rows: u64,
    pub orders: u64,
    pub units: u64,
    /// Distinct customers that the file names.
    pub customers: u32,
    /// Orders without a customer; theirs is drawn.
    pub guest_orders: u64,
    /// Orders whose place is no zone; theirs is the home of the customer.
    pub unplaced_orders: u64,
    pub cancelled_rows: u64,
    /// Rejected rows by reason; only reasons that were met.
    pub rejected: Vec<(Reason, u64)>,
    /// Whether the file is in order of time; otherwise an index of it is held.
    pub in_order: bool,
}

impl ReplayFacts {
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.iter().map(|row| row.1).sum()
    }
}

/// A surveyed file, ready to be streamed any number of times.
#[derive(Debug)]
pub(super) struct Surveyed {
    spec: Replay,
    layout: Layout,
    places: Places,
    skus: Numbers,
    customers: Numbers,
    clock: Clock,
    parts: Pick,
    /// Empty when the file is in order of time.
    index: Vec<Entry>,
    bytes: u64,
    pub facts: ReplayFacts,
    pub expected: Expected,
    /// SKUs for a catalog from the file.
    pub seen: Option<Vec<SeenSku>>,
}

/// What a survey needs of the scenario beside its own section.
pub(super) struct Surroundings<'s> {
    pub zones: &'s [Zone],
    pub start: LocalTime,
    pub horizon: Span,
    /// The catalog's names; `None` takes the catalog from the file.
    pub skus: Option<&'s [String]>,
}

impl Surveyed {
    /// Reads the whole file once, or twice when it is not in order of time.
    pub fn new(
        spec: &Replay,
        around: &Surroundings<'_>,
        rejects: Option<&mut dyn Write>,
    ) -> Result<Arc<Surveyed>, Vec<Problem>> {
        let layout = Layout::read(spec)?;
        let one = |problem| vec![problem];
        let parts = if spec.hours.iter().sum::<f64>() <= 0.0 { &[1.0][..] } else { &spec.hours[..] };
        let extent = Extent {
            horizon: around.horizon,
            zones: around.zones.len(),
            start: around.start,
            speed: spec.speed,
            parts: super::weights::pick("replay.hours", parts).map_err(one)?,
        };
        let places = Places::new(around.zones);
        let mut skus = around.skus.map_or_else(|| Skus::found(&layout), Skus::known);
        let mut clerk = Clerk::new(rejects, spec.max_rejects);
        let unreadable = |error: io::Error| vec![unreadable(spec, &error)];
        let first = survey::pass(&spec.file, &layout, &places, &mut skus, &extent, None, &mut clerk);
        if let Some((line, reason)) = clerk.too_many() {
            return Err(vec![too_many(spec, &clerk, line, reason)]);
        }
        let mut survey = first.map_err(unreadable)?;
        if survey.orders == 0 {
            return Err(vec![no_orders(spec, &clerk)]);
        }
        let in_order = survey.in_order;
        if !in_order {
            let known = Some((survey.first, survey.orders));
            survey = survey::pass(&spec.file, &layout, &places, &mut skus, &extent, known, &mut Blind)
                .map_err(unreadable)?;
        }
        let (skus, seen) = skus.into_parts();
        let bytes = std::fs::metadata(&spec.file).map_err(unreadable)?.len();
        Ok(Arc::new(Surveyed {
            clock: Clock::new(survey.first, around.start, spec.speed),
            facts: facts(&survey, &clerk, in_order),
            spec: spec.clone(),
            layout,
            places,
            customers: survey.customers,
            parts: extent.parts,
            index: survey.index,
            bytes,
            expected: survey.expected,
            skus,
            seen,
        }))
    }

    /// Whether lines carry the price paid.
    pub fn is_priced(&self) -> bool {
        self.layout.price.is_some() || self.layout.value.is_some()
    }
}

fn facts(survey: &Survey, clerk: &Clerk<'_>, in_order: bool) -> ReplayFacts {
    ReplayFacts {
        rows: clerk.tally.rows,
        orders: survey.orders,
        units: survey.units,
        customers: survey.customers.len() as u32,
        guest_orders: survey.guests,
        unplaced_orders: survey.unplaced,
        cancelled_rows: clerk.tally.cancelled,
        rejected: clerk.tally.reasons().collect(),
        in_order,
    }
}

fn unreadable(spec: &Replay, error: &io::Error) -> Problem {
    let message = format!("{} cannot be read: {error}", spec.file.display());
    Problem::new("E0501", "replay.file", message, "check its name and rights, and that nobody writes to it")
}

fn reasons(clerk: &Clerk<'_>) -> String {
    let told = clerk.tally.reasons().map(|(reason, count)| format!("{} {count}", reason.name()));
    told.collect::<Vec<_>>().join(", ")
}

fn too_many(spec: &Replay, clerk: &Clerk<'_>, line: u64, reason: Reason) -> Problem {
    let message = format!("more than {} rows were rejected ({})", spec.max_rejects, reasons(clerk));
    let remedy = format!(
        "look at line {line}, the first ({}); check replay.columns and replay.time-format, or raise replay.max-rejects",
        reason.name()
    );
    Problem::new("E0506", format!("{}:{line}", spec.file.display()), message, remedy)
}

fn no_orders(spec: &Replay, clerk: &Clerk<'_>) -> Problem {
    let message = match (clerk.tally.rows, reasons(clerk)) {
        (0, _) => format!("{} has no rows", spec.file.display()),
        (rows, reasons) if reasons.is_empty() => format!("all {rows} rows are cancelled"),
        (rows, reasons) => format!("none of {rows} rows makes an order ({reasons})"),
    };
    Problem::new(
        "E0507",
        "replay.file",
        message,
        "check replay.columns, replay.time-format and cancelled-values",
    )
}
