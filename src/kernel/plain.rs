//! The plain twin of the calendar: an ordered map, obviously right and slow. For proofs.

use std::collections::{BTreeMap, VecDeque};

use super::calendar::{CLASS_BITS, Class, key_of};
use super::time::Moment;

/// Does what [`Calendar`](super::calendar::Calendar) does, by the book.
#[derive(Debug, Default, Clone)]
pub struct PlainCalendar<E> {
    key: u64,
    started: bool,
    /// What is due at `key`, in order.
    batch: VecDeque<E>,
    later: BTreeMap<u64, Vec<E>>,
}

impl<E: Copy + Ord> PlainCalendar<E> {
    pub fn new() -> Self {
        PlainCalendar { key: 0, started: false, batch: VecDeque::new(), later: BTreeMap::new() }
    }

    pub fn push(&mut self, at: Moment, class: Class, event: E) {
        assert!(self.now() <= at, "an event was scheduled before now");
        let key = key_of(at, class).max(self.key);
        if self.started && key == self.key {
            self.batch.push_back(event);
        } else {
            self.later.entry(key).or_default().push(event);
        }
    }

    pub fn pop(&mut self) -> Option<(Moment, E)> {
        self.pop_until(Moment::NEVER)
    }

    pub fn pop_until(&mut self, horizon: Moment) -> Option<(Moment, E)> {
        if self.batch.is_empty() {
            let (&key, _) = self.later.first_key_value()?;
            if horizon.0 < key >> CLASS_BITS {
                return None;
            }
            let mut tied = self.later.remove(&key)?;
            tied.sort();
            self.batch.extend(tied);
            (self.key, self.started) = (key, true);
        }
        if horizon < self.now() {
            return None;
        }
        self.batch.pop_front().map(|event| (self.now(), event))
    }

    pub fn now(&self) -> Moment {
        Moment(self.key >> CLASS_BITS)
    }

    pub fn len(&self) -> usize {
        self.batch.len() + self.later.values().map(Vec::len).sum::<usize>()
    }

    pub fn is_empty(&self) -> bool {
        self.batch.is_empty() && self.later.is_empty()
    }
}
