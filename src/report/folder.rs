//! The run folder: every file of a run, each written whole or not at all.
//!
//! # Promises
//! - A reader never sees half a file: each is written beside its place, flushed to the disk and renamed into it.
//! - Nothing is renamed before everything is on the disk: a full disk leaves an earlier run as it was, and no litter.
//! - `result.json` is renamed last. The error names the path (exit code 74).

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hdrhistogram::Histogram;
use tempfile::NamedTempFile;

use super::clock::Clock;
use super::document::Document;
use super::histogram::hgrm;
use super::html::html;
use super::machine::Machine;
use super::ocel::{self, Log};
use super::schema::{digest, pretty, result_json};
use super::tables::tables;
use super::variants::Discovery;
use crate::audit::Violation;

/// All that is told of one run.
pub struct Parts<'a> {
    pub document: &'a Document,
    /// Its `result_digest` is filled here.
    pub machine: &'a Machine,
    /// Recorded microseconds by name: `lead-time`, `ship-time`, and each stage.
    pub latency: &'a [(String, Histogram<u64>)],
    /// Orders sampled by hash; `None` when logging is off.
    pub log: Option<&'a Log>,
    /// Rows of a replay that were rejected, with reason, as CSV; `None` when nothing was replayed.
    pub rejects: Option<&'a [u8]>,
    /// Documents of the trade, by the name of their file.
    pub papers: &'a [(PathBuf, Vec<u8>)],
}

/// What lies in the folder now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub report: PathBuf,
    /// Of `result.json`.
    pub digest: String,
    /// All files, relative to the folder, in the order written.
    pub files: Vec<PathBuf>,
}

#[derive(Debug)]
pub struct WriteError {
    pub path: PathBuf,
    pub error: io::Error,
}

impl WriteError {
    pub const EXIT_CODE: u8 = 74;
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Whether the folder can be written to, asked before a long run and not after it. Makes the folder, and nothing in it.
pub fn probe(folder: &Path) -> Result<(), WriteError> {
    let attempt = fs::create_dir_all(folder).and_then(|()| NamedTempFile::new_in(folder));
    attempt.map(drop).map_err(|error| WriteError { path: folder.to_owned(), error })
}

/// Writes the whole folder, making it and its parents as needed; files of an earlier run are replaced.
pub fn write(folder: &Path, parts: &Parts<'_>) -> Result<Written, WriteError> {
    let result = result_json(parts.document);
    let machine = Machine { result_digest: digest(&result), ..parts.machine.clone() };
    let mut written = Written {
        report: folder.join("report.html"),
        digest: machine.result_digest.clone(),
        files: Vec::new(),
    };
    let mut drafts = Vec::new();
    let mut put = |name: PathBuf, bytes: &[u8]| -> Result<(), WriteError> {
        drafts.push(draft(folder.join(&name), bytes)?);
        written.files.push(name);
        Ok(())
    };
    for table in tables(parts.document) {
        put(Path::new("tables").join(table.name).with_extension("csv"), &table.csv)?;
    }
    for (name, histogram) in parts.latency {
        let file = format!("{}.hgrm", file_name(name));
        put(Path::new("latency").join(file), hgrm(histogram, 1e6).as_bytes())?;
    }
    if let Some(log) = parts.log {
        let clock = Clock::new(&parts.document.scenario.start, parts.document.scenario.horizon_s);
        put("ocel.json".into(), &ocel::json(log, &clock))?;
        let rows = log.entries.iter().map(|row| (row.at, row.step, row.order));
        for table in Discovery::of(rows).iter().flat_map(Discovery::tables) {
            put(Path::new("tables").join(table.name).with_extension("csv"), &table.csv)?;
        }
    }
    if let Some(rejects) = parts.rejects {
        put("rejects.csv".into(), rejects)?;
    }
    for (name, bytes) in parts.papers {
        put(name.clone(), bytes)?;
    }
    put("report.html".into(), html(parts.document, &machine).as_bytes())?;
    put("machine.json".into(), &pretty(&machine))?;
    put("result.json".into(), &result)?;
    for (draft, path) in drafts {
        draft.persist(&path).map_err(|failure| WriteError { path, error: failure.error })?;
    }
    Ok(written)
}

/// Writes files, named relative to the folder: all of them, or none.
pub fn write_all(folder: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<(), WriteError> {
    let drafts: Result<Vec<_>, _> =
        files.iter().map(|(name, bytes)| draft(folder.join(name), bytes)).collect();
    for (draft, path) in drafts? {
        draft.persist(&path).map_err(|failure| WriteError { path, error: failure.error })?;
    }
    Ok(())
}

/// Writes `violation.json`: all that is known of a broken invariant.
pub fn write_violation(folder: &Path, violation: &Violation) -> Result<PathBuf, WriteError> {
    let (draft, path) = draft(folder.join("violation.json"), &pretty(violation))?;
    draft.persist(&path).map_err(|failure| WriteError { path: path.clone(), error: failure.error })?;
    Ok(path)
}

/// `bytes` on the disk beside `path`; removed when dropped.
fn draft(path: PathBuf, bytes: &[u8]) -> Result<(NamedTempFile, PathBuf), WriteError> {
    let attempt = || -> io::Result<NamedTempFile> {
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut draft = NamedTempFile::new_in(folder)?;
        draft.write_all(bytes)?;
        share(draft.as_file())?;
        draft.as_file().sync_all()?;
        Ok(draft)
    };
    match attempt() {
        Ok(draft) => Ok((draft, path)),
        Err(error) => Err(WriteError { path, error }),
    }
}

/// A temporary file is private; a report is made to be read by others, and never run.
#[cfg(unix)]
fn share(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Letters, digits, dots and dashes; a name from a scenario cannot leave the folder.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    name.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{ocel, sample};

    fn latency() -> Vec<(String, Histogram<u64>)> {
        let mut histogram = Histogram::<u64>::new(3).expect("three digits are a fair precision");
        (1..2_000u64).for_each(|step| histogram.record(step * step * 40_000).expect("it grows"));
        vec![("lead-time".into(), histogram.clone()), ("../pack".into(), histogram)]
    }

    /// Set `ORDERMILL_SAMPLE_FOLDER` to keep the folder and look at it.
    #[test]
    fn a_whole_folder_and_nothing_else() {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let kept = std::env::var_os("ORDERMILL_SAMPLE_FOLDER").map(PathBuf::from);
        let folder = kept.unwrap_or_else(|| temporary.path().join("a/b"));
        let (document, machine, latency, log) =
            (sample::document(), sample::machine(), latency(), ocel::tests::sample());
        let parts = Parts {
            document: &document,
            machine: &machine,
            latency: &latency,
            log: Some(&log),
            rejects: None,
            papers: &[],
        };
        let first = write(&folder, &parts).expect("the folder is writable");
        let again = write(&folder, &parts).expect("a second run replaces the first");
        assert_eq!(first, again);

        let mut found = Vec::new();
        for place in ["", "tables", "latency"] {
            for entry in fs::read_dir(folder.join(place)).expect("it was written") {
                let path = entry.expect("it can be listed").path();
                if path.is_file() {
                    found.push(path.strip_prefix(&folder).expect("it lies inside").to_owned());
                }
            }
        }
        found.sort();
        let mut said = first.files.clone();
        said.sort();
        assert_eq!(found, said);
        assert!(said.contains(&"latency/---pack.hgrm".into()));
        let machine: Machine =
            serde_json::from_slice(&fs::read(folder.join("machine.json")).expect("it is there"))
                .expect("JSON");
        assert_eq!(
            machine.result_digest,
            digest(&fs::read(folder.join("result.json")).expect("it is there"))
        );
    }

    #[test]
    fn a_failed_draft_leaves_the_earlier_run_as_it_was() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (document, machine) = (sample::document(), sample::machine());
        let latency = latency();
        let parts = Parts {
            document: &document,
            machine: &machine,
            latency: &[],
            log: None,
            rejects: None,
            papers: &[],
        };
        write(folder.path(), &parts).expect("the folder is writable");
        fs::write(folder.path().join("tables/slo.csv"), "of the earlier run").expect("it is writable");
        fs::write(folder.path().join("latency"), "in the way").expect("a file where a folder should go");
        let error =
            write(folder.path(), &Parts { latency: &latency, ..parts }).expect_err("a file is in the way");
        assert_eq!(error.path, folder.path().join("latency/lead-time.hgrm"));
        let kept = fs::read_to_string(folder.path().join("tables/slo.csv")).expect("it is there");
        assert_eq!(kept, "of the earlier run");
        assert_eq!(fs::read_dir(folder.path().join("tables")).expect("it can be listed").count(), 9);
    }

    #[test]
    fn a_failed_rename_leaves_no_litter() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = folder.path().join("report.html");
        fs::create_dir_all(place.join("in the way")).expect("a folder where the file should go");
        let (document, machine) = (sample::document(), sample::machine());
        let parts = Parts {
            document: &document,
            machine: &machine,
            latency: &[],
            log: None,
            rejects: None,
            papers: &[],
        };
        let error = write(folder.path(), &parts).expect_err("a folder is in the way");
        assert_eq!(error.path, place);
        assert!(error.to_string().starts_with("cannot write "));
        assert!(!folder.path().join("result.json").exists());
        let litter = fs::read_dir(folder.path()).expect("it can be listed").flatten();
        assert!(litter.map(|entry| entry.file_name()).all(|name| name == "report.html" || name == "tables"));
    }
}
