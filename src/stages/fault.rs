//! Faults, as the stages ask for them: does one act here and now, and does it strike this entity?
//! What follows from it is decided in the stage's own file.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::world::Capture;
use crate::demand::OrderDraft;
use crate::domain::{FaultKind, LaneId, NodeId, OrderId, SkuId};
use crate::kernel::time::{Moment, Span};
use crate::model::fault::strikes;
use crate::model::{FaultRow, Model, Receipt};

/// What faults did, and what the shop keeps in mind because of them.
#[derive(Debug, Default)]
pub struct FaultWatch {
    /// By fault: how many entities it struck.
    pub struck: Vec<u64>,
    /// Answers that the shop asks for again: questions so far, by order handle.
    pub unknown: BTreeMap<u64, u32>,
    /// Captures of which copies are still to come, by order handle.
    pub copies: BTreeMap<u64, Capture>,
    /// What was submitted and comes again, by order handle.
    pub submits: BTreeMap<u64, Basket>,
    /// Orders whose refund came before their capture.
    pub parked: BTreeSet<u64>,
    /// Parked refunds that were applied.
    pub unparked: u64,
    /// Orders paid at the price of their submit though it had changed meanwhile.
    pub locked: u64,
    /// Fulfillment orders that a node gave up for others to serve.
    pub re_routed: u64,
    /// Units that the books have and the shelf has not, by cell, and the fault that took them.
    pub phantom: BTreeMap<(SkuId, NodeId), Phantom>,
    /// Fulfillment orders and SKUs of which a picker found too few.
    pub short_picks: u64,
    /// Parcels that were lost for good, and those that were packed once more.
    pub lost: u64,
    pub re_shipped: u64,
    /// How often a parcel was packed once more, by its trip's key.
    pub again: BTreeMap<u64, u32>,
    /// Trips of parcels that are picked and packed once more now.
    pub on_the_floor: BTreeSet<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phantom {
    pub units: u32,
    pub fault: usize,
}

/// A submit, to be sent again.
#[derive(Debug)]
pub struct Basket {
    pub id: OrderId,
    pub promised: Moment,
    pub draft: OrderDraft,
}

impl FaultWatch {
    pub fn new(model: &Model) -> FaultWatch {
        let count = model.faults.as_ref().map_or(0, |faults| faults.rows.len());
        FaultWatch { struck: vec![0; count], ..FaultWatch::default() }
    }
}

impl<'m> World<'m> {
    /// The fault of that kind that strikes the entity now. It is counted.
    #[inline]
    pub fn struck(
        &mut self,
        kind: FaultKind,
        target: u32,
        entity: u64,
        attempt: u32,
    ) -> Option<&'m FaultRow> {
        let faults = self.model.faults.as_deref()?;
        let (row, found) = faults.striking(kind, target, self.at, (self.draw, entity, attempt))?;
        self.faults.struck[row] += 1;
        Some(found)
    }

    /// The fault of that kind that acts on the target now, and its place in the list. Nothing is counted.
    #[inline]
    pub fn acting(&self, kind: FaultKind, target: u32) -> Option<(usize, &'m FaultRow)> {
        self.model.faults.as_deref()?.acting(kind, target, self.at)
    }

    /// Whether nothing leaves on the lane now.
    pub fn is_closed(&self, lane: LaneId) -> bool {
        let faults = self.model.faults.as_deref();
        faults.is_some_and(|faults| faults.room(&self.model.network, lane, self.at) == 0.0)
    }

    /// Says in `scratch.offline` which nodes cannot be used now.
    #[inline]
    pub fn look_for_nodes(&mut self) {
        let Some(faults) = self.model.faults.as_deref() else { return };
        self.scratch.offline.clear();
        let offline = (0..self.model.nodes.len()).map(|node| faults.back(node as u32, self.at).is_some());
        self.scratch.offline.extend(offline);
    }

    /// When the first of the nodes that are offline now is back.
    pub fn next_node_back(&self) -> Option<Moment> {
        let faults = self.model.faults.as_deref()?;
        (0..self.model.nodes.len()).filter_map(|node| faults.back(node as u32, self.at)).min()
    }

    /// What the node's clock shows.
    #[inline]
    pub fn local_time(&mut self, node: NodeId) -> Moment {
        let clock = u32::from(node.0) + self.model.payment.len() as u32;
        match self.acting(FaultKind::ClockSkew, clock) {
            None => self.at,
            Some((row, skew)) => {
                self.faults.struck[row] += 1;
                shown(self.at, skew)
            }
        }
    }

    /// When a receipt comes, and how many units of it; the fault that it suffers.
    pub fn receipt(&self, index: usize) -> (Moment, u32, Option<usize>) {
        let Receipt { at, node, quantity, .. } = self.model.receipts[index];
        let struck = self
            .model
            .faults
            .as_deref()
            .and_then(|faults| faults.acting(FaultKind::SupplierDelay, node.0.into(), at));
        let Some((row, fault)) = struck else { return (at, quantity, None) };
        let comes = (0..quantity).filter(|&unit| !strikes(self.draw, row, fault.size, index as u64, unit));
        (at + fault.delay, comes.count() as u32, Some(row))
    }
}

/// What a wrong clock shows at an instant; before the start of time it stands.
pub fn shown(at: Moment, skew: &FaultRow) -> Moment {
    match skew.flag {
        true => Moment(at.0.saturating_sub(skew.delay.0)),
        false => at + skew.delay,
    }
}

/// The pause before a question, twice as long each time.
pub fn pause(first: Span, asked: u32) -> Span {
    Span(first.0 << asked.min(20))
}
