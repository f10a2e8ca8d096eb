//! Exit codes: one table, shown in `--help`, tested.

use std::panic;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Ran, and every service level holds.
    Ok = 0,
    /// Usage or scenario error.
    Usage = 2,
    /// Ran, but an interval straddles a bound.
    Inconclusive = 3,
    /// The load generator fell behind its schedule.
    Behind = 4,
    /// A broken invariant or a panic: ours.
    Broken = 70,
    /// A file could not be written.
    Write = 74,
    /// Ran, and a service level fails.
    SloFails = 99,
    /// Stopped by the user; partial results are kept.
    Interrupted = 130,
}

pub const HELP: &str = "\
Without a command it runs the embedded quickstart and writes reports/quickstart.

Exit codes:
  0    ran, every service level holds      70   broken invariant, with a replay line
  2    usage or scenario error             74   a file could not be written
  3    inconclusive: more replications     99   a service level fails
  4    the load fell behind its schedule   130  interrupted, partial results kept";

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> std::process::ExitCode {
        std::process::ExitCode::from(exit as u8)
    }
}

/// What to type to see the same run again; set by `run`.
pub static REPLAY: OnceLock<String> = OnceLock::new();

/// Set while panics are caught and told by whoever set it: the hook is silent then.
pub static CAUGHT: AtomicBool = AtomicBool::new(false);

/// A panic is a broken invariant: it says so, gives the replay line, and ends with 70.
pub fn explain_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if CAUGHT.load(Ordering::Relaxed) {
            return;
        }
        before(info);
        eprintln!("ordermill: a broken invariant; this is a bug of ordermill, not of the scenario");
        if let Some(replay) = REPLAY.get() {
            eprintln!("  replay: {replay}");
        }
        std::process::exit(Exit::Broken as i32);
    }));
}
