//! `ordermill load SCENARIO`: the commands of a run, played in wall time against one engine.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;

use super::Exit;
use super::load_plan::{Plan, rate, seconds, speed, stage, timed};
use super::out::say;
use super::run::{assignment, stop_on_interrupt};
use super::ticker::Ticker;
use crate::kernel::time::Moment;
use crate::load::{
    Broken, Limit, Options, Pace, Pins, Played, RateStage, Rung, Script, TapeError, Timed, climb, find_knee,
    play_watched, script_of_tape, timing_ns,
};
use crate::model::Model;
use crate::report::folder::write_all;
use crate::report::html::load_page;
use crate::report::load::{KneeRow, LoadDocument, LoadRow, RungRow, interval_file, percentile_file, summary};
use crate::scenario::{self, Scenario};
use crate::sim::{self, simulate_onto};

#[derive(Args)]
pub struct Load {
    /// Scenario file: YAML, TOML or JSON.
    scenario: PathBuf,
    /// Plays this tape of `run --tape` instead of recording one.
    #[arg(long, value_name = "FILE", conflicts_with = "strategies")]
    tape: Option<PathBuf>,
    /// Worker threads, all on one engine; as many as the machine has cores.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Orders a second to offer, each rate in a play of its own (constant-arrival-rate): `50k,200k,1M`.
    /// Without it, `--stages` and `--speed`: as the scenario's `load` section says, or closed, as fast as possible.
    #[arg(long, value_name = "R,...", value_delimiter = ',', value_parser = rate)]
    rates: Vec<f64>,
    /// Ramps from rate to rate, one play (ramping-arrival-rate): `10s:100k,30s:400k,5s:0`.
    #[arg(long, value_name = "T:R,...", value_delimiter = ',', value_parser = stage, conflicts_with = "rates")]
    stages: Vec<RateStage>,
    /// Commands are due as in the run, so many times as fast (replay): `10k`.
    #[arg(long, value_name = "X", value_parser = speed, conflicts_with_all = ["rates", "stages"])]
    speed: Option<f64>,
    /// As fast as possible, whatever the scenario's `load` section says.
    #[arg(long, conflicts_with_all = ["rates", "stages", "speed"])]
    closed: bool,
    /// Allocation strategies to compare, each on its own run: `nearest,fewest-splits`.
    #[arg(long, value_name = "S,...", value_delimiter = ',')]
    strategies: Vec<String>,
    /// A service level of all commands, as in `p99<1ms`; exit code 99 when a play fails it. May be repeated.
    #[arg(long = "slo", value_name = "LIMIT")]
    limits: Vec<Limit>,
    /// Searches the highest rate at which every `--slo` holds: median of five bisections.
    #[arg(long)]
    knee: bool,
    /// Eleven open plays, at 10 % to 110 % of the rate of a closed loop, each beside an empty loop on its schedule.
    /// The last ones may fall behind: that is what they show, and no exit code.
    #[arg(long, conflicts_with_all = ["rates", "stages", "speed", "closed", "knee"])]
    ladder: bool,
    /// Plays so long, the stream again and again: `30`, `10m`. Once through it when left out.
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    duration: Option<Duration>,
    /// Leaves the first seconds of each play out of the latencies.
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    warmup: Option<Duration>,
    /// Each worker on a core of its own: fewer outliers, on a machine that has them to spare.
    #[arg(long)]
    pin: bool,
    /// Which commands of a closed loop are timed: `never`, `sample` (one in 61) or `each`. An open loop times each.
    #[arg(long, value_name = "WHICH", default_value = "sample", value_parser = timed)]
    timed: Timed,
    /// Another seed than the scenario's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Overrides one key: `--set arrivals.profile.orders=1000000`. May be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
    /// Folder for load.json and the percentile tables.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Prints load.json instead of the summary.
    #[arg(long)]
    json: bool,
    /// Prints nothing but errors.
    #[arg(long, short)]
    quiet: bool,
}

/// One strategy's world and script.
struct Prepared {
    strategy: String,
    currency: String,
    model: Model,
    script: Script,
    digest: u128,
    seed: u64,
}

impl Load {
    pub fn execute(self) -> Exit {
        let plan = match self.plan() {
            Ok(plan) => plan,
            Err(exit) => return exit,
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = plan.threads.unwrap_or(cores);
        if !(1..=256).contains(&threads) {
            eprintln!("error: --threads {threads}; write 1 to 256 (this machine has {cores})");
            return Exit::Usage;
        }
        if self.knee && plan.limits.is_empty() {
            eprintln!("error: --knee needs a service level to hold; add one, as in --slo 'p99<1ms'");
            return Exit::Usage;
        }
        if self.timed == Timed::Never && !plan.limits.is_empty() && plan.paces.contains(&Pace::Closed) {
            eprintln!(
                "error: --timed never leaves no latency to hold against a service level; write sample or each"
            );
            return Exit::Usage;
        }
        let pins = match if self.pin { Pins::of(threads) } else { Ok(Pins::FREE) } {
            Ok(pins) => pins,
            Err(why) => {
                eprintln!("error: --pin: {why}");
                return Exit::Usage;
            }
        };
        let stop = stop_on_interrupt();
        let mut document = None;
        let mut files = Vec::new();
        let names = if self.strategies.is_empty() { vec![None] } else { self.named() };
        for name in names {
            let prepared = match self.prepare(name, threads) {
                Ok(prepared) => prepared,
                Err(exit) => return exit,
            };
            let document = document.get_or_insert_with(|| self.head(&prepared, threads));
            if let Err(exit) = self.play((&plan, &pins), &prepared, document, &mut files, &stop) {
                return exit;
            }
            if stop.load(Ordering::Relaxed) {
                break;
            }
        }
        let document = document.expect("there is at least one play");
        self.tell(&document, files, stop.load(Ordering::Relaxed))
    }

    /// One strategy at every rate, and its knee.
    fn play(
        &self,
        (plan, pins): (&Plan, &Pins),
        prepared: &Prepared,
        document: &mut LoadDocument,
        files: &mut Vec<(PathBuf, Vec<u8>)>,
        stop: &AtomicBool,
    ) -> Result<(), Exit> {
        let Prepared { model, script, strategy, seed, .. } = prepared;
        let broken = |found: Broken| broken(&found, &self.line());
        let (duration, warm_up, timed) = (plan.duration, plan.warm_up, self.timed);
        let options = |pace| Options { pace, seed: *seed, duration, warm_up, timed, pins: pins.clone() };
        if self.ladder {
            let mut each = |rung: Rung| {
                self.keep(document, files, (plan, prepared), &rung.pace, &rung.played);
                let row = document.plays.last_mut().expect("one was kept");
                row.rung = Some(RungRow::of(rung.percent, &rung.alone));
            };
            climb(model, script, &options(Pace::Closed), stop, &mut each).map_err(broken)?;
            return Ok(());
        }
        for pace in &plan.paces {
            let ticker = Ticker::new(strategy, !self.quiet && !self.json);
            let played = play_watched(model, script, &options(pace.clone()), stop, &mut |seconds| {
                ticker.show(seconds);
            });
            ticker.clear();
            let played = played.map_err(broken)?;
            played.ends_as(prepared.digest).map_err(broken)?;
            self.keep(document, files, (plan, prepared), pace, &played);
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
        if self.knee {
            let knee =
                find_knee(model, script, &plan.limits, &options(Pace::Closed), stop).map_err(broken)?;
            document.knees.push(KneeRow::of(strategy, &plan.limits, &knee));
        }
        Ok(())
    }

    /// What the flags say, before what the scenario says.
    fn plan(&self) -> Result<Plan, Exit> {
        let (read, diagnostics) = scenario::inspect(&self.scenario, &self.set);
        let Some(scenario) = read else {
            eprint!("{diagnostics}");
            return Err(Exit::Usage);
        };
        let mut plan = Plan::of(&scenario.load);
        if self.closed {
            plan.paces = vec![Pace::Closed];
        } else if let Some(speed) = self.speed {
            plan.paces = vec![Pace::Replay { speed }];
        } else if !self.stages.is_empty() {
            plan.paces = vec![Pace::RampingArrivalRate { from: 0.0, stages: self.stages.clone() }];
        } else if !self.rates.is_empty() {
            let constant = |&orders_per_s: &f64| Pace::ConstantArrivalRate { orders_per_s };
            plan.paces = self.rates.iter().map(constant).collect();
        }
        plan.duration = self.duration.or(plan.duration);
        plan.warm_up = self.warmup.unwrap_or(plan.warm_up);
        plan.threads = self.threads.or(plan.threads);
        plan.limits.extend(&self.limits);
        Ok(plan)
    }

    fn named(&self) -> Vec<Option<String>> {
        self.strategies.iter().map(|name| Some(name.trim().to_owned())).collect()
    }

    /// Reads the scenario with this strategy, runs it in virtual time, and deals its commands to workers.
    fn prepare(&self, strategy: Option<String>, threads: usize) -> Result<Prepared, Exit> {
        let mut overrides = self.set.clone();
        overrides.extend(strategy.map(|name| ("allocation.strategy".to_owned(), name)));
        let (read, diagnostics) = scenario::inspect(&self.scenario, &overrides);
        if !diagnostics.is_empty() {
            eprint!("{diagnostics}");
        }
        let scenario = read.ok_or(Exit::Usage)?;
        let model = Model::build(&scenario).map_err(|diagnostics| {
            eprintln!("{diagnostics}");
            Exit::Usage
        })?;
        if model.allocator.wave_every().is_some() {
            eprintln!(
                "error: the strategy \"{}\" plans orders together, by business time; load asks for one order at once",
                strategy_name(&scenario)
            );
            eprintln!("  help: `ordermill compare {} --strategies ...` knows it", self.scenario.display());
            return Err(Exit::Usage);
        }
        let seed = self.seed.unwrap_or(scenario.run.seed);
        let (script, digest) = match &self.tape {
            Some(tape) => read_tape(tape, &model, threads)?,
            None => record(&model, seed, threads)?,
        };
        if 0 < script.foreign || script.orders == 0 {
            eprintln!(
                "error: {} commands of the tape speak of orders that it never submitted, and it submits {}",
                script.foreign, script.orders
            );
            eprintln!("  help: write it with `ordermill run {} --tape FILE`", self.scenario.display());
            return Err(Exit::Usage);
        }
        let strategy = strategy_name(&scenario);
        let currency = scenario.currency.clone();
        Ok(Prepared { strategy, currency, model, script, digest, seed })
    }

    fn head(&self, prepared: &Prepared, threads: usize) -> LoadDocument {
        let name = self.scenario.file_stem().map_or("load".into(), |stem| stem.to_string_lossy());
        LoadDocument {
            scenario: name.into_owned(),
            command: self.line(),
            currency: prepared.currency.clone(),
            seed: prepared.seed,
            threads,
            pinned: self.pin,
            script_orders_count: prepared.script.orders,
            script_commands_count: prepared.script.commands.into(),
            compression_ratio: 0.0,
            clock_ns: clock_ns(),
            timing_ns: timing_ns(),
            plays: Vec::new(),
            knees: Vec::new(),
        }
    }

    fn keep(
        &self,
        document: &mut LoadDocument,
        files: &mut Vec<(PathBuf, Vec<u8>)>,
        (plan, prepared): (&Plan, &Prepared),
        pace: &Pace,
        played: &Played,
    ) {
        let mut row = LoadRow::of(&prepared.strategy, pace, played, prepared.digest, &plan.limits);
        row.recording_share = row.latency[0].timed_count as f64 * document.timing_ns * 1e-9 / row.cpu_s;
        if document.plays.is_empty() {
            let at = |step: Option<&crate::load::Step>| step.map_or(Moment::ZERO, |step| step.at);
            let last = prepared.script.lanes.iter().map(|lane| at(lane.steps.last())).max();
            document.compression_ratio = last.unwrap_or(Moment::ZERO).as_secs_f64() / row.wall_s;
        }
        files.push(percentile_file(&row, played));
        files.push(interval_file(&row, played));
        document.plays.push(row);
    }

    fn tell(&self, document: &LoadDocument, mut files: Vec<(PathBuf, Vec<u8>)>, stopped: bool) -> Exit {
        let folder =
            self.output.clone().unwrap_or_else(|| Path::new("reports").join("load").join(&document.scenario));
        let mut json = serde_json::to_vec_pretty(document).expect("the document is plain data");
        json.push(b'\n');
        files.push(("load.json".into(), json.clone()));
        files.push(("load.html".into(), load_page(document).into_bytes()));
        if let Err(error) = write_all(&folder, &files) {
            eprintln!("error: {error}");
            return Exit::Write;
        }
        if self.json {
            say!("{}", String::from_utf8_lossy(&json));
        } else if !self.quiet {
            say!("{}", summary(document, Some(&folder.to_string_lossy())));
        }
        match () {
            () if stopped => Exit::Interrupted,
            () if self.ladder => Exit::Ok,
            () if document.plays.iter().any(|row| !row.kept_schedule) => Exit::Behind,
            () if document.plays.iter().any(|row| row.limits.iter().any(|limit| !limit.holds)) => {
                Exit::SloFails
            }
            () => Exit::Ok,
        }
    }

    fn line(&self) -> String {
        let words = std::env::args().skip(1).map(|word| match word.contains(char::is_whitespace) {
            true => format!("'{word}'"),
            false => word,
        });
        std::iter::once("ordermill".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    }
}

/// Says what broke, and how to see it again.
fn broken(broken: &Broken, line: &str) -> Exit {
    eprintln!("ordermill: broken invariant after a play: {}", broken.0);
    eprintln!("  replay: {line}");
    Exit::Broken
}

fn strategy_name(scenario: &Scenario) -> String {
    scenario.allocation.strategy_name().to_owned()
}

fn record(model: &Model, seed: u64, threads: usize) -> Result<(Script, u128), Exit> {
    let mut script = Script::new(threads);
    let options = sim::Options { seed, ..sim::Options::default() };
    match simulate_onto(model, &options, Some(&mut script)) {
        Ok(outcome) => {
            script.close(outcome.peak_in_flight);
            Ok((script, outcome.digest))
        }
        Err(error) => {
            eprintln!("ordermill: the run that is to be played failed: {error:?}");
            Err(Exit::Broken)
        }
    }
}

fn read_tape(tape: &Path, model: &Model, threads: usize) -> Result<(Script, u128), Exit> {
    script_of_tape(tape, model, threads).map_err(|error| {
        match error {
            TapeError::Read(error) => eprintln!("error: cannot read {}: {error}", tape.display()),
            TapeError::Line(line, message) => eprintln!("error: {}:{line}: {message}", tape.display()),
        }
        Exit::Usage
    })
}

/// Nanoseconds between two readings of the clock: the mean of many, in the stretch that lost its core least.
fn clock_ns() -> f64 {
    const READINGS: u32 = 1_000;
    let stretch = |_| {
        let begin = Instant::now();
        for _ in 0..READINGS {
            std::hint::black_box(Instant::now());
        }
        begin.elapsed().as_nanos() as f64 / f64::from(READINGS)
    };
    (0..10).map(stretch).fold(f64::INFINITY, f64::min)
}
