//! `ordermill compare SCENARIO --strategies a,b,c`: differences on common random numbers.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::Exit;
use super::out::say;
use super::run::{assignment, stop_on_interrupt};
use crate::experiment::compare::Side;
use crate::experiment::decisions::{Decisions, MOST_ORDERS};
use crate::experiment::{Progress, StudyError, StudyOptions, study};
use crate::model::Model;
use crate::report::compare::{CompareDocument, DecisionRow, files, summary};
use crate::report::folder::write_all;
use crate::scenario::{self, Scenario};
use crate::sim::Outcome;

#[derive(Args)]
pub struct Compare {
    /// Scenario file: YAML, TOML or JSON.
    scenario: PathBuf,
    /// Allocation strategies; the others are held against the first: `nearest,cheapest-set,bid-price`.
    #[arg(long, value_name = "S,...", value_delimiter = ',', required = true)]
    strategies: Vec<String>,
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
    /// Also plans every order of replication 0 alone, and tells how far each strategy is from hindsight.
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

impl Compare {
    pub fn execute(self) -> Exit {
        if let Some(threads) = self.threads {
            // Fails only when a pool exists already, which a process that runs one command has not.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build_global();
        }
        let mut worlds = Vec::new();
        for name in &self.strategies {
            match self.world(name.trim()) {
                Ok(world) => worlds.push(world),
                Err(exit) => return exit,
            }
        }
        let stop = stop_on_interrupt();
        let mut sides = Vec::new();
        for (scenario, model) in &worlds {
            match self.side(scenario, model, &stop) {
                Ok(side) => sides.push(side),
                Err(exit) => return exit,
            }
        }
        let decisions = if self.hindsight { self.decisions(&worlds, sides[0].seed) } else { Ok(Vec::new()) };
        decisions.map_or_else(|exit| exit, |decisions| self.tell(&worlds[0].0, &sides, decisions))
    }

    /// The scenario with this strategy.
    fn world(&self, strategy: &str) -> Result<(Scenario, Model), Exit> {
        let mut overrides = self.set.clone();
        overrides.push(("allocation.strategy".to_owned(), strategy.to_owned()));
        let (read, diagnostics) = scenario::inspect(&self.scenario, &overrides);
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
        let prices = stream.bound(&worlds[0].1);
        let bound = prices.bound;
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
            row.bound_kind = "Lagrangian over exact sets, all receipts known".to_owned();
            row.bound_quality_share = reached;
        }
        Ok(rows)
    }

    fn tell(&self, scenario: &Scenario, sides: &[Side], decisions: Vec<DecisionRow>) -> Exit {
        let name = self.scenario.file_stem().map_or("compare".into(), |stem| stem.to_string_lossy());
        let document = CompareDocument {
            scenario: name.clone().into_owned(),
            command: self.line(),
            currency: scenario.currency.clone(),
            seed: sides[0].seed,
            replications: sides[0].values[0].len(),
            confidence: scenario.run.confidence,
            base: sides[0].strategy.clone(),
            rows: CompareDocument::rows(sides, scenario.run.confidence),
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
        let mut line = format!("ordermill compare {}", self.scenario.display());
        line += &format!(" --strategies {}", self.strategies.join(","));
        for (path, value) in &self.set {
            line += &format!(" --set '{path}={value}'");
        }
        line += &format!(" --replications {}", self.replications);
        self.seed.map_or(line.clone(), |seed| format!("{line} --seed {seed}"))
    }
}
