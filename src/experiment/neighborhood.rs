//! The plans around a plan, for a search that goes where the measured cost is less.
//!
//! Cost need not fall with every resource: what is saved in wages may be paid again for lateness. So a plan that goes no
//! lower may still have a cheaper one beside it.

/// The plans a stride away in one resource, and at a stride of one also those a step away in two resources, each within
/// `least` and `most`, both included. In the order of resources, less before more.
pub fn neighbors(plan: &[usize], stride: usize, least: &[usize], most: &[usize]) -> Vec<Vec<usize>> {
    let moved = |plan: &[usize], resource: usize, up: bool| -> Option<Vec<usize>> {
        let here = plan[resource];
        let there = if up { here.checked_add(stride) } else { here.checked_sub(stride) }?;
        let inside = (least[resource]..=most[resource]).contains(&there);
        let mut other = plan.to_vec();
        other[resource] = there;
        inside.then_some(other)
    };
    let ways = |resource| [(resource, false), (resource, true)];
    let mut all: Vec<Vec<usize>> =
        (0..plan.len()).flat_map(ways).filter_map(|(resource, up)| moved(plan, resource, up)).collect();
    if stride != 1 {
        return all;
    }
    for first in 0..plan.len() {
        for second in first + 1..plan.len() {
            for (one, up) in ways(first) {
                let Some(half) = moved(plan, one, up) else { continue };
                all.extend(ways(second).into_iter().filter_map(|(other, up)| moved(&half, other, up)));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_in_one_or_two_resources_within_the_bounds() {
        let around = neighbors(&[1, 1, 0], 1, &[0, 0, 0], &[2, 2, 2]);
        let differs = |plan: &Vec<usize>| plan.iter().zip([1, 1, 0]).filter(|(a, b)| **a != *b).count();
        // Five single steps (the third resource cannot go down), and 4 + 2 + 2 of two.
        assert_eq!(around.len(), 13);
        assert!(around.iter().all(|plan| (1..=2).contains(&differs(plan))));
        let mut unlike = around.clone();
        unlike.sort();
        unlike.dedup();
        assert_eq!(unlike.len(), 13);
        assert_eq!(neighbors(&[1, 1, 0], 2, &[0, 0, 0], &[2, 4, 2]), [vec![1, 3, 0], vec![1, 1, 2]]);
        assert_eq!(neighbors(&[1], 1, &[1], &[1]), Vec::<Vec<usize>>::new());
    }
}
