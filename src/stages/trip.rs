//! The trip: what the driver keeps of a fulfillment order and then of its parcel, in one cache line.
//!
//! # Why one line, with its own slots
//! A step of a token on its way reads this line and nothing else, unless the engine has a say. The parcel goes on
//! with the line of its fulfillment order, which is warm. The slot is free as soon as the goods are handed over
//! for good, while the engine keeps its records until the shopper has accepted the order: two orders in five
//! wait for that at the peak of a busy day.

use crate::domain::{Handle, OrderId};
use crate::kernel::prefetch::prefetch_read;
use crate::kernel::time::Moment;
use crate::model::MOST_FALLBACKS;

/// What the drivers keep of an order in flight, in one word: when it entered the phase in which it is, and how far
/// its payment has come: changes of method so far (3 bits) and tries by the one it is at (5 bits).
#[derive(Debug, Clone, Copy, Default)]
pub struct OrderTrip(u64);

/// One fulfillment order on the floor, or one parcel on the road.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(64))]
pub struct Trip {
    /// In the engine: of the fulfillment order, and once it is packed of the parcel.
    pub handle: Handle,
    /// When it entered the phase in which it is.
    pub since: Moment,
    pub submitted: Moment,
    pub promised: Moment,
    /// Order number and lowest line; of a parcel its number among those of its fulfillment order as well.
    /// Draws hang on it.
    pub key: u64,
    pub weight_g: u32,
    pub volume_ml: u32,
    pub units: u32,
    pub lines: u16,
    /// Where it is now, or was last.
    pub node: u16,
    pub origin: u16,
    pub zone: u16,
    pub method: u8,
    /// The payment method: some are settled at the door.
    pub payment: u8,
    pub carrier: u8,
    pub attempts: u8,
}

/// All trips. A token's `Handle` is its slot here.
#[derive(Debug, Default)]
pub struct Trips {
    rows: Column<Trip>,
    made: u32,
    /// The slot that was freed last, + 1; a free row's `key` names the one before it.
    free: u32,
}

/// A table by slot that grows by segments, so that nothing is copied and nothing stands empty.
#[derive(Debug, Default)]
pub struct Column<T>(Vec<Box<[T; SEGMENT_ROWS]>>);

const TRY_BITS: u32 = 5;

const SEGMENT_BITS: u32 = 12;
const SEGMENT_ROWS: usize = 1 << SEGMENT_BITS;

impl OrderTrip {
    pub fn begin(at: Moment) -> OrderTrip {
        OrderTrip(at.0 << 8)
    }

    #[inline]
    pub fn since(self) -> Moment {
        Moment(self.0 >> 8)
    }

    /// Another number for each try by each method: what draws and references of payments hang on.
    #[inline]
    pub fn attempts(self) -> u8 {
        self.0 as u8
    }

    /// Tries by the method that the order is at, less one.
    #[inline]
    pub fn tries(self) -> u8 {
        self.attempts() % (1 << TRY_BITS)
    }

    /// How often the shopper went on to another method.
    pub fn fallbacks(self) -> u8 {
        OrderTrip::fallbacks_of(self.attempts())
    }

    #[inline]
    pub fn fallbacks_of(attempts: u8) -> u8 {
        attempts >> TRY_BITS
    }

    #[inline]
    pub fn enter(&mut self, at: Moment) {
        self.0 = at.0 << 8 | u64::from(self.attempts());
    }

    /// One more payment attempt.
    pub fn try_again(&mut self) {
        assert!(u32::from(self.tries()) + 1 < 1 << TRY_BITS, "a shopper who never gives up");
        self.0 += 1;
    }

    /// The next method of the chain, from its first try on.
    pub fn fall_back(&mut self) {
        assert!(usize::from(self.fallbacks()) < MOST_FALLBACKS, "a chain of fallbacks without end");
        self.0 = ((self.0 >> TRY_BITS) + 1) << TRY_BITS;
    }
}

impl Trip {
    /// The order that the parcel was first packed for.
    pub fn order_of_parcel(&self) -> OrderId {
        OrderId(self.key >> 18)
    }
}

impl Trips {
    pub fn begin(&mut self, trip: Trip) -> Handle {
        let slot = match self.free.checked_sub(1) {
            Some(slot) => {
                self.free = self.rows.get(Handle::new(slot, 0)).key as u32;
                slot
            }
            None => {
                self.made += 1;
                self.made - 1
            }
        };
        let token = Handle::new(slot, 0);
        self.rows.put(token, trip);
        token
    }

    /// Nothing will ask for the trip again.
    #[inline]
    pub fn end(&mut self, token: Handle) {
        self.rows.get(token).key = u64::from(self.free);
        self.free = token.slot() + 1;
    }

    #[inline]
    pub fn get(&mut self, token: Handle) -> &mut Trip {
        self.rows.get(token)
    }

    #[inline]
    pub fn prefetch(&self, token: Handle) {
        self.rows.prefetch(token);
    }

    /// The trip of a slot that exists.
    pub fn peek(&self, token: Handle) -> Option<&Trip> {
        self.rows.peek(token)
    }

    /// The engine's handle, if the slot exists.
    #[inline]
    pub fn handle(&self, token: Handle) -> Option<Handle> {
        self.rows.peek(token).map(|trip| trip.handle)
    }

    pub fn bytes(&self) -> u64 {
        self.rows.bytes()
    }
}

impl<T: Copy + Default> Column<T> {
    #[inline]
    pub fn get(&mut self, handle: Handle) -> &mut T {
        let (segment, place) = split(handle);
        &mut self.0[segment][place]
    }

    #[inline]
    pub fn put(&mut self, handle: Handle, value: T) {
        let (segment, place) = split(handle);
        if self.0.len() <= segment {
            self.grow(segment);
        }
        self.0[segment][place] = value;
    }

    #[cold]
    fn grow(&mut self, segment: usize) {
        self.0.resize_with(segment + 1, || {
            let rows = vec![T::default(); SEGMENT_ROWS].into_boxed_slice();
            rows.try_into().ok().expect("as many rows as a segment has")
        });
    }

    #[inline]
    pub fn peek(&self, handle: Handle) -> Option<&T> {
        let (segment, place) = split(handle);
        Some(&self.0.get(segment)?[place])
    }

    /// All rows, by slot.
    pub fn rows(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flat_map(|segment| segment.iter())
    }

    #[inline]
    pub fn prefetch(&self, handle: Handle) {
        if let Some(row) = self.peek(handle) {
            prefetch_read(row);
        }
    }

    pub fn bytes(&self) -> u64 {
        (self.0.len() * (size_of::<T>() << SEGMENT_BITS)) as u64
    }
}

#[inline]
fn split(handle: Handle) -> (usize, usize) {
    ((handle.slot() >> SEGMENT_BITS) as usize, handle.slot() as usize & (SEGMENT_ROWS - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trip_is_one_line_and_an_order_one_word() {
        assert_eq!((size_of::<Trip>(), size_of::<OrderTrip>()), (64, 8));
        let mut trip = OrderTrip::begin(Moment(77));
        trip.try_again();
        trip.enter(Moment(99));
        assert_eq!((trip.since(), trip.attempts()), (Moment(99), 1));
    }

    #[test]
    fn a_slot_is_used_again() {
        let mut trips = Trips::default();
        let one = trips.begin(Trip { key: 1, ..Trip::default() });
        let two = trips.begin(Trip { key: 2, ..Trip::default() });
        trips.end(one);
        let three = trips.begin(Trip { key: 3, ..Trip::default() });
        assert_eq!((three, trips.get(two).key, trips.get(three).key), (one, 2, 3));
    }
}
