//! Boxes: how many parcels a list of goods fills, and how heavy and big each is.
//!
//! # Promises
//! - Every unit is in exactly one parcel; no parcel is over a limit, but for a unit that is over it alone.
//! - The common case, all in one box, is a sum and touches no memory but the answer.
//!
//! # Why first fit, largest first
//! First-fit decreasing needs at most 11/9 of the best count plus 6/9 by one measure (Dosa 2007, "The tight
//! bound of first fit decreasing bin-packing algorithm"); a packer does no better by eye.

use crate::domain::SkuId;

/// What one parcel may hold at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxLimits {
    pub max_weight_g: u32,
    pub max_volume_ml: u32,
    pub max_units: u32,
    /// The longest side that fits.
    pub max_side_mm: u32,
}

/// So many equal units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxItem {
    pub sku: SkuId,
    pub quantity: u32,
    /// Of one unit.
    pub weight_g: u32,
    /// Of one unit.
    pub volume_ml: u32,
    /// The longest side of one unit.
    pub longest_mm: u32,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct ParcelSize {
    pub weight_g: u32,
    pub volume_ml: u32,
    pub units: u32,
    pub longest_mm: u32,
}

/// Why a list of goods does not go into one parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overfull {
    Weight,
    Volume,
    Side,
    Units,
}

/// The parcels of the last `pack`. A reused buffer.
#[derive(Debug, Default, Clone)]
pub struct Boxes {
    parcels: Vec<ParcelSize>,
    /// Where there are several: units of a SKU in a parcel, by its place.
    contents: Vec<(u32, SkuId, u32)>,
    order: Vec<usize>,
}

impl Boxes {
    /// Packs all items; returns the parcels, first opened first. No items, no parcels.
    pub fn pack(&mut self, items: &[BoxItem], limits: BoxLimits) -> &[ParcelSize] {
        self.parcels.clear();
        self.contents.clear();
        match in_one_box(items, limits) {
            Some(all) if 0 < all.units => self.parcels.push(all),
            Some(_) => {}
            None => self.first_fit_decreasing(items, limits),
        }
        &self.parcels
    }

    /// The parcels of the last `pack`.
    pub fn parcels(&self) -> &[ParcelSize] {
        &self.parcels
    }

    /// What is in them: (place of the parcel, SKU, units). Nothing where one parcel holds all.
    pub fn contents(&self) -> &[(u32, SkuId, u32)] {
        &self.contents
    }

    fn first_fit_decreasing(&mut self, items: &[BoxItem], limits: BoxLimits) {
        self.order.clear();
        self.order.extend(0..items.len());
        self.order
            .sort_unstable_by_key(|&at| (std::cmp::Reverse(limits.share(&items[at])), items[at].sku, at));
        for &at in &self.order {
            let item = items[at];
            let mut rest = item.quantity;
            for (place, parcel) in (0..).zip(&mut self.parcels) {
                let units = limits.room(parcel, &item).min(rest);
                parcel.add(&item, units);
                rest -= units;
                if 0 < units {
                    self.contents.push((place, item.sku, units));
                }
            }
            while 0 < rest {
                let mut parcel = ParcelSize::default();
                // A unit that is over a limit by itself travels alone.
                let units = limits.room(&parcel, &item).clamp(1, rest);
                parcel.add(&item, units);
                self.contents.push((self.parcels.len() as u32, item.sku, units));
                self.parcels.push(parcel);
                rest -= units;
            }
        }
    }
}

/// The parcel that holds everything, or `None` where one does not do.
#[inline]
pub fn in_one_box(items: &[BoxItem], limits: BoxLimits) -> Option<ParcelSize> {
    let (mut weight, mut volume, mut units) = (0u64, 0u64, 0u64);
    for item in items {
        weight += u64::from(item.quantity) * u64::from(item.weight_g);
        volume += u64::from(item.quantity) * u64::from(item.volume_ml);
        units += u64::from(item.quantity);
    }
    let longest_mm = items.iter().map(|item| item.longest_mm).max().unwrap_or(0);
    let fits = weight <= u64::from(limits.max_weight_g)
        && volume <= u64::from(limits.max_volume_ml)
        && units <= u64::from(limits.max_units)
        && longest_mm <= limits.max_side_mm;
    let single = units == 1;
    (fits || single || units == 0).then_some(ParcelSize {
        weight_g: weight as u32,
        volume_ml: volume as u32,
        units: units as u32,
        longest_mm,
    })
}

/// The limit that the goods together go over furthest by its share; of equals the first. `None`: one parcel does.
pub fn overfull(items: &[BoxItem], limits: BoxLimits) -> Option<Overfull> {
    if in_one_box(items, limits).is_some() {
        return None;
    }
    let sum = |of: fn(&BoxItem) -> u32| -> f64 {
        items.iter().map(|item| f64::from(item.quantity) * f64::from(of(item))).sum()
    };
    let longest = items.iter().map(|item| item.longest_mm).max().unwrap_or(0);
    let shares = [
        (Overfull::Weight, sum(|item| item.weight_g) / f64::from(limits.max_weight_g.max(1))),
        (Overfull::Volume, sum(|item| item.volume_ml) / f64::from(limits.max_volume_ml.max(1))),
        (Overfull::Side, f64::from(longest) / f64::from(limits.max_side_mm.max(1))),
        (Overfull::Units, sum(|_| 1) / f64::from(limits.max_units.max(1))),
    ];
    let most = shares.into_iter().reduce(|most, next| if most.1 < next.1 { next } else { most });
    most.map(|most| most.0)
}

impl BoxLimits {
    /// The larger share that one unit takes of a box by weight or volume, in 2^-32.
    fn share(&self, item: &BoxItem) -> u64 {
        let of = |part: u32, whole: u32| (u64::from(part) << 32) / u64::from(whole.max(1));
        of(item.weight_g, self.max_weight_g).max(of(item.volume_ml, self.max_volume_ml))
    }

    /// Units of the item that still fit.
    fn room(&self, parcel: &ParcelSize, item: &BoxItem) -> u32 {
        if self.max_side_mm < parcel.longest_mm || self.max_side_mm < item.longest_mm {
            return 0;
        }
        let by =
            |max: u32, used: u32, each: u32| max.saturating_sub(used).checked_div(each).unwrap_or(u32::MAX);
        by(self.max_weight_g, parcel.weight_g, item.weight_g)
            .min(by(self.max_volume_ml, parcel.volume_ml, item.volume_ml))
            .min(self.max_units.saturating_sub(parcel.units))
    }
}

impl ParcelSize {
    fn add(&mut self, item: &BoxItem, units: u32) {
        self.weight_g += units * item.weight_g;
        self.volume_ml += units * item.volume_ml;
        self.units += units;
        self.longest_mm = self.longest_mm.max(item.longest_mm);
    }
}
