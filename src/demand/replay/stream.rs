//! The stream: orders of a surveyed file in order of time, one pending, or one day of them.

use std::fs::File;
use std::io;
use std::sync::Arc;

use crate::demand::problem::Problem;
use crate::domain::{SkuId, ZoneId};
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::time::Moment;

use super::Surveyed;
use super::names::key;
use super::order::{self, Found, FoundLine};
use super::reject::Blind;
use super::rows::Rows;
use super::time_format::DAY;

const SPREAD: Purpose = Purpose::named("replay-time-of-day");

/// One replication's way through the file.
#[derive(Debug)]
pub struct Stream {
    surveyed: Arc<Surveyed>,
    draw: Draw,
    rows: Rows<File>,
    /// Next of the index, when there is one.
    entry: usize,
    found: Found,
    /// `found` is of a later day than the orders held.
    ahead: bool,
    day: Day,
    last: Moment,
    fault: Option<Problem>,
}

/// The orders of one day, for files that tell days only.
#[derive(Debug, Default)]
struct Day {
    orders: Vec<Held>,
    lines: Vec<FoundLine>,
    /// Orders from here on are still to come.
    next: usize,
}

#[derive(Debug)]
struct Held {
    at: Moment,
    offset: u64,
    customer: Option<u64>,
    zone: Option<ZoneId>,
    lines: std::ops::Range<u32>,
}

/// What the file tells of the order that came last.
pub struct Content<'s> {
    /// The customer's number among those that the file names.
    pub customer: Option<u32>,
    pub zone: Option<ZoneId>,
    pub lines: &'s [FoundLine],
}

impl Stream {
    pub fn open(surveyed: &Arc<Surveyed>, draw: Draw) -> Result<Stream, Problem> {
        let (spec, delimiter) = (&surveyed.spec, surveyed.layout.delimiter);
        let open = || {
            let scattered = !surveyed.index.is_empty();
            let mut rows = if scattered {
                Rows::scattered(&spec.file, delimiter)
            } else {
                Rows::stream(&spec.file, delimiter)
            }?;
            if !scattered {
                rows.advance()?;
            }
            Ok((rows, std::fs::metadata(&spec.file)?.len()))
        };
        let (rows, bytes) = open().map_err(|error: io::Error| super::unreadable(spec, &error))?;
        if bytes != surveyed.bytes {
            return Err(changed(surveyed));
        }
        Ok(Stream {
            surveyed: surveyed.clone(),
            draw,
            rows,
            entry: 0,
            found: Found::default(),
            ahead: false,
            day: Day::default(),
            last: Moment::ZERO,
            fault: None,
        })
    }

    /// When the next order comes; `None` at the end, or at a fault.
    #[inline]
    pub fn next(&mut self) -> Option<Moment> {
        let at = if self.surveyed.layout.format.days_only { self.next_of_day()? } else { self.next_exact()? };
        self.last = at;
        Some(at)
    }

    /// Of the order that `next` told.
    pub fn content(&self) -> Content<'_> {
        let (customer, zone, lines) = if self.surveyed.layout.format.days_only {
            let held = &self.day.orders[self.day.next - 1];
            (held.customer, held.zone, &self.day.lines[held.lines.start as usize..held.lines.end as usize])
        } else {
            (self.found.customer, self.found.zone, &self.found.lines[..])
        };
        let customer = customer.and_then(|key| self.surveyed.customers.find(key));
        Content { customer, zone, lines }
    }

    /// Why the stream ended before its time.
    pub fn fault(&self) -> Option<&Problem> {
        self.fault.as_ref()
    }

    pub fn is_priced(&self) -> bool {
        self.surveyed.is_priced()
    }

    fn next_exact(&mut self) -> Option<Moment> {
        if !self.pull() {
            return None;
        }
        self.moment(self.found.time)
    }

    fn next_of_day(&mut self) -> Option<Moment> {
        if self.day.next == self.day.orders.len() && !self.load_day() {
            return None;
        }
        let held = &self.day.orders[self.day.next];
        self.day.next += 1;
        Some(held.at)
    }

    /// Reads all orders of the next day and sorts them by the time that is drawn for each.
    fn load_day(&mut self) -> bool {
        self.day.orders.clear();
        self.day.lines.clear();
        self.day.next = 0;
        if !self.ahead && !self.pull() {
            return false;
        }
        let day = self.found.time;
        loop {
            let time = day + self.time_of_day(self.found.offset);
            let Some(at) = self.moment(time) else { return false };
            self.day.hold(&self.found, at);
            self.ahead = self.pull();
            if !self.ahead || self.found.time != day {
                break;
            }
        }
        self.day.orders.sort_unstable_by_key(|held| (held.at, held.offset));
        self.fault.is_none()
    }

    /// By the hourly weights, evenly within an hour; hangs on the order's place in the file.
    fn time_of_day(&self, offset: u64) -> i64 {
        let parts = &self.surveyed.parts;
        let part = parts.pick(self.draw.uniform(SPREAD, offset, 0));
        let within = self.draw.uniform(SPREAD, offset, 1);
        ((part as f64 + within) * DAY as f64 / parts.len() as f64) as i64
    }

    fn moment(&mut self, time: i64) -> Option<Moment> {
        let at = self.surveyed.clock.moment(time).filter(|&at| self.last <= at);
        if at.is_none() {
            self.fault = Some(changed(&self.surveyed));
        }
        at
    }

    /// Reads the next order of the file, or of the index.
    fn pull(&mut self) -> bool {
        let surveyed = &*self.surveyed;
        let mut sku = |name: &[u8]| surveyed.skus.find(key(name)).map(SkuId);
        let mut read = || {
            if let Some(entry) = surveyed.index.get(self.entry) {
                self.rows.seek(entry.offset)?;
                self.entry += 1;
            } else if !surveyed.index.is_empty() {
                return Ok(false);
            }
            let (rows, found) = (&mut self.rows, &mut self.found);
            order::read(rows, &surveyed.layout, &surveyed.places, &mut sku, &mut Blind, found)
        };
        match read() {
            Ok(found) => found,
            Err(error) => {
                self.fault = Some(super::unreadable(&surveyed.spec, &error));
                false
            }
        }
    }
}

impl Day {
    fn hold(&mut self, found: &Found, at: Moment) {
        let start = self.lines.len() as u32;
        self.lines.extend_from_slice(&found.lines);
        self.orders.push(Held {
            at,
            offset: found.offset,
            customer: found.customer,
            zone: found.zone,
            lines: start..self.lines.len() as u32,
        });
    }
}

fn changed(surveyed: &Surveyed) -> Problem {
    let message = format!("{} has changed since it was surveyed", surveyed.spec.file.display());
    Problem::new("E0511", "replay.file", message, "run again, and let nobody write to it meanwhile")
}
