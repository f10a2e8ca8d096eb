//! The records in the arenas, and their state words.
//!
//! ```text
//! order        64 bytes hot + 32 cold      fulfillment order 32      parcel 16      = 144 bytes a basket
//! order word   generation 24 | version 12 | open children 16 | flags | claimed | state 4
//! ```
//!
//! # Why the generation sits in the state word
//! One load tells whether the handle is still valid, in which state the subject is and whether somebody works on
//! it; one compare-and-swap decides all three.

use super::arena::Record;
use super::sync::AtomicU64;
use crate::domain::{FulfillmentState, Handle, OrderState, ParcelState};

const GENERATION_SHIFT: u32 = 64 - Handle::GENERATION_BITS;
const INLINE: usize = 3;

/// The hot line of an order: all that its steps touch.
#[repr(align(64))]
pub struct OrderRecord {
    pub state: AtomicU64,
    /// Order number; the free list's link while the slot is free.
    pub id: AtomicU64,
    /// Amount 48 | portions 12 | class of their block 4 (0: inline).
    pub amount: AtomicU64,
    /// Money captured and owed to the shopper as goods or refund, 48 | next fulfillment ordinal 16.
    pub deposit: AtomicU64,
    /// Money kept for goods that were handed over and not returned.
    pub revenue: AtomicU64,
    /// Up to three portions, or in the first word the block that holds them.
    pub portions: [AtomicU64; INLINE],
}

/// What of an order its steps seldom need. Written at submit, and the reference at payment.
#[derive(Default)]
#[repr(align(32))]
pub struct OrderFile {
    /// Submitted 48 | method 8 | payment 8.
    pub submitted: AtomicU64,
    /// Promised 48 | zone 16.
    pub promised: AtomicU64,
    /// Customer 32 | first fulfillment order + 1, 32.
    pub customer: AtomicU64,
    /// Of the capture.
    pub reference: AtomicU64,
}

#[repr(align(32))]
pub struct FulfillmentRecord {
    pub state: AtomicU64,
    /// Handle of the order.
    pub order: AtomicU64,
    /// Lead (where merged) or first parcel, slot + 1, 32 | node 16 | ordinal 16.
    pub place: AtomicU64,
    /// Next of the same order, slot + 1, 32 | next in the same parcel, slot + 1, 32.
    pub next: AtomicU64,
}

#[repr(align(16))]
pub struct ParcelRecord {
    pub state: AtomicU64,
    /// Lead fulfillment order, slot, 32 | next parcel of it, slot + 1, 32.
    pub lead: AtomicU64,
}

impl Default for OrderRecord {
    fn default() -> OrderRecord {
        let zero = || AtomicU64::new(0);
        OrderRecord {
            state: AtomicU64::new(OrderWord::UNUSED),
            id: zero(),
            amount: zero(),
            deposit: zero(),
            revenue: zero(),
            portions: std::array::from_fn(|_| zero()),
        }
    }
}

impl Default for FulfillmentRecord {
    fn default() -> FulfillmentRecord {
        let zero = || AtomicU64::new(0);
        let state = AtomicU64::new(FulfillmentWord::UNUSED);
        FulfillmentRecord { state, order: zero(), place: zero(), next: zero() }
    }
}

impl Default for ParcelRecord {
    fn default() -> ParcelRecord {
        ParcelRecord { state: AtomicU64::new(ParcelWord::UNUSED), lead: AtomicU64::new(0) }
    }
}

impl Record for OrderRecord {
    fn link(&self) -> &AtomicU64 {
        &self.id
    }
}

impl Record for FulfillmentRecord {
    fn link(&self) -> &AtomicU64 {
        &self.next
    }
}

impl Record for ParcelRecord {
    fn link(&self) -> &AtomicU64 {
        &self.lead
    }
}

macro_rules! word {
    ($name:ident, $state:ty, $state_bits:literal) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub u64);

        #[allow(dead_code)] // Not every word needs every verb.
        impl $name {
            const STATE_MASK: u64 = (1 << $state_bits) - 1;
            pub const CLAIMED: u64 = 1 << $state_bits;
            /// The state of a slot that nobody uses.
            const VACANT: u64 = Self::STATE_MASK;
            /// A slot before its first use; the default handle, all zero, is never valid.
            pub const UNUSED: u64 = 1 << GENERATION_SHIFT | Self::VACANT;

            #[inline]
            pub fn generation(self) -> u32 {
                (self.0 >> GENERATION_SHIFT) as u32
            }

            /// `None` for a vacant slot.
            #[inline]
            pub fn state(self) -> Option<$state> {
                let bits = self.0 & Self::STATE_MASK;
                (bits != Self::VACANT).then(|| <$state>::from_u8(bits as u8))
            }

            #[inline]
            pub fn with_state(self, state: $state) -> $name {
                $name(self.0 & !Self::STATE_MASK | state as u64)
            }

            #[inline]
            pub fn is_claimed(self) -> bool {
                self.0 & Self::CLAIMED != 0
            }

            /// Whether the handle is of what lives here now.
            #[inline]
            pub fn is(self, handle: Handle) -> bool {
                self.generation() == handle.generation() && self.0 & Self::STATE_MASK != Self::VACANT
            }

            #[inline]
            pub fn has(self, flag: u64) -> bool {
                self.0 & flag != 0
            }

            #[inline]
            pub fn with(self, flag: u64) -> $name {
                $name(self.0 | flag)
            }

            #[inline]
            pub fn without(self, flag: u64) -> $name {
                $name(self.0 & !flag)
            }

            /// A slot taken into use: the generation that `vacated` left, and nothing else.
            #[inline]
            pub fn fresh(left: u64, state: $state) -> $name {
                $name(left >> GENERATION_SHIFT << GENERATION_SHIFT | state as u64)
            }

            /// The slot's word once its tenant is gone: the next generation.
            #[inline]
            pub fn vacated(self) -> $name {
                $name(((self.0 >> GENERATION_SHIFT) + 1) << GENERATION_SHIFT | Self::VACANT)
            }

            #[inline]
            pub fn handle(self, slot: u32) -> Handle {
                Handle::new(slot, self.generation())
            }
        }
    };
}

word!(OrderWord, OrderState, 4);
word!(FulfillmentWord, FulfillmentState, 3);
word!(ParcelWord, ParcelState, 3);
word!(CartWord, CartState, 1);

/// A cart has no states: there is one, or there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CartState {
    Open,
}

impl CartState {
    fn from_u8(_: u8) -> CartState {
        CartState::Open
    }
}

impl OrderWord {
    /// Nothing is captured before the door.
    pub const CASH_ON_DELIVERY: u64 = 1 << 5;
    pub const CAPTURED: u64 = 1 << 6;
    /// Some parcel was handed over.
    pub const HANDED_OVER: u64 = 1 << 7;
    /// Some units wait for stock.
    pub const WAITING: u64 = 1 << 8;
    const OPEN_SHIFT: u32 = 12;
    const OPEN_MASK: u64 = 0xFFFF << Self::OPEN_SHIFT;
    const VERSION_ONE: u64 = 1 << 28;
    const VERSION_MASK: u64 = 0xFFF << 28;

    /// Fulfillment orders not yet in parcels, and parcels on their way.
    #[inline]
    pub fn open(self) -> u32 {
        ((self.0 & Self::OPEN_MASK) >> Self::OPEN_SHIFT) as u32
    }

    #[inline]
    pub fn with_open(self, open: u32) -> OrderWord {
        assert!(open <= 0xFFFF, "an order with {open} open children");
        OrderWord(self.0 & !Self::OPEN_MASK | u64::from(open) << Self::OPEN_SHIFT)
    }

    #[inline]
    pub fn flag(self, flag: u64, on: bool) -> OrderWord {
        if on { self.with(flag) } else { self.without(flag) }
    }

    /// The next version, so that a reader who saw this one knows that something happened.
    #[inline]
    pub fn bumped(self) -> OrderWord {
        let version = (self.0 & Self::VERSION_MASK).wrapping_add(Self::VERSION_ONE) & Self::VERSION_MASK;
        OrderWord(self.0 & !Self::VERSION_MASK | version)
    }

    pub fn live(self) -> OrderState {
        self.state().expect("a vacant order")
    }
}

impl FulfillmentWord {
    pub const PICKED: u64 = 1 << 4;
    /// Packed with another, its lead.
    pub const MERGED: u64 = 1 << 5;
    /// Others are packed with it.
    pub const LEADS: u64 = 1 << 6;

    pub fn group(self) -> u8 {
        (self.0 >> 8) as u8
    }

    pub fn with_group(self, group: u8) -> FulfillmentWord {
        FulfillmentWord(self.0 & !(0xFF << 8) | u64::from(group) << 8)
    }

    /// A lead counts those in its parcel whose order is not finished, itself too.
    pub fn members(self) -> u8 {
        (self.0 >> 24) as u8
    }

    pub fn with_members(self, members: u8) -> FulfillmentWord {
        FulfillmentWord(self.0 & !(0xFF << 24) | u64::from(members) << 24)
    }
}

impl ParcelWord {
    /// Which parcel it is of those of its fulfillment order, from 0.
    pub fn part(self) -> u8 {
        (self.0 >> 8) as u8
    }

    pub fn parts(self) -> u8 {
        (self.0 >> 16) as u8
    }

    pub fn with_part(self, part: u8, parts: u8) -> ParcelWord {
        ParcelWord(self.0 & !(0xFFFF << 8) | u64::from(part) << 8 | u64::from(parts) << 16)
    }
}

/// Two halves of a word.
#[inline]
pub fn halves(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}

#[inline]
pub fn join(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// 48 bits above, 16 below.
#[inline]
pub fn split48(word: u64) -> (u64, u16) {
    (word >> 16, word as u16)
}

#[inline]
pub fn join48(high: u64, low: u16) -> u64 {
    assert!(high < 1 << 48, "a number beyond 48 bits in an order record");
    high << 16 | u64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(any(loom, shuttle)))]
    #[test]
    fn the_records_have_the_sizes_that_the_memory_target_counts_on() {
        assert_eq!(size_of::<OrderRecord>() + size_of::<OrderFile>(), 64 + 32);
        assert_eq!(size_of::<FulfillmentRecord>() + size_of::<ParcelRecord>(), 32 + 16);
    }

    #[test]
    fn words_keep_their_fields_apart() {
        let word = OrderWord::fresh(OrderWord(0).vacated().0, OrderState::InFulfillment)
            .with(OrderWord::CAPTURED | OrderWord::WAITING)
            .with_open(65_535)
            .bumped();
        assert_eq!((word.generation(), word.open(), word.live()), (1, 65_535, OrderState::InFulfillment));
        assert!(word.has(OrderWord::WAITING) && !word.has(OrderWord::HANDED_OVER) && !word.is_claimed());
        assert!(word.vacated().state().is_none());
        assert!(word.is(word.handle(9)) && !word.vacated().is(word.vacated().handle(9)));
    }

    #[test]
    fn the_last_generation_is_followed_by_the_first() {
        let last = OrderWord(((1 << 24) - 1) << GENERATION_SHIFT);
        assert_eq!(last.vacated().generation(), 0);
    }
}
