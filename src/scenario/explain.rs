//! `explain TERM`: what a key, a diagnostic's code or a term of the report means, and its unit.

use super::code::{BUILD_CODES, CODES};
use super::diagnostic::nearest;
use super::key::{Default, KeyRow, Kind, children, keys};

/// A word of the report with its definition: the report room hands its metrics over as a table of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub word: &'static str,
    pub unit: &'static str,
    pub text: &'static str,
}

/// What a key, its last name, a section or a code means; `None` when nothing is known by that name.
pub fn explain(term: &str) -> Option<String> {
    explain_with(term, &[])
}

/// Like `explain`, with the terms of another room.
pub fn explain_with(term: &str, terms: &[Term]) -> Option<String> {
    let wanted = term.trim();
    let mut texts: Vec<String> = Vec::new();
    texts.extend(
        CODES
            .iter()
            .chain(BUILD_CODES)
            .filter(|code| code.code.eq_ignore_ascii_case(wanted))
            .map(|code| format!("{}\n  {}\n  {}", code.code, code.title, code.remedy)),
    );
    texts.extend(
        terms
            .iter()
            .filter(|term| term.word == wanted)
            .map(|term| format!("{}  ({})\n  {}", term.word, term.unit, term.text)),
    );
    let plain = wanted.replace(".*", "[]").replace("<", "").replace(">", "");
    let spelled = |row: &&KeyRow| {
        row.path.replace("[]", "") == plain.replace("[]", "") || row.path.replace(['<', '>'], "") == plain
    };
    texts.extend(keys().iter().filter(spelled).map(of_row));
    if texts.is_empty() {
        texts.extend(keys().iter().filter(|row| row.name() == wanted).map(of_row));
    }
    texts.extend(pseudo(&plain));
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

/// The word that was probably meant.
pub fn near(term: &str, terms: &[Term]) -> Option<&'static str> {
    let words =
        keys().iter().flat_map(|row| [row.path, row.name()]).chain(terms.iter().map(|term| term.word));
    nearest(term, words.collect::<Vec<_>>())
}

fn of_row(row: &KeyRow) -> String {
    let mut text = format!("{}  ({})\n  {}", row.path, row.kind.unit(), row.help);
    match row.default {
        Default::Must => text += "\n  must be written",
        Default::Is("" | "{}") | Default::Off => text += "\n  may be left out",
        Default::Is(default) => text += &format!("\n  default: {default}"),
    }
    if let Kind::Word(words) = row.kind {
        text += &format!("\n  one of: {}", words.join(", "));
    }
    if !row.instead.is_empty() {
        text += &format!("\n  or the word: {}", row.instead);
    }
    if row.kind.is_measured() {
        let said = |bound| super::value::bound_said(row.kind, bound);
        text += &format!("\n  from {} to {}", said(row.min), said(row.max));
    }
    text += &format!("\n  example: {}: {}", row.name(), row.example);
    let below: Vec<String> = children(row.path)
        .chain(children(&format!("{}[]", row.path)))
        .chain(children(&format!("{}.*[]", row.path)))
        .map(|row| format!("\n    {:<24} {}", row.name(), row.help))
        .collect();
    if !below.is_empty() {
        text += &format!("\n  keys:{}", below.concat());
    }
    text
}

/// `law` and `place`: types with keys of their own.
fn pseudo(word: &str) -> Option<String> {
    let (path, title) = match word {
        "law" => ("<law>", "law  (a time, or one distribution of times)"),
        "place" => ("<place>", "place  (a city, or a latitude and a longitude)"),
        _ => return None,
    };
    let rows = children(path).map(|row| format!("\n  {}: {:<50} {}", row.name(), row.example, row.help));
    Some(format!("{title}{}", rows.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_codes_and_foreign_terms_are_explained() {
        assert!(explain("floor.wave.every").unwrap().contains("Time between waves."));
        assert!(explain("nodes.pickers").unwrap().contains("whole number"));
        assert!(explain("merge-window").unwrap().contains("floor.merge-window"));
        assert!(explain("e0204").unwrap().contains("listed words"));
        assert!(explain("law").unwrap().contains("exponential"));
        assert_eq!(explain("parsec"), None);
        let term = Term { word: "lead_time", unit: "s", text: "Submit to delivery." };
        assert!(explain_with("lead_time", &[term]).unwrap().contains("Submit to delivery."));
        assert_eq!(near("pikcers", &[]), Some("pickers"));
    }
}
