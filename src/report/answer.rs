//! An answer of many runs: a few sentences and tables, told alike in a terminal and on a page; charts on the page.

use std::fmt::Write;
use std::path::PathBuf;

use serde::Serialize;

use super::html::answer_page;
use super::schema::pretty;
use super::terminal::width;

/// What a command found, ready to be told.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Answer {
    /// The command's name.
    pub kind: &'static str,
    /// The scenario's.
    pub title: String,
    /// `holds`, `fails` or `inconclusive`, where there is something to hold.
    pub verdict: Option<&'static str>,
    /// The first is the answer.
    pub sentences: Vec<String>,
    pub tables: Vec<Table>,
    pub charts: Vec<Chart>,
    /// How it was found.
    pub notes: Vec<String>,
    pub command: String,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct Table {
    pub title: String,
    pub head: Vec<Head>,
    pub rows: Vec<Vec<String>>,
    /// Rows in the terminal, 0 for none; the page has all.
    pub shown: usize,
    /// The page has a wider one.
    pub is_for_terminal: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Head {
    pub name: String,
    pub is_text: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    pub caption: String,
    pub svg: String,
}

impl Table {
    /// Names that begin with `<` are columns of text.
    pub fn new(title: &str, head: &[&str], shown: usize) -> Table {
        let column = |name: &&str| Head {
            name: name.trim_start_matches('<').to_owned(),
            is_text: name.starts_with('<'),
        };
        Table {
            title: title.to_owned(),
            head: head.iter().map(column).collect(),
            rows: Vec::new(),
            shown,
            is_for_terminal: false,
        }
    }
}

/// The page and the document, named after the command.
pub fn files_of(answer: &Answer, document: &impl Serialize) -> Vec<(PathBuf, Vec<u8>)> {
    let name = |end: &str| PathBuf::from(format!("{}.{end}", answer.kind));
    vec![(name("json"), pretty(document)), (name("html"), answer_page(answer).into_bytes())]
}

const WIDTH: usize = 80;

/// For a terminal, in 80 columns as far as names allow.
pub fn text(answer: &Answer, folder: Option<&str>) -> String {
    let mut text = format!("{}  {}\n", answer.title, answer.kind);
    for sentence in &answer.sentences {
        text += &wrapped(sentence);
    }
    for table in answer.tables.iter().filter(|table| 0 < table.shown) {
        text += &table_text(table);
    }
    if !answer.notes.is_empty() {
        text.push('\n');
        answer.notes.iter().for_each(|note| text += &wrapped(note));
    }
    if let Some(folder) = folder {
        let _ = writeln!(text, "\n{folder}/{}.html", answer.kind);
    }
    text
}

fn wrapped(sentence: &str) -> String {
    let (mut text, mut line) = (String::new(), String::new());
    for word in sentence.split(' ') {
        if !line.is_empty() && WIDTH < width(&line) + 1 + width(word) {
            let _ = writeln!(text, "{line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    text + &line + "\n"
}

fn table_text(table: &Table) -> String {
    let rows = &table.rows[..table.rows.len().min(table.shown)];
    let widths = widths(table, rows);
    let mut text = String::from("\n");
    if !table.title.is_empty() {
        text += &wrapped(&table.title);
    }
    let head: Vec<String> = table.head.iter().map(|head| head.name.clone()).collect();
    for row in std::iter::once(&head).chain(rows) {
        let mut line = String::new();
        for ((cell, &own), head) in row.iter().zip(&widths).zip(&table.head) {
            let cell = cut(cell, own);
            let gap = " ".repeat(own - width(&cell));
            line += &if head.is_text { format!("{cell}{gap}  ") } else { format!("{gap}{cell}  ") };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if rows.len() < table.rows.len() {
        let _ = writeln!(text, "and {} more on the page", table.rows.len() - rows.len());
    }
    text
}

/// What the cells need, text giving way where that is too much; what room is left goes to the heads.
fn widths(table: &Table, rows: &[Vec<String>]) -> Vec<usize> {
    let least = |head: &Head| if head.is_text { 0 } else { width(&head.name) };
    let mut widths: Vec<usize> = table.head.iter().map(least).collect();
    for row in rows {
        for (cell, own) in row.iter().zip(&mut widths) {
            *own = width(cell).max(*own);
        }
    }
    let taken = |widths: &[usize]| widths.iter().map(|own| own + 2).sum::<usize>() - 2;
    while WIDTH < taken(&widths) {
        let text = widths.iter().zip(&table.head).enumerate();
        let text = text.filter(|(_, (own, head))| head.is_text && 8 < **own);
        let Some((widest, _)) = text.max_by_key(|(_, (own, _))| **own) else { break };
        widths[widest] -= 1;
    }
    for (index, head) in table.head.iter().enumerate() {
        let room = WIDTH.saturating_sub(taken(&widths));
        widths[index] += width(&head.name).saturating_sub(widths[index]).min(room);
    }
    widths
}

fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(columns.saturating_sub(1)).collect();
    while columns < width(&kept) + 1 {
        kept.pop();
    }
    kept + "~"
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn answer() -> Answer {
        let mut table = Table::new("What was tried", &["cell", "<station", "p99"], 2);
        for row in
            [["0", "pick @ Hangzhou", "1 h"], ["*1", "pack @ \u{676d}\u{5dde}", "12 h 30 m"], ["2", "-", "-"]]
        {
            table.rows.push(row.map(str::to_owned).to_vec());
        }
        Answer {
            kind: "sweep",
            title: "a <b>day</b>".into(),
            sentences: vec!["word ".repeat(20).trim_end().to_owned()],
            tables: vec![table],
            notes: vec!["How.".into()],
            command: "ordermill sweep".into(),
            ..Answer::default()
        }
    }

    #[test]
    fn eighty_columns() {
        let said = text(&answer(), Some("reports/sweep/day"));
        expect![[r#"
            a <b>day</b>  sweep
            word word word word word word word word word word word word word word word word
            word word word word

            What was tried
            cell  station                p99
               0  pick @ Hangzhou        1 h
              *1  pack @ 杭州      12 h 30 m
            and 1 more on the page

            How.

            reports/sweep/day/sweep.html
        "#]]
        .assert_eq(&said);
        assert!(said.lines().all(|line| width(line) <= WIDTH));
    }

    #[test]
    fn long_names_give_way() {
        let mut answer = answer();
        answer.tables[0].rows[0][1] = "n".repeat(100);
        assert!(text(&answer, None).lines().all(|line| width(line) <= WIDTH));
    }

    #[test]
    fn names_are_inert_on_the_page() {
        let page = answer_page(&answer());
        assert!(page.contains("a &lt;b&gt;day&lt;") && !page.contains("<b>day"), "{page}");
        assert!(!page.contains("<script") && page.contains("default-src 'none'"));
    }
}
