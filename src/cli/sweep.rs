//! `ordermill sweep SCENARIO --vary path=a,b,c`: every cell of a design, one table.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::many::{Many, failed, wrong};
use super::out::say;
use super::run::stop_on_interrupt;
use crate::experiment::design::{Cell, Factor, MOST_CELLS, Range, grid, latin_hypercube, table};
use crate::experiment::lab::{Base, Yardstick};
use crate::experiment::sweep::{CellReadings, Shelf, SweepError, check, sweep};
use crate::report::folder::write_all;
use crate::report::sweep::{SweepDocument, Told};

#[derive(Args)]
pub struct Sweep {
    #[command(flatten)]
    many: Many,
    /// A path and its values: `nodes.*.pickers=20..80:20`, `'demand*=0.9,1,1.1'`. May be repeated: every combination
    /// is a cell. With --latin, a path and its range: `review.reviewers=5..40`.
    #[arg(long = "vary", value_name = "PATH=A,B", required_unless_present = "cells")]
    vary: Vec<String>,
    /// A CSV file of cells: the head names paths, each row is a cell.
    #[arg(long, value_name = "FILE", conflicts_with = "vary")]
    cells: Option<PathBuf>,
    /// So many cells drawn from the ranges by a Latin hypercube, instead of every combination.
    #[arg(long, value_name = "N", conflicts_with = "cells")]
    latin: Option<usize>,
    /// Replications of each cell.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replications: u32,
    /// Two measures: cells that no other beats in both are marked.
    #[arg(long, value_name = "A,B", default_value = "cost_per_order,on_time_share", value_parser = two)]
    frontier: (String, String),
    /// Runs this one cell, from 0, and prints its readings.
    #[arg(long, value_name = "N")]
    cell: Option<usize>,
    /// Takes cells that an earlier, perhaps interrupted, call has finished from its folder.
    #[arg(long)]
    resume: bool,
}

fn two(text: &str) -> Result<(String, String), String> {
    let (a, b) =
        text.split_once(',').ok_or("write two measures, as in cost_per_order,lead_time_mean".to_owned())?;
    Ok((a.trim().to_owned(), b.trim().to_owned()))
}

impl Sweep {
    pub fn execute(self) -> Exit {
        self.run().unwrap_or_else(|exit| exit)
    }

    fn run(&self) -> Result<Exit, Exit> {
        let base = self.many.open()?;
        let yardstick = Yardstick::of(&base.scenario);
        let frontier = self.frontier_of(&yardstick)?;
        let cells = self.design(&base).map_err(|error| wrong(Exit::Usage, error))?;
        if let Some(index) = self.cell {
            return self.one(&base, &yardstick, &cells, index);
        }
        check(&base, &cells).map_err(|error| self.explain(&base, &cells, error))?;
        let folder = self.many.folder("sweep");
        self.many.probe(&folder)?;
        let shelf = Folder { path: folder.join("cells"), finds: self.resume };
        let stop = stop_on_interrupt();
        let bar = self.many.bar("runs", cells.len() as u64 * u64::from(self.replications));
        let found = sweep(&base, &cells, self.replications, &yardstick, Some(&shelf), &bar, &stop);
        bar.finish();
        let found = found.map_err(|error| self.explain(&base, &cells, error))?;
        let command = self.line();
        let told = Told { base: &base, yardstick: &yardstick, name: &self.many.name(), command, frontier };
        let document = SweepDocument::of(&told, &cells, &found);
        Ok(self.many.tell(&document.answer(), &document, &folder, &document.files(), Exit::Ok))
    }

    fn design(&self, base: &Base) -> Result<Vec<Cell>, String> {
        if let Some(path) = &self.cells {
            let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
            let bytes = fs::read(path).map_err(|error| told(&error))?;
            return table(&bytes).map_err(|error| told(&error));
        }
        let Some(count) = self.latin else {
            let factors: Result<Vec<Factor>, String> =
                self.vary.iter().map(|text| Factor::parse(text)).collect();
            return grid(&factors?);
        };
        if !(1..=MOST_CELLS).contains(&count) {
            return Err(format!("--latin {count}: from 1 to {MOST_CELLS} cells"));
        }
        let ranges: Result<Vec<Range>, String> = self.vary.iter().map(|text| Range::parse(text)).collect();
        Ok(latin_hypercube(&ranges?, count, base.seed()))
    }

    fn frontier_of(&self, yardstick: &Yardstick) -> Result<(usize, usize), Exit> {
        let index = |name: &String| {
            yardstick.index(name).ok_or_else(|| {
                let help = format!("there are {}", yardstick.names().join(", "));
                wrong(Exit::Usage, format!("no measure \"{name}\"\n  help: {help}"))
            })
        };
        Ok((index(&self.frontier.0)?, index(&self.frontier.1)?))
    }

    /// One cell alone: equal to its row in the table, bit for bit.
    fn one(&self, base: &Base, yardstick: &Yardstick, cells: &[Cell], index: usize) -> Result<Exit, Exit> {
        let Some(cell) = cells.get(index) else {
            let last = cells.len() - 1;
            return Err(wrong(Exit::Usage, format!("--cell {index}: the cells are 0 to {last}")));
        };
        let one = std::slice::from_ref(cell);
        let found = sweep(base, one, self.replications, yardstick, None, &(), &stop_on_interrupt());
        let found = found.map_err(|error| self.explain(base, one, error))?;
        let readings: Vec<&Vec<f64>> = found[0].replications.iter().map(|reading| &reading.values).collect();
        let said = serde_json::json!({
            "cell": index,
            "command": base.command(cell, self.replications),
            "columns": yardstick.columns.iter().map(|column| &column.name).collect::<Vec<_>>(),
            "readings": readings,
        });
        say!("{}\n", serde_json::to_string_pretty(&said).expect("plain data is JSON"));
        Ok(Exit::Ok)
    }

    fn explain(&self, base: &Base, cells: &[Cell], error: SweepError) -> Exit {
        match error {
            SweepError::Cell(index, diagnostics) => {
                let said: Vec<String> =
                    cells[index].iter().map(|(path, value)| format!("{path}={value}")).collect();
                eprintln!("{diagnostics}");
                wrong(Exit::Usage, format!("cell {index} ({}) is no scenario", said.join(" ")))
            }
            SweepError::Study(error) => {
                let exit = failed(base, error);
                if exit == Exit::Interrupted {
                    eprintln!("finished cells are kept: the same command with --resume goes on");
                }
                exit
            }
            SweepError::Write(error) => wrong(Exit::Write, error),
        }
    }

    fn line(&self) -> String {
        let mut own: Vec<String> = Vec::new();
        let mut put = |name: &str, value: String| own.extend([name.to_owned(), value]);
        self.vary.iter().for_each(|text| put("--vary", text.clone()));
        if let Some(path) = &self.cells {
            put("--cells", path.to_string_lossy().into_owned());
        }
        if let Some(count) = self.latin {
            put("--latin", count.to_string());
        }
        put("--replications", self.replications.to_string());
        put("--frontier", format!("{},{}", self.frontier.0, self.frontier.1));
        self.many.line("sweep", &own)
    }
}

/// A file a cell.
struct Folder {
    path: PathBuf,
    finds: bool,
}

impl Folder {
    fn name(key: &str) -> PathBuf {
        Path::new(key).with_extension("json")
    }
}

impl Shelf for Folder {
    fn find(&self, key: &str) -> Option<CellReadings> {
        let bytes = fs::read(self.path.join(Folder::name(key))).ok().filter(|_| self.finds)?;
        serde_json::from_slice(&bytes).ok()
    }

    fn keep(&self, cell: &CellReadings) -> Result<(), String> {
        let bytes = serde_json::to_vec(cell).expect("plain data is JSON");
        write_all(&self.path, &[(Folder::name(&cell.key), bytes)]).map_err(|error| error.to_string())
    }
}
