//! `ordermill solve SCENARIO --vary path=low..high`: the cheapest plan that keeps every promise.

use clap::Args;

use super::Exit;
use super::many::{Many, failed, wrong};
use super::run::stop_on_interrupt;
use crate::experiment::design::Factor;
use crate::experiment::lab::{Base, Yardstick};
use crate::experiment::solve::{End, Question, SolveError, cell, solve};
use crate::report::solve::SolveDocument;

#[derive(Args)]
pub struct Solve {
    #[command(flatten)]
    many: Many,
    /// A resource and its values from the least to the most: `nodes.Leipzig.pickers=4..40`, `'nodes.*.packers=2..30:2'`.
    /// May be repeated.
    #[arg(long = "vary", value_name = "PATH=LOW..HIGH", required = true)]
    vary: Vec<String>,
    /// The measure that shall be least.
    #[arg(long, value_name = "NAME", default_value = "total_cost")]
    minimize: String,
    /// Replications of every plan that is looked at.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    replications: u32,
    /// Replications at most of the best plans, until their intervals keep the bounds.
    #[arg(long, value_name = "N", default_value_t = 48, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    check: u32,
    /// Runs at most; then the best so far is told.
    #[arg(long, value_name = "RUNS", default_value_t = 3_000)]
    budget: u64,
    /// The smallest difference of the measure worth finding, as a share of it: among the best plans that hold, one within
    /// it of the best is as good.
    #[arg(long, value_name = "SHARE", default_value_t = 0.005)]
    indifference: f64,
}

impl Solve {
    pub fn execute(self) -> Exit {
        self.run().unwrap_or_else(|exit| exit)
    }

    fn run(&self) -> Result<Exit, Exit> {
        let base = self.many.open()?;
        if base.scenario.slo.is_empty() {
            return Err(wrong(
                Exit::Usage,
                "the scenario promises nothing: the cheapest plan is none\n  help: write service levels under slo:",
            ));
        }
        if !(1e-6..=1.0).contains(&self.indifference) {
            let told = format!("--indifference {}: a share from 0.000001 to 1", self.indifference);
            return Err(wrong(Exit::Usage, told));
        }
        let resources = self.resources().map_err(|error| wrong(Exit::Usage, error))?;
        let yardstick = Yardstick::of(&base.scenario);
        let objective = yardstick.index(&self.minimize).ok_or_else(|| {
            let known = yardstick.names().join(", ");
            wrong(Exit::Usage, format!("no measure \"{}\"\n  help: there are {known}", self.minimize))
        })?;
        let folder = self.many.folder("solve");
        self.many.probe(&folder)?;
        let question = Question {
            resources: &resources,
            objective,
            look: self.replications,
            check: self.check.max(self.replications),
            budget: self.budget,
            indifference: self.indifference,
        };
        let bar = self.many.bar("runs", self.budget);
        let found = solve(&base, &yardstick, &question, &bar, &stop_on_interrupt());
        bar.finish();
        let solution = found.map_err(|error| explain(&base, &resources, error))?;
        let told = (self.many.name(), self.line());
        let document = SolveDocument::of(&base, &yardstick, (&resources, objective), &solution, told);
        let exit = match solution.end {
            End::Holds => Exit::Ok,
            End::Impossible => Exit::SloFails,
            End::Undecided | End::Budget => Exit::Inconclusive,
        };
        Ok(self.many.tell(&document.answer(), &document, &folder, &document.files(), exit))
    }

    /// A range without a step goes by one.
    fn resources(&self) -> Result<Vec<Factor>, String> {
        let whole = |text: &String| match text.contains("..") && !text.contains(':') {
            true => format!("{text}:1"),
            false => text.clone(),
        };
        let resources: Vec<Factor> =
            self.vary.iter().map(|text| Factor::parse(&whole(text))).collect::<Result<_, _>>()?;
        for (place, own) in resources.iter().enumerate() {
            if resources[..place].iter().any(|other| other.path == own.path) {
                return Err(format!("--vary {} stands twice", own.path));
            }
        }
        Ok(resources)
    }

    fn line(&self) -> String {
        let mut own: Vec<String> =
            self.vary.iter().flat_map(|text| ["--vary".to_owned(), text.clone()]).collect();
        let mut put = |name: &str, value: String| own.extend([name.to_owned(), value]);
        put("--minimize", self.minimize.clone());
        put("--replications", self.replications.to_string());
        put("--check", self.check.to_string());
        put("--budget", self.budget.to_string());
        put("--indifference", self.indifference.to_string());
        self.many.line("solve", &own)
    }
}

fn explain(base: &Base, resources: &[Factor], error: SolveError) -> Exit {
    match error {
        SolveError::Scenario(plan, diagnostics) => {
            let said: Vec<String> =
                cell(resources, &plan).into_iter().map(|(path, value)| format!("{path}={value}")).collect();
            eprintln!("{diagnostics}");
            wrong(Exit::Usage, format!("the plan {} is no scenario", said.join(" ")))
        }
        SolveError::Study(error) => failed(base, error),
    }
}
