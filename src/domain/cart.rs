//! The cart: what a shopper means to buy, until it is submitted, emptied or too old.

use serde::{Deserialize, Serialize};

use super::{NodeId, SkuId};

/// So many units of a SKU in a cart, held for it at a node or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    pub sku: SkuId,
    pub quantity: u32,
    pub hold: Option<NodeId>,
}

/// What becomes of a SKU that is in both of two carts that become one.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CartMerge {
    /// The larger quantity: who put a thing into both carts wants it once.
    #[default]
    Larger,
    /// Both together, as far as a line can hold them.
    Sum,
}
