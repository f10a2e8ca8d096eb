//! Tracking: scans, the page that shows them, questions.

use super::law::law;
use crate::scenario::section::Section;
use crate::scenario::spec::Tracking;

/// `None` where nobody looks.
pub fn tracking(top: &Section<'_>) -> Option<Tracking> {
    let keys = top.maybe_section("tracking")?;
    Some(Tracking {
        scan_loss: keys.share("scan-loss"),
        delay: law(&keys, "delay"),
        window: keys.count("window") as usize,
        stale_after: keys.span("stale-after"),
        stale_contacts_per_hour: keys.rate("stale-contacts"),
        late_contacts_per_hour: keys.rate("late-contacts"),
        ask_again: keys.span("ask-again"),
    })
}
