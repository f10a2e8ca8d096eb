//! `ordermill swarm`: random small scenarios, seed by seed, under the paranoid auditor on 1, 2 and 4 threads.
//! The log keeps what is done, so that `--resume` goes on where the last call ended.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Args;

use super::exit::{CAUGHT, Exit};
use super::out::{say, say_line};
use super::run::stop_on_interrupt;
use crate::experiment::swarm::{Bench, Case, Failure, Finding, Log, Row, Summary, Work, generate, smallest};
use crate::report;

#[derive(Args)]
pub struct Swarm {
    /// How many seeds.
    #[arg(long, value_name = "N", default_value_t = 300)]
    seeds: u64,
    /// The first of them.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    first: u64,
    /// Prints the scenario of the first seed instead of running any.
    #[arg(long)]
    show: bool,
    /// Tries this scenario file instead of seeds, as each of them is tried.
    #[arg(long = "try", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Stops taking new seeds after this: `90s`, `10m`, `2h`.
    #[arg(long, value_name = "TIME", value_parser = budget)]
    budget: Option<Duration>,
    /// Goes on with the log that is there: seeds in it are not tried again.
    #[arg(long)]
    resume: bool,
    /// Seeds that are tried at the same time.
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
    /// A seed that takes longer, with its shrinking, is a failure that ends the swarm.
    #[arg(long, value_name = "TIME", value_parser = budget, default_value = "5m")]
    patience: Duration,
    /// Folder for the log, the summary and the scenario files of failures. Left out: `reports/swarm`, and
    /// `tests/regressions` for the scenario files where that folder is there.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

fn budget(text: &str) -> Result<Duration, String> {
    let at = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let unit = match text[at..].trim() {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err("write a time as in 90s, 10m, 2h".to_owned()),
    };
    let count: u64 = text[..at].parse().map_err(|_| "write a time as in 90s, 10m, 2h".to_owned())?;
    Ok(Duration::from_secs(count.saturating_mul(unit)))
}

/// The seeds that are being tried, and since when.
#[derive(Default)]
struct Running(Mutex<Vec<(u64, Instant)>>);

impl Running {
    fn begin(&self, seed: u64) {
        self.0.lock().expect("no panic in here").push((seed, Instant::now()));
    }

    fn end(&self, seed: u64) {
        self.0.lock().expect("no panic in here").retain(|row| row.0 != seed);
    }

    fn stuck(&self, patience: Duration) -> Option<u64> {
        let rows = self.0.lock().expect("no panic in here");
        rows.iter().find(|row| patience < row.1.elapsed()).map(|row| row.0)
    }
}

fn bench() -> Bench<'static> {
    Bench::new(&|scenario, model, study| report::result_json(&report::assemble(scenario, model, study)))
}

/// A scenario file through all that a seed goes through: every audit, 1, 2 and 4 threads, plays in wall time.
fn try_file(file: &Path) -> Exit {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("error: {}: {error}", file.display());
            return Exit::Usage;
        }
    };
    CAUGHT.store(true, Ordering::Relaxed);
    let (finding, work) = bench().run_in(&text, file.parent().unwrap_or(Path::new(".")));
    CAUGHT.store(false, Ordering::Relaxed);
    match finding {
        Finding::Passed => {
            say_line!("passed: {} orders, {} transitions", work.orders, work.transitions);
            Exit::Ok
        }
        Finding::Refused(said) => {
            eprintln!("{said}");
            eprintln!("  help: `ordermill run {}` says all that it would have otherwise", file.display());
            Exit::Usage
        }
        Finding::Failed(failure) => {
            eprintln!("{}: {}: {}", file.display(), failure.kind, failure.said);
            Exit::Broken
        }
    }
}

/// The command that shows the failure again: a run where its auditor sees it, else all that a seed goes through.
fn replay(failure: &Failure, file: &Path) -> String {
    match failure.kind.as_str() {
        "bytes" | "digest" | "load" | "panic" => format!("ordermill swarm --try {}", file.display()),
        _ => format!("ordermill run {} --audit paranoid", file.display()),
    }
}

impl Swarm {
    pub fn execute(self) -> Exit {
        if self.show {
            say!("{}", generate(self.first).text());
            return Exit::Ok;
        }
        if let Some(file) = &self.file {
            return try_file(file);
        }
        let folder = self.output.clone().unwrap_or_else(|| PathBuf::from("reports/swarm"));
        match self.run(&folder) {
            Ok(exit) => exit,
            Err(error) => {
                eprintln!("error: {}: {error}", folder.display());
                Exit::Write
            }
        }
    }

    fn run(&self, folder: &Path) -> io::Result<Exit> {
        fs::create_dir_all(folder)?;
        let path = folder.join("swarm.jsonl");
        let log = if self.resume { Log::resume(&path)? } else { Some(Log::create(&path)?) };
        let Some(mut log) = log else {
            eprintln!("error: {} was written by another generation of the swarm", path.display());
            eprintln!("  its seeds are other scenarios: leave out --resume, or choose another --output");
            return Ok(Exit::Usage);
        };
        let stop = stop_on_interrupt();
        CAUGHT.store(true, Ordering::Relaxed);
        let rows = self.try_all(&log, &stop);
        CAUGHT.store(false, Ordering::Relaxed);
        log.done.extend(rows?.into_iter().map(|row| (row.seed, row)));
        let summary = Summary::of(&log.done);
        let mut bytes = serde_json::to_vec_pretty(&summary)?;
        bytes.push(b'\n');
        fs::write(folder.join("swarm.json"), bytes)?;
        say!("{}", report::swarm::text(&summary));
        let stopped = stop.load(Ordering::Relaxed);
        let left = (self.first..self.end()).filter(|seed| !log.done.contains_key(seed)).count();
        if 0 < left {
            say_line!("{left} seeds are left: the same command with --resume goes on");
        }
        Ok(match summary.failed {
            _ if stopped => Exit::Interrupted,
            0 => Exit::Ok,
            _ => Exit::Broken,
        })
    }

    fn end(&self) -> u64 {
        self.first.saturating_add(self.seeds)
    }

    /// Tries the seeds that are not in the log, on so many threads.
    fn try_all(&self, log: &Log, stop: &AtomicBool) -> io::Result<Vec<Row>> {
        let started = Instant::now();
        let spent = || self.budget.is_some_and(|budget| budget <= started.elapsed());
        let next = AtomicU64::new(self.first);
        let running = Running::default();
        let work = || -> io::Result<Vec<Row>> {
            let bench = bench();
            let mut rows = Vec::new();
            while !stop.load(Ordering::Relaxed) && !spent() {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if self.end() <= seed {
                    break;
                }
                if log.done.contains_key(&seed) {
                    continue;
                }
                running.begin(seed);
                let row = self.try_one(&bench, seed);
                running.end(seed);
                let row = row?;
                log.add(&row)?;
                rows.push(row);
            }
            Ok(rows)
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.threads.max(1)).map(|_| scope.spawn(work)).collect();
            let mut rows = Vec::new();
            while workers.iter().any(|worker| !worker.is_finished()) {
                std::thread::sleep(Duration::from_millis(20));
                if let Some(seed) = running.stuck(self.patience) {
                    self.give_up(log, seed)?;
                }
            }
            for worker in workers {
                rows.extend(worker.join().expect("a worker catches its panics")?);
            }
            Ok(rows)
        })
    }

    fn try_one(&self, bench: &Bench<'_>, seed: u64) -> io::Result<Row> {
        let case = generate(seed);
        let (finding, work) = bench.run(&case.text());
        let mut row = Row::new(seed, &finding, &work);
        if let Finding::Failed(failure) = finding {
            let small = smallest(bench, &case, &failure);
            let file = self.keep(&small, seed, &failure)?;
            eprintln!("seed {seed}: {}: {}", failure.kind, failure.said);
            eprintln!("  shrunk to {}", file.display());
            eprintln!("  replay: {}", replay(&failure, &file));
            row.file = Some(file);
        }
        Ok(row)
    }

    /// A seed that does not end is a failure too. Its thread cannot be stopped, so the program is.
    fn give_up(&self, log: &Log, seed: u64) -> io::Result<()> {
        let said = format!("not done after {} s, shrinking included", self.patience.as_secs());
        let failure = Failure { kind: "stuck".to_owned(), said };
        let file = self.keep(&generate(seed), seed, &failure)?;
        eprintln!("seed {seed}: {}: {}\n  kept as {}", failure.kind, failure.said, file.display());
        let row = Row::new(seed, &Finding::Failed(failure), &Work::default());
        log.add(&Row { file: Some(file), ..row })?;
        std::process::exit(Exit::Broken as i32)
    }

    /// The case as a scenario file.
    fn keep(&self, case: &Case, seed: u64, failure: &Failure) -> io::Result<PathBuf> {
        let shelf = PathBuf::from("tests/regressions");
        let folder = match &self.output {
            Some(folder) => folder.clone(),
            None if shelf.is_dir() => shelf,
            None => PathBuf::from("reports/swarm"),
        };
        let file = folder.join(format!("swarm-{seed}-{}.yaml", failure.kind.to_lowercase()));
        let said = failure.said.lines().next().unwrap_or_default();
        let text = format!(
            "# Found by `ordermill swarm --seeds 1 --first {seed}`: {}: {said}\n{}",
            failure.kind,
            case.text()
        );
        fs::write(&file, text)?;
        Ok(file)
    }
}
