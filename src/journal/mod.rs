//! WHAT IS KEPT: records of a run that can be played again.

mod tape;

pub use tape::{Tape, TapeError, play};
