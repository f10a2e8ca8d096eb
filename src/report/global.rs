//! What moves an answer when everything moves at once: Morris' effects and Sobol's shares, told.

use std::path::PathBuf;

use serde::Serialize;

use super::answer::{Answer, Chart, Table, files_of};
use super::compare::number;
use super::document::Estimate;
use super::html::scatter::{Dot, Lever as Bar, scatter, tornado};
use super::sweep::{ColumnRow, columns};
use crate::experiment;
use crate::experiment::lab::{Base, Yardstick};
use crate::experiment::levers::Lever;
use crate::experiment::screening::{Morris, Sobol};

/// The design, and which measure is told first.
pub enum Method {
    Morris(Morris),
    Sobol(Sobol),
}

/// `sensitivity.json` of a screening.
#[derive(Debug, Clone, Serialize)]
pub struct GlobalDocument {
    pub scenario: String,
    pub command: String,
    pub currency: String,
    /// `morris` or `sobol`.
    pub method: &'static str,
    pub seed: u64,
    pub replications: u32,
    pub confidence: f64,
    /// Every lever goes from 1 - by to 1 + by.
    pub by: f64,
    pub points: usize,
    pub measure: String,
    pub columns: Vec<ColumnRow>,
    /// Those that move the measure most first.
    pub levers: Vec<GlobalRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct GlobalRow {
    pub name: String,
    pub path: String,
    /// By column.
    pub indices: Vec<Index>,
}

/// Of one lever on one measure.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Index {
    /// In the unit of the measure, over the whole range of the lever.
    Effect { mu: f64, mu_star: Estimate, sigma: f64 },
    /// Of the variance.
    Share { first: Estimate, total: Estimate },
}

impl Index {
    fn rank(&self) -> f64 {
        match self {
            Index::Effect { mu_star, .. } => mu_star.mean,
            Index::Share { total, .. } => total.mean,
        }
    }
}

fn told(found: experiment::Estimate) -> Estimate {
    Estimate { mean: found.mean, half_width: found.half_width }
}

impl Method {
    fn indices(&self, answers: &[f64], confidence: f64) -> Vec<Index> {
        match self {
            Method::Morris(design) => {
                let effects = design.indices(answers, confidence).into_iter();
                effects
                    .map(|own| Index::Effect { mu: own.mu, mu_star: told(own.mu_star), sigma: own.sigma })
                    .collect()
            }
            Method::Sobol(design) => {
                let shares = design.indices(answers, confidence).into_iter();
                shares.map(|own| Index::Share { first: told(own.first), total: told(own.total) }).collect()
            }
        }
    }
}

impl GlobalDocument {
    /// `answers` by column, then point.
    pub fn of(
        base: &Base,
        yardstick: &Yardstick,
        (method, levers, by): (&Method, &[Lever], f64),
        (answers, measure, replications): (&[Vec<f64>], usize, u32),
        (name, command): (String, String),
    ) -> GlobalDocument {
        let of: Vec<Vec<Index>> =
            answers.iter().map(|answers| method.indices(answers, yardstick.confidence)).collect();
        let row = |index: usize| GlobalRow {
            name: levers[index].name.clone(),
            path: levers[index].path.clone(),
            indices: of.iter().map(|column| column[index].clone()).collect(),
        };
        let mut order: Vec<usize> = (0..levers.len()).collect();
        order.sort_by(|&a, &b| of[measure][b].rank().total_cmp(&of[measure][a].rank()));
        GlobalDocument {
            scenario: name,
            command,
            currency: base.scenario.currency.clone(),
            method: match method {
                Method::Morris(_) => "morris",
                Method::Sobol(_) => "sobol",
            },
            seed: base.seed(),
            replications,
            confidence: yardstick.confidence,
            by,
            points: answers[measure].len(),
            measure: yardstick.columns[measure].name.clone(),
            columns: columns(yardstick),
            levers: order.into_iter().map(row).collect(),
        }
    }

    fn column(&self) -> usize {
        self.columns.iter().position(|column| column.name == self.measure).expect("the measure is a column")
    }

    pub fn answer(&self) -> Answer {
        let column = self.column();
        let unit = self.columns[column].unit;
        let (head, caption, svg) = match self.method {
            "morris" => self.effects(column),
            _ => self.shares(column),
        };
        let mut table = Table::new("", &head, 25);
        for lever in &self.levers {
            table.rows.push(match &lever.indices[column] {
                Index::Effect { mu, mu_star, sigma } => {
                    vec![lever.name.clone(), said(mu_star, unit), signed(*mu, unit), number(*sigma, unit)]
                }
                Index::Share { first, total } => {
                    vec![lever.name.clone(), said(first, "share"), said(total, "share")]
                }
            });
        }
        Answer {
            kind: "sensitivity",
            title: self.scenario.clone(),
            sentences: self.sentences(column),
            tables: vec![table],
            charts: vec![Chart { caption, svg }],
            notes: vec![format!(
                "All levers at once, each from x{} to x{}: {} points of {}, {} replication{} each on common random numbers, {:.0} % intervals, seed {}.",
                1.0 - self.by,
                1.0 + self.by,
                self.points,
                if self.method == "morris" {
                    "Morris' design"
                } else {
                    "Saltelli's design for Sobol's shares"
                },
                self.replications,
                if self.replications == 1 { "" } else { "s" },
                self.confidence * 100.0,
                self.seed
            )],
            command: self.command.clone(),
            ..Answer::default()
        }
    }

    fn sentences(&self, column: usize) -> Vec<String> {
        let unit = self.columns[column].unit;
        let Some(first) = self.levers.first() else { return Vec::new() };
        let most = match &first.indices[column] {
            Index::Effect { mu_star, .. } if mu_star.mean == 0.0 => {
                format!("Nothing moves {}.", self.measure)
            }
            Index::Effect { mu_star, .. } => format!(
                "What moves {} most is {}: by {} over its range.",
                self.measure,
                first.name,
                number(mu_star.mean, unit)
            ),
            Index::Share { total, .. } if total.mean == 0.0 => format!("Nothing moves {}.", self.measure),
            Index::Share { total, .. } => format!(
                "What moves {} most is {}: {} of its variance, with all that hangs on it.",
                self.measure,
                first.name,
                number(total.mean, "share")
            ),
        };
        let together: Vec<&str> = self
            .levers
            .iter()
            .filter(|lever| match &lever.indices[column] {
                Index::Effect { mu_star, sigma, .. } => 0.0 < mu_star.mean && mu_star.mean < *sigma,
                Index::Share { first, total } => {
                    let half = |own: &Estimate| own.half_width.unwrap_or(0.0);
                    first.mean + half(first) < total.mean - half(total)
                }
            })
            .map(|lever| lever.name.as_str())
            .collect();
        let mut sentences = vec![most];
        if !together.is_empty() {
            sentences.push(format!(
                "What these do hangs on where the others stand, or is curved: {}.",
                together.join(", ")
            ));
        }
        sentences
    }

    fn effects(&self, column: usize) -> (Vec<&'static str>, String, String) {
        let unit = self.columns[column].unit;
        let dots: Vec<Dot> = self
            .levers
            .iter()
            .filter_map(|lever| match &lever.indices[column] {
                Index::Effect { mu_star, sigma, .. } => Some(Dot {
                    at: (mu_star.mean, *sigma),
                    name: lever.name.clone(),
                    is_best: false,
                    holds: true,
                }),
                Index::Share { .. } => None,
            })
            .collect();
        let mut named = dots;
        // The few that matter are named; a line would say nothing.
        named.sort_by(|a, b| b.at.0.total_cmp(&a.at.0));
        if let Some(first) = named.first_mut() {
            first.is_best = true;
        }
        let say = |value: f64| number(value, unit);
        let svg = scatter(("mean size of the effect", "spread of the effect"), (say, say), &named);
        let caption = format!(
            "Each lever by what it does to {} (to the right), and by how much that hangs on the others (up).",
            self.measure
        );
        (vec!["<lever", "mean size", "mean", "spread"], caption, svg)
    }

    fn shares(&self, column: usize) -> (Vec<&'static str>, String, String) {
        let bars: Vec<Bar> = self
            .levers
            .iter()
            .filter_map(|lever| match &lever.indices[column] {
                Index::Share { first, total } => {
                    Some(Bar { name: lever.name.clone(), low: first.mean.max(0.0), high: total.mean })
                }
                Index::Effect { .. } => None,
            })
            .take(16)
            .collect();
        let svg = tornado("share of the variance", 0.0, |value| number(value, "share"), &bars);
        let caption =
            format!("Of the variance of {}: ochre alone, blue with all that hangs on it.", self.measure);
        (vec!["<lever", "alone", "with others"], caption, svg)
    }

    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        files_of(&self.answer(), self)
    }
}

fn said(estimate: &Estimate, unit: &str) -> String {
    let half = estimate.half_width.map_or(String::new(), |half| format!(" +- {}", number(half, unit)));
    format!("{}{half}", number(estimate.mean, unit))
}

fn signed(value: f64, unit: &str) -> String {
    let sign = if value < 0.0 { "-" } else { "+" };
    format!("{sign}{}", number(value.abs(), unit))
}
