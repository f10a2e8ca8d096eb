//! Payment: pay, confirm cash on delivery, decline, expire. Exactly one of them wins.
//!
//! # How a capture is known again
//! - While the order lives its file keeps the captured reference: the same one again is a duplicate, another one
//!   is money that nobody asked for and goes straight back, once.
//! - An order that finishes *without* a capture leaves its handle in `unpaid`; a capture that comes later goes
//!   straight back, and its reference is kept in `refunded`, so the second delivery of it is a duplicate.
//! - A finished order that is not in `unpaid` was captured: whatever comes for it is a duplicate.
//!
//! # Why the unpaid are remembered and not the references of all finished orders
//! Nine orders in ten are paid. Keeping their references for ever would cost a map entry an order (a third of the
//! whole order's time) and memory that grows with the run. The price: a second capture *under another
//! reference* for a paid order that has finished is taken for a duplicate; the provider settles that one.

use super::edge::EdgeMap;
use super::record::OrderWord;
use super::sync::Ordering;
use super::{Claim, Engine, say};
use crate::domain::{
    Assignment, Handle, Money, MoneyAccount, OrderState, OrderStep, Refusal, Step, Subject, Transition,
};
use crate::kernel::plant::planted;

impl Engine {
    pub(super) fn pay(
        &self,
        order: Handle,
        reference: u64,
        amount: Money,
        hold: &[Assignment],
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let claim = match self.orders.claim(order) {
            Ok(claim) => claim,
            Err(_) => return self.pay_finished(order, reference, amount, out),
        };
        let from = claim.word.live();
        let Some(to) = from.after(OrderStep::Pay) else {
            return self.pay_again(claim, reference, amount, out);
        };
        if amount != claim.amount() {
            return Err(Refusal::PlanMismatch);
        }
        match self.hold_more(&claim, hold, out) {
            Ok(()) => {}
            Err(Refusal::OutOfStock) => {
                self.post(out, MoneyAccount::Shopper, MoneyAccount::Deposit, amount);
                claim.set_deposit(amount);
                return self.refuse_after_payment(claim, OrderWord::CAPTURED, out);
            }
            Err(refusal) => return Err(refusal),
        }
        claim.file().reference.store(reference, Ordering::Relaxed);
        claim.set_deposit(amount);
        self.post(out, MoneyAccount::Shopper, MoneyAccount::Deposit, amount);
        say(out, Step::Paid, Subject::Order(order));
        self.report(out, claim.id(), order, from, to);
        let word = claim.word.with_state(to).with(OrderWord::CAPTURED);
        claim.let_go(word);
        Ok(())
    }

    pub(super) fn confirm_cash_on_delivery(
        &self,
        order: Handle,
        hold: &[Assignment],
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let claim = self.orders.claim(order)?;
        let from = claim.word.live();
        let to = from.after(OrderStep::Pay).ok_or(Refusal::WrongState)?;
        match self.hold_more(&claim, hold, out) {
            Ok(()) => {}
            Err(Refusal::OutOfStock) => {
                return self.refuse_after_payment(claim, OrderWord::CASH_ON_DELIVERY, out);
            }
            Err(refusal) => return Err(refusal),
        }
        say(out, Step::Paid, Subject::Order(order));
        self.report(out, claim.id(), order, from, to);
        let word = claim.word.with_state(to).with(OrderWord::CASH_ON_DELIVERY);
        claim.let_go(word);
        Ok(())
    }

    pub(super) fn decline(&self, order: Handle, out: &mut Transition) -> Result<(), Refusal> {
        self.give_up(order, OrderStep::Decline, Step::Declined, out)
    }

    pub(super) fn expire(&self, order: Handle, out: &mut Transition) -> Result<(), Refusal> {
        self.give_up(order, OrderStep::Expire, Step::Expired, out)
    }

    /// Ends an order of which nothing is on the floor: its holds and its money go back.
    pub(super) fn give_up(
        &self,
        order: Handle,
        way: OrderStep,
        step: Step,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let claim = self.orders.claim(order)?;
        let to = claim.word.live().after(way).ok_or(Refusal::WrongState)?;
        say(out, step, Subject::Order(order));
        self.release_holds(&claim, out);
        self.refund_deposit(&claim, claim.deposit(), out);
        self.finish(claim, to, out);
        Ok(())
    }

    /// Paid, or confirmed, but the stock that payment should hold is gone.
    fn refuse_after_payment(
        &self,
        mut claim: Claim<'_>,
        how: u64,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        say(out, Step::PaidThenRefused, Subject::Order(claim.handle()));
        claim.word = claim.word.with(how);
        self.release_holds(&claim, out);
        self.refund_deposit(&claim, claim.deposit(), out);
        self.finish(claim, OrderState::Cancelled, out);
        Ok(())
    }

    /// A capture for an order that waits for none.
    fn pay_again(
        &self,
        claim: Claim<'_>,
        reference: u64,
        amount: Money,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let captured = claim.word.has(OrderWord::CAPTURED);
        if captured && claim.file().reference.load(Ordering::Relaxed) == reference {
            return Err(Refusal::DuplicatePayment);
        }
        let (order, state) = (claim.handle(), claim.word.live());
        self.send_back(order, reference, amount, out)?;
        self.report(out, claim.id(), order, state, state);
        Ok(())
    }

    /// A capture for an order whose slot may serve another by now.
    fn pay_finished(
        &self,
        order: Handle,
        reference: u64,
        amount: Money,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if let Some((id, state)) = EdgeMap::get(&self.unpaid, &order.bits()) {
            self.send_back(order, reference, amount, out)?;
            self.report(out, id, order, state, state);
            return Ok(());
        }
        let lived = |word: OrderWord| (1..word.generation()).contains(&order.generation());
        match self.orders.arena.get(order.slot()) {
            Some(record) if lived(OrderWord(record.state.load(Ordering::Acquire))) => {
                Err(Refusal::DuplicatePayment)
            }
            _ => Err(Refusal::Gone),
        }
    }

    fn send_back(
        &self,
        order: Handle,
        reference: u64,
        amount: Money,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if amount < Money::ZERO {
            return Err(Refusal::PlanMismatch);
        }
        if !self.refunded.insert_new((order.bits(), reference), ()) && !planted("double-refund") {
            return Err(Refusal::DuplicatePayment);
        }
        say(out, Step::LatePaymentRefunded, Subject::Order(order));
        self.post(out, MoneyAccount::Shopper, MoneyAccount::Deposit, amount);
        self.post(out, MoneyAccount::Deposit, MoneyAccount::Shopper, amount);
        Ok(())
    }
}
