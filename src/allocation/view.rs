//! What a strategy may look at: one order, the stock as it seems, how busy nodes are.

use std::collections::BTreeMap;

use crate::domain::{HandlingClass, MethodId, NodeId, OrderId, Plan, SkuId, ZoneId};
use crate::engine::StockMap;
use crate::kernel::time::Moment;

use super::load::NodeLoad;
use super::shelf::Shelf;
use super::strategy::Tables;

/// An order with lines still to place.
#[derive(Debug, Clone, Copy)]
pub struct OrderView<'a> {
    pub id: OrderId,
    pub zone: ZoneId,
    pub method: MethodId,
    /// Now.
    pub at: Moment,
    pub promised: Moment,
    pub lines: &'a [OpenLine],
    /// Units that this order already holds: usable for it, and given back where the plan leaves them.
    pub own: &'a [(SkuId, NodeId, u32)],
}

/// One line, as far as it is not yet placed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct OpenLine {
    /// Index into the order's lines.
    pub line: u16,
    pub sku: SkuId,
    pub quantity: u32,
    pub class: HandlingClass,
    /// Weight of one unit.
    pub unit_g: u32,
}

impl OpenLine {
    pub fn weight_g(&self) -> u64 {
        u64::from(self.quantity) * u64::from(self.unit_g)
    }
}

impl OrderView<'_> {
    /// Units of the SKU at the node that this order holds.
    #[inline]
    pub fn own(&self, sku: SkuId, node: NodeId) -> u32 {
        self.own.iter().filter(|held| (held.0, held.1) == (sku, node)).map(|held| held.2).sum()
    }
}

/// How a plan may cut an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A line may be served from several nodes, or in part. Otherwise it is served whole or waits whole.
    pub split_lines: bool,
    /// At most so many fulfillment orders a plan; each handling class may always have one.
    pub max_splits: u32,
    /// What cannot be placed waits for stock. Otherwise the caller refuses or refunds it; the plan lists it
    /// as backorders either way.
    pub backorder: bool,
}

/// Stock as it seems: read cell by cell, possibly stale by the time it is used.
#[derive(Clone, Copy)]
pub struct StockView<'a> {
    source: Source<'a>,
    taken: Option<&'a Taken>,
    load: Option<&'a NodeLoad>,
    tables: Option<&'a Tables>,
    /// By node: nothing of its stock can be promised now.
    offline: &'a [bool],
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Live(&'a StockMap),
    Shelf(&'a Shelf),
}

impl<'a> StockView<'a> {
    /// The engine's own cells, as they are when they are read.
    pub fn live(map: &'a StockMap) -> StockView<'a> {
        StockView { source: Source::Live(map), taken: None, load: None, tables: None, offline: &[] }
    }

    pub fn of_shelf(shelf: &'a Shelf) -> StockView<'a> {
        StockView { source: Source::Shelf(shelf), taken: None, load: None, tables: None, offline: &[] }
    }

    /// The same stock, with how busy nodes are; `balance` looks at it.
    pub fn with_load(self, load: &'a NodeLoad) -> StockView<'a> {
        StockView { load: Some(load), ..self }
    }

    /// The same stock, with what the strategy's last `refresh` made.
    pub fn with_tables(self, tables: &'a Tables) -> StockView<'a> {
        StockView { tables: Some(tables), ..self }
    }

    /// The same stock, without that of the nodes that are offline.
    pub fn without_nodes(self, offline: &'a [bool]) -> StockView<'a> {
        StockView { offline, ..self }
    }

    /// The same stock, less what other plans of the wave have taken.
    pub fn without(self, taken: &'a Taken) -> StockView<'a> {
        StockView { taken: Some(taken), ..self }
    }

    #[inline]
    fn is_offline(&self, node: NodeId) -> bool {
        self.offline.get(node.index()).is_some_and(|&offline| offline)
    }

    /// Units of the SKU that the node can still promise to anybody.
    #[inline]
    pub fn available(&self, sku: SkuId, node: NodeId) -> u32 {
        if self.is_offline(node) {
            return 0;
        }
        let units = match self.source {
            Source::Live(map) => map.available(sku, node),
            Source::Shelf(shelf) => shelf.available(sku, node),
        };
        match self.taken {
            None => units,
            Some(taken) => units.saturating_sub(taken.units(sku, node)),
        }
    }

    /// Units of the SKU at the node that this order can have: what anybody can, and its own holds.
    #[inline]
    pub fn available_to(&self, order: &OrderView<'_>, sku: SkuId, node: NodeId) -> u32 {
        let free = self.available(sku, node);
        if order.own.is_empty() || self.is_offline(node) {
            free
        } else {
            free.saturating_add(order.own(sku, node))
        }
    }

    /// Open work a server at the node, in quarter hours; 0 where nobody tells.
    #[inline]
    pub fn load(&self, node: NodeId) -> u64 {
        self.load.map_or(0, |load| load.level(node))
    }

    pub fn tables(&self) -> Option<&'a Tables> {
        self.tables
    }
}

/// Units that earlier plans of a wave have taken from the free stock, by cell.
#[derive(Debug, Default, Clone)]
pub struct Taken {
    cells: BTreeMap<(SkuId, NodeId), u32>,
}

impl Taken {
    pub fn clear(&mut self) {
        self.cells.clear();
    }

    pub fn units(&self, sku: SkuId, node: NodeId) -> u32 {
        self.cells.get(&(sku, node)).copied().unwrap_or(0)
    }

    /// Books a plan of `order`: its own holds are used first, the rest comes from the free stock.
    pub fn book(&mut self, order: &OrderView<'_>, plan: &Plan) {
        for ((sku, node), units) in from_free(order, plan) {
            self.take(sku, node, units);
        }
    }

    /// As if the plan had never been booked.
    pub fn unbook(&mut self, order: &OrderView<'_>, plan: &Plan) {
        for ((sku, node), units) in from_free(order, plan) {
            self.give(sku, node, units);
        }
    }

    pub fn take(&mut self, sku: SkuId, node: NodeId, units: u32) {
        if 0 < units {
            *self.cells.entry((sku, node)).or_insert(0) += units;
        }
    }

    /// Gives back what was taken.
    pub fn give(&mut self, sku: SkuId, node: NodeId, units: u32) {
        if 0 < units {
            *self.cells.get_mut(&(sku, node)).expect("units that were taken") -= units;
        }
    }
}

/// What the plan needs of the free stock, by cell.
fn from_free(order: &OrderView<'_>, plan: &Plan) -> BTreeMap<(SkuId, NodeId), u32> {
    let sku_of = |line: u16| order.lines.iter().find(|open| open.line == line).map(|open| open.sku);
    let mut wanted = BTreeMap::new();
    for assignment in &plan.assignments {
        if let Some(sku) = sku_of(assignment.line) {
            *wanted.entry((sku, assignment.node)).or_insert(0u32) += assignment.quantity;
        }
    }
    for (&(sku, node), units) in &mut wanted {
        *units = units.saturating_sub(order.own(sku, node));
    }
    wanted
}
