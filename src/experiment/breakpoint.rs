//! The breakpoint: by how much may a number grow until a promise breaks, and what breaks then.
//!
//! # How
//! Each replication looks for its own breakpoint by bisection, on draws of its own, so breakpoints are independent
//! and have a mean with an interval. Bisection needs a promise that, once broken, stays broken: who looks at a number
//! of which more is better asks for its inverse.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::lab::{Base, Reading, Ticks, Yardstick};
use super::{Estimate, StudyError};
use crate::scenario::Diagnostics;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// With the sign of a change by a factor: `demand*`.
    pub path: String,
    /// No smaller and no larger factor is tried.
    pub range: (f64, f64),
    /// The relative width at which bisection ends.
    pub tolerance: f64,
    pub replications: u32,
}

/// What one replication found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The largest factor seen at which every promise is kept; `None`: not even at the smallest.
    pub holds: Option<f64>,
    /// The smallest factor seen at which one is broken, and what it read; `None`: not even at the largest.
    pub breaks: Option<(f64, Reading)>,
    /// Some smaller factor broke a promise that a larger one kept.
    pub is_odd: bool,
}

#[derive(Debug)]
pub enum BreakpointError {
    /// The factor that makes no scenario.
    Scenario(f64, Diagnostics),
    Study(StudyError),
}

/// Every replication's breakpoint, in their order.
pub fn breakpoint(
    base: &Base,
    yardstick: &Yardstick,
    question: &Question,
    ticks: &dyn Ticks,
    stop: &AtomicBool,
) -> Result<Vec<Found>, BreakpointError> {
    let one = |replication| {
        let probe = |factor: f64| {
            if stop.load(Ordering::Relaxed) {
                return Err(BreakpointError::Study(StudyError::Interrupted));
            }
            let cell = [(question.path.clone(), factor.to_string())];
            let world = base.world(&cell).map_err(|error| BreakpointError::Scenario(factor, error))?;
            let reading = world.play(yardstick, replication).map_err(BreakpointError::Study)?;
            ticks.tick();
            Ok((yardstick.holds_on_average(std::slice::from_ref(&reading)), reading))
        };
        search(question.range, question.tolerance, probe)
    };
    let found: Vec<Result<Found, BreakpointError>> =
        (0..question.replications).into_par_iter().map(one).collect();
    found.into_iter().collect()
}

/// From 1 outwards by doubling, then inwards by halves of the ratio; last, one look well below.
fn search<E>(
    (least, most): (f64, f64),
    tolerance: f64,
    mut probe: impl FnMut(f64) -> Result<(bool, Reading), E>,
) -> Result<Found, E> {
    let (mut holds, mut breaks) = (None, None);
    let mut at = 1.0f64.clamp(least, most);
    loop {
        let (kept, reading) = probe(at)?;
        let step = match kept {
            true => {
                holds = Some(at);
                at * 2.0
            }
            false => {
                breaks = Some((at, reading));
                at / 2.0
            }
        };
        let (known, next) = (holds.is_some() && breaks.is_some(), step.clamp(least, most));
        if known || next == at {
            break;
        }
        at = next;
    }
    while let (Some(low), Some((high, _))) = (holds, &breaks) {
        if *high <= low * (1.0 + tolerance) {
            break;
        }
        let middle = libm::sqrt(low * high);
        match probe(middle)? {
            (true, _) => holds = Some(middle),
            (false, reading) => breaks = Some((middle, reading)),
        }
    }
    let below = holds.map(|low| (low * 0.9).max(least)).filter(|&below| Some(below) != holds);
    let is_odd = match below {
        Some(below) => !probe(below)?.0,
        None => false,
    };
    Ok(Found { holds, breaks, is_odd })
}

/// Mean and interval over the replications that found one.
pub fn estimate(found: &[Found], confidence: f64) -> Estimate {
    let values: Vec<f64> =
        found.iter().filter(|own| own.breaks.is_some()).filter_map(|own| own.holds).collect();
    Estimate::of(&values, confidence)
}

/// The promise that is broken just beyond the breakpoint, by its place, and in how many replications; the first of
/// several is named.
pub fn broken_promise(yardstick: &Yardstick, found: &[Found]) -> Option<(usize, u32)> {
    let broken = |own: &Found| {
        let (_, reading) = own.breaks.as_ref()?;
        let slo = yardstick.slo.iter().zip(&reading.values);
        slo.enumerate().find(|(_, (slo, value))| !slo.bound.is_kept_by(**value)).map(|(index, _)| index)
    };
    let all: Vec<usize> = found.iter().filter_map(broken).collect();
    let count = |index: usize| all.iter().filter(|&&own| own == index).count() as u32;
    (0..yardstick.slo.len()).rev().max_by_key(|&index| count(index)).map(|index| (index, count(index)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaks above `limit`; how often it was asked.
    fn find(limit: f64, range: (f64, f64)) -> (Found, u32) {
        let mut asked = 0;
        let found = search(range, 0.01, |factor| {
            asked += 1;
            let reading = Reading { values: vec![factor], breaks: None };
            Ok::<_, ()>((factor <= limit, reading))
        });
        (found.expect("nothing fails"), asked)
    }

    #[test]
    fn the_edge_is_found_from_both_sides() {
        for limit in [0.07, 0.4, 1.0, 1.3, 5.0, 60.0] {
            let (found, asked) = find(limit, (1.0 / 64.0, 64.0));
            let (holds, breaks) = (found.holds.unwrap(), found.breaks.unwrap().0);
            assert!(holds <= limit && limit < breaks && breaks <= holds * 1.01, "{limit}: {holds} {breaks}");
            assert!(!found.is_odd && asked < 20, "{limit}: {asked}");
        }
    }

    #[test]
    fn a_range_without_an_edge_is_said_to_have_none() {
        let (found, _) = find(1e9, (0.5, 4.0));
        assert_eq!((found.holds, found.breaks), (Some(4.0), None));
        let (found, _) = find(0.0, (0.5, 4.0));
        assert_eq!((found.holds, found.breaks.unwrap().0), (None, 0.5));
    }

    #[test]
    fn what_breaks_below_is_odd() {
        // Kept around 1 only.
        let found = search((0.25, 16.0), 0.01, |factor: f64| {
            let reading = Reading { values: Vec::new(), breaks: None };
            Ok::<_, ()>(((0.95..=1.02).contains(&factor), reading))
        });
        assert!(found.expect("nothing fails").is_odd);
    }

    #[test]
    fn the_interval_is_over_replications_that_have_a_breakpoint() {
        let own = |holds: Option<f64>, breaks: bool| Found {
            holds,
            breaks: breaks.then(|| (9.0, Reading { values: Vec::new(), breaks: None })),
            is_odd: false,
        };
        let found = [own(Some(2.0), true), own(Some(4.0), true), own(Some(64.0), false), own(None, true)];
        assert_eq!(estimate(&found, 0.95).mean, 3.0);
    }
}
