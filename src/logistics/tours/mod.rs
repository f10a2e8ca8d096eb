//! Delivery tours: which vehicle visits which stops, in which order.
//!
//! ```text
//!   file -> Problem -> Instance -> savings (fast) -> sisr (vrp) -> routes
//!              `--------------------- check ----------------------'
//! ```
//!
//! `Problem` is what a file says, `Instance` the flat arrays that the solvers read. `check` judges routes
//! from the `Problem` alone: it shares no code with the solvers.
//!
//! ```
//! use ordermill::logistics::tours::*;
//!
//! let problem = Problem {
//!     name: "four corners".into(),
//!     metric: Metric::Points {
//!         at: vec![(0.0, 0.0), (0.0, 10.0), (10.0, 10.0), (10.0, 0.0)],
//!         rounding: Rounding::Nearest,
//!     },
//!     capacity: 3,
//!     demand: vec![0, 1, 1, 1],
//!     windows: None,
//!     vehicles: None,
//! };
//! let found = solve(&Instance::new(&problem), 1, &Budget::Iterations(100));
//! assert_eq!(check(&problem, &found.routes), Ok(40));
//! ```

pub mod budget;
pub mod check;
mod dice;
pub mod instance;
pub mod problem;
pub mod read;
mod savings;
mod sisr;
mod sol;
mod state;

pub use budget::Budget;
pub use check::{Breach, check};
pub use instance::Instance;
pub use problem::{Metric, Problem, Rounding, Window};
pub use read::{Flaw, Flaws, read};
pub use savings::savings;
pub use sisr::{Found, solve};
pub use sol::sol_text;
