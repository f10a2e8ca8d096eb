//! The command tape: every command that a run gave its engine, with its business instant, one JSON object a line.
//! Played through an engine of the same size on one thread it ends in the same digest.

use std::fs::File;
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Sink, beside};
use crate::domain::{Command, Refusal, Transition};
use crate::kernel::time::Moment;

/// A tape being written. The first failed write is kept and told by `finish`.
pub struct Tape {
    path: PathBuf,
    out: BufWriter<tempfile::NamedTempFile>,
    failed: Option<io::Error>,
    commands: u64,
}

#[derive(Serialize, Deserialize)]
struct Row<'a> {
    at: Moment,
    #[serde(borrow)]
    command: Command<'a>,
}

#[derive(Serialize)]
struct RowRef<'a> {
    at: Moment,
    command: &'a Command<'a>,
}

/// Why a tape could not be read.
#[derive(Debug)]
pub enum TapeError {
    Read(io::Error),
    /// Line (from 1) and what is wrong with it.
    Line(u64, String),
}

impl Tape {
    /// Writes beside `path` and renames at `finish`, so nothing half-written is ever there.
    pub fn create(path: &Path) -> io::Result<Tape> {
        Ok(Tape { path: path.to_owned(), out: BufWriter::new(beside(path)?), failed: None, commands: 0 })
    }

    /// The number of commands written.
    pub fn finish(self) -> io::Result<u64> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let file = self.out.into_inner().map_err(|error| error.into_error())?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(self.commands)
    }
}

impl Sink for Tape {
    fn saw(&mut self, at: Moment, command: &Command<'_>, _outcome: Result<&Transition, Refusal>) {
        self.commands += 1;
        let written = serde_json::to_writer(&mut self.out, &RowRef { at, command })
            .map_err(io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"));
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }
}

/// The longest line of a tape, in bytes: an order of ten thousand lines is shorter.
const MOST_BYTES: u64 = 1 << 20;

/// Reads a tape line by line and hands each command to `apply`.
pub fn play(path: &Path, mut apply: impl FnMut(Moment, &Command<'_>)) -> Result<u64, TapeError> {
    let mut lines = io::BufReader::new(open(path).map_err(TapeError::Read)?);
    let (mut line, mut number) = (String::new(), 0);
    loop {
        line.clear();
        let length = (&mut lines).take(MOST_BYTES + 1).read_line(&mut line).map_err(TapeError::Read)? as u64;
        if length == 0 {
            return Ok(number);
        }
        number += 1;
        if MOST_BYTES < length {
            return Err(TapeError::Line(number, format!("longer than {MOST_BYTES} bytes")));
        }
        let row: Row<'_> =
            serde_json::from_str(&line).map_err(|error| TapeError::Line(number, error.to_string()))?;
        apply(row.at, &row.command);
    }
}

/// A pipe would be waited for, and a device has no end.
fn open(path: &Path) -> io::Result<File> {
    match path.metadata()?.is_file() {
        true => File::open(path),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")),
    }
}
