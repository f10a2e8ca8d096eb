//! `ordermill explain TERM`: what a scenario key or a word of the report means.

use clap::Args;

use super::Exit;
use crate::{report, scenario};

#[derive(Args)]
pub struct Explain {
    /// A key (`stock.cover`) or a word of the report (`utilization`).
    #[arg(required = true)]
    term: Vec<String>,
}

fn said(term: &report::terms::Term) -> String {
    format!("{}: {}\n\n{}", term.name, term.short, term.long)
}

impl Explain {
    pub fn execute(self) -> Exit {
        let term = self.term.join(" ");
        if let Some(text) = scenario::explain(&term).or_else(|| report::terms::explain(&term).map(said)) {
            println!("{}", text.trim_end());
            return Exit::Ok;
        }
        let known = report::terms::nearest(&term).map(|term| term.name);
        match known {
            Some(known) => eprintln!("error: no term {term:?}; did you mean {known:?}?"),
            None => eprintln!("error: no term {term:?}"),
        }
        Exit::Usage
    }
}
