//! Discrete choice by weight from one uniform: a zone, a SKU by popularity, a payment method.
//!
//! # Promises
//! - One lookup and on average less than two comparisons, whatever the number of items.
//! - Inversion: a larger uniform never gives a smaller index.
//! - An item of weight zero is never picked.
//!
//! # Why a guide table and not Walker's alias method
//! Both are O(1). The alias method scatters the uniform over unrelated items, so one changed weight
//! re-deals every pick; by inversion only the picks near the shifted edges change, which is what
//! makes two scenarios with common random numbers comparable. (Chen and Asau 1974, "On generating
//! random variates from an empirical distribution".)

use std::sync::Arc;

/// A choice among `0..len()`.
#[derive(Debug, Clone)]
pub struct Pick {
    guide: Guide,
}

impl Pick {
    /// Panics unless some weight is positive and all are finite and not negative.
    pub fn weighted(weights: &[f64]) -> Pick {
        let sound = weights.iter().all(|&weight| weight.is_finite() && 0.0 <= weight);
        let total: f64 = weights.iter().sum();
        assert!(sound && 0.0 < total, "weights must be finite, not negative, and not all zero");
        let mut sum = 0.0;
        let ends = weights.iter().map(|&weight| {
            sum += weight;
            // Items of weight zero at the end must end where the last real item ends: at 1.
            if sum < total { sum / total } else { 1.0 }
        });
        Pick { guide: Guide::new(ends.collect()) }
    }

    /// Popularity by rank: the weight of item `k` is `1 / (k + 1)^exponent`.
    pub fn zipf(items: usize, exponent: f64) -> Pick {
        let weights: Vec<f64> = (1..=items).map(|rank| libm::pow(rank as f64, -exponent)).collect();
        Pick::weighted(&weights)
    }

    /// The item at `u` in the open interval (0, 1).
    #[inline]
    pub fn pick(&self, u: f64) -> usize {
        self.guide.find(u)
    }

    /// The probability of `item`.
    pub fn share(&self, item: usize) -> f64 {
        self.guide.share(item)
    }

    pub fn len(&self) -> usize {
        self.guide.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        false
    }
}

/// Finds the piece of 0..1 that holds a number.
#[derive(Debug, Clone)]
pub(super) struct Guide {
    /// Where each piece ends; the last is 1.
    ends: Arc<[f64]>,
    /// For each of `len` equal cells of 0..1, the piece that holds the cell's start.
    first: Arc<[u32]>,
}

impl Guide {
    pub fn new(mut ends: Vec<f64>) -> Guide {
        *ends.last_mut().expect("a choice among nothing") = 1.0;
        let cells = ends.len() as f64;
        let mut piece = 0;
        let first = (0..ends.len()).map(|cell| {
            while ends[piece] <= cell as f64 / cells {
                piece += 1;
            }
            piece as u32
        });
        Guide { first: first.collect(), ends: ends.into() }
    }

    #[inline]
    pub fn find(&self, u: f64) -> usize {
        let last = self.ends.len() - 1;
        let cell = ((u * self.ends.len() as f64) as usize).min(last);
        let mut piece = self.first[cell] as usize;
        // The product above may round up into the next cell.
        while 0 < piece && u < self.ends[piece - 1] {
            piece -= 1;
        }
        while self.ends[piece] <= u && piece < last {
            piece += 1;
        }
        piece
    }

    /// The piece that holds `u`, and how far into it `u` lies, in 0..1.
    #[inline]
    pub fn locate(&self, u: f64) -> (usize, f64) {
        let piece = self.find(u);
        let start = self.start(piece);
        (piece, (u - start) / (self.ends[piece] - start))
    }

    pub fn share(&self, piece: usize) -> f64 {
        self.ends[piece] - self.start(piece)
    }

    #[inline]
    fn start(&self, piece: usize) -> f64 {
        if piece == 0 { 0.0 } else { self.ends[piece - 1] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::Draw;

    fn check(weights: &[f64], u: f64, expect: usize) {
        assert_eq!(Pick::weighted(weights).pick(u), expect, "{weights:?} at {u}");
    }

    #[test]
    fn picks_by_inversion() {
        check(&[1.0], 0.5, 0);
        check(&[1.0, 3.0], 0.2499, 0);
        check(&[1.0, 3.0], 0.25, 1);
        check(&[0.0, 1.0, 0.0], 1e-16, 1);
        check(&[0.0, 1.0, 0.0], 1.0 - 1e-16, 1);
        check(&[0.1; 10], 0.71, 7);
        check(&[1e-9, 1.0], 0.9e-9, 0);
    }

    #[test]
    fn a_hundred_thousand_skus_sell_by_rank() {
        let (pick, mut source) = (Pick::zipf(100_000, 1.0), Draw::new(1, 0).source("sku"));
        let mut sold = vec![0u32; pick.len()];
        (0..400_000).for_each(|_| sold[pick.pick(source.uniform())] += 1);
        for rank in [0, 1, 9, 99] {
            let expect = pick.share(rank) * 400_000.0;
            assert!((f64::from(sold[rank]) - expect).abs() < 4.0 * expect.sqrt(), "rank {rank}");
        }
        assert!((pick.share(0) / pick.share(9) - 10.0).abs() < 1e-6);
    }

    #[test]
    fn every_piece_is_found_at_its_edges() {
        let pick = Pick::zipf(1_000, 0.8);
        for item in 0..pick.len() {
            assert_eq!(pick.pick(pick.guide.start(item).max(1e-300)), item);
        }
    }
}
