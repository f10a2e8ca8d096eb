//! From a study to the result document: totals, intervals over replications, names for ids.

use super::document::*;
use super::timeline::timeline;
use super::variants::process;
use crate::domain::{MethodId, NodeId, NodeKind, OrderState, Refusal, SplitReason, Step, ZoneId};
use crate::engine::Ledgers;
use crate::experiment::advice::Advice;
use crate::experiment::compare::MEASURES;
use crate::experiment::lab::Base;
use crate::experiment::warm_up::mser5;
use crate::experiment::{self, FaultAccount, SloResult, Study};
use crate::metrics::{CostLine, Fault, Loss, Metrics, Phase, Times};
use crate::model::Model;
use crate::scenario::Scenario;
use crate::scenario::spec::{Arrivals, Bound, Metric};
use crate::sim::Outcome;

/// Version of the document's shape.
const FORMAT: u32 = 1;

/// A study in the making of its document.
struct Assembly<'a> {
    scenario: &'a Scenario,
    model: &'a Model,
    study: &'a Study,
}

/// Everything that a study found out, as one document.
pub fn assemble(scenario: &Scenario, model: &Model, study: &Study) -> Document {
    Assembly { scenario, model, study }.document()
}

/// What further runs found out.
#[derive(Default)]
pub struct Beside<'a> {
    /// What the scenario's faults did.
    pub faults: Option<&'a FaultAccount>,
    /// What to change, of the scenario as it was read.
    pub advice: Option<(&'a Base, &'a Advice)>,
}

/// As `assemble`, with what stands beside it.
pub fn assemble_beside(scenario: &Scenario, model: &Model, study: &Study, beside: &Beside<'_>) -> Document {
    Document {
        faults: beside.faults.map(|account| super::faults::facts(scenario, model, study, account)),
        advice: beside.advice.map(|(base, advice)| super::advice::facts(base, study, advice)),
        ..assemble(scenario, model, study)
    }
}

impl Assembly<'_> {
    fn document(&self) -> Document {
        Document {
            format: FORMAT,
            scenario: self.facts(),
            seed: self.study.seed,
            confidence: self.scenario.run.confidence,
            replications: (self.outcomes().iter().enumerate())
                .map(|(number, outcome)| self.replication(number, outcome))
                .collect(),
            verdict: verdict(self.study.verdict),
            slo: self.study.slo.iter().map(slo_row).collect(),
            orders: self.orders(),
            refusals: self.refusals(),
            funnel: self.funnel(),
            transitions: Step::ALL
                .iter()
                .filter(|step| !step.is_of_promotions() || self.model.promotions.is_some())
                .filter(|step| !step.is_of_carts() || self.sum(|m| m.steps[**step as usize]) != 0)
                .filter(|step| !step.is_of_transfers() || self.model.pre_position.is_some())
                .map(|&step| row(step_name(step), self.sum(|m| m.steps[step as usize])))
                .collect(),
            stages: Phase::ALL.iter().filter(|&&phase| self.has(phase)).map(|&p| self.stage(p)).collect(),
            stations: (0..self.model.stations.len()).map(|index| self.station(index)).collect(),
            timeline: timeline(self.model, self.first()),
            bottlenecks: bottlenecks(self.model, self.outcomes()),
            stock: self.stock(),
            shipments: self.shipments(),
            lanes: (0..self.model.network.lanes().len()).map(|index| self.lane(index)).collect(),
            delivery: self.delivery(),
            cost: self.cost(),
            faults: None,
            advice: None,
            money: self.money(),
            life: super::life::rows(self.model, self.outcomes(), self.scenario.run.confidence),
            process: process(&self.first().log),
            network: self.network(),
            replay: self.replay(),
            events: self.events(),
            engine_digests: self
                .outcomes()
                .iter()
                .map(|outcome| format!("{:032x}", outcome.digest))
                .collect(),
        }
    }

    fn outcomes(&self) -> &[Outcome] {
        &self.study.outcomes
    }

    fn first(&self) -> &Outcome {
        &self.study.outcomes[0]
    }

    fn sum(&self, of: impl Fn(&Metrics) -> u64) -> u64 {
        self.outcomes().iter().map(|outcome| of(&outcome.metrics)).sum()
    }

    fn estimate(&self, of: impl Fn(&Outcome) -> f64) -> Estimate {
        let values: Vec<f64> = self.outcomes().iter().map(of).collect();
        let estimate = experiment::Estimate::of(&values, self.scenario.run.confidence);
        Estimate { mean: estimate.mean, half_width: estimate.half_width }
    }

    fn mean(&self, of: impl Fn(&Outcome) -> f64) -> f64 {
        self.estimate(of).mean
    }

    /// The same times of all replications in one distribution.
    fn pooled(&self, of: impl Fn(&Metrics) -> &Times) -> Times {
        let mut all = Times::default();
        self.outcomes().iter().for_each(|outcome| all.merge(of(&outcome.metrics)));
        all
    }

    fn facts(&self) -> ScenarioFacts {
        let (scenario, model) = (self.scenario, self.model);
        let count = |kind| model.nodes.iter().filter(|node| node.kind == kind).count() as u64;
        ScenarioFacts {
            name: scenario.name.clone(),
            description: scenario.description.clone(),
            currency: scenario.currency.clone(),
            start: scenario.start.to_string(),
            horizon_s: model.horizon.as_secs_f64(),
            warm_up_s: model.warm_up.as_secs_f64(),
            strategy: scenario.allocation.strategy_name().to_owned(),
            reserve_at: scenario.stock.reserve_at.name().to_owned(),
            fulfillment_centers_count: count(NodeKind::FulfillmentCenter),
            hubs_count: count(NodeKind::Hub),
            zones_count: model.zones.len() as u64,
            skus_count: model.catalog().len() as u64,
            digest: super::schema::digest(format!("{scenario:?}").as_bytes()),
            regime: self.regime(),
            assumptions: assumptions(scenario),
        }
    }

    fn regime(&self) -> RegimeFacts {
        let steady = matches!(
            &self.scenario.arrivals,
            Some(Arrivals::Constant { duration, .. }) if self.model.horizon.0 <= duration.0
        );
        if !steady {
            return RegimeFacts { kind: "terminating".to_owned(), mser5_s: None };
        }
        let series: Vec<Vec<i64>> = self.outcomes().iter().map(|own| own.metrics.in_work()).collect();
        let mean = |at: usize| series.iter().map(|own| own[at] as f64).sum::<f64>() / series.len() as f64;
        let means: Vec<f64> = (0..series[0].len()).map(mean).collect();
        let cut = mser5(&means).map(|cut| cut as f64 * self.model.interval.as_secs_f64());
        RegimeFacts { kind: "steady-state".to_owned(), mser5_s: cut }
    }

    fn replication(&self, index: usize, outcome: &Outcome) -> ReplicationRow {
        let metrics = &outcome.metrics;
        let measured = |name: &str| {
            let measure = MEASURES.iter().find(|own| own.name == name).expect("a measure of `compare`");
            (measure.of)(outcome)
        };
        ReplicationRow {
            replication: outcome.replication,
            submitted_count: metrics.submitted,
            completed_count: metrics.finals[OrderState::Completed as usize],
            open_count: outcome.open(),
            on_time_share: outcome.on_time_share(),
            lead_time_s_mean: metrics.lead.mean_s(),
            lead_time_s_p50: metrics.lead.quantile_s(0.5),
            lead_time_s_p90: metrics.lead.quantile_s(0.9),
            lead_time_s_p99: metrics.lead.quantile_s(0.99),
            cost_minor_per_order: measured("cost_per_order"),
            freight_minor_per_order: measured("freight_per_order"),
            packaging_minor_per_order: measured("packaging_per_order"),
            handling_minor_per_order: measured("handling_per_order"),
            late_penalty_minor_per_order: measured("late_penalty_per_order"),
            lost_sale_minor_per_order: measured("lost_sale_per_order"),
            fulfillments_per_order: measured("fulfillments_per_order"),
            split_share: measured("split_share"),
            merged_share: measured("merged_share"),
            merge_wait_s_mean: measured("merge_wait_mean"),
            backorder_share: measured("backorder_share"),
            refused_share: measured("refused_share"),
            km_per_order: measured("km_per_order"),
            kg_km_per_order: measured("kg_km_per_order"),
            node_load_max_over_mean: measured("node_load_max_over_mean"),
            node_load_gini: measured("node_load_gini"),
            slo_values: self.study.slo.iter().map(|slo| slo.values[index]).collect(),
            digest: format!("{:032x}", outcome.digest),
        }
    }

    fn orders(&self) -> OrderCounts {
        let finals = OrderState::ALL.iter().filter(|state| state.is_final());
        let open = OrderState::ALL.iter().filter(|state| !state.is_final());
        let open_count =
            |state: OrderState| self.outcomes().iter().map(|o| o.open_states[state as usize]).sum();
        OrderCounts {
            submitted: self.sum(|m| m.submitted),
            final_states: finals
                .map(|&state| row(state.name(), self.sum(|m| m.finals[state as usize])))
                .collect(),
            open: self.outcomes().iter().map(Outcome::open).sum(),
            open_states: open.map(|&state| row(state.name(), open_count(state))).collect(),
            split_count: self.sum(|m| m.split),
            split_reasons: SplitReason::ALL
                .iter()
                .map(|&reason| row(reason.name(), self.sum(|m| m.splits[reason as usize])))
                .collect(),
            merged_count: self.sum(|m| m.merged),
            unmerged_count: self.sum(|m| m.unmerged),
            backordered_count: self.sum(|m| m.backordered),
            units_count: self.sum(|m| m.units),
            lines_count: self.sum(|m| m.lines),
        }
    }

    fn refusals(&self) -> Vec<CountRow> {
        Refusal::ALL
            .iter()
            .filter(|refusal| !refusal.is_of_promotions() || self.model.promotions.is_some())
            .map(|&refusal| row(refusal.name(), self.sum(|m| m.refused[refusal as usize])))
            .collect()
    }

    fn funnel(&self) -> Vec<CountRow> {
        let mut rows: Vec<CountRow> =
            Loss::ALL.iter().map(|&(loss, name)| row(name, self.sum(|m| m.losses[loss as usize]))).collect();
        let optional = [Loss::Checkout, Loss::Price, Loss::EmptyShelves, Loss::PaymentMethod]
            .map(|loss| Loss::ALL[loss as usize].1);
        rows.retain(|row| 0 < row.count || !optional.contains(&row.name.as_str()));
        rows.push(row("submitted", self.sum(|m| m.submitted)));
        rows.extend(
            Fault::ALL.iter().map(|&(fault, name)| row(name, self.sum(|m| m.faults[fault as usize]))),
        );
        rows.push(row("late-payment-callbacks", self.sum(|m| m.late_callbacks)));
        rows
    }

    /// Only scenarios that hold orders tell of holds, and only those with lockers of pick-up.
    fn has(&self, phase: Phase) -> bool {
        match phase {
            Phase::Hold => self.model.checkout.address.is_some(),
            Phase::PickUp => self.model.pick_up.is_some(),
            Phase::Service => self.model.service.is_some(),
            Phase::Complaint => self.model.complaints.is_some(),
            Phase::Yard => self.model.movement.as_ref().is_some_and(|own| !own.floors.is_empty()),
            _ => true,
        }
    }

    fn stage(&self, phase: Phase) -> StageRow {
        let quantile = |q: f64| self.estimate(|outcome| outcome.metrics.phases.times(phase).quantile_s(q));
        let all = self.pooled(|m| m.phases.times(phase));
        StageRow {
            stage: phase.name().to_owned(),
            entered_count: self.sum(|m| m.phases.entered_count(phase)),
            left_count: self.sum(|m| m.phases.left_count(phase)),
            time_s_mean: self.estimate(|outcome| outcome.metrics.phases.times(phase).mean_s()),
            time_s_p50: quantile(0.5),
            time_s_p90: quantile(0.9),
            time_s_p99: quantile(0.99),
            time_s_max: all.max_s(),
            wait_share: self.wait_share(phase, &all),
        }
    }

    /// Of the time in a phase, what its stations' queues took; all of it where tokens only wait.
    fn wait_share(&self, phase: Phase, all: &Times) -> f64 {
        if matches!(phase, Phase::Wave | Phase::Dock | Phase::Allocate) {
            return if all.sum_us() == 0 { 0.0 } else { 1.0 };
        }
        let stations = self.model.stations.iter().enumerate().filter(|(_, row)| row.kind.phase() == phase);
        let waited: u128 = stations
            .flat_map(|(index, _)| {
                self.outcomes().iter().map(move |outcome| outcome.stations[index].record.waited)
            })
            .sum();
        if all.sum_us() == 0 { 0.0 } else { (waited as f64 / all.sum_us() as f64).min(1.0) }
    }

    fn station(&self, index: usize) -> StationRow {
        let (row, first) = (&self.model.stations[index], &self.first().stations[index]);
        let records = || self.outcomes().iter().map(|outcome| &outcome.stations[index].record);
        let staffed_us: u128 = self.outcomes().iter().map(|outcome| outcome.stations[index].staffed_us).sum();
        let wage = row.wage.0 as f64 / 3.6e9 / self.outcomes().len() as f64;
        let work_us = |outcome: &Outcome| {
            let record = &outcome.stations[index].record;
            let mean = record.area_busy as f64 / record.started.max(1) as f64;
            mean * record.arrivals as f64
        };
        StationRow {
            station: row.name.clone(),
            stage: row.kind.phase().name().to_owned(),
            node: row.node.clone(),
            servers_max: row.servers_max,
            served_count: records().map(|record| record.departures).sum(),
            utilization_ratio: self.estimate(|o| o.stations[index].record.utilization().unwrap_or(0.0)),
            wait_s_mean: self.estimate(|o| {
                let record = &o.stations[index].record;
                record.waited as f64 / 1e6 / record.started.max(1) as f64
            }),
            queue_max: records().map(|record| u64::from(record.max_queue)).max().unwrap_or(0),
            queue_max_at_s: first.record.max_queue_at.as_secs_f64(),
            saturated_at_s: first.saturated_at.map(|at| at.as_secs_f64()),
            offered_load_ratio: self
                .mean(|o| work_us(o) / (o.stations[index].record.area_offered as f64).max(1.0)),
            cost_minor: if row.kind.cost_line().is_some() { staffed_us as f64 * wage } else { 0.0 },
        }
    }

    fn stock(&self) -> StockFacts {
        let sum = |of: fn(&Ledgers) -> u64| -> u64 {
            self.outcomes().iter().map(|outcome| of(&outcome.ledgers)).sum()
        };
        let initial: u64 = self.model.initial_stock.iter().map(|cell| u64::from(cell.2)).sum();
        let initial = initial * self.outcomes().len() as u64;
        StockFacts {
            initial_units: initial,
            received_units: sum(|ledgers| ledgers.supplied) - initial,
            available_units: sum(|ledgers| ledgers.available + ledgers.fenced),
            held_units: sum(|ledgers| ledgers.held),
            picked_units: sum(|ledgers| ledgers.picked),
            in_transit_units: sum(|ledgers| ledgers.in_transit),
            customer_units: sum(|ledgers| ledgers.customer),
            inspection_units: 0,
            scrapped_units: sum(|ledgers| ledgers.scrapped),
            missing_units: sum(|ledgers| ledgers.missing),
            skus_out_of_stock_count: self.first().skus_out_of_stock,
        }
    }

    fn shipments(&self) -> ShipmentFacts {
        let parcels: u64 = self.sum(|m| m.nodes.iter().map(|node| node.parcels).sum());
        let orders = self.sum(|m| m.allocated);
        let carrier = |index: usize| CarrierRow {
            carrier: self.model.carrier_names[index].clone(),
            parcels_count: self.sum(|m| m.carriers[index].parcels),
            freight_minor: self.outcomes().iter().map(|o| o.metrics.carriers[index].freight).sum(),
            on_time_share: share(
                self.sum(|m| m.carriers[index].on_time),
                self.sum(|m| m.carriers[index].delivered),
            ),
            lost_count: self.sum(|m| m.carriers[index].lost),
        };
        let node = |index: usize| NodeShipments {
            node: self.model.nodes[index].name.clone(),
            parcels_count: self.sum(|m| m.nodes[index].parcels),
            units_count: self.sum(|m| m.nodes[index].units),
        };
        let centers = (0..self.model.nodes.len())
            .filter(|&index| self.model.nodes[index].kind == NodeKind::FulfillmentCenter);
        ShipmentFacts {
            fulfillment_orders_count: self.sum(|m| m.fulfillments),
            parcels_count: parcels,
            parcels_per_order: parcels as f64 / orders.max(1) as f64,
            split_share: share(self.sum(|m| m.split), orders),
            merged_share: share(self.sum(|m| m.merged), self.sum(|m| m.fulfillments)),
            carriers: (0..self.model.carrier_names.len()).map(carrier).collect(),
            nodes: centers.map(node).collect(),
        }
    }

    fn lane(&self, index: usize) -> LaneRow {
        let lane = &self.model.network.lanes()[index];
        let sum = |of: fn(&crate::sim::LaneOutcome) -> u64| -> u64 {
            self.outcomes().iter().map(|outcome| of(&outcome.lanes[index])).sum()
        };
        let (by_timetable, on_top) = (sum(|lane| lane.departures), sum(|lane| lane.ad_hoc));
        let (departures, parcels) = (by_timetable + on_top, sum(|lane| lane.parcels));
        let cost = self.model.lane_cost(lane, by_timetable, on_top).0;
        let a_parcel = |of_all: f64| (self.model.traces && 0 < parcels).then(|| of_all / parcels as f64);
        LaneRow {
            lane: lane.name.clone(),
            from: self.model.nodes[lane.from.index()].name.clone(),
            to: self.model.nodes[lane.to.index()].name.clone(),
            carrier: self.model.carrier_names[lane.carrier.index()].clone(),
            departures_count: departures,
            parcels_count: parcels,
            fill_ratio: parcels as f64 / (departures * u64::from(lane.capacity)).max(1) as f64,
            rolled_over_count: sum(|lane| lane.rolled_over),
            rolled_over_by_volume_count: sum(|lane| lane.by_volume),
            held_departures_count: sum(|lane| lane.cancelled),
            ad_hoc_count: on_top,
            cost_minor: cost,
            mode: self.model.traces.then(|| lane.mode.name().to_owned()),
            cost_minor_per_parcel: a_parcel(cost as f64),
            co2_g_per_parcel: a_parcel(departures as f64 * lane.co2_ug as f64 / 1e6),
        }
    }

    fn delivery(&self) -> DeliveryFacts {
        let lead = self.pooled(|m| &m.lead);
        let parcels: u64 = self.sum(|m| m.carriers.iter().map(|carrier| carrier.delivered).sum());
        DeliveryFacts {
            delivered_orders_count: self.sum(|m| m.delivered),
            on_time_share: self.estimate(Outcome::on_time_share),
            promise_s_mean: self.mean(|outcome| outcome.metrics.promise_mean_s()),
            lateness_s: quantiles(&self.pooled(|m| &m.lateness)),
            ship_time_s: quantiles(&self.pooled(|m| &m.ship)),
            attempts_mean: self.sum(|m| m.attempts) as f64 / parcels.max(1) as f64,
            methods: (0..self.model.methods.len()).map(|index| self.method(index)).collect(),
            lead_time_curve: curve(&lead),
            lead_time_s: quantiles(&lead),
        }
    }

    fn method(&self, index: usize) -> MethodRow {
        let method = MethodId(index as u8);
        let lead = self.pooled(|m| &m.methods[method.index()].lead);
        MethodRow {
            method: self.model.methods[index].name.clone(),
            orders_count: self.sum(|m| m.methods[index].orders),
            on_time_share: share(
                self.sum(|m| m.methods[index].on_time),
                self.sum(|m| m.methods[index].orders),
            ),
            lead_time_s_p50: lead.quantile_s(0.5),
            lead_time_s_p99: lead.quantile_s(0.99),
        }
    }

    fn cost(&self) -> CostFacts {
        let total = self.estimate(|outcome| outcome.metrics.costs.total());
        let line = |&(line, name): &(CostLine, &str)| {
            let minor = self.mean(|outcome| outcome.metrics.costs.of(line));
            CostRow {
                line: name.to_owned(),
                minor,
                share: if total.mean == 0.0 { 0.0 } else { minor / total.mean },
            }
        };
        CostFacts {
            total_minor: total,
            per_order_minor: self.estimate(Outcome::cost_per_order),
            plan_minor: self.estimate(|outcome| outcome.metrics.costs.planned()),
            outcome_minor: self.estimate(|o| o.metrics.costs.total() - o.metrics.costs.planned()),
            lines: CostLine::ALL
                .iter()
                .filter(|(line, _)| match line {
                    CostLine::Fraud => self.model.review.is_told(),
                    CostLine::LastMile => self.model.network.rounds().is_some(),
                    CostLine::ReturnTransport => self.model.returns.is_some(),
                    CostLine::ComplaintLabor | CostLine::Compensation => self.model.complaints.is_some(),
                    CostLine::PhoneLabor | CostLine::ChatLabor | CostLine::ServiceTools => {
                        self.model.service.is_some()
                    }
                    CostLine::Purchasing => self.model.replenish.is_some(),
                    CostLine::Transfers => self.model.pre_position.is_some(),
                    CostLine::AdHoc => self.model.movement.as_ref().is_some_and(|own| own.ad_hoc.is_some()),
                    _ => true,
                })
                .map(line)
                .collect(),
        }
    }

    fn money(&self) -> MoneyFacts {
        let sum = |of: fn(&Ledgers) -> i64| -> i64 {
            self.outcomes().iter().map(|outcome| of(&outcome.ledgers)).sum()
        };
        let moved = |of: fn(&Metrics) -> i64| -> i64 { self.outcomes().iter().map(|o| of(&o.metrics)).sum() };
        MoneyFacts {
            captured_minor: moved(|metrics| metrics.captured),
            refunded_minor: moved(|metrics| metrics.refunded),
            revenue_minor: sum(|ledgers| ledgers.revenue.0),
            deposit_minor: sum(|ledgers| ledgers.deposit.0),
            points_held: sum(|ledgers| ledgers.points_held.0),
        }
    }

    fn network(&self) -> NetworkFacts {
        let metrics = &self.first().metrics;
        let flows: Vec<(NodeId, ZoneId, u64)> = metrics.flow_rows().collect();
        let through = |node: usize| {
            let shipped = metrics.nodes[node].parcels;
            let lanes = self.model.network.lanes().iter().zip(&self.first().lanes);
            let arrived: u64 =
                lanes.filter(|(lane, _)| lane.to.index() == node).map(|(_, out)| out.parcels).sum();
            shipped + arrived
        };
        let node = |(index, row): (usize, &crate::scenario::spec::Node)| PlaceRow {
            name: row.name.clone(),
            kind: if row.kind == NodeKind::Hub { "hub" } else { "fulfillment-center" }.to_owned(),
            lat: row.at.lat,
            lon: row.at.lon,
            count: through(index),
        };
        let zone = |(index, row): (usize, &crate::scenario::spec::Zone)| PlaceRow {
            name: row.name.clone(),
            kind: "zone".to_owned(),
            lat: row.at.lat,
            lon: row.at.lon,
            count: flows.iter().filter(|flow| flow.1.index() == index).map(|flow| flow.2).sum(),
        };
        NetworkFacts {
            nodes: self.scenario.nodes.iter().enumerate().map(node).collect(),
            zones: self.model.zones.iter().enumerate().map(zone).collect(),
            flows: flows
                .iter()
                .map(|&(node, zone, parcels_count)| FlowRow {
                    from: self.model.nodes[node.index()].name.clone(),
                    to: self.model.zones[zone.index()].name.clone(),
                    parcels_count,
                })
                .collect(),
        }
    }

    fn replay(&self) -> Option<ReplayFacts> {
        let (facts, replay) = (self.model.demand.replay_facts()?, self.scenario.replay.as_ref()?);
        Some(ReplayFacts {
            file: replay.file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            source: replay.source.clone(),
            rows_count: facts.rows,
            orders_count: facts.orders,
            cancelled_rows_count: facts.cancelled_rows,
            rejected: facts.rejected.iter().map(|(reason, count)| row(reason.name(), *count)).collect(),
        })
    }

    fn events(&self) -> EventCounts {
        let steps = self.sum(|m| m.stage_steps);
        let most = |of: fn(&Outcome) -> u64| self.outcomes().iter().map(of).max().unwrap_or(0);
        EventCounts {
            stage_steps: steps,
            calendar: self.outcomes().iter().map(|outcome| outcome.calendar_events).sum(),
            per_order: steps as f64 / self.sum(|m| m.submitted).max(1) as f64,
            peak_pending: most(|outcome| outcome.peak_pending),
            peak_orders_in_flight: most(|outcome| outcome.peak_in_flight),
        }
    }
}

/// Stations that were used above the limit for an interval and whose queue was worth an interval's work.
pub(super) fn bottlenecks(model: &Model, outcomes: &[Outcome]) -> Vec<BottleneckRow> {
    let mut rows = Vec::new();
    for (index, station) in model.stations.iter().enumerate() {
        let broke = |outcome: &&Outcome| outcome.breaks(index);
        let replications = outcomes.iter().filter(broke).count() as u32;
        let Some(outcome) = outcomes.iter().find(broke) else { continue };
        let (found, record) = (&outcome.stations[index], &outcome.stations[index].record);
        rows.push(BottleneckRow {
            place: station.name.clone(),
            from_s: found.saturated_at.expect("it broke").as_secs_f64(),
            queue_max: u64::from(record.max_queue),
            queue_max_at_s: record.max_queue_at.as_secs_f64(),
            replications,
        });
    }
    rows.sort_by(|a, b| a.from_s.total_cmp(&b.from_s).then(b.queue_max.cmp(&a.queue_max)));
    rows
}

pub(super) fn verdict(verdict: experiment::Verdict) -> Verdict {
    match verdict {
        experiment::Verdict::Holds => Verdict::Holds,
        experiment::Verdict::Fails => Verdict::Fails,
        experiment::Verdict::Inconclusive => Verdict::Inconclusive,
    }
}

pub(super) fn slo_row(result: &SloResult) -> SloRow {
    let (sense, bound) = match result.slo.bound {
        Bound::AtMost(bound) => ("at-most", bound),
        Bound::AtLeast(bound) => ("at-least", bound),
    };
    SloRow {
        text: slo_text(result),
        metric: result.slo.metric.name().to_owned(),
        stage: result.slo.stage.clone(),
        quantile: result.slo.quantile,
        sense: sense.to_owned(),
        bound,
        unit: unit(result.slo.metric),
        value: Estimate { mean: result.estimate.mean, half_width: result.estimate.half_width },
        verdict: verdict(result.verdict),
    }
}

fn unit(metric: Metric) -> Unit {
    match metric {
        Metric::LeadTime | Metric::ShipTime | Metric::StageTime => Unit::Seconds,
        Metric::CostPerOrder => Unit::MinorMoney,
        _ => Unit::Share,
    }
}

/// As a planner says it: `lead-time p99 at most 96 h`.
fn slo_text(result: &SloResult) -> String {
    let slo = &result.slo;
    let what = match &slo.stage {
        Some(stage) => format!("{stage} time"),
        None => slo.metric.name().replace('-', " "),
    };
    let quantile = slo.quantile.map_or(String::new(), |q| format!(" p{}", q * 100.0));
    let (sense, bound) = match slo.bound {
        Bound::AtMost(bound) => ("at most", bound),
        Bound::AtLeast(bound) => ("at least", bound),
    };
    let bound = match unit(slo.metric) {
        Unit::Seconds => crate::kernel::time::Span::from_secs_f64(bound).to_string(),
        Unit::Share => format!("{}%", (bound * 1e6).round() / 1e4),
        _ => format!("{:.2}", bound / 100.0),
    };
    format!("{what}{quantile} {sense} {bound}")
}

fn assumptions(scenario: &Scenario) -> Vec<FactRow> {
    let fact = |name: &str, value: String| FactRow { name: name.to_owned(), value };
    vec![
        fact("payment window", scenario.payment.expiry.to_string()),
        fact("merge window", scenario.floor.merge_window.to_string()),
        fact(
            "wave",
            scenario
                .floor
                .wave
                .as_ref()
                .map_or("none".to_owned(), |w| format!("every {} or {} orders", w.every, w.size)),
        ),
        fact("stock cover", format!("{} times the expected demand", scenario.stock.cover)),
        fact("backorders", if scenario.allocation.backorder { "taken" } else { "refused" }.to_owned()),
    ]
}

fn row(name: &str, count: u64) -> CountRow {
    CountRow { name: name.to_owned(), count }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn quantiles(times: &Times) -> QuantileRow {
    QuantileRow {
        mean: times.mean_s(),
        p50: times.quantile_s(0.5),
        p90: times.quantile_s(0.9),
        p99: times.quantile_s(0.99),
        max: times.max_s(),
    }
}

/// (hours, cumulative share) at 60 steps up to the 99.9 % quantile.
fn curve(times: &Times) -> Vec<(f64, f64)> {
    let end_s = times.quantile_s(0.999);
    if end_s == 0.0 {
        return Vec::new();
    }
    (0..=60)
        .map(|step| {
            let at_s = end_s * f64::from(step) / 60.0;
            (at_s / 3_600.0, times.share_within(crate::kernel::time::Span::from_secs_f64(at_s)))
        })
        .collect()
}

/// `DeliveryFailed` as `delivery-failed`.
fn step_name(step: Step) -> &'static str {
    step.name()
}
