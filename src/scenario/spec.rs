//! What a planner may write, as plain types: one struct a section, one field a key.
//! The reader fills it from a file by the key table; the model turns it into dense, checked tables.

mod after_sales;
mod carrier;
mod cart;
mod door;
mod inspection;
mod movement;
mod service;
mod storefront;
mod supply;
mod tracking;
mod warehouse;

use std::path::PathBuf;

use crate::allocation::Score;
use crate::domain::{FaultKind, GeoPoint, HandlingClass, Mode, Money, NodeKind, TravelLaw, Vehicle};
use crate::kernel::time::Span;

pub use after_sales::{Complaints, Experience, Returns, Tier};
pub use carrier::{CarrierChoice, Mishaps};
pub use cart::{Cart, Signing, Wishlist};
pub use door::Signature;
pub use inspection::{Inspection, PickErrors};
pub use movement::*;
pub use service::{Desk, IntentRow, Service, Tool};
pub use storefront::{MOST_SESSION_LINES, Machines, Segment, Storefront};
pub use supply::{Policy, PrePosition, Replenish, Season};
pub use tracking::Tracking;
pub use warehouse::{Learning, Notes, PickMethod, PickRoute, Picking, PutAway, ShiftBreak, Staging};

/// A whole scenario, with all defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    pub name: String,
    pub description: String,
    /// ISO 4217 code; for print.
    pub currency: String,
    /// Local wall time at business instant zero; gives weekday and hour to shifts, shapes and timetables.
    pub start: LocalTime,
    pub run: Run,
    /// Exactly one of `arrivals` and `replay` is set.
    pub arrivals: Option<Arrivals>,
    pub replay: Option<Replay>,
    pub shop: Shop,
    /// `None`: arrivals are orders.
    pub storefront: Option<Storefront>,
    pub checkout: Checkout,
    /// `None`: a cart is a time and a share.
    pub cart: Option<Cart>,
    pub wishlist: Option<Wishlist>,
    pub promotions: Promotions,
    pub customers: Customers,
    pub zones: Zones,
    pub catalog: CatalogSource,
    pub basket: Basket,
    pub stock: Stock,
    pub shifts: Vec<(String, Vec<ShiftRow>)>,
    pub nodes: Vec<Node>,
    pub floor: Floor,
    pub network: Network,
    /// None: fair everywhere.
    pub weather: Vec<Climate>,
    pub carriers: Vec<Carrier>,
    /// `None`: the carriers' last mile follows a law.
    pub last_mile: Option<LastMile>,
    pub pick_up: PickUp,
    /// `None`: freight alone decides.
    pub carrier_choice: Option<CarrierChoice>,
    /// `None`: nobody looks where a parcel is.
    pub tracking: Option<Tracking>,
    /// `None`: nothing is left at a door.
    pub signature: Option<Signature>,
    /// `None`: promises are a table.
    pub promise: Option<PromiseRules>,
    /// `None`: goods stay where the supplier put them.
    pub pre_position: Option<PrePosition>,
    pub delivery: Vec<DeliveryMethod>,
    pub payment: Payment,
    pub review: Review,
    pub cancel: Cancel,
    pub allocation: Allocation,
    pub after_sales: AfterSales,
    /// `None`: shoppers ask nothing.
    pub service: Option<Service>,
    /// `None`: every return is taken.
    pub returns: Option<Returns>,
    /// `None`: nobody complains and keeps the goods.
    pub complaints: Option<Complaints>,
    /// `None`: nobody says how content they are.
    pub experience: Option<Experience>,
    pub costs: Costs,
    pub initial: Initial,
    pub slo: Vec<Slo>,
    pub faults: Vec<Fault>,
    pub load: Load,
    /// `None`: all places have the clock that shows `start`.
    pub local_times: Option<LocalTimes>,
    /// Zones and the rows of all CSV tables, read and checked: whoever builds the model opens no file.
    pub tables: Tables,
}

/// What the scenario's tables hold, embedded ones included.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tables {
    /// Always filled, whatever `zones` says.
    pub zones: Vec<Zone>,
    /// Filled for `CatalogSource::File`.
    pub catalog: Vec<CatalogRow>,
    /// Filled when `stock.file` is set.
    pub stock: Vec<StockRow>,
    /// Filled when `network.lanes_file` is set; each row replaces what the rules made for its ends.
    pub lanes: Vec<LaneRow>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CatalogRow {
    pub sku: String,
    pub price: Money,
    pub weight_g: u32,
    pub volume_ml: u32,
    pub longest_mm: u32,
    pub class: HandlingClass,
    /// Relative to the other rows.
    pub popularity: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StockRow {
    pub sku: String,
    pub node: String,
    pub quantity: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LaneRow {
    pub from: String,
    pub to: String,
    /// `None` is every carrier.
    pub carrier: Option<String>,
    pub timetable: Timetable,
    pub cut_off: Span,
    /// Weekdays on which it departs, Monday first.
    pub days: [bool; 7],
    pub capacity: u32,
    /// Room of a vehicle; `None` is more than its parcels need.
    pub volume_ml: Option<u64>,
    pub mode: Mode,
    pub vehicle: Vehicle,
    /// Mean travel time; `None` is the vehicle's.
    pub time: Option<Span>,
    pub travel_law: TravelLaw,
    pub travel_cv: f64,
}

/// Clocks of places.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LocalTimes {
    pub clocks: Vec<LocalClock>,
    /// By node and by zone: its clock.
    pub nodes: Vec<u16>,
    pub zones: Vec<u16>,
}

/// Seconds ahead of the clock that shows `start`, which nobody sets: from when on, the first row at zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalClock {
    pub ahead_s: Vec<(Span, i64)>,
}

/// Minutes since Monday 00:00 and the calendar day, of the scenario's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    /// 0 is Monday.
    pub weekday: u8,
}

impl LocalTime {
    /// `None` when there is no such day or minute. Hour 24 is midnight of the next day.
    pub fn new(year: i32, month: u8, day: u8, hour: u8, minute: u8) -> Option<LocalTime> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let legal = (1..=days).contains(&day) && minute < 60 && (hour < 24 || hour == 24 && minute == 0);
        if !legal || !(1..=9_999).contains(&year) {
            return None;
        }
        Some(LocalTime::from_hours(days_from_civil(year, month, day) * 24 + i64::from(hour), minute))
    }

    pub fn plus_hours(self, hours: u64) -> LocalTime {
        let days = days_from_civil(self.year, self.month, self.day);
        LocalTime::from_hours(days * 24 + i64::from(self.hour) + hours as i64, self.minute)
    }

    /// Below zero where `earlier` is later.
    pub fn minutes_since(self, earlier: LocalTime) -> i64 {
        let minutes = |time: LocalTime| {
            let hours = days_from_civil(time.year, time.month, time.day) * 24 + i64::from(time.hour);
            hours * 60 + i64::from(time.minute)
        };
        minutes(self) - minutes(earlier)
    }

    /// From hours since 1970-01-01 00:00, which was a Thursday.
    fn from_hours(hours: i64, minute: u8) -> LocalTime {
        let days = hours.div_euclid(24);
        let (year, month, day) = civil_from_days(days);
        let weekday = (days + 3).rem_euclid(7) as u8;
        LocalTime { year, month, day, hour: hours.rem_euclid(24) as u8, minute, weekday }
    }
}

/// Days since 1970-01-01 of the Gregorian calendar, by Howard Hinnant's `days_from_civil`
/// (chrono-Compatible Low-Level Date Algorithms).
fn days_from_civil(year: i32, month: u8, day: u8) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse: `civil_from_days` of the same source.
fn civil_from_days(days: i64) -> (i32, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    ((year + era * 400 + i64::from(month <= 2)) as i32, month as u8, day as u8)
}

/// A distribution of times. `"90 s"` alone is `Constant`.
#[derive(Debug, Clone, PartialEq)]
pub enum LawSpec {
    Constant(Span),
    Uniform {
        from: Span,
        to: Span,
    },
    Exponential {
        mean: Span,
    },
    Erlang {
        mean: Span,
        phases: u32,
    },
    Gamma {
        mean: Span,
        cv: f64,
    },
    LognormalMedian {
        median: Span,
        sigma: f64,
    },
    LognormalMean {
        mean: Span,
        cv: f64,
    },
    Triangular {
        low: Span,
        mode: Span,
        high: Span,
    },
    Weibull {
        scale: Span,
        shape: f64,
    },
    /// (probability, quantile) pairs in rising order, linear between.
    Empirical {
        quantiles: Vec<(f64, Span)>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The simulated length; orders still open then are reported as open.
    pub horizon: Span,
    /// Orders submitted before it are simulated but left out of the answers.
    pub warm_up: Span,
    pub seed: u64,
    pub replications: Replications,
    /// Two-sided confidence of all intervals.
    pub confidence: f64,
    /// Length of one interval of the time series (stations over time).
    pub interval: Span,
    /// One order in so many enters the OCEL event log.
    pub log_one_in: u64,
}

/// Runs `min` replications, then twice as many, and so on until every SLO is decided or `max` is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replications {
    pub min: u32,
    pub max: u32,
    /// All looks together keep the run's confidence; otherwise each look has it for itself.
    pub spends: bool,
}

impl Replications {
    /// `replications: auto`: looks at 5, 10, 20, 40 and 80.
    pub const AUTO: Replications = Replications { min: 5, max: 80, spends: true };

    pub const fn exactly(count: u32) -> Replications {
        Replications { min: count, max: count, spends: false }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// Poisson at one rate, orders an hour.
    Constant { per_hour: f64, duration: Span },
    /// Non-homogeneous Poisson: `orders` expected in `duration`, spread by hourly weights from `start` on,
    /// repeated when shorter than `duration`.
    Profile { orders: f64, duration: Span, hours: Vec<f64> },
    /// Linear ramps between target rates: (orders an hour at the end of the stage, length).
    Ramp { start_per_hour: f64, stages: Vec<(f64, Span)> },
}

/// Orders read from a file, streamed.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    pub file: PathBuf,
    /// Where the data come from: printed in the report.
    pub source: String,
    pub columns: ReplayColumns,
    /// Consecutive rows with the same order id are lines of one order; without `order`, every row is one.
    pub time_format: String,
    /// Hourly weights that spread orders over the day when the file has days only.
    pub hours: Vec<f64>,
    /// Divides the recorded gaps: 10 replays ten days in one.
    pub speed: f64,
    /// Rows whose `cancelled` column holds one of these are left out and counted.
    pub cancelled_values: Vec<String>,
    /// Stop after so many rejected rows.
    pub max_rejects: u64,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReplayColumns {
    pub order: Option<String>,
    pub time: String,
    pub customer: Option<String>,
    pub sku: Option<String>,
    pub quantity: Option<String>,
    /// Price of one unit, in major units.
    pub price: Option<String>,
    /// Value of the whole row, in major units; the price is value / quantity.
    pub value: Option<String>,
    pub place: Option<String>,
    pub cancelled: Option<String>,
}

/// Browse and cart: the funnel in front of the orders.
#[derive(Debug, Clone, PartialEq)]
pub struct Shop {
    /// Share of visitors who put something into the cart, at the reference load time.
    pub cart_rate: f64,
    /// Share of carts that are left without an order, at the reference load time.
    pub cart_abandonment: f64,
    /// Pages seen before the order is submitted.
    pub pages: u32,
    pub load_time: LawSpec,
    pub reference_load_time: Span,
    /// Relative loss of orders for each 0.1 s that a page loads longer than the reference.
    pub loss_per_100ms: f64,
    /// Thinking time on a page.
    pub think_time: LawSpec,
    /// From the first cart line to submit.
    pub cart_time: LawSpec,
}

/// From a filled cart to an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkout {
    pub steps: u32,
    pub step_time: LawSpec,
    pub step_loss: f64,
    pub one_click: f64,
    pub address_error: f64,
    /// Of the wrong addresses, the share that the form finds.
    pub address_check: f64,
    pub address_correction: LawSpec,
    pub address_patience: Span,
    pub quote_lifetime: Option<Span>,
    pub price_changes_per_hour: f64,
    pub price_change: f64,
    pub price_loss: f64,
    pub choice: Option<Choice>,
}

/// The handling classes, as a scenario writes them.
pub const CLASSES: &[&str] = &["standard", "cold", "hazmat", "oversize"];

#[derive(Debug, Clone, PartialEq)]
pub struct Promotions {
    pub coupons: Vec<Coupon>,
    pub points: Option<Points>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Coupon {
    pub name: String,
    pub off: Discount,
    pub threshold: Money,
    pub class: Option<HandlingClass>,
    pub group: Option<String>,
    pub per_customer: Option<u32>,
    pub budget: Money,
    pub share: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Discount {
    Money(Money),
    Share(f64),
}

/// Points that are spent.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    pub worth: Money,
    pub spenders: f64,
    pub cap: f64,
    pub lifetime: Option<Span>,
}

/// How shoppers weigh the delivery methods, beside the methods' shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    pub per_money: f64,
    pub per_day: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Customers {
    pub count: u32,
    /// Zipf exponent of how unevenly customers order; 0 is even.
    pub skew: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Zones {
    /// The `count` most populous cities of an embedded country table (cn, us, br, de).
    Cities {
        country: String,
        count: u32,
    },
    /// US ZIP codes grouped by their first `digits` digits, weighted by population.
    UsZip {
        digits: u8,
    },
    /// CSV: name, lat, lon, weight.
    File(PathBuf),
    List(Vec<Zone>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    pub name: String,
    pub at: GeoPoint,
    pub weight: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum CatalogSource {
    /// A synthetic catalog; popularity is Zipf-Mandelbrot.
    Synthetic {
        skus: u32,
        /// Zipf exponent of popularity.
        skew: f64,
        /// Share of demand that goes to the first SKU, on top of the Zipf law (flash sale); 0 is off.
        hot_share: f64,
        price_median: Money,
        price_sigma: f64,
        weight_median_g: f64,
        weight_sigma: f64,
        /// Cubic millimeters a gram would be 1,000 at the density of water; here milliliters a gram.
        volume_ml_per_g: f64,
        /// Shares of SKUs by class; the rest is standard.
        classes: Vec<(HandlingClass, f64)>,
    },
    /// CSV: sku, price, weight_g, volume_ml, longest_mm, class, popularity.
    File(PathBuf),
    /// Every SKU that the replay file names, with its first price.
    FromReplay { weight_g: u32, volume_ml: u32 },
}

impl CatalogSource {
    /// The name of a drawn SKU, counted from 0: references in a scenario use it.
    pub fn synthetic_name(index: u32) -> String {
        format!("SKU-{:06}", index + 1)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Basket {
    /// Weights of orders with 1, 2, 3, ... lines.
    pub lines: Vec<f64>,
    /// Weights of 1, 2, 3, ... units on a line.
    pub quantity: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Stock {
    pub reserve_at: ReserveAt,
    /// Total units a SKU = expected demand x cover (at least one). Unused when `file` is set.
    pub cover: f64,
    /// Fulfillment centers that carry a SKU.
    pub nodes_per_sku: u32,
    /// CSV: sku, node, quantity.
    pub file: Option<PathBuf>,
    /// Share of each cell that is fenced off and never promised.
    pub safety: f64,
    pub receipts: Vec<Receipt>,
    pub receipts_file: Option<PathBuf>,
    pub replenish: Vec<Replenish>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReserveAt {
    Submit,
    Pay,
    Allocate,
}

/// Goods that come in. `sku: None` is every SKU; `quantity` is units, or a share of the initial stock.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    pub at: Span,
    /// Name of the node; `None` is every node that carries the SKU.
    pub node: Option<String>,
    pub sku: Option<String>,
    pub quantity: Option<u32>,
    pub share: Option<f64>,
}

/// Staff share from `from` to `to` (minutes of the day; `to` may pass midnight) on some weekdays.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftRow {
    pub days: [bool; 7],
    pub from_minute: u16,
    pub to_minute: u16,
    pub share: f64,
    /// Of the staff, those who have never done this before.
    pub temps: f64,
    /// Of the staff, those who do not come.
    pub absence: f64,
    pub pause: Option<ShiftBreak>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub name: String,
    pub kind: NodeKind,
    pub at: GeoPoint,
    /// Rank for the `priority` strategy: lower first.
    pub priority: u32,
    pub pickers: u32,
    pub packers: u32,
    pub graders: u32,
    /// Sorting servers of a hub.
    pub sorters: u32,
    /// Name of a row group in `shifts`; `None` is round the clock.
    pub shifts: Option<String>,
    /// Building and machines, whatever comes.
    pub capital_per_day: Money,
    /// Work times are divided by it.
    pub speed: f64,
    /// `None` is that of the nearest city, where time zones count at all.
    pub time_zone: Option<String>,
    /// A hub where nobody sorts: parcels pass at once.
    pub passes: bool,
    /// Of a hub: parcels for which it has room.
    pub floor: Option<u32>,
}

/// Work on the floor of every node, and how it is grouped.
#[derive(Debug, Clone, PartialEq)]
pub struct Floor {
    pub pick_per_order: LawSpec,
    pub pick_per_line: LawSpec,
    pub pack_per_order: LawSpec,
    pub pack_per_line: LawSpec,
    pub sort: LawSpec,
    pub grade: LawSpec,
    /// Wages an hour, paid for staffed time.
    pub pick_wage: Money,
    pub pack_wage: Money,
    pub sort_wage: Money,
    pub grade_wage: Money,
    pub wave: Option<Wave>,
    /// Orders of one customer at one node are packed together when they meet within this window; zero is off.
    pub merge_window: Span,
    pub box_max_weight_g: u32,
    pub box_max_volume_ml: u32,
    pub box_max_units: u32,
    pub box_max_side_mm: u32,
    pub queue: QueueOrder,
    pub errors: PickErrors,
    /// How pickers go round; `None`: one order after the other, and ways are not told apart from picking.
    pub picking: Option<Picking>,
    pub notes: Option<Notes>,
    /// `None`: what is graded for sale can be sold at once.
    pub put_away: Option<PutAway>,
    pub staging: Staging,
    pub learning: Learning,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueOrder {
    Fifo,
    /// Delivery methods with a lower rank go first.
    Priority,
    /// By promised instant.
    EarliestDue,
}

/// Released every `every`, or as soon as `size` fulfillment orders wait.
#[derive(Debug, Clone, PartialEq)]
pub struct Wave {
    pub every: Span,
    pub size: u32,
    /// Instead of `every`: so long before each departure from the node.
    pub before: Option<Span>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Road distance = great circle x circuity.
    pub circuity: f64,
    pub lane_rules: Vec<LaneRule>,
    /// Cost and CO2 are traced to parcels.
    pub trace: bool,
    /// CSV: from, to, carrier, departures, days, cut_off, capacity, mode, time, travel_law, travel_cv,
    /// cost_per_departure, cost_per_km, co2_per_km.
    /// CSV: from, to, carrier, departures, cut_off, capacity, volume, time, cost_per_departure, cost_per_km.
    pub lanes_file: Option<PathBuf>,
    /// Shares of full speed from midnight on; `None` is full speed.
    pub hours: Option<[f64; 24]>,
    pub ad_hoc: Option<AdHoc>,
    /// Within a rank, who is due first leaves first.
    pub dock_by_due: bool,
}

/// Makes one lane for each (from, to, carrier) it matches.
#[derive(Debug, Clone, PartialEq)]
pub struct LaneRule {
    pub from: LaneEnds,
    pub to: LaneEnds,
    /// Names of carriers; empty is every carrier.
    pub carriers: Vec<String>,
    pub timetable: Timetable,
    /// A parcel must be at the dock so long before the departure.
    pub cut_off: Span,
    /// Parcels a departure.
    pub capacity: u32,
    /// Weekdays on which it departs, Monday first.
    pub days: [bool; 7],
    pub mode: Mode,
    pub vehicle: Vehicle,
    pub travel_law: TravelLaw,
    /// Room of a vehicle; `None` is more than its parcels need.
    pub volume_ml: Option<u64>,
    /// Coefficient of variation of the travel time.
    pub travel_cv: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum LaneEnds {
    FulfillmentCenters,
    Hubs,
    /// As `to` only: the hub nearest to `from`.
    NearestHub,
    Named(Vec<String>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Timetable {
    Every {
        first_minute: u16,
        every: Span,
    },
    /// Minutes of the day, every day.
    Daily(Vec<u16>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Carrier {
    pub name: String,
    /// Bands by road distance, rising; the last one holds beyond.
    pub rates: Vec<RateBand>,
    /// Milliliters that bill as one gram (volumetric weight), e.g. 6.
    pub volumetric_ml_per_g: f64,
    /// From the last hub to the first attempt at the door.
    pub last_mile: LawSpec,
    /// Added for each 100 km from the last hub.
    pub last_mile_per_100km: Span,
    pub attempts: u32,
    pub attempt_failure: f64,
    pub retry_after: Span,
    /// Doors open from .. to, minutes of the day.
    pub door_from_minute: u16,
    pub door_to_minute: u16,
    /// Parcels that came while doors were closed are handed over in their turn within this time of the opening.
    pub tour: Span,
    pub mishaps: Mishaps,
    /// Of the freight, what the way back costs of a parcel that nobody took.
    pub return_freight: f64,
    /// Where the last mile is a law.
    pub co2_g_per_attempt: f64,
    /// Parcels that it takes on a local day; `None` is without limit.
    pub per_day: Option<u32>,
    /// Who takes the rest.
    pub overflow: Option<String>,
    pub peak: Vec<PeakDays>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RateBand {
    pub up_to_km: f64,
    pub first_kg: Money,
    pub per_further_kg: Money,
}

/// Promises that learn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PromiseRules {
    /// Share of orders that shall keep it.
    pub target: f64,
    /// Residuals that a way remembers.
    pub window: usize,
}

/// What a shopper is shown of the carriers of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offers {
    /// The earliest promise, at the method's price.
    Fastest,
    /// The promise of the carrier whose freight is least.
    Cheapest,
    /// All that no other beats in both; who takes a dearer one pays the difference of freight.
    Pareto,
}

/// Where a parcel is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    Door,
    Locker,
    PickupPoint,
}

/// Lockers and pickup points.
#[derive(Debug, Clone, PartialEq)]
pub struct PickUp {
    /// In all zones, by weight.
    pub compartments: u32,
    /// Compartments of a bank.
    pub bank: u32,
    pub points: u32,
    pub dwell: LawSpec,
    pub hold: Span,
}

impl Scenario {
    /// Whether some shoppers fetch their parcels.
    pub fn fetches(&self) -> bool {
        self.delivery.iter().any(|method| method.to != To::Door)
    }
}

/// How the tours of vans are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TourFidelity {
    Approx,
    Fast,
    Vrp,
}

/// Vans that leave each zone's station in rounds.
#[derive(Debug, Clone, PartialEq)]
pub struct LastMile {
    pub fidelity: TourFidelity,
    pub rounds: Timetable,
    /// Of each carrier, in all zones.
    pub vans: u32,
    pub capacity: u32,
    /// Of a zone of mean weight.
    pub area_km2: f64,
    pub station_km: f64,
    pub speed_kmh: f64,
    /// Shares of the speed from midnight on.
    pub hours: [f64; 24],
    pub time_per_stop: Span,
    pub time_per_parcel: Span,
    pub wage_per_hour: Money,
    pub cost_per_km: Money,
    pub co2_g_per_km: f64,
    pub iterations: u64,
    /// Share of rounds that are planned by formula and by search as well.
    pub sample: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryMethod {
    pub name: String,
    pub share: f64,
    /// What the shopper pays.
    pub price: Money,
    /// Names of carriers that may serve it; empty is every carrier. The cheapest that meets the promise is taken.
    pub carriers: Vec<String>,
    /// Rank on the floor and at the dock: lower first.
    pub rank: u32,
    /// Time the promise allows from submit until the parcel is at the dock.
    pub handling: Span,
    /// Added to the planned arrival.
    pub slack: Span,
    /// Promise the end of the day (24:00) instead of the minute.
    pub by_day: bool,
    pub to: To,
    pub offers: Offers,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    /// An unpaid order expires after this.
    pub expiry: Span,
    pub methods: Vec<PaymentMethod>,
    /// `None`: every callback is believed.
    pub signing: Option<Signing>,
    /// Share of shoppers who leave when the method that they like best is not offered.
    pub missing_loss: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PaymentMethod {
    pub name: String,
    pub share: f64,
    /// Nothing is captured at submit; the shopper pays at the door.
    pub cash_on_delivery: bool,
    /// Parallel requests to the provider.
    pub lanes: u32,
    pub latency: LawSpec,
    pub success: f64,
    /// Share of declined shoppers who try again, once more each time.
    pub retry: f64,
    pub retry_after: LawSpec,
    /// Share of captures whose callback comes late.
    pub late_share: f64,
    pub late_delay: LawSpec,
    /// Share of captures whose callback comes twice.
    pub duplicate: f64,
    /// Share of captured money kept by the provider.
    pub fee: f64,
    /// Cash on delivery: share refused at the door.
    pub refuse_at_door: f64,
    /// And how long the carrier keeps what was paid.
    pub remit_after: Span,
    /// The shop waits no longer for an answer; a capture may still come in.
    pub timeout: Option<Span>,
    /// Requests an hour that the provider admits, and how many at once after a pause.
    pub rate_limit_per_hour: Option<f64>,
    pub burst: u32,
    /// Another method, by its index, for shoppers who are turned down for good, and how many of them take it.
    pub fallback: Option<usize>,
    pub fallback_share: f64,
    pub offered: bool,
}

/// The most often that one order may change its payment method.
pub const MOST_FALLBACKS: usize = 7;

#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// Orders score uniformly in 0..1; at or above `manual_score` a person looks, at or above `reject_score`
    /// the order is rejected at once.
    pub manual_score: f64,
    pub reject_score: f64,
    pub reviewers: u32,
    pub shifts: Option<String>,
    pub work: LawSpec,
    /// Share of the orders looked at that are rejected.
    pub manual_reject: f64,
    pub wage: Money,
    /// Share of the orders that nobody will pay for in the end.
    pub fraud: f64,
    /// By how many standard deviations their scores lie higher.
    pub separation: f64,
    /// Share of the fraud that a person looks at and rejects.
    pub detection: f64,
    /// What a provider asks for taking the money back.
    pub chargeback_fee: Money,
    pub rules: Vec<ReviewRule>,
}

/// Decides an order that meets all its conditions, whatever its score.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewRule {
    pub name: String,
    pub amount_above: Option<Money>,
    pub units_above: Option<u64>,
    /// By index.
    pub payment: Option<usize>,
    pub verdict: ReviewVerdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewVerdict {
    Pass,
    Manual,
    Reject,
}

impl ReviewVerdict {
    pub const ALL: [ReviewVerdict; 3] = [ReviewVerdict::Pass, ReviewVerdict::Manual, ReviewVerdict::Reject];
    pub const NAMES: [&str; 3] = ["pass", "manual", "reject"];
}

/// Shoppers who change their mind before the floor has the order.
#[derive(Debug, Clone, PartialEq)]
pub struct Cancel {
    pub share: f64,
    pub after: LawSpec,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    pub strategy: StrategyName,
    /// A registered strategy of one's own, instead.
    pub own: Option<&'static str>,
    /// What the strategy `score` ranks by.
    pub score: Score,
    /// How often the strategies that look ahead make their prices anew.
    pub refresh_every: Span,
    /// How long orders gather that the strategy plans together.
    pub wave_every: Span,
    /// A line may be served from several nodes.
    pub split_lines: bool,
    /// At most so many fulfillment orders an order.
    pub max_splits: u32,
    /// Goods of a second box are worth at least so much.
    pub min_box_value: Money,
    /// What cannot be served waits for stock; otherwise it is refused at submit or refunded.
    pub backorder: bool,
    /// Backordered units are given up after this.
    pub backorder_patience: Span,
}

impl Allocation {
    /// The strategy's name, built-in or one's own.
    pub fn strategy_name(&self) -> &'static str {
        self.own.unwrap_or(self.strategy.name())
    }
}

pub use crate::allocation::Builtin as StrategyName;

#[derive(Debug, Clone, PartialEq)]
pub struct AfterSales {
    /// From delivery to the shopper's look at the goods.
    pub inspect_after: LawSpec,
    /// Shares of parcels with a fault of appearance, quantity or specification.
    pub appearance_fault: f64,
    pub quantity_fault: f64,
    pub specification_fault: f64,
    /// Share of flawless parcels sent back all the same.
    pub change_of_mind: f64,
    /// From the shopper's decision to the return dock.
    pub send_back: LawSpec,
    /// Share of returned parcels whose goods are sold again.
    pub restock: f64,
    /// What a carrier lost is sent once more, where the node has it.
    pub re_ship: bool,
    pub inspection: Inspection,
    /// Points earned for each major unit paid, booked when the order completes.
    pub points_per_unit: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    pub packaging_per_parcel: Money,
    pub late_penalty_per_order: Money,
    pub refused_penalty_per_order: Money,
    pub return_handling_per_parcel: Money,
    /// Of the wage, on top of it, for time after the end of a shift.
    pub overtime_premium: f64,
    /// Of the goods of a refused order.
    pub lost_margin: f64,
}

/// What is already under way at business instant zero.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Initial {
    /// Orders paid and reviewed that wait for allocation.
    pub backlog: u64,
    /// Parcels on their way to their last mile.
    pub in_transit: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Slo {
    pub metric: Metric,
    /// For `StageTime` only: the stage's kebab-case name.
    pub stage: Option<String>,
    /// For times only.
    pub quantile: Option<f64>,
    pub bound: Bound,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Delivered orders that arrived by their promise / orders promised within the horizon.
    OnTimeShare,
    /// Submit to the last parcel's delivery.
    LeadTime,
    /// Submit to the last parcel's departure.
    ShipTime,
    /// Time in one stage.
    StageTime,
    RefusedShare,
    SplitShare,
    BackorderShare,
    CostPerOrder,
    /// Orders not in a final state at the horizon / submitted.
    OpenShare,
    /// Mean score of judged orders / 10.
    Satisfaction,
}

impl Metric {
    /// In the order of the key table's words.
    pub const ALL: [Metric; 10] = {
        use Metric::*;
        [
            OnTimeShare,
            LeadTime,
            ShipTime,
            StageTime,
            RefusedShare,
            SplitShare,
            BackorderShare,
            CostPerOrder,
            OpenShare,
            Satisfaction,
        ]
    };

    pub fn is_time(self) -> bool {
        matches!(self, Metric::LeadTime | Metric::ShipTime | Metric::StageTime)
    }
}

/// Times in seconds, shares in 0..1, money in minor units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Bound {
    pub fn is_kept_by(self, value: f64) -> bool {
        match self {
            Bound::AtMost(limit) => value <= limit,
            Bound::AtLeast(limit) => limit <= value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_pass_over_leap_days_and_years() {
        let after = |year, month, day, hours| {
            let at = LocalTime::new(year, month, day, 0, 0).unwrap().plus_hours(hours);
            (at.year, at.month, at.day, at.hour, at.weekday)
        };
        assert_eq!(after(2024, 2, 28, 25), (2024, 2, 29, 1, 3)); // a Thursday
        assert_eq!(after(2026, 12, 31, 24), (2027, 1, 1, 0, 4)); // a Friday
        assert_eq!(after(1997, 1, 1, 546 * 24), (1998, 7, 1, 0, 2)); // a Wednesday
        assert_eq!(LocalTime::new(2023, 2, 29, 0, 0), None);
    }
}

/// One thing that goes wrong. What a kind has no key for is at its neutral value.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub kind: FaultKind,
    pub at: Span,
    pub length: Span,
    /// Name of a payment method, node, carrier or SKU, as the kind asks; `None` is every one.
    pub target: Option<String>,
    /// A second name: the overflow carrier, the carrier of a closed lane.
    pub other: Option<String>,
    /// A share of one, or a factor for a surge.
    pub size: f64,
    /// A further share: how much of a shelf is missing, or what a carrier pays for.
    pub part: f64,
    /// How late, how far apart, or how wrong a clock is.
    pub delay: Span,
    /// Copies, or questions.
    pub count: u32,
    /// The kind's yes or no: fail fast, re-route, behind.
    pub flag: bool,
}

/// How a load test plays the scenario in wall time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Load {
    /// `None`: closed.
    pub arrivals: Option<LoadArrivals>,
    /// `None`: once through the stream.
    pub duration: Option<Span>,
    pub warm_up: Span,
    /// `None`: as many as the machine has cores.
    pub threads: Option<u32>,
    pub slo: Vec<LoadSlo>,
}

/// Rates are orders a second of wall time.
#[derive(Debug, Clone, PartialEq)]
pub enum LoadArrivals {
    Closed,
    ConstantRate {
        per_s: f64,
    },
    RampingRate {
        from_per_s: f64,
        /// Rate at the end, and length.
        stages: Vec<(f64, Span)>,
    },
    Replay {
        /// Business seconds in a second of wall time.
        speed: f64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadSlo {
    pub quantile: f64,
    pub at_most: Span,
}
