//! What a planner writes about the time after the door: returns, complaints, and what shoppers make of it all.

use super::LawSpec;
use crate::domain::Money;
use crate::kernel::time::Span;

/// Rules by which goods come back.
#[derive(Debug, Clone, PartialEq)]
pub struct Returns {
    /// From delivery on.
    pub window: Span,
    pub approval: f64,
    pub approval_time: LawSpec,
    /// Share fetched at the door; the rest is dropped off.
    pub pickup: f64,
    pub pickup_wait: LawSpec,
    pub pickup_cost: Money,
    pub drop_off_cost: Money,
    /// Of A, B, C and scrap, as shares of one.
    pub grades: [f64; 4],
    /// What A, B and C bring, as shares of the price.
    pub values: [f64; 3],
    /// From the grade to the shopper's account.
    pub refund_time: LawSpec,
    /// Share of those who send something back that want the same once more.
    pub exchange: f64,
}

/// Claims of shoppers who keep the goods.
#[derive(Debug, Clone, PartialEq)]
pub struct Complaints {
    /// Of orders handed over after their promise.
    pub late: f64,
    /// Of shoppers with faulty goods: those who complain and keep them.
    pub fault: f64,
    /// The mildest first.
    pub tiers: Vec<Tier>,
    pub officers: u32,
    pub shifts: Option<String>,
    pub work: LawSpec,
    pub wage: Money,
    pub leads: u32,
    pub lead_wage: Money,
    /// On top, for an answer that comes too late.
    pub breach_compensation: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tier {
    pub name: String,
    /// Of all complaints.
    pub share: f64,
    pub answer_within: Span,
    /// Of the order's amount.
    pub compensation: f64,
}

/// How content shoppers are, from 0 to 10, and whether they come back.
#[derive(Debug, Clone, PartialEq)]
pub struct Experience {
    pub base: f64,
    pub per_day_early: f64,
    pub per_day_late: f64,
    pub fault: f64,
    pub contact: f64,
    pub hung_up: f64,
    pub breach: f64,
    pub failed: f64,
    /// Standard deviation between shoppers of the same experience.
    pub spread: f64,
    /// From delivery to the verdict.
    pub after: Span,
    /// Share of shoppers with a score of `base` who order again.
    pub comes_back: f64,
    /// Log odds of coming back for each point of the score.
    pub per_point: f64,
    pub comes_back_after: LawSpec,
}
