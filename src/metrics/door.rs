//! What happened at doors: cash, signatures, what was left there, what turned round.

/// Of the whole run.
#[derive(Debug, Default, Clone)]
pub struct DoorSeen {
    /// Parcels to be paid in cash: paid, refused, and given up because nobody was there.
    pub cash_paid: u64,
    pub cash_refused: u64,
    pub cash_absent: u64,
    /// Minor units that shoppers handed over; and times how long carriers keep them, whole and within the run.
    pub cash: i64,
    pub kept_us: i128,
    pub outstanding_us: i128,
    /// Parcels that needed a signature when they were first at the door, and all that were.
    pub needed: u64,
    pub at_door: u64,
    pub left: u64,
    pub stolen: u64,
    /// Parcels that turned round and are back at their node.
    pub came_back: u64,
    /// Their units, times from submit until they are graded.
    pub unit_us: u128,
    pub return_freight: f64,
}
