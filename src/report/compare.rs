//! A comparison told: a table for a terminal, one HTML file, CSV, and a JSON document.

use std::fmt::Write;
use std::path::PathBuf;

use serde::Serialize;

use super::document::{Document, Estimate, ReplicationRow};
use super::say;
use crate::experiment::compare::{MEASURES, Measure, MeasureKind, Side, holm};

/// `compare.json`.
#[derive(Debug, Clone, Serialize)]
pub struct CompareDocument {
    pub scenario: String,
    pub command: String,
    pub currency: String,
    pub seed: u64,
    pub replications: usize,
    pub confidence: f64,
    /// The strategy that the others are held against.
    pub base: String,
    pub rows: Vec<CompareRow>,
    /// The allocation decisions alone, where asked for.
    pub decisions: Vec<DecisionRow>,
}

/// One measure of one strategy.
#[derive(Debug, Clone, Serialize)]
pub struct CompareRow {
    pub strategy: String,
    pub measure: &'static str,
    pub unit: &'static str,
    pub value: Estimate,
    /// Less the base, replication by replication; absent for the base itself.
    pub difference: Option<Estimate>,
    /// Two-sided, of the paired t-test; absent for the base and with one replication.
    pub p_value: Option<f64>,
    /// Between the replications of this strategy and of the base.
    pub correlation: Option<f64>,
    /// How many times more runs the difference would need without common random numbers.
    pub variance_ratio: Option<f64>,
    /// Whether the difference is no chance, Holm's correction over all strategies of this measure included.
    pub is_distinct: bool,
}

/// A strategy's decisions on the allocation ledger.
#[derive(Debug, Clone, Serialize)]
pub struct DecisionRow {
    pub strategy: String,
    pub cost_minor_per_order: f64,
    pub parcels_per_order: f64,
    pub unit_fill_share: f64,
    pub gap_to_hindsight_share: f64,
    /// (base - this) / (base - bound).
    pub gap_closed_share: Option<f64>,
    pub bound_minor_per_order: f64,
    pub bound_kind: String,
    /// The least that could be reached is above the bound, by no more than this share of it.
    pub bound_quality_share: f64,
    pub decision_us: f64,
}

impl CompareDocument {
    /// Rows of all sides against the first.
    pub fn rows(sides: &[Side], confidence: f64) -> Vec<CompareRow> {
        let mut rows = Vec::new();
        let distinct = distinct(sides, 1.0 - confidence);
        for (index, side) in sides.iter().enumerate() {
            for (at, measure) in MEASURES.iter().enumerate() {
                let told = |found: crate::experiment::Estimate| Estimate {
                    mean: found.mean,
                    half_width: found.half_width,
                };
                let difference = (0 < index).then(|| side.less(&sides[0], at, confidence));
                let pairing = if 0 < index { side.pairing(&sides[0], at) } else { None };
                rows.push(CompareRow {
                    strategy: side.strategy.clone(),
                    measure: measure.name,
                    unit: unit(measure.kind),
                    value: told(side.estimate(at, confidence)),
                    difference: difference.map(told),
                    p_value: pairing.map(|found| found.p_value),
                    correlation: pairing.and_then(|found| found.correlation),
                    variance_ratio: pairing.and_then(|found| found.variance_ratio),
                    is_distinct: distinct[at][index],
                });
            }
        }
        rows
    }
}

/// What the first replications of a run found.
pub fn side_of_run(name: &str, run: &Document, replications: usize) -> Side {
    let of = |row: &ReplicationRow| {
        [
            row.cost_minor_per_order,
            row.freight_minor_per_order,
            row.packaging_minor_per_order,
            row.handling_minor_per_order,
            row.late_penalty_minor_per_order,
            row.lost_sale_minor_per_order,
            row.fulfillments_per_order,
            row.split_share,
            row.merged_share,
            row.merge_wait_s_mean,
            row.backorder_share,
            row.refused_share,
            row.on_time_share,
            row.lead_time_s_mean,
            row.km_per_order,
            row.kg_km_per_order,
            row.node_load_max_over_mean,
            row.node_load_gini,
        ]
    };
    let rows: Vec<[f64; MEASURES.len()]> = run.replications.iter().take(replications).map(of).collect();
    let values = (0..MEASURES.len()).map(|at| rows.iter().map(|row| row[at]).collect()).collect();
    Side { strategy: name.to_owned(), values, seed: run.seed }
}

/// By measure, then side: whether it differs from the first side by more than chance.
fn distinct(sides: &[Side], alpha: f64) -> Vec<Vec<bool>> {
    let of = |at: usize| {
        let p_value = |side: &Side| side.pairing(&sides[0], at).map_or(1.0, |found| found.p_value);
        let others: Vec<f64> = sides.iter().skip(1).map(p_value).collect();
        std::iter::once(false).chain(holm(&others, alpha)).collect()
    };
    (0..MEASURES.len()).map(of).collect()
}

pub(super) fn unit(kind: MeasureKind) -> &'static str {
    match kind {
        MeasureKind::MinorMoney => "minor",
        MeasureKind::Share => "share",
        MeasureKind::Ratio => "ratio",
        MeasureKind::Seconds => "s",
    }
}

pub(super) fn number(value: f64, unit: &str) -> String {
    match unit {
        "minor" => format!("{:.2}", value / 100.0),
        "share" => format!("{:.2} %", value * 100.0),
        "s" => say::seconds(value),
        _ => format!("{value:.3}"),
    }
}

pub(super) fn signed(value: &Estimate, unit: &str) -> String {
    let sign = if 0.0 <= value.mean { "+" } else { "-" };
    let width = value.half_width.map_or(String::new(), |width| format!(" +-{}", number(width, unit)));
    format!("{sign}{}{width}", number(value.mean.abs(), unit))
}

fn of<'d>(document: &'d CompareDocument, measure: &str) -> Vec<&'d CompareRow> {
    document.rows.iter().filter(|row| row.measure == measure).collect()
}

fn strategies(document: &CompareDocument) -> Vec<&str> {
    of(document, MEASURES[0].name).iter().map(|row| row.strategy.as_str()).collect()
}

/// Sides by name, or by letter where a name is longer than its column.
pub(super) struct Names<'d>(Vec<&'d str>);

impl<'d> Names<'d> {
    const COLUMN: usize = 23;

    fn of(document: &'d CompareDocument) -> Names<'d> {
        let names = strategies(document);
        let fit = names.iter().all(|name| super::terminal::width(name) <= Names::COLUMN);
        Names(if fit || 26 < names.len() { Vec::new() } else { names })
    }

    pub(super) fn whole() -> Names<'d> {
        Names(Vec::new())
    }

    pub(super) fn said(&self, name: &str) -> String {
        let place = self.0.iter().position(|own| *own == name);
        place.map_or(name.to_owned(), |place| char::from(b'A' + place as u8).to_string())
    }

    fn legend(&self) -> String {
        self.0.iter().map(|name| format!("  {}  {name}\n", self.said(name))).collect()
    }
}

/// For a terminal: one block a measure, the differences beside it; a star where the difference is no chance.
pub fn summary(document: &CompareDocument, folder: Option<&str>) -> String {
    let mut text = format!(
        "{}: {} sides, {} replications each on common random numbers, seed {}\n",
        document.scenario,
        strategies(document).len(),
        document.replications,
        document.seed
    );
    let names = Names::of(document);
    text += &names.legend();
    let head = format!("less {}, {:.0} % interval", names.said(&document.base), document.confidence * 100.0);
    // What is nothing on every side is in the table of the page.
    let told = |measure: &&Measure| of(document, measure.name).iter().any(|row| row.value.mean != 0.0);
    for measure in MEASURES.iter().filter(told) {
        let _ = writeln!(text, "\n  {:<26}{:>14}  {head}", measure.name, unit_said(document, measure.kind));
        for row in of(document, measure.name) {
            let difference = row.difference.as_ref().map_or(String::new(), |found| signed(found, row.unit));
            let star = if row.is_distinct { " *" } else { "" };
            let value = number(row.value.mean, row.unit);
            let line = format!("    {:<24}{value:>14}  {difference}{star}", names.said(&row.strategy));
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text += &super::verdicts::sentences(document, &names);
    text += &decisions(document);
    if let Some(folder) = folder {
        let _ = writeln!(text, "\n  written: {folder}/compare.html, compare.csv, compare.json");
    }
    text
}

fn unit_said(document: &CompareDocument, kind: MeasureKind) -> String {
    if kind == MeasureKind::MinorMoney { document.currency.clone() } else { String::new() }
}

fn decisions(document: &CompareDocument) -> String {
    let Some(first) = document.decisions.first() else { return String::new() };
    let mut text = format!(
        "\n  decisions alone, on the stock of the start; bound {:.2} {} an order\n  ({}; \
         the optimum is at most {} above it)\n",
        first.bound_minor_per_order / 100.0,
        document.currency,
        first.bound_kind,
        number(first.bound_quality_share, "share")
    );
    let _ = writeln!(
        text,
        "    {:<24}{:>12}{:>14}{:>10}{:>18}{:>12}{:>14}",
        "", "cost/order", "parcels/order", "filled", "gap to hindsight", "closed", "us/decision"
    );
    for row in &document.decisions {
        let _ = writeln!(
            text,
            "    {:<24}{:>12.2}{:>14.3}{:>10}{:>18}{:>12}{:>14.2}",
            row.strategy,
            row.cost_minor_per_order / 100.0,
            row.parcels_per_order,
            number(row.unit_fill_share, "share"),
            number(row.gap_to_hindsight_share, "share"),
            row.gap_closed_share.map_or("-".into(), |share| number(share, "share")),
            row.decision_us,
        );
    }
    text
}

/// `compare.csv`: one row a side and measure.
pub fn csv(document: &CompareDocument) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "strategy",
        "measure",
        "unit",
        "mean",
        "half_width",
        "difference_mean",
        "difference_half_width",
        "is_distinct",
        "p_value",
        "correlation",
        "variance_ratio",
    ];
    writer.write_record(head).expect("a table in memory takes rows");
    let cell = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    for row in &document.rows {
        let difference = row.difference.as_ref();
        let cells = [
            super::tables::text(&row.strategy),
            row.measure.to_owned(),
            row.unit.to_owned(),
            row.value.mean.to_string(),
            cell(row.value.half_width),
            cell(difference.map(|found| found.mean)),
            cell(difference.and_then(|found| found.half_width)),
            row.is_distinct.to_string(),
            cell(row.p_value),
            cell(row.correlation),
            cell(row.variance_ratio),
        ];
        writer.write_record(cells).expect("a table in memory takes rows");
    }
    writer.into_inner().expect("a table in memory is whole")
}

/// One file without requests or scripts.
pub fn html(document: &CompareDocument) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut body = String::new();
    for measure in MEASURES {
        let _ = write!(
            body,
            "<h2>{}</h2><table><thead><tr><th>side</th><th>{}</th><th>less {}</th></tr></thead><tbody>",
            measure.name,
            escape(&unit_said(document, measure.kind)),
            escape(&document.base)
        );
        for row in of(document, measure.name) {
            let class = if row.is_distinct { " class=\"distinct\"" } else { "" };
            let difference = row.difference.as_ref().map_or(String::new(), |found| signed(found, row.unit));
            let _ = write!(
                body,
                "<tr{class}><th>{}</th><td>{}</td><td>{}</td></tr>",
                escape(&row.strategy),
                number(row.value.mean, row.unit),
                difference.replace("+-", "\u{b1}")
            );
        }
        body += "</tbody></table>";
    }
    if !document.decisions.is_empty() {
        let _ = write!(body, "<h2>decisions alone</h2><pre>{}</pre>", escape(decisions(document).trim()));
    }
    let verdicts = match super::verdicts::sentences(document, &Names::whole()) {
        said if said.is_empty() => said,
        said => format!("<pre>{}</pre>", escape(said.trim())),
    };
    format!(
        "{HEAD}<title>{name}: compared</title>\n</head>\n<body><h1>{name}</h1>\
         <p>{count} replications each on common random numbers, seed {seed}; differences with {confidence:.0} % \
         intervals, bold where the difference is no chance (Holm).</p>{verdicts}{body}<p><code>{command}</code></p></body></html>\n",
        name = escape(&document.scenario),
        verdicts = verdicts,
        count = document.replications,
        seed = document.seed,
        confidence = document.confidence * 100.0,
        command = escape(&document.command),
    )
}

const HEAD: &str = include_str!("compare_head.html");

/// All files of the comparison.
pub fn files(document: &CompareDocument) -> Vec<(PathBuf, Vec<u8>)> {
    let mut json = serde_json::to_vec_pretty(document).expect("the document is plain data");
    json.push(b'\n');
    vec![
        ("compare.json".into(), json),
        ("compare.csv".into(), csv(document)),
        ("compare.html".into(), html(document).into_bytes()),
    ]
}
