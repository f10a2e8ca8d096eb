//! Keys of the door: signatures, what is left there, cash, the way back.

use crate::scenario::key::{KeyRow, Kind::*, key, off};

const NOBODY: &str = "signature={above: 90, theft: 5%, waiver: 20%}; carriers.*.attempt-failure=50%";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("signature", Section, "{above: 200}", "Where nobody is at home, parcels are left at the door, but for dear ones, which somebody must sign for, and those paid in cash. Without it nothing is left at a door."),
    key("signature.above", Money, "200", "Parcels whose goods are worth more need a signature.").probe("20").with(NOBODY),
    key("signature.waiver", Share, "0%", "Share of the shoppers who waive the signature: theirs are left as well.").probe("90%").with(NOBODY),
    key("signature.theft", Share, "0.5%", "Share of the parcels left at a door that are stolen: written off, and paid back or sent once more as if lost.").probe("40%").with(NOBODY),
    key("payment.methods[].remit-after", Span, "0 s", "Cash on delivery: from the door until the carrier has paid the shop.").within(0.0, 365.0 * 86_400.0).probe("9 d").with("payment.methods.*.cash-on-delivery=true"),
    key("carriers[].return-freight", Share, "0%", "Of the freight, what the way back costs of a parcel that nobody took.").within(0.0, 10.0).probe("80%").with("carriers.*.attempt-failure=60%; carriers.*.attempts=1"),
];
