//! The script: a run's commands dealt to workers, with handles replaced by places in each worker's own tables.
//!
//! # Why not the commands as they are
//! A handle of the run means nothing to another engine on several threads: slots are taken in another order.
//! A place in the worker's table is filled when the engine makes the subject. A step has 24 bytes and is read in
//! sequence, so the script itself costs the player next to nothing.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::domain::{
    CartId, CartMerge, Command, CouponId, CustomerId, Handle, Line, MethodId, Money, NodeId, OrderId,
    PaymentMethodId, Refusal, SkuId, Subject, Transition, ZoneId,
};
use crate::journal::Sink;
use crate::kernel::time::Moment;

/// What a step asks the engine for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Verb {
    Submit,
    Pay,
    ConfirmCashOnDelivery,
    Decline,
    Expire,
    Approve,
    Reject,
    Allocate,
    DropBackorder,
    Cancel,
    Start,
    Pick,
    Merge,
    Pack,
    Ship,
    Deliver,
    FailDelivery,
    RequestReturn,
    Grade,
    Accept,
    Receive,
    Fence,
    Unassign,
    WriteOff,
    Lose,
    Short,
    Replace,
    Redeem,
    SpendPoints,
    GiveBack,
    ExpirePoints,
    AddToCart,
    SetQuantity,
    RemoveFromCart,
    ClearCart,
    MergeCarts,
    ExpireCart,
    SubmitCart,
    TransferOut,
    TransferIn,
}

impl Verb {
    pub const ALL: [(Verb, &str); 40] = [
        (Verb::Submit, "submit"),
        (Verb::Pay, "pay"),
        (Verb::ConfirmCashOnDelivery, "confirm-cash-on-delivery"),
        (Verb::Decline, "decline"),
        (Verb::Expire, "expire"),
        (Verb::Approve, "approve"),
        (Verb::Reject, "reject"),
        (Verb::Allocate, "allocate"),
        (Verb::DropBackorder, "drop-backorder"),
        (Verb::Cancel, "cancel"),
        (Verb::Start, "start"),
        (Verb::Pick, "pick"),
        (Verb::Merge, "merge"),
        (Verb::Pack, "pack"),
        (Verb::Ship, "ship"),
        (Verb::Deliver, "deliver"),
        (Verb::FailDelivery, "fail-delivery"),
        (Verb::RequestReturn, "request-return"),
        (Verb::Grade, "grade"),
        (Verb::Accept, "accept"),
        (Verb::Receive, "receive"),
        (Verb::Fence, "fence"),
        (Verb::Unassign, "unassign"),
        (Verb::WriteOff, "write-off"),
        (Verb::Lose, "lose"),
        (Verb::Short, "short"),
        (Verb::Replace, "replace"),
        (Verb::Redeem, "redeem"),
        (Verb::SpendPoints, "spend-points"),
        (Verb::GiveBack, "give-back"),
        (Verb::ExpirePoints, "expire-points"),
        (Verb::AddToCart, "add-to-cart"),
        (Verb::SetQuantity, "set-quantity"),
        (Verb::RemoveFromCart, "remove-from-cart"),
        (Verb::ClearCart, "clear-cart"),
        (Verb::MergeCarts, "merge-carts"),
        (Verb::ExpireCart, "expire-cart"),
        (Verb::SubmitCart, "submit-cart"),
        (Verb::TransferOut, "transfer-out"),
        (Verb::TransferIn, "transfer-in"),
    ];
}

/// One command.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Its business instant.
    pub at: Moment,
    /// Its number in the whole script: the schedule of an open loop.
    pub number: u32,
    /// Place of the order, fulfillment order or parcel.
    pub subject: u32,
    /// Basket, payment or stock movement, or the place that is merged into; by verb.
    pub side: u32,
    pub verb: Verb,
    /// Parcels to pack into; whether a returned parcel is restocked.
    pub small: u8,
    /// Fulfillment orders or parcels that it made in the run: their places come next.
    pub made: u16,
}

#[derive(Debug, Clone)]
pub struct Basket {
    pub id: OrderId,
    pub customer: CustomerId,
    pub zone: ZoneId,
    pub method: MethodId,
    pub payment: PaymentMethodId,
    pub amount: Money,
    pub promised: Moment,
    pub lines: Range<u32>,
    pub cart: Option<CartId>,
}

#[derive(Debug, Clone, Copy)]
pub struct Payment {
    pub reference: u64,
    pub amount: Money,
}

#[derive(Debug, Clone, Copy)]
pub struct Movement {
    pub sku: SkuId,
    pub node: NodeId,
    pub quantity: u32,
}

/// Coupons or points: what the command does not say stays empty.
#[derive(Debug, Default, Clone, Copy)]
pub struct Promotion {
    pub id: OrderId,
    pub customer: CustomerId,
    pub coupon: CouponId,
    pub amount: Money,
}

/// A change of a cart, or its end: what the command does not say stays empty.
#[derive(Debug, Default, Clone, Copy)]
pub struct CartChange {
    pub cart: CartId,
    /// The guest's, that ends in the other one.
    pub from: CartId,
    pub sku: SkuId,
    pub quantity: u32,
    pub hold: Option<NodeId>,
    pub rule: CartMerge,
}

/// One worker's commands and the sizes of its tables.
#[derive(Debug, Default)]
pub struct Lane {
    pub steps: Vec<Step>,
    pub baskets: Vec<Basket>,
    pub lines: Vec<Line>,
    pub payments: Vec<Payment>,
    pub movements: Vec<Movement>,
    pub promotions: Vec<Promotion>,
    pub carts: Vec<CartChange>,
    pub orders: u32,
    pub fulfillments: u32,
    pub parcels: u32,
}

/// All commands of a run. Feed it as the sink of a simulation, then `play` it.
#[derive(Debug)]
pub struct Script {
    pub lanes: Vec<Lane>,
    /// Commands in all lanes.
    pub commands: u32,
    /// Orders that the run submitted.
    pub orders: u64,
    /// The most orders in flight at once: so many slots are made before the clock starts.
    pub peak_in_flight: u64,
    /// Commands about orders, fulfillment orders or parcels that were never made: the tape is of another shop.
    pub foreign: u64,
    orders_at: FxHashMap<Handle, Place>,
    fulfillments_at: FxHashMap<Handle, Place>,
    parcels_at: FxHashMap<Handle, Place>,
    redeemed_at: FxHashMap<OrderId, u32>,
}

/// Lane, and place in its table.
type Place = (u32, u32);

impl Script {
    /// For so many workers. Panics on none.
    pub fn new(workers: usize) -> Script {
        assert!(0 < workers, "a script for nobody");
        Script {
            lanes: (0..workers).map(|_| Lane::default()).collect(),
            commands: 0,
            orders: 0,
            peak_in_flight: 0,
            foreign: 0,
            orders_at: FxHashMap::default(),
            fulfillments_at: FxHashMap::default(),
            parcels_at: FxHashMap::default(),
            redeemed_at: FxHashMap::default(),
        }
    }

    /// Ends the recording, with the most orders that it had in flight at once; frees what only it needed.
    pub fn close(&mut self, peak_in_flight: u64) {
        self.peak_in_flight = peak_in_flight;
        (self.orders_at, self.fulfillments_at, self.parcels_at) = Default::default();
        self.redeemed_at = FxHashMap::default();
    }

    /// Business time from the first command to the last, without the first so many of each lane.
    pub(super) fn times(&self, without: &[usize]) -> Range<Moment> {
        let lanes = || self.lanes.iter().zip(without).map(|(lane, &from)| &lane.steps[from..]);
        let first = lanes().filter_map(|steps| steps.first()).map(|step| step.at).min();
        let last = lanes().filter_map(|steps| steps.last()).map(|step| step.at).max();
        first.unwrap_or(Moment::ZERO)..last.unwrap_or(Moment::ZERO)
    }

    pub fn bytes(&self) -> u64 {
        let lane = |lane: &Lane| {
            size_of_val(&*lane.steps)
                + size_of_val(&*lane.baskets)
                + size_of_val(&*lane.lines)
                + size_of_val(&*lane.payments)
                + size_of_val(&*lane.carts)
        };
        self.lanes.iter().map(lane).sum::<usize>() as u64
    }

    fn order(&self, order: Handle) -> Option<Place> {
        self.orders_at.get(&order).copied()
    }

    fn fulfillment(&self, fulfillment: Handle) -> Option<Place> {
        self.fulfillments_at.get(&fulfillment).copied()
    }

    fn parcel(&self, parcel: Handle) -> Option<Place> {
        self.parcels_at.get(&parcel).copied()
    }

    /// A command about nothing that was ever made is counted and left out.
    fn push(&mut self, at: Moment, verb: Verb, place: Option<Place>, side: u32, small: u8) {
        let Some((lane, subject)) = place else {
            self.foreign += 1;
            return;
        };
        let number = self.commands;
        self.commands = number.checked_add(1).expect("fewer than four thousand million commands");
        self.lanes[lane as usize].steps.push(Step { at, number, subject, side, verb, small, made: 0 });
    }

    /// An order goes to its customer's lane, or to that of the cart that it was.
    fn submit(&mut self, at: Moment, basket: Basket, lines: &[Line], outcome: Result<&Transition, Refusal>) {
        let (index, verb) = match basket.cart {
            Some(cart) => (self.lane_of(cart), Verb::SubmitCart),
            None => (basket.customer.0 % self.lanes.len() as u32, Verb::Submit),
        };
        let lane = &mut self.lanes[index as usize];
        let (place, side, from) = (lane.orders, lane.baskets.len() as u32, lane.lines.len() as u32);
        lane.orders += 1;
        lane.lines.extend_from_slice(lines);
        lane.baskets.push(Basket { lines: from..lane.lines.len() as u32, ..basket });
        self.orders += 1;
        self.push(at, verb, Some((index, place)), side, 0);
        if let Ok(Transition { subject: Subject::Order(handle), .. }) = outcome {
            self.orders_at.insert(*handle, (index, place));
        }
    }

    fn pay(&mut self, at: Moment, order: Handle, payment: Payment) {
        let place = self.order(order);
        let payments = &mut self.lanes[place.unwrap_or_default().0 as usize].payments;
        payments.push(payment);
        let side = payments.len() as u32 - 1;
        self.push(at, Verb::Pay, place, side, 0);
    }

    fn merge(&mut self, at: Moment, fulfillment: Handle, into: Handle) {
        let (place, into) = (self.fulfillment(fulfillment), self.fulfillment(into));
        // An order that was a cart is in the cart's lane; what its customer has in another one is not packed with it.
        if place.zip(into).is_none_or(|(place, into)| place.0 == into.0) {
            self.push(at, Verb::Merge, place.filter(|_| into.is_some()), into.unwrap_or_default().1, 0);
        }
    }

    fn short(&mut self, at: Moment, fulfillment: Handle, sku: SkuId, quantity: u32) {
        let place = self.fulfillment(fulfillment);
        let movements = &mut self.lanes[place.unwrap_or_default().0 as usize].movements;
        movements.push(Movement { sku, node: NodeId(0), quantity });
        let side = movements.len() as u32 - 1;
        self.push(at, Verb::Short, place, side, 0);
    }

    /// Stock moves come to the first worker.
    fn movement(&mut self, at: Moment, verb: Verb, movement: Movement) {
        let movements = &mut self.lanes[0].movements;
        movements.push(movement);
        let side = movements.len() as u32 - 1;
        self.push(at, verb, Some((0, 0)), side, 0);
    }

    /// Of a customer: in the lane of their orders. What an order gives back goes to the lane of whoever redeemed.
    fn promote(&mut self, at: Moment, verb: Verb, promotion: Promotion, coupons: bool) {
        let lanes = self.lanes.len() as u32;
        let index = match verb {
            Verb::GiveBack => self.redeemed_at.remove(&promotion.id).unwrap_or(0),
            _ => promotion.customer.0 % lanes,
        };
        if matches!(verb, Verb::Redeem | Verb::SpendPoints) {
            self.redeemed_at.insert(promotion.id, index);
        }
        let promotions = &mut self.lanes[index as usize].promotions;
        promotions.push(promotion);
        let side = promotions.len() as u32 - 1;
        self.push(at, verb, Some((index, 0)), side, u8::from(coupons));
    }

    fn lane_of(&self, cart: CartId) -> u32 {
        (cart.0 % self.lanes.len() as u64) as u32
    }

    /// All changes of a cart are in one lane, and so in their order; a guest's log-in is in that of the cart that stays.
    fn change_cart(&mut self, at: Moment, verb: Verb, change: CartChange) {
        let index = self.lane_of(change.cart);
        let carts = &mut self.lanes[index as usize].carts;
        carts.push(change);
        let side = carts.len() as u32 - 1;
        self.push(at, verb, Some((index, 0)), side, 0);
    }

    /// The subjects that the last command made get the next places of its lane.
    fn made(&mut self, place: Option<Place>, verb: Verb, outcome: Result<&Transition, Refusal>) {
        let (Ok(Transition { created, .. }), Some((lane, _))) = (outcome, place) else { return };
        let own = &mut self.lanes[lane as usize];
        own.steps.last_mut().expect("the command was just pushed").made = created.len() as u16;
        let (next, table) = match verb {
            Verb::Pack => (&mut own.parcels, &mut self.parcels_at),
            _ => (&mut own.fulfillments, &mut self.fulfillments_at),
        };
        for &handle in created {
            table.insert(handle, (lane, *next));
            *next += 1;
        }
    }
}

impl Sink for Script {
    fn saw(&mut self, at: Moment, command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        match *command {
            Command::Submit { id, customer, zone, method, payment, amount, promised, ref lines, .. } => {
                let lines_at = Range::default();
                let basket = Basket {
                    id,
                    customer,
                    zone,
                    method,
                    payment,
                    amount,
                    promised,
                    lines: lines_at,
                    cart: None,
                };
                self.submit(at, basket, lines, outcome);
            }
            Command::SubmitCart {
                cart,
                id,
                customer,
                zone,
                method,
                payment,
                amount,
                promised,
                ref lines,
                ..
            } => {
                let lines_at = Range::default();
                let cart = Some(cart);
                let basket =
                    Basket { id, customer, zone, method, payment, amount, promised, lines: lines_at, cart };
                self.submit(at, basket, lines, outcome);
            }
            Command::AddToCart { cart, sku, quantity, hold } => {
                let change = CartChange { cart, sku, quantity, hold, ..CartChange::default() };
                self.change_cart(at, Verb::AddToCart, change)
            }
            Command::SetQuantity { cart, sku, quantity, hold } => {
                let change = CartChange { cart, sku, quantity, hold, ..CartChange::default() };
                self.change_cart(at, Verb::SetQuantity, change)
            }
            Command::RemoveFromCart { cart, sku } => {
                self.change_cart(at, Verb::RemoveFromCart, CartChange { cart, sku, ..CartChange::default() })
            }
            Command::ClearCart { cart } => {
                self.change_cart(at, Verb::ClearCart, CartChange { cart, ..CartChange::default() })
            }
            Command::ExpireCart { cart } => {
                self.change_cart(at, Verb::ExpireCart, CartChange { cart, ..CartChange::default() })
            }
            Command::MergeCarts { from, into, rule } => {
                let change = CartChange { cart: into, from, rule, ..CartChange::default() };
                self.change_cart(at, Verb::MergeCarts, change)
            }
            Command::Pay { order, reference, amount, .. } => {
                self.pay(at, order, Payment { reference, amount })
            }
            Command::ConfirmCashOnDelivery { order, .. } => {
                self.push(at, Verb::ConfirmCashOnDelivery, self.order(order), 0, 0)
            }
            Command::Decline { order } => self.push(at, Verb::Decline, self.order(order), 0, 0),
            Command::Expire { order } => self.push(at, Verb::Expire, self.order(order), 0, 0),
            Command::Approve { order } => self.push(at, Verb::Approve, self.order(order), 0, 0),
            Command::Reject { order } => self.push(at, Verb::Reject, self.order(order), 0, 0),
            Command::Allocate { order, .. } => {
                let place = self.order(order);
                self.push(at, Verb::Allocate, place, 0, 0);
                self.made(place, Verb::Allocate, outcome);
            }
            Command::DropBackorder { order } => self.push(at, Verb::DropBackorder, self.order(order), 0, 0),
            Command::Cancel { order } => self.push(at, Verb::Cancel, self.order(order), 0, 0),
            Command::Start { fulfillment } => self.push(at, Verb::Start, self.fulfillment(fulfillment), 0, 0),
            Command::Pick { fulfillment } => self.push(at, Verb::Pick, self.fulfillment(fulfillment), 0, 0),
            Command::Unassign { fulfillment } => {
                self.push(at, Verb::Unassign, self.fulfillment(fulfillment), 0, 0)
            }
            Command::Merge { fulfillment, into } => self.merge(at, fulfillment, into),
            Command::Pack { fulfillment, parcels } => {
                let place = self.fulfillment(fulfillment);
                self.push(at, Verb::Pack, place, 0, parcels);
                self.made(place, Verb::Pack, outcome);
            }
            Command::Ship { parcel } => self.push(at, Verb::Ship, self.parcel(parcel), 0, 0),
            Command::Deliver { parcel } => self.push(at, Verb::Deliver, self.parcel(parcel), 0, 0),
            Command::FailDelivery { parcel } => self.push(at, Verb::FailDelivery, self.parcel(parcel), 0, 0),
            Command::RequestReturn { parcel } => {
                self.push(at, Verb::RequestReturn, self.parcel(parcel), 0, 0)
            }
            Command::Grade { parcel, restock } => {
                self.push(at, Verb::Grade, self.parcel(parcel), 0, u8::from(restock))
            }
            Command::Accept { order } => self.push(at, Verb::Accept, self.order(order), 0, 0),
            Command::Receive { sku, node, quantity } => {
                self.movement(at, Verb::Receive, Movement { sku, node, quantity })
            }
            Command::Short { fulfillment, sku, quantity } => self.short(at, fulfillment, sku, quantity),
            Command::Fence { sku, node, quantity } => {
                self.movement(at, Verb::Fence, Movement { sku, node, quantity })
            }
            Command::WriteOff { sku, node, quantity } => {
                self.movement(at, Verb::WriteOff, Movement { sku, node, quantity })
            }
            Command::Redeem { id, customer, coupon, amount } => {
                self.promote(at, Verb::Redeem, Promotion { id, customer, coupon, amount }, false)
            }
            Command::SpendPoints { id, customer, points } => {
                let promotion = Promotion { id, customer, amount: points, ..Promotion::default() };
                self.promote(at, Verb::SpendPoints, promotion, false)
            }
            Command::GiveBack { id, coupons } => {
                self.promote(at, Verb::GiveBack, Promotion { id, ..Promotion::default() }, coupons)
            }
            Command::ExpirePoints { customer, points } => {
                let promotion = Promotion { customer, amount: points, ..Promotion::default() };
                self.promote(at, Verb::ExpirePoints, promotion, false)
            }
            Command::TransferOut { sku, node, quantity } => {
                self.movement(at, Verb::TransferOut, Movement { sku, node, quantity })
            }
            Command::TransferIn { sku, node, quantity } => {
                self.movement(at, Verb::TransferIn, Movement { sku, node, quantity })
            }
            Command::Lose { parcel } => self.push(at, Verb::Lose, self.parcel(parcel), 0, 0),
            Command::Replace { parcel } => self.push(at, Verb::Replace, self.parcel(parcel), 0, 0),
        }
    }
}
