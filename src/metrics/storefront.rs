//! What visitors saw and did, of the whole run.

use super::Times;
use crate::kernel::time::Span;

/// How far a visit came: each step holds those who came further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum VisitStep {
    Came,
    /// A list of results or of a category.
    SawList,
    SawGoods,
    FilledCart,
    WentToTill,
    Ordered,
}

impl VisitStep {
    pub const ALL: [(VisitStep, &str); 6] = [
        (VisitStep::Came, "came"),
        (VisitStep::SawList, "saw a list"),
        (VisitStep::SawGoods, "saw goods"),
        (VisitStep::FilledCart, "filled a cart"),
        (VisitStep::WentToTill, "went to the till"),
        (VisitStep::Ordered, "ordered"),
    ];
}

/// What a visitor waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Loaded {
    Page,
    Search,
    Recommendations,
}

impl Loaded {
    pub const ALL: [(Loaded, &str); 3] =
        [(Loaded::Page, "page"), (Loaded::Search, "search"), (Loaded::Recommendations, "recommendations")];
}

#[derive(Debug, Clone, Default)]
pub struct StorefrontSeen {
    /// By segment, then by step.
    pub steps: Vec<[u64; VisitStep::ALL.len()]>,
    loads: [Times; Loaded::ALL.len()],
    pub searches: u64,
    /// Searches without a result.
    pub empty: u64,
    /// Searches whose results held what was wanted, and the sum of 1 / its place.
    pub found: u64,
    pub reciprocal_ranks: f64,
    pub assets: u64,
    pub assets_held: u64,
    /// Times that recommendations came in time and held something; and too late.
    pub exposures: u64,
    pub exposures_late: u64,
    /// Recommended goods shown, and taken.
    pub shown: u64,
    pub taken: u64,
    /// Orders with goods that were recommended.
    pub attached: u64,
    /// Baskets whose last line was held out, and those whose recommendations held it.
    pub held_out: u64,
    pub hit: u64,
    /// Of orders that reached the till: goods in minor units, and lines.
    pub goods: i64,
    pub lines: u64,
    pub reviews: u64,
    pub stars: u64,
    /// Visits at one time, at most.
    pub peak: u64,
}

impl StorefrontSeen {
    pub fn new(segments: usize) -> StorefrontSeen {
        StorefrontSeen { steps: vec![Default::default(); segments], ..StorefrontSeen::default() }
    }

    #[inline]
    pub fn loaded(&mut self, what: Loaded, time: Span) {
        self.loads[what as usize].record(time);
    }

    pub fn load(&self, what: Loaded) -> &Times {
        &self.loads[what as usize]
    }

    /// Visitors of all segments who came so far.
    pub fn reached(&self, step: VisitStep) -> u64 {
        self.steps.iter().map(|steps| steps[step as usize]).sum()
    }
}
