//! Keys of movement: floors of hubs, speed by the hour, trucks on top, weather, what carriers take a day, peak days.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

const SMALL: &str = "network.lane-rules.*.capacity=20; nodes.*.sorters=1; floor.sort=12 m; nodes.*.floor=60";
const SHORT: &str = "delivery.*.carriers=[]; carriers.*.per-day=30";
const FEW: &str = "network.lane-rules.*.capacity=8; network.ad-hoc={above: 20%, lead: 20 m}";
const SKY: &str = "weather=[{name: sky, states: [{name: fair, next: [0.5, 0.5]}, {name: foul, speed: 50%, closed: 20%, next: [0.5, 0.5]}]}]";
const PEAK: &str = "carriers.*.peak=[{from: \"2026-01-01\", to: \"2026-12-31\", per-parcel: 1}]";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("nodes[].floor", Integer, "20000", "Of a hub: parcels for which it has room, from the truck until they leave. A truck whose parcels do not fit waits in the yard, behind those that came before it. Without limit when left out.").within(1.0, 1e9).probe("20").with(SMALL),

    off("network.lane-rules[].volume", Volume, "80 m3", "Room of a vehicle beside its parcels; whichever is used up first ends the loading. Without limit when left out.").within(1.0, 1e12).probe("60 l").with("network.lane-rules.*.volume=900 l"),
    key("network.dock-order", Word(&["boarded", "due"]), "boarded", "Who leaves first among parcels of one rank when a vehicle is full: the first at the dock, or the first that must leave to keep its promise.").probe("due").with("network.lane-rules.*.capacity=6"),
    off("network.hours", Weights, "[1, 1, 1, 1, 1, 1, 1, 0.8, 0.7, 0.8, 1, 1, 1, 1, 1, 1, 0.9, 0.7, 0.7, 0.9, 1, 1, 1, 1]", "Share of the speed on lanes in each hour of the day; plans know it. Full speed when left out.").probe("[1, 1, 1, 1, 1, 1, 1, 0.3, 0.3, 0.3, 1, 1, 1, 1, 1, 1, 0.5, 0.3, 0.3, 0.5, 1, 1, 1, 1]"),
    off("network.ad-hoc", Section, "{above: 50%, lead: 3 h}", "A vehicle on top of the timetable is ordered when a dock still holds much after a departure; one at a time for each lane.").probe("{above: 10%, lead: 1 h}").with("network.lane-rules.*.capacity=8"),
    key("network.ad-hoc.above", Share, "50%", "Ordered when more than this share of a vehicle's capacity is left.").within(0.0, 1000.0).probe("150%").with(FEW),
    key("network.ad-hoc.lead", Span, "3 h", "From the order to the departure.").within(60.0, 7.0 * 86_400.0).probe("70 m").with(FEW),
    key("network.ad-hoc.premium", Share, "150%", "What it costs, as a share of the lane's own vehicle.").within(0.0, 100.0).probe("200%").with(FEW),

    off("weather", Sections, "[{name: sky}]", "Climates: the weather of some nodes, hour by hour. A lane has the weather of its worse end."),
    must("weather[].name", Text, "coast", "Name, for print; the luck of its skies hangs on it.").probe("elsewhere").with(SKY),
    key("weather[].nodes", Names("node"), "[]", "Where it holds; when empty at every node that no other climate names."),
    key("weather[].together", Flag, "true", "One sky for all its nodes; otherwise each has its own.").probe("false").with(SKY),
    key("weather[].states", Sections, "[{name: clear, next: [96%, 3.6%, 0.4%]}, {name: rain, speed: 80%, next: [10%, 85%, 5%]}, {name: storm, speed: 50%, closed: 30%, next: [5%, 25%, 70%]}]", "States of the sky."),
    must("weather[].states[].name", Text, "rain", "Name, for print.").probe("mist").with(SKY),
    must("weather[].states[].next", Weights, "[10%, 85%, 5%]", "Shares of all states an hour later, in their order; they add up to 100%.").probe("[0.9, 0.1]").with(SKY),
    key("weather[].states[].speed", Share, "100%", "Share of full speed on lanes that start or end there.").within(0.01, 1.0).probe("20%").with(SKY),
    key("weather[].states[].closed", Share, "0%", "Share of departures from and to there that do not leave.").probe("90%").with(SKY),

    off("carriers[].per-day", Integer, "200000", "Parcels that the carrier takes from the shop on a local day; without limit when left out. What is beyond it goes to the overflow carrier, or waits for the first day with room.").within(1.0, 1e9).probe("11").with(SHORT),
    off("carriers[].overflow", Name("carrier"), "post", "Who takes what is beyond per-day, if there is room and the zone is reached; else that carrier's own overflow, and so on."),
    off("carriers[].peak", Sections, "[{from: 2026-11-10, to: 2026-11-13, per-parcel: 1.20}]", "Peak days, on which a parcel costs more: by the day on which it gets its label. The carrier is chosen by what it costs then."),
    must("carriers[].peak[].from", LocalTime, "2026-11-10", "The first instant.").probe("2026-12-30").with(PEAK),
    must("carriers[].peak[].to", LocalTime, "2026-11-13", "The first instant after.").probe("2026-01-02").with(PEAK),
    key("carriers[].peak[].per-parcel", Money, "0", "Added for each parcel.").probe("2.50").with(PEAK),
    key("carriers[].peak[].share", Share, "0%", "Added to the freight, as a share of it.").within(0.0, 10.0).probe("50%").with(PEAK),
];
