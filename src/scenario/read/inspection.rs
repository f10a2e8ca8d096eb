//! Pick errors, and what shoppers find in their parcels.

use crate::scenario::section::Section;
use crate::scenario::spec::{Inspection, PickErrors};

pub fn pick_errors(floor: &Section<'_>) -> PickErrors {
    let errors = PickErrors {
        mispick: floor.share("mispick"),
        miscount: floor.share("miscount"),
        pack_check: floor.share("pack-check"),
    };
    if 1.0 + 1e-9 < errors.mispick + errors.miscount {
        let message =
            format!("{:.0}% of the lines are picked wrong", 100.0 * (errors.mispick + errors.miscount));
        floor.report("E0308", "mispick", message, "a line is mispicked or miscounted: at most 100% together");
    }
    errors
}

pub fn inspection(after_sales: &Section<'_>) -> Inspection {
    Inspection {
        packaging_fault: after_sales.share("packaging-fault"),
        listing_error: after_sales.share("listing-error"),
        detected: ["detect-appearance", "detect-quantity", "detect-specification"]
            .map(|key| after_sales.share(key)),
        false_alarm: after_sales.share("false-alarm"),
    }
}
