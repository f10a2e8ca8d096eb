//! The floor and the road: start, pick, merge, pack, ship, deliver, send back, grade, accept.

use super::{Effect, Shadow};
use crate::audit::violation::{Fault, Invariant};
use crate::domain::{
    Account, Command, FulfillmentState, Handle, MoneyAccount, NodeId, OrderState, ParcelState, SkuId, Step,
    Transition,
};

use super::order::{Fate, Parcel};

impl Shadow {
    pub(super) fn floor_allows(&self, command: &Command<'_>) -> bool {
        let floor = |handle: &Handle, state, picked| {
            let own = self.fulfillments.get(handle);
            own.is_some_and(|own| own.state == state && own.picked == picked)
        };
        let road = |handle: &Handle, states: &[ParcelState]| {
            self.parcels.get(handle).is_some_and(|parcel| states.contains(&parcel.state))
        };
        match command {
            Command::Start { fulfillment } => {
                let own = self.fulfillments.get(fulfillment);
                own.is_some_and(|own| own.state == FulfillmentState::Open)
            }
            Command::Pick { fulfillment } => floor(fulfillment, FulfillmentState::InProgress, false),
            Command::Short { fulfillment, .. } => floor(fulfillment, FulfillmentState::InProgress, false),
            Command::Unassign { fulfillment } => self.may_unassign(*fulfillment),
            Command::Pack { fulfillment, .. } => floor(fulfillment, FulfillmentState::InProgress, true),
            Command::Merge { fulfillment, into } => self.may_merge(*fulfillment, *into),
            Command::Ship { parcel } => road(parcel, &[ParcelState::Packed]),
            Command::Deliver { parcel } | Command::FailDelivery { parcel } | Command::Lose { parcel } => {
                road(parcel, &[ParcelState::InTransit])
            }
            Command::Replace { parcel } => road(parcel, &[ParcelState::InTransit]),
            Command::RequestReturn { parcel } => {
                let open = |member: &Handle| {
                    let order = self.orders.get(&self.fulfillments[member].order);
                    order.is_some_and(|order| {
                        matches!(order.state, OrderState::Delivered | OrderState::Returning)
                    })
                };
                road(parcel, &[ParcelState::Delivered])
                    && self.members(self.parcels[parcel].lead).iter().all(open)
            }
            Command::Grade { parcel, .. } => {
                road(parcel, &[ParcelState::ReturningToSender, ParcelState::ReturningFromShopper])
            }
            other => unreachable!("not a command of the floor: {other:?}"),
        }
    }

    fn may_merge(&self, guest: Handle, lead: Handle) -> bool {
        let (Some(guest), Some(lead)) = (self.fulfillments.get(&guest), self.fulfillments.get(&lead)) else {
            return false;
        };
        let open = |state| matches!(state, FulfillmentState::Open | FulfillmentState::InProgress);
        let address = |handle: &Handle| self.orders.get(handle).map(|order| (order.customer, order.zone));
        let late = lead.picked && !guest.picked;
        open(guest.state)
            && open(lead.state)
            && !late
            && guest.guests.is_empty()
            && guest.node == lead.node
            && address(&guest.order) == address(&lead.order)
    }

    fn may_unassign(&self, lead: Handle) -> bool {
        let open = |state| matches!(state, FulfillmentState::Open | FulfillmentState::InProgress);
        self.fulfillments.get(&lead).is_some_and(|own| open(own.state))
            && self.members(lead).iter().all(|member| !self.fulfillments[member].picked)
    }

    /// The lead and all that was packed with it.
    pub(super) fn members(&self, lead: Handle) -> Vec<Handle> {
        let mut members = vec![lead];
        members.extend(&self.fulfillments[&lead].guests);
        members
    }

    fn stays(&self, member: Handle, effect: &mut Effect) {
        let handle = self.fulfillments[&member].order;
        let order = &self.orders[&handle];
        effect.change(handle, order.id, Some(order.state), order.state);
    }

    pub(super) fn start(&mut self, handle: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Started);
        self.fulfillments.get_mut(&handle).expect("one that may start").state = FulfillmentState::InProgress;
        self.stays(handle, &mut effect);
        Ok(effect)
    }

    pub(super) fn pick(&mut self, lead: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Picked);
        for member in self.members(lead) {
            if !self.fulfillments[&member].picked {
                self.carry(member, 0, 1, &[(Account::Held, Account::Picked)], &mut effect);
                self.fulfillments.get_mut(&member).expect("a member").picked = true;
            }
            self.stays(member, &mut effect);
        }
        Ok(effect)
    }

    /// Unit by unit: the lead's first, then those of the last to join; of an order the last of its row.
    pub(super) fn short(&mut self, lead: Handle, sku: SkuId, quantity: u32) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Shorted);
        let mut group = self.members(lead);
        group[1..].reverse();
        let mut left = quantity;
        for &member in group.iter().filter(|member| !self.fulfillments[member].picked) {
            let own = &self.fulfillments[&member];
            let order = self.orders.get_mut(&own.order).expect("the order of an open fulfillment order");
            let mine = |unit: &super::order::Unit| unit.fate == Fate::Assigned(member) && unit.sku == sku;
            for unit in order.units.iter_mut().rev().filter(|unit| mine(unit)).take(left as usize) {
                unit.fate = Fate::Waiting;
                effect.carry(sku, own.node, Account::Held, Account::Missing, 1);
                left -= 1;
                effect.change(own.order, order.id, Some(order.state), order.state);
            }
        }
        let of = |member: &Handle| {
            let own = &self.fulfillments[member];
            self.orders[&own.order].units.iter().filter(|unit| unit.fate == Fate::Assigned(*member)).count()
        };
        if group.iter().map(of).sum::<usize>() == 0 {
            for member in group {
                self.fulfillments.get_mut(&member).expect("a member").state = FulfillmentState::Incomplete;
                self.stays(member, &mut effect);
            }
        }
        Ok(effect)
    }

    pub(super) fn unassign(&mut self, lead: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Unassigned);
        for member in self.members(lead) {
            self.carry(member, 0, 1, &[(Account::Held, Account::Available)], &mut effect);
            let own = self.fulfillments.get_mut(&member).expect("a member");
            own.state = FulfillmentState::Cancelled;
            let order = self.orders.get_mut(&own.order).expect("the order of an open fulfillment order");
            let own = order.units.iter_mut().filter(|unit| unit.fate == Fate::Assigned(member));
            own.for_each(|unit| unit.fate = Fate::Waiting);
            self.stays(member, &mut effect);
        }
        Ok(effect)
    }

    pub(super) fn merge(&mut self, guest: Handle, lead: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Merged);
        let own = self.fulfillments.get_mut(&guest).expect("one that may be merged");
        own.state = FulfillmentState::Closed;
        own.lead = lead;
        self.fulfillments.get_mut(&lead).expect("one that may lead").guests.push(guest);
        self.stays(guest, &mut effect);
        Ok(effect)
    }

    pub(super) fn pack(
        &mut self,
        lead: Handle,
        parts: usize,
        said: &Transition,
    ) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Packed);
        effect.created = parts;
        let own = self.fulfillments.get_mut(&lead).expect("one that may be packed");
        own.state = FulfillmentState::Closed;
        own.parcels = said.created.clone();
        for (part, &made) in said.created.iter().enumerate() {
            let parcel = Parcel { lead, part, parts, state: ParcelState::Packed };
            if self.parcels.insert(made, parcel).is_some() {
                let (left, right) = (("its handle is", "new"), ("found", "a living one"));
                return Err(Fault::new(Invariant::I9, "parcel", left, "=", right));
            }
        }
        for member in self.members(lead) {
            self.stays(member, &mut effect);
        }
        Ok(effect)
    }

    pub(super) fn ship(&mut self, parcel: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Shipped);
        for member in self.parcel_moves(parcel, ParcelState::InTransit) {
            self.carry_part(member, parcel, &[(Account::Picked, Account::InTransit)], &mut effect);
            self.stays(member, &mut effect);
        }
        Ok(effect)
    }

    pub(super) fn deliver(&mut self, parcel: Handle) -> Result<Effect, Box<Fault>> {
        use MoneyAccount::{Deposit, Revenue, Shopper};
        let mut effect = Effect::of(Step::Delivered);
        for member in self.parcel_moves(parcel, ParcelState::Delivered) {
            let path = [(Account::InTransit, Account::Customer)];
            let share = self.carry_part(member, parcel, &path, &mut effect);
            let own = self.fulfillments.get_mut(&member).expect("a member");
            own.settled += 1;
            let handle = own.order;
            let order = self.orders.get_mut(&handle).expect("an order with a parcel on its way");
            match order.cash_on_delivery {
                true => {
                    order.captured += share;
                    effect.post(Shopper, Deposit, share);
                }
                false => order.deposit -= share,
            }
            order.revenue += share;
            order.handed_over |= order.units.iter().any(|unit| unit.fate == Fate::Assigned(member));
            effect.post(Deposit, Revenue, share);
            self.step_if_done(handle, &mut effect)?;
        }
        Ok(effect)
    }

    pub(super) fn fail_delivery(&mut self, parcel: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::DeliveryFailed);
        for member in self.parcel_moves(parcel, ParcelState::ReturningToSender) {
            self.stays(member, &mut effect);
        }
        Ok(effect)
    }

    pub(super) fn lose(&mut self, parcel: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Lost);
        for member in self.parcel_moves(parcel, ParcelState::Lost) {
            let path = [(Account::InTransit, Account::Missing)];
            let share = self.carry_part(member, parcel, &path, &mut effect);
            let own = self.fulfillments.get_mut(&member).expect("a member");
            own.settled += 1;
            let handle = own.order;
            if self.orders[&handle].reference.is_some() {
                self.refund_deposit(handle, share, &mut effect);
            }
            self.step_if_done(handle, &mut effect)?;
        }
        Ok(effect)
    }

    /// Off the shelf by way of a hold, as all that is picked.
    pub(super) fn replace(&mut self, parcel: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Replaced);
        for member in self.parcel_moves(parcel, ParcelState::Packed) {
            let path = [
                (Account::Available, Account::Held),
                (Account::Held, Account::Picked),
                (Account::InTransit, Account::Missing),
            ];
            self.carry_part(member, parcel, &path, &mut effect);
            self.stays(member, &mut effect);
        }
        Ok(effect)
    }

    /// The units of a parcel, by shelf.
    pub(super) fn contents(&self, parcel: Handle) -> Vec<(SkuId, NodeId)> {
        let Some(&Parcel { lead, part, parts, .. }) = self.parcels.get(&parcel) else { return Vec::new() };
        let mut found = Vec::new();
        for member in self.members(lead) {
            let own = &self.fulfillments[&member];
            let order = &self.orders[&own.order];
            found.extend(
                order.load(member, part, parts).iter().map(|&place| (order.units[place].sku, own.node)),
            );
        }
        found
    }

    pub(super) fn request_return(&mut self, parcel: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::ReturnRequested);
        for member in self.parcel_moves(parcel, ParcelState::ReturningFromShopper) {
            self.carry_part(member, parcel, &[(Account::Customer, Account::InTransit)], &mut effect);
            let own = self.fulfillments.get_mut(&member).expect("a member");
            own.returning += 1;
            let handle = own.order;
            self.step(handle, OrderState::Returning, &mut effect);
        }
        Ok(effect)
    }

    pub(super) fn grade(&mut self, parcel: Handle, restock: bool) -> Result<Effect, Box<Fault>> {
        let to = if restock { Account::Available } else { Account::Scrapped };
        let mut effect = Effect::of(if restock { Step::Restocked } else { Step::Scrapped });
        let refused = self.parcels[&parcel].state == ParcelState::ReturningToSender;
        let path = [(Account::InTransit, Account::Inspection), (Account::Inspection, to)];
        for member in self.parcel_moves(parcel, ParcelState::Returned) {
            let share = self.carry_part(member, parcel, &path, &mut effect);
            let own = self.fulfillments.get_mut(&member).expect("a member");
            let handle = own.order;
            if refused {
                own.settled += 1;
                if self.orders[&handle].reference.is_some() {
                    self.refund_deposit(handle, share, &mut effect);
                }
                self.step_if_done(handle, &mut effect)?;
                continue;
            }
            own.returning -= 1;
            let order = self.orders.get_mut(&handle).expect("an order that returns a parcel");
            order.revenue -= share;
            order.refunded += share;
            effect.post(MoneyAccount::Revenue, MoneyAccount::Shopper, share);
            match self.open(handle) {
                0 => {
                    self.grant_points(handle, &mut effect);
                    self.finish(handle, OrderState::Returned, &mut effect)?;
                }
                _ => self.stays(member, &mut effect),
            }
        }
        Ok(effect)
    }

    pub(super) fn accept(&mut self, handle: Handle) -> Result<Effect, Box<Fault>> {
        let mut effect = Effect::of(Step::Accepted);
        self.grant_points(handle, &mut effect);
        self.finish(handle, OrderState::Completed, &mut effect)?;
        Ok(effect)
    }

    /// With its last parcel an order is handed over, or came back whole.
    pub(super) fn step_if_done(&mut self, handle: Handle, effect: &mut Effect) -> Result<(), Box<Fault>> {
        let order = &self.orders[&handle];
        if 0 < self.open(handle) || order.waits() {
            effect.change(handle, order.id, Some(order.state), order.state);
            return Ok(());
        }
        let all_given_up = order.units.iter().all(|unit| unit.fate == Fate::Dropped);
        match order.handed_over {
            true => self.step(handle, OrderState::Delivered, effect),
            false if all_given_up => self.finish(handle, OrderState::Cancelled, effect)?,
            false => self.finish(handle, OrderState::Undelivered, effect)?,
        }
        Ok(())
    }

    /// Fulfillment orders not in parcels and not given up, parcels on their way, parcels coming back.
    fn open(&self, handle: Handle) -> usize {
        let open = |fulfillment: &Handle| {
            let own = &self.fulfillments[fulfillment];
            own.parcels.len().max(1) - own.settled + own.returning
        };
        let given_up = |own: &Handle| {
            let state = self.fulfillments[own].state;
            matches!(state, FulfillmentState::Cancelled | FulfillmentState::Incomplete)
        };
        self.orders[&handle].fulfillments.iter().filter(|own| !given_up(own)).map(open).sum()
    }

    fn grant_points(&mut self, handle: Handle, effect: &mut Effect) {
        let kept = i128::from(self.orders[&handle].revenue);
        let points = kept * i128::from(self.setup.points_basis_points) / 10_000;
        effect.post(MoneyAccount::PointsIssued, MoneyAccount::PointsHeld, points as i64);
        let customer = self.orders[&handle].customer.0;
        *self.promotions.points.entry(customer).or_default() += points as i64;
    }

    /// The parcel is in its next state; those in it.
    fn parcel_moves(&mut self, parcel: Handle, to: ParcelState) -> Vec<Handle> {
        let own = self.parcels.get_mut(&parcel).expect("a parcel that may move");
        own.state = to;
        let lead = own.lead;
        self.members(lead)
    }

    fn carry_part(
        &self,
        member: Handle,
        parcel: Handle,
        path: &[(Account, Account)],
        effect: &mut Effect,
    ) -> i64 {
        let Parcel { part, parts, .. } = self.parcels[&parcel];
        self.carry(member, part, parts, path, effect)
    }

    /// Carries the member's part of a parcel along the path; which share of the money it is.
    fn carry(
        &self,
        member: Handle,
        part: usize,
        parts: usize,
        path: &[(Account, Account)],
        effect: &mut Effect,
    ) -> i64 {
        let own = &self.fulfillments[&member];
        let order = &self.orders[&own.order];
        let load = order.load(member, part, parts);
        let node: NodeId = own.node;
        for &place in &load {
            let sku: SkuId = order.units[place].sku;
            path.iter().for_each(|&(from, to)| effect.carry(sku, node, from, to, 1));
        }
        order.share(|place| load.contains(&place), |sku| self.weight(sku))
    }
}
