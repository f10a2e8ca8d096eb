//! A line of entries that all wait equally long, such as orders until their payment expires.
//!
//! # Promises
//! - At most one entry of the line is pending in the calendar, whatever the line's length.
//! - Entries leave in the order in which they came.
//!
//! # Why not schedule each entry
//! With one delay for all, the line is already sorted; a million open payments would cost the
//! calendar a million entries to sort again, of which most die paid before they are due.
//!
//! ```
//! # use ordermill::kernel::{delay_line::DelayLine, time::{Moment, Span}};
//! let mut expiry = DelayLine::new(Span(30));
//! assert_eq!(expiry.push(Moment(0), 'a'), Some(Moment(30))); // schedule the line's head
//! assert_eq!(expiry.push(Moment(5), 'b'), None); // a head is already pending
//! assert_eq!(expiry.push(Moment(9), 'c'), None);
//! // At 30 the calendar returns the head's event:
//! assert_eq!(expiry.pop(Moment(30)), Some('a'));
//! assert_eq!(expiry.pop(Moment(30)), None);
//! assert_eq!(expiry.rearm(|order| order != 'b'), Some(Moment(39))); // b has paid meanwhile
//! ```

use std::collections::VecDeque;

use super::time::{Moment, Span};

/// A first-in, first-out line of constant delay.
#[derive(Debug, Clone)]
pub struct DelayLine<E> {
    delay: Span,
    line: VecDeque<(Moment, E)>,
    /// A head is pending in the calendar, or is being handled.
    armed: bool,
    /// Entries dropped by `rearm` because they were dead.
    dropped: u64,
}

impl<E: Copy> DelayLine<E> {
    pub fn new(delay: Span) -> Self {
        DelayLine { delay, line: VecDeque::new(), armed: false, dropped: 0 }
    }

    /// Adds an entry that is due `delay` from now; `Some` is the moment at which the caller must
    /// schedule the line's head. Panics when time runs back.
    #[inline]
    pub fn push(&mut self, now: Moment, entry: E) -> Option<Moment> {
        let due = now + self.delay;
        assert!(self.line.back().is_none_or(|last| last.0 <= due), "a delay line runs forward");
        self.line.push_back((due, entry));
        (!std::mem::replace(&mut self.armed, true)).then_some(due)
    }

    /// The next entry that is due at `now`. Call until `None`, then `rearm`.
    #[inline]
    pub fn pop(&mut self, now: Moment) -> Option<E> {
        self.line.pop_front_if(|head| head.0 <= now).map(|head| head.1)
    }

    /// The moment at which the next head must be scheduled. Entries at the head that are no longer
    /// `live` are dropped and counted, so the calendar never wakes for them.
    #[inline]
    pub fn rearm(&mut self, mut live: impl FnMut(E) -> bool) -> Option<Moment> {
        while self.line.pop_front_if(|head| !live(head.1)).is_some() {
            self.dropped += 1;
        }
        let due = self.line.front().map(|head| head.0);
        self.armed = due.is_some();
        due
    }

    pub fn len(&self) -> usize {
        self.line.len()
    }

    pub fn is_empty(&self) -> bool {
        self.line.is_empty()
    }

    /// How many entries `rearm` dropped because they were dead.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}
