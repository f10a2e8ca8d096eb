//! The cheapest plan that keeps every promise, over named resources.
//!
//! # How
//! 1. A fluid screen, without simulation: levels at which some station never gets its work done, though it does with
//!    the most of everything, are left out (`model::load`). An hour above capacity is no reason: it may be affordable.
//! 2. From the most of everything, one resource after the other goes down to the least level that still holds, by
//!    bisection, the one that saves most first, until none goes down any more.
//! 3. Exchanges: one resource a step down, another up as far as it takes; kept when it is cheaper. This also finds what
//!    bisection misses where more of one resource makes a promise worse.
//! 4. Because cost need not fall with every resource (lateness is paid too), the neighborhood: from the cheapest plan
//!    that holds, strides in one resource, halved until they are one step, then steps in two resources at once, as long
//!    as one of them is cheaper. What is told has no cheaper plan beside it that holds.
//! 5. The cheapest plans seen are run again with more replications, until the intervals of one keep every bound. If none
//!    of them does, the best takes a step up.
//! 6. Those that hold run a race: KN takes the runs that it needs to say which is cheapest, and promises how often it is
//!    right (`ranking`). Where that would take more than the budget has left, OCBA spreads what is left, and nothing is
//!    promised.
//!
//! All cells share their draws, so plans are compared in pairs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::design::{Cell, Factor};
use super::lab::{Base, Reading, Ticks, Yardstick};
use super::neighborhood::neighbors;
use super::ranking::{Kn, ocba};
use super::slo::{SloResult, Verdict};
use super::{Estimate, StudyError};
use crate::model::load::offered_load;
use crate::scenario::Diagnostics;

/// Levels by resource, from 0.
pub type Plan = Vec<usize>;

/// What is asked.
pub struct Question<'a> {
    /// Each with its values from the least to the most.
    pub resources: &'a [Factor],
    /// The column that shall be least.
    pub objective: usize,
    /// Replications of every plan that is looked at.
    pub look: u32,
    /// Replications at most of the plans that are left in the end.
    pub check: u32,
    /// Runs at most.
    pub budget: u64,
    /// The smallest difference of the objective worth finding, as a share of it.
    pub indifference: f64,
}

#[derive(Debug)]
pub enum SolveError {
    /// A plan that is no scenario.
    Scenario(Plan, Diagnostics),
    Study(StudyError),
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The intervals of the best plan keep every bound.
    Holds,
    /// Its means do, and its intervals do not settle it.
    Undecided,
    /// Not even the most of everything keeps every bound.
    Impossible,
    /// The budget of runs ended first; the best so far.
    Budget,
}

/// A plan that was looked at.
#[derive(Debug, Clone)]
pub struct Trial {
    pub plan: Plan,
    pub readings: Vec<Reading>,
    pub holds: bool,
    pub cost: f64,
}

/// How the last choice among plans that hold was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    pub candidates: usize,
    /// Replications of each that was in the race to its end.
    pub rounds: u32,
    /// The chosen one is the best of them, or within so much of it, as often as the confidence says; `None` when the
    /// budget was spread without that promise.
    pub within: Option<f64>,
}

pub struct Solution {
    pub end: End,
    /// `None` where fewer than two plans hold.
    pub choice: Option<Choice>,
    /// The best first, then the cheapest others that hold; of an impossible question the most of everything alone.
    pub plans: Vec<Trial>,
    /// Everything that was looked at, in the order of plans.
    pub seen: Vec<Trial>,
    pub runs: u64,
    /// By resource: levels left out by the fluid screen.
    pub screened: Vec<usize>,
}

/// Replications that a race plays at once.
const BATCH: u32 = 4;

/// Finished plans beside the best that are checked and told.
const RUNNERS_UP: usize = 2;

struct Search<'a> {
    base: &'a Base,
    yardstick: &'a Yardstick,
    question: &'a Question<'a>,
    ticks: &'a dyn Ticks,
    stop: &'a AtomicBool,
    seen: BTreeMap<Plan, Trial>,
    runs: u64,
    least: Plan,
    most: Plan,
}

pub fn solve(
    base: &Base,
    yardstick: &Yardstick,
    question: &Question<'_>,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<Solution, SolveError> {
    let least = vec![0; question.resources.len()];
    let most: Plan = question.resources.iter().map(|resource| resource.values.len() - 1).collect();
    let mut search = Search {
        base,
        yardstick,
        question,
        ticks,
        stop,
        seen: BTreeMap::new(),
        runs: 0,
        least,
        most: most.clone(),
    };
    search.screen()?;
    let top = search.look(&most)?;
    if !top.holds {
        return Ok(search.told(End::Impossible, vec![top]));
    }
    let mut best = search.descend(most)?;
    while let Some(better) = search.exchange(&best)? {
        best = search.descend(better)?;
    }
    search.improve()?;
    search.settle()
}

/// What a plan sets.
pub fn cell(resources: &[Factor], plan: &[usize]) -> Cell {
    resources.iter().zip(plan).map(|(own, &level)| (own.path.clone(), own.values[level].clone())).collect()
}

impl Search<'_> {
    fn spent(&self) -> bool {
        self.question.budget <= self.runs
    }

    fn play(&mut self, plan: &Plan, from: u32, to: u32) -> Result<Vec<Reading>, SolveError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(SolveError::Study(StudyError::Interrupted));
        }
        let cell = cell(self.question.resources, plan);
        let world = self.base.world(&cell).map_err(|error| SolveError::Scenario(plan.clone(), error))?;
        self.runs += u64::from(to - from);
        world.replications(self.yardstick, (from, to), self.ticks, self.stop).map_err(SolveError::Study)
    }

    fn trial(&self, plan: &Plan, readings: Vec<Reading>) -> Trial {
        let holds = self.yardstick.holds_on_average(&readings);
        let cost = self.yardstick.estimate(&readings, self.question.objective).mean;
        Trial { plan: plan.clone(), readings, holds, cost }
    }

    fn look(&mut self, plan: &Plan) -> Result<Trial, SolveError> {
        if let Some(trial) = self.seen.get(plan) {
            return Ok(trial.clone());
        }
        let readings = self.play(plan, 0, self.question.look)?;
        let trial = self.trial(plan, readings);
        self.seen.insert(plan.clone(), trial.clone());
        Ok(trial)
    }

    /// The least level of each resource at which no station is left with work that it would do with the most of all.
    fn screen(&mut self) -> Result<(), SolveError> {
        let most = self.most.clone();
        let stuck = |search: &Search<'_>, plan: &Plan| -> Result<Vec<String>, SolveError> {
            let cell = cell(search.question.resources, plan);
            let world =
                search.base.world(&cell).map_err(|error| SolveError::Scenario(plan.clone(), error))?;
            let left = offered_load(&world.model).into_iter().filter(|row| row.is_prompt() && row.left_over);
            Ok(left.map(|row| row.station).collect())
        };
        let anyway = stuck(self, &most)?;
        for resource in 0..most.len() {
            let (mut low, mut high) = (0, most[resource]);
            while low < high {
                let middle = (low + high) / 2;
                let mut plan = most.clone();
                plan[resource] = middle;
                let fits = stuck(self, &plan)?.iter().all(|station| anyway.contains(station));
                (low, high) = if fits { (low, middle) } else { (middle + 1, high) };
            }
            self.least[resource] = low;
        }
        Ok(())
    }

    /// Every resource as low as it goes, the one that saves most first, until none goes lower.
    fn descend(&mut self, mut plan: Plan) -> Result<Plan, SolveError> {
        let order = self.by_saving(&plan)?;
        loop {
            let before = plan.clone();
            for &resource in &order {
                plan[resource] = self.lowest(&plan, resource)?;
            }
            if plan == before || self.spent() {
                return Ok(plan);
            }
        }
    }

    fn by_saving(&mut self, plan: &Plan) -> Result<Vec<usize>, SolveError> {
        let here = self.look(plan)?.cost;
        let mut savings = Vec::new();
        for resource in 0..plan.len() {
            let mut lower = plan.clone();
            lower[resource] = (plan[resource] + self.least[resource]) / 2;
            savings.push((resource, here - self.look(&lower)?.cost));
        }
        savings.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(savings.into_iter().map(|saving| saving.0).collect())
    }

    fn lowest(&mut self, plan: &Plan, resource: usize) -> Result<usize, SolveError> {
        let (mut low, mut high) = (self.least[resource], plan[resource]);
        while low < high && !self.spent() {
            let middle = (low + high) / 2;
            let mut lower = plan.clone();
            lower[resource] = middle;
            (low, high) = if self.look(&lower)?.holds { (low, middle) } else { (middle + 1, high) };
        }
        Ok(high)
    }

    /// A cheaper plan with one resource a step lower and another as much higher as it takes.
    fn exchange(&mut self, plan: &Plan) -> Result<Option<Plan>, SolveError> {
        let here = self.look(plan)?.cost;
        for down in 0..plan.len() {
            if plan[down] <= self.least[down] {
                continue;
            }
            for up in (0..plan.len()).filter(|&up| up != down) {
                let most = self.most[up];
                let mut other = plan.clone();
                other[down] -= 1;
                for step in [1, 1, 2] {
                    other[up] = (other[up] + step).min(most);
                    if self.spent() {
                        return Ok(None);
                    }
                    let trial = self.look(&other)?;
                    if here <= trial.cost || other[up] == most && !trial.holds {
                        break;
                    }
                    if trial.holds {
                        return Ok(Some(other));
                    }
                }
            }
        }
        Ok(None)
    }

    /// From the cheapest plan that holds to one that has no cheaper one beside it.
    fn improve(&mut self) -> Result<(), SolveError> {
        let levels = self.most.iter().zip(&self.least).map(|(most, least)| most - least).max().unwrap_or(0);
        let mut stride = (levels / 2).max(1);
        loop {
            let from = self.cheapest().swap_remove(0);
            let here = self.seen[&from].cost;
            let mut found = false;
            for plan in neighbors(&from, stride, &self.least, &self.most) {
                if self.spent() {
                    return Ok(());
                }
                let trial = self.look(&plan)?;
                found = trial.holds && trial.cost < here;
                if found {
                    break;
                }
            }
            match (found, stride) {
                (true, _) => {}
                (false, 1) => return Ok(()),
                (false, _) => stride /= 2,
            }
        }
    }

    /// The cheapest that hold are run again, until one is settled; where none is, the best goes a step up.
    fn settle(mut self) -> Result<Solution, SolveError> {
        for _ in 0..32 {
            let candidates = self.cheapest();
            let mut verdict = Verdict::Fails;
            for (place, plan) in candidates.iter().take(1 + RUNNERS_UP).enumerate() {
                let own = self.confirm(plan)?;
                if place == 0 {
                    verdict = own;
                }
            }
            let still = self.cheapest();
            let best = still.first() == candidates.first();
            match verdict {
                _ if self.spent() => return Ok(self.finish(End::Budget, &still)),
                Verdict::Holds if best => return self.choose(&still),
                Verdict::Inconclusive if best => match self.step_up(&still[0])? {
                    true => {}
                    false => return Ok(self.finish(End::Undecided, &still)),
                },
                _ if still.is_empty() => unreachable!("the most of everything holds"),
                _ => {}
            }
        }
        let still = self.cheapest();
        Ok(self.finish(End::Undecided, &still))
    }

    /// The race of the plans that hold.
    fn choose(mut self, plans: &[Plan]) -> Result<Solution, SolveError> {
        let told = &plans[..plans.len().min(1 + RUNNERS_UP)];
        let holds = |plan: &&Plan| self.yardstick.verdict(&self.seen[*plan].readings) == Verdict::Holds;
        let racing: Vec<Plan> = told.iter().filter(holds).cloned().collect();
        if racing.len() < 2 {
            return Ok(self.finish(End::Holds, plans));
        }
        let count = |plan: &Plan| self.seen[plan].readings.len() as u32;
        let first = racing.iter().map(count).min().expect("two plans at least");
        let stage: Vec<Vec<f64>> = racing.iter().map(|plan| self.costs(plan, first as usize)).collect();
        let within = (self.question.indifference * self.seen[&racing[0]].cost.abs()).max(f64::MIN_POSITIVE);
        let race = Kn::new(&stage, self.yardstick.confidence, within);
        let most = u64::from(race.rounds_at_most() - first) * racing.len() as u64;
        let (best, rounds, within) = match most <= self.question.budget.saturating_sub(self.runs) {
            true => {
                let (best, rounds) = self.race(&racing, race)?;
                (best, rounds, Some(within))
            }
            false => {
                let (best, rounds) = self.spread(&racing)?;
                (best, rounds, None)
            }
        };
        let mut order: Vec<Plan> = vec![racing[best].clone()];
        order.extend(plans.iter().filter(|plan| **plan != racing[best]).cloned());
        let end = match self.yardstick.verdict(&self.seen[&order[0]].readings) {
            Verdict::Holds => End::Holds,
            _ => End::Undecided,
        };
        let choice = Some(Choice { candidates: racing.len(), rounds, within });
        Ok(Solution { choice, ..self.finish(end, &order) })
    }

    /// The objective of the first replications of a plan.
    fn costs(&self, plan: &Plan, count: usize) -> Vec<f64> {
        Yardstick::column(&self.seen[plan].readings[..count], self.question.objective)
    }

    fn race(&mut self, racing: &[Plan], mut race: Kn) -> Result<(usize, u32), SolveError> {
        loop {
            if let Some(best) = race.best() {
                return Ok((best, race.rounds()));
            }
            let round = race.rounds() as usize;
            let mut seen = Vec::new();
            for &place in &race.survivors().to_vec() {
                let plan = &racing[place];
                if self.seen[plan].readings.len() <= round {
                    self.extend(plan, BATCH)?;
                }
                seen.push((place, self.seen[plan].readings[round].values[self.question.objective]));
            }
            race.add(&seen);
        }
    }

    /// What is left of the budget, and no more than the check of a plan takes, goes where it tells most.
    fn spread(&mut self, racing: &[Plan]) -> Result<(usize, u32), SolveError> {
        let left = self.question.budget.saturating_sub(self.runs);
        let extra = left.min(u64::from(self.question.check) * racing.len() as u64) as u32;
        let moments: Vec<(f64, f64, u32)> = racing
            .iter()
            .map(|plan| {
                let costs = self.costs(plan, self.seen[plan].readings.len());
                let mean = costs.iter().sum::<f64>() / costs.len() as f64;
                let squares: f64 = costs.iter().map(|cost| (cost - mean) * (cost - mean)).sum();
                (mean, squares / (costs.len() as f64 - 1.0).max(1.0), costs.len() as u32)
            })
            .collect();
        let means: Vec<f64> = moments.iter().map(|own| own.0).collect();
        let variances: Vec<f64> = moments.iter().map(|own| own.1).collect();
        let counts: Vec<u32> = moments.iter().map(|own| own.2).collect();
        for (plan, more) in racing.iter().zip(ocba(&means, &variances, &counts, extra)) {
            if 0 < more {
                self.extend(plan, more)?;
            }
        }
        let cost = |place: &usize| self.seen[&racing[*place]].cost;
        let best = (0..racing.len()).min_by(|a, b| cost(a).total_cmp(&cost(b))).expect("two plans at least");
        Ok((best, self.seen[&racing[best]].readings.len() as u32))
    }

    /// More replications of a plan that was looked at.
    fn extend(&mut self, plan: &Plan, more: u32) -> Result<(), SolveError> {
        let mut readings = self.seen[plan].readings.clone();
        let from = readings.len() as u32;
        readings.extend(self.play(plan, from, from + more)?);
        let trial = Trial { holds: self.seen[plan].holds, ..self.trial(plan, readings) };
        self.seen.insert(plan.clone(), trial);
        Ok(())
    }

    /// More replications, doubled until the bounds are decided. What does not hold after all is known not to.
    fn confirm(&mut self, plan: &Plan) -> Result<Verdict, SolveError> {
        let mut readings = self.look(plan)?.readings;
        loop {
            let verdict = self.yardstick.verdict(&readings);
            let count = readings.len() as u32;
            let enough = 2 * self.question.look <= count && verdict != Verdict::Inconclusive;
            if enough || self.question.check <= count || self.spent() {
                let mut trial = self.trial(plan, readings);
                // Undecided is not yet wrong; failing is.
                trial.holds &= verdict != Verdict::Fails;
                self.seen.insert(plan.clone(), trial);
                return Ok(verdict);
            }
            let to = (2 * count).clamp(2, self.question.check);
            readings.extend(self.play(plan, count, to)?);
        }
    }

    /// The cheapest step up from a plan whose intervals do not settle it becomes a candidate; the plan does not.
    fn step_up(&mut self, plan: &Plan) -> Result<bool, SolveError> {
        let mut steps = Vec::new();
        for resource in 0..plan.len() {
            let mut higher = plan.clone();
            higher[resource] += 1;
            if higher[resource] <= self.most[resource] {
                steps.push(self.look(&higher)?);
            }
        }
        let holds = steps.iter().any(|trial| trial.holds);
        if holds {
            self.seen.get_mut(plan).expect("it was looked at").holds = false;
        }
        Ok(holds)
    }

    fn cheapest(&self) -> Vec<Plan> {
        let mut plans: Vec<&Trial> = self.seen.values().filter(|trial| trial.holds).collect();
        plans.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.plan.cmp(&b.plan)));
        plans.into_iter().map(|trial| trial.plan.clone()).collect()
    }

    fn finish(self, end: End, plans: &[Plan]) -> Solution {
        let told = plans.iter().take(1 + RUNNERS_UP).map(|plan| self.seen[plan].clone()).collect();
        self.told(end, told)
    }

    fn told(self, end: End, plans: Vec<Trial>) -> Solution {
        let seen = self.seen.into_values().collect();
        Solution { end, choice: None, plans, seen, runs: self.runs, screened: self.least }
    }
}

/// The promises of a plan, each with what is left to its bound; below zero: beyond it.
pub fn slack(yardstick: &Yardstick, readings: &[Reading]) -> Vec<(SloResult, f64)> {
    use crate::scenario::spec::Bound::{AtLeast, AtMost};
    let left = |result: SloResult| {
        let slack = match result.slo.bound {
            AtMost(limit) => limit - result.estimate.mean,
            AtLeast(limit) => result.estimate.mean - limit,
        };
        (result, slack)
    };
    yardstick.judge(readings).into_iter().map(left).collect()
}

/// What one plan costs more than another, over the replications that both have.
pub fn costs_more(yardstick: &Yardstick, trial: &Trial, than: &Trial, column: usize) -> Estimate {
    super::tornado::difference(yardstick, &trial.readings, &than.readings, column)
}
