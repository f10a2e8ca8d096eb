//! `ordermill sensitivity SCENARIO`: what moves the answer most.

use clap::Args;

use super::Exit;
use super::many::{Many, failed, wrong};
use super::run::stop_on_interrupt;
use crate::experiment::lab::{Base, Yardstick};
use crate::experiment::levers::{Lever, usual};
use crate::experiment::tornado::{TornadoError, tornado};
use crate::report::sensitivity::TornadoDocument;

#[derive(Args)]
pub struct Sensitivity {
    #[command(flatten)]
    many: Many,
    /// A number that moves, with the sign of a change by a factor: `'floor.pick-per-order*'`. May be repeated; left out,
    /// the usual ones: demand, people, times, stock, lanes, payment, returns.
    #[arg(long = "vary", value_name = "PATH*")]
    vary: Vec<String>,
    /// How far each moves to both sides.
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    by: f64,
    /// The measure by which levers are ranked; left out, the promise that is nearest to being broken.
    #[arg(long, value_name = "NAME")]
    measure: Option<String>,
    /// Replications of each cell.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replications: u32,
}

impl Sensitivity {
    pub fn execute(self) -> Exit {
        self.run().unwrap_or_else(|exit| exit)
    }

    fn run(&self) -> Result<Exit, Exit> {
        let base = self.many.open()?;
        if !(1e-3..1.0).contains(&self.by) {
            return Err(wrong(Exit::Usage, format!("--by {}: a share from 0.001 to below 1", self.by)));
        }
        let factors = [1.0 - self.by, 1.0 + self.by];
        let levers = self.levers(&base, &factors)?;
        let yardstick = Yardstick::of(&base.scenario);
        let measure = self.measure_of(&yardstick)?;
        let folder = self.many.folder("sensitivity");
        self.many.probe(&folder)?;
        let bar = self.many.bar("runs", (2 * levers.len() as u64 + 1) * u64::from(self.replications));
        let stop = stop_on_interrupt();
        let found = tornado(&base, &yardstick, &levers, factors, self.replications, &bar, &stop);
        bar.finish();
        let (calm, swings) = found.map_err(|error| match error {
            TornadoError::Lever(lever, diagnostics) => {
                eprintln!("{diagnostics}");
                wrong(Exit::Usage, format!("{} cannot move by {} to both sides", lever.path, self.by))
            }
            TornadoError::Study(error) => failed(&base, error),
        })?;
        let measure = measure.or_else(|| yardstick.tightest(&calm)).unwrap_or(0);
        let told = (self.many.name(), self.line());
        let document = TornadoDocument::of(&base, &yardstick, (&calm, &swings), (factors, measure), told);
        Ok(self.many.tell(&document.answer(), &document, &folder, &document.files(), Exit::Ok))
    }

    fn levers(&self, base: &Base, factors: &[f64]) -> Result<Vec<Lever>, Exit> {
        if self.vary.is_empty() {
            return Ok(usual(base, factors));
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
        self.vary.iter().for_each(|path| put("--vary", path.clone()));
        put("--by", self.by.to_string());
        if let Some(measure) = &self.measure {
            put("--measure", measure.clone());
        }
        put("--replications", self.replications.to_string());
        self.many.line("sensitivity", &own)
    }
}
