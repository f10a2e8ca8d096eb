//! Boxes: nothing is lost, nothing is overfull, and never far from the fewest.

use ordermill::allocation::boxes::{Overfull, overfull};
use ordermill::allocation::{BoxItem, BoxLimits, Boxes, ParcelSize};
use ordermill::domain::SkuId;
use proptest::prelude::*;

const LIMITS: BoxLimits =
    BoxLimits { max_weight_g: 10_000, max_volume_ml: 30_000, max_units: 8, max_side_mm: 1_000 };

fn item(sku: u32, quantity: u32, weight_g: u32, volume_ml: u32) -> BoxItem {
    BoxItem { sku: SkuId(sku), quantity, weight_g, volume_ml, longest_mm: 100 }
}

fn check(items: &[BoxItem], expect: &[(u32, u32)]) {
    let mut boxes = Boxes::default();
    let parcels: Vec<_> = boxes.pack(items, LIMITS).iter().map(|p| (p.units, p.weight_g)).collect();
    assert_eq!(parcels, expect);
}

#[test]
fn packing() {
    check(&[], &[]);
    check(&[item(0, 2, 5_000, 1)], &[(2, 10_000)]);
    check(&[item(0, 3, 5_000, 1)], &[(2, 10_000), (1, 5_000)]);
    check(&[item(0, 9, 1, 1)], &[(8, 8), (1, 1)]); // too many to count
    check(&[item(0, 1, 12_000, 1)], &[(1, 12_000)]); // too heavy for a box: goes as it is
    check(&[item(0, 1, 100, 1), item(1, 2, 12_000, 1)], &[(1, 12_000), (1, 12_000), (1, 100)]);
    check(&[item(0, 1, 4_000, 1), item(1, 1, 7_000, 1), item(2, 1, 6_000, 1)], &[(1, 7_000), (2, 10_000)]);
}

/// Skis and boots: what is longer than a box travels alone, and nothing is put into its parcel.
#[test]
fn goods_longer_than_a_box_travel_alone() {
    let ski = |quantity| BoxItem { longest_mm: 1_001, ..item(0, quantity, 100, 100) };
    check(&[ski(1)], &[(1, 100)]);
    check(&[ski(2), item(1, 3, 50, 50)], &[(1, 100), (1, 100), (3, 150)]);
    assert_eq!(overfull(&[ski(2)], LIMITS), Some(Overfull::Side));
    assert_eq!(overfull(&[ski(1)], LIMITS), None);
    assert_eq!(overfull(&[item(0, 3, 5_000, 1)], LIMITS), Some(Overfull::Weight));
    assert_eq!(overfull(&[item(0, 3, 1, 15_000)], LIMITS), Some(Overfull::Volume));
    assert_eq!(overfull(&[item(0, 9, 1, 1)], LIMITS), Some(Overfull::Units));
}

proptest! {
    #[test]
    fn every_unit_is_in_one_box_and_no_box_is_overfull(
        rows in prop::collection::vec((1u32..20, 0u32..12_000, 0u32..40_000), 0..6)
    ) {
        let items: Vec<BoxItem> =
            rows.iter().enumerate().map(|(at, &(quantity, g, ml))| item(at as u32, quantity, g, ml)).collect();
        let mut boxes = Boxes::default();
        let parcels = boxes.pack(&items, LIMITS).to_vec();
        let sum = |of: fn(&ParcelSize) -> u32| parcels.iter().map(of).sum::<u32>();
        let all = |of: fn(&BoxItem) -> u32| items.iter().map(|item| item.quantity * of(item)).sum::<u32>();
        prop_assert_eq!(sum(|p| p.units), all(|_| 1));
        prop_assert_eq!(sum(|p| p.weight_g), all(|item| item.weight_g));
        prop_assert_eq!(sum(|p| p.volume_ml), all(|item| item.volume_ml));
        for parcel in &parcels {
            let fits = parcel.weight_g <= LIMITS.max_weight_g && parcel.volume_ml <= LIMITS.max_volume_ml;
            prop_assert!(0 < parcel.units && parcel.units <= LIMITS.max_units);
            prop_assert!(fits || parcel.units == 1);
        }
        // Of two half-empty boxes one would have done: at most one box is at most half full by every measure.
        let half_empty = |p: &&ParcelSize| 2 * p.weight_g <= LIMITS.max_weight_g
            && 2 * p.volume_ml <= LIMITS.max_volume_ml && 2 * p.units <= LIMITS.max_units;
        prop_assert!(parcels.iter().filter(half_empty).count() <= 1);
    }
}
