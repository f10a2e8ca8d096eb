//! Workers on cores of their own: what a thread measures is its own work, and not how it was moved about.

use core_affinity::CoreId;

/// The core of each worker; empty: wherever the operating system puts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pins(Vec<CoreId>);

impl Pins {
    pub const FREE: Pins = Pins(Vec::new());

    /// A core for each of so many workers. On an error, why there is none.
    pub fn of(threads: usize) -> Result<Pins, String> {
        let cores = core_affinity::get_core_ids().unwrap_or_default();
        if cores.is_empty() {
            return Err("this machine does not tell its cores; leave --pin out".to_owned());
        }
        if cores.len() < threads {
            let (have, are) = match cores.len() {
                1 => ("1 core".to_owned(), "1".to_owned()),
                more => (format!("{more} cores"), format!("at most {more}")),
            };
            return Err(format!("{threads} workers on {have}: leave --pin out, or write --threads {are}"));
        }
        Ok(Pins(cores.into_iter().take(threads).collect()))
    }

    pub fn is_on(&self) -> bool {
        !self.0.is_empty()
    }

    /// The calling thread is the worker of that place, and stays on its core from now on.
    pub(super) fn hold(&self, place: usize) {
        if let Some(&core) = self.0.get(place) {
            assert!(core_affinity::set_for_current(core), "core {} was there when it was counted", core.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_worker_has_a_core_of_its_own_and_stays_there() {
        let cores = core_affinity::get_core_ids().unwrap();
        let pins = Pins::of(cores.len()).unwrap();
        let mut held: Vec<usize> = pins.0.iter().map(|core| core.id).collect();
        held.dedup();
        assert_eq!((held.len(), pins.is_on()), (cores.len(), true));
        // Whoever is held on a core sees no other.
        for (place, own) in pins.0.iter().enumerate() {
            let seen = std::thread::scope(|scope| {
                let worker = scope.spawn(|| {
                    pins.hold(place);
                    core_affinity::get_core_ids().unwrap()
                });
                worker.join().unwrap()
            });
            assert_eq!(seen, [*own]);
        }
        let told = Pins::of(cores.len() + 1).unwrap_err();
        assert!(told.contains("leave --pin out"), "{told}");
        Pins::FREE.hold(0);
        assert!(!Pins::FREE.is_on());
    }
}
