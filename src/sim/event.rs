//! One calendar entry's payload in 64 bits: what is due (8), a generation or index (24), a slot (32).

use crate::domain::{Handle, LaneId, StationId};
use crate::stages::Stage;

/// What the calendar hands back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event(u64);

/// An event taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A token's wait is over.
    Timer(Stage, Handle),
    /// A server of a station has finished.
    Service {
        station: StationId,
        server: u32,
    },
    /// The next shopper of the stream.
    Arrival,
    Departure(LaneId),
    /// A vehicle has reached the end of its lane.
    Vehicle(u32),
    /// A group's deadline.
    Group {
        slot: u32,
        generation: u32,
    },
    /// The staff of a station changes.
    Shift(StationId),
    /// The head of the expiry line.
    Expiry,
    Receipt(u32),
    /// The strategy looks at the whole stock.
    Refresh,
    /// That fault of the list begins.
    Fault(u32),
    /// A vehicle that was ordered on top of the timetable leaves.
    AdHoc(LaneId),
}

const SERVICE: u8 = 128;
const ARRIVAL: u8 = 129;
const DEPARTURE: u8 = 130;
const VEHICLE: u8 = 131;
const GROUP: u8 = 132;
const SHIFT: u8 = 133;
const EXPIRY: u8 = 134;
const RECEIPT: u8 = 135;
const REFRESH: u8 = 136;
const FAULT: u8 = 137;
const AD_HOC: u8 = 138;

impl Event {
    const fn pack(tag: u8, aux: u32, slot: u32) -> Event {
        assert!(aux < 1 << 24, "an index beyond 24 bits reached the calendar");
        Event((tag as u64) << 56 | (aux as u64) << 32 | slot as u64)
    }

    pub const fn timer(stage: Stage, token: Handle) -> Event {
        Event((stage as u64) << 56 | token.bits())
    }

    pub const fn service(station: StationId, server: u32) -> Event {
        Event::pack(SERVICE, station.0, server)
    }

    pub const fn arrival() -> Event {
        Event::pack(ARRIVAL, 0, 0)
    }

    pub const fn departure(lane: LaneId) -> Event {
        Event::pack(DEPARTURE, 0, lane.0)
    }

    pub const fn vehicle(index: u32) -> Event {
        Event::pack(VEHICLE, 0, index)
    }

    pub const fn group(slot: u32, generation: u32) -> Event {
        Event::pack(GROUP, generation & 0xff_ffff, slot)
    }

    pub const fn shift(station: StationId) -> Event {
        Event::pack(SHIFT, station.0, 0)
    }

    pub const fn expiry() -> Event {
        Event::pack(EXPIRY, 0, 0)
    }

    pub const fn receipt(index: u32) -> Event {
        Event::pack(RECEIPT, 0, index)
    }

    pub const fn refresh() -> Event {
        Event::pack(REFRESH, 0, 0)
    }

    pub const fn fault(row: u32) -> Event {
        Event::pack(FAULT, 0, row)
    }

    pub const fn ad_hoc(lane: LaneId) -> Event {
        Event::pack(AD_HOC, 0, lane.0)
    }

    #[inline]
    pub fn due(self) -> Due {
        let (tag, aux, slot) = ((self.0 >> 56) as u8, (self.0 >> 32) as u32 & 0xff_ffff, self.0 as u32);
        match tag {
            SERVICE => Due::Service { station: StationId(aux), server: slot },
            ARRIVAL => Due::Arrival,
            DEPARTURE => Due::Departure(LaneId(slot)),
            VEHICLE => Due::Vehicle(slot),
            GROUP => Due::Group { slot, generation: aux },
            SHIFT => Due::Shift(StationId(aux)),
            EXPIRY => Due::Expiry,
            RECEIPT => Due::Receipt(slot),
            REFRESH => Due::Refresh,
            FAULT => Due::Fault(slot),
            AD_HOC => Due::AdHoc(LaneId(slot)),
            stage => Due::Timer(Stage::from_u8(stage), Handle::from_bits(self.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_apart_as_they_were_put_together() {
        let token = Handle::new(4_000_000_000, 12_345);
        assert_eq!(Event::timer(Stage::Graded, token).due(), Due::Timer(Stage::Graded, token));
        let station = StationId(70_000);
        assert_eq!(Event::service(station, 9).due(), Due::Service { station, server: 9 });
        assert_eq!(Event::group(5, 1 << 24 | 3).due(), Due::Group { slot: 5, generation: 3 });
        assert_eq!(Event::departure(LaneId(8)).due(), Due::Departure(LaneId(8)));
    }

    #[test]
    fn no_stage_number_meets_another_tag() {
        assert!(Stage::ALL.len() < SERVICE as usize);
    }
}
