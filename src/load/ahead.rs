//! Look-ahead: the lines that a step will touch are asked for in good time, a link of their chain at a time.
//!
//! ```text
//! step -> handle -> parcel -> lead fulfillment order -> order
//!                   fulfillment order ----------------> order
//!                   order -> first fulfillment order -> its parcel
//!                   order -> its SKUs -> shelf, ledger, price
//! ```
//!
//! # Why
//! A million orders in flight are far larger than any cache, and a step meets two to five cold lines, each found
//! through the one before: 100 to 300 ns one after the other, against some 30 ns of work. The script knows what
//! comes: so lines of many steps travel at once, and none is waited for.

use super::script::{Step, Verb};
use super::worker::Worker;
use crate::domain::Handle;
use crate::kernel::prefetch::prefetch_read;

/// How many steps ahead each link is read; the one before has had the distance between them to come.
const HANDLE: usize = 40;
const FIRST: usize = 30;
const SECOND: usize = 20;
const THIRD: usize = 12;
const FOURTH: usize = 5;

/// What a step speaks of.
enum Subject {
    Basket,
    Shelf,
    Order,
    /// An order about to finish: its fulfillment orders and parcels go with it.
    LastOfOrder,
    Fulfillment,
    Parcel,
}

impl Verb {
    #[inline]
    const fn subject(self) -> Subject {
        match self {
            Verb::Submit | Verb::SubmitCart => Subject::Basket,
            Verb::Receive
            | Verb::Fence
            | Verb::WriteOff
            | Verb::TransferOut
            | Verb::TransferIn
            | Verb::Redeem
            | Verb::SpendPoints
            | Verb::GiveBack
            | Verb::ExpirePoints
            | Verb::AddToCart
            | Verb::SetQuantity
            | Verb::RemoveFromCart
            | Verb::ClearCart
            | Verb::MergeCarts
            | Verb::ExpireCart => Subject::Shelf,
            Verb::Accept => Subject::LastOfOrder,
            Verb::Start | Verb::Pick | Verb::Merge | Verb::Pack | Verb::Unassign | Verb::Short => {
                Subject::Fulfillment
            }
            Verb::Ship
            | Verb::Deliver
            | Verb::FailDelivery
            | Verb::Lose
            | Verb::Replace
            | Verb::RequestReturn
            | Verb::Grade => Subject::Parcel,
            _ => Subject::Order,
        }
    }
}

impl Worker<'_> {
    /// Asks for what the steps after this one need.
    #[inline]
    pub(super) fn look_ahead(&self, steps: &[Step], index: usize) {
        if let Some(step) = steps.get(index + HANDLE) {
            self.ask_handle(step);
        }
        if let Some(step) = steps.get(index + FIRST) {
            self.ask_subject(step);
        }
        if let Some(step) = steps.get(index + SECOND) {
            self.ask_second(step);
        }
        if let Some(step) = steps.get(index + THIRD) {
            self.ask_third(step);
        }
        if let Some(step) = steps.get(index + FOURTH) {
            self.ask_fourth(step);
        }
    }

    #[inline]
    fn ask_handle(&self, step: &Step) {
        let place = step.subject as usize;
        match step.verb.subject() {
            Subject::Basket | Subject::Shelf => {}
            Subject::Order | Subject::LastOfOrder => prefetch_read(&self.orders[place]),
            Subject::Fulfillment => {
                prefetch_read(&self.fulfillments[place]);
                prefetch_read(&self.nodes[place]);
            }
            Subject::Parcel => prefetch_read(&self.parcels[place]),
        }
    }

    #[inline]
    fn ask_subject(&self, step: &Step) {
        let place = step.subject as usize;
        match step.verb.subject() {
            Subject::Basket => {
                let lane = self.lane;
                let lines = &lane.baskets[step.side as usize].lines;
                let lines = &lane.lines[lines.start as usize..lines.end as usize];
                for line in lines {
                    self.engine.prefetch_shelf(line.sku);
                    prefetch_read(self.model.catalog().sku(line.sku));
                }
            }
            Subject::Shelf => {}
            Subject::Order => self.engine.prefetch_order(self.orders[place]),
            Subject::LastOfOrder => {
                self.engine.prefetch_order(self.orders[place]);
                self.engine.prefetch_file(self.orders[place]);
            }
            Subject::Fulfillment => self.engine.prefetch_fulfillment(self.fulfillments[place]),
            Subject::Parcel => self.engine.prefetch_parcel(self.parcels[place]),
        }
    }

    #[inline]
    fn ask_second(&self, step: &Step) {
        let place = step.subject as usize;
        match step.verb.subject() {
            Subject::LastOfOrder => {
                if let Some(first) = self.engine.first_slot(self.orders[place]) {
                    self.engine.prefetch_fulfillment(first);
                }
            }
            Subject::Fulfillment => self.ask_order_in(self.fulfillments[place]),
            Subject::Parcel => {
                if let Some(lead) = self.engine.lead_slot(self.parcels[place]) {
                    self.engine.prefetch_fulfillment(lead);
                }
            }
            Subject::Order if step.verb == Verb::Allocate => {
                let catalog = self.model.catalog();
                self.engine.prefetch_goods(self.orders[place], |sku| prefetch_read(catalog.sku(sku)));
            }
            Subject::Basket | Subject::Shelf | Subject::Order => {}
        }
    }

    #[inline]
    fn ask_third(&self, step: &Step) {
        let place = step.subject as usize;
        match step.verb.subject() {
            Subject::LastOfOrder => {
                let first = self.engine.first_slot(self.orders[place]);
                if let Some(parcel) = first.and_then(|first| self.engine.parcel_slot(first)) {
                    self.engine.prefetch_parcel(parcel);
                }
            }
            Subject::Parcel => {
                if let Some(lead) = self.engine.lead_slot(self.parcels[place]) {
                    self.ask_order_in(lead);
                }
            }
            Subject::Fulfillment if step.verb == Verb::Pick => self.ask_goods_in(self.fulfillments[place]),
            _ => {}
        }
    }

    #[inline]
    fn ask_fourth(&self, step: &Step) {
        if let Subject::Parcel = step.verb.subject()
            && let Some(lead) = self.engine.lead_slot(self.parcels[step.subject as usize])
        {
            self.ask_goods_in(lead);
        }
    }

    #[inline]
    fn ask_goods_in(&self, fulfillment: Handle) {
        if let Some(order) = self.engine.order_in(fulfillment) {
            self.engine.prefetch_goods(order, |_| {});
        }
    }

    #[inline]
    fn ask_order_in(&self, fulfillment: Handle) {
        if let Some(order) = self.engine.order_in(fulfillment) {
            self.engine.prefetch_order(order);
        }
    }
}
