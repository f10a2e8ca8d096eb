//! Visitors who never order: how many leave at browse and at the cart, hour by hour.
//!
//! # Why counts and not shoppers
//! A Poisson stream of visitors whose choices are independent splits into independent Poisson streams (the
//! coloring theorem of Kingman, "Poisson Processes"): those who order, who leave the cart, who leave while
//! browsing. The orders are the stream that is simulated; the other two are counts, exact without a shopper.

use crate::kernel::draw::{Draw, Purpose};
use crate::scenario::spec::Shop;

use super::poisson;
use super::tables::DemandTables;

const AT_BROWSE: Purpose = Purpose::named("visitors-lost-at-browse");
const AT_CART: Purpose = Purpose::named("visitors-lost-at-cart");

/// Visitors of one hour who did not order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LostVisitors {
    /// Put nothing into the cart.
    pub at_browse: u64,
    /// Left a cart behind.
    pub at_cart: u64,
}

/// Expected visitors by hour, at the reference load time.
#[derive(Debug, Clone, PartialEq)]
pub struct Visitors {
    hourly_orders: Vec<f64>,
    browse_each: f64,
    cart_each: f64,
}

impl Visitors {
    pub fn new(tables: &DemandTables, shop: &Shop) -> Visitors {
        Visitors::from_hourly(tables.expected_orders_by_hour().to_vec(), shop)
    }

    /// A visitor orders with probability `cart_rate x (1 - cart_abandonment)`.
    fn from_hourly(hourly_orders: Vec<f64>, shop: &Shop) -> Visitors {
        let orders = shop.cart_rate * (1.0 - shop.cart_abandonment);
        let each = |share: f64| if 0.0 < orders { share / orders } else { 0.0 };
        Visitors {
            hourly_orders,
            browse_each: each(1.0 - shop.cart_rate),
            cart_each: each(shop.cart_rate * shop.cart_abandonment),
        }
    }

    pub fn hours(&self) -> usize {
        self.hourly_orders.len()
    }

    /// Visitors of one hour who do not order; hangs on the hour alone. Nobody beyond the horizon.
    pub fn lost(&self, draw: &Draw, hour: usize) -> LostVisitors {
        let orders = self.hourly_orders.get(hour).copied().unwrap_or(0.0);
        let count =
            |purpose, each: f64| poisson::inverse(orders * each, draw.uniform(purpose, hour as u64, 0));
        LostVisitors {
            at_browse: count(AT_BROWSE, self.browse_each),
            at_cart: count(AT_CART, self.cart_each),
        }
    }

    /// Mean visitors lost over all hours: at browse, and at the cart.
    pub fn expected_lost(&self) -> (f64, f64) {
        let orders: f64 = self.hourly_orders.iter().sum();
        (orders * self.browse_each, orders * self.cart_each)
    }

    /// Mean visitors of all hours: those lost and those who order.
    pub fn expected(&self) -> f64 {
        self.hourly_orders.iter().sum::<f64>() * (1.0 + self.browse_each + self.cart_each)
    }
}
