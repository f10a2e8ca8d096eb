//! Why parcels are at fault beside carriers, and what shoppers find.

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PickErrors {
    /// Shares of lines.
    pub mispick: f64,
    pub miscount: f64,
    /// Share of them that the packer finds.
    pub pack_check: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inspection {
    pub packaging_fault: f64,
    pub listing_error: f64,
    /// Of faults of appearance, quantity and specification, the shares that shoppers find.
    pub detected: [f64; 3],
    pub false_alarm: f64,
}

impl PickErrors {
    pub fn never(&self) -> bool {
        self.mispick == 0.0 && self.miscount == 0.0
    }
}

impl Inspection {
    /// Shoppers see what is there, and nothing is there but what the shares of faults say.
    pub fn is_plain(&self) -> bool {
        let Inspection { packaging_fault, listing_error, detected, false_alarm } = *self;
        packaging_fault == 0.0 && listing_error == 0.0 && false_alarm == 0.0 && detected == [1.0; 3]
    }
}
