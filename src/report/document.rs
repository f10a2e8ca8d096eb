//! The result document: everything a run found out, as written to `result.json`.
//! Deterministic data only: its bytes are equal on any machine and any number of threads; rates, memory and
//! wall times are in `machine.json`.
//!
//! Units stand in the names: `_s` seconds, `_share` 0 to 1, `_minor` minor units of money, `_count` pieces.
//! An interval is `Estimate { mean, half_width }` over replications at the scenario's confidence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Mean over replications and the half-width of its t-interval; `half_width` is absent with one replication.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Estimate {
    pub mean: f64,
    pub half_width: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Holds,
    Fails,
    Inconclusive,
}

impl Verdict {
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Fails => "fails",
            Verdict::Inconclusive => "inconclusive",
        }
    }

    /// What the process ends with when nothing else went wrong.
    pub const fn exit_code(self) -> u8 {
        match self {
            Verdict::Holds => 0,
            Verdict::Inconclusive => 3,
            Verdict::Fails => 99,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    pub format: u32,
    pub scenario: ScenarioFacts,
    pub seed: u64,
    pub confidence: f64,
    /// One row a replication: what the totals and intervals are made of.
    pub replications: Vec<ReplicationRow>,
    pub verdict: Verdict,
    pub slo: Vec<SloRow>,
    /// Totals over replications.
    pub orders: OrderCounts,
    /// Counts by reason, totals over replications, in a fixed order; also funnel losses.
    pub refusals: Vec<CountRow>,
    pub funnel: Vec<CountRow>,
    /// Counts of transitions by step name.
    pub transitions: Vec<CountRow>,
    /// In the order of the order's life.
    pub stages: Vec<StageRow>,
    pub stations: Vec<StationRow>,
    /// Stations over time, of replication 0: for charts.
    pub timeline: Timeline,
    /// The stations that break, earliest first: staffed time used above 95 % of an interval.
    pub bottlenecks: Vec<BottleneckRow>,
    pub stock: StockFacts,
    pub shipments: ShipmentFacts,
    pub lanes: Vec<LaneRow>,
    pub delivery: DeliveryFacts,
    pub cost: CostFacts,
    /// What the scenario's faults did; absent without faults, or when the runs without them were left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<FaultFacts>,
    /// What to change; absent when it was not asked for and would take long, or nothing is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<AdviceFacts>,
    pub money: MoneyFacts,
    /// What the parts of an order's life did that the scenario asks for: `pay @ card`, `fell back`. Empty without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub life: Vec<LifeRow>,
    /// The ways that the sampled orders of replication 0 went; absent when none was logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessFacts>,
    pub network: NetworkFacts,
    /// Replay only: rows read, entered, rejected by reason.
    pub replay: Option<ReplayFacts>,
    pub events: EventCounts,
    /// 128-bit digests in hexadecimal, one a replication, of the engine's final state.
    pub engine_digests: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioFacts {
    pub name: String,
    pub description: String,
    pub currency: String,
    /// Local time at instant zero, `2026-11-10T18:00`.
    pub start: String,
    pub horizon_s: f64,
    pub warm_up_s: f64,
    pub strategy: String,
    pub reserve_at: String,
    pub fulfillment_centers_count: u64,
    pub hubs_count: u64,
    pub zones_count: u64,
    pub skus_count: u64,
    /// 128-bit digest of the scenario after defaults and overrides.
    pub digest: String,
    /// Whether the run has an end that it was made for, or stands for a state that lasts.
    pub regime: RegimeFacts,
    /// What the answer hangs on, as the model read it, for people: `payment window` `15 m`. May be empty.
    #[serde(default)]
    pub assumptions: Vec<FactRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegimeFacts {
    /// `terminating`: demand comes and goes, the whole of it is the answer. `steady-state`: it comes at one rate to the
    /// horizon, and the start, before stations have filled, is no part of the answer.
    pub kind: String,
    /// Of a steady state: where the start ends by MSER-5 on the orders in work, mean over replications; absent when the
    /// series is too short or does not settle in its first half.
    pub mser5_s: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactRow {
    pub name: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplicationRow {
    pub replication: u32,
    pub submitted_count: u64,
    pub completed_count: u64,
    pub open_count: u64,
    pub on_time_share: f64,
    pub lead_time_s_mean: f64,
    pub lead_time_s_p50: f64,
    pub lead_time_s_p90: f64,
    pub lead_time_s_p99: f64,
    pub cost_minor_per_order: f64,
    pub freight_minor_per_order: f64,
    pub packaging_minor_per_order: f64,
    /// Wages of pickers and packers.
    pub handling_minor_per_order: f64,
    pub late_penalty_minor_per_order: f64,
    /// Penalties and margin of what was refused.
    pub lost_sale_minor_per_order: f64,
    pub fulfillments_per_order: f64,
    pub split_share: f64,
    /// Of the fulfillment orders, those that went in the box of another.
    pub merged_share: f64,
    /// In the merge window, whether somebody came or not.
    pub merge_wait_s_mean: f64,
    pub backorder_share: f64,
    pub refused_share: f64,
    /// From origin to zone, all parcels of an order together; and the same times weight.
    pub km_per_order: f64,
    pub kg_km_per_order: f64,
    /// Parcels by node, over the nodes that packed any.
    pub node_load_max_over_mean: f64,
    pub node_load_gini: f64,
    /// The value of each SLO's metric, in the order of `slo`.
    pub slo_values: Vec<f64>,
    pub digest: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SloRow {
    /// As a planner says it: `lead-time p99 at most 96 h`.
    pub text: String,
    pub metric: String,
    pub stage: Option<String>,
    pub quantile: Option<f64>,
    /// `at-most` or `at-least`.
    pub sense: String,
    /// In the metric's unit: seconds, share, minor units.
    pub bound: f64,
    pub unit: Unit,
    pub value: Estimate,
    pub verdict: Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    Seconds,
    Share,
    MinorMoney,
    Count,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OrderCounts {
    pub submitted: u64,
    /// Final states in a fixed order, zeros included.
    #[serde(rename = "final")]
    pub final_states: Vec<CountRow>,
    pub open: u64,
    /// Open orders by state.
    pub open_states: Vec<CountRow>,
    pub split_count: u64,
    /// Shipments beyond the first of an order, by reason; the last four are parcels of one fulfillment order.
    pub split_reasons: Vec<CountRow>,
    pub merged_count: u64,
    /// Orders that lost their place in a shared box because another order in it was cancelled.
    pub unmerged_count: u64,
    pub backordered_count: u64,
    pub units_count: u64,
    pub lines_count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountRow {
    pub name: String,
    pub count: u64,
}

/// Time in one stage of an order's life; quantiles from an HDR histogram, 0.1 % wide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StageRow {
    pub stage: String,
    pub entered_count: u64,
    pub left_count: u64,
    pub time_s_mean: Estimate,
    pub time_s_p50: Estimate,
    pub time_s_p90: Estimate,
    pub time_s_p99: Estimate,
    pub time_s_max: f64,
    /// Of the mean time in it, the share spent waiting for a station, wave, window or departure.
    pub wait_share: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StationRow {
    pub station: String,
    pub stage: String,
    pub node: Option<String>,
    pub servers_max: u32,
    pub served_count: u64,
    pub utilization_ratio: Estimate,
    pub wait_s_mean: Estimate,
    pub queue_max: u64,
    /// Of replication 0.
    pub queue_max_at_s: f64,
    /// First interval used above 95 %, of replication 0.
    pub saturated_at_s: Option<f64>,
    /// Work offered / staffed time over the horizon.
    pub offered_load_ratio: f64,
    pub cost_minor: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeline {
    pub interval_s: f64,
    /// Orders submitted in each interval.
    pub submitted: Vec<u64>,
    pub delivered: Vec<u64>,
    /// Orders by state at the end of each whole interval, of replication 0; states that some order was in then.
    pub states: Vec<StateSeries>,
    /// The busiest stations, at most twelve, by greatest queue time.
    pub stations: Vec<StationSeries>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateSeries {
    pub state: String,
    pub orders: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StationSeries {
    pub station: String,
    pub utilization: Vec<f64>,
    pub queue_mean: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BottleneckRow {
    /// `pack @ hangzhou`, or a lane.
    pub place: String,
    pub from_s: f64,
    pub queue_max: u64,
    pub queue_max_at_s: f64,
    /// Replications in which it broke.
    pub replications: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StockFacts {
    pub initial_units: u64,
    pub received_units: u64,
    pub available_units: u64,
    pub held_units: u64,
    pub picked_units: u64,
    pub in_transit_units: u64,
    pub customer_units: u64,
    pub inspection_units: u64,
    pub scrapped_units: u64,
    /// Not found on a shelf, or lost on the road.
    pub missing_units: u64,
    pub skus_out_of_stock_count: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShipmentFacts {
    pub fulfillment_orders_count: u64,
    pub parcels_count: u64,
    pub parcels_per_order: f64,
    pub split_share: f64,
    pub merged_share: f64,
    pub carriers: Vec<CarrierRow>,
    /// Units shipped and parcels by fulfillment center.
    pub nodes: Vec<NodeShipments>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CarrierRow {
    pub carrier: String,
    pub parcels_count: u64,
    pub freight_minor: i64,
    pub on_time_share: f64,
    pub lost_count: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NodeShipments {
    pub node: String,
    pub parcels_count: u64,
    pub units_count: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LaneRow {
    pub lane: String,
    pub from: String,
    pub to: String,
    pub carrier: String,
    pub departures_count: u64,
    pub parcels_count: u64,
    pub fill_ratio: f64,
    /// Parcels that were at the dock in time and did not fit, counted at each departure they missed.
    pub rolled_over_count: u64,
    /// Of them, those for whose volume there was no room; told where it happened.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rolled_over_by_volume_count: u64,
    /// Departures that the weather kept, with parcels at the dock.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held_departures_count: u64,
    /// Of the departures, those on top of the timetable.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ad_hoc_count: u64,
    pub cost_minor: i64,
    /// `truck`, `air` or `rail`. This and the rest only where costs are traced to parcels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_minor_per_parcel: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub co2_g_per_parcel: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryFacts {
    pub delivered_orders_count: u64,
    pub on_time_share: Estimate,
    pub promise_s_mean: f64,
    pub lead_time_s: QuantileRow,
    pub ship_time_s: QuantileRow,
    /// Lateness of late orders.
    pub lateness_s: QuantileRow,
    pub attempts_mean: f64,
    pub methods: Vec<MethodRow>,
    /// Share of delivered orders by age, for the delivery-time chart: (hours, cumulative share).
    pub lead_time_curve: Vec<(f64, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuantileRow {
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MethodRow {
    pub method: String,
    pub orders_count: u64,
    pub on_time_share: f64,
    pub lead_time_s_p50: f64,
    pub lead_time_s_p99: f64,
}

/// Means over replications, in minor units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostFacts {
    pub total_minor: Estimate,
    pub per_order_minor: Estimate,
    /// Whatever comes: staffed time and departures.
    pub plan_minor: Estimate,
    /// With the orders: freight, boxes, fees, returns, penalties.
    pub outcome_minor: Estimate,
    /// Labor, freight, linehaul, packaging, payment fees, penalties, ...
    pub lines: Vec<CostRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostRow {
    pub line: String,
    pub minor: f64,
    pub share: f64,
}

/// One figure of one part of an order's life, mean of a replication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LifeRow {
    pub part: String,
    pub measure: String,
    pub unit: Unit,
    pub value: Estimate,
}

/// What process discovery finds in the event log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProcessFacts {
    pub orders_count: u64,
    pub variants_count: u64,
    /// The most frequent ones; `tables/variants.csv` has them all.
    pub variants: Vec<VariantRow>,
    /// Which step followed which, those in which orders spent the most time first.
    pub arcs: Vec<ArcRow>,
    /// Steps that happened to some order more than once.
    pub rework: Vec<ReworkRow>,
}

/// Orders that went the same way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariantRow {
    pub steps: Vec<String>,
    pub count: u64,
    pub share: f64,
    /// From the first step to the last.
    pub time_s_mean: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArcRow {
    pub from: String,
    pub to: String,
    pub count: u64,
    pub time_s_mean: f64,
    pub time_s_total: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReworkRow {
    pub step: String,
    pub orders_count: u64,
    /// Beyond the first of each order.
    pub repeats_count: u64,
}

/// The run beside itself without faults, on the same luck.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FaultFacts {
    /// In the order of the scenario.
    pub faults: Vec<FaultFactRow>,
    /// The service levels without the faults, in the order of `slo`.
    pub slo_without: Vec<SloRow>,
    /// The stations that break with the faults and not without them, earliest first.
    pub broken: Vec<BottleneckRow>,
    /// What a replication costs, and what becomes of its orders; rows that are zero on both sides are left out.
    pub differences: Vec<DifferenceRow>,
    pub in_work: WorkSeries,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FaultFactRow {
    /// Kind and target: `gateway-outage alipay`.
    pub fault: String,
    pub from_s: f64,
    pub until_s: f64,
    /// Orders, callbacks, receipts, ... that it struck, mean of a replication.
    pub struck_mean: f64,
    /// The most orders more in work than without faults, from its start to the next fault after its end.
    pub extra_in_work: Estimate,
    /// Replications that recovered from it before the next fault, or the horizon.
    pub recovered: u32,
    /// From its end until the orders in work were within 1 % of their peak without faults, for good; absent when a
    /// replication did not recover.
    pub recovery_s: Option<Estimate>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DifferenceRow {
    /// `cost` of a replication, or `orders`.
    pub group: String,
    pub name: String,
    pub unit: Unit,
    pub without: f64,
    pub with: f64,
    /// With less without, by replication: a paired interval.
    pub difference: Estimate,
}

/// Orders in work (neither final nor delivered) at the end of each interval, of replication 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkSeries {
    pub with: Vec<i64>,
    pub without: Vec<i64>,
}

/// What one unit more is worth, and the cheapest changes that keep every promise; all paired with the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AdviceFacts {
    /// The promise that is nearest to its bound, or farthest beyond it.
    pub promise: Option<SloRow>,
    /// Stations that break, the first ahead.
    pub units: Vec<UnitRow>,
    /// What breaks first once the first of the units has four times its servers; absent when nothing does.
    pub next: Option<String>,
    /// The cheapest first.
    pub fixes: Vec<FixRow>,
    /// Replications simulated for this.
    pub runs: u64,
}

/// One server more at a station: differences to the run, by replication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UnitRow {
    pub station: String,
    /// For `ordermill run`: `--set nodes.Dallas.pickers+=1`.
    pub set: String,
    /// In the unit of the promise.
    pub promise: Option<Estimate>,
    pub lead_time_s_p99: Estimate,
    /// Total cost of a replication: wages and what they save.
    pub cost_minor: Estimate,
}

/// A change after which every promise holds, or none fails.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FixRow {
    pub changes: Vec<ChangeRow>,
    pub verdict: Verdict,
    /// In the order of `slo`.
    pub slo: Vec<SloRow>,
    /// Total cost of a replication, less without the change.
    pub cost_minor: Estimate,
    /// What breaks first now; absent when nothing does.
    pub next: Option<String>,
    /// For `ordermill run`: `--set 'stock.cover*=1.2'`.
    pub set: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeRow {
    pub path: String,
    /// What stood there; absent for a factor on many.
    pub from: Option<String>,
    pub to: String,
}

/// Totals over replications, minor units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MoneyFacts {
    pub captured_minor: i64,
    pub refunded_minor: i64,
    pub revenue_minor: i64,
    pub deposit_minor: i64,
    pub points_held: i64,
}

/// Places and flows of replication 0, for the flow map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkFacts {
    pub nodes: Vec<PlaceRow>,
    pub zones: Vec<PlaceRow>,
    /// Parcels by (fulfillment center, zone).
    pub flows: Vec<FlowRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceRow {
    pub name: String,
    pub kind: String,
    pub lat: f64,
    pub lon: f64,
    /// Orders delivered there, or parcels that passed.
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FlowRow {
    pub from: String,
    pub to: String,
    pub parcels_count: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReplayFacts {
    pub file: String,
    pub source: String,
    pub rows_count: u64,
    pub orders_count: u64,
    pub cancelled_rows_count: u64,
    pub rejected: Vec<CountRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventCounts {
    /// Stage steps executed: one token handled at one instant.
    pub stage_steps: u64,
    /// Entries popped from the calendar.
    pub calendar: u64,
    pub per_order: f64,
    pub peak_pending: u64,
    pub peak_orders_in_flight: u64,
}
