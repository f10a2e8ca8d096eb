//! Prefetch: asks for what the next steps will touch, a level of the chain of records at a time.
//!
//! ```text
//! trip -> parcel -> lead fulfillment order -> order
//! trip -> fulfillment order ----------------> order
//! order -> first fulfillment order -> its parcel
//! ```
//!
//! # Why
//! Two million orders in flight fill half a gigabyte, and a step touches three to six lines of it at random,
//! 100 to 300 ns each; the work on them takes less than 100. Asked for a few steps ahead they come side by side.
//!
//! # Why levels and a ring
//! Each arrow reads a line to know the next. A token enters the ring when its step is so many places away, and
//! moves one arrow on each time it is `STEP` places nearer: by then the line that names the next has come, and
//! nobody waits. What an arrow found stays in the ring, so no chain is walked twice.

use super::{Stage, World};
use crate::domain::Handle;

/// Places between two arrows of a chain.
const STEP: usize = 4;
/// Arrows of the longest chain.
const LEVELS: usize = 4;
/// How many steps ahead a token should be shown.
pub const AHEAD: usize = STEP * LEVELS;

/// What a handle in the ring is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Names {
    #[default]
    Nothing,
    Order,
    /// An order about to finish: its fulfillment orders and parcels go with it.
    LastOfOrder,
    /// A trip whose step asks nothing of the engine.
    Road,
    /// A trip of a fulfillment order whose step concerns the engine.
    Floor,
    /// A trip of a parcel whose step concerns the engine.
    Dock,
    /// The same, and it may end the order's journey.
    Door,
    Fulfillment,
    /// The first fulfillment order of an order about to finish.
    FirstOfOrder,
    Parcel,
    ParcelAtDoor,
    LeadAtDoor,
}

/// Tokens whose steps come next.
#[derive(Debug, Default)]
pub struct Ahead {
    ring: [(Names, Handle); AHEAD],
    place: usize,
}

impl Stage {
    #[inline]
    const fn names(self) -> Names {
        match self {
            Stage::Browse
            | Stage::Cart
            | Stage::Submit
            | Stage::Backlog
            | Stage::Afloat
            | Stage::PointsOld
            | Stage::CartEdit
            | Stage::CartLeavers
            | Stage::CartLeft
            | Stage::CartExpire
            | Stage::WishTold
            | Stage::Worried
            | Stage::ContactLate
            | Stage::ContactComes
            | Stage::ContactLooked
            | Stage::ContactBotSaid
            | Stage::ContactPeople
            | Stage::ContactTalked
            | Stage::ContactImpatient
            | Stage::ContactHungUp
            | Stage::ContactAgain
            | Stage::ReviewShelves
            | Stage::SupplierDelivers
            | Stage::PrePosition
            | Stage::TransferArrives
            | Stage::ComplaintOpened
            | Stage::ComplaintDue
            | Stage::ComplaintEscalated
            | Stage::ComplaintAnswered
            | Stage::Judged
            | Stage::Visit
            | Stage::Look
            | Stage::Searched
            | Stage::Paged
            | Stage::OpenGoods
            | Stage::Recommended
            | Stage::ToTill
            | Stage::SessionOrders => Names::Nothing,
            Stage::Accept => Names::LastOfOrder,
            Stage::Merge | Stage::Merged | Stage::Wave | Stage::Pick => Names::Floor,
            Stage::Picked | Stage::Pack | Stage::Packed => Names::Floor,
            Stage::Ship
            | Stage::Label
            | Stage::Arrive
            | Stage::Found
            | Stage::Yard
            | Stage::Unload
            | Stage::Sorted
            | Stage::LastMile => Names::Road,
            Stage::Depart => Names::Dock,
            Stage::Attempt | Stage::SendBack | Stage::ReturnApproved | Stage::ReturnDock | Stage::Graded => {
                Names::Door
            }
            _ => Names::Order,
        }
    }
}

impl Ahead {
    /// Shows the token whose step is `AHEAD` places away, and moves those before it one arrow on where due.
    #[inline]
    pub fn show(&mut self, world: &World<'_>, shown: Option<(Stage, Handle)>) {
        self.ring[self.place] = match shown {
            Some((stage, token)) => first(world, stage.names(), token),
            None => (Names::Nothing, Handle::default()),
        };
        for level in 1..LEVELS {
            let entry = &mut self.ring[(self.place + AHEAD - level * STEP) % AHEAD];
            if entry.0 != Names::Nothing {
                *entry = next(world, *entry);
            }
        }
        self.place = (self.place + 1) % AHEAD;
    }
}

/// Asks for what the token itself names.
#[inline]
fn first(world: &World<'_>, names: Names, token: Handle) -> (Names, Handle) {
    match names {
        Names::Nothing => {}
        Names::Order | Names::LastOfOrder => {
            world.orders.prefetch(token);
            world.engine.prefetch_order(token);
            world.engine.prefetch_file(token);
        }
        _ => world.trips.prefetch(token),
    }
    match names {
        Names::Order | Names::Road => (Names::Nothing, token),
        _ => (names, token),
    }
}

/// Reads what has come, and asks for what it names.
#[inline]
fn next(world: &World<'_>, (names, handle): (Names, Handle)) -> (Names, Handle) {
    let engine = world.engine;
    let found = match names {
        Names::Floor => world.trips.handle(handle).map(|fulfillment| {
            engine.prefetch_fulfillment(fulfillment);
            (Names::Fulfillment, fulfillment)
        }),
        Names::Dock | Names::Door => world.trips.handle(handle).map(|parcel| {
            engine.prefetch_parcel(parcel);
            (if names == Names::Door { Names::ParcelAtDoor } else { Names::Parcel }, parcel)
        }),
        Names::Parcel | Names::ParcelAtDoor => engine.lead_slot(handle).map(|lead| {
            engine.prefetch_fulfillment(lead);
            (if names == Names::Parcel { Names::Fulfillment } else { Names::LeadAtDoor }, lead)
        }),
        Names::Fulfillment | Names::LeadAtDoor => {
            if let Some(order) = engine.order_in(handle) {
                engine.prefetch_order(order);
                if names == Names::LeadAtDoor {
                    world.orders.prefetch(order);
                }
            }
            None
        }
        Names::LastOfOrder => engine.first_slot(handle).map(|first| {
            engine.prefetch_fulfillment(first);
            (Names::FirstOfOrder, first)
        }),
        Names::FirstOfOrder => {
            if let Some(parcel) = engine.parcel_slot(handle) {
                engine.prefetch_parcel(parcel);
            }
            None
        }
        Names::Nothing | Names::Road | Names::Order => None,
    };
    found.unwrap_or_default()
}
