//! The grid: what each step may do to an order, to units and to money. Written out by hand, so that it is a second
//! opinion on the state machine and not a copy of it.

use crate::domain::{Account, MoneyAccount, OrderState, Step};

/// The code of "no order" and of "not yet an order".
pub const NOBODY: u8 = 15;

/// What a step may do; the usual first.
pub struct Row {
    /// From and to; `None` from: the order is new; an empty list: no order is concerned.
    pub states: &'static [(Option<OrderState>, OrderState)],
    pub ways: &'static [(Account, Account)],
    pub money: &'static [(MoneyAccount, MoneyAccount)],
}

/// One row a step; a step without a row does not compile.
pub const fn row(step: Step) -> Row {
    use Account::*;
    use MoneyAccount::*;
    use OrderState::*;
    const RELEASE: &[(Account, Account)] = &[(Held, Available)];
    const ON_THE_FLOOR: &[(Option<OrderState>, OrderState)] = &[(Some(InFulfillment), InFulfillment)];
    const GRADED: &[(Option<OrderState>, OrderState)] = &[
        (Some(InFulfillment), InFulfillment),
        (Some(InFulfillment), OrderState::Delivered),
        (Some(InFulfillment), Undelivered),
        (Some(InFulfillment), OrderState::Cancelled),
        (Some(Returning), Returning),
        (Some(Returning), Returned),
    ];
    const REFUND: &[(MoneyAccount, MoneyAccount)] = &[(Deposit, Shopper)];
    const AFTER_GRADING: &[(MoneyAccount, MoneyAccount)] =
        &[(Deposit, Shopper), (Revenue, Shopper), (PointsIssued, PointsHeld)];
    match step {
        Step::Submitted => Row {
            states: &[(None, AwaitingPayment)],
            ways: &[(Available, Held), (Held, Available)],
            money: &[],
        },
        Step::Paid => Row {
            states: &[(Some(AwaitingPayment), AwaitingReview)],
            ways: &[(Available, Held)],
            money: &[(Shopper, Deposit)],
        },
        Step::LatePaymentRefunded => Row {
            states: &[
                (Some(AwaitingReview), AwaitingReview),
                (Some(AwaitingAllocation), AwaitingAllocation),
                (Some(OrderState::Backordered), OrderState::Backordered),
                (Some(InFulfillment), InFulfillment),
                (Some(OrderState::Delivered), OrderState::Delivered),
                (Some(Returning), Returning),
                (Some(OrderState::Cancelled), OrderState::Cancelled),
                (Some(OrderState::Expired), OrderState::Expired),
                (Some(OrderState::Declined), OrderState::Declined),
                (Some(OrderState::Rejected), OrderState::Rejected),
                (Some(Undelivered), Undelivered),
            ],
            ways: &[],
            money: &[(Shopper, Deposit), (Deposit, Shopper)],
        },
        Step::PaidThenRefused => Row {
            states: &[(Some(AwaitingPayment), OrderState::Cancelled)],
            ways: RELEASE,
            money: &[(Shopper, Deposit), (Deposit, Shopper)],
        },
        Step::Declined => {
            Row { states: &[(Some(AwaitingPayment), OrderState::Declined)], ways: RELEASE, money: &[] }
        }
        Step::Expired => {
            Row { states: &[(Some(AwaitingPayment), OrderState::Expired)], ways: RELEASE, money: &[] }
        }
        Step::Approved => {
            Row { states: &[(Some(AwaitingReview), AwaitingAllocation)], ways: &[], money: &[] }
        }
        Step::Rejected => {
            Row { states: &[(Some(AwaitingReview), OrderState::Rejected)], ways: RELEASE, money: REFUND }
        }
        Step::Allocated => Row {
            states: &[
                (Some(AwaitingAllocation), InFulfillment),
                (Some(OrderState::Backordered), InFulfillment),
                (Some(InFulfillment), InFulfillment),
            ],
            ways: &[(Available, Held), (Held, Available)],
            money: &[],
        },
        Step::Backordered => Row {
            states: &[
                (Some(AwaitingAllocation), OrderState::Backordered),
                (Some(OrderState::Backordered), OrderState::Backordered),
            ],
            ways: RELEASE,
            money: &[],
        },
        Step::BackorderDropped => Row {
            states: &[
                (Some(OrderState::Backordered), OrderState::Cancelled),
                (Some(InFulfillment), InFulfillment),
                (Some(InFulfillment), OrderState::Delivered),
                (Some(InFulfillment), Undelivered),
                (Some(InFulfillment), OrderState::Cancelled),
            ],
            ways: &[],
            money: REFUND,
        },
        Step::Cancelled => Row {
            states: &[
                (Some(AwaitingPayment), OrderState::Cancelled),
                (Some(AwaitingReview), OrderState::Cancelled),
                (Some(AwaitingAllocation), OrderState::Cancelled),
                (Some(OrderState::Backordered), OrderState::Cancelled),
            ],
            ways: RELEASE,
            money: REFUND,
        },
        Step::Started | Step::Merged | Step::Packed | Step::DeliveryFailed => {
            Row { states: ON_THE_FLOOR, ways: &[], money: &[] }
        }
        Step::Unassigned => Row { states: ON_THE_FLOOR, ways: RELEASE, money: &[] },
        Step::Shorted => Row { states: ON_THE_FLOOR, ways: &[(Held, Account::Missing)], money: &[] },
        Step::Picked => Row { states: ON_THE_FLOOR, ways: &[(Held, Account::Picked)], money: &[] },
        Step::Shipped => Row { states: ON_THE_FLOOR, ways: &[(Account::Picked, InTransit)], money: &[] },
        Step::Delivered => Row {
            states: &[
                (Some(InFulfillment), OrderState::Delivered),
                (Some(InFulfillment), InFulfillment),
                (Some(InFulfillment), OrderState::Cancelled),
            ],
            ways: &[(InTransit, Customer)],
            money: &[(Deposit, Revenue), (Shopper, Deposit)],
        },
        Step::ReturnRequested => Row {
            states: &[(Some(OrderState::Delivered), Returning), (Some(Returning), Returning)],
            ways: &[(Customer, InTransit)],
            money: &[],
        },
        Step::Restocked => Row {
            states: GRADED,
            ways: &[(InTransit, Inspection), (Inspection, Available)],
            money: AFTER_GRADING,
        },
        Step::Scrapped => Row {
            states: GRADED,
            ways: &[(InTransit, Inspection), (Inspection, Account::Scrapped)],
            money: AFTER_GRADING,
        },
        Step::Lost => Row {
            states: &[
                (Some(InFulfillment), InFulfillment),
                (Some(InFulfillment), Undelivered),
                (Some(InFulfillment), OrderState::Delivered),
                (Some(InFulfillment), OrderState::Cancelled),
            ],
            ways: &[(InTransit, Account::Missing)],
            money: REFUND,
        },
        Step::Replaced => Row {
            states: ON_THE_FLOOR,
            ways: &[(Available, Held), (Held, Account::Picked), (InTransit, Account::Missing)],
            money: &[],
        },
        Step::Accepted => Row {
            states: &[(Some(OrderState::Delivered), Completed)],
            ways: &[],
            money: &[(PointsIssued, PointsHeld)],
        },
        Step::Redeemed => Row { states: &[], ways: &[], money: &[(CouponBudget, CouponRedeemed)] },
        Step::PointsSpent => {
            Row { states: &[], ways: &[], money: &[(PointsHeld, MoneyAccount::PointsSpent)] }
        }
        Step::GivenBack => Row {
            states: &[],
            ways: &[],
            money: &[(CouponRedeemed, CouponBudget), (MoneyAccount::PointsSpent, PointsHeld)],
        },
        Step::PointsExpired => {
            Row { states: &[], ways: &[], money: &[(PointsHeld, MoneyAccount::PointsExpired)] }
        }
        Step::AddedToCart => Row { states: &[], ways: &[(Available, Held)], money: &[] },
        Step::QuantitySet => Row { states: &[], ways: &[(Available, Held), (Held, Available)], money: &[] },
        Step::RemovedFromCart | Step::CartCleared | Step::CartsMerged | Step::CartExpired => {
            Row { states: &[], ways: RELEASE, money: &[] }
        }
        Step::Received => Row { states: &[], ways: &[(Supplier, Available)], money: &[] },
        Step::WrittenOff => Row { states: &[], ways: &[(Available, Account::Missing)], money: &[] },
        Step::TransferredOut => Row { states: &[], ways: &[(Available, Account::Transfer)], money: &[] },
        Step::TransferredIn => Row { states: &[], ways: &[(Account::Transfer, Available)], money: &[] },
        Step::Fenced => Row {
            states: &[],
            ways: &[(Available, Account::Fenced), (Account::Fenced, Available)],
            money: &[],
        },
    }
}

/// The rows as bits: of each step and place left, the places that may be entered.
pub struct Grid {
    pub usual: [Codes; Step::ALL.len()],
    pub states: [[u16; 16]; Step::ALL.len()],
    pub ways: [[u16; 16]; Step::ALL.len()],
    pub money: [[u16; 16]; Step::ALL.len()],
}

/// The first entry of each list of a row, as from << 4 | to; 0: none.
#[derive(Clone, Copy)]
pub struct Codes {
    pub states: u8,
    pub ways: u8,
    pub money: u8,
}

pub static GRID: Grid = grid();

const fn grid() -> Grid {
    let none = [[0; 16]; Step::ALL.len()];
    let nothing = Codes { states: 0, ways: 0, money: 0 };
    let mut grid = Grid { usual: [nothing; Step::ALL.len()], states: none, ways: none, money: none };
    let mut index = 0;
    while index < Step::ALL.len() {
        let step = Step::ALL[index];
        let (row, at) = (row(step), step as usize);
        if row.states.is_empty() {
            grid.states[at][NOBODY as usize] = 1 << NOBODY;
            grid.usual[at].states = NOBODY << 4 | NOBODY;
        }
        let mut entry = 0;
        while entry < row.states.len() {
            let (from, to) = row.states[entry];
            let from = match from {
                Some(from) => from as u8,
                None => NOBODY,
            };
            grid.states[at][from as usize] |= 1 << to as usize;
            if entry == 0 {
                grid.usual[at].states = from << 4 | to as u8;
            }
            entry += 1;
        }
        entry = 0;
        while entry < row.ways.len() {
            let (from, to) = (row.ways[entry].0 as u8, row.ways[entry].1 as u8);
            grid.ways[at][from as usize] |= 1 << to;
            if entry == 0 {
                grid.usual[at].ways = from << 4 | to;
            }
            entry += 1;
        }
        entry = 0;
        while entry < row.money.len() {
            let (from, to) = (row.money[entry].0 as u8, row.money[entry].1 as u8);
            grid.money[at][from as usize] |= 1 << to;
            if entry == 0 {
                grid.usual[at].money = from << 4 | to;
            }
            entry += 1;
        }
        index += 1;
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::OrderStep;
    use std::collections::BTreeSet;

    /// Two opinions on the same machine, and no arrow that only one of them knows.
    #[test]
    fn the_grid_and_the_state_machine_know_the_same_arrows() {
        let moves = |(from, to): &(OrderState, OrderState)| from != to;
        let mut told: BTreeSet<_> = BTreeSet::new();
        for step in Step::ALL {
            told.extend(row(step).states.iter().filter_map(|&(from, to)| Some((from?, to))).filter(moves));
        }
        let mut known: BTreeSet<_> = BTreeSet::new();
        for from in OrderState::ALL {
            known.extend(
                OrderStep::ALL.iter().filter_map(|&step| Some((from, from.after(step)?))).filter(moves),
            );
        }
        assert_eq!(told, known);
    }

    #[test]
    fn steps_of_stock_concern_nobody() {
        assert_eq!(GRID.states[Step::Received as usize][usize::from(NOBODY)], 1 << NOBODY);
        assert_eq!(GRID.states[Step::Paid as usize][usize::from(NOBODY)], 0);
    }
}
