//! Keys of work in a warehouse that a scenario may ask for: tours of pickers, shipping notes, put-away, staging space,
//! and staff that pauses, learns or does not come.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

pub const METHODS: &[&str] = &["single", "batch", "zone", "cluster"];
pub const ROUTES: &[&str] = &["s-shape", "return"];

const TOURS: &str = "floor.picking={method: batch, batch: 3}; nodes.*.pickers=4";
const BOXES: &str = "floor.picking={method: cluster, batch: 3}; nodes.*.pickers=4";
const ZONES: &str = "floor.picking={method: zone, zones: 2}; nodes.*.pickers=4; basket.lines=[0, 0, 1, 1]";

const CREW: &str =
    "shifts={plan: [{from: \"08:00\", to: \"20:00\", temps: 50%}]}; nodes.*.shifts=plan; nodes.*.pickers=4";
const PAUSE: &str = "shifts={plan: [{from: \"08:00\", to: \"20:00\", break: \"12:00\"}]}; nodes.*.shifts=plan; nodes.*.pickers=4; nodes.*.packers=4";

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

    off("floor.notes", Section, "{company: \"4012345\"}", "A shipping note for each parcel, in shipping_notes.csv and .jsonl of the run folder: number, label code, node, wave, orders, lines, box, weight, carrier."),
    key("floor.notes.company", Text, "4012345", "GS1 company prefix of 7 to 10 digits: label codes (SSCC) begin with it.").probe("40123456").with("floor.notes={}"),
    key("floor.notes.all", Flag, "false", "Keep the note of every parcel; otherwise of those of sampled orders, as run.log-one-in says.").probe("true").with("floor.notes={}"),

    off("floor.put-away", Section, "{work: 2 m, workers: 2}", "Returned goods that are graded for sale go to the shelf by hand, and are sold again only then. Without it they are sold again at once."),
    key("floor.put-away.work", Law, "2 m", "Time for each returned parcel.").probe("3 h").with("floor.put-away={workers: 1}; after-sales.change-of-mind=30%"),
    key("floor.put-away.workers", Integer, "2", "People who put away, at each center.").within(1.0, 1e6).probe("3").with("floor.put-away={work: 1 h}; after-sales.change-of-mind=30%"),
    key("floor.put-away.wage", Money, "18", "Wages an hour, paid for staffed time, among grade labor.").probe("21").with("floor.put-away={}"),

    key("floor.staging", Section, "{}", "Room between stations: where it is full, who has finished keeps the goods and waits."),
    off("floor.staging.packing", Integer, "200", "Picked orders that a center has room for before packing; pickers wait when it is full.").within(1.0, 1e6).probe("1").with("floor.pack-per-order=5 m"),
    off("floor.staging.dock", Integer, "500", "Packed parcels that a center has room for at its docks; packers wait when it is full.").within(1.0, 1e7).probe("2").with("nodes.*.pickers=2"),

    off("floor.wave.before", Span, "2 h", "Release so long before each departure of a lane from the node, instead of every floor.wave.every.").within(1.0, 7.0 * 86_400.0).probe("100 m").with("floor.wave={size: 500}"),

    off("shifts.*[].break", TimeOfDay, "12:00", "A pause within the shift; work begun is finished first.").probe("13:00").with(PAUSE),
    key("shifts.*[].break-length", Span, "30 m", "How long each is away.").within(60.0, 43_200.0).probe("2 h").with(PAUSE),
    key("shifts.*[].break-groups", Integer, "1", "Groups of the staff that pause one after the other; 1 is all at once.").within(1.0, 60.0).probe("2").with(PAUSE),
    key("shifts.*[].absence", Share, "0%", "Share of the planned staff that does not come, drawn for each station and shift.").probe("60%").with(CREW),
    key("shifts.*[].temps", Share, "0%", "Share of the staff that has never done the work before; floor.learning says how fast they learn.").probe("100%").with(CREW),

    key("floor.learning", Section, "{}", "How temporary staff becomes as fast as everybody else: with each doubling of the jobs done, the time for one falls to a share of itself (Wright)."),
    key("floor.learning.first", Number, "2", "The first job takes so many times as long.").within(1.0, 20.0).probe("4").with(CREW),
    key("floor.learning.rate", Share, "80%", "What is left of the time each time that the jobs done double.").within(0.3, 1.0).probe("60%").with(CREW),
    key("floor.learning.incompressible", Share, "0%", "Share of the first time that nobody learns away (De Jong).").probe("90%").with(CREW),
    off("floor.learning.forgetting", Span, "30 d", "Half of what was done counts no more after so long.").within(60.0, 3_650.0 * 86_400.0).probe("1 h").with(CREW),
];
