//! Units that go from one node to another: off the shelf, between nodes, onto another shelf.

use super::ledger::Way;
use super::{Engine, Units, say};
use crate::domain::{Account, NodeId, Refusal, SkuId, Step, Subject, Transition};

impl Engine {
    /// As many as are free at this instant.
    pub(super) fn transfer_out(
        &self,
        sku: SkuId,
        node: NodeId,
        quantity: u32,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if !self.stock.knows(sku, node) || quantity == 0 {
            return Err(Refusal::PlanMismatch);
        }
        let quantity = self.stock.strike_off(self.stock.cell(sku, node), quantity);
        if quantity == 0 {
            return Err(Refusal::OutOfStock);
        }
        let units = Units { sku, node, quantity };
        self.carry(out, Way::TransferredOut, &units, Account::Available, Account::Transfer);
        say(out, Step::TransferredOut, Subject::Stock);
        Ok(())
    }

    /// As many as are between nodes at this instant: they are counted first, so that no two threads bring in the same.
    pub(super) fn transfer_in(
        &self,
        sku: SkuId,
        node: NodeId,
        quantity: u32,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if !self.stock.knows(sku, node) || quantity == 0 {
            return Err(Refusal::PlanMismatch);
        }
        let quantity = self.ledger.comes_in(sku, quantity);
        if quantity == 0 {
            return Err(Refusal::WrongState);
        }
        self.stock.put(self.stock.cell(sku, node), quantity);
        Units { sku, node, quantity }.moved(out, Account::Transfer, Account::Available);
        say(out, Step::TransferredIn, Subject::Stock);
        Ok(())
    }
}
