//! WHAT IS KEPT: records of a run that can be played again.

mod sink;
mod tape;

pub use sink::Sink;
pub use tape::{Tape, TapeError, play};
