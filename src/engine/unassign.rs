//! Unassign: a node gives up what it has not picked.
//!
//! # Why the fulfillment order is let go before its orders are
//! Once its order is let go somebody else may end the order, and with the last order of a group its slots serve
//! others. Cancelled, the fulfillment order is out of everyone's reach meanwhile: nobody picks it, merges into it
//! or packs it, and an order that still has it as an open child cannot end.

use super::floor::{FloorClaim, Member};
use super::portion::Fate;
use super::record::{FulfillmentWord, OrderWord};
use super::sync::Ordering;
use super::{Engine, Units, say, with_scratch};
use crate::domain::fulfillment::FulfillmentStep;
use crate::domain::{Account, Handle, Refusal, SkuId, Step, Subject, Transition};

impl Engine {
    /// Refused once anything of it is picked: by itself, or a guest that was picked before it was merged.
    pub(super) fn unassign(&self, fulfillment: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let claim = FloorClaim::new(self, fulfillment)?;
        let state = claim.word.state().expect("a fulfillment order that is claimed");
        let ended = state.after(FulfillmentStep::Cancel).ok_or(Refusal::WrongState)?;
        let (lead, mut picked) = (claim.slot, claim.word.has(FulfillmentWord::PICKED));
        self.each_member(lead, |member| {
            let word = FulfillmentWord(self.fulfillments.at(member.slot).state.load(Ordering::Acquire));
            picked |= word.has(FulfillmentWord::PICKED);
        });
        if picked {
            return Err(Refusal::WrongState);
        }
        let word = claim.word.with_state(ended);
        claim.let_go(word);
        say(out, Step::Unassigned, Subject::Fulfillment(fulfillment));
        self.each_member(lead, |member| self.give_back(&member, out));
        Ok(())
    }

    fn give_back(&self, member: &Member, out: &mut Transition) {
        let order = self.orders.claim(member.order).expect("the order of an open fulfillment order lives");
        with_scratch(|scratch| {
            order.copy_portions(&mut scratch.old);
            for portion in scratch.old.iter_mut().filter(|portion| portion.is_of(member.ordinal)) {
                let (sku, quantity) = (SkuId(portion.sku()), portion.quantity());
                self.stock.release(self.stock.cell(sku, member.node), quantity);
                Units { sku, node: member.node, quantity }.moved(out, Account::Held, Account::Available);
                *portion = portion.with(Fate::Waiting, 0);
            }
            order.write_portions(&scratch.old);
        });
        let state = order.word.live();
        self.report(out, order.id(), member.order, state, state);
        let word = order.word.with(OrderWord::WAITING).with_open(order.word.open() - 1);
        order.let_go(word);
    }
}
