//! WHAT IS KEPT: records of a run that can be played again, or held against hashes.

mod keepers;
pub mod ledger;
mod sink;
mod tape;

use keepers::beside;

pub use keepers::Keepers;
pub use ledger::{Ledger, LedgerFile, SyncPolicy};
pub use sink::Sink;
pub use tape::{Tape, TapeError, play};
