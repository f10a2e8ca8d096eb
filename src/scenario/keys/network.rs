//! Keys of the network: lanes, carriers, delivery methods.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("network", Section, "{}", "Lanes between nodes."),
    key("network.circuity", Number, "1.3", "Road distance = great circle x circuity.").within(1.0, 5.0).probe("1.6"),
    key("network.lane-rules", Sections, "[{from: fulfillment-centers, to: nearest-hub}, {from: hubs, to: hubs}]", "Each rule makes one lane for every (from, to, carrier) it matches; a later rule replaces an earlier one."),
    must("network.lane-rules[].from", LaneEnds, "fulfillment-centers", "Where the lane starts."),
    must("network.lane-rules[].to", LaneEnds, "nearest-hub", "Where it ends; `nearest-hub` is the hub nearest to `from`."),
    key("network.lane-rules[].carriers", Names("carrier"), "[]", "Whose lane; every carrier's when empty."),
    key("network.lane-rules[].departures", Timetable, "{every: 2 h}", "When a vehicle leaves, every day.").probe("[\"09:00\", \"21:00\"]"),
    key("network.lane-rules[].departures.every", Span, "2 h", "Time between departures.").within(60.0, 86_400.0).probe("5 h").with("network.lane-rules.*.departures={every: 3 h}"),
    key("network.lane-rules[].departures.first", TimeOfDay, "00:00", "First departure of the day.").probe("01:30").with("network.lane-rules.*.departures={every: 6 h}"),
    key("network.lane-rules[].cut-off", Span, "30 m", "A parcel must be at the dock so long before the departure.").within(0.0, 7.0 * 86_400.0).probe("90 m"),
    key("network.lane-rules[].capacity", Integer, "2000", "Parcels a departure takes.").within(1.0, 1e9).probe("40"),
    key("network.lane-rules[].speed", Speed, "70 km/h", "Travel time = road distance / speed + loading.").within(0.1, 2_000.0).probe("35 km/h"),
    key("network.lane-rules[].loading", Span, "1 h", "Loading and unloading, added to the travel time.").within(0.0, 7.0 * 86_400.0).probe("3 h"),
    key("network.lane-rules[].travel-cv", Number, "0.15", "Coefficient of variation of the travel time (lognormal).").within(0.0, 5.0).probe("0.6"),
    key("network.lane-rules[].cost-per-departure", Money, "100", "Cost of a vehicle that leaves, full or not.").probe("150"),
    key("network.lane-rules[].cost-per-km", Money, "1", "Cost of a vehicle's kilometer.").probe("1.50"),
    off("network.lanes-file", File, "lanes.csv", "CSV with columns from, to, carrier, departures, cut_off, capacity, time, cost_per_departure, cost_per_km; each row replaces what the rules made."),

    must("carriers", Sections, "[{name: post}]", "Who carries parcels."),
    must("carriers[].name", Text, "post", "Name, for print and for references."),
    key("carriers[].rates", Sections, "[{up-to: 100000 km, first-kg: 4, per-further-kg: 1}]", "Tariff by road distance, in rising bands; the last one holds beyond."),
    must("carriers[].rates[].up-to", Distance, "500 km", "The band's end.").within(0.001, 1e9).probe("90 km"),
    must("carriers[].rates[].first-kg", Money, "8", "The first kilogram.").probe("9.50"),
    must("carriers[].rates[].per-further-kg", Money, "2", "Each further kilogram begun.").probe("6.50"),
    key("carriers[].volumetric", Number, "6", "Milliliters that bill as one gram.").within(0.01, 1e6).probe("1"),
    key("carriers[].last-mile", Law, "{lognormal: {median: 4 h, sigma: 0.4}}", "From the last hub to the first attempt at the door.").probe("9 h"),
    key("carriers[].last-mile-per-100km", Span, "2 h", "Added for each 100 km from the last hub.").within(0.0, 30.0 * 86_400.0).probe("6 h"),
    key("carriers[].attempts", Integer, "2", "Attempts at the door before the parcel turns round.").within(1.0, 100.0).probe("1"),
    key("carriers[].attempt-failure", Share, "4%", "Share of attempts that find nobody.").probe("30%"),
    key("carriers[].retry-after", Span, "1 d", "Time to the next attempt.").within(0.0, 30.0 * 86_400.0).probe("2 d").with("carriers.*.attempt-failure=30%"),
    key("carriers[].door-from", TimeOfDay, "08:00", "Doors open from.").probe("11:00"),
    key("carriers[].door-to", TimeOfDay, "21:00", "Doors open to.").probe("15:00"),
    key("carriers[].tour", Span, "6 h", "Parcels that came while doors were closed go out at the opening and are handed over in their turn within this time.").within(0.0, 86_400.0).probe("1 h"),

    must("delivery", Sections, "[{name: standard, share: 1}]", "Delivery methods a shopper can take."),
    must("delivery[].name", Text, "standard", "Name, for print.").probe("renamed").with("delivery=[{name: standard, share: 1, carriers: []}]"),
    key("delivery[].share", Weight, "1", "How often it is taken, relative to the others.").probe("3").with("delivery.0.share=9"),
    key("delivery[].price", Money, "0", "What the shopper pays for shipping.").probe("3.50"),
    key("delivery[].carriers", Names("carrier"), "[]", "Who may serve it; every carrier when empty. The cheapest that meets the promise is taken."),
    key("delivery[].rank", Integer, "1", "Rank on the floor and at the dock: lower first.").within(0.0, 255.0).probe("4").with("floor.queue=priority; delivery.0.rank=9"),
    key("delivery[].handling", Span, "24 h", "Time the promise allows from submit until the parcel is at the dock.").within(0.0, 90.0 * 86_400.0).probe("5 h"),
    key("delivery[].slack", Span, "0 s", "Added to the planned arrival.").within(0.0, 90.0 * 86_400.0).probe("30 h"),
    key("delivery[].by-day", Flag, "true", "Promise the end of the day instead of the minute.").probe("false"),
    key("delivery[].to", Word(&["door", "locker", "pickup-point"]), "door", "Where it is handed over: at the door, in a compartment of a locker, or over a counter where there is always room.").probe("pickup-point"),

    key("delivery[].offers", Word(&["fastest", "cheapest", "pareto"]), "fastest", "What the shopper is shown of its carriers: the earliest promise, that of the least freight, or every one that no other beats in both, of which a dearer one costs the difference of freight on top. `checkout.choice` weighs them; without it each is as likely.").probe("cheapest").with("delivery.*.carriers=[]; delivery.*.by-day=false"),

    off("promise", Section, "{target: 95%}", "The date at checkout is the plan from when the floors are through with what they have, and a quantile of what plans were off by on this way; it learns from every delivery, and from every promise that passes. Without it the date is a table: delivery[].handling, the timetable, delivery[].slack."),
    must("promise.target", Share, "95%", "Share of orders that shall keep it.").within(0.5, 0.995).probe("70%").with("promise={target: 95%}; delivery.*.by-day=false"),
    key("promise.window", Integer, "400", "Deliveries that a way (method, center, last hub) remembers.").within(50.0, 100_000.0).probe("60").with("promise={target: 80%}; delivery.*.by-day=false"),

    key("pick-up", Section, "{}", "Lockers and pickup points; who keeps the promise is judged by when the parcel lies there."),
    key("pick-up.compartments", Integer, "4000", "Compartments of all lockers; a zone has its share by weight, and at least one. A parcel that finds none free is tried again.").within(1.0, 1e8).probe("10").with("delivery.*.to=locker"),
    key("pick-up.bank", Integer, "40", "Compartments that stand together, at one stop of a tour.").within(1.0, 10_000.0).probe("1").with("delivery.*.to=locker; pick-up.compartments=30"),
    key("pick-up.points", Integer, "400", "Pickup points; a zone has its share by weight, and at least one.").within(1.0, 1e7).probe("11").with("delivery.*.to=pickup-point; last-mile={vans: 12}"),
    key("pick-up.dwell", Law, "{lognormal: {median: 9 h, sigma: 0.9}}", "Until the shopper fetches it.").probe("2 h").with("delivery.*.to=locker"),
    key("pick-up.hold", Span, "48 h", "What lies there so long goes back.").within(60.0, 90.0 * 86_400.0).probe("6 h").with("delivery.*.to=locker"),
];
