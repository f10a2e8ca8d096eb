//! What visitors saw and did: the funnel by step and segment, search, page loads, recommendations, ratings.

use super::{Rows, Unit, mean};
use crate::metrics::{Loaded, Metrics, StorefrontSeen, VisitStep};
use crate::model::Storefront;

type Of = fn(&StorefrontSeen) -> u64;

impl Rows<'_> {
    pub(super) fn storefront(&mut self, shop: &Storefront) {
        let part = "visits";
        for (step, name) in VisitStep::ALL {
            self.add(part, name, Unit::Count, move |seen| seen.storefront.reached(step) as f64);
        }
        self.add(part, "conversion", Unit::Share, |seen| {
            let visits = seen.storefront.reached(VisitStep::Came);
            mean(seen.storefront.reached(VisitStep::Ordered) as f64, visits)
        });
        for (index, segment) in shop.rules.segments.iter().enumerate() {
            let part = format!("visits of {}", segment.name);
            let at = move |seen: &Metrics, step| seen.storefront.steps[index][step as usize];
            self.add(&part, "came", Unit::Count, move |seen| at(seen, VisitStep::Came) as f64);
            self.add(&part, "conversion", Unit::Share, move |seen| {
                mean(at(seen, VisitStep::Ordered) as f64, at(seen, VisitStep::Came))
            });
        }
        self.storefront_counts(part, &[("open at one time, at most", |seen| seen.peak)]);
        self.search();
        self.pages();
        self.recommendations();
        self.storefront_counts("ratings", &[("reviews", |seen| seen.reviews)]);
        self.add("ratings", "stars, of five", Unit::Share, |seen| {
            mean(seen.storefront.stars as f64 / 5.0, seen.storefront.reviews)
        });
    }

    fn storefront_counts(&mut self, part: &str, counts: &[(&str, Of)]) {
        for &(measure, of) in counts {
            self.add(part, measure, Unit::Count, move |seen| of(&seen.storefront) as f64);
        }
    }

    fn search(&mut self) {
        let part = "search";
        self.storefront_counts(part, &[("searches", |seen| seen.searches)]);
        self.add(part, "searches for 100 orders", Unit::Count, |seen| {
            mean(100.0 * seen.storefront.searches as f64, seen.storefront.reached(VisitStep::Ordered))
        });
        self.add(part, "without a result", Unit::Share, |seen| {
            mean(seen.storefront.empty as f64, seen.storefront.searches)
        });
        self.add(part, "found what was wanted", Unit::Share, |seen| {
            mean(seen.storefront.found as f64, seen.storefront.searches)
        });
        self.add(part, "mean reciprocal rank", Unit::Share, |seen| {
            mean(seen.storefront.reciprocal_ranks, seen.storefront.searches)
        });
    }

    fn pages(&mut self) {
        for (what, name) in Loaded::ALL {
            let part = format!("load of {name}");
            self.add(&part, "loaded", Unit::Count, move |seen| seen.storefront.load(what).count() as f64);
            for (quantile, measure) in [(0.5, "p50"), (0.95, "p95")] {
                self.add(&part, measure, Unit::Seconds, move |seen| {
                    seen.storefront.load(what).quantile_s(quantile)
                });
            }
        }
        self.add("images", "asked for", Unit::Count, |seen| seen.storefront.assets as f64);
        self.add("images", "found in the cache", Unit::Share, |seen| {
            mean(seen.storefront.assets_held as f64, seen.storefront.assets)
        });
    }

    fn recommendations(&mut self) {
        let part = "recommendations";
        self.storefront_counts(
            part,
            &[("seen", |seen| seen.exposures), ("too late", |seen| seen.exposures_late)],
        );
        self.add(part, "taken of those shown", Unit::Share, |seen| {
            mean(seen.storefront.taken as f64, seen.storefront.shown)
        });
        self.add(part, "orders with one", Unit::Share, |seen| {
            mean(seen.storefront.attached as f64, seen.storefront.reached(VisitStep::Ordered))
        });
        self.add(part, "hit a line held out", Unit::Share, |seen| {
            mean(seen.storefront.hit as f64, seen.storefront.held_out)
        });
        self.add("basket", "lines of 100", Unit::Count, |seen| {
            mean(100.0 * seen.storefront.lines as f64, seen.storefront.reached(VisitStep::Ordered))
        });
        self.add("basket", "goods", Unit::MinorMoney, |seen| {
            mean(seen.storefront.goods as f64, seen.storefront.reached(VisitStep::Ordered))
        });
    }
}
