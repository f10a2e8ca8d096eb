//! The demand tables: everything a draft is drawn from, dense and checked.

use std::io::Write;
use std::sync::Arc;

use crate::domain::{Catalog, CustomerId, MethodId, Money, OrderId, PaymentMethodId, SkuId, ZoneId};
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::pick::Pick;
use crate::kernel::rate::Rate;
use crate::kernel::time::Moment;
use crate::scenario::Scenario;
use crate::scenario::spec::CatalogSource;

use super::arrivals::Arrivals;
use super::customer::CustomerPick;
use super::draft::OrderDraft;
use super::problem::Problem;
use super::replay::{ReplayFacts, Stream, Surroundings, Surveyed};
use super::weights::{self, FewPick};
use super::{catalog, profile};

const HOME: Purpose = Purpose::named("customer-home");
const METHOD: Purpose = Purpose::named("delivery-method");
const PAYMENT: Purpose = Purpose::named("payment-method");
const LINES: Purpose = Purpose::named("basket-lines");
const SKU: Purpose = Purpose::named("line-sku");
const QUANTITY: Purpose = Purpose::named("line-quantity");

/// Who orders what, and when, of one scenario. Shared by all replications.
#[derive(Debug)]
pub struct DemandTables {
    zones: Pick,
    skus: Pick,
    lines: FewPick,
    quantities: FewPick,
    customers: CustomerPick,
    methods: FewPick,
    payments: FewPick,
    catalog: Catalog,
    timing: Timing,
    hourly: Vec<f64>,
}

#[derive(Debug)]
enum Timing {
    Synthetic { rate: Rate, end: Moment },
    Replay(Arc<Surveyed>),
}

impl DemandTables {
    /// Reads a replay file once, or twice when it is not in order of time; otherwise touches no file.
    pub fn build(scenario: &Scenario) -> Result<DemandTables, Vec<Problem>> {
        DemandTables::survey(scenario, None)
    }

    /// As `build`, and writes the replay rows that are rejected to `rejects`, as CSV of line, reason and row.
    pub fn build_with_rejects(
        scenario: &Scenario,
        rejects: &mut dyn Write,
    ) -> Result<DemandTables, Vec<Problem>> {
        DemandTables::survey(scenario, Some(rejects))
    }

    fn survey(scenario: &Scenario, rejects: Option<&mut dyn Write>) -> Result<DemandTables, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut pick = |place: &str, weights: &[f64]| {
            weights::pick(place, weights).map_err(|problem| problems.push(problem)).ok()
        };
        let zone_weights: Vec<f64> = scenario.tables.zones.iter().map(|zone| zone.weight).collect();
        let methods: Vec<f64> = scenario.delivery.iter().map(|method| method.share).collect();
        let payments: Vec<f64> = scenario.payment.methods.iter().map(|method| method.share).collect();
        let zones = pick("zones", &zone_weights);
        let lines = pick("basket.lines", &scenario.basket.lines);
        let quantities = pick("basket.quantity", &scenario.basket.quantity);
        let methods = pick("delivery.share", &methods);
        let payments = pick("payment.methods.share", &payments);
        problems.extend(limits(scenario));
        let (timing, catalog, popularity) = match goods(scenario, rejects, problems.is_empty()) {
            Ok(goods) => goods,
            Err(more) => return Err(problems.into_iter().chain(more).collect()),
        };
        let skus = weights::pick("catalog", &popularity).map_err(|problem| problems.push(problem)).ok();
        let (Some(zones), Some(lines), Some(quantities)) = (zones, lines, quantities) else {
            return Err(problems);
        };
        let (Some(methods), Some(payments), Some(skus)) = (methods, payments, skus) else {
            return Err(problems);
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let hourly = match &timing {
            Timing::Synthetic { rate, .. } => profile::hourly(rate, scenario.run.horizon),
            Timing::Replay(surveyed) => surveyed.expected.hourly.clone(),
        };
        let customers = CustomerPick::zipf(scenario.customers.count, scenario.customers.skew);
        Ok(DemandTables {
            zones,
            skus,
            lines: FewPick::new(lines),
            quantities: FewPick::new(quantities),
            customers,
            methods: FewPick::new(methods),
            payments: FewPick::new(payments),
            catalog,
            timing,
            hourly,
        })
    }

    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The arrivals of one replication. A replay opens its file.
    pub fn arrivals(&self, draw: Draw) -> Result<Arrivals, Problem> {
        match &self.timing {
            Timing::Synthetic { rate, .. } => Ok(Arrivals::synthetic(rate, draw)),
            Timing::Replay(surveyed) => Ok(Arrivals::replay(Stream::open(surveyed, draw)?, draw)),
        }
    }

    /// The visits of one replication: `each` for one order that is expected.
    pub fn visits(&self, draw: Draw, each: f64) -> Result<Arrivals, Problem> {
        match &self.timing {
            Timing::Synthetic { rate, .. } => Ok(Arrivals::visits(rate, each, draw)),
            Timing::Replay(_) => self.arrivals(draw),
        }
    }

    /// What the order asks for; hangs on its number and on nothing that was drawn before. Some 80 ns for 1.6 lines.
    #[inline]
    pub fn draw_order(&self, draw: &Draw, id: OrderId, out: &mut OrderDraft) {
        self.draw_shopper(draw, id, out);
        for line in 0..self.draw_lines(draw, id) {
            let sku = self.draw_sku(draw, id, line);
            let quantity = self.draw_quantity(draw, id, line);
            out.add(sku, quantity);
            out.goods += self.catalog.sku(sku).price * i64::from(quantity);
        }
    }

    /// Who orders, to where, how paid; no lines yet.
    #[inline]
    pub fn draw_shopper(&self, draw: &Draw, id: OrderId, out: &mut OrderDraft) {
        out.customer = self.customers.draw(draw, id.0);
        out.zone = self.home(draw, out.customer);
        self.draw_terms(draw, id, out);
        out.lines.clear();
        out.goods = Money::ZERO;
    }

    /// How many lines are wanted.
    #[inline]
    pub fn draw_lines(&self, draw: &Draw, id: OrderId) -> u32 {
        self.lines.pick(draw.uniform(LINES, id.0, 0)) as u32 + 1
    }

    #[inline]
    pub fn draw_quantity(&self, draw: &Draw, id: OrderId, line: u32) -> u32 {
        self.quantities.pick(draw.uniform(QUANTITY, id.0, line)) as u32 + 1
    }

    /// Who orders.
    pub fn customer_of(&self, draw: &Draw, OrderId(id): OrderId) -> CustomerId {
        self.customers.draw(draw, id)
    }

    /// Where a customer lives: the same on each order.
    #[inline]
    pub fn home(&self, draw: &Draw, customer: CustomerId) -> ZoneId {
        ZoneId(self.zones.pick(draw.uniform(HOME, u64::from(customer.0), 0)) as u16)
    }

    #[inline]
    pub(super) fn draw_terms(&self, draw: &Draw, id: OrderId, out: &mut OrderDraft) {
        (out.carrier, out.surcharge) = (None, Money::ZERO);
        out.method = MethodId(self.methods.pick(draw.uniform(METHOD, id.0, 0)) as u8);
        out.payment = PaymentMethodId(self.payments.pick(draw.uniform(PAYMENT, id.0, 0)) as u8);
    }

    #[inline]
    pub fn draw_sku(&self, draw: &Draw, id: OrderId, line: u32) -> SkuId {
        SkuId(self.skus.pick(draw.uniform(SKU, id.0, line)) as u32)
    }

    /// A customer of an order that names none: after those that the file names.
    pub(super) fn draw_guest(&self, draw: &Draw, id: OrderId) -> CustomerId {
        let named = self.replay_facts().map_or(0, |facts| facts.customers);
        CustomerId(self.customers.draw(draw, id.0).0.saturating_add(named))
    }

    /// Customer numbers are below it.
    pub fn customers_count(&self) -> u32 {
        match self.replay_facts() {
            Some(facts) if facts.guest_orders == 0 => facts.customers,
            Some(facts) => facts.customers.saturating_add(self.customers.len()),
            None => self.customers.len(),
        }
    }

    /// Orders expected within the horizon.
    pub fn expected_orders(&self) -> f64 {
        self.hourly.iter().sum()
    }

    /// Orders expected in each hour of the horizon.
    pub fn expected_orders_by_hour(&self) -> &[f64] {
        &self.hourly
    }

    /// Units of each SKU expected within the horizon. A replay whose file names SKUs tells them exactly.
    pub fn expected_units_per_sku(&self) -> Vec<f64> {
        let drawn = match &self.timing {
            Timing::Synthetic { .. } => self.expected_orders() * self.lines.mean() * self.quantities.mean(),
            Timing::Replay(surveyed) => surveyed.expected.drawn_units as f64,
        };
        let mut units: Vec<f64> = (0..self.skus.len()).map(|sku| drawn * self.skus.share(sku)).collect();
        if let Timing::Replay(surveyed) = &self.timing {
            let told = surveyed.expected.units_by_sku.iter();
            units.iter_mut().zip(told).for_each(|(units, &told)| *units += told as f64);
        }
        units
    }

    /// The share of orders that go to each zone.
    pub fn expected_zone_share(&self) -> Vec<f64> {
        let share = |zone| self.zones.share(zone);
        let Timing::Replay(surveyed) = &self.timing else {
            return (0..self.zones.len()).map(share).collect();
        };
        let expected = &surveyed.expected;
        let unplaced = expected.unplaced_orders as f64;
        let orders = unplaced + expected.orders_by_zone.iter().sum::<u64>() as f64;
        let told = expected.orders_by_zone.iter().enumerate();
        told.map(|(zone, &told)| (told as f64 + unplaced * share(zone)) / orders.max(1.0)).collect()
    }

    /// The share of order lines that each SKU gets, where the SKU is drawn.
    pub fn popularity(&self, sku: SkuId) -> f64 {
        self.skus.share(sku.index())
    }

    /// When the last synthetic order may come.
    pub fn arrivals_end(&self) -> Option<Moment> {
        match &self.timing {
            Timing::Synthetic { end, .. } => Some(*end),
            Timing::Replay(_) => None,
        }
    }

    pub fn replay_facts(&self) -> Option<&ReplayFacts> {
        match &self.timing {
            Timing::Synthetic { .. } => None,
            Timing::Replay(surveyed) => Some(&surveyed.facts),
        }
    }
}

type Goods = (Timing, Catalog, Vec<f64>);

/// When orders come and what is sold: together, since a replay file may tell both. Nothing is
/// built, and no file surveyed, unless the rest of the scenario is sound.
fn goods(scenario: &Scenario, rejects: Option<&mut dyn Write>, sound: bool) -> Result<Goods, Vec<Problem>> {
    let source = &scenario.catalog;
    let listed =
        |seen| catalog::build(source, &scenario.tables.catalog, seen).map_err(|problem| vec![problem]);
    let either = |message: &str| {
        vec![Problem::new("E0510", "arrivals", message, "write one of `arrivals` and `replay`")]
    };
    match (&scenario.arrivals, &scenario.replay) {
        (None, None) => Err(either("nobody orders")),
        (Some(_), Some(_)) => Err(either("orders come from two sources")),
        (None, Some(_)) | (Some(_), None) if !sound => Err(Vec::new()),
        (Some(arrivals), None) => {
            let (catalog, popularity) = listed(None)?;
            let (rate, end) = profile::rate(arrivals);
            Ok((Timing::Synthetic { rate, end }, catalog, popularity))
        }
        (None, Some(replay)) => {
            let from_file = matches!(source, CatalogSource::FromReplay { .. });
            let own = if from_file { None } else { Some(listed(None)?) };
            let around = Surroundings {
                zones: &scenario.tables.zones,
                start: scenario.start,
                horizon: scenario.run.horizon,
                skus: own.as_ref().map(|own| &own.0.names[..]),
            };
            let surveyed = Surveyed::new(replay, &around, rejects)?;
            let (catalog, popularity) = match own {
                Some(own) => own,
                None => listed(surveyed.seen.as_deref())?,
            };
            Ok((Timing::Replay(surveyed), catalog, popularity))
        }
    }
}

/// What would not fit the ids, or break a table.
fn limits(scenario: &Scenario) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut most = |place: &str, count: usize, most: usize| {
        if most < count {
            let message = format!("{count} of them; {most} is the most");
            problems.push(Problem::new("E0508", place, message, "leave some out"));
        }
    };
    most("zones", scenario.tables.zones.len(), 1 << 16);
    most("delivery", scenario.delivery.len(), 1 << 8);
    most("payment.methods", scenario.payment.methods.len(), 1 << 8);
    most("basket.lines", scenario.basket.lines.len(), crate::domain::order::MAX_LINES);
    most("basket.quantity", scenario.basket.quantity.len(), crate::domain::order::MAX_LINE_QUANTITY as usize);
    let unsound = |number: &f64| !number.is_finite() || *number < 0.0;
    if let Some(number) = scenario.arrivals.iter().flat_map(profile::numbers).find(unsound) {
        let message = format!("{number} is no rate and no weight");
        problems.push(Problem::new("E0508", "arrivals", message, "write numbers of 0 or more"));
    }
    if let Some(speed) =
        scenario.replay.as_ref().map(|replay| replay.speed).filter(|&s| unsound(&s) || s == 0.0)
    {
        problems.push(Problem::new(
            "E0508",
            "replay.speed",
            format!("{speed} is no speed"),
            "write a number above 0",
        ));
    }
    if scenario.customers.count == 0 {
        problems.push(Problem::new("E0508", "customers.count", "there is no customer", "write at least 1"));
    }
    problems
}
