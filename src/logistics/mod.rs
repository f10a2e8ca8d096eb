//! HOW GOODS MOVE: lanes and their timetables, routing, transit, last mile, tariffs and promise dates.
//!
//! ```text
//!   fulfillment center --lane--> hub --lane--> hub ~~last mile~~> door in a zone
//!        dock                 sort, dock      sort
//! ```
//!
//! `Network` is built once from plain rows, checked as a whole, and never changes. It answers three kinds
//! of questions: what is planned (`plan_arrival`, `promise`, `choose_carrier`), what it costs (`freight`,
//! `Lane::departure_cost`) and what happens (`next_lane`, `Lane::next_departure`, `Lane::travel`,
//! `first_attempt`). The only thing that changes while goods move is the `Dock`: who waits for which departure.
//!
//! ```
//! use ordermill::domain::*;
//! use ordermill::kernel::law::Law;
//! use ordermill::kernel::time::{Moment, Span};
//! use ordermill::logistics::*;
//!
//! let place = |lat, lon| GeoPoint { lat, lon };
//! let nodes = vec![
//!     NodeInput::new("Jiaxing", NodeKind::FulfillmentCenter, place(30.75, 120.75), Span::ZERO),
//!     NodeInput::new("Nanjing hub", NodeKind::Hub, place(32.06, 118.78), Span::HOUR),
//! ];
//! let carriers = vec![CarrierInput {
//!     name: "Feather".into(),
//!     rates: vec![RateBand { up_to_km: 500.0, first_kg: Money(600), per_further_kg: Money(150) }],
//!     volumetric_ml_per_g: 6.0,
//!     last_mile: Law::constant(Span::from_hours(3)),
//!     last_mile_per_100km: Span::HOUR,
//!     attempts: 3,
//!     attempt_failure: 0.08,
//!     retry_after: Span::DAY,
//!     door_from_minute: 8 * 60,
//!     door_to_minute: 20 * 60,
//!     tour: Span::ZERO,
//! }];
//! let rules = [LaneRule {
//!     from: LaneEnds::FulfillmentCenters,
//!     to: LaneEnds::NearestHub,
//!     timetable: Timetable::Daily(vec![18 * 60]),
//!     cut_off: Span::HOUR,
//!     ..LaneRule::default()
//! }];
//! let network = Network::build(NetworkInput {
//!     lanes: expand(&rules, &nodes, &carriers, 1.3),
//!     nodes,
//!     carriers,
//!     zones: vec![ZoneInput { name: "Nanjing".into(), at: place(32.06, 118.80), weight: 1.0 }],
//!     methods: vec![MethodInput { name: "standard".into(), ..MethodInput::default() }],
//!     ..NetworkInput::default()
//! })
//! .unwrap();
//! // Ready at noon, leaves at 18:00, sorted before midnight, rings at eight in the morning.
//! let noon = Moment(0) + Span::from_hours(12);
//! let arrival = network.plan_arrival(CarrierId(0), NodeId(0), ZoneId(0), noon).unwrap();
//! assert_eq!(arrival, Moment(0) + Span::from_hours(24 + 8));
//! ```

pub mod aisles;
mod assemble;
mod check;
pub mod clock;
pub mod connections;
pub mod dock;
pub mod expand;
pub mod input;
pub mod lane;
pub mod last_mile;
pub mod network;
pub mod planner;
pub mod problem;
pub mod profile;
pub mod rounds;
pub mod tariff;
mod timeline;
pub mod timetable;
pub mod tours;

pub use aisles::{Aisles, Route, Walk};
pub use clock::{LocalClock, ZoneClock};
pub use connections::{Connections, Offer};
pub use dock::Dock;
pub use expand::{LaneEnds, LaneRule, expand, name as lane_name};
pub use input::{
    CarrierInput, LaneInput, MethodInput, NetworkInput, NodeInput, RateBand, Timetable, ZoneInput,
};
pub use lane::Lane;
pub use last_mile::LastMile;
pub use network::{Network, Parcel};
pub use planner::{Planner, Ways};
pub use problem::NetworkProblem;
pub use profile::Profiles;
pub use rounds::{Fidelity, RoundInput, Rounds};
pub use tariff::ShipRate;
