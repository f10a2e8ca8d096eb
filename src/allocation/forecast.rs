//! The forecast that `bid-price`, `wave` and the roundings look ahead by, and the prices that it makes of it and of the stock.
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
//!
//! # Why not every SKU every time
//! Of 100,000 SKUs few sell within an hour. What did not, and of which no less is expected than before, keeps its
//! prices (`Basis`).

use rayon::prelude::*;

use crate::domain::{MethodId, Money, NodeId, SkuId, ZoneId};
use crate::kernel::time::{Moment, Span};

use super::rounding::{Fraction, Fractions};
use super::strategy::{Basis, Snapshot, Tables};
use super::tables::AllocationTables;
use super::transport::Transport;

/// The share by which expected units may move before a SKU of unchanged stock is priced anew.
const DRIFT: f64 = 0.02;

/// What is expected to be asked, and what it costs to serve.
#[derive(Debug, Clone)]
pub struct Forecast {
    expected: Expected,
    /// Nodes that reach any zone, rising: few among a network's. Everything below `prices` counts only them.
    sites: Vec<NodeId>,
    /// Price of a box and of a gram by (site, zone), a mean over methods; `None` where no method reaches.
    ways: Vec<Option<(f64, f64)>>,
    nodes: usize,
    /// The share of all orders that a node is the nearest to.
    near: Vec<f64>,
    /// Whether the plan is kept beside the prices.
    keeps_plan: bool,
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
        let zones = expected.zones.len();
        let mut by_node: Vec<Option<(f64, f64)>> = vec![None; nodes * zones];
        for zone in 0..zones {
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
            for (node, (share, opened, gram)) in sums.into_iter().enumerate().filter(|sums| 0.0 < sums.1.0) {
                by_node[node * zones + zone] = Some((opened / share / expected.lines.max(1.0), gram / share));
            }
        }
        let row = |node: usize| &by_node[node * zones..(node + 1) * zones];
        let reaches = |node: &NodeId| row(node.index()).iter().any(Option::is_some);
        let sites: Vec<NodeId> = (0..nodes as u16).map(NodeId).filter(reaches).collect();
        let ways = sites.iter().flat_map(|site| row(site.index())).copied().collect();
        let mut near = vec![0.0; nodes];
        for (zone, share) in expected.zones.iter().enumerate() {
            for (method, means) in expected.methods.iter().enumerate() {
                let reach = tables.reach(MethodId(method as u8), ZoneId(zone as u16));
                reach.near.first().into_iter().for_each(|node| near[node.index()] += share * means);
            }
        }
        Forecast { expected, sites, ways, nodes, near, keeps_plan: false }
    }

    /// What a unit costs from the node to the zone: its part of a box, and each gram. `None` where there is no way.
    pub fn way(&self, zone: ZoneId, node: NodeId) -> Option<(f64, f64)> {
        let site = self.sites.binary_search(&node).ok()?;
        self.ways[site * self.expected.zones.len() + zone.index()]
    }

    /// The same forecast, whose tables also say which part of each zone's demand comes from which node.
    pub fn with_plan(self) -> Forecast {
        Forecast { keeps_plan: true, ..self }
    }

    /// How long the units last at the node, in thousandths of a day, at the mean rate at which the zones nearest to it
    /// ask for the SKU.
    pub fn cover(&self, sku: SkuId, node: NodeId, units: u32) -> u64 {
        let days = self.expected.hourly.len() as f64 / 24.0;
        let daily = self.expected.units[sku.index()] * self.near[node.index()] / days;
        // Nobody is near: it lasts for ever, and the more the longer.
        if daily <= 0.0 { u64::from(units) << 32 } else { (1_000.0 * f64::from(units) / daily) as u64 }
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

    /// The price of a unit of every cell. A SKU keeps the prices of the tables that the snapshot shows, while
    /// its stock is the same and what is expected of it has moved by less than `DRIFT`.
    pub fn prices(&self, at: Moment, snapshot: &Snapshot<'_>) -> Tables {
        let nodes = self.nodes;
        let fresh = || Tables {
            bid_prices: vec![Money(0); snapshot.skus * nodes],
            nodes,
            fractions: Fractions(vec![Box::default(); if self.keeps_plan { snapshot.skus } else { 0 }]),
            basis: Basis {
                stock: vec![u32::MAX; snapshot.skus * nodes],
                expected: vec![0; snapshot.skus],
                made: 0,
            },
        };
        let before = snapshot.stock.tables().filter(|before| before.basis.expected.len() == snapshot.skus);
        let mut made = before.map_or_else(fresh, Tables::clone);
        let Tables { bid_prices, basis, fractions, .. } = &mut made;
        let mut spare = vec![Box::default(); snapshot.skus - fractions.0.len()];
        let rows = bid_prices.par_chunks_mut(nodes).zip(basis.stock.par_chunks_mut(nodes));
        let plans = fractions.0.par_iter_mut().chain(&mut spare);
        let rows = rows.zip(&mut basis.expected).zip(plans).enumerate();
        let renewed = rows.map_init(Work::default, |work, (sku, (((prices, stock), expected), plan))| {
            let sku = SkuId(sku as u32);
            let units = self.units(at, sku);
            let known = *expected as f64 / 1_000.0;
            let kept = (units - known).abs() <= DRIFT * known;
            let mut same = kept;
            for (node, known) in stock.iter_mut().enumerate() {
                let units = snapshot.stock.available(sku, NodeId(node as u16));
                same &= units == *known;
                *known = units;
            }
            if !same {
                *expected = (units * 1_000.0).round() as u64;
                self.row(units, sku, stock, work);
                for (site, value) in self.sites.iter().zip(&work.values) {
                    prices[site.index()] = Money(value.round() as i64);
                }
            }
            if !same && self.keeps_plan {
                *plan = self.plan(&work.transport);
            }
            usize::from(!same)
        });
        basis.made = renewed.sum();
        made
    }

    /// Which part of each zone's units comes from which node.
    fn plan(&self, transport: &Transport) -> Box<[Fraction]> {
        let zone = |zone: usize| {
            let sum: f64 = transport.sent(zone).map(|sent| sent.1).sum();
            transport.sent(zone).map(move |(site, units)| Fraction {
                zone: ZoneId(zone as u16),
                node: self.sites[site],
                billionths: (1e9 * units / sum).ceil() as u32,
            })
        };
        (0..self.expected.zones.len()).flat_map(zone).collect()
    }

    /// Units of the SKU that are expected until it next comes in.
    fn units(&self, at: Moment, sku: SkuId) -> f64 {
        let receipts = self.expected.receipts.get(sku.index());
        let next = receipts.and_then(|all| all.iter().find(|&&next| at < next));
        self.expected.units[sku.index()] * self.share(at, next.copied().unwrap_or(Moment::NEVER))
    }

    fn row(&self, units: f64, sku: SkuId, stock: &[u32], work: &mut Work) {
        work.demand.clear();
        work.demand.extend(self.expected.zones.iter().map(|share| share * units));
        work.stock.clear();
        work.stock.extend(self.sites.iter().map(|site| f64::from(stock[site.index()])));
        let unit_g = f64::from(self.expected.unit_g[sku.index()]);
        work.cost.clear();
        let cost =
            |way: &Option<(f64, f64)>| way.map_or(f64::INFINITY, |(opened, gram)| opened + gram * unit_g);
        work.cost.extend(self.ways.iter().map(cost));
        let dearest = work.cost.iter().copied().filter(|cost| cost.is_finite()).fold(0.0, f64::max);
        // What nobody serves counts twice the dearest way.
        work.transport.solve(&work.stock, &work.demand, &work.cost, 2.0 * dearest);
        work.transport.values(&mut work.values);
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

    /// Twice as many orders are near the first node: the same shelf lasts half as long there.
    #[test]
    fn a_shelf_lasts_by_the_demand_near_it() {
        let prices = [[500, 600], [600, 500], [500, 600]];
        let stocked = [NodeId(0), NodeId(1)];
        let tables = AllocationTables::build(1, 3, &[0, 0], &stocked, |_, node: NodeId, zone: ZoneId| {
            let first_kg = Money(prices[zone.index()][node.index()]);
            Some(Offer { km: first_kg.0 as f64, first_kg, per_further_kg: Money(0) })
        });
        let expected = Expected {
            units: vec![30.0],
            unit_g: vec![500],
            zones: vec![1.0 / 3.0; 3],
            methods: vec![1.0],
            lines: 1.0,
            hourly: vec![1.0; 24],
            receipts: Vec::new(),
            refresh_every: Span::HOUR,
        };
        let forecast = Forecast::new(expected, &tables, 2, Money(0)).with_plan();
        let cover = |node, units| forecast.cover(SkuId(0), NodeId(node), units);
        assert_eq!((cover(0, 20), cover(1, 20)), (1_000, 2_000));
        // `balance` sends it from where it lasts longer, though the other shelf is fuller.
        let mut shelf = Shelf::new(1, 2);
        shelf.set(SkuId(0), NodeId(0), 24);
        shelf.set(SkuId(0), NodeId(1), 16);
        let forecast = std::sync::Arc::new(forecast);
        let settings = crate::allocation::Settings { forecast: Some(forecast.clone()), ..Default::default() };
        let rules = crate::allocation::Rules { split_lines: true, max_splits: 3, backorder: true };
        let balance = crate::allocation::Builtin::Balance;
        let allocator = crate::allocation::Allocator::with_settings(balance, tables.into(), rules, settings);
        let line = crate::allocation::OpenLine { quantity: 1, ..Default::default() };
        let order = crate::allocation::OrderView {
            id: crate::domain::OrderId(1),
            zone: ZoneId(0),
            method: MethodId(0),
            at: Moment::ZERO,
            promised: Moment::NEVER,
            lines: &[line],
            own: &[],
        };
        let mut plan = crate::domain::Plan::default();
        let stock = StockView::of_shelf(&shelf);
        allocator.plan(&order, &stock, &crate::kernel::draw::Draw::new(1, 0), &mut plan);
        assert_eq!(plan.assignments[0].node, NodeId(1));
        // The plan of 30 units on 40: each zone from the node where it is cheaper, and the third in parts.
        let snapshot = Snapshot { skus: 1, nodes: 2, stock };
        let made = forecast.prices(Moment::ZERO, &snapshot).fractions;
        let nodes = |zone| made.of(SkuId(0), ZoneId(zone)).iter().map(|part| part.node.0).collect::<Vec<_>>();
        assert_eq!((nodes(0), nodes(1), nodes(2)), (vec![0], vec![1], vec![0]));
        assert!(made.0[0].iter().all(|part| part.billionths == 1_000_000_000));
    }

    #[test]
    fn only_what_has_changed_is_priced_anew() {
        const SKUS: usize = 40;
        let stocked = [NodeId(0), NodeId(1), NodeId(2)];
        let tables = AllocationTables::build(1, 4, &[0; 3], &stocked, |_, node: NodeId, zone: ZoneId| {
            let first_kg = Money(500 + i64::from(node.0 * 170 + zone.0 * 210) % 600);
            Some(Offer { km: 1.0, first_kg, per_further_kg: Money(0) })
        });
        let expected = Expected {
            units: (0..SKUS).map(|sku| 10.0 + sku as f64).collect(),
            unit_g: vec![500; SKUS],
            zones: vec![0.25; 4],
            methods: vec![1.0],
            lines: 1.0,
            hourly: vec![1.0; 100],
            receipts: Vec::new(),
            refresh_every: Span::HOUR,
        };
        let forecast = Forecast::new(expected, &tables, 3, Money(0));
        let mut shelf = Shelf::new(SKUS, 3);
        let cells = |shelf: &mut Shelf, sku: u32| {
            stocked
                .iter()
                .for_each(|&node| shelf.set(SkuId(sku), node, (sku * 7 + u32::from(node.0) * 5) % 13))
        };
        (0..SKUS as u32).for_each(|sku| cells(&mut shelf, sku));
        let prices = |shelf: &Shelf, at: u64, before: Option<&Tables>| {
            let stock = StockView::of_shelf(shelf);
            let stock = before.map_or(stock, |before| stock.with_tables(before));
            forecast.prices(Moment(at * Span::HOUR.0), &Snapshot { skus: SKUS, nodes: 3, stock })
        };
        let first = prices(&shelf, 0, None);
        assert_eq!(first.basis.made, SKUS);
        shelf.set(SkuId(3), NodeId(1), 40);
        shelf.set(SkuId(9), NodeId(0), 0);
        let second = prices(&shelf, 0, Some(&first));
        assert_eq!(second.basis.made, 2);
        assert_eq!(second.bid_prices, prices(&shelf, 0, None).bid_prices);
        // An hour of a hundred is less than the drift; ten are not.
        assert_eq!(prices(&shelf, 1, Some(&second)).basis.made, 0);
        let third = prices(&shelf, 10, Some(&second));
        assert_eq!((third.basis.made, &third.bid_prices), (SKUS, &prices(&shelf, 10, None).bid_prices));
    }
}
