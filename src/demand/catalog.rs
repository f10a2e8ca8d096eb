//! The catalog of a scenario and how its SKUs sell: drawn, listed, or found in the replay file.
//!
//! # Promises
//! - A drawn SKU hangs on its number alone: seed and replication never change a price, and a longer catalog
//!   begins with the SKUs of the shorter one.

use crate::domain::{Catalog, HandlingClass, Money, Sku};
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::law::Law;
use crate::kernel::pick::Pick;
use crate::kernel::time::Span;
use crate::scenario::spec::{CatalogRow, CatalogSource};

use super::problem::Problem;

const PRICE: Purpose = Purpose::named("sku-price");
const WEIGHT: Purpose = Purpose::named("sku-weight");
const CLASS: Purpose = Purpose::named("sku-class");

/// How many ranks the head of the popularity law is flattened by: Mandelbrot's `q` in `1 / (rank + q)^s`. Given, not measured.
const HEAD: f64 = 2.7;

/// What the replay file tells of its SKUs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeenSku {
    pub name: String,
    /// The first price in the file.
    pub price: Money,
    pub units: u64,
}

/// The catalog, and the weight of each SKU in the choice of an order line.
pub(super) fn build(
    source: &CatalogSource,
    rows: &[CatalogRow],
    seen: Option<&[SeenSku]>,
) -> Result<(Catalog, Vec<f64>), Problem> {
    let (catalog, weights) = match source {
        CatalogSource::Synthetic { skus, skew, hot_share, .. } => {
            (synthetic(source, *skus), popularity(*skus, *skew, *hot_share))
        }
        CatalogSource::File(_) => {
            let skus = rows.iter().map(|row| Sku {
                price: row.price,
                weight_g: row.weight_g,
                volume_ml: row.volume_ml,
                longest_mm: row.longest_mm,
                class: row.class,
            });
            let names = rows.iter().map(|row| row.sku.clone());
            let weights = rows.iter().map(|row| row.popularity).collect();
            (Catalog { skus: skus.collect(), names: names.collect() }, weights)
        }
        CatalogSource::FromReplay { weight_g, volume_ml } => {
            let Some(seen) = seen else {
                let message = "the catalog is to come from the replay file, and there is no replay";
                return Err(Problem::new(
                    "E0509",
                    "catalog.from-replay",
                    message,
                    "write `catalog.synthetic`",
                ));
            };
            let sku = |seen: &SeenSku| Sku {
                price: seen.price,
                weight_g: *weight_g,
                volume_ml: *volume_ml,
                longest_mm: Sku::longest_of(*volume_ml),
                class: HandlingClass::Standard,
            };
            let names = seen.iter().map(|seen| seen.name.clone());
            let weights = seen.iter().map(|seen| seen.units as f64).collect();
            (Catalog { skus: seen.iter().map(sku).collect(), names: names.collect() }, weights)
        }
    };
    if catalog.is_empty() {
        return Err(Problem::new("E0509", "catalog", "the catalog holds no SKU", "write at least one SKU"));
    }
    Ok((catalog, weights))
}

/// Zipf-Mandelbrot weights (rank `k` sells in proportion to `1 / (k + q)^s`), and
/// `hot_share` of all lines for the first SKU on top.
fn popularity(skus: u32, skew: f64, hot_share: f64) -> Vec<f64> {
    let mut weights: Vec<f64> = (1..=skus).map(|rank| libm::pow(f64::from(rank) + HEAD, -skew)).collect();
    let total: f64 = weights.iter().sum();
    let hot = hot_share.clamp(0.0, 1.0);
    weights.iter_mut().for_each(|weight| *weight *= (1.0 - hot) / total);
    if let Some(first) = weights.first_mut() {
        *first += hot;
    }
    weights
}

fn synthetic(source: &CatalogSource, count: u32) -> Catalog {
    let CatalogSource::Synthetic {
        price_median,
        price_sigma,
        weight_median_g,
        weight_sigma,
        volume_ml_per_g,
        classes,
        ..
    } = source
    else {
        unreachable!("only a synthetic catalog is drawn")
    };
    let draw = Draw::new(0, 0);
    // The laws speak of spans; a tick stands for a minor unit of money, and for a milligram.
    let price = Law::lognormal(Span(price_median.0.max(1) as u64), *price_sigma);
    let weight = Law::lognormal(Span((weight_median_g * 1e3) as u64), *weight_sigma);
    let class_pick = class_pick(classes);
    let sku = |id: u32| {
        let id = u64::from(id);
        let weight_mg = weight.span(draw.uniform(WEIGHT, id, 0)).0 as f64;
        let class = match class_pick.pick(draw.uniform(CLASS, id, 0)) {
            0 => HandlingClass::Standard,
            index => classes[index - 1].0,
        };
        let volume_ml = ((weight_mg / 1e3 * volume_ml_per_g).round() as u32).max(1);
        Sku {
            price: Money(price.span(draw.uniform(PRICE, id, 0)).0.max(1) as i64),
            weight_g: ((weight_mg / 1e3).round() as u32).max(1),
            volume_ml,
            longest_mm: Sku::longest_of(volume_ml),
            class,
        }
    };
    Catalog {
        skus: (0..count).map(sku).collect(),
        names: (0..count).map(CatalogSource::synthetic_name).collect(),
    }
}

/// Item 0 is the standard rest.
fn class_pick(classes: &[(HandlingClass, f64)]) -> Pick {
    let named: f64 = classes.iter().map(|class| class.1).sum();
    let rest = (1.0 - named).max(0.0);
    let weights: Vec<f64> = [rest].into_iter().chain(classes.iter().map(|class| class.1)).collect();
    Pick::weighted(&weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(skus: u32, hot_share: f64) -> CatalogSource {
        CatalogSource::Synthetic {
            skus,
            skew: 0.8,
            hot_share,
            price_median: Money(3_000),
            price_sigma: 0.8,
            weight_median_g: 400.0,
            weight_sigma: 0.7,
            volume_ml_per_g: 4.0,
            classes: vec![(HandlingClass::Cold, 0.2)],
        }
    }

    #[test]
    fn a_longer_catalog_begins_with_the_shorter_one() {
        let (short, _) = build(&source(100, 0.0), &[], None).unwrap();
        let (long, _) = build(&source(5_000, 0.3), &[], None).unwrap();
        assert_eq!(short.skus[..], long.skus[..100]);
        assert_eq!(long.names[41], "SKU-000042");
    }

    #[test]
    fn prices_weights_and_classes_are_those_asked_for() {
        let (catalog, _) = build(&source(20_000, 0.0), &[], None).unwrap();
        let below = catalog.skus.iter().filter(|sku| sku.price < Money(3_000)).count() as f64;
        assert!((below / 20_000.0 - 0.5).abs() < 0.015, "median price: {below}");
        let light = catalog.skus.iter().filter(|sku| sku.weight_g < 400).count() as f64;
        assert!((light / 20_000.0 - 0.5).abs() < 0.015, "median weight: {light}");
        let cold = catalog.skus.iter().filter(|sku| sku.class == HandlingClass::Cold).count() as f64;
        assert!((cold / 20_000.0 - 0.2).abs() < 0.012, "cold: {cold}");
    }

    #[test]
    fn the_hot_sku_takes_its_share_on_top() {
        let (plain, hot) = (popularity(100, 1.0, 0.0), popularity(100, 1.0, 0.9));
        assert!((hot[0] - 0.9 - 0.1 * plain[0]).abs() < 1e-12);
        assert!((hot.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_catalog_from_a_replay_needs_a_replay() {
        let problem = build(&CatalogSource::FromReplay { weight_g: 1, volume_ml: 1 }, &[], None).unwrap_err();
        assert_eq!(problem.code, "E0509");
    }
}
