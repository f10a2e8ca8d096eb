//! How many queries a second does one core answer over 100,000 SKUs, typed words and all; and how many requests does
//! the cache before the pages take?

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ordermill::domain::SkuId;
use ordermill::kernel::draw::{Draw, Source};
use ordermill::kernel::pick::Pick;
use ordermill::storefront::cache::Cache;
use ordermill::storefront::facets::Filter;
use ordermill::storefront::index::{Index, Query};
use ordermill::storefront::titles::Titles;

const SKUS: usize = 100_000;

fn titles() -> Titles {
    let mut dice = Draw::new(1, 0).source("prices");
    Titles::new(&(0..SKUS).map(|_| 1 + (100_000.0 * dice.uniform()) as i64).collect::<Vec<_>>())
}

/// One to three words of the title of a popular SKU; one word in ten has a letter replaced.
fn queries(titles: &Titles, dice: &mut Source) -> Vec<Vec<String>> {
    let popular = Pick::zipf(SKUS, 0.8);
    let query = |dice: &mut Source| {
        let title = titles.title(SkuId(popular.pick(dice.uniform()) as u32));
        let count = 1 + (3.0 * dice.uniform()) as usize;
        let words = (0..count).map(|place| {
            let own = (usize::from(title.noun) + place) % usize::from(title.len);
            let mut word = titles.word(title.words[own]).to_owned();
            if dice.uniform() < 0.1 {
                word.replace_range(1..2, "x");
            }
            word
        });
        words.collect()
    };
    (0..10_000).map(|_| query(dice)).collect()
}

fn search(criterion: &mut Criterion) {
    let titles = titles();
    let index = Index::new(&titles, true);
    let mut dice = Draw::new(1, 0).source("queries");
    let queries = queries(&titles, &mut dice);
    let mut group = criterion.benchmark_group("storefront");
    group.throughput(Throughput::Elements(queries.len() as u64)).sample_size(10);
    let (mut query, mut hits) = (Query::default(), Vec::new());
    for (name, filter) in [
        ("search", Filter::default()),
        ("search in a price band", Filter { band: Some(3), ..Filter::default() }),
    ] {
        group.bench_function(format!("{name}, best 24 of 100,000"), |bencher| {
            bencher.iter(|| {
                let mut found = 0;
                for words in &queries {
                    query.clear(filter);
                    words.iter().for_each(|word| index.typed(word, &mut query));
                    index.search(&mut query, 24, &mut hits);
                    found += hits.len();
                }
                found
            })
        });
    }
    let mut page = Vec::new();
    group.throughput(Throughput::Elements(64 * 8));
    group.bench_function("page of a category in a price band", |bencher| {
        bencher.iter(|| {
            for leaf in 0..64 {
                for band in 0..8 {
                    let filter = Filter { band: Some(band), ..Filter::leaf(leaf) };
                    index.facets().page(&filter, 0, 24, &mut page);
                }
            }
            page.len()
        })
    });
    let shares = Pick::zipf(8 * SKUS, 0.9);
    let requests: Vec<u32> = (0..100_000).map(|_| shares.pick(dice.uniform()) as u32).collect();
    let mut cache = Cache::new(8 * SKUS, 80_000);
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.bench_function("requests to a cache of 80,000 of 800,000", |bencher| {
        bencher.iter(|| requests.iter().filter(|&&asset| cache.request(asset)).count())
    });
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
