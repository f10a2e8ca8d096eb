//! What ThreadSanitizer says of a real race, and of a lock of the standard library: without the first its silence says
//! nothing, and the second explains a line of suppressions.txt. Built and run by `tests/tsan/run`.

use std::cell::UnsafeCell;
use std::sync::Mutex;

struct Bare(UnsafeCell<u64>);

// SAFETY: there is none; that is the point.
unsafe impl Sync for Bare {}

static BARE: Bare = Bare(UnsafeCell::new(0));
static LOCKED: Mutex<u64> = Mutex::new(0);

fn on_eight_threads(act: fn()) {
    std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(move || (0..2_000).for_each(|_| act())))));
}

#[inline(never)]
fn racing() {
    // SAFETY: a data race, on purpose.
    unsafe { *BARE.0.get() += 1 }
}

#[inline(never)]
fn under_a_mutex() {
    let mut locked = LOCKED.lock().unwrap();
    // Others come, and wait for it.
    std::thread::yield_now();
    *locked += 1;
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("racing") => on_eight_threads(racing),
        Some("under_a_mutex") => on_eight_threads(under_a_mutex),
        _ => panic!("racing or under_a_mutex"),
    }
}
