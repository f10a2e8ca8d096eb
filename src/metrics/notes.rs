//! Shipping notes: a document for each parcel, made when it is packed.
//!
//! # Promises
//! - Every parcel that is packed has a number and a label, in the order in which parcels are packed; which notes are
//!   kept moves neither.
//! - The units on the notes of a fulfillment order are those that were picked for it, SKU by SKU: the picks come from
//!   the engine's transitions, the notes from what the packer puts into boxes. `check` says what was found otherwise.

use std::collections::BTreeMap;

use crate::domain::{Handle, NodeId, OrderId, SkuId};
use crate::kernel::time::Moment;

/// Units by SKU.
pub type Goods = Vec<(SkuId, u32)>;

/// One document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Counted at its node from 1.
    pub number: u64,
    /// Counted over all nodes from 1; the label carries it.
    pub serial: u64,
    /// In the engine.
    pub parcel: Handle,
    pub at: Moment,
    pub node: NodeId,
    pub zone: u16,
    pub method: u8,
    pub carrier: u8,
    /// The wave of its node that sent it to the floor.
    pub wave: Option<u64>,
    /// Whose goods are in it.
    pub orders: Vec<OrderId>,
    pub lines: Goods,
    /// This box of so many.
    pub place: u32,
    pub boxes: u32,
    pub weight_g: u32,
    pub volume_ml: u32,
    /// The goods of a parcel that was lost, sent once more.
    pub again: bool,
}

impl Note {
    pub fn units(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.1)).sum()
    }
}

/// The notes of one replication.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// Of every parcel, and not of sampled orders alone.
    pub all: bool,
    pub kept: Vec<Note>,
    pub written: u64,
    by_node: Vec<u64>,
    waves: Vec<u64>,
    /// The wave that a trip left with, until it is packed.
    wave_of: BTreeMap<Handle, u64>,
    /// What the engine says was picked under a trip, until it is packed.
    picked: BTreeMap<Handle, Goods>,
    /// Fulfillment orders whose notes were compared with their picks.
    pub compared: u64,
    broken: Option<String>,
}

impl Notes {
    pub fn new(nodes: usize, all: bool) -> Notes {
        Notes { all, by_node: vec![0; nodes], waves: vec![0; nodes], ..Notes::default() }
    }

    /// A member of a wave goes to the floor.
    pub fn released(&mut self, trip: Handle, node: NodeId, first: bool) {
        self.waves[node.index()] += u64::from(first);
        self.wave_of.insert(trip, self.waves[node.index()]);
    }

    pub fn wave(&mut self, trip: Handle) -> Option<u64> {
        self.wave_of.remove(&trip)
    }

    pub fn picked(&mut self, trip: Handle, goods: Goods) {
        self.picked.insert(trip, by_sku(goods));
    }

    /// The next number of the node, and the next serial number of all.
    pub fn next(&mut self, node: NodeId) -> (u64, u64) {
        self.written += 1;
        self.by_node[node.index()] += 1;
        (self.by_node[node.index()], self.written)
    }

    /// The notes of what was packed under a trip; `lines` are all of theirs.
    pub fn compare(&mut self, trip: Handle, lines: Goods) {
        let Some(picked) = self.picked.remove(&trip) else { return };
        let noted = by_sku(lines);
        self.compared += 1;
        if picked != noted && self.broken.is_none() {
            self.broken = Some(format!("picked {picked:?}, on shipping notes {noted:?}"));
        }
    }

    /// The last note of a parcel, if it was kept.
    pub fn last_of(&mut self, parcel: Handle) -> Option<&mut Note> {
        self.kept.iter_mut().rev().find(|note| note.parcel == parcel)
    }

    pub fn check(&self) -> Result<(), String> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        match self.kept.windows(2).find(|pair| pair[1].serial <= pair[0].serial) {
            Some(pair) => Err(format!("serial number {} after {}", pair[1].serial, pair[0].serial)),
            None => Ok(()),
        }
    }
}

fn by_sku(mut goods: Goods) -> Goods {
    goods.sort_unstable();
    goods.dedup_by(|next, first| {
        let same = next.0 == first.0;
        first.1 += if same { next.1 } else { 0 };
        same
    });
    goods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_that_are_on_no_note_or_on_two_are_found() {
        let one = |sku, units| (SkuId(sku), units);
        let trip = Handle::new(3, 0);
        let check = |lines: Goods, holds: bool| {
            let mut notes = Notes::new(1, true);
            notes.picked(trip, vec![one(1, 2), one(4, 1), one(1, 1)]);
            notes.compare(trip, lines);
            assert_eq!((notes.check().is_ok(), notes.compared), (holds, 1));
        };
        check(vec![one(4, 1), one(1, 3)], true);
        check(vec![one(1, 1), one(1, 1), one(4, 1), one(1, 1)], true);
        check(vec![one(1, 3)], false);
        check(vec![one(1, 3), one(4, 2)], false);
    }
}
