//! Transfers in the shadow: units of a SKU that are between nodes, wherever they came from.

use super::effect::Effect;
use super::{Before, Shadow};
use crate::domain::{Account, NodeId, SkuId, Step};

impl Shadow {
    pub(super) fn between_nodes(&self, sku: SkuId) -> i64 {
        self.transfer.get(&sku).copied().unwrap_or(0)
    }

    /// So many leave as are free.
    pub(super) fn transfer_out(
        &mut self,
        sku: SkuId,
        node: NodeId,
        quantity: u32,
        before: &Before<'_>,
    ) -> Effect {
        let gone = i64::from(quantity).min(before.available(sku, node));
        *self.transfer.entry(sku).or_default() += gone;
        let mut effect = Effect::of(Step::TransferredOut);
        effect.carry(sku, node, Account::Available, Account::Transfer, gone);
        effect
    }

    /// So many come in as are on the way.
    pub(super) fn transfer_in(&mut self, sku: SkuId, node: NodeId, quantity: u32) -> Effect {
        let came = i64::from(quantity).min(self.between_nodes(sku));
        *self.transfer.entry(sku).or_default() -= came;
        let mut effect = Effect::of(Step::TransferredIn);
        effect.carry(sku, node, Account::Transfer, Account::Available, came);
        effect
    }
}
