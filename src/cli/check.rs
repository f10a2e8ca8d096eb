//! `ordermill check SCENARIO`: everything that can be known before a simulation.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::run::assignment;
use crate::model::{Model, load};
use crate::scenario;

#[derive(Args)]
pub struct Check {
    /// Scenario file: YAML, TOML or JSON.
    scenario: PathBuf,
    /// Overrides one key: `--set nodes.hangzhou.packers=60`. May be repeated.
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
}

impl Check {
    pub fn execute(self) -> Exit {
        let read = scenario::read(&self.scenario, &self.set);
        match read.and_then(|scenario| Model::build(&scenario).map(|model| (scenario, model))) {
            Ok((scenario, model)) => {
                print!("{}", load::table(&scenario, &model));
                Exit::Ok
            }
            Err(diagnostics) => {
                eprint!("{diagnostics}");
                Exit::Usage
            }
        }
    }
}
