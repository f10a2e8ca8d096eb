//! Before the floor: submit, review, allocate, give up.

use std::collections::BTreeMap;

use super::order::{Fate, Fulfillment, Order, Pick, Unit};
use super::{Before, Effect, Shadow};
use crate::audit::violation::{Fault, Invariant};
use crate::domain::{
    Account, Assignment, Command, FulfillmentState, Handle, MoneyAccount, NodeId, OrderState, SkuId, Step,
    Transition,
};

impl Shadow {
    pub(super) fn submit(&mut self, command: &Command<'_>, said: &Transition) -> Result<Effect, Box<Fault>> {
        let (Command::Submit { id, customer, zone, amount, lines, hold, .. }
        | Command::SubmitCart { id, customer, zone, amount, lines, hold, .. }) = command
        else {
            unreachable!("asked for another command")
        };
        let mut effect = Effect::of(Step::Submitted);
        self.taken.insert(*id);
        let handle = said.handle.unwrap_or_default();
        let mut units = Vec::new();
        for (line, wanted) in lines.iter().enumerate() {
            let unit = Unit { line: line as u16, sku: wanted.sku, fate: Fate::Waiting };
            units.extend(std::iter::repeat_n(unit, wanted.quantity as usize));
        }
        let mut order = Order {
            id: *id,
            state: OrderState::AwaitingPayment,
            customer: *customer,
            zone: *zone,
            amount: amount.0,
            cash_on_delivery: false,
            reference: None,
            deposit: 0,
            revenue: 0,
            captured: 0,
            refunded: 0,
            handed_over: false,
            units,
            fulfillments: Vec::new(),
        };
        hold_units(&mut order, hold, &mut effect)?;
        if let Command::SubmitCart { cart, .. } = command {
            self.take_over(*cart, &order, &mut effect);
        }
        effect.change(handle, *id, None, OrderState::AwaitingPayment);
        if self.orders.insert(handle, order).is_some() {
            let (left, right) = (("its handle is", "new"), ("found", "a living order"));
            return Err(Fault::new(Invariant::I8, format!("order {}", id.0), left, "=", right));
        }
        Ok(effect)
    }

    pub(super) fn approve(&mut self, handle: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Approved);
        self.step(handle, OrderState::AwaitingAllocation, &mut effect);
        Ok(effect)
    }

    pub(super) fn allocate(
        &mut self,
        handle: Handle,
        plan: &[Assignment],
        said: &Transition,
    ) -> Result<Effect, Box<Fault>> {
        let order = self.orders.get_mut(&handle).expect("an order that may be allocated");
        let mut cells: BTreeMap<(SkuId, NodeId), i64> = BTreeMap::new();
        for unit in &order.units {
            if let Fate::Held(node) = unit.fate {
                *cells.entry((unit.sku, node)).or_default() -= 1;
            }
        }
        if plan.is_empty() {
            let mut effect = Effect::of(Step::Backordered);
            for ((sku, node), change) in cells {
                effect.carry(sku, node, Account::Held, Account::Available, -change);
            }
            order.fill(&[], |fate| matches!(fate, Fate::Waiting | Fate::Held(_)));
            self.step(handle, OrderState::Backordered, &mut effect);
            return Ok(effect);
        }
        let mut effect = Effect::of(Step::Allocated);
        let skus = skus(order);
        let mut picks = Vec::new();
        let boxes: Vec<_> = plan.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group)).collect();
        for (index, chunk) in boxes.iter().enumerate() {
            let made = said.created.get(index).copied().unwrap_or_default();
            for &Assignment { line, node, quantity, .. } in *chunk {
                picks.push(Pick { line, quantity, fate: Fate::Assigned(made) });
                let Some(&sku) = skus.get(&line) else { continue };
                *cells.entry((sku, node)).or_default() += i64::from(quantity);
            }
        }
        if !order.fill(&picks, |fate| matches!(fate, Fate::Waiting | Fate::Held(_))) {
            let (left, right) = (("planned", "more than is open"), ("the shadow", "knows no such units"));
            return Err(Fault::new(Invariant::I9, format!("order {}", order.id.0), left, "=", right));
        }
        for ((sku, node), change) in cells {
            match 0 < change {
                true => effect.carry(sku, node, Account::Available, Account::Held, change),
                false => effect.carry(sku, node, Account::Held, Account::Available, -change),
            }
        }
        effect.created = boxes.len();
        for (chunk, &made) in boxes.iter().zip(&said.created) {
            order.fulfillments.push(made);
            let fulfillment = Fulfillment {
                order: handle,
                node: chunk[0].node,
                state: FulfillmentState::Open,
                picked: false,
                lead: made,
                guests: Vec::new(),
                parcels: Vec::new(),
                settled: 0,
                returning: 0,
            };
            if self.fulfillments.insert(made, fulfillment).is_some() {
                let (left, right) = (("its handle is", "new"), ("found", "a living one"));
                return Err(Fault::new(Invariant::I9, "fulfillment order", left, "=", right));
            }
        }
        self.step(handle, OrderState::InFulfillment, &mut effect);
        Ok(effect)
    }

    pub(super) fn drop_backorder(&mut self, handle: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::BackorderDropped);
        let order = &self.orders[&handle];
        let share = order.share(|place| order.units[place].fate == Fate::Waiting, |sku| self.weight(sku));
        if order.reference.is_some() {
            self.refund_deposit(handle, share, &mut effect);
        }
        let order = self.orders.get_mut(&handle).expect("it was just there");
        let waiting = order.units.iter_mut().filter(|unit| unit.fate == Fate::Waiting);
        waiting.for_each(|unit| unit.fate = Fate::Dropped);
        self.step_if_done(handle, &mut effect)?;
        Ok(effect)
    }

    /// Expired, declined, rejected, cancelled: holds and money go back.
    pub(super) fn give_up(&mut self, handle: Handle, to: OrderState) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(match to {
            OrderState::Expired => Step::Expired,
            OrderState::Declined => Step::Declined,
            OrderState::Rejected => Step::Rejected,
            _ => Step::Cancelled,
        });
        self.release_all(handle, &mut effect);
        self.refund_deposit(handle, self.orders[&handle].deposit, &mut effect);
        self.finish(handle, to, &mut effect)?;
        Ok(effect)
    }

    pub(super) fn step(&mut self, handle: Handle, to: OrderState, effect: &mut Effect) {
        let order = self.orders.get_mut(&handle).expect("an order that moves");
        effect.change(handle, order.id, Some(order.state), to);
        order.state = to;
    }

    pub(super) fn release_all(&mut self, handle: Handle, effect: &mut Effect) {
        let order = self.orders.get_mut(&handle).expect("an order that gives back its holds");
        for unit in &mut order.units {
            if let Fate::Held(node) = unit.fate {
                effect.carry(unit.sku, node, Account::Held, Account::Available, 1);
                unit.fate = Fate::Waiting;
            }
        }
    }

    pub(super) fn refund_deposit(&mut self, handle: Handle, amount: i64, effect: &mut Effect) {
        let order = self.orders.get_mut(&handle).expect("an order that is refunded");
        order.deposit -= amount;
        order.refunded += amount;
        effect.post(MoneyAccount::Deposit, MoneyAccount::Shopper, amount);
    }

    /// The order ends: nothing of it is left open, and its fulfillment orders go with the last of their parcel.
    pub(super) fn finish(
        &mut self,
        handle: Handle,
        to: OrderState,
        effect: &mut Effect,
    ) -> Result<(), Box<Fault>> {
        self.step(handle, to, effect);
        self.check_order(handle)?;
        let order = self.orders.remove(&handle).expect("an order that ends");
        let place = || format!("order {}", order.id.0);
        if order.deposit != 0 {
            let (left, right) = (("in deposit at its end", order.deposit), ("nothing", 0));
            return Err(Fault::new(Invariant::I4, place(), left, "=", right));
        }
        let early = matches!(
            to,
            OrderState::Cancelled | OrderState::Expired | OrderState::Declined | OrderState::Rejected
        );
        let astray = |fate: Fate| !matches!(fate, Fate::Assigned(_) | Fate::Dropped);
        let astray = order.units.iter().filter(|unit| astray(unit.fate)).count();
        if !early && astray != 0 {
            let (left, right) = (("units in no parcel at its end", astray), ("none", 0));
            return Err(Fault::new(Invariant::I9, place(), left, "=", right));
        }
        let unpaid = order.reference.is_none() && !order.handed_over && !self.was_captured(&order);
        self.ended.insert(handle, (order.id, to, unpaid));
        for fulfillment in order.fulfillments {
            let Some(lead) = self.fulfillments.get(&fulfillment).map(|own| own.lead) else { continue };
            let members = self.members(lead);
            let lives = |member: &Handle| self.orders.contains_key(&self.fulfillments[member].order);
            if members.iter().any(lives) {
                continue;
            }
            for parcel in self.fulfillments[&lead].parcels.clone() {
                self.parcels.remove(&parcel);
            }
            for member in members {
                self.fulfillments.remove(&member);
            }
        }
        Ok(())
    }

    fn was_captured(&self, order: &Order) -> bool {
        // Paid and refused in one step keeps no reference, yet the capture is settled.
        0 < order.captured && !order.cash_on_delivery
    }

    /// Whether some shelf has fewer free units than the command takes there.
    pub(super) fn lacks(&self, command: &Command<'_>, before: &Before<'_>) -> bool {
        let mut wanted: BTreeMap<(SkuId, NodeId), i64> = BTreeMap::new();
        match command {
            Command::Submit { lines, hold, .. } => {
                for assignment in hold.iter() {
                    let Some(line) = lines.get(usize::from(assignment.line)) else { continue };
                    *wanted.entry((line.sku, assignment.node)).or_default() += i64::from(assignment.quantity);
                }
            }
            Command::Allocate { order, plan } => {
                let Some(order) = self.orders.get(order) else { return false };
                let skus = skus(order);
                for unit in &order.units {
                    if let Fate::Held(node) = unit.fate {
                        *wanted.entry((unit.sku, node)).or_default() -= 1;
                    }
                }
                for assignment in plan.iter() {
                    let Some(&sku) = skus.get(&assignment.line) else { continue };
                    *wanted.entry((sku, assignment.node)).or_default() += i64::from(assignment.quantity);
                }
            }
            Command::Replace { parcel } => {
                self.contents(*parcel).into_iter().for_each(|cell| *wanted.entry(cell).or_default() += 1);
            }
            Command::TransferOut { sku, node, .. } => drop(wanted.insert((*sku, *node), 1)),
            _ => return self.cart_lacks(command, before),
        }
        wanted.into_iter().any(|((sku, node), units)| before.available(sku, node) < units)
    }
}

/// SKU of each line.
pub fn skus(order: &Order) -> BTreeMap<u16, SkuId> {
    order.units.iter().map(|unit| (unit.line, unit.sku)).collect()
}

/// Holds waiting units at the nodes of `hold`; what the order already holds stays.
pub fn hold_units(order: &mut Order, hold: &[Assignment], effect: &mut Effect) -> Result<(), Box<Fault>> {
    let skus = skus(order);
    let mut picks = Vec::new();
    for &Assignment { line, node, quantity, .. } in hold {
        picks.push(Pick { line, quantity, fate: Fate::Held(node) });
        if let Some(&sku) = skus.get(&line) {
            effect.carry(sku, node, Account::Available, Account::Held, quantity.into());
        }
    }
    if order.fill(&picks, |fate| fate == Fate::Waiting) {
        return Ok(());
    }
    let (left, right) = (("held", "more than is open"), ("the shadow", "knows no such units"));
    Err(Fault::new(Invariant::I3, format!("order {}", order.id.0), left, "=", right))
}
