//! Holt-Winters: a level, a trend and a season, each learned with its own patience.
//!
//! Additive form (Winters 1960, Management Science 6:324; in the notation of Hyndman and Athanasopoulos, Forecasting:
//! Principles and Practice, third edition, section 8.3), with `y` what came, `m` the length of the season:
//!
//! ```text
//!   level  l(t) = a (y(t) - s(t-m)) + (1 - a) (l(t-1) + b(t-1))
//!   trend  b(t) = b (l(t) - l(t-1)) + (1 - b) b(t-1)
//!   season s(t) = c (y(t) - l(t-1) - b(t-1)) + (1 - c) s(t-m)
//!   ahead  y(t+h) = l(t) + h b(t) + s(t + h - m ceil(h / m))
//! ```
//!
//! # Promises
//! - A series that is a level, a straight trend and a season is told exactly.
//! - Nothing below zero is foretold: nobody gives goods back by ordering.
//! - Fewer than two seasons have no trend and no season: their mean is told.

/// How fast each part follows what came: 0 never, 1 at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Smoothing {
    pub level: f64,
    pub trend: f64,
    pub season: f64,
}

/// What was learned of one series.
#[derive(Debug, Clone, PartialEq)]
pub struct HoltWinters {
    level: f64,
    trend: f64,
    /// The last season, oldest first.
    season: Vec<f64>,
}

impl HoltWinters {
    /// Learns a series of equal periods, oldest first. The first two seasons set level, trend and season going. Panics
    /// where the season has no period.
    pub fn learn(series: &[f64], season: usize, smoothing: Smoothing) -> HoltWinters {
        assert!(0 < season, "a season of no period");
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        if series.len() < 2 * season {
            return HoltWinters { level: mean(series), trend: 0.0, season: vec![0.0; season] };
        }
        let (first, second) = (mean(&series[..season]), mean(&series[season..2 * season]));
        let trend = (second - first) / season as f64;
        // The level at the end of the first season, and what its periods were off the straight line.
        let middle = (season as f64 - 1.0) / 2.0;
        let line = |period: usize| first + (period as f64 - middle) * trend;
        let mut own = HoltWinters {
            level: line(season - 1),
            trend,
            season: (0..season).map(|period| series[period] - line(period)).collect(),
        };
        for (period, &came) in series.iter().enumerate().skip(season) {
            let Smoothing { level, trend, season: patience } = smoothing;
            let seasonal = own.season[period % season];
            let (before, expected) = (own.level, own.level + own.trend);
            own.level = level * (came - seasonal) + (1.0 - level) * expected;
            own.trend = trend * (own.level - before) + (1.0 - trend) * own.trend;
            own.season[period % season] = patience * (came - expected) + (1.0 - patience) * seasonal;
        }
        own.season.rotate_left(series.len() % season);
        own
    }

    /// What the period `ahead` after the last one brings; 0 is the next.
    pub fn period(&self, ahead: usize) -> f64 {
        let trend = (ahead as f64 + 1.0) * self.trend;
        (self.level + trend + self.season[ahead % self.season.len()]).max(0.0)
    }

    /// What the next periods bring together; the last may be a part of one.
    pub fn sum(&self, periods: f64) -> f64 {
        let whole = periods as usize;
        let sum: f64 = (0..whole).map(|ahead| self.period(ahead)).sum();
        sum + (periods - whole as f64) * self.period(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Smoothing = Smoothing { level: 0.3, trend: 0.1, season: 0.2 };

    #[test]
    fn a_level_a_trend_and_a_season_are_told_exactly() {
        let season = [5.0, -3.0, 0.0, -2.0];
        let value = |period: usize| 40.0 + 0.5 * period as f64 + season[period % 4];
        for length in [8, 9, 13, 40] {
            let series: Vec<f64> = (0..length).map(value).collect();
            let learned = HoltWinters::learn(&series, 4, USUAL);
            for ahead in 0..10 {
                let (told, comes) = (learned.period(ahead), value(length + ahead));
                assert!((told - comes).abs() < 1e-9, "{length} {ahead}: {told} for {comes}");
            }
            let comes = value(length) + value(length + 1) + 0.5 * value(length + 2);
            assert!((learned.sum(2.5) - comes).abs() < 1e-9);
        }
    }

    #[test]
    fn a_change_is_followed_as_fast_as_asked() {
        let mut series = vec![10.0; 28];
        series.extend([20.0; 7]);
        let told =
            |level| HoltWinters::learn(&series, 7, Smoothing { level, trend: 0.0, season: 0.0 }).period(0);
        assert!((told(1.0) - 20.0).abs() < 1e-9 && (told(0.0) - 10.0).abs() < 1e-9);
        // Seven steps of a geometric approach: 20 - 10 x 0.8^7.
        assert!((told(0.2) - (20.0 - 10.0 * 0.8f64.powi(7))).abs() < 1e-9);
    }

    #[test]
    fn little_history_has_a_mean_and_a_fall_ends_at_zero() {
        let learned = HoltWinters::learn(&[3.0, 5.0, 4.0], 7, USUAL);
        assert_eq!((learned.period(0), learned.sum(2.0)), (4.0, 8.0));
        assert_eq!(HoltWinters::learn(&[], 7, USUAL).sum(3.0), 0.0);
        let falling: Vec<f64> = (0..20).map(|period| 100.0 - 5.0 * f64::from(period)).collect();
        assert_eq!(HoltWinters::learn(&falling, 5, USUAL).period(10), 0.0);
    }
}
