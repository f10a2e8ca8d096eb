//! Keys of the storefront: what shoppers do before they order, where each of them is simulated.

use crate::scenario::key::{KeyRow, Kind::*, key, must};

pub const DEMANDS: &[&str] = &["orders", "sessions"];

/// A few thousand visitors, one in ten of whom orders.
const SHOP: &str = "demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%";
const SEGMENT: &str = "demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; storefront.segments=[{name: all, share: 100%}]";
const TWO: &str = "demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; storefront.segments=[{name: a, share: 100%, patience: 0.01}, {name: b, share: 0%}]";
const TIGHT: &str = "demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; storefront.tau=10 m; storefront.recommend.within=1 h; \
    storefront.page={servers: 4, work: 9 s}; storefront.search={servers: 3, work: 9 s}; storefront.recommend={servers: 1, work: 9 s}";
const TOGETHER: &str = "demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; basket.lines=[1, 1, 1]; storefront.recommend.within=1 m";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("demand", Word(DEMANDS), "orders", "orders: arrivals are orders, and those who leave before are counted. sessions: every visitor that `arrivals` and `shop` stand for is simulated, page by page, and orders what they put into the cart.")
        .probe("sessions"),
    key("storefront", Section, "{}", "What visitors see and do, with `demand: sessions`."),
    key("storefront.segments", Sections, "[{name: all, share: 100%}]", "Kinds of shoppers.").example("[{name: hunters, share: 30%, price-sensitivity: 2}, {name: others, share: 70%}]"),
    must("storefront.segments[].name", Text, "hunters", "Name, for print.").probe("others").with(SEGMENT),
    must("storefront.segments[].share", Share, "30%", "Share of visitors; the shares add up to 100%.").probe("50%").with(TWO),
    key("storefront.segments[].price-sensitivity", Number, "0.5", "Who sees goods at k times the median price of their category buys them k^-sensitivity times as often.").within(0.0, 10.0).probe("3").with(SEGMENT),
    key("storefront.segments[].patience", Number, "1", "Multiplies `tau`.").within(0.01, 100.0).probe("0.05").with(SEGMENT),
    key("storefront.segments[].searchers", Share, "60%", "Looks that are a search; the others open a category.").probe("5%").with(SEGMENT),
    key("storefront.segments[].persistence", Share, "60%", "Share who look again after a look that led to nothing.").within(0.0, 0.99).probe("5%").with(SEGMENT),

    key("storefront.page", Section, "{}", "The service that makes pages."),
    key("storefront.page.servers", Integer, "200", "Pages that it makes at a time.").within(1.0, 1e6).probe("2").with(TIGHT),
    key("storefront.page.work", Law, "{exponential: {mean: 80 ms}}", "Time for one.").probe("7 s").with(SHOP),
    key("storefront.search", Section, "{}", "The service that answers queries."),
    key("storefront.search.servers", Integer, "100", "Queries that it answers at a time.").within(1.0, 1e6).probe("1").with(TIGHT),
    key("storefront.search.work", Law, "{exponential: {mean: 60 ms}}", "Time for one.").probe("7 s").with(SHOP),
    key("storefront.search.synonyms", Flag, "true", "A word finds titles that name the same thing otherwise.").probe("false").with(SHOP),
    key("storefront.search.noise", Number, "0.5", "Standard deviation of what is wrong about the score of a result (BM25; a rare word is worth some 10).").within(0.0, 1e3).probe("20").with(SHOP),
    key("storefront.search.words", Weights, "[3, 4, 2]", "Weights of queries of 1, 2, ... words: the noun first.").probe("[0, 0, 0, 1]").with(SHOP),
    key("storefront.search.other-words", Share, "30%", "Share of words for which the shopper says another that names the same thing.").probe("100%").with("demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; storefront.search.synonyms=false"),
    key("storefront.search.typos", Share, "5%", "Share of words with a slip of the keyboard; as many of these have a second one.").probe("70%").with(SHOP),
    key("storefront.recommend", Section, "{}", "What was bought together lately, shown to who puts something into the cart."),
    key("storefront.recommend.servers", Integer, "100", "Requests that it answers at a time.").within(1.0, 1e6).probe("9").with(TIGHT),
    key("storefront.recommend.work", Law, "{exponential: {mean: 30 ms}}", "Time for one.").probe("400 ms").with(SHOP),
    key("storefront.recommend.within", Span, "500 ms", "Answers that come later are not seen.").probe("10 ms").with(SHOP),
    key("storefront.recommend.exposure", Share, "100%", "Share of shoppers to whom they are shown.").probe("0%").with(TOGETHER),
    key("storefront.recommend.show", Integer, "4", "How many.").within(1.0, 50.0).probe("1").with(TOGETHER),
    key("storefront.recommend.accept", Share, "15%", "Share of those shown that are taken, where they go with what is in the cart.").probe("90%").with(TOGETHER),
    key("storefront.recommend.accept-other", Share, "2%", "And where they do not.").probe("60%").with(TOGETHER),
    key("storefront.recommend.window", Integer, "100000", "Pairs of goods bought together that are remembered.").within(1.0, 1e8).probe("2").with(TOGETHER),
    key("storefront.together", Share, "50%", "Share of further lines that go with the first; the others are wanted for themselves.").probe("100%").with(TOGETHER),

    key("storefront.network", Law, "{exponential: {mean: 300 ms}}", "From the shop's answer to the shopper's screen.").probe("3 s").with(SHOP),
    key("storefront.assets", Integer, "8", "Images of a page; they load side by side, from a cache or from the origin.").within(0.0, 64.0).probe("30").with(SHOP),
    key("storefront.cache", Integer, "100000", "Images that the cache holds: those asked for last.").within(0.0, 1e8).probe("20").with(SHOP),
    key("storefront.asset-hit", Law, "30 ms", "Time to load an image that it holds.").probe("900 ms").with(SHOP),
    key("storefront.asset-miss", Law, "{exponential: {mean: 250 ms}}", "And from the origin.").probe("9 s").with(SHOP),
    key("storefront.tau", Span, "30 s", "Of those for whom a page loads a time t, the share 1 - exp(-(t / tau)^beta) leaves.").within(1e-3, 86_400.0).probe("1 s").with(SHOP),
    key("storefront.beta", Number, "1", "Above 1, short times are forgiven.").within(0.05, 20.0).probe("3").with(SHOP),

    key("storefront.results", Integer, "24", "Goods on a page of results, or of a category.").within(1.0, 100.0).probe("2").with(SHOP),
    key("storefront.narrow", Share, "50%", "Share of looks into a category that are narrowed to a price band.").probe("0%").with(SHOP),
    key("storefront.scan", Share, "95%", "Chance that a shopper who did not click looks at the next one (cascade model).").within(0.0, 1.0).probe("40%").with(SHOP),
    key("storefront.click", Share, "90%", "Chance of a click on what was wanted.").probe("20%").with(SHOP),
    key("storefront.click-other", Share, "2%", "Chance of a click on something else: it is what is wanted from then on.").probe("20%").with(SHOP),
    key("storefront.add", Share, "30%", "Share of product pages from which goods of median price and usual stars go into the cart.").within(1e-6, 1.0).probe("90%").with(SHOP),

    key("storefront.ratings", Section, "{}", "Stars that buyers give when they have received an order."),
    key("storefront.ratings.writers", Share, "10%", "Share of received orders whose buyer writes.").probe("90%").with(SHOP),
    key("storefront.ratings.spread", Number, "0.7", "Standard deviation of how good goods are, in stars.").within(0.0, 4.0).probe("3").with("demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; storefront.ratings.writers=100%"),
    key("storefront.ratings.prior", Number, "4", "Stars of goods of which nobody has written, and of usual goods.").within(1.0, 5.0).probe("2").with("demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; storefront.ratings.writers=100%"),
    key("storefront.ratings.prior-weight", Number, "5", "As many reviews as the prior counts for.").within(0.01, 1e6).probe("500").with("demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; storefront.ratings={writers: 100%, spread: 2, effect: 2}"),
    key("storefront.ratings.effect", Number, "0.3", "Goods with a star more than the prior are bought exp(effect) times as often.").within(0.0, 10.0).probe("3").with("demand=sessions; shop.cart-rate=30%; shop.cart-abandonment=30%; storefront.ratings={writers: 100%, spread: 2}"),
];
