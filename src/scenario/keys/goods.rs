//! Keys of the goods: catalog, basket, stock.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("catalog", OneOf, "{synthetic: {}}", "What is sold."),
    off("catalog.synthetic", Section, "{skus: 1000}", "A drawn catalog; popularity is Zipf-Mandelbrot, price and weight are lognormal."),
    key("catalog.synthetic.skus", Integer, "1000", "Number of SKUs.").within(1.0, 1e7).probe("50"),
    key("catalog.synthetic.skew", Number, "0.8", "Zipf exponent of popularity; 0 is even.").within(0.0, 3.0).probe("0.2"),
    key("catalog.synthetic.hot-share", Share, "0%", "Share of order lines for the first SKU, on top of the Zipf law.").probe("50%"),
    key("catalog.synthetic.price-median", Money, "30", "Median price of a unit.").within(1.0, 1e10).probe("45"),
    key("catalog.synthetic.price-sigma", Number, "0.8", "Spread of the logarithm of the price.").within(0.0, 4.0).probe("0.2"),
    key("catalog.synthetic.weight-median", Mass, "400 g", "Median weight of a unit.").within(1.0, 1e7).probe("2 kg"),
    key("catalog.synthetic.weight-sigma", Number, "0.7", "Spread of the logarithm of the weight.").within(0.0, 4.0).probe("0.1"),
    key("catalog.synthetic.volume-per-kg", Volume, "4 l", "Volume of a kilogram of goods; water is 1 l.").within(1.0, 1e7).probe("20 l"),
    key("catalog.synthetic.classes", Section, "{}", "Shares of SKUs by handling class; the rest is standard. Classes never share a parcel."),
    key("catalog.synthetic.classes.cold", Share, "0%", "Kept cold.").probe("30%"),
    key("catalog.synthetic.classes.hazmat", Share, "0%", "Dangerous goods.").probe("30%"),
    key("catalog.synthetic.classes.oversize", Share, "0%", "Too large for a box.").probe("30%"),
    off("catalog.file", File, "catalog.csv", "CSV with columns sku, price, weight_g, volume_ml, longest_mm, class, popularity."),
    off("catalog.from-replay", Section, "{}", "Every SKU that the replay file names, with its first price."),
    key("catalog.from-replay.weight", Mass, "300 g", "Weight of a unit.").within(1.0, 1e7),
    key("catalog.from-replay.volume", Volume, "1 l", "Volume of a unit.").within(1.0, 1e8),

    key("basket", Section, "{}", "What one order holds."),
    key("basket.lines", Weights, "[60, 25, 10, 5]", "Weights of orders with 1, 2, 3, ... lines.").probe("[1, 1, 1, 1, 1, 1]"),
    key("basket.quantity", Weights, "[85, 10, 5]", "Weights of 1, 2, 3, ... units on a line.").probe("[1, 1, 1, 1]"),

    key("stock", Section, "{}", "What is on the shelf, and when it is held."),
    key("stock.reserve-at", Word(&["submit", "pay", "allocate"]), "submit", "When an order holds its stock: submit never sells an order short, allocate never keeps unpaid stock.").probe("allocate").with("stock.cover=0.8"),
    key("stock.cover", Number, "1.2", "Units of a SKU on all shelves = expected demand x cover, at least one. Without effect when `file` is set.").within(0.0, 1e6).probe("0.7"),
    key("stock.nodes-per-sku", Integer, "3", "Fulfillment centers that carry a SKU; its units are laid out by the demand nearest to each.").within(1.0, 4_095.0).probe("1"),
    off("stock.file", File, "stock.csv", "CSV with columns sku, node, quantity."),
    key("stock.safety", Share, "0%", "Share of each shelf that is fenced off and never promised.").within(0.0, 0.99).probe("40%"),
    key("stock.receipts", Sections, "[]", "Goods that come in."),
    must("stock.receipts[].at", Span, "6 h", "When, from the start.").probe("9 h").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]"),
    off("stock.receipts[].node", Name("node"), "Hangzhou", "Where; every node that carries the SKU when left out.").probe("Chengdu").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]"),
    off("stock.receipts[].sku", Text, "SKU-000001", "What; every SKU when left out.").probe("SKU-000001").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]"),
    off("stock.receipts[].quantity", Integer, "500", "Units of each SKU at each node; or `share`.").within(1.0, 268e6).probe("7").with("stock.cover=0.5; stock.receipts=[{at: 6 h, quantity: 50}]"),
    off("stock.receipts[].share", Share, "20%", "Share of the initial stock; or `quantity`.").within(0.0, 100.0).probe("10%").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]"),
    off("stock.receipts-file", File, "receipts.csv", "CSV with columns at, node, sku, quantity."),
];
