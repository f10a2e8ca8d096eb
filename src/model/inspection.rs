//! What can be at fault in a parcel, and what shoppers find, as a run draws it.

use crate::scenario::spec::{self, PickErrors, Scenario};

#[derive(Debug)]
pub struct Inspection {
    /// `None`: pickers make no mistakes.
    pub errors: Option<PickErrors>,
    pub rules: spec::Inspection,
    /// Shares of parcels with a fault of appearance, quantity and specification of which nobody knows the cause.
    pub other: [f64; 3],
    pub change_of_mind: f64,
}

impl Inspection {
    /// `None` where the shares of faults say it all.
    pub fn build(scenario: &Scenario) -> Option<Inspection> {
        let (floor, sales) = (&scenario.floor.errors, &scenario.after_sales);
        let breaks = scenario.carriers.iter().any(|carrier| 0.0 < carrier.mishaps.damage);
        if floor.never() && sales.inspection.is_plain() && !breaks {
            return None;
        }
        Some(Inspection {
            errors: (!floor.never()).then_some(*floor),
            rules: sales.inspection,
            other: [sales.appearance_fault, sales.quantity_fault, sales.specification_fault],
            change_of_mind: sales.change_of_mind,
        })
    }
}
