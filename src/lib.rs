//! ordermill: an in-memory e-commerce order engine and the discrete-event simulator around it.
//!
//! ```text
//! scenario text -> Scenario -> Model -> (Moment, Event) -> stages -> engine.apply(at, Command)
//!                 (checked)   (dense)      sim              one file a stage      |
//!                                                                                 v
//!    what people read <- Document <- Study <- Outcome <- metrics, tape, log <- Transition or Refusal
//!      report             report   experiment   sim
//! ```
//!
//! | room | what lives there |
//! |---|---|
//! | [`kernel`] | when: time, calendar, draws, distributions, stations, shifts; knows no orders |
//! | [`domain`] | what: the nouns of the trade, commands, transitions, refusals |
//! | [`engine`] | what may happen: stock, orders, payments, ledgers; any thread, no clock |
//! | [`allocation`] | who serves which line: strategies, boxes, waiting orders |
//! | [`logistics`] | how goods move: lanes, timetables, routes, tariffs, promises, last mile |
//! | [`stages`] | one file a stage of the order's life |
//! | [`scenario`] | what the planner wrote: one key table, one reader, all diagnostics |
//! | [`storefront`] | what a shopper sees: search, facets, page cache, recommendations, ratings |
//! | [`demand`] | who orders what, when; drawn or replayed |
//! | [`model`] | the checked world, dense |
//! | [`metrics`], [`journal`] | what was seen, what is kept |
//! | [`audit`] | is it true: totals and orders re-derived from transitions alone |
//! | [`sim`], [`experiment`] | one run in virtual time, many runs |
//! | [`load`] | wall time: a run's commands against one engine from many threads |
//! | [`report`], [`cli`] | what is told, and the command line |
//!
//! # Example
//!
//! One replication of a small day, by library:
//!
//! ```
//! use std::path::Path;
//! use ordermill::{model::Model, scenario, sim};
//!
//! let smaller = [("arrivals.profile.orders".to_string(), "500".to_string())];
//! let scenario = scenario::read_str("quickstart.yaml", scenario::QUICKSTART, Path::new("."), &smaller)
//!     .unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
//! let model = Model::build(&scenario).unwrap_or_else(|diagnostics| panic!("{diagnostics}"));
//! let options = sim::Options { seed: 7, ..Default::default() };
//! let outcome = sim::simulate(&model, &options).expect("the laws hold");
//!
//! let finals: u64 = outcome.metrics.finals.iter().sum();
//! assert_eq!(outcome.metrics.submitted, finals + outcome.open());
//! println!("p99 lead time: {:.0} h", outcome.metrics.lead.quantile_s(0.99) / 3600.0);
//! ```

pub mod allocation;
pub mod audit;
pub mod cli;
pub mod demand;
pub mod domain;
pub mod engine;
pub mod experiment;
pub mod journal;
pub mod kernel;
pub mod load;
pub mod logistics;
pub mod metrics;
pub mod model;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod stages;
pub mod storefront;

pub use cli::main_with;

/// The README's Rust block, as a doc test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
