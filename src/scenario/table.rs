//! CSV tables beside the scenario: a reader whose findings name the table's own line and column.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::desk::Desk;
use super::diagnostic::suggest;
use super::letters;
use super::source::{Place, Source};
use super::text;
use super::unit::{self, Read};

/// A table beyond this is refused: a scenario's tables are read whole.
const MAX_BYTES: u64 = 512 << 20;
/// Findings of one table before the rest of it is left unread.
const MOST: u32 = 20;

pub struct Table<'d> {
    pub desk: &'d Desk,
    source: u32,
    text: String,
    header: Vec<String>,
    columns: Vec<(&'static str, Option<usize>)>,
    found: Cell<u32>,
}

pub struct Row<'t> {
    table: &'t Table<'t>,
    record: &'t StringRecord,
}

/// The file that a key names, from the folder of the file in which it is written.
pub fn resolve(desk: &Desk, place: Place, file: &str) -> PathBuf {
    desk.folder(place).join(file)
}

impl<'d> Table<'d> {
    /// Opens a table and finds its columns. What is wrong with the file is told at `place`, where it is named.
    pub fn open(
        desk: &'d Desk,
        place: Place,
        path: &Path,
        must: &[&'static str],
        may: &[&'static str],
    ) -> Option<Table<'d>> {
        let content = text::read(path, MAX_BYTES).map_err(|fault| desk.fault(place, fault)).ok()?;
        Table::of_text(desk, path, content, must, may)
    }

    fn of_text(
        desk: &'d Desk,
        path: &Path,
        content: String,
        must: &[&'static str],
        may: &[&'static str],
    ) -> Option<Table<'d>> {
        let source = desk.add_source(Source::file(path.display().to_string(), "", None));
        if !letters::check_table(desk, source, &content) {
            return None;
        }
        let first = content.lines().next().unwrap_or("").trim_start_matches('\u{feff}');
        let header: Vec<String> = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(first.as_bytes())
            .records()
            .next()
            .and_then(Result::ok)
            .map(|record| record.iter().map(|cell| cell.trim().to_string()).collect())
            .unwrap_or_default();
        let plain = |name: &str| name.to_lowercase().replace(['-', ' '], "_");
        let at = |name: &str| header.iter().position(|cell| plain(cell) == plain(name));
        let columns: Vec<_> = must.iter().chain(may).map(|&name| (name, at(name))).collect();
        let table = Table { desk, source, text: content, header, columns, found: Cell::new(0) };
        let missing: Vec<&str> = must.iter().copied().filter(|name| table.column(name).is_none()).collect();
        for name in &missing {
            table.miss(name);
        }
        if !missing.is_empty() || table.text.lines().filter(|line| !line.trim().is_empty()).nth(1).is_none() {
            if missing.is_empty() {
                desk.report(
                    "E0403",
                    Place::whole(source),
                    "the table has no rows".into(),
                    "write one row a line under the header",
                );
            }
            table.close();
            return None;
        }
        Some(table)
    }

    /// Looks at the header only: for files that are streamed later.
    pub fn check_header(
        desk: &'d Desk,
        place: Place,
        path: &Path,
        columns: &[(&'static str, String, Place)],
    ) {
        let Some(first) = text::first_line(path).map_err(|fault| desk.fault(place, fault)).ok() else {
            return;
        };
        let known = |header: &Vec<String>| columns.iter().filter(|column| header.contains(&column.1)).count();
        // The streaming reader takes the same delimiters; the first one wins a tie.
        let header = [b'|', b'\t', b';', b',']
            .map(|delimiter| header_cells(&first, delimiter))
            .into_iter()
            .max_by_key(known)
            .expect("there are delimiters");
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        for (key, name, place) in columns {
            if !header.contains(&name.as_str()) {
                let message =
                    format!("{} has no column \"{}\" (for \"{key}\")", path.display(), unit::short(name));
                desk.report("E0401", *place, message, suggest(name, &header));
            }
        }
    }

    fn miss(&self, name: &str) {
        let header: Vec<&str> = self.header.iter().map(String::as_str).collect();
        let place = Place::new(
            self.source,
            1,
            1,
            self.text.lines().next().map_or(1, |line| line.chars().count().max(1)) as u32,
        );
        let message = if self.text.trim().is_empty() {
            format!("the table is empty; column \"{name}\" is missing")
        } else {
            format!("column \"{name}\" is missing")
        };
        self.desk.report("E0401", place, message, suggest(name, &header));
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().find(|column| column.0 == name).and_then(|column| column.1)
    }

    /// Calls `each` for every row, in the file's order, and hands the text to the desk for quoting.
    pub fn rows(self, mut each: impl FnMut(&Row<'_>)) {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(self.text.as_bytes());
        let mut record = StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {
                    let row = Row { table: &self, record: &record };
                    if record.len() == self.header.len() {
                        each(&row);
                    } else {
                        let message =
                            format!("{} cells, and the header has {}", record.len(), self.header.len());
                        row.report(
                            "E0404",
                            0,
                            message,
                            "write one cell for each column; quote cells that hold a comma",
                        );
                    }
                }
                Err(error) => {
                    let line = error.position().map_or(1, |position| position.line()) as u32;
                    let place = Place::new(self.source, line, 1, 1);
                    self.desk.report("E0404", place, "this line is not CSV".into(), "check its quotes");
                    break;
                }
            }
            if MOST <= self.found.get() {
                let place = Place::new(self.source, record.position().map_or(1, |p| p.line()) as u32, 1, 1);
                self.desk.report(
                    "E0404",
                    place,
                    format!("{MOST} mistakes in this table; the rest was not read"),
                    "repair these first",
                );
                break;
            }
        }
        self.close();
    }

    fn close(self) {
        if 0 < self.found.get() || self.text.len() < 4_096 {
            self.desk.set_text(self.source, self.text);
        }
    }
}

/// The cells of a header line under one delimiter.
fn header_cells(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(line.trim_start_matches('\u{feff}').as_bytes());
    let first = reader.records().next().and_then(Result::ok).unwrap_or_default();
    first.iter().map(str::to_string).collect()
}

impl Row<'_> {
    fn index(&self, column: &str) -> Option<usize> {
        assert!(self.table.columns.iter().any(|known| known.0 == column), "column {column} was not declared");
        self.table.column(column)
    }

    /// The text of a cell; empty when the table has no such column.
    pub fn text(&self, column: &str) -> &str {
        self.index(column).and_then(|index| self.record.get(index)).unwrap_or("")
    }

    /// A cell that must not be empty.
    pub fn name(&self, column: &'static str) -> Option<String> {
        let text = self.text(column);
        if text.is_empty() {
            self.wrong("E0402", column, "the cell is empty".into(), format!("write a {column}"));
            return None;
        }
        Some(text.to_string())
    }

    /// A cell by a reader of quantities, within bounds; an empty cell is `None` without a finding.
    pub fn measured(
        &self,
        column: &'static str,
        read: impl Fn(&str) -> Read<f64>,
        min: f64,
        max: f64,
    ) -> Option<f64> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        match read(text) {
            Ok(value) if (min..=max).contains(&value) => Some(value),
            Ok(value) => {
                let message = format!("{} is out of bounds in column \"{column}\"", unit::short(text));
                let help = if value < min {
                    format!("it must be at least {min}")
                } else {
                    format!("it must be at most {max}")
                };
                self.wrong("E0206", column, message, help);
                None
            }
            Err(fault) => {
                let code = if fault.code == "E0203" { "E0402" } else { fault.code };
                self.wrong(code, column, format!("{} in column \"{column}\"", fault.message), fault.help);
                None
            }
        }
    }

    /// A number that must be there.
    pub fn number(
        &self,
        column: &'static str,
        read: impl Fn(&str) -> Read<f64>,
        min: f64,
        max: f64,
    ) -> Option<f64> {
        self.name(column)?;
        self.measured(column, read, min, max)
    }

    pub fn parse<T>(&self, column: &'static str, read: impl Fn(&str) -> Read<T>) -> Option<T> {
        read(self.text(column))
            .map_err(|fault| self.wrong(fault.code, column, fault.message, fault.help))
            .ok()
    }

    /// One of a few words; an empty cell is the first.
    pub fn word(&self, column: &'static str, words: &[&str]) -> usize {
        let text = self.text(column);
        if text.is_empty() {
            return 0;
        }
        words.iter().position(|word| *word == text).unwrap_or_else(|| {
            self.wrong(
                "E0204",
                column,
                format!("unknown {column} \"{}\"", unit::short(text)),
                suggest(text, words),
            );
            0
        })
    }

    /// The name of something defined elsewhere; `None` when empty or unknown.
    pub fn reference(&self, column: &'static str, kind: &'static str) -> Option<String> {
        let text = self.text(column);
        let known = !text.is_empty() && self.table.desk.refer(kind, text, self.place(column));
        if !text.is_empty() && !known {
            self.table.found.set(self.table.found.get() + 1);
        }
        known.then(|| text.to_string())
    }

    pub fn wrong(&self, code: &'static str, column: &str, message: String, help: String) {
        self.report(code, self.index(column).unwrap_or(0), message, help);
    }

    fn report(&self, code: &'static str, index: usize, message: String, help: impl Into<String>) {
        self.table.found.set(self.table.found.get() + 1);
        self.table.desk.report(code, self.place_at(index), message, help);
    }

    pub fn place(&self, column: &str) -> Place {
        self.place_at(self.index(column).unwrap_or(0))
    }

    /// Line and column of a cell, found by walking the raw line; quotes are part of a cell.
    fn place_at(&self, index: usize) -> Place {
        let position = self.record.position();
        let line = position.map_or(1, |position| position.line()) as u32;
        let start = position.map_or(0, |position| position.byte() as usize);
        // The reader counts a record from the line break before it.
        let raw = self.table.text.get(start..).unwrap_or("").trim_start_matches(['\n', '\r']);
        let (mut cell, mut column, mut first, mut quoted) = (0, 1, 1, false);
        for letter in raw.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted && cell == index => break,
                ',' if !quoted => {
                    cell += 1;
                    first = column + 1;
                }
                '\n' | '\r' => break,
                _ => {}
            }
            column += 1;
        }
        Place::new(self.table.source, line, first, (column - first).max(1))
    }
}
