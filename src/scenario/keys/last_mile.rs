//! Keys of the last mile: vans that leave stations at fixed times.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

pub const FIDELITIES: &[&str] = &["fixed", "approx", "fast", "vrp"];

const VANS: &str = "last-mile={fidelity: fast, vans: 12, capacity: 20}";
const SEARCH: &str = "last-mile={fidelity: vrp, iterations: 50, vans: 12, capacity: 20}";
const FEW: &str = "last-mile={fidelity: approx, vans: 1, capacity: 2, rounds: [\"08:00\"]}";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("last-mile", Section, "{fidelity: fast, vans: 60}", "Each zone has a station of each carrier that sends vans out in rounds; where a parcel stands in its tour says when the bell rings. Without it carriers[].last-mile is the whole last mile."),
    key("last-mile.fidelity", Word(FIDELITIES), "fast", "How tours are made: fixed (carriers[].last-mile, no vans), approx (lengths by formula), fast (savings and 2-opt), vrp (a search).").probe("approx").with(VANS),
    key("last-mile.rounds", Timetable, "[\"08:00\", \"13:00\"]", "When vans leave, every day.").probe("[\"11:00\"]").with(VANS),
    key("last-mile.rounds.every", Span, "4 h", "Time between rounds.").within(60.0, 86_400.0).probe("11 h").with("last-mile={rounds: {every: 12 h, first: \"08:00\"}}"),
    key("last-mile.rounds.first", TimeOfDay, "08:00", "First round of the day.").probe("09:30").with("last-mile={rounds: {every: 9 h}}"),
    key("last-mile.vans", Integer, "60", "Vans with a driver of each carrier, in all; a zone has its share by weight, and at least one. Parcels without a van wait for the next round.").within(1.0, 1e6).probe("60").with(FEW),
    key("last-mile.capacity", Integer, "80", "Parcels a van takes.").within(1.0, 2_000.0).probe("9").with(FEW),
    key("last-mile.area", Number, "60", "Area of a zone of mean weight in km2; a zone of twice the weight is twice as large.").within(0.01, 1e6).probe("600").with(VANS),
    key("last-mile.station", Distance, "4 km", "From a station to the middle of its zone.").within(0.0, 1_000.0).probe("30 km").with(VANS),
    key("last-mile.speed", Speed, "24 km/h", "Speed on the way, by day.").within(1.0, 200.0).probe("11 km/h").with(VANS),
    key("last-mile.hours", Weights, "[1, 1, 1, 1, 1, 1, 1, 0.75, 0.75, 1, 1, 1, 1, 1, 1, 1, 1, 0.75, 0.75, 1, 1, 1, 1, 1]", "Share of the speed in each hour of the day: tours are planned without it and driven with it.")
        .probe("[1, 1, 1, 1, 1, 1, 1, 0.2, 0.2, 0.2, 1, 1, 1, 0.2, 0.2, 1, 1, 1, 1, 1, 1, 1, 1, 1]").with(VANS),
    key("last-mile.time-per-stop", Span, "2 m", "At each stop.").within(0.0, 86_400.0).probe("10 m").with(VANS),
    key("last-mile.time-per-parcel", Span, "30 s", "And for each parcel at it.").within(0.0, 86_400.0).probe("5 m").with(VANS),
    key("last-mile.wage", Money, "20", "A driver's hour on tour.").probe("33").with(VANS),
    key("last-mile.cost-per-km", Money, "0.40", "A van's kilometer.").probe("1.10").with(VANS),
    key("last-mile.co2-per-km", Mass, "250 g", "What a van emits on a kilometer.").within(0.0, 1e6).probe("30 g").with(VANS),
    key("last-mile.iterations", Integer, "4000", "Of the search, for each plan of about 200 stops: for vrp, and for the sample.").within(1.0, 1e8).probe("3000").with(SEARCH),
    key("last-mile.sample", Share, "2%", "Share of rounds that are planned by formula and by search as well; the report tells how far they are apart.").probe("100%").with(VANS),
];
