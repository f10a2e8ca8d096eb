//! What a sweep found: one document, told as a table of cells, a tidy CSV and a page with the frontier.

use std::path::PathBuf;

use serde::Serialize;

use super::answer::{Answer, Chart, Table, files_of};
use super::compare::{number, unit};
use super::document::Estimate;
use super::html::scatter::{Dot, scatter};
use super::say;
use crate::experiment::Verdict;
use crate::experiment::compare::MeasureKind;
use crate::experiment::design::Cell;
use crate::experiment::lab::{Base, Reading, Yardstick, breaks_first};
use crate::experiment::sweep::{CellReadings, frontier, hypervolume};

/// `sweep.json`.
#[derive(Debug, Clone, Serialize)]
pub struct SweepDocument {
    pub scenario: String,
    pub command: String,
    pub currency: String,
    pub seed: u64,
    pub replications: u32,
    pub confidence: f64,
    /// Paths, as they vary from cell to cell.
    pub factors: Vec<String>,
    pub columns: Vec<ColumnRow>,
    /// The two measures of the frontier.
    pub frontier: (String, String),
    /// The share of the rectangle between the worst and the best of both that the frontier beats.
    pub hypervolume: f64,
    pub cells: Vec<CellRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ColumnRow {
    pub name: String,
    /// `minor`, `share`, `ratio`, `s`.
    pub unit: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub struct CellRow {
    /// From 0: `--cell`.
    pub cell: usize,
    /// By factor; empty where the cell does not set it.
    pub values: Vec<String>,
    pub verdict: &'static str,
    /// The column of the service level that is nearest to its bound, or farthest beyond it.
    pub tightest: Option<usize>,
    /// By column.
    pub estimates: Vec<Estimate>,
    /// The station that breaks first, in most replications.
    pub breaks: Option<String>,
    /// No other cell is better in both measures of the frontier.
    pub is_best: bool,
    /// What to type to see it whole.
    pub command: String,
    /// By replication, then column.
    pub readings: Vec<Vec<f64>>,
}

/// What the cells of a sweep are told with.
pub struct Told<'a> {
    pub base: &'a Base,
    pub yardstick: &'a Yardstick,
    pub name: &'a str,
    pub command: String,
    pub frontier: (usize, usize),
}

impl SweepDocument {
    pub fn of(told: &Told<'_>, cells: &[Cell], found: &[CellReadings]) -> SweepDocument {
        let mut factors: Vec<String> = Vec::new();
        for (path, _) in cells.iter().flatten() {
            if !factors.contains(path) {
                factors.push(path.clone());
            }
        }
        let (base, yardstick) = (told.base, told.yardstick);
        let (a, b) = told.frontier;
        let mean = |cell: &CellReadings, index| yardstick.estimate(&cell.replications, index).mean;
        let points: Vec<(f64, f64)> = found.iter().map(|cell| (mean(cell, a), mean(cell, b))).collect();
        let less = (less_is_better(yardstick, a), less_is_better(yardstick, b));
        let best = frontier(&points, less);
        let row = |index: usize| {
            let readings = &found[index].replications;
            let value = |factor: &String| {
                let own = cells[index].iter().find(|(path, _)| path == factor);
                own.map_or(String::new(), |(_, value)| value.clone())
            };
            CellRow {
                cell: index,
                values: factors.iter().map(value).collect(),
                verdict: verdict_name(yardstick.verdict(readings)),
                tightest: yardstick.tightest(readings),
                estimates: (0..yardstick.columns.len())
                    .map(|column| estimate(yardstick, readings, column))
                    .collect(),
                breaks: breaks_first(readings).map(|(name, _)| name),
                is_best: best[index],
                command: base.command(&cells[index], readings.len() as u32),
                readings: readings.iter().map(|reading| reading.values.clone()).collect(),
            }
        };
        SweepDocument {
            scenario: told.name.to_owned(),
            command: told.command.clone(),
            currency: base.scenario.currency.clone(),
            seed: base.seed(),
            replications: found.first().map_or(0, |cell| cell.replications.len() as u32),
            confidence: yardstick.confidence,
            columns: columns(yardstick),
            frontier: (yardstick.columns[a].name.clone(), yardstick.columns[b].name.clone()),
            hypervolume: hypervolume(&points, less),
            cells: (0..found.len()).map(row).collect(),
            factors,
        }
    }

    /// One row a cell and replication, a column a factor and a measure.
    fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names = unique(self.columns.iter().map(|column| column.name.as_str()));
        let mut put = |row: Vec<String>| writer.write_record(row).expect("a table in memory takes rows");
        let fixed = ["cell", "replication"].map(str::to_owned).into_iter();
        let kept: Vec<usize> = names.iter().map(|&(index, _)| index).collect();
        put(fixed
            .chain(self.factors.clone())
            .chain(names.iter().map(|(_, name)| (*name).to_owned()))
            .collect());
        for cell in &self.cells {
            for (replication, values) in cell.readings.iter().enumerate() {
                let place = [cell.cell.to_string(), replication.to_string()].into_iter();
                let values = kept.iter().map(|&index| values[index].to_string());
                put(place.chain(cell.values.clone()).chain(values).collect());
            }
        }
        writer.into_inner().expect("a table in memory is whole")
    }

    pub fn answer(&self) -> Answer {
        let kind =
            |name: &str| self.columns.iter().find(|column| column.name == name).map_or("ratio", |c| c.unit);
        let holds = self.cells.iter().filter(|cell| cell.verdict == "holds").count();
        let all = self.cells.len();
        let mut sentences = vec![format!("{holds} of {all} cells hold every service level.")];
        if let Some(cheapest) = self.cheapest() {
            let cost = &cheapest.estimates[self.column("total_cost")];
            let (cost, half) =
                (number(cost.mean, "minor"), cost.half_width.map(|half| number(half, "minor")));
            let half = half.map_or(String::new(), |half| format!(" +- {half}"));
            sentences.push(format!(
                "The cheapest of them is cell {}: {cost} {}{half} in all.",
                cheapest.cell, self.currency
            ));
        }
        let (x, y) = (&self.frontier.0, &self.frontier.1);
        let point =
            |cell: &CellRow| (cell.estimates[self.column(x)].mean, cell.estimates[self.column(y)].mean);
        let dot = |cell: &CellRow| Dot {
            at: point(cell),
            name: format!("cell {}", cell.cell),
            is_best: cell.is_best,
            holds: cell.verdict == "holds",
        };
        let dots: Vec<Dot> = self.cells.iter().map(dot).collect();
        let (say_x, say_y) = (kind(x), kind(y));
        let svg = scatter((x, y), (|value| number(value, say_x), |value| number(value, say_y)), &dots);
        let caption = format!("Cells by {x} and {y}; the line joins those that no other beats in both.");
        Answer {
            kind: "sweep",
            title: self.scenario.clone(),
            verdict: None,
            sentences,
            tables: vec![self.short_table(), self.table()],
            charts: vec![Chart { caption, svg }],
            notes: vec![format!(
                "{} replications a cell on common random numbers, seed {}; cost is an order's; * is on the frontier of {x} and {y}, which beats {} of what lies between the worst and the best of both. sweep.csv has a row a replication, sweep.json each cell's command.",
                self.replications,
                self.seed,
                say::percent(self.hypervolume)
            )],
            command: self.command.clone(),
        }
    }

    fn cheapest(&self) -> Option<&CellRow> {
        let cost = self.column("total_cost");
        let holds = self.cells.iter().filter(|cell| cell.verdict == "holds");
        holds.min_by(|a, b| a.estimates[cost].mean.total_cmp(&b.estimates[cost].mean))
    }

    fn column(&self, name: &str) -> usize {
        self.columns.iter().position(|column| column.name == name).expect("a column of the yardstick")
    }

    fn factor_heads(&self) -> impl Iterator<Item = String> {
        std::iter::once("cell".to_owned()).chain(self.factors.iter().map(|factor| format!("<{factor}")))
    }

    /// The last steps of each path, as many as tell it from the others.
    fn short_heads(&self) -> impl Iterator<Item = String> {
        let tail = |path: &str, steps: usize| {
            let all: Vec<&str> = path.split('.').collect();
            all[all.len().saturating_sub(steps)..].join(".")
        };
        let short = move |factor: &String| {
            let alone = |steps: usize| {
                self.factors.iter().filter(|own| tail(own, steps) == tail(factor, steps)).count() == 1
            };
            let steps = (1..8).find(|&steps| alone(steps)).unwrap_or(8);
            format!("<{}", tail(factor, steps))
        };
        std::iter::once("cell".to_owned()).chain(self.factors.iter().map(short))
    }

    fn place(cell: &CellRow) -> Vec<String> {
        let mark = if cell.is_best { "*" } else { "" };
        std::iter::once(format!("{mark}{}", cell.cell)).chain(cell.values.iter().cloned()).collect()
    }

    /// The verdict, and the promise that is nearest to being broken.
    fn short_table(&self) -> Table {
        let more = ["<verdict", "<tightest promise", "cost", "<breaks first"].map(str::to_owned);
        let head: Vec<String> = self.short_heads().chain(more).collect();
        let mut table = Table::new("", &head.iter().map(String::as_str).collect::<Vec<_>>(), 40);
        table.is_for_terminal = true;
        let cost = self.column("cost_per_order");
        for cell in &self.cells {
            let mut row = SweepDocument::place(cell);
            let tightest = cell.tightest.map_or("-".to_owned(), |index| {
                let value = number(cell.estimates[index].mean, self.columns[index].unit);
                format!("{} {value}", self.columns[index].name)
            });
            let breaks = cell.breaks.clone().unwrap_or_else(|| "-".to_owned());
            row.extend([
                cell.verdict.to_owned(),
                tightest,
                number(cell.estimates[cost].mean, "minor"),
                breaks,
            ]);
            table.rows.push(row);
        }
        table
    }

    /// Every measure, for the page.
    fn table(&self) -> Table {
        let names = unique(self.columns.iter().map(|column| column.name.as_str()));
        let verdict = ["<verdict", "<breaks first"].map(str::to_owned);
        let names_of = names.iter().map(|(_, name)| (*name).to_owned());
        let head: Vec<String> = self.factor_heads().chain(verdict).chain(names_of).collect();
        let mut table = Table::new("Cells", &head.iter().map(String::as_str).collect::<Vec<_>>(), 0);
        for cell in &self.cells {
            let mut row = SweepDocument::place(cell);
            row.extend([cell.verdict.to_owned(), cell.breaks.clone().unwrap_or_else(|| "-".to_owned())]);
            row.extend(
                names.iter().map(|&(index, _)| number(cell.estimates[index].mean, self.columns[index].unit)),
            );
            table.rows.push(row);
        }
        table
    }

    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = files_of(&self.answer(), self);
        files.push(("sweep.csv".into(), self.csv()));
        files
    }
}

pub fn columns(yardstick: &Yardstick) -> Vec<ColumnRow> {
    yardstick
        .columns
        .iter()
        .map(|column| ColumnRow { name: column.name.clone(), unit: unit(column.kind) })
        .collect()
}

pub fn estimate(yardstick: &Yardstick, readings: &[Reading], column: usize) -> Estimate {
    let found = yardstick.estimate(readings, column);
    Estimate { mean: found.mean, half_width: found.half_width }
}

pub fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Fails => "fails",
        Verdict::Inconclusive => "inconclusive",
    }
}

/// Money, times and refusals are better when there is less of them; so is what a service level bounds from above.
pub fn less_is_better(yardstick: &Yardstick, column: usize) -> bool {
    if let Some(slo) = yardstick.slo.get(column) {
        return matches!(slo.bound, crate::scenario::spec::Bound::AtMost(_));
    }
    let column = &yardstick.columns[column];
    column.kind != MeasureKind::Share || column.name != "on_time_share"
}

/// Each name once, with its place.
fn unique<'n>(names: impl Iterator<Item = &'n str>) -> Vec<(usize, &'n str)> {
    let mut found: Vec<(usize, &str)> = Vec::new();
    for (index, name) in names.enumerate() {
        if !found.iter().any(|known| known.1 == name) {
            found.push((index, name));
        }
    }
    found
}
