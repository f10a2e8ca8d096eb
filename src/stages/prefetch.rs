//! Prefetch: asks for what a stage will touch of its token, a level of the chain of records at a time.
//!
//! # Why
//! Two million orders in flight fill half a gigabyte, and a step touches three to six lines of it at random,
//! 100 to 300 ns each; the work on them takes less than 100. Asked for a few events ahead they come side by side.

use super::{Stage, World};
use crate::domain::Handle;

/// The levels of the longest chain: trip, parcel, lead, order.
pub const LEVELS: usize = 4;

/// What kind of record the token of a stage names.
enum Names {
    Nothing,
    Order,
    /// An order about to finish: its fulfillment orders and parcels go with it.
    LastOfOrder,
    Floor,
    Road,
    /// A parcel whose step concerns its order as well.
    Door,
}

impl Stage {
    const fn names(self) -> Names {
        match self {
            Stage::Browse | Stage::Cart | Stage::Submit | Stage::Backlog | Stage::Afloat => Names::Nothing,
            Stage::Accept => Names::LastOfOrder,
            Stage::Merge | Stage::Merged | Stage::Wave | Stage::Pick => Names::Floor,
            Stage::Picked | Stage::Pack | Stage::Packed => Names::Floor,
            Stage::Ship | Stage::Arrive | Stage::Sorted | Stage::LastMile => Names::Road,
            Stage::Depart | Stage::Attempt | Stage::SendBack => Names::Door,
            Stage::ReturnDock | Stage::Graded => Names::Door,
            _ => Names::Order,
        }
    }
}

/// Level 0 asks for what the token itself names, each further level for what the one before has brought.
#[inline]
pub fn prefetch(world: &World<'_>, stage: Stage, token: Handle, level: usize) {
    let engine = &world.engine;
    match (stage.names(), level) {
        (Names::Order | Names::LastOfOrder, 0) => {
            world.orders.prefetch(token);
            engine.prefetch_order(token);
        }
        (Names::LastOfOrder, 1) => engine.prefetch_first_of_order(token),
        (Names::LastOfOrder, 2) => engine.prefetch_parcel_of_order(token),
        (Names::Floor | Names::Road | Names::Door, 0) => world.trips.prefetch(token),
        (Names::Floor | Names::Door, _) => {
            if let Some(handle) = world.trips.handle(token) {
                prefetch_of_trip(world, matches!(stage.names(), Names::Door), handle, level);
            }
        }
        _ => {}
    }
}

#[inline]
fn prefetch_of_trip(world: &World<'_>, is_parcel: bool, handle: Handle, level: usize) {
    let engine = &world.engine;
    match (is_parcel, level) {
        (false, 1) => engine.prefetch_fulfillment(handle),
        (false, 2) => engine.prefetch_order_of(handle),
        (true, 1) => engine.prefetch_parcel(handle),
        (true, 2) => engine.prefetch_lead(handle),
        (true, 3) => {
            if let Some(order) = engine.prefetch_order_of_lead(handle) {
                world.orders.prefetch(order);
            }
        }
        _ => {}
    }
}
