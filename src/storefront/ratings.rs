//! Ratings: what buyers wrote, as the mean that the next shopper sees.

use crate::domain::SkuId;

/// Stars of one SKU.
#[derive(Debug, Clone, Copy, Default)]
struct Stars {
    reviews: u32,
    sum: u32,
}

/// The Bayesian mean of each SKU's stars: as though `weight` reviews of `prior` stars had come before the first.
#[derive(Debug, Clone)]
pub struct Ratings {
    stars: Vec<Stars>,
    prior: f64,
    weight: f64,
}

impl Ratings {
    pub fn new(skus: usize, prior: f64, weight: f64) -> Ratings {
        Ratings { stars: vec![Stars::default(); skus], prior, weight }
    }

    /// A review of 1 to 5 stars.
    pub fn write(&mut self, sku: SkuId, stars: u32) {
        assert!((1..=5).contains(&stars), "a review of {stars} stars");
        let own = &mut self.stars[sku.index()];
        own.reviews += 1;
        own.sum += stars;
    }

    /// The mean that is shown: `(weight x prior + sum) / (weight + reviews)`.
    #[inline]
    pub fn mean(&self, sku: SkuId) -> f64 {
        let own = self.stars[sku.index()];
        if own.reviews == 0 {
            return self.prior;
        }
        (self.weight * self.prior + f64::from(own.sum)) / (self.weight + f64::from(own.reviews))
    }

    pub fn reviews(&self, sku: SkuId) -> u32 {
        self.stars[sku.index()].reviews
    }

    pub fn prior(&self) -> f64 {
        self.prior
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_review_moves_a_mean_less_than_ten() {
        let mut ratings = Ratings::new(3, 4.0, 5.0);
        assert_eq!(ratings.mean(SkuId(1)), 4.0);
        ratings.write(SkuId(1), 1);
        assert_eq!(ratings.mean(SkuId(1)), 3.5);
        (0..9).for_each(|_| ratings.write(SkuId(1), 1));
        assert_eq!(ratings.mean(SkuId(1)), 2.0);
        assert_eq!((ratings.mean(SkuId(2)), ratings.reviews(SkuId(1))), (4.0, 10));
    }
}
