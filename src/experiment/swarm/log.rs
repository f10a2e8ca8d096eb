//! The log of a swarm: a header and a line a seed, so that a swarm that was stopped goes on where it was.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::coverage::{Coverage, name};
use super::exposure::Exposed;
use super::generate::generation;
use super::trial::{Finding, Work};

/// The first line of a log: seeds of another generation are other scenarios.
#[derive(Serialize, Deserialize, PartialEq)]
struct Header {
    generation: String,
}

/// One seed, as logged.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    pub seed: u64,
    /// `passed`, `refused` or `failed`.
    pub outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    pub orders: u64,
    pub simulated_h: u64,
    pub transitions: u64,
    pub played: u64,
    /// Strike, state of the order, how often.
    pub strikes: Vec<(String, String, u64)>,
    /// Fault, state of orders while it acted, how many.
    pub exposed: Vec<(String, String, u64)>,
    /// Fault, entities that it struck.
    pub struck: Vec<(String, u64)>,
}

impl Row {
    pub fn new(seed: u64, finding: &Finding, work: &Work) -> Row {
        let (outcome, failure) = match finding {
            Finding::Passed => ("passed", None),
            Finding::Refused(why) => ("refused", Some(why.clone())),
            Finding::Failed(failure) => ("failed", Some(format!("{}: {}", failure.kind, failure.said))),
        };
        Row {
            seed,
            outcome: outcome.to_owned(),
            failure,
            file: None,
            orders: work.orders,
            simulated_h: work.simulated_h,
            transitions: work.transitions,
            played: work.played,
            strikes: strikes(&work.coverage),
            exposed: exposed(&work.exposed),
            struck: work
                .exposed
                .struck
                .iter()
                .map(|(kind, &count)| (kind.name().to_owned(), count))
                .collect(),
        }
    }
}

fn strikes(coverage: &Coverage) -> Vec<(String, String, u64)> {
    let cells = coverage.0.iter();
    cells
        .map(|(&(strike, state), &count)| (name(strike).to_owned(), state.name().to_owned(), count))
        .collect()
}

fn exposed(exposed: &Exposed) -> Vec<(String, String, u64)> {
    let cells = exposed.cells.iter();
    cells.map(|(&(kind, state), &count)| (kind.name().to_owned(), state.name().to_owned(), count)).collect()
}

/// An open log and what stood in it.
pub struct Log {
    file: Mutex<File>,
    pub done: BTreeMap<u64, Row>,
}

impl Log {
    /// Starts a log anew.
    pub fn create(path: &Path) -> io::Result<Log> {
        let log = Log { file: Mutex::new(File::create(path)?), done: BTreeMap::new() };
        log.line(&Header { generation: generation() })?;
        Ok(log)
    }

    /// Goes on with a log; a torn last line is cut off. `None`: it is of another generation.
    /// A log that is not there is created.
    pub fn resume(path: &Path) -> io::Result<Option<Log>> {
        let mut reader = match File::open(path) {
            Ok(file) => BufReader::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Log::create(path).map(Some),
            Err(error) => return Err(error),
        };
        let (mut done, mut text, mut whole) = (BTreeMap::new(), String::new(), 0);
        while 0 < reader.read_line(&mut text)? && text.ends_with('\n') {
            if 0 < whole {
                let row: Row = serde_json::from_str(&text)?;
                done.insert(row.seed, row);
            } else if serde_json::from_str(&text).ok() != Some(Header { generation: generation() }) {
                return Ok(None);
            }
            whole += text.len() as u64;
            text.clear();
        }
        if whole == 0 {
            return Log::create(path).map(Some);
        }
        OpenOptions::new().write(true).open(path)?.set_len(whole)?;
        let file = OpenOptions::new().append(true).open(path)?;
        Ok(Some(Log { file: Mutex::new(file), done }))
    }

    pub fn add(&self, row: &Row) -> io::Result<()> {
        self.line(row)
    }

    fn line(&self, what: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(what)? + "\n";
        // One write a line, so that a killed run leaves at most its last line torn.
        self.file.lock().expect("no panic while the log is held").write_all(text.as_bytes())
    }
}
