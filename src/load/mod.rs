//! WALL TIME: a run's commands, played against one engine from many threads, and how long each takes.
//!
//! ```text
//!   model -> simulate_onto -> Script (commands by worker, places instead of handles)
//!                               |  \
//!   Pace (closed, or so many    v   v
//!   commands a second) ------> Worker Worker ... -> one Engine
//!                               |  /       each asks the strategy where the run asked it
//!                               v v
//!                              Played (rates, latencies, refusals, digest)
//! ```
//!
//! # Promises
//! - Commands of one order, and of orders that may share a parcel, stay on one worker and in their order.
//! - The strategy plans each order anew, on the stock as it is at that moment: a plan that went stale is refused by
//!   the engine and made again, and counted.
//! - In an open loop latency counts from the instant at which the schedule wanted the command, so a late generator
//!   cannot hide it (no coordinated omission).
//! - The auditor's totals of all workers are weighed at the end of every play, and compared with the engine's.
//! - The same script on one thread ends in the digest of the run that it came from.

mod ahead;
pub mod bench;
mod callbacks;
mod knee;
mod ladder;
mod limit;
mod pace;
mod pins;
mod play;
mod script;
mod seen;
mod tape;
mod watch;
mod worker;

pub use knee::{Knee, SEARCHES, find_knee};
pub use ladder::{RUNGS, Rung, climb};
pub use limit::Limit;
pub use pace::{Pace, RateStage};
pub use pins::Pins;
pub use play::{Broken, Options, Played, Timed, play, play_watched};
pub use script::{Lane, Script, Step, Verb};
pub use seen::{Seen, VerbSeen, timing_ns};
pub use tape::{TapeError, script_of_tape};
pub use watch::Interval;
