//! ordermill: an in-memory e-commerce order engine and the discrete-event simulator around it.

pub mod demand;
pub mod domain;
pub mod engine;
pub mod kernel;
pub mod logistics;
pub mod report;
pub mod scenario;
