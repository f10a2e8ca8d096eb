//! Identities: dense indices of the model's tables, foreign numbers, and handles into the engine's arenas.

use serde::{Deserialize, Serialize};

macro_rules! dense {
    ($($(#[$doc:meta])* $name:ident($int:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $int);

        impl $name {
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

dense! {
    /// A stock keeping unit: row of the catalog.
    SkuId(u32);
    /// A fulfillment center or hub: row of the model's nodes. At most 4,095.
    NodeId(u16);
    /// A delivery zone: row of the model's zones.
    ZoneId(u16);
    /// A lane between two nodes: row of the model's lanes.
    LaneId(u32);
    /// A carrier: row of the model's carriers.
    CarrierId(u8);
    /// A delivery method (standard, next-day, ...): row of the model's delivery methods.
    MethodId(u8);
    /// A payment method: row of the model's payment methods.
    PaymentMethodId(u8);
    /// A coupon: row of the model's coupons.
    CouponId(u8);
    /// A station: row of the model's stations.
    StationId(u32);
    /// A customer, by number.
    CustomerId(u32);
    /// An order's own number: dense, in order of arrival. Draws hang on it, never on a handle.
    OrderId(u64);
    /// A cart's own number, as whoever keeps sessions gives it.
    CartId(u64);
}

/// A place in one of the engine's arenas: slot, and the generation that was in it.
///
/// A handle whose generation has passed is refused, so a late message never hits a reused slot.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handle(u64);

impl Handle {
    pub const GENERATION_BITS: u32 = 24;

    pub const fn new(slot: u32, generation: u32) -> Handle {
        Handle((generation as u64 & ((1 << Self::GENERATION_BITS) - 1)) << 32 | slot as u64)
    }

    pub const fn slot(self) -> u32 {
        self.0 as u32
    }

    /// 24 bits: it wraps after 16.7 million reuses of one slot.
    pub const fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The 56 significant bits, for packing into an event.
    pub const fn bits(self) -> u64 {
        self.0
    }

    pub const fn from_bits(bits: u64) -> Handle {
        Handle(bits & ((1 << (32 + Self::GENERATION_BITS)) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_keeps_slot_and_generation() {
        let handle = Handle::new(u32::MAX, (1 << 24) - 1);
        assert_eq!((handle.slot(), handle.generation()), (u32::MAX, (1 << 24) - 1));
        assert_eq!(Handle::from_bits(handle.bits()), handle);
        assert_eq!(Handle::new(7, 1 << 24).generation(), 0);
    }
}
