//! The calendar: what happens next, and in which order when several things happen at once.
//!
//! # Promises
//! - Time never runs back: a push before `now` is a broken invariant and stops the run.
//! - Same-tick order is (class, then the event's own `Ord`), whatever the order of the pushes.
//!   What is pushed at the very key that is being drained follows in the order of its pushes.
//! - A class that has passed at the current tick is bumped to the class being drained.
//! - `pop_until` returns everything at the horizon tick, and nothing after it.
//! - No allocation per event: memory follows the peak of pending entries, in chunks that are reused.
//!
//! # Why a monotone radix heap with a sorted front
//! Integer ticks and a clock that never runs back allow a heap without comparisons: an entry lies
//! in the bucket of the highest 6-bit digit in which its key differs from a base key, and only the
//! lowest bucket is ever opened. Entries move in sequential sweeps, so a hold costs about the same
//! at 10^3 and at 10^7 pending, where comparison heaps degrade 40-fold. A bucket of up to
//! 32 entries is not spread further but sorted into `front`, from which pops are taken; that skips
//! the last levels, where a sweep would move one or two entries at a time, and a calendar with a
//! few dozen entries never leaves the front. `benches/kernel.rs` holds the comparison.
//!
//! ```text
//! push --- key == current --> batch   (first in, first out)
//!      \-- key <= reach ----> front   (sorted, at most 96)         --> pop
//!       \- otherwise -------> bucket[level][digit] --lowest--> front, or spread when large
//! ```
//!
//! # Why ties are ordered by the event and not by insertion
//! Insertion order depends on who scheduled first, so an unrelated change upstream would reshuffle
//! ties. `Ties::Permuted` shuffles them on purpose: a result that moves hangs on tie order.

use super::buckets::{Buckets, Entry};
use super::draw::mix;
use super::plant::planted;
use super::time::Moment;

/// What goes first when several events share a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// Work that ends: frees a server before the next arrival looks for one.
    Completion = 0,
    Arrival = 1,
    /// Shift changes, departures, reports: see the state that the tick's work left behind.
    Control = 2,
}

/// How entries of equal key are ordered.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Ties {
    #[default]
    ByEvent,
    /// Test mode: shuffled by the seed.
    Permuted(u64),
}

pub(super) const CLASS_BITS: u32 = 3;

pub(super) fn key_of(at: Moment, class: Class) -> u64 {
    assert!(at <= Moment::NEVER, "an event was scheduled beyond the end of the clock");
    at.0 << CLASS_BITS | class as u64
}

/// Pending events in order of (tick, class, event).
#[derive(Debug, Clone)]
pub struct Calendar<E> {
    /// Key of the last popped entry.
    key: u64,
    /// Entries up to this key live in `front`; later ones in `buckets`.
    reach: u64,
    /// Descending, so that the next entry is the last element.
    front: Vec<Entry<E>>,
    /// Events at `key`, drained from `head`.
    batch: Vec<E>,
    head: usize,
    buckets: Buckets<E>,
    len: usize,
    peak: usize,
    popped: u64,
    started: bool,
    ties: Ties,
}

/// The front is spread over the buckets when a push would make it longer.
const FRONT_MAX: usize = 96;
/// A bucket of at most so many entries is sorted into the front instead of being spread.
const SMALL: u32 = 32;
/// The front is filled up again when it holds fewer: how far `ahead` sees.
const FRONT_MIN: usize = 20;

impl<E: Copy + Ord> Default for Calendar<E> {
    fn default() -> Self {
        Calendar::new()
    }
}

impl<E: Copy + Ord> Calendar<E> {
    pub fn new() -> Self {
        Calendar {
            key: 0,
            reach: u64::MAX,
            front: Vec::with_capacity(FRONT_MAX),
            batch: Vec::new(),
            head: 0,
            buckets: Buckets::new(),
            len: 0,
            peak: 0,
            popped: 0,
            started: false,
            ties: Ties::ByEvent,
        }
    }

    pub fn with_ties(self, ties: Ties) -> Self {
        Calendar { ties, ..self }
    }

    /// Schedules `event`. Panics when `at` is earlier than `now`.
    #[inline]
    pub fn push(&mut self, at: Moment, class: Class, event: E) {
        let key = key_of(at, class);
        self.len += 1;
        self.peak = self.peak.max(self.len);
        if key <= self.key {
            self.push_current(at, event);
        } else if key <= self.reach {
            self.push_front(key, event);
        } else {
            self.buckets.push(Entry { key, event });
        }
    }

    /// The next event and its moment, which becomes `now`.
    #[inline]
    pub fn pop(&mut self) -> Option<(Moment, E)> {
        self.pop_until_with(Moment::NEVER, |_| {})
    }

    /// As `pop`; `hint` sees every event of a small group that has become due next, before any of
    /// them is returned, so that the caller can prefetch what they will touch.
    #[inline]
    pub fn pop_with(&mut self, hint: impl FnMut(E)) -> Option<(Moment, E)> {
        self.pop_until_with(Moment::NEVER, hint)
    }

    /// As `pop`, but only up to and including `horizon`. A refusal leaves `now` where it was, so
    /// events between `now` and the horizon may still be pushed.
    #[inline]
    pub fn pop_until(&mut self, horizon: Moment) -> Option<(Moment, E)> {
        self.pop_until_with(horizon, |_| {})
    }

    /// `pop_until` and `pop_with` in one.
    #[inline]
    pub fn pop_until_with(&mut self, horizon: Moment, mut hint: impl FnMut(E)) -> Option<(Moment, E)> {
        let last = horizon.min(Moment::NEVER).0 << CLASS_BITS | ((1 << CLASS_BITS) - 1);
        if self.head < self.batch.len() {
            return self.pop_batch(last);
        }
        if self.front.len() < FRONT_MIN {
            self.refill(&mut hint);
        }
        let entry = *self.front.last()?;
        if last < entry.key {
            return None;
        }
        self.front.pop();
        self.len -= 1;
        self.popped += 1;
        self.key = entry.key;
        self.started = true;
        if self.front.last().is_some_and(|next| next.key == entry.key) {
            return Some((self.now(), self.pop_tied(entry)));
        }
        Some((self.now(), entry.event))
    }

    /// The event that is due after `places` others, as far as it is known yet: a guess to prefetch by,
    /// since one that is pushed meanwhile may go first.
    #[inline]
    pub fn ahead(&self, places: usize) -> Option<E> {
        let tied = self.batch.len() - self.head;
        if places < tied {
            return Some(self.batch[self.head + places]);
        }
        let place = self.front.len().checked_sub(places - tied + 1)?;
        Some(self.front[place].event)
    }

    /// The moment of the last popped event.
    #[inline]
    pub fn now(&self) -> Moment {
        Moment(self.key >> CLASS_BITS)
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The largest number of entries that were ever pending together.
    pub fn peak_len(&self) -> usize {
        self.peak
    }

    /// Entries for which memory is held.
    pub fn capacity(&self) -> usize {
        self.front.capacity() + self.batch.capacity() + self.buckets.capacity()
    }

    /// How many events have been popped.
    pub fn popped(&self) -> u64 {
        self.popped
    }

    #[inline]
    fn push_front(&mut self, key: u64, event: E) {
        if FRONT_MAX <= self.front.len() {
            return self.spread_front(Entry { key, event });
        }
        let mut place = self.front.len();
        self.front.push(Entry { key, event });
        if 0 < place && self.front[place - 1].key < key {
            while 0 < place && self.front[place - 1].key < key {
                self.front[place] = self.front[place - 1];
                place -= 1;
            }
            self.front[place] = Entry { key, event };
        }
    }

    /// At the current tick: joins the batch that is being drained.
    #[cold]
    #[inline(never)]
    fn push_current(&mut self, at: Moment, event: E) {
        assert!(self.now() <= at, "an event was scheduled at {at}, before now, {}", self.now());
        if !self.started {
            // No key is smaller, so the next-to-pop end is its place.
            return self.front.push(Entry { key: self.key, event });
        }
        self.batch.push(event);
        if let Ties::Permuted(seed) = self.ties {
            let left = self.batch.len() - self.head;
            let place = self.head + below(mix(seed ^ mix(self.popped + left as u64)), left);
            let last = self.batch.len() - 1;
            self.batch.swap(place, last);
        }
    }

    #[inline(never)]
    fn pop_batch(&mut self, last: u64) -> Option<(Moment, E)> {
        if last < self.key {
            return None;
        }
        let event = self.batch[self.head];
        self.head += 1;
        if self.head == self.batch.len() {
            self.batch.clear();
            self.head = 0;
        }
        self.len -= 1;
        self.popped += 1;
        Some((self.now(), event))
    }

    /// Moves the entries that share `first`'s key into the batch and returns the first of them.
    #[inline(never)]
    fn pop_tied(&mut self, first: Entry<E>) -> E {
        self.batch.push(first.event);
        while let Some(next) = self.front.pop_if(|next| next.key == first.key) {
            self.batch.push(next.event);
        }
        if !planted("tie-order") {
            self.batch.sort_unstable();
        }
        if let Ties::Permuted(seed) = self.ties {
            for place in (1..self.batch.len()).rev() {
                let other = below(mix(seed ^ mix(first.key).wrapping_add(place as u64)), place + 1);
                self.batch.swap(place, other);
            }
        }
        self.head = 1;
        self.batch[0]
    }

    /// Gives the whole front back to the buckets: too much is due within its reach.
    #[cold]
    #[inline(never)]
    fn spread_front(&mut self, entry: Entry<E>) {
        if !self.started {
            // Nothing has been popped: entries at tick 0 may still tie with later pushes.
            self.front.push(entry);
            let keep = self.front.iter().filter(|entry| entry.key == 0).count();
            self.front.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.key));
            let back = self.buckets.rebase(0);
            self.reach = 0;
            let tail = self.front.split_off(self.front.len() - keep);
            for entry in std::mem::replace(&mut self.front, tail).into_iter().chain(back) {
                self.buckets.push(entry);
            }
            return;
        }
        let back = self.buckets.rebase(self.key);
        self.reach = self.key;
        for entry in self.front.drain(..).chain(back) {
            self.buckets.push(entry);
        }
        self.buckets.push(entry);
    }

    /// Fills the front up from the lowest buckets.
    ///
    /// # Why before it is empty
    /// Who handles an event wants to know the next dozen, to prefetch what they will touch. A front that
    /// is filled only when empty ends every group blind: half of all events at groups of 16 to 32.
    #[inline(never)]
    fn refill(&mut self, hint: &mut impl FnMut(E)) {
        while self.front.len() < FRONT_MIN {
            let Some(bucket) = self.buckets.lowest() else { return };
            let begin = self.buckets.begin(bucket);
            if SMALL < self.buckets.len(bucket) && bucket.span_mask() != 0 {
                // Nothing is pending between the front and this bucket, so the reach may grow to its
                // start; from there on all that is pushed differs from it in lower digits.
                self.reach = begin - 1;
                self.buckets.base = begin;
                self.buckets.drain(bucket, Buckets::push);
                continue;
            }
            self.reach = begin | bucket.span_mask();
            let later = self.front.len();
            let front = &mut self.front;
            self.buckets.drain(bucket, |_, entry| {
                hint(entry.event);
                front.push(entry);
            });
            // What came is later than what was there and belongs before it; equal keys keep no order here.
            self.front[later..].sort_unstable_by_key(|entry| std::cmp::Reverse(entry.key));
            self.front.rotate_left(later);
        }
    }
}

fn below(bits: u64, n: usize) -> usize {
    ((u128::from(bits) * n as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::super::draw::{Draw, Purpose};
    use super::super::plain::PlainCalendar;
    use super::*;

    const CLASSES: [Class; 3] = [Class::Completion, Class::Arrival, Class::Control];

    /// Random pushes and pops on both calendars: `spread` is the scale of the delays, `stock` the
    /// number of entries that the mix of operations tends to.
    fn agrees_with_its_plain_twin(seed: u64, spread: u64, stock: usize) {
        let (mut fast, mut plain) = (Calendar::new(), PlainCalendar::new());
        let (draw, purpose) = (Draw::new(seed, 0), Purpose::named("twin"));
        for step in 0..20_000u64 {
            let die = |attempt, n: u64| draw.below(purpose, step, attempt, n.min(1 << 31) as u32);
            if (die(0, 2 * stock as u64) as usize) < stock + stock.saturating_sub(plain.len()) / 2 {
                // Heavy ties: a third at the current tick, the rest on few distinct delays.
                let delay = match die(1, 3) {
                    0 => 0,
                    1 => u64::from(die(2, 4)) * spread,
                    _ => u64::from(die(2, spread + 1)),
                };
                let (at, class) = (Moment(plain.now().0 + delay), CLASSES[die(3, 3) as usize]);
                let event = die(4, 50);
                fast.push(at, class, event);
                plain.push(at, class, event);
            } else {
                let horizon = match die(5, 3) {
                    0 => Moment(plain.now().0 + u64::from(die(6, spread + 1))),
                    _ => Moment::NEVER,
                };
                assert_eq!(fast.pop_until(horizon), plain.pop_until(horizon), "step {step}");
            }
            assert_eq!((fast.len(), fast.now()), (plain.len(), plain.now()));
        }
        while let Some(next) = plain.pop() {
            assert_eq!(fast.pop(), Some(next));
        }
        assert_eq!(fast.pop(), None);
    }

    #[test]
    fn it_agrees_with_its_plain_twin() {
        for (seed, spread) in [(1, 1), (2, 3), (3, 20), (4, 1_000), (5, 1 << 20), (6, 1 << 31)] {
            for stock in [1, 10, 60, 100, 3_000] {
                agrees_with_its_plain_twin(seed, spread, stock);
            }
        }
    }

    #[test]
    fn ties_are_ordered_by_class_and_event_whoever_came_first() {
        let mut calendar = Calendar::new();
        calendar.push(Moment(7), Class::Control, 1);
        calendar.push(Moment(7), Class::Arrival, 9);
        calendar.push(Moment(7), Class::Arrival, 3);
        calendar.push(Moment(7), Class::Completion, 5);
        assert_eq!(calendar.pop(), Some((Moment(7), 5)));
        assert_eq!(calendar.pop(), Some((Moment(7), 3)));
        calendar.push(Moment(7), Class::Completion, 2); // its class has passed: bumped, and last in line
        let rest: Vec<_> = std::iter::from_fn(|| calendar.pop()).map(|next| next.1).collect();
        assert_eq!(rest, [9, 2, 1]);
    }

    #[test]
    fn permuted_ties_keep_time_and_class() {
        let run = |ties| {
            let mut calendar = Calendar::new().with_ties(ties);
            for event in 0..300u32 {
                calendar.push(Moment(event as u64 % 3), CLASSES[event as usize % 2], event);
            }
            let popped: Vec<_> = std::iter::from_fn(|| calendar.pop()).collect();
            popped.iter().map(|next| (next.0, next.1 % 2, next.1)).collect::<Vec<_>>()
        };
        let (by_event, one, other) = (run(Ties::ByEvent), run(Ties::Permuted(1)), run(Ties::Permuted(2)));
        assert!(by_event.is_sorted());
        assert!(one.is_sorted_by_key(|next| (next.0, next.1)) && !one.is_sorted() && one != other);
        let mut sorted = one;
        sorted.sort();
        assert_eq!(sorted, by_event);
    }

    #[test]
    fn a_small_group_is_announced_before_it_is_due() {
        let mut calendar = Calendar::new();
        (0..1_000u32).for_each(|event| calendar.push(Moment(event as u64 * 7), Class::Arrival, event));
        let (mut announced, mut seen) = (std::collections::BTreeSet::new(), 0);
        while let Some((_, event)) = calendar.pop_with(|event| assert!(announced.insert(event))) {
            seen += u32::from(announced.contains(&event));
        }
        assert!(900 < seen, "{seen}");
    }

    /// While nothing is pushed in between, what is seen ahead is what comes; of one tick, in any order until it is due.
    #[test]
    fn what_is_seen_ahead_comes() {
        let mut calendar = Calendar::new();
        (0..500u32).for_each(|event| calendar.push(Moment(event as u64 / 3 * 7), Class::Arrival, event));
        assert!(!calendar.is_empty());
        let mut popped = 0;
        while let Some((_, event)) = calendar.pop() {
            let known: Vec<u32> = (0..=FRONT_MAX).map_while(|places| calendar.ahead(places)).collect();
            assert!((FRONT_MIN - 3).min(calendar.len()) <= known.len(), "{known:?}");
            assert!(known.iter().zip(event + 1..).all(|(&seen, next)| seen / 3 == next / 3), "{known:?}");
            let tied = 2 - event as usize % 3;
            assert!(known.iter().take(tied).zip(event + 1..).all(|(&seen, next)| seen == next), "{known:?}");
            assert_eq!(event, popped);
            popped += 1;
            assert_eq!(calendar.popped(), u64::from(popped));
        }
        assert!(calendar.is_empty() && calendar.ahead(0).is_none());
    }

    #[test]
    #[should_panic(expected = "beyond the end of the clock")]
    fn nothing_is_scheduled_after_the_clock() {
        Calendar::new().push(Moment(Moment::NEVER.0 + 1), Class::Arrival, 0u32);
    }

    #[test]
    #[should_panic(expected = "before now")]
    fn the_past_is_closed() {
        let mut calendar = Calendar::new();
        calendar.push(Moment(5), Class::Arrival, 0u64);
        calendar.pop();
        calendar.push(Moment(4), Class::Control, 0);
    }

    #[test]
    fn memory_follows_the_peak() {
        let mut calendar = Calendar::new();
        (0..10_000u64).for_each(|event| calendar.push(Moment(mix(event) % 100_000), Class::Arrival, event));
        for event in 0..1_000_000u64 {
            let (now, _) = calendar.pop().expect("it is never empty");
            calendar.push(Moment(now.0 + mix(event) % 100_000), Class::Arrival, event);
        }
        assert_eq!(calendar.peak_len(), 10_000);
        assert!(calendar.capacity() < 30_000, "{}", calendar.capacity());
    }
}
