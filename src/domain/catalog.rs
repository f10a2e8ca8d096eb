//! The catalog: what a unit of each SKU costs, weighs and needs.

use serde::{Deserialize, Serialize};

use super::{Money, SkuId};

/// Goods of different handling classes never share a parcel.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandlingClass {
    #[default]
    Standard,
    Cold,
    Hazmat,
    Oversize,
}

impl HandlingClass {
    pub const ALL: [HandlingClass; 4] =
        [HandlingClass::Standard, HandlingClass::Cold, HandlingClass::Hazmat, HandlingClass::Oversize];
}

/// What is known of one SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sku {
    pub price: Money,
    pub weight_g: u32,
    pub volume_ml: u32,
    /// The longest side.
    pub longest_mm: u32,
    pub class: HandlingClass,
}

impl Sku {
    /// The longest side of goods of that volume where nobody measured it: sides as 3 : 2 : 1.
    pub fn longest_of(volume_ml: u32) -> u32 {
        libm::ceil(libm::cbrt(4.5 * 1_000.0 * f64::from(volume_ml))) as u32
    }
}

/// All SKUs, by `SkuId`; names only for print.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    pub skus: Vec<Sku>,
    pub names: Vec<String>,
}

impl Catalog {
    pub fn sku(&self, id: SkuId) -> &Sku {
        &self.skus[id.index()]
    }

    pub fn len(&self) -> usize {
        self.skus.len()
    }

    pub fn is_empty(&self) -> bool {
        self.skus.is_empty()
    }
}
