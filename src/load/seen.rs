//! What a worker saw: counts and latencies by verb.

use std::time::Instant;

use hdrhistogram::Histogram;

use super::Verb;
use crate::domain::{Money, Refusal};

/// One verb.
#[derive(Debug, Clone)]
pub struct VerbSeen {
    /// Asked for, refused ones included.
    pub count: u64,
    pub refused: u64,
    /// Nanoseconds: of every command in an open loop, of a sample in a closed one.
    pub latency: Histogram<u64>,
}

/// What timing one command costs its worker, in nanoseconds: the mean of many timings of nothing, in the stretch that
/// lost its core least.
pub fn timing_ns() -> f64 {
    (0..10).map(|_| timing_in_a_stretch()).fold(f64::INFINITY, f64::min)
}

fn timing_in_a_stretch() -> f64 {
    const ROUNDS: u32 = 2_000;
    let (mut seen, mut second) = (Seen::default(), Seen::default());
    let begin = Instant::now();
    for round in 0..ROUNDS {
        let before = Instant::now();
        let verb = Verb::ALL[round as usize % Verb::ALL.len()].0;
        let nanos = before.elapsed().as_nanos() as u64;
        // Into the whole play's histogram and into that of the second, as in a play.
        seen.took(verb, nanos);
        second.took(verb, nanos);
    }
    let all = begin.elapsed();
    std::hint::black_box((&seen, &second));
    all.as_nanos() as f64 / f64::from(ROUNDS)
}

/// Counts of one worker; they add up.
#[derive(Debug, Clone)]
pub struct Seen {
    /// By `Verb`.
    pub verbs: Vec<VerbSeen>,
    /// By `Refusal`.
    pub refusals: [u64; Refusal::ALL.len()],
    /// Steps whose order, fulfillment order or parcel was never made here.
    pub skipped: u64,
    /// Payment callbacks whose signature was right, and those that did not pass: none.
    pub verified: u64,
    pub not_verified: u64,
    /// Allocations that found their plan stale and planned again.
    pub replans: u64,
    /// Fulfillment orders that the run had not made: nobody picks them.
    pub unforeseen: u64,
    pub splits: u64,
    pub allocated: u64,
    /// Of all plans that were committed, by the carriers' rate cards.
    pub freight: Money,
}

impl Default for Seen {
    fn default() -> Seen {
        let latency = || Histogram::new(3).expect("three significant digits are legal");
        let verb = |_| VerbSeen { count: 0, refused: 0, latency: latency() };
        Seen {
            verbs: Verb::ALL.iter().map(verb).collect(),
            refusals: Default::default(),
            skipped: 0,
            verified: 0,
            not_verified: 0,
            replans: 0,
            unforeseen: 0,
            splits: 0,
            allocated: 0,
            freight: Money::ZERO,
        }
    }
}

impl Seen {
    #[inline]
    pub(super) fn count(&mut self, verb: Verb, outcome: Result<(), Refusal>) {
        let seen = &mut self.verbs[verb as usize];
        seen.count += 1;
        if let Err(refusal) = outcome {
            seen.refused += 1;
            self.refusals[refusal as usize] += 1;
        }
    }

    #[inline]
    pub(super) fn took(&mut self, verb: Verb, nanos: u64) {
        self.verbs[verb as usize].latency.record(nanos).expect("the histogram grows");
    }

    pub(super) fn add(&mut self, other: &Seen) {
        for (mine, theirs) in self.verbs.iter_mut().zip(&other.verbs) {
            mine.count += theirs.count;
            mine.refused += theirs.refused;
            mine.latency.add(&theirs.latency).expect("the histogram grows");
        }
        for (mine, theirs) in self.refusals.iter_mut().zip(other.refusals) {
            *mine += theirs;
        }
        self.skipped += other.skipped;
        self.verified += other.verified;
        self.not_verified += other.not_verified;
        self.replans += other.replans;
        self.unforeseen += other.unforeseen;
        self.splits += other.splits;
        self.allocated += other.allocated;
        self.freight += other.freight;
    }

    /// All commands that were asked for.
    pub fn commands(&self) -> u64 {
        self.verbs.iter().map(|verb| verb.count).sum()
    }

    /// The latencies of all verbs.
    pub fn latency(&self) -> Histogram<u64> {
        let mut all = Histogram::new(3).expect("three significant digits are legal");
        self.verbs.iter().for_each(|verb| all.add(&verb.latency).expect("the histogram grows"));
        all
    }
}
