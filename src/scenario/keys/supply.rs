//! Keys of supply: what suppliers send, and what nodes send each other before anybody orders.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

pub const POLICIES: &[&str] = &["base-stock", "s-q"];
pub const SEASONS: &[&str] = &["hour-of-day", "day-of-week"];

const BASE: &str = "stock.cover=0.3; stock.replenish=[{policy: base-stock, level: 6, lead-time: 5 h}]";
const LOTS: &str = "stock.cover=0.3; stock.replenish=[{policy: s-q, level: 4, quantity: 9, lead-time: 5 h}]";
const DAYS: &str = "stock.cover=0.3; stock.replenish=[{cover: 6 h, lead-time: 5 h}]";
const MOVES: &str = "stock.nodes-per-sku=1; pre-position={every: 6 h, first: 0 s, horizon: 6 h, history: 2 d, season: hour-of-day}";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("stock.replenish", Sections, "[]", "Who orders from the supplier, when and how much: rules for cells (a SKU at a node); a later rule holds where both fit."),
    off("stock.replenish[].node", Name("node"), "Hangzhou", "Where; every node that carries the SKU when left out.").probe("Beijing").with(BASE),
    off("stock.replenish[].sku", Text, "SKU-000001", "What; every SKU when left out.").probe("SKU-000001").with(BASE),
    key("stock.replenish[].policy", Word(POLICIES), "base-stock", "base-stock: order what lacks to the level. s-q: at or below the level, order lots of `quantity` until above it. Either counts free units, those on order, and less those that wait for the cell.").probe("s-q").with(BASE),
    off("stock.replenish[].level", Integer, "20", "Units of the base stock, or the point of reorder; or `cover`.").within(0.0, 1e8).probe("20").with(BASE),
    off("stock.replenish[].cover", Span, "3 d", "The level as time: so long the mean demand nearest to the node is covered, at least one unit; or `level`.").within(1.0, 3_650.0 * 86_400.0).probe("2 d").with(DAYS),
    key("stock.replenish[].quantity", Integer, "1", "A lot: what is ordered is a multiple of it.").within(1.0, 1e8).probe("30").with(LOTS),
    key("stock.replenish[].review", Span, "1 h", "How often the shelves are looked at.").within(60.0, 365.0 * 86_400.0).probe("11 h").with(BASE),
    key("stock.replenish[].lead-time", Law, "2 d", "From the order to the shelf.").probe("20 h").with(BASE),
    key("stock.replenish[].supplier-fill", Share, "100%", "Share of an order that comes after the lead time; the rest after one more.").probe("30%").with(BASE),
    key("stock.replenish[].order-cost", Money, "0", "For each order of a SKU.").probe("7").with(BASE),

    off("pre-position", Section, "{every: 1 d, at: \"02:00\"}", "Units go between fulfillment centers before anybody orders them: a forecast by SKU and region (Holt-Winters; the zones nearest to a center are its region) and a linear program that weighs freight saved against the way."),
    key("pre-position.every", Span, "1 d", "How often a plan is made.").within(3_600.0, 365.0 * 86_400.0).probe("12 h").with(MOVES),
    off("pre-position.first", Span, "2 h", "The first plan, from the start; after one `every` when left out.").within(0.0, 3_650.0 * 86_400.0).probe("3 h").with(MOVES),
    key("pre-position.horizon", Span, "2 d", "The demand that a plan looks ahead to; at 0 nothing moves, and the share served nearby is told all the same.").within(0.0, 365.0 * 86_400.0).probe("12 h").with(MOVES),
    key("pre-position.season", Word(SEASONS), "day-of-week", "hour-of-day learns periods of an hour and a season of 24, day-of-week periods of a day and a season of 7.").probe("day-of-week").with(MOVES),
    key("pre-position.history", Span, "28 d", "What is known at the start: so much time of orders drawn by the scenario's own demand before instant zero. A replay begins without.").within(0.0, 3_650.0 * 86_400.0).probe("1 d").with(MOVES),
    key("pre-position.level", Share, "20%", "How fast the forecast's level follows what came.").probe("80%").with(MOVES),
    key("pre-position.trend", Share, "2%", "How fast its trend follows.").probe("60%").with(MOVES),
    key("pre-position.seasonal", Share, "10%", "How fast its season follows.").probe("90%").with(MOVES),
    key("pre-position.dense", Number, "1", "Series with fewer units a period than this on average are too thin to learn from: they get their SKU's share of the region's series.").within(0.0, 1e9).probe("0.01").with(MOVES),
    key("pre-position.cost-per-unit-100km", Money, "0.05", "Of the way between centers.").probe("0.50").with(MOVES),
    key("pre-position.local-value", Money, "0", "What it is worth, beside freight, that a unit is served from the center nearest to its zone.").probe("9").with("stock.nodes-per-sku=1; pre-position={every: 6 h, first: 0 s, horizon: 6 h, history: 2 d, season: hour-of-day, cost-per-unit-100km: 2}"),
    key("pre-position.capacity", Integer, "100000", "Units that a plan sends from one center to another, at most.").within(1.0, 1e9).probe("1").with(MOVES),
    key("pre-position.rounds", Integer, "60", "Of tolls, where ways are full.").within(1.0, 10_000.0).probe("1").with("stock.nodes-per-sku=1; pre-position={every: 6 h, first: 0 s, horizon: 12 h, history: 2 d, season: hour-of-day, capacity: 4}"),
    key("pre-position.speed", Speed, "60 km/h", "On the way.").within(0.1, 2_000.0).probe("20 km/h").with(MOVES),
    key("pre-position.handling", Law, "4 h", "From the plan to the road, and from the road to the shelf, together.").probe("9 h").with(MOVES),
];
