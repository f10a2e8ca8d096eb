//! Keys of work in a warehouse that a scenario may ask for: tours of pickers.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

pub const METHODS: &[&str] = &["single", "batch", "zone", "cluster"];
pub const ROUTES: &[&str] = &["s-shape", "return"];

const TOURS: &str = "floor.picking={method: batch, batch: 3}; nodes.*.pickers=4";
const BOXES: &str = "floor.picking={method: cluster, batch: 3}; nodes.*.pickers=4";
const ZONES: &str = "floor.picking={method: zone, zones: 2}; nodes.*.pickers=4; basket.lines=[0, 0, 1, 1]";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("floor.picking", Section, "{method: batch, batch: 8}", "Pickers walk tours through aisles: a tour takes its way, and the times of its orders, lines and units. Without it each order is picked by itself and its way is part of floor.pick-per-order."),
    key("floor.picking.method", Word(METHODS), "single", "single (a tour an order), batch (orders together, sorted apart after the tour), zone (pickers of each zone pick its lines, put together before packing), cluster (orders together, each into its box on the cart).").probe("zone").with(TOURS),
    key("floor.picking.batch", Integer, "8", "Orders that a picker collects in one tour, at most; for batch and cluster.").within(1.0, 1_000.0).probe("2").with(TOURS),
    key("floor.picking.patience", Span, "10 m", "A tour leaves with fewer orders when its first one has waited so long; for batch and cluster.").within(1.0, 7.0 * 86_400.0).probe("1 m").with(TOURS),
    key("floor.picking.cart", Integer, "60", "Units that a cart takes; an order with more goes alone. For batch and cluster.").within(1.0, 100_000.0).probe("3").with(TOURS),
    key("floor.picking.zones", Integer, "4", "Zones of the pick area, each with its share of aisles and pickers; a SKU lies in one of them. For zone.").within(1.0, 64.0).probe("3").with(ZONES),
    key("floor.picking.route", Word(ROUTES), "s-shape", "s-shape (through each aisle that holds a line) or return (in and out again).").probe("return").with(TOURS),
    key("floor.picking.aisles", Integer, "20", "Parallel aisles between two cross aisles; a line is in any of them alike.").within(1.0, 200.0).probe("7").with(TOURS),
    key("floor.picking.aisle-length", Distance, "30 m", "Length of an aisle.").within(0.000_1, 10.0).probe("70 m").with(TOURS),
    key("floor.picking.aisle-gap", Distance, "4 m", "From the middle of one aisle to the middle of the next.").within(0.000_1, 1.0).probe("9 m").with(TOURS),
    key("floor.picking.walk", Speed, "4 km/h", "How fast a picker walks.").within(0.1, 50.0).probe("2 km/h").with(TOURS),
    key("floor.picking.per-unit", Span, "2 s", "Time for each unit, on top of floor.pick-per-line.").within(0.0, 86_400.0).probe("9 s").with(TOURS),
    key("floor.picking.sort-per-unit", Span, "4 s", "Time for each unit that is sorted into its order after the tour; for batch.").within(0.0, 86_400.0).probe("11 s").with(TOURS),
    key("floor.picking.box-per-line", Span, "3 s", "Time for each line that is put into the box of its order on the way; for cluster.").within(0.0, 86_400.0).probe("13 s").with(BOXES),
    key("floor.picking.consolidate", Span, "30 s", "Packing takes so much longer for each zone beyond the first that an order comes from; for zone.").within(0.0, 86_400.0).probe("2 m").with(ZONES),
];
