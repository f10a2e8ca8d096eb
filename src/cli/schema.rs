//! `ordermill schema`: JSON Schemas for editors and for readers of results.

use clap::{Args, ValueEnum};

use super::Exit;
use super::out::say_line;
use crate::{report, scenario};

#[derive(Args)]
pub struct Schema {
    #[arg(value_enum, default_value = "scenario")]
    of: Of,
}

#[derive(Clone, Copy, ValueEnum)]
enum Of {
    Scenario,
    Result,
}

impl Schema {
    pub fn execute(self) -> Exit {
        let schema = match self.of {
            Of::Scenario => scenario::schema(),
            Of::Result => report::schema(),
        };
        say_line!("{schema:#}");
        Exit::Ok
    }
}
