//! Work in a warehouse: tours of pickers against routes that are counted out, one parameter after the other.

use ordermill::audit::Audit;
use ordermill::sim::{Options, Outcome};

use super::runs::{self, Run};
use super::{figure, play, refusal, state};

const AT_WORK: &[(&str, &str)] = &[
    ("run.horizon", "60 h"),
    ("run.warm-up", "0 s"),
    ("arrivals.constant.duration", "20 h"),
    ("catalog.synthetic.skus", "3000"),
    ("stock.cover", "50"),
    ("floor.pick-per-order", "5 s"),
    ("floor.pick-per-line", "10 s"),
];

fn working(more: &[(&str, &str)]) -> Run {
    play("oracles/base", &[AT_WORK, more].concat(), 1)
}

fn picking(run: &Run, measure: &str) -> f64 {
    figure(&run.document, "picking", measure)
}

/// Seconds that the servers of a station worked.
fn busy_s(run: &Run, name: &str) -> f64 {
    let station = run.model.stations.iter().position(|row| row.name == name).unwrap();
    run.study.outcomes[0].stations[station].record.area_busy as f64 / 1e6
}

/// Mean meters of a tour of `lines` lines, by counting out every way in which they can lie in the aisles; along an
/// aisle the farthest of k lines is k / (k + 1) of it in the mean. No code of the product.
fn counted_out(lines: u32, aisles: u32, length: f64, gap: f64, back_and_forth: bool) -> f64 {
    let ways = aisles.pow(lines);
    let mut sum = 0.0;
    for way in 0..ways {
        let mut held = vec![0.0; aisles as usize];
        (0..lines).for_each(|line| held[(way / aisles.pow(line) % aisles) as usize] += 1.0);
        let last = held.iter().rposition(|&k| 0.0 < k).unwrap();
        let visited: Vec<f64> = held.iter().copied().filter(|&k| 0.0 < k).collect();
        let in_and_out = |k: f64| 2.0 * length * k / (k + 1.0);
        sum += 2.0 * gap * last as f64;
        sum += match (back_and_forth, visited.len() % 2) {
            (true, _) => visited.iter().map(|&k| in_and_out(k)).sum::<f64>(),
            (false, 0) => length * visited.len() as f64,
            (false, _) => length * (visited.len() - 1) as f64 + in_and_out(held[last]),
        };
    }
    sum / f64::from(ways)
}

/// One picker who never stands still walks full tours only: the rate is that of the closed form.
#[test]
fn a_picker_is_as_fast_as_the_route_says() {
    for (method, route, batch) in [
        ("single", "s-shape", 1),
        ("batch", "s-shape", 4),
        ("batch", "return", 5),
        ("cluster", "return", 3),
        ("cluster", "s-shape", 6),
    ] {
        let rules = format!(
            "{{method: {method}, route: {route}, batch: {batch}, patience: 7 d, aisles: 4, aisle-length: 25 m, \
             aisle-gap: 3 m, walk: 3.6 km/h, per-unit: 2 s, sort-per-unit: 4 s, box-per-line: 3 s}}"
        );
        let run = working(&[("floor.picking", &rules), ("nodes.Center.pickers", "1")]);
        let meters = counted_out(batch, 4, 25.0, 3.0, route == "return");
        let apart = match method {
            "batch" => 4.0,
            "cluster" => 3.0,
            _ => 0.0,
        };
        let tour_s = meters + f64::from(batch) * (5.0 + 10.0 + 2.0 + apart);
        let said = format!("{method} {route} {batch}");
        assert_eq!(picking(&run, "orders a tour"), f64::from(batch), "{said}");
        let found = picking(&run, "meters a line") * f64::from(batch);
        assert!((found - meters).abs() < 1e-6 * meters, "{said}: {found} for {meters}");
        let rate = f64::from(batch) * 3_600.0 / tour_s;
        let found = picking(&run, "lines an hour");
        assert!((found - rate).abs() < 1e-4 * rate, "{said}: {found} for {rate}");
        // The station's job is the tour, and it takes as long.
        let station = run.document.stations.iter().find(|row| row.station == "pick @ Center").unwrap();
        let tours = picking(&run, "tours");
        assert!((station.served_count as f64 - tours).abs() <= 1.0, "{said}: {tours} tours");
        assert!(0.99 < station.utilization_ratio.mean, "{said}");
    }
}

#[test]
fn a_batch_of_one_is_single() {
    let rules = |method: &str| {
        format!("{{method: {method}, batch: 1, sort-per-unit: 0 s, box-per-line: 0 s, aisles: 6}}")
    };
    let told = |method: &str| {
        let run = working(&[("floor.picking", &rules(method)), ("nodes.Center.pickers", "12")]);
        let mut document = serde_json::to_value(&run.document).unwrap();
        document.as_object_mut().unwrap().remove("scenario");
        document
    };
    let single = told("single");
    assert_eq!(single, told("batch"));
    assert_eq!(single, told("cluster"));
}

/// Larger batches walk less for each line, and their orders wait longer for each other.
#[test]
fn larger_batches_walk_less_and_wait_longer() {
    let mut last: Option<(f64, f64, f64)> = None;
    for batch in [2, 4, 8, 16] {
        let rules = format!("{{method: batch, batch: {batch}, patience: 2 h}}");
        let run = working(&[("floor.picking", &rules)]);
        let of = |measure| picking(&run, measure);
        let now = (of("meters a line"), of("lines an hour"), of("wait for others"));
        // 600 orders an hour: the first of n waits for n - 1 more, 6 s each.
        let wait = f64::from(batch - 1) / 2.0 * 6.0;
        assert!((now.2 - wait).abs() < 0.1 * wait, "{batch}: waits {} for {wait}", now.2);
        if let Some(before) = last {
            assert!(now.0 < before.0 && before.1 < now.1 && before.2 < now.2, "{batch}: {before:?} {now:?}");
        }
        last = Some(now);
    }
    // A tour that waits for nobody is small.
    let hasty = working(&[("floor.picking", "{method: batch, batch: 16, patience: 1 s}")]);
    assert!(picking(&hasty, "orders a tour") < 2.0);
}

/// Three units an order and six on a cart: two orders a tour, however many go together.
#[test]
fn a_cart_is_not_loaded_beyond_its_units() {
    let cart = |units: u32| {
        let rules = format!("{{method: cluster, batch: 6, cart: {units}, patience: 7 d}}");
        let run = working(&[("floor.picking", &rules), ("basket.quantity", "[0, 0, 1]")]);
        picking(&run, "orders a tour")
    };
    assert!((cart(6) - 2.0).abs() < 1e-9);
    assert!((cart(9) - 3.0).abs() < 1e-9);
    assert!((cart(18) - 6.0).abs() < 1e-9);
}

/// Three lines over four zones: 4 (1 - (3/4)^3) parts an order; all of them come together again.
#[test]
fn parts_of_zones_come_together() {
    let of = |more: &[(&str, &str)]| {
        let zones = [
            ("basket.lines", "[0, 0, 1]"),
            ("floor.picking", "{method: zone, zones: 4, aisles: 8}"),
            ("nodes.Center.pickers", "40"),
        ];
        working(&[&zones[..], more].concat())
    };
    let run = of(&[]);
    let orders = run.document.orders.submitted as f64;
    assert_eq!(state(&run.document, "completed") as f64, orders, "nobody waits for a part for ever");
    assert_eq!(picking(&run, "lines"), run.document.orders.lines_count as f64);
    assert_eq!(picking(&run, "orders put together"), orders);
    let parts = picking(&run, "tours") / orders;
    assert!((parts - 4.0 * (1.0 - 0.75f64.powi(3))).abs() < 0.05, "{parts} parts an order");
    assert!(0.0 < picking(&run, "wait for the last part"));
    // Where parts are put together it takes time, and only there.
    let pack = |run: &Run| busy_s(run, "pack @ Center");
    let slow = of(&[("floor.picking.consolidate", "90 s")]);
    let more = (parts - 1.0) * orders;
    assert!((pack(&slow) - pack(&run) - 60.0 * more).abs() < 1e-3 * pack(&slow), "{}", pack(&slow));
    let one = of(&[("floor.picking.zones", "1")]);
    assert_eq!(picking(&one, "wait for the last part"), 0.0);
    assert!(pack(&one) < 1.0);
}

/// Under the auditor that follows every transition, and with everything else that a small shop does.
fn audited(more: &[(&str, &str)]) -> Outcome {
    let model = runs::model(&runs::read("smoke", more));
    runs::replicate(&model, &Options { seed: 3, audit: Audit::Paranoid, ..Options::default() })
}

/// Tours lose members to other nodes, and shelves are empty: those who stay are picked all the same.
#[test]
fn tours_survive_what_goes_wrong() {
    for rules in [
        "{method: batch, batch: 5, patience: 30 m}",
        "{method: cluster, batch: 3, cart: 4}",
        "{method: zone, zones: 3}",
    ] {
        let faults = "[{warehouse-offline: {at: 2 h, for: 9 h, target: Hamburg, re-route: true}}, \
                       {phantom-inventory: {at: 1 h, for: 20 h, target: Leipzig, size: 60%, missing: 50%}}, \
                       {parcel-loss: {at: 1 h, for: 100 h, target: paketdienst, size: 20%, re-ship: true}}]";
        let outcome = audited(&[("floor.picking", rules), ("faults", faults)]);
        assert!(0 < outcome.faults.short_picks, "{rules}");
        assert!(0 < outcome.faults.re_shipped, "{rules}");
        assert!(0 < outcome.faults.re_routed, "{rules}");
        assert!(300 < outcome.metrics.delivered, "{rules}: {}", outcome.metrics.delivered);
    }
}

#[test]
fn tours_that_nobody_can_walk_are_refused() {
    let no = refusal(&[("floor.picking", "{method: batch, batch: 12, cart: 10}")]);
    assert!(no.contains("E0308") && no.contains("a batch of 12 orders, but a cart takes 10 units"), "{no}");
    let no = refusal(&[("floor.picking", "{method: zone, zones: 0}")]);
    assert!(no.contains("E0206"), "{no}");
    let no = refusal(&[("floor.picking", "{method: zone, zones: 9, aisles: 8}")]);
    assert!(no.contains("9 zones in 8 aisles"), "{no}");
    let no = refusal(&[("floor.picking", "{method: zone, zones: 3}"), ("nodes.Center.pickers", "2")]);
    assert!(no.contains("E0306") && no.contains("\"Center\" has 2 pickers for 3 zones"), "{no}");
}
