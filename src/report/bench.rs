//! `ordermill bench` told: one table for a terminal, one JSON document.

use std::fmt::Write;

use serde::Serialize;

use super::say;
use crate::load::bench::{Rival, Row, Spread};

/// What `ordermill bench --json` prints.
#[derive(Debug, Clone, Serialize)]
pub struct BenchDocument {
    pub version: &'static str,
    pub cores: usize,
    pub rounds: usize,
    /// Whether it was a hundredth of the work, which shows that it works and measures nothing.
    pub quick: bool,
    pub wall_s: f64,
    pub rows: Vec<BenchRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct BenchRow {
    pub question: String,
    pub unit: &'static str,
    /// `CPU` or `wall`: of all threads together.
    pub clock: &'static str,
    pub ns: Quartiles,
    pub baselines: Vec<Baseline>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Baseline {
    pub name: &'static str,
    pub ns: Quartiles,
    /// Theirs over ours, of each round: above one, ours is faster.
    pub ratio: Quartiles,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub struct Quartiles {
    pub median: f64,
    pub first: f64,
    pub third: f64,
}

impl From<Spread> for Quartiles {
    fn from(Spread { median, low, high }: Spread) -> Quartiles {
        Quartiles { median, first: low, third: high }
    }
}

impl From<Row> for BenchRow {
    fn from(Row { question, unit, clock, nanos, rivals }: Row) -> BenchRow {
        let baseline =
            |Rival { name, nanos, ratio }: Rival| Baseline { name, ns: nanos.into(), ratio: ratio.into() };
        let baselines = rivals.into_iter().map(baseline).collect();
        BenchRow { question, unit, clock, ns: nanos.into(), baselines }
    }
}

/// The lines above the first row; 80 columns.
pub fn head(rounds: usize, cores: usize, quick: bool) -> String {
    let work = if quick { "a hundredth of the work: no measurement" } else { "medians" };
    format!(
        "{rounds} rounds on {cores} cores, {work}\nCPU time but where it says wall; x is baseline / ours, first to third quartile\n\n{:<50}{:>8}{:>7}\n",
        "", "ns", "x"
    )
}

/// One question with its baselines.
pub fn table(row: &BenchRow) -> String {
    let say = "a string takes all that is written";
    let mut text = String::new();
    let clock = if row.clock == "CPU" { "" } else { ", wall" };
    let question = format!("{}{clock}", row.question);
    writeln!(text, "{question:<50}{:>8}", nanos(row.ns.median)).expect(say);
    for Baseline { name, ns, ratio } in &row.baselines {
        let name = format!("  {name}");
        let (low, high) = (factor(ratio.first), factor(ratio.third));
        writeln!(text, "{name:<50}{:>8}{:>7} {low:>5} to {high}", nanos(ns.median), factor(ratio.median))
            .expect(say);
    }
    text
}

fn nanos(nanos: f64) -> String {
    match nanos {
        few if few < 100.0 => format!("{few:.1}"),
        many => say::count(many),
    }
}

/// Three digits.
fn factor(ratio: f64) -> String {
    match ratio {
        few if few < 10.0 => format!("{few:.2}"),
        some if some < 100.0 => format!("{some:.1}"),
        many => format!("{many:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_said_in_eighty_columns() {
        let spread = |median: f64| Spread { median, low: median * 0.9, high: median * 1.1 };
        let rival = Rival {
            name: "record in a tree, stock by compare-and-swap",
            nanos: spread(1_279.0),
            ratio: spread(7.11),
        };
        let row = Row {
            question: "a life, a million alive".into(),
            unit: "life",
            clock: "wall",
            nanos: spread(179.9),
            rivals: vec![rival],
        };
        let told = head(7, 2, false) + &table(&row.into());
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= 80), "{told}");
        assert_eq!(
            lines[4].split_whitespace().collect::<Vec<_>>().join(" "),
            "a life, a million alive, wall 180"
        );
        let words = lines[5].split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(words, "record in a tree, stock by compare-and-swap 1 279 7.11 6.40 to 7.82");
    }
}
