//! MANY RUNS: replications, intervals over them, and what they say about the service levels promised.

pub mod advice;
pub mod breakpoint;
pub mod choice;
pub mod compare;
pub mod decisions;
pub mod design;
mod estimate;
mod fault_account;
pub mod global;
pub mod lab;
pub mod levers;
pub mod looks;
mod neighborhood;
pub mod ranking;
pub mod screening;
mod slo;
pub mod solve;
pub mod stress;
mod study;
pub mod swarm;
pub mod sweep;
pub mod tornado;
pub mod warm_up;

pub use estimate::{Estimate, normal_quantile, student_t, two_sided_p};
pub use fault_account::{FaultAccount, Wake, fault_account};
pub use slo::{SloResult, Verdict};
pub use study::{Progress, Study, StudyError, StudyOptions, study};
