//! Typed values of a section: numbers, quantities, words, names, weights, within the bounds of their rows.

use super::desk::Desk;
use super::diagnostic::suggest;
use super::key::{KeyRow, Kind};
use super::section::Section;
use super::source::Place;
use super::tree::{Node, Value};
use super::unit::{self, Read};
use crate::domain::Money;
use crate::kernel::time::Span;

impl Section<'_> {
    fn measured(&self, name: &str, read: impl Fn(&str) -> Read<f64>) -> Option<f64> {
        let row = self.row(name);
        let value = self.read(name, |text| {
            let value = read(text)?;
            check_bounds(row, text, value)?;
            Ok(value)
        })?;
        Some(value)
    }

    pub fn number(&self, name: &str) -> f64 {
        self.maybe_number(name).unwrap_or(0.0)
    }

    pub fn maybe_number(&self, name: &str) -> Option<f64> {
        self.measured(name, unit::number)
    }

    pub fn share(&self, name: &str) -> f64 {
        self.maybe_share(name).unwrap_or(0.0)
    }

    pub fn maybe_share(&self, name: &str) -> Option<f64> {
        self.measured(name, unit::share)
    }

    /// A relative weight; a percent sign is welcome.
    pub fn weight(&self, name: &str) -> f64 {
        self.measured(name, unit::share).unwrap_or(1.0)
    }

    pub fn integer(&self, name: &str) -> u64 {
        self.maybe_integer(name).unwrap_or(1)
    }

    pub fn maybe_integer(&self, name: &str) -> Option<u64> {
        self.measured(name, unit::integer).map(|whole| whole as u64)
    }

    pub fn count(&self, name: &str) -> u32 {
        self.integer(name).min(u32::MAX.into()) as u32
    }

    pub fn span(&self, name: &str) -> Span {
        self.maybe_span(name).unwrap_or(Span::ZERO)
    }

    pub fn maybe_span(&self, name: &str) -> Option<Span> {
        self.measured(name, unit::seconds).map(unit::span)
    }

    pub fn rate(&self, name: &str) -> f64 {
        self.measured(name, unit::rate).unwrap_or(1.0)
    }

    pub fn maybe_rate(&self, name: &str) -> Option<f64> {
        self.measured(name, unit::rate)
    }

    pub fn money(&self, name: &str) -> Money {
        unit::to_money(self.measured(name, unit::money).unwrap_or(0.0))
    }

    pub fn mass_g(&self, name: &str) -> f64 {
        self.measured(name, unit::mass).unwrap_or(1.0)
    }

    pub fn volume_ml(&self, name: &str) -> f64 {
        self.measured(name, unit::volume).unwrap_or(1.0)
    }

    pub fn distance_km(&self, name: &str) -> f64 {
        self.measured(name, unit::distance).unwrap_or(1.0)
    }

    pub fn speed_kmh(&self, name: &str) -> f64 {
        self.measured(name, unit::speed).unwrap_or(1.0)
    }

    pub fn time_of_day(&self, name: &str) -> u16 {
        self.read(name, unit::time_of_day).unwrap_or(0)
    }

    pub fn flag(&self, name: &str) -> bool {
        self.read(name, unit::flag).unwrap_or(false)
    }

    pub fn text(&self, name: &str) -> String {
        self.maybe_text(name).unwrap_or_default()
    }

    pub fn maybe_text(&self, name: &str) -> Option<String> {
        self.read(name, |text| Ok(text.to_string()))
    }

    /// The position of the written word among the row's words.
    pub fn word(&self, name: &str) -> Option<usize> {
        let Kind::Word(words) = self.row(name).kind else { panic!("\"{name}\" is no word in the key table") };
        let said = self.row(name).name();
        self.read(name, |text| {
            words.iter().position(|word| *word == text).ok_or_else(|| unit::Fault {
                code: "E0204",
                message: format!("unknown {said} \"{}\"", unit::short(text)),
                help: suggest(text, words),
            })
        })
    }

    /// The name of something defined elsewhere; `None` when left out or unknown.
    pub fn reference(&self, name: &str) -> Option<String> {
        let Kind::Name(kind) = self.row(name).kind else { panic!("\"{name}\" is no reference") };
        let text = self.maybe_text(name)?;
        self.desk.refer(kind, &text, self.place_of(name)).then_some(text)
    }

    pub fn references(&self, name: &str) -> Vec<String> {
        let Kind::Names(kind) = self.row(name).kind else { panic!("\"{name}\" is no list of references") };
        let found = self.texts(name);
        found.into_iter().filter(|(text, place)| self.desk.refer(kind, text, *place)).map(|f| f.0).collect()
    }

    /// A list of texts, or one text alone.
    pub fn texts(&self, name: &str) -> Vec<(String, Place)> {
        let Some((row, node)) = self.get(name) else { return Vec::new() };
        let items = match &node.value {
            Value::List(items) => items.clone(),
            _ => vec![node],
        };
        let mut texts = Vec::new();
        for item in items {
            match item.text() {
                Some(text) => texts.push((text.to_string(), item.place)),
                None => {
                    let message = format!("{} is not a name", item.said());
                    self.desk.report("E0203", item.place, message, format!("write {}", row.kind.unit()));
                }
            }
        }
        texts
    }

    /// Relative weights, at least one above zero.
    pub fn weights(&self, name: &str) -> Vec<f64> {
        let Some((row, node)) = self.get(name) else { return vec![1.0] };
        weights_of(self.desk, row, &node).unwrap_or_else(|| vec![1.0])
    }
}

/// Relative weights of a list; `None` and a finding when it is none.
pub fn weights_of(desk: &Desk, row: &'static KeyRow, node: &Node) -> Option<Vec<f64>> {
    let wrong = |code, place, message, help: String| {
        desk.report(code, place, message, help);
        desk.mark_wrong(row.path);
        None
    };
    let Value::List(items) = &node.value else {
        let message = format!("{} is not a {}", node.said(), row.kind.unit());
        return wrong("E0203", node.place, message, format!("write it like {}", row.example));
    };
    let mut weights = Vec::new();
    for item in items {
        let read = item.text().map(unit::share);
        match read {
            Some(Ok(weight)) if 0.0 <= weight => weights.push(weight),
            Some(Ok(weight)) => {
                let message = format!("{weight} is below 0, and this is a weight");
                return wrong("E0206", item.place, message, "weights are zero or more".into());
            }
            Some(Err(fault)) => return wrong(fault.code, item.place, fault.message, fault.help),
            None => {
                return wrong(
                    "E0203",
                    item.place,
                    format!("{} is not a number", item.said()),
                    row.example.into(),
                );
            }
        }
    }
    if weights.is_empty() {
        return wrong(
            "E0211",
            node.place,
            "an empty list of weights".into(),
            format!("write it like {}", row.example),
        );
    }
    if weights.iter().sum::<f64>() <= 0.0 {
        return wrong(
            "E0301",
            node.place,
            "the weights add up to zero".into(),
            "give at least one a weight above 0".into(),
        );
    }
    Some(weights)
}

fn check_bounds(row: &KeyRow, text: &str, value: f64) -> Read<()> {
    if (row.min..=row.max).contains(&value) {
        return Ok(());
    }
    let (side, bound) = if value < row.min { ("at least", row.min) } else { ("at most", row.max) };
    Err(unit::Fault {
        code: "E0206",
        message: format!(
            "{} is out of bounds: \"{}\" must be {side} {}",
            unit::short(text),
            row.name(),
            bound_said(row.kind, bound)
        ),
        help: row.help.to_string(),
    })
}

/// A bound as the planner would write it.
pub fn bound_said(kind: Kind, bound: f64) -> String {
    match kind {
        Kind::Span | Kind::Law => unit::span(bound).to_string(),
        Kind::Money => format!("{}", bound / 100.0),
        Kind::Share => format!("{}%", bound * 100.0),
        Kind::Mass => format!("{bound} g"),
        Kind::Volume => format!("{bound} ml"),
        Kind::Distance => format!("{bound} km"),
        Kind::Speed => format!("{bound} km/h"),
        Kind::Rate => format!("{bound}/h"),
        _ => format!("{bound}"),
    }
}
