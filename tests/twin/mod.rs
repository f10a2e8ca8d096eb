//! The engine's naive twin. It thinks in single units: every unit of every order has its own fate and its own share of
//! the money. Also the commands in its numbers, and what a step said in a form that both can be compared in.
#![allow(dead_code, reason = "each test binary uses its own part")]

mod cart;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ordermill::domain::*;
use ordermill::kernel::time::Moment;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    Waiting,
    Held(u16),
    In(usize),
    Dropped,
}

#[derive(Clone)]
pub struct Order {
    pub id: u64,
    pub customer: u32,
    pub state: OrderState,
    pub amount: i64,
    /// (line, SKU, fate) of each unit.
    pub units: Vec<(u16, u32, Fate)>,
    pub captured: Option<u64>,
    pub cash: bool,
    pub paid_in: i64,
    pub deposit: i64,
    pub revenue: i64,
    pub handed_over: bool,
    pub sent_back: BTreeSet<u64>,
}

#[derive(Clone, PartialEq)]
pub struct Box {
    pub order: usize,
    pub node: u16,
    pub state: FulfillmentState,
    pub picked: bool,
    pub lead: Option<usize>,
    pub guests: Vec<usize>,
    pub parcels: u8,
}

#[derive(Clone)]
pub struct Parcel {
    pub lead: usize,
    pub part: u8,
    pub parts: u8,
    pub state: ParcelState,
}

#[derive(Default, Clone)]
pub struct Twin {
    pub nodes: u16,
    /// Price by SKU; a unit without one weighs 1.
    pub prices: Vec<i64>,
    pub points_basis_points: i64,
    pub orders: Vec<Order>,
    pub boxes: Vec<Box>,
    pub parcels: Vec<Parcel>,
    pub available: BTreeMap<(u32, u16), u32>,
    pub fenced: BTreeMap<(u32, u16), u32>,
    /// Units between nodes, by SKU.
    pub transfer: BTreeMap<u32, u32>,
    /// By coupon: budget and limit a customer.
    pub coupons: Vec<(i64, u32)>,
    /// What was redeemed and not given back: order, coupon (255: points), customer, amount.
    pub redeemed: Vec<(u64, u8, u32, i64)>,
    /// Points of the customers, when they are kept count of.
    pub points: Vec<i64>,
    pub skus: u32,
    pub carts: BTreeMap<u64, cart::Cart>,
    /// So long after its last change a cart is too old, and the instant now.
    pub cart_lifetime: u64,
    pub at: u64,
    pub said: Said,
}

/// What a step did, in a form that does not hang on the order of details.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Said {
    pub step: Option<Step>,
    pub changes: BTreeMap<u64, (Option<OrderState>, OrderState)>,
    pub moves: BTreeMap<(u32, u16, Account, Account), u32>,
    pub postings: BTreeMap<(MoneyAccount, MoneyAccount), i64>,
    pub created: usize,
}

use Account::{
    Available, Customer, Fenced, Held, InTransit, Inspection, Missing, Picked, Scrapped, Supplier, Transfer,
};
use MoneyAccount::{
    CouponBudget, CouponRedeemed, Deposit, PointsExpired, PointsHeld, PointsIssued, PointsSpent, Revenue,
    Shopper,
};
use Refusal::{
    DuplicateOrder, DuplicatePayment, DuplicateRedemption, Gone, OutOfStock, PlanMismatch, SpentUp,
    WrongState,
};

type Answer = Result<(), Refusal>;

impl Twin {
    fn moved(&mut self, sku: u32, node: u16, from: Account, to: Account) {
        *self.said.moves.entry((sku, node, from, to)).or_default() += 1;
    }

    fn post(&mut self, from: MoneyAccount, to: MoneyAccount, amount: i64) {
        if amount != 0 {
            *self.said.postings.entry((from, to)).or_default() += amount;
        }
    }

    fn grant(&mut self, order: usize) {
        let own = &self.orders[order];
        let (points, customer) = (own.revenue * self.points_basis_points / 10_000, own.customer as usize);
        self.post(PointsIssued, PointsHeld, points);
        if let Some(balance) = self.points.get_mut(customer) {
            *balance += points;
        }
    }

    fn noted(&self, id: u64, coupon: u8) -> bool {
        self.redeemed.iter().any(|row| (row.0, row.1) == (id, coupon))
    }

    fn redeem(&mut self, id: u64, customer: u32, coupon: u8, amount: i64) -> Answer {
        let &(budget, limit) = self.coupons.get(usize::from(coupon)).ok_or(PlanMismatch)?;
        if amount <= 0 || 0 < limit && self.points.len() <= customer as usize {
            return Err(PlanMismatch);
        }
        if self.noted(id, coupon) {
            return Err(DuplicateRedemption);
        }
        let rows: Vec<_> = self.redeemed.iter().filter(|row| row.1 == coupon).collect();
        let used = rows.iter().filter(|row| row.2 == customer).count() as u32;
        if budget < rows.iter().map(|row| row.3).sum::<i64>() + amount || (0 < limit && limit <= used) {
            return Err(SpentUp);
        }
        self.redeemed.push((id, coupon, customer, amount));
        self.said.step = Some(Step::Redeemed);
        self.post(CouponBudget, CouponRedeemed, amount);
        Ok(())
    }

    fn spend(&mut self, id: u64, customer: u32, points: i64) -> Answer {
        let there = *self.points.get(customer as usize).ok_or(PlanMismatch)?;
        if points <= 0 {
            return Err(PlanMismatch);
        }
        if self.noted(id, 255) {
            return Err(DuplicateRedemption);
        }
        if there < points {
            return Err(SpentUp);
        }
        self.points[customer as usize] -= points;
        self.redeemed.push((id, 255, customer, points));
        self.said.step = Some(Step::PointsSpent);
        self.post(PointsHeld, PointsSpent, points);
        Ok(())
    }

    fn give_back(&mut self, id: u64, coupons: bool) -> Answer {
        let back = |row: &(u64, u8, u32, i64)| row.0 == id && (coupons || row.1 == 255);
        let rows: Vec<_> = self.redeemed.iter().copied().filter(back).collect();
        self.redeemed.retain(|row| !back(row));
        for &(_, coupon, customer, amount) in &rows {
            if coupon == 255 {
                self.points[customer as usize] += amount;
                self.post(PointsSpent, PointsHeld, amount);
            } else {
                self.post(CouponRedeemed, CouponBudget, amount);
            }
        }
        self.said.step = Some(Step::GivenBack);
        if rows.is_empty() { Err(Gone) } else { Ok(()) }
    }

    fn expire_points(&mut self, customer: u32, points: i64) -> Answer {
        let there = *self.points.get(customer as usize).ok_or(PlanMismatch)?;
        if points <= 0 {
            return Err(PlanMismatch);
        }
        let gone = there.min(points);
        if gone == 0 {
            return Err(SpentUp);
        }
        self.points[customer as usize] -= gone;
        self.said.step = Some(Step::PointsExpired);
        self.post(PointsHeld, PointsExpired, gone);
        Ok(())
    }

    fn go(&mut self, order: usize, to: OrderState) {
        let order = &mut self.orders[order];
        let from = order.state;
        order.state = to;
        self.said.changes.entry(order.id).and_modify(|change| change.1 = to).or_insert((Some(from), to));
    }

    fn stay(&mut self, order: usize) {
        self.go(order, self.orders[order].state);
    }

    fn live(&self, order: usize) -> Answer {
        if self.orders[order].state.is_final() { Err(Gone) } else { Ok(()) }
    }

    /// Box and parcel handles are void when all orders in the parcel are finished.
    fn group(&self, of: usize) -> Vec<usize> {
        let lead = self.boxes[of].lead.unwrap_or(of);
        std::iter::once(lead).chain(self.boxes[lead].guests.iter().rev().copied()).collect()
    }

    fn box_lives(&self, of: usize) -> Answer {
        let alive = self.group(of).iter().any(|&of| !self.orders[self.boxes[of].order].state.is_final());
        if alive { Ok(()) } else { Err(Gone) }
    }

    fn weight(&self, sku: u32) -> i64 {
        self.prices.get(sku as usize).map_or(1, |price| (*price).max(1))
    }

    /// The unit's share of the amount: what the row of weights is worth up to its end, less up to its begin.
    fn share(&self, order: usize, unit: usize) -> i64 {
        let Order { amount, units, .. } = &self.orders[order];
        let weigh = |units: &[(u16, u32, Fate)]| -> i128 {
            units.iter().map(|unit| i128::from(self.weight(unit.1))).sum()
        };
        let (total, before) = (weigh(units), weigh(&units[..unit]));
        let after = before + i128::from(self.weight(units[unit].1));
        let worth = |weight: i128| i128::from(*amount) * weight / total;
        (worth(after) - worth(before)) as i64
    }

    fn units_of(&self, of: usize) -> Vec<usize> {
        let order = &self.orders[self.boxes[of].order];
        (0..order.units.len()).filter(|&unit| order.units[unit].2 == Fate::In(of)).collect()
    }

    fn units_in(&self, parcel: usize, of: usize) -> Vec<usize> {
        let Parcel { part, parts, .. } = self.parcels[parcel];
        let units = self.units_of(of);
        let cut = |part: u8| units.len() * part as usize / parts as usize;
        units[cut(part)..cut(part + 1)].to_vec()
    }

    fn hold(&mut self, units: &mut [(u16, u32, Fate)], hold: &[Assignment]) -> Answer {
        let mut wants: BTreeMap<(u32, u16), u32> = BTreeMap::new();
        let mut fates = units.to_vec();
        for a in hold {
            let sku = units.iter().find(|unit| unit.0 == a.line).ok_or(PlanMismatch)?.1;
            if self.nodes <= a.node.0 || a.quantity == 0 {
                return Err(PlanMismatch);
            }
            *wants.entry((sku, a.node.0)).or_default() += a.quantity;
            for _ in 0..a.quantity {
                let free = fates.iter_mut().find(|unit| unit.0 == a.line && unit.2 == Fate::Waiting);
                free.ok_or(PlanMismatch)?.2 = Fate::Held(a.node.0);
            }
        }
        if wants.iter().any(|(cell, &more)| self.available.get(cell).copied().unwrap_or(0) < more) {
            return Err(OutOfStock);
        }
        for (&(sku, node), &more) in &wants {
            *self.available.get_mut(&(sku, node)).unwrap() -= more;
            (0..more).for_each(|_| self.moved(sku, node, Available, Held));
        }
        units.copy_from_slice(&fates);
        Ok(())
    }

    fn release(&mut self, order: usize) {
        for unit in 0..self.orders[order].units.len() {
            let (_, sku, fate) = self.orders[order].units[unit];
            if let Fate::Held(node) = fate {
                self.orders[order].units[unit].2 = Fate::Waiting;
                *self.available.entry((sku, node)).or_default() += 1;
                self.moved(sku, node, Held, Available);
            }
        }
    }

    fn refund_deposit(&mut self, order: usize, amount: i64) {
        self.orders[order].deposit -= amount;
        self.post(Deposit, Shopper, amount);
    }

    fn give_up(&mut self, order: usize, step: Step, from: &[OrderState], to: OrderState) -> Answer {
        self.live(order)?;
        if !from.contains(&self.orders[order].state) {
            return Err(WrongState);
        }
        self.said.step = Some(step);
        self.release(order);
        self.refund_deposit(order, self.orders[order].deposit);
        self.go(order, to);
        Ok(())
    }

    fn pay(&mut self, order: usize, reference: Option<u64>, amount: i64, hold: &[Assignment]) -> Answer {
        let final_now = self.orders[order].state.is_final();
        if let Some(reference) = reference
            && self.orders[order].state != OrderState::AwaitingPayment
        {
            let o = &mut self.orders[order];
            let settled = o.captured.is_some() || (o.cash && o.handed_over);
            let known = if final_now { settled } else { o.captured == Some(reference) };
            if known || !o.sent_back.insert(reference) {
                return Err(DuplicatePayment);
            }
            self.said.step = Some(Step::LatePaymentRefunded);
            self.post(Shopper, Deposit, amount);
            self.post(Deposit, Shopper, amount);
            self.stay(order);
            return Ok(());
        }
        self.live(order)?;
        if self.orders[order].state != OrderState::AwaitingPayment {
            return Err(WrongState);
        }
        if reference.is_some() && amount != self.orders[order].amount {
            return Err(PlanMismatch);
        }
        let mut units = self.orders[order].units.clone();
        let held = self.hold(&mut units, hold);
        if held == Err(PlanMismatch) {
            return held;
        }
        let o = &mut self.orders[order];
        (o.units, o.captured, o.cash) = (units, reference, reference.is_none());
        if reference.is_some() {
            (o.deposit, o.paid_in) = (amount, amount);
            self.post(Shopper, Deposit, amount);
        }
        self.said.step = Some(Step::Paid);
        if held.is_err() {
            self.said.step = Some(Step::PaidThenRefused);
            self.release(order);
            self.refund_deposit(order, self.orders[order].deposit);
            self.go(order, OrderState::Cancelled);
        } else {
            self.go(order, OrderState::AwaitingReview);
        }
        Ok(())
    }

    fn allocate(&mut self, order: usize, plan: &[Assignment]) -> Answer {
        self.live(order)?;
        let state = self.orders[order].state;
        let waiting_states = [OrderState::AwaitingAllocation, OrderState::Backordered];
        if !waiting_states.contains(&state) && (plan.is_empty() || state != OrderState::InFulfillment) {
            return Err(WrongState);
        }
        if plan.is_empty() {
            self.release(order);
            self.said.step = Some(Step::Backordered);
            self.go(order, OrderState::Backordered);
            return Ok(());
        }
        if !plan.is_sorted_by_key(|a| (a.node, a.group)) {
            return Err(PlanMismatch);
        }
        let mut change: BTreeMap<(u32, u16), i64> = BTreeMap::new();
        let mut units = self.orders[order].units.clone();
        for unit in &mut units {
            if let Fate::Held(node) = unit.2 {
                *change.entry((unit.1, node)).or_default() -= 1;
                unit.2 = Fate::Waiting;
            }
        }
        let mut made = self.boxes.len();
        let first = made;
        for (index, a) in plan.iter().enumerate() {
            made +=
                usize::from(index == 0 || (plan[index - 1].node, plan[index - 1].group) != (a.node, a.group));
            let sku = units.iter().find(|unit| unit.0 == a.line).ok_or(PlanMismatch)?.1;
            if self.nodes <= a.node.0 || a.quantity == 0 {
                return Err(PlanMismatch);
            }
            *change.entry((sku, a.node.0)).or_default() += i64::from(a.quantity);
            for _ in 0..a.quantity {
                let free = units.iter_mut().find(|unit| unit.0 == a.line && unit.2 == Fate::Waiting);
                free.ok_or(PlanMismatch)?.2 = Fate::In(made - 1);
            }
        }
        let lacks = |(cell, &more): (&(u32, u16), &i64)| {
            i64::from(self.available.get(cell).copied().unwrap_or(0)) < more
        };
        if change.iter().any(lacks) {
            return Err(OutOfStock);
        }
        for (&(sku, node), &more) in &change {
            let cell = self.available.entry((sku, node)).or_default();
            *cell = (i64::from(*cell) - more) as u32;
            let (from, to) = if 0 < more { (Available, Held) } else { (Held, Available) };
            (0..more.abs()).for_each(|_| self.moved(sku, node, from, to));
        }
        self.orders[order].units = units;
        for chunk in plan.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group)) {
            self.boxes.push(Box {
                order,
                node: chunk[0].node.0,
                state: FulfillmentState::Open,
                picked: false,
                lead: None,
                guests: Vec::new(),
                parcels: 0,
            });
        }
        self.said.created = self.boxes.len() - first;
        self.said.step = Some(Step::Allocated);
        self.go(order, OrderState::InFulfillment);
        Ok(())
    }

    fn waits(&self, order: usize) -> bool {
        self.orders[order].units.iter().any(|unit| unit.2 == Fate::Waiting)
    }

    fn drop_backorder(&mut self, order: usize) -> Answer {
        self.live(order)?;
        let state = self.orders[order].state;
        if !matches!(state, OrderState::Backordered | OrderState::InFulfillment) || !self.waits(order) {
            return Err(WrongState);
        }
        self.said.step = Some(Step::BackorderDropped);
        let waiting = |unit: &usize| self.orders[order].units[*unit].2 == Fate::Waiting;
        let units: Vec<_> = (0..self.orders[order].units.len()).filter(waiting).collect();
        let share: i64 = units.iter().map(|&unit| self.share(order, unit)).sum();
        units.iter().for_each(|&unit| self.orders[order].units[unit].2 = Fate::Dropped);
        if self.orders[order].captured.is_some() {
            self.refund_deposit(order, share);
        }
        self.step_if_done(order);
        Ok(())
    }

    /// From the boxes and parcels themselves: is anything of the order still open?
    fn step_if_done(&mut self, order: usize) {
        let is_open = |of: &usize| {
            if matches!(self.boxes[*of].state, FulfillmentState::Cancelled | FulfillmentState::Incomplete) {
                return false;
            }
            let lead = self.boxes[*of].lead.unwrap_or(*of);
            let parcels: Vec<_> = self.parcels.iter().filter(|parcel| parcel.lead == lead).collect();
            let done = |parcel: &&&Parcel| {
                use ParcelState::{Delivered, Lost, Returned};
                matches!(parcel.state, Delivered | Returned | Lost)
            };
            parcels.is_empty() || parcels.iter().filter(done).count() < parcels.len()
        };
        let mine: Vec<_> = (0..self.boxes.len()).filter(|&of| self.boxes[of].order == order).collect();
        if mine.iter().any(is_open) || self.waits(order) {
            return self.stay(order);
        }
        let all_dropped = self.orders[order].units.iter().all(|unit| unit.2 == Fate::Dropped);
        self.go(
            order,
            match self.orders[order].handed_over {
                true => OrderState::Delivered,
                false if all_dropped => OrderState::Cancelled,
                false => OrderState::Undelivered,
            },
        );
    }

    fn start(&mut self, of: usize) -> Answer {
        self.box_lives(of)?;
        if self.boxes[of].state != FulfillmentState::Open {
            return Err(WrongState);
        }
        self.boxes[of].state = FulfillmentState::InProgress;
        self.said.step = Some(Step::Started);
        self.stay(self.boxes[of].order);
        Ok(())
    }

    fn pick(&mut self, of: usize) -> Answer {
        self.box_lives(of)?;
        if self.boxes[of].state != FulfillmentState::InProgress || self.boxes[of].picked {
            return Err(WrongState);
        }
        self.said.step = Some(Step::Picked);
        for of in self.group(of) {
            if !std::mem::replace(&mut self.boxes[of].picked, true) {
                self.carry(of, &self.units_of(of), &[(Held, Picked)]);
            }
            self.stay(self.boxes[of].order);
        }
        Ok(())
    }

    fn short(&mut self, of: usize, sku: u32, quantity: u32) -> Answer {
        self.box_lives(of)?;
        if self.boxes[of].state != FulfillmentState::InProgress || self.boxes[of].picked {
            return Err(WrongState);
        }
        let group = self.group(of);
        let mut gone = Vec::new();
        for &of in group.iter().filter(|&&of| !self.boxes[of].picked) {
            let order = self.boxes[of].order;
            let units = self.units_of(of).into_iter().rev();
            gone.extend(units.filter(|&unit| self.orders[order].units[unit].1 == sku).map(|unit| (of, unit)));
        }
        if quantity == 0 || gone.len() < quantity as usize {
            return Err(PlanMismatch);
        }
        self.said.step = Some(Step::Shorted);
        for &(of, unit) in &gone[..quantity as usize] {
            let Box { order, node, .. } = self.boxes[of];
            self.orders[order].units[unit].2 = Fate::Waiting;
            self.moved(sku, node, Held, Missing);
            self.stay(order);
        }
        if group.iter().all(|&of| self.units_of(of).is_empty()) {
            for of in group {
                self.boxes[of].state = FulfillmentState::Incomplete;
                self.stay(self.boxes[of].order);
            }
        }
        Ok(())
    }

    fn unassign(&mut self, of: usize) -> Answer {
        self.box_lives(of)?;
        let open = matches!(self.boxes[of].state, FulfillmentState::Open | FulfillmentState::InProgress);
        let group = self.group(of);
        if !open || group.iter().any(|&of| self.boxes[of].picked) {
            return Err(WrongState);
        }
        self.said.step = Some(Step::Unassigned);
        for of in group {
            let Box { order, node, .. } = self.boxes[of];
            for unit in self.units_of(of) {
                let sku = self.orders[order].units[unit].1;
                self.orders[order].units[unit].2 = Fate::Waiting;
                *self.available.entry((sku, node)).or_default() += 1;
                self.moved(sku, node, Held, Available);
            }
            self.boxes[of].state = FulfillmentState::Cancelled;
            self.stay(order);
        }
        Ok(())
    }

    fn carry(&mut self, of: usize, units: &[usize], path: &[(Account, Account)]) {
        let Box { order, node, .. } = self.boxes[of];
        for &unit in units {
            let sku = self.orders[order].units[unit].1;
            for &(from, to) in path {
                self.moved(sku, node, from, to);
            }
        }
    }

    fn merge(&mut self, of: usize, into: usize) -> Answer {
        if of == into {
            return Err(PlanMismatch);
        }
        self.box_lives(of)?;
        self.box_lives(into)?;
        let (guest, host) = (&self.boxes[of], &self.boxes[into]);
        use FulfillmentState::{InProgress, Open};
        let open = |state| matches!(state, Open | InProgress);
        if !open(guest.state) || !open(host.state) || (host.picked && !guest.picked) {
            return Err(WrongState);
        }
        let customer = |of: &Box| self.orders[of.order].customer;
        if !guest.guests.is_empty() || guest.node != host.node || customer(guest) != customer(host) {
            return Err(PlanMismatch);
        }
        self.boxes[of].state = FulfillmentState::Closed;
        self.boxes[of].lead = Some(into);
        self.boxes[into].guests.push(of);
        self.said.step = Some(Step::Merged);
        self.stay(self.boxes[of].order);
        Ok(())
    }

    fn pack(&mut self, of: usize, parcels: u8) -> Answer {
        self.box_lives(of)?;
        if self.boxes[of].state != FulfillmentState::InProgress || !self.boxes[of].picked {
            return Err(WrongState);
        }
        let several = self.boxes[of].guests.is_empty() && parcels as usize <= self.units_of(of).len();
        if parcels == 0 || (1 < parcels && !several) {
            return Err(PlanMismatch);
        }
        self.boxes[of].state = FulfillmentState::Closed;
        self.boxes[of].parcels = parcels;
        for part in 0..parcels {
            self.parcels.push(Parcel { lead: of, part, parts: parcels, state: ParcelState::Packed });
        }
        self.said.step = Some(Step::Packed);
        self.said.created = parcels.into();
        self.group(of).into_iter().for_each(|of| self.stay(self.boxes[of].order));
        Ok(())
    }

    fn travel(&mut self, parcel: usize, from: &[ParcelState], to: ParcelState, step: Step) -> Answer {
        self.box_lives(self.parcels[parcel].lead)?;
        if !from.contains(&self.parcels[parcel].state) {
            return Err(WrongState);
        }
        self.parcels[parcel].state = to;
        self.said.step = Some(step);
        Ok(())
    }

    fn ship(&mut self, parcel: usize) -> Answer {
        self.travel(parcel, &[ParcelState::Packed], ParcelState::InTransit, Step::Shipped)?;
        for of in self.group(self.parcels[parcel].lead) {
            self.carry(of, &self.units_in(parcel, of), &[(Picked, InTransit)]);
            self.stay(self.boxes[of].order);
        }
        Ok(())
    }

    fn deliver(&mut self, parcel: usize) -> Answer {
        self.travel(parcel, &[ParcelState::InTransit], ParcelState::Delivered, Step::Delivered)?;
        let group = self.group(self.parcels[parcel].lead);
        for &of in &group {
            let (order, units) = (self.boxes[of].order, self.units_in(parcel, of));
            self.carry(of, &units, &[(InTransit, Customer)]);
            let share: i64 = units.iter().map(|&unit| self.share(order, unit)).sum();
            if self.orders[order].cash {
                self.orders[order].paid_in += share;
                self.post(Shopper, Deposit, share);
            } else {
                self.orders[order].deposit -= share;
            }
            self.post(Deposit, Revenue, share);
            self.orders[order].revenue += share;
            self.orders[order].handed_over |= !units.is_empty();
        }
        let orders: BTreeSet<_> = group.iter().map(|&of| self.boxes[of].order).collect();
        orders.into_iter().for_each(|order| self.step_if_done(order));
        Ok(())
    }

    fn fail(&mut self, parcel: usize) -> Answer {
        let to = ParcelState::ReturningToSender;
        self.travel(parcel, &[ParcelState::InTransit], to, Step::DeliveryFailed)?;
        self.group(self.parcels[parcel].lead).into_iter().for_each(|of| self.stay(self.boxes[of].order));
        Ok(())
    }

    fn lose(&mut self, parcel: usize) -> Answer {
        self.travel(parcel, &[ParcelState::InTransit], ParcelState::Lost, Step::Lost)?;
        let group = self.group(self.parcels[parcel].lead);
        for &of in &group {
            let (order, units) = (self.boxes[of].order, self.units_in(parcel, of));
            self.carry(of, &units, &[(InTransit, Missing)]);
            let share: i64 = units.iter().map(|&unit| self.share(order, unit)).sum();
            if self.orders[order].captured.is_some() {
                self.refund_deposit(order, share);
            }
        }
        let orders: BTreeSet<_> = group.iter().map(|&of| self.boxes[of].order).collect();
        orders.into_iter().for_each(|order| self.step_if_done(order));
        Ok(())
    }

    /// Unit by unit, all or none.
    fn replace(&mut self, parcel: usize) -> Answer {
        self.box_lives(self.parcels[parcel].lead)?;
        if self.parcels[parcel].state != ParcelState::InTransit {
            return Err(WrongState);
        }
        let group = self.group(self.parcels[parcel].lead);
        let mut wanted: BTreeMap<(u32, u16), u32> = BTreeMap::new();
        for &of in &group {
            let Box { order, node, .. } = self.boxes[of];
            for unit in self.units_in(parcel, of) {
                *wanted.entry((self.orders[order].units[unit].1, node)).or_default() += 1;
            }
        }
        let free = |cell| self.available.get(cell).copied().unwrap_or(0);
        if wanted.iter().any(|(cell, &quantity)| free(cell) < quantity) {
            return Err(OutOfStock);
        }
        for (cell, quantity) in wanted {
            *self.available.get_mut(&cell).unwrap() -= quantity;
        }
        self.travel(parcel, &[ParcelState::InTransit], ParcelState::Packed, Step::Replaced)?;
        for of in group {
            let units = self.units_in(parcel, of);
            self.carry(of, &units, &[(Available, Held), (Held, Picked), (InTransit, Missing)]);
            self.stay(self.boxes[of].order);
        }
        Ok(())
    }

    fn request_return(&mut self, parcel: usize) -> Answer {
        self.box_lives(self.parcels[parcel].lead)?;
        let group = self.group(self.parcels[parcel].lead);
        let fit = |&of: &usize| {
            let state = self.orders[self.boxes[of].order].state;
            matches!(state, OrderState::Delivered | OrderState::Returning)
        };
        if self.parcels[parcel].state != ParcelState::Delivered || !group.iter().all(fit) {
            return Err(WrongState);
        }
        self.parcels[parcel].state = ParcelState::ReturningFromShopper;
        self.said.step = Some(Step::ReturnRequested);
        for of in group {
            self.carry(of, &self.units_in(parcel, of), &[(Customer, InTransit)]);
            self.go(self.boxes[of].order, OrderState::Returning);
        }
        Ok(())
    }

    fn grade(&mut self, parcel: usize, restock: bool) -> Answer {
        let sender = self.parcels[parcel].state == ParcelState::ReturningToSender;
        let from = [ParcelState::ReturningToSender, ParcelState::ReturningFromShopper];
        self.travel(
            parcel,
            &from,
            ParcelState::Returned,
            if restock { Step::Restocked } else { Step::Scrapped },
        )?;
        let group = self.group(self.parcels[parcel].lead);
        for &of in &group {
            let (order, units) = (self.boxes[of].order, self.units_in(parcel, of));
            let end = if restock { Available } else { Scrapped };
            self.carry(of, &units, &[(InTransit, Inspection), (Inspection, end)]);
            for &unit in units.iter().filter(|_| restock) {
                let sku = self.orders[order].units[unit].1;
                *self.available.entry((sku, self.boxes[of].node)).or_default() += 1;
            }
            let share: i64 = units.iter().map(|&unit| self.share(order, unit)).sum();
            if !sender {
                self.orders[order].revenue -= share;
                self.post(Revenue, Shopper, share);
            } else if self.orders[order].captured.is_some() {
                self.refund_deposit(order, share);
            }
        }
        let orders: BTreeSet<_> = group.iter().map(|&of| self.boxes[of].order).collect();
        for order in orders {
            if sender {
                self.step_if_done(order);
                continue;
            }
            let returning = self.parcels.iter().any(|parcel| {
                parcel.state == ParcelState::ReturningFromShopper
                    && self.group(parcel.lead).iter().any(|&of| self.boxes[of].order == order)
            });
            if returning {
                self.stay(order);
            } else {
                self.grant(order);
                self.go(order, OrderState::Returned);
            }
        }
        Ok(())
    }

    fn open_order(
        &mut self,
        customer: u32,
        amount: i64,
        lines: &[(u32, u32)],
        hold: &[Assignment],
    ) -> Answer {
        let id = self.orders.len() as u64 + 1;
        let mut units: Vec<_> = (0..)
            .zip(lines)
            .flat_map(|(line, &(sku, quantity))| vec![(line, sku, Fate::Waiting); quantity as usize])
            .collect();
        self.hold(&mut units, hold)?;
        self.orders.push(Order {
            id,
            customer,
            state: OrderState::AwaitingPayment,
            amount,
            units,
            captured: None,
            cash: false,
            paid_in: 0,
            deposit: 0,
            revenue: 0,
            handed_over: false,
            sent_back: BTreeSet::new(),
        });
        self.said.step = Some(Step::Submitted);
        self.said.changes.insert(id, (None, OrderState::AwaitingPayment));
        Ok(())
    }

    pub fn apply(&mut self, ask: &Ask) -> Answer {
        self.said = Said::default();
        use OrderState::*;
        match ask {
            Ask::Submit { customer, amount, lines, hold } => self.open_order(*customer, *amount, lines, hold),
            Ask::SubmitCart { cart, customer, amount, lines, hold } => {
                self.submit_cart(*cart, *customer, *amount, lines, hold)
            }
            Ask::AddToCart(..)
            | Ask::SetQuantity(..)
            | Ask::RemoveFromCart(..)
            | Ask::ClearCart(..)
            | Ask::MergeCarts(..)
            | Ask::ExpireCart(..) => self.change_cart(ask),
            Ask::Again(_) => Err(DuplicateOrder),
            Ask::Pay(order, reference, amount, hold) => self.pay(*order, Some(*reference), *amount, hold),
            Ask::Cash(order, hold) => self.pay(*order, None, 0, hold),
            Ask::Decline(order) => self.give_up(*order, Step::Declined, &[AwaitingPayment], Declined),
            Ask::Expire(order) => self.give_up(*order, Step::Expired, &[AwaitingPayment], Expired),
            Ask::Approve(order) => {
                self.live(*order)?;
                if self.orders[*order].state != AwaitingReview {
                    return Err(WrongState);
                }
                self.said.step = Some(Step::Approved);
                self.go(*order, AwaitingAllocation);
                Ok(())
            }
            Ask::Reject(order) => self.give_up(*order, Step::Rejected, &[AwaitingReview], Rejected),
            Ask::Cancel(order) => {
                let from = [AwaitingPayment, AwaitingReview, AwaitingAllocation, Backordered];
                self.give_up(*order, Step::Cancelled, &from, Cancelled)
            }
            Ask::Allocate(order, plan) => self.allocate(*order, plan),
            Ask::Drop(order) => self.drop_backorder(*order),
            Ask::Accept(order) => {
                self.live(*order)?;
                if self.orders[*order].state != Delivered {
                    return Err(WrongState);
                }
                self.said.step = Some(Step::Accepted);
                self.grant(*order);
                self.go(*order, Completed);
                Ok(())
            }
            Ask::Start(of) => self.start(*of),
            Ask::Pick(of) => self.pick(*of),
            Ask::Short(of, sku, quantity) => self.short(*of, *sku, *quantity),
            Ask::Unassign(of) => self.unassign(*of),
            Ask::Merge(of, into) => self.merge(*of, *into),
            Ask::Pack(of, parcels) => self.pack(*of, *parcels),
            Ask::Ship(parcel) => self.ship(*parcel),
            Ask::Deliver(parcel) => self.deliver(*parcel),
            Ask::Fail(parcel) => self.fail(*parcel),
            Ask::Lose(parcel) => self.lose(*parcel),
            Ask::Replace(parcel) => self.replace(*parcel),
            Ask::Return(parcel) => self.request_return(*parcel),
            Ask::Grade(parcel, restock) => self.grade(*parcel, *restock),
            Ask::Receive(sku, node, quantity) => {
                *self.available.entry((*sku, *node)).or_default() += quantity;
                (0..*quantity).for_each(|_| self.moved(*sku, *node, Supplier, Available));
                self.said.step = Some(Step::Received);
                Ok(())
            }
            Ask::Redeem(id, customer, coupon, amount) => self.redeem(*id, *customer, *coupon, *amount),
            Ask::Spend(id, customer, points) => self.spend(*id, *customer, *points),
            Ask::GiveBack(id, coupons) => self.give_back(*id, *coupons),
            Ask::ExpirePoints(customer, points) => self.expire_points(*customer, *points),
            Ask::TransferOut(sku, node, quantity) => {
                if *quantity == 0 {
                    return Err(PlanMismatch);
                }
                let free = self.available.entry((*sku, *node)).or_default();
                let gone = (*quantity).min(*free);
                if gone == 0 {
                    return Err(OutOfStock);
                }
                *free -= gone;
                *self.transfer.entry(*sku).or_default() += gone;
                (0..gone).for_each(|_| self.moved(*sku, *node, Available, Transfer));
                self.said.step = Some(Step::TransferredOut);
                Ok(())
            }
            Ask::TransferIn(sku, node, quantity) => {
                if *quantity == 0 {
                    return Err(PlanMismatch);
                }
                let on_the_way = self.transfer.entry(*sku).or_default();
                let came = (*quantity).min(*on_the_way);
                if came == 0 {
                    return Err(WrongState);
                }
                *on_the_way -= came;
                *self.available.entry((*sku, *node)).or_default() += came;
                (0..came).for_each(|_| self.moved(*sku, *node, Transfer, Available));
                self.said.step = Some(Step::TransferredIn);
                Ok(())
            }
            Ask::WriteOff(sku, node, quantity) => {
                let free = self.available.entry((*sku, *node)).or_default();
                let gone = (*quantity).min(*free);
                *free -= gone;
                (0..gone).for_each(|_| self.moved(*sku, *node, Available, Missing));
                self.said.step = Some(Step::WrittenOff);
                Ok(())
            }
            Ask::Fence(sku, node, quantity) => {
                let cell = (*sku, *node);
                let free = self.available.entry(cell).or_default();
                let fenced = self.fenced.entry(cell).or_default();
                let before = *fenced;
                *fenced = (*quantity).min(before + *free);
                *free = *free + before - *fenced;
                let (from, to) = if before <= *fenced { (Available, Fenced) } else { (Fenced, Available) };
                let moved = before.abs_diff(*fenced);
                *self.said.moves.entry((cell.0, cell.1, from, to)).or_default() += moved;
                self.said.step = Some(Step::Fenced);
                Ok(())
            }
        }
    }
}

/// A command in the twin's numbers.
#[derive(Debug, Clone)]
pub enum Ask {
    Submit {
        customer: u32,
        amount: i64,
        lines: Vec<(u32, u32)>,
        hold: Vec<Assignment>,
    },
    /// A submit with the id of that order.
    Again(usize),
    Pay(usize, u64, i64, Vec<Assignment>),
    Cash(usize, Vec<Assignment>),
    Decline(usize),
    Expire(usize),
    Approve(usize),
    Reject(usize),
    Cancel(usize),
    Allocate(usize, Vec<Assignment>),
    Drop(usize),
    Accept(usize),
    Start(usize),
    Pick(usize),
    Short(usize, u32, u32),
    Unassign(usize),
    Merge(usize, usize),
    Pack(usize, u8),
    Ship(usize),
    Deliver(usize),
    Fail(usize),
    Lose(usize),
    Replace(usize),
    Return(usize),
    Grade(usize, bool),
    Receive(u32, u16, u32),
    Fence(u32, u16, u32),
    Redeem(u64, u32, u8, i64),
    Spend(u64, u32, i64),
    GiveBack(u64, bool),
    ExpirePoints(u32, i64),
    WriteOff(u32, u16, u32),
    AddToCart(u64, u32, u32, Option<u16>),
    SetQuantity(u64, u32, u32, Option<u16>),
    RemoveFromCart(u64, u32),
    ClearCart(u64),
    MergeCarts(u64, u64, CartMerge),
    ExpireCart(u64),
    SubmitCart {
        cart: u64,
        customer: u32,
        amount: i64,
        lines: Vec<(u32, u32)>,
        hold: Vec<Assignment>,
    },
    TransferOut(u32, u16, u32),
    TransferIn(u32, u16, u32),
}

/// The engine's handles, by the twin's numbers.
#[derive(Default)]
pub struct Names {
    pub orders: Vec<Handle>,
    pub boxes: Vec<Handle>,
    pub parcels: Vec<Handle>,
}

pub fn command(ask: &Ask, names: &Names) -> Command<'static> {
    let (order, of) = (|index: &usize| names.orders[*index], |index: &usize| names.boxes[*index]);
    let parcel = |index: &usize| names.parcels[*index];
    match ask {
        Ask::Submit { customer, amount, lines, hold } => Command::Submit {
            id: OrderId(names.orders.len() as u64 + 1),
            customer: CustomerId(*customer),
            zone: ZoneId(0),
            method: MethodId(0),
            payment: PaymentMethodId(0),
            amount: Money(*amount),
            promised: Moment(1),
            lines: lines.iter().map(|&(sku, quantity)| Line { sku: SkuId(sku), quantity }).collect(),
            hold: Cow::Owned(hold.clone()),
        },
        Ask::SubmitCart { cart, customer, amount, lines, hold } => Command::SubmitCart {
            cart: CartId(*cart),
            id: OrderId(names.orders.len() as u64 + 1),
            customer: CustomerId(*customer),
            zone: ZoneId(0),
            method: MethodId(0),
            payment: PaymentMethodId(0),
            amount: Money(*amount),
            promised: Moment(1),
            lines: lines.iter().map(|&(sku, quantity)| Line { sku: SkuId(sku), quantity }).collect(),
            hold: Cow::Owned(hold.clone()),
        },
        Ask::AddToCart(cart, sku, quantity, hold) => Command::AddToCart {
            cart: CartId(*cart),
            sku: SkuId(*sku),
            quantity: *quantity,
            hold: hold.map(NodeId),
        },
        Ask::SetQuantity(cart, sku, quantity, hold) => Command::SetQuantity {
            cart: CartId(*cart),
            sku: SkuId(*sku),
            quantity: *quantity,
            hold: hold.map(NodeId),
        },
        Ask::RemoveFromCart(cart, sku) => Command::RemoveFromCart { cart: CartId(*cart), sku: SkuId(*sku) },
        Ask::ClearCart(cart) => Command::ClearCart { cart: CartId(*cart) },
        Ask::MergeCarts(from, into, rule) => {
            Command::MergeCarts { from: CartId(*from), into: CartId(*into), rule: *rule }
        }
        Ask::ExpireCart(cart) => Command::ExpireCart { cart: CartId(*cart) },
        Ask::Again(index) => Command::Submit {
            id: OrderId(*index as u64 + 1),
            customer: CustomerId(0),
            zone: ZoneId(0),
            method: MethodId(0),
            payment: PaymentMethodId(0),
            amount: Money(1),
            promised: Moment(1),
            lines: Cow::Owned(vec![Line { sku: SkuId(0), quantity: 1 }]),
            hold: Cow::Borrowed(&[]),
        },
        Ask::Pay(index, reference, amount, hold) => Command::Pay {
            order: order(index),
            reference: *reference,
            amount: Money(*amount),
            hold: Cow::Owned(hold.clone()),
        },
        Ask::Cash(index, hold) => {
            Command::ConfirmCashOnDelivery { order: order(index), hold: Cow::Owned(hold.clone()) }
        }
        Ask::Decline(index) => Command::Decline { order: order(index) },
        Ask::Expire(index) => Command::Expire { order: order(index) },
        Ask::Approve(index) => Command::Approve { order: order(index) },
        Ask::Reject(index) => Command::Reject { order: order(index) },
        Ask::Cancel(index) => Command::Cancel { order: order(index) },
        Ask::Allocate(index, plan) => {
            Command::Allocate { order: order(index), plan: Cow::Owned(plan.clone()) }
        }
        Ask::Drop(index) => Command::DropBackorder { order: order(index) },
        Ask::Accept(index) => Command::Accept { order: order(index) },
        Ask::Start(index) => Command::Start { fulfillment: of(index) },
        Ask::Pick(index) => Command::Pick { fulfillment: of(index) },
        Ask::Short(index, sku, quantity) => {
            Command::Short { fulfillment: of(index), sku: SkuId(*sku), quantity: *quantity }
        }
        Ask::Unassign(index) => Command::Unassign { fulfillment: of(index) },
        Ask::Merge(index, into) => Command::Merge { fulfillment: of(index), into: of(into) },
        Ask::Pack(index, parcels) => Command::Pack { fulfillment: of(index), parcels: *parcels },
        Ask::Ship(index) => Command::Ship { parcel: parcel(index) },
        Ask::Deliver(index) => Command::Deliver { parcel: parcel(index) },
        Ask::Fail(index) => Command::FailDelivery { parcel: parcel(index) },
        Ask::Lose(index) => Command::Lose { parcel: parcel(index) },
        Ask::Replace(index) => Command::Replace { parcel: parcel(index) },
        Ask::Return(index) => Command::RequestReturn { parcel: parcel(index) },
        Ask::Grade(index, restock) => Command::Grade { parcel: parcel(index), restock: *restock },
        Ask::Receive(sku, node, quantity) => {
            Command::Receive { sku: SkuId(*sku), node: NodeId(*node), quantity: *quantity }
        }
        Ask::Redeem(id, customer, coupon, amount) => Command::Redeem {
            id: OrderId(*id),
            customer: CustomerId(*customer),
            coupon: CouponId(*coupon),
            amount: Money(*amount),
        },
        Ask::Spend(id, customer, points) => {
            Command::SpendPoints { id: OrderId(*id), customer: CustomerId(*customer), points: Money(*points) }
        }
        Ask::GiveBack(id, coupons) => Command::GiveBack { id: OrderId(*id), coupons: *coupons },
        Ask::ExpirePoints(customer, points) => {
            Command::ExpirePoints { customer: CustomerId(*customer), points: Money(*points) }
        }
        Ask::TransferOut(sku, node, quantity) => {
            Command::TransferOut { sku: SkuId(*sku), node: NodeId(*node), quantity: *quantity }
        }
        Ask::TransferIn(sku, node, quantity) => {
            Command::TransferIn { sku: SkuId(*sku), node: NodeId(*node), quantity: *quantity }
        }
        Ask::WriteOff(sku, node, quantity) => {
            Command::WriteOff { sku: SkuId(*sku), node: NodeId(*node), quantity: *quantity }
        }
        Ask::Fence(sku, node, quantity) => {
            Command::Fence { sku: SkuId(*sku), node: NodeId(*node), quantity: *quantity }
        }
    }
}

pub fn said(out: &Transition) -> Said {
    let mut said = Said { step: Some(out.step), created: out.created.len(), ..Said::default() };
    for (id, _, from, to) in out.changes() {
        said.changes.insert(id.0, (from, to));
    }
    for units in &out.moves {
        *said.moves.entry((units.sku.0, units.node.0, units.from, units.to)).or_default() += units.quantity;
    }
    for posting in &out.postings {
        *said.postings.entry((posting.from, posting.to)).or_default() += posting.amount.0;
    }
    said
}
