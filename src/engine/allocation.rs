//! Review and allocation: approve, reject, allocate, drop what waits, cancel.
//!
//! A plan is never trusted: it is checked against what the order still waits for, and its stock is taken here or
//! the plan is refused.

use super::portion::{Fate, MAX_PLACES, Portion, fill};
use super::record::{FulfillmentWord, OrderWord, halves, join};
use super::sync::Ordering;
use super::{Claim, Engine, Scratch, Units, say, with_scratch};
use crate::domain::{
    Account, Assignment, FulfillmentState, Handle, NodeId, OrderStep, Refusal, Step, Subject, Transition,
};

impl Engine {
    pub(super) fn approve(&self, order: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let claim = self.orders.claim(order)?;
        let from = claim.word.live();
        let to = from.after(OrderStep::Approve).ok_or(Refusal::WrongState)?;
        say(out, Step::Approved, Subject::Order(order));
        self.report(out, claim.id(), order, from, to);
        let word = claim.word.with_state(to);
        claim.let_go(word);
        Ok(())
    }

    pub(super) fn reject(&self, order: Handle, out: &mut Transition) -> Result<(), Refusal> {
        self.give_up(order, OrderStep::Reject, Step::Rejected, out)
    }

    pub(super) fn cancel(&self, order: Handle, out: &mut Transition) -> Result<(), Refusal> {
        self.give_up(order, OrderStep::Cancel, Step::Cancelled, out)
    }

    pub(super) fn allocate(
        &self,
        order: Handle,
        plan: &[Assignment],
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        let claim = self.orders.claim(order)?;
        let from = claim.word.live();
        if plan.is_empty() {
            let to = from.after(OrderStep::Backorder).ok_or(Refusal::WrongState)?;
            self.release_holds(&claim, out);
            self.wait_again(&claim);
            say(out, Step::Backordered, Subject::Order(order));
            self.report(out, claim.id(), order, from, to);
            let word = claim.word.with_state(to).with(OrderWord::WAITING);
            claim.let_go(word);
            return Ok(());
        }
        let to = from.after(OrderStep::Allocate).ok_or(Refusal::WrongState)?;
        if !plan.is_sorted_by_key(|assignment| (assignment.node, assignment.group)) {
            return Err(Refusal::PlanMismatch);
        }
        let made = with_scratch(|scratch| self.take_plan(&claim, plan, scratch, out))?;
        say(out, Step::Allocated, Subject::Order(order));
        self.report(out, claim.id(), order, from, to);
        let word = claim.word.with_state(to).flag(OrderWord::WAITING, made.waits);
        let open = claim.word.open() + made.fulfillments;
        claim.let_go(word.with_open(open));
        Ok(())
    }

    pub(super) fn drop_backorder(&self, order: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let mut claim = self.orders.claim(order)?;
        let from = claim.word.live();
        if from.after(OrderStep::GiveUp).is_none() || !claim.word.has(OrderWord::WAITING) {
            return Err(Refusal::WrongState);
        }
        let share = self.share_of_waiting(&claim);
        with_scratch(|scratch| {
            claim.copy_portions(&mut scratch.old);
            for portion in scratch.old.iter_mut().filter(|portion| portion.fate() == Fate::Waiting) {
                *portion = portion.with(Fate::Dropped, 0);
            }
            claim.write_portions(&scratch.old);
        });
        say(out, Step::BackorderDropped, Subject::Order(order));
        if claim.word.has(OrderWord::CAPTURED) {
            self.refund_deposit(&claim, share, out);
        }
        claim.word = claim.word.without(OrderWord::WAITING);
        self.step_if_done(claim, order, out);
        Ok(())
    }

    /// Moves an order on when its last open child has come to an end and nothing of it waits, and lets it go.
    pub(super) fn step_if_done(&self, claim: Claim<'_>, order: Handle, out: &mut Transition) {
        let from = claim.word.live();
        if 0 < claim.word.open() || claim.word.has(OrderWord::WAITING) {
            self.report(out, claim.id(), order, from, from);
            let word = claim.word;
            return claim.let_go(word);
        }
        let step = match claim.word.has(OrderWord::HANDED_OVER) {
            true => OrderStep::Deliver,
            false if self.was_packed(&claim) => OrderStep::FailDelivery,
            false => OrderStep::GiveUp,
        };
        let to = from.after(step).expect("an order of which nothing is open");
        if to.is_final() {
            return self.finish(claim, to, out);
        }
        self.report(out, claim.id(), order, from, to);
        let word = claim.word.with_state(to);
        claim.let_go(word);
    }

    /// Whether any unit of an order of which nothing is open went into a parcel; all others were given up.
    fn was_packed(&self, claim: &Claim<'_>) -> bool {
        let mut packed = false;
        claim.each_portion(|portion| packed |= portion.fate() == Fate::Assigned);
        packed
    }

    fn wait_again(&self, claim: &Claim<'_>) {
        with_scratch(|scratch| {
            claim.copy_portions(&mut scratch.old);
            if scratch.old.iter().any(|portion| portion.fate() == Fate::Held) {
                for portion in scratch.old.iter_mut().filter(|portion| portion.fate() == Fate::Held) {
                    *portion = portion.with(Fate::Waiting, 0);
                }
                claim.write_portions(&scratch.old);
            }
        });
    }

    /// Takes the stock of the plan, gives back the holds that the plan does not use, makes fulfillment orders.
    fn take_plan(
        &self,
        claim: &Claim<'_>,
        plan: &[Assignment],
        scratch: &mut Scratch,
        out: &mut Transition,
    ) -> Result<Made, Refusal> {
        claim.copy_portions(&mut scratch.old);
        scratch.changes.clear();
        for portion in scratch.old.iter().filter(|portion| portion.fate() == Fate::Held) {
            let cell = self.stock.cell(crate::domain::SkuId(portion.sku()), NodeId(portion.place()));
            scratch.changes.push((cell, -i64::from(portion.quantity())));
        }
        let start = u32::from(claim.next_ordinal());
        let chunks = plan.chunk_by(same_box).count() as u32;
        if MAX_PLACES < start + chunks || 0xFFFF < claim.word.open() + chunks {
            return Err(Refusal::PlanMismatch);
        }
        let (mut ordinal, mut last) = (start as u16, plan[0]);
        self.read_plan(plan, scratch, |assignment| {
            ordinal += u16::from(!same_box(&last, assignment));
            last = *assignment;
            ordinal
        })?;
        let fits = fill(&scratch.old, &scratch.picks, Portion::is_free, Fate::Assigned, &mut scratch.new);
        if !fits || 0xFFF < scratch.new.len() {
            return Err(Refusal::PlanMismatch);
        }
        self.take_changes(scratch, out)?;

        for &(cell, change) in scratch.changes.iter().filter(|change| change.1 < 0) {
            let (sku, node) = self.stock.place(cell);
            let quantity = -change as u32;
            self.stock.release(cell, quantity);
            Units { sku, node, quantity }.moved(out, Account::Held, Account::Available);
        }
        claim.write_portions(&scratch.new);
        for (ordinal, chunk) in (start as u16..).zip(plan.chunk_by(same_box)) {
            out.created.push(self.make_fulfillment(claim, &chunk[0], ordinal));
        }
        claim.set_next_ordinal((start + chunks) as u16);
        let waits = scratch.new.iter().any(|portion| portion.fate() == Fate::Waiting);
        Ok(Made { fulfillments: chunks, waits })
    }

    fn make_fulfillment(&self, claim: &Claim<'_>, first: &Assignment, ordinal: u16) -> Handle {
        let (slot, record) = self.fulfillments.take();
        let file = claim.file();
        let (customer, sibling) = halves(file.customer.load(Ordering::Relaxed));
        file.customer.store(join(customer, slot + 1), Ordering::Relaxed);
        record.order.store(claim.handle().bits(), Ordering::Relaxed);
        record.place.store(u64::from(first.node.0) << 16 | u64::from(ordinal), Ordering::Relaxed);
        record.next.store(join(sibling, 0), Ordering::Relaxed);
        let left = record.state.load(Ordering::Relaxed);
        let word =
            FulfillmentWord::fresh(left, FulfillmentState::Open).with_group(first.group).with_members(1);
        // Release: pairs with the Acquire of whoever uses the handle.
        record.state.store(word.0, Ordering::Release);
        self.tally.fulfillments(1);
        word.handle(slot)
    }
}

/// What a plan made.
struct Made {
    fulfillments: u32,
    /// Some units still wait for stock.
    waits: bool,
}

/// Whether two assignments go into one fulfillment order.
fn same_box(a: &Assignment, b: &Assignment) -> bool {
    (a.node, a.group) == (b.node, b.group)
}
