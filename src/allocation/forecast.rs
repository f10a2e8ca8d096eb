//! The forecast that `bid-price` looks ahead by, and the prices that it makes of it and of the stock.
//!
//! For each SKU alone: the units on the shelves against the units that the zones will ask until the next
//! receipt, each at the freight that an order of that zone pays on average. A box is shared by the lines of an
//! order, so a unit pays the part of it that falls on one line. The price of a cell is what the least cost falls
//! by with one more unit there (`Transport`).
//!
//! # Why each SKU alone
//! Orders of a shop are as various as its catalog: the program over order types (`decomposed`) would need a
//! sample of orders, and rare SKUs would stand in it once or never. Alone, a SKU has its exact expectation, and
//! a thousand of them take milliseconds. What is lost is the pull between lines of one order.

use rayon::prelude::*;

use crate::domain::{MethodId, Money, NodeId, SkuId, ZoneId};
use crate::kernel::time::{Moment, Span};

use super::strategy::{Snapshot, Tables};
use super::tables::AllocationTables;
use super::transport::Transport;

/// What is expected to be asked, and what it costs to serve.
#[derive(Debug, Clone)]
pub struct Forecast {
    expected: Expected,
    /// Price of a box and of a gram by (zone, node), a mean over methods; `None` where no method reaches.
    ways: Vec<Option<(f64, f64)>>,
    nodes: usize,
}

/// Demand as it is expected.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Units of each SKU over the whole horizon.
    pub units: Vec<f64>,
    /// Weight of a unit, by SKU.
    pub unit_g: Vec<u32>,
    /// The share of orders that go to each zone, and with each method.
    pub zones: Vec<f64>,
    pub methods: Vec<f64>,
    /// Lines of an order, on average.
    pub lines: f64,
    /// Orders by hour.
    pub hourly: Vec<f64>,
    /// Instants at which a SKU comes in, in order, by SKU.
    pub receipts: Vec<Vec<Moment>>,
    pub refresh_every: Span,
}

impl Forecast {
    pub fn new(expected: Expected, tables: &AllocationTables, nodes: usize, per_box: Money) -> Forecast {
        let mut ways = Vec::with_capacity(expected.zones.len() * nodes);
        for zone in 0..expected.zones.len() {
            let mut sums = vec![(0.0, 0.0, 0.0); nodes];
            for (method, &share) in expected.methods.iter().enumerate() {
                let reach = tables.reach(MethodId(method as u8), ZoneId(zone as u16));
                for &(node, offer) in reach.cheap {
                    let sum = &mut sums[node.index()];
                    let gram = offer.per_further_kg.0 as f64 / 1_000.0;
                    let opened = (offer.first_kg.0 - offer.per_further_kg.0 / 2).max(0) + per_box.0;
                    *sum = (sum.0 + share, sum.1 + share * opened as f64, sum.2 + share * gram);
                }
            }
            ways.extend(sums.into_iter().map(|(share, opened, gram)| {
                (0.0 < share).then(|| (opened / share / expected.lines.max(1.0), gram / share))
            }));
        }
        Forecast { expected, ways, nodes }
    }

    pub fn refresh_every(&self) -> Span {
        self.expected.refresh_every
    }

    /// The share of all orders that comes between two instants.
    fn share(&self, from: Moment, to: Moment) -> f64 {
        let all: f64 = self.expected.hourly.iter().sum();
        let until = |at: Moment| {
            let hours = at.0 as f64 / Span::HOUR.0 as f64;
            let whole = (hours as usize).min(self.expected.hourly.len());
            let started =
                self.expected.hourly.get(whole).map_or(0.0, |orders| orders * (hours - whole as f64));
            self.expected.hourly[..whole].iter().sum::<f64>() + started
        };
        if all <= 0.0 { 0.0 } else { (until(to) - until(from)).max(0.0) / all }
    }

    /// The price of a unit of every cell.
    pub fn prices(&self, at: Moment, snapshot: &Snapshot<'_>) -> Tables {
        let rows: Vec<Vec<Money>> = (0..snapshot.skus)
            .into_par_iter()
            .map_init(Work::default, |work, sku| self.row(at, snapshot, SkuId(sku as u32), work))
            .collect();
        Tables { bid_prices: rows.concat(), nodes: self.nodes }
    }

    fn row(&self, at: Moment, snapshot: &Snapshot<'_>, sku: SkuId, work: &mut Work) -> Vec<Money> {
        let zones = self.expected.zones.len();
        let next =
            self.expected.receipts.get(sku.index()).and_then(|all| all.iter().find(|&&next| at < next));
        let units = self.expected.units[sku.index()] * self.share(at, next.copied().unwrap_or(Moment::NEVER));
        work.demand.clear();
        work.demand.extend(self.expected.zones.iter().map(|share| share * units));
        work.stock.clear();
        work.stock.extend(
            (0..self.nodes).map(|node| f64::from(snapshot.stock.available(sku, NodeId(node as u16)))),
        );
        let unit_g = f64::from(self.expected.unit_g[sku.index()]);
        work.cost.clear();
        let mut dearest: f64 = 0.0;
        for node in 0..self.nodes {
            for zone in 0..zones {
                let way = self.ways[zone * self.nodes + node];
                let cost = way.map_or(f64::INFINITY, |(opened, gram)| opened + gram * unit_g);
                dearest = dearest.max(if cost.is_finite() { cost } else { 0.0 });
                work.cost.push(cost);
            }
        }
        // What nobody serves counts twice the dearest way.
        work.transport.solve(&work.stock, &work.demand, &work.cost, 2.0 * dearest);
        work.transport.values(&mut work.values);
        work.values.iter().map(|value| Money(value.round() as i64)).collect()
    }
}

#[derive(Default)]
struct Work {
    transport: Transport,
    stock: Vec<f64>,
    demand: Vec<f64>,
    cost: Vec<f64>,
    values: Vec<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::{Offer, Shelf, StockView};

    /// One unit here, one there; the middle and the east ask for one each. The eastern unit saves the east 10.
    #[test]
    fn the_unit_that_somebody_else_needs_has_a_price() {
        let prices = [[500, 600], [200, 1_200]];
        let stocked = [NodeId(0), NodeId(1)];
        let tables = AllocationTables::build(1, 2, &[0, 0], &stocked, |_, node: NodeId, zone: ZoneId| {
            let first_kg = Money(prices[zone.index()][node.index()]);
            Some(Offer { km: 1.0, first_kg, per_further_kg: Money(0) })
        });
        let expected = Expected {
            units: vec![4.0],
            unit_g: vec![500],
            zones: vec![0.5, 0.5],
            methods: vec![1.0],
            lines: 1.0,
            hourly: vec![2.0, 2.0],
            receipts: Vec::new(),
            refresh_every: Span::HOUR,
        };
        let forecast = Forecast::new(expected, &tables, 2, Money(0));
        let mut shelf = Shelf::new(1, 2);
        shelf.set(SkuId(0), NodeId(0), 1);
        shelf.set(SkuId(0), NodeId(1), 1);
        let stock = StockView::of_shelf(&shelf);
        let snapshot = Snapshot { skus: 1, nodes: 2, stock };
        // One hour left: one unit for each zone. An eastern unit more lets the middle come from there: 600 - 500.
        let made = forecast.prices(Moment(Span::HOUR.0), &snapshot);
        assert_eq!(made.bid_prices, [Money(100), Money(0)]);
        // Two hours: two units for each. One in the west more serves a lost one, at 600 instead of 2,400.
        let made = forecast.prices(Moment::ZERO, &snapshot);
        assert_eq!(made.bid_prices, [Money(2_200), Money(1_800)]);
        // Nothing more is asked.
        let made = forecast.prices(Moment(2 * Span::HOUR.0), &snapshot);
        assert_eq!(made.bid_prices, [Money(0), Money(0)]);
    }
}
