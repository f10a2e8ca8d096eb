//! Where commands go beside the engine.

use crate::domain::{Command, Refusal, Transition};
use crate::kernel::time::Moment;

/// Told of every command in the order in which the engine was asked, refused ones included.
pub trait Sink: Send {
    fn saw(&mut self, at: Moment, command: &Command<'_>, outcome: Result<&Transition, Refusal>);
}
