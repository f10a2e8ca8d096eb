//! Short: a picker finds fewer units on the shelf than are held for a fulfillment order.
//!
//! # Why an order whose units are all missing stays in its parcel
//! Where others were merged with it the parcel goes on without its units. The order keeps the open child until that
//! parcel is settled, as the others do: so no order can end while somebody works on the group, and no slot is given
//! back under a claim. Whatever the parcel does to it, it does to no unit and no money of that order.

use super::floor::{FloorClaim, Member};
use super::portion::{Fate, Portion};
use super::record::{FulfillmentWord, OrderWord};
use super::share::Load;
use super::sync::Ordering;
use super::{Engine, Units, Way, say, with_scratch};
use crate::domain::fulfillment::FulfillmentStep;
use crate::domain::{Account, Handle, Refusal, SkuId, Step, Subject, Transition};

/// What is missing.
#[derive(Clone, Copy)]
struct Missing {
    sku: SkuId,
    quantity: u32,
}

impl Engine {
    /// The lead loses its units first, then its guests, the last to join before the others; an order loses the last
    /// of its row. Refused once the fulfillment order is picked, or where it has not so many.
    pub(super) fn short(
        &self,
        fulfillment: Handle,
        sku: SkuId,
        quantity: u32,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let claim = FloorClaim::new(self, fulfillment)?;
        let state = claim.word.state().expect("a fulfillment order that is claimed");
        let ended = state.after(FulfillmentStep::ReportShort).ok_or(Refusal::WrongState)?;
        if claim.word.has(FulfillmentWord::PICKED) {
            return Err(Refusal::WrongState);
        }
        // While the group is claimed nobody picks it, and what is assigned to it stays as it is.
        let lead = claim.slot;
        let (mut of_sku, mut all, mut picked) = (0, 0, false);
        self.each_member(lead, |member| match self.unpicked(&member, sku) {
            Some((own, units)) => (of_sku, all) = (of_sku + own, all + units),
            None => picked = true,
        });
        if quantity == 0 || of_sku < quantity {
            return Err(Refusal::PlanMismatch);
        }
        say(out, Step::Shorted, Subject::Fulfillment(fulfillment));
        let mut missing = Missing { sku, quantity };
        if quantity < all || picked {
            self.each_member(lead, |member| self.strike(&member, &mut missing, false, out));
            return Ok(());
        }
        // Nothing is left: out of everyone's reach before its orders are let go, as when it is unassigned.
        let word = claim.word.with_state(ended);
        claim.let_go(word);
        self.each_member(lead, |member| self.strike(&member, &mut missing, true, out));
        Ok(())
    }

    /// Units of the SKU, and of all SKUs, that the member still waits for a picker with; `None` where it was picked
    /// before it was merged.
    fn unpicked(&self, member: &Member, sku: SkuId) -> Option<(u32, u32)> {
        let word = FulfillmentWord(self.fulfillments.at(member.slot).state.load(Ordering::Acquire));
        if word.has(FulfillmentWord::PICKED) {
            return None;
        }
        let mut found = (0, 0);
        self.orders
            .read(member.order, |_, record| {
                found = (0, 0);
                self.each_piece(record, Load::whole(member.ordinal), |piece| {
                    found.0 += if piece.sku == sku { piece.quantity } else { 0 };
                    found.1 += piece.quantity;
                })
            })
            .expect("the order of an open fulfillment order lives");
        Some(found)
    }

    /// Takes what is missing from the member, as far as it has it.
    fn strike(&self, member: &Member, missing: &mut Missing, ends: bool, out: &mut Transition) {
        if !ends && (missing.quantity == 0 || self.unpicked(member, missing.sku).is_none_or(|own| own.0 == 0))
        {
            return;
        }
        let order = self.orders.claim(member.order).expect("the order of an open fulfillment order lives");
        let before = missing.quantity;
        with_scratch(|scratch| {
            order.copy_portions(&mut scratch.old);
            lose(&mut scratch.old, member.ordinal, missing);
            order.write_portions(&scratch.old);
        });
        let lost = before - missing.quantity;
        if 0 < lost {
            self.stock.settle(self.stock.cell(missing.sku, member.node), lost);
            let units = Units { sku: missing.sku, node: member.node, quantity: lost };
            self.carry(out, Way::WrittenOff, &units, Account::Held, Account::Missing);
        }
        let state = order.word.live();
        self.report(out, order.id(), member.order, state, state);
        let word = if 0 < lost { order.word.with(OrderWord::WAITING) } else { order.word };
        let word = word.with_open(order.word.open() - u32::from(ends));
        order.let_go(word);
    }
}

/// From the end of the row: units of the fulfillment order that are missing wait where they stand.
fn lose(portions: &mut Vec<Portion>, ordinal: u16, missing: &mut Missing) {
    for place in (0..portions.len()).rev() {
        let portion = portions[place];
        if !portion.is_of(ordinal) || SkuId(portion.sku()) != missing.sku || missing.quantity == 0 {
            continue;
        }
        let lost = portion.quantity().min(missing.quantity);
        let kept = portion.quantity() - lost;
        missing.quantity -= lost;
        if kept == 0 {
            portions[place] = portion.with(Fate::Waiting, 0);
        } else {
            let (sku, first) = (portion.sku(), portion.is_first());
            portions[place] = Portion::new(sku, kept, Fate::Assigned, ordinal, first);
            portions.insert(place + 1, Portion::new(sku, lost, Fate::Waiting, 0, false));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_units_of_the_row_are_missing() {
        let of = |quantity, place, first| Portion::new(7, quantity, Fate::Assigned, place, first);
        let mut row = vec![of(3, 0, true), of(2, 1, false), of(2, 0, true)];
        let mut missing = Missing { sku: SkuId(7), quantity: 4 };
        lose(&mut row, 0, &mut missing);
        let seen: Vec<_> = row.iter().map(|p| (p.quantity(), p.fate(), p.is_first())).collect();
        use Fate::{Assigned, Waiting};
        let wanted = [(1, Assigned, true), (2, Waiting, false), (2, Assigned, false), (2, Waiting, true)];
        assert_eq!((seen.as_slice(), missing.quantity), (wanted.as_slice(), 0));
    }
}
