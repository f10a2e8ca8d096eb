//! What moving goods met: full floors, full days, peak prices, weather.

/// Of all hubs and carriers.
#[derive(Debug, Clone, Default)]
pub struct MovementSeen {
    /// By node; empty where no floor is limited.
    pub yards: Vec<YardSeen>,
    /// By carrier.
    pub carriers: Vec<CarrierDays>,
    pub roads: RoadSeen,
    /// Hours by region and state of the sky.
    pub skies: Vec<Vec<u64>>,
}

/// What vehicles on lanes met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoadSeen {
    /// Departures that the weather kept, with parcels at the dock; and those parcels, once for each.
    pub cancelled: u64,
    pub held: u64,
    /// Parcels on vehicles that the weather made late, and by how much in all.
    pub delayed: u64,
    pub delayed_us: u128,
}

/// One hub's floor and yard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct YardSeen {
    pub trucks: u64,
    pub trucks_waited: u64,
    pub parcels_waited: u64,
    /// Time that trucks stood in the yard.
    pub waited_us: u64,
    /// Parcels on the floor, and trucks in the yard, at most.
    pub peak: u64,
    pub peak_yard: u64,
}

/// What one carrier's days and peaks did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CarrierDays {
    /// Parcels that were its own to carry, by price and promise.
    pub asked: u64,
    /// Of them, those that an overflow carrier took, and those that waited for another day.
    pub overflowed: u64,
    pub postponed: u64,
    /// How long they waited.
    pub postponed_us: u64,
    pub surcharged: u64,
    pub surcharge: i64,
}
