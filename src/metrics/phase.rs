//! Phases: the parts of an order's life that a report tells apart, and the time spent in each.
//!
//! # Promises
//! - A token is in one phase at a time and leaves it at the instant it enters the next, so along any
//!   parcel the phase times add up to its lead time exactly.

use super::Times;
use crate::kernel::time::Span;

macro_rules! phases {
    ($($(#[$doc:meta])* $phase:ident = $name:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Phase { $($(#[$doc])* $phase,)* }

        impl Phase {
            pub const ALL: &[Phase] = &[$(Phase::$phase,)*];
            pub const COUNT: usize = Phase::ALL.len();

            pub const fn name(self) -> &'static str {
                match self { $(Phase::$phase => $name,)* }
            }
        }
    };
}

phases! {
    Browse = "browse",
    Cart = "cart",
    /// Submit to capture, expiry or decline.
    Pay = "pay",
    /// Until the shopper has corrected an address.
    Hold = "hold",
    Review = "review",
    /// Waiting for stock; zero for most orders.
    Allocate = "allocate",
    /// Waiting for the merge window and the wave.
    Wave = "wave",
    Pick = "pick",
    Pack = "pack",
    /// At a dock, waiting for a departure.
    Dock = "dock",
    Linehaul = "linehaul",
    Sort = "sort",
    /// From the last hub to the door.
    LastMile = "last-mile",
    /// In a locker or at a pickup point.
    PickUp = "pick-up",
    /// From delivery to the shopper's decision.
    Receive = "receive",
    /// On the way back, and graded.
    Return = "return",
    /// From a shopper's first contact about a trouble to its end.
    Service = "service",
    /// From a complaint to its answer.
    Complaint = "complaint",
}

/// Times in each phase.
#[derive(Debug, Clone)]
pub struct PhaseTimes {
    entered: [u64; Phase::COUNT],
    left: [u64; Phase::COUNT],
    times: Vec<Times>,
}

impl Default for PhaseTimes {
    fn default() -> PhaseTimes {
        PhaseTimes {
            entered: [0; Phase::COUNT],
            left: [0; Phase::COUNT],
            times: vec![Times::default(); Phase::COUNT],
        }
    }
}

impl PhaseTimes {
    #[inline]
    pub fn entered(&mut self, phase: Phase) {
        self.entered[phase as usize] += 1;
    }

    #[inline]
    pub fn left(&mut self, phase: Phase, spent: Span) {
        self.left[phase as usize] += 1;
        self.times[phase as usize].record(spent);
    }

    /// The warm-up is over: times are told from now on, counts cover the whole run.
    pub fn warmed_up(&mut self) {
        self.times.fill(Times::default());
    }

    pub fn entered_count(&self, phase: Phase) -> u64 {
        self.entered[phase as usize]
    }

    pub fn left_count(&self, phase: Phase) -> u64 {
        self.left[phase as usize]
    }

    pub fn times(&self, phase: Phase) -> &Times {
        &self.times[phase as usize]
    }
}
