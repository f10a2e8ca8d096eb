//! Assembles the model from a scenario. What the reader could not check, because it needs the tables, is
//! reported as diagnostics like everything else: all at once.

use std::io::Write;

use super::network::{cut_off, network_input};
use super::stations::stations;
use super::stock::{centers, initial_stock, receipts};
use super::*;
use crate::allocation::{
    AllocationTables, Allocator, BoxLimits, Forecast, Offer, Registry, Settings, Surroundings,
};
use crate::demand::DemandTables;
use crate::domain::FaultKind;
use crate::engine::{CartRules, CouponRule, EngineRules, EngineSize};
use crate::logistics::{Network, NetworkProblem};
use crate::scenario::spec::{LawSpec, Scenario};
use crate::scenario::{Diagnostic, Diagnostics, Place, Severity};

/// Slots made ahead: the engine adds segments when more orders are in flight.
const ORDERS_HINT: u32 = 65_536;

impl Model {
    pub fn build(scenario: &Scenario) -> Result<Model, Diagnostics> {
        Model::of(scenario, DemandTables::build(scenario))
    }

    /// As `build`, and writes the rows of a replay that are rejected, with reason, as CSV.
    pub fn build_with_rejects(scenario: &Scenario, rejects: &mut dyn Write) -> Result<Model, Diagnostics> {
        Model::of(scenario, DemandTables::build_with_rejects(scenario, rejects))
    }

    fn of(scenario: &Scenario, demand: Result<DemandTables, Vec<Problem>>) -> Result<Model, Diagnostics> {
        let demand =
            demand.map_err(|problems| Diagnostics(problems.into_iter().map(demand_problem).collect()))?;
        let network = Network::build(network_input(scenario, &scenario.tables.zones))
            .map_err(|problems| network_problems(scenario, &problems))?;
        if let Some((reached, apart)) = cut_off(&network) {
            return Err(Diagnostics(vec![two_parts(scenario, &reached, &apart)]));
        }
        let stations = stations(scenario);
        let initial_stock = initial_stock(scenario, &demand, &network);
        let receipts = receipts(scenario, &demand, &initial_stock);
        let tables = Arc::new(allocation_tables(scenario, &network));
        let skus = demand.catalog().len() as u32;
        let names = demand.catalog().names.iter().zip(0..).map(|(name, index)| (name.as_str(), index));
        let faults = Faults::build(scenario, &names.collect(), &network);
        Ok(Model {
            horizon: Moment(scenario.run.horizon.0),
            warm_up: Moment(scenario.run.warm_up.0),
            interval: scenario.run.interval,
            log_one_in: scenario.run.log_one_in,
            engine_size: EngineSize { skus, nodes: scenario.nodes.len() as u16, orders_hint: ORDERS_HINT },
            engine_rules: engine_rules(scenario, &demand),
            shop: shop(&scenario.shop),
            checkout: checkout(scenario),
            cart: scenario.cart.as_ref().map(super::cart::cart),
            wishlist: scenario.wishlist.as_ref().map(super::cart::wishlist),
            signing: scenario.payment.signing.as_ref().map(super::cart::signing),
            choosy: super::cart::choosy(scenario),
            promotions: promotions(&scenario.promotions),
            methods: methods(scenario),
            pick_up: scenario.fetches().then(|| PickUp::build(&scenario.pick_up, &scenario.tables.zones)),
            payment: payment(scenario, &stations.payment),
            payment_window: scenario.payment.expiry,
            watches_payment: (scenario.payment.methods.iter()).any(|method| {
                method.timeout.is_some() || method.rate_limit_per_hour.is_some() || method.fallback.is_some()
            }),
            takes_cash: scenario.payment.methods.iter().any(|method| method.cash_on_delivery),
            review: Review {
                manual_score: scenario.review.manual_score,
                reject_score: scenario.review.reject_score,
                station: stations.review,
                work: law(&scenario.review.work),
                manual_reject: scenario.review.manual_reject,
                fraud: scenario.review.fraud,
                separation: scenario.review.separation,
                detection: scenario.review.detection,
                chargeback_fee: scenario.review.chargeback_fee,
                rules: scenario.review.rules.clone(),
            },
            cancel: Cancel { share: scenario.cancel.share, after: law(&scenario.cancel.after) },
            floor: floor(&scenario.floor),
            boxes: BoxLimits {
                max_weight_g: scenario.floor.box_max_weight_g,
                max_volume_ml: scenario.floor.box_max_volume_ml,
                max_units: scenario.floor.box_max_units,
                max_side_mm: scenario.floor.box_max_side_mm,
            },
            sells_long_goods: (demand.catalog().skus.iter())
                .any(|sku| scenario.floor.box_max_side_mm < sku.longest_mm),
            allocator: allocator(scenario, &demand, &tables, &receipts),
            replenish: Replenishment::build(scenario, &demand, &network, &initial_stock),
            pre_position: PrePosition::build(
                scenario,
                &demand,
                &network,
                || forecast(scenario, &demand, &tables, &receipts),
                |zone| {
                    let methods = (0..scenario.delivery.len()).map(|method| MethodId(method as u8));
                    methods.filter_map(|method| tables.reach(method, zone).near.first().copied()).next()
                },
            ),
            rules: rules(scenario),
            min_box_value: scenario.allocation.min_box_value,
            reserve_at: scenario.stock.reserve_at,
            backorder_patience: scenario.allocation.backorder_patience,
            after_sales: after_sales(&scenario.after_sales),
            costs: scenario.costs.clone(),
            initial: scenario.initial.clone(),
            safety: scenario.stock.safety,
            pack_work: pack_work(scenario, &stations.nodes),
            pick_work: pick_work(scenario, &stations.nodes),
            promise: scenario.promise,
            mishaps: Mishaps::build(scenario),
            carrier_choice: scenario.carrier_choice,
            tracking: scenario.tracking.as_ref().map(Tracking::build),
            inspection: Inspection::build(scenario),
            signature: scenario.signature,
            re_ship: scenario.after_sales.re_ship,
            return_freight: scenario.carriers.iter().map(|carrier| carrier.return_freight).collect(),
            door_is_told: scenario.signature.is_some()
                || scenario.carriers.iter().any(|carrier| 0.0 < carrier.return_freight)
                || scenario.payment.methods.iter().any(|method| Span::ZERO < method.remit_after),
            traces: scenario.network.trace,
            attempt_ug: (scenario.carriers.iter())
                .map(|carrier| libm::round(carrier.co2_g_per_attempt * 1e6) as u128)
                .collect(),
            returns: scenario.returns.as_ref().map(Returns::build),
            complaints: (scenario.complaints.as_ref())
                .map(|spec| Complaints::build(spec, stations.complaints)),
            experience: scenario.experience.as_ref().map(Experience::build),
            service: scenario.service.as_ref().map(|spec| Service::build(spec, stations.service)),
            storefront: Storefront::build(scenario, &demand, stations.storefront).map(Box::new),
            movement: Movement::build(scenario).map(Box::new),
            nodes: stations.nodes,
            stations: stations.rows,
            carrier_names: scenario.carriers.iter().map(|carrier| carrier.name.clone()).collect(),
            zones: scenario.tables.zones.clone(),
            visitors: Visitors::new(&demand, &scenario.shop),
            expected: expected(scenario),
            demand,
            network,
            tables,
            initial_stock,
            receipts,
            faults,
        })
    }
}

fn diagnostic(code: &'static str, place: String, message: String, help: String) -> Diagnostic {
    Diagnostic {
        code,
        severity: Severity::Error,
        origin: place,
        place: Place::whole(0),
        message,
        read: None,
        help: Some(help),
        excerpt: String::new(),
    }
}

fn demand_problem(problem: Problem) -> Diagnostic {
    diagnostic(problem.code, problem.place, problem.message, problem.remedy)
}

/// What is wrong with the network, by the names that the planner gave.
fn network_problems(scenario: &Scenario, problems: &[NetworkProblem]) -> Diagnostics {
    let told = |problem: &NetworkProblem| {
        let (place, message) = match problem {
            NetworkProblem::UnreachableZones { method, zones } => {
                let names =
                    zones.iter().take(5).map(|zone| scenario.tables.zones[zone.index()].name.as_str());
                let names = names.collect::<Vec<_>>().join(", ");
                let more = if 5 < zones.len() { ", ..." } else { "" };
                let method = &scenario.delivery[method.index()].name;
                (format!("delivery.{method}"), format!("{problem} \"{method}\": {names}{more}"))
            }
            _ => ("network".to_owned(), problem.to_string()),
        };
        let help = "check network.lane-rules, the lanes file, and the carriers of the delivery methods";
        diagnostic("E0901", place, message, help.to_owned())
    };
    Diagnostics(problems.iter().map(told).collect())
}

fn two_parts(scenario: &Scenario, reached: &[NodeId], apart: &[NodeId]) -> Diagnostic {
    let named = |nodes: &[NodeId]| {
        let names = nodes.iter().take(4).map(|node| scenario.nodes[node.index()].name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        if 4 < nodes.len() { format!("{names} and {} more", nodes.len() - 4) } else { names }
    };
    let message =
        format!("the network is in two parts: no lane leads from {} to {}", named(reached), named(apart));
    let help = "add a lane from one part to the other, or take out the hubs that nothing reaches";
    diagnostic("E0901", "network".to_owned(), message, help.to_owned())
}

/// The distribution that the planner described.
pub fn law(spec: &LawSpec) -> Law {
    match spec {
        LawSpec::Constant(span) => Law::constant(*span),
        LawSpec::Uniform { from, to } => Law::uniform(*from, *to),
        LawSpec::Exponential { mean } => Law::exponential(*mean),
        LawSpec::Erlang { mean, phases } => Law::erlang(*phases, *mean),
        LawSpec::Gamma { mean, cv } => Law::gamma(1.0 / (cv * cv), *mean),
        LawSpec::LognormalMedian { median, sigma } => Law::lognormal(*median, *sigma),
        LawSpec::LognormalMean { mean, cv } => Law::lognormal_by_mean(*mean, *cv),
        LawSpec::Triangular { low, mode, high } => Law::triangular(*low, *mode, *high),
        LawSpec::Weibull { scale, shape } => Law::weibull(*shape, *scale),
        LawSpec::Empirical { quantiles } => Law::quantiles(quantiles),
    }
}

fn expected(scenario: &Scenario) -> Expected {
    let shares = |weights: Vec<f64>| {
        let total: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / total).collect::<Vec<f64>>()
    };
    let lines = shares(scenario.basket.lines.clone());
    Expected {
        lines: mean_of(&lines),
        units_per_line: mean_of(&shares(scenario.basket.quantity.clone())),
        method_share: shares(scenario.delivery.iter().map(|method| method.share).collect()),
        payment_share: shares(scenario.payment.methods.iter().map(|method| method.share).collect()),
    }
}

/// Of shares of 1, 2, 3, ...
fn mean_of(shares: &[f64]) -> f64 {
    shares.iter().enumerate().map(|(index, share)| share * (index + 1) as f64).sum()
}

/// Mean packing work of one fulfillment order, by node.
fn pack_work(scenario: &Scenario, nodes: &[Node]) -> Vec<Span> {
    let (floor, lines) = (&scenario.floor, expected(scenario).lines);
    let work = law(&floor.pack_per_order).mean_secs() + law(&floor.pack_per_line).mean_secs() * lines;
    nodes.iter().map(|node| node.hasten(Span::from_secs_f64(work))).collect()
}

/// Mean picking work of one fulfillment order, by node; of pickers of zones each does a part of it.
fn pick_work(scenario: &Scenario, nodes: &[Node]) -> Vec<Span> {
    let (jobs, seconds) = floor(&scenario.floor).pick_job(expected(scenario).order());
    nodes.iter().map(|node| node.hasten_secs(jobs * seconds)).collect()
}

fn shop(shop: &spec::Shop) -> Shop {
    Shop {
        pages: shop.pages,
        load_time: law(&shop.load_time),
        slow_page: LoadTimeEffect::new(shop),
        think_time: law(&shop.think_time),
        cart_time: law(&shop.cart_time),
    }
}

fn promotions(promotions: &spec::Promotions) -> Option<Promotions> {
    if promotions.coupons.is_empty() && promotions.points.is_none() {
        return None;
    }
    let mut groups: Vec<&String> =
        promotions.coupons.iter().filter_map(|coupon| coupon.group.as_ref()).collect();
    groups.sort();
    groups.dedup();
    let coupon = |coupon: &spec::Coupon| Coupon {
        name: coupon.name.clone(),
        off: coupon.off,
        threshold: coupon.threshold,
        class: coupon.class,
        group: coupon.group.as_ref().and_then(|own| groups.binary_search(&own).ok()).map(|group| group as u8),
        share: coupon.share,
    };
    Some(Promotions {
        coupons: promotions.coupons.iter().map(coupon).collect(),
        points: promotions.points.clone(),
    })
}

fn checkout(scenario: &Scenario) -> Checkout {
    let checkout = &scenario.checkout;
    let shows_offers = scenario.delivery.iter().any(|method| method.offers != Offers::Fastest);
    let steps = checkout.steps;
    let loss = |steps: u32| 1.0 - libm::pow(1.0 - checkout.step_loss, f64::from(steps));
    Checkout {
        steps,
        step_time: law(&checkout.step_time),
        loss: loss(steps),
        loss_one_click: loss(steps.min(1)),
        one_click: checkout.one_click,
        address: (0.0 < checkout.address_error).then(|| Address {
            error: checkout.address_error,
            check: checkout.address_check,
            correction: law(&checkout.address_correction),
            patience: checkout.address_patience,
        }),
        quote: checkout.quote_lifetime.map(|lifetime| Quote {
            lifetime,
            changes_per_us: checkout.price_changes_per_hour / 3.6e9,
            change: checkout.price_change,
            loss: checkout.price_loss,
        }),
        // Who weighs nothing takes methods by share and offers evenly.
        choice: checkout.choice.or(shows_offers.then_some(Choice { per_money: 0.0, per_day: 0.0 })),
    }
}

fn methods(scenario: &Scenario) -> Vec<Method> {
    let row = |method: &spec::DeliveryMethod| Method {
        name: method.name.clone(),
        price: method.price,
        rank: method.rank,
        to: method.to,
        offers: method.offers,
    };
    scenario.delivery.iter().map(row).collect()
}

fn payment(scenario: &Scenario, stations: &[StationId]) -> Vec<PaymentMethod> {
    let row = |(method, &station): (&spec::PaymentMethod, &StationId)| PaymentMethod {
        name: method.name.clone(),
        cash_on_delivery: method.cash_on_delivery,
        station,
        latency: law(&method.latency),
        success: method.success,
        retry: method.retry,
        retry_after: law(&method.retry_after),
        late_share: method.late_share,
        late_delay: law(&method.late_delay),
        duplicate: method.duplicate,
        fee: method.fee,
        refuse_at_door: method.refuse_at_door,
        remit_after: method.remit_after,
        timeout: method.timeout,
        limit: method.rate_limit_per_hour.map(|per_hour| {
            let gap = Span::from_secs_f64(3_600.0 / per_hour);
            RateLimit { gap, slack: Span(gap.0 * u64::from(method.burst - 1)) }
        }),
        fallback: method
            .fallback
            .map(|to| Fallback { to: PaymentMethodId(to as u8), share: method.fallback_share }),
    };
    scenario.payment.methods.iter().zip(stations).map(row).collect()
}

fn floor(floor: &spec::Floor) -> Floor {
    Floor {
        pick_per_order: law(&floor.pick_per_order),
        pick_per_line: law(&floor.pick_per_line),
        pack_per_order: law(&floor.pack_per_order),
        pack_per_line: law(&floor.pack_per_line),
        sort: law(&floor.sort),
        grade: law(&floor.grade),
        wave: floor.wave.clone(),
        merge_window: floor.merge_window,
        queue: floor.queue,
        picking: floor.picking.as_ref().map(super::Picking::new),
        notes: floor.notes.clone(),
        put_away: floor.put_away.as_ref().map(|rules| law(&rules.work)),
        staging: floor.staging,
        learning: floor.learning,
    }
}

fn after_sales(rules: &spec::AfterSales) -> AfterSales {
    let faulty = rules.appearance_fault + rules.quantity_fault + rules.specification_fault;
    let shares = [
        (Fault::Appearance, rules.appearance_fault),
        (Fault::Quantity, rules.quantity_fault),
        (Fault::Specification, rules.specification_fault),
        // Only flawless parcels are sent back for no reason.
        (Fault::ChangeOfMind, rules.change_of_mind * (1.0 - faulty).max(0.0)),
    ];
    let mut up_to = 0.0;
    let faults = shares.map(|(fault, share)| {
        up_to += share;
        (fault, up_to)
    });
    AfterSales {
        inspect_after: law(&rules.inspect_after),
        send_back: law(&rules.send_back),
        restock: rules.restock,
        faults: faults.to_vec(),
    }
}

fn rules(scenario: &Scenario) -> Rules {
    let allocation = &scenario.allocation;
    Rules {
        split_lines: allocation.split_lines,
        max_splits: allocation.max_splits,
        backorder: allocation.backorder,
    }
}

fn allocator(
    scenario: &Scenario,
    demand: &DemandTables,
    tables: &Arc<AllocationTables>,
    receipts: &[Receipt],
) -> Allocator {
    let world = || Surroundings {
        tables: Arc::clone(tables),
        rules: rules(scenario),
        nodes: scenario.nodes.len(),
        zones: scenario.tables.zones.len(),
        skus: demand.catalog().len(),
    };
    let own = scenario.allocation.own.and_then(|name| Registry::make(name, &world()));
    own.map_or_else(
        || {
            let settings = settings(scenario, demand, tables, receipts);
            Allocator::with_settings(
                scenario.allocation.strategy,
                Arc::clone(tables),
                rules(scenario),
                settings,
            )
        },
        Allocator::own,
    )
}

fn settings(
    scenario: &Scenario,
    demand: &DemandTables,
    tables: &AllocationTables,
    receipts: &[Receipt],
) -> Settings {
    let per_box = scenario.costs.packaging_per_parcel;
    let strategy = scenario.allocation.strategy;
    let forecast = strategy.needs_forecast().then(|| {
        let forecast = forecast(scenario, demand, tables, receipts);
        if strategy.rounds() { forecast.with_plan() } else { forecast }
    });
    Settings {
        per_box,
        score: scenario.allocation.score.clone(),
        forecast: forecast.map(Arc::new),
        wave_every: Some(scenario.allocation.wave_every),
    }
}

/// What is expected to be asked, and what it costs to serve.
fn forecast(
    scenario: &Scenario,
    demand: &DemandTables,
    tables: &AllocationTables,
    receipts: &[Receipt],
) -> Forecast {
    let Expected { lines, method_share, .. } = expected(scenario);
    let mut incoming = vec![Vec::new(); demand.catalog().len()];
    receipts.iter().for_each(|receipt| incoming[receipt.sku.index()].push(receipt.at));
    let asked = crate::allocation::Expected {
        units: demand.expected_units_per_sku(),
        unit_g: demand.catalog().skus.iter().map(|sku| sku.weight_g).collect(),
        zones: demand.expected_zone_share(),
        methods: method_share,
        lines,
        hourly: demand.expected_orders_by_hour().to_vec(),
        receipts: incoming,
        refresh_every: scenario.allocation.refresh_every,
    };
    Forecast::new(asked, tables, scenario.nodes.len(), scenario.costs.packaging_per_parcel)
}

fn engine_rules(scenario: &Scenario, demand: &DemandTables) -> EngineRules {
    let coupons = &scenario.promotions.coupons;
    let coupon_rule = |coupon: &spec::Coupon| CouponRule {
        budget: coupon.budget,
        per_customer: coupon.per_customer.unwrap_or(0),
    };
    let counted =
        scenario.promotions.points.is_some() || coupons.iter().any(|coupon| coupon.per_customer.is_some());
    EngineRules {
        // One major unit is 100 minor ones.
        points_basis_points: libm::round(scenario.after_sales.points_per_unit * 100.0) as u32,
        prices: demand.catalog().skus.iter().map(|sku| sku.price).collect(),
        unique_orders: scenario.faults.iter().any(|fault| fault.kind == FaultKind::DuplicateSubmit),
        coupons: coupons.iter().map(coupon_rule).collect(),
        customers: if counted { demand.customers_count() } else { 0 },
        carts: match &scenario.cart {
            // As many as last: those of two days are the usual ones.
            Some(cart) => CartRules { lifetime: cart.lifetime, ready: 1 << 16 },
            None => CartRules::default(),
        },
    }
}

fn allocation_tables(scenario: &Scenario, network: &Network) -> AllocationTables {
    let priority: Vec<u32> = scenario.nodes.iter().map(|node| node.priority).collect();
    let zones = network.zone_ids().count();
    AllocationTables::build(
        scenario.delivery.len(),
        zones,
        &priority,
        &centers(scenario),
        |method, node, zone| {
            let rate = network.ship_rate(method, node, zone)?;
            let km = network.km(node, zone);
            Some(Offer { km, first_kg: rate.first_kg, per_further_kg: rate.per_further_kg })
        },
    )
}
