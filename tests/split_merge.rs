//! Split and merge: who may share a box, how long a box waits, what a cancel takes out of it, and a reason for every
//! shipment beyond the first.

mod runs;

use std::collections::{BTreeMap, BTreeSet};

use ordermill::domain::{
    Command, Handle, HandlingClass, MethodId, NodeId, OrderId, OrderState, PaymentMethodId, Refusal, SkuId,
    Transition, ZoneId,
};
use ordermill::journal::Sink;
use ordermill::kernel::time::Moment;
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
            let planned = self.model.network.promise(order.method, each.node, order.zone, at).unwrap();
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
