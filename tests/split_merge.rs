//! Split and merge: who may share a box, how long a box waits, what a cancel takes out of it, and a reason for every
//! shipment beyond the first.

mod runs;

use std::collections::{BTreeMap, BTreeSet};

use ordermill::domain::{
    Command, Handle, HandlingClass, MethodId, NodeId, OrderId, OrderState, PaymentMethodId, Refusal, SkuId,
    Transition, ZoneId,
};
use ordermill::journal::Sink;
use ordermill::kernel::time::{Moment, Span};
use ordermill::model::Model;
use ordermill::sim::{Options, Outcome, simulate_onto};

#[derive(Clone)]
struct Order {
    customer: u32,
    zone: ZoneId,
    method: MethodId,
    payment: PaymentMethodId,
    promised: Moment,
    skus: Vec<SkuId>,
}

#[derive(Clone, Copy)]
struct Box_ {
    order: OrderId,
    node: NodeId,
    class: HandlingClass,
    made: Moment,
}

/// Follows the commands of a run.
struct Seen<'m> {
    model: &'m Model,
    orders: BTreeMap<OrderId, Order>,
    boxes: BTreeMap<Handle, Box_>,
    /// Guests by the box that carries them.
    guests: BTreeMap<Handle, Vec<Handle>>,
    merges: u32,
    /// Merges before the whole window had passed since the first of the group.
    early: u32,
    classes: BTreeSet<HandlingClass>,
    payments: BTreeSet<bool>,
    taken_apart: u32,
    /// Orders that were allocated anew after their box was taken apart, and those that still wait to be.
    orphans: BTreeSet<OrderId>,
    again: u32,
    first_shipments: u64,
}

impl Seen<'_> {
    fn cash(&self, order: &Order) -> bool {
        self.model.payment[order.payment.index()].cash_on_delivery
    }

    fn merged(&mut self, at: Moment, fulfillment: Handle, into: Handle) {
        let (guest, host) = (self.boxes[&fulfillment], self.boxes[&into]);
        let (a, b) = (self.orders[&guest.order].clone(), self.orders[&host.order].clone());
        assert_eq!((a.customer, a.zone, a.method), (b.customer, b.zone, b.method));
        assert_eq!((guest.node, guest.class), (host.node, host.class));
        assert_eq!(self.cash(&a), self.cash(&b), "paid at the door with paid before");
        self.payments.insert(self.cash(&a));
        self.classes.insert(guest.class);
        for (order, each) in [(&a, guest), (&b, host)] {
            let planned = self.model.network.earliest(order.method, each.node, order.zone, at).unwrap();
            assert!(planned <= order.promised || each.made == at, "it waited beyond its slack");
        }
        self.early += u32::from(at < host.made + self.model.floor.merge_window);
        self.merges += 1;
        self.guests.entry(into).or_default().push(fulfillment);
    }
}

impl Sink for Seen<'_> {
    fn saw(&mut self, at: Moment, command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        let Ok(transition) = outcome else { return };
        match command {
            Command::Submit { id, customer, zone, method, payment, promised, lines, .. } => {
                let order = Order {
                    customer: customer.0,
                    zone: *zone,
                    method: *method,
                    payment: *payment,
                    promised: *promised,
                    skus: lines.iter().map(|line| line.sku).collect(),
                };
                self.orders.insert(*id, order);
            }
            Command::Allocate { plan, .. } => {
                let id = transition.order.unwrap();
                let chunks = plan.chunk_by(|a, b| (a.node, a.group) == (b.node, b.group));
                for (&handle, shares) in transition.created.iter().zip(chunks) {
                    let sku = self.orders[&id].skus[usize::from(shares[0].line)];
                    let class = self.model.catalog().sku(sku).class;
                    self.boxes.insert(handle, Box_ { order: id, node: shares[0].node, class, made: at });
                    self.guests.remove(&handle);
                }
                let before = [Some(OrderState::AwaitingAllocation), Some(OrderState::Backordered)];
                self.first_shipments += u64::from(!plan.is_empty() && before.contains(&transition.from));
                self.again += u32::from(self.orphans.remove(&id));
            }
            Command::Merge { fulfillment, into } => self.merged(at, *fulfillment, *into),
            Command::Unassign { fulfillment } => {
                if let Some(guests) = self.guests.remove(fulfillment) {
                    self.taken_apart += 1;
                    let all =
                        guests.into_iter().chain([*fulfillment]).map(|handle| self.boxes[&handle].order);
                    self.orphans.extend(all);
                }
            }
            Command::DropBackorder { .. } => {
                self.orphans.remove(&transition.order.unwrap());
            }
            _ => {}
        }
    }
}

fn run(set: &[(&str, &str)], look: impl FnOnce(Seen<'_>, Outcome)) {
    let model = runs::model(&runs::read("smoke", set));
    let mut seen = Seen {
        model: &model,
        orders: BTreeMap::new(),
        boxes: BTreeMap::new(),
        guests: BTreeMap::new(),
        merges: 0,
        early: 0,
        classes: BTreeSet::new(),
        payments: BTreeSet::new(),
        taken_apart: 0,
        orphans: BTreeSet::new(),
        again: 0,
        first_shipments: 0,
    };
    let options = Options { seed: 1, ..Options::default() };
    let outcome = simulate_onto(&model, &options, Some(&mut seen)).expect("it runs");
    look(seen, outcome);
}

const FEW: [(&str, &str); 4] = [
    ("customers.count", "3"),
    ("payment.methods.2.share", "60%"),
    ("catalog.synthetic.classes.cold", "40%"),
    ("stock.cover", "2"),
];

#[test]
fn only_equals_share_a_box_and_none_waits_beyond_its_promise() {
    let mut set = FEW.to_vec();
    set.extend([("floor.merge-window", "9 h"), ("delivery.*.by-day", "false"), ("delivery.*.slack", "5 h")]);
    run(&set, |seen, outcome| {
        println!("{} merges, {} early, classes {:?}", seen.merges, seen.early, seen.classes);
        assert!(50 < seen.merges && 10 < seen.early, "{} merges, {} early", seen.merges, seen.early);
        assert_eq!((seen.classes.len(), seen.payments.len()), (2, 2), "the case is too poor");
        assert_eq!(outcome.metrics.merged, u64::from(seen.merges));
    });
    // With slack to spare the whole window is used.
    let mut set = FEW.to_vec();
    set.extend([("floor.merge-window", "2 h"), ("delivery.*.slack", "3 d")]);
    // But for backorders, which have waited for stock before.
    run(&set, |seen, _| assert!(20 * seen.early < seen.merges, "{} of {}", seen.early, seen.merges));
}

#[test]
fn a_cancel_before_the_wave_takes_the_box_apart() {
    let mut set = FEW.to_vec();
    set.extend([
        ("floor.merge-window", "20 m"),
        ("floor.wave.every", "4 h"),
        ("floor.wave.size", "5000"),
        ("delivery.*.slack", "3 d"),
        ("cancel.share", "40%"),
        ("cancel.after", "90 m"),
    ]);
    run(&set, |seen, outcome| {
        let cancelled = outcome.metrics.finals[OrderState::Cancelled as usize];
        println!("{} taken apart, {} allocated again, {cancelled} cancelled", seen.taken_apart, seen.again);
        assert!(5 < seen.taken_apart && 5 < seen.again && 100 < cancelled);
        assert!(seen.orphans.is_empty(), "{:?} were never allocated again", seen.orphans);
        // One order may lose two boxes at once.
        assert!(u64::from(seen.again) <= outcome.metrics.unmerged);
    });
}

#[test]
fn every_shipment_beyond_the_first_has_a_reason() {
    for (cover, strategy, units) in [
        ("0.7", "nearest", "20"),
        ("1.2", "cheapest-line", "1"),
        ("0.9", "wave", "2"),
        ("0.8", "bid-price", "20"),
    ] {
        let set = [
            ("stock.cover", cover),
            ("allocation.strategy", strategy),
            ("floor.box-max-units", units),
            ("floor.box-max-side", "0.25 m"),
            ("floor.merge-window", "0 s"),
            ("basket.quantity", "[1, 1, 1, 1]"),
        ];
        run(&set, |seen, outcome| {
            let metrics = &outcome.metrics;
            println!("{strategy}: {:?}", metrics.splits);
            let of_orders: u64 = metrics.splits[..5].iter().sum();
            assert_eq!(of_orders, metrics.fulfillments - seen.first_shipments);
            let parcels: u64 = metrics.nodes.iter().map(|node| node.parcels).sum();
            let packed = metrics.steps[ordermill::domain::Step::Packed as usize];
            assert_eq!(metrics.splits[5..].iter().sum::<u64>(), parcels - packed);
            assert!(
                0 < of_orders && packed < parcels && 0 < metrics.splits[7] + metrics.splits[8],
                "the case is too easy"
            );
        });
    }
}

/// The least cost of an order where boxes of a stream of `per_hour` orders may wait `most` hours: each box costs
/// `per_box`, each order `per_wait` an hour. Dynamic program over the orders in the open box and its age; the reward
/// of an order is what it would have cost by itself in the long run (renewal reward).
fn least_by_dynamic_program(per_hour: f64, most: f64, per_box: f64, per_wait: f64) -> f64 {
    const STEPS: usize = 400;
    const ORDERS: usize = 40;
    let step = most / STEPS as f64;
    let arrives = 1.0 - (-per_hour * step).exp();
    let from_first = |each: f64| {
        let mut later = [0.0f64; ORDERS + 1];
        for _ in 0..STEPS {
            let mut now = [0.0f64; ORDERS + 1];
            for orders in 1..ORDERS {
                let wait = orders as f64 * per_wait * step;
                let stay = arrives * (later[orders + 1] - each) + (1.0 - arrives) * later[orders];
                now[orders] = (wait + stay).min(0.0);
            }
            later = now;
        }
        per_box - each + later[1]
    };
    let (mut low, mut high) = (0.0, per_box);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if 0.0 < from_first(middle) { low = middle } else { high = middle }
    }
    low
}

/// When fulfillment orders of each shopper were made at each node.
#[derive(Default)]
struct Made {
    customers: BTreeMap<OrderId, u32>,
    at: BTreeMap<(u32, NodeId), Vec<Moment>>,
}

impl Made {
    /// Boxes, if each leaves when the window of its first has passed.
    fn groups(&self, window: Span) -> u64 {
        let of_one = |instants: &Vec<Moment>| {
            let (mut groups, mut end) = (0, None);
            for &at in instants {
                if end.is_none_or(|end| end <= at) {
                    (groups, end) = (groups + 1, Some(at + window));
                }
            }
            groups
        };
        self.at.values().map(of_one).sum()
    }
}

impl Sink for Made {
    fn saw(&mut self, at: Moment, command: &Command<'_>, outcome: Result<&Transition, Refusal>) {
        let Ok(transition) = outcome else { return };
        match command {
            Command::Submit { id, customer, .. } => {
                self.customers.insert(*id, customer.0);
            }
            Command::Allocate { plan, .. } => {
                let customer = self.customers[&transition.order.unwrap()];
                plan.iter().for_each(|share| self.at.entry((customer, share.node)).or_default().push(at));
            }
            _ => {}
        }
    }
}

/// M1: two warehouses, each with half of the goods, and shoppers who order again by chance. A box costs 5, and an hour
/// that an order waits 0.10.
#[test]
fn m1_merging_costs_no_more_than_a_fiftieth_above_the_dynamic_program() {
    let cost = |window: &str| {
        let set = [
            ("arrivals", "{constant: {rate: 300/h, duration: 5 d}}"),
            ("customers", "{count: 100, skew: 0}"),
            ("zones", "{cities: {country: de, count: 1}}"),
            ("catalog", "{synthetic: {skus: 30, classes: {cold: 0%}}}"),
            ("basket", "{lines: [1], quantity: [1]}"),
            ("stock", "{cover: 9, nodes-per-sku: 1}"),
            ("payment", "{methods: [{name: card, success: 100%, latency: 1 s, lanes: 1000}]}"),
            ("review", "{manual-score: 100%, reject-score: 100%}"),
            ("cancel.share", "0%"),
            ("delivery", "[{name: standard, slack: 5 d}]"),
            ("floor.wave", "~"),
            ("floor.merge-window", window),
            ("floor.box-max-weight", "9 t"),
            ("floor.box-max-volume", "90000 l"),
            ("floor.box-max-units", "60000"),
        ];
        let model = runs::model(&runs::read("smoke", &set));
        let mut made = Made::default();
        let options = Options { seed: 1, ..Options::default() };
        let outcome = simulate_onto(&model, &options, Some(&mut made)).expect("it runs");
        let groups = made.groups(model.floor.merge_window);
        let metrics = outcome.metrics;
        let waited = metrics.phases.times(ordermill::metrics::Phase::Wave);
        assert_eq!(metrics.fulfillments - metrics.merged, groups, "boxes that each wait the whole window");
        assert_eq!(metrics.merge_wait.sum_us(), waited.sum_us(), "there are no other waves");
        let boxes = (metrics.fulfillments - metrics.merged) as f64;
        let hours = waited.sum_us() as f64 / 3.6e9;
        let orders = metrics.fulfillments as f64;
        let by_node: Vec<f64> = metrics.nodes.iter().map(|node| node.units as f64 / orders).collect();
        ((5.0 * boxes + 0.1 * hours) / orders, by_node)
    };
    let (merged, shares) = cost("2 h");
    let of_node = |share: &f64| share * least_by_dynamic_program(share * 300.0 / 100.0, 2.0, 5.0, 0.1);
    let least: f64 = shares.iter().filter(|share| 0.0 < **share).map(of_node).sum();
    let alone = cost("0 s").0;
    println!("{merged:.4} an order, dynamic program {least:.4}, never merged {alone:.4}");
    assert!((0.98..1.02).contains(&(merged / least)), "{merged} against {least}");
    assert!(1.5 * least < alone, "there is little to merge");
}
