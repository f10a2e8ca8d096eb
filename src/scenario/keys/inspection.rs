//! Keys of what is at fault in a parcel, why, and who finds it.

use crate::scenario::key::{KeyRow, Kind::*, key};

const ERRORS: &str = "floor.mispick=20%; floor.miscount=20%; after-sales.packaging-fault=20%";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("floor.mispick", Share, "0%", "Share of lines of which the picker takes something else: a fault of specification.").probe("20%"),
    key("floor.miscount", Share, "0%", "Share of lines of which the picker takes too few or too many: a fault of quantity.").probe("20%"),
    key("floor.pack-check", Share, "0%", "Share of such lines that the packer finds; they are picked once more, which takes the packer `pick-per-line`.").probe("60%").with(ERRORS),
    key("after-sales.packaging-fault", Share, "0%", "Share of parcels packed so badly that something breaks: a fault of appearance.").probe("20%"),
    key("after-sales.listing-error", Share, "0%", "Share of the SKUs that are not what their page says: a fault of specification in every parcel that holds one.").probe("40%"),
    key("after-sales.detect-appearance", Share, "100%", "Share of the faults of appearance that the shopper finds; what is not found is kept.").probe("10%").with(ERRORS),
    key("after-sales.detect-quantity", Share, "100%", "Of the faults of quantity.").probe("10%").with(ERRORS),
    key("after-sales.detect-specification", Share, "100%", "Of the faults of specification.").probe("10%").with(ERRORS),
    key("after-sales.false-alarm", Share, "0%", "Of each of the three looks that find nothing wrong, the share after which the shopper claims a fault all the same.").probe("10%"),
];
