//! Keys of the demand: arrivals or replay, shop, customers, zones.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

pub const COUNTRIES: &[&str] = &["cn", "us", "br", "de"];

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("arrivals", OneOf, "{profile: {orders: 200000}}", "When orders are submitted, drawn at random; or `replay` instead."),
    off("arrivals.constant", Section, "{rate: 5000/h}", "A Poisson stream at one rate."),
    must("arrivals.constant.rate", Rate, "5000/h", "Orders an hour.").within(1e-6, 1e12).probe("3000/h"),
    off("arrivals.constant.duration", Span, "2 d", "Length of the stream; until the horizon when left out.").within(1.0, 3_650.0 * 86_400.0)
        .probe("20 h").with("arrivals={constant: {rate: 3000/h}}"),
    off("arrivals.profile", Section, "{orders: 200000, shape: singles-day}", "A Poisson stream whose rate follows the hours of the day."),
    must("arrivals.profile.orders", Number, "200000", "Orders expected over the duration.").within(1.0, 1e15).probe("1000"),
    key("arrivals.profile.duration", Span, "1 d", "Length of the stream, from the start.").within(3_600.0, 3_650.0 * 86_400.0).probe("3 d"),
    key("arrivals.profile.shape", Shape, "average-day", "Hourly weights by name, or a list of weights from the start on that repeats.").probe("flat"),
    off("arrivals.ramp", Section, "{from: 100/h, stages: [{to: 5000/h, over: 2 h}]}", "Straight ramps between rates."),
    key("arrivals.ramp.from", Rate, "0/h", "Orders an hour at the start.").probe("500/h").with("arrivals={ramp: {stages: [{to: 900/h, over: 4 h}]}}"),
    must("arrivals.ramp.stages", Sections, "[{to: 5000/h, over: 2 h}]", "The ramps, one after the other."),
    must("arrivals.ramp.stages[].to", Rate, "5000/h", "Orders an hour at the end of the ramp.").probe("700/h")
        .with("arrivals={ramp: {stages: [{to: 900/h, over: 4 h}]}}"),
    must("arrivals.ramp.stages[].over", Span, "2 h", "Length of the ramp.").within(1.0, 3_650.0 * 86_400.0).probe("3 h")
        .with("arrivals={ramp: {stages: [{to: 900/h, over: 4 h}]}}"),

    off("replay", Section, "{file: orders.csv, columns: {time: created_at}}", "Orders read from a CSV file, instead of `arrivals`."),
    must("replay.file", File, "orders.csv", "The CSV file, with a header line."),
    key("replay.source", Text, "", "Where the data come from, and their license: printed in the report."),
    must("replay.columns", Section, "{time: created_at, order: order_id}", "The file's own names of the columns."),
    off("replay.columns.order", Text, "order_id", "Order number: consecutive rows of one number are lines of one order; every row is an order when left out."),
    must("replay.columns.time", Text, "created_at", "When the order was placed."),
    off("replay.columns.customer", Text, "customer", "Customer number or name."),
    off("replay.columns.sku", Text, "sku", "What was ordered; one SKU when left out."),
    off("replay.columns.quantity", Text, "qty", "Units; one when left out."),
    off("replay.columns.price", Text, "unit_price", "Price of one unit, in major units."),
    off("replay.columns.value", Text, "value_usd", "Value of the row, in major units; the price is value / quantity."),
    off("replay.columns.place", Text, "zip", "Where it goes: a zone's name, or a ZIP code; drawn by zone weight when left out."),
    off("replay.columns.cancelled", Text, "status", "Column that tells cancelled rows."),
    key("replay.time-format", Text, "%Y-%m-%d %H:%M:%S", "Format of the time column, with the letters of strftime."),
    key("replay.shape", Shape, "average-day", "Hourly weights that spread orders over the day when the file has days only."),
    key("replay.speed", Number, "1", "Divides the recorded gaps: 10 replays ten days in one.").within(1e-3, 1e6),
    key("replay.cancelled-values", Texts, "[]", "Rows whose `cancelled` column holds one of these are left out and counted."),
    key("replay.max-rejects", Integer, "100", "Unreadable rows before the run stops."),

    key("shop", Section, "{}", "Browse and cart: the funnel in front of the orders."),
    key("shop.cart-rate", Share, "10%", "Share of visitors who put something into the cart, at the reference load time.").within(1e-6, 1.0).probe("20%"),
    key("shop.cart-abandonment", Share, "70%", "Share of carts left without an order, at the reference load time.").within(0.0, 0.999).probe("60%"),
    key("shop.pages", Integer, "6", "Pages seen before the order is submitted.").within(1.0, 1_000.0).probe("9"),
    key("shop.load-time", Law, "1.2 s", "Time a page loads.").probe("2 s"),
    key("shop.reference-load-time", Span, "1.2 s", "Load time at which the rates above hold.").probe("800 ms"),
    key("shop.loss-per-100ms", Share, "1%", "Relative loss of orders for each 0.1 s that a page loads longer than the reference.").probe("2%").with("shop.load-time=2 s"),
    key("shop.think-time", Law, "{exponential: {mean: 30 s}}", "Thinking time on a page.").probe("50 s"),
    key("shop.cart-time", Law, "{lognormal: {median: 5 m, sigma: 1}}", "From the first cart line to submit.").probe("9 m"),

    key("customers", Section, "{}", "Who orders."),
    key("customers.count", Integer, "100000", "Customers who may order.").within(1.0, 4e9).probe("500"),
    key("customers.skew", Number, "0.5", "Zipf exponent of how unevenly they order; 0 is even.").within(0.0, 3.0).probe("1.2"),

    key("zones", OneOf, "{cities: {country: us}}", "Where customers live."),
    off("zones.cities", Section, "{country: cn, count: 40}", "The most populous cities of a country, weighted by population; a place within 15 km of a larger one belongs to it."),
    must("zones.cities.country", Word(COUNTRIES), "cn", "Country of the embedded table.").probe("br").with("nodes.*.at.country=cn"),
    key("zones.cities.count", Integer, "40", "Zones.").within(1.0, 2_000.0).probe("12"),
    off("zones.us-zip", Section, "{digits: 3}", "US ZIP codes grouped by their first digits, weighted by population."),
    key("zones.us-zip.digits", Integer, "3", "Digits: 3 gives about 900 zones.").within(1.0, 5.0).probe("2").with("zones={us-zip: {digits: 1}}; nodes.*.at.country=cn"),
    off("zones.file", File, "zones.csv", "CSV with columns name, lat, lon, weight."),
    off("zones.list", Sections, "[{name: North, at: {city: Berlin}}]", "Zones one by one."),
    must("zones.list[].name", Text, "North", "Name, for print and for replay.").probe("South").with("zones={list: [{name: A, at: {city: Berlin}}]}"),
    must("zones.list[].at", Place, "{city: Berlin}", "Where it is.").probe("{city: Hamburg}").with("zones={list: [{name: A, at: {city: Berlin}}]}"),
    key("zones.list[].weight", Weight, "1", "Demand, relative to the other zones.").probe("5")
        .with("zones={list: [{name: A, at: {city: Berlin}}, {name: B, at: {city: Munich}, weight: 2}]}"),
];
