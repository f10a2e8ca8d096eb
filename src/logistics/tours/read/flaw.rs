//! What is wrong with an instance file: code, place, what was read, what would work.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flaw {
    pub line: usize,
    pub column: usize,
    pub code: &'static str,
    pub message: String,
    pub help: String,
}

/// All mistakes of one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaws {
    file: String,
    lines: usize,
    found: Vec<Flaw>,
    /// Where each place's time window stands.
    pub windows: Vec<(usize, usize)>,
    beyond: usize,
}

/// More than these hide the others.
const MOST: usize = 20;

/// A word and its column, counted in characters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    pub line: usize,
    pub column: usize,
    pub text: &'a str,
}

/// The words of a line. A colon stands alone or ends a key: it is a word of its own.
pub fn words(line: usize, text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut push = |from: usize, to: usize| {
        let column = text[..from].chars().count() + 1;
        found.push(Word { line, column, text: &text[from..to] });
    };
    for (at, character) in text.char_indices() {
        if character.is_whitespace() || character == ':' {
            if let Some(from) = start.take() {
                push(from, at);
            }
            if character == ':' {
                push(at, at + 1);
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
    if let Some(from) = start {
        push(from, text.len());
    }
    found
}

impl Flaws {
    pub fn new(file: &str, text: &str) -> Flaws {
        Flaws {
            file: file.to_owned(),
            lines: text.lines().count(),
            found: Vec::new(),
            windows: Vec::new(),
            beyond: 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn found(&self) -> &[Flaw] {
        &self.found
    }

    pub fn add(&mut self, line: usize, column: usize, code: &'static str, message: String, help: &str) {
        if self.found.len() < MOST {
            self.found.push(Flaw { line, column, code, message, help: help.to_owned() });
        } else {
            self.beyond += 1;
        }
    }

    /// Something that the whole file lacks: told at its end.
    pub fn missing(&mut self, message: String, help: &str) {
        self.add(self.lines.max(1), 1, "E0502", message, help);
    }

    /// A whole number within bounds, or a flaw.
    pub fn whole(&mut self, word: Word, what: &str, least: i64, most: i64) -> Option<i64> {
        // Some writers put a point behind whole numbers.
        let text = word.text.strip_suffix(".0").or(word.text.strip_suffix('.')).unwrap_or(word.text);
        match text.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => return Some(number),
            Ok(number) => self.at(
                word,
                "E0503",
                format!("{what} {number} is out of bounds"),
                &format!("write {least} to {most}"),
            ),
            Err(_) => self.at(
                word,
                "E0503",
                format!("{what} {:?} is not a whole number", word.text),
                &format!("write {least} to {most}"),
            ),
        }
        None
    }

    /// A finite number whose squares do not overflow, or a flaw.
    pub fn number(&mut self, word: Word, what: &str) -> Option<f64> {
        match word.text.parse::<f64>() {
            Ok(number) if number.abs() <= 1e7 => Some(number),
            _ => {
                self.at(
                    word,
                    "E0503",
                    format!("{what} {:?} is not a number", word.text),
                    "write -10000000 to 10000000",
                );
                None
            }
        }
    }

    pub fn at(&mut self, word: Word, code: &'static str, message: String, help: &str) {
        self.add(word.line, word.column, code, message, help);
    }
}

impl fmt::Display for Flaws {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut sorted = self.found.clone();
        sorted.sort();
        for (index, flaw) in sorted.iter().enumerate() {
            let gap = if index == 0 { "" } else { "\n" };
            write!(f, "{gap}{} {}:{}:{}  {}", flaw.code, self.file, flaw.line, flaw.column, flaw.message)?;
            write!(f, "\n      {}", flaw.help)?;
        }
        if 0 < self.beyond {
            write!(f, "\nand {} more", self.beyond)?;
        }
        Ok(())
    }
}
