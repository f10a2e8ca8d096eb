//! Keys of a network that is made from places.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

const PLACED: &str = "network.generate={hubs: 3, centers: 2}";
const FLOWN: &str = "network.generate={hubs: 3, centers: 2, air-from: 300 km}";
const BUSY: &str = "network.generate={hubs: 3, parcels: 30000, direct: 1}";
const TRACED: &str = "network.trace=true; network.generate={hubs: 3, centers: 2, air-from: 900 km}";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("network.generate", Section, "{hubs: 24, centers: 12}", "Nodes and lanes made from the zones: hubs and centers where people are near, stations in the other places, lanes by distance and demand. Nodes that are written stay and count; lane-rules then hold only where they are written, and a generated lane replaces theirs."),
    key("network.generate.hubs", Integer, "8", "Hubs that are placed: the mean distance from a person to a hub is least (p-median by greedy addition and interchange).").within(0.0, 1_000.0).probe("5").with(PLACED),
    key("network.generate.centers", Integer, "0", "Fulfillment centers that are placed in the same way.").within(0.0, 1_000.0).probe("3").with(PLACED),
    key("network.generate.stations", Share, "100%", "Of the places without a hub, the share that has a station, the largest first; from the nearest hub or station the last mile starts.").probe("20%").with(PLACED),
    key("network.generate.search", Integer, "1000", "Interchanges of the search for places, at most.").within(0.0, 1e6).probe("0").with("network.generate={hubs: 2}; zones={list: [{name: a, at: {lat: 0, lon: 0}, weight: 2}, {name: b, at: {lat: 0, lon: 1}, weight: 1}, {name: c, at: {lat: 0, lon: 2}, weight: 1.2}, {name: d, at: {lat: 0, lon: 3}, weight: 1}, {name: e, at: {lat: 0, lon: 4}, weight: 2}]}"),
    key("network.generate.pickers", Integer, "200", "Pickers of all centers that are placed, by the people that each serves.").within(0.0, 1e6).probe("9").with(PLACED),
    key("network.generate.packers", Integer, "120", "Packers, in the same way.").within(0.0, 1e6).probe("4").with(PLACED),
    key("network.generate.graders", Integer, "20", "Graders, in the same way.").within(0.0, 1e6).probe("2").with(PLACED),
    key("network.generate.sorters", Integer, "100", "Sorters of all hubs that are placed, by the people that each serves.").within(0.0, 1e6).probe("3").with(PLACED),
    key("network.generate.station-sorters", Integer, "1", "Sorters of each station; without one parcels pass at once.").within(0.0, 1_000.0).probe("0").with(PLACED),
    off("network.generate.shifts", Name("shift"), "two-shift", "Shift plan of the centers that are placed; round the clock when left out.").probe("plan").with("shifts.plan=[{from: \"08:00\", to: \"16:00\"}]; network.generate={hubs: 3, centers: 2}"),
    key("network.generate.carriers", Names("carrier"), "[]", "Whose lanes; every carrier's when empty. Each gets an equal share of the parcels."),
    off("network.generate.parcels", Number, "200000", "Parcels a day for which lanes are made; the orders a day that the scenario expects when left out.").within(0.0, 1e9).probe("90000").with(BUSY),
    key("network.generate.fill", Share, "60%", "Share of a vehicle that is filled on a mean day.").within(0.01, 1.0).probe("20%").with(BUSY),
    key("network.generate.gravity", Number, "1", "A center draws a zone's parcels by its people over distance to this power; 0 is without regard to distance.").within(0.0, 10.0).probe("4").with(BUSY),
    key("network.generate.direct", Number, "100", "Parcels a day from which two hubs have a lane of their own; others go by the hub in the middle.").within(0.0, 1e9).probe("1e6").with(BUSY),
    key("network.generate.gates", Integer, "2", "Hubs to which each center has lanes, the nearest.").within(1.0, 100.0).probe("1").with(BUSY),
    key("network.generate.feeders", Integer, "2", "Hubs that feed each station, the nearest.").within(1.0, 100.0).probe("1").with(PLACED),
    key("network.generate.air-from", Distance, "1200 km", "From this length on lanes between hubs fly.").within(0.0, 100_000.0).probe("300 km").with(PLACED),
    key("network.generate.departures", Integer, "1", "Departures a day of each lane, at least.").within(1.0, 96.0).probe("4").with(PLACED),
    key("network.generate.most-departures", Integer, "8", "At most; where that is too little several vehicles leave together.").within(1.0, 96.0).probe("1").with(BUSY),
    key("network.generate.truck", Section, "{}", "Trucks of generated lanes."),
    key("network.generate.truck.capacity", Integer, "2000", "Parcels a truck takes.").within(1.0, 1e6).probe("700").with(BUSY),
    key("network.generate.truck.speed", Speed, "70 km/h", "Travel time = road distance / speed + loading.").within(0.1, 2_000.0).probe("35 km/h").with(PLACED),
    key("network.generate.truck.loading", Span, "1 h", "Loading and unloading.").within(0.0, 7.0 * 86_400.0).probe("5 h").with(PLACED),
    key("network.generate.truck.cost-per-departure", Money, "100", "Cost of a truck that leaves.").probe("150").with(PLACED),
    key("network.generate.truck.cost-per-km", Money, "1", "Cost of a truck's kilometer.").probe("1.50").with(PLACED),
    key("network.generate.truck.co2-per-km", Mass, "900 g", "What a truck emits on a kilometer.").within(0.0, 1e9).probe("400 g").with(TRACED),
    key("network.generate.air", Section, "{}", "Aircraft of generated lanes."),
    key("network.generate.air.capacity", Integer, "8000", "Parcels an aircraft takes.").within(1.0, 1e6).probe("500").with(FLOWN),
    key("network.generate.air.speed", Speed, "700 km/h", "Travel time = great circle / speed + loading.").within(0.1, 3_000.0).probe("50 km/h").with(FLOWN),
    key("network.generate.air.loading", Span, "4 h", "Loading, unloading and the ways to and from the airport.").within(0.0, 7.0 * 86_400.0).probe("15 h").with(FLOWN),
    key("network.generate.air.cost-per-departure", Money, "3000", "Cost of an aircraft that leaves.").probe("1500").with(FLOWN),
    key("network.generate.air.cost-per-km", Money, "30", "Cost of an aircraft's kilometer.").probe("15").with(FLOWN),
    key("network.generate.air.co2-per-km", Mass, "9.5 kg", "What an aircraft emits on a kilometer.").within(0.0, 1e9).probe("4 kg").with(TRACED),
    key("network.generate.van", Section, "{}", "Vans of generated lanes to stations."),
    key("network.generate.van.capacity", Integer, "300", "Parcels a van takes.").within(1.0, 1e6).probe("2").with(PLACED),
    key("network.generate.van.speed", Speed, "60 km/h", "Travel time = road distance / speed + loading.").within(0.1, 2_000.0).probe("20 km/h").with(PLACED),
    key("network.generate.van.loading", Span, "30 m", "Loading and unloading.").within(0.0, 7.0 * 86_400.0).probe("5 h").with(PLACED),
    key("network.generate.van.cost-per-departure", Money, "40", "Cost of a van that leaves.").probe("60").with(PLACED),
    key("network.generate.van.cost-per-km", Money, "0.80", "Cost of a van's kilometer.").probe("1.50").with(PLACED),
    key("network.generate.van.co2-per-km", Mass, "250 g", "What a van emits on a kilometer.").within(0.0, 1e9).probe("100 g").with(TRACED),
    key("network.trace", Flag, "false", "Traces cost and CO2 of every vehicle, touch and van to the parcels that it served; what nobody used is told apart.").probe("true"),
];
