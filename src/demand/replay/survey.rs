//! The survey: one streaming pass over a replay file that counts, and keeps no order.
//!
//! A file that is not in order of time is passed once more, for 16 bytes an order: when, and where in the file.

use std::io;
use std::path::Path;

use crate::demand::catalog::SeenSku;
use crate::domain::SkuId;
use crate::kernel::pick::Pick;
use crate::kernel::time::Span;
use crate::scenario::spec::LocalTime;

use super::clock::Clock;
use super::layout::Layout;
use super::names::{Numbers, key};
use super::order::{self, DRAWN, Found};
use super::place::Places;
use super::reject::Watch;
use super::rows::Rows;
use super::time_format::{DAY, WallMicros};

/// An order's place in a file that is not in order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub time: WallMicros,
    pub offset: u64,
}

/// Which SKUs a file may name.
#[derive(Debug, Clone)]
pub enum Skus {
    /// Those of the scenario's catalog.
    Known(Numbers),
    /// All; they make the catalog.
    Found { numbers: Numbers, seen: Vec<SeenSku> },
}

impl Skus {
    pub fn known(names: &[String]) -> Skus {
        let mut numbers = Numbers::default();
        for (number, name) in names.iter().enumerate() {
            numbers.give(key(name.as_bytes()), number as u32);
        }
        Skus::Known(numbers)
    }

    /// Without a SKU column all goods are one SKU.
    pub fn found(layout: &Layout) -> Skus {
        let mut skus = Skus::Found { numbers: Numbers::default(), seen: Vec::new() };
        if layout.sku.is_none() {
            skus.find(b"GOODS");
        }
        skus
    }

    fn find(&mut self, name: &[u8]) -> Option<SkuId> {
        match self {
            Skus::Known(numbers) => numbers.find(key(name)).map(SkuId),
            Skus::Found { numbers, seen } => {
                let number = numbers.number(key(name));
                if number as usize == seen.len() {
                    let name = String::from_utf8_lossy(name).into_owned();
                    seen.push(SeenSku { name, ..SeenSku::default() });
                }
                Some(SkuId(number))
            }
        }
    }

    pub fn into_parts(self) -> (Numbers, Option<Vec<SeenSku>>) {
        match self {
            Skus::Known(numbers) => (numbers, None),
            Skus::Found { numbers, seen } => (numbers, Some(seen)),
        }
    }

    /// The catalog's units and first prices.
    fn sell(&mut self, found: &Found) {
        let Skus::Found { seen, .. } = self else { return };
        for line in &found.lines {
            let sku = &mut seen[if line.sku == DRAWN { 0 } else { line.sku.index() }];
            sku.units += u64::from(line.quantity);
            if sku.price.0 == 0 {
                sku.price = line.value.share(1, u64::from(line.quantity));
            }
        }
    }
}

/// What bounds a survey, from the scenario.
#[derive(Debug, Clone)]
pub struct Extent {
    pub horizon: Span,
    pub zones: usize,
    pub start: LocalTime,
    pub speed: f64,
    /// Equal parts of a day, for files that tell days only.
    pub parts: Pick,
}

/// What a pass over the file found.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    pub orders: u64,
    /// All units of all orders.
    pub units: u64,
    /// Orders without a customer.
    pub guests: u64,
    /// Orders whose place is no zone of the scenario.
    pub unplaced: u64,
    pub customers: Numbers,
    pub first: WallMicros,
    pub last: WallMicros,
    pub in_order: bool,
    /// Orders, by (time, offset) once sorted; only where asked for.
    pub index: Vec<Entry>,
    pub expected: Expected,
}

/// Within the horizon.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    pub units_by_sku: Vec<u64>,
    /// Units whose SKU is drawn.
    pub drawn_units: u64,
    pub orders_by_zone: Vec<u64>,
    pub unplaced_orders: u64,
    pub hourly: Vec<f64>,
}

/// Passes over the whole file. `known`: the first instant and the number of orders, after an earlier pass.
pub fn pass(
    path: &Path,
    layout: &Layout,
    places: &Places,
    skus: &mut Skus,
    extent: &Extent,
    known: Option<(WallMicros, u64)>,
    watch: &mut impl Watch,
) -> io::Result<Survey> {
    let mut survey = Survey { in_order: true, ..Survey::default() };
    survey.expected.orders_by_zone = vec![0; extent.zones];
    survey.expected.hourly = vec![0.0; extent.horizon.0.div_ceil(Span::HOUR.0) as usize];
    survey.index.reserve_exact(known.map_or(0, |(_, orders)| orders as usize));
    let mut days = Vec::new();
    let mut rows = Rows::stream(path, layout.delimiter)?;
    let _header = rows.advance()?;
    let (mut found, mut clock) = (Found::default(), None);
    while order::read(&mut rows, layout, places, &mut |name| skus.find(name), watch, &mut found)? {
        survey.count(&found);
        if known.is_some() {
            survey.index.push(Entry { time: found.time, offset: found.offset });
        } else {
            skus.sell(&found);
        }
        let first = known.map_or(survey.first, |(first, _)| first);
        let clock = clock.get_or_insert_with(|| Clock::new(first, extent.start, extent.speed));
        // Before the first instant of a first pass: the file is not in order, and there will be another pass.
        let Some(at) = clock.moment(found.time) else { continue };
        if at.0 <= extent.horizon.0 {
            survey.expected.count(&found);
            if layout.format.days_only {
                let day = ((found.time - first.div_euclid(DAY) * DAY) / DAY) as usize;
                days.resize(days.len().max(day + 1), 0u64);
                days[day] += 1;
            } else if let Some(hour) = survey.expected.hourly.get_mut((at.0 / Span::HOUR.0) as usize) {
                *hour += 1.0;
            }
        }
    }
    if let Some(clock) = clock {
        let first = known.map_or(survey.first, |(first, _)| first).div_euclid(DAY) * DAY;
        survey.expected.spread(&days, first, &clock, &extent.parts);
    }
    survey.index.sort_unstable();
    Ok(survey)
}

impl Survey {
    fn count(&mut self, found: &Found) {
        if self.orders == 0 {
            (self.first, self.last) = (found.time, found.time);
        }
        self.orders += 1;
        self.units += found.lines.iter().map(|line| u64::from(line.quantity)).sum::<u64>();
        self.unplaced += u64::from(found.zone.is_none());
        match found.customer {
            Some(key) => drop(self.customers.number(key)),
            None => self.guests += 1,
        }
        // In order so far: the last is the latest.
        self.in_order &= self.last <= found.time;
        self.first = self.first.min(found.time);
        self.last = self.last.max(found.time);
    }
}

impl Expected {
    fn count(&mut self, found: &Found) {
        for line in &found.lines {
            if line.sku == DRAWN {
                self.drawn_units += u64::from(line.quantity);
                continue;
            }
            let sku = line.sku.index();
            if self.units_by_sku.len() <= sku {
                self.units_by_sku.resize(sku + 1, 0);
            }
            self.units_by_sku[sku] += u64::from(line.quantity);
        }
        match found.zone {
            Some(zone) => self.orders_by_zone[zone.index()] += 1,
            None => self.unplaced_orders += 1,
        }
    }

    /// Spreads the orders of each day over its parts, and those over hours by their middle.
    fn spread(&mut self, days: &[u64], first: WallMicros, clock: &Clock, parts: &Pick) {
        let length = DAY / parts.len() as i64;
        for (day, &orders) in days.iter().enumerate().filter(|day| 0 < *day.1) {
            for part in 0..parts.len() {
                let middle = first + day as i64 * DAY + part as i64 * length + length / 2;
                let hour = clock.moment(middle).map_or(0, |at| at.0 / Span::HOUR.0);
                if let Some(hour) = self.hourly.get_mut(hour as usize) {
                    *hour += orders as f64 * parts.share(part);
                }
            }
        }
    }
}
