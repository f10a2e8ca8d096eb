//! After sales: request a return, grade what came back, accept what is kept.

use super::floor::{Member, claim_word};
use super::record::{OrderWord, ParcelRecord, ParcelWord, halves};
use super::share::Load;
use super::sync::Ordering;
use super::{Claim, Engine, Way, say, with_scratch};
use crate::domain::parcel::ParcelStep;
use crate::domain::{
    Account, Handle, MoneyAccount, OrderState, OrderStep, ParcelState, Refusal, Step, Subject, Transition,
};

impl Engine {
    /// The whole parcel goes back. Refused when any order in it is not wholly delivered, or was accepted:
    /// a parcel of several orders returns with all of them or not at all.
    pub(super) fn request_return(&self, parcel: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let record = self.parcels.get(parcel.slot()).ok_or(Refusal::Gone)?;
        let claim = ParcelClaim::new(record, parcel)?;
        let state = claim.word.state().expect("a parcel that is claimed");
        let to = state.after(ParcelStep::RequestReturn).ok_or(Refusal::WrongState)?;
        let lead = halves(record.lead.load(Ordering::Relaxed)).0;
        let all = with_scratch(|scratch| {
            let orders = &mut scratch.orders;
            orders.clear();
            self.each_member(lead, |member| orders.push(member.order));
            orders.sort_unstable_by_key(|order| order.slot());
            let orders = std::mem::take(orders);
            let all = self.send_all_back(&orders, out);
            scratch.orders = orders;
            all
        });
        if !all {
            return Err(Refusal::WrongState);
        }
        say(out, Step::ReturnRequested, Subject::Parcel(parcel));
        let word = claim.word;
        self.each_member(lead, |member| {
            let path = [(Account::Customer, Account::InTransit)];
            self.move_load(out, &member, Load::of(member.ordinal, word), Way::SentBack, &path, |_, _| {});
        });
        self.lead_first(lead, out);
        claim.let_go(word.with_state(to));
        Ok(())
    }

    /// The parcel is back at its node and booked; the refund goes out.
    pub(super) fn grade(&self, parcel: Handle, restock: bool, out: &mut Transition) -> Result<(), Refusal> {
        let (word, lead) = self.step_parcel(parcel, ParcelStep::Grade)?;
        say(out, if restock { Step::Restocked } else { Step::Scrapped }, Subject::Parcel(parcel));
        let refused = word.state() == Some(ParcelState::ReturningToSender);
        self.each_member(lead, |member| {
            let load = Load::of(member.ordinal, word);
            self.book_back(&member, load, restock, out);
            let mut claim =
                self.orders.claim(member.order).expect("the order of a parcel on its way back lives");
            let share = self.share_of(&claim, load);
            claim.word = claim.word.with_open(claim.word.open() - 1);
            if refused {
                if claim.word.has(OrderWord::CAPTURED) {
                    self.refund_deposit(&claim, share, out);
                }
                self.step_if_done(claim, member.order, out);
            } else {
                self.refund_revenue(&claim, share, out);
                self.end_return(claim, member.order, out);
            }
        });
        Ok(())
    }

    /// The shopper keeps what came.
    pub(super) fn accept(&self, order: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let claim = self.orders.claim(order)?;
        let to = claim.word.live().after(OrderStep::Accept).ok_or(Refusal::WrongState)?;
        say(out, Step::Accepted, Subject::Order(order));
        self.grant_points(&claim, out);
        self.finish(claim, to, out);
        Ok(())
    }

    /// Claims the orders one in the other, ascending by slot; all move to `Returning`, or none.
    fn send_all_back(&self, orders: &[Handle], out: &mut Transition) -> bool {
        let Some(&order) = orders.first() else { return true };
        let same = orders.iter().take_while(|&&other| other == order).count();
        let Ok(claim) = self.orders.claim(order) else { return false };
        let from = claim.word.live();
        let Some(to) = from.after(OrderStep::RequestReturn) else { return false };
        if !self.send_all_back(&orders[same..], out) {
            return false;
        }
        self.report(out, claim.id(), order, from, to);
        let open = claim.word.open() + same as u32;
        let word = claim.word.with_state(to).with_open(open);
        claim.let_go(word);
        true
    }

    /// Puts the lead's order first among those reported.
    fn lead_first(&self, lead: u32, out: &mut Transition) {
        let order = Handle::from_bits(self.fulfillments.at(lead).order.load(Ordering::Relaxed));
        let Some(change) = out.also.iter_mut().find(|change| change.handle == order) else { return };
        let (id, handle, from, to) = (out.order, out.handle, out.from, out.to);
        (out.order, out.handle) = (Some(change.order), Some(change.handle));
        (out.from, out.to) = (Some(change.from), Some(change.to));
        if let (Some(order), Some(handle), Some(from), Some(to)) = (id, handle, from, to) {
            *change = crate::domain::OrderChange { order, handle, from, to };
        }
    }

    fn book_back(&self, member: &Member, load: Load, restock: bool, out: &mut Transition) {
        let (way, to) = match restock {
            true => (Way::Restocked, Account::Available),
            false => (Way::Scrapped, Account::Scrapped),
        };
        let path = [(Account::InTransit, Account::Inspection), (Account::Inspection, to)];
        self.move_load(out, member, load, way, &path, |cell, quantity| {
            if restock {
                self.stock.put(cell, quantity);
            }
        });
    }

    /// One returned parcel is settled; with the last one the order ends, and what is kept earns its points.
    fn end_return(&self, claim: Claim<'_>, order: Handle, out: &mut Transition) {
        let from = claim.word.live();
        if 0 < claim.word.open() {
            self.report(out, claim.id(), order, from, from);
            let word = claim.word;
            return claim.let_go(word);
        }
        let to = from.after(OrderStep::Return).expect("an order that returns a parcel");
        assert!(to == OrderState::Returned);
        self.grant_points(&claim, out);
        self.finish(claim, to, out);
    }

    fn grant_points(&self, claim: &Claim<'_>, out: &mut Transition) {
        let points = claim.revenue().share(u64::from(self.rules.points_basis_points), 10_000);
        self.post(out, MoneyAccount::PointsIssued, MoneyAccount::PointsHeld, points);
        if 0 < self.rules.customers {
            self.promotions.earn(claim.customer(), points);
        }
    }
}

/// A parcel that nobody else changes until it is let go or dropped.
pub(super) struct ParcelClaim<'a> {
    record: &'a ParcelRecord,
    pub(super) word: ParcelWord,
    live: bool,
}

impl<'a> ParcelClaim<'a> {
    pub(super) fn new(record: &'a ParcelRecord, parcel: Handle) -> Result<ParcelClaim<'a>, Refusal> {
        let word = claim_word(&record.state, |bits| ParcelWord(bits).is(parcel), ParcelWord::CLAIMED)?;
        Ok(ParcelClaim { record, word: ParcelWord(word), live: true })
    }

    pub(super) fn let_go(mut self, word: ParcelWord) {
        self.live = false;
        self.record.state.store(word.0, Ordering::Release);
    }
}

impl Drop for ParcelClaim<'_> {
    fn drop(&mut self) {
        if self.live {
            self.record.state.store(self.word.0, Ordering::Release);
        }
    }
}
