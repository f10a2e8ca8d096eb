//! Keys of the whole scenario and of its run.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("name", Text, "my-shop", "Name of the scenario, for reports; the file's name when left out.").probe("renamed"),
    key("description", Text, "", "One or two sentences on the question the scenario answers.")
        .example("Does the peak day hold?").probe("another description"),
    off("extends", File, "average-day.yaml", "A scenario file to start from: maps merge key by key, lists and distributions replace, `~` takes a key away."),
    key("currency", Text, "USD", "ISO 4217 code of all money, for print.").probe("EUR"),
    key("start", LocalTime, "2026-11-09T00:00", "Local date and time at which the simulation starts; gives weekday and hour to shifts, shapes and timetables.")
        .probe("2026-11-14T06:00"),
    off("time-zone", Text, "Asia/Shanghai", "Time zone of `start`, by its IANA name. With it every place has its own local time, that of the nearest city of the tables: departures by that of their origin, shifts by that of their node, doors, rounds and the end of a promised day by that of the zone; clocks are set where and when they are. Without it all places have one clock.")
        .probe("America/New_York"),
    key("run", Section, "{}", "How long, how often and how exactly to simulate."),
    must("run.horizon", Span, "7 d", "Simulated length; orders still open then are reported as open.").within(1.0, 3_650.0 * 86_400.0).probe("8 d"),
    key("run.warm-up", Span, "0 s", "Orders submitted before it are simulated, but left out of lead times, ship times and on-time shares; phases and stations are told from its end on.").probe("2 h"),
    key("run.seed", Integer, "1", "Start of all random draws; the same seed gives the same bytes.").within(0.0, 9e15).probe("2"),
    key("run.replications", Section, "{}", "How many independent runs: `auto` looks at 5, 10, 20, 40 and 80 until every SLO is decided, each look so strict that all together keep `confidence`; or `min` first, then twice as many until `max`, with `confidence` at each look.").instead("auto").example("auto"),
    key("run.replications.min", Integer, "3", "Replications before the first look at the SLOs.").within(1.0, 100_000.0).probe("2"),
    key("run.replications.max", Integer, "10", "Replications at most.").within(1.0, 100_000.0).probe("11"),
    key("run.confidence", Share, "95%", "Two-sided confidence of all intervals.").within(0.5, 0.9999).probe("90%"),
    key("run.interval", Span, "1 h", "Length of one interval of the time series.").within(60.0, 31.0 * 86_400.0).probe("2 h"),
    key("run.log-one-in", Integer, "1000", "One order in so many enters the event log.").within(1.0, 1e9).probe("100"),
];
