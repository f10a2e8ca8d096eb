//! `ordermill plan-tours INSTANCE`: the tour solver alone, so that it can be checked by itself.

use std::path::PathBuf;

use clap::Args;
use cpu_time::ProcessTime;

use super::Exit;
use super::out::{say, say_line};
use crate::logistics::tours::{self, Breach, Budget, Found, Instance, Problem};
use crate::scenario;

/// The largest instance; thirty thousand customers take one and a half million bytes.
const MOST_BYTES: u64 = 64 << 20;

#[derive(Args)]
pub struct PlanTours {
    /// Instance file: CVRPLIB (.vrp) or a Solomon / Gehring-Homberger table (.txt).
    instance: PathBuf,
    /// CPU seconds to search.
    #[arg(long, value_name = "S", default_value_t = 5.0, value_parser = seconds)]
    seconds: f64,
    /// Iterations to search, instead of seconds: the same tours on every machine. 0 is savings alone.
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    iterations: Option<u64>,
    /// Seed of the search.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Writes the tours here, in the form of CVRPLIB (.sol); without it they are printed.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(seconds),
        _ => Err("write a number of seconds, 0 to 86400".into()),
    }
}

impl PlanTours {
    pub fn execute(self) -> Exit {
        let file = self.instance.display().to_string();
        let text = match scenario::text_of(&self.instance, MOST_BYTES) {
            Ok(text) => text,
            Err(said) => {
                eprintln!("{said}\n      name a CVRPLIB or Solomon file");
                return Exit::Usage;
            }
        };
        let problem = match tours::read(&file, &text) {
            Ok(problem) => problem,
            Err(flaws) => {
                eprintln!("{flaws}");
                return Exit::Usage;
            }
        };
        let found = self.search(&problem);
        match tours::check(&problem, &found.routes) {
            Ok(cost) => self.tell(&problem, &found, cost),
            Err(breaches) => refuse(&breaches),
        }
    }

    fn search(&self, problem: &Problem) -> Found {
        let start = ProcessTime::now();
        let instance = Instance::new(problem);
        let clock = || match self.seconds {
            0.0 => 1.0,
            seconds => start.elapsed().as_secs_f64() / seconds,
        };
        let budget = match self.iterations {
            Some(iterations) => Budget::Iterations(iterations),
            None => Budget::Clock(&clock),
        };
        tours::solve(&instance, self.seed, &budget)
    }

    fn tell(&self, problem: &Problem, found: &Found, cost: i64) -> Exit {
        assert_eq!(cost, found.length, "the checker and the solver agree on the cost");
        let text = tours::sol_text(problem, &found.routes, cost);
        let Some(out) = &self.out else {
            say!("{text}");
            return Exit::Ok;
        };
        if let Err(error) = std::fs::write(out, text) {
            eprintln!("error: cannot write {}: {error}", out.display());
            return Exit::Write;
        }
        say_line!(
            "{}: cost {}, {} tours, {} customers; {} iterations, checked",
            problem.name,
            problem.cost_text(cost),
            found.routes.len(),
            problem.places() - 1,
            found.iterations
        );
        Exit::Ok
    }
}

/// More vehicles than there are is a no of the search; any other breach is ours.
fn refuse(breaches: &[Breach]) -> Exit {
    for breach in breaches {
        eprintln!("{breach}");
    }
    let short = breaches.iter().all(|breach| matches!(breach, Breach::Vehicles { .. }));
    assert!(short, "the solver's tours break a law of the problem");
    eprintln!("no plan for this fleet was found; give it more --seconds");
    Exit::Inconclusive
}
