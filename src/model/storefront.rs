//! The storefront of a run: titles, index and what shoppers are like.

use super::build::law;
use crate::demand::DemandTables;
use crate::domain::{Money, OrderId, SkuId, StationId};
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::law::Law;
use crate::kernel::normal::normal_quantile;
use crate::kernel::pick::Pick;
use crate::kernel::time::Moment;
use crate::scenario::spec::{self, Scenario};
use crate::storefront::index::Index;
use crate::storefront::titles::{LEAVES, Titles};

/// SKUs that go with one.
pub const COMPANIONS: u32 = 3;

const QUALITY: Purpose = Purpose::named("how good goods are");

/// Where each visitor is simulated.
pub struct Storefront {
    pub rules: spec::Storefront,
    pub segments: Pick,
    pub words: Pick,
    pub titles: Titles,
    pub index: Index,
    pub page: Machine,
    pub search: Machine,
    pub recommend: Machine,
    pub network: Law,
    pub asset_hit: Law,
    pub asset_miss: Law,
    /// Share of carts that are left.
    pub abandonment: f64,
    /// Visitors that the scenario's arrivals of one order stand for.
    pub visitors_per_order: f64,
    /// From here on recommendations are held against what was bought: the second half of the arrivals.
    pub tail: Moment,
    /// Minor units, by leaf of the category tree.
    median_prices: Vec<f64>,
    /// By SKU: those that go with it.
    companions: Vec<[SkuId; COMPANIONS as usize]>,
}

/// A station of the shop's machines.
pub struct Machine {
    pub station: StationId,
    pub work: Law,
}

impl Storefront {
    pub fn build(scenario: &Scenario, demand: &DemandTables, stations: [StationId; 3]) -> Option<Storefront> {
        let rules = scenario.storefront.clone()?;
        let prices: Vec<i64> = demand.catalog().skus.iter().map(|sku| sku.price.0).collect();
        let titles = Titles::new(&prices);
        let index = Index::new(&titles, rules.synonyms);
        let [page, search, recommend] = stations;
        let service = |station, row: &spec::Machines| Machine { station, work: law(&row.work) };
        let shares: Vec<f64> = rules.segments.iter().map(|segment| segment.share).collect();
        let skus = 0..prices.len() as u64;
        let goes_with = |sku: u64| {
            std::array::from_fn(|which| demand.draw_sku(&Draw::new(0, 0), OrderId(sku), which as u32))
        };
        let end = demand.arrivals_end().unwrap_or(Moment(scenario.run.horizon.0));
        Some(Storefront {
            segments: Pick::weighted(&shares),
            words: Pick::weighted(&rules.words),
            page: service(page, &rules.page),
            search: service(search, &rules.search),
            recommend: service(recommend, &rules.recommend),
            network: law(&rules.network),
            asset_hit: law(&rules.asset_hit),
            asset_miss: law(&rules.asset_miss),
            abandonment: scenario.shop.cart_abandonment,
            visitors_per_order: 1.0 / (scenario.shop.cart_rate * (1.0 - scenario.shop.cart_abandonment)),
            tail: Moment(end.0 / 2),
            median_prices: median_prices(&titles, &prices),
            companions: skus.map(goes_with).collect(),
            titles,
            index,
            rules,
        })
    }

    /// Of a SKU's price to the median of its category.
    pub fn relative_price(&self, sku: SkuId, price: Money) -> f64 {
        price.0 as f64 / self.median_prices[usize::from(self.titles.title(sku).leaf)]
    }

    /// SKUs that go with one; a shopper who wants more wants one of them.
    pub fn companions(&self, sku: SkuId) -> &[SkuId] {
        &self.companions[sku.index()]
    }

    /// By how many stars goods are better than usual: the same in every run.
    pub fn quality(&self, sku: SkuId) -> f64 {
        self.rules.spread * normal_quantile(Draw::new(0, 0).uniform(QUALITY, u64::from(sku.0), 0))
    }

    /// Jobs of each service that one order stands for, at least: each visitor looks once, and whoever fills a cart has
    /// seen goods.
    pub fn least_jobs(&self) -> [(&Machine, f64); 3] {
        let (visits, carts) = (self.visitors_per_order, 1.0 / (1.0 - self.abandonment));
        let searchers: f64 = self.rules.segments.iter().map(|own| own.share * own.searchers).sum();
        [
            (&self.page, visits * (1.0 - searchers) + carts),
            (&self.search, visits * searchers),
            (&self.recommend, carts * self.rules.exposure),
        ]
    }

    /// Images of all pages: those of goods, then those of categories.
    pub fn assets(&self) -> usize {
        (self.titles.len() + LEAVES) * self.rules.assets as usize
    }
}

fn median_prices(titles: &Titles, prices: &[i64]) -> Vec<f64> {
    let median = |leaf: usize| {
        let own = titles.rows().iter().zip(prices).filter(|(row, _)| usize::from(row.leaf) == leaf);
        let mut own: Vec<i64> = own.map(|(_, &price)| price).collect();
        own.sort_unstable();
        own.get(own.len() / 2).map_or(1.0, |&price| price.max(1) as f64)
    };
    (0..LEAVES).map(median).collect()
}
