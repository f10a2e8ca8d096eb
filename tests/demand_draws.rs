//! Drawn demand: distributions by chi-square under fixed seeds, and draws that nothing else can move.

use std::path::Path;

use ordermill::demand::{DemandTables, OrderDraft, Visitors};
use ordermill::domain::{CustomerId, Line, Money, OrderId, SkuId};
use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::Span;
use ordermill::scenario::{self, Scenario};
use statrs::distribution::{ChiSquared, ContinuousCDF};

fn scenario(overrides: &[(&str, &str)]) -> Scenario {
    let overrides: Vec<_> =
        overrides.iter().map(|(path, value)| (path.to_string(), value.to_string())).collect();
    scenario::read(Path::new("scenarios/quickstart.yaml"), &overrides)
        .unwrap_or_else(|found| panic!("{found}"))
}

fn tables(overrides: &[(&str, &str)]) -> DemandTables {
    DemandTables::build(&scenario(overrides)).unwrap()
}

/// Drafts of the first orders.
fn drafts(tables: &DemandTables, draw: Draw, count: u64) -> Vec<OrderDraft> {
    let one = |id| {
        let mut draft = OrderDraft::default();
        tables.draw_order(&draw, OrderId(id), &mut draft);
        draft
    };
    (0..count).map(one).collect()
}

/// Fails beyond the 0.9999 quantile of chi-square; cells of fewer than five expected are joined with the last.
fn check_counts(what: &str, counts: &[u64], shares: &[f64]) {
    assert_eq!(counts.len(), shares.len(), "{what}");
    let total = counts.iter().sum::<u64>() as f64;
    let (mut statistic, mut cells, mut rest) = (0.0, 0, (0.0, 0.0));
    for (&count, &share) in counts.iter().zip(shares) {
        let expect = share * total;
        if expect < 5.0 {
            rest = (rest.0 + count as f64, rest.1 + expect);
            continue;
        }
        statistic += (count as f64 - expect).powi(2) / expect;
        cells += 1;
    }
    if 5.0 <= rest.1 {
        statistic += (rest.0 - rest.1).powi(2) / rest.1;
        cells += 1;
    } else {
        assert!(rest.0 < 30.0, "{what}: {rest:?} in cells where next to nothing is expected");
    }
    let bound = ChiSquared::new(f64::from(cells - 1).max(1.0)).unwrap().inverse_cdf(0.9999);
    assert!(statistic < bound, "{what}: chi-square {statistic:.1} of {cells} cells, bound {bound:.1}");
}

fn histogram(values: impl Iterator<Item = usize>, cells: usize) -> Vec<u64> {
    let mut counts = vec![0; cells];
    values.for_each(|value| counts[value] += 1);
    counts
}

fn shares(weights: &[f64]) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

#[test]
fn zones_follow_their_weights() {
    let (scenario, tables) = (scenario(&[]), tables(&[]));
    let weights: Vec<f64> = scenario.tables.zones.iter().map(|zone| zone.weight).collect();
    let homes = (0..100_000).map(|customer| tables.home(&Draw::new(1, 0), CustomerId(customer)).index());
    check_counts("zones", &histogram(homes, weights.len()), &shares(&weights));
    let told: f64 = tables.expected_zone_share().iter().sum();
    assert!((told - 1.0).abs() < 1e-9);
}

#[test]
fn skus_follow_their_popularity() {
    for hot in ["0%", "90%"] {
        let tables = tables(&[("basket.lines", "[1]"), ("catalog.synthetic.hot-share", hot)]);
        let skus = tables.catalog().len();
        let popularity: Vec<f64> = (0..skus as u32).map(|sku| tables.popularity(SkuId(sku))).collect();
        let sold =
            drafts(&tables, Draw::new(2, 0), 200_000).into_iter().map(|draft| draft.lines[0].sku.index());
        check_counts(&format!("SKUs, hot share {hot}"), &histogram(sold, skus), &popularity);
    }
}

#[test]
fn baskets_and_terms_follow_their_weights() {
    let changes = [("catalog.synthetic.skus", "1000000"), ("catalog.synthetic.skew", "0")];
    let (scenario, tables) = (scenario(&changes), tables(&changes));
    let drafts = drafts(&tables, Draw::new(3, 0), 100_000);
    let check = |what: &str, weights: &[f64], of: &dyn Fn(&OrderDraft) -> usize| {
        check_counts(what, &histogram(drafts.iter().map(of), weights.len()), &shares(weights));
    };
    check("lines", &scenario.basket.lines, &|draft| draft.lines.len() - 1);
    check("quantity", &scenario.basket.quantity, &|draft| draft.lines[0].quantity as usize - 1);
    let methods: Vec<f64> = scenario.delivery.iter().map(|method| method.share).collect();
    check("delivery methods", &methods, &|draft| draft.method.index());
    let payments: Vec<f64> = scenario.payment.methods.iter().map(|method| method.share).collect();
    check("payment methods", &payments, &|draft| draft.payment.index());
}

#[test]
fn customers_order_by_zipf_and_live_where_they_live() {
    let tables = tables(&[("customers.count", "2000"), ("customers.skew", "0.8")]);
    assert_eq!(tables.customers_count(), 2_000);
    let weights: Vec<f64> = (1..=2_000).map(|rank| f64::from(rank).powf(-0.8)).collect();
    let drafts = drafts(&tables, Draw::new(4, 0), 50_000);
    let orders = histogram(drafts.iter().map(|draft| draft.customer.index()), 2_000);
    check_counts("customers", &orders, &shares(&weights));
    for draft in &drafts {
        assert_eq!(draft.zone, tables.home(&Draw::new(4, 0), draft.customer));
    }
}

#[test]
fn arrivals_are_poisson_at_the_hourly_rate() {
    let tables = tables(&[]);
    let expected = tables.expected_orders_by_hour();
    let hours = expected.len();
    let replications = 10;
    let mut statistic = 0.0;
    for replication in 0..replications {
        let arrivals: Vec<_> = tables.arrivals(Draw::new(5, replication)).unwrap().collect();
        assert!(arrivals.is_sorted_by_key(|arrival| arrival.at));
        assert!(arrivals.iter().enumerate().all(|(id, arrival)| arrival.id == OrderId(id as u64)));
        let hour = |at: u64| (at / Span::HOUR.0) as usize;
        let within = arrivals.iter().map(|arrival| hour(arrival.at.0)).filter(|&hour| hour < hours);
        let counts = histogram(within, hours);
        for (&count, &expect) in counts.iter().zip(expected) {
            assert!(0.0 < expect || count == 0);
            statistic += if 0.0 < expect { (count as f64 - expect).powi(2) / expect } else { 0.0 };
        }
    }
    let cells = f64::from(replications) * expected.iter().filter(|&&expect| 0.0 < expect).count() as f64;
    let law = ChiSquared::new(cells).unwrap();
    let (low, high) = (law.inverse_cdf(0.0001), law.inverse_cdf(0.9999));
    assert!((low..high).contains(&statistic), "{statistic} of {cells} cells: more or less even than Poisson");
}

#[test]
fn expected_units_are_met() {
    let tables = tables(&[("catalog.synthetic.skus", "40")]);
    let expected = tables.expected_units_per_sku();
    let orders = 200_000;
    let scale = orders as f64 / tables.expected_orders();
    let mut units = vec![0.0; 40];
    for line in drafts(&tables, Draw::new(6, 0), orders).iter().flat_map(|draft| draft.lines.clone()) {
        units[line.sku.index()] += f64::from(line.quantity);
    }
    for (sku, (&units, expected)) in units.iter().zip(expected).enumerate() {
        // Units of a line have a variance of less than twice their mean.
        let expected = expected * scale;
        assert!((units - expected).abs() < 4.0 * (2.0 * expected).sqrt(), "SKU {sku}: {units} {expected}");
    }
}

/// Common random numbers: what does not name a draw does not move it.
#[test]
fn a_draft_hangs_on_its_number_alone() {
    let plain = drafts(&tables(&[]), Draw::new(7, 0), 3_000);
    let again = {
        let tables =
            tables(&[("arrivals", "{constant: {rate: 10/h}}"), ("allocation.strategy", "fewest-splits")]);
        let mut buffer = OrderDraft::default();
        let mut drafts = vec![OrderDraft::default(); 3_000];
        for id in (0..3_000).rev() {
            tables.draw_order(&Draw::new(7, 0), OrderId(id), &mut buffer);
            drafts[id as usize] = buffer.clone();
        }
        drafts
    };
    assert_eq!(plain, again);

    let other_lines = drafts(&tables(&[("basket.lines", "[1, 1, 1, 1, 1, 1]")]), Draw::new(7, 0), 3_000);
    for (one, other) in plain.iter().zip(&other_lines) {
        assert_eq!(
            (one.customer, one.zone, one.method, one.payment),
            (other.customer, other.zone, other.method, other.payment)
        );
        assert_eq!(one.lines[0].sku, other.lines[0].sku);
    }
    let other_seed = drafts(&tables(&[]), Draw::new(8, 0), 3_000);
    assert!(plain.iter().zip(&other_seed).filter(|(one, other)| one == other).count() < 10);
}

#[test]
fn the_arrivals_content_is_the_draft_of_its_number() {
    let tables = tables(&[]);
    let mut arrivals = tables.arrivals(Draw::new(9, 3)).unwrap();
    let (mut told, mut drawn) = (OrderDraft::default(), OrderDraft::default());
    for _ in 0..500 {
        let arrival = arrivals.next().unwrap();
        arrivals.content(&tables, &mut told);
        tables.draw_order(&Draw::new(9, 3), arrival.id, &mut drawn);
        assert_eq!(told, drawn);
    }
}

#[test]
fn lines_name_distinct_skus_and_goods_add_up() {
    let tables = tables(&[("catalog.synthetic.skus", "3"), ("basket.lines", "[0, 0, 0, 0, 1]")]);
    for draft in drafts(&tables, Draw::new(10, 0), 1_000) {
        let price = |line: &Line| tables.catalog().sku(line.sku).price * i64::from(line.quantity);
        assert_eq!(draft.goods, draft.lines.iter().map(price).sum::<Money>());
        assert!(draft.lines.len() <= 3 && 5 <= draft.units());
        for (index, line) in draft.lines.iter().enumerate() {
            assert!(draft.lines[..index].iter().all(|before| before.sku != line.sku));
        }
    }
}

#[test]
fn a_warm_buffer_does_not_grow() {
    let tables = tables(&[]);
    let mut draft = OrderDraft::default();
    (0..20_000).for_each(|id| tables.draw_order(&Draw::new(1, 0), OrderId(id), &mut draft));
    let held = (draft.lines.as_ptr(), draft.lines.capacity());
    (0..20_000).for_each(|id| tables.draw_order(&Draw::new(1, 0), OrderId(id), &mut draft));
    assert_eq!((draft.lines.as_ptr(), draft.lines.capacity()), held);
}

#[test]
fn lost_visitors_are_as_many_as_the_funnel_loses() {
    let (scenario, tables) = (scenario(&[]), tables(&[]));
    let visitors = Visitors::new(&tables, &scenario.shop);
    let orders = tables.expected_orders();
    let shop = &scenario.shop;
    let total = orders / (shop.cart_rate * (1.0 - shop.cart_abandonment));
    assert!((visitors.expected() / total - 1.0).abs() < 1e-9);
    let (browse, cart) = visitors.expected_lost();
    let (mut at_browse, mut at_cart) = (0.0, 0.0);
    let replications = 20;
    for replication in 0..replications {
        for hour in 0..visitors.hours() {
            let lost = visitors.lost(&Draw::new(11, replication), hour);
            at_browse += lost.at_browse as f64;
            at_cart += lost.at_cart as f64;
        }
    }
    for (what, seen, mean) in [("browse", at_browse, browse), ("cart", at_cart, cart)] {
        let mean = mean * f64::from(replications);
        assert!((seen - mean).abs() < 4.0 * mean.sqrt(), "{what}: {seen} {mean}");
    }
    assert_eq!(visitors.lost(&Draw::new(11, 0), visitors.hours()), Default::default());
}

#[test]
fn weights_that_allow_no_choice_are_problems() {
    let mut scenario = scenario(&[]);
    scenario.basket.lines = vec![0.0, 0.0];
    scenario.basket.quantity = vec![];
    scenario.delivery[0].share = -1.0;
    scenario.tables.zones.clear();
    scenario.customers.count = 0;
    let problems = DemandTables::build(&scenario).unwrap_err();
    assert_eq!(problems.len(), 5, "{problems:?}");
    assert!(problems.iter().all(|problem| problem.code == "E0508"));
    scenario.arrivals = None;
    assert_eq!(DemandTables::build(&scenario).unwrap_err().last().unwrap().code, "E0510");
}
