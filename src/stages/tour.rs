//! Tour: a picker walks the aisles for several orders at once, or for one, or for the part of one that lies in a zone.
//! The station's job is the tour.
//!
//! ```text
//! single          order --------------------------------> tour -> pick station -> pack
//! batch, cluster  order -+- gather (number, patience) --> tours of a cart each -> pack, order by order
//! zone            order -+-> part in zone 1 -> tour --+-> all parts are there -> pack
//!                        +-> part in zone 2 -> tour --+
//! ```
//!
//! Token: the trip of a fulfillment order sent to the floor; in zones also a trip of a part of it, which lives as long
//! as the part is picked.

use std::collections::BTreeMap;

use super::trip::Trip;
use super::{Next, Stage, World};
use crate::domain::{Handle, StationId};
use crate::kernel::draw::mix;
use crate::kernel::time::{Moment, Span};
use crate::model::picking::Load;
use crate::model::{PickMethod, Picking};

/// Tours under way, and orders in parts.
#[derive(Debug, Default)]
pub struct Tours {
    /// Members of a tour, by its first.
    members: BTreeMap<Handle, Vec<Handle>>,
    /// The tour that is being loaded, and the units on its cart.
    cart: Option<(Handle, u32)>,
    /// The order that a part belongs to.
    parts: BTreeMap<Handle, Handle>,
    /// Orders of which parts are still out, or that wait to be put together.
    whole: BTreeMap<Handle, Whole>,
}

#[derive(Debug, Clone, Copy)]
struct Whole {
    parts: u32,
    out: u32,
    first_home: Option<Moment>,
}

impl Tours {
    /// All who are on the tour that waits under this token.
    pub fn members(&self, leader: Handle) -> Vec<Handle> {
        self.members.get(&leader).cloned().unwrap_or_else(|| vec![leader])
    }

    /// Orders that a job of pickers brings to the packers when it is done: of parts the last alone.
    pub fn brings(&self, token: Handle) -> u64 {
        match self.parts.get(&token) {
            Some(order) => u64::from(self.whole[order].out == 1),
            None => self.members.get(&token).map_or(1, |members| members.len() as u64),
        }
    }

    pub fn is_part(&self, token: Handle) -> bool {
        self.parts.contains_key(&token)
    }
}

/// Tours that wait under one of these tokens and lose one of `gone` (ascending) are dissolved; those who stay set out
/// together when the outbox is drained. Returns who led them, ascending.
pub fn dissolve(world: &mut World<'_>, waiting: &[Handle], gone: &[Handle]) -> Vec<Handle> {
    let mut broken = Vec::new();
    let is_gone = |token: &Handle| gone.binary_search(token).is_ok();
    for &leader in waiting {
        let mut members = world.tours.members(leader);
        if !members.iter().any(is_gone) {
            continue;
        }
        broken.push(leader);
        world.tours.members.remove(&leader);
        members.retain(|token| !is_gone(token));
        if let Some(&first) = members.first() {
            world.tours.members.insert(first, members);
            world.send(first, Next::Go(Stage::Tour));
        }
    }
    broken.sort_unstable();
    broken
}

/// Groups of waves and of merge windows have other keys.
const GATHERS: u64 = 1 << 40;

pub fn join(world: &mut World<'_>, picking: &Picking, token: Handle) -> Next {
    if picking.rules.method == PickMethod::Zone {
        return take_apart(world, picking, token);
    }
    if picking.batch() == 1 {
        return Next::Go(Stage::Tour);
    }
    let node = u64::from(world.trips.get(token).node);
    let deadline = world.at + picking.rules.patience;
    Next::Gather { key: GATHERS | node << 1, deadline, size: picking.batch(), then: Stage::JoinTour }
}

/// Onto the cart that is being loaded, or onto the next one where it is full.
pub fn load(world: &mut World<'_>, token: Handle) -> Next {
    let (_, place) = world.group.expect("tours are loaded from groups");
    let trip = *world.trips.get(token);
    world.metrics.floor.gathered(world.at.since(trip.since));
    let most = world.model.floor.picking.as_ref().expect("tours").rules.cart;
    let room = world.tours.cart.filter(|&(_, units)| 0 < place && units + trip.units <= most);
    let Some((leader, units)) = room else {
        world.tours.cart = Some((token, trip.units));
        world.tours.members.insert(token, vec![token]);
        // Runs when all of the group are loaded: what they do next waits in the outbox.
        return Next::Go(Stage::Tour);
    };
    world.tours.cart = Some((leader, units + trip.units));
    world.tours.members.get_mut(&leader).expect("a tour that is being loaded").push(token);
    Next::Done
}

/// The tour queues for a picker.
pub fn walk(world: &mut World<'_>, leader: Handle) -> Next {
    let station = world.model.nodes[usize::from(world.trips.get(leader).node)].pick;
    let members = world.tours.members(leader);
    let next = set_out(world, &members, station);
    world.tours.members.insert(leader, members);
    next
}

fn set_out(world: &mut World<'_>, members: &[Handle], station: StationId) -> Next {
    let (_, work, rank) = measure(world, members);
    Next::Seize { station, work, rank }
}

/// What a tour of these brings home, how long it takes, and how urgent the most urgent is.
fn measure(world: &mut World<'_>, members: &[Handle]) -> (Load, Span, u32) {
    let model = world.model;
    let picking = model.floor.picking.as_ref().expect("tours");
    let (mut load, mut shelves, mut rank, mut node) = (Load::default(), Span::ZERO, u32::MAX, 0);
    for &member in members {
        let trip = *world.trips.get(member);
        load.orders += 1.0;
        load.lines += f64::from(trip.lines);
        load.units += f64::from(trip.units);
        shelves += super::pick::at_the_shelves(world, &trip);
        rank = rank.min(model.rank(trip.method, trip.promised));
        node = usize::from(trip.node);
    }
    let work = shelves + Span::from_secs_f64(picking.beside_s(load));
    (load, model.nodes[node].hasten(work), rank)
}

fn count(world: &mut World<'_>, members: &[Handle]) {
    let (load, work, _) = measure(world, members);
    let meters = world.model.floor.picking.as_ref().expect("tours").meters(load.lines);
    world.metrics.floor.toured(load.orders as u64, load.lines as u64, meters, work);
}

/// A part in each zone in which the order has lines.
fn take_apart(world: &mut World<'_>, picking: &Picking, token: Handle) -> Next {
    let trip = *world.trips.get(token);
    let mut by_zone = vec![(0u16, 0u32); picking.zones() as usize];
    if world.faults.on_the_floor.contains(&token.bits()) {
        // Goods of a parcel that is sent once more; the engine knows it as a parcel: it is picked in one place.
        let zone = mix(trip.key) % by_zone.len() as u64;
        by_zone[zone as usize] = (trip.lines, trip.units);
    } else {
        let mut lines = std::mem::take(&mut world.scratch.lines);
        world.engine.group_lines(trip.handle, &mut lines);
        for &(sku, quantity) in &lines {
            let part = &mut by_zone[picking.zone_of(sku) as usize];
            part.0 += 1;
            part.1 += quantity;
        }
        world.scratch.lines = lines;
    }
    let parts = by_zone.iter().filter(|part| 0 < part.0).count() as u32;
    world.tours.whole.insert(token, Whole { parts, out: parts, first_home: None });
    let first = world.model.nodes[usize::from(trip.node)].pick;
    for (zone, &(lines, units)) in (0..).zip(&by_zone).filter(|(_, part)| 0 < part.0) {
        let part = world.trips.begin(Trip { lines, units, key: trip.key ^ zone << 58, ..trip });
        world.tours.parts.insert(part, token);
        let station = StationId(first.0 + zone as u32);
        let next = set_out(world, &[part], station);
        world.send(part, next);
    }
    Next::Done
}

/// Whether the order under this token goes on to packing itself. Who was on the tour with it is sent on as well; an
/// order in parts is sent on with its last part.
pub fn came_home(world: &mut World<'_>, token: Handle) -> bool {
    if let Some(order) = world.tours.parts.remove(&token) {
        count(world, &[token]);
        world.trips.end(token);
        let whole = world.tours.whole.get_mut(&order).expect("an order in parts");
        whole.out -= 1;
        let first = *whole.first_home.get_or_insert(world.at);
        if whole.out == 0 {
            world.metrics.floor.put_together(world.at.since(first));
            world.send(order, Next::Go(Stage::Picked));
        }
        return false;
    }
    // Who was sent on by the first of its tour, or by the last of its parts, has no tour of its own.
    if let Some(members) = world.tours.members.remove(&token) {
        count(world, &members);
        for &member in &members[1..] {
            world.send(member, Next::Go(Stage::Picked));
        }
    }
    true
}

/// Nothing of the order is left to pack.
pub fn came_to_nothing(world: &mut World<'_>, token: Handle) {
    world.tours.whole.remove(&token);
}

/// What packing takes longer because the order came in parts.
pub fn consolidation(world: &mut World<'_>, token: Handle) -> Span {
    let Some(picking) = &world.model.floor.picking else { return Span::ZERO };
    let whole = world.tours.whole.remove(&token);
    Span(picking.rules.consolidate.0 * u64::from(whole.map_or(0, |whole| whole.parts.saturating_sub(1))))
}
