//! `ordermill breakpoint SCENARIO`: how much more demand, or of another number, until a promise breaks.

use clap::Args;

use super::Exit;
use super::many::{Many, failed, wrong};
use super::run::stop_on_interrupt;
use crate::experiment::breakpoint::{BreakpointError, Question, breakpoint};
use crate::experiment::lab::Yardstick;
use crate::report::breakpoint::BreakpointDocument;

#[derive(Args)]
pub struct Breakpoint {
    #[command(flatten)]
    many: Many,
    /// What grows, by a factor: `demand*`, `floor.pick-per-order*`, or any path with the sign of `--set path*=factor`.
    #[arg(long, value_name = "PATH*", default_value = "demand*")]
    path: String,
    /// The smallest factor that is tried.
    #[arg(long, value_name = "FACTOR", default_value_t = 0.05)]
    from: f64,
    /// The largest.
    #[arg(long, value_name = "FACTOR", default_value_t = 20.0)]
    to: f64,
    /// The relative width at which the search ends.
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    tolerance: f64,
    /// Replications; each has a breakpoint of its own.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replications: u32,
}

impl Breakpoint {
    pub fn execute(self) -> Exit {
        self.run().unwrap_or_else(|exit| exit)
    }

    fn run(&self) -> Result<Exit, Exit> {
        let base = self.many.open()?;
        self.check(&base)?;
        let world = base.world(&[]).map_err(|diagnostics| {
            eprintln!("{diagnostics}");
            Exit::Usage
        })?;
        let folder = self.many.folder("breakpoint");
        self.many.probe(&folder)?;
        let yardstick = Yardstick::of(&base.scenario);
        let question = Question {
            path: self.path.clone(),
            range: (self.from, self.to),
            tolerance: self.tolerance,
            replications: self.replications,
        };
        // About a dozen looks a replication; the bar learns as it goes.
        let bar = self.many.bar("runs", 12 * u64::from(self.replications));
        let found = breakpoint(&base, &yardstick, &question, &bar, &stop_on_interrupt());
        bar.finish();
        let found = found.map_err(|error| match error {
            BreakpointError::Scenario(factor, diagnostics) => {
                eprintln!("{diagnostics}");
                wrong(
                    Exit::Usage,
                    format!(
                        "{} times {factor} is no scenario; --from and --to say how far to look",
                        self.path
                    ),
                )
            }
            BreakpointError::Study(error) => failed(&base, error),
        })?;
        let told = (self.many.name(), self.line());
        let document = BreakpointDocument::of((&base, &world.model), &yardstick, &question, &found, told);
        Ok(self.many.tell(&document.answer(), &document, &folder, &document.files(), Exit::Ok))
    }

    fn check(&self, base: &crate::experiment::lab::Base) -> Result<(), Exit> {
        let say = |what: String| Err(wrong(Exit::Usage, what));
        if base.scenario.slo.is_empty() {
            return say("the scenario promises nothing: there is no breakpoint\n  help: write service levels under slo:".to_owned());
        }
        if !(0.0 < self.from && self.from < self.to && self.to.is_finite()) {
            return say(format!(
                "--from {} --to {}: two factors above zero, the smaller first",
                self.from, self.to
            ));
        }
        if !(1e-6..=0.5).contains(&self.tolerance) {
            return say(format!("--tolerance {}: from 0.000001 to 0.5", self.tolerance));
        }
        let last = self.path.rsplit('.').next().unwrap_or("");
        if last.len() < 2 || !last.ends_with('*') {
            return say(format!(
                "--path {}: what grows ends in *, as in 'demand*' or 'floor.pick-per-order*'",
                self.path
            ));
        }
        if self.path == "demand*" && base.scenario.arrivals.is_none() {
            return say("a replay's demand is its file: no factor makes more of it\n  help: --path 'replay.speed*' lets the same orders come faster".to_owned());
        }
        Ok(())
    }

    fn line(&self) -> String {
        let own = [
            ("--path", self.path.clone()),
            ("--from", self.from.to_string()),
            ("--to", self.to.to_string()),
            ("--tolerance", self.tolerance.to_string()),
            ("--replications", self.replications.to_string()),
        ];
        let own: Vec<String> = own.into_iter().flat_map(|(name, value)| [name.to_owned(), value]).collect();
        self.many.line("breakpoint", &own)
    }
}
