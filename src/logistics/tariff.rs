//! Tariffs: what a carrier charges for a parcel, by distance band and started kilogram.

use crate::domain::{CarrierId, Money};
use crate::kernel::time::Moment;

use super::input::CarrierInput;

/// What a strategy may count on: the cheapest carrier of a method from a node to a zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShipRate {
    pub carrier: CarrierId,
    /// A parcel of up to one kilogram.
    pub first_kg: Money,
    pub per_further_kg: Money,
    /// Road distance.
    pub km: f64,
}

/// Days on which a carrier charges more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    pub from: Moment,
    /// The first instant after.
    pub to: Moment,
    pub per_parcel: Money,
    /// Of the freight.
    pub share: f64,
}

/// What comes on top of the freight at `at`. Peaks that overlap add up.
#[inline]
pub fn surcharge(peaks: &[Peak], at: Moment, freight: Money) -> Money {
    let here = peaks.iter().filter(|peak| peak.from <= at && at < peak.to);
    here.map(|peak| peak.per_parcel + Money((freight.0 as f64 * peak.share).round() as i64))
        .fold(Money::ZERO, |sum, more| sum + more)
}

/// One carrier's rate card.
#[derive(Debug, Clone)]
pub(super) struct RateCard {
    up_to_km: Box<[f64]>,
    prices: Box<[(Money, Money)]>,
    volumetric_ml_per_g: f64,
}

impl RateCard {
    pub fn build(input: &CarrierInput) -> RateCard {
        RateCard {
            up_to_km: input.rates.iter().map(|band| band.up_to_km).collect(),
            prices: input.rates.iter().map(|band| (band.first_kg, band.per_further_kg)).collect(),
            volumetric_ml_per_g: input.volumetric_ml_per_g,
        }
    }

    /// First and further kilogram at a distance; the last band holds beyond.
    pub fn band(&self, km: f64) -> (Money, Money) {
        let band = self.up_to_km.iter().position(|&up_to| km <= up_to);
        self.prices[band.unwrap_or(self.prices.len() - 1)]
    }

    /// The heavier of weight and volumetric weight, in started kilograms; at least one.
    #[inline]
    pub fn billed_kg(&self, weight_g: u32, volume_ml: u32) -> i64 {
        let volume_g = (f64::from(volume_ml) / self.volumetric_ml_per_g).ceil();
        (i64::from(weight_g).max(volume_g as i64).max(1) + 999) / 1_000
    }
}

/// Price of so many started kilograms.
#[inline]
pub fn price(first_kg: Money, per_further_kg: Money, billed_kg: i64) -> Money {
    first_kg + per_further_kg * (billed_kg - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(km: f64, weight_g: u32, volume_ml: u32, expect: i64) {
        let card = RateCard {
            up_to_km: [500.0, 1_000.0].into(),
            prices: [(Money(600), Money(100)), (Money(900), Money(250))].into(),
            volumetric_ml_per_g: 6.0,
        };
        let (first, further) = card.band(km);
        assert_eq!(price(first, further, card.billed_kg(weight_g, volume_ml)), Money(expect));
    }

    #[test]
    fn peaks_add_up_from_their_first_instant_to_before_their_last() {
        let peak = |from, to, per_parcel, share| Peak {
            from: Moment(from),
            to: Moment(to),
            per_parcel: Money(per_parcel),
            share,
        };
        let peaks = [peak(10, 20, 120, 0.0), peak(15, 30, 0, 0.1)];
        let at = |at| surcharge(&peaks, Moment(at), Money(605)).0;
        assert_eq!([9, 10, 15, 20, 29, 30].map(at), [0, 120, 181, 61, 61, 0]);
    }

    #[test]
    fn freight() {
        check(500.0, 1_000, 0, 600); // the band's end and the full kilogram still count
        check(500.0, 1_001, 0, 700); // a started kilogram
        check(501.0, 3_000, 0, 1_400);
        check(9_999.0, 3_000, 0, 1_400); // the last band holds beyond
        check(10.0, 100, 6_000, 600); // volumetric weight 1 kg
        check(10.0, 100, 6_001, 700);
        check(10.0, 0, 0, 600);
    }
}
