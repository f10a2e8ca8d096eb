//! The shadow: a naive model of every order, fulfillment order and parcel, one entry a unit.
//!
//! It takes the same commands, says what should happen, and compares that with what did. Slow on purpose: maps,
//! rows of units and sums that are made anew each time, so that a reader sees that it is right.
//!
//! ```text
//! before.rs   payment.rs   floor.rs
//! submit ...  pay ...      start, pick, merge, pack, ship, deliver, return, grade
//! ```

mod before;
mod cart;
mod effect;
mod floor;
mod order;
mod payment;
mod promotion;
mod transfer;

use std::collections::{BTreeMap, BTreeSet};

use super::Setup;
use super::cells::Cells;
use super::violation::{Fault, Invariant, Verdict, at_most, equal};
use crate::domain::{
    Account, CartId, Command, Handle, NodeId, OrderId, OrderState, Refusal, SkuId, Transition,
};
use crate::kernel::time::Moment;
use effect::Effect;
use order::{Fate, Fulfillment, Order, Parcel};

/// Everything that lives, and what is remembered of the ended.
#[derive(Debug)]
pub struct Shadow {
    setup: Setup,
    orders: BTreeMap<Handle, Order>,
    fulfillments: BTreeMap<Handle, Fulfillment>,
    parcels: BTreeMap<Handle, Parcel>,
    /// Ended orders: id, state, and whether a capture that still comes is sent back.
    ended: BTreeMap<Handle, (OrderId, OrderState, bool)>,
    /// Captures that were sent back.
    sent_back: BTreeSet<(Handle, u64)>,
    /// Ids of all orders that were ever taken.
    taken: BTreeSet<OrderId>,
    turn: u64,
    promotions: promotion::Promotions,
    carts: BTreeMap<CartId, cart::Cart>,
    /// Units between nodes, by SKU.
    transfer: BTreeMap<SkuId, i64>,
}

/// All holds are counted anew each time so many transitions have passed.
const RECOUNT: u64 = 64;

/// Shelves as they stood before the transition.
struct Before<'a> {
    cells: &'a Cells,
    said: Option<&'a Transition>,
}

impl Before<'_> {
    fn available(&self, sku: SkuId, node: NodeId) -> i64 {
        let mut units = self.cells.shelf(sku, node).available;
        let moves = self.said.into_iter().flat_map(|said| &said.moves);
        for moved in moves.filter(|moved| (moved.sku, moved.node) == (sku, node)) {
            let quantity = i64::from(moved.quantity);
            units += if moved.from == Account::Available { quantity } else { 0 };
            units -= if moved.to == Account::Available { quantity } else { 0 };
        }
        units
    }
}

impl Shadow {
    pub fn new(setup: Setup) -> Shadow {
        Shadow {
            setup,
            orders: BTreeMap::new(),
            fulfillments: BTreeMap::new(),
            parcels: BTreeMap::new(),
            ended: BTreeMap::new(),
            sent_back: BTreeSet::new(),
            taken: BTreeSet::new(),
            turn: 0,
            promotions: promotion::Promotions::default(),
            carts: BTreeMap::new(),
            transfer: BTreeMap::new(),
        }
    }

    /// A command had an effect: it was allowed, and did what it should. `cells` have seen the transition.
    pub fn saw(&mut self, command: &Command<'_>, said: &Transition, cells: &Cells) -> Verdict {
        if !self.allows(command, said.at) {
            let once =
                matches!(command, Command::Pay { .. } | Command::Submit { .. } | Command::SubmitCart { .. });
            let invariant = if once { Invariant::I7 } else { Invariant::I6 };
            let (left, right) = ((said.step.name(), "done"), ("the shadow", "refuses it"));
            return Err(Fault::new(invariant, place(said), left, "=", right));
        }
        let before = Before { cells, said: Some(said) };
        let effect = self.apply(command, said, &before)?;
        effect.compare(said)?;
        for &(_, handle, _, _) in &said.changes().collect::<Vec<_>>() {
            self.check_order(handle)?;
        }
        self.turn += 1;
        if self.turn.is_multiple_of(RECOUNT) { self.check_holds(cells) } else { Ok(()) }
    }

    /// A command was refused: with reason.
    pub fn refused(&self, command: &Command<'_>, refusal: Refusal, cells: &Cells, now: Moment) -> Verdict {
        let before = Before { cells, said: None };
        let justified = match refusal {
            Refusal::OutOfStock => self.lacks(command, &before),
            Refusal::DuplicatePayment => self.is_duplicate(command),
            Refusal::DuplicateOrder | Refusal::SpentUp | Refusal::DuplicateRedemption => {
                !self.allows(command, now)
            }
            Refusal::WrongState | Refusal::Gone => {
                matches!(command, Command::Merge { .. }) || !self.allows(command, now)
            }
            // Nobody else is there to contend with.
            Refusal::Contended => false,
            Refusal::PlanMismatch | Refusal::Unreachable => true,
        };
        if justified {
            return Ok(());
        }
        let invariant = match refusal {
            Refusal::OutOfStock | Refusal::Contended => Invariant::I3,
            Refusal::DuplicatePayment | Refusal::DuplicateOrder => Invariant::I7,
            _ => Invariant::I6,
        };
        let (left, right) = (("refused as", refusal.name()), ("the shadow", "sees no reason"));
        Err(Fault::new(invariant, format!("{command:?}"), left, "=", right))
    }

    fn apply(
        &mut self,
        command: &Command<'_>,
        said: &Transition,
        before: &Before<'_>,
    ) -> Result<Effect, Box<Fault>> {
        match command {
            Command::Submit { .. } | Command::SubmitCart { .. } => self.submit(command, said),
            Command::Pay { order, reference, amount, hold } => {
                self.pay(*order, *reference, amount.0, hold, before)
            }
            Command::ConfirmCashOnDelivery { order, hold } => self.confirm(*order, hold, before),
            Command::Decline { order } => self.give_up(*order, OrderState::Declined),
            Command::Expire { order } => self.give_up(*order, OrderState::Expired),
            Command::Reject { order } => self.give_up(*order, OrderState::Rejected),
            Command::Cancel { order } => self.give_up(*order, OrderState::Cancelled),
            Command::Approve { order } => self.approve(*order),
            Command::Allocate { order, plan } => self.allocate(*order, plan, said),
            Command::DropBackorder { order } => self.drop_backorder(*order),
            Command::Start { fulfillment } => self.start(*fulfillment),
            Command::Pick { fulfillment } => self.pick(*fulfillment),
            Command::Short { fulfillment, sku, quantity } => self.short(*fulfillment, *sku, *quantity),
            Command::Unassign { fulfillment } => self.unassign(*fulfillment),
            Command::Merge { fulfillment, into } => self.merge(*fulfillment, *into),
            Command::Pack { fulfillment, parcels } => self.pack(*fulfillment, usize::from(*parcels), said),
            Command::Ship { parcel } => self.ship(*parcel),
            Command::Deliver { parcel } => self.deliver(*parcel),
            Command::FailDelivery { parcel } => self.fail_delivery(*parcel),
            Command::RequestReturn { parcel } => self.request_return(*parcel),
            Command::Grade { parcel, restock } => self.grade(*parcel, *restock),
            Command::Accept { order } => self.accept(*order),
            Command::Receive { sku, node, quantity } => Ok(receive(*sku, *node, *quantity)),
            Command::Lose { parcel } => self.lose(*parcel),
            Command::Replace { parcel } => self.replace(*parcel),
            Command::WriteOff { sku, node, quantity } => Ok(write_off(*sku, *node, *quantity, before)),
            Command::Redeem { .. }
            | Command::SpendPoints { .. }
            | Command::GiveBack { .. }
            | Command::ExpirePoints { .. } => Ok(self.promote(command)),
            Command::AddToCart { .. }
            | Command::SetQuantity { .. }
            | Command::RemoveFromCart { .. }
            | Command::ClearCart { .. }
            | Command::MergeCarts { .. }
            | Command::ExpireCart { .. } => Ok(self.change_cart(command, said)),
            Command::Fence { sku, node, quantity } => Ok(fence(*sku, *node, *quantity, before)),
            Command::TransferOut { sku, node, quantity } => {
                Ok(self.transfer_out(*sku, *node, *quantity, before))
            }
            Command::TransferIn { sku, node, quantity } => Ok(self.transfer_in(*sku, *node, *quantity)),
        }
    }

    /// Whether the state of its subject allows the command.
    fn allows(&self, command: &Command<'_>, at: Moment) -> bool {
        use OrderState::*;
        let order = |handle: &Handle, states: &[OrderState]| {
            self.orders.get(handle).is_some_and(|order| states.contains(&order.state))
        };
        match command {
            Command::Submit { id, .. } => !self.taken.contains(id),
            Command::Receive { .. }
            | Command::Fence { .. }
            | Command::WriteOff { .. }
            | Command::TransferOut { .. } => true,
            Command::TransferIn { sku, .. } => 0 < self.between_nodes(*sku),
            Command::Redeem { .. }
            | Command::SpendPoints { .. }
            | Command::GiveBack { .. }
            | Command::ExpirePoints { .. } => self.may_promote(command),
            Command::Pay { order, reference, .. } => self.may_pay(*order, *reference),
            Command::ConfirmCashOnDelivery { order: of, .. }
            | Command::Decline { order: of }
            | Command::Expire { order: of } => order(of, &[AwaitingPayment]),
            Command::Approve { order: of } | Command::Reject { order: of } => order(of, &[AwaitingReview]),
            Command::Allocate { order: of, plan } if plan.is_empty() => {
                order(of, &[AwaitingAllocation, Backordered])
            }
            Command::Allocate { order: of, .. } => {
                order(of, &[AwaitingAllocation, Backordered, InFulfillment])
            }
            Command::DropBackorder { order: of } => {
                order(of, &[Backordered, InFulfillment]) && self.orders[of].waits()
            }
            Command::Cancel { order: of } => {
                order(of, &[AwaitingPayment, AwaitingReview, AwaitingAllocation, Backordered])
            }
            Command::Accept { order: of } => order(of, &[Delivered]),
            Command::AddToCart { .. }
            | Command::SetQuantity { .. }
            | Command::RemoveFromCart { .. }
            | Command::ClearCart { .. }
            | Command::MergeCarts { .. }
            | Command::ExpireCart { .. }
            | Command::SubmitCart { .. } => self.cart_allows(command, at),
            _ => self.floor_allows(command),
        }
    }

    /// What shelves hold is what open orders hold there: reserved, or in fulfillment orders that are not picked.
    fn check_holds(&self, cells: &Cells) -> Verdict {
        let mut owed: BTreeMap<(SkuId, NodeId), i64> = BTreeMap::new();
        for unit in self.orders.values().flat_map(|order| &order.units) {
            let node = match unit.fate {
                Fate::Held(node) => Some(node),
                Fate::Assigned(handle) => {
                    self.fulfillments.get(&handle).filter(|own| !own.picked).map(|own| own.node)
                }
                Fate::Waiting | Fate::Dropped => None,
            };
            if let Some(node) = node {
                *owed.entry((unit.sku, node)).or_default() += 1;
            }
        }
        for (cell, units) in self.carts.values().flat_map(cart::Cart::holds) {
            *owed.entry(cell).or_default() += units;
        }
        cells.each_shelf(|sku, node, shelf| {
            let owed = owed.get(&(sku, node)).copied().unwrap_or(0);
            let place = || super::cells::cell(sku, node);
            let right = ("open reservations by the shadow", owed.into());
            equal(Invariant::I3, place, ("held on the shelf", shelf.held.into()), right)
        })
    }

    fn weight(&self, sku: SkuId) -> i128 {
        self.setup.prices.get(sku.index()).map_or(1, |price| i128::from(price.0.max(1)))
    }

    /// The money of one order.
    fn check_order(&self, handle: Handle) -> Verdict {
        let Some(order) = self.orders.get(&handle) else { return Ok(()) };
        let place = || format!("order {}", order.id.0);
        let (captured, refunded) = (("captured", order.captured.into()), ("refunded", order.refunded.into()));
        at_most(Invariant::I4, place, refunded, captured)?;
        at_most(Invariant::I4, place, captured, ("its amount", order.amount.into()))?;
        let kept = ("captured - refunded", i128::from(order.captured - order.refunded));
        let owed = ("in deposit + earned", i128::from(order.deposit + order.revenue));
        equal(Invariant::I4, place, kept, owed)?;
        at_most(Invariant::I4, place, ("nothing", 0), ("in deposit", order.deposit.into()))?;
        at_most(Invariant::I4, place, ("nothing", 0), ("earned", order.revenue.into()))
    }
}

fn receive(sku: SkuId, node: NodeId, quantity: u32) -> Effect {
    let mut effect = Effect::of(crate::domain::Step::Received);
    effect.carry(sku, node, Account::Supplier, Account::Available, quantity.into());
    effect
}

/// So many leave the books as are free.
fn write_off(sku: SkuId, node: NodeId, quantity: u32, before: &Before<'_>) -> Effect {
    let mut effect = Effect::of(crate::domain::Step::WrittenOff);
    let gone = i64::from(quantity).min(before.available(sku, node));
    effect.carry(sku, node, Account::Available, Account::Missing, gone);
    effect
}

/// So many are set aside as are free; what is set aside too much comes back.
fn fence(sku: SkuId, node: NodeId, quantity: u32, before: &Before<'_>) -> Effect {
    let mut effect = Effect::of(crate::domain::Step::Fenced);
    let fenced_after = before.cells.shelf(sku, node).fenced;
    let moves = before.said.into_iter().flat_map(|said| &said.moves);
    let put: i64 = moves
        .map(
            |moved| {
                if moved.to == Account::Fenced { moved.quantity.into() } else { -i64::from(moved.quantity) }
            },
        )
        .sum();
    let (fenced, wanted) = (fenced_after - put, i64::from(quantity));
    let more = (wanted - fenced).min(before.available(sku, node));
    match 0 < more {
        true => effect.carry(sku, node, Account::Available, Account::Fenced, more),
        false => effect.carry(sku, node, Account::Fenced, Account::Available, -more),
    }
    effect
}

fn place(said: &Transition) -> String {
    said.order.map_or("stock".to_owned(), |order| format!("order {}", order.0))
}
