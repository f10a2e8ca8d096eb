//! Where the start of a series ends: the warm-up that a steady-state mean leaves out.

/// Values of a batch, by definition of MSER-5.
const BATCH: usize = 5;

/// Fewer batches than this tell nothing.
const FEWEST: usize = 10;

/// How many values at the start of `series` to leave out, by MSER-5, or `None` when the series is too short to
/// tell: fewer than 50 values, or the best cut lies in its second half.
///
/// The cut d that makes the sum of squares of the batches after it, over their number squared, least: a longer cut
/// takes bias away and leaves fewer values to estimate from (White, An effective truncation heuristic for bias
/// reduction in simulation output, Simulation 69(6), 1997; batches of five and the rule of the second
/// half: White, Cobb and Spratt, A comparison of five steady-state truncation heuristics, WSC 2000). The last five
/// batches are no cut: so few are often equal by chance (Hoad, Robinson and Davies, Automating warm-up length
/// estimation, JORS 61(9), 2010). Values beyond the last whole batch are not looked at.
///
/// A run that empties at its end (a terminating run) has no steady state to warm up to: do not ask.
///
/// ```
/// let series: Vec<f64> = (0..200).map(|n| if n < 40 { 100.0 } else { (n % 7) as f64 }).collect();
/// assert_eq!(ordermill::experiment::warm_up::mser5(&series), Some(40));
/// ```
pub fn mser5(series: &[f64]) -> Option<usize> {
    let means: Vec<f64> =
        series.chunks_exact(BATCH).map(|batch| batch.iter().sum::<f64>() / BATCH as f64).collect();
    if means.len() < FEWEST {
        return None;
    }
    // From the end, one batch more at a time: mean and sum of squares by Welford's recurrence.
    let (mut mean, mut squares, mut best) = (0.0, 0.0, (f64::INFINITY, 0));
    for (cut, value) in means.iter().enumerate().rev() {
        let count = (means.len() - cut) as f64;
        let step = value - mean;
        mean += step / count;
        squares += step * (value - mean);
        let score = squares / (count * count);
        // The earlier of equal cuts: it keeps more.
        if cut + BATCH < means.len() && score <= best.0 {
            best = (score, cut);
        }
    }
    (best.1 * 2 <= means.len()).then_some(best.1 * BATCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::Draw;

    /// The definition, word by word, in quadratic time.
    fn by_definition(series: &[f64]) -> Option<usize> {
        let batches = series.len() / 5;
        let means: Vec<f64> =
            (0..batches).map(|b| (0..5).map(|n| series[5 * b + n]).sum::<f64>() / 5.0).collect();
        let score = |cut: usize| {
            let rest = &means[cut..];
            let mean = rest.iter().sum::<f64>() / rest.len() as f64;
            rest.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (rest.len() as f64).powi(2)
        };
        let best = (0..batches.checked_sub(5)?).min_by(|&a, &b| score(a).total_cmp(&score(b)))?;
        (10 <= batches && best * 2 <= batches).then_some(5 * best)
    }

    #[test]
    fn agrees_with_the_definition() {
        let mut told = 0;
        for replication in 0..300 {
            let mut source = Draw::new(1997, replication).source("series");
            let length = 40 + 3 * replication as usize;
            let bias = 20.0 * source.uniform();
            let decay = 5.0 + 60.0 * source.uniform();
            let series: Vec<f64> =
                (0..length).map(|n| bias * libm::exp(-(n as f64) / decay) + source.exponential()).collect();
            assert_eq!(mser5(&series), by_definition(&series), "replication {replication}, {length} values");
            told += usize::from(mser5(&series).is_some_and(|cut| 0 < cut));
        }
        assert!(200 < told, "only {told} series had a warm-up to find");
    }

    #[test]
    fn cuts_where_the_level_changes_and_says_when_it_cannot_tell() {
        let step = |from: usize, length: usize| -> Vec<f64> {
            (0..length).map(|n| if n < from { 50.0 } else { 0.0 } + (n % 3) as f64).collect()
        };
        assert_eq!(mser5(&step(0, 300)), Some(0), "nothing to cut");
        assert_eq!(mser5(&step(45, 300)), Some(45));
        assert_eq!(mser5(&step(43, 300)), Some(45), "whole batches");
        assert_eq!(mser5(&step(200, 300)), None, "the cut lies in the second half");
        assert_eq!(mser5(&step(0, 49)), None, "too short");
        assert_eq!(mser5(&[7.0; 100]), Some(0), "a constant keeps everything");
    }

    /// The queue of an M/M/1 station at rho 0.8 that starts with 200 waiting: the waits fall by (1 - rho) / rho a
    /// customer, so steady state begins near customer 200 rho / (1 - rho) = 800.
    #[test]
    fn finds_the_start_of_a_crowded_station() {
        let mut source = Draw::new(2_000, 0).source("station");
        let mut wait: f64 = 200.0;
        let waits: Vec<f64> = (0..8_000)
            .map(|_| {
                wait = (wait + source.exponential() - source.exponential() / 0.8).max(0.0);
                wait
            })
            .collect();
        let cut = mser5(&waits).expect("long enough");
        assert!((500..1_200).contains(&cut), "{cut}");
        let rest = &waits[cut..];
        let mean = rest.iter().sum::<f64>() / rest.len() as f64;
        // Pollaczek-Khinchine: rho / (1 - rho) = 4 mean services.
        assert!((mean - 4.0).abs() < 1.0, "{mean}");
    }
}
