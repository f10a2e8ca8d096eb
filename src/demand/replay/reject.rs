//! Rejects: rows that cannot be entered, counted by reason and written back with their line.

use std::io::{self, Write};

use super::rows::Fault;

/// Why a row was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reason {
    /// Fewer cells than the columns that are read.
    MissingColumns,
    OpenQuote,
    RowTooLong,
    BadTime,
    BadQuantity,
    BadPrice,
    MissingOrder,
    MissingSku,
    /// The scenario's catalog has no such SKU.
    UnknownSku,
    /// More lines than an order can have, or more units than a line.
    OrderTooLarge,
}

impl Reason {
    pub const ALL: [Reason; 10] = {
        use Reason::*;
        [
            MissingColumns,
            OpenQuote,
            RowTooLong,
            BadTime,
            BadQuantity,
            BadPrice,
            MissingOrder,
            MissingSku,
            UnknownSku,
            OrderTooLarge,
        ]
    };

    pub const fn name(self) -> &'static str {
        match self {
            Reason::MissingColumns => "missing-columns",
            Reason::OpenQuote => "open-quote",
            Reason::RowTooLong => "row-too-long",
            Reason::BadTime => "bad-time",
            Reason::BadQuantity => "bad-quantity",
            Reason::BadPrice => "bad-price",
            Reason::MissingOrder => "missing-order",
            Reason::MissingSku => "missing-sku",
            Reason::UnknownSku => "unknown-sku",
            Reason::OrderTooLarge => "order-too-large",
        }
    }
}

impl From<Fault> for Reason {
    fn from(fault: Fault) -> Reason {
        match fault {
            Fault::OpenQuote => Reason::OpenQuote,
            Fault::TooLong => Reason::RowTooLong,
        }
    }
}

/// What is told of the rows on the way: the survey counts and writes, the replay itself passes by.
pub trait Watch {
    fn row(&mut self) {}
    fn cancelled(&mut self) {}
    fn reject(&mut self, _line: u64, _reason: Reason, _raw: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

/// Sees nothing.
pub struct Blind;

impl Watch for Blind {}

/// Rows by their fate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Below the header.
    pub rows: u64,
    pub cancelled: u64,
    by_reason: [u64; Reason::ALL.len()],
}

impl Tally {
    pub fn rejected(&self) -> u64 {
        self.by_reason.iter().sum()
    }

    /// Reasons that were met, with their counts.
    pub fn reasons(&self) -> impl Iterator<Item = (Reason, u64)> + '_ {
        Reason::ALL.into_iter().map(|reason| (reason, self.count(reason))).filter(|row| 0 < row.1)
    }

    pub fn count(&self, reason: Reason) -> u64 {
        self.by_reason[reason as usize]
    }
}

/// Counts, and writes rejected rows as `line,reason,row`.
pub struct Clerk<'w> {
    pub tally: Tally,
    writer: Option<&'w mut dyn Write>,
    most: u64,
    first: Option<(u64, Reason)>,
}

/// What is shown of a row that has no end.
const SHOWN: usize = 1_024;

impl<'w> Clerk<'w> {
    /// Stops the pass at the reject beyond `most`.
    pub fn new(writer: Option<&'w mut dyn Write>, most: u64) -> Clerk<'w> {
        Clerk { tally: Tally::default(), writer, most, first: None }
    }

    /// The first rejected row, when there are more than may be.
    pub fn too_many(&self) -> Option<(u64, Reason)> {
        self.first.filter(|_| self.most < self.tally.rejected())
    }
}

impl Watch for Clerk<'_> {
    fn row(&mut self) {
        self.tally.rows += 1;
    }

    fn cancelled(&mut self) {
        self.tally.cancelled += 1;
    }

    fn reject(&mut self, line: u64, reason: Reason, raw: &[u8]) -> io::Result<()> {
        self.tally.by_reason[reason as usize] += 1;
        let is_first = self.first.replace(self.first.unwrap_or((line, reason))).is_none();
        if let Some(writer) = &mut self.writer {
            if is_first {
                writer.write_all(b"line,reason,row\n")?;
            }
            let text = String::from_utf8_lossy(&raw[..raw.len().min(SHOWN)]).replace('"', "\"\"");
            writeln!(writer, "{line},{},\"{text}\"", reason.name())?;
        }
        if self.most < self.tally.rejected() {
            return Err(io::Error::other("too many rows were rejected"));
        }
        Ok(())
    }
}
