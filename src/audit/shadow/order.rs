//! An order as the shadow keeps it: one entry a unit, in a row, so that nothing has to be clever.

use crate::domain::{
    CustomerId, FulfillmentState, Handle, NodeId, OrderId, OrderState, ParcelState, SkuId, ZoneId,
};

/// Where one unit of an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Waiting,
    Held(NodeId),
    /// In that fulfillment order.
    Assigned(Handle),
    /// Given up and refunded.
    Dropped,
}

#[derive(Debug, Clone, Copy)]
pub struct Unit {
    pub line: u16,
    pub sku: SkuId,
    pub fate: Fate,
}

#[derive(Debug, Clone)]
pub struct Order {
    pub id: OrderId,
    pub state: OrderState,
    pub customer: CustomerId,
    pub zone: ZoneId,
    pub amount: i64,
    pub cash_on_delivery: bool,
    /// What the capture is known by.
    pub reference: Option<u64>,
    pub deposit: i64,
    pub revenue: i64,
    pub captured: i64,
    pub refunded: i64,
    pub handed_over: bool,
    pub units: Vec<Unit>,
    pub fulfillments: Vec<Handle>,
}

#[derive(Debug, Clone)]
pub struct Fulfillment {
    pub order: Handle,
    pub node: NodeId,
    pub state: FulfillmentState,
    pub picked: bool,
    /// The one that it is packed with; itself when alone.
    pub lead: Handle,
    pub guests: Vec<Handle>,
    pub parcels: Vec<Handle>,
    /// Of its parcels: handed over, or back and graded.
    pub settled: usize,
    /// Of its parcels: sent back by the shopper and not yet graded.
    pub returning: usize,
}

#[derive(Debug, Clone)]
pub struct Parcel {
    pub lead: Handle,
    pub part: usize,
    pub parts: usize,
    pub state: ParcelState,
}

/// So many units of a line for one place.
#[derive(Debug, Clone, Copy)]
pub struct Pick {
    pub line: u16,
    pub quantity: u32,
    pub fate: Fate,
}

impl Order {
    pub fn waits(&self) -> bool {
        self.units.iter().any(|unit| unit.fate == Fate::Waiting)
    }

    /// Gives each line's free units, in the order of the row, to its picks, in the order of the plan.
    /// False where the picks ask for more than is free.
    pub fn fill(&mut self, picks: &[Pick], free: impl Fn(Fate) -> bool) -> bool {
        let mut whole = true;
        let lines = self.units.iter().map(|unit| unit.line).max().map_or(0, |last| last + 1);
        for line in 0..lines {
            let mut row = self.units.iter_mut().filter(|unit| unit.line == line && free(unit.fate));
            for pick in picks.iter().filter(|pick| pick.line == line) {
                for _ in 0..pick.quantity {
                    match row.next() {
                        Some(unit) => unit.fate = pick.fate,
                        None => whole = false,
                    }
                }
            }
            row.for_each(|unit| unit.fate = Fate::Waiting);
        }
        whole && picks.iter().all(|pick| pick.line < lines)
    }

    /// Which part of the amount the units are: each unit has the difference of two rounded-down parts, so that
    /// all units together have the whole amount.
    pub fn share(&self, wanted: impl Fn(usize) -> bool, weight: impl Fn(SkuId) -> i128) -> i64 {
        let total: i128 = self.units.iter().map(|unit| weight(unit.sku)).sum();
        let (mut sum, mut passed) = (0, 0);
        for (index, unit) in self.units.iter().enumerate() {
            let next = passed + weight(unit.sku);
            if wanted(index) {
                let up_to = |place: i128| i128::from(self.amount) * place / total;
                sum += up_to(next) - up_to(passed);
            }
            passed = next;
        }
        sum as i64
    }

    /// Places in the row of the units that one parcel of the fulfillment order carries.
    pub fn load(&self, fulfillment: Handle, part: usize, parts: usize) -> Vec<usize> {
        let own = |unit: &Unit| unit.fate == Fate::Assigned(fulfillment);
        let places: Vec<usize> =
            self.units.iter().enumerate().filter(|(_, unit)| own(unit)).map(|(place, _)| place).collect();
        let (begin, end) = (places.len() * part / parts, places.len() * (part + 1) / parts);
        places[begin..end].to_vec()
    }
}
