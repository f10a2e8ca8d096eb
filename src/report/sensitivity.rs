//! What moves an answer: the tornado, as a document, a table and a chart.

use std::path::PathBuf;

use serde::Serialize;

use super::answer::{Answer, Chart, Table, files_of};
use super::compare::{number, signed};
use super::document::Estimate;
use super::html::scatter::{Lever, tornado};
use super::sweep::{ColumnRow, columns, estimate, verdict_name};
use crate::experiment::lab::{Base, Reading, Yardstick, breaks_first};
use crate::experiment::tornado::{Swing, difference, ranked};

/// `sensitivity.json` of a tornado.
#[derive(Debug, Clone, Serialize)]
pub struct TornadoDocument {
    pub scenario: String,
    pub command: String,
    pub currency: String,
    pub seed: u64,
    pub replications: usize,
    pub confidence: f64,
    /// Each lever is taken by both.
    pub factors: [f64; 2],
    /// The measure by which levers are ranked.
    pub measure: String,
    pub columns: Vec<ColumnRow>,
    /// Measures that are told of every lever, beside the one that ranks them.
    pub beside: Vec<&'static str>,
    /// By column, with no lever moved.
    pub base: Vec<Estimate>,
    pub verdict: &'static str,
    /// Those that move the measure most first.
    pub levers: Vec<LeverRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct LeverRow {
    pub name: String,
    pub path: String,
    /// At the low factor, then at the high one.
    pub ends: [EndRow; 2],
}

#[derive(Debug, Clone, Serialize)]
pub struct EndRow {
    pub factor: f64,
    pub verdict: &'static str,
    /// The station that breaks first, in most replications.
    pub breaks: Option<String>,
    /// By column, less the base: paired intervals.
    pub differences: Vec<Estimate>,
}

impl TornadoDocument {
    pub fn of(
        base: &Base,
        yardstick: &Yardstick,
        (calm, swings): (&[Reading], &[Swing]),
        (factors, measure): ([f64; 2], usize),
        (name, command): (String, String),
    ) -> TornadoDocument {
        let end = |own: &Swing, at: usize| {
            let readings = &own.ends[at];
            let found = |column| difference(yardstick, readings, calm, column);
            let told = |found: crate::experiment::Estimate| Estimate {
                mean: found.mean,
                half_width: found.half_width,
            };
            EndRow {
                factor: factors[at],
                verdict: verdict_name(yardstick.verdict(readings)),
                breaks: breaks_first(readings).map(|(name, _)| name),
                differences: (0..yardstick.columns.len()).map(|column| told(found(column))).collect(),
            }
        };
        let row = |index: usize| {
            let own = &swings[index];
            LeverRow {
                name: own.lever.name.clone(),
                path: own.lever.path.clone(),
                ends: [end(own, 0), end(own, 1)],
            }
        };
        TornadoDocument {
            scenario: name,
            command,
            currency: base.scenario.currency.clone(),
            seed: base.seed(),
            replications: calm.len(),
            confidence: yardstick.confidence,
            factors,
            measure: yardstick.columns[measure].name.clone(),
            columns: columns(yardstick),
            beside: Vec::new(),
            base: (0..yardstick.columns.len()).map(|column| estimate(yardstick, calm, column)).collect(),
            verdict: verdict_name(yardstick.verdict(calm)),
            levers: ranked(yardstick, calm, swings, measure).into_iter().map(row).collect(),
        }
    }

    /// Tells these measures of every lever.
    pub fn beside(self, measures: &[&'static str]) -> TornadoDocument {
        TornadoDocument { beside: measures.to_vec(), ..self }
    }

    /// One row a lever and end, one column a measure, with intervals.
    fn side_by_side(&self) -> Table {
        let own: Vec<usize> = (self.beside.iter())
            .filter_map(|name| self.columns.iter().position(|column| column.name == *name))
            .collect();
        let heads: Vec<&str> = own.iter().map(|&column| self.columns[column].name.as_str()).collect();
        let mut table = Table::new("", &[&["<lever", "<by"], &heads[..]].concat(), 50);
        let moved = |lever: &&LeverRow| own.iter().any(|&column| moves(lever, column));
        for lever in self.levers.iter().filter(moved) {
            for end in &lever.ends {
                let cells =
                    own.iter().map(|&column| signed(&end.differences[column], self.columns[column].unit));
                table.rows.push(
                    [lever.name.clone(), format!("x{}", end.factor)].into_iter().chain(cells).collect(),
                );
            }
        }
        table
    }

    fn column(&self) -> usize {
        self.columns.iter().position(|column| column.name == self.measure).expect("the measure is a column")
    }

    pub fn answer(&self) -> Answer {
        let column = self.column();
        let (unit, base) = (self.columns[column].unit, &self.base[column]);
        let mut sentences = vec![format!(
            "{} is {}; the verdict is {}.",
            self.measure,
            number(base.mean, unit),
            self.verdict
        )];
        if let Some(first) = self.levers.first() {
            let said =
                |end: &EndRow| format!("{} at x{}", signed(&end.differences[column], unit), end.factor);
            let [low, high] = first.ends.each_ref().map(said);
            sentences.push(format!("What moves it most is {}: {low}, {high}.", first.name));
        }
        let turns: Vec<String> = self.levers.iter().flat_map(|lever| turns(lever, self.verdict)).collect();
        match turns.is_empty() {
            true => sentences.push("No lever alone changes the verdict.".to_owned()),
            false => sentences.push(format!("The verdict changes with {}.", turns.join(", "))),
        }
        let still: Vec<&str> = self
            .levers
            .iter()
            .filter(|lever| !moves(lever, column))
            .map(|lever| lever.name.as_str())
            .collect();
        if !still.is_empty() {
            let still = still.join(", ");
            sentences.push(format!("Nothing moves it among: {still}. People and lanes are whole: a larger --by moves small teams."));
        }
        let heads = self.factors.map(|factor| format!("x{factor}"));
        let mut table = Table::new("", &["<lever", &heads[0], &heads[1], "<verdicts"], 25);
        for lever in self.levers.iter().filter(|lever| moves(lever, column)) {
            let [low, high] = lever.ends.each_ref().map(|end| signed(&end.differences[column], unit));
            let verdicts = format!("{}, {}", lever.ends[0].verdict, lever.ends[1].verdict);
            table.rows.push(vec![lever.name.clone(), low, high, verdicts]);
        }
        let bar = |lever: &LeverRow| Lever {
            name: lever.name.clone(),
            low: lever.ends[0].differences[column].mean,
            high: lever.ends[1].differences[column].mean,
        };
        let bars: Vec<Lever> =
            self.levers.iter().filter(|lever| moves(lever, column)).take(16).map(bar).collect();
        let svg = tornado(&self.measure, base.mean, |value| number(value, unit), &bars);
        let caption = format!(
            "What {} becomes when one lever moves: ochre at x{}, blue at x{}.",
            self.measure, self.factors[0], self.factors[1]
        );
        Answer {
            kind: "sensitivity",
            title: self.scenario.clone(),
            sentences,
            tables: match self.beside.is_empty() {
                true => vec![table],
                false => vec![self.side_by_side(), table],
            },
            charts: vec![Chart { caption, svg }],
            notes: vec![format!(
                "One lever at a time; {} replications a cell on common random numbers, paired differences with {:.0} % intervals, seed {}.",
                self.replications,
                self.confidence * 100.0,
                self.seed
            )],
            command: self.command.clone(),
            ..Answer::default()
        }
    }

    /// One row a lever, end and measure.
    fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut put = |row: &[String]| writer.write_record(row).expect("a table in memory takes rows");
        put(&[
            "lever",
            "path",
            "factor",
            "verdict",
            "measure",
            "unit",
            "difference_mean",
            "difference_half_width",
        ]
        .map(str::to_owned));
        for lever in &self.levers {
            for end in &lever.ends {
                for (column, found) in self.columns.iter().zip(&end.differences) {
                    let half = found.half_width.map_or(String::new(), |half| half.to_string());
                    put(&[
                        lever.name.clone(),
                        lever.path.clone(),
                        end.factor.to_string(),
                        end.verdict.to_owned(),
                        column.name.clone(),
                        column.unit.to_owned(),
                        found.mean.to_string(),
                        half,
                    ]);
                }
            }
        }
        writer.into_inner().expect("a table in memory is whole")
    }

    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = files_of(&self.answer(), self);
        files.push(("sensitivity.csv".into(), self.csv()));
        files
    }
}

fn moves(lever: &LeverRow, column: usize) -> bool {
    lever.ends.iter().any(|end| end.differences[column].mean != 0.0)
}

/// Ends at which the verdict is another one.
fn turns(lever: &LeverRow, verdict: &str) -> Vec<String> {
    let turned = lever.ends.iter().filter(|end| end.verdict != verdict);
    turned.map(|end| format!("{} at x{} ({})", lever.name, end.factor, end.verdict)).collect()
}
