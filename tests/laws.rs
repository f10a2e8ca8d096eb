//! What holds whatever the scenario: orders, units, money and time are conserved through a whole run.
//!
//! Every run of the grid writes its tape; a second judge plays the tape and adds up transitions alone, so what the
//! engine says of itself, what the watchers counted and what really moved are compared three ways.

mod runs;

use std::collections::BTreeMap;
use std::path::Path;

use ordermill::audit::Audit;
use ordermill::domain::{
    Account, Command, Handle, MoneyAccount, NodeId, OrderId, OrderState, SkuId, Step, Transition,
};
use ordermill::engine::Engine;
use ordermill::experiment::StudyOptions;
use ordermill::journal::play;
use ordermill::metrics::Phase;
use ordermill::model::Model;
use ordermill::report::Document;

use runs::{Overrides, Run, run_with};

/// Sums of transitions.
#[derive(Default)]
struct Judge {
    units: BTreeMap<Account, i64>,
    /// On the shelf of one cell: available, held, fenced.
    shelf: BTreeMap<(SkuId, NodeId, Account), i64>,
    money: BTreeMap<MoneyAccount, i64>,
    /// Paid and paid back, by order; not kept for parcels of several orders.
    paid: BTreeMap<OrderId, (i64, i64)>,
    states: BTreeMap<OrderId, OrderState>,
    steps: BTreeMap<Step, u64>,
    /// Units that were put on hold by the step that did it.
    held_by: BTreeMap<Step, u64>,
    /// Units on hold for orders that have not paid: now, and unit-microseconds.
    unpaid: BTreeMap<OrderId, i64>,
    unpaid_area: i128,
    last: u64,
    merged: BTreeMap<u64, Vec<Handle>>,
    packed_units: u64,
    shipped_units: u64,
}

impl Judge {
    fn of(tape: &Path, model: &Model) -> (Judge, Engine) {
        let engine = Engine::new(model.engine_size, model.engine_rules.clone());
        let (mut judge, mut transition) = (Judge::default(), Transition::default());
        play(tape, |at, command| {
            let shipped = match command {
                Command::Ship { parcel } => engine.parcel(*parcel).map(|parcel| parcel.units),
                _ => None,
            };
            if engine.apply(at, command, &mut transition).is_ok() {
                judge.time_passes(at.0);
                judge.sees(&transition);
                judge.follows(&engine, command, &transition, shipped);
            }
        })
        .unwrap_or_else(|error| panic!("{error:?}"));
        judge.time_passes(model.horizon.0);
        (judge, engine)
    }

    fn time_passes(&mut self, now: u64) {
        assert!(self.last <= now, "the tape runs back in time");
        let unpaid: i64 = self.unpaid.values().sum();
        self.unpaid_area += i128::from(unpaid) * i128::from(now - self.last);
        self.last = now;
    }

    fn sees(&mut self, transition: &Transition) {
        *self.steps.entry(transition.step).or_default() += 1;
        for moved in &transition.moves {
            let quantity = i64::from(moved.quantity);
            *self.units.entry(moved.from).or_default() -= quantity;
            *self.units.entry(moved.to).or_default() += quantity;
            for (account, change) in [(moved.from, -quantity), (moved.to, quantity)] {
                if matches!(account, Account::Available | Account::Held | Account::Fenced) {
                    *self.shelf.entry((moved.sku, moved.node, account)).or_default() += change;
                }
            }
            if moved.to == Account::Held && moved.from == Account::Available {
                *self.held_by.entry(transition.step).or_default() += u64::from(moved.quantity);
            }
        }
        for moved in &transition.moves {
            for account in [Account::Available, Account::Held, Account::Fenced] {
                let left = self.shelf.get(&(moved.sku, moved.node, account)).copied().unwrap_or(0);
                assert!(
                    0 <= left,
                    "oversold: {left} units {account:?} of {moved:?} by {:?}",
                    transition.step
                );
            }
        }
        self.books(transition);
        for (id, _, from, to) in transition.changes() {
            let known = self.states.insert(id, to);
            assert_eq!(known, from, "order {} at {:?}", id.0, transition.step);
        }
        self.watches_holds(transition);
    }

    fn books(&mut self, transition: &Transition) {
        for posting in &transition.postings {
            *self.money.entry(posting.from).or_default() -= posting.amount.0;
            *self.money.entry(posting.to).or_default() += posting.amount.0;
        }
        let (Some(order), true) = (transition.order, transition.also.is_empty()) else { return };
        let paid = self.paid.entry(order).or_default();
        for posting in &transition.postings {
            paid.0 += if posting.from == MoneyAccount::Shopper { posting.amount.0 } else { 0 };
            paid.1 += if posting.to == MoneyAccount::Shopper { posting.amount.0 } else { 0 };
        }
    }

    fn watches_holds(&mut self, transition: &Transition) {
        let Some(order) = transition.order else { return };
        if transition.to == Some(OrderState::AwaitingPayment) {
            let held = |moved: &&ordermill::domain::StockMove| moved.to == Account::Held;
            let units: i64 =
                transition.moves.iter().filter(held).map(|moved| i64::from(moved.quantity)).sum();
            *self.unpaid.entry(order).or_default() += units;
        } else {
            self.unpaid.remove(&order);
        }
    }

    /// Parcels partition the units of what was packed, and what is shipped is what was in the parcel.
    fn follows(&mut self, engine: &Engine, command: &Command<'_>, said: &Transition, shipped: Option<u32>) {
        match command {
            Command::Merge { fulfillment, into } => {
                self.merged.entry(into.bits()).or_default().push(*fulfillment);
            }
            Command::Pack { fulfillment, parcels } => {
                let mut members = self.merged.remove(&fulfillment.bits()).unwrap_or_default();
                members.push(*fulfillment);
                let units = |of: &Handle| engine.fulfillment(*of).expect("it is being packed").units;
                let wanted: u32 = members.iter().map(units).sum();
                let boxed = |of: &Handle| engine.parcel(*of).expect("it was just packed").units;
                let found: u32 = said.created.iter().map(boxed).sum();
                assert_eq!(said.created.len(), usize::from(*parcels));
                assert_eq!(found, wanted, "{} parcels of {} orders", said.created.len(), members.len());
                self.packed_units += u64::from(found);
            }
            Command::Ship { .. } => {
                let left: u32 = said
                    .moves
                    .iter()
                    .filter(|moved| moved.to == Account::InTransit)
                    .map(|moved| moved.quantity)
                    .sum();
                assert_eq!(Some(left), shipped, "what leaves is what was in the parcel");
                self.shipped_units += u64::from(left);
            }
            _ => {}
        }
    }

    fn units(&self, account: Account) -> u64 {
        let units = self.units.get(&account).copied().unwrap_or(0);
        u64::try_from(units).unwrap_or_else(|_| panic!("{units} units {account:?}"))
    }

    fn money(&self, account: MoneyAccount) -> i64 {
        self.money.get(&account).copied().unwrap_or(0)
    }

    fn step(&self, step: Step) -> u64 {
        self.steps.get(&step).copied().unwrap_or(0)
    }
}

/// Runs one replication with its tape; the laws inside the run hold, or it would not be here.
fn judged(name: &str, overrides: Overrides<'_>, seed: u64) -> (Run, Judge) {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let options = StudyOptions {
        replications: Some(1),
        seed: Some(seed),
        tape: Some(tape.clone()),
        ..Default::default()
    };
    let run = run_with(name, overrides, &options);
    let (judge, engine) = Judge::of(&tape, &run.model);
    assert_eq!(engine.digest(), run.study.outcomes[0].digest);
    (run, judge)
}

fn check(overrides: Overrides<'_>, seed: u64) -> (Run, Judge) {
    let (run, judge) = judged("smoke", overrides, seed);
    let said = format!("{overrides:?} seed {seed}");
    orders(&run, &judge, &said);
    units(&run, &judge, &said);
    money(&run, &judge, &said);
    tables(&run.document, &said);
    (run, judge)
}

fn orders(run: &Run, judge: &Judge, said: &str) {
    let (outcome, document) = (&run.study.outcomes[0], &run.document);
    let finals: u64 = document.orders.final_states.iter().map(|row| row.count).sum();
    let open: u64 = document.orders.open_states.iter().map(|row| row.count).sum();
    assert_eq!(document.orders.submitted, finals + document.orders.open, "{said}");
    assert_eq!(document.orders.open, open, "{said}");
    // Refused orders never came to be: the judge saw all others.
    let refused = outcome.metrics.refused_at_submit;
    assert_eq!(judge.states.len() as u64, document.orders.submitted - refused, "{said}");
    for &state in OrderState::ALL.iter().filter(|&&state| state != OrderState::Refused) {
        let seen = judge.states.values().filter(|&&found| found == state).count() as u64;
        let told = match state.is_final() {
            true => outcome.metrics.finals[state as usize],
            false => outcome.open_states[state as usize],
        };
        assert_eq!(seen, told, "{said}: {}", state.name());
    }
    for &step in &Step::ALL {
        // What only promotions make is told where there are any.
        let told = document.transitions.iter().find(|row| row.name == step.name());
        assert!(
            told.is_some() || step.is_of_promotions() || step.is_of_carts() || step.is_of_transfers(),
            "{said}: {} is not told",
            step.name()
        );
        assert_eq!(judge.step(step), told.map_or(0, |row| row.count), "{said}: {}", step.name());
    }
}

fn units(run: &Run, judge: &Judge, said: &str) {
    let (ledgers, stock) = (&run.study.outcomes[0].ledgers, &run.document.stock);
    let supplied = stock.initial_units + stock.received_units;
    let somewhere = stock.available_units
        + stock.held_units
        + stock.picked_units
        + stock.in_transit_units
        + stock.customer_units
        + stock.inspection_units
        + stock.scrapped_units
        + stock.missing_units;
    assert_eq!(supplied, somewhere, "{said}: units were lost or made");
    assert_eq!(judge.units.get(&Account::Supplier).copied(), Some(-(supplied as i64)), "{said}");
    let pairs = [
        (Account::Available, ledgers.available),
        (Account::Held, ledgers.held),
        (Account::Fenced, ledgers.fenced),
        (Account::Picked, ledgers.picked),
        (Account::InTransit, ledgers.in_transit),
        (Account::Customer, ledgers.customer),
        (Account::Inspection, 0),
        (Account::Scrapped, ledgers.scrapped),
        (Account::Missing, ledgers.missing),
    ];
    for (account, told) in pairs {
        assert_eq!(judge.units(account), told, "{said}: {account:?}");
    }
    let packed: u64 = run.document.shipments.nodes.iter().map(|node| node.units_count).sum();
    assert_eq!(packed, judge.packed_units, "{said}: units by node");
    assert!(judge.shipped_units <= judge.packed_units, "{said}");
}

fn money(run: &Run, judge: &Judge, said: &str) {
    let money = &run.document.money;
    assert_eq!(
        money.captured_minor - money.refunded_minor,
        money.revenue_minor + money.deposit_minor,
        "{said}: money was lost or made"
    );
    assert!((0..=money.captured_minor).contains(&money.refunded_minor), "{said}: {money:?}");
    assert_eq!(judge.money(MoneyAccount::Shopper), money.refunded_minor - money.captured_minor, "{said}");
    assert_eq!(judge.money(MoneyAccount::Deposit), money.deposit_minor, "{said}");
    assert_eq!(judge.money(MoneyAccount::Revenue), money.revenue_minor, "{said}");
    assert_eq!(judge.money(MoneyAccount::PointsHeld), money.points_held, "{said}");
    let alone = run.study.outcomes[0].metrics.merged == 0;
    for (order, &(captured, refunded)) in judge.paid.iter().filter(|_| alone) {
        assert!(refunded <= captured, "{said}: order {} got {refunded} for {captured}", order.0);
    }
}

/// Sums of the document's tables are its totals.
fn tables(document: &Document, said: &str) {
    let shipments = &document.shipments;
    let by_node: u64 = shipments.nodes.iter().map(|node| node.parcels_count).sum();
    assert_eq!(by_node, shipments.parcels_count, "{said}");
    let cost: f64 = document.cost.lines.iter().map(|line| line.minor).sum();
    assert!((cost - document.cost.total_minor.mean).abs() <= 1e-9 * cost, "{said}: {cost}");
    let flows: u64 = document.network.flows.iter().map(|flow| flow.parcels_count).sum();
    let labelled: u64 = shipments.carriers.iter().map(|carrier| carrier.parcels_count).sum();
    assert_eq!(flows, labelled, "{said}");
    assert_eq!(document.timeline.submitted.iter().sum::<u64>(), document.orders.submitted, "{said}");
    for stage in &document.stages {
        assert!(stage.left_count <= stage.entered_count, "{said}: {}", stage.stage);
    }
    let methods: u64 = document.delivery.methods.iter().map(|method| method.orders_count).sum();
    assert_eq!(methods, document.delivery.delivered_orders_count, "{said}");
}

/// What the plan costs whatever comes, what overtime adds, and what refused orders would have earned.
#[test]
fn capital_overtime_and_lost_sales_are_charged_at_their_rates() {
    let plan: Overrides<'_> = &[
        ("shifts.day", "[{from: \"06:00\", to: \"14:00\"}]"),
        ("nodes.*.shifts", "day"),
        ("nodes.*.pickers", "2"),
        ("stock.cover", "0.6"),
        ("allocation.backorder", "false"),
    ];
    let rates: Overrides<'_> = &[
        ("nodes.*.capital-per-day", "240"),
        ("costs.overtime-premium", "50%"),
        ("costs.lost-margin", "30%"),
    ];
    let options = StudyOptions { replications: Some(1), audit: Audit::Paranoid, ..StudyOptions::default() };
    let free = run_with("faults/base", plan, &options);
    let run = run_with("faults/base", &[plan, rates].concat(), &options);
    let line = |run: &Run, name: &str| {
        run.document.cost.lines.iter().find(|row| row.line == name).map(|row| row.minor).unwrap()
    };
    assert_eq!(["overtime premium", "capital", "lost sales"].map(|name| line(&free, name)), [0.0; 3]);
    let days = run.model.horizon.as_secs_f64() / 86_400.0;
    let capital = run.model.nodes.len() as f64 * 24_000.0 * days;
    assert!((line(&run, "capital") - capital).abs() < 1e-6 * capital);
    // Half a wage for every hour after the end of a shift.
    let outcome = &run.study.outcomes[0];
    let stations = run.model.stations.iter().zip(&outcome.stations);
    let overtime: f64 = stations
        .filter(|(row, _)| row.kind.cost_line().is_some())
        .map(|(row, own)| own.overtime_us as f64 / 3.6e9 * row.wage.0 as f64 / 2.0)
        .sum();
    assert!(0.0 < overtime && (line(&run, "overtime premium") - overtime).abs() < 1e-6 * overtime);
    // Refused orders are as dear as any others, about.
    let (refused, taken) = (outcome.metrics.refused_at_submit, outcome.metrics.submitted);
    assert!(50 < refused, "{refused}");
    let lost = line(&run, "lost sales") / refused as f64;
    let earned = 0.3 * (outcome.metrics.captured as f64) / (taken - refused) as f64;
    assert!((0.5..3.0).contains(&(lost / earned)), "{lost} {earned}");
    let sum: f64 = ["overtime premium", "capital", "lost sales"].iter().map(|name| line(&run, name)).sum();
    let more = run.document.cost.total_minor.mean - free.document.cost.total_minor.mean;
    assert!((more - sum).abs() < 1e-6 * sum, "nothing else moves: {more} {sum}");
    let planned = run.document.cost.plan_minor.mean - free.document.cost.plan_minor.mean;
    assert!((planned - capital).abs() < 1e-6 * capital, "capital is the plan's, the others come with orders");
}

#[test]
fn nothing_is_lost_or_made_whatever_the_scenario() {
    let mut seed = 0;
    let mut seen: BTreeMap<Step, u64> = BTreeMap::new();
    for strategy in ["priority", "nearest", "cheapest-line", "balance", "fewest-splits"] {
        for mode in ["submit", "pay", "allocate"] {
            for backorder in ["true", "false"] {
                for (wave, merge, cash, cover) in [
                    ("{every: 30 m, size: 20}", "20 m", "15%", "0.5"),
                    ("{every: 3 h, size: 5}", "0 s", "0%", "0.9"),
                    ("{every: 1 s, size: 1}", "3 h", "300%", "0.3"),
                ] {
                    seed += 1;
                    let overrides = [
                        ("allocation.strategy", strategy),
                        ("stock.reserve-at", mode),
                        ("allocation.backorder", backorder),
                        ("floor.wave", wave),
                        ("floor.merge-window", merge),
                        ("payment.methods.cash.share", cash),
                        ("stock.cover", cover),
                        ("cancel.share", "10%"),
                        ("allocation.backorder-patience", "2 d"),
                    ];
                    let (_, judge) = check(&overrides, seed);
                    judge.steps.iter().for_each(|(&step, count)| *seen.entry(step).or_default() += count);
                }
            }
        }
    }
    // Only faults make these: tests/faults.rs. And promotions theirs: tests/order_life/promotion.rs; transfers: tests/supply.rs.
    let of_faults = [Step::Unassigned, Step::WrittenOff, Step::Lost, Step::Replaced, Step::Shorted];
    let of_parts = |step: &Step| step.is_of_promotions() || step.is_of_carts() || step.is_of_transfers();
    let elsewhere = |step: &Step| of_faults.contains(step) || of_parts(step);
    let unseen: Vec<_> =
        Step::ALL.iter().filter(|step| !seen.contains_key(step) && !elsewhere(step)).collect();
    assert!(unseen.is_empty(), "the grid never saw {unseen:?}");
}

/// Boxes for single units, splits over nodes and classes, everything merged that can be, all sent back.
#[test]
fn nothing_is_lost_or_made_at_the_edges() {
    let edges: &[&[(&str, &str)]] = &[
        &[("floor.box-max-units", "1"), ("basket.quantity", "[1, 1, 1, 1]")],
        &[("customers.count", "3"), ("floor.merge-window", "6 h"), ("after-sales.change-of-mind", "90%")],
        &[("customers.count", "3"), ("floor.merge-window", "6 h"), ("floor.box-max-units", "3")],
        &[("carriers.*.attempt-failure", "70%"), ("after-sales.restock", "50%")],
        &[("payment.methods.*.cash-on-delivery", "true"), ("payment.methods.*.refuse-at-door", "50%")],
        &[
            ("payment.methods.*.late-share", "60%"),
            ("payment.expiry", "10 m"),
            ("payment.methods.*.duplicate", "50%"),
        ],
        &[("stock.cover", "0.05"), ("stock.safety", "50%")],
        &[("initial.backlog", "50"), ("initial.in-transit", "50"), ("stock.cover", "1.5")],
        &[
            ("review.manual-score", "10%"),
            ("review.manual-reject", "50%"),
            ("cancel.share", "60%"),
            ("cancel.after", "5 m"),
        ],
        &[("run.horizon", "3 h"), ("run.warm-up", "0 s")],
        &[("shop.load-time", "4 s"), ("arrivals.profile.orders", "3000"), ("allocation.max-splits", "1")],
        &[
            ("allocation.max-splits", "5"),
            ("basket.lines", "[1, 1, 1, 1, 1, 1, 1, 1]"),
            ("stock.nodes-per-sku", "1"),
        ],
    ];
    for (seed, overrides) in edges.iter().enumerate() {
        for mode in ["submit", "pay", "allocate"] {
            check(&[overrides, &[("stock.reserve-at", mode)][..]].concat(), seed as u64);
        }
    }
}

/// Everything that an order can wait for, and nothing that ends it early or gives it two parcels.
const WHOLE_LIVES: Overrides<'_> = &[
    ("run.horizon", "60 d"),
    ("run.warm-up", "0 s"),
    ("stock.cover", "30"),
    ("stock.safety", "0%"),
    ("allocation.max-splits", "1"),
    ("catalog.synthetic.classes.cold", "0%"),
    ("floor.box-max-weight", "9 t"),
    ("floor.box-max-volume", "90000 l"),
    ("floor.box-max-units", "60000"),
    ("floor.merge-window", "0 s"),
    ("payment.expiry", "20 d"),
    ("payment.methods.*.retry", "99%"),
    ("payment.methods.*.success", "90%"),
    ("payment.methods.card.success", "100%"),
    ("payment.methods.cash.refuse-at-door", "0%"),
    ("payment.methods.card.late-share", "30%"),
    ("review.manual-score", "50%"),
    ("review.reject-score", "100%"),
    ("review.manual-reject", "0%"),
    ("cancel.share", "0%"),
    ("carriers.*.attempts", "100"),
    ("carriers.*.attempt-failure", "20%"),
];

/// Submit to door, of all orders together: pay, review, ... last mile add up to the lead times, to the microsecond.
#[test]
fn the_phases_add_up_to_the_lead_time() {
    let declined = ("payment.methods.*.success", "100%");
    for (name, overrides) in [
        ("smoke", [WHOLE_LIVES, &[declined]].concat()),
        ("twin", vec![("run.warm-up", "0 s"), ("run.horizon", "300 h")]),
    ] {
        let run = run_with(name, &overrides, &StudyOptions { replications: Some(2), ..Default::default() });
        for outcome in &run.study.outcomes {
            let metrics = &outcome.metrics;
            assert_eq!(
                (metrics.delivered, outcome.open()),
                (metrics.submitted, 0),
                "{name}: every order arrives"
            );
            let way = [
                Phase::Pay,
                Phase::Review,
                Phase::Allocate,
                Phase::Wave,
                Phase::Pick,
                Phase::Pack,
                Phase::Dock,
                Phase::Linehaul,
                Phase::Sort,
                Phase::LastMile,
            ];
            let phases: u128 = way.iter().map(|&phase| metrics.phases.times(phase).sum_us()).sum();
            assert_eq!(phases, metrics.lead.sum_us(), "{name}");
            for phase in way {
                let (entered, left) = (metrics.phases.entered_count(phase), metrics.phases.left_count(phase));
                assert_eq!(entered, left, "{name}: {}", phase.name());
            }
        }
    }
}

/// In a run that ends empty, whatever entered a phase has left it: no token runs a stage twice.
#[test]
fn what_entered_a_phase_left_it_once() {
    let mut empty = 0;
    for mode in ["submit", "pay", "allocate"] {
        let overrides = [("stock.reserve-at", mode), ("stock.cover", "2"), ("run.horizon", "120 d")];
        let options = StudyOptions { replications: Some(4), ..StudyOptions::default() };
        let run = run_with("smoke", &overrides, &options);
        for outcome in run.study.outcomes.iter().filter(|outcome| outcome.open() == 0) {
            empty += 1;
            for &phase in Phase::ALL {
                let phases = &outcome.metrics.phases;
                let (entered, left) = (phases.entered_count(phase), phases.left_count(phase));
                assert_eq!(entered, left, "{mode}: {}", phase.name());
            }
        }
    }
    assert!(6 <= empty, "only {empty} of 12 runs end empty");
}

/// A wave that filled up while a merge group was let go once ran the group's first tokens again.
#[test]
fn tokens_of_a_full_wave_run_once() {
    let overrides = [
        ("customers.count", "3"),
        ("floor.merge-window", "6 h"),
        ("floor.wave", "{every: 3 h, size: 5}"),
        ("floor.box-max-units", "2"),
        ("run.horizon", "120 d"),
    ];
    let (run, judge) = check(&overrides, 1);
    let phases = &run.study.outcomes[0].metrics.phases;
    assert_eq!(phases.entered_count(Phase::Pick), judge.step(Step::Started));
    assert_eq!(phases.entered_count(Phase::Wave), run.document.shipments.fulfillment_orders_count);
}

/// When stock is held (DESIGN section 5): never oversold in any mode, the judge looks at each transition; what
/// differs is who pays for the scarcity.
#[test]
fn the_three_ways_to_reserve_differ_as_they_should() {
    let scarce = |mode| {
        let overrides = [
            ("stock.reserve-at", mode),
            ("stock.cover", "0.5"),
            ("stock.safety", "0%"),
            ("allocation.backorder", "false"),
            ("payment.methods.*.latency", "{exponential: {mean: 10 m}}"),
            ("payment.methods.*.lanes", "1000"),
            ("payment.methods.card.success", "60%"),
            // A cancel of what is allocated already drops units, too.
            ("cancel.share", "0%"),
        ];
        check(&overrides, 3)
    };
    let (submit, pay, allocate) = (scarce("submit"), scarce("pay"), scarce("allocate"));
    let out_of_stock = |run: &Run| run.study.outcomes[0].metrics.refused_at_submit;
    let held = |judge: &Judge, step| judge.held_by.get(&step).copied().unwrap_or(0);

    // Unpaid holds: only where stock is held at submit.
    assert!(0 < submit.1.unpaid_area, "unpaid orders hold stock");
    assert_eq!((pay.1.unpaid_area, allocate.1.unpaid_area), (0, 0));
    assert!(0 < held(&submit.1, Step::Submitted));
    assert_eq!((held(&pay.1, Step::Submitted), held(&allocate.1, Step::Submitted)), (0, 0));
    assert!(0 < held(&pay.1, Step::Paid));
    assert_eq!((held(&submit.1, Step::Paid), held(&allocate.1, Step::Paid)), (0, 0));
    assert!(0 < held(&allocate.1, Step::Allocated));

    // Paid, then refused: never where stock is held before the shopper pays.
    let disappointed = |judge: &Judge| judge.step(Step::PaidThenRefused) + judge.step(Step::BackorderDropped);
    assert_eq!(disappointed(&submit.1), 0, "who pays gets it");
    assert!(0 < pay.1.step(Step::PaidThenRefused), "paid while another took the last unit");
    assert_eq!(allocate.1.step(Step::PaidThenRefused), 0);
    assert!(0 < allocate.1.step(Step::BackorderDropped), "paid, and nothing is left at allocation");

    // Held for shoppers who never pay: more are turned away at the door.
    assert!(out_of_stock(&allocate.0) < out_of_stock(&submit.0));
    let completed = |run: &Run| run.study.outcomes[0].metrics.finals[OrderState::Completed as usize];
    assert_ne!(completed(&submit.0), completed(&pay.0), "conversion differs");
}
