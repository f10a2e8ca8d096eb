//! What is known of parcels on their way, and who asks.

use super::LawSpec;
use crate::kernel::time::Span;

#[derive(Debug, Clone, PartialEq)]
pub struct Tracking {
    pub scan_loss: f64,
    /// From a scan until the shopper sees it.
    pub delay: LawSpec,
    /// Residuals that a kind of scan of a carrier at a node remembers.
    pub window: usize,
    /// A page that has shown nothing new for so long is stale.
    pub stale_after: Span,
    /// Questions an hour about a parcel whose page is stale, and about one whose promise has passed.
    pub stale_contacts_per_hour: f64,
    pub late_contacts_per_hour: f64,
    /// Who has asked does not ask again for so long.
    pub ask_again: Span,
}
