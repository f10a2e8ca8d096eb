//! Initial stock and receipts: from a rule or from tables to units by (SKU, node).
//!
//! The rule: a SKU gets `cover` times its expected demand, at least one unit, laid out over the
//! `nodes_per_sku` fulfillment centers that a walk from a start drawn by the SKU's number meets,
//! in proportion to the demand that is nearest to each.

use std::collections::BTreeMap;

use crate::demand::DemandTables;
use crate::domain::{NodeId, NodeKind, SkuId, ZoneId};
use crate::kernel::draw::mix;
use crate::kernel::time::Moment;
use crate::logistics::Network;
use crate::scenario::Scenario;

use super::Receipt;
use super::network::node;

/// Units by (SKU, node), SKU by SKU.
pub fn initial_stock(
    scenario: &Scenario,
    demand: &DemandTables,
    network: &Network,
) -> Vec<(SkuId, NodeId, u32)> {
    if !scenario.tables.stock.is_empty() {
        return listed(scenario, &SkuNames::of(demand));
    }
    let centers: Vec<NodeId> = centers(scenario);
    let near = nearest_demand(&centers, demand, network);
    let expected = demand.expected_units_per_sku();
    let carried = (scenario.stock.nodes_per_sku as usize).clamp(1, centers.len());
    let mut cells = Vec::with_capacity(expected.len() * carried);
    for (sku, &units) in expected.iter().enumerate() {
        let total = whole_units(units * scenario.stock.cover).max(1.0);
        let start = (mix(sku as u64) % centers.len() as u64) as usize;
        let chosen: Vec<usize> = (0..carried).map(|step| (start + step) % centers.len()).collect();
        let weight: f64 = chosen.iter().map(|&center| near[center]).sum();
        for &center in &chosen {
            let share = if weight > 0.0 { near[center] / weight } else { 1.0 / carried as f64 };
            let quantity = whole_units(total * share) as u32;
            cells.push((SkuId(sku as u32), centers[center], quantity));
        }
    }
    cells
}

/// Rounded up, unless what is above a whole number is but the rounding of shares that add up to one.
fn whole_units(units: f64) -> f64 {
    libm::ceil(units * (1.0 - 1e-9))
}

pub fn centers(scenario: &Scenario) -> Vec<NodeId> {
    let center = |row: &(usize, &crate::scenario::spec::Node)| row.1.kind == NodeKind::FulfillmentCenter;
    scenario.nodes.iter().enumerate().filter(center).map(|(index, _)| NodeId(index as u16)).collect()
}

/// The share of demand whose nearest fulfillment center is each one; none is left with nothing.
pub fn nearest_demand(centers: &[NodeId], demand: &DemandTables, network: &Network) -> Vec<f64> {
    let mut near = vec![1e-3; centers.len()];
    for (zone, share) in demand.expected_zone_share().into_iter().enumerate() {
        let km = |center: &NodeId| network.km(*center, ZoneId(zone as u16));
        let nearest = (0..centers.len()).min_by(|&a, &b| km(&centers[a]).total_cmp(&km(&centers[b])));
        near[nearest.expect("there is a fulfillment center")] += share;
    }
    near
}

fn listed(scenario: &Scenario, skus: &SkuNames<'_>) -> Vec<(SkuId, NodeId, u32)> {
    let rows = scenario.tables.stock.iter();
    let mut cells: Vec<_> =
        rows.map(|row| (skus.id(&row.sku), node(scenario, &row.node), row.quantity)).collect();
    cells.sort_unstable_by_key(|&(sku, node, _)| (sku, node));
    cells
}

/// SKUs by the names that a planner writes.
pub(super) struct SkuNames<'a>(BTreeMap<&'a str, SkuId>);

impl<'a> SkuNames<'a> {
    pub(super) fn of(demand: &'a DemandTables) -> SkuNames<'a> {
        let names = demand.catalog().names.iter().enumerate();
        SkuNames(names.map(|(index, name)| (name.as_str(), SkuId(index as u32))).collect())
    }

    pub(super) fn id(&self, name: &str) -> SkuId {
        *self.0.get(name).expect("the reader checked SKU names")
    }
}

/// Receipts in order of time; shares are of the cell's initial units.
pub fn receipts(scenario: &Scenario, demand: &DemandTables, stock: &[(SkuId, NodeId, u32)]) -> Vec<Receipt> {
    if scenario.stock.receipts.is_empty() {
        return Vec::new();
    }
    let names = SkuNames::of(demand);
    let mut receipts = Vec::new();
    for row in &scenario.stock.receipts {
        let only_sku = row.sku.as_deref().map(|name| names.id(name));
        let only_node = row.node.as_deref().map(|name| node(scenario, name));
        let at = Moment(row.at.0);
        if let (Some(sku), Some(node), Some(quantity)) = (only_sku, only_node, row.quantity) {
            receipts.push(Receipt { at, sku, node, quantity });
            continue;
        }
        let matching = stock.iter().filter(|cell| {
            only_sku.is_none_or(|sku| sku == cell.0) && only_node.is_none_or(|node| node == cell.1)
        });
        receipts.extend(matching.map(|&(sku, node, initial)| {
            let share = || row.share.map_or(0, |share| libm::round(f64::from(initial) * share) as u32);
            Receipt { at, sku, node, quantity: row.quantity.unwrap_or_else(share) }
        }));
    }
    receipts.retain(|receipt| 0 < receipt.quantity);
    receipts.sort_by_key(|receipt| (receipt.at, receipt.sku, receipt.node));
    receipts
}
