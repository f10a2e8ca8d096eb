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

/// The report's words, so that a misspelled one is found among them and the keys.
fn words() -> Vec<scenario::Term> {
    let word = |term: &report::terms::Term| scenario::Term { word: term.name, unit: "", text: term.short };
    report::terms::TERMS.iter().map(word).collect()
}

impl Explain {
    pub fn execute(self) -> Exit {
        let term = self.term.join(" ");
        let words = words();
        let told = report::terms::explain(&term).map(said);
        if let Some(text) = told.or_else(|| scenario::explain(&term)) {
            println!("{}", text.trim_end());
            return Exit::Ok;
        }
        match scenario::near(&term, &words) {
            Some(known) => eprintln!("error: no term {term:?}; did you mean {known:?}?"),
            None => eprintln!("error: no term {term:?}"),
        }
        Exit::Usage
    }
}
