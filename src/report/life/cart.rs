//! Rows of carts, wishlists, signed callbacks and payment methods that are missing.

use super::{Rows, mean};
use crate::model::Model;
use crate::report::document::Unit;

impl Rows<'_> {
    pub(super) fn carts(&mut self, model: &Model) {
        if model.cart.is_some() {
            self.cart(model.horizon.0);
        }
        if model.wishlist.is_some() {
            self.wishes();
        }
        if model.signing.is_some() {
            self.callbacks();
        }
        if model.choosy.is_some() {
            self.choosy(model);
        }
    }

    fn cart(&mut self, horizon_us: u64) {
        let part = "cart";
        self.counts(
            part,
            &[
                ("begun", |seen| seen.carts.begun),
                ("operations", |seen| seen.carts.operations()),
                ("lines added", |seen| seen.carts.added),
                ("quantities changed", |seen| seen.carts.changed),
                ("lines removed", |seen| seen.carts.removed),
                ("merged at log-in", |seen| seen.carts.merged),
                ("refused adds", |seen| seen.carts.refused),
                ("expired", |seen| seen.carts.expired),
                ("ordered", |seen| seen.carts.orders),
            ],
        );
        self.add(part, "abandoned", Unit::Share, |seen| {
            mean(seen.carts.begun.saturating_sub(seen.carts.orders) as f64, seen.carts.begun)
        });
        self.add(part, "units held", Unit::Count, |seen| mean(seen.carts.held_area as f64, horizon_us));
    }

    fn wishes(&mut self) {
        let part = "wishlist";
        self.counts(
            part,
            &[
                ("wishes", |seen| seen.wishes.wished),
                ("told", |seen| seen.wishes.told),
                ("returned", |seen| seen.wishes.returned),
                ("ordered", |seen| seen.wishes.ordered),
            ],
        );
        self.add(part, "ordered of wishes", Unit::Share, |seen| {
            mean(seen.wishes.ordered as f64, seen.wishes.wished)
        });
        self.add(part, "from word to order", Unit::Seconds, |seen| {
            mean(seen.wishes.until_order_us as f64 / 1e6, seen.wishes.ordered)
        });
    }

    fn callbacks(&mut self) {
        let part = "callbacks";
        self.counts(
            part,
            &[
                ("verified", |seen| seen.callbacks.verified),
                ("by the old key", |seen| seen.callbacks.by_the_old_key),
                ("sent again", |seen| seen.callbacks.sent_again),
                ("given up", |seen| seen.callbacks.given_up),
                ("forged", |seen| seen.callbacks.forged),
                ("replayed", |seen| seen.callbacks.replayed),
                ("refused as forged", |seen| seen.callbacks.refused_forged),
                ("refused as replayed", |seen| seen.callbacks.refused_replayed),
                ("refused as too old", |seen| seen.callbacks.refused_too_old),
                ("let through", |seen| seen.callbacks.let_through),
            ],
        );
        self.add(part, "age", Unit::Seconds, |seen| {
            mean(seen.callbacks.age_us as f64 / 1e6, seen.callbacks.verified)
        });
    }

    /// What a method is worth: if it were not offered, so many of the orders that prefer it would be lost.
    fn choosy(&mut self, model: &Model) {
        let loss = model.choosy.as_ref().map_or(0.0, |choosy| choosy.loss);
        for (index, method) in model.payment.iter().enumerate() {
            let part = format!("prefer {}", method.name);
            self.add(&part, "shoppers", Unit::Count, |seen| seen.preferred[index].shoppers as f64);
            self.add(&part, "lost", Unit::Count, |seen| seen.preferred[index].lost as f64);
            self.add(&part, "goods that hang on it", Unit::MinorMoney, |seen| {
                let own = seen.preferred[index];
                if own.offered { own.goods as f64 * loss } else { own.lost_goods as f64 }
            });
        }
    }
}
