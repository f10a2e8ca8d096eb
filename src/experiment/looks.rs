//! When a study looks at its replications, and how sure each look must be: rounds planned before the first run.
//!
//! # Promise
//! Whatever look a study stops at, the intervals of `auto` hold the true mean with the confidence asked for:
//! all looks together miss at most `1 - confidence`, half of it on each side. So a service level that lies exactly on
//! its bound is said to hold in at most 2.5 % of all studies at 95 %, and to fail in as many.
//! Exact for normal values; the tests show what skewed values do.
//!
//! # Why spending
//! Who looks five times at 95 % and stops at the first answer is wrong in up to 14 % of all studies (Armitage,
//! McPherson and Rowe, Repeated significance tests on accumulating data, JRSS A 132, 1969, table 2).
//! Lan and DeMets (Discrete sequential boundaries for clinical trials, Biometrika 70, 1983) divide the error alpha
//! over the looks by how far the study has come, t = n / n of the last look; the function of Pocock's type is
//! alpha ln(1 + (e - 1) t).
//!
//! # Why Pocock's type, and not O'Brien and Fleming's
//! Theirs leaves 4e-15 to the first look at t = 1/16: no interval of five replications is that sure. Most
//! plans are far from their bounds, and a planner waits: the early looks should be able to answer.
//!
//! # Why Bonferroni within it, and not the joint distribution
//! Each look's t-interval is taken at what that look spends, as if the looks were unrelated. The joint boundaries of
//! normal sums would be narrower at the late looks, but are wrong with four degrees of freedom,
//! where the variance is a guess that all looks share. This sum of exact t-errors is never above alpha.

use libm::log;

use super::Estimate;
use crate::scenario::spec::Replications;

/// One look: how many replications it has, and the two-sided confidence of each of its intervals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    pub replications: u32,
    pub confidence: f64,
    /// One of several looks that share their error.
    pub spends: bool,
}

impl Look {
    pub fn estimate(self, values: &[f64]) -> Estimate {
        match self.spends {
            true => Estimate::skewed(values, self.confidence),
            false => Estimate::of(values, self.confidence),
        }
    }
}

/// The looks of a study, in order: at `min` replications, at twice as many, and so on until `max`.
pub fn looks(replications: Replications, confidence: f64) -> Vec<Look> {
    let (min, max) = (replications.min.max(1), replications.max);
    let doubled = std::iter::successors(Some(min), |&n| (n < max).then(|| n.saturating_mul(2).min(max)));
    let mut before = 0.0;
    let look = |count: u32| {
        if !replications.spends {
            return Look { replications: count, confidence, spends: false };
        }
        let until = spent(f64::from(count) / f64::from(max), 1.0 - confidence);
        let error = until - before;
        before = until;
        Look { replications: count, confidence: 1.0 - error, spends: true }
    };
    doubled.map(look).collect()
}

/// How much of the error `alpha` a study may have spent when it has come as far as `t`, 0 to 1.
fn spent(t: f64, alpha: f64) -> f64 {
    alpha * log(1.0 + (std::f64::consts::E - 1.0) * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Verdict;
    use crate::experiment::slo::judge;
    use crate::kernel::draw::{Draw, Source};
    use crate::scenario::spec::Bound;

    fn plain(min: u32, max: u32) -> Replications {
        Replications { min, max, spends: false }
    }

    #[test]
    fn all_looks_together_spend_what_was_given() {
        let looks = looks(Replications::AUTO, 0.95);
        let errors: Vec<f64> = looks.iter().map(|look| 1.0 - look.confidence).collect();
        assert!((errors.iter().sum::<f64>() - 0.05).abs() < 1e-12);
        // By hand: 0.05 ln(1 + 1.71828 / 16) = 0.00510.
        assert!((errors[0] - 0.0051).abs() < 1e-5, "{errors:?}");
        assert_eq!(looks.iter().map(|look| look.replications).collect::<Vec<_>>(), [5, 10, 20, 40, 80]);
    }

    #[test]
    fn rounds_double_from_min_to_max() {
        let counts = |min, max| -> Vec<u32> {
            looks(plain(min, max), 0.9).iter().map(|look| look.replications).collect()
        };
        assert_eq!(counts(3, 10), [3, 6, 10]);
        assert_eq!(counts(4, 4), [4]);
        assert_eq!(counts(1, 2), [1, 2]);
        assert!(looks(plain(3, 10), 0.9).iter().all(|look| look.confidence == 0.9));
    }

    /// Runs a study of values as `study` runs it: to the first look that answers.
    fn stop(plan: &[Look], bound: Bound, mut value: impl FnMut() -> f64) -> (Estimate, Verdict, usize) {
        let mut values = Vec::new();
        for look in plan {
            values.extend((values.len() as u32..look.replications).map(|_| value()));
            let estimate = look.estimate(&values);
            let verdict = judge(estimate, bound);
            if verdict != Verdict::Inconclusive || look == plan.last().unwrap() {
                return (estimate, verdict, values.len());
            }
        }
        unreachable!("the last look returns")
    }

    fn normal(source: &mut Source) -> f64 {
        let (radius, turn) = (source.exponential(), source.uniform());
        libm::sqrt(2.0 * radius) * libm::cos(2.0 * std::f64::consts::PI * turn)
    }

    /// Of 1,000 studies whose true mean is the bound itself, how many say holds, and how many fails.
    fn on_the_edge(plan: &[Look], edge: f64, value: fn(&mut Source) -> f64) -> (u32, u32) {
        let (mut holds, mut fails) = (0, 0);
        for study in 0..1_000 {
            let mut source = Draw::new(1983, study).source("edge");
            let (_, verdict, _) = stop(plan, Bound::AtMost(edge), || value(&mut source));
            holds += u32::from(verdict == Verdict::Holds);
            fails += u32::from(verdict == Verdict::Fails);
        }
        (holds, fails)
    }

    #[test]
    fn on_the_edge_it_seldom_takes_a_side() {
        let auto = looks(Replications::AUTO, 0.95);
        let check = |name: &str, edge: f64, value: fn(&mut Source) -> f64| {
            let (holds, fails) = on_the_edge(&auto, edge, value);
            println!("{name}: {holds} hold, {fails} fail of 1000");
            assert!(holds <= 50 && fails <= 50, "{name}: {holds} hold, {fails} fail of 1000");
        };
        check("normal", 0.0, normal);
        // Skewness 2, as of a lead time that is now and then very long.
        check("exponential", 1.0, Source::exponential);
        // Skewness 1.75: a log-normal of sigma 0.5, mean e^(1/8).
        check("log-normal", libm::exp(0.125), |source| libm::exp(0.5 * normal(source)));
        // Shares on time, 0.8 to 1.
        check("share", 0.9, |source| 1.0 - source.uniform() * 0.2);
    }

    /// The same looks without spending break the promise: the test above can fail.
    #[test]
    fn without_spending_too_many_take_a_side() {
        let plain = looks(plain(5, 80), 0.95);
        let (holds, fails) = on_the_edge(&plain, 0.0, normal);
        println!("without spending: {holds} hold, {fails} fail of 1000");
        assert!(50 < holds && 50 < fails, "{holds} hold, {fails} fail");
    }

    /// Waits at an M/M/c station that starts in its steady state, so the mean wait is Erlang's to the last digit.
    struct Station {
        servers: usize,
        load: f64,
    }

    impl Station {
        /// Erlang's C / (c - a), in mean service times.
        fn mean_wait(&self) -> f64 {
            let offered = self.load * self.servers as f64;
            let blocked = (1..=self.servers).fold(1.0, |b, n| offered * b / (n as f64 + offered * b));
            let waits = blocked / (1.0 - self.load * (1.0 - blocked));
            waits / (self.servers as f64 - offered)
        }

        fn mean_seen(&self, customers: u32, source: &mut Source) -> f64 {
            let offered = self.load * self.servers as f64;
            // In the system at the start: P(n) = P(n - 1) a / min(n, c).
            let weight = |n: usize, before: f64| before * offered / n.min(self.servers) as f64;
            let mut sum = 1.0;
            let mut term = 1.0;
            for n in 1..400 {
                term = weight(n, term);
                sum += term;
            }
            let mut left = source.uniform() * sum - 1.0;
            let (mut present, mut term) = (0, 1.0);
            while 0.0 < left {
                present += 1;
                term = weight(present, term);
                left -= term;
            }
            let mut free = vec![0.0_f64; self.servers];
            let next = |free: &[f64]| (0..free.len()).min_by(|&a, &b| free[a].total_cmp(&free[b])).unwrap();
            for _ in 0..present {
                let server = next(&free);
                free[server] += source.exponential();
            }
            let (mut now, mut waited) = (0.0, 0.0);
            for _ in 0..customers {
                now += source.exponential() / offered;
                let server = next(&free);
                let start = free[server].max(now);
                waited += start - now;
                free[server] = start + source.exponential();
            }
            waited / f64::from(customers)
        }
    }

    #[test]
    fn intervals_hold_the_truth_of_erlang_as_often_as_they_say() {
        let station = Station { servers: 2, load: 0.6 };
        let truth = station.mean_wait();
        assert!((truth - 0.5625).abs() < 1e-9, "C(2, 1.2) = 0.45, over 0.8: {truth}");
        let share = |plan: &[Look], bound: f64| {
            let (mut held, mut runs) = (0, 0);
            for study in 0..2_000 {
                let mut source = Draw::new(1917, study).source("station");
                let (estimate, _, n) =
                    stop(plan, Bound::AtMost(bound), || station.mean_seen(1_000, &mut source));
                held += u32::from(estimate.low() <= truth && truth <= estimate.high());
                runs += n;
            }
            (f64::from(held) / 2_000.0, runs as f64 / 2_000.0)
        };
        let (fixed, _) = share(&looks(plain(10, 10), 0.95), truth);
        assert!((0.935..=0.965).contains(&fixed), "fixed n: {fixed}");
        // A bound so far from the truth that studies stop at every look.
        let (auto, runs) = share(&looks(Replications::AUTO, 0.95), truth * 1.15);
        println!("fixed {fixed}; auto {auto}, {runs} replications on average");
        assert!(0.93 <= auto && (6.0..60.0).contains(&runs), "auto: {auto}, {runs} replications");
    }
}
