//! Shares: which units a parcel carries, and which part of the order's money is theirs.
//!
//! Units of an order stand in a row, by portion; a unit weighs its SKU's price (or 1). The share of the units
//! from weight `a` to weight `b` of `W` is `floor(A b / W) - floor(A a / W)`: shares of all parts sum to the
//! amount `A` exactly, whatever the parts and in whatever order they are settled, and each is within one minor
//! unit of its exact value. A return refunds the very share that its delivery earned.

use super::portion::{Fate, Portion};
use super::record::{OrderRecord, ParcelWord};
use super::{Claim, Engine};
use crate::domain::{Money, SkuId};

/// What a parcel carries of one fulfillment order.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub ordinal: u16,
    part: u8,
    parts: u8,
}

impl Load {
    pub fn whole(ordinal: u16) -> Load {
        Load { ordinal, part: 0, parts: 1 }
    }

    pub fn of(ordinal: u16, parcel: ParcelWord) -> Load {
        Load { ordinal, part: parcel.part(), parts: parcel.parts().max(1) }
    }
}

/// Units of one SKU in a parcel, and where they stand in the order's row of weights.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    pub sku: SkuId,
    pub quantity: u32,
    from: u64,
    to: u64,
}

impl Engine {
    /// What the load carries, in the order of the lines. `None`: read again.
    #[inline]
    pub(super) fn each_piece(
        &self,
        record: &OrderRecord,
        load: Load,
        mut visit: impl FnMut(Piece),
    ) -> Option<()> {
        let (mut begin, mut end) = (0, u64::MAX);
        if 1 < load.parts {
            let mut units = 0;
            self.orders.each_portion(record, |portion| {
                units += if portion.is_of(load.ordinal) { u64::from(portion.quantity()) } else { 0 };
            })?;
            begin = units * u64::from(load.part) / u64::from(load.parts);
            end = units * (u64::from(load.part) + 1) / u64::from(load.parts);
        }
        let (mut place, mut weighed) = (0, 0);
        self.orders.each_portion(record, |portion| {
            let weight = self.weight(portion);
            if portion.is_of(load.ordinal) {
                let last = place + u64::from(portion.quantity());
                let (from, to) = (begin.max(place), end.min(last));
                if from < to {
                    visit(Piece {
                        sku: SkuId(portion.sku()),
                        quantity: (to - from) as u32,
                        from: weighed + (from - place) * weight,
                        to: weighed + (to - place) * weight,
                    });
                }
                place = last;
            }
            weighed += u64::from(portion.quantity()) * weight;
        })
    }

    /// Which part of the order's amount the units of the load are.
    #[inline]
    pub(super) fn share_of(&self, claim: &Claim<'_>, load: Load) -> Money {
        let mut sum = RowSum::new(claim.amount(), self.total_weight(claim));
        self.each_piece(claim.record, load, |piece| sum.add(piece.from, piece.to))
            .expect("portions of an order that is claimed");
        sum.total()
    }

    pub(super) fn share_of_waiting(&self, claim: &Claim<'_>) -> Money {
        let mut sum = RowSum::new(claim.amount(), self.total_weight(claim));
        let mut weighed = 0;
        claim.each_portion(|portion| {
            let end = weighed + u64::from(portion.quantity()) * self.weight(portion);
            if portion.fate() == Fate::Waiting {
                sum.add(weighed, end);
            }
            weighed = end;
        });
        sum.total()
    }

    #[inline]
    fn total_weight(&self, claim: &Claim<'_>) -> u64 {
        let mut total = 0;
        claim.each_portion(|portion| total += u64::from(portion.quantity()) * self.weight(portion));
        total
    }

    #[inline]
    fn weight(&self, portion: Portion) -> u64 {
        // A gift weighs one minor unit, so that no order weighs nothing.
        self.rules.prices.get(portion.sku() as usize).map_or(1, |price| price.0.max(1) as u64)
    }
}

/// Adds up shares of stretches of the row; stretches that touch are divided once.
struct RowSum {
    amount: Money,
    weight: u64,
    begin: u64,
    end: u64,
    sum: Money,
}

impl RowSum {
    fn new(amount: Money, weight: u64) -> RowSum {
        RowSum { amount, weight, begin: 0, end: 0, sum: Money::ZERO }
    }

    #[inline]
    fn add(&mut self, begin: u64, end: u64) {
        if begin != self.end {
            self.sum += self.up_to(self.end) - self.up_to(self.begin);
            self.begin = begin;
        }
        self.end = end;
    }

    fn total(&self) -> Money {
        self.sum + self.up_to(self.end) - self.up_to(self.begin)
    }

    #[inline]
    fn up_to(&self, end: u64) -> Money {
        match end {
            0 => Money::ZERO,
            end if end == self.weight => self.amount,
            end => self.amount.share(end, self.weight),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_all_parts_sum_to_the_amount() {
        let share = |begin, end| {
            let mut sum = RowSum::new(Money(100), 7);
            sum.add(begin, end);
            sum.total().0
        };
        assert_eq!((share(0, 2), share(2, 5), share(5, 7)), (28, 43, 29));
        let mut sum = RowSum::new(Money(100), 7);
        sum.add(0, 2);
        sum.add(5, 6);
        sum.add(6, 7);
        assert_eq!(sum.total(), Money(28 + 29));
    }
}
