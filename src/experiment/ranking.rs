//! Which of several designs is best: where to spend the next runs (OCBA), and when to stop (KN).
//!
//! Both want the lowest mean; hand in negated values for the highest. Neither runs a simulation: the caller does,
//! and hands in what it saw.
//!
//! # Why two
//! OCBA gets the most out of a budget that is fixed, and promises nothing. KN takes the runs that it needs, and
//! promises how often it is right.

use libm::{pow, sqrt};

/// Runs to add to each design so that `budget` more runs find the lowest mean most probably.
///
/// Runs go to designs in the ratio (variance / distance of the mean to the best)^2, to the best one as much as all
/// others together ask for (Chen, Lin, Yucesan and Chick, Simulation budget allocation for further enhancing the
/// efficiency of ordinal optimization, 2000, theorem 1). A design that already has more than its part gets none,
/// and its surplus is taken from the others. Parts are rounded down; what is left goes to the best.
/// The sum is `budget`, unless there is no design.
///
/// ```
/// let means = [1.2, 2.1, 3.4, 4.87, 6.05];
/// let variances = [3.3, 2.0, 4.5, 5.3, 6.9];
/// let added = ordermill::experiment::ranking::ocba(&means, &variances, &[12, 6, 5, 5, 4], 100);
/// assert_eq!(added, [48, 38, 11, 2, 1]);
/// ```
pub fn ocba(means: &[f64], variances: &[f64], counts: &[u32], budget: u32) -> Vec<u32> {
    assert!(means.len() == variances.len() && means.len() == counts.len(), "a value for each design");
    let Some(best) = lowest(means.iter().copied().enumerate()) else { return Vec::new() };
    let ratios = ratios(means, variances, best);
    let whole = counts.iter().map(|&count| u64::from(count)).sum::<u64>() + u64::from(budget);
    let mut totals: Vec<u64> = counts.iter().map(|&count| u64::from(count)).collect();
    let mut grows = vec![true; means.len()];
    loop {
        let kept: u64 = (0..means.len()).filter(|&design| !grows[design]).map(|design| totals[design]).sum();
        let asked: f64 = (0..means.len()).filter(|&design| grows[design]).map(|design| ratios[design]).sum();
        let mut surplus = false;
        for design in 0..means.len() {
            if !grows[design] {
                continue;
            }
            // Without any ratio left nothing tells the designs apart: no part, all to the best.
            let part = if 0.0 < asked { ratios[design] / asked } else { 0.0 };
            totals[design] = ((whole - kept) as f64 * part) as u64;
            if totals[design] < u64::from(counts[design]) {
                totals[design] = u64::from(counts[design]);
                grows[design] = false;
                surplus = true;
            }
        }
        if !surplus {
            break;
        }
    }
    totals[best] += whole - totals.iter().sum::<u64>();
    totals.iter().zip(counts).map(|(&total, &count)| (total - u64::from(count)) as u32).collect()
}

/// What each design asks for, relative to the second best.
fn ratios(means: &[f64], variances: &[f64], best: usize) -> Vec<f64> {
    // A design without spread would divide by zero: it counts as a billionth of the widest.
    let widest = variances.iter().copied().fold(0.0, f64::max);
    let floor = if 0.0 < widest { widest * 1e-9 } else { 1.0 };
    let variance = |design: usize| variances[design].max(floor);
    let others = || (0..means.len()).filter(move |&design| design != best);
    let Some(second) = lowest(others().map(|design| (design, means[design]))) else { return vec![1.0] };
    let mut ratios = vec![0.0; means.len()];
    for design in others() {
        // Equal to the second best also when both equal the best.
        let nearness = match means[design] == means[second] {
            true => 1.0,
            false => (means[second] - means[best]) / (means[design] - means[best]),
        };
        ratios[design] = nearness * nearness * variance(design) / variance(second);
    }
    let sum: f64 = others().map(|design| ratios[design] * ratios[design] / variance(design)).sum();
    ratios[best] = sqrt(variance(best) * sum);
    ratios
}

/// The first of the lowest.
fn lowest(values: impl Iterator<Item = (usize, f64)>) -> Option<usize> {
    values.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(design, _)| design)
}

/// KN: one observation of each design still in the race a round, until one is left.
///
/// # Promise
/// With probability `confidence` or more the survivor is the design with the lowest true mean, if that one is
/// better than every other by `indifference` or more; otherwise the survivor is within `indifference` of the best
/// with about that probability.
/// This holds for normal observations whose replications are independent; observations of one round may depend on
/// each other (common random numbers), which makes the race shorter, not wrong.
///
/// Source: Kim and Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM TOMACS
/// 11(3), 2001, section 3, with c = 1: eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2, h^2 = 2 eta (n0 - 1).
///
/// ```
/// use ordermill::experiment::ranking::Kn;
/// // Costs of two plans in four replications: the second is dearer by far more than it varies.
/// let mut race = Kn::new(&[vec![10.0, 11.0, 9.0, 10.0], vec![20.0, 21.5, 19.0, 20.0]], 0.95, 1.0);
/// while race.best().is_none() {
///     let round: Vec<_> = race.survivors().iter().map(|&plan| (plan, [10.0, 20.0][plan])).collect();
///     race.add(&round);
/// }
/// assert_eq!(race.survivors(), [0]);
/// ```
#[derive(Debug, Clone)]
pub struct Kn {
    survivors: Vec<usize>,
    sums: Vec<f64>,
    /// h^2 S^2 / delta^2 of each pair of designs: the rounds after which their difference is settled.
    settled: Vec<Vec<f64>>,
    indifference: f64,
    rounds: u32,
}

impl Kn {
    /// `first_stage` holds the first observations by design, at least two of each and of each as many. `indifference`
    /// is the smallest difference worth finding, above 0; `confidence` is between 1 / designs and 1.
    pub fn new(first_stage: &[Vec<f64>], confidence: f64, indifference: f64) -> Kn {
        let designs = first_stage.len();
        let first = first_stage.first().map_or(0, Vec::len);
        assert!(0 < designs && 2 <= first, "a race needs a design, and two observations of it");
        assert!(first_stage.iter().all(|values| values.len() == first), "observations come in whole rounds");
        assert!(0.0 < indifference && 0.0 < confidence && confidence < 1.0, "nothing to promise");
        let mut race = Kn {
            survivors: (0..designs).collect(),
            sums: first_stage.iter().map(|values| values.iter().sum()).collect(),
            settled: Vec::new(),
            indifference,
            rounds: first as u32,
        };
        if 1 < designs {
            let degrees = (first - 1) as f64;
            let eta = (pow(2.0 * (1.0 - confidence) / (designs - 1) as f64, -2.0 / degrees) - 1.0) / 2.0;
            let scale = 2.0 * eta.max(0.0) * degrees / (indifference * indifference);
            let settled = |a: &Vec<f64>, b: &Vec<f64>| scale * variance_of_difference(a, b);
            race.settled =
                first_stage.iter().map(|a| first_stage.iter().map(|b| settled(a, b)).collect()).collect();
            race.screen();
        }
        race
    }

    /// Designs still in the race, ascending. Never empty.
    pub fn survivors(&self) -> &[usize] {
        &self.survivors
    }

    /// The choice, once one is left.
    pub fn best(&self) -> Option<usize> {
        (self.survivors.len() == 1).then(|| self.survivors[0])
    }

    /// Observations of each survivor so far.
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// Rounds after which the race ends, whatever is seen.
    pub fn rounds_at_most(&self) -> u32 {
        let pairs = self.pairs().map(|(a, b)| self.settled[a][b]);
        (libm::floor(pairs.fold(0.0, f64::max)) as u32).saturating_add(1).max(self.rounds)
    }

    /// Enters one more observation of each survivor, in any order; those of others are not looked at.
    pub fn add(&mut self, round: &[(usize, f64)]) {
        for &design in &self.survivors {
            let seen = round.iter().find(|(seen, _)| *seen == design);
            self.sums[design] += seen.expect("an observation of each survivor").1;
        }
        self.rounds += 1;
        self.screen();
    }

    /// Drops whom another beats by more than the noise still allows.
    fn screen(&mut self) {
        let rounds = f64::from(self.rounds);
        let mean = |design: usize| self.sums[design] / rounds;
        // W(r) = max(0, delta / (2 c r) (h^2 S^2 / delta^2 - r)).
        let slack = |a: usize, b: usize| {
            (self.indifference / (2.0 * rounds) * (self.settled[a][b] - rounds)).max(0.0)
        };
        let stays = |&a: &usize| self.survivors.iter().all(|&b| a == b || mean(a) <= mean(b) + slack(a, b));
        let kept: Vec<usize> = self.survivors.iter().copied().filter(stays).collect();
        self.survivors = kept;
        if self.rounds_at_most() <= self.rounds {
            let best = lowest(self.survivors.iter().map(|&design| (design, self.sums[design])));
            self.survivors = best.into_iter().collect();
        }
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        self.survivors.iter().flat_map(|&a| self.survivors.iter().map(move |&b| (a, b)))
    }
}

fn variance_of_difference(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let mean = a.iter().zip(b).map(|(a, b)| a - b).sum::<f64>() / n;
    a.iter().zip(b).map(|(a, b)| (a - b - mean) * (a - b - mean)).sum::<f64>() / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::{Draw, Source};

    /// The worked example of SPOT (Sequential Parameter Optimization Toolbox), reference of `OCBA`.
    #[test]
    fn ocba_allocates_the_worked_example() {
        let (means, variances) = ([1.2, 2.1, 3.4, 4.87, 6.05], [3.3, 2.0, 4.5, 5.3, 6.9]);
        assert_eq!(ocba(&means, &variances, &[12, 6, 5, 5, 4], 100), [48, 38, 11, 2, 1]);
    }

    #[test]
    fn ocba_spends_the_budget_in_every_corner() {
        let check = |means: &[f64], variances: &[f64], counts: &[u32], budget: u32, expected: &[u32]| {
            let added = ocba(means, variances, counts, budget);
            assert_eq!(added, expected, "{means:?} {variances:?} {counts:?}");
            assert_eq!(added.iter().sum::<u32>(), if means.is_empty() { 0 } else { budget });
        };
        check(&[], &[], &[], 10, &[]);
        check(&[3.0], &[1.0], &[5], 10, &[10]);
        check(&[3.0, 3.0], &[1.0, 1.0], &[5, 5], 10, &[5, 5]);
        check(&[3.0, 3.0, 3.0], &[0.0, 0.0, 0.0], &[0, 0, 0], 12, &[6, 3, 3]);
        check(&[1.0, 2.0], &[1.0, 1.0], &[90, 5], 10, &[0, 10]);
        check(&[1.0, 2.0], &[1.0, 1.0], &[5, 5], 0, &[0, 0]);
    }

    fn normal(source: &mut Source) -> f64 {
        let (radius, turn) = (source.exponential(), source.uniform());
        sqrt(2.0 * radius) * libm::cos(2.0 * std::f64::consts::PI * turn)
    }

    /// Runs a race whose design `best` is better than all others by the indifference; returns right or wrong, and
    /// the observations taken. `shared` is the part of the variance that all designs of a round have in common.
    fn race(best: usize, shared: f64, replication: u32) -> (bool, usize) {
        const DESIGNS: usize = 10;
        let first = 10;
        let indifference = 1.0 / sqrt(f64::from(first));
        let mut source = Draw::new(20_010_907, replication).source("slippage");
        let mut round = || -> Vec<(usize, f64)> {
            let common = sqrt(shared) * normal(&mut source);
            let mut value = |design| {
                let mean = if design == best { 0.0 } else { indifference };
                (design, mean + common + sqrt(1.0 - shared) * normal(&mut source))
            };
            (0..DESIGNS).map(&mut value).collect()
        };
        let mut stage = vec![Vec::new(); DESIGNS];
        for _ in 0..first {
            round().into_iter().for_each(|(design, value)| stage[design].push(value));
        }
        let mut kn = Kn::new(&stage, 0.95, indifference);
        let mut taken = DESIGNS * first as usize;
        while kn.best().is_none() {
            taken += kn.survivors().len();
            kn.add(&round());
        }
        (kn.best() == Some(best), taken)
    }

    fn races(shared: f64) -> (usize, usize) {
        let found = (0..1_000).map(|replication| race(replication as usize % 10, shared, replication));
        found.fold((0, 0), |(right, taken), (is, one)| (right + usize::from(is), taken + one))
    }

    /// The hardest means KN makes a promise for: all others exactly one indifference away.
    #[test]
    fn kn_keeps_its_promise_on_a_slippage_configuration() {
        let (right, taken) = races(0.0);
        assert!(950 <= right, "{right} of 1000 right");
        let (paired_right, paired_taken) = races(0.8);
        assert!(950 <= paired_right, "{paired_right} of 1000 right");
        assert!(3 * paired_taken < taken, "common luck: {paired_taken} against {taken} observations");
    }

    #[test]
    fn kn_ends_at_once_without_spread_and_drops_no_equal_early() {
        let still = Kn::new(&[vec![2.0; 5], vec![1.0; 5], vec![3.0; 5]], 0.95, 0.1);
        assert_eq!(still.best(), Some(1));
        assert_eq!(Kn::new(&[vec![2.0, 3.0]], 0.95, 0.1).best(), Some(0));
        let twins = Kn::new(&[vec![1.0, 2.0], vec![1.0, 2.0]], 0.95, 0.1);
        assert_eq!(twins.best(), Some(0), "paired twins never differ: the first");
    }

    #[test]
    fn kn_never_needs_more_than_it_says() {
        let stage = vec![vec![1.0, 4.0, 2.0, 3.0], vec![2.0, 1.0, 4.0, 3.0]];
        let mut race = Kn::new(&stage, 0.9, 2.0);
        let (most, mut rounds) = (race.rounds_at_most(), 4);
        while race.best().is_none() {
            race.add(&[(1, 2.5), (0, 2.5)]);
            rounds += 1;
        }
        assert_eq!(rounds, most, "equal means: the race takes all its rounds");
    }
}
