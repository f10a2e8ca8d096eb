//! Bar charts: where the time goes, where the money goes, what became of the orders, how near the bounds are.

use super::draw::{Anchor, Ink, Scale, Sheet, chart, cut, text_width};
use crate::report::document::{SloRow, StageRow, Unit, Verdict};
use crate::report::say;

const ROW: f64 = 26.0;
const BAR: f64 = 12.0;

/// One bar.
pub struct Bar {
    pub label: String,
    pub value: f64,
    pub said: String,
    pub ink: Ink,
}

/// Bars from a common zero, each with its value at its end.
pub fn bars(what: &str, rows: &[Bar]) -> String {
    let told: Vec<String> = rows.iter().map(|row| format!("{} {}", row.label, row.said)).collect();
    chart(&format!("{what}: {}.", told.join("; ")), |frame| {
        let mut sheet = Sheet::new(frame, ROW * rows.len() as f64 + 4.0);
        let left = labels_width(rows.iter().map(|row| row.label.as_str()), frame.width);
        let right = rows.iter().map(|row| text_width(&row.said)).fold(0.0, f64::max) + 12.0;
        let largest = rows.iter().map(|row| row.value).fold(0.0, f64::max);
        let x = Scale::new((0.0, largest), (left, frame.width - right));
        for (index, row) in rows.iter().enumerate() {
            let middle = ROW * (index as f64 + 0.5) + 2.0;
            sheet.text((left - 10.0, middle), Anchor::End, Ink::Text, &cut(&row.label, left - 10.0));
            let end = x.at(row.value.max(0.0)).max(left + 1.0);
            sheet.rect((left, middle - BAR / 2.0), (end, middle + BAR / 2.0), row.ink, 0.85);
            sheet.text((end + 7.0, middle), Anchor::Start, Ink::Muted, &row.said);
        }
        sheet
    })
}

/// Mean time by stage, each bar beginning where the one before ends; work full, waiting light.
pub fn waterfall(stages: &[StageRow]) -> String {
    let rows: Vec<&StageRow> = stages.iter().filter(|row| 0 < row.entered_count).collect();
    let total: f64 = rows.iter().map(|row| row.time_s_mean.mean).sum();
    let said = |row: &StageRow| say::seconds(row.time_s_mean.mean);
    let told: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}, {:.0} % waiting", row.stage, said(row), row.wait_share * 100.0))
        .collect();
    chart(&format!("Mean time by stage: {}.", told.join("; ")), |frame| {
        let mut sheet = Sheet::new(frame, ROW * rows.len() as f64 + 4.0);
        let left = labels_width(rows.iter().map(|row| row.stage.as_str()), frame.width);
        let x = Scale::new((0.0, total), (left, frame.width - 1.0));
        let mut from_s = 0.0;
        for (index, row) in rows.iter().enumerate() {
            let middle = ROW * (index as f64 + 0.5) + 2.0;
            let to_s = from_s + row.time_s_mean.mean;
            let turn_s = from_s + row.time_s_mean.mean * row.wait_share;
            let (start, turn, end) = (x.at(from_s), x.at(turn_s), x.at(to_s).max(x.at(from_s) + 1.5));
            sheet.text((left - 10.0, middle), Anchor::End, Ink::Text, &row.stage);
            sheet.line(&[(left, middle + ROW / 2.0), (frame.width, middle + ROW / 2.0)], Ink::Grid, 0.5);
            sheet.rect((start, middle - BAR / 2.0), (turn, middle + BAR / 2.0), Ink::Second, 0.75);
            sheet.rect((turn, middle - BAR / 2.0), (end, middle + BAR / 2.0), Ink::Accent, 0.85);
            let time = said(row);
            let (anchor, at) = match end + 8.0 + text_width(&time) < frame.width {
                true => (Anchor::Start, end + 7.0),
                false => (Anchor::End, start - 7.0),
            };
            sheet.text((at, middle), anchor, Ink::Muted, &time);
            from_s = to_s;
        }
        sheet
    })
}

/// Each SLO's interval against its bound: the bound is the line in the middle, and right of it is worse.
pub fn intervals(slo: &[SloRow], currency: &str) -> String {
    let told: Vec<String> = slo
        .iter()
        .map(|row| {
            format!("{}: {}, {}", row.text, say::estimate(&row.value, row.unit, currency), row.verdict.name())
        })
        .collect();
    chart(&format!("SLO values against their bounds. {}.", told.join("; ")), |frame| {
        let mut sheet = Sheet::new(frame, 2.0 * ROW * slo.len() as f64 + 22.0);
        let floor = sheet.height - 20.0;
        let x = Scale::new((-1.0, 1.0), (0.0, frame.width));
        sheet.rect((x.at(0.0), 4.0), (frame.width, floor), Ink::Bad, 0.06);
        sheet.line(&[(x.at(0.0), 4.0), (x.at(0.0), floor)], Ink::Muted, 1.0);
        sheet.text((x.at(0.0) - 8.0, floor + 11.0), Anchor::End, Ink::Muted, "better");
        sheet.text((x.at(0.0) + 8.0, floor + 11.0), Anchor::Start, Ink::Muted, "worse than promised");
        for (index, row) in slo.iter().enumerate() {
            let top = 2.0 * ROW * index as f64;
            let ink = match row.verdict {
                Verdict::Holds => Ink::Accent,
                Verdict::Inconclusive => Ink::Second,
                Verdict::Fails => Ink::Bad,
            };
            let half = row.value.half_width.unwrap_or(0.0);
            let (low, high) = (badness(row, row.value.mean - half), badness(row, row.value.mean + half));
            let (at, middle) = (x.at(badness(row, row.value.mean)), top + 40.0);
            sheet.text((0.0, top + 19.0), Anchor::Start, Ink::Text, &cut(&row.text, frame.width));
            sheet.line(&[(x.at(low.min(high)), middle), (x.at(low.max(high)), middle)], ink, 3.0);
            sheet.circle((at, middle), 4.5, ink);
            let said = say::value(row.value.mean, row.unit, currency);
            let edge = x.at(low.max(high)).max(at + 4.5) + 8.0;
            match edge + text_width(&said) < frame.width {
                true => sheet.bold((edge, middle), Anchor::Start, ink, &said),
                false => sheet.bold((x.at(low.min(high)).min(at) - 12.0, middle), Anchor::End, ink, &said),
            }
        }
        sheet
    })
}

/// -1 .. 1: 0 at the bound, half-way out at a fifth beyond it. Shares are judged by what is missing to 1, since
/// 94 % against 95 % is a fifth more failures.
fn badness(row: &SloRow, value: f64) -> f64 {
    let at_least = row.sense == "at-least";
    let relative = match (row.unit, at_least) {
        (Unit::Share, true) => ((1.0 - value) / (1.0 - row.bound).max(1e-6)) - 1.0,
        (_, true) => row.bound / value.max(1e-12) - 1.0,
        (_, false) => value / row.bound.max(1e-12) - 1.0,
    };
    let folded = relative / (relative.abs() + 0.2);
    if folded.is_finite() { folded.clamp(-1.0, 1.0) } else { 0.0 }
}

fn labels_width<'a>(labels: impl Iterator<Item = &'a str>, width: f64) -> f64 {
    labels.map(text_width).fold(0.0, f64::max).min(width * 0.4) + 12.0
}
