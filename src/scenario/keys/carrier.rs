//! Keys of what carriers do to parcels, and of the choice among carriers.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

const RECORD: &str = "carrier-choice={risk-weight: 4, explore: 30%}; arrivals.profile.duration=6 d; arrivals.profile.shape=flat; delivery.*.carriers=[]; delivery.*.by-day=false; delivery.*.slack=0 s; delivery.*.handling=12 h; carriers.*.delay-share=50%; carriers.*.delay=40 h; carriers.*.loss=15%; carriers.*.search=2 h; carriers.*.damage=30%";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("carriers[].loss", Share, "0%", "Share of the parcels that it loses, on each lane of their way.").probe("15%"),
    key("carriers[].search", Span, "3 d", "After so long the shop stops looking for a lost parcel.").within(0.0, 90.0 * 86_400.0).probe("6 h").with("carriers.*.loss=30%"),
    key("carriers[].liability", Share, "100%", "Of the goods that it lost, the share that it pays for.").probe("20%").with("carriers.*.loss=30%"),
    key("carriers[].damage", Share, "0%", "Share of the parcels that it damages, on each lane of their way: their appearance is at fault.").probe("30%"),
    key("carriers[].delay-share", Share, "0%", "Share of the parcels that it leaves lying, at the end of each lane.").probe("50%"),
    key("carriers[].delay", Law, "{lognormal: {median: 1 d, sigma: 0.5}}", "How long it leaves them.").probe("4 d").with("carriers.*.delay-share=50%"),

    off("carrier-choice", Section, "{risk-weight: 1}", "The carrier of a parcel is the cheapest by freight and by what its record lets expect, among those whose plan meets the promise. Records are learned on the way: a parcel is late when its day passes, damaged when the shopper finds it, lost when the shop stops looking. Without it freight alone decides."),
    key("carrier-choice.risk-weight", Number, "1", "Weight of the expected cost of what goes wrong, beside freight; at 0 freight alone decides.").within(0.0, 1e6).probe("0").with(RECORD),
    key("carrier-choice.late-cost", Money, "5", "What a late parcel costs the shop, as it sees it.").probe("90").with(RECORD),
    key("carrier-choice.damage-cost", Money, "15", "And a damaged one.").probe("90").with(RECORD),
    key("carrier-choice.loss-cost", Money, "50", "And a lost one.").probe("300").with(RECORD),
    key("carrier-choice.memory", Integer, "200", "Parcels that a record remembers: each weighs less than the one after it.").within(1.0, 1e6).probe("25").with(RECORD),
    key("carrier-choice.explore", Share, "2%", "Share of the parcels that go by a carrier taken by chance: a record that nobody adds to would stand for ever.").probe("60%").with(RECORD),
];
