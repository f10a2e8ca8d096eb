//! WHAT THE PLANNER WROTE: one key table, one reader, all diagnostics in one pass.

pub mod spec;

pub use spec::Scenario;
