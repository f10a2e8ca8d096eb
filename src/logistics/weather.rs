//! Weather: a Markov chain a region, by the hour; its states slow vehicles down and keep some from leaving.
//!
//! # Promises
//! - What the sky of a region is at an hour is a function of the run's draws, the region's name and the hour: nothing
//!   else that happens moves it, and it is the same for everybody who asks.
//! - The first hour is drawn from the stationary distribution, so every hour is.

use crate::domain::NodeId;
use crate::kernel::draw::{Draw, Purpose, mix};

use super::road::{FULL, pace};

/// The next state of a region; the entity is the region, the attempt the hour.
const SKY: Purpose = Purpose::named("weather");

/// A chain of states.
#[derive(Debug, Clone)]
pub struct Climate {
    pub name: String,
    pub states: Vec<SkyState>,
    /// Long-run share of each state.
    pub stationary: Vec<f64>,
    /// Cumulative shares of the next state, by state; the first hour's stand last.
    up_to: Vec<Vec<f64>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SkyState {
    pub name: String,
    /// Of full speed.
    pub pace: u32,
    /// Share of departures that do not leave.
    pub closed: f64,
}

/// Nodes under one sky.
#[derive(Debug, Clone)]
pub struct Region {
    pub name: String,
    pub climate: usize,
    luck: u64,
}

/// All regions, and where each node lies.
#[derive(Debug, Clone, Default)]
pub struct Weather {
    pub climates: Vec<Climate>,
    pub regions: Vec<Region>,
    /// By node.
    pub of_node: Vec<Option<u16>>,
}

/// What the skies were until now, hour by hour from the local hour of business instant zero on.
#[derive(Debug, Clone, Default)]
pub struct Skies {
    by_region: Vec<Vec<u8>>,
}

impl SkyState {
    pub fn new(name: &str, speed: f64, closed: f64) -> SkyState {
        SkyState { name: name.to_owned(), pace: pace(speed), closed }
    }
}

impl Climate {
    /// `next`: by state, the shares of the state an hour later; rows that add up to 1.
    pub fn new(name: &str, states: Vec<SkyState>, next: &[Vec<f64>]) -> Climate {
        assert!(!states.is_empty() && states.len() < 256, "a sky has a state");
        let stationary = stationary(next);
        let rows = next.iter().chain([&stationary]);
        let up_to = rows.map(|row| cumulative(row)).collect();
        Climate { name: name.to_owned(), states, stationary, up_to }
    }

    fn pick(&self, row: usize, u: f64) -> u8 {
        let last = self.states.len() - 1;
        self.up_to[row].iter().position(|&up_to| u < up_to).unwrap_or(last) as u8
    }
}

impl Region {
    pub fn new(name: &str, climate: usize) -> Region {
        let luck = name.bytes().fold(mix(0), |hash, byte| mix(hash ^ u64::from(byte)));
        Region { name: name.to_owned(), climate, luck }
    }
}

impl Weather {
    /// Where the weather of a lane comes from: both its ends, once if they are under one sky.
    fn regions_of(&self, ends: (NodeId, NodeId)) -> impl Iterator<Item = u16> {
        let [from, to] = [ends.0, ends.1].map(|node| self.of_node[node.index()]);
        from.into_iter().chain(to.filter(|_| from != to))
    }

    /// Share of full speed between two nodes: that of the worse end.
    pub fn pace(&self, skies: &mut Skies, draw: Draw, ends: (NodeId, NodeId), hour: u64) -> u32 {
        let paces = self.regions_of(ends).map(|region| skies.state(self, draw, region, hour).pace);
        paces.min().unwrap_or(FULL)
    }

    /// Share of departures between two nodes that do not leave: that of the worse end.
    pub fn closed(&self, skies: &mut Skies, draw: Draw, ends: (NodeId, NodeId), hour: u64) -> f64 {
        let closed = self.regions_of(ends).map(|region| skies.state(self, draw, region, hour).closed);
        closed.fold(0.0, f64::max)
    }
}

impl Skies {
    /// The sky of a region at an hour.
    pub fn state<'w>(&mut self, weather: &'w Weather, draw: Draw, region: u16, hour: u64) -> &'w SkyState {
        let (place, hour) = (usize::from(region), hour as usize);
        let facts = &weather.regions[place];
        let climate = &weather.climates[facts.climate];
        if self.by_region.len() <= place {
            self.by_region.resize(place + 1, Vec::new());
        }
        let known = &mut self.by_region[place];
        while known.len() <= hour {
            let u = draw.uniform(SKY, facts.luck, known.len() as u32);
            let row = known.last().map_or(climate.states.len(), |&state| usize::from(state));
            known.push(climate.pick(row, u));
        }
        &climate.states[usize::from(known[hour])]
    }

    /// Hours of each state of a region among its first `hours`.
    pub fn count(&mut self, weather: &Weather, draw: Draw, region: u16, hours: u64) -> Vec<u64> {
        let climate = &weather.climates[weather.regions[usize::from(region)].climate];
        let mut counts = vec![0; climate.states.len()];
        if let Some(last) = hours.checked_sub(1) {
            self.state(weather, draw, region, last);
            let known = &self.by_region[usize::from(region)];
            known[..hours as usize].iter().for_each(|&state| counts[usize::from(state)] += 1);
        }
        counts
    }
}

fn cumulative(shares: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = shares.iter().map(|share| {
        sum += share;
        sum
    });
    sums.collect()
}

/// Where the chain is in the long run when all states are alike at first. Half of each step is a rest, so that a
/// chain that swings comes to rest as well; 2^50 steps by squaring.
fn stationary(next: &[Vec<f64>]) -> Vec<f64> {
    let count = next.len();
    let mut step: Vec<Vec<f64>> = (0..count)
        .map(|row| {
            let rest = |column| if row == column { 0.5 } else { 0.0 };
            (0..count).map(|column| 0.5 * next[row][column] + rest(column)).collect()
        })
        .collect();
    for _ in 0..50 {
        let squared = |row: usize, column: usize| -> f64 {
            (0..count).map(|between| step[row][between] * step[between][column]).sum()
        };
        let mut product: Vec<Vec<f64>> =
            (0..count).map(|row| (0..count).map(|column| squared(row, column)).collect()).collect();
        for row in &mut product {
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|share| *share /= sum);
        }
        step = product;
    }
    (0..count).map(|column| step.iter().map(|row| row[column]).sum::<f64>() / count as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weather(next: &[Vec<f64>]) -> Weather {
        let state = |index: usize| SkyState::new(&index.to_string(), 1.0 / (1 + index) as f64, 0.0);
        let climate = Climate::new("here", (0..next.len()).map(state).collect(), next);
        Weather {
            climates: vec![climate],
            regions: vec![Region::new("here", 0)],
            of_node: vec![Some(0), None],
        }
    }

    /// Two states have a closed form: shares b / (a + b), and of the share of time an asymptotic variance of
    /// p (1 - p) (1 + r) / (1 - r), r = 1 - a - b (a chain is an autoregression of its indicator).
    #[test]
    fn hours_are_as_the_chain_says_within_its_own_interval() {
        for (a, b) in [(0.04, 0.1), (0.3, 0.2), (0.9, 0.8)] {
            let weather = weather(&[vec![1.0 - a, a], vec![b, 1.0 - b]]);
            let (p, r) = (a / (a + b), 1.0 - a - b);
            assert!((weather.climates[0].stationary[1] - p).abs() < 1e-12);
            let hours = 100_000;
            let seen = Skies::default().count(&weather, Draw::new(5, 0), 0, hours);
            let se = (p * (1.0 - p) * (1.0 + r) / (1.0 - r) / hours as f64).sqrt();
            assert!((seen[1] as f64 / hours as f64 - p).abs() < 4.0 * se, "{seen:?} for {p}");
        }
    }

    /// Over replications every hour is as the long run, the first as well: three states whose balance is solved by
    /// hand. 6 : 3 : 1 is kept by 0.9 0.1 0 / 0.2 0.7 0.1 / 0 0.3 0.7.
    #[test]
    fn every_hour_is_as_the_long_run() {
        let weather = weather(&[vec![0.9, 0.1, 0.0], vec![0.2, 0.7, 0.1], vec![0.0, 0.3, 0.7]]);
        let expect = [0.6, 0.3, 0.1];
        for (told, expect) in weather.climates[0].stationary.iter().zip(expect) {
            assert!((told - expect).abs() < 1e-12);
        }
        let runs = 20_000;
        for hour in [0, 1, 30] {
            let mut counts = [0; 3];
            for seed in 0..runs {
                let state = Skies::default().state(&weather, Draw::new(seed, 0), 0, hour).name.clone();
                counts[state.parse::<usize>().unwrap()] += 1;
            }
            for (count, p) in counts.into_iter().zip(expect) {
                let se = (p * (1.0 - p) / runs as f64).sqrt();
                assert!((f64::from(count) / runs as f64 - p).abs() < 4.0 * se, "hour {hour}: {counts:?}");
            }
        }
    }

    #[test]
    fn chains_that_swing_or_stay_have_a_long_run_too() {
        let close = |next: &[Vec<f64>], expect: &[f64]| {
            let told = stationary(next);
            assert!(told.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-9), "{told:?}");
        };
        close(&[vec![0.0, 1.0], vec![1.0, 0.0]], &[0.5, 0.5]);
        close(&[vec![1.0, 0.0], vec![0.0, 1.0]], &[0.5, 0.5]);
        close(&[vec![0.9, 0.1], vec![0.0, 1.0]], &[0.0, 1.0]);
        close(&[vec![1.0]], &[1.0]);
    }

    #[test]
    fn a_lane_has_the_weather_of_its_worse_end() {
        let weather = weather(&[vec![0.5, 0.5], vec![0.5, 0.5]]);
        let (mut skies, draw) = (Skies::default(), Draw::new(1, 0));
        let (inside, outside) = (NodeId(0), NodeId(1));
        for hour in 0..50 {
            let own = skies.state(&weather, draw, 0, hour).pace;
            assert_eq!(weather.pace(&mut skies, draw, (inside, outside), hour), own);
            assert_eq!(weather.pace(&mut skies, draw, (outside, inside), hour), own);
            assert_eq!(weather.pace(&mut skies, draw, (outside, outside), hour), FULL);
        }
    }
}
