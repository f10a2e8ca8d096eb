//! What was at fault in parcels, why, and what shoppers found.

use super::Fault;

/// Why a parcel is at fault. A fault with two causes has the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cause {
    Carrier,
    Packaging,
    Miscount,
    Mispick,
    Listing,
    /// Nobody knows: of appearance, quantity and specification.
    OtherAppearance,
    OtherQuantity,
    OtherSpecification,
}

impl Cause {
    pub const COUNT: usize = 8;
    pub const ALL: [(Cause, Fault, &str); Cause::COUNT] = [
        (Cause::Carrier, Fault::Appearance, "broken by the carrier"),
        (Cause::Packaging, Fault::Appearance, "badly packed"),
        (Cause::Miscount, Fault::Quantity, "miscounted"),
        (Cause::Mispick, Fault::Specification, "mispicked"),
        (Cause::Listing, Fault::Specification, "listed wrong"),
        (Cause::OtherAppearance, Fault::Appearance, "looks bad, cause unknown"),
        (Cause::OtherQuantity, Fault::Quantity, "wrong count, cause unknown"),
        (Cause::OtherSpecification, Fault::Specification, "not as ordered, cause unknown"),
    ];
}

/// One look at a parcel: what is there against what the shopper says.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Confusion {
    pub found: u64,
    pub missed: u64,
    pub false_alarms: u64,
    pub flawless: u64,
}

impl Confusion {
    pub fn parcels(&self) -> u64 {
        self.found + self.missed + self.false_alarms + self.flawless
    }

    pub fn add(&mut self, at_fault: bool, claimed: bool) {
        *match (at_fault, claimed) {
            (true, true) => &mut self.found,
            (true, false) => &mut self.missed,
            (false, true) => &mut self.false_alarms,
            (false, false) => &mut self.flawless,
        } += 1;
    }
}

/// Of all parcels that shoppers opened.
#[derive(Debug, Default, Clone)]
pub struct InspectionSeen {
    pub parcels: u64,
    /// Of appearance, quantity and specification.
    pub looks: [Confusion; 3],
    /// Found and missed, by cause.
    pub causes: [(u64, u64); Cause::COUNT],
    /// Parcels with at least one claim, and with a fault that nobody claims.
    pub claimed: u64,
    pub kept_at_fault: u64,
    /// Lines that pickers got wrong, and those of them that packers found.
    pub pick_errors: u64,
    pub caught: u64,
}
