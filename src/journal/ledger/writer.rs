//! Writes the ledger of a run as it goes.

use std::io::{self, BufWriter, Write};
use std::num::NonZeroU32;
use std::path::PathBuf;

use serde::Serialize;

use super::hash::{Hash, digits, sha256};
use super::merkle::{self, Peaks};
use super::record;
use crate::domain::{Command, Refusal, Transition};
use crate::journal::{Sink, beside};
use crate::kernel::time::Moment;

/// When the file is forced to the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Once, before the file gets its name.
    #[default]
    End,
    /// After each batch too: what a crash of the machine leaves in the temporary file ends with a closed batch.
    Batch,
}

impl SyncPolicy {
    pub const ALL: [(SyncPolicy, &'static str); 2] = [(SyncPolicy::End, "end"), (SyncPolicy::Batch, "batch")];
}

/// Which ledger is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFile {
    pub path: PathBuf,
    /// Records a batch.
    pub batch: NonZeroU32,
    pub sync: SyncPolicy,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    pub records: u64,
    pub batches: u64,
    pub root: Hash,
    /// How often the disk was waited for.
    pub syncs: u64,
}

/// A ledger being written. The first failed write is kept and told by `finish`.
pub struct Ledger {
    file: LedgerFile,
    out: BufWriter<tempfile::NamedTempFile>,
    failed: Option<io::Error>,
    line: Vec<u8>,
    records: u64,
    last: Hash,
    open: Peaks,
    chain: Hash,
    roots: Peaks,
    syncs: u64,
}

#[derive(Serialize)]
struct HeaderRef<'a> {
    version: u32,
    batch: u32,
    nodes: &'a [String],
}

const BUFFER: usize = 1 << 16;
const OPENING: &[u8] = b"{\"record\":";

impl Ledger {
    /// Writes beside the file's path and renames at `finish`, so nothing half-written is ever there.
    pub fn create(file: &LedgerFile, nodes: &[String]) -> io::Result<Ledger> {
        let header = serde_json::to_vec(&HeaderRef { version: 1, batch: file.batch.get(), nodes })?;
        let seed = sha256(&[&header]);
        let mut ledger = Ledger {
            out: BufWriter::with_capacity(BUFFER, beside(&file.path)?),
            file: file.clone(),
            failed: None,
            line: Vec::new(),
            records: 0,
            last: seed,
            open: Peaks::default(),
            chain: seed,
            roots: Peaks::default(),
            syncs: 0,
        };
        ledger.line.extend(b"{\"ledger\":");
        ledger.line.extend(header);
        ledger.put(&seed)?;
        Ok(ledger)
    }

    /// Closes the last batch, writes the end and gives the file its name.
    pub fn finish(mut self) -> io::Result<Kept> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        if !self.open.is_empty() {
            self.close_batch()?;
        }
        let (records, batches, root) = (self.records, self.roots.len(), self.roots.root());
        self.line.clear();
        write!(self.line, "{{\"end\":{{\"records\":{records},\"batches\":{batches}}},\"root\":\"")?;
        self.line.extend(digits(&root));
        self.line.extend(b"\"}\n");
        self.out.write_all(&self.line)?;
        self.sync()?;
        let file = self.out.into_inner().map_err(|error| error.into_error())?;
        file.persist(&self.file.path).map_err(|error| error.error)?;
        Ok(Kept { records, batches, root, syncs: self.syncs })
    }

    /// Keeps one transition, where it is of goods or orders.
    pub fn append(&mut self, transition: &Transition) -> io::Result<()> {
        if !record::is_kept(transition) {
            return Ok(());
        }
        self.line.clear();
        self.line.extend(OPENING);
        record::write(&mut self.line, self.records, transition);
        let text = &self.line[OPENING.len()..];
        let hash = sha256(&[&self.last, text]);
        self.open.push(merkle::leaf(text));
        self.records += 1;
        self.last = hash;
        self.put(&hash)?;
        if self.open.len() == u64::from(self.file.batch.get()) {
            self.close_batch()?;
        }
        Ok(())
    }

    /// Ends the line with the hash of what it holds.
    fn put(&mut self, hash: &Hash) -> io::Result<()> {
        self.line.extend(b",\"hash\":\"");
        self.line.extend(digits(hash));
        self.line.extend(b"\"}\n");
        self.out.write_all(&self.line)
    }

    fn close_batch(&mut self) -> io::Result<()> {
        let (number, root, length) = (self.roots.len(), self.open.root(), self.open.len());
        self.chain = sha256(&[&self.chain, &root]);
        self.roots.push(merkle::leaf(&root));
        self.open.clear();
        self.line.clear();
        let first = self.records - length;
        write!(
            self.line,
            "{{\"batch\":{{\"n\":{number},\"first\":{first},\"records\":{length}}},\"root\":\""
        )?;
        self.line.extend(digits(&root));
        self.line.extend(b"\",\"chain\":\"");
        self.line.extend(digits(&self.chain));
        self.line.extend(b"\"}\n");
        self.out.write_all(&self.line)?;
        match self.file.sync {
            SyncPolicy::End => Ok(()),
            SyncPolicy::Batch => self.sync(),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.syncs += 1;
        self.out.get_ref().as_file().sync_data()
    }
}

impl Sink for Ledger {
    fn saw(&mut self, _at: Moment, _command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        let (None, Ok(transition)) = (&self.failed, outcome) else { return };
        if let Err(error) = self.append(transition) {
            self.failed = Some(error);
        }
    }
}
