//! What only shows when the sections are seen together: stations without servers, nodes without ways, sizes
//! that no machine could simulate.

use super::section::Section;
use super::spec::{Arrivals, CatalogSource, LaneEnds, Node, Scenario, To};
use super::unit::short;
use crate::domain::{HandlingClass, NodeKind, Sku};
use crate::kernel::time::Span;

/// Orders of all replications together that are still simulated: about a day on one core.
const MOST_ORDERS: f64 = 1e10;
/// Orders that one core simulates in a second, rounded down: for the estimate in the refusal.
const ORDERS_A_SECOND: f64 = 150_000.0;
/// SKUs of a synthetic catalog, and what one takes with its name, weights and ledgers.
const MOST_SKUS: u32 = 2_000_000;
const BYTES_A_SKU: f64 = 340.0;
const SECONDS_A_SKU: f64 = 3e-6;

/// Cells of the stock map (SKU x fulfillment center), 8 bytes each.
const MOST_CELLS: f64 = 1e9;

pub fn check(top: &Section<'_>, scenario: &Scenario) {
    size(top, scenario);
    network(top, scenario);
    stations(top, scenario);
    super::read::zones_have_pickers(top, scenario.floor.picking.as_ref(), &scenario.nodes);
    goods(top, scenario);
    boxes(top, scenario);
    window(top, scenario);
    lockers(top, scenario);
}

/// Orders expected over one replication, for arrivals that are drawn.
pub fn expected_orders(arrivals: &Arrivals) -> f64 {
    match arrivals {
        Arrivals::Constant { per_hour, duration } => per_hour * duration.as_hours_f64(),
        Arrivals::Profile { orders, .. } => *orders,
        Arrivals::Ramp { start_per_hour, stages } => {
            let mut rate = *start_per_hour;
            let ramp = |&(to, over): &(f64, Span)| {
                let orders = (rate + to) / 2.0 * over.as_hours_f64();
                rate = to;
                orders
            };
            stages.iter().map(ramp).sum()
        }
    }
}

fn size(top: &Section<'_>, scenario: &Scenario) {
    let orders = scenario.arrivals.as_ref().map_or(0.0, expected_orders) + scenario.initial.backlog as f64;
    let all = orders * f64::from(scenario.run.replications.min);
    if MOST_ORDERS < all && top.desk.sound(&["arrivals", "run.replications"]) {
        let hours = all / ORDERS_A_SECOND / 3_600.0;
        let message = format!(
            "refused by estimate: {all:.1e} orders would take about {hours:.0} hours of one core ({orders:.1e} orders x {} replications)",
            scenario.run.replications.min
        );
        let help =
            "at most 1e10 orders over all replications; simulate a part of the demand, or fewer replications";
        top.desk.report("E0305", size_place(top), message, help);
    }
    if let super::spec::CatalogSource::Synthetic { skus, .. } = scenario.catalog {
        if MOST_SKUS < skus {
            let gigabytes = f64::from(skus) * BYTES_A_SKU / 1e9;
            let seconds = f64::from(skus) * SECONDS_A_SKU;
            let message = format!(
                "refused by estimate: {skus} SKUs need {gigabytes:.1} GB and {seconds:.0} s to set out"
            );
            let help =
                "at most 2000000 SKUs; the few that sell decide a peak, the long tail can be one SKU a class";
            top.desk.report("E0305", top.place_of("catalog"), message, help);
            return;
        }
        let cells = f64::from(skus) * scenario.nodes.len() as f64;
        if MOST_CELLS < cells {
            let message = format!(
                "refused by estimate: {cells:.1e} cells of stock need {:.0} GB of memory",
                cells * 8.0 / 1e9
            );
            top.desk.report("E0305", top.place_of("catalog"), message, "at most 1e9 SKUs x nodes");
        }
    }
}

/// The number that says how many orders there are.
fn size_place(top: &Section<'_>) -> super::source::Place {
    let arrivals = top.get("arrivals").map(|(_, node)| node);
    let variant = arrivals.as_ref().and_then(|node| node.entries().first());
    let number = variant.and_then(|entry| entry.node.get("orders").or(entry.node.get("rate")));
    number.map_or(top.place_of("arrivals"), |node| node.place)
}

fn of_kind(scenario: &Scenario, kind: NodeKind) -> impl Iterator<Item = &Node> {
    scenario.nodes.iter().filter(move |node| node.kind == kind)
}

fn network(top: &Section<'_>, scenario: &Scenario) {
    if !top.desk.sound(&["nodes"]) || scenario.nodes.is_empty() {
        return;
    }
    if of_kind(scenario, NodeKind::FulfillmentCenter).next().is_none() {
        let help = "write a node with kind: fulfillment-center";
        top.desk.report(
            "E0302",
            top.place_of("nodes"),
            "no node is a fulfillment center: nobody holds stock".into(),
            help,
        );
        return;
    }
    if of_kind(scenario, NodeKind::Hub).next().is_none() {
        let help = "write a node with kind: hub; it may stand where a fulfillment center is";
        top.desk.report(
            "E0303",
            top.place_of("nodes"),
            "no node is a hub: the last mile starts at one".into(),
            help,
        );
        return;
    }
    if !top.desk.sound(&["network"]) {
        return;
    }
    for node in of_kind(scenario, NodeKind::FulfillmentCenter) {
        let by_rule = scenario.network.lane_rules.iter().any(|rule| match &rule.from {
            LaneEnds::FulfillmentCenters => true,
            LaneEnds::Named(names) => names.contains(&node.name),
            LaneEnds::Hubs | LaneEnds::NearestHub => false,
        });
        let by_row = scenario.tables.lanes.iter().any(|lane| lane.from == node.name);
        if !by_rule && !by_row {
            let message = format!("no lane leaves \"{}\": its parcels would stay for ever", node.name);
            let help = "add a lane rule {from: fulfillment-centers, to: nearest-hub}";
            top.desk.report("E0307", node_place(top, &node.name, "name"), message, help);
        }
    }
}

/// The place of a node's key, of the node, or of the table's name.
fn node_place(top: &Section<'_>, name: &str, key: &str) -> super::source::Place {
    let (_, nodes) = top.get("nodes").expect("nodes were read before");
    let written = nodes.items().iter().find(|node| node.get("name").and_then(|n| n.text()) == Some(name));
    written.map_or(nodes.place, |node| node.get(key).map_or(node.place, |value| value.place))
}

fn stations(top: &Section<'_>, scenario: &Scenario) {
    if !top.desk.sound(&["nodes"]) {
        return;
    }
    let sales = &scenario.after_sales;
    let returns =
        sales.appearance_fault + sales.quantity_fault + sales.specification_fault + sales.change_of_mind;
    for node in &scenario.nodes {
        let needed: &[(&str, u32, bool)] = match node.kind {
            NodeKind::FulfillmentCenter => &[
                ("pickers", node.pickers, true),
                ("packers", node.packers, true),
                ("graders", node.graders, 0.0 < returns),
            ],
            NodeKind::Hub => &[("sorters", node.sorters, !node.passes)],
        };
        for (key, count, needed) in needed {
            if *needed && *count == 0 {
                let message = format!("\"{}\" has no {key}: what queues there never leaves", node.name);
                top.desk.report(
                    "E0306",
                    node_place(top, &node.name, key),
                    message,
                    format!("write {key}: 1 or more"),
                );
            }
        }
    }
}

fn goods(top: &Section<'_>, scenario: &Scenario) {
    let stock = &scenario.stock;
    let comes = !stock.receipts.is_empty() || !stock.replenish.is_empty();
    let nothing = stock.file.is_none() && stock.cover <= 0.0 && !comes;
    if nothing && top.desk.sound(&["stock"]) {
        let message = "there is no stock: the cover is zero and nothing comes in".to_string();
        let help = "write cover: 1.2, a stock file, receipts, or replenish";
        top.section("stock").report("E0311", "cover", message, help);
    }
}

/// Goods that are not oversize and fit no box even alone: of a drawn catalog, those of median weight.
fn boxes(top: &Section<'_>, scenario: &Scenario) {
    if !top.desk.sound(&["floor", "catalog"]) {
        return;
    }
    let floor = &scenario.floor;
    let beyond = |weight_g: u32, volume_ml: u32, longest_mm: u32| {
        let (most_g, most_ml, most_mm) =
            (floor.box_max_weight_g, floor.box_max_volume_ml, floor.box_max_side_mm);
        let over = |key, is: u32, most: u32, unit| {
            (most < is).then(|| (key, format!("{is} {unit}, and a box takes {most} {unit}")))
        };
        over("box-max-weight", weight_g, most_g, "g")
            .or_else(|| over("box-max-volume", volume_ml, most_ml, "ml"))
            .or_else(|| over("box-max-side", longest_mm, most_mm, "mm"))
    };
    let help = "make the box larger, or the goods smaller; goods of class oversize travel without one";
    let report = |key, message| top.section("floor").report("E0314", key, message, help);
    match &scenario.catalog {
        CatalogSource::File(_) => {
            let rows = scenario.tables.catalog.iter().filter(|row| row.class != HandlingClass::Oversize);
            let mut found =
                rows.filter_map(|row| Some((row, beyond(row.weight_g, row.volume_ml, row.longest_mm)?)));
            if let Some((row, (key, over))) = found.next() {
                let more = match found.count() {
                    0 => String::new(),
                    more => format!(" (and {more} more)"),
                };
                report(
                    key,
                    format!("the box is smaller than its item: \"{}\" has {over}{more}", short(&row.sku)),
                );
            }
        }
        CatalogSource::Synthetic { weight_median_g, volume_ml_per_g, .. } => {
            let volume_ml = (weight_median_g * volume_ml_per_g) as u32;
            let median = beyond(*weight_median_g as u32, volume_ml, Sku::longest_of(volume_ml));
            if let Some((key, over)) = median {
                report(key, format!("the box is smaller than half of the items: the median has {over}"));
            }
        }
        CatalogSource::FromReplay { weight_g, volume_ml } => {
            if let Some((key, over)) = beyond(*weight_g, *volume_ml, Sku::longest_of(*volume_ml)) {
                report(key, format!("the box is smaller than its item: every unit has {over}"));
            }
        }
    }
}

/// Demand after the horizon is legal and mostly a slip.
fn window(top: &Section<'_>, scenario: &Scenario) {
    let horizon = scenario.run.horizon;
    let end = match &scenario.arrivals {
        Some(Arrivals::Constant { duration, .. } | Arrivals::Profile { duration, .. }) => *duration,
        Some(Arrivals::Ramp { stages, .. }) => stages.iter().fold(Span::ZERO, |sum, stage| sum + stage.1),
        None => return,
    };
    if horizon < end && top.desk.sound(&["arrivals", "run"]) {
        let message = format!("orders come for {end}, and the simulation ends after {horizon}");
        let help = "make run.horizon longer; it should leave time to deliver the last order";
        top.desk.report("W0401", top.place_of("arrivals"), message, help);
    }
}

/// Lockers that no delivery method goes to are legal and mostly a slip.
fn lockers(top: &Section<'_>, scenario: &Scenario) {
    let to_door = scenario.delivery.iter().all(|method| method.to == To::Door);
    if top.has("pick-up") && to_door && top.desk.sound(&["pick-up", "delivery"]) {
        let message = "no delivery method goes to a locker or a pickup point: nothing of pick-up is used";
        let help = "write to: locker or to: pickup-point in a method of delivery, or take pick-up out";
        top.desk.report("W0402", top.place_of("pick-up"), message.into(), help);
    }
}
