//! Carriers side by side: what each carried, what went wrong with it, and what the shop makes of it.

use super::{Rows, mean};
use crate::metrics::{CarrierSeen, Metrics};
use crate::model::Model;
use crate::report::document::Unit;

impl Rows<'_> {
    pub(super) fn carriers(&mut self, model: &Model) {
        if model.mishaps.is_none() && model.carrier_choice.is_none() {
            return;
        }
        for (index, name) in model.carrier_names.iter().enumerate() {
            let part = format!("carrier {name}");
            let mut share = |measure: &str, of: fn(&CarrierSeen, &Metrics) -> f64| {
                self.add(&part, measure, Unit::Share, |seen| of(&seen.carriers[index], seen));
            };
            share("of all parcels", |own, all| {
                mean(own.parcels as f64, all.carriers.iter().map(|carrier| carrier.parcels).sum())
            });
            share("late", |own, _| mean((own.delivered - own.on_time) as f64, own.delivered));
            share("lost", |own, _| mean(own.lost as f64, own.parcels));
            share("damaged", |own, _| mean(own.damaged as f64, own.parcels));
            self.add(&part, "times left lying", Unit::Count, |seen| seen.carriers[index].delayed as f64);
            self.add(&part, "left lying for", Unit::Seconds, |seen| {
                mean(seen.carriers[index].delayed_us as f64 / 1e6, seen.carriers[index].delayed)
            });
            self.add(&part, "freight a parcel", Unit::MinorMoney, |seen| {
                mean(seen.carriers[index].freight as f64, seen.carriers[index].parcels)
            });
            if model.carrier_choice.is_some() {
                for (flaw, measure) in
                    ["late on record", "damaged on record", "lost on record"].iter().enumerate()
                {
                    self.add(&part, measure, Unit::Share, |seen| seen.carriers[index].record[flaw]);
                }
                self.add(&part, "taken for its record", Unit::Count, |seen| {
                    seen.carriers[index].for_its_record as f64
                });
            }
        }
    }
}
