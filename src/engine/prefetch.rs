//! Prefetch: asks for the records that a command will touch, and reads the links between them.
//!
//! # Promises
//! - Hints only: of a void handle, or a record that changes meanwhile, they find something useless.
//! - A handle that is found has no generation: it names a slot, for another hint.

use super::Engine;
use super::record::halves;
use super::sync::Ordering;
use crate::domain::{Handle, SkuId};
use crate::kernel::prefetch::prefetch_read;

impl Engine {
    #[inline]
    pub fn prefetch_order(&self, order: Handle) {
        if let Some(record) = self.orders.arena.get(order.slot()) {
            prefetch_read(record);
        }
    }

    /// The order's file, which steps on the floor and the road do not read.
    #[inline]
    pub fn prefetch_file(&self, order: Handle) {
        if let Some(file) = self.orders.files.get(order.slot()) {
            prefetch_read(file);
        }
    }

    #[inline]
    pub fn prefetch_fulfillment(&self, fulfillment: Handle) {
        if let Some(record) = self.fulfillments.get(fulfillment.slot()) {
            prefetch_read(record);
        }
    }

    #[inline]
    pub fn prefetch_parcel(&self, parcel: Handle) {
        if let Some(record) = self.parcels.get(parcel.slot()) {
            prefetch_read(record);
        }
    }

    /// The SKU's cells at the first nodes, and its price.
    #[inline]
    pub fn prefetch_shelf(&self, sku: SkuId) {
        self.stock.prefetch(sku);
        self.rules.prices.get(sku.index()).inspect(|price| prefetch_read(*price));
    }

    /// What units of the order's first lines touch when they move; each of their SKUs is told to `also`.
    #[inline]
    pub fn prefetch_goods(&self, order: Handle, mut also: impl FnMut(SkuId)) {
        let Some(record) = self.orders.arena.get(order.slot()) else { return };
        self.orders.guess_skus(record, |sku| {
            if sku < self.stock.skus() {
                self.prefetch_shelf(SkuId(sku));
                self.ledger.prefetch(SkuId(sku));
                also(SkuId(sku));
            }
        });
    }

    /// The parcel's lead.
    #[inline]
    pub fn lead_slot(&self, parcel: Handle) -> Option<Handle> {
        let record = self.parcels.get(parcel.slot())?;
        Some(Handle::new(halves(record.lead.load(Ordering::Relaxed)).0, 0))
    }

    /// The fulfillment order's order.
    #[inline]
    pub fn order_in(&self, fulfillment: Handle) -> Option<Handle> {
        let record = self.fulfillments.get(fulfillment.slot())?;
        Some(Handle::from_bits(record.order.load(Ordering::Relaxed)))
    }

    /// The fulfillment order that the order made last.
    #[inline]
    pub fn first_slot(&self, order: Handle) -> Option<Handle> {
        let link = self.orders.files.get(order.slot())?.customer.load(Ordering::Relaxed) as u32;
        Some(Handle::new(link.checked_sub(1)?, 0))
    }

    /// The fulfillment order's first parcel.
    #[inline]
    pub fn parcel_slot(&self, fulfillment: Handle) -> Option<Handle> {
        let link = halves(self.fulfillments.get(fulfillment.slot())?.place.load(Ordering::Relaxed)).0;
        Some(Handle::new(link.checked_sub(1)?, 0))
    }
}
