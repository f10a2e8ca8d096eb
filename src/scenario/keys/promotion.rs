//! Keys of promotions: coupons, and points that are spent.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};
use crate::scenario::spec::CLASSES;

const COUPON: &str = "promotions.coupons=[{name: a, off: 3, budget: 300, per-customer: 2}]";
const POINTS: &str = "promotions.points.worth=0.05; after-sales.points-per-unit=9; customers.count=20";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("promotions", Section, "{}", "Coupons, and points that shoppers spend."),
    key("promotions.coupons", Sections, "[]", "At most 16; shoppers use the set that takes the most off. They apply in this order, each to what is left.").example("[{name: SALE, off: 30, threshold: 200, budget: 50000}]"),
    must("promotions.coupons[].name", Text, "SALE", "Name, for print.").probe("other").with(COUPON),
    off("promotions.coupons[].off", Money, "30", "What it takes off; or `percent`.").probe("2").with(COUPON),
    off("promotions.coupons[].percent", Share, "10%", "The share of the goods that it takes off.").probe("30%").with("promotions.coupons=[{name: a, percent: 5%, budget: 30000}]"),
    key("promotions.coupons[].threshold", Money, "0", "It applies where the goods that it is for are worth so much.").probe("90").with(COUPON),
    off("promotions.coupons[].class", Word(CLASSES), "cold", "It is for goods of this handling class.").probe("hazmat").with(COUPON),
    off("promotions.coupons[].group", Text, "season", "Of the coupons of a group an order takes at most one; without a group it goes with all others."),
    off("promotions.coupons[].per-customer", Integer, "1", "How often a customer may use it.").within(1.0, 1e6).probe("1").with(COUPON),
    must("promotions.coupons[].budget", Money, "50000", "All that it takes off, of all orders: never more.").probe("90").with(COUPON),
    key("promotions.coupons[].share", Share, "100%", "Share of customers who hold it.").probe("30%").with(COUPON),
    off("promotions.points", Section, "{worth: 0.01}", "Shoppers spend the points that they earn; they only earn them when left out."),
    must("promotions.points.worth", Money, "0.01", "What a point pays.").within(1.0, 1e9).probe("0.20").with(POINTS),
    key("promotions.points.spenders", Share, "50%", "Share of orders for which points are spent.").probe("90%").with(POINTS),
    key("promotions.points.cap", Share, "30%", "Share of the goods that points may pay.").within(0.0, 0.99).probe("1%").with(POINTS),
    off("promotions.points.lifetime", Span, "365 d", "Points that are not spent by then expire; never when left out.").within(60.0, 3_650.0 * 86_400.0).probe("2 h").with(POINTS),
];
