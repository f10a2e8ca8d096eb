//! Keys of tracking: scans, what is seen of them, and who asks where the parcel is.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

const ON: &str = "tracking={scan-loss: 20%, delay: 20 m}; carriers.*.delay-share=30%";
const MANY: &str =
    "tracking={scan-loss: 20%, delay: 20 m}; carriers.*.delay-share=30%; arrivals.profile.orders=1500";
const ASKED: &str = "tracking={scan-loss: 20%, stale-after: 3 h, stale-contacts: 1/h, late-contacts: 1/h}; carriers.*.delay-share=30%; delivery.*.by-day=false; delivery.*.slack=0 s; delivery.*.handling=1 h";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("tracking", Section, "{scan-loss: 2%}", "Parcels are scanned where they are handed on, shoppers see it on a page, and the page tells when the parcel will come. Without it nobody looks."),
    key("tracking.scan-loss", Share, "2%", "Share of scans that never reach the page.").probe("70%").with(ON),
    key("tracking.delay", Law, "{exponential: {mean: 10 m}}", "From a scan until the page shows it; what is scanned later is shown later.").probe("5 h").with(ON),
    key("tracking.window", Integer, "400", "Parcels that each kind of scan of a carrier at a node remembers: the estimate on the page is the plan from the scan and the median of what such plans were off by.").within(50.0, 100_000.0).probe("50").with(MANY),
    key("tracking.stale-after", Span, "36 h", "The page is stale when what it shows is older than this.").within(0.0, 90.0 * 86_400.0).probe("9 h").with(ASKED),
    key("tracking.stale-contacts", Rate, "0.002/h", "Questions about a parcel while its page is stale, as a rate.").within(0.0, 1e4).probe("9/h").with(ASKED),
    key("tracking.late-contacts", Rate, "0.01/h", "And while its promise has passed.").within(0.0, 1e4).probe("9/h").with(ASKED),
    key("tracking.ask-again", Span, "2 d", "Who has asked does not ask again for so long.").within(0.0, 90.0 * 86_400.0).probe("1 h").with(ASKED),
];
