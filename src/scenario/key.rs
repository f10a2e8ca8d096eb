//! The shape of one row of the key table: what a planner may write at a path, and what it means.
//!
//! # Why one table
//! The reader takes defaults, bounds and legal words from it, the editor's schema and `explain` are printed
//! from it, and a test walks it; so a key cannot be read without a row, nor have a row that nobody reads.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A map with keys of its own.
    Section,
    /// A map with exactly one of its keys.
    OneOf,
    /// A list of maps.
    Sections,
    /// A map from a name of the planner's choice to a list of maps.
    Named,
    /// A place: `{city: Hangzhou}` or `{lat: 30.3, lon: 120.2}`.
    Place,
    Text,
    /// A file, relative to the file that names it.
    File,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// The name of something defined elsewhere in the scenario: carrier, node, sku, shift.
    Name(&'static str),
    Names(&'static str),
    Texts,
    Flag,
    Integer,
    Number,
    /// 0 to 1, or with a percent sign.
    Share,
    /// A non-negative number that counts relative to its siblings.
    Weight,
    Weights,
    Span,
    Rate,
    Money,
    Mass,
    Volume,
    Distance,
    Speed,
    TimeOfDay,
    LocalTime,
    Days,
    /// A formula over a candidate node, or a list of them.
    Formulas,
    /// A distribution of times.
    Law,
    Shape,
    LaneEnds,
    Timetable,
    /// A time, a share or money: what the metric beside it is measured in.
    Bound,
}

/// Whether a key may be left out, and what holds then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    Must,
    /// As the planner would write it.
    Is(&'static str),
    /// Left out means off, or what the help says.
    Off,
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct KeyRow {
    /// `floor.wave.every`, `nodes[].pickers`, `shifts.*[].from`, `<law>.gamma.mean`.
    pub path: &'static str,
    pub kind: Kind,
    pub default: Default,
    /// In the kind's base unit: seconds, minor money units, grams, milliliters, km, orders an hour, 0 to 1.
    pub min: f64,
    pub max: f64,
    pub help: &'static str,
    pub example: &'static str,
    /// Another legal value, which must move some output.
    pub probe: &'static str,
    /// A word that may stand instead of a map: `auto`.
    pub instead: &'static str,
    /// Overrides that bring the key into play for the probe: `path=value; path=value`.
    pub with: &'static str,
}

pub const fn key(path: &'static str, kind: Kind, default: &'static str, help: &'static str) -> KeyRow {
    row(path, kind, Default::Is(default), default, help)
}

pub const fn must(path: &'static str, kind: Kind, example: &'static str, help: &'static str) -> KeyRow {
    row(path, kind, Default::Must, example, help)
}

pub const fn off(path: &'static str, kind: Kind, example: &'static str, help: &'static str) -> KeyRow {
    row(path, kind, Default::Off, example, help)
}

const fn row(
    path: &'static str,
    kind: Kind,
    default: Default,
    example: &'static str,
    help: &'static str,
) -> KeyRow {
    let (min, max) = match kind {
        Kind::Share => (0.0, 1.0),
        Kind::Span => (0.0, 3_650.0 * 86_400.0),
        Kind::Integer => (0.0, 1e9),
        Kind::Money => (0.0, 1e14),
        _ => (0.0, 1e12),
    };
    KeyRow { path, kind, default, min, max, help, example, probe: "", instead: "", with: "" }
}

impl KeyRow {
    pub const fn within(self, min: f64, max: f64) -> KeyRow {
        KeyRow { min, max, ..self }
    }

    pub const fn probe(self, probe: &'static str) -> KeyRow {
        KeyRow { probe, ..self }
    }

    pub const fn instead(self, instead: &'static str) -> KeyRow {
        KeyRow { instead, ..self }
    }

    pub const fn with(self, with: &'static str) -> KeyRow {
        KeyRow { with, ..self }
    }

    pub const fn example(self, example: &'static str) -> KeyRow {
        KeyRow { example, ..self }
    }

    /// The path as `--set` takes it, for every item of a list: `nodes.*.pickers`; of a tariff, whose bands must
    /// rise, for the first.
    pub fn set_path(&self) -> String {
        self.path.replace("rates[]", "rates.0").replace("[]", ".*")
    }

    /// The overrides of `with`, as the reader takes them.
    pub fn company(&self) -> Vec<(String, String)> {
        let pairs = self.with.split("; ").filter_map(|pair| pair.split_once('='));
        pairs.map(|(path, value)| (path.to_string(), value.to_string())).collect()
    }

    /// The last name of the path.
    pub fn name(&self) -> &'static str {
        let last = self.path.rsplit('.').next().unwrap_or(self.path);
        last.trim_end_matches("[]")
    }

    /// The path of the section that it stands in.
    pub fn parent(&self) -> &'static str {
        self.path.rfind('.').map_or("", |dot| &self.path[..dot])
    }
}

impl Kind {
    /// The unit or form in which it is written, for help and schema.
    pub fn unit(self) -> &'static str {
        match self {
            Kind::Section | Kind::OneOf | Kind::Place => "map",
            Kind::Sections => "list of maps",
            Kind::Named => "map of lists",
            Kind::Text => "text",
            Kind::File => "file name",
            Kind::Word(_) => "word",
            Kind::Name(_) => "name",
            Kind::Names(_) | Kind::Texts => "list of names",
            Kind::Flag => "true or false",
            Kind::Integer => "whole number",
            Kind::Number => "number",
            Kind::Share => "share, 0 to 1 or 95%",
            Kind::Weight => "relative weight",
            Kind::Weights => "list of relative weights",
            Kind::Span => "time: us, ms, s, m, h, d, w",
            Kind::Rate => "rate: /s, /m, /h, /d",
            Kind::Money => "money, major units",
            Kind::Mass => "weight: g, kg, t, oz, lb",
            Kind::Volume => "volume: ml, l, m3",
            Kind::Distance => "distance: m, km, mi",
            Kind::Speed => "speed: km/h, mph",
            Kind::TimeOfDay => "time of day, 00:00 to 24:00",
            Kind::LocalTime => "local date and time",
            Kind::Days => "weekdays: all, mon-fri, sat,sun",
            Kind::Formulas => "formula, or list of formulas",
            Kind::Law => "time, or a distribution of times",
            Kind::Shape => "flat, average-day, singles-day, or a list of hourly weights",
            Kind::LaneEnds => "fulfillment-centers, hubs, nearest-hub, or a list of node names",
            Kind::Timetable => "list of times of day, or {every: 2 h, first: \"06:00\"}",
            Kind::Bound => "time, share or money, as the metric is measured",
        }
    }

    /// Whether bounds apply to what is written here.
    pub fn is_measured(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Integer | Number | Share | Weight | Span | Rate | Money | Mass | Volume | Distance | Speed
        )
    }
}

/// All keys, section by section.
pub fn keys() -> &'static [KeyRow] {
    static ALL: OnceLock<Vec<KeyRow>> = OnceLock::new();
    ALL.get_or_init(|| super::keys::SECTIONS.concat())
}

/// The row of a path, if there is such a key.
pub fn find(path: &str) -> Option<&'static KeyRow> {
    static BY_PATH: OnceLock<HashMap<&'static str, &'static KeyRow>> = OnceLock::new();
    BY_PATH.get_or_init(|| keys().iter().map(|row| (row.path, row)).collect()).get(path).copied()
}

/// The rows that stand directly in a section, in the table's order.
pub fn children(section: &str) -> impl Iterator<Item = &'static KeyRow> {
    keys().iter().filter(move |row| row.parent() == section)
}
