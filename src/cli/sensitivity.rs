//! `ordermill sensitivity SCENARIO`: what moves the answer most.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Args, ValueEnum};

use super::Exit;
use super::many::{Many, failed, wrong};
use super::run::stop_on_interrupt;
use crate::experiment::global::answers;
use crate::experiment::lab::{Base, Yardstick};
use crate::experiment::levers::{FELT, Lever, experience, usual};
use crate::experiment::screening::{Morris, Sobol};
use crate::experiment::stress::{self, stress};
use crate::experiment::tornado::{TornadoError, tornado};
use crate::report::global::{self, GlobalDocument};
use crate::report::sensitivity::TornadoDocument;
use crate::report::stress::StressDocument;

#[derive(Args)]
pub struct Sensitivity {
    #[command(flatten)]
    many: Many,
    /// `tornado`: one lever at a time. `morris`: which levers matter at all, wherever the others stand. `sobol`: what
    /// share of the variance each explains. `stress`: demand alone misses its forecast, the plan stays.
    #[arg(long, value_name = "NAME", default_value = "tornado")]
    method: Method,
    /// A number that moves, with the sign of a change by a factor: `'floor.pick-per-order*'`. May be repeated; left out,
    /// the usual ones: demand, people, times, stock, lanes, payment, returns.
    #[arg(long = "vary", value_name = "PATH*")]
    vary: Vec<String>,
    /// The levers where none is named: the `usual` ones, or those that shoppers feel (`experience`: pages, steps, payment,
    /// carriers, after-sales), each with what it does to conversion, satisfaction and cost.
    #[arg(long, value_name = "NAME", default_value = "usual", conflicts_with = "vary")]
    levers: Preset,
    /// How far each moves to both sides [default: 0.1; of a stress 0.3].
    #[arg(long, value_name = "SHARE")]
    by: Option<f64>,
    /// The measure by which levers are ranked; left out, the promise that is nearest to being broken.
    #[arg(long, value_name = "NAME")]
    measure: Option<String>,
    /// Walks of `morris`, each of a cell a lever and one more, or samples of `sobol`, each of a cell a lever and two more
    /// [default: 10 and 64].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    samples: Option<u32>,
    /// Replications of each cell [default: 5; of `morris` and `sobol` 1].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replications: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Method {
    Tornado,
    Morris,
    Sobol,
    Stress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Preset {
    Usual,
    Experience,
}

/// Places of Morris' grid.
const LEVELS: u32 = 4;

/// What all methods need.
struct Ground {
    base: Base,
    yardstick: Yardstick,
    by: f64,
    replications: u32,
    /// `None`: the tightest promise.
    measure: Option<usize>,
    stop: Arc<AtomicBool>,
}

impl Sensitivity {
    pub fn execute(self) -> Exit {
        self.run().unwrap_or_else(|exit| exit)
    }

    fn run(&self) -> Result<Exit, Exit> {
        let base = self.many.open()?;
        let by = self.by.unwrap_or(if self.method == Method::Stress { 0.3 } else { 0.1 });
        if !(1e-3..1.0).contains(&by) {
            return Err(wrong(Exit::Usage, format!("--by {by}: a share from 0.001 to below 1")));
        }
        let is_global = matches!(self.method, Method::Morris | Method::Sobol);
        if self.samples.is_some() && !is_global {
            return Err(wrong(Exit::Usage, "--samples goes with --method morris or sobol"));
        }
        if self.method == Method::Stress && !self.vary.is_empty() {
            return Err(wrong(Exit::Usage, "--method stress moves demand alone; leave out --vary"));
        }
        if self.method == Method::Stress && self.levers != Preset::Usual {
            return Err(wrong(Exit::Usage, "--method stress moves demand alone; leave out --levers"));
        }
        let yardstick = Yardstick::of(&base.scenario);
        let measure = self.measure_of(&yardstick)?;
        let replications = self.replications.unwrap_or(if is_global { 1 } else { 5 });
        let ground = Ground { base, yardstick, by, replications, measure, stop: stop_on_interrupt() };
        match self.method {
            Method::Tornado => self.one_by_one(&ground),
            Method::Morris | Method::Sobol => self.all_at_once(&ground),
            Method::Stress => self.stress(&ground),
        }
    }

    fn one_by_one(&self, ground: &Ground) -> Result<Exit, Exit> {
        let Ground { base, yardstick, replications, stop, .. } = ground;
        let factors = [1.0 - ground.by, 1.0 + ground.by];
        let levers = self.levers_of(base, &factors)?;
        let folder = self.many.folder("sensitivity");
        self.many.probe(&folder)?;
        let bar = self.many.bar("runs", (2 * levers.len() as u64 + 1) * u64::from(*replications));
        let found = tornado(base, yardstick, &levers, factors, *replications, &bar, stop);
        bar.finish();
        let (calm, swings) = found.map_err(|error| ground.explain(error))?;
        let felt = || {
            let name = if base.scenario.experience.is_some() { FELT[1] } else { FELT[0] };
            yardstick.index(name).filter(|_| self.levers == Preset::Experience)
        };
        let measure = ground.measure.or_else(felt).or_else(|| yardstick.tightest(&calm)).unwrap_or(0);
        let told = (self.many.name(), self.line());
        let document = TornadoDocument::of(base, yardstick, (&calm, &swings), (factors, measure), told);
        let document = match self.levers {
            Preset::Usual => document,
            Preset::Experience => document.beside(&FELT),
        };
        Ok(self.many.tell(&document.answer(), &document, &folder, &document.files(), Exit::Ok))
    }

    fn all_at_once(&self, ground: &Ground) -> Result<Exit, Exit> {
        let Ground { base, yardstick, by, replications, stop, .. } = ground;
        let levers = self.levers_of(base, &[1.0 - by, 1.0 + by])?;
        let (factors, seed) = (levers.len(), base.seed());
        let samples = |usual: u32| self.samples.unwrap_or(usual) as usize;
        let (method, points) = match self.method {
            Method::Sobol => {
                let design = Sobol { factors, samples: samples(64), seed };
                (global::Method::Sobol(design), design.points())
            }
            _ => {
                let design = Morris { factors, trajectories: samples(10), levels: LEVELS, seed };
                (global::Method::Morris(design), design.points())
            }
        };
        let folder = self.many.folder("sensitivity");
        self.many.probe(&folder)?;
        let measure = match ground.measure {
            Some(measure) => measure,
            None => self.tightest(ground)?,
        };
        let bar = self.many.bar("runs", points.len() as u64 * u64::from(*replications));
        let found = answers(base, yardstick, (&levers, *by), &points, *replications, &bar, stop);
        bar.finish();
        let found = found.map_err(|error| ground.explain(error))?;
        let document = GlobalDocument::of(
            base,
            yardstick,
            (&method, &levers, *by),
            (&found, measure, *replications),
            (self.many.name(), self.line()),
        );
        Ok(self.many.tell(&document.answer(), &document, &folder, &document.files(), Exit::Ok))
    }

    fn stress(&self, ground: &Ground) -> Result<Exit, Exit> {
        let Ground { base, yardstick, by, replications, stop, .. } = ground;
        let folder = self.many.folder("sensitivity");
        self.many.probe(&folder)?;
        let bar = self.many.bar("runs", stress::CELLS * u64::from(*replications));
        let found = stress(base, yardstick, *by, *replications, &bar, stop);
        bar.finish();
        let steps = found.map_err(|error| ground.explain(error))?;
        let forecast = &steps[steps.len() / 2].readings;
        let measure = ground.measure.or_else(|| yardstick.tightest(forecast)).unwrap_or(0);
        let told = (self.many.name(), self.line());
        let document = StressDocument::of(base, yardstick, (&steps, measure), told);
        Ok(self.many.tell(&document.answer(), &document, &folder, &document.files(), Exit::Ok))
    }

    /// The promise that is nearest to its bound where no lever is moved.
    fn tightest(&self, ground: &Ground) -> Result<usize, Exit> {
        let world = ground.base.world(&[]).map_err(|diagnostics| {
            eprintln!("{diagnostics}");
            Exit::Usage
        })?;
        let calm = world.replications(&ground.yardstick, (0, ground.replications), &(), &ground.stop);
        let calm = calm.map_err(|error| failed(&ground.base, error))?;
        Ok(ground.yardstick.tightest(&calm).unwrap_or(0))
    }

    fn levers_of(&self, base: &Base, factors: &[f64]) -> Result<Vec<Lever>, Exit> {
        if self.vary.is_empty() {
            return Ok(match self.levers {
                Preset::Usual => usual(base, factors),
                Preset::Experience => experience(base, factors),
            });
        }
        if let Some(path) = self.vary.iter().find(|path| !path.ends_with('*') || path.ends_with(".*")) {
            return Err(wrong(
                Exit::Usage,
                format!("--vary {path}: a path ends in *, as in 'nodes.*.pickers*'"),
            ));
        }
        let lever = |path: &String| Lever { name: path.trim_end_matches('*').to_owned(), path: path.clone() };
        Ok(self.vary.iter().map(lever).collect())
    }

    fn measure_of(&self, yardstick: &Yardstick) -> Result<Option<usize>, Exit> {
        let Some(name) = &self.measure else { return Ok(None) };
        yardstick.index(name).map(Some).ok_or_else(|| {
            let known = yardstick.names().join(", ");
            wrong(Exit::Usage, format!("no measure \"{name}\"\n  help: there are {known}"))
        })
    }

    fn line(&self) -> String {
        let mut own: Vec<String> = Vec::new();
        let mut put = |name: &str, value: String| own.extend([name.to_owned(), value]);
        if self.method != Method::Tornado {
            let name = self.method.to_possible_value().expect("every method is told");
            put("--method", name.get_name().to_owned());
        }
        if self.levers == Preset::Experience {
            put("--levers", "experience".to_owned());
        }
        self.vary.iter().for_each(|path| put("--vary", path.clone()));
        if let Some(by) = self.by {
            put("--by", by.to_string());
        }
        if let Some(measure) = &self.measure {
            put("--measure", measure.clone());
        }
        if let Some(samples) = self.samples {
            put("--samples", samples.to_string());
        }
        if let Some(replications) = self.replications {
            put("--replications", replications.to_string());
        }
        self.many.line("sensitivity", &own)
    }
}

impl Ground {
    fn explain(&self, error: TornadoError) -> Exit {
        match error {
            TornadoError::Lever(lever, diagnostics) => {
                eprintln!("{diagnostics}");
                wrong(Exit::Usage, format!("{} cannot move by {} to both sides", lever.path, self.by))
            }
            TornadoError::Study(error) => failed(&self.base, error),
        }
    }
}
