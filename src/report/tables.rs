//! CSV tables of a result: one header row, one row a thing, numbers in plain digits with the unit in the column's
//! name, so that any spreadsheet or data frame reads them.
//!
//! # Promises
//! - Text that a spreadsheet would run as a formula is disarmed by a leading apostrophe. Names come from scenario
//!   files that people mail around; a node called `=cmd|...` must stay a name.
//! - A missing value is an empty cell, never a zero.

use csv::Writer;

use super::document::{CountRow, Document, Estimate};

/// A finished table: the file's name and its bytes.
pub struct Table {
    pub name: &'static str,
    pub csv: Vec<u8>,
}

/// All tables of a document, in a fixed order.
pub fn tables(document: &Document) -> Vec<Table> {
    vec![
        slo(document),
        stages(document),
        stations(document),
        timeline(document),
        lanes(document),
        carriers(document),
        costs(document),
        replications(document),
        orders(document),
    ]
}

fn slo(document: &Document) -> Table {
    let mut sheet =
        Sheet::new("slo", "text,metric,stage,quantile,sense,bound,unit,value_mean,value_half_width,verdict");
    for row in &document.slo {
        let unit = serde_json::to_value(row.unit).ok().and_then(|unit| unit.as_str().map(str::to_owned));
        sheet.row([
            text(&row.text),
            text(&row.metric),
            text(row.stage.as_deref().unwrap_or_default()),
            optional(row.quantile),
            text(&row.sense),
            number(row.bound),
            unit.unwrap_or_default(),
            number(row.value.mean),
            half_width(&row.value),
            row.verdict.name().into(),
        ]);
    }
    sheet.table()
}

fn stages(document: &Document) -> Table {
    let mut sheet = Sheet::new(
        "stages",
        "stage,entered_count,left_count,time_s_mean,time_s_mean_half_width,time_s_p50,time_s_p90,time_s_p99,\
         time_s_p99_half_width,time_s_max,wait_share",
    );
    for row in &document.stages {
        sheet.row([
            text(&row.stage),
            row.entered_count.to_string(),
            row.left_count.to_string(),
            number(row.time_s_mean.mean),
            half_width(&row.time_s_mean),
            number(row.time_s_p50.mean),
            number(row.time_s_p90.mean),
            number(row.time_s_p99.mean),
            half_width(&row.time_s_p99),
            number(row.time_s_max),
            number(row.wait_share),
        ]);
    }
    sheet.table()
}

fn stations(document: &Document) -> Table {
    let mut sheet = Sheet::new(
        "stations",
        "station,stage,node,servers_max,served_count,utilization_ratio,utilization_ratio_half_width,wait_s_mean,\
         wait_s_mean_half_width,queue_max,queue_max_at_s,saturated_at_s,offered_load_ratio,cost_minor",
    );
    for row in &document.stations {
        sheet.row([
            text(&row.station),
            text(&row.stage),
            text(row.node.as_deref().unwrap_or_default()),
            row.servers_max.to_string(),
            row.served_count.to_string(),
            number(row.utilization_ratio.mean),
            half_width(&row.utilization_ratio),
            number(row.wait_s_mean.mean),
            half_width(&row.wait_s_mean),
            row.queue_max.to_string(),
            number(row.queue_max_at_s),
            optional(row.saturated_at_s),
            number(row.offered_load_ratio),
            number(row.cost_minor),
        ]);
    }
    sheet.table()
}

/// Long form: one row an interval and series, so that a pivot table takes it as it is.
fn timeline(document: &Document) -> Table {
    let timeline = &document.timeline;
    let mut sheet = Sheet::new("timeline", "from_s,scope,name,value");
    let mut series = |scope: &str, name: &str, values: &mut dyn Iterator<Item = f64>| {
        for (index, value) in values.enumerate() {
            sheet.row([number(index as f64 * timeline.interval_s), scope.into(), text(name), number(value)]);
        }
    };
    series("orders", "submitted", &mut timeline.submitted.iter().map(|&count| count as f64));
    series("orders", "delivered", &mut timeline.delivered.iter().map(|&count| count as f64));
    for row in &timeline.states {
        series("orders at the end", &row.state, &mut row.orders.iter().map(|&count| count as f64));
    }
    for station in &timeline.stations {
        series("utilization", &station.station, &mut station.utilization.iter().copied());
        series("queue_mean", &station.station, &mut station.queue_mean.iter().copied());
    }
    sheet.table()
}

fn lanes(document: &Document) -> Table {
    let mut sheet = Sheet::new(
        "lanes",
        "lane,from,to,carrier,departures_count,parcels_count,fill_ratio,rolled_over_count,cost_minor",
    );
    for row in &document.lanes {
        sheet.row([
            text(&row.lane),
            text(&row.from),
            text(&row.to),
            text(&row.carrier),
            row.departures_count.to_string(),
            row.parcels_count.to_string(),
            number(row.fill_ratio),
            row.rolled_over_count.to_string(),
            row.cost_minor.to_string(),
        ]);
    }
    sheet.table()
}

fn carriers(document: &Document) -> Table {
    let mut sheet = Sheet::new("carriers", "carrier,parcels_count,freight_minor,on_time_share,lost_count");
    for row in &document.shipments.carriers {
        sheet.row([
            text(&row.carrier),
            row.parcels_count.to_string(),
            row.freight_minor.to_string(),
            number(row.on_time_share),
            row.lost_count.to_string(),
        ]);
    }
    sheet.table()
}

fn costs(document: &Document) -> Table {
    let mut sheet = Sheet::new("costs", "line,minor,share,currency");
    for row in &document.cost.lines {
        sheet.row([text(&row.line), number(row.minor), number(row.share), text(&document.scenario.currency)]);
    }
    sheet.table()
}

fn replications(document: &Document) -> Table {
    let mut sheet = Sheet::new(
        "replications",
        "replication,submitted_count,completed_count,open_count,on_time_share,lead_time_s_mean,lead_time_s_p50,\
         lead_time_s_p90,lead_time_s_p99,cost_minor_per_order,split_share,refused_share,digest",
    );
    for row in &document.replications {
        sheet.row([
            row.replication.to_string(),
            row.submitted_count.to_string(),
            row.completed_count.to_string(),
            row.open_count.to_string(),
            number(row.on_time_share),
            number(row.lead_time_s_mean),
            number(row.lead_time_s_p50),
            number(row.lead_time_s_p90),
            number(row.lead_time_s_p99),
            number(row.cost_minor_per_order),
            number(row.split_share),
            number(row.refused_share),
            text(&row.digest),
        ]);
    }
    sheet.table()
}

fn orders(document: &Document) -> Table {
    let mut sheet = Sheet::new("orders", "group,name,count");
    let orders = &document.orders;
    let mut group = |group: &str, rows: &[CountRow]| {
        for row in rows {
            sheet.row([group.into(), text(&row.name), row.count.to_string()]);
        }
    };
    group("submitted", &[CountRow { name: "submitted".into(), count: orders.submitted }]);
    group("final", &orders.final_states);
    group("open", &orders.open_states);
    group("refusal", &document.refusals);
    group("funnel", &document.funnel);
    group("transition", &document.transitions);
    sheet.table()
}

/// A whole table from its rows.
pub(super) fn sheet<const N: usize>(
    name: &'static str,
    header: &str,
    rows: impl Iterator<Item = [String; N]>,
) -> Table {
    let mut sheet = Sheet::new(name, header);
    rows.for_each(|row| sheet.row(row));
    sheet.table()
}

struct Sheet {
    name: &'static str,
    writer: Writer<Vec<u8>>,
}

impl Sheet {
    fn new(name: &'static str, header: &str) -> Sheet {
        let mut sheet = Sheet { name, writer: Writer::from_writer(Vec::new()) };
        sheet.row(header.split(',').map(str::to_owned));
        sheet
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.writer.write_record(cells).expect("rows of one sheet are equally long, and memory takes them");
    }

    fn table(self) -> Table {
        let csv = self.writer.into_inner().expect("memory takes what is flushed");
        Table { name: self.name, csv }
    }
}

/// A text cell that no spreadsheet runs: the list of leading characters is OWASP's, "CSV Injection".
pub(super) fn text(cell: &str) -> String {
    let runs =
        |first: char| matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    // Some spreadsheets trim before they look.
    match cell.starts_with(runs) || cell.trim_start().starts_with(runs) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

fn optional(value: Option<f64>) -> String {
    value.map_or_else(String::new, number)
}

fn half_width(estimate: &Estimate) -> String {
    optional(estimate.half_width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use expect_test::expect;

    #[test]
    fn formulas_are_disarmed() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"] {
            assert_eq!(text(cell), format!("'{cell}"));
        }
        assert_eq!(text("pack @ hangzhou"), "pack @ hangzhou");
        let mut document = sample::document();
        document.stations[0].station = "=HYPERLINK(\"x\")".into();
        let stations = String::from_utf8(stations(&document).csv).expect("tables are UTF-8");
        assert!(stations.contains("\n\"'=HYPERLINK(\"\"x\"\")\",pick,"));
    }

    #[test]
    fn the_slo_table() {
        let table = slo(&sample::document());
        expect![[r#"
            text,metric,stage,quantile,sense,bound,unit,value_mean,value_half_width,verdict
            ship-time p99 at most 24 h,ship-time,,0.99,at-most,86400,seconds,97800,1320,fails
            on-time share at least 94 %,on-time-share,,,at-least,0.94,share,0.941,0.004,inconclusive
            time in pay p99 at most 3 s,stage-time,pay,0.99,at-most,3,seconds,1.8,0.1,holds
            refused share at most 2 %,refused-share,,,at-most,0.02,share,0.0162,0.0006,holds
        "#]]
        .assert_eq(&String::from_utf8(table.csv).expect("tables are UTF-8"));
    }

    #[test]
    fn every_table_is_rectangular() {
        for table in tables(&sample::document()) {
            let mut reader = csv::Reader::from_reader(table.csv.as_slice());
            let rows: Result<Vec<_>, _> = reader.records().collect();
            assert!(!rows.expect(table.name).is_empty(), "{} is empty", table.name);
        }
    }
}
