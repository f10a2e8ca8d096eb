//! Rows: a CSV file cut into rows and cells as it streams by, with the place of each row in the file.
//!
//! # Promises
//! - Memory is one buffer, whatever the size of the file; a row beyond `MAX_ROW` is passed over and told.
//! - A quoted cell may hold delimiters, doubled quotes and line breaks; a quote that is never closed costs its
//!   own line and no other.
//! - Lines end with LF, CR LF or the end of the file; blank lines are not rows.
//!
//! # Why not the `csv` crate
//! Rejected rows are written back as they were read, an index seeks to byte offsets, and a stray quote must not
//! swallow the rest of the file: all three need the raw line, which `csv` does not keep. `benches/replay.rs`
//! holds the comparison of speed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use memchr::{memchr, memchr_iter};

use super::unquote::Unquote;

/// The longest row, with all its line breaks.
pub const MAX_ROW: usize = 64 << 10;
/// What one read asks for: in order, and of single orders here and there.
const STREAM_CHUNK: usize = 256 << 10;
const SEEK_CHUNK: usize = 2 << 10;

/// Why a row cannot be cut into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    OpenQuote,
    TooLong,
}

/// ```text
///  buffer:  cut before | current row \n | not yet cut | (not yet read)
///           0          at            taken            filled
/// ```
#[derive(Debug)]
pub struct Rows<R = File> {
    source: R,
    delimiter: u8,
    chunk: usize,
    buffer: Vec<u8>,
    at: usize,
    filled: usize,
    /// The file's offset of `buffer[0]`.
    base: u64,
    ended: bool,
    /// Length of the current row, and of it with its line breaks.
    row: usize,
    taken: usize,
    line: u64,
    lines_taken: u64,
    /// The current row goes on beyond what was taken: pass over its rest.
    skipping: bool,
    stays: bool,
    cells: Vec<Range<u32>>,
    /// The cells lie in the row, or, when it has quotes, here.
    quoted: bool,
    unquote: Unquote,
}

impl Rows<File> {
    /// For reading from the first row to the last.
    pub fn stream(path: &Path, delimiter: u8) -> io::Result<Rows<File>> {
        Ok(Rows::new(File::open(path)?, delimiter, STREAM_CHUNK))
    }

    /// For reading a few rows from each of many places.
    pub fn scattered(path: &Path, delimiter: u8) -> io::Result<Rows<File>> {
        Ok(Rows::new(File::open(path)?, delimiter, SEEK_CHUNK))
    }
}

impl<R: Read> Rows<R> {
    pub fn new(source: R, delimiter: u8, chunk: usize) -> Rows<R> {
        Rows {
            source,
            delimiter,
            chunk,
            buffer: Vec::new(),
            at: 0,
            filled: 0,
            base: 0,
            ended: false,
            row: 0,
            taken: 0,
            line: 1,
            lines_taken: 0,
            skipping: false,
            stays: false,
            cells: Vec::new(),
            quoted: false,
            unquote: Unquote::default(),
        }
    }

    /// Goes to the next row; `None` at the end. After a fault the row's line, offset and text are told, it has
    /// no cells, and the next call goes on behind it.
    #[inline]
    pub fn advance(&mut self) -> io::Result<Option<Result<(), Fault>>> {
        if std::mem::take(&mut self.stays) {
            return Ok(Some(Ok(())));
        }
        loop {
            self.leave_row()?;
            let Some(end) = self.line_end(0)? else { return Ok(None) };
            self.take(end, 1);
            if MAX_ROW < end {
                (self.row, self.skipping) = (MAX_ROW, true);
                self.cells.clear();
                return Ok(Some(Err(Fault::TooLong)));
            }
            if self.raw().trim_ascii().is_empty() {
                continue;
            }
            self.quoted = memchr(b'"', self.raw()).is_some();
            if self.quoted {
                return self.cut_quoted().map(Some);
            }
            self.cut_plain();
            return Ok(Some(Ok(())));
        }
    }

    /// The next `advance` stays at this row.
    pub fn stay(&mut self) {
        self.stays = true;
    }

    /// The cell of a column, without blanks around it; `None` when the row is too short.
    #[inline]
    pub fn cell(&self, column: usize) -> Option<&[u8]> {
        let cell = self.cells.get(column)?;
        let cell = cell.start as usize..cell.end as usize;
        let text = if self.quoted { &self.unquote.text[cell] } else { &self.buffer[self.at..][cell] };
        Some(text.trim_ascii())
    }

    pub fn cells_count(&self) -> usize {
        self.cells.len()
    }

    /// The row as it stands in the file, without its last line break.
    #[inline]
    pub fn raw(&self) -> &[u8] {
        without_return(&self.buffer[self.at..self.at + self.row])
    }

    /// The line on which the row begins, from 1. Counted from the last place that was sought.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Where the row begins in the file, in bytes.
    #[inline]
    pub fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    fn leave_row(&mut self) -> io::Result<()> {
        self.at += std::mem::take(&mut self.taken);
        self.line += std::mem::take(&mut self.lines_taken);
        self.row = 0;
        while self.skipping {
            match memchr(b'\n', &self.buffer[self.at..self.filled]) {
                Some(end) => (self.at, self.skipping) = (self.at + end + 1, false),
                None => {
                    self.at = self.filled;
                    self.skipping = !self.ended;
                    self.fill()?;
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, end: usize, lines: u64) {
        self.row = end;
        self.taken = (end + 1).min(self.filled - self.at);
        self.lines_taken = lines;
    }

    #[inline]
    fn cut_plain(&mut self) {
        let row = without_return(&self.buffer[self.at..self.at + self.row]);
        self.cells.clear();
        let mut start = 0;
        for end in memchr_iter(self.delimiter, row) {
            self.cells.push(start..end as u32);
            start = end as u32 + 1;
        }
        self.cells.push(start..row.len() as u32);
    }

    /// Cuts a row with quotes, over further lines while a quote is open.
    fn cut_quoted(&mut self) -> io::Result<Result<(), Fault>> {
        self.cells.clear();
        self.unquote.start();
        let (mut start, mut end, mut lines) = (0, self.row, 1);
        loop {
            let line = without_return(&self.buffer[self.at + start..self.at + end]);
            if self.unquote.line(line, self.delimiter, &mut self.cells) {
                self.take(end, lines);
                return Ok(Ok(()));
            }
            start = end + 1;
            match self.line_end(start)? {
                Some(further) if further <= MAX_ROW => (end, lines) = (further, lines + 1),
                _ => {
                    self.cells.clear();
                    return Ok(Err(Fault::OpenQuote));
                }
            }
        }
    }

    /// The end of the line that begins `from` bytes behind `at`, counted from `at`; reads on as needed.
    #[inline]
    fn line_end(&mut self, from: usize) -> io::Result<Option<usize>> {
        let mut searched = from;
        loop {
            let ahead = &self.buffer[self.at..self.filled];
            if let Some(found) = ahead.get(searched..).and_then(|rest| memchr(b'\n', rest)) {
                return Ok(Some(searched + found));
            }
            let length = ahead.len();
            if self.ended || MAX_ROW < length {
                return Ok((from < length).then_some(length));
            }
            searched = length.max(from);
            self.fill()?;
        }
    }

    /// Moves everything from `at` to the front and reads a chunk behind it.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.at..self.filled, 0);
        self.base += self.at as u64;
        (self.filled, self.at) = (self.filled - self.at, 0);
        if self.buffer.len() < self.filled + self.chunk {
            self.buffer.resize(self.filled + self.chunk, 0);
        }
        let target = self.filled..self.filled + self.chunk;
        let read = loop {
            match self.source.read(&mut self.buffer[target.clone()]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.filled += read;
        self.ended = read == 0;
        Ok(())
    }
}

impl<R: Read + Seek> Rows<R> {
    /// The next `advance` reads the row that begins at `offset`.
    pub fn seek(&mut self, offset: u64) -> io::Result<()> {
        (self.row, self.taken, self.lines_taken) = (0, 0, 0);
        (self.skipping, self.stays) = (false, false);
        if (self.base..self.base + self.filled as u64).contains(&offset) {
            self.at = (offset - self.base) as usize;
            return Ok(());
        }
        self.source.seek(SeekFrom::Start(offset))?;
        (self.base, self.at, self.filled, self.ended) = (offset, 0, 0, false);
        Ok(())
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line a row, cells between bars; read with chunks of every size.
    fn cut(text: &[u8]) -> String {
        let told = |chunk: usize| {
            let mut rows = Rows::new(text, b',', chunk);
            let mut told = String::new();
            while let Some(row) = rows.advance().unwrap() {
                told += &format!("{}@{}", rows.line(), rows.offset());
                match row {
                    Err(fault) => told += &format!(" {fault:?}"),
                    Ok(()) => {
                        for cell in 0..rows.cells_count() {
                            told += &format!("|{}", String::from_utf8_lossy(rows.cell(cell).unwrap()));
                        }
                    }
                }
                told += "\n";
            }
            told
        };
        let whole = told(STREAM_CHUNK);
        (1..40).for_each(|chunk| assert_eq!(told(chunk), whole, "chunk of {chunk}"));
        whole
    }

    #[test]
    fn rows_and_cells() {
        assert_eq!(cut(b""), "");
        assert_eq!(cut(b"\n\r\n  \n"), "");
        assert_eq!(cut(b"a,b\n1, 2 \r\n\n3,"), "1@0|a|b\n2@4|1|2\n4@12|3|\n");
        assert_eq!(cut(b"\"a,\"\"b\"\"\",c\n"), "1@0|a,\"b\"|c\n");
        assert_eq!(cut(b"\"a\nb\r\nc\",d\ne"), "1@0|a\nb\nc|d\n4@11|e\n");
        assert_eq!(cut(b"5\" pipe,x\ny"), "1@0|5\" pipe|x\n2@10|y\n");
        assert_eq!(cut(b"1,\"open\n2,b\n3,c\n"), "1@0 OpenQuote\n2@8|2|b\n3@12|3|c\n");
        assert_eq!(cut(b"\"\"\n"), "1@0|\n");
    }

    #[test]
    fn a_row_without_end_is_passed_over() {
        let mut text = b"a,b\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 3 * MAX_ROW));
        text.extend(b"\nc,d");
        let mut rows = Rows::new(&text[..], b',', 1_000);
        assert_eq!(rows.advance().unwrap(), Some(Ok(())));
        assert_eq!(rows.advance().unwrap(), Some(Err(Fault::TooLong)));
        assert_eq!((rows.line(), rows.offset(), rows.raw().len()), (2, 4, MAX_ROW));
        assert_eq!(rows.advance().unwrap(), Some(Ok(())));
        assert_eq!((rows.line(), rows.cell(0)), (3, Some(&b"c"[..])));
        assert_eq!(rows.advance().unwrap(), None);
        assert!(rows.buffer.len() < 2 * MAX_ROW);
    }

    #[test]
    fn rows_are_found_again_by_their_offset() {
        let text = b"h\nfirst,1\nsecond,2\nthird,3\n";
        for chunk in [4, 64] {
            let mut rows = Rows::new(std::io::Cursor::new(text), b',', chunk);
            for (offset, name) in [(10, "second"), (2, "first"), (19, "third"), (2, "first")] {
                rows.seek(offset).unwrap();
                assert_eq!(rows.advance().unwrap(), Some(Ok(())));
                assert_eq!((rows.offset(), rows.cell(0)), (offset, Some(name.as_bytes())));
            }
        }
    }
}
