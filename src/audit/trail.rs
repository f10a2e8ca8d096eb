//! The trail: the last 64 transitions, for the report of a violation.

use std::collections::VecDeque;

use crate::domain::Transition;

pub const LENGTH: usize = 64;

/// A ring of whole transitions; a full ring reuses their memory.
#[derive(Debug, Default, Clone)]
pub struct Trail {
    ring: VecDeque<Transition>,
}

impl Trail {
    pub fn saw(&mut self, transition: &Transition) {
        let mut kept = match self.ring.len() {
            LENGTH => self.ring.pop_front().expect("a full ring"),
            _ => Transition::default(),
        };
        kept.clone_from(transition);
        self.ring.push_back(kept);
    }

    /// Oldest first.
    pub fn transitions(&self) -> Vec<Transition> {
        self.ring.iter().cloned().collect()
    }
}
