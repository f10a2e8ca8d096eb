//! Arrival rates over time, and the arrivals of a Poisson process that follows them.
//!
//! # Promises
//! - Exact: the process is the inverse of the cumulative rate at the points of a unit Poisson
//!   process (Cinlar 1975, "Introduction to stochastic processes", 4.7), not a thinned or stepped one.
//! - Lazy and sorted: one pending arrival, whatever the number of orders to come.
//! - One uniform an arrival, so a changed profile stretches the sequence and does not reshuffle it.

use std::sync::Arc;

use super::draw::Source;
use super::time::{Moment, Span};

/// A piecewise-constant rate.
#[derive(Debug, Clone)]
pub struct Rate {
    pieces: Arc<[Piece]>,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    start: Moment,
    per_tick: f64,
    /// Ticks for one expected arrival: infinite where the rate is zero.
    ticks_each: f64,
    /// Expected arrivals before `start`.
    before: f64,
}

impl Rate {
    /// The same rate at all times. Panics when it is negative or not finite.
    pub fn constant(per_hour: f64) -> Rate {
        Rate::steps(&[(Moment::ZERO, per_hour)])
    }

    /// `(from, arrivals per hour)`: each rate holds until the next begins, the last for ever, none
    /// before the first. Panics unless the moments rise and the rates are finite and not negative.
    pub fn steps(steps: &[(Moment, f64)]) -> Rate {
        assert!(!steps.is_empty(), "a rate without steps");
        assert!(steps.is_sorted_by(|one, next| one.0 < next.0), "the steps of a rate must rise in time");
        let mut before = 0.0;
        let pieces = steps.iter().enumerate().map(|(at, &(start, per_hour))| {
            assert!(per_hour.is_finite() && 0.0 <= per_hour, "a rate of {per_hour} an hour");
            let per_tick = per_hour / Span::HOUR.0 as f64;
            let piece = Piece { start, per_tick, ticks_each: Span::HOUR.0 as f64 / per_hour, before };
            if let Some(next) = steps.get(at + 1) {
                before += piece.per_tick * next.0.since(start).0 as f64;
            }
            piece
        });
        Rate { pieces: pieces.collect() }
    }

    /// `factor` times as many arrivals at all times.
    pub fn times(&self, factor: f64) -> Rate {
        let scaled = |piece: &Piece| Piece {
            per_tick: piece.per_tick * factor,
            ticks_each: piece.ticks_each / factor,
            before: piece.before * factor,
            ..*piece
        };
        Rate { pieces: self.pieces.iter().map(scaled).collect() }
    }

    /// Arrivals per hour at `moment`.
    pub fn at(&self, moment: Moment) -> f64 {
        self.piece_at(moment).map_or(0.0, |piece| piece.per_tick * Span::HOUR.0 as f64)
    }

    /// The expected number of arrivals in `from..to`.
    pub fn mean(&self, from: Moment, to: Moment) -> f64 {
        self.cumulative(to) - self.cumulative(from)
    }

    /// The moment by which `count` arrivals are expected, `None` when that is never.
    pub fn reach(&self, count: f64) -> Option<Moment> {
        let piece = self.pieces.partition_point(|piece| piece.before <= count).max(1) - 1;
        self.reach_in(piece, count)
    }

    /// The arrivals of a Poisson process of this rate.
    pub fn arrivals(&self, source: Source) -> Arrivals {
        let mut arrivals = Arrivals { rate: self.clone(), source, piece: 0, count: 0.0, ahead: None };
        arrivals.look_ahead();
        arrivals
    }

    fn cumulative(&self, moment: Moment) -> f64 {
        self.piece_at(moment)
            .map_or(0.0, |piece| piece.before + piece.per_tick * moment.since(piece.start).0 as f64)
    }

    fn piece_at(&self, moment: Moment) -> Option<&Piece> {
        self.pieces[..self.pieces.partition_point(|piece| piece.start <= moment)].last()
    }

    #[inline]
    fn reach_in(&self, piece: usize, count: f64) -> Option<Moment> {
        let end = self.pieces.get(piece + 1).map_or(Moment::NEVER, |next| next.start);
        let piece = &self.pieces[piece];
        let ticks = (count - piece.before) * piece.ticks_each;
        // Where the rate is zero this is infinite, or not a number: never within the range.
        (0.0..=(Moment::NEVER.0 - piece.start.0) as f64)
            .contains(&ticks)
            .then(|| Moment(piece.start.0 + ticks as u64).min(end))
    }
}

/// A lazy stream of arrivals in order of time; `None` when no more will come.
#[derive(Debug, Clone)]
pub struct Arrivals {
    rate: Rate,
    source: Source,
    piece: usize,
    /// The cumulative rate at the last arrival: kept exactly, so rounding to ticks never adds up.
    count: f64,
    /// The next arrival, found while the previous one is being scheduled: a wrong guess of the
    /// processor about what comes next then does not wait for a logarithm.
    ahead: Option<Moment>,
}

impl Iterator for Arrivals {
    type Item = Moment;

    #[inline]
    fn next(&mut self) -> Option<Moment> {
        let next = self.ahead;
        if next.is_some() {
            self.look_ahead();
        }
        next
    }
}

impl Arrivals {
    /// When the next arrival comes, without taking it.
    pub fn peek(&self) -> Option<Moment> {
        self.ahead
    }

    #[inline]
    fn look_ahead(&mut self) {
        self.count += self.source.exponential();
        while self.rate.pieces.get(self.piece + 1).is_some_and(|next| next.before <= self.count) {
            self.piece += 1;
        }
        self.ahead = self.rate.reach_in(self.piece, self.count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::Draw;

    fn h(hours: u64) -> Moment {
        Moment::ZERO + Span::from_hours(hours)
    }

    #[test]
    fn the_cumulative_rate_is_inverted_exactly() {
        let rate = Rate::steps(&[(h(1), 60.0), (h(2), 0.0), (h(4), 120.0), (h(5), 0.0)]);
        assert_eq!(rate.at(h(0)), 0.0);
        assert_eq!(rate.at(h(4)), 120.0);
        assert!((rate.mean(h(0), h(100)) - 180.0).abs() < 1e-9);
        assert!((rate.mean(h(1), h(2)) - 60.0).abs() < 1e-9);
        assert_eq!(rate.reach(30.0), Some(h(1) + Span::from_minutes(30)));
        assert_eq!(rate.reach(120.0), Some(h(4) + Span::from_minutes(30)));
        assert_eq!(rate.reach(181.0), None);
        let arrivals: Vec<_> = rate.arrivals(Draw::new(1, 0).source("orders")).collect();
        assert!(arrivals.is_sorted());
        assert!(arrivals.iter().all(|&at| rate.at(at) > 0.0));
        assert!((130..230).contains(&arrivals.len()), "{}", arrivals.len());
    }

    #[test]
    fn a_rate_that_ends_ends_the_arrivals() {
        assert_eq!(Rate::constant(0.0).arrivals(Draw::new(1, 0).source("none")).next(), None);
    }
}
