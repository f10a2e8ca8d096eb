//! Tours for the stops of a round: one call, three fidelities.

use crate::kernel::draw::mix;
use crate::logistics::tours::{Budget, Instance, Metric, Problem, Rounding, savings, solve};

use super::Fidelity;
use super::estimate::{Scene, tour_length};

/// Stops that are planned together, about: a round with more is cut into sectors around the station.
const SECTOR: u32 = 200;

/// Where a van stops, in meters from the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    pub x: i32,
    pub y: i32,
    /// At least one, and no more than a van takes.
    pub parcels: u32,
}

/// One van's tour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tour {
    /// Stops by number, in order.
    pub stops: Vec<u32>,
    /// Meters to each stop from the one before, the first from the station.
    pub legs: Vec<u32>,
    /// Meters from each stop to the station.
    pub home: Vec<u32>,
}

/// What is planned for, beside the stops.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub fidelity: Fidelity,
    /// Parcels a van takes.
    pub capacity: u32,
    /// In which the stops lie.
    pub area_m2: f64,
    pub circuity: f64,
    pub seed: u64,
}

impl Tour {
    pub fn meters(&self) -> u64 {
        let legs: u64 = self.legs.iter().map(|&leg| u64::from(leg)).sum();
        legs + self.home.last().map_or(0, |&home| u64::from(home))
    }

    pub fn parcels(&self, stops: &[Stop]) -> u32 {
        self.stops.iter().map(|&stop| stops[stop as usize].parcels).sum()
    }
}

/// Tours that visit every stop once.
pub fn plan(stops: &[Stop], how: &Plan) -> Vec<Tour> {
    let mut tours = Vec::new();
    for (number, sector) in sectors(stops, how.capacity).into_iter().enumerate() {
        let own: Vec<Stop> = sector.iter().map(|&stop| stops[stop as usize]).collect();
        let share = own.len() as f64 / stops.len() as f64;
        let how = Plan { area_m2: how.area_m2 * share, seed: how.seed.wrapping_add(number as u64), ..*how };
        let mut found = match how.fidelity {
            Fidelity::Approx => estimated(&own, &how),
            Fidelity::Fast => routed(&own, &how, savings),
            Fidelity::Vrp { iterations } => routed(&own, &how, |instance| {
                solve(instance, how.seed, &Budget::Iterations(iterations)).routes
            }),
        };
        let whole = found.iter_mut().flat_map(|tour| &mut tour.stops);
        whole.for_each(|stop| *stop = sector[*stop as usize]);
        tours.append(&mut found);
    }
    tours
}

/// The round whole, or in sectors of as many full vans as make about `SECTOR` stops.
fn sectors(stops: &[Stop], capacity: u32) -> Vec<Vec<u32>> {
    let most = capacity * (SECTOR / capacity).max(1);
    let total: u64 = stops.iter().map(|stop| u64::from(stop.parcels)).sum();
    match total <= u64::from(most) {
        true => vec![(0..stops.len() as u32).collect()],
        false => by_angle(stops, most),
    }
}

fn direct(stop: Stop) -> f64 {
    let (x, y) = (f64::from(stop.x), f64::from(stop.y));
    (x * x + y * y).sqrt()
}

/// As many tours as full vans need, neighbors by angle together, each as long as the formula says. Within a tour
/// stops come in any order.
fn estimated(stops: &[Stop], how: &Plan) -> Vec<Tour> {
    let parts = by_angle(stops, how.capacity);
    let scene = Scene {
        stops: stops.len() as f64,
        tours: parts.len() as f64,
        mean_m: stops.iter().map(|&stop| direct(stop)).sum::<f64>() / stops.len() as f64,
        area_m2: how.area_m2,
    };
    let each = tour_length(scene) * how.circuity / scene.tours;
    let out = scene.mean_m * how.circuity;
    let tour = |mut own: Vec<u32>| {
        own.sort_unstable_by_key(|&stop| mix(how.seed ^ u64::from(stop)));
        let between = (own.len() as f64 - 1.0).max(1.0);
        // Ways out and back, and the rest between the stops; where that leaves nothing, all ways alike.
        let (out, leg) = match each - 2.0 * out {
            rest if 0.0 < rest && 1 < own.len() => (out, rest / between),
            _ => (each / (own.len() as f64 + 1.0), each / (own.len() as f64 + 1.0)),
        };
        let legs = (0..own.len()).map(|place| if place == 0 { out } else { leg } as u32).collect();
        Tour { legs, home: vec![out as u32; own.len()], stops: own }
    };
    parts.into_iter().map(tour).collect()
}

/// Stops by their angle around the station, cut where another would be more than `most` parcels.
fn by_angle(stops: &[Stop], most: u32) -> Vec<Vec<u32>> {
    let mut order: Vec<(f64, u32)> = (0..stops.len() as u32)
        .map(|stop| {
            let Stop { x, y, .. } = stops[stop as usize];
            (libm::atan2(f64::from(y), f64::from(x)), stop)
        })
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (mut cut, mut load): (Vec<Vec<u32>>, u32) = (vec![Vec::new()], 0);
    for (_, stop) in order {
        let parcels = stops[stop as usize].parcels;
        if most < load + parcels {
            cut.push(Vec::new());
            load = 0;
        }
        load += parcels;
        cut.last_mut().expect("one part at least").push(stop);
    }
    cut
}

fn routed(stops: &[Stop], how: &Plan, routes: impl FnOnce(&Instance) -> Vec<Vec<u32>>) -> Vec<Tour> {
    let point = |x: i32, y: i32| (f64::from(x) * how.circuity, f64::from(y) * how.circuity);
    let at = std::iter::once((0.0, 0.0)).chain(stops.iter().map(|stop| point(stop.x, stop.y))).collect();
    let problem = Problem {
        name: String::new(),
        metric: Metric::Points { at, rounding: Rounding::Nearest },
        capacity: how.capacity as i32,
        demand: std::iter::once(0).chain(stops.iter().map(|stop| stop.parcels as i32)).collect(),
        windows: None,
        vehicles: None,
    };
    let instance = match how.fidelity {
        Fidelity::Fast => Instance::light(&problem),
        _ => Instance::new(&problem),
    };
    let meters = |from: u32, to: u32| instance.distance(from, to) as u32;
    let tour = |route: Vec<u32>| Tour {
        legs: (0..route.len())
            .map(|place| meters(if place == 0 { 0 } else { route[place - 1] }, route[place]))
            .collect(),
        home: route.iter().map(|&stop| meters(stop, 0)).collect(),
        stops: route.into_iter().map(|stop| stop - 1).collect(),
    };
    routes(&instance).into_iter().map(tour).collect()
}
