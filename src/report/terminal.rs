//! The terminal summary: the whole answer on one screen of 80 columns, readable without color.
//!
//! # Promises
//! - No line is wider than 80 columns, whatever names a scenario brings; what does not fit ends in `~`.
//! - Control characters in names never reach the terminal.
//! - The order of the answer is the order of the questions: does it hold, what breaks, what does it cost.

use super::clock::Clock;
use super::document::{
    DifferenceRow, Document, Estimate, FaultFactRow, FaultFacts, FixRow, SloRow, StageRow, StationRow, Unit,
    Verdict,
};
use super::machine::Machine;
use super::say;

pub const WIDTH: usize = 80;
const LABEL: usize = 9;
/// Columns of the part that a row of `LIFE` is about.
const PART: usize = 18;
const STATIONS_SHOWN: usize = 8;
const FAULTS_SHOWN: usize = 4;
const UNITS_SHOWN: usize = 2;

/// The summary of a run whose files are in `folder`, with a newline at the end.
pub fn summary(document: &Document, machine: &Machine, folder: &str) -> String {
    let clock = Clock::new(&document.scenario.start, document.scenario.horizon_s);
    let mut page = Page::default();
    headline(&mut page, document, machine);
    verdict(&mut page, document);
    breaks(&mut page, document, &clock);
    advice(&mut page, document);
    faults(&mut page, document, &clock);
    cost(&mut page, document);
    orders(&mut page, document);
    life(&mut page, document);
    stages(&mut page, document);
    stations(&mut page, document, &clock);
    speed(&mut page, document, machine);
    page.line(&format!("{folder}/report.html   exit {}", document.verdict.exit_code()));
    page.text
}

fn headline(page: &mut Page, document: &Document, machine: &Machine) {
    let replications = document.replications.len();
    let right = say::seconds(machine.wall_s);
    let left = format!(
        "{}  {}  {} orders  {replications} replication{}  seed {}",
        document.scenario.name,
        say::seconds(document.scenario.horizon_s),
        say::count(document.orders.submitted as f64),
        if replications == 1 { "" } else { "s" },
        document.seed,
    );
    page.line(&format!("{} {right}", fit(&left, WIDTH - 1 - width(&right))));
}

fn verdict(page: &mut Page, document: &Document) {
    let said = document.verdict.name().to_uppercase();
    let slos = document.slo.len();
    let basis = match (slos, document.replications.len()) {
        (0, _) => "no SLO was set: nothing was promised, nothing was judged".into(),
        (_, 1) => "one replication: no interval, so believe it with care".into(),
        (_, n) => format!("at {:.0} % confidence over {n} replications", document.confidence * 100.0),
    };
    page.entry("VERDICT", &format!("{said}  {basis}"));
    regime(page, document);
    let mut rows: Vec<&SloRow> = document.slo.iter().collect();
    // Bad news first; within a verdict as the planner wrote them.
    rows.sort_by_key(|row| match row.verdict {
        Verdict::Fails => 0,
        Verdict::Inconclusive => 1,
        Verdict::Holds => 2,
    });
    for row in rows {
        let value = say::estimate(&row.value, row.unit, &document.scenario.currency);
        let room = WIDTH - LABEL - 14 - 2 - width(&value).max(24);
        page.entry("", &format!("{:<13} {}  {value:>24}", row.verdict.name(), fit(&row.text, room)));
    }
}

/// Of a steady state: whether the warm-up leaves out what it should.
fn regime(page: &mut Page, document: &Document) {
    let facts = &document.scenario;
    if facts.regime.kind != "steady-state" {
        return;
    }
    let warm_up = say::seconds(facts.warm_up_s);
    page.entry(
        "",
        &match facts.regime.mser5_s {
            Some(start) if start <= facts.warm_up_s => {
                format!(
                    "steady from {} on (MSER-5); run.warm-up {warm_up} leaves that out",
                    say::seconds(start)
                )
            }
            Some(start) => {
                format!("steady from {} on (MSER-5); run.warm-up is {warm_up}", say::seconds(start))
            }
            None => format!("no steady state in sight (MSER-5) after run.warm-up {warm_up}; run it longer"),
        },
    );
}

fn breaks(page: &mut Page, document: &Document, clock: &Clock) {
    let Some((first, rest)) = document.bottlenecks.split_first() else {
        page.entry("BREAKS", "nothing: no station was used above 95 % of an interval");
        return;
    };
    page.entry(
        "BREAKS",
        &format!(
            "{} from {}; queue peaks {} at {}",
            first.place,
            clock.say(first.from_s),
            say::count(first.queue_max as f64),
            clock.say(first.queue_max_at_s)
        ),
    );
    if 1 < document.replications.len() {
        page.entry("", &format!("in {} of {} replications", first.replications, document.replications.len()));
    }
    for next in rest.iter().take(2) {
        let queue = say::count(next.queue_max as f64);
        page.entry("", &format!("then {} from {}; queue peaks {queue}", next.place, clock.say(next.from_s)));
    }
}

/// What one unit more is worth, and the cheapest ways to keep every promise.
fn advice(page: &mut Page, document: &Document) {
    let currency = &document.scenario.currency;
    let Some(facts) = &document.advice else {
        if document.verdict == Verdict::Fails {
            page.entry("ADVICE", "run with --advise to look for the cheapest changes");
        }
        return;
    };
    let mut label = "ADVICE";
    for unit in facts.units.iter().take(UNITS_SHOWN) {
        let mut parts = vec![format!("+1 {}:", unit.station)];
        if let (Some(promise), Some(moved)) = (&facts.promise, &unit.promise) {
            let name = super::advice::name(promise);
            parts.push(format!("{name} {},", say::difference(moved, promise.unit, currency)));
        }
        parts.push(format!("cost {}", say::difference(&unit.cost_minor, Unit::MinorMoney, currency)));
        page.list(std::mem::take(&mut label), "", " ", &parts);
    }
    if let Some(first) = facts.units.first() {
        let next = facts.next.as_deref().map_or("nothing".to_owned(), str::to_owned);
        page.entry("", &format!("with four times {}, {next} breaks first", first.station));
    }
    match (facts.fixes.is_empty(), document.verdict) {
        (_, Verdict::Holds) if facts.units.is_empty() => page.entry(label, "nothing: every promise is kept"),
        (_, Verdict::Holds) => {}
        (true, _) => page.entry(label, "nothing that was tried keeps every promise; `solve` searches wider"),
        (false, _) => page.entry(label, "to keep every promise, the cheapest first:"),
    }
    for (place, fix) in facts.fixes.iter().enumerate() {
        remedy(page, document, place + 1, fix);
    }
}

fn remedy(page: &mut Page, document: &Document, number: usize, fix: &FixRow) {
    let currency = &document.scenario.currency;
    let changes: Vec<String> = fix.changes.iter().map(super::advice::change).collect();
    page.list("", &format!("{number}  "), ", ", &changes);
    let cost = say::difference(&fix.cost_minor, Unit::MinorMoney, currency);
    let next =
        fix.next.as_ref().map_or("then nothing breaks".to_owned(), |next| format!("then {next} breaks"));
    let verdict = fix.verdict.name();
    page.list("", "   ", "  ", &[verdict.to_owned(), format!("cost {cost}"), next]);
    for (before, after) in super::advice::turned(&document.slo, fix) {
        let [from, to] = [before, after].map(|row| say::value(row.value.mean, row.unit, currency));
        page.entry("", &format!("   {}: {from} -> {to}", before.text));
    }
}

/// What went wrong on purpose, and what came of it: the run beside itself without faults.
fn faults(page: &mut Page, document: &Document, clock: &Clock) {
    let Some(facts) = &document.faults else { return };
    let currency = &document.scenario.currency;
    let shown = &facts.faults[..facts.faults.len().min(FAULTS_SHOWN)];
    let mut label = "FAULTS";
    // Faults that act at once share one wake: it is told once, under the last of them.
    for together in shown.chunk_by(|a, b| a.extra_in_work == b.extra_in_work) {
        for row in together {
            page.entry(label, &fault(row, clock));
            label = "";
        }
        page.list("", if 1 < together.len() { "together: " } else { "" }, " ", &wake(together, document));
    }
    if FAULTS_SHOWN < facts.faults.len() {
        page.entry("", &format!("and {} more in the report", facts.faults.len() - FAULTS_SHOWN));
    }
    page.entry("", "beside the same luck without them:");
    for (row, calm) in document.slo.iter().zip(&facts.slo_without) {
        if row.verdict != calm.verdict {
            let [with, calm] = [row, calm].map(|row| say::value(row.value.mean, row.unit, currency));
            let verdict = row.verdict.name();
            page.entry("", &format!("{verdict}: {}: {calm} -> {with}", row.text));
        }
    }
    if let Some(first) = facts.broken.first() {
        page.entry("", &format!("breaks {} from {}", first.place, clock.say(first.from_s)));
    }
    for group in ["cost", "orders"] {
        let parts = changes(facts, group, currency);
        match parts.is_empty() {
            true => page.entry("", &format!("{group}: no difference")),
            false => page.list("", "", "  ", &parts),
        }
    }
}

/// A fault, when, and whom it struck.
fn fault(row: &FaultFactRow, clock: &Clock) -> String {
    let when = format!("{}, {} to {}", row.fault, clock.say(row.from_s), clock.say(row.until_s));
    if row.struck_mean == 0.0 { when } else { format!("{when}, struck {}", say::count(row.struck_mean)) }
}

/// What faults that acted together left behind; recovery is counted from the end of the last.
fn wake(together: &[FaultFactRow], document: &Document) -> Vec<String> {
    let last = together.iter().max_by(|a, b| a.until_s.total_cmp(&b.until_s)).expect("a chunk has rows");
    vec![
        format!("at most {} orders more in work,", say::estimate(&last.extra_in_work, Unit::Count, "")),
        super::faults::recovery(last, document),
    ]
}

/// The total and the largest differences of a group; none where both sides are equal.
fn changes(facts: &FaultFacts, group: &str, currency: &str) -> Vec<String> {
    let differs = |row: &&DifferenceRow| {
        row.group == group && !(row.difference.mean == 0.0 || row.name == "cost per order")
    };
    let mut rows: Vec<&DifferenceRow> = facts.differences.iter().filter(differs).collect();
    rows.sort_by(|a, b| {
        let size = |row: &DifferenceRow| (row.name == "total cost", row.difference.mean.abs());
        size(b).partial_cmp(&size(a)).expect("differences are numbers")
    });
    let said = |row: &&DifferenceRow| {
        format!("{} {}", row.name, say::difference(&row.difference, row.unit, currency))
    };
    rows.iter().take(4).map(said).collect()
}

fn cost(page: &mut Page, document: &Document) {
    let cost = &document.cost;
    let currency = &document.scenario.currency;
    let total = say::estimate(&cost.total_minor, Unit::MinorMoney, currency);
    let per_order = say::estimate(&cost.per_order_minor, Unit::MinorMoney, currency);
    page.entry("COST", &format!("{total}   {per_order} per order"));
    let mut lines: Vec<_> = cost.lines.iter().collect();
    lines.sort_by(|a, b| b.minor.total_cmp(&a.minor));
    let largest = lines
        .iter()
        .take(3)
        .map(|row| format!("{} {} ({:.0} %)", row.line, say::money(row.minor), row.share * 100.0));
    page.list("", "", "  ", &largest.collect::<Vec<_>>());
    let share = |part: &Estimate| {
        format!("{} ({:.0} %)", say::money(part.mean), 100.0 * part.mean / cost.total_minor.mean)
    };
    let (plan, outcome) = (share(&cost.plan_minor), share(&cost.outcome_minor));
    page.entry("", &format!("plan {plan}, with the orders {outcome}"));
}

fn orders(page: &mut Page, document: &Document) {
    let orders = &document.orders;
    let mut parts: Vec<String> = orders
        .final_states
        .iter()
        .filter(|row| 0 < row.count)
        .map(|row| format!("{} {}", say::count(row.count as f64), row.name))
        .collect();
    parts.push(format!("{} open", say::count(orders.open as f64)));
    page.list("ORDERS", &format!("{} submitted = ", say::count(orders.submitted as f64)), " + ", &parts);
}

/// Figures that are zero are left out.
fn life(page: &mut Page, document: &Document) {
    for rows in document.life.chunk_by(|a, b| a.part == b.part) {
        let told: Vec<String> = rows
            .iter()
            .filter(|row| row.value.mean != 0.0)
            .map(|row| {
                let value = Estimate { half_width: None, ..row.value };
                format!("{} {}", row.measure, say::estimate(&value, row.unit, &document.scenario.currency))
            })
            .collect();
        for (index, line) in wrapped(&told, WIDTH - LABEL - PART - 1).iter().enumerate() {
            let label = if index == 0 { "LIFE" } else { "" };
            let part = if index == 0 { rows[0].part.as_str() } else { "" };
            page.entry(label, &format!("{} {line}", fit(part, PART)));
        }
    }
}

/// `parts` with commas between, in lines of at most `columns`; a part that is wider than a line is cut.
fn wrapped(parts: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if width(line) + 2 + width(part) <= columns => *line += &format!(", {part}"),
            _ if columns < width(part) => lines.push(fit(part, columns)),
            _ => lines.push(part.clone()),
        }
    }
    lines
}

fn stages(page: &mut Page, document: &Document) {
    let slowest = document.stages.iter().map(|row| row.time_s_mean.mean).fold(0.0, f64::max);
    if slowest <= 0.0 {
        return;
    }
    page.line("");
    page.line("stage              mean         p50         p99   # work  . wait");
    for row in document.stages.iter().filter(|row| 0 < row.entered_count) {
        page.line(&format!(
            "{} {:>11} {:>11} {:>11}   {}",
            fit(&row.stage, 11),
            say::seconds(row.time_s_mean.mean),
            say::seconds(row.time_s_p50.mean),
            say::seconds(row.time_s_p99.mean),
            stage_bar(row, slowest),
        ));
    }
}

/// Thirty columns are the slowest stage.
fn stage_bar(row: &StageRow, slowest: f64) -> String {
    let columns = (30.0 * row.time_s_mean.mean / slowest).round();
    let wait = (columns * row.wait_share).round();
    format!("{}{}", "#".repeat((columns - wait).max(0.0) as usize), ".".repeat(wait.max(0.0) as usize))
}

fn stations(page: &mut Page, document: &Document, clock: &Clock) {
    let mut rows: Vec<&StationRow> = document.stations.iter().filter(|row| 0 < row.served_count).collect();
    if rows.is_empty() {
        return;
    }
    // Trouble first: stations that ran full, the earliest and the longest queue on top; then the busiest.
    let full_at = |row: &StationRow| row.saturated_at_s.unwrap_or(f64::INFINITY);
    rows.sort_by(|a, b| {
        full_at(a)
            .total_cmp(&full_at(b))
            .then(b.queue_max.cmp(&a.queue_max))
            .then(b.utilization_ratio.mean.total_cmp(&a.utilization_ratio.mean))
    });
    page.line("");
    page.line("station                   util  wait share  queue max  first > 95 %");
    for row in rows.iter().take(STATIONS_SHOWN) {
        let stage = document.stages.iter().find(|stage| stage.stage == row.stage);
        let saturated = row.saturated_at_s.map_or("-".into(), |at| clock.say(at));
        page.line(&format!(
            "{} {:>5.0} % {:>11} {:>10}  {saturated:>12}  {}",
            fit(&row.station, 22),
            row.utilization_ratio.mean * 100.0,
            wait_share(row, stage),
            say::count(row.queue_max as f64),
            "#".repeat((8.0 * row.utilization_ratio.mean.clamp(0.0, 1.0)).round() as usize),
        ));
    }
    let more = rows.len().saturating_sub(STATIONS_SHOWN);
    if 0 < more {
        page.line(&format!("and {more} more in tables/stations.csv"));
    }
}

/// Waiting here against the mean time of the whole stage, which every node shares.
fn wait_share(row: &StationRow, stage: Option<&StageRow>) -> String {
    match stage {
        Some(stage) if 0.0 < stage.time_s_mean.mean => {
            let work_s = stage.time_s_mean.mean * (1.0 - stage.wait_share);
            format!("{:.0} %", 100.0 * row.wait_s_mean.mean / (row.wait_s_mean.mean + work_s).max(1e-9))
        }
        _ => "-".into(),
    }
}

fn speed(page: &mut Page, document: &Document, machine: &Machine) {
    page.line("");
    page.line(&format!(
        "{} events/s, {} orders/s a core; {} MB; {} thread{}; {} events an order",
        say::short(machine.events_per_cpu_s),
        say::short(machine.orders_per_cpu_s),
        say::count(machine.peak_memory_bytes as f64 / 1e6),
        machine.threads,
        if machine.threads == 1 { "" } else { "s" },
        say::count(document.events.per_order),
    ));
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text += fit(line, WIDTH).trim_end();
        self.text.push('\n');
    }

    fn entry(&mut self, label: &str, text: &str) {
        self.line(&format!("{label:<LABEL$}{text}"));
    }

    /// As many parts a line as fit, none of them cut in two.
    fn list(&mut self, label: &str, head: &str, sign: &str, parts: &[String]) {
        let (mut label, mut line) = (label, head.to_owned());
        for (index, part) in parts.iter().enumerate() {
            let sign = if index == 0 { "" } else { sign };
            if 0 < index && WIDTH - LABEL < width(&line) + width(sign) + width(part) {
                self.entry(label, &line);
                (label, line) = ("", sign.trim_start().to_owned());
            } else {
                line += sign;
            }
            line += part;
        }
        self.entry(label, &line);
    }
}

/// `text` in exactly `columns`: padded, or cut with `~` at the end.
fn fit(text: &str, columns: usize) -> String {
    let mut fitted = String::with_capacity(columns);
    let mut used = 0;
    let visible = || text.chars().filter(|character| !character.is_control());
    let total: usize = visible().map(char_width).sum();
    let room = if columns < total { columns.saturating_sub(1) } else { columns };
    for character in visible() {
        if room < used + char_width(character) {
            break;
        }
        used += char_width(character);
        fitted.push(character);
    }
    if columns < total {
        fitted.push('~');
        used += 1;
    }
    fitted.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    fitted
}

pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Columns of a character: two for the wide East Asian blocks (Unicode Standard Annex 11), coarsely.
fn char_width(character: char) -> usize {
    match character as u32 {
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF => 2,
        0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample, sample_more};
    use expect_test::expect;

    /// Four figures of one part are longer than a line: each is told whole, on a line of its own if need be.
    #[test]
    fn no_figure_of_a_life_is_cut() {
        let figures =
            ["left behind 1 234", "cost a parcel 12.50 CNY", "formula off search 4.2 %", "tours 99"];
        let lines = wrapped(&figures.map(str::to_owned), 45);
        assert_eq!(
            lines,
            ["left behind 1 234, cost a parcel 12.50 CNY", "formula off search 4.2 %, tours 99"]
        );
        assert_eq!(wrapped(&["x".repeat(50)], 45), [format!("{}~", "x".repeat(44))]);
        assert!(wrapped(&[], 45).is_empty());
    }

    #[test]
    fn one_screen() {
        let text = summary(&sample::document(), &sample::machine(), "reports/singles-day-peak");
        expect![[r#"
            singles-day-peak  4 d  1 920 000 orders  20 replications  seed 7           3.4 s
            VERDICT  FAILS  at 95 % confidence over 20 replications
                     fails         ship-time p99 at most 24 h              27 h 10 m +- 22 m
                     inconclusive  on-time share at least 94 %               94.1 % +- 0.4 %
                     holds         time in pay p99 at most 3 s               1.8 s +- 100 ms
                     holds         refused share at most 2 %                  1.6 % +- 0.1 %
            BREAKS   pack @ hangzhou from Wed 02:40; queue peaks 34 365 at Wed 07:15
                     in 20 of 20 replications
                     then pick @ hangzhou from Wed 03:30; queue peaks 8 883
                     then pack @ beijing from Wed 03:45; queue peaks 11 690
            ADVICE   run with --advise to look for the cheapest changes
            COST     1 136 400 CNY +- 7 400   11.84 CNY +- 0.08 per order
                     freight 512 000 (45 %)  labor 329 000 (29 %)
                     late penalties 102 400 (9 %)
                     plan 428 600 (38 %), with the orders 707 800 (62 %)
            ORDERS   1 920 000 submitted = 1 678 002 completed + 61 004 returned
                     + 20 411 cancelled + 38 900 expired + 17 204 declined + 9 402 rejected
                     + 3 306 undelivered + 31 204 refused + 60 567 open

            stage              mean         p50         p99   # work  . wait
            browse              4 m    2 m 48 s    9 m 16 s
            cart               15 m   10 m 30 s   43 m 12 s
            submit              0 s         0 s         0 s
            pay              41.0 s      28.7 s    7 m 06 s
            review        24 m 20 s   17 m 02 s    3 h 14 m   .
            allocate      10 m 10 s    7 m 07 s    8 h 16 m
            merge              20 m        14 m        32 m
            pick           2 h 43 m    1 h 54 m    8 h 29 m   ...
            pack           8 h 43 m    6 h 06 m   26 h 30 m   ...........
            ship           7 h 16 m    5 h 05 m   18 h 37 m   ######...
            deliver       14 h 38 m   10 h 14 m   39 h 49 m   ##############....
            receive            24 h   16 h 48 m    2 d 09 h   ##############################
            after-sales    6 h 06 m    4 h 16 m         2 d   #######.

            station                   util  wait share  queue max  first > 95 %
            pack @ hangzhou           98 %        97 %     34 366     Wed 02:40  ########
            pick @ hangzhou           88 %        92 %      8 885     Wed 02:40  #######
            pack @ beijing            90 %        92 %     10 883     Wed 03:30  #######
            pack @ guangzhou          80 %        82 %      3 051             -  ######
            pick @ beijing            79 %        81 %      2 434             -  ######
            sort @ shanghai           61 %         1 %      2 010             -  #####
            sort @ tianjin            56 %         1 %      1 890             -  ####
            sort @ shenzhen           51 %         1 %      1 770             -  ####
            and 8 more in tables/stations.csv

            4.91 M events/s, 290.4 k orders/s a core; 187 MB; 2 threads; 17 events an order
            reports/singles-day-peak/report.html   exit 99
        "#]]
        .assert_eq(&text);
        assert!(text.lines().all(|line| width(line) <= WIDTH));
    }

    #[test]
    fn faults_are_told_beside_the_same_luck_without_them() {
        let text = summary(&sample_more::with_faults(), &sample::machine(), "reports/storm");
        let told: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.starts_with("FAULTS"))
            .take_while(|line| !line.starts_with("COST"))
            .collect();
        expect![[r#"
            FAULTS   no-shows hangzhou, Wed 00:00 to Wed 06:00
                     at most 8 204 +- 310 orders more in work, recovered in 9 h +- 30 m
                     gateway-timeout alipay, Wed 02:00 to Wed 03:00, struck 1 203
                     at most 700 +- 20 orders more in work,
                     recovered in 3 of 20 replications
                     beside the same luck without them:
                     fails: ship-time p99 at most 24 h: 21 h 36 m -> 27 h 10 m
                     inconclusive: on-time share at least 94 %: 84.6 % -> 94.1 %
                     breaks pack @ hangzhou from Wed 02:40
                     total cost +23 100 CNY +- 2 310  late penalties +22 400 CNY +- 2 240
                     late +11 200 +- 1 120  completed -120 +- 12"#]]
        .assert_eq(&told.join("\n"));
        assert!(text.lines().all(|line| width(line) <= WIDTH));
    }

    #[test]
    fn advice_is_told_where_it_breaks() {
        let text = summary(&sample_more::with_advice(), &sample::machine(), "reports/peak");
        let told: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.starts_with("ADVICE"))
            .take_while(|line| !line.starts_with("COST"))
            .collect();
        expect![[r#"
            ADVICE   +1 pack @ hangzhou: ship-time p99 -12 m 20 s +- 1 m,
                     cost -310.00 CNY +- 12.00
                     +1 pick @ hangzhou: ship-time p99 -12.0 s +- 1 m,
                     cost +420.00 CNY +- 12.00
                     with four times pack @ hangzhou, pick @ hangzhou breaks first
                     to keep every promise, the cheapest first:
                     1  nodes.hangzhou.packers 120 -> 166, nodes.hangzhou.pickers 160 -> 172
                        holds  cost -8 120.00 CNY +- 210.00  then pack @ beijing breaks
                        ship-time p99 at most 24 h: 27 h 10 m -> 21 h 36 m
                        on-time share at least 94 %: 94.1 % -> 95.0 %
                     2  nodes.*.packers x 1.4
                        holds  cost +16 400 CNY +- 210  then nothing breaks
                        ship-time p99 at most 24 h: 27 h 10 m -> 21 h 36 m
                        on-time share at least 94 %: 94.1 % -> 95.0 %"#]]
        .assert_eq(&told.join("\n"));
        assert!(text.lines().all(|line| width(line) <= WIDTH));
    }

    #[test]
    fn quiet_runs_say_so() {
        let mut document = sample::document();
        document.verdict = Verdict::Holds;
        document.slo.clear();
        document.bottlenecks.clear();
        document.replications.truncate(1);
        let text = summary(&document, &sample::machine(), "reports/quiet");
        let head: String = text.lines().take(3).map(|line| line.to_owned() + "\n").collect();
        expect![[r#"
            singles-day-peak  4 d  1 920 000 orders  1 replication  seed 7             3.4 s
            VERDICT  HOLDS  no SLO was set: nothing was promised, nothing was judged
            BREAKS   nothing: no station was used above 95 % of an interval
        "#]]
        .assert_eq(&head);
        assert!(text.ends_with("reports/quiet/report.html   exit 0\n"));
    }

    #[test]
    fn names_cannot_break_the_screen() {
        let mut document = sample::document();
        document.scenario.name = "\x1b[31mred\x07 and very long ".repeat(9);
        document.bottlenecks[0].place = "打包 @ 杭州仓".repeat(12);
        document.slo[0].text = "x".repeat(300);
        document.stations[1].station = "\n\n\n".into();
        let text = summary(&document, &sample::machine(), &"f".repeat(200));
        assert!(text.lines().all(|line| width(line) <= WIDTH), "{text}");
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
    }
}
