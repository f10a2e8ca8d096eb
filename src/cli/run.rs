//! `ordermill run SCENARIO`: replications, verdict, report.

use std::io::IsTerminal;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::advise::{Source, When};
use super::exit::{Exit, REPLAY};
use super::out::say;
use crate::audit::{Audit, Violation};
use crate::experiment::lab::Ticks;
use crate::experiment::{
    FaultAccount, Progress, Study, StudyError, StudyOptions, Verdict, fault_account, study,
};
use crate::journal::{LedgerFile, SyncPolicy};
use crate::model::Model;
use crate::report::{self, Beside, Document, Machine, Parts};
use crate::scenario::{self, Diagnostics, Scenario};
use crate::sim::{Outcome, SimError};

#[derive(Args)]
pub struct Run {
    /// Scenario file: YAML, TOML or JSON.
    scenario: PathBuf,
    /// Folder for the results.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Number of replications, or `auto`: 5, 10, 20, 40 or 80, until every service level is decided
    /// [default: as the scenario says].
    #[arg(long, value_name = "auto|N", value_parser = replications)]
    replications: Option<Replications>,
    /// Worker threads; results do not depend on it.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Another seed than the scenario's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Overrides one key: `--set nodes.hangzhou.packers=60`. May be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
    /// Writes every command of replication 0, with its instant, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    tape: Option<PathBuf>,
    /// Writes what happened to orders and goods in replication 0, chained by hashes so that a change shows: see
    /// `ordermill ledger`.
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// Records of the ledger that share a root; a proof grows with its logarithm.
    #[arg(long, value_name = "N", default_value = "256", requires = "ledger")]
    ledger_batch: NonZeroU32,
    /// When the ledger is forced to the disk: at its end, or after each batch too.
    #[arg(long, value_name = "end|batch", default_value = "end", requires = "ledger", value_parser = sync)]
    ledger_sync: SyncPolicy,
    /// Keeps the shipping note of every parcel, in shipping_notes.csv and .jsonl: `--set floor.notes.all=true`.
    #[arg(long)]
    notes: bool,
    /// How closely the run is watched for broken invariants; results do not depend on it.
    #[arg(long, value_name = "off|counters|barrier|paranoid", default_value = "counters", value_parser = audit,
        hide_default_value = false)]
    audit: Audit,
    /// Leaves out the runs without faults, which tell what a scenario's faults cost and broke.
    #[arg(long)]
    no_fault_account: bool,
    /// Looks for the cheapest changes that keep every promise, and for what one unit more is worth, by further runs;
    /// `auto`: when a promise is broken, and it takes seconds.
    #[arg(long, value_name = "auto|always|never", default_value = "auto", hide_default_value = false,
        num_args = 0..=1, default_missing_value = "always", hide_possible_values = true)]
    advise: When,
    /// Prints result.json instead of the summary.
    #[arg(long)]
    json: bool,
    /// Prints nothing but errors.
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy)]
enum Replications {
    Auto,
    Count(u32),
}

fn replications(text: &str) -> Result<Replications, String> {
    match (text, text.parse::<u32>()) {
        ("auto", _) => Ok(Replications::Auto),
        (_, Ok(count @ 1..=100_000)) => Ok(Replications::Count(count)),
        _ => Err("write `auto`, or a number from 1 to 100000".to_owned()),
    }
}

pub(super) fn audit(text: &str) -> Result<Audit, String> {
    let known = Audit::ALL.iter().find(|(_, name)| *name == text);
    known.map(|known| known.0).ok_or("write `off`, `counters`, `barrier` or `paranoid`".to_owned())
}

fn sync(text: &str) -> Result<SyncPolicy, String> {
    let known = SyncPolicy::ALL.iter().find(|(_, name)| *name == text);
    known.map(|known| known.0).ok_or("write `end` or `batch`".to_owned())
}

pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    let (path, value) = text.split_once('=').ok_or("write PATH=VALUE, as in run.seed=7")?;
    Ok((path.trim().to_owned(), value.trim().to_owned()))
}

/// `ordermill` alone: the embedded quickstart, into `reports/quickstart`.
pub fn quickstart() -> Exit {
    let read = scenario::read_str("quickstart.yaml", scenario::QUICKSTART, Path::new("."), &[]);
    let _ = REPLAY.set("ordermill".to_owned());
    let plan = Plan {
        folder: PathBuf::from("reports/quickstart"),
        options: StudyOptions::default(),
        account: true,
        source: None,
        json: false,
        quiet: false,
        replay: Box::new(|_, _| "ordermill".to_owned()),
    };
    execute(read, "ordermill", plan)
}

impl Run {
    pub fn execute(mut self) -> Exit {
        if self.notes {
            self.set.push(("floor.notes.all".to_owned(), "true".to_owned()));
        }
        if let Some(threads) = self.threads {
            if threads == 0 {
                eprintln!("error: --threads 0; at least one thread must run");
                return Exit::Usage;
            }
            // Fails only when a pool exists already, which a process that runs one command has not.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        }
        let command = self.line(self.seed, self.replications);
        let _ = REPLAY.set(command.clone());
        let name = self.scenario.file_stem().map_or("run".into(), |stem| stem.to_string_lossy().into_owned());
        let auto = matches!(self.replications, Some(Replications::Auto));
        let count = match self.replications {
            Some(Replications::Count(count)) => Some(count),
            _ => None,
        };
        let options = StudyOptions {
            replications: count,
            auto,
            seed: self.seed,
            tape: self.tape.clone(),
            ledger: self.ledger.clone().map(|path| LedgerFile {
                path,
                batch: self.ledger_batch,
                sync: self.ledger_sync,
            }),
            audit: self.audit,
        };
        let folder = self.output.clone().unwrap_or_else(|| Path::new("reports").join(name));
        let (read, diagnostics) = scenario::inspect(&self.scenario, &self.set);
        if read.is_some() {
            // Warnings: the scenario runs all the same.
            eprint!("{diagnostics}");
        }
        let read = read.ok_or(diagnostics);
        let (json, quiet, account) = (self.json, self.quiet, !self.no_fault_account);
        let source = Some(Source { path: self.scenario.clone(), set: self.set.clone(), when: self.advise });
        let replay = Box::new(move |seed, replications| {
            self.line(Some(seed), Some(Replications::Count(replications)))
        });
        execute(read, &command, Plan { folder, options, account, source, json, quiet, replay })
    }

    /// The command as typed, for the report's "how to reproduce"; seed and replications as given here.
    fn line(&self, seed: Option<u64>, replications: Option<Replications>) -> String {
        let mut line = format!("ordermill run {}", self.scenario.display());
        for (path, value) in &self.set {
            line += &match value.contains(|c: char| c.is_whitespace() || "'\"*{}[]()&;|<>$`!#~".contains(c)) {
                true => format!(" --set '{path}={}'", value.replace('\'', "'\\''")),
                false => format!(" --set {path}={value}"),
            };
        }
        if let Some(seed) = seed {
            line += &format!(" --seed {seed}");
        }
        match replications {
            Some(Replications::Auto) => line += " --replications auto",
            Some(Replications::Count(count)) => line += &format!(" --replications {count}"),
            None => {}
        }
        if self.no_fault_account {
            line += " --no-fault-account";
        }
        match self.advise {
            When::Auto => {}
            When::Always => line += " --advise",
            When::Never => line += " --advise never",
        }
        if self.audit != Audit::default() {
            let name =
                Audit::ALL.iter().find(|(level, _)| *level == self.audit).expect("it is in the list").1;
            line += &format!(" --audit {name}");
        }
        line
    }
}

/// Where a run's results go and how they are told.
struct Plan {
    folder: PathBuf,
    options: StudyOptions,
    /// Whether faults are accounted for, by runs without them.
    account: bool,
    /// Where changed scenarios come from.
    source: Option<Source>,
    json: bool,
    quiet: bool,
    /// What to type to run so many replications of a seed again.
    replay: Box<dyn Fn(u64, u32) -> String>,
}

fn execute(read: Result<Scenario, Diagnostics>, command: &str, plan: Plan) -> Exit {
    let scenario = match read {
        Ok(scenario) => scenario,
        Err(diagnostics) => return refuse(&diagnostics),
    };
    let mut rejects = Vec::new();
    let model = match Model::build_with_rejects(&scenario, &mut rejects) {
        Ok(model) => model,
        Err(diagnostics) => return refuse(&diagnostics),
    };
    if let Err(error) = report::probe(&plan.folder) {
        eprintln!("error: {error}");
        return Exit::Write;
    }
    let stop = stop_on_interrupt();
    let progress = Bar::new(plan.quiet || plan.json);
    let (wall, cpu) = (Instant::now(), cpu_time::ProcessTime::now());
    let found = study(&scenario, &model, &plan.options, &progress, &stop);
    let (wall, cpu) = (wall.elapsed(), cpu.elapsed());
    let account = match &found {
        Ok(found) => account(&scenario, &model, found, &plan, &progress, &stop),
        Err(_) => Ok(None),
    };
    let base = plan.source.as_ref().map(|source| (source, source.base(&scenario, plan.options.seed)));
    let advice = match (&found, &base) {
        (Ok(found), Some((source, base))) => source.advice(base, &model, found, &progress, &stop),
        _ => Ok(None),
    };
    progress.finish();
    match (found, account, advice) {
        (Ok(found), Ok(account), Ok(advice)) => {
            let machine = machine(&found, wall, cpu);
            let beside = Beside {
                faults: account.as_ref(),
                advice: base.as_ref().map(|base| &base.1).zip(advice.as_ref()),
            };
            let document = report::assemble_beside(&scenario, &model, &found, &beside);
            tell(&model, &found, document, machine, &rejects, command, &plan)
        }
        (Err(error), _, _) | (_, Err(Failed::Run(error)), _) | (_, _, Err(error)) => explain(error, &plan),
        (_, Err(Failed::Model(diagnostics)), _) => refuse(&diagnostics),
    }
}

/// Why faults could not be accounted for.
enum Failed {
    Model(Diagnostics),
    Run(StudyError),
}

/// The study once more without the scenario's faults; nothing when there are none, or the user stopped.
fn account(
    scenario: &Scenario,
    model: &Model,
    found: &Study,
    plan: &Plan,
    progress: &Bar,
    stop: &AtomicBool,
) -> Result<Option<FaultAccount>, Failed> {
    if !plan.account || scenario.faults.is_empty() || found.interrupted {
        return Ok(None);
    }
    let calm = Scenario { faults: Vec::new(), ..scenario.clone() };
    let calm = Model::build(&calm).map_err(Failed::Model)?;
    fault_account(scenario, (model, &calm), found, &plan.options, progress, stop).map_err(Failed::Run)
}

fn machine(found: &Study, wall: Duration, cpu: Duration) -> Machine {
    let orders: u64 = found.outcomes.iter().map(|outcome| outcome.metrics.submitted).sum();
    let events: u64 = found.outcomes.iter().map(|outcome| outcome.metrics.stage_steps).sum();
    let in_flight = found.outcomes.iter().map(|outcome| outcome.peak_in_flight).max().unwrap_or(0);
    let bytes = found.outcomes.iter().map(|outcome| outcome.order_bytes).max().unwrap_or(0);
    let cpu_s = cpu.as_secs_f64();
    Machine {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        threads: rayon::current_num_threads(),
        wall_s: wall.as_secs_f64(),
        cpu_s,
        orders_per_cpu_s: orders as f64 / cpu_s,
        events_per_cpu_s: events as f64 / cpu_s,
        peak_memory_bytes: peak_memory(),
        bytes_per_order_in_flight: bytes as f64 / in_flight.max(1) as f64,
        result_digest: String::new(),
        command: String::new(),
    }
}

/// The most physical memory that this process ever had; what it has now where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    let now = || memory_stats::memory_stats().map_or(0, |stats| stats.physical_mem as u64);
    kilobytes.map_or_else(now, |kilobytes| kilobytes * 1_024)
}

fn refuse(diagnostics: &Diagnostics) -> Exit {
    eprintln!("{diagnostics}");
    Exit::Usage
}

fn tell(
    model: &Model,
    found: &Study,
    document: Document,
    machine: Machine,
    rejects: &[u8],
    command: &str,
    plan: &Plan,
) -> Exit {
    let machine = Machine { command: command.to_owned(), ..machine };
    let latency = report::latency(found);
    let log = report::event_log(model, found);
    let papers = report::shipping_notes(model, &found.outcomes[0], &document.scenario.start);
    let exit = match (found.interrupted, found.verdict) {
        (true, _) => Exit::Interrupted,
        (_, Verdict::Holds) => Exit::Ok,
        (_, Verdict::Fails) => Exit::SloFails,
        (_, Verdict::Inconclusive) => Exit::Inconclusive,
    };
    let parts = Parts {
        document: &document,
        machine: &machine,
        latency: &latency,
        log: log.as_ref(),
        rejects: model.is_replay().then_some(rejects),
        papers: &papers,
    };
    match report::write(&plan.folder, &parts) {
        Ok(written) => {
            if plan.json {
                say!("{}", String::from_utf8_lossy(&report::result_json(&document)));
            } else if !plan.quiet {
                let machine = Machine { result_digest: written.digest, ..machine };
                say!("{}", report::summary(&document, &machine, &plan.folder.to_string_lossy()));
            }
            exit
        }
        Err(error) => {
            eprintln!("error: {error}");
            Exit::Write
        }
    }
}

fn explain(error: StudyError, plan: &Plan) -> Exit {
    match error {
        StudyError::Interrupted => Exit::Interrupted,
        StudyError::Simulation { seed, replication, error } => match error {
            SimError::Violation(violation) => broken(*violation, plan),
            SimError::Breach(breach) => {
                eprintln!(
                    "ordermill: broken invariant `{}` in replication {replication}: {}",
                    breach.law, breach.detail
                );
                eprintln!("  replay: {}", (plan.replay)(seed, replication + 1));
                Exit::Broken
            }
            SimError::Write(error) => {
                eprintln!("error: {error}");
                Exit::Write
            }
            SimError::Replay(problem) => {
                eprintln!("{problem}");
                Exit::Usage
            }
        },
    }
}

/// The auditor found a broken invariant: told here in two lines, and whole in `violation.json`.
fn broken(violation: Violation, plan: &Plan) -> Exit {
    let replay = (plan.replay)(violation.seed, violation.replication + 1);
    let violation = Violation { replay, ..violation };
    eprintln!("ordermill: broken invariant {violation}");
    match report::write_violation(&plan.folder, &violation) {
        Ok(path) => eprintln!("  written: {}", path.display()),
        Err(error) => eprintln!("error: {error}"),
    }
    eprintln!("  replay: {}", violation.replay);
    Exit::Broken
}

/// The first Ctrl-C ends the study after the replications that are running; the second ends the process.
pub(super) fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&stop);
    let _ = ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted as i32);
        }
    });
    stop
}

/// A progress bar on a terminal, nothing in a pipe.
struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    fn new(hidden: bool) -> Bar {
        let shown = !hidden && std::io::stderr().is_terminal();
        Bar(Mutex::new(shown.then(|| {
            let style = "{spinner} simulating  {wide_bar}  replication {pos}/{len}  {elapsed}";
            let bar = ProgressBar::new(0);
            bar.set_style(ProgressStyle::with_template(style).expect("the template is legal"));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        })))
    }

    fn finish(&self) {
        if let Some(bar) = self.0.lock().expect("no panic while the bar is held").take() {
            bar.finish_and_clear();
        }
    }

    fn with(&self, act: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = self.0.lock().expect("no panic while the bar is held").as_ref() {
            act(bar);
        }
    }
}

/// Of runs whose number is not known before: the bar grows with them.
impl Ticks for Bar {
    fn tick(&self) {
        self.with(|bar| {
            bar.inc_length(1);
            bar.inc(1);
        });
    }
}

impl Progress for Bar {
    fn wants(&self, replications: u32) {
        self.with(|bar| bar.set_length(u64::from(replications)));
    }

    fn finished(&self, _outcome: &Outcome) {
        self.with(|bar| bar.inc(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Fault, Invariant, Side};

    #[test]
    fn a_violation_is_written_told_and_ends_with_70() {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan {
            folder: folder.path().join("out"),
            options: StudyOptions::default(),
            source: None,
            account: true,
            json: false,
            quiet: true,
            replay: Box::new(|seed, count| {
                format!("ordermill run x.yaml --seed {seed} --replications {count}")
            }),
        };
        let side = |value: &str| Side { what: "units".to_owned(), value: value.to_owned() };
        let invariant = Invariant::I2;
        let equation = Fault {
            invariant,
            place: "SKU 3".to_owned(),
            left: side("1"),
            relation: "=".to_owned(),
            right: side("2"),
        };
        let violation = Violation {
            invariant,
            name: invariant.name().to_owned(),
            seed: 9,
            replication: 4,
            event: 1_000,
            at_us: 5,
            equation,
            transitions: Vec::new(),
            replay: String::new(),
        };
        let error = SimError::Violation(Box::new(violation.clone()));
        let exit = explain(StudyError::Simulation { seed: 9, replication: 4, error }, &plan);
        assert_eq!(exit, Exit::Broken);
        let written = std::fs::read(plan.folder.join("violation.json")).unwrap();
        let found: Violation = serde_json::from_slice(&written).unwrap();
        let replay = "ordermill run x.yaml --seed 9 --replications 5".to_owned();
        assert_eq!(found, Violation { replay, ..violation });
    }
}
