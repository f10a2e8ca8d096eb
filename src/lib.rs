//! ordermill: an in-memory e-commerce order engine and the discrete-event simulator around it.

pub mod demand;
pub mod domain;
pub mod kernel;
pub mod report;
pub mod scenario;
