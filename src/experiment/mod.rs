//! MANY RUNS: replications, intervals over them, and what they say about the service levels promised.

pub mod choice;
pub mod compare;
pub mod decisions;
mod estimate;
mod fault_account;
pub mod looks;
pub mod ranking;
pub mod screening;
mod slo;
mod study;
pub mod swarm;
pub mod warm_up;

pub use estimate::{Estimate, normal_quantile, student_t, two_sided_p};
pub use fault_account::{FaultAccount, Wake, fault_account};
pub use slo::{SloResult, Verdict};
pub use study::{Progress, Study, StudyError, StudyOptions, study};
