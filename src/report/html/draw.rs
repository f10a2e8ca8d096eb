//! Drawing: plotters' SVG back end as ours, with colors that follow the reader's theme.
//!
//! # Why plotters, and how dark mode works through it
//! Its back end writes plain SVG elements with hexadecimal colors. Every color we hand it is a sentinel,
//! `#0100nn`, and the finished text names a CSS variable in its place, so one drawing serves light, dark and paper.
//! `role=img` and the text alternative go into the opening tag. It counts in whole pixels, so we draw four times
//! too large and let the view box scale. Scales and round tick values are plotters' too; the layout is ours, because
//! its mesh cannot leave out axis lines and put labels where the data are.

use plotters::coord::Shift;
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::FontStyle;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Dots a pixel.
const FINE: f64 = 4.0;

/// What a color means; the page's style sheet says how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Ink {
    Text,
    Muted,
    Grid,
    Land,
    Paper,
    Accent,
    Second,
    Bad,
}

impl Ink {
    const ALL: [Ink; 8] =
        [Ink::Text, Ink::Muted, Ink::Grid, Ink::Land, Ink::Paper, Ink::Accent, Ink::Second, Ink::Bad];

    const fn variable(self) -> &'static str {
        match self {
            Ink::Text => "var(--text)",
            Ink::Muted => "var(--muted)",
            Ink::Grid => "var(--grid)",
            Ink::Land => "var(--land)",
            Ink::Paper => "var(--paper)",
            Ink::Accent => "var(--accent)",
            Ink::Second => "var(--second)",
            Ink::Bad => "var(--bad)",
        }
    }

    const fn sentinel(self) -> RGBColor {
        RGBColor(1, 0, self as u8)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// The place a chart is drawn for: the same chart is drawn for a desk and for a phone, and the style sheet shows one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub width: f64,
    class: &'static str,
}

pub const DESK: Frame = Frame { width: 880.0, class: "desk" };
pub const PHONE: Frame = Frame { width: 360.0, class: "phone" };

impl Frame {
    pub fn is_narrow(self) -> bool {
        self == PHONE
    }
}

/// A chart in both frames. `alternative` is what a person who cannot see it is told.
pub fn chart(alternative: &str, paint: impl Fn(Frame) -> Sheet) -> String {
    [DESK, PHONE].map(|frame| paint(frame).svg(frame.class, alternative)).concat()
}

/// A drawing in pixels from the upper left corner.
pub struct Sheet {
    pub width: f64,
    pub height: f64,
    /// Left edge of the plot, where pointing at the chart reads out a row of its table.
    pub plot_from: Option<f64>,
    strokes: Vec<Stroke>,
}

enum Stroke {
    Line { points: Vec<(i32, i32)>, style: ShapeStyle },
    Fill { points: Vec<(i32, i32)>, style: ShapeStyle },
    Rect { corners: [(i32, i32); 2], style: ShapeStyle },
    Circle { center: (i32, i32), radius: i32, style: ShapeStyle },
    Text { at: (i32, i32), style: TextStyle<'static>, text: String },
}

impl Sheet {
    pub fn new(frame: Frame, height: f64) -> Sheet {
        Sheet { width: frame.width, height, plot_from: None, strokes: Vec::new() }
    }

    pub fn line(&mut self, points: &[(f64, f64)], ink: Ink, width: f64) {
        self.faint_line(points, ink, width, 1.0);
    }

    pub fn faint_line(&mut self, points: &[(f64, f64)], ink: Ink, width: f64, alpha: f64) {
        let style = ink.sentinel().mix(alpha).stroke_width((width * FINE).round().max(1.0) as u32);
        self.strokes.push(Stroke::Line { points: fine(points), style });
    }

    /// Four dots on, four off; for what is planned and not observed.
    pub fn dashes(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        let length = (to.0 - from.0).hypot(to.1 - from.1).max(1.0);
        let at = |along: f64| {
            (from.0 + (to.0 - from.0) * along / length, from.1 + (to.1 - from.1) * along / length)
        };
        for dash in 0..(length / 8.0).ceil() as usize {
            let along = dash as f64 * 8.0;
            self.line(&[at(along), at((along + 4.0).min(length))], ink, 1.0);
        }
    }

    pub fn fill(&mut self, points: &[(f64, f64)], ink: Ink, alpha: f64) {
        self.strokes.push(Stroke::Fill { points: fine(points), style: ink.sentinel().mix(alpha).filled() });
    }

    /// From the upper left to the lower right corner.
    pub fn rect(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, alpha: f64) {
        let corners = [dot(from), dot(to)];
        self.strokes.push(Stroke::Rect { corners, style: ink.sentinel().mix(alpha).filled() });
    }

    pub fn circle(&mut self, center: (f64, f64), radius: f64, ink: Ink) {
        let radius = (radius * FINE).round() as i32;
        self.strokes.push(Stroke::Circle { center: dot(center), radius, style: ink.sentinel().filled() });
    }

    /// Vertically centered on `at`.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, ink: Ink, text: &str) {
        self.words(at, anchor, ink, FontStyle::Normal, text);
    }

    pub fn bold(&mut self, at: (f64, f64), anchor: Anchor, ink: Ink, text: &str) {
        self.words(at, anchor, ink, FontStyle::Bold, text);
    }

    fn words(&mut self, at: (f64, f64), anchor: Anchor, ink: Ink, weight: FontStyle, text: &str) {
        let across = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // The back end divides by 1.24; only Bottom and Center anchors are portable, and Center is what we need.
        let font = ("sans-serif", FONT_SIZE * FINE * 1.24).into_font().style(weight);
        let color = ink.sentinel().to_backend_color();
        let style = TextStyle { font, color, pos: Pos::new(across, VPos::Center) };
        self.strokes.push(Stroke::Text { at: dot(at), style, text: text.into() });
    }

    fn svg(self, class: &str, alternative: &str) -> String {
        let mut text = String::new();
        let size = ((self.width * FINE) as u32, (self.height * FINE) as u32);
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        for stroke in self.strokes {
            draw(&area, stroke);
        }
        area.present().expect(IN_MEMORY);
        drop(area);
        let body = text.split_once('>').map_or("", |(_, body)| body);
        let from =
            self.plot_from.map_or(String::new(), |from| format!(" data-from=\"{:.4}\"", from / self.width));
        let mut svg = format!(
            "<svg class=\"{class}\" role=\"img\" aria-label=\"{}\"{from} viewBox=\"0 0 {} {}\">{body}",
            escape(alternative),
            size.0,
            size.1
        );
        for ink in Ink::ALL {
            svg = svg.replace(&format!("\"#0100{:02X}\"", ink as u8), &format!("\"{}\"", ink.variable()));
        }
        svg.replace(" opacity=\"1\"", "").replace(" font-family=\"sans-serif\"", "").replace(" \"/>", "\"/>")
    }
}

pub const FONT_SIZE: f64 = 12.0;
const IN_MEMORY: &str = "drawing into a string cannot fail";

fn draw(area: &DrawingArea<SVGBackend<'_>, Shift>, stroke: Stroke) {
    match stroke {
        Stroke::Line { points, style } => area.draw(&PathElement::new(points, style)),
        Stroke::Fill { points, style } => area.draw(&Polygon::new(points, style)),
        Stroke::Rect { corners, style } => area.draw(&Rectangle::new(corners, style)),
        Stroke::Circle { center, radius, style } => area.draw(&Circle::new(center, radius, style)),
        Stroke::Text { at, style, text } => area.draw(&Text::new(text, at, style)),
    }
    .expect(IN_MEMORY);
}

fn dot(point: (f64, f64)) -> (i32, i32) {
    let clamped = |pixels: f64| (pixels * FINE).round().clamp(-1e6, 1e6) as i32;
    (clamped(point.0), clamped(point.1))
}

fn fine(points: &[(f64, f64)]) -> Vec<(i32, i32)> {
    points.iter().copied().map(dot).collect()
}

/// A linear scale from values to pixels.
pub struct Scale {
    coordinate: RangedCoordf64,
    pixels: (f64, f64),
}

impl Scale {
    pub fn new(values: (f64, f64), pixels: (f64, f64)) -> Scale {
        let top = if values.0 < values.1 { values.1 } else { values.0 + 1.0 };
        Scale { coordinate: (values.0..top).into(), pixels }
    }

    pub fn at(&self, value: f64) -> f64 {
        let fine = |pixels: f64| (pixels * FINE) as i32;
        f64::from(self.coordinate.map(&value, (fine(self.pixels.0), fine(self.pixels.1)))) / FINE
    }

    /// At most so many round values.
    pub fn ticks(&self, at_most: usize) -> Vec<f64> {
        self.coordinate.key_points(BoldPoints(at_most))
    }
}

/// Pixels that a text takes, roughly: nobody knows the reader's font.
pub fn text_width(text: &str) -> f64 {
    let em = |character: char| if (character as u32) < 0x1100 { 0.55 } else { 1.0 };
    FONT_SIZE * text.chars().map(em).sum::<f64>()
}

/// `text` cut to about so many pixels.
pub fn cut(text: &str, pixels: f64) -> String {
    if text_width(text) <= pixels {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if pixels < text_width(&kept) + 2.0 * FONT_SIZE {
            break;
        }
        kept.push(character);
    }
    kept + "\u{2026}"
}

pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn colors_are_variables_and_text_is_inert() {
        let svg = chart("Alt \"text\" <b>", |frame| {
            let mut sheet = Sheet::new(frame, 20.0);
            sheet.line(&[(0.0, 0.0), (10.0, 5.25)], Ink::Accent, 1.5);
            sheet.rect((1.0, 2.0), (3.0, 4.0), Ink::Bad, 0.5);
            sheet.bold((4.0, 10.0), Anchor::End, Ink::Muted, "<script>\"#010001\"");
            sheet
        });
        let first = &svg[..svg.find("</svg>").expect("an end")];
        expect![[r#"
            <svg class="desk" role="img" aria-label="Alt &quot;text&quot; &lt;b&gt;" viewBox="0 0 3520 80">
            <polyline fill="none" stroke="var(--accent)" stroke-width="6" points="0,0 40,21"/>
            <rect x="4" y="8" width="8" height="8" opacity="0.5" fill="var(--bad)" stroke="none"/>
            <text x="16" y="40" dy="0.5ex" text-anchor="end" font-size="48" fill="var(--muted)" font-weight="bold">
            &lt;script&gt;&quot;#010001&quot;
            </text>
        "#]].assert_eq(first);
        assert_eq!(svg.matches("<svg").count(), 2);
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(Scale::new((0.0, 13_400.0), (100.0, 0.0)).ticks(5), [0.0, 5_000.0, 10_000.0]);
        assert_eq!(Scale::new((0.0, 10.0), (100.0, 0.0)).at(2.5), 75.0);
        assert_eq!(Scale::new((3.0, 3.0), (0.0, 10.0)).at(3.0), 0.0);
    }
}
