//! The lab: a scenario file, cells of overrides upon it, and what replications of each cell read.
//!
//! # Promises
//! - Replication n of every cell has the same shoppers, payments and transit times (`kernel::draw`), so cells are
//!   compared in pairs.
//! - A reading depends on scenario, cell, seed and replication alone: neither on threads nor on what ran before. It is
//!   what `ordermill run` with the cell's overrides finds, to the bit.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::compare::{MEASURES, MeasureKind};
use super::design::{Assignment, Cell};
use super::looks::Look;
use super::slo::{SloResult, Verdict, value};
use super::{Estimate, StudyError};
use crate::model::Model;
use crate::scenario::spec::{Arrivals, Bound, Metric, Slo};
use crate::scenario::{self, Diagnostics, Scenario};
use crate::sim::{Options, Outcome, simulate};

/// Where cells begin.
#[derive(Debug, Clone)]
pub struct Base {
    pub path: PathBuf,
    /// Below those of the cells.
    pub overrides: Vec<Assignment>,
    /// `None`: the scenario's.
    pub seed: Option<u64>,
    /// As read, without a cell.
    pub scenario: Scenario,
}

/// One cell, ready to be simulated.
pub struct World {
    pub scenario: Scenario,
    pub model: Model,
    seed: u64,
}

/// One replication of one cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// In the order of the columns.
    pub values: Vec<f64>,
    /// The station that breaks first.
    pub breaks: Option<String>,
}

/// What is read of every replication: the service levels first, then the measures of `compare`, then more.
#[derive(Debug, Clone)]
pub struct Yardstick {
    pub slo: Vec<Slo>,
    pub confidence: f64,
    pub columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// As in tables: `lead_time_p90`.
    pub name: String,
    pub kind: MeasureKind,
}

/// Told of every replication that is done.
pub trait Ticks: Sync {
    fn tick(&self);
}

impl Ticks for () {
    fn tick(&self) {}
}

impl Base {
    /// The file with its overrides; warnings come beside.
    pub fn open(path: PathBuf, overrides: Vec<Assignment>, seed: Option<u64>) -> (Option<Base>, Diagnostics) {
        let (scenario, diagnostics) = scenario::inspect(&path, &overrides);
        (scenario.map(|scenario| Base { path, overrides, seed, scenario }), diagnostics)
    }

    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or(self.scenario.run.seed)
    }

    /// `demand*` stands for the numbers that say how many orders come: stock follows, its cover stays.
    pub fn spelled(&self, cell: &[Assignment]) -> Cell {
        let spell = |(path, value): &Assignment| -> Cell {
            let to = |path: &str| (path.to_owned(), value.clone());
            match (path.as_str(), &self.scenario.arrivals) {
                ("demand*", Some(Arrivals::Constant { .. })) => vec![to("arrivals.constant.rate*")],
                ("demand*", Some(Arrivals::Profile { .. })) => vec![to("arrivals.profile.orders*")],
                ("demand*", Some(Arrivals::Ramp { .. })) => {
                    vec![to("arrivals.ramp.start*"), to("arrivals.ramp.stages.*.to*")]
                }
                _ => vec![to(path)],
            }
        };
        cell.iter().flat_map(spell).collect()
    }

    pub fn world(&self, cell: &[Assignment]) -> Result<World, Diagnostics> {
        let overrides = [self.overrides.clone(), self.spelled(cell)].concat();
        let scenario = scenario::read(&self.path, &overrides)?;
        let model = Model::build(&scenario)?;
        Ok(World { scenario, model, seed: self.seed() })
    }

    /// What to type to see a cell's replications whole.
    pub fn command(&self, cell: &[Assignment], replications: u32) -> String {
        let mut line = format!("ordermill run {}", quoted(&self.path.to_string_lossy()));
        for (path, value) in self.overrides.iter().chain(&self.spelled(cell)) {
            line += &format!(" --set {}", quoted(&format!("{path}={value}")));
        }
        line + &format!(" --seed {} --replications {replications}", self.seed())
    }
}

/// For a shell.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_=./,:%+@".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

impl World {
    pub fn play(&self, yardstick: &Yardstick, replication: u32) -> Result<Reading, StudyError> {
        let options = Options { seed: self.seed, replication, ..Options::default() };
        let outcome = simulate(&self.model, &options);
        let outcome =
            outcome.map_err(|error| StudyError::Simulation { seed: self.seed, replication, error })?;
        Ok(yardstick.reading(&self.model, &outcome))
    }

    /// Replications `from..to`, in their order; `Interrupted` as soon as `stop` is set.
    pub fn replications(
        &self,
        yardstick: &Yardstick,
        (from, to): (u32, u32),
        ticks: &dyn Ticks,
        stop: &AtomicBool,
    ) -> Result<Vec<Reading>, StudyError> {
        let play = |replication| {
            if stop.load(Ordering::Relaxed) {
                return Err(StudyError::Interrupted);
            }
            let reading = self.play(yardstick, replication);
            ticks.tick();
            reading
        };
        let readings: Vec<Result<Reading, StudyError>> = (from..to).into_par_iter().map(play).collect();
        readings.into_iter().collect()
    }
}

impl Yardstick {
    pub fn of(scenario: &Scenario) -> Yardstick {
        let mut columns: Vec<Column> = Vec::new();
        for slo in &scenario.slo {
            let name = slo_name(slo);
            let again = columns.iter().filter(|column| column.name.starts_with(&name)).count();
            let name = if again == 0 { name } else { format!("{name}_{}", again + 1) };
            columns.push(Column { name, kind: slo_kind(slo.metric) });
        }
        let measures = MEASURES.iter().map(|measure| (measure.name, measure.kind));
        for (name, kind) in measures.chain(MORE.iter().map(|&(name, kind, _)| (name, kind))) {
            columns.push(Column { name: name.to_owned(), kind });
        }
        Yardstick { slo: scenario.slo.clone(), confidence: scenario.run.confidence, columns }
    }

    pub fn reading(&self, model: &Model, outcome: &Outcome) -> Reading {
        let station = outcome.first_break();
        let breaks = station.map(|station| model.stations[station].name.clone());
        Reading { values: self.values(outcome), breaks }
    }

    fn values(&self, outcome: &Outcome) -> Vec<f64> {
        let slo = self.slo.iter().map(|slo| value(slo, outcome));
        let measures = MEASURES.iter().map(|measure| (measure.of)(outcome));
        slo.chain(measures).chain(MORE.iter().map(|(_, _, of)| of(outcome))).collect()
    }

    /// The column of a name; a measure that is promised too is found as the promise.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Names that tell columns apart, for heads of tables and for messages.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for column in &self.columns {
            if !names.contains(&column.name.as_str()) {
                names.push(&column.name);
            }
        }
        names
    }

    pub fn column(readings: &[Reading], index: usize) -> Vec<f64> {
        readings.iter().map(|reading| reading.values[index]).collect()
    }

    pub fn estimate(&self, readings: &[Reading], index: usize) -> Estimate {
        Estimate::of(&Yardstick::column(readings, index), self.confidence)
    }

    /// Each service level over the replications.
    pub fn judge(&self, readings: &[Reading]) -> Vec<SloResult> {
        let result = |(index, slo): (usize, &Slo)| {
            let look =
                Look { replications: readings.len() as u32, confidence: self.confidence, spends: false };
            SloResult::of_values(slo, Yardstick::column(readings, index), look)
        };
        self.slo.iter().enumerate().map(result).collect()
    }

    pub fn verdict(&self, readings: &[Reading]) -> Verdict {
        Verdict::of_all(self.judge(readings).iter().map(|result| result.verdict))
    }

    /// The service level that is nearest to its bound, or farthest beyond it, by the share of the bound that is used
    /// up. Of a share from below that is the share missed of the share that may be missed.
    pub fn tightest(&self, readings: &[Reading]) -> Option<usize> {
        let used = |result: &SloResult| {
            let value = result.estimate.mean;
            match result.slo.bound {
                Bound::AtMost(limit) => value / limit.max(1e-9),
                Bound::AtLeast(limit) => (1.0 - value).max(0.0) / (1.0 - limit).max(1e-9),
            }
        };
        let used: Vec<f64> = self.judge(readings).iter().map(used).collect();
        (0..used.len()).max_by(|&a, &b| used[a].total_cmp(&used[b]))
    }

    /// Whether every mean keeps its bound, whatever the interval says.
    pub fn holds_on_average(&self, readings: &[Reading]) -> bool {
        self.judge(readings).iter().all(|result| result.slo.bound.is_kept_by(result.estimate.mean))
    }
}

/// Columns behind those of the service levels.
pub const MEASURED: usize = MEASURES.len() + MORE.len();

type OfOutcome = fn(&Outcome) -> f64;

/// The slowest hundredth; of a replication what the plan costs whatever comes, what comes of
/// it, and both; visitors who order, and how content they are (0 where nobody says).
const MORE: [(&str, MeasureKind, OfOutcome); 6] = [
    ("lead_time_p99", MeasureKind::Seconds, |o| o.metrics.lead.quantile_s(0.99)),
    ("plan_cost", MeasureKind::MinorMoney, |o| o.metrics.costs.planned()),
    ("outcome_cost", MeasureKind::MinorMoney, |o| o.metrics.costs.total() - o.metrics.costs.planned()),
    ("total_cost", MeasureKind::MinorMoney, |o| o.metrics.costs.total()),
    ("conversion", MeasureKind::Share, Outcome::conversion),
    ("satisfaction", MeasureKind::Share, |o| o.metrics.experience.mean_score() / 10.0),
];

/// `lead_time_p90`, `pick_time_p99`, `on_time_share`.
pub fn slo_name(slo: &Slo) -> String {
    let what = slo.stage.as_ref().map_or(slo.metric.name().to_owned(), |stage| format!("{stage}-time"));
    let quantile = slo.quantile.map_or(String::new(), |quantile| format!("_p{}", quantile * 100.0));
    format!("{}{quantile}", what.replace('-', "_"))
}

fn slo_kind(metric: Metric) -> MeasureKind {
    match metric {
        metric if metric.is_time() => MeasureKind::Seconds,
        Metric::CostPerOrder => MeasureKind::MinorMoney,
        _ => MeasureKind::Share,
    }
}

/// The station named most often, and in how many replications.
pub fn breaks_first(readings: &[Reading]) -> Option<(String, u32)> {
    let mut counts: Vec<(String, u32)> = Vec::new();
    for name in readings.iter().filter_map(|reading| reading.breaks.as_ref()) {
        match counts.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name.clone(), 1)),
        }
    }
    counts.into_iter().rev().max_by_key(|&(_, count)| count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn base(set: &[(&str, &str)]) -> Base {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.yaml");
        let overrides = set.iter().map(|&(path, value)| (path.to_owned(), value.to_owned())).collect();
        Base::open(path, overrides, None).0.expect("smoke is sound")
    }

    #[test]
    fn demand_is_the_number_of_orders() {
        let base = base(&[]);
        let cell = [("demand*".to_owned(), "2".to_owned())];
        let double = base.world(&cell).expect("a cell");
        let orders =
            |scenario: &Scenario| scenario::expected_orders(scenario.arrivals.as_ref().expect("drawn"));
        assert_eq!(orders(&double.scenario), 2.0 * orders(&base.scenario));
        assert!(base.command(&cell, 3).ends_with("--seed 1 --replications 3"), "{}", base.command(&cell, 3));
    }

    #[test]
    fn a_reading_is_equal_whoever_asks() {
        let base = base(&[]);
        let world = base.world(&[]).expect("the base");
        let yardstick = Yardstick::of(&base.scenario);
        let stop = AtomicBool::new(false);
        let all = world.replications(&yardstick, (0, 4), &(), &stop).expect("four runs");
        let late = world.replications(&yardstick, (2, 4), &(), &stop).expect("two of them again");
        assert_eq!(all[2..], late);
        assert_eq!(all[0].values.len(), yardstick.columns.len());
        let sum = |name| all[0].values[yardstick.index(name).expect(name)];
        assert!(
            (sum("plan_cost") + sum("outcome_cost") - sum("total_cost")).abs() < 1e-6 * sum("total_cost")
        );
        assert!(0.0 < sum("plan_cost") && 0.0 < sum("outcome_cost"));
    }

    #[test]
    fn a_stopped_lab_keeps_nothing() {
        let base = base(&[]);
        let world = base.world(&[]).expect("the base");
        let stopped = world.replications(&Yardstick::of(&base.scenario), (0, 2), &(), &AtomicBool::new(true));
        assert!(matches!(stopped, Err(StudyError::Interrupted)));
    }

    #[test]
    fn who_breaks_first_most_often() {
        let reading = |name: Option<&str>| Reading { values: Vec::new(), breaks: name.map(str::to_owned) };
        let seen = [reading(Some("pick")), reading(None), reading(Some("pack")), reading(Some("pack"))];
        assert_eq!(breaks_first(&seen), Some(("pack".to_owned(), 2)));
        assert_eq!(breaks_first(&seen[..2]), Some(("pick".to_owned(), 1)));
        assert_eq!(breaks_first(&[]), None);
    }
}
