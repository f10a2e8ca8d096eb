//! What a planner may write of the storefront.

use super::LawSpec;
use crate::kernel::time::Span;

/// Goods in the cart of a session, at most.
pub const MOST_SESSION_LINES: usize = 12;

#[derive(Debug, Clone, PartialEq)]
pub struct Storefront {
    /// At least one; their shares add up to one.
    pub segments: Vec<Segment>,
    pub page: Machines,
    pub search: Machines,
    pub recommend: Machines,
    pub synonyms: bool,
    pub noise: f64,
    pub words: Vec<f64>,
    pub other_words: f64,
    pub typos: f64,
    pub within: Span,
    pub exposure: f64,
    pub show: u32,
    pub accept: f64,
    pub accept_other: f64,
    pub window: u32,
    pub together: f64,
    pub network: LawSpec,
    pub assets: u32,
    pub cache: u32,
    pub asset_hit: LawSpec,
    pub asset_miss: LawSpec,
    pub tau: Span,
    pub beta: f64,
    pub results: u32,
    pub narrow: f64,
    pub scan: f64,
    pub click: f64,
    pub click_other: f64,
    pub add: f64,
    pub writers: f64,
    pub spread: f64,
    pub prior: f64,
    pub prior_weight: f64,
    pub effect: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Machines {
    pub servers: u32,
    pub work: LawSpec,
}

/// A kind of shoppers.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub name: String,
    pub share: f64,
    pub price_sensitivity: f64,
    pub patience: f64,
    pub searchers: f64,
    pub persistence: f64,
}
