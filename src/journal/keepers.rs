//! All that a run keeps beside its result, told at once.

use std::io;
use std::path::{Path, PathBuf};

use super::ledger::{Ledger, LedgerFile};
use super::{Sink, Tape};
use crate::domain::{Command, Refusal, Transition};
use crate::kernel::time::Moment;

pub struct Keepers {
    tape: Option<Tape>,
    ledger: Option<Ledger>,
}

impl Keepers {
    /// `nodes` are the names that the ledger's numbers stand for.
    pub fn open(
        tape: Option<&PathBuf>,
        ledger: Option<&LedgerFile>,
        nodes: impl Iterator<Item = String>,
    ) -> io::Result<Keepers> {
        let tape = tape.map(|path| Tape::create(path)).transpose()?;
        let ledger = ledger.map(|file| Ledger::create(file, &nodes.collect::<Vec<_>>())).transpose()?;
        Ok(Keepers { tape, ledger })
    }

    /// `None` where nothing is kept: then nobody is told.
    pub fn sink(&mut self) -> Option<&mut dyn Sink> {
        let keeps = self.tape.is_some() || self.ledger.is_some();
        keeps.then_some(self)
    }

    pub fn finish(self) -> io::Result<()> {
        if let Some(tape) = self.tape {
            tape.finish()?;
        }
        if let Some(ledger) = self.ledger {
            ledger.finish()?;
        }
        Ok(())
    }
}

impl Sink for Keepers {
    fn saw(&mut self, at: Moment, command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        if let Some(tape) = &mut self.tape {
            tape.saw(at, command, outcome);
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.saw(at, command, outcome);
        }
    }
}

/// A temporary file in the folder of `path`, so that it can be renamed to it.
pub(super) fn beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::NamedTempFile::new_in(folder).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot write {}: {}", path.display(), error.kind()))
    })
}
