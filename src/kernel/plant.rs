//! Planted bugs: faults put in on purpose, to see that the checks find them.
//!
//! In every ordinary build `planted` is the constant `false`, and the lines that ask it compile to nothing.
//! Built with `--cfg plant`, the environment variable `PLANT` chooses one bug; `tests/plants/run` tries them all.

/// Whether this bug is to be made.
#[cfg(plant)]
pub fn planted(bug: &str) -> bool {
    static CHOSEN: std::sync::LazyLock<Option<String>> =
        std::sync::LazyLock::new(|| std::env::var("PLANT").ok());
    CHOSEN.as_deref() == Some(bug)
}

#[cfg(not(plant))]
#[inline(always)]
pub const fn planted(_bug: &str) -> bool {
    false
}
