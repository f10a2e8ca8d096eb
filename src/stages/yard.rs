//! Yard: trucks wait there until the hub's floor has room for their parcels.
//! Token: the trip of a parcel in the truck.

use super::{Next, Stage, World};
use crate::domain::{Handle, NodeId};
use crate::logistics::HubFloor;
use crate::metrics::{Phase, YardSeen};
use crate::model::Model;

/// By node; empty where every hub takes everything.
#[derive(Debug, Default)]
pub struct Floors {
    hubs: Vec<Option<HubFloor>>,
    /// Vehicles that have been called in from a yard and are not unloaded yet.
    called: Vec<u32>,
    /// By node: parcels that lie in a corner of the floor until somebody finds them.
    lying: Vec<u64>,
}

/// What happens to the parcels of a truck that is at its hub, and whether the truck keeps them.
pub struct Berth {
    pub stage: Stage,
    pub stays: bool,
}

impl Floors {
    pub fn new(model: &Model) -> Floors {
        let rooms = model.movement.as_ref().map_or(&[][..], |movement| &movement.floors);
        let hubs: Vec<Option<HubFloor>> = rooms.iter().map(|room| room.map(HubFloor::new)).collect();
        Floors { lying: vec![0; hubs.len()], hubs, called: Vec::new() }
    }

    #[inline]
    pub fn are_set(&self) -> bool {
        !self.hubs.is_empty()
    }

    /// Somebody has found a parcel that lay in a corner there.
    pub fn found(&mut self, hub: NodeId) {
        if let Some(lying) = self.lying.get_mut(hub.index()) {
            *lying -= 1;
        }
    }

    pub fn lying(&self, hub: NodeId) -> u64 {
        self.lying[hub.index()]
    }

    /// Those that are limited.
    pub fn hubs(&self) -> impl Iterator<Item = (NodeId, &HubFloor)> {
        let hubs = self.hubs.iter().zip(0..);
        hubs.filter_map(|(hub, node)| hub.as_ref().map(|floor| (NodeId(node), floor)))
    }
}

/// A truck is at the end of `world.lane`, or comes out of the yard there.
#[inline]
pub fn berth(world: &mut World<'_>, vehicle: u32, parcels: usize) -> Berth {
    if !world.floors.are_set() {
        return Berth { stage: Stage::Arrive, stays: false };
    }
    let hub = world.model.network.lane(world.lane).to;
    let Some(floor) = &mut world.floors.hubs[hub.index()] else {
        return Berth { stage: Stage::Arrive, stays: false };
    };
    if let Some(place) = world.floors.called.iter().position(|&called| called == vehicle) {
        world.floors.called.swap_remove(place);
        return Berth { stage: Stage::Unload, stays: false };
    }
    match floor.arrive(vehicle, parcels as u64, world.at) {
        true => Berth { stage: Stage::Arrive, stays: false },
        false => Berth { stage: Stage::Yard, stays: true },
    }
}

/// The truck waits, and the parcel in it.
pub fn wait(world: &mut World<'_>, parcel: Handle) -> Next {
    world.trip_leaves(parcel, Phase::Linehaul);
    world.metrics.entered(Phase::Yard);
    Next::Done
}

/// The truck has come in: from here on as if it had arrived now.
pub fn unload(world: &mut World<'_>, parcel: Handle) -> Next {
    world.trip_leaves(parcel, Phase::Yard);
    world.metrics.entered(Phase::Linehaul);
    super::ship::arrive(world, parcel)
}

/// A parcel leaves the hub, and with it perhaps the first truck the yard.
#[inline]
pub fn leave(world: &mut World<'_>, node: NodeId) {
    let at = world.at;
    let Some(floor) = &mut world.floors.hubs[node.index()] else { return };
    floor.leave(at);
    while let Some(vehicle) = floor.call(at) {
        world.floors.called.push(vehicle);
        world.outbox.push((Handle::default(), Next::ComeIn { vehicle }));
    }
}

/// A parcel of the truck that is being unloaded is not sorted now: it is gone, and its truck has counted it in, or it
/// lies in a corner of the floor until it is found.
pub fn came_to_grief(world: &mut World<'_>, then: Stage) {
    if !world.floors.are_set() {
        return;
    }
    let hub = world.model.network.lane(world.lane).to;
    match then {
        Stage::Lost => leave(world, hub),
        _ => world.floors.lying[hub.index()] += 1,
    }
}

impl World<'_> {
    /// At the end of a run, what floors and yards have seen.
    pub fn tell_movement(&mut self) {
        if !self.floors.are_set() {
            return;
        }
        let at = self.at;
        let mut yards = vec![YardSeen::default(); self.model.nodes.len()];
        for (node, floor) in self.floors.hubs() {
            yards[node.index()] = YardSeen {
                trucks: floor.trucks,
                trucks_waited: floor.trucks_waited,
                parcels_waited: floor.parcels_waited,
                waited_us: floor.waited(at).0,
                peak: floor.peak,
                peak_yard: floor.peak_yard,
            };
        }
        self.metrics.movement.yards = yards;
    }
}
