//! What the built-in strategies know beforehand: for each (delivery method, zone), who reaches it, in which
//! order of distance, of the planner's priority and of freight.

use crate::domain::{MethodId, Money, NodeId, ZoneId};

/// One node's offer to one zone with one delivery method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// Road distance.
    pub km: f64,
    /// A parcel of up to one kilogram.
    pub first_kg: Money,
    pub per_further_kg: Money,
}

impl Offer {
    /// Freight of a parcel, by started kilogram.
    #[inline]
    pub fn freight(&self, weight_g: u64) -> Money {
        self.first_kg + self.per_further_kg * (weight_g.max(1).div_ceil(1_000) as i64 - 1)
    }
}

/// Built once; every list holds only nodes that reach the zone, and no list is searched.
#[derive(Debug, Clone)]
pub struct AllocationTables {
    zones: usize,
    /// Ends of the rows below, by (method, zone).
    ends: Vec<u32>,
    near: Vec<NodeId>,
    ranked: Vec<NodeId>,
    /// Cheapest first kilogram first, ties by distance, then id.
    cheap: Vec<(NodeId, Offer)>,
}

/// All that reach one zone with one method, in three orders.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    pub near: &'a [NodeId],
    pub ranked: &'a [NodeId],
    pub cheap: &'a [(NodeId, Offer)],
}

impl AllocationTables {
    /// `priority` by node, lower first; only `stocked` nodes serve orders. `offer` tells what a node can do,
    /// `None` where the method does not reach the zone from it.
    pub fn build(
        methods: usize,
        zones: usize,
        priority: &[u32],
        stocked: &[NodeId],
        offer: impl Fn(MethodId, NodeId, ZoneId) -> Option<Offer>,
    ) -> AllocationTables {
        let mut tables = AllocationTables {
            zones,
            ends: Vec::new(),
            near: Vec::new(),
            ranked: Vec::new(),
            cheap: Vec::new(),
        };
        for method in 0..methods {
            for zone in 0..zones {
                let offer = |node: NodeId| offer(MethodId(method as u8), node, ZoneId(zone as u16));
                let row: Vec<_> =
                    stocked.iter().filter_map(|&node| offer(node).map(|offer| (node, offer))).collect();
                tables.push(row, priority);
            }
        }
        tables
    }

    fn push(&mut self, mut row: Vec<(NodeId, Offer)>, priority: &[u32]) {
        row.sort_by_key(|&(node, _)| (priority[node.index()], node));
        self.ranked.extend(row.iter().map(|&(node, _)| node));
        row.sort_by(|(a, x), (b, y)| x.km.total_cmp(&y.km).then(a.cmp(b)));
        self.near.extend(row.iter().map(|&(node, _)| node));
        // Stable: equal freight stays in order of distance.
        row.sort_by_key(|&(_, offer)| (offer.first_kg, offer.per_further_kg));
        self.cheap.extend(row);
        self.ends.push(self.near.len() as u32);
    }

    #[inline]
    pub fn reach(&self, method: MethodId, zone: ZoneId) -> Reach<'_> {
        let row = method.index() * self.zones + zone.index();
        let begin = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        let range = begin..self.ends[row] as usize;
        Reach {
            near: &self.near[range.clone()],
            ranked: &self.ranked[range.clone()],
            cheap: &self.cheap[range],
        }
    }
}
