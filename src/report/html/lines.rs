//! Charts over time: arrivals against deliveries, and how old orders are when they arrive.

use super::draw::{Anchor, Ink, Scale, Sheet, chart, text_width};
use crate::report::clock::Clock;
use crate::report::document::{DeliveryFacts, FaultFactRow, FaultFacts, Timeline};
use crate::report::say;

const TOP: f64 = 26.0;
const BOTTOM: f64 = 26.0;

/// Orders an hour, submitted as an area and delivered as a line.
pub fn flow(timeline: &Timeline, clock: &Clock) -> String {
    let submitted = hourly(&timeline.submitted, timeline.interval_s);
    let delivered = hourly(&timeline.delivered, timeline.interval_s);
    let (peak, delivered_peak) = (peak(&submitted), peak(&delivered));
    let at = |index: usize| clock.say(index as f64 * timeline.interval_s);
    let alternative = format!(
        "Orders an hour over time. Submissions peak at {} an hour at {}; deliveries peak at {} an hour at {}.",
        say::count(peak.1),
        at(peak.0),
        say::count(delivered_peak.1),
        at(delivered_peak.0),
    );
    chart(&alternative, |frame| {
        let mut sheet = Sheet::new(frame, 260.0);
        let top = peak.1.max(delivered_peak.1).max(1.0);
        let floor = sheet.height - BOTTOM;
        let y = Scale::new((0.0, top), (floor, TOP));
        let left = rules(&mut sheet, &y, say::count);
        sheet.plot_from = Some(left);
        let hours = submitted.len().max(1) as f64 * timeline.interval_s / 3_600.0;
        let x = Scale::new((0.0, hours), (left, sheet.width - 1.0));
        time_axis(&mut sheet, &x, hours, clock);
        let place = |values: &[f64]| -> Vec<(f64, f64)> {
            let middle = |index: usize| (index as f64 + 0.5) * timeline.interval_s / 3_600.0;
            values.iter().enumerate().map(|(index, &value)| (x.at(middle(index)), y.at(value))).collect()
        };
        let (came, went) = (place(&submitted), place(&delivered));
        sheet.fill(&closed(&came, floor), Ink::Accent, 0.18);
        sheet.line(&came, Ink::Accent, 1.5);
        sheet.line(&went, Ink::Second, 1.75);
        let first = label(
            &mut sheet,
            &came,
            peak.0,
            Ink::Accent,
            &format!("submitted, peak {}", say::count(peak.1)),
            None,
        );
        let said = format!("delivered, peak {}", say::count(delivered_peak.1));
        label(&mut sheet, &went, delivered_peak.0, Ink::Second, &said, first);
        sheet
    })
}

/// Orders in work with faults as a line and without as an area, over the times at which faults act.
pub fn in_work(facts: &FaultFacts, interval_s: f64, clock: &Clock) -> String {
    let floats = |orders: &[i64]| orders.iter().map(|&orders| orders as f64).collect::<Vec<f64>>();
    let (with, without) = (floats(&facts.in_work.with), floats(&facts.in_work.without));
    let (with_peak, without_peak) = (peak(&with), peak(&without));
    let at = |index: usize| clock.say((index + 1) as f64 * interval_s);
    let acts = |row: &FaultFactRow| {
        format!("{} from {} to {}", row.fault, clock.say(row.from_s), clock.say(row.until_s))
    };
    let alternative = format!(
        "Orders in work over time. With faults they peak at {} at {}; without, at {} at {}. Faults: {}.",
        say::count(with_peak.1),
        at(with_peak.0),
        say::count(without_peak.1),
        at(without_peak.0),
        facts.faults.iter().map(acts).collect::<Vec<_>>().join("; "),
    );
    chart(&alternative, |frame| {
        let mut sheet = Sheet::new(frame, 260.0);
        let top = with_peak.1.max(without_peak.1).max(1.0);
        let floor = sheet.height - BOTTOM;
        let y = Scale::new((0.0, top), (floor, TOP));
        let left = rules(&mut sheet, &y, say::count);
        sheet.plot_from = Some(left);
        let hours = with.len().max(1) as f64 * interval_s / 3_600.0;
        let x = Scale::new((0.0, hours), (left, sheet.width - 1.0));
        time_axis(&mut sheet, &x, hours, clock);
        for row in &facts.faults {
            let (from, until) = (x.at(row.from_s / 3_600.0), x.at(row.until_s / 3_600.0));
            sheet.rect((from, TOP), (until.max(from + 1.0), floor), Ink::Bad, 0.12);
        }
        let place = |values: &[f64]| -> Vec<(f64, f64)> {
            let end = |index: usize| (index + 1) as f64 * interval_s / 3_600.0;
            values.iter().enumerate().map(|(index, &value)| (x.at(end(index)), y.at(value))).collect()
        };
        let (struck, calm) = (place(&with), place(&without));
        sheet.fill(&closed(&calm, floor), Ink::Accent, 0.18);
        sheet.line(&calm, Ink::Accent, 1.5);
        sheet.line(&struck, Ink::Second, 1.75);
        let said = format!("with faults, peak {}", say::count(with_peak.1));
        let first = label(&mut sheet, &struck, with_peak.0, Ink::Second, &said, None);
        let said = format!("without, peak {}", say::count(without_peak.1));
        label(&mut sheet, &calm, without_peak.0, Ink::Accent, &said, first);
        sheet
    })
}

/// Share of delivered orders by age, with the mean promise and the quantiles that people ask for.
pub fn delivery_curve(delivery: &DeliveryFacts) -> String {
    let quantiles = &delivery.lead_time_s;
    let alternative = format!(
        "Share of delivered orders by hours since submit. Half arrive within {}, 90 % within {}, 99 % within {}; the \
         mean promise is {}.",
        say::seconds(quantiles.p50),
        say::seconds(quantiles.p90),
        say::seconds(quantiles.p99),
        say::seconds(delivery.promise_s_mean),
    );
    let oldest = delivery.lead_time_curve.iter().map(|point| point.0).fold(0.0, f64::max);
    let hours = oldest.max(delivery.promise_s_mean / 3_600.0 * 1.05).max(1.0);
    chart(&alternative, |frame| {
        let mut sheet = Sheet::new(frame, 280.0);
        let floor = sheet.height - BOTTOM;
        let y = Scale::new((0.0, 1.0), (floor, TOP));
        let left = rules(&mut sheet, &y, |share| format!("{:.0} %", share * 100.0));
        let x = Scale::new((0.0, hours), (left, sheet.width - 14.0));
        let step = hour_step(hours, (sheet.width / 80.0) as usize);
        for tick in 0..=(hours / step) as usize {
            let hour = tick as f64 * step;
            sheet.text((x.at(hour), sheet.height - 9.0), Anchor::Middle, Ink::Muted, &format!("{hour} h"));
        }
        let curve: Vec<_> =
            delivery.lead_time_curve.iter().map(|&(hour, share)| (x.at(hour), y.at(share))).collect();
        sheet.fill(&closed(&curve, floor), Ink::Accent, 0.12);
        if delivery.promise_s_mean.is_finite() && 0.0 < delivery.promise_s_mean {
            let promise = x.at(delivery.promise_s_mean / 3_600.0);
            sheet.dashes((promise, TOP - 4.0), (promise, floor), Ink::Second);
            let said = format!("mean promise {}", say::seconds(delivery.promise_s_mean));
            let anchor = if sheet.width / 2.0 < promise { Anchor::End } else { Anchor::Start };
            let shift = if anchor == Anchor::End { 6.0 } else { -6.0 };
            sheet.text((promise + shift, TOP - 14.0), anchor, Ink::Second, &said);
        }
        sheet.line(&curve, Ink::Accent, 2.0);
        for (share, name, seconds) in
            [(0.5, "half", quantiles.p50), (0.9, "90 %", quantiles.p90), (0.99, "99 %", quantiles.p99)]
        {
            if !seconds.is_finite() || seconds <= 0.0 {
                continue;
            }
            let (at_x, at_y) = (x.at(seconds / 3_600.0), y.at(share));
            let said = format!("{name} within {}", say::seconds(seconds));
            sheet.circle((at_x, at_y), 3.5, Ink::Accent);
            // Above and left of a rising curve is empty, but at its top the promise is named.
            let room = at_x - left - 12.0;
            match share < 0.99 && text_width(&said) < room {
                true => sheet.text((at_x - 9.0, at_y - 9.0), Anchor::End, Ink::Text, &said),
                false if at_x + 9.0 + text_width(&said) < sheet.width => {
                    sheet.text((at_x + 9.0, at_y + 14.0), Anchor::Start, Ink::Text, &said)
                }
                false => sheet.text((at_x, at_y + 14.0), Anchor::End, Ink::Text, &said),
            }
        }
        sheet
    })
}

/// Horizontal rules with their values; gives the left edge of the plot.
pub fn rules(sheet: &mut Sheet, y: &Scale, say: impl Fn(f64) -> String) -> f64 {
    let ticks = y.ticks(5);
    let left = ticks.iter().map(|&tick| text_width(&say(tick))).fold(0.0, f64::max) + 10.0;
    for tick in ticks {
        let at = y.at(tick);
        sheet.line(&[(left, at), (sheet.width, at)], Ink::Grid, 1.0);
        sheet.text((left - 8.0, at), Anchor::End, Ink::Muted, &say(tick));
    }
    left
}

/// Hours and days under a chart that begins at the scenario's start.
pub fn time_axis(sheet: &mut Sheet, x: &Scale, hours: f64, clock: &Clock) {
    let step = hour_step(hours, (sheet.width / 80.0) as usize);
    let start = clock.start_minute_of_day() as f64 / 60.0;
    let mut hour = (start / step).ceil() * step - start;
    let floor = sheet.height - BOTTOM;
    while hour <= hours {
        let at = x.at(hour);
        let midnight = ((hour + start) % 24.0).abs() < 1e-9;
        let said = if midnight { clock.say_day(hour * 3_600.0) } else { time_of_day(hour + start) };
        let ink = if midnight { Ink::Text } else { Ink::Muted };
        sheet.line(&[(at, floor), (at, floor + 4.0)], Ink::Grid, 1.0);
        let half = text_width(&said) / 2.0;
        if at + half <= sheet.width {
            sheet.text((at, sheet.height - 9.0), Anchor::Middle, ink, &said);
        }
        hour += step;
    }
}

fn time_of_day(hour: f64) -> String {
    format!("{:02}:00", hour as i64 % 24)
}

fn hour_step(hours: f64, at_most: usize) -> f64 {
    let steps = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 168.0, 336.0, 720.0, 2_160.0];
    steps.into_iter().find(|step| hours / step <= at_most.max(2) as f64).unwrap_or(8_760.0)
}

/// A name beside a peak, on the side that has room and below the peak that was named before, if it is near.
/// Gives where it went.
fn label(
    sheet: &mut Sheet,
    points: &[(f64, f64)],
    index: usize,
    ink: Ink,
    said: &str,
    before: Option<(f64, f64)>,
) -> Option<(f64, f64)> {
    let &(x, y) = points.get(index)?;
    let right = x + 8.0 + text_width(said) < sheet.width;
    let near = before.is_some_and(|(bx, by)| (bx - x).abs() < 190.0 && (by - y).abs() < 18.0);
    let y = (if near { y + 18.0 } else { y - 12.0 }).max(9.0);
    let (anchor, shift) = if right { (Anchor::Start, 8.0) } else { (Anchor::End, -8.0) };
    sheet.bold((x + shift, y), anchor, ink, said);
    Some((x, y))
}

/// The outline of the area under a line.
pub fn closed(line: &[(f64, f64)], floor: f64) -> Vec<(f64, f64)> {
    let (Some(first), Some(last)) = (line.first(), line.last()) else { return Vec::new() };
    let mut outline = vec![(first.0, floor)];
    outline.extend_from_slice(line);
    outline.push((last.0, floor));
    outline
}

/// Counts an interval as counts an hour.
fn hourly(counts: &[u64], interval_s: f64) -> Vec<f64> {
    let values: Vec<f64> = counts.iter().map(|&count| count as f64 * 3_600.0 / interval_s.max(1.0)).collect();
    values
}

fn peak(values: &[f64]) -> (usize, f64) {
    let rising = |best: (usize, f64), (index, &value): (usize, &f64)| {
        if best.1 < value { (index, value) } else { best }
    };
    values.iter().enumerate().fold((0, 0.0), rising)
}
