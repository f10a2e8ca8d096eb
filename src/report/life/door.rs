//! At the door: signatures, what is left there, cash that carriers keep, and what turns round.

use super::{Rows, mean};
use crate::model::Model;
use crate::report::document::Unit;

const US_PER_DAY: f64 = 86_400e6;

impl Rows<'_> {
    pub(super) fn door(&mut self, model: &Model) {
        if !model.door_is_told {
            return;
        }
        let part = "door";
        if model.signature.is_some() {
            self.add(part, "needed a signature", Unit::Share, |seen| {
                mean(seen.door.needed as f64, seen.door.at_door)
            });
            self.counts(part, &[("left there", |seen| seen.door.left), ("stolen", |seen| seen.door.stolen)]);
        }
        if model.takes_cash {
            let part = "cash on delivery";
            self.counts(
                part,
                &[
                    ("paid", |seen| seen.door.cash_paid),
                    ("refused", |seen| seen.door.cash_refused),
                    ("nobody there", |seen| seen.door.cash_absent),
                ],
            );
            let length = model.horizon.0 as f64;
            self.add(part, "with carriers, mean", Unit::MinorMoney, move |seen| {
                seen.door.outstanding_us as f64 / length
            });
            // Working-capital days: what is outstanding over what comes in a day.
            self.add(part, "until it is paid on", Unit::Seconds, |seen| {
                let cash = seen.door.cash as f64;
                if cash == 0.0 { 0.0 } else { seen.door.kept_us as f64 / 1e6 / cash }
            });
        }
        let part = "back to the origin";
        self.counts(part, &[("parcels", |seen| seen.door.came_back)]);
        self.add(part, "unit days not for sale", Unit::Count, |seen| seen.door.unit_us as f64 / US_PER_DAY);
        self.add(part, "return freight", Unit::MinorMoney, |seen| seen.door.return_freight);
    }
}
