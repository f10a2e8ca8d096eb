//! WHO SERVES WHICH LINE: strategies, the matching of arriving stock to waiting orders, boxes.
//!
//! ```text
//!   order's open lines ---+
//!   stock view (stale) ---+--> Allocator --> Plan { assignments, backorders, considered }
//!   draw ----------------- +       |
//!                            Builtin: Priority, Nearest, CheapestLine, Balance, SingleOrWait,
//!                                     FewestSplits, CheapestSet, BidPrice, Score, Wave,
//!                                     IndepRound, DilateRound, DilateFallback
//!                            Own: whatever implements `Strategy`
//! ```
//!
//! A plan is a wish: the engine checks again when it holds the stock. Whatever the strategy, a plan
//! partitions what was asked: assigned + backordered = open, line by line.

pub mod allocator;
pub mod boxes;
pub mod builtin;
pub mod cards;
pub mod cheapest_set;
pub mod conformance;
pub mod decomposed;
pub mod fewest_splits;
pub mod fill;
pub mod forecast;
pub mod guard;
pub mod holt_winters;
pub mod jasin_sinha;
#[cfg(feature = "lp")]
pub mod linear;
pub mod load;
pub mod plan_check;
pub mod pre_position;
pub mod registry;
pub mod rounding;
pub mod score;
pub mod set_search;
pub mod shelf;
pub mod split;
pub mod strategy;
pub mod tables;
pub mod transport;
pub mod view;
pub mod waiting;
pub mod wave;

pub use allocator::{Allocator, Builtin, Settings};
pub use boxes::{BoxItem, BoxLimits, Boxes, ParcelSize};
pub use cards::{CARDS, Card};
pub use forecast::{Expected, Forecast};
pub use guard::hold_low_value;
pub use load::NodeLoad;
pub use plan_check::{PlanFault, check_plan};
pub use registry::{Registry, Surroundings};
pub use rounding::{Fraction, Fractions};
pub use score::{Formula, FormulaFault, Score};
pub use set_search::{SetSearch, Share};
pub use shelf::Shelf;
pub use split::split_reasons;
pub use strategy::{Basis, Snapshot, Strategy, Tables};
pub use tables::{AllocationTables, Offer, Reach};
pub use view::{OpenLine, OrderView, Rules, StockView};
pub use waiting::{WaitKey, Waiter, Waiting};
