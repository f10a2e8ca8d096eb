//! Quoted cells: their text without the quotes, line by line while a quote is open (RFC 4180).

use std::ops::Range;

/// The text of one row's cells, end to end.
#[derive(Debug, Default)]
pub struct Unquote {
    pub text: Vec<u8>,
    cell: u32,
    open: bool,
}

impl Unquote {
    /// Begins a new row.
    pub fn start(&mut self) {
        self.text.clear();
        (self.cell, self.open) = (0, false);
    }

    /// Appends the cells of one line; `false` when a quote is still open at its end. A quote opens at the start
    /// of a cell only; elsewhere it is a letter, so that `5" pipe` is read as it stands.
    pub fn line(&mut self, line: &[u8], delimiter: u8, cells: &mut Vec<Range<u32>>) -> bool {
        if self.open {
            self.text.push(b'\n');
        }
        let mut letters = line.iter().copied().peekable();
        while let Some(letter) = letters.next() {
            let at_start = self.cell as usize == self.text.len();
            match letter {
                b'"' if self.open && letters.peek() == Some(&b'"') => {
                    letters.next();
                    self.text.push(b'"');
                }
                b'"' if self.open => self.open = false,
                b'"' if at_start => self.open = true,
                _ if letter == delimiter && !self.open => self.end_cell(cells),
                b' ' if at_start && !self.open => {}
                _ => self.text.push(letter),
            }
        }
        if !self.open {
            self.end_cell(cells);
        }
        !self.open
    }

    fn end_cell(&mut self, cells: &mut Vec<Range<u32>>) {
        let end = self.text.len() as u32;
        cells.push(self.cell..end);
        self.cell = end;
    }
}
