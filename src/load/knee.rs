//! The knee: the highest arrival rate at which every limit holds, by bisection in an open loop.
//!
//! One search decides by single plays, and a play is as noisy as the machine: so several searches are made, and
//! their median is told with its spread.

use std::sync::atomic::{AtomicBool, Ordering};

use super::play::Broken;
use super::{Limit, Options, Pace, Played, Script, Verb, play};
use crate::model::Model;

/// Searches made.
pub const SEARCHES: usize = 5;
/// Plays in a search: the last step is a fortieth of the rate.
const HALVINGS: u32 = 7;
/// The lowest rate tried, as a share of that of a closed loop.
const LOWEST: f64 = 1.0 / 64.0;

/// Where the limits stop holding.
#[derive(Debug, Clone, PartialEq)]
pub struct Knee {
    /// Orders a second that each search ended with, ascending; zero: the lowest rate tried was too much.
    pub found: Vec<f64>,
    /// Orders a second of a closed loop: the highest rate tried.
    pub saturation: f64,
}

impl Knee {
    pub fn median(&self) -> f64 {
        self.found.get(self.found.len() / 2).copied().unwrap_or(0.0)
    }

    pub fn spread(&self) -> (f64, f64) {
        let ends = self.found.first().zip(self.found.last());
        ends.map_or((0.0, 0.0), |(&low, &high)| (low, high))
    }
}

/// Searches between a sixty-fourth of the closed loop's rate and that rate. Stops early, with what it has, when it
/// is told to. Cost: about `SEARCHES` x 7 plays.
pub fn find_knee(
    model: &Model,
    script: &Script,
    limits: &[Limit],
    options: &Options,
    stop: &AtomicBool,
) -> Result<Knee, Broken> {
    let closed = play(model, script, &Options { pace: Pace::Closed, ..options.clone() }, stop)?;
    let saturation = closed.seen.verbs[Verb::Submit as usize].count as f64 / closed.wall.as_secs_f64();
    let mut found = Vec::new();
    while found.len() < SEARCHES && !stop.load(Ordering::Relaxed) {
        let rate = search(saturation, |orders_per_s| {
            let pace = Pace::ConstantArrivalRate { orders_per_s };
            let played = play(model, script, &Options { pace, ..options.clone() }, stop)?;
            Ok(holds(&played, limits))
        })?;
        found.push(rate);
    }
    found.sort_by(f64::total_cmp);
    Ok(Knee { found, saturation })
}

fn holds(played: &Played, limits: &[Limit]) -> bool {
    played.kept_schedule() && limits.iter().all(|limit| limit.holds(played))
}

/// Bisection over the logarithm of the rate; zero when the lowest rate does not hold.
fn search(highest: f64, mut holds: impl FnMut(f64) -> Result<bool, Broken>) -> Result<f64, Broken> {
    let (mut low, mut high) = (highest * LOWEST, highest);
    if holds(high)? {
        return Ok(high);
    }
    if !holds(low)? {
        return Ok(0.0);
    }
    for _ in 0..HALVINGS {
        let middle = (low * high).sqrt();
        match holds(middle)? {
            true => low = middle,
            false => high = middle,
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bisection_finds_the_edge() {
        for edge in [20_000.0, 123_456.0, 900_000.0] {
            let found = search(1e6, |rate| Ok(rate <= edge)).expect("nothing breaks");
            assert!(found <= edge && edge <= 1.04 * found, "{found} for {edge}");
        }
        assert_eq!(search(1e6, |_| Ok(true)), Ok(1e6));
        assert_eq!(search(1e6, |_| Ok(false)), Ok(0.0));
    }

    #[test]
    fn the_median_of_the_searches() {
        let knee = Knee { found: vec![1.0, 2.0, 3.0, 4.0, 9.0], saturation: 10.0 };
        assert_eq!((knee.median(), knee.spread()), (3.0, (1.0, 9.0)));
        assert_eq!(Knee { found: Vec::new(), saturation: 10.0 }.median(), 0.0);
    }
}
