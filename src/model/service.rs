//! The contact center of a run.

use super::build::law;
use crate::domain::{Intent, Money, StationId};
use crate::kernel::law::Law;
use crate::kernel::time::Span;
use crate::scenario::spec;

/// Who answers shoppers, and what they ask about.
pub struct Service {
    /// By `Intent`; `None`: nobody asks that.
    intents: [Option<IntentRow>; Intent::ALL.len()],
    pub self_service: Tool,
    pub bot: Tool,
    pub phone: Desk,
    pub phone_share: f64,
    pub chat: Desk,
    /// Chats that an agent has at once.
    pub concurrency: u32,
    pub slowdown: f64,
    pub resolution: f64,
    pub call_back: f64,
    pub recontact_after: Law,
}

pub struct IntentRow {
    pub share: f64,
    pub after: Law,
    pub deflection: f64,
    pub containment: f64,
    pub wrong: f64,
}

pub struct Tool {
    pub share: f64,
    pub time: Law,
    pub cost: Money,
}

pub struct Desk {
    pub station: StationId,
    pub handle: Law,
    pub patience: Option<Law>,
    pub within: Span,
}

impl Service {
    pub fn build(spec: &spec::Service, [phone, chat]: [StationId; 2]) -> Service {
        let mut intents = [const { None }; Intent::ALL.len()];
        for row in &spec.intents {
            intents[row.intent as usize] = Some(IntentRow {
                share: row.share,
                after: law(&row.after),
                deflection: row.deflection,
                containment: row.containment,
                wrong: row.wrong,
            });
        }
        Service {
            intents,
            self_service: tool(&spec.self_service),
            bot: tool(&spec.bot),
            phone: desk(&spec.phone, phone),
            phone_share: spec.phone_share,
            chat: desk(&spec.chat, chat),
            concurrency: spec.concurrency,
            slowdown: spec.slowdown,
            resolution: spec.resolution,
            call_back: spec.call_back,
            recontact_after: law(&spec.recontact_after),
        }
    }

    pub fn intent(&self, intent: Intent) -> Option<&IntentRow> {
        self.intents[intent as usize].as_ref()
    }
}

fn tool(spec: &spec::Tool) -> Tool {
    Tool { share: spec.share, time: law(&spec.time), cost: spec.cost }
}

fn desk(spec: &spec::Desk, station: StationId) -> Desk {
    Desk {
        station,
        handle: law(&spec.handle),
        patience: spec.patience.as_ref().map(law),
        within: spec.within,
    }
}
