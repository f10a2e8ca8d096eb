//! What limits movement: floors of hubs, carriers' days, peak days.

use crate::domain::{CarrierId, NodeKind};
use crate::kernel::time::{Moment, Span};
use crate::logistics::Peak;
use crate::scenario::spec::{PeakDays, Scenario};

/// By node and carrier, as dense tables.
pub struct Movement {
    /// By node: parcels for which there is room. Empty without any limit.
    pub floors: Vec<Option<u32>>,
    /// By carrier. Empty without any limit.
    pub days: Vec<Option<DayShare>>,
}

/// What a carrier takes a local day, and who takes the rest.
#[derive(Debug, Clone, Copy)]
pub struct DayShare {
    pub parcels: u32,
    pub overflow: Option<CarrierId>,
}

impl Movement {
    /// `None`: nothing is limited.
    pub fn build(scenario: &Scenario) -> Option<Movement> {
        let room = |node: &crate::scenario::spec::Node| node.floor.filter(|_| node.kind == NodeKind::Hub);
        let find = |name: &String| scenario.carriers.iter().position(|carrier| carrier.name == *name);
        let day = |carrier: &crate::scenario::spec::Carrier| {
            let overflow = carrier.overflow.as_ref().and_then(find).map(|index| CarrierId(index as u8));
            carrier.per_day.map(|parcels| DayShare { parcels, overflow })
        };
        let movement = Movement {
            floors: some_or_empty(scenario.nodes.iter().map(room).collect()),
            days: some_or_empty(scenario.carriers.iter().map(day).collect()),
        };
        (!movement.floors.is_empty() || !movement.days.is_empty()).then_some(movement)
    }
}

fn some_or_empty<T>(rows: Vec<Option<T>>) -> Vec<Option<T>> {
    if rows.iter().all(Option::is_none) { Vec::new() } else { rows }
}

/// Peak days by carrier, in business time; empty when nobody has any.
pub fn peaks(scenario: &Scenario) -> Vec<Vec<Peak>> {
    let peak = |days: &PeakDays| {
        let instant = |time: crate::scenario::spec::LocalTime| {
            let minutes = time.minutes_since(scenario.start).max(0);
            Moment::ZERO + Span::from_minutes(minutes as u64)
        };
        Peak {
            from: instant(days.from),
            to: instant(days.to),
            per_parcel: days.per_parcel,
            share: days.share,
        }
    };
    if scenario.carriers.iter().all(|carrier| carrier.peak.is_empty()) {
        return Vec::new();
    }
    scenario.carriers.iter().map(|carrier| carrier.peak.iter().map(peak).collect()).collect()
}
