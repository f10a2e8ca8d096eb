//! Goods before anybody orders them: suppliers by (S-1, S) and (s, Q), transfers between centers by forecast and plan.

mod runs;

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus, ZeroConeT};
use ordermill::allocation::pre_position::{Arcs, Goods, plan};
use ordermill::audit::Audit;
use ordermill::kernel::draw::{Draw, Purpose};
use ordermill::metrics::CostLine;
use ordermill::sim::{Options, Outcome};

/// One replication of the smoke scenario; `audit` as closely as asked.
fn replicate(more: &[&str], audit: Audit, replication: u32) -> Outcome {
    let pairs: Vec<(&str, &str)> = more.iter().filter_map(|pair| pair.split_once('=')).collect();
    let model = runs::model(&runs::read("smoke", &pairs));
    runs::replicate(&model, &Options { seed: 5, replication, audit, ..Options::default() })
}

fn seen(more: &[&str]) -> Outcome {
    replicate(more, Audit::Paranoid, 0)
}

/// One SKU at one node, one unit an order, nothing comes back: demand is Poisson, 24 units in a lead time.
const ONE_CELL: &[&str] = &[
    "arrivals={constant: {rate: 4/h, duration: 100 d}}",
    "run.horizon=101 d",
    "run.warm-up=0 s",
    "catalog.synthetic={skus: 1}",
    "basket={lines: [1], quantity: [1]}",
    "stock.nodes-per-sku=1",
    "stock.safety=0%",
    "stock.receipts=[]",
    "customers.count=100000",
    "payment.methods=[{name: card, success: 100%, latency: 1 s}]",
    "carriers.*.attempt-failure=0%",
    "cancel.share=0%",
    "review.manual-score=100%",
    "review.reject-score=100%",
    "allocation.backorder-patience=30 d",
    "after-sales={appearance-fault: 0%, quantity-fault: 0%, specification-fault: 0%, change-of-mind: 0%}",
];

fn with<'a>(base: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [base, more].concat()
}

/// P(N <= most) of a Poisson number.
fn poisson_at_most(mean: f64, most: i32) -> f64 {
    let mut term = (-mean).exp();
    let mut sum = term;
    for k in 1..=most {
        term *= mean / f64::from(k);
        sum += term;
    }
    sum
}

/// Palm's theorem: units on order in (S-1, S) with backorders are Poisson with the mean demand of a lead time, whatever
/// the lead time's law; a unit is there for who asks when fewer than S are on order.
#[test]
fn a_base_stock_fills_as_palm_says() {
    let expected = poisson_at_most(24.0, 27);
    for lead in ["6 h", "{uniform: {from: 1 h, to: 11 h}}"] {
        let rule =
            format!("stock.replenish=[{{policy: base-stock, level: 28, review: 60 s, lead-time: {lead}}}]");
        // 9,600 orders; the first shelf is the base stock.
        let all = with(ONE_CELL, &["stock.cover=0.002916666", &rule]);
        let found: Vec<f64> = (0..4)
            .map(|replication| replicate(&all, Audit::Counters, replication).metrics.supply.found_share())
            .collect();
        let mean = found.iter().sum::<f64>() / 4.0;
        let spread = (found.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / 3.0).sqrt();
        println!("{lead}: {mean:.4} for {expected:.4}, +- {:.4}", 3.182 * spread / 2.0);
        // Student's t of three degrees at 99.9 %: 12.9; and half a minute of review in 6 h.
        assert!((mean - expected).abs() < 12.9 * spread / 2.0 + 0.003, "{mean} for {expected}");
        assert!((mean - expected).abs() < 0.04, "{mean} for {expected}");
    }
}

#[test]
fn lots_suppliers_and_levels_move_what_is_found() {
    let run = |rule: &str, cover: &str| {
        let rule = format!("stock.replenish=[{{{rule}}}]");
        let cover = format!("stock.cover={cover}");
        replicate(&with(ONE_CELL, &["arrivals.constant.duration=20 d", &cover, &rule]), Audit::Paranoid, 0)
    };
    let lots = run("policy: s-q, level: 20, quantity: 50, lead-time: 5 h, order-cost: 3", "0.02");
    let own = &lots.metrics.supply;
    assert_eq!((own.ordered % 50, own.orders[0]), (0, own.ordered / 50), "an order is a lot here");
    assert!(20 < own.orders[0] && own.supplied <= own.ordered && own.ordered - own.supplied <= 100);
    assert_eq!(lots.metrics.costs.of(CostLine::Purchasing), 300.0 * own.orders[0] as f64);
    // About (s + Q/2 less what a lead time asks) units lie there.
    let on_hand = own.mean_on_hand(lots_horizon());
    let base = run("level: 20, lead-time: 5 h", "0.01");
    assert!(10.0 < on_hand && base.metrics.supply.mean_on_hand(lots_horizon()) < on_hand, "{on_hand}");
    let high = run("level: 40, lead-time: 5 h", "0.02");
    let halves = run("level: 40, lead-time: 5 h, supplier-fill: 30%", "0.02");
    let found = |outcome: &Outcome| outcome.metrics.supply.found_share();
    assert!(found(&base) < found(&halves) && found(&halves) < found(&high));
    // Without a rule the same shelf is empty after a while.
    let none = replicate(
        &with(ONE_CELL, &["arrivals.constant.duration=20 d", "stock.cover=0.02"]),
        Audit::Paranoid,
        0,
    );
    assert_eq!((none.metrics.supply.asked, none.metrics.supply.supplied), (0, 0), "nobody counts");
    assert!(high.metrics.delivered > none.metrics.delivered * 3);
}

fn lots_horizon() -> ordermill::kernel::time::Moment {
    ordermill::kernel::time::Moment::ZERO + ordermill::kernel::time::Span::from_hours(24 * 101)
}

/// Two centers, each SKU at one of them; freight grows with the distance.
const REGIONS: &[&str] = &[
    "arrivals={profile: {orders: 3000, duration: 6 d, shape: average-day}}",
    "run.horizon=14 d",
    "stock.nodes-per-sku=1",
    "stock.cover=1.5",
    "stock.receipts=[]",
    "nodes.*.pickers=20",
    "carriers.*.rates=[{up-to: 250 km, first-kg: 4, per-further-kg: 1}, {up-to: 9000 km, first-kg: 9, per-further-kg: 2}]",
];

const MOVES: &str = "pre-position={every: 1 d, first: 1 h, horizon: 2 d, cost-per-unit-100km: 0.05}";
const WATCHES: &str = "pre-position={every: 1 d, first: 1 h, horizon: 0 d}";

#[test]
fn goods_that_go_ahead_are_served_nearby_and_save_freight() {
    let (moves, stays) = (seen(&with(REGIONS, &[MOVES])), seen(&with(REGIONS, &[WATCHES])));
    let (own, idle) = (&moves.metrics.supply, &stays.metrics.supply);
    assert_eq!(
        (idle.plans, idle.sent, idle.arrived),
        (0, 0, 0),
        "a plan that looks at nothing moves nothing"
    );
    assert_eq!(stays.metrics.costs.of(CostLine::Transfers), 0.0);
    let (near, far) = (own.nearby_share(), idle.nearby_share());
    let freight = |outcome: &Outcome| outcome.metrics.costs.of(CostLine::Freight);
    let ways = moves.metrics.costs.of(CostLine::Transfers);
    println!(
        "nearby {near:.3} for {far:.3}; freight {:.0} for {:.0}, ways {ways:.0}; {} units on {} trips; MASE {:.3}; \
         saved {:.0} of {:.0}",
        freight(&moves),
        freight(&stays),
        own.sent,
        own.trips,
        own.mase(),
        own.saved,
        own.bound
    );
    assert!(far + 0.15 < near, "{near} of {far} served nearby");
    assert!(freight(&moves) + ways < freight(&stays), "what is sent ahead saves more than its way");
    assert_eq!(own.sent, own.arrived, "all trips have ended");
    assert!((own.saved - own.bound).abs() < 1e-6 * own.bound, "no way is full");
    assert!(0.2 < own.mase() && own.mase() < 1.0, "the forecast beats the week before: {}", own.mase());
    // Orders are the same; the goods only lie elsewhere.
    assert_eq!(moves.metrics.submitted, stays.metrics.submitted);
}

#[test]
fn ways_that_are_full_or_dear_carry_less() {
    let sent = |more: &str| {
        let rules = format!("pre-position={{every: 1 d, first: 1 h, horizon: 2 d, {more}}}");
        let outcome = seen(&with(REGIONS, &[&rules]));
        let own = outcome.metrics.supply.clone();
        assert!(own.saved <= own.bound * (1.0 + 1e-9), "{more}: {} of {}", own.saved, own.bound);
        (own.sent, own.plans, own.nearby_share())
    };
    let free = sent("cost-per-unit-100km: 0.05");
    let full = sent("cost-per-unit-100km: 0.05, capacity: 10");
    assert!(0 < full.0 && full.0 <= full.1 * 20 && full.0 < free.0, "{full:?} {free:?}");
    let dear = sent("cost-per-unit-100km: 9");
    assert_eq!(dear.0, 0, "nobody pays more for a way than it saves");
    // What is near is worth something beside freight: the way is taken all the same.
    let worth = sent("cost-per-unit-100km: 9, local-value: 99");
    assert!(0 < worth.0 && dear.2 < worth.2, "{worth:?} {dear:?}");
}

/// Units on the road are nowhere else: the run ends while goods are under way, and with all that goes wrong beside.
#[test]
fn units_are_conserved_while_they_are_between_nodes() {
    let more = [
        "arrivals.profile.duration=40 h",
        "run.horizon=50 h",
        "pre-position={every: 5 h, first: 0 s, horizon: 1 d, history: 7 d, season: hour-of-day, handling: 40 h}",
        "stock.replenish=[{cover: 1 d, lead-time: 9 h, supplier-fill: 50%}]",
        "faults=[{phantom-inventory: {at: 1 h, for: 30 h, target: Hamburg, size: 60%, missing: 90%}}]",
    ];
    let outcome = seen(&with(REGIONS, &more));
    let own = &outcome.ledgers;
    assert!(0 < own.transfer, "something is under way at the end");
    let places = [
        own.available,
        own.held,
        own.fenced,
        own.picked,
        own.in_transit,
        own.customer,
        own.scrapped,
        own.missing,
        own.transfer,
    ];
    assert_eq!(own.supplied, places.iter().sum::<u64>());
    let seen = &outcome.metrics.supply;
    assert_eq!(seen.sent - seen.arrived, own.transfer);
}

const COST: Purpose = Purpose::named("cost");
const UNITS: Purpose = Purpose::named("units");

fn drawn(seed: u64, nodes: usize, skus: usize, capacity: u64) -> (Arcs, Vec<Goods>) {
    let draw = Draw::new(seed, 0);
    let cost = |entity: usize, low: f64, width: f64| low + width * draw.uniform(COST, entity as u64, 0);
    let way = (0..nodes * nodes).map(|arc| cost(arc, 1.0, 9.0)).collect();
    let arcs = Arcs { nodes, way, capacity, local: 2.0, rounds: 200 };
    let goods = |sku: usize| {
        let own = |at: usize| (sku + 1) * 1_000 + at;
        let units = |at: usize, most: u32| f64::from(draw.below(UNITS, own(at) as u64, 0, most));
        Goods {
            stock: (0..nodes).map(|node| units(node, 12)).collect(),
            demand: (0..nodes).map(|region| units(100 + region, 9)).collect(),
            freight: (0..nodes * nodes)
                .map(|pair| if pair % (nodes + 1) == 0 { 3.0 } else { cost(own(200 + pair), 4.0, 20.0) })
                .collect(),
        }
    };
    (arcs, (0..skus).map(goods).collect())
}

/// The program as it stands at the head of `pre_position`, written out for an interior point method.
fn least_cost(arcs: &Arcs, goods: &[Goods], moves: bool) -> f64 {
    let nodes = arcs.nodes;
    let far = |node: usize, region: usize| if node == region { 0.0 } else { arcs.local };
    let (mut costs, mut limits) = (Vec::new(), Vec::new());
    let mut equal: Vec<Vec<usize>> = Vec::new();
    let mut most: Vec<Vec<usize>> = vec![Vec::new(); nodes * nodes];
    for own in goods {
        let direct = |node: usize, region: usize| own.freight[node * nodes + region] + far(node, region);
        let dearest = (0..nodes * nodes).map(|pair| direct(pair / nodes, pair % nodes)).fold(0.0, f64::max);
        let first = most.len();
        most.extend(vec![Vec::new(); nodes]);
        for region in 0..nodes {
            let mut row = vec![costs.len()];
            costs.push(2.0 * dearest + 1.0);
            for node in 0..nodes {
                row.push(costs.len());
                most[first + node].push(costs.len());
                costs.push(direct(node, region));
                if moves && node != region {
                    row.push(costs.len());
                    most[first + node].push(costs.len());
                    most[node * nodes + region].push(costs.len());
                    costs.push(arcs.way[node * nodes + region] + own.freight[region * nodes + region]);
                }
            }
            equal.push(row);
            limits.push(own.demand[region]);
        }
    }
    limits.extend(vec![arcs.capacity as f64; nodes * nodes]);
    goods.iter().for_each(|own| limits.extend(&own.stock));
    limits.extend(vec![0.0; costs.len()]);
    let (mut i, mut j, mut v) = (Vec::new(), Vec::new(), Vec::new());
    for (row, columns) in equal.iter().chain(&most).enumerate() {
        columns.iter().for_each(|&column| (i.push(row), j.push(column), v.push(1.0)).0);
    }
    let first = equal.len() + most.len();
    (0..costs.len()).for_each(|column| (i.push(first + column), j.push(column), v.push(-1.0)).0);
    let matrix = CscMatrix::new_from_triplets(limits.len(), costs.len(), i, j, v);
    let cones = [ZeroConeT(equal.len()), NonnegativeConeT(most.len() + costs.len())];
    let settings = DefaultSettings { verbose: false, ..DefaultSettings::default() };
    let nothing = CscMatrix::zeros((costs.len(), costs.len()));
    let mut solver = DefaultSolver::new(&nothing, &costs, &matrix, &limits, &cones, settings).unwrap();
    solver.solve();
    assert!(matches!(solver.solution.status, SolverStatus::Solved | SolverStatus::AlmostSolved));
    solver.solution.obj_val
}

/// Without full ways a plan is the linear program's; with them it is between what it saves and what it says is most.
#[test]
fn plans_are_those_of_a_linear_program() {
    let (mut reached, mut proved, mut tight) = (0.0, 0.0, 0.0);
    for seed in 0..40 {
        for capacity in [1_000, 4] {
            let (arcs, goods) = drawn(seed, 4, 6, capacity);
            let best = least_cost(&arcs, &goods, false) - least_cost(&arcs, &goods, true);
            let made = plan(&arcs, &goods);
            let within = 1e-5 * best.abs().max(1.0);
            assert!(made.saved <= best + within, "seed {seed}: {} of {best}", made.saved);
            assert!(best <= made.bound + within, "seed {seed}: {best} above {}", made.bound);
            if capacity == 1_000 {
                assert!((made.saved - best).abs() <= within, "seed {seed}: {} of {best}", made.saved);
            } else {
                (reached, proved, tight) =
                    (reached + made.saved / best, proved + made.bound / best, tight + 1.0);
            }
            let mut used = [0; 16];
            for one in &made.moves {
                let goods = &goods[one.sku as usize];
                assert!(f64::from(one.quantity) <= goods.stock[usize::from(one.from)] && one.from != one.to);
                used[usize::from(one.from * 4 + one.to)] += u64::from(one.quantity);
            }
            assert!(used.iter().all(|&units| units <= capacity));
            assert_eq!(made, plan(&arcs, &goods), "the same plan each time");
        }
    }
    println!("full ways: {:.4} reached, {:.4} proved", reached / tight, proved / tight);
    assert!(0.985 < reached / tight && proved / tight < 1.005, "{} {}", reached / tight, proved / tight);
}
