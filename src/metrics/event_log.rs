//! The event log: every transition of a sample of orders, for process mining.
//! An order is in the sample by the hash of its number, so the same orders are seen in every run.

use crate::domain::{Handle, Money, NodeId, OrderId, OrderState, Step, Subject, Transition};
use crate::kernel::draw::mix;
use crate::kernel::time::Moment;

/// One transition of one sampled order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRow {
    pub at: Moment,
    pub step: Step,
    pub order: OrderId,
    pub subject: Subject,
    pub to: OrderState,
}

/// A sampled order, as it was submitted. Indices into the model's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedOrder {
    pub order: OrderId,
    pub zone: u16,
    pub method: u8,
    pub payment: u8,
    pub amount: Money,
    pub lines: u32,
    pub units: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedFulfillment {
    pub handle: Handle,
    pub order: OrderId,
    pub node: NodeId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedParcel {
    pub handle: Handle,
    pub fulfillment: Handle,
    pub carrier: u8,
    pub weight_g: u32,
}

/// One order in `one_in` is logged; zero logs none.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    one_in: u64,
    pub rows: Vec<LogRow>,
    pub orders: Vec<LoggedOrder>,
    pub fulfillments: Vec<LoggedFulfillment>,
    pub parcels: Vec<LoggedParcel>,
}

impl EventLog {
    pub fn new(one_in: u64) -> EventLog {
        EventLog { one_in, ..EventLog::default() }
    }

    #[inline]
    pub fn wants(&self, order: OrderId) -> bool {
        self.one_in != 0 && mix(order.0).is_multiple_of(self.one_in)
    }

    #[inline]
    pub fn saw(&mut self, transition: &Transition) {
        if self.one_in == 0 {
            return;
        }
        for (order, _, _, to) in transition.changes() {
            if self.wants(order) {
                let (at, step, subject) = (transition.at, transition.step, transition.subject);
                self.rows.push(LogRow { at, step, order, subject, to });
            }
        }
    }

    /// The carrier is known when the label is bought.
    pub fn labelled(&mut self, order: OrderId, parcel: Handle, carrier: u8) {
        if !self.wants(order) {
            return;
        }
        if let Some(row) = self.parcels.iter_mut().rev().find(|row| row.handle == parcel) {
            row.carrier = carrier;
        }
    }
}
