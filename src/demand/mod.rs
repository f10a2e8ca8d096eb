//! WHO ORDERS WHAT, WHEN: profiles, shoppers, baskets, replay; lazy, sorted streams.
//!
//! ```text
//!  Scenario -> DemandTables -> Arrivals -> (Moment, OrderId) -> content -> OrderDraft
//!                   |
//!                   +-> catalog, expected orders and units (stock rule), Visitors (lost before they order)
//! ```
//!
//! ```
//! use ordermill::demand::{DemandTables, OrderDraft};
//! use ordermill::kernel::draw::Draw;
//! use ordermill::scenario::{self, QUICKSTART};
//!
//! let scenario = scenario::read_str("quickstart.yaml", QUICKSTART, ".".as_ref(), &[]).unwrap();
//! let tables = DemandTables::build(&scenario).unwrap();
//! let mut arrivals = tables.arrivals(Draw::new(scenario.run.seed, 0)).unwrap();
//! let mut draft = OrderDraft::default();
//! let first = arrivals.next().unwrap();
//! arrivals.content(&tables, &mut draft);
//! assert!(first.id.0 == 0 && !draft.lines.is_empty());
//! ```
//!
//! # Promises
//! - A drawn order hangs on its number and the purpose of each draw, so that two scenarios with the same seed
//!   see the same shoppers.
//! - Nothing is allocated for an order once the buffer is warm.
//! - Prices and weights of drawn SKUs are a property of the scenario, not of the seed.

mod arrivals;
mod catalog;
mod customer;
mod draft;
mod load_time;
mod past;
mod poisson;
mod problem;
mod profile;
pub mod replay;
mod tables;
mod visitors;
mod weights;

pub use arrivals::{Arrival, Arrivals};
pub use customer::CustomerPick;
pub use draft::OrderDraft;
pub use load_time::LoadTimeEffect;
pub use problem::Problem;
pub use replay::ReplayFacts;
pub use tables::DemandTables;
pub use visitors::{LostVisitors, Visitors};
