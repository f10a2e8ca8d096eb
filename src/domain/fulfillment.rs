//! The fulfillment order: what one node owes one order. States and hold reasons are Shopify's.

use serde::{Deserialize, Serialize};

/// Where a fulfillment order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum FulfillmentState {
    /// Assigned to a node; waits for its wave.
    Open,
    OnHold,
    /// On the floor: being picked or packed.
    InProgress,
    /// Could not be finished as planned; what is missing goes back to allocation.
    Incomplete,
    Cancelled,
    /// All its units are in parcels.
    Closed,
}

/// What moves a fulfillment order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum FulfillmentStep {
    Hold,
    ReleaseHold,
    /// Sent to the floor with its wave.
    Start,
    Pick,
    /// Packed with another fulfillment order of the same customer: that one's parcel carries it.
    Merge,
    Pack,
    ReportShort,
    Cancel,
}

/// Why a fulfillment order is on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldReason {
    AwaitingPayment,
    AwaitingReturnItems,
    HighRiskOfFraud,
    IncorrectAddress,
    InventoryOutOfStock,
    UnknownDeliveryDate,
    Other,
}

impl FulfillmentState {
    pub const ALL: [FulfillmentState; 6] = {
        use FulfillmentState::*;
        [Open, OnHold, InProgress, Incomplete, Cancelled, Closed]
    };

    /// The state after `step`, or `None` where the step is not allowed.
    pub const fn after(self, step: FulfillmentStep) -> Option<FulfillmentState> {
        use FulfillmentState::*;
        match (self, step) {
            (Open, FulfillmentStep::Hold) => Some(OnHold),
            (OnHold, FulfillmentStep::ReleaseHold) => Some(Open),
            (Open, FulfillmentStep::Start) => Some(InProgress),
            (InProgress, FulfillmentStep::Pick) => Some(InProgress),
            (Open | InProgress, FulfillmentStep::Merge) => Some(Closed),
            (InProgress, FulfillmentStep::Pack) => Some(Closed),
            (InProgress, FulfillmentStep::ReportShort) => Some(Incomplete),
            (Open | OnHold | InProgress, FulfillmentStep::Cancel) => Some(Cancelled),
            _ => None,
        }
    }

    pub const fn from_u8(bits: u8) -> FulfillmentState {
        assert!((bits as usize) < FulfillmentState::ALL.len(), "no such fulfillment state");
        FulfillmentState::ALL[bits as usize]
    }
}

impl FulfillmentStep {
    pub const ALL: [FulfillmentStep; 8] = {
        use FulfillmentStep::*;
        [Hold, ReleaseHold, Start, Pick, Merge, Pack, ReportShort, Cancel]
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_grid() {
        let mut grid = String::new();
        for state in FulfillmentState::ALL {
            grid += &format!("{state:?}:");
            for step in FulfillmentStep::ALL {
                if let Some(next) = state.after(step) {
                    grid += &format!(" {step:?}->{next:?}");
                }
            }
            grid.push('\n');
        }
        expect![[r#"
            Open: Hold->OnHold Start->InProgress Merge->Closed Cancel->Cancelled
            OnHold: ReleaseHold->Open Cancel->Cancelled
            InProgress: Pick->InProgress Merge->Closed Pack->Closed ReportShort->Incomplete Cancel->Cancelled
            Incomplete:
            Cancelled:
            Closed:
        "#]]
        .assert_eq(&grid);
    }
}
