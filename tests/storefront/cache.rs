//! The cache before the origin: against a plain list, and against Che's approximation.

use ordermill::kernel::draw::Draw;
use ordermill::kernel::pick::Pick;
use ordermill::storefront::cache::Cache;

#[test]
fn the_cache_holds_what_a_plain_list_holds() {
    for room in [0, 1, 2, 7, 50, 200] {
        let (mut cache, mut list) = (Cache::new(100, room), Vec::new());
        let mut dice = Draw::new(3, room as u32).source("requests");
        for _ in 0..20_000 {
            let asset = (100.0 * dice.uniform() * dice.uniform()) as u32;
            let held = list.iter().position(|&held| held == asset);
            if let Some(place) = held {
                list.remove(place);
            }
            list.insert(0, asset);
            list.truncate(room);
            assert_eq!(cache.request(asset), held.is_some(), "room {room}");
        }
        assert_eq!(cache.len(), list.len());
    }
}

/// Che, Tung and Wang 2002, by bisection: no code of the product.
fn che(shares: &[f64], room: f64) -> f64 {
    let held = |t: f64| shares.iter().map(|q| 1.0 - (-q * t).exp()).sum::<f64>();
    let (mut low, mut high) = (0.0, 1e12);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if held(middle) < room { low = middle } else { high = middle }
    }
    shares.iter().map(|q| q * (1.0 - (-q * low).exp())).sum()
}

#[test]
fn the_hit_ratio_is_that_of_ches_approximation() {
    for (skew, room) in [(0.6, 100), (0.8, 500), (1.0, 500), (1.2, 50)] {
        let assets = 5_000;
        let pick = Pick::zipf(assets, skew);
        let shares: Vec<f64> = (0..assets).map(|asset| pick.share(asset)).collect();
        let exact = che(&shares, f64::from(room));
        let mut dice = Draw::new(5, room as u32).source("requests");
        let mut cache = Cache::new(assets, room as usize);
        let mut request = || cache.request(pick.pick(dice.uniform()) as u32);
        (0..20_000).for_each(|_| {
            request();
        });
        // Batches: requests near each other hit together.
        let batches: Vec<f64> =
            (0..40).map(|_| (0..10_000).filter(|_| request()).count() as f64 / 10_000.0).collect();
        let mean = batches.iter().sum::<f64>() / 40.0;
        let spread = batches.iter().map(|batch| (batch - mean).powi(2)).sum::<f64>() / 39.0;
        // 3.5 standard errors, and the thousandth by which the approximation itself is off.
        let within = 3.5 * (spread / 40.0).sqrt() + 1e-3;
        assert!((mean - exact).abs() < within, "skew {skew}, room {room}: {mean:.5} for {exact:.5}");
    }
}
