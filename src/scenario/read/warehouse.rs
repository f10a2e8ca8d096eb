//! Work in a warehouse beyond the usual: tours of pickers.

use crate::domain::NodeKind;
use crate::scenario::section::Section;
use crate::scenario::spec::{Node, PickMethod, PickRoute, Picking};

const METHODS: [PickMethod; 4] =
    [PickMethod::Single, PickMethod::Batch, PickMethod::Zone, PickMethod::Cluster];

/// `None` where orders are picked one by one and nobody asks how far that is.
pub fn picking(floor: &Section<'_>) -> Option<Picking> {
    let keys = floor.maybe_section("picking")?;
    let meters = |name: &str| keys.distance_km(name) * 1_000.0;
    let picking = Picking {
        method: keys.word("method").map_or(PickMethod::Single, |word| METHODS[word]),
        batch: keys.count("batch"),
        patience: keys.span("patience"),
        cart: keys.count("cart"),
        zones: keys.count("zones"),
        route: if keys.word("route") == Some(1) { PickRoute::Return } else { PickRoute::SShape },
        aisles: keys.count("aisles"),
        aisle_length_m: meters("aisle-length"),
        aisle_gap_m: meters("aisle-gap"),
        walk_kmh: keys.speed_kmh("walk"),
        per_unit: keys.span("per-unit"),
        sort_per_unit: keys.span("sort-per-unit"),
        box_per_line: keys.span("box-per-line"),
        consolidate: keys.span("consolidate"),
    };
    let together = matches!(picking.method, PickMethod::Batch | PickMethod::Cluster);
    if together && picking.cart < picking.batch && keys.desk.sound(&["floor.picking"]) {
        let message = format!("a batch of {} orders, but a cart takes {} units", picking.batch, picking.cart);
        let help = "write a batch of at most as many orders as the cart takes units, or a larger cart";
        keys.report("E0308", "batch", message, help);
    }
    if picking.method == PickMethod::Zone
        && picking.aisles < picking.zones
        && keys.desk.sound(&["floor.picking"])
    {
        let message = format!("{} zones in {} aisles", picking.zones, picking.aisles);
        keys.report("E0308", "zones", message, "write at most as many zones as there are aisles");
    }
    Some(picking)
}

/// A zone without a picker would keep its lines for ever.
pub fn zones_have_pickers(top: &Section<'_>, picking: Option<&Picking>, nodes: &[Node]) {
    let Some(picking) = picking.filter(|picking| picking.method == PickMethod::Zone) else { return };
    if !top.desk.sound(&["nodes", "floor"]) {
        return;
    }
    let few = |node: &&Node| node.kind == NodeKind::FulfillmentCenter && node.pickers < picking.zones;
    if let Some(node) = nodes.iter().find(few) {
        let message = format!("\"{}\" has {} pickers for {} zones", node.name, node.pickers, picking.zones);
        let keys = top.section("floor").section("picking");
        keys.report("E0306", "zones", message, "write fewer zones, or a picker or more for each");
    }
}
