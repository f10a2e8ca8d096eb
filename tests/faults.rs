//! Does each fault do what the catalog says, and nothing else?
//!
//! Every kind has a scenario in `scenarios/faults/`. It runs beside itself without the fault, on the same draws,
//! under the paranoid auditor; the outcome that the catalog demands must be seen with the fault and not without.

mod runs;

use std::sync::atomic::AtomicBool;

use ordermill::audit::Audit;
use ordermill::domain::{FAULTS, FaultKind, FaultTarget, OrderState, Refusal, Step};
use ordermill::experiment::{StudyOptions, fault_account, study};
use ordermill::kernel::time::Span;
use ordermill::metrics::CostLine;
use ordermill::model::Model;
use ordermill::report::document::{FaultFacts, Verdict};
use ordermill::report::{self, Beside};
use ordermill::scenario::{Scenario, keys};
use ordermill::sim::{Options, Outcome};

use runs::{read, replicate};

/// One replication with the fault and one without.
struct Pair {
    scenario: Scenario,
    model: Model,
    with: Outcome,
    without: Outcome,
}

fn pair(name: &str) -> Pair {
    pair_of(read(&format!("faults/{name}"), &[]))
}

/// Where nobody cancels: who cancels gives back what waits for its wave, too.
fn pair_without_cancels(name: &str) -> Pair {
    pair_of(read(&format!("faults/{name}"), &[("cancel.share", "0%")]))
}

fn pair_of(scenario: Scenario) -> Pair {
    let calm = Scenario { faults: Vec::new(), ..scenario.clone() };
    let options = Options { seed: 7, audit: Audit::Paranoid, ..Options::default() };
    let (model, calm) = (runs::model(&scenario), runs::model(&calm));
    let (with, without) = (replicate(&model, &options), replicate(&calm, &options));
    assert!(without.faults.struck.is_empty());
    Pair { scenario, model, with, without }
}

impl Pair {
    fn struck(&self) -> u64 {
        let struck = self.with.faults.struck.iter().sum();
        assert!(0 < struck, "{} struck nobody", self.scenario.name);
        struck
    }

    /// A figure with the fault, and without.
    fn both(&self, figure: impl Fn(&Outcome) -> u64) -> (u64, u64) {
        (figure(&self.with), figure(&self.without))
    }

    fn more(&self, figure: impl Fn(&Outcome) -> u64) -> u64 {
        let (with, without) = self.both(figure);
        assert!(without < with, "{}: {without} without, {with} with", self.scenario.name);
        with - without
    }

    fn fewer(&self, figure: impl Fn(&Outcome) -> u64) -> u64 {
        let (with, without) = self.both(figure);
        assert!(with < without, "{}: {without} without, {with} with", self.scenario.name);
        without - with
    }
}

fn refused(outcome: &Outcome, refusal: Refusal) -> u64 {
    outcome.metrics.refused[refusal as usize]
}

fn ended(outcome: &Outcome, state: OrderState) -> u64 {
    outcome.metrics.finals[state as usize]
}

fn steps(outcome: &Outcome, step: Step) -> u64 {
    outcome.metrics.steps[step as usize]
}

#[test]
fn p1_lost_answers_are_asked_for_and_never_captured_twice() {
    let pair = pair("gateway-timeout");
    assert!(pair.struck() > 50);
    assert_eq!(refused(&pair.with, Refusal::DuplicatePayment), 0);
    // What could not be learned in time was cancelled, and its captures went back.
    pair.more(|outcome| ended(outcome, OrderState::Cancelled));
    let refunded = pair.more(|outcome| steps(outcome, Step::LatePaymentRefunded));
    assert!(refunded <= pair.struck());
}

#[test]
fn p2_copies_of_a_callback_are_absorbed_but_for_the_first() {
    let pair = pair("duplicate-callback");
    let copies = u64::from(pair.scenario.faults[0].count) - 1;
    let absorbed = pair.both(|outcome| refused(outcome, Refusal::DuplicatePayment));
    assert_eq!(absorbed, (pair.struck() * copies, 0));
    let captured = pair.both(|outcome| outcome.metrics.captured as u64);
    assert_eq!(captured.0, captured.1);
}

#[test]
fn p3_late_captures_go_back_and_their_stock_is_free() {
    let pair = pair("late-callback");
    let (late, none) = pair.both(|outcome| steps(outcome, Step::LatePaymentRefunded));
    assert_eq!((late, none), (pair.struck(), 0));
    pair.more(|outcome| ended(outcome, OrderState::Expired));
    assert_eq!(ended(&pair.with, OrderState::Expired), late);
    pair.fewer(|outcome| ended(outcome, OrderState::Completed));
}

#[test]
fn p4_a_refund_before_its_capture_is_applied_once() {
    let pair = pair("refund-before-capture");
    assert!(pair.with.faults.parked.is_empty());
    let (applied, late) = (pair.with.faults.unparked, steps(&pair.with, Step::LatePaymentRefunded));
    assert_eq!(applied + late, pair.struck());
    pair.more(|outcome| ended(outcome, OrderState::Cancelled));
    assert_eq!(pair.without.faults.unparked, 0);
}

#[test]
fn p5_an_outage_makes_payments_wait_and_expire() {
    let pair = pair("gateway-outage");
    pair.more(|outcome| ended(outcome, OrderState::Expired));
    let station = pair.model.stations.iter().position(|row| row.name == "pay @ wallet").unwrap();
    pair.more(|outcome| outcome.stations[station].record.max_queue.into());
}

#[test]
fn p6_a_node_that_is_offline_gets_nothing_and_what_it_has_waits() {
    let scenario = read("faults/warehouse-offline", &[("run.log-one-in", "1")]);
    let node = |name: &str| scenario.nodes.iter().position(|node| node.name == name).unwrap();
    let (leipzig, fault) = (node("Leipzig"), &scenario.faults[0]);
    let off = fault.at.0..fault.at.0 + fault.length.0;
    // Fulfillment orders made for Leipzig, and picked there, while it is offline.
    let seen = |scenario: &Scenario| {
        let options = Options { seed: 7, audit: Audit::Paranoid, ..Options::default() };
        let outcome = replicate(&runs::model(scenario), &options);
        let log = &outcome.log;
        let at_leipzig = |order| {
            let mut own = log.fulfillments.iter().filter(|made| made.order == order).peekable();
            own.peek().is_some() && own.all(|made| made.node.index() == leipzig)
        };
        let within = log.rows.iter().filter(|row| off.contains(&row.at.0) && at_leipzig(row.order));
        let count = |step| within.clone().filter(|row| row.step == step).count() as u64;
        (count(Step::Allocated), count(Step::Packed), outcome)
    };
    let calm = Scenario { faults: Vec::new(), ..scenario.clone() };
    let (allocated, packed, with) = seen(&scenario);
    let (allocated_calm, packed_calm, without) = seen(&calm);
    assert_eq!(allocated, 0);
    assert!(50 < allocated_calm && 50 < packed_calm);
    assert!(packed <= 4, "{packed}: no more than what was in hand when it went off");
    assert!(0 < with.faults.struck[0]);
    // Nothing is lost: what waited goes out when the node is back.
    assert!(without.metrics.backordered < with.metrics.backordered);
    let steps = [&with, &without].map(|outcome| steps(outcome, Step::BackorderDropped));
    assert_eq!(steps[0], steps[1]);
    assert!(with.metrics.on_time < without.metrics.on_time);
}

#[test]
fn p6_what_nobody_has_picked_goes_to_nodes_that_work() {
    let pair = pair_without_cancels("warehouse-re-route");
    let mut stays = pair.scenario.clone();
    stays.faults[0].flag = false;
    let options = Options { seed: 7, audit: Audit::Paranoid, ..Options::default() };
    let stays = replicate(&runs::model(&stays), &options);
    assert_eq!((stays.faults.re_routed, steps(&stays, Step::Unassigned)), (0, 0));
    // From the waves and from before the pickers.
    let station = pair.model.stations.iter().position(|row| row.name == "pick @ Leipzig").unwrap();
    let (queued, re_routed) = (pair.with.stations[station].record.withdrawn, pair.with.faults.re_routed);
    assert!(0 < queued && queued <= re_routed, "{queued} of {re_routed}");
    assert_eq!(steps(&pair.with, Step::Unassigned), re_routed);
    // Whoever would have waited for the power is served by the other node, and nobody's goods are lost.
    let lead = [&stays, &pair.with].map(|outcome| outcome.metrics.lead.mean_s());
    assert!(lead[1] < lead[0], "{lead:?}, {re_routed} re-routed");
    let lost = |outcome: &Outcome| {
        let returning = outcome.open_states[OrderState::Returning as usize];
        (outcome.open() - returning, ended(outcome, OrderState::Cancelled))
    };
    assert_eq!(lost(&pair.with), lost(&stays));
    assert_eq!(pair.with.metrics.delivered, stays.metrics.delivered);
}

#[test]
fn p7_who_finds_too_few_is_served_elsewhere_waits_or_is_refunded() {
    let pair = pair_without_cancels("phantom-inventory");
    let (shorts, missing) = (steps(&pair.with, Step::Shorted), pair.with.ledgers.missing);
    assert!(20 < shorts && shorts == pair.struck() && shorts == pair.with.faults.short_picks);
    // Pickers and the count found all of it; what is missing is in the books no more.
    assert!(shorts < missing && pair.with.faults.phantom.is_empty());
    assert_eq!(pair.without.ledgers.missing, 0);
    assert_eq!(pair.both(|outcome| outcome.ledgers.supplied).0, pair.without.ledgers.supplied);
    // What one node lacks the other has: nobody goes without.
    let delivered = pair.both(|outcome| outcome.metrics.delivered);
    assert_eq!((delivered.0, steps(&pair.with, Step::BackorderDropped)), (delivered.1, 0));
    pair.more(|outcome| outcome.metrics.fulfillments);
    // A shop that takes no backorders refunds at once what is nowhere.
    let nowhere = [("allocation.backorder", "false"), ("stock.nodes-per-sku", "1"), ("cancel.share", "0%")];
    let scenario = read("faults/phantom-inventory", &nowhere);
    let options = Options { seed: 7, audit: Audit::Paranoid, ..Options::default() };
    let refunds = replicate(&runs::model(&scenario), &options);
    let dropped = steps(&refunds, Step::BackorderDropped);
    assert!(10 < dropped && dropped == steps(&refunds, Step::Shorted));
    assert!(0 < ended(&refunds, OrderState::Cancelled));
    let waits = [OrderState::Backordered, OrderState::InFulfillment];
    assert_eq!(waits.map(|state| refunds.open_states[state as usize]), [0, 0]);
}

#[test]
fn p7_no_more_is_missing_than_lay_there() {
    let play = |size: f64, missing: f64| {
        let mut scenario = read("faults/phantom-inventory", &[]);
        scenario.faults[0].size = size;
        scenario.faults[0].part = missing;
        let model = runs::model(&scenario);
        let outcome = replicate(&model, &Options { seed: 7, audit: Audit::Paranoid, ..Options::default() });
        (model, outcome)
    };
    let (model, none) = play(0.0, 1.0);
    assert_eq!((none.ledgers.missing, none.metrics.delivered), (0, play(1.0, 0.0).1.metrics.delivered));
    // Every shelf of Leipzig is empty from the second hour on: some was sold before, and nothing comes there.
    let leipzig = model.nodes.iter().position(|node| node.name == "Leipzig").unwrap();
    let there = model.initial_stock.iter().filter(|(_, node, _)| node.index() == leipzig);
    let units: u64 = there.map(|&(_, _, units)| u64::from(units)).sum();
    let (_, all) = play(1.0, 1.0);
    let missing = all.ledgers.missing;
    assert!(units / 2 < missing && missing < units, "{missing} of {units}");
}

#[test]
fn p8_no_shows_make_the_floor_late() {
    let pair = pair("no-shows");
    let station = pair.model.stations.iter().position(|row| row.name == "pick @ Leipzig").unwrap();
    pair.more(|outcome| outcome.stations[station].record.max_queue.into());
    // Eight hours of two pickers are not paid.
    let hours = pair.fewer(|outcome| (outcome.stations[station].staffed_us / 3_600_000_000) as u64);
    assert_eq!(hours, 16);
}

#[test]
fn p9_parcels_roll_over_or_go_with_the_overflow_carrier() {
    let pair = pair("carrier-capacity");
    pair.more(|outcome| outcome.metrics.carriers[1].parcels);
    let mut alone = read("faults/carrier-capacity", &[]);
    alone.faults[0].other = None;
    alone.faults[0].size = 0.99;
    let rolled = replicate(&runs::model(&alone), &Options { seed: 7, ..Options::default() });
    let rolls = |outcome: &Outcome| outcome.lanes.iter().map(|lane| lane.rolled_over).sum::<u64>();
    assert!(rolls(&pair.without) < rolls(&rolled));
}

#[test]
fn p10_parcels_wait_for_a_closed_lane_or_go_round() {
    let pair = pair("lane-closure");
    let lanes = pair.model.network.lanes().iter().zip(&pair.with.lanes).zip(&pair.without.lanes);
    let leipzig = lanes.filter(|((lane, _), _)| pair.model.nodes[lane.from.index()].name == "Leipzig");
    for ((_, with), without) in leipzig.filter(|((_, _), without)| 0 < without.departures) {
        assert!(with.departures < without.departures);
        assert_eq!(with.parcels, without.parcels, "whoever waited left later");
    }
    pair.fewer(|outcome| outcome.metrics.on_time);
}

#[test]
fn p10_parcels_go_round_a_closed_hub_by_their_own_carriers_other_lanes() {
    // The quick way from Hamburg to Munich leads over Frankfurt, the slow one straight there.
    let lanes = "[{from: fulfillment-centers, to: nearest-hub, departures: {every: 2 h}}, \
        {from: [Hamburg hub], to: [Frankfurt hub], departures: {every: 1 h}}, \
        {from: [Frankfurt hub], to: [Munich hub], departures: {every: 1 h}}, \
        {from: [Hamburg hub], to: [Munich hub], departures: {every: 12 h}, speed: 30 km/h}]";
    let nodes = "[{name: Hamburg, at: {city: Hamburg}, pickers: 4, packers: 4, graders: 1}, \
        {name: Hamburg hub, kind: hub, at: {city: Hamburg}, sorters: 1}, \
        {name: Frankfurt hub, kind: hub, at: {lat: 50.11, lon: 8.68}, sorters: 1}, \
        {name: Munich hub, kind: hub, at: {lat: 48.14, lon: 11.58}, sorters: 1}]";
    let play = |re_route: bool| {
        let closure =
            format!("[{{lane-closure: {{at: 0 s, for: 3 d, target: Frankfurt hub, re-route: {re_route}}}}}]");
        let changes = [
            ("nodes", nodes),
            ("network.lane-rules", lanes),
            ("stock.nodes-per-sku", "1"),
            ("faults", &closure),
        ];
        let options = Options { seed: 7, audit: Audit::Paranoid, ..Options::default() };
        let model = runs::model(&read("faults/lane-closure", &changes));
        let outcome = replicate(&model, &options);
        let straight = model.network.lanes().iter().zip(&outcome.lanes).filter(|(lane, _)| {
            let name = |node: ordermill::domain::NodeId| model.nodes[node.index()].name.as_str();
            (name(lane.from), name(lane.to)) == ("Hamburg hub", "Munich hub")
        });
        let parcels: u64 = straight.map(|(_, row)| row.parcels).sum();
        (parcels, outcome.metrics.lead.mean_s(), outcome.faults.struck[0])
    };
    let ((waited, slow, _), (round, quick, _)) = (play(false), play(true));
    assert!(waited == 0 && 100 < round, "{waited} and {round} went straight");
    assert!(quick + 3_600.0 < slow, "{quick} s against {slow} s");
}

#[test]
fn p11_a_surge_of_returns_comes_back_and_is_refunded() {
    let pair = pair("returns-surge");
    let more = pair.more(|outcome| steps(outcome, Step::ReturnRequested));
    assert_eq!(more, pair.struck());
    pair.more(|outcome| outcome.metrics.refunded as u64);
    assert!(3 * steps(&pair.without, Step::ReturnRequested) < steps(&pair.with, Step::ReturnRequested));
}

#[test]
fn p12_a_flash_sale_sells_what_is_there_and_no_unit_more() {
    let pair = pair("flash-sale");
    let refusals = pair.more(|outcome| refused(outcome, Refusal::OutOfStock));
    assert!(100 < refusals);
    // Where nothing comes back, the shelves of the SKU end empty: min(demand, stock) = stock was sold, and the
    // auditor saw no unit go twice.
    let kept = [
        ("cancel.share", "0"),
        ("payment.methods.*.success", "1"),
        ("review", "{manual-score: 100%, reject-score: 100%}"),
        (
            "after-sales",
            "{appearance-fault: 0, quantity-fault: 0, specification-fault: 0, change-of-mind: 0}",
        ),
        ("carriers.*.attempt-failure", "0"),
        ("basket.quantity", "[1]"),
    ];
    let sold_out = |faults: &[(&str, &str)]| {
        let scenario = read("faults/flash-sale", &[&kept[..], faults].concat());
        let options = Options { seed: 7, audit: Audit::Paranoid, ..Options::default() };
        replicate(&runs::model(&scenario), &options).skus_out_of_stock
    };
    assert_eq!((sold_out(&[]), sold_out(&[("faults", "[]")])), (1, 0));
}

#[test]
fn p13_a_wrong_clock_moves_waves_and_not_payments() {
    let pair = pair("clock-skew");
    let wave =
        |outcome: &Outcome| outcome.metrics.phases.times(ordermill::metrics::Phase::Wave).mean_s().to_bits();
    let (with, without) = pair.both(wave);
    assert_ne!(with, without);
    assert_eq!(pair.both(|outcome| outcome.metrics.captured as u64).0, pair.without.metrics.captured as u64);
    // A gateway whose clock is wrong: nothing moves, and the payments that its clock calls late are counted.
    let mut gateway = read("faults/clock-skew", &[]);
    gateway.faults[0].target = Some("wallet".into());
    gateway.faults[0].delay = gateway.payment.expiry;
    let seen = replicate(&runs::model(&gateway), &Options { seed: 7, ..Options::default() });
    assert_eq!(seen.digest, pair.without.digest);
    assert!(0 < seen.faults.struck[0]);
}

/// Faults of one cause act together, and each still does what it does alone.
#[test]
fn p16_a_storm_strikes_lanes_pickers_vehicles_and_a_gateway_at_once() {
    let pair = pair("storm");
    assert_eq!(pair.scenario.faults.len(), 4);
    assert!(0 < pair.with.faults.struck[0], "no parcel met a closed lane");
    let station = |name: &str| pair.model.stations.iter().position(|row| row.name == name).unwrap();
    let (pick, pay) = (station("pick @ Leipzig"), station("pay @ wallet"));
    // Eight hours of one picker.
    assert_eq!(pair.fewer(|outcome| (outcome.stations[pick].staffed_us / 3_600_000_000) as u64), 8);
    pair.more(|outcome| outcome.stations[pay].record.max_queue.into());
    pair.more(|outcome| ended(outcome, OrderState::Expired));
    pair.fewer(|outcome| outcome.metrics.on_time);
}

/// `explain faults` is where a planner finds them: all of them, each with its scenario.
#[test]
fn the_catalog_is_explained() {
    let explain = |term: &str| {
        let told =
            std::process::Command::new(env!("CARGO_BIN_EXE_ordermill")).args(["explain", term]).output();
        String::from_utf8(told.expect("the program runs").stdout).expect("it speaks UTF-8")
    };
    let all = explain("faults");
    for facts in FAULTS {
        let file = format!("scenarios/faults/{}.yaml", facts.name);
        assert!(all.contains(facts.help) && all.contains(&file), "{}", facts.name);
        assert!(all.contains(&explain(facts.name)), "{}", facts.name);
    }
}

#[test]
fn p14_a_submit_that_comes_again_makes_no_second_order() {
    let pair = pair("duplicate-submit");
    let copies = u64::from(pair.scenario.faults[0].count) - 1;
    let absorbed = pair.both(|outcome| refused(outcome, Refusal::DuplicateOrder));
    assert_eq!(absorbed, (pair.struck() * copies, 0));
    // Nothing else is different from the day on which each came once.
    let (with, without) = (&pair.with.metrics, &pair.without.metrics);
    assert_eq!((with.submitted, with.captured), (without.submitted, without.captured));
    assert_eq!(with.finals, without.finals);
}

#[test]
fn p17_goods_come_late_and_in_part() {
    let pair = pair("supplier-delay");
    pair.more(|outcome| outcome.metrics.backordered);
    let missing = pair.fewer(|outcome| outcome.ledgers.supplied);
    let ordered: u64 = pair.model.receipts.iter().map(|receipt| u64::from(receipt.quantity)).sum();
    let share = missing as f64 / ordered as f64;
    assert!((share - pair.scenario.faults[0].size).abs() < 0.1, "{share}");
}

#[test]
fn p18_an_order_keeps_the_price_of_its_submit() {
    let pair = pair("price-change");
    assert!(pair.with.faults.locked > 0 && pair.without.faults.locked == 0);
    pair.more(|outcome| outcome.metrics.captured as u64);
    // Nobody pays another price than that of the submit: the engine refuses any other amount.
    assert_eq!(pair.both(|outcome| refused(outcome, Refusal::PlanMismatch)), (0, 0));
    assert_eq!(pair.both(|outcome| steps(outcome, Step::Paid)).0, steps(&pair.without, Step::Paid));
}

/// The same seed with a fault that strikes nobody gives the same digest: a fault reshuffles nobody's luck.
#[test]
fn a_fault_that_strikes_nobody_moves_nothing() {
    for fault in FAULTS {
        let mut scenario = read(&format!("faults/{}", fault.name), &[]);
        let options = Options { seed: 3, ..Options::default() };
        let calm = Scenario { faults: Vec::new(), ..scenario.clone() };
        // It begins when all is over.
        for fault in &mut scenario.faults {
            fault.at = scenario.run.horizon;
        }
        let [a, b] = [&scenario, &calm].map(|scenario| replicate(&runs::model(scenario), &options).digest);
        assert_eq!(a, b, "{}", fault.name);
    }
}

/// Every kind has keys, and every key's kind is in the catalog; each has a runnable scenario of its name.
#[test]
fn the_catalog_the_keys_and_the_scenarios_agree() {
    let keyed = keys().iter().filter(|row| row.parent() == "faults[]").map(|row| row.name());
    let mut keyed: Vec<&str> = keyed.collect();
    let mut listed: Vec<&str> = FAULTS.iter().map(|facts| facts.name).collect();
    keyed.sort_unstable();
    listed.sort_unstable();
    assert_eq!(keyed, listed);
    // P16 is several of them with one cause: a list.
    let mut codes: Vec<_> = FAULTS.iter().map(|facts| facts.code).chain(["P16"]).collect();
    codes.sort_by_key(|code| code[1..].parse::<u32>().unwrap());
    assert_eq!(codes, (1..=18).map(|number| format!("P{number}")).collect::<Vec<_>>());
    let storm = read("faults/storm", &[]).faults;
    assert!(storm[1..].iter().all(|fault| fault.kind != storm[0].kind), "a storm has many faces");
    for facts in FAULTS {
        let scenario = read(&format!("faults/{}", facts.name), &[]);
        assert_eq!(scenario.faults[0].kind, facts.kind);
        let has = |key: &str| keys().iter().any(|row| row.path == format!("faults[].{}.{key}", facts.name));
        assert_eq!(has("target"), facts.target != FaultTarget::Nothing, "{}", facts.name);
        assert_eq!(FaultKind::named(facts.name), Some(facts.kind));
    }
}

/// The account of a scenario's faults, as `run` makes it.
fn account(scenario: &Scenario, replications: u32) -> FaultFacts {
    let calm = Scenario { faults: Vec::new(), ..scenario.clone() };
    let (model, calm) = (runs::model(scenario), runs::model(&calm));
    let options = StudyOptions { replications: Some(replications), seed: Some(7), ..StudyOptions::default() };
    let stop = AtomicBool::new(false);
    let study = study(scenario, &model, &options, &runs::Silent, &stop).unwrap();
    let found =
        fault_account(scenario, (&model, &calm), &study, &options, &runs::Silent, &stop).unwrap().unwrap();
    let beside = Beside { faults: Some(&found), ..Beside::default() };
    report::assemble_beside(scenario, &model, &study, &beside).faults.unwrap()
}

fn differs(facts: &FaultFacts, name: &str) -> f64 {
    facts.differences.iter().find(|row| row.name == name).map_or(0.0, |row| row.difference.mean)
}

#[test]
fn a_fault_without_effect_costs_nothing_and_is_over_at_once() {
    let mut scenario = read("faults/no-shows", &[]);
    scenario.faults[0].size = 0.0;
    let facts = account(&scenario, 2);
    assert!(facts.differences.iter().all(|row| row.difference.mean == 0.0 && row.with == row.without));
    assert_eq!(facts.in_work.with, facts.in_work.without);
    let row = &facts.faults[0];
    assert_eq!((row.extra_in_work.mean, row.recovered, row.recovery_s.unwrap().mean), (0.0, 2, 0.0));
    assert!(facts.broken.is_empty());
}

#[test]
fn the_account_says_what_an_outage_broke_and_when_it_was_over() {
    let scenario = read("faults/warehouse-offline", &[]);
    let facts = account(&scenario, 2);
    assert_eq!(facts.broken[0].place, "pick @ Leipzig");
    let row = &facts.faults[0];
    assert!(20.0 < row.extra_in_work.mean && row.recovered == 2);
    assert!(3_600.0 < row.recovery_s.unwrap().mean);
    assert!(0.0 < differs(&facts, "lead time, mean") && 100.0 < differs(&facts, "backordered"));
    let calm = &facts.slo_without;
    assert!(calm.iter().all(|row| row.verdict == Verdict::Holds), "{calm:?}");
    // Until it begins, both sides are one run.
    let begins = (row.from_s / runs::model(&scenario).interval.as_secs_f64()) as usize;
    assert_eq!(facts.in_work.with[..begins], facts.in_work.without[..begins]);
    assert_ne!(facts.in_work.with, facts.in_work.without);
}

#[test]
fn p15_a_lost_parcel_is_written_off_and_paid_back() {
    let pair = pair("parcel-loss");
    let lost = pair.with.faults.lost;
    assert!(10 < lost && lost == pair.struck(), "{lost}: none is still looked for at the horizon");
    assert_eq!(steps(&pair.with, Step::Lost), lost);
    assert_eq!(pair.without.ledgers.missing, 0);
    let missing = pair.more(|outcome| outcome.ledgers.missing);
    assert!(lost <= missing);
    // Whose only parcel it was gets all the money back; whose other parcels came keeps them.
    let ends = pair.more(|outcome| ended(outcome, OrderState::Undelivered));
    assert!(0 < ends && ends <= lost, "{ends} of {lost}");
    pair.more(|outcome| outcome.metrics.refunded as u64);
    assert_eq!(pair.with.ledgers.deposit, pair.without.ledgers.deposit, "nothing is owed for what is gone");
    // Nobody's order hangs: as many are open as without.
    let (with, without) = pair.both(|outcome| outcome.open_states[OrderState::InFulfillment as usize]);
    assert_eq!(with, without);
}

#[test]
fn p15_a_lost_parcel_is_sent_once_more() {
    let pair = pair("parcel-re-ship");
    let watch = &pair.with.faults;
    let replaced = steps(&pair.with, Step::Replaced);
    assert!(10 < replaced && replaced == watch.re_shipped && replaced + watch.lost == pair.struck());
    assert!(watch.on_the_floor.is_empty(), "all were found missing, and packed");
    // Nobody's money goes back for them: as many orders end well, later and for more freight.
    assert_eq!(watch.lost, 0, "the shelves are full enough");
    let delivered = pair.both(|outcome| outcome.metrics.delivered);
    assert_eq!(delivered.0, delivered.1);
    assert_eq!(pair.with.ledgers.shopper, pair.without.ledgers.shopper);
    let (late, calm) = pair.both(|outcome| outcome.metrics.delivered - outcome.metrics.on_time);
    assert!(calm < late, "{calm} {late}");
    let (lead, before) = (pair.with.metrics.lead.mean_s(), pair.without.metrics.lead.mean_s());
    assert!(before < lead, "{before} {lead}");
    // Every parcel that left was handed over, turned round, lost or is still on its way.
    let of = |step| steps(&pair.with, step);
    assert_eq!(of(Step::Shipped), of(Step::Delivered) + of(Step::DeliveryFailed) + replaced);
    assert_eq!(of(Step::Shipped), steps(&pair.without, Step::Shipped) + replaced);
    let lost: u64 = pair.with.metrics.carriers.iter().map(|carrier| carrier.lost).sum();
    assert_eq!(lost, replaced);
    // The carrier pays half.
    let mut scenario = pair.scenario.clone();
    scenario.faults[0].part = 0.0;
    let whole = replicate(&runs::model(&scenario), &Options { seed: 7, ..Options::default() });
    let goods = |outcome: &Outcome| outcome.metrics.costs.of(CostLine::LostGoods);
    assert!(0.0 < goods(&pair.with) && goods(&pair.without) == 0.0);
    assert_eq!(goods(&whole), 2.0 * goods(&pair.with));
    assert_eq!(whole.metrics.costs.total() - pair.with.metrics.costs.total(), goods(&pair.with));
    let freight = |outcome: &Outcome| outcome.metrics.costs.of(CostLine::Freight);
    assert!(freight(&pair.without) < freight(&pair.with));
}

#[test]
fn p15_what_the_node_has_no_more_is_paid_back() {
    let mut scenario = read("faults/parcel-re-ship", &[("stock.cover", "1")]);
    scenario.faults[0].size = 1.0;
    scenario.faults[0].length = Span(12 * scenario.faults[0].length.0);
    let options = Options { seed: 7, audit: Audit::Paranoid, ..Options::default() };
    let outcome = replicate(&runs::model(&scenario), &options);
    let watch = &outcome.faults;
    assert!(0 < watch.re_shipped && 0 < watch.lost, "{} {}", watch.re_shipped, watch.lost);
    assert_eq!(steps(&outcome, Step::Replaced) + steps(&outcome, Step::Lost), watch.re_shipped + watch.lost);
    assert!(watch.again.values().any(|&times| 1 < times), "nothing was lost twice");
    assert!(0 < ended(&outcome, OrderState::Undelivered));
}

#[test]
fn p15_parcels_are_lost_on_the_lanes_that_leave_a_node() {
    let of = |from: Option<&str>, name: &str| {
        let mut scenario = read(name, &[]);
        (scenario.faults[0].size, scenario.faults[0].other) = (1.0, from.map(str::to_owned));
        let options = Options { seed: 7, audit: Audit::Paranoid, ..Options::default() };
        replicate(&runs::model(&scenario), &options)
    };
    let lost = |from| of(from, "faults/parcel-loss").faults.lost;
    let (all, hamburg, leipzig) = (lost(None), lost(Some("Hamburg")), lost(Some("Leipzig")));
    assert!(0 < hamburg && 0 < leipzig);
    assert_eq!(all, hamburg + leipzig, "each parcel's first lane leaves one of the centers");
    // A hub has nothing to send once more: the parcel begins again at its center.
    let hub = of(Some("Hamburg hub"), "faults/parcel-re-ship");
    assert!(0 < hub.faults.re_shipped && hub.faults.on_the_floor.is_empty());
    let road: u64 = [Step::Delivered, Step::DeliveryFailed, Step::Lost, Step::Replaced]
        .map(|step| steps(&hub, step))
        .iter()
        .sum();
    assert_eq!(steps(&hub, Step::Shipped), road);
}

/// Every account closes: what the differences of the orders' ends say adds up, and work in process is what is open.
#[test]
fn accounts_add_up() {
    for facts in FAULTS {
        let pair = pair(facts.name);
        for (outcome, model) in [(&pair.with, &pair.model), (&pair.without, &pair.model)] {
            assert_eq!(model.horizon.0 % model.interval.0, 0);
            let open = OrderState::ALL.iter().filter(|state| state.is_in_work());
            let open: u64 = open.map(|&state| outcome.open_states[state as usize]).sum();
            assert_eq!(*outcome.metrics.in_work().last().unwrap(), open as i64, "{}", facts.name);
        }
        let told = account(&pair.scenario, 1);
        let ended = OrderState::ALL.iter().filter(|state| state.is_final());
        let ended: f64 = ended.map(|state| differs(&told, state.name())).sum();
        assert_eq!(
            ended + differs(&told, "open at the horizon"),
            differs(&told, "submitted"),
            "{}",
            facts.name
        );
    }
}
