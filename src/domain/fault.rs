//! The planner's faults: what goes wrong on a bad day, by kind. One table says what each kind does, what it can
//! strike, and which sizes are plausible; the reader, the swarm and the documentation take it from here.

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FaultKind {
    DuplicateCallback,
    LateCallback,
    GatewayTimeout,
    RefundBeforeCapture,
    GatewayOutage,
    NoShows,
    CarrierCapacity,
    LaneClosure,
    ReturnsSurge,
    FlashSale,
    ClockSkew,
    SupplierDelay,
    PriceChange,
    DuplicateSubmit,
    WarehouseOffline,
    PhantomInventory,
    ParcelLoss,
}

/// What a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultTarget {
    /// A payment method.
    Gateway,
    Node,
    Carrier,
    Sku,
    /// A payment method or a node: whatever has a clock of its own.
    Clock,
    /// The whole operation.
    Nothing,
}

/// One row of the catalog.
#[derive(Debug, Clone, Copy)]
pub struct FaultFacts {
    pub kind: FaultKind,
    /// As a scenario writes it.
    pub name: &'static str,
    /// Number in the catalog.
    pub code: &'static str,
    pub help: &'static str,
    pub target: FaultTarget,
    /// Without a target nothing is struck; otherwise it strikes all.
    pub needs_target: bool,
    /// Sizes that a bad day has seen, smallest and largest; shares of one but for `returns-surge`, a factor.
    pub sizes: (f64, f64),
    /// Lengths in minutes that a bad day has seen.
    pub minutes: (u32, u32),
}

impl FaultKind {
    pub const COUNT: usize = FAULTS.len();

    pub fn facts(self) -> &'static FaultFacts {
        &FAULTS[self as usize]
    }

    pub fn name(self) -> &'static str {
        self.facts().name
    }

    pub fn named(name: &str) -> Option<FaultKind> {
        FAULTS.iter().find(|facts| facts.name == name).map(|facts| facts.kind)
    }
}

/// All kinds, in the order of the enum.
#[rustfmt::skip]
pub const FAULTS: &[FaultFacts] = &[
    row(FaultKind::DuplicateCallback, "duplicate-callback", "P2", "A gateway sends the same capture several times; all but the first are absorbed.", FaultTarget::Gateway, false, (0.05, 1.0), (10, 600)),
    row(FaultKind::LateCallback, "late-callback", "P3", "Captures come back late; after the payment window their money goes straight back and the stock is already free.", FaultTarget::Gateway, false, (0.05, 1.0), (10, 600)),
    row(FaultKind::GatewayTimeout, "gateway-timeout", "P1", "Answers of a gateway get lost; the shop asks again with growing pauses, then cancels and sends back what was captured.", FaultTarget::Gateway, false, (0.05, 1.0), (5, 240)),
    row(FaultKind::RefundBeforeCapture, "refund-before-capture", "P4", "A gateway reports the refund before the capture; it is parked and applied once.", FaultTarget::Gateway, false, (0.01, 0.5), (10, 600)),
    row(FaultKind::GatewayOutage, "gateway-outage", "P5", "A gateway loses some or all of its lanes; payments queue, or fail at once.", FaultTarget::Gateway, false, (0.3, 1.0), (5, 120)),
    row(FaultKind::NoShows, "no-shows", "P8", "Pickers do not come to work.", FaultTarget::Node, false, (0.1, 0.9), (120, 1_440)),
    row(FaultKind::CarrierCapacity, "carrier-capacity", "P9", "A carrier takes less on every departure; parcels roll over, or go with an overflow carrier.", FaultTarget::Carrier, true, (0.2, 0.95), (240, 2_880)),
    row(FaultKind::LaneClosure, "lane-closure", "P10", "Weather closes all lanes from and to a node; parcels wait at the dock, or take another carrier's way.", FaultTarget::Node, true, (1.0, 1.0), (120, 2_880)),
    row(FaultKind::ReturnsSurge, "returns-surge", "P11", "Shoppers send back so many times as many parcels.", FaultTarget::Nothing, false, (2.0, 8.0), (720, 5_760)),
    row(FaultKind::FlashSale, "flash-sale", "P12", "One SKU draws a share of all order lines; what is there is sold, no unit more.", FaultTarget::Sku, true, (0.2, 0.95), (30, 720)),
    row(FaultKind::ClockSkew, "clock-skew", "P13", "A gateway's or a node's clock is wrong; payments go by sequence, waves of the node leave at the wrong minute.", FaultTarget::Clock, true, (1.0, 1.0), (60, 2_880)),
    row(FaultKind::SupplierDelay, "supplier-delay", "P17", "Goods come late, and a share of them not at all.", FaultTarget::Node, false, (0.0, 1.0), (60, 4_320)),
    row(FaultKind::PriceChange, "price-change", "P18", "Prices change; an order keeps the price at which it was submitted.", FaultTarget::Sku, false, (-0.5, 1.0), (30, 1_440)),
    row(FaultKind::DuplicateSubmit, "duplicate-submit", "P14", "A shop sends the same submit several times; each order is taken once.", FaultTarget::Nothing, false, (0.01, 1.0), (10, 1_440)),
    row(FaultKind::WarehouseOffline, "warehouse-offline", "P6", "Nobody works at a node and nothing new is sent there; what it has in hand waits or goes to other nodes, and orders that no other node can serve wait.", FaultTarget::Node, true, (1.0, 1.0), (60, 1_440)),
    row(FaultKind::PhantomInventory, "phantom-inventory", "P7", "Shelves hold fewer units than the books say; who picks there finds too few, and what is missing comes from another node, waits, or is refunded.", FaultTarget::Node, false, (0.05, 0.6), (60, 4_320)),
    row(FaultKind::ParcelLoss, "parcel-loss", "P15", "A carrier loses parcels on the road; when that is noticed the goods are written off, and sent once more or paid back; the carrier pays for a share.", FaultTarget::Carrier, false, (0.001, 0.2), (240, 2_880)),
];

#[allow(clippy::too_many_arguments)]
const fn row(
    kind: FaultKind,
    name: &'static str,
    code: &'static str,
    help: &'static str,
    target: FaultTarget,
    needs_target: bool,
    sizes: (f64, f64),
    minutes: (u32, u32),
) -> FaultFacts {
    FaultFacts { kind, name, code, help, target, needs_target, sizes, minutes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_kinds() {
        for (index, facts) in FAULTS.iter().enumerate() {
            assert_eq!((facts.kind as usize, FaultKind::named(facts.name)), (index, Some(facts.kind)));
        }
    }
}
