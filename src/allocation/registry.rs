//! Strategies of one's own by name, so that a scenario can choose them and the whole command line knows them.
//!
//! ```no_run
//! use ordermill::allocation::{Registry, Surroundings};
//! # use ordermill::allocation::{OrderView, StockView, Strategy};
//! # use ordermill::{domain::Plan, kernel::draw::Draw};
//! # struct DeepestShelf { nodes: usize }
//! # impl Strategy for DeepestShelf {
//! #     fn plan(&self, _: &OrderView<'_>, _: &StockView<'_>, _: &Draw, _: &mut Plan) {}
//! # }
//!
//! fn main() -> std::process::ExitCode {
//!     let make = |world: &Surroundings| Box::new(DeepestShelf { nodes: world.nodes }) as Box<dyn Strategy>;
//!     ordermill::main_with(Registry::default().with("deepest-shelf", make))
//! }
//! ```
//!
//! # Why one for the whole process
//! A scenario names its strategy, and is read in many places: `run`, `load`, `compare`, tests. A process has one
//! set of strategies, as it has one set of built-in ones; it is set once, before anything is read.

use std::sync::{Arc, OnceLock};

use super::strategy::Strategy;
use super::tables::AllocationTables;
use super::view::Rules;

/// What a strategy may be built from: the model's tables and the planner's rules.
#[derive(Clone)]
pub struct Surroundings {
    pub tables: Arc<AllocationTables>,
    pub rules: Rules,
    pub nodes: usize,
    pub zones: usize,
    pub skus: usize,
}

type Make = dyn Fn(&Surroundings) -> Box<dyn Strategy> + Send + Sync;

/// Named strategies.
#[derive(Default)]
pub struct Registry {
    entries: Vec<(&'static str, Box<Make>)>,
}

static INSTALLED: OnceLock<Registry> = OnceLock::new();

impl Registry {
    /// Adds a strategy under a name that a scenario can write. Panics when the name is taken.
    pub fn with(
        mut self,
        name: &'static str,
        make: impl Fn(&Surroundings) -> Box<dyn Strategy> + Send + Sync + 'static,
    ) -> Registry {
        let taken = super::Builtin::NAMES.contains(&name) || self.entries.iter().any(|entry| entry.0 == name);
        assert!(!taken, "there is a strategy \"{name}\" already");
        self.entries.push((name, Box::new(make)));
        self
    }

    /// Makes these the strategies of the process. Panics when others are.
    pub fn install(self) {
        assert!(INSTALLED.set(self).is_ok(), "strategies were installed before");
    }

    /// The names of one's own strategies, in the order in which they were added.
    pub fn names() -> impl Iterator<Item = &'static str> {
        INSTALLED.get().into_iter().flat_map(|registry| registry.entries.iter().map(|entry| entry.0))
    }

    /// Builds a strategy; `None` when there is none of that name.
    pub fn make(name: &str, world: &Surroundings) -> Option<Box<dyn Strategy>> {
        let entries = &INSTALLED.get()?.entries;
        entries.iter().find(|entry| entry.0 == name).map(|entry| (entry.1)(world))
    }
}
