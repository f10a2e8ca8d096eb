//! Note: every parcel has a shipping note, where a scenario asks for them. Called by the stages that know a part of it:
//! the wave, the picker, the packer, and who buys the label.

use super::World;
use super::trip::Trip;
use crate::domain::{Account, CarrierId, Handle, NodeId};
use crate::metrics::{Goods, Note};

/// The trip goes to the floor with its wave.
pub fn released(world: &mut World<'_>, token: Handle) {
    let Some(notes) = &mut world.notes else { return };
    if world.model.floor.wave.is_some() {
        let node = NodeId(world.trips.get(token).node);
        notes.released(token, node, world.group.is_none_or(|(_, place)| place == 0));
    }
}

/// What the last transition says was picked.
pub fn picked(world: &mut World<'_>, token: Handle) {
    if !wants(world) {
        return;
    }
    let Some(notes) = &mut world.notes else { return };
    let picks = world.transition.moves.iter().filter(|units| units.to == Account::Picked);
    notes.picked(token, picks.map(|units| (units.sku, units.quantity)).collect());
}

/// Whether the last transition is about an order whose notes are kept.
fn wants(world: &World<'_>) -> bool {
    let Some(notes) = &world.notes else { return false };
    notes.all || world.transition.changes().any(|change| world.log.wants(change.0))
}

/// What is put into boxes under a trip, for its notes: asked before it is packed.
pub fn goods(world: &mut World<'_>, trip: &Trip) -> Goods {
    let mut goods = Goods::new();
    if world.notes.is_some() {
        world.engine.group_lines(trip.handle, &mut goods);
    }
    goods
}

/// After the transition of packing, while `scratch.boxes` still tells what is in which box.
pub fn packed(world: &mut World<'_>, token: Handle, trip: &Trip, goods: Goods) {
    let kept = wants(world);
    let Some(notes) = &mut world.notes else { return };
    let (node, wave) = (NodeId(trip.node), notes.wave(token));
    let created = &world.transition.created;
    let (boxes, sizes) = (created.len() as u32, world.scratch.boxes.parcels());
    let mut all = Vec::new();
    for (place, &parcel) in (0..).zip(created) {
        let (number, serial) = notes.next(node);
        if !kept {
            continue;
        }
        // The engine counts parcels in 8 bits: what would be in later boxes is in the last.
        let contents = world.scratch.boxes.contents().iter();
        let here = contents.filter(|(at, ..)| place == (*at).min(boxes - 1));
        let lines: Goods = match boxes {
            1 => goods.clone(),
            _ => here.map(|&(_, sku, units)| (sku, units)).collect(),
        };
        all.extend_from_slice(&lines);
        let size = sizes.get(place as usize).filter(|_| 1 < boxes);
        notes.kept.push(Note {
            number,
            serial,
            parcel,
            at: world.at,
            node,
            zone: trip.zone,
            method: trip.method,
            carrier: trip.carrier,
            wave,
            orders: world.transition.changes().map(|change| change.0).collect(),
            lines,
            place: place + 1,
            boxes,
            weight_g: size.map_or(trip.weight_g, |size| size.weight_g),
            volume_ml: size.map_or(trip.volume_ml, |size| size.volume_ml),
            again: false,
        });
    }
    notes.compare(token, all);
}

/// The goods of a lost parcel are packed once more: what its first note said, under a new number.
pub fn again(world: &mut World<'_>, trip: &Trip) {
    let Some(notes) = &mut world.notes else { return };
    let (number, serial) = notes.next(NodeId(trip.node));
    let Some(first) = notes.last_of(trip.handle).cloned() else { return };
    notes.kept.push(Note { number, serial, at: world.at, wave: None, again: true, ..first });
}

/// The label is bought.
pub fn labelled(world: &mut World<'_>, parcel: Handle, carrier: CarrierId) {
    if let Some(note) = world.notes.as_mut().and_then(|notes| notes.last_of(parcel)) {
        note.carrier = carrier.0;
    }
}
