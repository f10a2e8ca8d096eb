//! Recommendations: against a recount of the window.

use std::cmp::Reverse;

use ordermill::domain::SkuId;
use ordermill::kernel::draw::Draw;
use ordermill::storefront::recommend::Recommender;

#[test]
fn recommendations_are_those_of_a_recount_of_the_window() {
    for window in [1, 10, 300] {
        let mut recommender = Recommender::new(30, window);
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let mut dice = Draw::new(8, window as u32).source("baskets");
        let (mut found, mut shown) = (Vec::new(), 0);
        for _ in 0..3_000 {
            let count = 1 + (4.0 * dice.uniform()) as usize;
            let mut basket: Vec<u32> =
                (0..count).map(|_| (30.0 * dice.uniform() * dice.uniform()) as u32).collect();
            basket.sort_unstable();
            basket.dedup();
            // What is asked before the basket is learned.
            let recent = &pairs[pairs.len().saturating_sub(window)..];
            let times = |sku: u32| {
                let with = |&(a, b): &(u32, u32)| {
                    usize::from(a == sku && basket.contains(&b))
                        + usize::from(b == sku && basket.contains(&a))
                };
                recent.iter().map(with).sum::<usize>()
            };
            let mut exact: Vec<u32> =
                (0..30).filter(|sku| !basket.contains(sku) && 0 < times(*sku)).collect();
            exact.sort_by_key(|&sku| (Reverse(times(sku)), sku));
            exact.truncate(5);
            recommender.top(basket.iter().map(|&sku| SkuId(sku)), 5, &mut found);
            assert_eq!(found, exact.iter().map(|&sku| SkuId(sku)).collect::<Vec<_>>());
            shown += found.len();
            recommender.learn(basket.iter().map(|&sku| SkuId(sku)));
            for (place, &one) in basket.iter().enumerate() {
                pairs.extend(basket[place + 1..].iter().map(|&other| (one, other)));
            }
            assert!(recommender.len() <= window);
        }
        assert!(500 < shown, "{shown}");
    }
}
