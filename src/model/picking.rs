//! Tours of pickers: what a tour of some orders takes, and what that is in the mean.

use super::{Floor, Node};
use crate::domain::SkuId;
use crate::kernel::draw::mix;
use crate::kernel::time::Span;
use crate::logistics::{Aisles, Route, Walk};
use crate::scenario::spec::{self, PickMethod, PickRoute};

/// How the pickers of every node go round.
pub struct Picking {
    pub rules: spec::Picking,
    /// Of all aisles, or of those of one zone.
    walk: Walk,
    meters_per_s: f64,
}

/// What a picker brings home from one tour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Load {
    pub orders: f64,
    pub lines: f64,
    pub units: f64,
}

impl Picking {
    pub fn new(rules: &spec::Picking) -> Picking {
        let aisles = Aisles {
            count: rules.aisles / rules.zones_of_pickers(),
            length_m: rules.aisle_length_m,
            gap_m: rules.aisle_gap_m,
            route: match rules.route {
                PickRoute::SShape => Route::SShape,
                PickRoute::Return => Route::Return,
            },
        };
        Picking { rules: rules.clone(), walk: Walk::new(&aisles), meters_per_s: rules.walk_kmh / 3.6 }
    }

    pub fn zones(&self) -> u32 {
        self.rules.zones_of_pickers()
    }

    /// The zone in which a SKU lies.
    pub fn zone_of(&self, SkuId(sku): SkuId) -> u32 {
        (mix(u64::from(sku) ^ 0x5a0e) % u64::from(self.zones())) as u32
    }

    /// Orders of one tour.
    pub fn batch(&self) -> u32 {
        match self.rules.method {
            PickMethod::Batch | PickMethod::Cluster => self.rules.batch,
            PickMethod::Single | PickMethod::Zone => 1,
        }
    }

    pub fn meters(&self, lines: f64) -> f64 {
        self.walk.meters(lines)
    }

    /// Walking, and what each unit and line takes beside `floor.pick-per-order` and `pick-per-line`, in seconds.
    pub fn beside_s(&self, load: Load) -> f64 {
        let each = match self.rules.method {
            PickMethod::Batch => load.units * self.rules.sort_per_unit.as_secs_f64(),
            PickMethod::Cluster => load.lines * self.rules.box_per_line.as_secs_f64(),
            PickMethod::Single | PickMethod::Zone => 0.0,
        };
        self.meters(load.lines) / self.meters_per_s + load.units * self.rules.per_unit.as_secs_f64() + each
    }

    /// Jobs of one pick station an order, and the seconds of each: tours are taken to be full.
    fn job(&self, floor: &Floor, order: Load) -> (f64, f64) {
        let zones = f64::from(self.zones());
        // An order has a part in a zone with this chance, and its lines there are as many.
        let here = 1.0 - libm::pow(1.0 - 1.0 / zones, order.lines);
        let batch = f64::from(self.batch()).min(f64::from(self.rules.cart) / order.units.max(1.0)).max(1.0);
        let part = batch / (zones * here);
        let load = Load { orders: batch, lines: order.lines * part, units: order.units * part };
        let own =
            floor.pick_per_order.mean_secs() * load.orders + floor.pick_per_line.mean_secs() * load.lines;
        (here / batch, own + self.beside_s(load))
    }
}

impl Floor {
    /// Of each pick station of a node: jobs an order, and the mean seconds of a job at speed 1.
    pub fn pick_job(&self, order: Load) -> (f64, f64) {
        match &self.picking {
            Some(picking) => picking.job(self, order),
            None => (1.0, self.pick_per_order.mean_secs() + self.pick_per_line.mean_secs() * order.lines),
        }
    }
}

impl Node {
    /// The stations of its pickers: one, or one a zone.
    pub fn pick_stations(&self) -> impl Iterator<Item = crate::domain::StationId> + use<> {
        let first = self.pick;
        let count = if first == super::NO_STATION { 0 } else { self.pick_zones };
        (0..count).map(move |zone| crate::domain::StationId(first.0 + zone))
    }

    /// Work takes less time at a faster node.
    pub fn hasten_secs(&self, seconds: f64) -> Span {
        self.hasten(Span::from_secs_f64(seconds))
    }
}
