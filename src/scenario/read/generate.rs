//! A network that is made from places: what is asked for, and the nodes and lanes that come of it.

use crate::domain::Vehicle;
use crate::scenario::generate::{self, Fleet, Generate, Role, Staff};
use crate::scenario::section::Section;
use crate::scenario::spec::{Arrivals, LaneRow, Node, Zone};

const MOST_NODES: usize = 4_095;

/// What a planner asks for, and the nodes with their roles.
pub struct Generated<'d> {
    keys: Section<'d>,
    ask: Generate,
    nodes: Vec<(Node, Role)>,
}

/// `None` when no network is asked for; `nodes` become those that are written and those that are placed, and the
/// placed ones' names are defined.
pub fn nodes<'d>(network: &Section<'d>, zones: &[Zone], nodes: &mut Vec<Node>) -> Option<Generated<'d>> {
    let keys = network.maybe_section("generate")?;
    let ask = generate(&keys);
    if zones.is_empty() || !keys.desk.sound(&["zones", "nodes", "network.generate"]) {
        return None;
    }
    if zones.len() + nodes.len() < ask.hubs.max(ask.centers)
        || MOST_NODES < zones.len() + ask.hubs + ask.centers
    {
        let asked = ask.hubs.max(ask.centers);
        let message = format!("{asked} sites cannot be placed in {} zones", zones.len());
        keys.report("E0206", "hubs", message, "write fewer hubs and centers, or between 2 and 4000 zones");
        return None;
    }
    let written = nodes.len();
    let placed = generate::nodes(&ask, zones, std::mem::take(nodes));
    let desk = keys.desk;
    nodes.extend(placed.iter().map(|own| own.0.clone()));
    let names = || nodes[written..].iter().map(|node| node.name.clone());
    desk.define("node", names());
    desk.define("clock", names());
    Some(Generated { keys, ask, nodes: placed })
}

/// The lanes; they come before the rows of the lanes file, which replace them.
pub fn lanes(
    generated: &Generated<'_>,
    zones: &[Zone],
    circuity: f64,
    arrivals: Option<&Arrivals>,
    carriers: usize,
) -> Vec<LaneRow> {
    let Generated { keys, ask, nodes } = generated;
    let Some(parcels) = ask.parcels.or_else(|| arrivals.map(orders_a_day)) else {
        let message = "how many parcels a day lanes are made for is not known from a replay".into();
        keys.desk.report("E0202", keys.place(), message, "add \"parcels: 20000\", the parcels of a mean day");
        return Vec::new();
    };
    let carriers = if ask.carriers.is_empty() { carriers } else { ask.carriers.len() };
    generate::lanes(ask, nodes, zones, circuity, parcels / carriers.max(1) as f64)
}

/// Of the time in which orders come, a day at least.
fn orders_a_day(arrivals: &Arrivals) -> f64 {
    let span = match arrivals {
        Arrivals::Constant { duration, .. } | Arrivals::Profile { duration, .. } => duration.as_hours_f64(),
        Arrivals::Ramp { stages, .. } => stages.iter().map(|stage| stage.1.as_hours_f64()).sum(),
    };
    crate::scenario::check::expected_orders(arrivals) / (span / 24.0).max(1.0)
}

fn generate(keys: &Section<'_>) -> Generate {
    let fleet = |name: &str| {
        let keys = keys.section(name);
        Fleet {
            capacity: keys.count("capacity"),
            vehicle: Vehicle {
                speed_kmh: keys.speed_kmh("speed"),
                loading: keys.span("loading"),
                cost_per_departure: keys.money("cost-per-departure"),
                cost_per_km: keys.money("cost-per-km"),
                co2_g_per_km: keys.mass_g("co2-per-km"),
            },
        }
    };
    Generate {
        hubs: keys.count("hubs") as usize,
        centers: keys.count("centers") as usize,
        stations: keys.share("stations"),
        search: keys.integer("search"),
        staff: Staff {
            pickers: keys.count("pickers"),
            packers: keys.count("packers"),
            graders: keys.count("graders"),
            sorters: keys.count("sorters"),
            station_sorters: keys.count("station-sorters"),
            shifts: keys.reference("shifts"),
        },
        carriers: keys.references("carriers"),
        parcels: keys.maybe_number("parcels"),
        fill: keys.share("fill"),
        gravity: keys.number("gravity"),
        direct: keys.number("direct"),
        gates: keys.count("gates") as usize,
        feeders: keys.count("feeders") as usize,
        air_from_km: keys.distance_km("air-from"),
        departures: keys.count("departures"),
        most_departures: keys.count("most-departures"),
        truck: fleet("truck"),
        air: fleet("air"),
        van: fleet("van"),
    }
}
