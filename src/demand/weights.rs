//! Weights that a planner wrote, made into a choice or a problem.

use crate::kernel::pick::Pick;

use super::problem::Problem;

/// A choice by weight; a problem where the weights allow none.
pub(super) fn pick(place: &str, weights: &[f64]) -> Result<Pick, Problem> {
    let wrong =
        |message: &str| Problem::new("E0508", place, message, "write weights of 0 or more, one above 0");
    if weights.is_empty() {
        return Err(wrong("there is nothing to choose from"));
    }
    if let Some(weight) = weights.iter().find(|weight| !weight.is_finite() || **weight < 0.0) {
        return Err(wrong(&format!("{weight} is no weight")));
    }
    if weights.iter().all(|&weight| weight == 0.0) {
        return Err(wrong("all weights are 0"));
    }
    Ok(Pick::weighted(weights))
}
