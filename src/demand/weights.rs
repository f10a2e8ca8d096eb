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

/// A choice among few: the same item as `Pick` gives for the same number.
///
/// # Why not `Pick` alone
/// Four of the eight choices of an order are among two to four items, and a jump that depends on the draw is
/// wrong half the time. Counting the ends below the number takes no jump: 108 to 80 ns an order in
/// `benches/replay.rs`.
#[derive(Debug, Clone)]
pub(super) struct FewPick {
    /// Where the share of each of the first items ends; 1 beyond the last.
    ends: [f64; FEW],
    /// For more items than `FEW`.
    many: Option<Pick>,
    mean: f64,
}

const FEW: usize = 8;

impl FewPick {
    pub fn new(pick: Pick) -> FewPick {
        let mut ends = [1.0; FEW];
        for (item, end) in ends.iter_mut().enumerate().take(pick.len() - 1) {
            *end = first_beyond(&pick, item);
        }
        let mean = (0..pick.len()).map(|item| pick.share(item) * (item + 1) as f64).sum();
        FewPick { ends, many: (FEW < pick.len()).then_some(pick), mean }
    }

    #[inline]
    pub fn pick(&self, u: f64) -> usize {
        match &self.many {
            None => self.ends.iter().map(|&end| usize::from(end <= u)).sum(),
            Some(pick) => pick.pick(u),
        }
    }

    /// The mean of `item + 1`.
    pub fn mean(&self) -> f64 {
        self.mean
    }
}

/// The smallest number in (0, 1) that gives an item beyond this one, or 1, by halving.
fn first_beyond(pick: &Pick, item: usize) -> f64 {
    let (mut low, mut high) = (0u64, 1f64.to_bits());
    while low + 1 < high {
        let middle = low.midpoint(high);
        if item < pick.pick(f64::from_bits(middle)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    f64::from_bits(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::{Draw, Purpose};

    #[test]
    fn few_and_many_pick_the_same() {
        for weights in
            [vec![1.0], vec![60.0, 25.0, 10.0, 5.0], vec![0.0, 1.0, 0.0], vec![0.1; 8], vec![0.1; 20]]
        {
            let pick = pick("test", &weights).unwrap();
            let few = FewPick::new(pick.clone());
            for k in 0..20_000 {
                let u = Draw::new(1, 0).uniform(Purpose::named("few"), k, 0);
                assert_eq!(few.pick(u), pick.pick(u), "{weights:?} at {u}");
            }
            for item in 0..weights.len() {
                let edge = first_beyond(&pick, item);
                let below = f64::from_bits(edge.to_bits() - 1).max(f64::MIN_POSITIVE);
                assert_eq!(few.pick(below), pick.pick(below), "{weights:?} below {edge}");
            }
        }
    }
}
