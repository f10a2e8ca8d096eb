//! What commands of many runs share: the scenario, its overrides, threads, progress, and how an end is told.

use std::fmt::Display;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Exit;
use super::out::say;
use super::run::assignment;
use crate::experiment::StudyError;
use crate::experiment::lab::{Base, Ticks, quoted};
use crate::report;
use crate::report::answer::{Answer, text};
use crate::report::folder::write_all;
use crate::sim::SimError;

#[derive(Args)]
pub struct Many {
    /// Scenario file: YAML, TOML or JSON.
    pub scenario: PathBuf,
    /// Worker threads; results do not depend on it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_024))]
    pub threads: Option<u32>,
    /// Another seed than the scenario's.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Overrides one key in all runs: `--set stock.cover=0.9`. May be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
    /// Folder for the results.
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Prints the document instead of the summary.
    #[arg(long)]
    pub json: bool,
    /// Prints nothing but errors.
    #[arg(long, short)]
    pub quiet: bool,
}

impl Many {
    /// The scenario with its overrides; a scenario that is wrong is told here.
    pub fn open(&self) -> Result<Base, Exit> {
        if let Some(threads) = self.threads {
            // Fails only when a pool exists already, which a process that runs one command has not.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).build_global();
        }
        let (base, diagnostics) = Base::open(self.scenario.clone(), self.set.clone(), self.seed);
        if !diagnostics.is_empty() {
            eprint!("{diagnostics}");
        }
        base.ok_or(Exit::Usage)
    }

    pub fn name(&self) -> String {
        self.scenario.file_stem().map_or("scenario".into(), |stem| stem.to_string_lossy().into_owned())
    }

    pub fn folder(&self, kind: &str) -> PathBuf {
        self.output.clone().unwrap_or_else(|| Path::new("reports").join(kind).join(self.name()))
    }

    /// The command line as typed, with `own` between the scenario and what all commands share.
    pub fn line(&self, kind: &str, own: &[String]) -> String {
        let mut line = format!("ordermill {kind} {}", quoted(&self.scenario.to_string_lossy()));
        own.iter().for_each(|word| line += &format!(" {}", quoted(word)));
        for (path, value) in &self.set {
            line += &format!(" --set {}", quoted(&format!("{path}={value}")));
        }
        self.seed.map_or(line.clone(), |seed| format!("{line} --seed {seed}"))
    }

    /// A bar on a terminal: what is counted, and of how many.
    pub fn bar(&self, what: &str, count: u64) -> Bar {
        let shown = !self.quiet && !self.json && std::io::stderr().is_terminal();
        Bar(shown.then(|| {
            let style =
                format!("{{spinner}} {what}  {{wide_bar}}  {{pos}}/{{len}}  {{elapsed}}, {{eta}} left");
            let bar = ProgressBar::new(count);
            bar.set_style(ProgressStyle::with_template(&style).expect("the template is legal"));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        }))
    }

    /// Whether the folder takes files, asked before long work.
    pub fn probe(&self, folder: &Path) -> Result<(), Exit> {
        report::probe(folder).map_err(|error| wrong(Exit::Write, error))
    }

    /// Writes the files and says the answer; `exit` unless that fails.
    pub fn tell(
        &self,
        answer: &Answer,
        document: &impl Serialize,
        folder: &Path,
        files: &[(PathBuf, Vec<u8>)],
        exit: Exit,
    ) -> Exit {
        if let Err(error) = write_all(folder, files) {
            return wrong(Exit::Write, error);
        }
        if self.json {
            let json = serde_json::to_string_pretty(document).expect("plain data is JSON");
            say!("{json}\n");
        } else if !self.quiet {
            say!("{}", text(answer, Some(&folder.to_string_lossy())));
        }
        exit
    }
}

pub struct Bar(Option<ProgressBar>);

impl Bar {
    pub fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Ticks for Bar {
    fn tick(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

/// Says what is wrong, and how the program ends.
pub fn wrong(exit: Exit, what: impl Display) -> Exit {
    eprintln!("error: {what}");
    exit
}

/// A run that did not end.
pub fn failed(base: &Base, error: StudyError) -> Exit {
    match error {
        StudyError::Interrupted => Exit::Interrupted,
        StudyError::Simulation { error: SimError::Replay(problem), .. } => {
            eprintln!("{problem}");
            Exit::Usage
        }
        StudyError::Simulation { seed, replication, error } => {
            eprintln!("ordermill: replication {replication} of seed {seed} failed: {error:?}");
            eprintln!("  replay: {}", base.command(&[], replication + 1));
            Exit::Broken
        }
    }
}
