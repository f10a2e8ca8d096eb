//! The end of an order: what it held goes back, and its slots are free for others.
//!
//! # Who still refers to a finished order's records
//! A parcel may carry several orders. Its lead counts the members whose orders live; the last one to finish frees
//! the parcel and all its fulfillment orders. The order's own slot is free at once: a member whose order handle is
//! void is that of a finished order.

use super::edge::EdgeMap;
use super::portion::Fate;
use super::record::{FulfillmentWord, OrderWord, ParcelWord, halves};
use super::sync::{Ordering, Patience};
use super::{Claim, Engine, Units};
use crate::domain::{Account, Money, MoneyAccount, NodeId, OrderState, SkuId, Transition};
use crate::kernel::plant::planted;

impl Engine {
    /// Reports the last step, gives the slots back. The claim's word must be the last one, flags and all.
    pub(super) fn finish(&self, claim: Claim<'_>, to: OrderState, out: &mut Transition) {
        assert!(to.is_final(), "an order finished as {to:?}");
        assert_eq!(claim.deposit(), Money::ZERO, "an order finished with money in deposit");
        let (id, handle) = (claim.id(), claim.handle());
        let word = claim.word;
        if !word.has(OrderWord::CAPTURED | OrderWord::HANDED_OVER) && !planted("late-unpaid") {
            // Before the handle is void, so that a late capture finds it here or the order alive.
            self.unpaid.insert_new(handle.bits(), (id, to));
        }
        self.report(out, id, handle, word.live(), to);
        self.tally.ended(id, to);
        let first = match word.live() {
            OrderState::InFulfillment | OrderState::Delivered | OrderState::Returning => {
                claim.file().customer.load(Ordering::Relaxed) as u32
            }
            _ => 0,
        };
        // The claim ends before the fulfillment orders go: who waits for the order with a parcel claimed
        // finds the handle void and lets the parcel go.
        claim.vacate();
        if planted("late-unpaid") && !word.has(OrderWord::CAPTURED | OrderWord::HANDED_OVER) {
            self.unpaid.insert_new(handle.bits(), (id, to));
        }
        self.free_fulfillments(first);
    }

    pub(super) fn release_holds(&self, claim: &Claim<'_>, out: &mut Transition) {
        claim.each_portion(|portion| {
            if portion.fate() == Fate::Held {
                let place = if planted("wrong-node-release") { 0 } else { portion.place() };
                let (sku, node) = (SkuId(portion.sku()), NodeId(place));
                let times = if planted("release-twice") { 2 } else { 1 };
                self.stock.release(self.stock.cell(sku, node), portion.quantity() * times);
                Units { sku, node, quantity: portion.quantity() }.moved(
                    out,
                    Account::Held,
                    Account::Available,
                );
            }
        });
    }

    /// Money for goods that were not handed over goes back to the shopper.
    pub(super) fn refund_deposit(&self, claim: &Claim<'_>, amount: Money, out: &mut Transition) {
        claim.set_deposit(claim.deposit() - amount);
        self.post(out, MoneyAccount::Deposit, MoneyAccount::Shopper, amount);
    }

    fn free_fulfillments(&self, first: u32) {
        let mut next = first;
        while let Some(slot) = next.checked_sub(1) {
            let record = self.fulfillments.at(slot);
            next = halves(record.next.load(Ordering::Relaxed)).0;
            let word = FulfillmentWord(record.state.load(Ordering::Acquire));
            let lead = match word.has(FulfillmentWord::MERGED) {
                true => halves(record.place.load(Ordering::Relaxed)).0 - 1,
                false => slot,
            };
            if self.leave(lead) {
                self.free_group(lead);
            }
        }
    }

    /// One member's order is finished. True for the last.
    fn leave(&self, lead: u32) -> bool {
        let state = &self.fulfillments.at(lead).state;
        let mut seen = FulfillmentWord(state.load(Ordering::Acquire));
        if !seen.has(FulfillmentWord::LEADS) || planted("early-free") {
            return true;
        }
        loop {
            let left = seen.members() - 1;
            // AcqRel: the last one sees what the others wrote.
            match state.compare_exchange_weak(
                seen.0,
                seen.with_members(left).0,
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return left == 0,
                Err(other) => seen = FulfillmentWord(other),
            }
        }
    }

    fn free_group(&self, lead: u32) {
        let mut parcel = halves(self.fulfillments.at(lead).place.load(Ordering::Relaxed)).0;
        while let Some(slot) = parcel.checked_sub(1) {
            parcel = self.parcels.at(slot).lead.load(Ordering::Relaxed) as u32;
            self.free_parcel(slot);
        }
        let mut member = lead + 1;
        while let Some(slot) = member.checked_sub(1) {
            let record = self.fulfillments.at(slot);
            member = record.next.load(Ordering::Relaxed) as u32;
            let word = FulfillmentWord(record.state.load(Ordering::Relaxed));
            record.state.store(word.vacated().0, Ordering::Release);
            self.fulfillments.give(slot);
            self.tally.fulfillments(-1);
        }
    }

    fn free_parcel(&self, slot: u32) {
        let state = &self.parcels.at(slot).state;
        let mut patience = Patience::default();
        loop {
            let seen = ParcelWord(state.load(Ordering::Acquire));
            let free = state.compare_exchange(
                seen.without(ParcelWord::CLAIMED).0,
                seen.vacated().0,
                Ordering::AcqRel,
                Ordering::Relaxed,
            );
            if free.is_ok() {
                break;
            }
            // Somebody asks for its return and is about to learn that the order is finished.
            patience.wait();
        }
        self.parcels.give(slot);
        self.tally.parcels(-1);
    }
}
