//! Arrivals: when orders come, in order of time, one at a time, drawn or replayed.

use crate::domain::{CustomerId, Money, OrderId};
use crate::kernel::draw::Draw;
use crate::kernel::rate::{self, Rate};
use crate::kernel::time::Moment;

use super::draft::OrderDraft;
use super::problem::Problem;
use super::replay::Stream;
use super::tables::DemandTables;

/// An order comes. Ids are dense, in order of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub at: Moment,
    pub id: OrderId,
}

/// A lazy stream of arrivals that never go back in time.
#[derive(Debug)]
pub struct Arrivals {
    source: Source,
    draw: Draw,
    count: u64,
}

#[derive(Debug)]
enum Source {
    Synthetic(rate::Arrivals),
    Replay(Box<Stream>),
}

impl Arrivals {
    pub(super) fn synthetic(rate: &Rate, draw: Draw) -> Arrivals {
        Arrivals { source: Source::Synthetic(rate.arrivals(draw.source("orders"))), draw, count: 0 }
    }

    /// Visitors: `each` of them for one order of the rate.
    pub(super) fn visits(rate: &Rate, each: f64, draw: Draw) -> Arrivals {
        let visits = rate.times(each).arrivals(draw.source("visits"));
        Arrivals { source: Source::Synthetic(visits), draw, count: 0 }
    }

    pub(super) fn replay(stream: Stream, draw: Draw) -> Arrivals {
        Arrivals { source: Source::Replay(Box::new(stream)), draw, count: 0 }
    }

    /// What the arrival that came last asks for. `tables` are those that made this stream.
    #[inline]
    pub fn content(&self, tables: &DemandTables, out: &mut OrderDraft) {
        let id = OrderId(self.count.checked_sub(1).expect("the content of an arrival before the first"));
        match &self.source {
            Source::Synthetic(_) => tables.draw_order(&self.draw, id, out),
            Source::Replay(stream) => replayed(stream, tables, &self.draw, id, out),
        }
    }

    /// Why a replay ended before the end of its file; to be told when the stream has ended.
    pub fn fault(&self) -> Option<&Problem> {
        match &self.source {
            Source::Synthetic(_) => None,
            Source::Replay(stream) => stream.fault(),
        }
    }
}

impl Iterator for Arrivals {
    type Item = Arrival;

    #[inline]
    fn next(&mut self) -> Option<Arrival> {
        let at = match &mut self.source {
            Source::Synthetic(arrivals) => arrivals.next(),
            Source::Replay(stream) => stream.next(),
        }?;
        let id = OrderId(self.count);
        self.count += 1;
        Some(Arrival { at, id })
    }
}

/// What the file tells, and what it leaves out drawn from the order's number.
fn replayed(stream: &Stream, tables: &DemandTables, draw: &Draw, id: OrderId, out: &mut OrderDraft) {
    let found = stream.content();
    out.customer = found.customer.map_or_else(|| tables.draw_guest(draw, id), CustomerId);
    out.zone = found.zone.unwrap_or_else(|| tables.home(draw, out.customer));
    tables.draw_terms(draw, id, out);
    out.lines.clear();
    out.goods = Money::ZERO;
    let priced = stream.is_priced();
    for (index, line) in found.lines.iter().enumerate() {
        let sku = if line.is_drawn() { tables.draw_sku(draw, id, index as u32) } else { line.sku };
        out.add(sku, line.quantity);
        out.goods +=
            if priced { line.value } else { tables.catalog().sku(sku).price * i64::from(line.quantity) };
    }
}
