//! Keys of movement: floors of hubs, what carriers take a day, peak days.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

const SMALL: &str = "network.lane-rules.*.capacity=20; nodes.*.sorters=1; floor.sort=12 m; nodes.*.floor=60";
const SHORT: &str = "delivery.*.carriers=[]; carriers.*.per-day=30";
const PEAK: &str = "carriers.*.peak=[{from: \"2026-01-01\", to: \"2026-12-31\", per-parcel: 1}]";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("nodes[].floor", Integer, "20000", "Of a hub: parcels for which it has room, from the truck until they leave. A truck whose parcels do not fit waits in the yard, behind those that came before it. Without limit when left out.").within(1.0, 1e9).probe("20").with(SMALL),

    off("carriers[].per-day", Integer, "200000", "Parcels that the carrier takes from the shop on a local day; without limit when left out. What is beyond it goes to the overflow carrier, or waits for the first day with room.").within(1.0, 1e9).probe("11").with(SHORT),
    off("carriers[].overflow", Name("carrier"), "post", "Who takes what is beyond per-day, if there is room and the zone is reached; else that carrier's own overflow, and so on."),
    off("carriers[].peak", Sections, "[{from: 2026-11-10, to: 2026-11-13, per-parcel: 1.20}]", "Peak days, on which a parcel costs more: by the day on which it gets its label. The carrier is chosen by what it costs then."),
    must("carriers[].peak[].from", LocalTime, "2026-11-10", "The first instant.").probe("2026-12-30").with(PEAK),
    must("carriers[].peak[].to", LocalTime, "2026-11-13", "The first instant after.").probe("2026-01-02").with(PEAK),
    key("carriers[].peak[].per-parcel", Money, "0", "Added for each parcel.").probe("2.50").with(PEAK),
    key("carriers[].peak[].share", Share, "0%", "Added to the freight, as a share of it.").within(0.0, 10.0).probe("50%").with(PEAK),
];
