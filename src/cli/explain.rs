//! `ordermill explain TERM`: what a scenario key or a word of the report means; of an order, see `explain_order`.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::out::say_line;
use crate::allocation::{CARDS, Card, Registry, score};
use crate::domain::{FAULTS, FaultFacts, FaultKind, FaultTarget};
use crate::{report, scenario};

#[derive(Args)]
pub struct Explain {
    /// A key (`stock.cover`), a word of the report (`utilization`), a strategy, a fault, `strategies` or `faults`.
    /// `order ID` tells how an order of a run was allocated, with --in.
    #[arg(required = true)]
    term: Vec<String>,
    /// Folder of the run that the order is of: replication 0 is run again, and watched.
    #[arg(long = "in", value_name = "RUN")]
    run: Option<PathBuf>,
}

fn said(term: &report::terms::Term) -> String {
    format!("{}: {}\n\n{}", term.name, term.short, term.long)
}

/// `strategies`: all of them; the name of one: its card; `score`: its variables and functions too.
fn strategies(term: &str) -> Option<String> {
    let known = |card: &&Card| card.builtin.name() == term;
    let mut text = match term {
        "strategies" | "strategy" => {
            let own = Registry::names().map(|name| format!("{name}  (one's own)"));
            CARDS.iter().map(told_card).chain(own).collect::<Vec<_>>().join("\n\n")
        }
        _ => told_card(CARDS.iter().find(known)?),
    };
    if term == "score" {
        text += "\n  variables:";
        for (name, meaning) in score::VARIABLES {
            text += &format!("\n    {name:<12} {meaning}");
        }
        text +=
            &format!("\n  operators:   {}\n  functions:   {}", score::OPERATORS_SAID, score::FUNCTIONS_SAID);
    }
    Some(text)
}

fn told_card(card: &Card) -> String {
    let Card { builtin, rule, cost, source } = card;
    format!("{}  (allocation.strategy)\n  {rule}\n  cost: {cost}\n  source: {source}", builtin.name())
}

/// `faults`: the key and all kinds; the name of one: what it does.
fn faults(term: &str) -> Option<String> {
    if term != "faults" {
        return FaultKind::named(term).map(|kind| told_fault(kind.facts()));
    }
    let key = scenario::explain(term).unwrap_or_default();
    let kinds: Vec<String> = FAULTS.iter().map(told_fault).collect();
    let together = "Several in one list act together (P16): scenarios/faults/storm.yaml";
    Some(format!("{}\n\n{}\n\n{together}", key.trim_end(), kinds.join("\n\n")))
}

fn told_fault(facts: &FaultFacts) -> String {
    let target = match facts.target {
        FaultTarget::Gateway => "a payment method",
        FaultTarget::Node => "a node",
        FaultTarget::Carrier => "a carrier",
        FaultTarget::Sku => "a SKU",
        FaultTarget::Clock => "a payment method or a node",
        FaultTarget::Nothing => "the whole operation",
    };
    let or_all = if facts.needs_target || facts.target == FaultTarget::Nothing { "" } else { ", or all" };
    let FaultFacts { name, code, help, .. } = facts;
    format!("{name}  ({code})\n  {help}\n  strikes: {target}{or_all}\n  try: scenarios/faults/{name}.yaml")
}

/// The report's words, so that a misspelled one is found among them and the keys.
fn words() -> Vec<scenario::Term> {
    let word = |term: &report::terms::Term| scenario::Term { word: term.name, unit: "", text: term.short };
    report::terms::TERMS.iter().map(word).collect()
}

impl Explain {
    pub fn execute(self) -> Exit {
        let term = self.term.join(" ");
        match (self.term.as_slice(), &self.run) {
            ([word, id], Some(run)) if word == "order" => return super::explain_order::execute(id, run),
            ([word, _], None) if word == "order" => {
                eprintln!("error: which run is the order of?");
                eprintln!("  help: ordermill explain {term} --in reports/NAME");
                return Exit::Usage;
            }
            (_, Some(_)) => {
                eprintln!("error: --in goes with an order");
                eprintln!("  help: ordermill explain order 17 --in reports/NAME");
                return Exit::Usage;
            }
            _ => {}
        }
        let words = words();
        let told =
            strategies(&term).or_else(|| faults(&term)).or_else(|| report::terms::explain(&term).map(said));
        if let Some(text) = told.or_else(|| scenario::explain(&term)) {
            say_line!("{}", text.trim_end());
            return Exit::Ok;
        }
        match scenario::near(&term, &words) {
            Some(known) => eprintln!("error: no term {term:?}; did you mean {known:?}?"),
            None => eprintln!("error: no term {term:?}"),
        }
        Exit::Usage
    }
}
