//! The parcel: what is handed to a carrier. It may carry several fulfillment orders of one customer,
//! and one fulfillment order may fill several parcels.

use serde::{Deserialize, Serialize};

/// Where a parcel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum ParcelState {
    Packed,
    InTransit,
    Delivered,
    /// On its way back: refused at the door, or all attempts failed.
    ReturningToSender,
    /// On its way back: the shopper returns it.
    ReturningFromShopper,
    /// Back at the node, graded and booked.
    Returned,
    /// The carrier lost it.
    Lost,
}

/// What moves a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum ParcelStep {
    Ship,
    Deliver,
    FailDelivery,
    Lose,
    /// Lost, and packed once more at its node.
    Replace,
    RequestReturn,
    Grade,
}

impl ParcelState {
    pub const ALL: [ParcelState; 7] = {
        use ParcelState::*;
        [Packed, InTransit, Delivered, ReturningToSender, ReturningFromShopper, Returned, Lost]
    };

    /// The state after `step`, or `None` where the step is not allowed.
    pub const fn after(self, step: ParcelStep) -> Option<ParcelState> {
        use ParcelState::*;
        match (self, step) {
            (Packed, ParcelStep::Ship) => Some(InTransit),
            (InTransit, ParcelStep::Deliver) => Some(Delivered),
            (InTransit, ParcelStep::FailDelivery) => Some(ReturningToSender),
            (InTransit, ParcelStep::Lose) => Some(Lost),
            (InTransit, ParcelStep::Replace) => Some(Packed),
            (Delivered, ParcelStep::RequestReturn) => Some(ReturningFromShopper),
            (ReturningToSender | ReturningFromShopper, ParcelStep::Grade) => Some(Returned),
            _ => None,
        }
    }

    pub const fn from_u8(bits: u8) -> ParcelState {
        assert!((bits as usize) < ParcelState::ALL.len(), "no such parcel state");
        ParcelState::ALL[bits as usize]
    }
}

impl ParcelStep {
    pub const ALL: [ParcelStep; 7] = {
        use ParcelStep::*;
        [Ship, Deliver, FailDelivery, Lose, Replace, RequestReturn, Grade]
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_grid() {
        let mut grid = String::new();
        for state in ParcelState::ALL {
            grid += &format!("{state:?}:");
            for step in ParcelStep::ALL {
                if let Some(next) = state.after(step) {
                    grid += &format!(" {step:?}->{next:?}");
                }
            }
            grid.push('\n');
        }
        expect![[r#"
            Packed: Ship->InTransit
            InTransit: Deliver->Delivered FailDelivery->ReturningToSender Lose->Lost Replace->Packed
            Delivered: RequestReturn->ReturningFromShopper
            ReturningToSender: Grade->Returned
            ReturningFromShopper: Grade->Returned
            Returned:
            Lost:
        "#]]
        .assert_eq(&grid);
    }
}
