//! WHAT A SHOPPER SEES: titles, the index that search asks, facets, the cache before the pages, recommendations,
//! ratings. Plain data structures: no time, no I/O, no draws.
//!
//! ```text
//! words -> titles -> index <- spelling          what was bought together -> recommend
//!                      |                        what buyers wrote -------> ratings
//!                      +-> facets               pages -> cache -> origin
//! ```
//!
//! # Promises
//! - All of it hangs on the SKUs' numbers and prices and on what was asked, in order: equal calls, equal answers.
//! - `tests/storefront.rs` holds each against a plain twin: search and facets against a scan of all titles, spelling
//!   against the distance to every word, recommendations against a recount, the cache against Che's approximation.

pub mod cache;
pub mod facets;
pub mod index;
pub mod ratings;
pub mod recommend;
mod sets;
pub mod spelling;
pub mod titles;
mod words;
