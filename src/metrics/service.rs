//! What the contact center did.

use super::Times;
use crate::domain::Intent;
use crate::kernel::time::Span;

/// One channel with people.
#[derive(Debug, Clone, Default)]
pub struct DeskSeen {
    /// Shoppers who were answered, and those who hung up.
    pub answered: u64,
    pub abandoned: u64,
    /// Of those answered.
    pub in_time: u64,
    /// Waits of those answered; of those who hung up, their sum.
    pub waits: Times,
    pub abandoned_us: u128,
    pub talked_us: u128,
}

#[derive(Debug, Clone, Default)]
pub struct ServiceSeen {
    /// First contacts, by what they are about.
    pub asked: [u64; Intent::ALL.len()],
    /// Contacts that are not the first of their trouble.
    pub again: u64,
    pub looked: u64,
    pub deflected: u64,
    pub bot_talks: u64,
    pub contained: u64,
    pub misled: u64,
    pub phone: DeskSeen,
    pub chat: DeskSeen,
    /// Ends of troubles: settled, or given up by the shopper.
    pub settled: u64,
    pub given_up: u64,
    /// From the first contact to the end that settled it.
    pub until_settled: Times,
}

impl DeskSeen {
    pub fn answered(&mut self, waited: Span, talked: Span, within: Span) {
        self.answered += 1;
        self.in_time += u64::from(waited <= within);
        self.waits.record(waited);
        self.talked_us += u128::from(talked.0);
    }

    pub fn hung_up(&mut self, waited: Span) {
        self.abandoned += 1;
        self.abandoned_us += u128::from(waited.0);
    }

    /// Shoppers who came and whose wait is over.
    pub fn came(&self) -> u64 {
        self.answered + self.abandoned
    }
}

impl ServiceSeen {
    /// First ones and others.
    pub fn contacts(&self) -> u64 {
        self.asked.iter().sum::<u64>() + self.again
    }
}
