//! The draft: what one order asks for, before the shop has said yes. One buffer serves all orders.

use crate::domain::order::MAX_LINE_QUANTITY;
use crate::domain::{CarrierId, CustomerId, Line, MethodId, Money, PaymentMethodId, SkuId, ZoneId};

/// Who orders what, to where, how paid. Lines name distinct SKUs.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct OrderDraft {
    pub customer: CustomerId,
    pub zone: ZoneId,
    pub method: MethodId,
    pub payment: PaymentMethodId,
    pub lines: Vec<Line>,
    /// Price of all units, without delivery.
    pub goods: Money,
    /// Who brings it, where the shopper chose among offers, and what that costs beside the method's price.
    pub carrier: Option<CarrierId>,
    pub surcharge: Money,
}

impl OrderDraft {
    pub fn units(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.quantity)).sum()
    }

    /// Adds units to the line of that SKU, or a line; a line never grows beyond the most units of a line.
    #[inline]
    pub fn add(&mut self, sku: SkuId, quantity: u32) {
        match self.lines.iter_mut().find(|line| line.sku == sku) {
            Some(line) => line.quantity = (line.quantity + quantity).min(MAX_LINE_QUANTITY),
            None => self.lines.push(Line { sku, quantity }),
        }
    }
}
