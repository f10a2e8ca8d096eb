//! Charts of many runs: cells by two measures, and what each lever moves.

use super::draw::{Anchor, Ink, Scale, Sheet, chart, cut, text_width};
use super::lines::rules;

const TOP: f64 = 18.0;
const BOTTOM: f64 = 44.0;
const ROW: f64 = 26.0;

/// A dot a cell.
pub struct Dot {
    pub at: (f64, f64),
    pub name: String,
    /// On the frontier: no other is better in both.
    pub is_best: bool,
    pub holds: bool,
}

/// Cells by two measures; those that nobody beats are joined by a line and named.
pub fn scatter(
    names: (&str, &str),
    say: (impl Fn(f64) -> String, impl Fn(f64) -> String),
    dots: &[Dot],
) -> String {
    let mut best: Vec<&Dot> = dots.iter().filter(|dot| dot.is_best).collect();
    best.sort_by(|a, b| a.at.0.total_cmp(&b.at.0));
    let told: Vec<String> = best
        .iter()
        .map(|dot| format!("{}: {}, {}", dot.name, (say.0)(dot.at.0), (say.1)(dot.at.1)))
        .collect();
    let alternative =
        format!("{} cells by {} and {}. On the frontier: {}.", dots.len(), names.0, names.1, told.join("; "));
    chart(&alternative, |frame| {
        let mut sheet = Sheet::new(frame, 340.0);
        let floor = sheet.height - BOTTOM;
        let y = Scale::new(room(dots.iter().map(|dot| dot.at.1)), (floor, TOP));
        let left = rules(&mut sheet, &y, &say.1);
        let x = Scale::new(room(dots.iter().map(|dot| dot.at.0)), (left + 8.0, sheet.width - 12.0));
        for tick in x.ticks(if frame.is_narrow() { 3 } else { 6 }) {
            sheet.text((x.at(tick), floor + 13.0), Anchor::Middle, Ink::Muted, &(say.0)(tick));
        }
        sheet.text((sheet.width, floor + 32.0), Anchor::End, Ink::Muted, names.0);
        sheet.text((left, 7.0), Anchor::Start, Ink::Muted, names.1);
        let line: Vec<(f64, f64)> = best.iter().map(|dot| (x.at(dot.at.0), y.at(dot.at.1))).collect();
        if 1 < line.len() {
            sheet.line(&line, Ink::Accent, 1.25);
        }
        for dot in dots {
            let (at, ink) =
                ((x.at(dot.at.0), y.at(dot.at.1)), if dot.holds { Ink::Accent } else { Ink::Bad });
            sheet.circle(at, if dot.is_best { 5.0 } else { 3.5 }, ink);
        }
        for dot in best.iter().take(12) {
            let at = (x.at(dot.at.0), y.at(dot.at.1));
            let right = at.0 + 10.0 + text_width(&dot.name) < sheet.width;
            let (anchor, shift) = if right { (Anchor::Start, 9.0) } else { (Anchor::End, -9.0) };
            sheet.text((at.0 + shift, at.1 - 10.0), anchor, Ink::Text, &dot.name);
        }
        sheet
    })
}

/// The ends of an axis, with a little air.
fn room(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if !low.is_finite() {
        return (0.0, 1.0);
    }
    let air = ((high - low) * 0.08).max(high.abs() * 1e-3).max(1e-9);
    (low - air, high + air)
}

/// What a lever moves: its name, and the difference at its low and at its high end.
pub struct Lever {
    pub name: String,
    pub low: f64,
    pub high: f64,
}

/// A tornado: the levers in the order given, bars to both sides of the base.
pub fn tornado(measure: &str, base: f64, say: impl Fn(f64) -> String, levers: &[Lever]) -> String {
    let told: Vec<String> = levers
        .iter()
        .map(|lever| format!("{}: {} to {}", lever.name, say(base + lever.low), say(base + lever.high)))
        .collect();
    chart(&format!("What moves {measure}, from {}. {}.", say(base), told.join("; ")), |frame| {
        let mut sheet = Sheet::new(frame, ROW * levers.len() as f64 + BOTTOM);
        let names = if frame.is_narrow() { 120.0 } else { 250.0 };
        let span = levers.iter().flat_map(|lever| [lever.low.abs(), lever.high.abs()]).fold(1e-12, f64::max);
        let x = Scale::new((-span, span), (names + 64.0, sheet.width - 64.0));
        let floor = ROW * levers.len() as f64 + 6.0;
        sheet.line(&[(x.at(0.0), 0.0), (x.at(0.0), floor)], Ink::Muted, 1.0);
        sheet.text((x.at(0.0), floor + 12.0), Anchor::Middle, Ink::Muted, &say(base));
        for (row, lever) in levers.iter().enumerate() {
            let middle = ROW * (row as f64 + 0.5);
            sheet.text((names, middle), Anchor::End, Ink::Text, &cut(&lever.name, names));
            for (change, ink) in [(lever.low, Ink::Second), (lever.high, Ink::Accent)] {
                let (from, to) = (x.at(change.min(0.0)), x.at(change.max(0.0)));
                sheet.rect((from, middle - 7.0), (to, middle + 7.0), ink, 0.85);
            }
            let (least, most) = (lever.low.min(lever.high).min(0.0), lever.low.max(lever.high).max(0.0));
            if least < 0.0 {
                sheet.text((x.at(least) - 6.0, middle), Anchor::End, Ink::Muted, &say(base + least));
            }
            if 0.0 < most {
                sheet.text((x.at(most) + 6.0, middle), Anchor::Start, Ink::Muted, &say(base + most));
            }
        }
        sheet
    })
}
