//! What the parts of an order's life did that a scenario asks for: a row a figure, none for a part that is not there.

mod after_sales;
mod carriers;
mod cart;
mod door;
mod inspection;
mod movement;
mod service;
mod storefront;
mod supply;
mod tracking;

use super::document::{Estimate, LifeRow, Unit};
use crate::experiment;
use crate::metrics::{CostLine, Judged, Loss, Metrics, PaymentSeen};
use crate::model::{Model, Offers, PickUp, Promotions};
use crate::sim::Outcome;

pub(super) type Of<T> = fn(&Metrics) -> T;

/// Rows in the making.
pub(super) struct Rows<'a> {
    outcomes: &'a [Outcome],
    confidence: f64,
    pub rows: Vec<LifeRow>,
}

pub fn rows(model: &Model, outcomes: &[Outcome], confidence: f64) -> Vec<LifeRow> {
    let mut rows = Rows::new(outcomes, confidence);
    rows.checkout(model);
    if let Some(promotions) = &model.promotions {
        rows.promotions(promotions);
    }
    if model.watches_payment {
        rows.payments(model);
    }
    if model.review.is_told() {
        rows.review(model);
    }
    rows.last_mile(model);
    super::warehouse::rows(&mut rows, model);
    if let Some(rules) = &model.promise {
        rows.promise(rules.target);
    }
    if let Some(pick_up) = &model.pick_up {
        rows.pick_up(pick_up);
    }
    rows.carriers(model);
    rows.inspection(model);
    rows.tracking(model);
    rows.door(model);
    if let Some(service) = &model.service {
        rows.service(model, service);
    }
    rows.carts(model);
    rows.rows.extend(super::trace::rows(model, outcomes, confidence));
    rows.supply(model);
    if let Some(returns) = &model.returns {
        rows.returns(returns);
    }
    if let Some(complaints) = &model.complaints {
        rows.complaints(complaints);
    }
    if model.experience.is_some() {
        rows.experience();
    }
    if let Some(shop) = &model.storefront {
        rows.storefront(shop);
    }
    rows.movement(model);
    rows.roads(model);
    rows.peaks(model);
    rows.rows
}

impl<'a> Rows<'a> {
    pub fn new(outcomes: &'a [Outcome], confidence: f64) -> Rows<'a> {
        Rows { outcomes, confidence, rows: Vec::new() }
    }
}

impl Rows<'_> {
    pub fn add(&mut self, part: &str, measure: &str, unit: Unit, of: impl Fn(&Metrics) -> f64) {
        self.of_outcome(part, measure, unit, |outcome| of(&outcome.metrics));
    }

    pub fn of_outcome(&mut self, part: &str, measure: &str, unit: Unit, of: impl Fn(&Outcome) -> f64) {
        let values: Vec<f64> = self.outcomes.iter().map(of).collect();
        let value = experiment::Estimate::of(&values, self.confidence);
        let value = Estimate { mean: value.mean, half_width: value.half_width };
        self.rows.push(LifeRow { part: part.to_owned(), measure: measure.to_owned(), unit, value });
    }

    pub(super) fn counts(&mut self, part: &str, counts: &[(&str, Of<u64>)]) {
        counts.iter().for_each(|(measure, of)| self.add(part, measure, Unit::Count, |seen| of(seen) as f64));
    }

    fn checkout(&mut self, model: &Model) {
        if 0 < model.checkout.steps {
            self.counts(
                "checkout",
                &[
                    ("one click", |seen| seen.checkout.one_click),
                    ("left", |seen| seen.losses[Loss::Checkout as usize]),
                ],
            );
        }
        if model.checkout.address.is_some() {
            self.counts(
                "address",
                &[
                    ("found by the form", |seen| seen.checkout.found_by_form),
                    ("held", |seen| seen.checkout.holds),
                    ("corrected", |seen| seen.checkout.corrected),
                    ("given up", |seen| seen.checkout.never_corrected),
                ],
            );
            self.add("address", "time to correct", Unit::Seconds, |seen| {
                mean(seen.checkout.corrected_us as f64 / 1e6, seen.checkout.corrected)
            });
        }
        if model.methods.iter().any(|method| method.offers != Offers::Fastest) {
            self.counts(
                "offers",
                &[
                    ("orders with several", |seen| seen.checkout.had_offers),
                    ("took a dearer one", |seen| seen.checkout.took_dearer),
                ],
            );
            self.add("offers", "surcharges", Unit::MinorMoney, |seen| seen.checkout.surcharges as f64);
        }
        if model.checkout.quote.is_some() {
            self.counts(
                "quote",
                &[
                    ("made anew", |seen| seen.checkout.requoted),
                    ("price changed", |seen| seen.checkout.repriced),
                    ("left", |seen| seen.losses[Loss::Price as usize]),
                ],
            );
        }
    }

    fn promotions(&mut self, promotions: &Promotions) {
        for (index, coupon) in promotions.coupons.iter().enumerate() {
            let part = format!("coupon {}", coupon.name);
            self.add(&part, "used", Unit::Count, |seen| seen.promotions.coupons[index].orders as f64);
            self.add(&part, "took off", Unit::MinorMoney, |seen| seen.promotions.coupons[index].off as f64);
        }
        self.counts(
            "promotions",
            &[
                ("coupons spent up", |seen| seen.promotions.spent_up),
                ("orders that gave back", |seen| seen.promotions.given_back),
            ],
        );
        self.add("promotions", "coupons an order", Unit::MinorMoney, |seen| {
            mean(seen.promotions.coupons.iter().map(|own| own.off as f64).sum(), seen.submitted)
        });
        if promotions.points.is_some() {
            self.add("points", "earned", Unit::Count, |seen| seen.promotions.points_earned as f64);
            self.add("points", "spent", Unit::Count, |seen| seen.promotions.points_spent as f64);
            self.add("points", "expired", Unit::Count, |seen| seen.promotions.points_expired as f64);
        }
    }

    fn review(&mut self, model: &Model) {
        let kinds: [(&str, Of<Judged>); 2] =
            [("honest orders", |seen| seen.review.honest), ("fraud", |seen| seen.review.fraud)];
        for (part, of) in kinds {
            self.add(part, "looked at", Unit::Count, |seen| of(seen).looked_at as f64);
            self.add(part, "approved", Unit::Count, |seen| of(seen).approved as f64);
            self.add(part, "rejected", Unit::Count, |seen| of(seen).rejected as f64);
        }
        self.add("review", "lost to fraud", Unit::MinorMoney, |seen| seen.review.fraud_loss as f64);
        self.add("review", "declined though honest", Unit::MinorMoney, |seen| seen.review.declined as f64);
        for (index, rule) in model.review.rules.iter().enumerate() {
            let measure = format!("by rule {}", rule.name);
            self.add("review", &measure, Unit::Count, |seen| seen.review.rules[index] as f64);
        }
    }

    fn last_mile(&mut self, model: &Model) {
        let Some(rounds) = model.network.rounds() else { return };
        let part = "last mile";
        self.counts(
            part,
            &[
                ("rounds", |seen| seen.last_mile.rounds),
                ("tours", |seen| seen.last_mile.tours),
                ("stops", |seen| seen.last_mile.stops),
                ("parcels loaded", |seen| seen.last_mile.parcels),
                ("parcels without a van", |seen| seen.last_mile.left_behind),
                ("parcels behind a closed door", |seen| seen.last_mile.too_late),
            ],
        );
        self.add(part, "meters per parcel", Unit::Count, |seen| {
            mean(seen.last_mile.meters as f64, seen.last_mile.parcels)
        });
        self.add(part, "tour", Unit::Seconds, |seen| {
            mean(seen.last_mile.on_tour_us as f64 / 1e6, seen.last_mile.tours)
        });
        self.add(part, "van filled", Unit::Share, |seen| {
            let room = seen.last_mile.tours * u64::from(rounds.rules.capacity);
            mean(seen.last_mile.parcels as f64, room)
        });
        self.add(part, "cost a parcel", Unit::MinorMoney, |seen| {
            mean(seen.costs.of(CostLine::LastMile), seen.last_mile.parcels)
        });
        let co2 = rounds.rules.co2_g_per_km / 1_000.0;
        self.add(part, "g CO2 a parcel", Unit::Count, move |seen| {
            mean(seen.last_mile.meters as f64 * co2, seen.last_mile.parcels)
        });
        self.counts(part, &[("rounds planned twice", |seen| seen.last_mile.sampled)]);
        self.add(part, "formula off search", Unit::Share, |seen| seen.last_mile.formula_error().0);
        self.add(part, "formula longer", Unit::Share, |seen| seen.last_mile.formula_error().1);
    }

    fn pick_up(&mut self, pick_up: &PickUp) {
        let part = "pick-up";
        self.counts(
            part,
            &[
                ("lay there", |seen| seen.pick_up.deposited),
                ("found the locker full", |seen| seen.pick_up.full),
                ("not fetched", |seen| seen.pick_up.uncollected),
            ],
        );
        self.add(part, "until fetched", Unit::Seconds, |seen| {
            mean(seen.pick_up.lay_us as f64 / 1e6, seen.pick_up.collected)
        });
        self.add(part, "compartments filled at most", Unit::Share, |seen| {
            mean(seen.pick_up.peak as f64, pick_up.compartments().into())
        });
    }

    /// The curve is that of one allowance for all; what was kept is the promise as it learned.
    fn promise(&mut self, target: f64) {
        let part = "promise";
        self.add(part, "aimed at", Unit::Share, |_| target);
        self.of_outcome(part, "kept", Unit::Share, Outcome::on_time_share);
        self.add(part, "length", Unit::Seconds, Metrics::promise_mean_s);
        for share in [0.5, 0.8, 0.9, 0.95, 0.98, 0.99] {
            let measure = format!("length for {:.0} % kept", 100.0 * share);
            self.add(part, &measure, Unit::Seconds, |seen| seen.promises.length_s(share));
        }
    }

    fn payments(&mut self, model: &Model) {
        for (index, method) in model.payment.iter().enumerate().filter(|(_, row)| !row.cash_on_delivery) {
            let part = format!("pay @ {}", method.name);
            let mut count = |measure: &str, of: fn(&PaymentSeen) -> u64| {
                self.add(&part, measure, Unit::Count, |seen| of(&seen.payments[index]) as f64);
            };
            count("requests", |seen| seen.requests);
            count("captured", |seen| seen.captured);
            count("turned down", |seen| seen.turned_down);
            count("timed out", |seen| seen.timed_out);
            count("fell back", |seen| seen.fell_back);
            count("paid twice", |seen| seen.paid_twice);
            count("throttled", |seen| seen.throttled);
            self.add(&part, "wait for the rate limit", Unit::Seconds, |seen| {
                let seen = &seen.payments[index];
                mean(seen.throttle_wait_us as f64 / 1e6, seen.requests)
            });
            self.add(&part, "success", Unit::Share, |seen| {
                mean(seen.payments[index].captured as f64, seen.payments[index].requests)
            });
        }
    }
}

pub(super) fn mean(sum: f64, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum / count as f64 }
}
