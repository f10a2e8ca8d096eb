//! Atomics: the standard ones, or a model checker's (`--cfg loom`, `--cfg shuttle`). One source file for all three.
//!
//! Counters that decide nothing (`tally`, `ledger`) stay standard even then: they would only multiply the
//! interleavings.

#[cfg(loom)]
pub use loom::sync::{
    Mutex,
    atomic::{AtomicU32, AtomicU64, Ordering, fence},
};
#[cfg(shuttle)]
pub use shuttle::sync::{
    Mutex,
    atomic::{AtomicU32, AtomicU64, Ordering, fence},
};
#[cfg(not(any(loom, shuttle)))]
pub use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// Waiting for another thread that is inside a short step: spin, then yield the core, and keep count.
#[derive(Default)]
pub struct Patience {
    rounds: u32,
    #[cfg(not(any(loom, shuttle)))]
    backoff: crossbeam::utils::Backoff,
}

impl Patience {
    /// Long enough for an owner that lost its core for a time slice on a busy machine to come back.
    const LIMIT: u32 = if cfg!(any(loom, shuttle)) { 3 } else { 512 };

    /// Waits a moment. False once waiting has gone on too long to go on for nothing.
    #[cold]
    pub fn wait(&mut self) -> bool {
        self.rounds += 1;
        #[cfg(loom)]
        self.yield_to_others();
        #[cfg(shuttle)]
        shuttle::thread::yield_now();
        #[cfg(not(any(loom, shuttle)))]
        self.backoff.snooze();
        self.rounds < Self::LIMIT
    }

    /// Two who wait may yield to each other for ever while the owner starves: no fair scheduler does that, and loom would
    /// follow it one round deeper with each execution. After so many rounds it goes on fairly, to the end of that execution.
    #[cfg(loom)]
    fn yield_to_others(&self) {
        if self.rounds > 2 * Self::LIMIT {
            loom::skip_branch();
        }
        loom::thread::yield_now();
    }
}

/// A number of this thread: the least that no other thread has. It tells which lane of a hot cell is his.
#[cfg(not(any(loom, shuttle)))]
#[inline]
pub fn lane_of_this_thread() -> usize {
    use std::collections::BTreeSet;
    use std::sync::Mutex;
    /// Numbers that ended threads have left, below the next that nobody ever had.
    static FREE: Mutex<(BTreeSet<usize>, usize)> = Mutex::new((BTreeSet::new(), 0));
    struct Lane(usize);
    impl Lane {
        fn new() -> Lane {
            let (free, next) = &mut *FREE.lock().expect("no panic with the lock");
            Lane(free.pop_first().unwrap_or_else(|| std::mem::replace(next, *next + 1)))
        }
    }
    impl Drop for Lane {
        fn drop(&mut self) {
            FREE.lock().expect("no panic with the lock").0.insert(self.0);
        }
    }
    thread_local!(static LANE: Lane = Lane::new());
    LANE.with(|lane| lane.0)
}

/// Threads of a model are counted anew in each execution; their names end in their numbers.
#[cfg(any(loom, shuttle))]
pub fn lane_of_this_thread() -> usize {
    #[cfg(loom)]
    use loom::thread::current;
    #[cfg(shuttle)]
    use shuttle::thread::current;
    let name = format!("{:?}", current().id());
    let digits = name.rsplit(|letter: char| !letter.is_ascii_digit()).find(|part| !part.is_empty());
    digits.and_then(|digits| digits.parse().ok()).expect("a number of the thread")
}
