//! Promotions: coupons and points, as a scenario writes them.

use crate::domain::HandlingClass;
use crate::scenario::section::Section;
use crate::scenario::spec::{Coupon, Discount, Points, Promotions};

/// A shopper's coupons are tried in all sets.
const MOST_COUPONS: usize = 16;
/// Customers times coupons that are kept count of: 4 bytes each.
const MOST_USES: u64 = 1 << 28;

pub fn promotions(top: &Section<'_>, customers: u32) -> Promotions {
    let keys = top.section("promotions");
    let items = keys.items("coupons");
    super::define(top.desk, "coupon", "promotions.coupons[].name", &items);
    let coupons: Vec<Coupon> = items.iter().map(coupon).collect();
    if MOST_COUPONS < coupons.len() {
        let message = format!("{} coupons", coupons.len());
        keys.report("E0206", "coupons", message, format!("at most {MOST_COUPONS}"));
    }
    let counted = coupons.iter().any(|coupon| coupon.per_customer.is_some());
    let uses = u64::from(customers) * coupons.len().max(1) as u64;
    let points = keys.maybe_section("points").map(|points| Points {
        worth: points.money("worth"),
        spenders: points.share("spenders"),
        cap: points.share("cap"),
        lifetime: points.maybe_span("lifetime"),
    });
    if MOST_USES < uses && (counted || points.is_some()) {
        let message = format!("coupons and points of {customers} customers would be kept count of");
        top.desk.report(
            "E0305",
            top.section("promotions").place(),
            message,
            "write a customers.count of at most 16000000",
        );
    }
    Promotions { coupons, points }
}

fn coupon(keys: &Section<'_>) -> Coupon {
    let (off, percent) = (keys.has("off"), keys.has("percent"));
    if off == percent {
        let message =
            if off { "both \"off\" and \"percent\" are there" } else { "the coupon takes nothing off" };
        keys.report(
            "E0210",
            if off { "percent" } else { "name" },
            message.into(),
            "write one of off: 30 and percent: 10%",
        );
    }
    let coupon = Coupon {
        name: keys.text("name"),
        off: match off {
            true => Discount::Money(keys.money("off")),
            false => Discount::Share(keys.maybe_share("percent").unwrap_or(0.0)),
        },
        threshold: keys.money("threshold"),
        class: keys.has("class").then(|| keys.word("class").map(|word| HandlingClass::ALL[word])).flatten(),
        group: keys.maybe_text("group"),
        per_customer: keys.maybe_integer("per-customer").map(|most| most.min(u32::MAX.into()) as u32),
        budget: keys.money("budget"),
        share: keys.share("share"),
    };
    if let Discount::Money(amount) = coupon.off
        && coupon.budget < amount
        && keys.desk.sound(&["promotions.coupons[]"])
    {
        let message = "one use takes more than the whole budget".to_owned();
        keys.report("E0308", "budget", message, "write a larger budget, or a smaller off");
    }
    coupon
}
