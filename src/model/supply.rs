//! Supply: the cells that suppliers fill, and the regions between which goods are pre-positioned.

use super::build::law;
use super::stock::{SkuNames, centers, nearest_demand};
use crate::allocation::forecast::Forecast;
use crate::allocation::holt_winters::Smoothing;
use crate::allocation::pre_position::Arcs;
use crate::demand::DemandTables;
use crate::domain::{Money, NodeId, SkuId, ZoneId};
use crate::kernel::law::Law;
use crate::kernel::time::Span;
use crate::logistics::Network;
use crate::scenario::Scenario;
use crate::scenario::spec::{Policy, Replenish};

/// Who orders from the supplier, and what for.
#[derive(Debug)]
pub struct Replenishment {
    pub rules: Vec<ReplenishRule>,
    /// Rule by rule.
    pub cells: Vec<ReplenishCell>,
    nodes: usize,
    /// Place in `cells` by (SKU, node).
    place: Vec<u32>,
}

#[derive(Debug)]
pub struct ReplenishRule {
    pub policy: Policy,
    pub quantity: u32,
    pub review: Span,
    pub lead_time: Law,
    pub supplier_fill: f64,
    pub order_cost: Money,
    /// Of `Replenishment::cells`.
    pub cells: std::ops::Range<usize>,
}

#[derive(Debug, Clone, Copy)]
pub struct ReplenishCell {
    pub sku: SkuId,
    pub node: NodeId,
    pub level: u32,
}

const NO_CELL: u32 = u32::MAX;

impl Replenishment {
    /// `None` without rules. `stock` names the cells that there are.
    pub fn build(
        scenario: &Scenario,
        demand: &DemandTables,
        network: &Network,
        stock: &[(SkuId, NodeId, u32)],
    ) -> Option<Replenishment> {
        let rules = &scenario.stock.replenish;
        if rules.is_empty() {
            return None;
        }
        let names = SkuNames::of(demand);
        let node = |name: &String| super::network::node(scenario, name);
        let ends: Vec<(Option<NodeId>, Option<SkuId>)> = rules
            .iter()
            .map(|rule| (rule.node.as_ref().map(node), rule.sku.as_ref().map(|sku| names.id(sku))))
            .collect();
        let fits = |rule: usize, sku: SkuId, node: NodeId| {
            let (at, of) = ends[rule];
            at.is_none_or(|at| at == node) && of.is_none_or(|of| of == sku)
        };
        let ruling = |sku: SkuId, node: NodeId| (0..rules.len()).rev().find(|&rule| fits(rule, sku, node));
        let daily = Daily::new(scenario, demand, network, stock);
        let nodes = scenario.nodes.len();
        let mut place = vec![NO_CELL; demand.catalog().len() * nodes];
        let (mut cells, mut built) = (Vec::new(), Vec::new());
        for (number, rule) in rules.iter().enumerate() {
            let first = cells.len();
            for &(sku, node, _) in stock.iter().filter(|cell| ruling(cell.0, cell.1) == Some(number)) {
                place[sku.index() * nodes + node.index()] = cells.len() as u32;
                cells.push(ReplenishCell { sku, node, level: level(rule, daily.at(sku, node)) });
            }
            built.push(ReplenishRule {
                policy: rule.policy,
                quantity: rule.quantity,
                review: rule.review,
                lead_time: law(&rule.lead_time),
                supplier_fill: rule.supplier_fill,
                order_cost: rule.order_cost,
                cells: first..cells.len(),
            });
        }
        Some(Replenishment { rules: built, cells, nodes, place })
    }

    /// The place of a cell, if a rule holds for it.
    pub fn place(&self, sku: SkuId, node: NodeId) -> Option<usize> {
        let place = self.place[sku.index() * self.nodes + node.index()];
        (place != NO_CELL).then_some(place as usize)
    }
}

fn level(rule: &Replenish, daily: f64) -> u32 {
    match (rule.level, rule.cover) {
        (Some(level), _) => level,
        (None, Some(cover)) => {
            let units = daily * cover.0 as f64 / Span::DAY.0 as f64;
            libm::ceil(units * (1.0 - 1e-9)).max(1.0) as u32
        }
        (None, None) => unreachable!("the reader wants one of the two"),
    }
}

/// Units a day that are expected of a cell, while orders come: the SKU's, shared by the demand nearest to the nodes that
/// carry it.
struct Daily {
    units: Vec<f64>,
    /// By node.
    near: Vec<f64>,
    /// By SKU: of the nodes that carry it.
    near_all: Vec<f64>,
}

impl Daily {
    fn new(
        scenario: &Scenario,
        demand: &DemandTables,
        network: &Network,
        stock: &[(SkuId, NodeId, u32)],
    ) -> Daily {
        let hours = demand.expected_orders_by_hour().iter().filter(|&&orders| 0.0 < orders).count();
        let days = hours.max(1) as f64 / 24.0;
        let centers = centers(scenario);
        let mut near = vec![0.0; scenario.nodes.len()];
        let shares = nearest_demand(&centers, demand, network);
        centers.iter().zip(shares).for_each(|(center, share)| near[center.index()] = share);
        let mut near_all = vec![0.0; demand.catalog().len()];
        stock.iter().for_each(|&(sku, node, _)| near_all[sku.index()] += near[node.index()]);
        let units = demand.expected_units_per_sku().iter().map(|units| units / days).collect();
        Daily { units, near, near_all }
    }

    fn at(&self, sku: SkuId, node: NodeId) -> f64 {
        let all = self.near_all[sku.index()];
        if all <= 0.0 { 0.0 } else { self.units[sku.index()] * self.near[node.index()] / all }
    }
}

/// Goods that go between centers before anybody orders them.
#[derive(Debug)]
pub struct PrePosition {
    /// A region is what is nearest to its center; both have the same number.
    pub centers: Vec<NodeId>,
    /// By zone.
    pub region: Vec<u16>,
    pub every: Span,
    pub first: Span,
    pub horizon: Span,
    pub period: Span,
    /// Periods.
    pub season: usize,
    /// Periods that are known at the start.
    pub history: usize,
    pub smoothing: Smoothing,
    pub dense: f64,
    pub arcs: Arcs,
    /// On the road between centers, by (from, to).
    pub road: Vec<Span>,
    pub handling: Law,
    /// Freight of a unit by (center, region): of its share of a box, and of each gram; `None` where there is no way.
    pub freight: Vec<Option<(f64, f64)>>,
}

impl PrePosition {
    pub fn build(
        scenario: &Scenario,
        demand: &DemandTables,
        network: &Network,
        forecast: impl FnOnce() -> Forecast,
        nearest: impl Fn(ZoneId) -> Option<NodeId>,
    ) -> Option<PrePosition> {
        let rules = scenario.pre_position.as_ref()?;
        let (centers, forecast) = (centers(scenario), forecast());
        let count = centers.len();
        let of_zone = |zone: ZoneId| {
            let near = nearest(zone).and_then(|near| centers.iter().position(|&center| center == near));
            near.unwrap_or(0) as u16
        };
        let region: Vec<u16> = network.zone_ids().map(of_zone).collect();
        let pairs = || (0..count * count).map(|pair| (centers[pair / count], centers[pair % count]));
        let km = |(from, to): (NodeId, NodeId)| {
            network.nodes[from.index()].at.distance_km(network.nodes[to.index()].at)
                * scenario.network.circuity
        };
        let road = |km: f64| Span::from_secs_f64(km / rules.speed_kmh * 3_600.0);
        let (period, season) = rules.season.periods();
        let history = if demand.replay_facts().is_some() { 0 } else { rules.history.0 / period.0 };
        Some(PrePosition {
            every: rules.every,
            first: rules.first,
            horizon: rules.horizon,
            period,
            season,
            history: history as usize,
            smoothing: Smoothing { level: rules.level, trend: rules.trend, season: rules.seasonal },
            dense: rules.dense,
            arcs: Arcs {
                nodes: count,
                way: pairs().map(|ends| km(ends) / 100.0 * rules.cost_per_unit_100km.0 as f64).collect(),
                capacity: rules.capacity,
                local: rules.local_value.0 as f64,
                rounds: rules.rounds,
            },
            road: pairs().map(|ends| road(km(ends))).collect(),
            handling: law(&rules.handling),
            freight: freight(&centers, &region, &demand.expected_zone_share(), &forecast),
            centers,
            region,
        })
    }
}

/// Means over the zones of a region that the center reaches, by their share of orders.
fn freight(
    centers: &[NodeId],
    region: &[u16],
    shares: &[f64],
    forecast: &Forecast,
) -> Vec<Option<(f64, f64)>> {
    let count = centers.len();
    let mut sums = vec![(0.0, 0.0, 0.0); count * count];
    for (zone, &region) in region.iter().enumerate() {
        for (number, &center) in centers.iter().enumerate() {
            if let Some((opened, gram)) = forecast.way(ZoneId(zone as u16), center) {
                // A zone of no orders still tells what the way costs.
                let share = shares[zone].max(1e-9);
                let sum = &mut sums[number * count + usize::from(region)];
                *sum = (sum.0 + share, sum.1 + share * opened, sum.2 + share * gram);
            }
        }
    }
    let mean = |(share, opened, gram): (f64, f64, f64)| (0.0 < share).then(|| (opened / share, gram / share));
    sums.into_iter().map(mean).collect()
}
