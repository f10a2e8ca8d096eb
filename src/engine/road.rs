//! The road: ship, deliver, give up at the door.

use super::floor::Member;
use super::record::{OrderWord, ParcelRecord, ParcelWord, halves};
use super::share::Load;
use super::sync::{Ordering, Patience};
use super::{Engine, Way, say};
use crate::domain::parcel::ParcelStep;
use crate::domain::{Account, Handle, Money, MoneyAccount, Refusal, Step, Subject, Transition};

impl Engine {
    pub(super) fn ship(&self, parcel: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let (word, lead) = self.step_parcel(parcel, ParcelStep::Ship)?;
        say(out, Step::Shipped, Subject::Parcel(parcel));
        self.each_member(lead, |member| {
            let path = [(Account::Picked, Account::InTransit)];
            self.move_load(out, &member, Load::of(member.ordinal, word), Way::Shipped, &path, |_, _| {});
            self.report_unmoved(out, member);
        });
        Ok(())
    }

    /// Handed over: the goods' share of the money becomes revenue; cash on delivery is captured, parcel by parcel.
    pub(super) fn deliver(&self, parcel: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let (word, lead) = self.step_parcel(parcel, ParcelStep::Deliver)?;
        say(out, Step::Delivered, Subject::Parcel(parcel));
        self.each_member(lead, |member| self.hand_over(&member, word, out));
        Ok(())
    }

    /// The parcel turns round. Its order waits until it is back and graded: money goes out against goods.
    pub(super) fn fail_delivery(&self, parcel: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let (_, lead) = self.step_parcel(parcel, ParcelStep::FailDelivery)?;
        say(out, Step::DeliveryFailed, Subject::Parcel(parcel));
        self.each_member(lead, |member| self.report_unmoved(out, member));
        Ok(())
    }

    /// The goods are gone, and nobody pays for them.
    pub(super) fn lose(&self, parcel: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let (word, lead) = self.step_parcel(parcel, ParcelStep::Lose)?;
        say(out, Step::Lost, Subject::Parcel(parcel));
        self.each_member(lead, |member| {
            let load = Load::of(member.ordinal, word);
            let path = [(Account::InTransit, Account::Missing)];
            self.move_load(out, &member, load, Way::Lost, &path, |_, _| {});
            let mut claim = self.orders.claim(member.order).expect("the order of a parcel on the road lives");
            let share = self.share_of(&claim, load);
            claim.word = claim.word.with_open(claim.word.open() - 1);
            if claim.word.has(OrderWord::CAPTURED) {
                self.refund_deposit(&claim, share, out);
            }
            self.step_if_done(claim, member.order, out);
        });
        Ok(())
    }

    fn hand_over(&self, member: &Member, parcel: ParcelWord, out: &mut Transition) {
        let load = Load::of(member.ordinal, parcel);
        let path = [(Account::InTransit, Account::Customer)];
        let before = out.moves.len();
        self.move_load(out, member, load, Way::Delivered, &path, |_, _| {});
        let brings = before < out.moves.len();
        let mut claim = self.orders.claim(member.order).expect("the order of a parcel on its way lives");
        let share = self.share_of(&claim, load);
        if claim.word.has(OrderWord::CASH_ON_DELIVERY) {
            self.post(out, MoneyAccount::Shopper, MoneyAccount::Deposit, share);
        } else {
            claim.set_deposit(claim.deposit() - share);
        }
        claim.set_revenue(claim.revenue() + share);
        self.post(out, MoneyAccount::Deposit, MoneyAccount::Revenue, share);
        let open = claim.word.open() - 1;
        claim.word = claim
            .word
            .flag(OrderWord::HANDED_OVER, brings || claim.word.has(OrderWord::HANDED_OVER))
            .with_open(open);
        self.step_if_done(claim, member.order, out);
    }

    /// Money for goods that were handed over goes back to the shopper.
    pub(super) fn refund_revenue(&self, claim: &super::Claim<'_>, amount: Money, out: &mut Transition) {
        claim.set_revenue(claim.revenue() - amount);
        self.post(out, MoneyAccount::Revenue, MoneyAccount::Shopper, amount);
    }

    /// Moves the state word; who moves it owns the effects. The word before, and the lead's slot.
    #[inline]
    pub(super) fn step_parcel(&self, parcel: Handle, step: ParcelStep) -> Result<(ParcelWord, u32), Refusal> {
        let record: &ParcelRecord = self.parcels.get(parcel.slot()).ok_or(Refusal::Gone)?;
        let mut patience = Patience::default();
        let mut seen = ParcelWord(record.state.load(Ordering::Acquire));
        loop {
            if !seen.is(parcel) {
                return Err(Refusal::Gone);
            }
            if seen.is_claimed() {
                patience.wait();
                seen = ParcelWord(record.state.load(Ordering::Acquire));
                continue;
            }
            let to = seen.state().and_then(|state| state.after(step)).ok_or(Refusal::WrongState)?;
            let new = seen.with_state(to).0;
            match record.state.compare_exchange_weak(seen.0, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok((seen, halves(record.lead.load(Ordering::Relaxed)).0)),
                Err(other) => seen = ParcelWord(other),
            }
        }
    }
}
