//! Why an order goes in several shipments: one reason for each beyond the first.
//!
//! # Promises
//! - A plan of n fulfillment orders has n - 1 reasons; of a fulfillment order in m parcels m - 1 more.
//! - Goods are parted by class before they are parted by node: a second class is one `Class`, whichever node it
//!   comes from; every further node of one class is `StockSku`, `StockQuantity` or `Cost`.

use crate::domain::{NodeId, Plan, SplitReason};

use super::boxes::Overfull;
use super::view::OpenLine;

impl From<Overfull> for SplitReason {
    fn from(limit: Overfull) -> SplitReason {
        match limit {
            Overfull::Weight => SplitReason::BoxWeight,
            Overfull::Volume => SplitReason::BoxVolume,
            Overfull::Side => SplitReason::BoxSide,
            Overfull::Units => SplitReason::BoxUnits,
        }
    }
}

/// Tells `note` one reason for each fulfillment order of the settled plan beyond the first. `nodes` reach the order;
/// `free` are the units that a node had for a line when the plan was made.
pub fn split_reasons(
    plan: &Plan,
    lines: &[OpenLine],
    nodes: &[NodeId],
    free: impl Fn(&OpenLine, NodeId) -> u32,
    mut note: impl FnMut(SplitReason),
) {
    if plan.fulfillment_count() < 2 {
        return;
    }
    let boxes = || plan.assignments.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group));
    let mut classes: Vec<u8> = boxes().map(|shares| shares[0].group).collect();
    classes.sort_unstable();
    for (at, same) in classes.chunk_by(|a, b| a == b).enumerate() {
        if 0 < at {
            note(SplitReason::Class);
        }
        if 1 < same.len() {
            let reason = of_class(plan, lines, same[0], nodes, &free);
            (1..same.len()).for_each(|_| note(reason));
        }
    }
}

/// Why goods of one class come from several nodes.
fn of_class(
    plan: &Plan,
    lines: &[OpenLine],
    class: u8,
    nodes: &[NodeId],
    free: &impl Fn(&OpenLine, NodeId) -> u32,
) -> SplitReason {
    let served = |line: &OpenLine| -> u32 {
        let shares = plan.assignments.iter();
        shares
            .filter(|share| (share.line, share.group) == (line.line, class))
            .map(|share| share.quantity)
            .sum()
    };
    let asked = || lines.iter().map(|line| (line, served(line))).filter(|asked| 0 < asked.1);
    if nodes.iter().any(|&node| asked().all(|(line, units)| units <= free(line, node))) {
        SplitReason::Cost
    } else if nodes.iter().any(|&node| asked().all(|(line, _)| 0 < free(line, node))) {
        SplitReason::StockQuantity
    } else {
        SplitReason::StockSku
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Assignment, SkuId};

    /// Shares are (line, node, units, class); `free` is by line, then node.
    fn check(shares: &[(u16, u16, u32, u8)], free: &[[u32; 2]], expect: &[SplitReason]) {
        let share = |&(line, node, quantity, group): &(u16, u16, u32, u8)| Assignment {
            line,
            node: NodeId(node),
            quantity,
            group,
        };
        let mut plan = Plan { assignments: shares.iter().map(share).collect(), ..Plan::default() };
        plan.settle();
        let lines: Vec<OpenLine> = (0..free.len() as u16)
            .map(|line| OpenLine { line, sku: SkuId(line.into()), quantity: 9, ..OpenLine::default() })
            .collect();
        let mut found = Vec::new();
        let units = |line: &OpenLine, node: NodeId| free[usize::from(line.line)][node.index()];
        split_reasons(&plan, &lines, &[NodeId(0), NodeId(1)], units, |reason| found.push(reason));
        assert_eq!(found, expect, "{shares:?}");
    }

    #[test]
    fn every_box_beyond_the_first_has_a_reason() {
        use SplitReason::*;
        check(&[(0, 0, 1, 0), (1, 0, 1, 0)], &[[1, 0], [1, 0]], &[]);
        check(&[(0, 0, 1, 0), (1, 1, 1, 0)], &[[1, 0], [0, 1]], &[StockSku]);
        check(&[(0, 0, 2, 0), (1, 1, 1, 0)], &[[2, 1], [1, 1]], &[Cost]);
        check(&[(0, 0, 2, 0), (1, 1, 3, 0)], &[[2, 1], [2, 3]], &[StockQuantity]);
        // One line over two nodes.
        check(&[(0, 0, 2, 0), (0, 1, 3, 0)], &[[2, 3]], &[StockQuantity]);
        // The second class is a box of its own wherever it comes from.
        check(&[(0, 0, 1, 0), (1, 0, 1, 1)], &[[1, 0], [1, 0]], &[Class]);
        check(&[(0, 0, 1, 0), (1, 1, 1, 1)], &[[1, 0], [0, 1]], &[Class]);
        check(&[(0, 0, 1, 0), (1, 1, 1, 0), (2, 1, 1, 1)], &[[1, 0], [0, 1], [0, 1]], &[StockSku, Class]);
    }
}
