//! What to change: one unit more of each station that breaks, what breaks once the first is relieved, and the cheapest
//! changes that keep every promise.
//!
//! # How
//! Everything is compared with the replications that the study ran already, on the same draws, so differences are paired.
//! 1. **Units**: every station that breaks first in some replication, or after it, has one server more.
//! 2. **Next**: the station that breaks first has four times its servers.
//! 3. **Fixes**: each remedy below is first tried at its most. If that holds, bisection finds the least of it that
//!    still does. What is found is judged over all replications of the study; while its intervals do not keep every
//!    bound, it takes a step up. The cheapest remedies that hold are told, by what they cost beyond the plan as it is,
//!    everything counted.
//!
//! # Remedies
//! Servers at the stations that break, one after the other until nothing is broken or `CHAIN` of them have four times as
//! many; another shift plan at nodes whose stations break; another allocation strategy; and factors on people, stock,
//! lanes, payment and review as a whole. The numbers of servers of a chain are lowered one at a time, the last first: a
//! local optimum. `solve` searches named resources together.

use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::design::{Cell, Factor};
use super::lab::{Base, Reading, Ticks, Yardstick, breaks_first};
use super::levers::{of_station, spelled};
use super::slo::{SloResult, Verdict};
use super::solve::cell;
use super::tornado::difference;
use super::{Estimate, Study, StudyError};
use crate::allocation::{Builtin, Registry};
use crate::model::{Model, StationKind};
use crate::scenario::spec::{Desk, Scenario, Service};

/// Of each cell while it is searched; what is told has as many as the study.
const LOOK: usize = 5;
/// Stations that are told one by one, and stations of one remedy.
const CHAIN: usize = 4;
/// The most that a remedy makes of anything.
const MOST: u32 = 4;
/// Steps up of a remedy whose intervals do not keep every bound.
const STEPS_UP: usize = 4;
/// Remedies told.
const FIXES: usize = 2;
/// Cells that an advice seldom takes more of: what it costs is guessed by this before it begins.
pub const CELLS: usize = 80;

const FACTORS: [&str; 13] =
    ["1.05", "1.1", "1.15", "1.2", "1.25", "1.3", "1.4", "1.5", "1.75", "2", "2.5", "3", "4"];

/// What may be raised as a whole.
const WHOLES: [&str; 6] = [
    "nodes.*.pickers*",
    "nodes.*.packers*",
    "stock.cover*",
    "network.lane-rules.*.capacity*",
    "payment.methods.*.lanes*",
    "review.reviewers*",
];

#[derive(Debug, Clone, Default)]
pub struct Advice {
    /// The column of the promise that is nearest to its bound, or farthest beyond it.
    pub promise: Option<usize>,
    pub units: Vec<Unit>,
    /// What breaks once the first of the units has `MOST` times its servers.
    pub next: Option<String>,
    /// The cheapest first; empty when the study holds, or nothing that was tried does.
    pub fixes: Vec<Fix>,
    /// Simulated for this.
    pub runs: u64,
}

/// One server more.
#[derive(Debug, Clone)]
pub struct Unit {
    pub station: String,
    pub cell: Cell,
    /// By column: with it, less without.
    pub differences: Vec<Estimate>,
}

/// A change that keeps every promise, or is undecided.
#[derive(Debug, Clone)]
pub struct Fix {
    pub cell: Cell,
    /// By part of the cell: the values before and after, for people.
    pub changes: Vec<Change>,
    pub slo: Vec<SloResult>,
    pub verdict: Verdict,
    /// Total cost of a replication, less without the change.
    pub cost: Estimate,
    /// The station that breaks first now.
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub path: String,
    pub from: Option<String>,
    pub to: String,
}

/// A remedy: parts that are raised together, each over its values.
struct Remedy {
    parts: Vec<Factor>,
    /// What stands there now, where it is one value.
    from: Vec<Option<String>>,
}

struct Clinic<'a> {
    base: &'a Base,
    model: &'a Model,
    yardstick: &'a Yardstick,
    ill: &'a [Reading],
    ticks: &'a dyn Ticks,
    stop: &'a AtomicBool,
}

/// What a study read.
pub fn readings(yardstick: &Yardstick, model: &Model, study: &Study) -> Vec<Reading> {
    study.outcomes.iter().map(|outcome| yardstick.reading(model, outcome)).collect()
}

/// `None` when the user stopped.
pub fn advise(
    base: &Base,
    model: &Model,
    study: &Study,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<Option<Advice>, StudyError> {
    let yardstick = Yardstick::of(&base.scenario);
    let ill = readings(&yardstick, model, study);
    let clinic = Clinic { base, model, yardstick: &yardstick, ill: &ill, ticks, stop };
    match clinic.advise(study) {
        Ok(advice) => Ok(Some(advice)),
        Err(StudyError::Interrupted) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Clinic<'_> {
    fn advise(&self, study: &Study) -> Result<Advice, StudyError> {
        let counted = Counted::default();
        let promise = self.yardstick.tightest(self.ill);
        let broken = self.broken(study);
        let units: Vec<Option<Unit>> = broken
            .par_iter()
            .map(|&station| self.unit(station, &counted))
            .collect::<Result<_, StudyError>>()?;
        let next = match broken.first() {
            Some(&first) => self.relieved(first, &counted)?,
            None => None,
        };
        let mut fixes = Vec::new();
        if study.verdict != Verdict::Holds {
            let remedies = self.remedies(&broken, &counted)?;
            let found: Vec<Option<Fix>> = remedies
                .par_iter()
                .map(|remedy| self.fix(remedy, &counted))
                .collect::<Result<_, StudyError>>()?;
            fixes = found.into_iter().flatten().collect();
            let settled = |fix: &Fix| fix.verdict != Verdict::Holds;
            fixes.sort_by(|a, b| {
                settled(a)
                    .cmp(&settled(b))
                    .then(a.cost.mean.total_cmp(&b.cost.mean))
                    .then(a.cell.cmp(&b.cell))
            });
            fixes.truncate(FIXES);
        }
        let units = units.into_iter().flatten().collect();
        Ok(Advice { promise, units, next, fixes, runs: counted.runs() })
    }

    /// Stations that break, the one that does so first in most replications ahead, then by the hour.
    fn broken(&self, study: &Study) -> Vec<usize> {
        let first = breaks_first(self.ill).map(|(name, _)| name);
        let outcomes = &study.outcomes;
        let mut rows: Vec<(bool, _, usize)> = (0..self.model.stations.len())
            .filter_map(|station| {
                let outcome = outcomes.iter().find(|outcome| outcome.breaks(station))?;
                let other = Some(&self.model.stations[station].name) != first.as_ref();
                Some((other, outcome.stations[station].saturated_at, station))
            })
            .collect();
        rows.sort();
        rows.into_iter().map(|row| row.2).take(CHAIN).collect()
    }

    fn path(&self, station: usize) -> Option<String> {
        let row = &self.model.stations[station];
        of_station(&self.base.scenario, row.kind, &row.name)
    }

    /// `None` when the cell makes no scenario: a remedy that does not fit is none.
    fn play(
        &self,
        cell: &Cell,
        (from, to): (usize, usize),
        counted: &Counted,
    ) -> Result<Option<Vec<Reading>>, StudyError> {
        let Ok(world) = self.base.world(cell) else { return Ok(None) };
        counted.add(to - from);
        world.replications(self.yardstick, (from as u32, to as u32), self.ticks, self.stop).map(Some)
    }

    fn look(&self) -> usize {
        self.ill.len().min(LOOK)
    }

    fn unit(&self, station: usize, counted: &Counted) -> Result<Option<Unit>, StudyError> {
        let Some(path) = self.path(station) else { return Ok(None) };
        let cell = vec![(format!("{path}+"), "1".to_owned())];
        let Some(with) = self.play(&cell, (0, self.ill.len()), counted)? else { return Ok(None) };
        let differ = |column| difference(self.yardstick, &with, self.ill, column);
        let differences = (0..self.yardstick.columns.len()).map(differ).collect();
        Ok(Some(Unit { station: self.model.stations[station].name.clone(), cell, differences }))
    }

    fn relieved(&self, station: usize, counted: &Counted) -> Result<Option<String>, StudyError> {
        let Some(path) = self.path(station) else { return Ok(None) };
        let cell = vec![(format!("{path}*"), MOST.to_string())];
        let with = self.play(&cell, (0, self.look()), counted)?;
        Ok(with.and_then(|with| breaks_first(&with)).map(|(name, _)| name))
    }

    fn remedies(&self, broken: &[usize], counted: &Counted) -> Result<Vec<Remedy>, StudyError> {
        let mut remedies: Vec<Remedy> = self.chain(counted)?.into_iter().collect();
        remedies.extend(self.shifts(broken));
        let scenario = &self.base.scenario;
        let own = scenario.allocation.strategy_name();
        let strategies = Builtin::NAMES.iter().copied().chain(Registry::names());
        // A score is what its expression says, and has none here.
        let strategies = strategies.filter(|&name| name != own && name != "score");
        remedies.extend(strategies.map(|name| Remedy {
            parts: vec![Factor { path: "allocation.strategy".to_owned(), values: vec![name.to_owned()] }],
            from: vec![Some(own.to_owned())],
        }));
        remedies.extend(WHOLES.iter().map(|path| Remedy {
            parts: vec![Factor { path: (*path).to_owned(), values: FACTORS.map(str::to_owned).to_vec() }],
            from: vec![None],
        }));
        Ok(remedies)
    }

    /// Servers where it breaks, then where it breaks next, until every promise is kept or nothing breaks.
    fn chain(&self, counted: &Counted) -> Result<Option<Remedy>, StudyError> {
        let mut remedy = Remedy { parts: Vec::new(), from: Vec::new() };
        let mut readings = self.ill[..self.look()].to_vec();
        while remedy.parts.len() < CHAIN && !self.yardstick.holds_on_average(&readings) {
            let Some((name, _)) = breaks_first(&readings) else { break };
            let station = self.model.stations.iter().position(|row| row.name == name);
            let Some(station) = station else { break };
            let Some(path) = self.path(station) else { break };
            if remedy.parts.iter().any(|part| part.path == path) {
                break;
            }
            let now = self.model.stations[station].servers_max;
            let most = now.saturating_mul(MOST);
            let step = (most - now).div_ceil(48).max(1) as usize;
            let values = (now..=most).step_by(step).map(|count| count.to_string()).collect();
            remedy.parts.push(Factor { path, values });
            remedy.from.push(Some(now.to_string()));
            let cell = cell(&remedy.parts, &remedy.most());
            let Some(found) = self.play(&cell, (0, self.look()), counted)? else { return Ok(None) };
            readings = found;
        }
        Ok((!remedy.parts.is_empty()).then_some(remedy))
    }

    /// Every other shift plan of the file, at each node with a station that breaks.
    fn shifts(&self, broken: &[usize]) -> Vec<Remedy> {
        let scenario = &self.base.scenario;
        let mut remedies = Vec::new();
        let mut seen = Vec::new();
        for &station in broken {
            let row = &self.model.stations[station];
            if row.kind == StationKind::Pay {
                continue;
            }
            let place = row.name.split_once(" @ ").map(|(_, place)| place);
            let node = scenario.nodes.iter().position(|node| Some(node.name.as_str()) == place);
            let (path, own) = match (row.kind, node) {
                (StationKind::Review, _) => ("review.shifts".to_owned(), scenario.review.shifts.clone()),
                (StationKind::Phone | StationKind::Chat | StationKind::Complaint | StationKind::Lead, _) => {
                    service_shifts(scenario, row.kind)
                }
                (_, Some(node)) => {
                    let own = &scenario.nodes[node];
                    (format!("nodes.{}.shifts", spelled(&own.name, node)), own.shifts.clone())
                }
                _ => continue,
            };
            if own.is_none() || seen.contains(&path) {
                continue;
            }
            seen.push(path.clone());
            let others =
                scenario.shifts.iter().map(|(name, _)| name).filter(|name| Some(*name) != own.as_ref());
            remedies.extend(others.map(|name| Remedy {
                parts: vec![Factor { path: path.clone(), values: vec![name.clone()] }],
                from: vec![own.clone()],
            }));
        }
        remedies
    }

    /// The least of a remedy that keeps every promise, judged as the study is.
    fn fix(&self, remedy: &Remedy, counted: &Counted) -> Result<Option<Fix>, StudyError> {
        let mut plan = remedy.most();
        if !self.holds(remedy, &plan, counted)? {
            return Ok(None);
        }
        for part in (0..plan.len()).rev() {
            let (mut low, mut high) = (0, plan[part]);
            while low < high {
                let middle = (low + high) / 2;
                plan[part] = middle;
                (low, high) = match self.holds(remedy, &plan, counted)? {
                    true => (low, middle),
                    false => (middle + 1, high),
                };
            }
            plan[part] = high;
        }
        self.settle(remedy, plan, counted)
    }

    fn holds(&self, remedy: &Remedy, plan: &[usize], counted: &Counted) -> Result<bool, StudyError> {
        let found = self.play(&cell(&remedy.parts, plan), (0, self.look()), counted)?;
        Ok(found.is_some_and(|readings| self.yardstick.holds_on_average(&readings)))
    }

    fn settle(
        &self,
        remedy: &Remedy,
        mut plan: Vec<usize>,
        counted: &Counted,
    ) -> Result<Option<Fix>, StudyError> {
        let mut best = None;
        for _ in 0..=STEPS_UP {
            let cell = cell(&remedy.parts, &plan);
            let Some(with) = self.play(&cell, (0, self.ill.len()), counted)? else { return Ok(best) };
            let slo = self.yardstick.judge(&with);
            let verdict = Verdict::of_all(slo.iter().map(|result| result.verdict));
            if verdict != Verdict::Fails {
                let column = self.yardstick.index("total_cost").expect("a column of every yardstick");
                let cost = difference(self.yardstick, &with, self.ill, column);
                let next = breaks_first(&with).map(|(name, _)| name);
                best = Some(Fix { changes: remedy.changes(&plan), cell, slo, verdict, cost, next });
            }
            let most = remedy.most();
            if verdict == Verdict::Holds || plan == most {
                break;
            }
            plan.iter_mut().zip(&most).for_each(|(level, &most)| *level = (*level + 1).min(most));
        }
        Ok(best)
    }
}

impl Remedy {
    fn most(&self) -> Vec<usize> {
        self.parts.iter().map(|part| part.values.len() - 1).collect()
    }

    /// Parts that stay as they are, are no change.
    fn changes(&self, plan: &[usize]) -> Vec<Change> {
        let parts = self.parts.iter().zip(&self.from).zip(plan);
        let change = |((part, from), &level): ((&Factor, &Option<String>), &usize)| Change {
            path: part.path.clone(),
            from: from.clone(),
            to: part.values[level].clone(),
        };
        parts.map(change).filter(|change| change.from.as_ref() != Some(&change.to)).collect()
    }
}

/// Runs, counted by all who work at once.
#[derive(Default)]
struct Counted(std::sync::atomic::AtomicU64);

impl Counted {
    fn add(&self, runs: usize) {
        self.0.fetch_add(runs as u64, std::sync::atomic::Ordering::Relaxed);
    }

    fn runs(&self) -> u64 {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// Where the shift plan of a channel is written, and its name.
fn service_shifts(scenario: &Scenario, kind: StationKind) -> (String, Option<String>) {
    let of = |desk: fn(&Service) -> &Desk| scenario.service.as_ref().and_then(|own| desk(own).shifts.clone());
    match kind {
        StationKind::Phone => ("service.phone.shifts".to_owned(), of(|own| &own.phone)),
        StationKind::Chat => ("service.chat.shifts".to_owned(), of(|own| &own.chat)),
        _ => {
            let shifts = scenario.complaints.as_ref().and_then(|own| own.shifts.clone());
            ("complaints.shifts".to_owned(), shifts)
        }
    }
}
