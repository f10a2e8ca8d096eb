//! `ordermill check SCENARIO`: everything that can be known before a simulation.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::out::say;
use super::run::assignment;
use crate::domain::NodeKind;
use crate::kernel::time::Span;
use crate::model::Model;
use crate::model::load::{LoadRow, arrivals, offered_load};
use crate::report::clock::Clock;
use crate::scenario::{self, Scenario};

#[derive(Args)]
pub struct Check {
    /// Scenario file: YAML, TOML or JSON.
    scenario: PathBuf,
    /// Overrides one key: `--set nodes.hangzhou.packers=60`. May be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
}

impl Check {
    pub fn execute(self) -> Exit {
        let (scenario, diagnostics) = scenario::inspect(&self.scenario, &self.set);
        if !diagnostics.is_empty() {
            eprintln!("{diagnostics}");
        }
        let Some(scenario) = scenario else { return Exit::Usage };
        match Model::build(&scenario) {
            Ok(model) => {
                say!("{}", table(&scenario, &model));
                Exit::Ok
            }
            Err(diagnostics) => {
                eprintln!("{diagnostics}");
                Exit::Usage
            }
        }
    }
}

/// Rows shown; the rest has less to do.
const SHOWN: usize = 16;

/// Offered load against capacity, in 80 columns, the worst first.
fn table(scenario: &Scenario, model: &Model) -> String {
    let clock = Clock::new(&scenario.start.to_string(), model.horizon.as_secs_f64());
    let mut text = head(scenario, model);
    let mut rows: Vec<LoadRow> = offered_load(model).into_iter().filter(|row| 0.0 < row.work_h).collect();
    let worst = |row: &LoadRow| if row.is_prompt() { row.peak_ratio } else { row.ratio() };
    rows.sort_by(|a, b| worst(b).total_cmp(&worst(a)));
    text += &format!(
        "{:<24}{:>9}{:>10}{:>7}{:>7}  {}\n",
        "station", "work h", "staffed h", "load", "peak", "backlog"
    );
    for row in rows.iter().take(SHOWN) {
        let name: String = row.station.chars().take(23).collect();
        let peak = if row.is_prompt() { format!("{:.0} %", row.peak_ratio * 100.0) } else { "-".to_owned() };
        let _ = writeln!(
            text,
            "{name:<24}{:>9.1}{:>10.1}{:>7}{peak:>7}  {}",
            row.work_h,
            row.staffed_h,
            format!("{:.0} %", row.ratio() * 100.0),
            backlog(row, &clock),
        );
    }
    if SHOWN < rows.len() {
        let _ = writeln!(text, "and {} more with less to do", rows.len() - SHOWN);
    }
    text + &sentence(&rows)
}

fn head(scenario: &Scenario, model: &Model) -> String {
    let orders: f64 = arrivals(model).iter().sum();
    let count = |kind| model.nodes.iter().filter(|node| node.kind == kind).count();
    format!(
        "{}: no errors\n{orders:.0} orders expected within {}; {} fulfillment centers, {} hubs, {} lanes,\n\
         {} zones, {} SKUs\n\nOffered load against capacity: a fluid estimate, without randomness\n\n",
        scenario.name,
        Span(model.horizon.0),
        count(NodeKind::FulfillmentCenter),
        count(NodeKind::Hub),
        model.network.lanes().len(),
        model.zones.len(),
        model.catalog().len(),
    )
}

fn backlog(row: &LoadRow, clock: &Clock) -> String {
    match (row.is_prompt(), row.left_over, row.drained) {
        (false, ..) => "comes later".to_owned(),
        (_, true, _) => format!("{:.1} h, never done", row.backlog_h),
        (_, _, Some(at)) if 0.01 < row.backlog_h => {
            format!("{:.1} h, gone {}", row.backlog_h, clock.say(at.as_secs_f64()))
        }
        _ => "none".to_owned(),
    }
}

fn sentence(rows: &[LoadRow]) -> String {
    let prompt = || rows.iter().filter(|row| row.is_prompt());
    let over =
        rows.iter().filter(|row| if row.is_prompt() { row.left_over } else { 1.0 < row.ratio() }).count();
    let late = prompt().filter(|row| 1.0 < row.peak_ratio).count();
    match (over, late) {
        (0, 0) => "\nEvery station keeps up in its busiest interval.\n".to_owned(),
        (0, late) => {
            format!("\n{late} stations fall behind for a while and catch up; `run` says what that costs.\n")
        }
        (over, _) => format!("\n{over} stations cannot do their work within the horizon.\n"),
    }
}
