//! `ordermill explain order ID --in RUN`: why an order was served from where it was.
//!
//! The run's folder says which command made it (`machine.json`); replication 0 is run again, and watched.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::Exit;
use super::out::say;
use crate::domain::{Money, NodeId, OrderId, SplitReason};
use crate::experiment::choice::{Choice, Followed, Watch};
use crate::model::Model;
use crate::report::clock::Clock;
use crate::report::say as told;
use crate::scenario::{self, Scenario};
use crate::sim::{Options, simulate_onto};

pub fn execute(id: &str, run: &Path) -> Exit {
    let Ok(id) = id.parse::<u64>() else {
        eprintln!("error: {id:?} is no order; they are numbered from 0");
        return Exit::Usage;
    };
    let (scenario, model, seed) = match world(run) {
        Ok(world) => world,
        Err(message) => {
            eprintln!("{message}");
            return Exit::Usage;
        }
    };
    let mut watch = Watch::new(&model, OrderId(id));
    let options = Options { seed, ..Options::default() };
    if let Err(error) = simulate_onto(&model, &options, Some(&mut watch)) {
        eprintln!("ordermill: the run cannot be repeated: {error:?}");
        return Exit::Broken;
    }
    let Some(order) = &watch.order else {
        eprintln!("error: replication 0 has no submitted order {id}");
        eprintln!(
            "  help: who left before checking out, or was refused, has none; tables and ocel.json have numbers"
        );
        return Exit::Usage;
    };
    let clock = Clock::new(&scenario.start.to_string(), model.horizon.0 as f64 / 1e6);
    say!("{}", text(id, &scenario, &model, &clock, order, &watch.choices));
    Exit::Ok
}

/// The scenario of the run, as its command says.
fn world(run: &Path) -> Result<(Scenario, Model, u64), String> {
    let path = run.join("machine.json");
    let help = "  help: --in is the folder that `ordermill run` wrote, like reports/quickstart";
    let read = std::fs::read_to_string(&path)
        .map_err(|error| format!("error: {}: {error}\n{help}", path.display()))?;
    let machine: serde_json::Value =
        serde_json::from_str(&read).map_err(|error| format!("error: {}: {error}\n{help}", path.display()))?;
    let command = machine["command"].as_str().unwrap_or_default();
    let Asked { scenario, set, seed } = asked(command)
        .ok_or(format!("error: {} has no command of a run: {command:?}\n{help}", path.display()))?;
    let read = match &scenario {
        None => scenario::read_str("quickstart.yaml", scenario::QUICKSTART, Path::new("."), &set),
        Some(file) => {
            let (read, diagnostics) = scenario::inspect(file, &set);
            read.ok_or(diagnostics)
        }
    };
    let scenario = read.map_err(|diagnostics| diagnostics.to_string())?;
    let model = Model::build(&scenario).map_err(|diagnostics| diagnostics.to_string())?;
    let seed = seed.unwrap_or(scenario.run.seed);
    Ok((scenario, model, seed))
}

/// What a run was asked for.
#[derive(Debug, PartialEq)]
struct Asked {
    /// `None`: the quickstart.
    scenario: Option<PathBuf>,
    set: Vec<(String, String)>,
    seed: Option<u64>,
}

/// The command as `run` writes it: words, or values in single quotes.
fn asked(command: &str) -> Option<Asked> {
    let words = words(command);
    let mut words = words.iter().map(String::as_str);
    (words.next()? == "ordermill").then_some(())?;
    let mut asked = Asked { scenario: None, set: Vec::new(), seed: None };
    let Some(verb) = words.next() else { return Some(asked) };
    (verb == "run").then_some(())?;
    asked.scenario = Some(words.next()?.into());
    while let Some(word) = words.next() {
        match word {
            "--set" => {
                let (path, value) = words.next()?.split_once('=')?;
                asked.set.push((path.to_owned(), value.to_owned()));
            }
            "--seed" => asked.seed = Some(words.next()?.parse().ok()?),
            _ => {}
        }
    }
    Some(asked)
}

fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = command.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => quoted = !quoted,
            '\\' if !quoted => word.extend(letters.next()),
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn text(
    id: u64,
    scenario: &Scenario,
    model: &Model,
    clock: &Clock,
    order: &Followed,
    choices: &[Choice],
) -> String {
    let zone = &model.zones[order.zone.index()].name;
    let method = &model.methods[order.method.index()].name;
    let mut text = format!(
        "order {id}  {zone}, {method}, {} lines; submitted {}; replication 0, strategy {}\n",
        order.lines.len(),
        clock.say(order.at.0 as f64 / 1e6),
        scenario.allocation.strategy_name()
    );
    if choices.is_empty() {
        text += "it was never allocated\n";
    }
    for choice in choices {
        text += &told_choice(scenario, model, clock, choice);
    }
    for packed in &order.packed {
        let why = packed.reason.map_or("", SplitReason::said);
        let (when, node) = (clock.say(packed.at.0 as f64 / 1e6), &model.nodes[packed.node.index()].name);
        let _ = writeln!(text, "\npacked {when} at {node} in {} parcels: {why}", packed.parcels);
    }
    text.trim_end().to_owned()
}

fn told_reasons(choice: &Choice) -> String {
    let mut reasons = choice.reasons.clone();
    reasons.sort_unstable();
    let told = |same: &[SplitReason]| format!("{} x {}, {}", same.len(), same[0].name(), same[0].said());
    let told: Vec<String> = reasons.chunk_by(|a, b| a == b).map(told).collect();
    match choice.plan.fulfillment_count() {
        0 => "nothing could be served, all of it waits".to_owned(),
        _ if told.is_empty() => "one box".to_owned(),
        _ => format!("split: {}", told.join("; ")),
    }
}

fn told_choice(scenario: &Scenario, model: &Model, clock: &Clock, choice: &Choice) -> String {
    let money = |amount: Money| format!("{} {}", told::money(amount.0 as f64), scenario.currency);
    let name = |node: NodeId| model.nodes[node.index()].name.as_str();
    let mut text = format!("\nallocated {}: {}\n", clock.say(choice.at.0 as f64 / 1e6), told_reasons(choice));
    for line in &choice.lines {
        let from = choice.plan.assignments.iter().filter(|share| share.line == line.line);
        let mut parts: Vec<String> =
            from.clone().map(|share| format!("{} from {}", share.quantity, name(share.node))).collect();
        let rest = line.quantity - from.map(|share| share.quantity).sum::<u32>();
        if 0 < rest {
            parts.push(format!("{rest} wait"));
        }
        let sku = &model.catalog().names[line.sku.index()];
        let _ = writeln!(text, "  line {}  {} x {sku}: {}", line.line, line.quantity, parts.join(", "));
    }
    let boxes = choice.plan.fulfillment_count();
    let _ = writeln!(text, "  {boxes} boxes, freight and packaging {}", money(choice.price));
    let lines: Vec<String> = choice.lines.iter().map(|line| format!("line {}", line.line)).collect();
    let bids =
        if choice.nodes.iter().any(|node| node.bids.is_some()) { "; in brackets the bid price" } else { "" };
    let _ = writeln!(text, "\n  nodes that reach it, units that they had{bids}");
    let _ = writeln!(text, "    {:<20}{:>8}{:>16}  {}", "", "km", "all from here", lines.join("  "));
    for node in &choice.nodes {
        let cell = |(at, free): (usize, &u32)| match &node.bids {
            Some(bids) => format!("{free} [{}]", told::money(bids[at].0 as f64)),
            None => free.to_string(),
        };
        let free: Vec<String> = node
            .free
            .iter()
            .enumerate()
            .map(cell)
            .zip(&lines)
            .map(|(cell, head)| format!("{cell:>width$}", width = head.len()))
            .collect();
        let whole = money(node.whole);
        let _ = writeln!(text, "    {:<20}{:>8.0}{whole:>16}  {}", name(node.node), node.km, free.join("  "));
    }
    let _ = writeln!(text, "\n  sets of one or two nodes that had everything: {}", choice.sets_count);
    let mut used: Vec<NodeId> = choice.plan.assignments.iter().map(|share| share.node).collect();
    used.dedup();
    for (nodes, price) in &choice.sets {
        let mark = if *nodes == used { "  <- chosen" } else { "" };
        let names: Vec<&str> = nodes.iter().map(|&node| name(node)).collect();
        let _ = writeln!(text, "    {:<30}{:>16}{mark}", names.join(" + "), money(*price));
    }
    let _ = writeln!(text, "\n  the same order on the same shelf, by each strategy");
    for (builtin, boxes, price, waits) in &choice.others {
        let waits = if *waits == 0 { String::new() } else { format!("  {waits} units wait") };
        let _ = writeln!(text, "    {:<20}{boxes} boxes{:>16}{waits}", builtin.name(), money(*price));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_as_it_was_written() {
        let found =
            asked("ordermill run my\\ shop.yaml --set 'a=[1, 2]' --set b=x --seed 7 --replications 3")
                .unwrap();
        let set = [("a", "[1, 2]"), ("b", "x")].map(|(path, value)| (path.to_owned(), value.to_owned()));
        assert_eq!(found, Asked { scenario: Some("my shop.yaml".into()), set: set.to_vec(), seed: Some(7) });
        assert_eq!(asked("ordermill").unwrap().scenario, None);
        assert!(asked("ordermill load x").is_none() && asked("").is_none());
    }
}
