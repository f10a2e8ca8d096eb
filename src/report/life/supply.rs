//! What suppliers and other nodes sent.

use super::{Rows, mean};
use crate::metrics::CostLine;
use crate::model::Model;
use crate::report::document::Unit;

impl Rows<'_> {
    pub(super) fn supply(&mut self, model: &Model) {
        if model.replenish.is_some() {
            self.replenishment(model);
        }
        if model.pre_position.is_some() {
            self.pre_position();
        }
    }

    fn replenishment(&mut self, model: &Model) {
        let (part, horizon) = ("replenishment", model.horizon);
        self.counts(
            part,
            &[
                ("orders to suppliers", |seen| seen.supply.orders.iter().sum()),
                ("units ordered", |seen| seen.supply.ordered),
                ("units supplied", |seen| seen.supply.supplied),
                ("lines asked of short shelves", |seen| seen.supply.short_lines),
            ],
        );
        self.add(part, "units found", Unit::Share, |seen| seen.supply.found_share());
        self.add(part, "mean units on hand", Unit::Count, move |seen| seen.supply.mean_on_hand(horizon));
    }

    fn pre_position(&mut self) {
        let part = "pre-position";
        self.counts(
            part,
            &[
                ("plans", |seen| seen.supply.plans),
                ("trips", |seen| seen.supply.trips),
                ("units sent", |seen| seen.supply.sent),
                ("units arrived", |seen| seen.supply.arrived),
            ],
        );
        self.add(part, "served nearby", Unit::Share, |seen| seen.supply.nearby_share());
        self.add(part, "forecast error to season before", Unit::Share, |seen| seen.supply.mase());
        self.add(part, "cost a unit", Unit::MinorMoney, |seen| {
            mean(seen.costs.of(CostLine::Transfers), seen.supply.sent)
        });
        self.add(part, "saved by plan", Unit::MinorMoney, |seen| seen.supply.saved);
        self.add(part, "at most", Unit::MinorMoney, |seen| seen.supply.bound);
    }
}
