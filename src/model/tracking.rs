//! Tracking, as a run draws it.

use super::build::law;
use crate::kernel::law::Law;
use crate::kernel::time::Span;
use crate::scenario::spec;

#[derive(Debug)]
pub struct Tracking {
    pub scan_loss: f64,
    pub delay: Law,
    pub window: usize,
    pub stale_after: Span,
    /// Questions a microsecond about one parcel.
    pub stale_rate: f64,
    pub late_rate: f64,
    pub ask_again: Span,
}

impl Tracking {
    pub fn build(rules: &spec::Tracking) -> Tracking {
        Tracking {
            scan_loss: rules.scan_loss,
            delay: law(&rules.delay),
            window: rules.window,
            stale_after: rules.stale_after,
            stale_rate: rules.stale_contacts_per_hour / Span::HOUR.0 as f64,
            late_rate: rules.late_contacts_per_hour / Span::HOUR.0 as f64,
            ask_again: rules.ask_again,
        }
    }
}
