//! One line on a terminal that says what each second of a play brought; nothing in a pipe.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use crate::load::Interval;
use crate::report::say;

pub(super) struct Ticker {
    line: Option<ProgressBar>,
    strategy: String,
}

impl Ticker {
    pub fn new(strategy: &str, wanted: bool) -> Ticker {
        let shown = wanted && std::io::stderr().is_terminal();
        let line = shown.then(|| {
            let line = ProgressBar::new_spinner();
            line.set_style(ProgressStyle::with_template("{spinner} {msg}").expect("the template is legal"));
            line
        });
        Ticker { line, strategy: strategy.to_owned() }
    }

    /// The last second that every worker has finished.
    pub fn show(&self, seconds: &[Interval]) {
        let Some(line) = &self.line else { return };
        let Some(last) = seconds.len().checked_sub(2).map(|index| &seconds[index]) else { return };
        line.set_message(format!(
            "{}  {:>4} s  {:>8} orders/s  {:>8} commands/s  p99 {:>7}  max {:>7}  refused {}",
            self.strategy,
            last.second,
            say::short(last.orders as f64),
            say::short(last.commands as f64),
            say::nanos(last.latency.value_at_quantile(0.99)),
            say::nanos(last.latency.max()),
            say::short(last.refused as f64),
        ));
        line.tick();
    }

    pub fn clear(&self) {
        if let Some(line) = &self.line {
            line.finish_and_clear();
        }
    }
}
