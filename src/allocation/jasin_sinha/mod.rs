//! The literature instance: multi-item orders over a few nodes, with what is lost priced by an outside node.
//!
//! Rebuilt from the formulas of Jasin and Sinha 2015 (Operations Research 63:1336) as Ma 2023 (M&SOM) ran
//! them: metropolitan areas by population, five fulfillment centers, twenty items, orders of up to five
//! items, ten thousand orders. A shipment costs 8.759, an item 0.423 + 0.000541 a mile; an item that no
//! center sends comes from an outside node, at twice the price from the farthest distance. Each center
//! carries an item with probability 0.75 and has what the regions nearest to it are expected to ask, and
//! half a standard deviation more.
//!
//! Prices are in millionths, so that all of them are whole. The random numbers are ours: figures agree with
//! the published ones in distribution, not digit for digit.

mod play;

use std::sync::Arc;

use crate::domain::{GeoPoint, HandlingClass, Money, NodeId, SkuId, ZoneId};
use crate::kernel::draw::{Draw, Source};

use crate::allocation::decomposed::{Group, Program};
use crate::allocation::shelf::Shelf;
use crate::allocation::tables::{AllocationTables, Offer};
use crate::allocation::view::OpenLine;

pub use play::{Policy, Tally, play};

const NODES: [(f64, f64); 5] = [
    (37.7448, -121.3985),
    (39.9797, -86.3833),
    (41.2776, -75.4973),
    (33.9114, -81.0501),
    (32.9709, -97.3348),
];

/// Latitude, longitude, people.
const METROS: [(f64, f64, f64); 10] = [
    (40.7128, -74.0060, 18_680_025.0),
    (34.0522, -118.2437, 12_531_334.0),
    (41.8781, -87.6298, 8_586_888.0),
    (25.7617, -80.1918, 6_076_316.0),
    (32.7767, -96.7970, 5_910_669.0),
    (29.7604, -95.3698, 5_724_418.0),
    (39.9526, -75.1652, 5_540_199.0),
    (33.7490, -84.3880, 5_151_496.0),
    (38.9072, -77.0369, 5_066_973.0),
    (42.3601, -71.0589, 4_465_966.0),
];

const ITEMS: usize = 20;
const SIZES: usize = 5;
const TYPES_A_SIZE: usize = 5;
const CARRIES: f64 = 0.75;
const MILLION: f64 = 1e6;
const PER_SHIPMENT: f64 = 8.759;

/// More than anybody asks.
const PLENTY: u32 = 1 << 30;

/// One drawn instance.
#[derive(Debug, Clone)]
pub struct Instance {
    pub orders: u32,
    /// Items of each order type; the first type is empty.
    pub types: Vec<Vec<u32>>,
    /// Probability of an order of (type, region).
    pub share: Vec<f64>,
    /// Price of a shipment and of an item, by (region, node); the last node is outside.
    fixed: Vec<i64>,
    unit: Vec<i64>,
    miles: Vec<f64>,
    /// Units by (item, node).
    pub stock: Vec<u32>,
}

impl Instance {
    pub const NODES: usize = NODES.len() + 1;
    pub const OUTSIDE: NodeId = NodeId(NODES.len() as u16);
    pub const REGIONS: usize = METROS.len();

    /// The instance of a seed, for so many orders (10,000 in the literature).
    pub fn small(seed: u64, orders: u32) -> Instance {
        let dice = &mut Draw::new(seed, 0).source("jasin-sinha");
        let (types, weights) = order_types(dice);
        let people: f64 = METROS.iter().map(|metro| metro.2).sum();
        let share: Vec<f64> = weights
            .iter()
            .flat_map(|weight| METROS.iter().map(move |metro| weight * metro.2 / people))
            .collect();
        let (fixed, unit, miles) = prices();
        let mut instance = Instance { orders, types, share, fixed, unit, miles, stock: Vec::new() };
        instance.stock = instance.stocked(dice);
        instance
    }

    /// Every center that carries an item has what its nearest regions ask, plus half a deviation.
    fn stocked(&self, dice: &mut Source) -> Vec<u32> {
        let mut stock = Vec::new();
        for item in 0..ITEMS as u32 {
            let carries: Vec<bool> = NODES.iter().map(|_| dice.uniform() < CARRIES).collect();
            let mut asked = [0.0; NODES.len()];
            for region in 0..Self::REGIONS {
                let miles = |&node: &usize| self.miles[region * Self::NODES + node];
                let near = (0..NODES.len())
                    .filter(|&node| carries[node])
                    .min_by(|a, b| miles(a).total_cmp(&miles(b)));
                let Some(near) = near else { continue };
                let of_item = self.types.iter().enumerate().filter(|(_, items)| items.contains(&item));
                asked[near] += of_item.map(|(at, _)| self.share[at * Self::REGIONS + region]).sum::<f64>();
            }
            let orders = f64::from(self.orders);
            let units = |asked: f64| {
                (orders * asked + 0.5 * (orders * asked * (1.0 - asked)).max(0.0).sqrt()).round() as u32
            };
            stock.extend(asked.iter().map(|&asked| units(asked)));
            stock.push(PLENTY);
        }
        stock
    }

    /// Realized arrivals: (type, region), one an order.
    pub fn sequence(&self, seed: u64, number: u32) -> Vec<(u16, u16)> {
        let dice = &mut Draw::new(seed, 1 + number).source("arrivals");
        let mut up_to = Vec::with_capacity(self.share.len());
        let mut sum = 0.0;
        for share in &self.share {
            sum += share;
            up_to.push(sum);
        }
        (0..self.orders)
            .map(|_| {
                let at = dice.uniform() * sum;
                let found = up_to.partition_point(|&up_to| up_to < at).min(up_to.len() - 1);
                ((found / Self::REGIONS) as u16, (found % Self::REGIONS) as u16)
            })
            .collect()
    }

    /// The expected program when so many orders are still to come and this is left on the shelves: order
    /// types by region.
    pub fn expected(&self, orders: f64, left: impl Fn(SkuId, NodeId) -> f64) -> Program {
        self.program(left, |at| self.share[at] * orders)
    }

    /// The program of a realized sequence: nobody could have known it.
    pub fn hindsight(&self, sequence: &[(u16, u16)]) -> Program {
        let mut counts = vec![0.0; self.share.len()];
        for &(of_type, region) in sequence {
            counts[usize::from(of_type) * Self::REGIONS + usize::from(region)] += 1.0;
        }
        let left = |sku: SkuId, node: NodeId| f64::from(self.stock[sku.index() * Self::NODES + node.index()]);
        self.program(left, |at| counts[at])
    }

    fn program(&self, left: impl Fn(SkuId, NodeId) -> f64, count: impl Fn(usize) -> f64) -> Program {
        let mut groups = Vec::new();
        for (at, items) in self.types.iter().enumerate().filter(|(_, items)| !items.is_empty()) {
            for region in 0..Self::REGIONS {
                let row = region * Self::NODES;
                let unit = &self.unit[row..row + Self::NODES];
                groups.push(Group {
                    count: count(at * Self::REGIONS + region),
                    lines: items.iter().map(|&item| (item, 1)).collect(),
                    fixed: self.fixed[row..row + Self::NODES].iter().map(|&fixed| Some(fixed)).collect(),
                    unit: items.iter().flat_map(|_| unit).copied().collect(),
                });
            }
        }
        let cell = |cell: usize| {
            let (sku, node) = (SkuId((cell / Self::NODES) as u32), NodeId((cell % Self::NODES) as u16));
            if node == Self::OUTSIDE { f64::INFINITY } else { left(sku, node) }
        };
        Program {
            nodes: Self::NODES,
            groups,
            stock: (0..ITEMS * Self::NODES).map(cell).collect(),
            unserved: 1 << 40,
            most_nodes: Self::NODES,
        }
    }

    pub fn shelf(&self) -> Shelf {
        let mut shelf = Shelf::new(ITEMS, Self::NODES);
        for (cell, &units) in self.stock.iter().enumerate() {
            shelf.set(SkuId((cell / Self::NODES) as u32), NodeId((cell % Self::NODES) as u16), units);
        }
        shelf
    }

    pub fn items(&self) -> usize {
        ITEMS
    }

    /// For the strategies: an item weighs a kilogram, so that a rate card by kilograms is the price exactly.
    pub fn tables(&self) -> Arc<AllocationTables> {
        let stocked: Vec<NodeId> = (0..Self::NODES as u16).map(NodeId).collect();
        let offer = |_, node: NodeId, zone: ZoneId| {
            let at = zone.index() * Self::NODES + node.index();
            Some(Offer {
                km: self.miles[at],
                first_kg: Money(self.fixed[at] + self.unit[at]),
                per_further_kg: Money(self.unit[at]),
            })
        };
        let priority: Vec<u32> = (0..Self::NODES as u32).collect();
        Arc::new(AllocationTables::build(1, Self::REGIONS, &priority, &stocked, offer))
    }

    /// The lines of a type as strategies see them.
    pub fn lines(&self, of_type: u16) -> Vec<OpenLine> {
        let line = |(line, &item): (usize, &u32)| OpenLine {
            line: line as u16,
            sku: SkuId(item),
            quantity: 1,
            class: HandlingClass::Standard,
            unit_g: 1_000,
        };
        self.types[usize::from(of_type)].iter().enumerate().map(line).collect()
    }

    /// The nearest node for which `has` holds; the outside has everything.
    pub fn nearest(&self, region: u16, has: impl Fn(NodeId) -> bool) -> NodeId {
        let miles = |node: &NodeId| self.miles[usize::from(region) * Self::NODES + node.index()];
        let nodes = (0..NODES.len() as u16).map(NodeId).filter(|&node| has(node));
        nodes.min_by(|a, b| miles(a).total_cmp(&miles(b))).unwrap_or(Self::OUTSIDE)
    }

    /// What so many items in one shipment from a node to a region cost.
    pub fn price(&self, region: u16, node: NodeId, items: u32) -> i64 {
        let at = usize::from(region) * Self::NODES + node.index();
        self.fixed[at] + i64::from(items) * self.unit[at]
    }
}

/// Item sets, the empty one first, and their probabilities.
fn order_types(dice: &mut Source) -> (Vec<Vec<u32>>, Vec<f64>) {
    let mut types = vec![Vec::new()];
    let mut weights = Vec::new();
    let sizes: Vec<f64> = (0..=SIZES).map(|_| dice.uniform()).collect();
    let all: f64 = sizes.iter().sum();
    weights.push(sizes[0] / all);
    for (size, size_weight) in sizes.iter().enumerate().skip(1) {
        let within: Vec<f64> = (0..TYPES_A_SIZE).map(|_| dice.uniform()).collect();
        let sum: f64 = within.iter().sum();
        for weight in within {
            let mut items: Vec<u32> = Vec::new();
            while items.len() < size {
                let item = (dice.bits() % ITEMS as u64) as u32;
                if !items.contains(&item) {
                    items.push(item);
                }
            }
            items.sort_unstable();
            types.push(items);
            weights.push(size_weight / all * weight / sum);
        }
    }
    (types, weights)
}

/// Price of a shipment, of an item, and miles, by (region, node).
fn prices() -> (Vec<i64>, Vec<i64>, Vec<f64>) {
    let miles = |node: (f64, f64), metro: (f64, f64, f64)| {
        let (a, b) = (GeoPoint { lat: node.0, lon: node.1 }, GeoPoint { lat: metro.0, lon: metro.1 });
        a.distance_km(b) / 1.61
    };
    let all = METROS.iter().flat_map(|&metro| NODES.iter().map(move |&node| miles(node, metro)));
    let farthest = all.fold(0.0, f64::max);
    let item = |miles: f64| 0.423 + 0.000_541 * miles;
    let (mut fixed, mut unit, mut far) = (Vec::new(), Vec::new(), Vec::new());
    for metro in METROS {
        for node in NODES {
            let miles = miles(node, metro);
            fixed.push((PER_SHIPMENT * MILLION).round() as i64);
            unit.push((item(miles) * MILLION).round() as i64);
            far.push(miles);
        }
        fixed.push((2.0 * PER_SHIPMENT * MILLION).round() as i64);
        unit.push((2.0 * item(farthest) * MILLION).round() as i64);
        far.push(2.0 * farthest);
    }
    (fixed, unit, far)
}
