//! The desk of one reading: sources, findings, names defined so far, and which rows of the key table were read.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::diagnostic::{Diagnostics, Finding, MOST, suggest};
use super::source::{Place, Source};
use super::unit::Fault;

#[derive(Debug, Default)]
pub struct Desk {
    sources: RefCell<Vec<Source>>,
    findings: RefCell<Vec<Finding>>,
    /// Rows at which something was wrong; what hangs on them is not judged.
    wrong: RefCell<BTreeSet<&'static str>>,
    used: RefCell<BTreeSet<&'static str>>,
    names: RefCell<BTreeMap<&'static str, BTreeSet<String>>>,
}

impl Desk {
    pub fn add_source(&self, source: Source) -> u32 {
        self.sources.borrow_mut().push(source);
        self.sources.borrow().len() as u32 - 1
    }

    pub fn set_text(&self, source: u32, text: String) {
        self.sources.borrow_mut()[source as usize].text = text;
    }

    /// The folder that a relative file name at this place starts from.
    pub fn folder(&self, place: Place) -> std::path::PathBuf {
        let sources = self.sources.borrow();
        let own = sources.get(place.source as usize).or(sources.first());
        own.and_then(|source| source.folder.clone()).unwrap_or_default()
    }

    pub fn find(&self, finding: Finding) {
        self.findings.borrow_mut().push(finding);
    }

    pub fn extend(&self, findings: Vec<Finding>) {
        self.findings.borrow_mut().extend(findings);
    }

    pub fn report(&self, code: &'static str, place: Place, message: String, help: impl Into<String>) {
        self.find(Finding { code, place, message, read: None, help: Some(help.into()) });
    }

    pub fn finding_count(&self) -> usize {
        self.findings.borrow().len()
    }

    /// Whether so much is wrong that nothing near is searched any more: to compare each of a hundred thousand wrong
    /// names with as many known ones would take hours.
    pub fn is_crowded(&self) -> bool {
        MOST <= self.finding_count()
    }

    pub fn fault(&self, place: Place, fault: Fault) {
        self.report(fault.code, place, fault.message, fault.help);
    }

    pub fn mark_wrong(&self, path: &'static str) {
        self.wrong.borrow_mut().insert(path);
    }

    /// Whether nothing was wrong at these paths or below them.
    pub fn sound(&self, paths: &[&str]) -> bool {
        !self.wrong.borrow().iter().any(|wrong| paths.iter().any(|path| wrong.starts_with(path)))
    }

    pub fn mark_used(&self, path: &'static str) {
        self.used.borrow_mut().insert(path);
    }

    /// Rows that were read: a test compares them with the key table.
    #[cfg(test)]
    pub fn used(&self) -> BTreeSet<&'static str> {
        self.used.borrow().clone()
    }

    pub fn define(&self, kind: &'static str, names: impl IntoIterator<Item = String>) {
        self.names.borrow_mut().entry(kind).or_default().extend(names);
    }

    /// Whether a name is defined; tells when it is not. Names are not judged when one of them was unreadable.
    pub fn refer(&self, kind: &'static str, name: &str, place: Place) -> bool {
        let names = self.names.borrow();
        let Some(known) = names.get(kind) else { return true };
        if known.contains(name) {
            return true;
        }
        let message = format!("unknown {kind} \"{}\"", super::unit::short(name));
        let help = match self.is_crowded() {
            true => format!("write a {kind} of this scenario"),
            false => suggest(name, &known.iter().map(String::as_str).collect::<Vec<_>>()),
        };
        self.report("E0207", place, message, help);
        false
    }

    pub fn finish(&self) -> Diagnostics {
        Diagnostics::new(self.findings.take(), &self.sources.borrow())
    }
}
