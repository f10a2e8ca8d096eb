//! The contact center, as a planner writes it.

use super::LawSpec;
use crate::domain::{Intent, Money};
use crate::kernel::time::Span;

/// Shoppers ask, and self-service, a bot, chat and phone answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// What shoppers ask about; each at most once.
    pub intents: Vec<IntentRow>,
    pub self_service: Tool,
    pub bot: Tool,
    pub phone: Desk,
    /// Of the contacts that reach people.
    pub phone_share: f64,
    pub chat: Desk,
    /// Chats that an agent has at once.
    pub concurrency: u32,
    /// By how much each further chat at once lengthens the others.
    pub slowdown: f64,
    /// Share of talks that settle it.
    pub resolution: f64,
    /// Of those who hung up, the share that asks again.
    pub call_back: f64,
    pub recontact_after: LawSpec,
}

#[derive(Debug, Clone, PartialEq)]
pub struct IntentRow {
    pub intent: Intent,
    /// Of the orders with that trouble.
    pub share: f64,
    pub after: LawSpec,
    /// Of those who look for themselves, the share that finds the answer.
    pub deflection: f64,
    /// Of those who talk to the bot, the share that it does not pass on.
    pub containment: f64,
    /// Of those, the share whose answer was wrong.
    pub wrong: f64,
}

/// A channel without people.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    pub share: f64,
    pub time: LawSpec,
    pub cost: Money,
}

/// A channel with people.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    pub agents: u32,
    pub shifts: Option<String>,
    pub handle: LawSpec,
    /// `None`: nobody hangs up.
    pub patience: Option<LawSpec>,
    /// Those answered within this count as served in time.
    pub within: Span,
    pub wage: Money,
}
