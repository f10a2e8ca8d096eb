//! `ordermill compare SCENARIO --strategies a,b,c`, or `--vary path=a,b`, or two runs: differences on common random
//! numbers.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::Exit;
use super::many::wrong;
use super::out::say;
use super::run::{assignment, stop_on_interrupt};
use crate::experiment::compare::Side;
use crate::experiment::decisions::{Decisions, MOST_ORDERS};
use crate::experiment::design::{Cell, Factor, grid};
use crate::experiment::lab::{Base, quoted};
use crate::experiment::{Progress, StudyError, StudyOptions, study};
use crate::model::Model;
use crate::report::Document;
use crate::report::compare::{CompareDocument, DecisionRow, files, side_of_run, summary};
use crate::report::folder::write_all;
use crate::scenario::{self, Scenario};
use crate::sim::Outcome;

#[derive(Args)]
pub struct Compare {
    /// Scenario file: YAML, TOML or JSON. Or folders of runs that were made with one seed: `reports/a reports/b`.
    #[arg(required = true, value_name = "SCENARIO|RUN RUN")]
    scenario: Vec<PathBuf>,
    /// Allocation strategies; the others are held against the first: `nearest,cheapest-set,bid-price`.
    #[arg(long, value_name = "S,...", value_delimiter = ',')]
    strategies: Vec<String>,
    /// A key and its values, of which the others are held against the first: `nodes.Dallas.pickers=30,40`,
    /// `'stock.cover*=1,1.2'`. Several, and strategies: every combination.
    #[arg(long, value_name = "PATH=A,B")]
    vary: Vec<String>,
    /// Replications of each strategy.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replications: u32,
    /// Worker threads; results do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_024))]
    threads: Option<u32>,
    /// Another seed than the scenario's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Overrides one key: `--set stock.cover=0.9`. May be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
    /// Also plans every order of replication 0 alone, and tells how far each strategy is from hindsight: by a linear
    /// program for up to 20,000 orders in a build with the feature `lp`, else by Lagrangian multipliers.
    #[arg(long)]
    hindsight: bool,
    /// Folder for compare.html, compare.csv and compare.json.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Prints compare.json instead of the tables.
    #[arg(long)]
    json: bool,
    /// Prints nothing but errors.
    #[arg(long, short)]
    quiet: bool,
}

/// Nothing is shown while a strategy runs.
struct Silent;

impl Progress for Silent {
    fn wants(&self, _replications: u32) {}
    fn finished(&self, _outcome: &Outcome) {}
}

const STRATEGY: &str = "allocation.strategy";

/// A strategy by its name alone.
fn name(cell: &Cell) -> String {
    let part = |(path, value): &(String, String)| match path.as_str() {
        STRATEGY => value.clone(),
        _ => format!("{path}={value}"),
    };
    cell.iter().map(part).collect::<Vec<_>>().join(" ")
}

/// The result document of a run's folder.
fn document(folder: &Path) -> Result<Document, Exit> {
    let path = folder.join("result.json");
    let bytes = std::fs::read(&path).map_err(|error| {
        let help = "a scenario to compare in needs --strategies or --vary; of runs, name the folders";
        wrong(Exit::Usage, format!("{}: {error}\n  help: {help}", path.display()))
    })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let what = format!("{}: not a result of this version: {error}", path.display());
        wrong(Exit::Usage, format!("{what}\n  help: run the scenario again"))
    })
}

impl Compare {
    pub fn execute(self) -> Exit {
        if let Some(threads) = self.threads {
            // Fails only when a pool exists already, which a process that runs one command has not.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build_global();
        }
        let found = if 1 < self.scenario.len() { self.runs() } else { self.cells() };
        found.unwrap_or_else(|exit| exit)
    }

    fn cells(&self) -> Result<Exit, Exit> {
        let cells = self.grid().map_err(|error| wrong(Exit::Usage, error))?;
        let worlds: Vec<_> = cells.iter().map(|cell| self.world(cell)).collect::<Result<_, _>>()?;
        let stop = stop_on_interrupt();
        let mut sides = Vec::new();
        for (cell, (scenario, model)) in cells.iter().zip(&worlds) {
            sides.push(Side { strategy: name(cell), ..self.side(scenario, model, &stop)? });
        }
        let decisions = if self.hindsight { self.decisions(&worlds, sides[0].seed)? } else { Vec::new() };
        let scenario = &worlds[0].0;
        Ok(self.tell((&scenario.currency, scenario.run.confidence), &sides, decisions))
    }

    /// What is compared: every combination of strategies and of what varies.
    fn grid(&self) -> Result<Vec<Cell>, String> {
        let mut factors: Vec<Factor> =
            self.vary.iter().map(|text| Factor::parse(text)).collect::<Result<_, String>>()?;
        if !self.strategies.is_empty() {
            let values = self.strategies.iter().map(|name| name.trim().to_owned()).collect();
            factors.insert(0, Factor { path: STRATEGY.to_owned(), values });
        }
        match factors.iter().map(|factor| factor.values.len()).product::<usize>() {
            _ if factors.is_empty() => {
                Err("nothing to compare\n  help: --strategies nearest,bid-price, or --vary \
                                            nodes.Dallas.pickers=30,40, or the folders of two runs"
                    .to_owned())
            }
            1 => Err("one side alone is no comparison\n  help: give at least two values, the first of them \
                      as it is"
                .to_owned()),
            _ => grid(&factors),
        }
    }

    /// Runs that were made before, paired by replication.
    fn runs(&self) -> Result<Exit, Exit> {
        if !(self.strategies.is_empty() && self.vary.is_empty() && self.set.is_empty()) || self.hindsight {
            let help =
                "runs are compared as they were made; leave out --strategies, --vary, --set and --hindsight";
            return Err(wrong(Exit::Usage, help));
        }
        let read = |folder: &PathBuf| Ok((folder.to_string_lossy().into_owned(), document(folder)?));
        let documents: Vec<(String, Document)> =
            self.scenario.iter().map(read).collect::<Result<_, Exit>>()?;
        let (first, base) = &documents[0];
        let count = documents.iter().map(|(_, own)| own.replications.len()).min().unwrap_or(0);
        for (name, own) in &documents[1..] {
            let differs = match own {
                own if own.seed != base.seed => format!("have seeds {} and {}", base.seed, own.seed),
                own if own.scenario.currency != base.scenario.currency => {
                    format!("cost {} and {}", base.scenario.currency, own.scenario.currency)
                }
                _ => continue,
            };
            let what = format!("{first} and {name} {differs}: their replications are no pairs");
            return Err(wrong(Exit::Usage, format!("{what}\n  help: run one of them again with --seed")));
        }
        let sides: Vec<Side> = documents.iter().map(|(name, own)| side_of_run(name, own, count)).collect();
        Ok(self.tell((&base.scenario.currency, base.confidence), &sides, Vec::new()))
    }

    /// The scenario with this cell.
    fn world(&self, cell: &Cell) -> Result<(Scenario, Model), Exit> {
        let (base, diagnostics) = Base::open(self.scenario[0].clone(), self.set.clone(), self.seed);
        let cell = base.as_ref().map_or_else(Vec::new, |base| base.spelled(cell));
        if base.is_none() {
            eprint!("{diagnostics}");
            return Err(Exit::Usage);
        }
        let overrides = [self.set.clone(), cell].concat();
        let (read, diagnostics) = scenario::inspect(&self.scenario[0], &overrides);
        if !diagnostics.is_empty() {
            eprint!("{diagnostics}");
        }
        let scenario = read.ok_or(Exit::Usage)?;
        let model = Model::build(&scenario).map_err(|diagnostics| {
            eprintln!("{diagnostics}");
            Exit::Usage
        })?;
        Ok((scenario, model))
    }

    fn side(&self, scenario: &Scenario, model: &Model, stop: &AtomicBool) -> Result<Side, Exit> {
        let options = StudyOptions {
            replications: Some(self.replications),
            seed: self.seed,
            ..StudyOptions::default()
        };
        let found = study(scenario, model, &options, &Silent, stop).map_err(|error| match error {
            StudyError::Interrupted => Exit::Interrupted,
            StudyError::Simulation { seed, replication, error } => {
                eprintln!("ordermill: replication {replication} of seed {seed} failed: {error:?}");
                Exit::Broken
            }
        })?;
        // Half a side would be held against a whole one.
        if stop.load(Ordering::Relaxed) {
            return Err(Exit::Interrupted);
        }
        Ok(Side::of(scenario.allocation.strategy_name(), found.seed, &found.outcomes))
    }

    /// Each strategy's decisions against the bound of the stream.
    fn decisions(&self, worlds: &[(Scenario, Model)], seed: u64) -> Result<Vec<DecisionRow>, Exit> {
        let stream = Decisions::draw(&worlds[0].1, seed).map_err(|orders| {
            eprintln!(
                "error: --hindsight keeps all orders of the stream, at most {MOST_ORDERS}; here are {orders}"
            );
            eprintln!("  help: --set arrivals.profile.orders=200000 keeps the shape of the demand");
            Exit::Usage
        })?;
        let found = stream.bound(&worlds[0].1);
        let (prices, bound) = (&found.prices, found.prices.bound);
        let known = stream.play_at(&worlds[0].1, &prices.of_cell).cost;
        let mut rows: Vec<DecisionRow> = Vec::new();
        for (scenario, model) in worlds {
            let started = cpu_time::ProcessTime::now();
            let tally = stream.play(model);
            let spent = started.elapsed();
            let orders = tally.orders.max(1) as f64;
            let minor = |thousandths: f64| thousandths / 1_000.0 / orders;
            let cost = minor(tally.cost as f64);
            let base = rows.first().map(|row| row.cost_minor_per_order);
            let closed = |base: f64| (base - cost) / (base - minor(bound));
            rows.push(DecisionRow {
                strategy: scenario.allocation.strategy_name().to_owned(),
                cost_minor_per_order: cost,
                parcels_per_order: tally.parcels as f64 / orders,
                unit_fill_share: 1.0 - tally.unserved as f64 / tally.units.max(1) as f64,
                gap_to_hindsight_share: tally.cost as f64 / bound - 1.0,
                gap_closed_share: base.map(closed),
                bound_minor_per_order: minor(bound),
                bound_kind: String::new(),
                bound_quality_share: 0.0,
                decision_us: spent.as_secs_f64() * 1e6 / orders,
            });
        }
        // The least that is known to be reachable, by whatever way.
        let reached =
            rows.iter().map(|row| row.gap_to_hindsight_share).fold(known as f64 / bound - 1.0, f64::min);
        for row in &mut rows {
            row.bound_kind = found.kind.name().to_owned();
            row.bound_quality_share = reached;
        }
        Ok(rows)
    }

    fn tell(&self, (currency, confidence): (&str, f64), sides: &[Side], decisions: Vec<DecisionRow>) -> Exit {
        let name = self.scenario[0].file_stem().map_or("compare".into(), |stem| stem.to_string_lossy());
        let document = CompareDocument {
            scenario: name.clone().into_owned(),
            command: self.line(),
            currency: currency.to_owned(),
            seed: sides[0].seed,
            replications: sides[0].values[0].len(),
            confidence,
            base: sides[0].strategy.clone(),
            rows: CompareDocument::rows(sides, confidence),
            decisions,
        };
        let folder = self.output.clone().unwrap_or_else(|| Path::new("reports").join("compare").join(&*name));
        let files = files(&document);
        if let Err(error) = write_all(&folder, &files) {
            eprintln!("error: {error}");
            return Exit::Write;
        }
        if self.json {
            say!("{}", String::from_utf8_lossy(&files[0].1));
        } else if !self.quiet {
            say!("{}", summary(&document, Some(&folder.to_string_lossy())));
        }
        Exit::Ok
    }

    fn line(&self) -> String {
        let places: Vec<String> = self.scenario.iter().map(|path| quoted(&path.to_string_lossy())).collect();
        let mut line = format!("ordermill compare {}", places.join(" "));
        if 1 < places.len() {
            return line;
        }
        if !self.strategies.is_empty() {
            line += &format!(" --strategies {}", self.strategies.join(","));
        }
        self.vary.iter().for_each(|text| line += &format!(" --vary {}", quoted(text)));
        for (path, value) in &self.set {
            line += &format!(" --set {}", quoted(&format!("{path}={value}")));
        }
        line += &format!(" --replications {}", self.replications);
        self.seed.map_or(line.clone(), |seed| format!("{line} --seed {seed}"))
    }
}
