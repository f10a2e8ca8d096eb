//! Keys of the nodes: shifts, nodes, work on the floor.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("shifts", Named, "{}", "Shift plans by name: which share of the staff is there when. Or {file: shifts.csv}.").example("{two-shift: [{from: \"06:00\", to: \"22:00\"}]}"),
    off("shifts.file", File, "shifts.csv", "CSV with columns name, days, from, to, share."),
    key("shifts.*[].days", Days, "all", "Weekdays on which the shift starts.").probe("mon-fri").with("shifts={plan: [{from: \"00:00\", to: \"24:00\"}]}; nodes.*.shifts=plan"),
    must("shifts.*[].from", TimeOfDay, "06:00", "Start.").probe("04:00").with("shifts={plan: [{from: \"01:00\", to: \"24:00\"}]}; nodes.*.shifts=plan"),
    must("shifts.*[].to", TimeOfDay, "22:00", "End; before the start means on the next day.").probe("20:00").with("shifts={plan: [{from: \"00:00\", to: \"24:00\"}]}; nodes.*.shifts=plan"),
    key("shifts.*[].share", Share, "100%", "Share of the staff that is there.").within(0.0, 10.0).probe("50%").with("shifts={plan: [{from: \"00:00\", to: \"24:00\"}]}; nodes.*.shifts=plan"),

    must("nodes", Sections, "[{name: Hangzhou, at: {city: Hangzhou}}]", "Fulfillment centers and hubs; or {file: nodes.csv}."),
    off("nodes.file", File, "nodes.csv", "CSV with columns name, kind, city or lat and lon, and any of country, priority, pickers, packers, graders, sorters, shifts, capital-per-day, speed."),
    must("nodes[].name", Text, "Hangzhou", "Name, for print and for references."),
    key("nodes[].kind", Word(&["fulfillment-center", "hub"]), "fulfillment-center", "A fulfillment center holds stock, picks, packs and ships; a hub sorts parcels, and the last mile starts there."),
    must("nodes[].at", Place, "{city: Hangzhou}", "Where it is.").probe("{city: Guangzhou}"),
    key("nodes[].priority", Integer, "1", "Rank for the strategy `priority`: lower first.").probe("7").with("allocation.strategy=priority; nodes.0.priority=9"),
    key("nodes[].pickers", Integer, "20", "People who pick, on a full shift.").within(0.0, 1e6).probe("3"),
    key("nodes[].packers", Integer, "10", "People who pack.").within(0.0, 1e6).probe("2"),
    key("nodes[].graders", Integer, "2", "People who grade returns.").within(0.0, 1e6).probe("1"),
    key("nodes[].sorters", Integer, "8", "Sorting servers; of a hub.").within(0.0, 1e6).probe("2"),
    off("nodes[].shifts", Name("shift"), "two-shift", "Name of a shift plan; round the clock when left out.").probe("plan").with("shifts.plan=[{from: \"08:00\", to: \"16:00\"}]"),
    key("nodes[].capital-per-day", Money, "0", "Building and machines, a day, whatever comes.").probe("700"),
    key("nodes[].speed", Number, "1", "Work times are divided by it.").within(0.01, 100.0).probe("0.8"),

    off("nodes[].time-zone", Text, "America/Chicago", "Time zone of its shifts and of the lanes that leave it; that of the nearest city when left out. Counts where the scenario has a time-zone.").probe("Asia/Tokyo").with("time-zone=Asia/Shanghai; network.lane-rules.*.departures=[\"18:00\"]"),

    key("floor", Section, "{}", "Work on the floor of every node, and how it is grouped."),
    key("floor.pick-per-order", Law, "20 s", "Picking: time for each fulfillment order.").probe("35 s"),
    key("floor.pick-per-line", Law, "25 s", "Picking: time for each line.").probe("45 s"),
    key("floor.pack-per-order", Law, "30 s", "Packing: time for each fulfillment order.").probe("50 s"),
    key("floor.pack-per-line", Law, "5 s", "Packing: time for each line.").probe("11 s"),
    key("floor.sort", Law, "2 s", "Sorting one parcel at a hub.").probe("5 s"),
    key("floor.grade", Law, "3 m", "Grading one returned parcel.").probe("6 m"),
    key("floor.pick-wage", Money, "18", "Wages an hour of a picker, paid for staffed time.").probe("20"),
    key("floor.pack-wage", Money, "18", "Wages an hour of a packer.").probe("20"),
    key("floor.sort-wage", Money, "18", "Wages an hour of a sorter.").probe("20"),
    key("floor.grade-wage", Money, "20", "Wages an hour of a grader.").probe("22"),
    off("floor.wave", Section, "{every: 1 h, size: 500}", "Release work in waves; at once when left out.").probe("{every: 2 h}"),
    key("floor.wave.every", Span, "1 h", "Time between waves.").within(1.0, 7.0 * 86_400.0).probe("3 h").with("floor.wave={}"),
    key("floor.wave.size", Integer, "500", "A wave goes early when so many fulfillment orders wait.").within(1.0, 1e9).probe("2").with("floor.wave={}"),
    key("floor.merge-window", Span, "0 s", "Orders of one customer at one node that meet within it are packed together; it ends early where waiting would break the promise. Zero is off.").within(0.0, 30.0 * 86_400.0).probe("2 h").with("customers.count=300"),
    key("floor.box-max-weight", Mass, "20 kg", "A parcel weighs at most so much.").within(1.0, 1e8).probe("500 g"),
    key("floor.box-max-volume", Volume, "60 l", "A parcel holds at most so much.").within(1.0, 1e9).probe("2 l"),
    key("floor.box-max-units", Integer, "20", "A parcel holds at most so many units.").within(1.0, 60_000.0).probe("1"),
    key("floor.box-max-side", Distance, "1.2 m", "The longest side of goods that share a parcel; longer ones travel alone.").within(0.000_01, 1.0).probe("0.25 m"),
    key("floor.queue", Word(&["fifo", "priority", "earliest-due"]), "fifo", "Who is served first: in order of arrival, by the delivery method's rank, or by promised instant.").probe("priority"),
];
