//! How a model is explored: by loom, by shuttle, or on real threads, as the build says.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

#[cfg(loom)]
pub use loom::{sync::Arc, thread};
#[cfg(shuttle)]
pub use shuttle::{sync::Arc, thread};
#[cfg(not(any(loom, shuttle)))]
pub use std::{sync::Arc, thread};

/// Counts executions; tells how many there were when the exploration ends, or when it finds something.
struct Count {
    executions: &'static AtomicU64,
    since: Instant,
}

impl Drop for Count {
    fn drop(&mut self) {
        let count = self.executions.load(Ordering::Relaxed);
        let name = std::thread::current().name().unwrap_or("a model").to_owned();
        let how = if std::thread::panicking() { "caught after" } else { "explored" };
        eprintln!("{name}: {how} {count} executions in {:.1} s", self.since.elapsed().as_secs_f64());
    }
}

/// Runs the model in many interleavings. Loom explores all those with at most so many preemptions, until its time is
/// up; for the other two it is a matter of chance.
pub fn explore(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let executions: &'static AtomicU64 = Box::leak(Box::default());
    let _count = Count { executions, since: Instant::now() };
    run(preemptions, move || {
        executions.fetch_add(1, Ordering::Relaxed);
        model();
    });
}

/// A model that takes longer is cut off: then it is explored in part.
#[cfg(loom)]
const LONGEST: std::time::Duration = std::time::Duration::from_secs(60);

#[cfg(loom)]
fn run(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.max_branches = 20_000;
    builder.max_duration = Some(LONGEST);
    builder.checkpoint_interval = 500;
    builder.check(model);
}

/// Half of the schedules by chance alone, half by probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010)
/// with three priority changes. `SCHEDULES` says how many of each.
#[cfg(shuttle)]
fn run(_preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    use shuttle::scheduler::{PctScheduler, RandomScheduler};
    let schedules = std::env::var("SCHEDULES").map_or(100_000, |count| count.parse().expect("a number"));
    let mut config = shuttle::Config::new();
    config.silence_warnings = true;
    config.failure_persistence = shuttle::FailurePersistence::None;
    config.max_steps = shuttle::MaxSteps::FailAfter(20_000);
    let model = std::sync::Arc::new(model);
    let again = model.clone();
    shuttle::Runner::new(RandomScheduler::new_from_seed(1, schedules), config.clone()).run(move || model());
    shuttle::Runner::new(PctScheduler::new_from_seed(2, 3, schedules), config).run(move || again());
}

#[cfg(not(any(loom, shuttle)))]
fn run(_preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    for _ in 0..200 {
        model();
    }
}
