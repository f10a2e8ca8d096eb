//! VIRTUAL TIME: one calendar, one thread, one replication.
//!
//! `Simulation` pops events, runs the stage of the token that each one carries, and executes the `Next` that the
//! stage returns. It knows stations, docks, groups and timers, and no stage: the meaning is in `stages/`.

mod crew;
mod docks;
mod event;
mod faults;
mod figures;
mod groups;
mod outcome;
mod rooms;
mod simulation;
mod stations;
mod trace;

pub use outcome::{Breach, LaneOutcome, Outcome, SimError, StationOutcome};
pub use simulation::{Options, simulate, simulate_onto};
