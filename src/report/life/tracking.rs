//! Pages of parcels: scans, how old what they show is, how far the estimates were off, and who asked.

use super::{Rows, mean};
use crate::metrics::{HORIZONS_H, Scan};
use crate::model::Model;
use crate::report::document::Unit;

impl Rows<'_> {
    pub(super) fn tracking(&mut self, model: &Model) {
        let Some(rules) = &model.tracking else { return };
        let part = "tracking";
        self.counts(
            part,
            &[
                ("scans", |seen| seen.tracking.scans.iter().sum()),
                ("scans lost", |seen| seen.tracking.scans_lost),
            ],
        );
        for (index, (_, scan)) in Scan::ALL.iter().enumerate() {
            self.add(part, scan, Unit::Count, |seen| seen.tracking.scans[index] as f64);
        }
        self.add(part, "newest line as old as", Unit::Seconds, |seen| seen.tracking.ages.quantile_s(0.5));
        self.add(part, "newest line as old as, p95", Unit::Seconds, |seen| {
            seen.tracking.ages.quantile_s(0.95)
        });
        let stale = rules.stale_after;
        self.add(part, "time stale", Unit::Share, move |seen| seen.tracking.ages.older_than(stale));
        for (index, hours) in HORIZONS_H.iter().enumerate() {
            let measure = format!("estimate off, {hours} h before");
            self.add(part, &measure, Unit::Seconds, |seen| seen.tracking.by_horizon[index].mean_s());
        }
        for (index, (_, scan)) in Scan::ALL.iter().enumerate().filter(|(_, (scan, _))| scan.tells_more()) {
            let measure = format!("estimate off when {scan}");
            self.add(part, &measure, Unit::Seconds, |seen| seen.tracking.by_scan[index].mean_s());
        }
        let part = "where is my order";
        self.counts(
            part,
            &[
                ("asked, page stale", |seen| seen.tracking.asked_stale),
                ("asked, promise passed", |seen| seen.tracking.asked_late),
            ],
        );
        self.add(part, "parcels asked about", Unit::Share, |seen| {
            mean(seen.tracking.asked_about as f64, seen.tracking.begun)
        });
    }
}
