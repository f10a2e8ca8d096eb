//! A network from real places: hubs and centers where people are near, stations in the other places, lanes by
//! distance and demand. What comes out are the nodes and lane rows that a planner could have written.
//!
//! ```text
//!   center --truck--> hub ==truck or air==> hub --van--> station ~~last mile~~> door
//! ```

mod lanes;
mod siting;

use super::spec::{Node, Zone};
use crate::domain::{GeoPoint, NodeKind, Vehicle};

pub use lanes::lanes;
pub use siting::{People, sites};

/// Places so near to a hub are served by it: the reader of cities takes such a place for a part of the larger one.
const NEAR_KM: f64 = 15.0;

/// What the planner asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Generate {
    pub hubs: usize,
    pub centers: usize,
    /// Of the places without a hub, the share that has a station, the largest first.
    pub stations: f64,
    /// Interchanges of siting at most.
    pub search: u64,
    pub staff: Staff,
    /// Names; empty is every carrier.
    pub carriers: Vec<String>,
    /// Parcels a day; `None` is the orders a day that the scenario expects.
    pub parcels: Option<f64>,
    /// Share of a vehicle that is filled on a mean day.
    pub fill: f64,
    /// A center serves a place by its own people x distance to the power of minus this.
    pub gravity: f64,
    /// Parcels a day from which two hubs have lanes of their own.
    pub direct: f64,
    /// Hubs to which a center has lanes, and hubs that feed a station.
    pub gates: usize,
    pub feeders: usize,
    /// Lanes between hubs fly from this distance on.
    pub air_from_km: f64,
    pub departures: u32,
    pub most_departures: u32,
    pub truck: Fleet,
    pub air: Fleet,
    /// From hubs to stations.
    pub van: Fleet,
}

/// Staff of all nodes that are placed, by the people that they serve; and of each station.
#[derive(Debug, Clone, PartialEq)]
pub struct Staff {
    pub pickers: u32,
    pub packers: u32,
    pub graders: u32,
    pub sorters: u32,
    pub station_sorters: u32,
    pub shifts: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fleet {
    /// Parcels a vehicle.
    pub capacity: u32,
    pub vehicle: Vehicle,
}

/// What a generated node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Center,
    Hub,
    Station,
}

/// The planner's nodes, and those that are placed beside them; with the role of each.
pub fn nodes(ask: &Generate, zones: &[Zone], written: Vec<Node>) -> Vec<(Node, Role)> {
    let at: Vec<GeoPoint> = zones.iter().map(|zone| zone.at).collect();
    let weight: Vec<f64> = zones.iter().map(|zone| zone.weight).collect();
    let people = People { at: &at, weight: &weight };
    let role = |node: &Node| if node.kind == NodeKind::Hub { Role::Hub } else { Role::Center };
    let mut all: Vec<(Node, Role)> = written
        .into_iter()
        .map(|node| {
            let role = role(&node);
            (node, role)
        })
        .collect();
    for (role, count) in [(Role::Center, ask.centers), (Role::Hub, ask.hubs)] {
        let fixed: Vec<GeoPoint> = all.iter().filter(|own| own.1 == role).map(|own| own.0.at).collect();
        let placed = sites(people, &fixed, count, ask.search);
        let share = served(people, &fixed, &placed);
        for (&place, share) in placed.iter().zip(share) {
            let node = node(ask, &zones[place], role, share, &all);
            all.push((node, role));
        }
    }
    let hubs: Vec<GeoPoint> = all.iter().filter(|own| own.1 == Role::Hub).map(|own| own.0.at).collect();
    let mut places: Vec<usize> = (0..zones.len())
        .filter(|&place| hubs.iter().all(|hub| NEAR_KM < hub.distance_km(at[place])))
        .collect();
    places.sort_by(|&a, &b| weight[b].total_cmp(&weight[a]).then(a.cmp(&b)));
    places.truncate(libm::round(ask.stations * places.len() as f64) as usize);
    places.sort_unstable();
    for place in places {
        let station = node(ask, &zones[place], Role::Station, 0.0, &all);
        all.push((station, Role::Station));
    }
    all
}

/// Of all people whom the placed sites serve, the share of each.
fn served(people: People<'_>, fixed: &[GeoPoint], placed: &[usize]) -> Vec<f64> {
    let mut share = vec![0.0; placed.len()];
    for (at, weight) in people.at.iter().zip(people.weight) {
        let km = |&site: &usize| people.at[site].distance_km(*at);
        let fixed_km = fixed.iter().map(|site| site.distance_km(*at)).fold(f64::INFINITY, f64::min);
        let near = placed.iter().map(km).enumerate().reduce(|a, b| if b.1 < a.1 { b } else { a });
        if let Some((site, _)) = near.filter(|near| near.1 < fixed_km) {
            share[site] += weight;
        }
    }
    let all: f64 = share.iter().sum();
    share.into_iter().map(|own| if 0.0 < all { own / all } else { 0.0 }).collect()
}

fn node(ask: &Generate, zone: &Zone, role: Role, share: f64, others: &[(Node, Role)]) -> Node {
    let staff = &ask.staff;
    let of = |all: u32, here: bool| match here && 0 < all {
        true => (libm::round(f64::from(all) * share) as u32).max(1),
        false => 0,
    };
    let (center, hub) = (role == Role::Center, role == Role::Hub);
    let word = ["center", "hub", "station"][role as usize];
    let taken = |name: &str| others.iter().any(|own| own.0.name == name);
    let plain = format!("{} {word}", zone.name);
    let name = match taken(&plain) {
        false => plain,
        true => {
            (2..).map(|number| format!("{plain} {number}")).find(|name| !taken(name)).expect("a free name")
        }
    };
    Node {
        name,
        kind: if center { NodeKind::FulfillmentCenter } else { NodeKind::Hub },
        at: zone.at,
        priority: 1,
        pickers: of(staff.pickers, center),
        packers: of(staff.packers, center),
        graders: of(staff.graders, center),
        sorters: if role == Role::Station { staff.station_sorters } else { of(staff.sorters, hub) },
        shifts: staff.shifts.clone().filter(|_| center),
        capital_per_day: Default::default(),
        speed: 1.0,
        time_zone: None,
        passes: role == Role::Station && staff.station_sorters == 0,
    }
}
