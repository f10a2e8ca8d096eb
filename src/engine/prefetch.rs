//! Prefetch: asks for the records that a command will touch, a level of the chain at a time.
//!
//! ```text
//! parcel -> lead fulfillment order -> order record, order file -> first fulfillment order -> its parcel
//! ```
//!
//! # Promises
//! - Hints only: a void handle, or a record that changes meanwhile, prefetches something useless.
//!
//! # Why levels
//! Each arrow reads a line to know the next. Who sees a dozen commands ahead asks for one level at twelve
//! places ahead, for the next at eight, and so on: by then the line that names it has come, and nobody waits.

use super::Engine;
use super::record::halves;
use super::sync::Ordering;
use crate::domain::Handle;
use crate::kernel::prefetch::prefetch_read;

impl Engine {
    #[inline]
    pub fn prefetch_order(&self, order: Handle) {
        if let Some(record) = self.orders.arena.get(order.slot()) {
            prefetch_read(record);
        }
        if let Some(file) = self.orders.files.get(order.slot()) {
            prefetch_read(file);
        }
    }

    /// The fulfillment order that the order made last; the order itself should have come.
    #[inline]
    pub fn prefetch_first_of_order(&self, order: Handle) {
        if let Some(file) = self.orders.files.get(order.slot()) {
            self.prefetch_fulfillment_slot((file.customer.load(Ordering::Relaxed) as u32).wrapping_sub(1));
        }
    }

    /// Its first parcel; the fulfillment order should have come.
    #[inline]
    pub fn prefetch_parcel_of_order(&self, order: Handle) {
        let Some(file) = self.orders.files.get(order.slot()) else { return };
        let slot = (file.customer.load(Ordering::Relaxed) as u32).wrapping_sub(1);
        if let Some(record) = self.fulfillments.get(slot) {
            let parcel = halves(record.place.load(Ordering::Relaxed)).0.wrapping_sub(1);
            if let Some(parcel) = self.parcels.get(parcel) {
                prefetch_read(parcel);
            }
        }
    }

    #[inline]
    pub fn prefetch_fulfillment(&self, fulfillment: Handle) {
        self.prefetch_fulfillment_slot(fulfillment.slot());
    }

    /// The fulfillment order's order; the fulfillment order itself should have come.
    #[inline]
    pub fn prefetch_order_of(&self, fulfillment: Handle) {
        if let Some(record) = self.fulfillments.get(fulfillment.slot()) {
            self.prefetch_order(Handle::from_bits(record.order.load(Ordering::Relaxed)));
        }
    }

    #[inline]
    pub fn prefetch_parcel(&self, parcel: Handle) {
        if let Some(record) = self.parcels.get(parcel.slot()) {
            prefetch_read(record);
        }
    }

    /// The parcel's lead; the parcel itself should have come.
    #[inline]
    pub fn prefetch_lead(&self, parcel: Handle) {
        if let Some(record) = self.parcels.get(parcel.slot()) {
            self.prefetch_fulfillment_slot(halves(record.lead.load(Ordering::Relaxed)).0);
        }
    }

    /// The order of the parcel's lead, and which it is; the lead should have come.
    #[inline]
    pub fn prefetch_order_of_lead(&self, parcel: Handle) -> Option<Handle> {
        let record = self.parcels.get(parcel.slot())?;
        let lead = self.fulfillments.get(halves(record.lead.load(Ordering::Relaxed)).0)?;
        let order = Handle::from_bits(lead.order.load(Ordering::Relaxed));
        self.prefetch_order(order);
        Some(order)
    }

    #[inline]
    fn prefetch_fulfillment_slot(&self, slot: u32) {
        if let Some(record) = self.fulfillments.get(slot) {
            prefetch_read(record);
        }
    }
}
