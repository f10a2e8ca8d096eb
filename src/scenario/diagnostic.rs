//! Diagnostics: everything that is wrong with a scenario, each with code, place and remedy.
//!
//! # Promises
//! - Printed in the order of the files read and the places in them, whatever order they were found in.
//! - Plain text without color; every line fits the pattern `CODE place  message`, so `grep E02` works.
//!
//! # Why a print of our own and not annotate-snippets
//! One source line, one caret row and one help row is all a scenario needs: thirty lines here against three
//! crates, and the first line stays the one-line form that editors and CI annotators parse.

use std::borrow::Cow;
use std::fmt;

use super::source::{Place, Source, SourceKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// One mistake, as the planner reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static str,
    pub severity: Severity,
    /// `file:line:column`, or `--set`.
    pub origin: String,
    pub place: Place,
    pub message: String,
    /// What was read there, if anything.
    pub read: Option<String>,
    /// The nearest thing that works.
    pub help: Option<String>,
    /// The source line, for the caret.
    pub excerpt: String,
}

/// All mistakes of one reading, sorted by place; errors make the scenario unusable, warnings do not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

/// A mistake as it is found, before its place is turned into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub code: &'static str,
    pub place: Place,
    pub message: String,
    pub read: Option<String>,
    pub help: Option<String>,
}

/// More findings than these hide the others: the rest is counted.
pub const MOST: usize = 200;

impl Diagnostics {
    /// Sorts, removes what was found twice at one place, and quotes the source lines.
    pub fn new(mut findings: Vec<Finding>, sources: &[Source]) -> Diagnostics {
        findings.sort_by(|a, b| (a.place, a.code, &a.message).cmp(&(b.place, b.code, &b.message)));
        findings.dedup();
        let beyond = findings.len().saturating_sub(MOST);
        let mut all: Vec<Diagnostic> = findings.into_iter().take(MOST).map(|f| quote(f, sources)).collect();
        if let Some(last) = all.last_mut().filter(|_| 0 < beyond) {
            last.help = Some(format!("and {beyond} more like these; repair the first ones and read again"));
        }
        Diagnostics(all)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    pub fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(|diagnostic| diagnostic.code).collect()
    }
}

fn quote(finding: Finding, sources: &[Source]) -> Diagnostic {
    let Finding { code, place, message, read, help } = finding;
    let source = sources.get(place.source as usize);
    let origin = match source {
        Some(source) if source.kind == SourceKind::Override => "--set".to_string(),
        Some(source) => format!("{}:{}:{}", source.name, place.line, place.column),
        None => "scenario".to_string(),
    };
    let excerpt = source.map_or(String::new(), |source| source.line(place.line).trim_end().to_string());
    let severity = if code.starts_with('W') { Severity::Warning } else { Severity::Error };
    Diagnostic { code, severity, origin, place, message, read, help, excerpt }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}  {}", self.code, tame(&self.origin), tame(&self.message))?;
        if let Some(help) = &self.help {
            write!(f, "\n      {}", tame(help))?;
        }
        if !self.excerpt.is_empty() && self.excerpt.chars().all(|c| !is_order(c) || c == '\t') {
            let (line, caret) = window(&self.excerpt, self.place.column as usize, self.place.len as usize);
            write!(f, "\n {:>4} | {line}\n      | {caret}", self.place.line)?;
        }
        Ok(())
    }
}

/// Whether a terminal obeys the character: C0, C1, and what turns the direction of writing.
fn is_order(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (letter.is_control() && letter != '\n') || turns
}

/// What the file said, such that a terminal shows it and does not obey it.
fn tame(text: &str) -> Cow<'_, str> {
    if !text.contains(is_order) {
        return Cow::Borrowed(text);
    }
    let shown =
        |letter: char| if is_order(letter) { letter.escape_default().to_string() } else { letter.into() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// At most 100 characters of a line around the column, and the carets under it.
fn window(line: &str, column: usize, len: usize) -> (String, String) {
    const WIDTH: usize = 100;
    let skip = column.saturating_sub(WIDTH * 3 / 4);
    let shown: String =
        line.chars().skip(skip).take(WIDTH).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let before = column.saturating_sub(1 + skip);
    let carets = len.clamp(1, shown.chars().count().saturating_sub(before).max(1));
    (shown, format!("{}{}", " ".repeat(before), "^".repeat(carets)))
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if 0 < index {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// The known word nearest to what was written, when it is near enough to be a slip.
pub fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let plain = |word: &str| word.to_lowercase().replace(['_', ' '], "-");
    let written = plain(written);
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&written, &plain(word)), word))
        .filter(|&(distance, word)| {
            let letters = word.len().min(written.len());
            distance == 0 || 3 <= letters && distance <= 1 + letters / 4
        })
        .min_by_key(|&(distance, word)| (distance, word))
        .map(|(_, word)| word)
}

/// `did you mean "a"?  known: a, b, c, ...`, with at most a dozen known words.
pub fn suggest<'k>(written: &str, known: &[&'k str]) -> String {
    let mut known: Vec<&'k str> = known.to_vec();
    known.sort_unstable();
    known.dedup();
    // A name as long as a file would make the search for a near one slow.
    let near = if written.len() <= 64 { nearest(written, known.iter().copied()) } else { None };
    let mut text = near.map_or(String::new(), |word| format!("did you mean \"{word}\"?  "));
    let more = if known.len() <= 12 { "" } else { ", ..." };
    let listed = known.into_iter().take(12).collect::<Vec<_>>().join(", ");
    text += &if listed.is_empty() { "none is known".into() } else { format!("known: {listed}{more}") };
    text
}
