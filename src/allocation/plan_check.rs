//! Is a plan sound? What the engine would refuse, told by name, for tests and for authors of strategies.

use crate::domain::{HandlingClass, NodeId, Plan};

use super::view::{OpenLine, OrderView, StockView};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanFault {
    /// The order has no such open line.
    UnknownLine {
        line: u16,
    },
    /// Assigned + backordered is not what is open.
    NotAPartition {
        line: u16,
        open: u32,
        planned: u64,
    },
    /// More than the node has for this order.
    TooMany {
        line: u16,
        node: NodeId,
        available: u32,
        planned: u64,
    },
    /// Two handling classes in one fulfillment order.
    MixedClasses {
        node: NodeId,
        group: u8,
    },
    /// A share of zero units.
    Empty {
        line: u16,
    },
    Unsettled,
}

/// The first fault, if any. For small orders: quadratic in lines.
pub fn check_plan(order: &OrderView<'_>, stock: &StockView<'_>, plan: &Plan) -> Result<(), PlanFault> {
    let find =
        |line: u16| order.lines.iter().find(|open| open.line == line).ok_or(PlanFault::UnknownLine { line });
    let key = |a: &crate::domain::Assignment| (a.node, a.group, a.line);
    if !plan.assignments.is_sorted_by(|a, b| key(a) < key(b)) {
        return Err(PlanFault::Unsettled);
    }
    let mut classes: Vec<((NodeId, u8), HandlingClass)> = Vec::new();
    for share in &plan.assignments {
        let open = find(share.line)?;
        if share.quantity == 0 {
            return Err(PlanFault::Empty { line: share.line });
        }
        let planned = cell(plan, order, open, share.node);
        let available = stock.available_to(order, open.sku, share.node);
        if u64::from(available) < planned {
            return Err(PlanFault::TooMany { line: share.line, node: share.node, available, planned });
        }
        let group = (share.node, share.group);
        if classes.iter().any(|&(known, class)| known == group && class != open.class) {
            return Err(PlanFault::MixedClasses { node: share.node, group: share.group });
        }
        classes.push((group, open.class));
    }
    for waiting in &plan.backorders {
        find(waiting.line)?;
    }
    for open in order.lines {
        let assigned = plan.assignments.iter().filter(|a| a.line == open.line).map(|a| u64::from(a.quantity));
        let waiting = plan.backorders.iter().filter(|b| b.line == open.line).map(|b| u64::from(b.quantity));
        let planned = assigned.chain(waiting).sum();
        if planned != u64::from(open.quantity) {
            return Err(PlanFault::NotAPartition { line: open.line, open: open.quantity, planned });
        }
    }
    Ok(())
}

/// Units of the line's SKU that the whole plan takes from the node.
fn cell(plan: &Plan, order: &OrderView<'_>, open: &OpenLine, node: NodeId) -> u64 {
    let same_sku = |line: u16| order.lines.iter().any(|other| other.line == line && other.sku == open.sku);
    let shares = plan.assignments.iter().filter(|a| a.node == node && same_sku(a.line));
    shares.map(|share| u64::from(share.quantity)).sum()
}
