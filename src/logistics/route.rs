//! Routes: the static next hop towards each hub, by expected time.
//!
//! # Promises
//! - Following `next` from any node ends at the destination: the expected time falls with every hop.
//! - Ties by lane id, so equal inputs give equal routes.
//!
//! # Why static next hops
//! Parcels are sorted by destination, not by parcel: a hub sends everything for one destination the same
//! way. So a route is one table look-up, and a plan can be tabulated (`network`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::domain::{CarrierId, LaneId, NodeId};
use crate::kernel::time::Span;

use super::lane::Lane;

/// One carrier's routes to one destination, by node.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The lane to take; `None` at the destination and where no route is.
    pub next: Vec<Option<LaneId>>,
    /// Expected time until sorted at the destination; `None` where no route is.
    pub expected: Vec<Option<Span>>,
    /// Nodes with a route, nearest in time first; the destination is first of all.
    pub order: Vec<NodeId>,
}

impl Tree {
    /// Dijkstra from the destination against the lanes. `handling` is by node, and counted on arrival.
    pub fn build(carrier: CarrierId, to: NodeId, lanes: &[Lane], handling: &[Span]) -> Tree {
        let nodes = handling.len();
        let mut tree = Tree { next: vec![None; nodes], expected: vec![None; nodes], order: Vec::new() };
        let mut into: Vec<Vec<LaneId>> = vec![Vec::new(); nodes];
        for (id, lane) in lanes.iter().enumerate().filter(|(_, lane)| lane.carrier == carrier) {
            into[lane.to.index()].push(LaneId(id as u32));
        }
        let mut settled = vec![false; nodes];
        let mut queue = BinaryHeap::from([Reverse((Span::ZERO, to))]);
        tree.expected[to.index()] = Some(Span::ZERO);
        while let Some(Reverse((expected, node))) = queue.pop() {
            if std::mem::replace(&mut settled[node.index()], true) {
                continue;
            }
            tree.order.push(node);
            for &id in &into[node.index()] {
                let lane = &lanes[id.index()];
                let from = lane.from.index();
                let through = expected + lane.expected() + handling[node.index()];
                let better = match tree.expected[from] {
                    Some(best) => (through, Some(id)) < (best, tree.next[from]),
                    None => true,
                };
                if !settled[from] && better {
                    tree.expected[from] = Some(through);
                    tree.next[from] = Some(id);
                    queue.push(Reverse((through, lane.from)));
                }
            }
        }
        tree
    }
}
