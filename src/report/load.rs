//! A load test told: one table for a terminal, one JSON document, percentile tables.

use std::fmt::Write;
use std::path::PathBuf;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::histogram::{hgrm, hlog};
use super::say;
use crate::domain::Refusal;
use crate::load::{Interval, Knee, Limit, Pace, Played, Verb};

/// `load.json`.
#[derive(Debug, Clone, Serialize)]
pub struct LoadDocument {
    pub scenario: String,
    pub command: String,
    pub currency: String,
    pub seed: u64,
    pub threads: usize,
    /// Each worker had a core of its own.
    pub pinned: bool,
    /// Orders and commands of the script, stock receipts included.
    pub script_orders_count: u64,
    pub script_commands_count: u64,
    /// From the first to the last command, business time over wall time, of the first play.
    pub compression_ratio: f64,
    /// Time between two readings of the clock: no latency below it means anything.
    pub clock_ns: f64,
    /// What timing one command costs its worker.
    pub timing_ns: f64,
    pub plays: Vec<LoadRow>,
    /// Where asked for, one a strategy.
    pub knees: Vec<KneeRow>,
}

/// One strategy at one rate.
#[derive(Debug, Clone, Serialize)]
pub struct LoadRow {
    pub strategy: String,
    /// `closed`, `constant-arrival-rate`, `ramping-arrival-rate` or `replay`.
    pub arrivals: &'static str,
    /// The highest rate offered; `None` where the rate is not given.
    pub offered_orders_per_s: Option<f64>,
    /// Where it is one of a ladder.
    pub rung: Option<RungRow>,
    pub achieved_orders_per_s: f64,
    pub commands_per_s: f64,
    pub wall_s: f64,
    /// Of all workers.
    pub cpu_s: f64,
    /// Of `cpu_s`, what timing commands took: their count times `timing_ns`.
    pub recording_share: f64,
    /// How late the last command was; the play is invalid when the schedule was not kept.
    pub behind_s: f64,
    pub kept_schedule: bool,
    /// Commands that were due when the play ended, and not done.
    pub missed_count: u64,
    /// Commands left when the play was stopped.
    pub left_count: u64,
    /// How often the script was played.
    pub laps: f64,
    /// Steps about something that was never made here, since another command was refused.
    pub skipped_count: u64,
    /// Payment callbacks whose signature the workers verified.
    pub verified_count: u64,
    /// Plans made again because the stock had gone in between.
    pub replans_count: u64,
    /// Fulfillment orders that the run had not made.
    pub unforeseen_count: u64,
    pub split_share: f64,
    /// Minor units of the scenario's currency for an order that was allocated.
    pub freight_minor_per_order: f64,
    pub refusals: Vec<Count>,
    pub open_orders_count: u64,
    pub engine_bytes: u64,
    /// Of the engine at the end, and whether it is that of the run in virtual time: on one thread it must be.
    pub digest: String,
    pub digest_is_the_runs: bool,
    pub latency: Vec<LatencyRow>,
    pub limits: Vec<LimitRow>,
    pub seconds: Vec<SecondRow>,
}

/// A rung of a ladder.
#[derive(Debug, Clone, Serialize)]
pub struct RungRow {
    /// Of the rate of a closed loop.
    pub percent: u32,
    /// The machine alone: an empty loop on the same schedule.
    pub alone: LatencyRow,
}

impl RungRow {
    pub fn of(percent: u32, alone: &Histogram<u64>) -> RungRow {
        RungRow { percent, alone: row("nothing", alone.len(), 0, alone) }
    }
}

/// What was done in one second of wall time.
#[derive(Debug, Clone, Serialize)]
pub struct SecondRow {
    /// Since the start, at its end.
    pub second: u32,
    pub orders_count: u64,
    pub commands_count: u64,
    pub refused_count: u64,
    pub p50_ns: u64,
    pub p99_ns: u64,
    pub p999_ns: u64,
    pub max_ns: u64,
}

/// A service level and what the play had.
#[derive(Debug, Clone, Serialize)]
pub struct LimitRow {
    pub limit: String,
    pub reached_ns: u64,
    pub holds: bool,
}

/// The highest rate at which every limit holds: median and spread of several searches.
#[derive(Debug, Clone, Serialize)]
pub struct KneeRow {
    pub strategy: String,
    pub limits: Vec<String>,
    pub orders_per_s: f64,
    pub lowest_orders_per_s: f64,
    pub highest_orders_per_s: f64,
    pub searches_count: usize,
    pub saturation_orders_per_s: f64,
}

impl KneeRow {
    pub fn of(strategy: &str, limits: &[Limit], knee: &Knee) -> KneeRow {
        let (lowest, highest) = knee.spread();
        KneeRow {
            strategy: strategy.to_owned(),
            limits: limits.iter().map(Limit::to_string).collect(),
            orders_per_s: knee.median(),
            lowest_orders_per_s: lowest,
            highest_orders_per_s: highest,
            searches_count: knee.found.len(),
            saturation_orders_per_s: knee.saturation,
        }
    }

    fn said(&self) -> String {
        let limits = self.limits.join(", ");
        let head = format!("{:<16}", self.strategy);
        let saturated = say::short(self.saturation_orders_per_s);
        if self.orders_per_s == 0.0 {
            let least = say::short(self.saturation_orders_per_s / 64.0);
            return format!("{head} {limits} does not hold at {least} orders/s; saturated {saturated}\n");
        }
        format!(
            "{head} {limits} holds to {} orders/s\n{:17}{} to {} in {} searches; saturated {saturated}\n",
            say::short(self.orders_per_s),
            "",
            say::short(self.lowest_orders_per_s),
            say::short(self.highest_orders_per_s),
            self.searches_count,
        )
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Count {
    pub name: &'static str,
    pub count: u64,
}

/// Nanoseconds of one verb; `all` is the first row.
#[derive(Debug, Clone, Serialize)]
pub struct LatencyRow {
    pub command: &'static str,
    pub count: u64,
    pub refused_count: u64,
    /// How many of them were timed.
    pub timed_count: u64,
    pub mean_ns: f64,
    pub p50_ns: u64,
    pub p90_ns: u64,
    pub p99_ns: u64,
    pub p999_ns: u64,
    pub p9999_ns: u64,
    pub max_ns: u64,
}

impl LoadRow {
    pub fn of(strategy: &str, pace: &Pace, played: &Played, run_digest: u128, limits: &[Limit]) -> LoadRow {
        let wall_s = played.wall.as_secs_f64();
        let submitted = played.seen.verbs[Verb::Submit as usize].count;
        let behind_s = played.behind.as_secs_f64();
        let refused = |(refusal, &count): (&Refusal, &u64)| Count { name: refusal.name(), count };
        LoadRow {
            strategy: strategy.to_owned(),
            arrivals: pace.name(),
            offered_orders_per_s: pace.orders_per_s(),
            rung: None,
            achieved_orders_per_s: submitted as f64 / wall_s,
            commands_per_s: played.seen.commands() as f64 / wall_s,
            wall_s,
            cpu_s: played.cpu.as_secs_f64(),
            recording_share: 0.0,
            behind_s,
            kept_schedule: played.kept_schedule(),
            missed_count: played.missed,
            left_count: played.left,
            laps: played.laps,
            skipped_count: played.seen.skipped,
            verified_count: played.seen.verified,
            replans_count: played.seen.replans,
            unforeseen_count: played.seen.unforeseen,
            split_share: played.seen.splits as f64 / played.seen.allocated.max(1) as f64,
            freight_minor_per_order: played.seen.freight.0 as f64 / played.seen.allocated.max(1) as f64,
            refusals: Refusal::ALL.iter().zip(&played.seen.refusals).map(refused).collect(),
            open_orders_count: played.open_orders,
            engine_bytes: played.engine_bytes,
            digest: format!("{:032x}", played.digest),
            digest_is_the_runs: played.digest == run_digest,
            latency: latency(played),
            limits: limits.iter().map(|limit| limit_row(limit, played)).collect(),
            seconds: played.intervals.iter().map(second).collect(),
        }
    }

    /// But the set-up, which is before the clock.
    fn times_each(&self) -> bool {
        let all = &self.latency[0];
        all.count < 2 * all.timed_count
    }

    fn refused(&self) -> u64 {
        self.refusals.iter().map(|row| row.count).sum()
    }
}

fn limit_row(limit: &Limit, played: &Played) -> LimitRow {
    let (limit, reached_ns, holds) = (limit.to_string(), limit.reached(played), limit.holds(played));
    LimitRow { limit, reached_ns, holds }
}

fn second(interval: &Interval) -> SecondRow {
    let quantile = |share: f64| interval.latency.value_at_quantile(share);
    SecondRow {
        second: interval.second,
        orders_count: interval.orders,
        commands_count: interval.commands,
        refused_count: interval.refused,
        p50_ns: quantile(0.5),
        p99_ns: quantile(0.99),
        p999_ns: quantile(0.999),
        max_ns: interval.latency.max(),
    }
}

fn latency(played: &Played) -> Vec<LatencyRow> {
    let seen = &played.seen;
    let refused = seen.verbs.iter().map(|verb| verb.refused).sum();
    let mut rows = vec![row("all", seen.commands(), refused, &seen.latency())];
    for ((_, name), verb) in Verb::ALL.iter().zip(&seen.verbs) {
        if 0 < verb.count {
            rows.push(row(name, verb.count, verb.refused, &verb.latency));
        }
    }
    rows
}

fn row(command: &'static str, count: u64, refused_count: u64, latency: &Histogram<u64>) -> LatencyRow {
    let quantile = |share: f64| latency.value_at_quantile(share);
    LatencyRow {
        command,
        count,
        refused_count,
        timed_count: latency.len(),
        mean_ns: latency.mean(),
        p50_ns: quantile(0.5),
        p90_ns: quantile(0.9),
        p99_ns: quantile(0.99),
        p999_ns: quantile(0.999),
        p9999_ns: quantile(0.9999),
        max_ns: latency.max(),
    }
}

impl LoadRow {
    /// Of its files: `nearest-closed`, `nearest-constant-arrival-rate-200000`.
    fn stem(&self) -> String {
        let rate = self.offered_orders_per_s.map_or(String::new(), |rate| format!("-{rate:.0}"));
        format!("{}-{}{rate}", self.strategy, self.arrivals)
    }

    /// As people say it.
    pub fn offered(&self) -> String {
        match self.offered_orders_per_s {
            Some(rate) if self.arrivals.starts_with("ramp") => format!("to {}", say::short(rate)),
            Some(rate) => say::short(rate),
            None => self.arrivals.to_owned(),
        }
    }
}

/// `latency/STEM.hgrm`, in microseconds.
pub fn percentile_file(row: &LoadRow, played: &Played) -> (PathBuf, Vec<u8>) {
    (format!("latency/{}.hgrm", row.stem()).into(), hgrm(&played.seen.latency(), 1e3).into_bytes())
}

/// `latency/STEM.hlog`: one histogram of nanoseconds a second, as HdrHistogram's log analyzers read it.
pub fn interval_file(row: &LoadRow, played: &Played) -> (PathBuf, Vec<u8>) {
    let intervals = played.intervals.iter().map(|interval| (interval.second, &interval.latency));
    (format!("latency/{}.hlog", row.stem()).into(), hlog(intervals))
}

fn threads(document: &LoadDocument) -> String {
    let count = match document.threads {
        1 => "1 thread".to_owned(),
        threads => format!("{threads} threads"),
    };
    if document.pinned { format!("{count}, pinned") } else { count }
}

/// 80 columns.
pub fn summary(document: &LoadDocument, folder: Option<&str>) -> String {
    let mut text = format!(
        "{}  {} orders  {} commands  {}  business time x {}\n\n",
        document.scenario,
        say::count(document.script_orders_count as f64),
        say::short(document.script_commands_count as f64),
        threads(document),
        say::short(document.compression_ratio),
    );
    let say = "a string takes all that is written";
    let (rungs, plays): (Vec<&LoadRow>, Vec<&LoadRow>) =
        document.plays.iter().partition(|row| row.rung.is_some());
    if !plays.is_empty() {
        text += &columns("strategy");
    }
    for row in &plays {
        text += &line(&row.strategy, row, &row.latency[0], true);
    }
    for row in plays {
        text += &notes(row, &document.currency);
    }
    rungs.chunk_by(|a, b| a.strategy == b.strategy).for_each(|rungs| text += &ladder(rungs));
    if !document.knees.is_empty() {
        text += "\nknee: the highest rate at which every limit holds\n";
        document.knees.iter().for_each(|knee| text += &knee.said());
    }
    if let [only] = &document.plays[..] {
        text += &commands(only);
    }
    text += match document.plays.iter().any(|row| row.arrivals != "closed") {
        true => "\nLatency from the instant at which the schedule wanted the command;\na",
        false if document.plays.iter().all(|row| row.latency[0].timed_count == 0) => {
            "\nNo command was timed; a"
        }
        false if document.plays.iter().all(LoadRow::times_each) => "\nLatency of each command, by itself; a",
        false => "\nLatency of one command in 61, by itself; a",
    };
    writeln!(text, " reading of the clock takes {:.0} ns.", document.clock_ns).expect(say);
    let most = document.plays.iter().map(|row| row.recording_share).fold(0.0, f64::max);
    if 0.0 < most {
        writeln!(
            text,
            "Timing a command takes {:.0} ns, at most {:.1} % of the workers' CPU time.",
            document.timing_ns,
            100.0 * most
        )
        .expect(say);
    }
    if let Some(folder) = folder {
        writeln!(text, "{folder}/load.json").expect(say);
    }
    text
}

fn columns(first: &str) -> String {
    format!(
        "{first:<16}{:>9}{:>10}{:>7}{:>7}{:>7}{:>8}{:>8}{:>8}\n",
        "offered", "orders/s", "p50", "p90", "p99", "p99.9", "p99.99", "max"
    )
}

/// A play's rates with latencies, its own or those of the machine alone.
fn line(first: &str, row: &LoadRow, latency: &LatencyRow, own: bool) -> String {
    let time = |nanos: u64| if latency.timed_count == 0 { "-".to_owned() } else { say::nanos(nanos) };
    format!(
        "{first:<16}{:>9}{:>10}{:>7}{:>7}{:>7}{:>8}{:>8}{:>8}\n",
        row.offered(),
        if own { say::short(row.achieved_orders_per_s) } else { String::new() },
        time(latency.p50_ns),
        time(latency.p90_ns),
        time(latency.p99_ns),
        time(latency.p999_ns),
        time(latency.p9999_ns),
        time(latency.max_ns),
    )
}

/// One strategy from rung to rung, then the machine alone at the same rates.
fn ladder(rows: &[&LoadRow]) -> String {
    let mut text = format!("{}, by share of a closed loop's rate, with refusals\n", rows[0].strategy);
    text += &columns("load    refused");
    let rungs = || rows.iter().filter_map(|row| Some((row, row.rung.as_ref()?)));
    for (row, rung) in rungs() {
        let first = format!("{:>3} %{:>10}", rung.percent, say::short(row.refused() as f64));
        text += &line(&first, row, &row.latency[0], true);
    }
    text += "\nThe machine alone: an empty loop on the same schedule\n";
    for (row, rung) in rungs() {
        text += &line(&format!("{:>3} %", rung.percent), row, &rung.alone, false);
    }
    for (row, rung) in rungs().filter(|(row, _)| !row.kept_schedule) {
        text +=
            &format!("{:>3} % fell behind its schedule by {}\n", rung.percent, say::seconds(row.behind_s));
    }
    text
}

fn notes(row: &LoadRow, currency: &str) -> String {
    let mut notes = Vec::new();
    if !row.kept_schedule {
        let missed = say::count(row.missed_count as f64);
        notes.push(format!(
            "FELL BEHIND its schedule by {}, {missed} commands missed",
            say::seconds(row.behind_s)
        ));
    }
    for limit in &row.limits {
        let verdict = if limit.holds { "holds" } else { "FAILS" };
        notes.push(format!("{} {verdict} ({})", limit.limit, say::nanos(limit.reached_ns)));
    }
    if 0 < row.refused() {
        let reasons: Vec<String> = row
            .refusals
            .iter()
            .filter(|reason| 0 < reason.count)
            .map(|reason| format!("{} {}", say::count(reason.count as f64), reason.name))
            .collect();
        notes.push(format!("refused {}", reasons.join(", ")));
    }
    for (count, what) in [
        (row.replans_count, "planned again"),
        (row.unforeseen_count, "fulfillment orders the run had not"),
        (row.skipped_count, "steps without a subject"),
        (row.verified_count, "callbacks verified"),
        (row.left_count, "commands left"),
    ] {
        if 0 < count {
            notes.push(format!("{} {what}", say::count(count as f64)));
        }
    }
    notes.push(format!("split {}", say::percent(row.split_share)));
    notes.push(format!("freight {} {currency} an order", say::money(row.freight_minor_per_order)));
    notes.push("oversold 0, every law holds".to_owned());
    if row.digest_is_the_runs {
        notes.push("ends in the digest of the run".to_owned());
    }
    let mut text = String::new();
    let mut line = format!("  {}:", row.strategy);
    for (index, note) in notes.iter().enumerate() {
        let note = if index + 1 < notes.len() { format!(" {note};") } else { format!(" {note}") };
        if 80 < line.len() + note.len() {
            text += &line;
            text += "\n";
            line = "   ".to_owned();
        }
        line += &note;
    }
    text + &line + "\n"
}

/// One play alone: each command's own times.
fn commands(row: &LoadRow) -> String {
    let mut text = format!(
        "\n{:<25}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}\n",
        "command", "count", "mean", "p50", "p99", "p99.9", "max"
    );
    for verb in row.latency.iter().skip(1) {
        let time = |nanos: u64| if verb.timed_count == 0 { "-".to_owned() } else { say::nanos(nanos) };
        writeln!(
            text,
            "{:<25}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}",
            verb.command,
            say::short(verb.count as f64),
            time(verb.mean_ns as u64),
            time(verb.p50_ns),
            time(verb.p99_ns),
            time(verb.p999_ns),
            time(verb.max_ns),
        )
        .expect("a string takes all that is written");
    }
    text
}
