//! Recommendations: what was bought together lately, learned basket by basket.
//!
//! # Promises
//! - Counts are exactly those of the last `window` pairs: an older pair is forgotten as a newer one comes, so memory
//!   is bounded by the window, whatever the catalog.
//! - Of equal counts the lower SKU comes first.

use std::collections::VecDeque;

use crate::domain::SkuId;

/// How often two SKUs were in one basket.
#[derive(Debug, Clone, Copy)]
struct Neighbor {
    sku: SkuId,
    times: u32,
}

#[derive(Debug, Clone)]
pub struct Recommender {
    /// By SKU: those bought with it within the window.
    neighbors: Vec<Vec<Neighbor>>,
    pairs: VecDeque<(SkuId, SkuId)>,
    window: usize,
    scores: Vec<Neighbor>,
}

impl Recommender {
    pub fn new(skus: usize, window: usize) -> Recommender {
        Recommender { neighbors: vec![Vec::new(); skus], pairs: VecDeque::new(), window, scores: Vec::new() }
    }

    /// A basket was bought: its SKUs are distinct.
    pub fn learn(&mut self, basket: impl Iterator<Item = SkuId> + Clone) {
        let mut rest = basket;
        while let Some(one) = rest.next() {
            for other in rest.clone() {
                self.add(one, other);
                self.add(other, one);
                self.pairs.push_back((one, other));
                if self.window < self.pairs.len() {
                    let (one, other) = self.pairs.pop_front().expect("it is longer than the window");
                    self.forget(one, other);
                    self.forget(other, one);
                }
            }
        }
    }

    /// The `most` SKUs that were bought most often with those of the basket, which are left out.
    pub fn top(&mut self, basket: impl Iterator<Item = SkuId> + Clone, most: usize, out: &mut Vec<SkuId>) {
        out.clear();
        self.scores.clear();
        for sku in basket.clone() {
            for &neighbor in &self.neighbors[sku.index()] {
                if !basket.clone().any(|own| own == neighbor.sku) {
                    self.scores.push(neighbor);
                }
            }
        }
        self.scores.sort_unstable_by_key(|score| score.sku);
        self.scores.dedup_by(|next, kept| {
            let same = next.sku == kept.sku;
            kept.times += if same { next.times } else { 0 };
            same
        });
        let rank = |score: &Neighbor| (std::cmp::Reverse(score.times), score.sku);
        if most < self.scores.len() {
            self.scores.select_nth_unstable_by_key(most, rank);
            self.scores.truncate(most);
        }
        self.scores.sort_unstable_by_key(rank);
        out.extend(self.scores.iter().map(|score| score.sku));
    }

    /// Pairs that are remembered.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn add(&mut self, to: SkuId, sku: SkuId) {
        let list = &mut self.neighbors[to.index()];
        match list.iter_mut().find(|neighbor| neighbor.sku == sku) {
            Some(neighbor) => neighbor.times += 1,
            None => list.push(Neighbor { sku, times: 1 }),
        }
    }

    fn forget(&mut self, from: SkuId, sku: SkuId) {
        let list = &mut self.neighbors[from.index()];
        let place = list.iter().position(|neighbor| neighbor.sku == sku);
        let place = place.expect("what is forgotten was learned");
        list[place].times -= 1;
        if list[place].times == 0 {
            list.swap_remove(place);
            if list.is_empty() {
                *list = Vec::new();
            }
        }
    }
}
