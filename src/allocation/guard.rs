//! The low-value guard: a box of little worth does not travel alone.
//!
//! # Promises
//! - A plan keeps its most valuable box, whatever it is worth; of equals the first.
//! - What the guard takes out waits: the plan still partitions what was asked.

use crate::domain::{Backorder, Money, Plan};

/// Takes out the boxes beside the most valuable one whose goods are worth less than `least`. `worth` is the price of
/// a unit of a line. Needs a settled plan; whether anything was taken out.
pub fn hold_low_value(plan: &mut Plan, least: Money, worth: impl Fn(u16) -> Money) -> bool {
    if plan.fulfillment_count() < 2 {
        return false;
    }
    let boxes = || plan.assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group));
    let values: Vec<Money> = boxes()
        .map(|shares| {
            shares.iter().fold(Money(0), |sum, share| sum + worth(share.line) * i64::from(share.quantity))
        })
        .collect();
    let best = (0..values.len()).rev().max_by_key(|&at| values[at]).expect("a plan of boxes");
    let mut stays = Vec::with_capacity(plan.assignments.len());
    for ((at, shares), &value) in boxes().enumerate().zip(&values) {
        stays.extend(shares.iter().map(|_| at == best || least <= value));
    }
    if stays.iter().all(|&stays| stays) {
        return false;
    }
    let mut stays = stays.into_iter();
    let backorders = &mut plan.backorders;
    plan.assignments.retain(|share| {
        let stays = stays.next().expect("one a share");
        if !stays {
            match backorders.iter_mut().find(|rest| rest.line == share.line) {
                Some(rest) => rest.quantity += share.quantity,
                None => backorders.push(Backorder { line: share.line, quantity: share.quantity }),
            }
        }
        stays
    });
    true
}
