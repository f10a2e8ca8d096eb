//! Stations over time: for each, its queue as an area on its own scale and its utilization as a band below.

use super::draw::{Anchor, Ink, Scale, Sheet, chart, cut, text_width};
use super::lines::{closed, time_axis};
use crate::report::clock::Clock;
use crate::report::document::{StationSeries, Timeline};
use crate::report::say;

const ROW: f64 = 54.0;
const QUEUE: f64 = 24.0;
const BAND: f64 = 7.0;
const COLUMNS: usize = 192;
const SATURATED: f64 = 0.95;

/// One row a station, as many as the document has.
pub fn stations(timeline: &Timeline, clock: &Clock) -> String {
    let told: Vec<String> = timeline
        .stations
        .iter()
        .map(|series| {
            let (index, peak) = peak(&series.queue_mean);
            let at = clock.say(index as f64 * timeline.interval_s);
            format!("{}: queue peaks at {} at {at}", series.station, say::count(peak))
        })
        .collect();
    chart(
        &format!("Queue and utilization of the busiest stations over time. {}.", told.join("; ")),
        |frame| {
            let mut sheet = Sheet::new(frame, ROW * timeline.stations.len() as f64 + 34.0);
            let left = if frame.is_narrow() {
                0.0
            } else {
                timeline.stations.iter().map(|row| text_width(&row.station)).fold(0.0, f64::max).min(220.0)
                    + 16.0
            };
            let intervals =
                timeline.stations.iter().map(|row| row.utilization.len()).max().unwrap_or(1).max(1);
            let hours = intervals as f64 * timeline.interval_s / 3_600.0;
            let x = Scale::new((0.0, hours), (left, frame.width - 1.0));
            time_axis(&mut sheet, &x, hours, clock);
            for (index, series) in timeline.stations.iter().enumerate() {
                row(&mut sheet, series, ROW * index as f64 + 8.0, left, frame.is_narrow());
            }
            sheet
        },
    )
}

fn row(sheet: &mut Sheet, series: &StationSeries, top: f64, left: f64, narrow: bool) {
    let (head, floor) = (top + 12.0, top + 12.0 + QUEUE);
    let width = sheet.width - 1.0 - left;
    let queue = columns(&series.queue_mean, |chunk| chunk.iter().copied().fold(0.0, f64::max));
    let (peak_index, peak) = peak(&queue);
    let y = Scale::new((0.0, peak.max(1.0)), (floor, head));
    let column = width / queue.len().max(1) as f64;
    let line: Vec<_> =
        queue.iter().enumerate().map(|(i, &value)| (left + column * (i as f64 + 0.5), y.at(value))).collect();
    sheet.fill(&closed(&line, floor), Ink::Second, 0.4);
    let said = format!("peak {}", say::count(peak));
    if narrow {
        sheet.text((0.0, top + 3.0), Anchor::Start, Ink::Text, &cut(&series.station, width * 0.6));
        sheet.text((sheet.width, top + 3.0), Anchor::End, Ink::Muted, &said);
    } else {
        let half = text_width(&said) / 2.0;
        let at = (left + column * (peak_index as f64 + 0.5)).clamp(left + half, sheet.width - half);
        sheet.text((0.0, floor - 4.0), Anchor::Start, Ink::Text, &cut(&series.station, left - 12.0));
        sheet.text((at, head - 8.0), Anchor::Middle, Ink::Muted, &said);
    }
    band(sheet, series, floor + 2.0, left, width);
}

/// Darker is busier, in five steps; the color of a broken promise above 95 %. Equal neighbors are one rectangle.
fn band(sheet: &mut Sheet, series: &StationSeries, top: f64, left: f64, width: f64) {
    let busy = columns(&series.utilization, |chunk| chunk.iter().sum::<f64>() / chunk.len() as f64);
    let step = |value: f64| if SATURATED < value { 6 } else { (value.clamp(0.0, 1.0) * 5.0).ceil() as u8 };
    let column = width / busy.len().max(1) as f64;
    let mut from = 0;
    for run in busy.chunk_by(|&a, &b| step(a) == step(b)) {
        let (ink, alpha) = match step(run[0]) {
            6 => (Ink::Bad, 0.9),
            step => (Ink::Accent, 0.06 + 0.14 * f64::from(step)),
        };
        let (start, end) = (left + column * from as f64, left + column * (from + run.len()) as f64);
        sheet.rect((start, top), (end, top + BAND), ink, alpha);
        from += run.len();
    }
}

/// At most `COLUMNS` values, each folded from equally many neighbors.
fn columns(values: &[f64], fold: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    values.chunks(values.len().div_ceil(COLUMNS).max(1)).map(fold).collect()
}

fn peak(values: &[f64]) -> (usize, f64) {
    let rising = |best: (usize, f64), (index, &value): (usize, &f64)| {
        if best.1 < value { (index, value) } else { best }
    };
    values.iter().enumerate().fold((0, 0.0), rising)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_are_folded_and_short_ones_kept() {
        let sum = |chunk: &[f64]| chunk.iter().sum::<f64>();
        assert_eq!(columns(&[1.0, 2.0], sum), [1.0, 2.0]);
        let folded = columns(&[1.0; 10_000], sum);
        assert!(folded.len() <= COLUMNS && folded.iter().sum::<f64>() == 10_000.0);
        assert!(columns(&[], sum).is_empty());
    }
}
