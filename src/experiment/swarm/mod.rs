//! THE SWARM: random small scenarios under the closest audit, seed by seed; what fails is shrunk to a file.
//!
//! ```text
//! seed -> generate (key table) -> Case -> text -> trial: 1, 2, 4 threads, paranoid  -> Passed, Refused
//!                                  ^                     bytes compared, coverage   -> Failed -> shrink -> file
//!                                  +------------------------------ smaller case <--------------+
//! ```
//!
//! # Promises
//! - A seed is one case for ever, as long as the key table is the same: its dimensions and keys are draws.
//! - A failure is a scenario file: it needs no swarm to be seen again.
//! - What the swarm did not reach is told: disturbances by the state of the order that they struck, and
//!   faults by the states in which orders were meanwhile.
//! - A swarm that was stopped goes on from its log to the same end.

mod case;
mod coverage;
mod exposure;
mod faults;
mod generate;
mod log;
mod shrink;
mod summary;
mod trial;
mod warehouse;

pub use case::Case;
pub use coverage::{Cell, Coverage, STRIKES, Strike, reachable, unreachable_why};
pub use exposure::{Exposed, kinds, unexposed_why};
pub use generate::{generate, generation};
pub use log::{Log, Row};
pub use shrink::shrink;
pub use summary::{MatrixRow, Summary};
pub use trial::{Bench, Failure, Finding, Tell, Work};

/// The case of a failed seed, as small as it could be made while it fails in the same way.
pub fn smallest(bench: &Bench<'_>, case: &Case, failure: &Failure) -> Case {
    shrink(case, |candidate| match bench.run(&candidate.text()).0 {
        Finding::Failed(again) => again.kind == failure.kind,
        _ => false,
    })
}
