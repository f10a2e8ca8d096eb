//! Sources and places: the texts that were read, and where in them a value stands.

use std::path::PathBuf;

/// One text that was read: a scenario file, a table beside it, an override, or a default of the key table.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    pub text: String,
    /// Relative file names written in this source start here.
    pub folder: Option<PathBuf>,
    pub kind: SourceKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    File,
    /// `--set path=value`: its place is the flag, not a line.
    Override,
}

impl Source {
    pub fn file(name: impl Into<String>, text: impl Into<String>, folder: Option<PathBuf>) -> Source {
        Source { name: name.into(), text: text.into(), folder, kind: SourceKind::File }
    }

    pub fn line(&self, line: u32) -> &str {
        self.text.lines().nth(line.saturating_sub(1) as usize).unwrap_or("")
    }
}

/// Where something was read: source, line and column from 1, length in characters.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub source: u32,
    pub line: u32,
    pub column: u32,
    pub len: u32,
}

impl Place {
    pub fn new(source: u32, line: u32, column: u32, len: u32) -> Place {
        Place { source, line, column, len }
    }

    /// The start of a source: for what is wrong with the whole of it.
    pub fn whole(source: u32) -> Place {
        Place::new(source, 1, 1, 1)
    }
}

/// Turns byte offsets of one text into lines and columns (in characters).
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Lines<'t> {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1)).collect();
        Lines { text, starts }
    }

    pub fn place(&self, source: u32, bytes: std::ops::Range<usize>) -> Place {
        let start = bytes.start.min(self.text.len());
        let end = bytes.end.clamp(start, self.text.len());
        let row = self.starts.partition_point(|&line| line <= start) - 1;
        let column = self.text.get(self.starts[row]..start).map_or(0, |before| before.chars().count());
        let shown = self.text.get(start..end).and_then(|span| span.lines().next()).unwrap_or("");
        Place::new(source, row as u32 + 1, column as u32 + 1, shown.chars().count().max(1) as u32)
    }
}
