//! Figures of the time after the door: returns, complaints, and what shoppers make of it all.

use super::super::document::Unit;
use super::{Rows, mean};
use crate::metrics::CostLine;
use crate::model::{Complaints, Returns};

impl Rows<'_> {
    pub(super) fn returns(&mut self, returns: &Returns) {
        let part = "returns";
        self.counts(
            part,
            &[
                ("asked", |seen| seen.returns.asked),
                ("after the window", |seen| seen.returns.too_late),
                ("declined", |seen| seen.returns.declined),
                ("approved", |seen| seen.returns.approved),
                ("fetched", |seen| seen.returns.fetched),
            ],
        );
        self.add(part, "return rate", Unit::Share, |seen| {
            mean(seen.returns.approved as f64, seen.delivered.max(seen.returns.approved))
        });
        for (grade, name) in ["A", "B", "C", "scrap"].into_iter().enumerate() {
            let measure = format!("grade {name}");
            self.add(part, &measure, Unit::Count, |seen| seen.returns.grades[grade] as f64);
        }
        self.add(part, "price of what came back", Unit::MinorMoney, |seen| seen.returns.value as f64);
        self.add(part, "recovered", Unit::MinorMoney, |seen| seen.returns.recovered);
        self.add(part, "time to refund", Unit::Seconds, |seen| seen.returns.refund.mean_s());
        self.add(part, "time to refund, 95 % within", Unit::Seconds, |seen| {
            seen.returns.refund.quantile_s(0.95)
        });
        if 0.0 < returns.exchange {
            self.counts(
                "exchanges",
                &[
                    ("wanted", |seen| seen.returns.exchanges_wanted),
                    ("held", |seen| seen.returns.exchanges_held),
                    ("out of stock", |seen| seen.returns.exchanges_wanted - seen.returns.exchanges_held),
                ],
            );
            self.add("exchanges", "share of returns", Unit::Share, |seen| {
                mean(seen.returns.exchanges_held as f64, seen.returns.approved)
            });
        }
    }

    pub(super) fn complaints(&mut self, complaints: &Complaints) {
        let part = "complaints";
        for (index, tier) in complaints.tiers.iter().enumerate() {
            let measure = format!("opened: {}", tier.name);
            self.add(part, &measure, Unit::Count, |seen| seen.complaints.opened[index] as f64);
        }
        self.counts(
            part,
            &[("answered", |seen| seen.complaints.answered), ("escalated", |seen| seen.complaints.escalated)],
        );
        self.add(part, "answered too late", Unit::Share, |seen| {
            mean(seen.complaints.too_late as f64, seen.complaints.answered)
        });
        self.add(part, "until answered", Unit::Seconds, |seen| seen.complaints.until_answered.mean_s());
        self.add(part, "compensation an order", Unit::MinorMoney, |seen| {
            mean(seen.costs.of(CostLine::Compensation), seen.submitted)
        });
    }

    pub(super) fn experience(&mut self) {
        let part = "experience";
        self.counts(
            part,
            &[
                ("judged", |seen| seen.experience.judged),
                ("of them failed", |seen| seen.experience.failed),
                ("orders of shoppers who came back", |seen| seen.experience.repeat_orders),
            ],
        );
        self.add(part, "satisfaction", Unit::Share, |seen| seen.experience.mean_score() / 10.0);
        self.add(part, "net promoters", Unit::Share, |seen| seen.experience.net_promoters());
        self.add(part, "come back", Unit::Share, |seen| seen.experience.comes_back_share());
        // Each order is followed by another with the same chance: a geometric number of orders.
        self.add(part, "value of a customer", Unit::MinorMoney, |seen| {
            let seen = &seen.experience;
            let again = seen.comes_back_share().min(0.999);
            mean(seen.amount as f64, seen.judged) / (1.0 - again)
        });
    }
}
