//! ordermill: an in-memory e-commerce order engine and the discrete-event simulator around it.

pub mod allocation;
pub mod cli;
pub mod demand;
pub mod domain;
pub mod engine;
pub mod experiment;
pub mod journal;
pub mod kernel;
pub mod logistics;
pub mod metrics;
pub mod model;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod stages;
