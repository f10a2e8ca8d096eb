//! Letters that no name may hold: those that a terminal obeys, and those that no eye sees.
//!
//! # Why they are refused, and not stripped where they are shown
//! A name goes to a terminal, a page, CSV, JSON and an event log, each with its own way to escape. Two names that look
//! the same are a slip or a trick, and stripping would make them the same.

use super::desk::Desk;
use super::source::Place;
use super::tree::{Node, Value};

/// The longest text of a scenario, in bytes; a description, a formula and every name are far below.
pub const MOST_BYTES: usize = 4_096;

/// Tells every key and value of the tree that holds such a letter, or is longer than any text needs to be.
pub fn check(desk: &Desk, node: &Node) {
    match &node.value {
        Value::Null => {}
        Value::Text(text) => tell(desk, text, node.place),
        Value::List(items) => items.iter().for_each(|item| check(desk, item)),
        Value::Map(entries) => {
            for entry in entries {
                tell(desk, &entry.key, entry.place);
                check(desk, &entry.node);
            }
        }
    }
}

fn tell(desk: &Desk, text: &str, place: Place) {
    if let Some(message) = fault(text) {
        desk.report("E0214", place, message, "write the text without it; line breaks and tabs are fine");
    }
}

/// Tells the lines of a table that hold such a letter; whether there is none.
pub fn check_table(desk: &Desk, source: u32, text: &str) -> bool {
    const MOST: usize = 20;
    let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines();
    let hidden = (1..).zip(lines).filter(|(_, line)| line.contains(is_hidden));
    let mut count = 0;
    for (number, line) in hidden.take(MOST) {
        let (before, letter) = line.char_indices().find(|found| is_hidden(found.1)).expect("it holds one");
        let column = line[..before].chars().count() as u32 + 1;
        let message = format!("the line holds {}, which is obeyed or not seen", letter.escape_unicode());
        desk.report("E0214", Place::new(source, number, column, 1), message, "write the cell without it");
        count += 1;
    }
    count == 0
}

/// What is wrong with the letters of a text.
pub fn fault(text: &str) -> Option<String> {
    if MOST_BYTES < text.len() {
        return Some(format!("a text of {} bytes; the longest may have {MOST_BYTES}", text.len()));
    }
    let hidden = text.chars().find(|&letter| is_hidden(letter))?;
    Some(format!("the text holds {}, which is obeyed or not seen", hidden.escape_unicode()))
}

/// C0 and C1, what turns the direction of writing, what has no width, line separators, and tags.
fn is_hidden(letter: char) -> bool {
    let unseen = matches!(letter,
        '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    unseen || letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_pass_and_hidden_letters_do_not() {
        for good in ["Hamburg", "上海 3", "Łódź", "a\tb\nc", "café", "क्\u{200d}ष", "👩‍🔧", "=1+1"]
        {
            assert_eq!(fault(good), None);
        }
        for bad in
            ["\u{1b}[2J", "a\0", "\u{9b}31m", "\u{202e}gpj", "a\u{200b}b", "\u{2028}", "\u{e0041}", "\u{7f}"]
        {
            assert!(fault(bad).is_some(), "{bad:?}");
        }
        assert!(fault(&"x".repeat(MOST_BYTES + 1)).is_some());
        assert_eq!(fault(&"x".repeat(MOST_BYTES)), None);
    }
}
