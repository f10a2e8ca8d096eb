//! An order map by itself, without goods, money and children: to measure what finding an order and moving it costs,
//! and nothing else. See `Shelves` for why it is no method of the engine.

use super::orders::OrderMap;
use super::record::OrderWord;
use super::sync::Ordering;
use crate::domain::{Handle, OrderId, OrderState, Refusal};
use crate::kernel::prefetch::prefetch_read;

/// Orders that are opened, moved and finished, each move under a claim of its own.
pub struct Roster(OrderMap);

impl Roster {
    /// With slots for so many orders; more come when needed.
    pub fn new(ready: usize) -> Roster {
        Roster(OrderMap::new(ready))
    }

    #[inline]
    pub fn open(&self, id: OrderId) -> Handle {
        let (slot, record, _) = self.0.open();
        record.id.store(id.0, Ordering::Relaxed);
        // No portions: a slot that was used before may say otherwise.
        record.amount.store(0, Ordering::Relaxed);
        record.revenue.store(0, Ordering::Relaxed);
        let left = record.state.load(Ordering::Relaxed);
        let word = OrderWord::fresh(left, OrderState::AwaitingPayment);
        // Release: pairs with the Acquire in claim.
        record.state.store(word.0, Ordering::Release);
        word.handle(slot)
    }

    /// Claims the order, writes the instant, lets it go one version later.
    #[inline]
    pub fn step(&self, order: Handle, at: u64) -> Result<(), Refusal> {
        let claim = self.0.claim(order)?;
        claim.record.revenue.store(at, Ordering::Relaxed);
        let word = claim.word;
        claim.let_go(word);
        Ok(())
    }

    /// The order's slot is free again.
    #[inline]
    pub fn finish(&self, order: Handle) -> Result<(), Refusal> {
        self.0.claim(order)?.vacate();
        Ok(())
    }

    #[inline]
    pub fn prefetch(&self, order: Handle) {
        if let Some(record) = self.0.arena.get(order.slot()) {
            prefetch_read(record);
        }
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    #[test]
    fn a_finished_order_is_gone_and_its_slot_lives_again() {
        let roster = Roster::new(1);
        let first = roster.open(OrderId(1));
        assert_eq!((roster.step(first, 7), roster.finish(first)), (Ok(()), Ok(())));
        assert_eq!((roster.step(first, 8), roster.finish(first)), (Err(Refusal::Gone), Err(Refusal::Gone)));
        let second = roster.open(OrderId(2));
        assert_eq!((second.slot(), roster.step(second, 9)), (first.slot(), Ok(())));
        assert_ne!(first, second);
    }
}
