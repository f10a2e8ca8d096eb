//! The books of `barrier`: every shelf and every open order, re-derived from transitions and compared with the
//! engine's own at intervals.

use super::books::overdrawn;
use super::figures::{Shelf, Witness};
use super::violation::{Fault, Invariant, Verdict, equal};
use crate::domain::{Account, Handle, NodeId, OrderId, OrderState, SkuId, Transition};

/// Shelves by (SKU, node), and open orders by handle.
#[derive(Debug, Clone)]
pub struct Cells {
    nodes: usize,
    shelves: Vec<Shelf>,
    /// Open orders by slot: dense, as the engine's handles are.
    orders: Vec<Option<(Handle, OrderId, OrderState)>>,
    open: u64,
}

impl Cells {
    pub fn new(skus: u32, nodes: u16) -> Cells {
        let nodes = usize::from(nodes);
        Cells { nodes, shelves: vec![Shelf::default(); skus as usize * nodes], orders: Vec::new(), open: 0 }
    }

    pub fn shelf(&self, sku: SkuId, node: NodeId) -> Shelf {
        self.shelves[sku.index() * self.nodes + node.index()]
    }

    pub fn saw(&mut self, transition: &Transition) -> Verdict {
        for moved in &transition.moves {
            let shelf = &mut self.shelves[moved.sku.index() * self.nodes + moved.node.index()];
            let quantity = i64::from(moved.quantity);
            for (account, change) in [(moved.from, -quantity), (moved.to, quantity)] {
                match account {
                    Account::Available => shelf.available += change,
                    Account::Held => shelf.held += change,
                    Account::Fenced => shelf.fenced += change,
                    _ => {}
                }
            }
        }
        for moved in &transition.moves {
            let shelf = self.shelf(moved.sku, moved.node);
            let standing = [
                (Account::Available, shelf.available),
                (Account::Held, shelf.held),
                (Account::Fenced, shelf.fenced),
            ];
            if let Some((account, units)) = standing.into_iter().find(|standing| standing.1 < 0) {
                let (left, right) = (("nothing", 0), (format!("units {account:?}"), units));
                let place = cell(moved.sku, moved.node);
                return Err(Fault::new(overdrawn(account), place, left, "<=", (&right.0, right.1)));
            }
        }
        for (id, handle, from, to) in transition.changes() {
            self.moves(id, handle, from, to)?;
        }
        Ok(())
    }

    /// The order was where it says it came from.
    fn moves(&mut self, id: OrderId, handle: Handle, from: Option<OrderState>, to: OrderState) -> Verdict {
        let known = self.order(handle);
        // A late capture is sent back for an order that has ended: nothing is known of it any more.
        let ended = from == Some(to) && to.is_final() && known.is_none();
        if !ended && known != from.map(|from| (id, from)) {
            let name = |state: Option<OrderState>| state.map_or("nowhere", OrderState::name);
            let left = ("it was", name(known.map(|known| known.1)));
            let right = ("it says it was", name(from));
            let again = from == Some(OrderState::AwaitingPayment) && known.is_some();
            let invariant = if again { Invariant::I7 } else { Invariant::I6 };
            return Err(Fault::new(invariant, format!("order {}", id.0), left, "=", right));
        }
        let slot = handle.slot() as usize;
        if self.orders.len() <= slot {
            self.orders.resize(slot + 1, None);
        }
        let now = (!to.is_final()).then_some((handle, id, to));
        self.open = self.open + u64::from(now.is_some()) - u64::from(known.is_some());
        if now.is_some() || known.is_some() {
            self.orders[slot] = now;
        }
        Ok(())
    }

    fn order(&self, handle: Handle) -> Option<(OrderId, OrderState)> {
        let found = (*self.orders.get(handle.slot() as usize)?)?;
        (found.0 == handle).then_some((found.1, found.2))
    }

    /// Compares the shelves and orders that the transition touched.
    pub fn compare_touched(&self, transition: &Transition, engine: &dyn Witness) -> Verdict {
        transition.moves.iter().try_for_each(|moved| self.compare_shelf(moved.sku, moved.node, engine))?;
        for (id, handle, _, _) in transition.changes() {
            self.compare_order(id, handle, engine.order(handle))?;
        }
        Ok(())
    }

    pub fn each_shelf(&self, mut check: impl FnMut(SkuId, NodeId, Shelf) -> Verdict) -> Verdict {
        let place = |index: usize| (SkuId((index / self.nodes) as u32), NodeId((index % self.nodes) as u16));
        self.shelves.iter().enumerate().try_for_each(|(index, &shelf)| {
            let (sku, node) = place(index);
            check(sku, node, shelf)
        })
    }

    /// Compares everything.
    pub fn compare(&self, engine: &dyn Witness) -> Verdict {
        self.each_shelf(|sku, node, _| self.compare_shelf(sku, node, engine))?;
        let (mut seen, mut verdict) = (0, Ok(()));
        engine.each_order(&mut |handle, id, state| {
            seen += 1;
            if verdict.is_ok() {
                verdict = self.compare_order(id, handle, Some((id, state)));
            }
        });
        verdict?;
        let place = || "open orders".to_owned();
        equal(Invariant::I8, place, ("by transitions", self.open.into()), ("of the engine", seen))
    }

    fn compare_shelf(&self, sku: SkuId, node: NodeId, engine: &dyn Witness) -> Verdict {
        let (own, told) = (self.shelf(sku, node), engine.shelf(sku, node));
        let rows = [
            (Invariant::I3, "held", own.held, told.held),
            (Invariant::I2, "available", own.available, told.available),
            (Invariant::I2, "fenced", own.fenced, told.fenced),
        ];
        if let Some((invariant, what, own, told)) = rows.into_iter().find(|row| row.2 != row.3) {
            let left = (format!("{what} by transitions"), own);
            let right = (format!("{what} of the engine"), told);
            return Err(Fault::new(invariant, cell(sku, node), (&left.0, left.1), "=", (&right.0, right.1)));
        }
        Ok(())
    }

    fn compare_order(&self, id: OrderId, handle: Handle, told: Option<(OrderId, OrderState)>) -> Verdict {
        let own = self.order(handle);
        if own == told {
            return Ok(());
        }
        let name = |state: Option<(OrderId, OrderState)>| state.map_or("ended", |state| state.1.name());
        let (left, right) = (("by transitions", name(own)), ("of the engine", name(told)));
        Err(Fault::new(Invariant::I8, format!("order {}", id.0), left, "=", right))
    }
}

pub fn cell(sku: SkuId, node: NodeId) -> String {
    format!("SKU {}, node {}", sku.0, node.0)
}
