//! What `solve` found: the plan, its price, its slack, its runners-up, and what a promise costs.

use std::path::PathBuf;

use serde::Serialize;

use super::answer::{Answer, Chart, Table, files_of};
use super::compare::{number, signed, unit};
use super::document::Estimate;
use super::html::scatter::{Dot, scatter};
use super::sweep::{ColumnRow, columns, estimate, less_is_better, verdict_name};
use crate::experiment::design::Factor;
use crate::experiment::lab::{Base, Yardstick, breaks_first};
use crate::experiment::solve::{End, Solution, Trial, cell, costs_more, slack};
use crate::experiment::sweep::frontier;

/// `solve.json`.
#[derive(Debug, Clone, Serialize)]
pub struct SolveDocument {
    pub scenario: String,
    pub command: String,
    pub currency: String,
    pub seed: u64,
    pub confidence: f64,
    /// `holds`, `undecided`, `impossible` or `budget`.
    pub end: &'static str,
    pub runs: u64,
    pub plans_seen: usize,
    pub objective: String,
    /// How the best was chosen among plans that hold; absent where it is the only one.
    pub choice: Option<ChoiceRow>,
    pub resources: Vec<ResourceRow>,
    /// The best first.
    pub plans: Vec<PlanRow>,
    pub columns: Vec<ColumnRow>,
    /// Plans that no other beats in cost and in the tightest promise of the best.
    pub frontier: Vec<FrontierRow>,
    pub frontier_measure: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ChoiceRow {
    pub candidates: usize,
    pub replications: u32,
    /// In the unit of the objective; absent when nothing is promised.
    pub within: Option<f64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct ResourceRow {
    pub path: String,
    pub least: String,
    pub most: String,
    /// Values that a fluid estimate ruled out.
    pub screened: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct PlanRow {
    /// By resource.
    pub values: Vec<String>,
    pub replications: usize,
    pub verdict: &'static str,
    /// By column.
    pub estimates: Vec<Estimate>,
    /// The objective, less the best plan's: a paired interval; absent of the best.
    pub costs_more: Option<Estimate>,
    pub slack: Vec<SlackRow>,
    pub breaks: Option<String>,
    pub command: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct SlackRow {
    pub promise: String,
    pub unit: &'static str,
    pub value: Estimate,
    pub bound: f64,
    /// What is left to the bound; below zero: beyond it.
    pub slack: f64,
    pub verdict: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub struct FrontierRow {
    pub values: Vec<String>,
    pub cost: f64,
    pub value: f64,
    pub holds: bool,
}

impl SolveDocument {
    pub fn of(
        base: &Base,
        yardstick: &Yardstick,
        (resources, objective): (&[Factor], usize),
        solution: &Solution,
        (name, command): (String, String),
    ) -> SolveDocument {
        let values = |trial: &Trial| -> Vec<String> {
            cell(resources, &trial.plan).into_iter().map(|(_, value)| value).collect()
        };
        let best = &solution.plans[0];
        let promise = |(index, (result, slack)): (usize, (crate::experiment::SloResult, f64))| SlackRow {
            promise: yardstick.columns[index].name.clone(),
            unit: unit(yardstick.columns[index].kind),
            value: Estimate { mean: result.estimate.mean, half_width: result.estimate.half_width },
            bound: match result.slo.bound {
                crate::scenario::spec::Bound::AtMost(limit)
                | crate::scenario::spec::Bound::AtLeast(limit) => limit,
            },
            slack,
            verdict: verdict_name(result.verdict),
        };
        let row = |(place, trial): (usize, &Trial)| {
            let more = (0 < place).then(|| costs_more(yardstick, trial, best, objective));
            PlanRow {
                values: values(trial),
                replications: trial.readings.len(),
                verdict: verdict_name(yardstick.verdict(&trial.readings)),
                estimates: (0..yardstick.columns.len())
                    .map(|column| estimate(yardstick, &trial.readings, column))
                    .collect(),
                costs_more: more.map(|found| Estimate { mean: found.mean, half_width: found.half_width }),
                slack: slack(yardstick, &trial.readings).into_iter().enumerate().map(promise).collect(),
                breaks: breaks_first(&trial.readings).map(|(name, _)| name),
                command: base.command(&cell(resources, &trial.plan), trial.readings.len() as u32),
            }
        };
        let tightest = yardstick.tightest(&best.readings);
        let points = tightest.map_or(Vec::new(), |column| {
            let mean = |trial: &Trial| yardstick.estimate(&trial.readings, column).mean;
            solution.seen.iter().map(|trial| (trial.cost, mean(trial))).collect::<Vec<(f64, f64)>>()
        });
        let is_best =
            frontier(&points, (true, tightest.is_some_and(|column| less_is_better(yardstick, column))));
        let mut edge: Vec<FrontierRow> = solution
            .seen
            .iter()
            .zip(&points)
            .zip(&is_best)
            .filter(|(_, best)| **best)
            .map(|((trial, point), _)| FrontierRow {
                values: values(trial),
                cost: point.0,
                value: point.1,
                holds: trial.holds,
            })
            .collect();
        edge.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        SolveDocument {
            scenario: name,
            command,
            currency: base.scenario.currency.clone(),
            seed: base.seed(),
            confidence: yardstick.confidence,
            end: match solution.end {
                End::Holds => "holds",
                End::Undecided => "undecided",
                End::Impossible => "impossible",
                End::Budget => "budget",
            },
            runs: solution.runs,
            plans_seen: solution.seen.len(),
            objective: yardstick.columns[objective].name.clone(),
            choice: solution.choice.map(|choice| ChoiceRow {
                candidates: choice.candidates,
                replications: choice.rounds,
                within: choice.within,
            }),
            resources: resources
                .iter()
                .zip(&solution.screened)
                .map(|(own, &screened)| ResourceRow {
                    path: own.path.clone(),
                    least: own.values[0].clone(),
                    most: own.values[own.values.len() - 1].clone(),
                    screened,
                })
                .collect(),
            plans: solution.plans.iter().enumerate().map(row).collect(),
            columns: columns(yardstick),
            frontier: edge,
            frontier_measure: tightest.map(|column| yardstick.columns[column].name.clone()),
        }
    }

    fn column(&self, name: &str) -> &ColumnRow {
        self.columns.iter().find(|column| column.name == name).expect("a column of the document")
    }

    /// `nodes.Leipzig.pickers=12 nodes.Leipzig.packers=8`.
    fn said(&self, values: &[String]) -> String {
        let parts: Vec<String> =
            self.resources.iter().zip(values).map(|(own, value)| format!("{}={value}", own.path)).collect();
        parts.join(" ")
    }

    /// What a plan sets otherwise than the best.
    fn differs(&self, values: &[String]) -> String {
        let rows = self.resources.iter().zip(values).zip(&self.plans[0].values);
        let parts: Vec<String> = rows
            .filter(|((_, own), best)| own != best)
            .map(|((own, value), _)| format!("{}={value}", own.path))
            .collect();
        parts.join(" ")
    }

    pub fn answer(&self) -> Answer {
        let best = &self.plans[0];
        let place =
            self.columns.iter().position(|column| column.name == self.objective).expect("the objective");
        let unit = self.columns[place].unit;
        let money = if unit == "minor" { format!(" {}", self.currency) } else { String::new() };
        let price = |plan: &PlanRow| {
            let own = &plan.estimates[place];
            let half = own.half_width.map_or(String::new(), |half| format!(" +- {}", number(half, unit)));
            format!("{}{money}{half}", number(own.mean, unit))
        };
        let broken: Vec<String> = best
            .slack
            .iter()
            .filter(|row| row.slack < 0.0)
            .map(|row| {
                format!(
                    "{} {} past its bound of {}",
                    row.promise,
                    number(-row.slack, row.unit),
                    number(row.bound, row.unit)
                )
            })
            .collect();
        let plan = self.said(&best.values);
        let (verdict, sentence) = match self.end {
            "impossible" => (
                "fails",
                format!(
                    "No plan in these ranges holds: even with the most of everything, {plan}, {}.",
                    broken.join(", ")
                ),
            ),
            "undecided" => (
                "inconclusive",
                format!(
                    "The cheapest plan is likely {plan}: {} {}, but {} replications do not settle every promise.",
                    self.objective,
                    price(best),
                    best.replications
                ),
            ),
            "budget" => (
                "inconclusive",
                format!(
                    "The best so far, when the budget of runs ended, is {plan}: {} {}.",
                    self.objective,
                    price(best)
                ),
            ),
            _ => (
                "holds",
                format!("The cheapest plan that holds is {plan}: {} {}.", self.objective, price(best)),
            ),
        };
        let mut sentences = vec![sentence];
        if self.end != "impossible" {
            sentences.push(match &best.breaks {
                Some(station) => format!("What breaks first in it is {station}, and the promises bear it."),
                None => "No station breaks in it.".to_owned(),
            });
        }
        sentences.extend(self.choice.as_ref().map(|choice| {
            let count = choice.candidates;
            match choice.within {
                Some(within) => format!(
                    "Of {count} plans that hold it is the best, or within {}{money} of it, with {:.0} % confidence.",
                    number(within, unit),
                    self.confidence * 100.0
                ),
                None => format!("Of {count} plans that hold it looks best; the budget was too small to promise it."),
            }
        }));
        let mut tables = vec![self.promises(best), self.others(place)];
        tables.retain(|table| !table.rows.is_empty());
        Answer {
            kind: "solve",
            title: self.scenario.clone(),
            verdict: Some(verdict),
            sentences,
            tables,
            charts: self.chart(place).into_iter().collect(),
            notes: vec![self.note()],
            command: self.command.clone(),
        }
    }

    fn promises(&self, best: &PlanRow) -> Table {
        let mut table =
            Table::new("What it promises", &["<promise", "value", "bound", "slack", "<verdict"], 20);
        for row in &best.slack {
            let say = |value: f64| number(value, row.unit);
            let half = row.value.half_width.map_or(String::new(), |half| format!(" +- {}", say(half)));
            table.rows.push(vec![
                row.promise.clone(),
                format!("{}{half}", say(row.value.mean)),
                say(row.bound),
                say(row.slack),
                row.verdict.to_owned(),
            ]);
        }
        table
    }

    fn others(&self, place: usize) -> Table {
        let unit = self.columns[place].unit;
        let mut table = Table::new("Runners-up", &["<the same plan, but", "costs more", "<verdict"], 5);
        for plan in self.plans.iter().skip(1) {
            let more = plan.costs_more.as_ref().map_or("-".to_owned(), |more| signed(more, unit));
            table.rows.push(vec![self.differs(&plan.values), more, plan.verdict.to_owned()]);
        }
        table
    }

    fn chart(&self, place: usize) -> Option<Chart> {
        let measure = self.frontier_measure.as_ref().filter(|_| 1 < self.frontier.len())?;
        let (cost, own) = (self.columns[place].unit, self.column(measure).unit);
        let dot = |row: &FrontierRow| Dot {
            at: (row.cost, row.value),
            name: row.values.join(", "),
            is_best: true,
            holds: row.holds,
        };
        let dots: Vec<Dot> = self.frontier.iter().map(dot).collect();
        let svg = scatter(
            (&self.objective, measure),
            (|value| number(value, cost), |value| number(value, own)),
            &dots,
        );
        Some(Chart {
            caption: format!(
                "What {measure} costs: plans that no other beats in both; red ones break a promise."
            ),
            svg,
        })
    }

    fn note(&self) -> String {
        let ruled: Vec<String> = self
            .resources
            .iter()
            .filter(|own| 0 < own.screened)
            .map(|own| format!("{} of {}", own.screened, own.path))
            .collect();
        let ruled = if ruled.is_empty() {
            String::new()
        } else {
            format!(" A fluid estimate ruled out values: {}.", ruled.join(", "))
        };
        let race = match &self.choice {
            Some(ChoiceRow { within: Some(_), .. }) => " and a race of those that hold (Kim and Nelson)",
            Some(_) => ", and runs where they tell most (OCBA)",
            None => "",
        };
        format!(
            "{} runs of {} plans on common random numbers, seed {}; bisection downwards from the most of everything, exchanges of one resource for another, the neighborhood of the best, then {} replications of the best{}.{ruled}",
            self.runs, self.plans_seen, self.seed, self.plans[0].replications, race
        )
    }

    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files_of(&self.answer(), self)
    }
}
