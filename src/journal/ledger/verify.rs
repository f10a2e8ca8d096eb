//! Reads a ledger and holds every line against its hashes. Of the writer it knows the format alone.
//!
//! A change is told at the first line that does not hold. A text in a wrong form is told at its place in the line; a
//! hash that does not fit is told at the hash, because nobody can say which byte of what it covers was another one.

use std::io::{self, BufRead, Read};
use std::num::NonZeroU32;

use serde::Deserialize;

use super::hash::{Hash, digits, hex, sha256};
use super::merkle::{self, Peaks};
use super::record::Record;

/// The longest line, in bytes: the header of four thousand nodes, the record of a parcel of many long orders.
pub const MOST_BYTES: u64 = 4 << 20;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub version: u32,
    /// Records a batch.
    pub batch: NonZeroU32,
    /// Names of nodes, by number.
    pub nodes: Vec<String>,
}

/// A line that holds.
#[derive(Debug)]
pub enum Line<'a> {
    Header(&'a Header),
    Record {
        record: &'a Record,
        /// The canonical text.
        text: &'a [u8],
        leaf: Hash,
    },
    /// The batch of the records since the last one is closed.
    Batch {
        root: Hash,
    },
}

/// A ledger that holds to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    pub records: u64,
    pub batches: u64,
    /// Records a batch.
    pub batch: u32,
    pub root: Hash,
}

impl Sum {
    pub fn lines(&self) -> u64 {
        self.records + self.batches + 2
    }
}

/// The first place that does not hold. Line and column count from 1, columns in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub line: u64,
    pub column: usize,
    pub code: &'static str,
    pub message: String,
    pub help: &'static str,
}

#[derive(Debug)]
pub enum Broken {
    Read(io::Error),
    Flaw(Flaw),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken::Read(error)
    }
}

impl From<Flaw> for Broken {
    fn from(flaw: Flaw) -> Broken {
        Broken::Flaw(flaw)
    }
}

/// Reads to the end, and shows every line that holds. What was shown of a ledger that breaks later holds as far.
pub fn read(mut from: impl BufRead, mut see: impl FnMut(Line<'_>)) -> Result<Sum, Broken> {
    let mut line = Vec::new();
    let number = 1;
    let text = next(&mut from, &mut line, number)?.ok_or_else(|| ends_early(number))?;
    let (header, seed) = header(text)?;
    see(Line::Header(&header));
    let mut check = Check {
        batch: u64::from(header.batch.get()),
        line: 1,
        records: 0,
        last: seed,
        open: Peaks::default(),
        is_last: false,
        chain: seed,
        roots: Peaks::default(),
    };
    loop {
        check.line += 1;
        let text = next(&mut from, &mut line, check.line)?.ok_or_else(|| ends_early(check.line))?;
        if check.line(text, &mut see)? {
            break;
        }
    }
    if next(&mut from, &mut line, check.line + 1)?.is_some() {
        let message = "something follows the end".to_owned();
        return Err(
            Flaw { line: check.line + 1, ..flaw("E0805", 1, message, "the end is the last line") }.into()
        );
    }
    let (records, batches, root) = (check.records, check.roots.len(), check.roots.root());
    Ok(Sum { records, batches, batch: header.batch.get(), root })
}

/// The next line without its line feed; `None` after the last one.
fn next<'a>(from: &mut impl BufRead, line: &'a mut Vec<u8>, number: u64) -> Result<Option<&'a [u8]>, Broken> {
    line.clear();
    let length = from.take(MOST_BYTES + 1).read_until(b'\n', line)?;
    if length == 0 {
        return Ok(None);
    }
    if MOST_BYTES < length as u64 {
        let message = format!("longer than {MOST_BYTES} bytes");
        return Err(
            Flaw { line: number, ..flaw("E0801", 1, message, "no line of a ledger is so long") }.into()
        );
    }
    match line.split_last() {
        Some((b'\n', text)) => Ok(Some(text)),
        _ => {
            let message = "the line is not ended".to_owned();
            let help = "the file was cut, or its last line changed";
            Err(Flaw { line: number, ..flaw("E0805", length, message, help) }.into())
        }
    }
}

fn ends_early(line: u64) -> Flaw {
    let message = "the ledger ends before its end line".to_owned();
    Flaw { line, ..flaw("E0805", 1, message, "lines were cut off, or the run did not finish") }
}

/// The caller knows the line.
fn flaw(code: &'static str, column: usize, message: String, help: &'static str) -> Flaw {
    Flaw { line: 1, column, code, message, help }
}

fn form(column: usize, wanted: &str) -> Flaw {
    flaw("E0801", column, format!("not of the form; {wanted} was to come"), "the line was changed")
}

const HEADER: &[u8] = b"{\"ledger\":";
const RECORD: &[u8] = b"{\"record\":";
const BATCH: &[u8] = b"{\"batch\":";

fn header(line: &[u8]) -> Result<(Header, Hash), Flaw> {
    let text = covered(line, HEADER)?;
    let header: Header = serde_json::from_slice(text)
        .map_err(|error| form(HEADER.len() + error.column().max(1), "a header of version 1"))?;
    if header.version != 1 {
        let message = format!("version {}", header.version);
        return Err(flaw("E0801", HEADER.len() + 1, message, "this program reads version 1"));
    }
    let hash = sha256(&[text]);
    hash_stands(line, &hash, "the header or its hash")?;
    Ok((header, hash))
}

/// `,"hash":"` and 64 digits and `"}`.
const TAIL: usize = 9 + 64 + 2;

/// What stands between the opening word and the hash.
fn covered<'a>(line: &'a [u8], opening: &'static [u8]) -> Result<&'a [u8], Flaw> {
    if !line.starts_with(opening) {
        return Err(form(1, &String::from_utf8_lossy(opening)));
    }
    match line.len().checked_sub(TAIL) {
        Some(end) if opening.len() < end => Ok(&line[opening.len()..end]),
        _ => Err(form(line.len() + 1, "more of the line")),
    }
}

/// The line ends with that hash.
fn hash_stands(line: &[u8], hash: &Hash, covers: &str) -> Result<(), Flaw> {
    let mut tail = [0; TAIL];
    tail[..9].copy_from_slice(b",\"hash\":\"");
    tail[9..9 + 64].copy_from_slice(&digits(hash));
    tail[9 + 64..].copy_from_slice(b"\"}");
    let start = line.len() - TAIL;
    match difference(&line[start..], &tail) {
        None => Ok(()),
        Some(place) if (9..9 + 64).contains(&place) => {
            let message = format!("{covers} was changed: it hashes to {}", hex(hash));
            Err(flaw("E0803", start + 10, message, "the lines before it hold; compare this one with a copy"))
        }
        Some(place) => Err(form(start + place + 1, "the hash")),
    }
}

/// The first byte at which two texts differ.
fn difference(found: &[u8], wanted: &[u8]) -> Option<usize> {
    let same = found.iter().zip(wanted).take_while(|(a, b)| a == b).count();
    (same < found.len().max(wanted.len())).then_some(same)
}

struct Check {
    batch: u64,
    line: u64,
    records: u64,
    last: Hash,
    /// Leaves of the batch that is not closed yet.
    open: Peaks,
    /// A batch was closed before it was full: only the end may follow.
    is_last: bool,
    chain: Hash,
    /// The batches' roots.
    roots: Peaks,
}

impl Check {
    /// Whether that was the end.
    fn line(&mut self, line: &[u8], see: &mut impl FnMut(Line<'_>)) -> Result<bool, Flaw> {
        let at = self.line;
        let found = if self.open.len() == self.batch || (line.starts_with(BATCH) && !self.open.is_empty()) {
            self.closed(line, see).map(|()| false)
        } else if line.starts_with(RECORD) && !self.is_last {
            self.record(line, see).map(|()| false)
        } else if self.open.is_empty() {
            self.end(line).map(|()| true)
        } else {
            Err(form(1, "a record or the end of its batch"))
        };
        found.map_err(|flaw| Flaw { line: at, ..flaw })
    }

    fn record(&mut self, line: &[u8], see: &mut impl FnMut(Line<'_>)) -> Result<(), Flaw> {
        let text = covered(line, RECORD)?;
        let record = Record::parse(text).map_err(|no| form(RECORD.len() + no.offset + 1, no.wanted))?;
        if record.number != self.records {
            let message = format!("record {} where {} was to come", record.number, self.records);
            let help = "a line is missing, twice there, or at another place";
            return Err(flaw("E0802", RECORD.len() + 6, message, help));
        }
        self.last = sha256(&[&self.last, text]);
        hash_stands(line, &self.last, "the record or its hash")?;
        let leaf = merkle::leaf(text);
        self.open.push(leaf);
        self.records += 1;
        see(Line::Record { record: &record, text, leaf });
        Ok(())
    }

    fn closed(&mut self, line: &[u8], see: &mut impl FnMut(Line<'_>)) -> Result<(), Flaw> {
        let (root, length) = (self.open.root(), self.open.len());
        let chain = sha256(&[&self.chain, &root]);
        let wanted = format!(
            "{{\"batch\":{{\"n\":{},\"first\":{},\"records\":{length}}},\"root\":\"{}\",\"chain\":\"{}\"}}",
            self.roots.len(),
            self.records - length,
            hex(&root),
            hex(&chain)
        );
        self.stands(line, &wanted, "the batch")?;
        self.is_last = length < self.batch;
        self.chain = chain;
        self.open.clear();
        self.roots.push(merkle::leaf(&root));
        see(Line::Batch { root });
        Ok(())
    }

    fn end(&self, line: &[u8]) -> Result<(), Flaw> {
        let wanted = format!(
            "{{\"end\":{{\"records\":{},\"batches\":{}}},\"root\":\"{}\"}}",
            self.records,
            self.roots.len(),
            hex(&self.roots.root())
        );
        self.stands(line, &wanted, "the end")
    }

    /// All of the line follows from the lines before it.
    fn stands(&self, line: &[u8], wanted: &str, what: &str) -> Result<(), Flaw> {
        match difference(line, wanted.as_bytes()) {
            None => Ok(()),
            Some(place) => {
                let message = format!("{what} does not follow from its records; it would be {wanted}");
                Err(flaw("E0804", place + 1, message, "the line, or records before it, were changed"))
            }
        }
    }
}
