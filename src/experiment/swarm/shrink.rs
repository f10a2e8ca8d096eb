//! Shrinking: a case that fails is made smaller as long as it still fails.

use super::case::Case;

/// Tries at most; a shrunk case need not be the smallest.
const TRIES: u32 = 300;

/// The smallest case found that still fails.
pub fn shrink(case: &Case, mut fails: impl FnMut(&Case) -> bool) -> Case {
    let (mut best, mut left) = (case.clone(), TRIES);
    loop {
        let mut smaller = None;
        for candidate in candidates(&best) {
            if left == 0 {
                return best;
            }
            left -= 1;
            if fails(&candidate) {
                smaller = Some(candidate);
                break;
            }
        }
        match smaller {
            Some(candidate) => best = candidate,
            None => return best,
        }
    }
}

/// Cases that are smaller in one way, the boldest first.
fn candidates(case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    let mut with = |change: &dyn Fn(&mut Case)| {
        let mut smaller = case.clone();
        change(&mut smaller);
        if smaller != *case {
            found.push(smaller);
        }
    };
    let half = case.keys.len() / 2;
    if 1 < half {
        with(&|case| drop(case.keys.drain(..half)));
        with(&|case| drop(case.keys.drain(half..)));
    }
    with(&|case| case.faults.clear());
    for index in 0..case.faults.len() {
        with(&|case| drop(case.faults.remove(index)));
    }
    with(&|case| case.orders = (case.orders / 2).max(1));
    with(&|case| case.replications = 1);
    with(&|case| case.centers = (case.centers - 1).max(1));
    with(&|case| case.skus = (case.skus / 2).max(1));
    for index in 0..case.keys.len() {
        with(&|case| drop(case.keys.remove(index)));
    }
    with(&|case| case.customers = (case.customers / 2).max(1));
    with(&|case| case.horizon_h = (case.horizon_h / 2).max(case.arrivals_h + 1));
    with(&|case| case.arrivals_h = (case.arrivals_h / 2).max(1));
    with(&|case| case.orders = (case.orders - case.orders.div_ceil(10)).max(1));
    with(&|case| case.skus = (case.skus - 1).max(1));
    with(&|case| case.seed = 1);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::swarm::generate;

    /// A made-up bug that needs one key, two nodes and so many orders.
    #[test]
    fn what_a_bug_does_not_need_goes() {
        let case = Case { centers: 3, orders: 1_900, ..generate(11) };
        assert!(4 < case.keys.len(), "a rich case: {:?}", case.keys);
        let needed = case.keys[3].0.clone();
        let fails = |case: &Case| {
            2 <= case.centers && 60 <= case.orders && case.keys.iter().any(|key| key.0 == needed)
        };
        let small = shrink(&case, fails);
        assert!(fails(&small));
        assert_eq!((small.centers, small.keys.len(), small.skus, small.replications), (2, 1, 1, 1));
        assert!(small.faults.is_empty(), "{:?}", small.faults);
        assert!(small.orders < 70, "{}", small.orders);
    }
}
