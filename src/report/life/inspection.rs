//! What was at fault in parcels against what shoppers found, by look and by cause.

use super::{Rows, mean};
use crate::metrics::{Cause, Confusion};
use crate::model::Model;
use crate::report::document::Unit;

impl Rows<'_> {
    pub(super) fn inspection(&mut self, model: &Model) {
        let Some(inspection) = &model.inspection else { return };
        let part = "inspection";
        self.counts(part, &[("parcels", |seen| seen.inspection.parcels)]);
        if inspection.errors.is_some() {
            self.counts(
                part,
                &[
                    ("lines picked wrong", |seen| seen.inspection.pick_errors),
                    ("found by the packer", |seen| seen.inspection.caught),
                ],
            );
        }
        self.add(part, "claims a parcel", Unit::Share, |seen| {
            mean(seen.inspection.claimed as f64, seen.inspection.parcels)
        });
        self.add(part, "kept though at fault", Unit::Share, |seen| {
            mean(seen.inspection.kept_at_fault as f64, seen.inspection.parcels)
        });
        for (index, look) in ["appearance", "quantity", "specification"].iter().enumerate() {
            let part = format!("look at {look}");
            let mut count = |measure: &str, of: fn(&Confusion) -> u64| {
                self.add(&part, measure, Unit::Count, |seen| of(&seen.inspection.looks[index]) as f64);
            };
            count("at fault, found", |look| look.found);
            count("at fault, missed", |look| look.missed);
            count("flawless, claimed", |look| look.false_alarms);
            count("flawless, kept", |look| look.flawless);
        }
        for (index, (_, _, cause)) in Cause::ALL.iter().enumerate() {
            self.add(cause, "found", Unit::Count, |seen| seen.inspection.causes[index].0 as f64);
            self.add(cause, "missed", Unit::Count, |seen| seen.inspection.causes[index].1 as f64);
        }
    }
}
