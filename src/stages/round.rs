//! Round: parcels wait at a zone's station until vans leave, and learn from their tour when the bell rings.
//! Token: the trip of a parcel; the first that waits at a station sets out for all.

use std::collections::BTreeMap;

use super::trip::Trip;
use super::{Next, Stage, World, pick_up, trace};
use crate::domain::{CarrierId, Handle, NodeId, ZoneId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::logistics::Rounds;
use crate::logistics::rounds::{Fidelity, Plan, Stop, Tour, plan};
use crate::metrics::CostLine;
use crate::model::Model;

const PLACE_X: Purpose = Purpose::named("place in the zone, east");
const PLACE_Y: Purpose = Purpose::named("place in the zone, north");
const SEARCH: Purpose = Purpose::named("search for tours");
const SAMPLE: Purpose = Purpose::named("round planned twice");

/// One carrier's station in one zone.
#[derive(Debug, Default, Clone)]
pub struct Depot {
    /// Parcels, and since when each is there.
    waiting: Vec<(Handle, Moment)>,
    /// By van: when it is back.
    vans: Vec<Moment>,
}

/// By (carrier, zone); empty where the last mile is a law.
pub fn depots(model: &Model) -> Vec<Depot> {
    let Some(rounds) = model.network.rounds() else { return Vec::new() };
    let of_zone = |&vans: &u32| Depot { waiting: Vec::new(), vans: vec![Moment::ZERO; vans as usize] };
    let of_carrier: Vec<Depot> = rounds.vans.iter().map(of_zone).collect();
    (0..model.network.carrier_count()).flat_map(|_| of_carrier.clone()).collect()
}

/// A parcel that its van takes, or would.
struct Member {
    token: Handle,
    spot: u64,
}

/// From the hub to the station.
pub fn feed(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    let (network, carrier) = (&world.model.network, CarrierId(trip.carrier));
    let road = network.last_mile(carrier).road(network.km(NodeId(trip.node), ZoneId(trip.zone)));
    Next::Wait(road, Stage::AtStation)
}

/// The parcel waits for the next round.
pub fn at_station(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    let (depot, at) = (place(world.model, &trip), world.at);
    super::tracking::at_station(world, parcel);
    world.depots[depot].waiting.push((parcel, at));
    match world.depots[depot].waiting.len() {
        1 => Next::Until(next_round(world, &trip), Stage::SetOut),
        _ => Next::Done,
    }
}

fn place(model: &Model, trip: &Trip) -> usize {
    usize::from(trip.carrier) * model.network.zones.len() + usize::from(trip.zone)
}

fn next_round(world: &World<'_>, trip: &Trip) -> Moment {
    let next = world.model.network.next_round(CarrierId(trip.carrier), ZoneId(trip.zone), world.at);
    next.expect("parcels wait at stations where vans leave in rounds")
}

/// Vans that are there leave with what waits, the most urgent first.
pub fn set_out(world: &mut World<'_>, leader: Handle) -> Next {
    let (at, model, trip) = (world.at, world.model, *world.trips.get(leader));
    let rounds = model.network.rounds().expect("a round of vans");
    let depot = place(model, &trip);
    let mut waiting = std::mem::take(&mut world.depots[depot].waiting);
    // What comes as the vans leave is too late, whatever of one instant happens first.
    let late = |&(_, since): &(Handle, Moment)| since == at;
    world.depots[depot].waiting.extend(waiting.iter().copied().filter(late));
    waiting.retain(|parcel| !late(parcel));
    waiting.sort_by_cached_key(|&(token, _)| {
        let trip = world.trips.get(token);
        (model.methods[usize::from(trip.method)].rank, trip.promised, trip.key)
    });
    let free = world.depots[depot].vans.iter().filter(|&&back| back <= at).count();
    let room = free.saturating_mul(rounds.rules.capacity as usize);
    let mut taken: Vec<Handle> = waiting.into_iter().map(|(token, _)| token).collect();
    let behind = taken.split_off(room.min(taken.len()));
    leave_behind(world, depot, behind);
    if !taken.is_empty() {
        load(world, rounds, depot, &trip, taken);
    }
    if let Some(&(first, _)) = world.depots[depot].waiting.first() {
        let next = next_round(world, &trip);
        world.send(first, Next::Until(next, Stage::SetOut));
    }
    Next::Done
}

fn leave_behind(world: &mut World<'_>, depot: usize, parcels: Vec<Handle>) {
    world.metrics.last_mile.left_behind += parcels.len() as u64;
    // They will have been there before the next round, whenever that is.
    world.depots[depot].waiting.extend(parcels.into_iter().map(|token| (token, Moment::ZERO)));
}

fn load(world: &mut World<'_>, rounds: &Rounds, depot: usize, first: &Trip, parcels: Vec<Handle>) {
    let (at, round) = (world.at, (world.at.0 / Span::MINUTE.0) as u32);
    let zone = usize::from(first.zone);
    let mut members: Vec<Member> = parcels
        .into_iter()
        .map(|token| {
            let trip = *world.trips.get(token);
            Member { token, spot: pick_up::spot(world, &trip) }
        })
        .collect();
    // Parcels for one spot stand together, the most urgent spot first.
    let mut spots = BTreeMap::new();
    for (number, member) in members.iter().enumerate() {
        spots.entry(member.spot).or_insert(number);
    }
    members.sort_by_key(|member| spots[&member.spot]);
    let capacity = rounds.rules.capacity;
    let groups: Vec<&[Member]> =
        members.chunk_by(|a, b| a.spot == b.spot).flat_map(|spot| spot.chunks(capacity as usize)).collect();
    let stops: Vec<Stop> = groups.iter().map(|group| stop(world, rounds, zone, group)).collect();
    let how = Plan {
        fidelity: rounds.rules.fidelity,
        capacity,
        area_m2: 1e6 * rounds.area_km2[zone],
        circuity: rounds.circuity,
        seed: world.draw.bits(SEARCH, depot as u64, round),
    };
    let mut tours = plan(&stops, &how);
    if world.draw.chance(SAMPLE, depot as u64, round, rounds.rules.sample) {
        sample(world, rounds, &stops, &how);
    }
    tours.sort_by_key(|tour| std::cmp::Reverse(tour.parcels(&stops)));
    world.metrics.last_mile.rounds += 1;
    for tour in tours {
        match world.depots[depot].vans.iter().position(|&back| back <= at) {
            Some(van) => {
                let station = (CarrierId(first.carrier), ZoneId(first.zone));
                let back = send_off(world, rounds, &tour, &stops, &groups, station);
                world.depots[depot].vans[van] = back;
            }
            None => {
                let parcels = tour.stops.iter().flat_map(|&stop| groups[stop as usize]);
                leave_behind(world, depot, parcels.map(|member| member.token).collect());
            }
        }
    }
}

fn stop(world: &World<'_>, rounds: &Rounds, zone: usize, group: &[Member]) -> Stop {
    let side = 1_000.0 * rounds.area_km2[zone].sqrt();
    let spot = group[0].spot;
    let east = side * (world.draw.uniform(PLACE_X, spot, 0) - 0.5) + 1_000.0 * rounds.rules.station_km;
    let north = side * (world.draw.uniform(PLACE_Y, spot, 0) - 0.5);
    Stop { x: east as i32, y: north as i32, parcels: group.len() as u32 }
}

fn sample(world: &mut World<'_>, rounds: &Rounds, stops: &[Stop], how: &Plan) {
    let meters = |fidelity| -> u64 { plan(stops, &Plan { fidelity, ..*how }).iter().map(Tour::meters).sum() };
    let by_search = meters(Fidelity::Vrp { iterations: rounds.rules.iterations });
    if 0 < by_search {
        world.metrics.last_mile.sampled(meters(Fidelity::Approx) as f64, by_search as f64);
    }
}

/// A van drives its tour; when it is back. What it costs is shared by the parcels in it.
fn send_off(
    world: &mut World<'_>,
    rounds: &Rounds,
    tour: &Tour,
    stops: &[Stop],
    groups: &[&[Member]],
    (carrier, zone): (CarrierId, ZoneId),
) -> Moment {
    let last_mile = world.model.network.last_mile(carrier);
    let ahead = world.model.network.ahead(zone, world.at);
    let driven = rounds.hours.drive(tour, stops, world.at + ahead, last_mile.doors()).earlier(ahead);
    let (parcels, took) = (tour.parcels(stops), driven.back.since(world.at));
    world.metrics.last_mile.drove(driven.at.len(), parcels, driven.meters, took);
    let cost = took.as_hours_f64() * rounds.rules.wage_per_hour.0 as f64
        + driven.meters as f64 / 1_000.0 * rounds.rules.cost_per_km.0 as f64;
    if world.trace.is_some() {
        let carried = tour.stops.iter().flat_map(|&stop| groups[stop as usize]);
        let carried: Vec<Handle> = carried.map(|member| member.token).collect();
        trace::toured(world, &carried, driven.meters, took);
    }
    for (place, &stop) in tour.stops.iter().enumerate() {
        for (number, member) in groups[stop as usize].iter().enumerate() {
            world.metrics.cost(CostLine::LastMile, cost / f64::from(parcels));
            super::tracking::goes_out(world, member.token);
            let next = match driven.at.get(place) {
                Some(&there) => {
                    Next::Until(rounds.hours.handed_over(there, number as u32 + 1), Stage::Attempt)
                }
                None => {
                    world.metrics.last_mile.too_late += 1;
                    Next::Until(driven.back, Stage::AtStation)
                }
            };
            world.send(member.token, next);
        }
    }
    driven.back
}

/// Nobody was at home: back with the van, and out again in a round after the carrier's pause.
pub fn retry(world: &World<'_>, trip: &Trip) -> Next {
    let pause = world.model.network.last_mile(CarrierId(trip.carrier)).retry_after;
    Next::Wait(pause, Stage::AtStation)
}
