//! The storefront: segments, services, what a page and a click are worth.

use super::law::law;
use crate::scenario::section::Section;
use crate::scenario::spec::{CatalogSource, MOST_SESSION_LINES, Machines, Segment, Storefront};

/// Images of all pages that are kept track of: 4 bytes each.
const MOST_ASSETS: u64 = 1 << 28;

/// `None` where arrivals are orders.
pub fn storefront(top: &Section<'_>, catalog: &CatalogSource) -> Option<Storefront> {
    let sessions = top.word("demand") == Some(1);
    let keys = top.section("storefront");
    let (search, recommend, ratings) =
        (keys.section("search"), keys.section("recommend"), keys.section("ratings"));
    let storefront = Storefront {
        segments: segments(&keys),
        page: service(&keys.section("page")),
        search: service(&search),
        recommend: service(&recommend),
        synonyms: search.flag("synonyms"),
        noise: search.number("noise"),
        words: search.weights("words"),
        other_words: search.share("other-words"),
        typos: search.share("typos"),
        within: recommend.span("within"),
        exposure: recommend.share("exposure"),
        show: recommend.count("show"),
        accept: recommend.share("accept"),
        accept_other: recommend.share("accept-other"),
        window: recommend.count("window"),
        together: keys.share("together"),
        network: law(&keys, "network"),
        assets: keys.count("assets"),
        cache: keys.count("cache"),
        asset_hit: law(&keys, "asset-hit"),
        asset_miss: law(&keys, "asset-miss"),
        tau: keys.span("tau"),
        beta: keys.number("beta"),
        results: keys.count("results"),
        narrow: keys.share("narrow"),
        scan: keys.share("scan"),
        click: keys.share("click"),
        click_other: keys.share("click-other"),
        add: keys.share("add"),
        writers: ratings.share("writers"),
        spread: ratings.number("spread"),
        prior: ratings.number("prior"),
        prior_weight: ratings.number("prior-weight"),
        effect: ratings.number("effect"),
    };
    if !sessions {
        if top.has("storefront") && top.desk.sound(&["demand", "storefront"]) {
            let message = "nobody visits the storefront: arrivals are orders";
            let help = "write demand: sessions, or take storefront out";
            top.desk.report("W0402", top.place_of("storefront"), message.into(), help);
        }
        return None;
    }
    around(top, catalog, &keys, storefront.assets);
    Some(storefront)
}

/// What does not go with sessions.
fn around(top: &Section<'_>, catalog: &CatalogSource, keys: &Section<'_>, assets: u32) {
    if top.has("replay") {
        let message = "a replay tells orders, not what shoppers saw before".to_owned();
        top.report("E0308", "demand", message, "write demand: orders, or draw `arrivals`");
    }
    let most = top.section("basket").weights("lines").len();
    if MOST_SESSION_LINES < most && top.desk.sound(&["basket.lines"]) {
        let message = format!("baskets of {most} lines, but a session's cart holds {MOST_SESSION_LINES}");
        top.report("E0308", "demand", message, "write fewer weights in basket.lines, or demand: orders");
    }
    if let CatalogSource::Synthetic { skus, .. } = catalog
        && MOST_ASSETS < u64::from(*skus) * u64::from(assets)
    {
        let message = format!("{assets} images of each of {skus} SKUs would be kept track of");
        keys.report("E0305", "assets", message, format!("write at most {}", MOST_ASSETS / u64::from(*skus)));
    }
}

fn service(keys: &Section<'_>) -> Machines {
    Machines { servers: keys.count("servers"), work: law(keys, "work") }
}

fn segments(keys: &Section<'_>) -> Vec<Segment> {
    let items = keys.items("segments");
    super::define(keys.desk, "segment", "storefront.segments[].name", &items);
    let segment = |keys: &Section<'_>| Segment {
        name: keys.text("name"),
        share: keys.share("share"),
        price_sensitivity: keys.number("price-sensitivity"),
        patience: keys.number("patience"),
        searchers: keys.share("searchers"),
        persistence: keys.share("persistence"),
    };
    let segments: Vec<Segment> = items.iter().map(segment).collect();
    let total: f64 = segments.iter().map(|segment| segment.share).sum();
    if 1e-6 < (total - 1.0).abs() && keys.desk.sound(&["storefront.segments[]"]) {
        let message = format!("the shares of all segments add up to {:.4} %", 100.0 * total);
        keys.report("E0308", "segments", message, "let them add up to 100%");
    }
    segments
}
