//! Submit and receive: orders and goods come in. Also how holds are planned and taken.

use super::edge::EdgeMap;
use super::portion::{Fate, Pick, Portion, fill};
use super::record::{OrderWord, join48};
use super::sync::Ordering;
use super::{Claim, Engine, Scratch, Units, Way, say, with_scratch};
use crate::domain::order::{MAX_LINE_QUANTITY, MAX_LINES};
use crate::domain::{
    Account, Assignment, CartId, CustomerId, Line, MethodId, Money, NodeId, OrderId, OrderState,
    PaymentMethodId, Refusal, SkuId, Step, Subject, Transition, ZoneId,
};
use crate::kernel::plant::planted;
use crate::kernel::time::Moment;

/// The fields of `Command::Submit`.
pub struct Basket<'a> {
    pub id: OrderId,
    pub customer: CustomerId,
    pub zone: ZoneId,
    pub method: MethodId,
    pub payment: PaymentMethodId,
    pub amount: Money,
    pub promised: Moment,
    pub lines: &'a [Line],
    pub hold: &'a [Assignment],
}

/// A promise this late is none.
pub const LATEST: u64 = (1 << 48) - 1;

impl Engine {
    pub(super) fn submit(
        &self,
        at: Moment,
        basket: &Basket<'_>,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        self.check_basket(basket)?;
        self.once(basket.id, || {
            with_scratch(|scratch| {
                scratch.old.clear();
                scratch.changes.clear();
                scratch.old.extend(basket.lines.iter().map(whole_line));
                self.hold_for(basket.hold, scratch, out)?;
                self.open_order(at, basket, scratch, out);
                Ok(())
            })
        })
    }

    /// The cart is the caller's until the order is there: nobody finds its units in both, or in neither.
    pub(super) fn submit_cart(
        &self,
        at: Moment,
        cart: CartId,
        basket: &Basket<'_>,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        self.check_basket(basket)?;
        self.once(basket.id, || {
            let claim = self.carts.claim(cart).ok_or(Refusal::Gone)?;
            with_scratch(|scratch| {
                self.read_cart(&claim, scratch);
                let confirmed = basket.lines.iter().map(whole_line);
                if !scratch.old.iter().copied().eq(confirmed) {
                    return Err(Refusal::WrongState);
                }
                self.hold_for(basket.hold, scratch, out)?;
                self.release_changes(scratch, out);
                self.open_order(at, basket, scratch, out);
                claim.write(&[], at);
                Ok(())
            })
        })
    }

    /// First come: of copies that meet, one is tried and the others are told so whatever becomes of it.
    #[inline]
    fn once(&self, id: OrderId, take: impl FnOnce() -> Result<(), Refusal>) -> Result<(), Refusal> {
        if !self.rules.unique_orders {
            return take();
        }
        if !self.taken.insert_new(id.0, ()) {
            return Err(Refusal::DuplicateOrder);
        }
        let taken = take();
        if taken.is_err() {
            self.taken.forget(&id.0);
        }
        taken
    }

    /// The order of `basket`, with the portions in `scratch.new`.
    #[inline]
    fn open_order(&self, at: Moment, basket: &Basket<'_>, scratch: &Scratch, out: &mut Transition) {
        let (slot, record, file) = self.orders.open();
        record.id.store(basket.id.0, Ordering::Relaxed);
        record.amount.store(join48(basket.amount.0 as u64, 0), Ordering::Relaxed);
        record.deposit.store(0, Ordering::Relaxed);
        record.revenue.store(0, Ordering::Relaxed);
        self.orders.write_portions(record, &scratch.new);
        let choice = u16::from(basket.method.0) << 8 | u16::from(basket.payment.0);
        file.submitted.store(join48(at.0, choice), Ordering::Relaxed);
        file.promised.store(join48(basket.promised.0.min(LATEST), basket.zone.0), Ordering::Relaxed);
        file.customer.store(u64::from(basket.customer.0) << 32, Ordering::Relaxed);

        let left = record.state.load(Ordering::Relaxed);
        let word = OrderWord::fresh(left, OrderState::AwaitingPayment);
        let handle = word.handle(slot);
        // Release: pairs with the Acquire in claim and read.
        record.state.store(word.0, Ordering::Release);
        self.tally.submitted();
        say(out, Step::Submitted, Subject::Order(handle));
        (out.order, out.handle, out.to) = (Some(basket.id), Some(handle), Some(OrderState::AwaitingPayment));
    }

    pub(super) fn receive(
        &self,
        sku: SkuId,
        node: NodeId,
        quantity: u32,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if !self.stock.knows(sku, node) || quantity == 0 {
            return Err(Refusal::PlanMismatch);
        }
        self.stock.put(self.stock.cell(sku, node), quantity);
        let units = Units { sku, node, quantity };
        self.carry(out, Way::Received, &units, Account::Supplier, Account::Available);
        say(out, Step::Received, Subject::Stock);
        Ok(())
    }

    /// As many as are free at this instant; what is held is found missing by its picker.
    pub(super) fn write_off(
        &self,
        sku: SkuId,
        node: NodeId,
        quantity: u32,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if !self.stock.knows(sku, node) {
            return Err(Refusal::PlanMismatch);
        }
        let quantity = self.stock.strike_off(self.stock.cell(sku, node), quantity);
        let units = Units { sku, node, quantity };
        if 0 < quantity {
            self.carry(out, Way::WrittenOff, &units, Account::Available, Account::Missing);
        }
        say(out, Step::WrittenOff, Subject::Stock);
        Ok(())
    }

    pub(super) fn fence(
        &self,
        sku: SkuId,
        node: NodeId,
        quantity: u32,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if !self.stock.knows(sku, node) {
            return Err(Refusal::PlanMismatch);
        }
        let before = self.stock.fenced(sku, node);
        let after = self.stock.fence(sku, node, quantity);
        let units = Units { sku, node, quantity: after.abs_diff(before) };
        match before <= after {
            true => units.moved(out, Account::Available, Account::Fenced),
            false => units.moved(out, Account::Fenced, Account::Available),
        }
        say(out, Step::Fenced, Subject::Stock);
        Ok(())
    }

    fn check_basket(&self, basket: &Basket<'_>) -> Result<(), Refusal> {
        let fits =
            |line: &Line| line.sku.0 < self.stock.skus() && (1..=MAX_LINE_QUANTITY).contains(&line.quantity);
        let whole = (1..=MAX_LINES).contains(&basket.lines.len()) && basket.lines.iter().all(fits);
        let payable = (0..1 << 47).contains(&basket.amount.0);
        if whole && payable { Ok(()) } else { Err(Refusal::PlanMismatch) }
    }

    /// Holds more stock for an order that the caller owns.
    pub(super) fn hold_more(
        &self,
        claim: &Claim<'_>,
        hold: &[Assignment],
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if hold.is_empty() {
            return Ok(());
        }
        with_scratch(|scratch| {
            claim.copy_portions(&mut scratch.old);
            scratch.changes.clear();
            self.hold_for(hold, scratch, out)?;
            claim.write_portions(&scratch.new);
            Ok(())
        })
    }

    /// Takes the stock of `hold` for waiting units of `scratch.old`; the portions are then in `scratch.new`. What
    /// `scratch.changes` brings along as negative numbers is counted against it.
    fn hold_for(
        &self,
        hold: &[Assignment],
        scratch: &mut Scratch,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        self.read_plan(hold, scratch, |assignment| assignment.node.0)?;
        let waits = |portion: Portion| portion.fate() == Fate::Waiting;
        if !fill(&scratch.old, &scratch.picks, waits, Fate::Held, &mut scratch.new) {
            return Err(Refusal::PlanMismatch);
        }
        if 0xFFF < scratch.new.len() {
            return Err(Refusal::PlanMismatch);
        }
        self.take_changes(scratch, out)
    }

    /// Checks each assignment by itself; appends the changes of the holds and writes the picks, sorted by line.
    pub(super) fn read_plan(
        &self,
        plan: &[Assignment],
        scratch: &mut Scratch,
        mut place: impl FnMut(&Assignment) -> u16,
    ) -> Result<(), Refusal> {
        let Scratch { old, picks, skus, changes, .. } = scratch;
        skus.clear();
        skus.extend(old.iter().filter(|portion| portion.is_first()).map(|portion| portion.sku()));
        picks.clear();
        for assignment in plan {
            let &Assignment { line, node, quantity, .. } = assignment;
            let sku = SkuId(*skus.get(line as usize).ok_or(Refusal::PlanMismatch)?);
            if !self.stock.knows(sku, node) || !(1..=MAX_LINE_QUANTITY).contains(&quantity) {
                return Err(Refusal::PlanMismatch);
            }
            picks.push(Pick { line, place: place(assignment), quantity });
            changes.push((self.stock.cell(sku, node), i64::from(quantity)));
        }
        if !picks.is_sorted_by_key(|pick| pick.line) {
            picks.sort_by_key(|pick| pick.line);
        }
        Ok(())
    }

    /// Takes what grows, all or nothing. What shrinks is left in `scratch.changes` as negative numbers.
    pub(super) fn take_changes(&self, scratch: &mut Scratch, out: &mut Transition) -> Result<(), Refusal> {
        let Scratch { changes, takes, .. } = scratch;
        if !changes.is_sorted_by(|a, b| a.0 < b.0) && !planted("unsorted-lines") {
            changes.sort_unstable_by_key(|&(cell, _)| cell);
            changes.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                kept.1 += if same { next.1 } else { 0 };
                same
            });
        }
        takes.clear();
        takes.extend(changes.iter().filter(|change| 0 < change.1).map(|&(cell, more)| (cell, more as u32)));
        if takes.iter().any(|&(_, quantity)| super::CELL_MAX < quantity) {
            return Err(Refusal::OutOfStock);
        }
        self.stock.take_all(takes)?;
        for &(cell, quantity) in takes.iter() {
            let (sku, node) = self.stock.place(cell);
            Units { sku, node, quantity }.moved(out, Account::Available, Account::Held);
        }
        Ok(())
    }
}

/// A line that waits for its stock.
pub(super) fn whole_line(line: &Line) -> Portion {
    Portion::new(line.sku.0, line.quantity, Fate::Waiting, 0, true)
}
