//! What is wrong with a network: found in one pass, as data, so a diagnostic can point at the file.

use std::fmt;

use crate::domain::{CarrierId, MethodId, NodeId, ZoneId};

/// Lanes are named by their row in `NetworkInput::lanes`.
#[derive(Debug, Clone, PartialEq)]
pub enum NetworkProblem {
    LaneToItself {
        lane: usize,
    },
    UnknownNode {
        lane: usize,
        node: NodeId,
    },
    UnknownLaneCarrier {
        lane: usize,
        carrier: CarrierId,
    },
    /// Parcels are sorted in hubs only.
    LaneIntoFulfillmentCenter {
        lane: usize,
    },
    ZeroCapacity {
        lane: usize,
    },
    NoDeparture {
        lane: usize,
    },
    /// A minute beyond the end of the day, or of the week.
    DepartureOutsidePeriod {
        lane: usize,
        minute: u16,
    },
    TravelVariation {
        lane: usize,
        cv: f64,
    },
    NoRates {
        carrier: CarrierId,
    },
    /// Bands must rise by distance.
    RatesDoNotRise {
        carrier: CarrierId,
    },
    Volumetric {
        carrier: CarrierId,
        ml_per_g: f64,
    },
    NoAttempts {
        carrier: CarrierId,
    },
    AttemptFailure {
        carrier: CarrierId,
        probability: f64,
    },
    DoorHours {
        carrier: CarrierId,
        from_minute: u16,
        to_minute: u16,
    },
    UnknownMethodCarrier {
        method: MethodId,
        carrier: CarrierId,
    },
    FulfillmentCenterWithoutLane {
        node: NodeId,
    },
    /// No fulfillment center reaches these zones with any carrier of the method.
    UnreachableZones {
        method: MethodId,
        zones: Vec<ZoneId>,
    },
    Circuity {
        circuity: f64,
    },
    PlannedQuantile {
        quantile: f64,
    },
    StartMinute {
        minute: u16,
    },
}

impl fmt::Display for NetworkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use NetworkProblem::*;
        match self {
            LaneToItself { .. } => write!(f, "a lane leads from a node to itself"),
            UnknownNode { node, .. } => write!(f, "a lane names node {} and there is none", node.0),
            UnknownLaneCarrier { carrier, .. } => {
                write!(f, "a lane names carrier {} and there is none", carrier.0)
            }
            LaneIntoFulfillmentCenter { .. } => {
                write!(f, "a lane leads into a fulfillment center; parcels are sorted in hubs only")
            }
            ZeroCapacity { .. } => write!(f, "a departure of this lane takes no parcel"),
            NoDeparture { .. } => write!(f, "this lane never departs"),
            DepartureOutsidePeriod { minute, .. } => {
                write!(f, "a departure at minute {minute} is beyond the end of the timetable's day or week")
            }
            TravelVariation { cv, .. } => {
                write!(f, "a coefficient of variation of {cv}; 0 to 5 can be drawn")
            }
            NoRates { .. } => write!(f, "the carrier has no rates"),
            RatesDoNotRise { .. } => write!(f, "the carrier's rate bands do not rise by distance"),
            Volumetric { ml_per_g, .. } => {
                write!(f, "a volumetric weight of {ml_per_g} ml a gram; it must be above zero")
            }
            NoAttempts { .. } => write!(f, "the carrier makes no attempt at the door"),
            AttemptFailure { probability, .. } => {
                write!(f, "an attempt fails with probability {probability}")
            }
            DoorHours { from_minute, to_minute, .. } => {
                write!(f, "doors open from minute {from_minute} to {to_minute} of the day")
            }
            UnknownMethodCarrier { carrier, .. } => {
                write!(f, "the delivery method names carrier {} and there is none", carrier.0)
            }
            FulfillmentCenterWithoutLane { .. } => {
                write!(f, "no lane leaves this fulfillment center: nothing can be shipped from it")
            }
            UnreachableZones { zones, .. } => {
                write!(f, "{} zones cannot be reached by any carrier of the delivery method", zones.len())
            }
            Circuity { circuity } => write!(f, "a circuity of {circuity}; roads are not shorter than 1.0"),
            PlannedQuantile { quantile } => write!(f, "a planned quantile of {quantile}; 0 to 1 is possible"),
            StartMinute { minute } => write!(f, "minute {minute} is beyond the end of the week"),
        }
    }
}
