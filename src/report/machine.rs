//! `machine.json`: what depends on the machine and not on the scenario: rates, memory, times.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    pub version: String,
    /// The command line that repeats the run, as it is typed: `ordermill run scenarios/peak.yaml --seed 7`.
    #[serde(default)]
    pub command: String,
    pub threads: usize,
    pub wall_s: f64,
    pub cpu_s: f64,
    pub orders_per_cpu_s: f64,
    pub events_per_cpu_s: f64,
    pub peak_memory_bytes: u64,
    pub bytes_per_order_in_flight: f64,
    /// Hash of `result.json`, 128 bits in hexadecimal.
    pub result_digest: String,
}
