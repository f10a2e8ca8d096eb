//! Instance files: CVRPLIB (TSPLIB keys) and Solomon or Gehring and Homberger tables.

mod flaw;
mod solomon;
mod tsplib;

pub use flaw::{Flaw, Flaws};

use super::problem::{Metric, Problem};

/// Reads a file's text, of whichever of the two forms, or tells everything that is wrong with it.
pub fn read(file: &str, text: &str) -> Result<Problem, Flaws> {
    let mut flaws = Flaws::new(file, text);
    let problem = if solomon::is_solomon(text) {
        solomon::read(text, &mut flaws)
    } else {
        tsplib::read(text, &mut flaws)
    };
    if let Some(problem) = problem.as_ref().filter(|_| flaws.is_empty()) {
        check_reach(problem, &mut flaws);
    }
    match problem {
        Some(problem) if flaws.is_empty() => Ok(problem),
        _ => Err(flaws),
    }
}

/// A customer whom a vehicle of its own cannot serve in time is a mistake of the file.
fn check_reach(problem: &Problem, flaws: &mut Flaws) {
    let Some(windows) = &problem.windows else { return };
    let way = |place: usize| match &problem.metric {
        Metric::Matrix(rows) => rows[place],
        Metric::Points { at, rounding } => {
            let (x, y) = (at[place].0 - at[0].0, at[place].1 - at[0].1);
            rounding.units((x * x + y * y).sqrt())
        }
    };
    let (open, close) = (i64::from(windows[0].ready), i64::from(windows[0].due));
    for (place, window) in windows.iter().enumerate().skip(1) {
        let way = i64::from(way(place));
        let begin = (open + way).max(window.ready.into());
        let (line, column) = flaws.windows[place];
        if i64::from(window.due) < begin {
            let at = problem.cost_text(begin);
            flaws.add(
                line,
                column,
                "E0505",
                "due before a vehicle can be there".into(),
                &format!("write {at} or later"),
            );
        } else if close < begin + i64::from(window.service) + way {
            let message = "a vehicle that serves here cannot be back in time".into();
            flaws.add(
                line,
                column,
                "E0505",
                message,
                "let the depot close later, or shorten ready and service time",
            );
        }
    }
}
