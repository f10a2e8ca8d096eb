//! The calendar: one event taken and one put back after an exponential delay, a million pending.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Row, Size, Turn, beside, cpu};
use crate::kernel::calendar::{Calendar, Class};
use crate::kernel::draw::{Draw, Source};
use crate::kernel::plain::PlainCalendar;
use crate::kernel::time::Moment;

const PENDING: u64 = 1_000_000;
const HOLDS: u64 = 400_000;

trait Pending {
    fn push(&mut self, at: Moment, entity: u64);
    fn pop(&mut self) -> (Moment, u64);
}

impl Pending for Calendar<u64> {
    #[inline]
    fn push(&mut self, at: Moment, entity: u64) {
        Calendar::push(self, at, Class::Completion, entity);
    }

    #[inline]
    fn pop(&mut self) -> (Moment, u64) {
        Calendar::pop(self).expect("a hold model never runs empty")
    }
}

impl Pending for PlainCalendar<u64> {
    fn push(&mut self, at: Moment, entity: u64) {
        PlainCalendar::push(self, at, Class::Completion, entity);
    }

    fn pop(&mut self) -> (Moment, u64) {
        PlainCalendar::pop(self).expect("a hold model never runs empty")
    }
}

impl Pending for BinaryHeap<Reverse<(Moment, u64)>> {
    fn push(&mut self, at: Moment, entity: u64) {
        BinaryHeap::push(self, Reverse((at, entity)));
    }

    fn pop(&mut self) -> (Moment, u64) {
        BinaryHeap::pop(self).expect("a hold model never runs empty").0
    }
}

/// Mean one hour.
#[inline]
fn delay(dice: &mut Source) -> u64 {
    (dice.exponential() * 3.6e9) as u64
}

fn turn<'a>(name: &'static str, mut pending: impl Pending + 'a, size: Size) -> Turn<'a> {
    let mut dice = Draw::new(3, 0).source("hold");
    let mut holds = move |count: u64| {
        for _ in 0..count {
            let (now, entity) = pending.pop();
            pending.push(Moment(now.0 + delay(&mut dice)), entity);
        }
    };
    // Until it is as it stays: every entry was put back once.
    holds(size.units(PENDING));
    let count = size.units(HOLDS);
    (name, Box::new(move || cpu(count, || holds(count))))
}

fn filled<P: Pending>(mut pending: P, size: Size) -> P {
    let mut dice = Draw::new(3, 1).source("hold");
    (0..size.units(PENDING)).for_each(|entity| pending.push(Moment(delay(&mut dice)), entity));
    pending
}

pub(super) fn rows(size: Size, tell: &mut dyn FnMut(Row) -> bool) {
    let question = format!("calendar, {} thousand pending", size.units(PENDING) / 1_000);
    let turns = vec![
        turn("ours", filled(Calendar::new(), size), size),
        turn("binary heap", filled(BinaryHeap::new(), size), size),
        turn("ordered map", filled(PlainCalendar::new(), size), size),
    ];
    tell(beside(question, ("hold", "CPU"), size.rounds, turns));
}
