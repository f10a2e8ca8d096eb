//! The floor: start, pick, merge and pack fulfillment orders.

use super::portion::Portion;
use super::record::{FulfillmentRecord, FulfillmentWord, OrderWord, ParcelWord, halves, join};
use super::share::Load;
use super::stock::Cell;
use super::sync::{AtomicU64, Ordering, Patience};
use super::{Engine, Units, Way, say};
use crate::domain::fulfillment::FulfillmentStep;
use crate::domain::{
    Account, FulfillmentState, Handle, NodeId, OrderState, ParcelState, Refusal, Step, Subject, Transition,
};
use crate::kernel::plant::planted;

/// A fulfillment order's fixed facts.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    pub slot: u32,
    pub order: Handle,
    pub node: NodeId,
    pub ordinal: u16,
}

impl Engine {
    pub(super) fn start(&self, fulfillment: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let (_, record) = self.step_fulfillment(fulfillment, FulfillmentStep::Start, Ok)?;
        say(out, Step::Started, Subject::Fulfillment(fulfillment));
        self.report_unmoved(out, member(fulfillment.slot(), record));
        Ok(())
    }

    /// Takes the units of the fulfillment order, and of all that is merged into it and not yet picked.
    pub(super) fn pick(&self, fulfillment: Handle, out: &mut Transition) -> Result<(), Refusal> {
        self.step_fulfillment(fulfillment, FulfillmentStep::Pick, |word| {
            let fresh = !word.has(FulfillmentWord::PICKED);
            fresh.then_some(word.with(FulfillmentWord::PICKED)).ok_or(Refusal::WrongState)
        })?;
        say(out, Step::Picked, Subject::Fulfillment(fulfillment));
        self.each_member(fulfillment.slot(), |member| {
            let record = self.fulfillments.at(member.slot);
            let lead = member.slot == fulfillment.slot();
            let mark = || record.state.fetch_or(FulfillmentWord::PICKED, Ordering::AcqRel);
            if lead || mark() & FulfillmentWord::PICKED == 0 || planted("picked-twice") {
                let path = [(Account::Held, Account::Picked)];
                self.move_load(
                    out,
                    &member,
                    Load::whole(member.ordinal),
                    Way::Picked,
                    &path,
                    |cell, quantity| {
                        self.stock.settle(cell, quantity);
                    },
                );
            }
            self.report_unmoved(out, member);
        });
        Ok(())
    }

    pub(super) fn merge(
        &self,
        fulfillment: Handle,
        into: Handle,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if fulfillment.slot() == into.slot() {
            // Two tenants of one slot: at most one of them is still there.
            return Err(if fulfillment == into { Refusal::PlanMismatch } else { Refusal::Gone });
        }
        // Two claims ascend by slot, so two merges never wait for each other.
        let (low, high) =
            if fulfillment.slot() < into.slot() { (fulfillment, into) } else { (into, fulfillment) };
        let low_claim = FloorClaim::new(self, low)?;
        let high_claim = FloorClaim::new(self, high)?;
        let (joins, lead) = if low == into { (high_claim, low_claim) } else { (low_claim, high_claim) };
        let state = |word: FulfillmentWord| word.state().expect("a fulfillment order that is claimed");
        let closed = state(joins.word).after(FulfillmentStep::Merge).ok_or(Refusal::WrongState)?;
        let open = matches!(state(lead.word), FulfillmentState::Open | FulfillmentState::InProgress);
        let late = lead.word.has(FulfillmentWord::PICKED) && !joins.word.has(FulfillmentWord::PICKED);
        if !open || late {
            return Err(Refusal::WrongState);
        }
        let (guest, host) = (member(joins.slot, joins.record), member(lead.slot, lead.record));
        let full = lead.word.members() == u8::MAX || joins.word.has(FulfillmentWord::LEADS);
        if full || guest.node != host.node || self.address(guest.order) != self.address(host.order) {
            return Err(Refusal::PlanMismatch);
        }
        let (sibling, next) = halves(lead.record.next.load(Ordering::Relaxed));
        let (guest_sibling, _) = halves(joins.record.next.load(Ordering::Relaxed));
        joins.record.next.store(join(guest_sibling, next), Ordering::Relaxed);
        lead.record.next.store(join(sibling, joins.slot + 1), Ordering::Relaxed);
        let place = joins.record.place.load(Ordering::Relaxed) as u32;
        joins.record.place.store(join(lead.slot + 1, place), Ordering::Relaxed);

        say(out, Step::Merged, Subject::Fulfillment(fulfillment));
        self.report_unmoved(out, guest);
        let members = lead.word.members() + 1;
        let lead_word = lead.word.with(FulfillmentWord::LEADS).with_members(members);
        lead.let_go(lead_word);
        let guest_word = joins.word.with_state(closed).with(FulfillmentWord::MERGED);
        joins.let_go(guest_word);
        Ok(())
    }

    pub(super) fn pack(&self, fulfillment: Handle, parcels: u8, out: &mut Transition) -> Result<(), Refusal> {
        let claim = FloorClaim::new(self, fulfillment)?;
        let state = claim.word.state().expect("a fulfillment order that is claimed");
        let closed = state.after(FulfillmentStep::Pack).ok_or(Refusal::WrongState)?;
        if !claim.word.has(FulfillmentWord::PICKED) {
            return Err(Refusal::WrongState);
        }
        let lead = member(claim.slot, claim.record);
        if parcels != 1 {
            self.open_more(&claim, &lead, parcels)?;
        }
        let mut next = 0;
        for part in (0..parcels).rev() {
            let (slot, record) = self.parcels.take();
            record.lead.store(join(claim.slot, next), Ordering::Relaxed);
            next = slot + 1;
            let left = record.state.load(Ordering::Relaxed);
            let word = ParcelWord::fresh(left, ParcelState::Packed).with_part(part, parcels);
            record.state.store(word.0, Ordering::Release);
            out.created.push(word.handle(slot));
        }
        out.created.reverse();
        self.tally.parcels(i64::from(parcels));
        let place = claim.record.place.load(Ordering::Relaxed) as u32;
        claim.record.place.store(join(next, place), Ordering::Relaxed);
        let word = claim.word.with_state(closed);
        claim.let_go(word);

        say(out, Step::Packed, Subject::Fulfillment(fulfillment));
        self.each_member(fulfillment.slot(), |member| self.report_unmoved(out, member));
        Ok(())
    }

    /// A fulfillment order in several parcels: each is an open child of the order.
    fn open_more(&self, claim: &FloorClaim<'_>, lead: &Member, parcels: u8) -> Result<(), Refusal> {
        if parcels == 0 || claim.word.has(FulfillmentWord::LEADS) {
            return Err(Refusal::PlanMismatch);
        }
        let order = self.orders.claim(lead.order)?;
        let mut units = 0;
        order.each_portion(|portion: Portion| {
            units += if portion.is_of(lead.ordinal) { portion.quantity() } else { 0 };
        });
        let open = order.word.open() + u32::from(parcels) - 1;
        if units < u32::from(parcels) || 0xFFFF < open {
            return Err(Refusal::PlanMismatch);
        }
        let word: OrderWord = order.word.with_open(open);
        order.let_go(word);
        Ok(())
    }

    /// The fulfillment order and all that was merged into it. The next is looked up before the visit: a visit that
    /// finishes the last order frees the parcel and all its members.
    #[inline]
    pub(super) fn each_member(&self, lead: u32, mut visit: impl FnMut(Member)) {
        let mut next = lead + 1;
        while let Some(slot) = next.checked_sub(1) {
            let record = self.fulfillments.at(slot);
            next = record.next.load(Ordering::Relaxed) as u32;
            visit(member(slot, record));
        }
    }

    /// Carries the units of a load along a way of the ledger and a path of accounts. `shelf` does what there is
    /// to do at the node's cell.
    #[inline]
    pub(super) fn move_load(
        &self,
        out: &mut Transition,
        member: &Member,
        load: Load,
        way: Way,
        path: &[(Account, Account)],
        shelf: impl Fn(Cell, u32),
    ) {
        let begin = out.moves.len();
        self.orders
            .read(member.order, |_, record| {
                out.moves.truncate(begin);
                self.each_piece(record, load, |piece| {
                    let units = Units { sku: piece.sku, node: member.node, quantity: piece.quantity };
                    path.iter().for_each(|&(from, to)| units.moved(out, from, to));
                })
            })
            .expect("the order of an open fulfillment order lives");
        for units in out.moves[begin..].iter().step_by(path.len()) {
            self.ledger.went(units.sku, way, units.quantity);
            shelf(self.stock.cell(units.sku, units.node), units.quantity);
        }
    }

    /// The order stays in fulfillment.
    #[inline]
    pub(super) fn report_unmoved(&self, out: &mut Transition, member: Member) {
        let id = self.orders.arena.at(member.order.slot()).id.load(Ordering::Relaxed);
        let state = OrderState::InFulfillment;
        self.report(out, crate::domain::OrderId(id), member.order, state, state);
    }

    /// Customer and zone of a live order: where its parcels go.
    fn address(&self, order: Handle) -> (u32, u16) {
        let file = self.orders.files.at(order.slot());
        let customer = halves(file.customer.load(Ordering::Relaxed)).0;
        (customer, file.promised.load(Ordering::Relaxed) as u16)
    }

    /// Moves the state word alone; who moves it owns the effects.
    #[inline]
    fn step_fulfillment(
        &self,
        fulfillment: Handle,
        step: FulfillmentStep,
        change: impl Fn(FulfillmentWord) -> Result<FulfillmentWord, Refusal>,
    ) -> Result<(FulfillmentWord, &FulfillmentRecord), Refusal> {
        let record = self.fulfillments.get(fulfillment.slot()).ok_or(Refusal::Gone)?;
        let mut patience = Patience::default();
        let mut seen = FulfillmentWord(record.state.load(Ordering::Acquire));
        loop {
            if !seen.is(fulfillment) {
                return Err(Refusal::Gone);
            }
            if seen.is_claimed() {
                patience.wait();
                seen = FulfillmentWord(record.state.load(Ordering::Acquire));
                continue;
            }
            let to = seen.state().and_then(|state| state.after(step)).ok_or(Refusal::WrongState)?;
            let new = change(seen)?.with_state(to);
            match record.state.compare_exchange_weak(seen.0, new.0, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok((new, record)),
                Err(other) => seen = FulfillmentWord(other),
            }
        }
    }
}

#[inline]
pub fn member(slot: u32, record: &FulfillmentRecord) -> Member {
    let place = record.place.load(Ordering::Relaxed);
    Member {
        slot,
        order: Handle::from_bits(record.order.load(Ordering::Relaxed)),
        node: NodeId((place >> 16) as u16),
        ordinal: place as u16,
    }
}

/// A fulfillment order that nobody else changes until it is let go or dropped.
pub struct FloorClaim<'a> {
    pub record: &'a FulfillmentRecord,
    pub slot: u32,
    pub word: FulfillmentWord,
    live: bool,
}

impl<'a> FloorClaim<'a> {
    pub fn new(engine: &'a Engine, fulfillment: Handle) -> Result<FloorClaim<'a>, Refusal> {
        let slot = fulfillment.slot();
        let record = engine.fulfillments.get(slot).ok_or(Refusal::Gone)?;
        let word = claim_word(
            &record.state,
            |bits| FulfillmentWord(bits).is(fulfillment),
            FulfillmentWord::CLAIMED,
        )?;
        Ok(FloorClaim { record, slot, word: FulfillmentWord(word), live: true })
    }

    pub fn let_go(mut self, word: FulfillmentWord) {
        self.live = false;
        self.record.state.store(word.0, Ordering::Release);
    }
}

impl Drop for FloorClaim<'_> {
    fn drop(&mut self) {
        if self.live {
            self.record.state.store(self.word.0, Ordering::Release);
        }
    }
}

/// Waits until nobody has the claim bit, then sets it. The word as found, or `Gone` when it is not `valid`.
pub fn claim_word(state: &AtomicU64, valid: impl Fn(u64) -> bool, claimed: u64) -> Result<u64, Refusal> {
    let mut patience = Patience::default();
    let mut seen = state.load(Ordering::Acquire);
    loop {
        if !valid(seen) {
            return Err(Refusal::Gone);
        }
        if seen & claimed != 0 {
            patience.wait();
            seen = state.load(Ordering::Acquire);
            continue;
        }
        match state.compare_exchange_weak(seen, seen | claimed, Ordering::Acquire, Ordering::Acquire) {
            Ok(_) => return Ok(seen),
            Err(other) => seen = other,
        }
    }
}
