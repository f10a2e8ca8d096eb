//! The tours while they are worked on: linked lists with loads and time slacks, and a log that takes
//! every change back.
//!
//! # Promises
//! - `insert` and `remove` keep load, length and, with time windows, earliest and latest service times exact.
//! - `fits` answers in constant time.
//! - `take_back` restores the state at the last `keep` to the bit.

use super::instance::{Instance, Place};

/// A customer, or the depot as the head of one tour: `places + tour`.
pub type Stop = u32;

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
enum Change {
    /// The customer stood after this stop of this tour.
    Removed {
        customer: Place,
        after: Stop,
        tour: u32,
    },
    Inserted {
        customer: Place,
    },
}

pub struct Tours<'a> {
    instance: &'a Instance,
    pub next: Vec<Stop>,
    pub prev: Vec<Stop>,
    /// By stop; `NONE` while a customer is out.
    tour: Vec<u32>,
    pub load: Vec<i32>,
    pub count: Vec<u32>,
    /// Earliest end of service, by stop; of a head, the departure.
    leave: Vec<i32>,
    /// Latest beginning of service, by stop; of a head, the return.
    latest: Vec<i32>,
    /// Tours without customers, the next to be used last.
    unused: Vec<u32>,
    pub length: i64,
    pub used: usize,
    log: Vec<Change>,
}

impl<'a> Tours<'a> {
    /// No customer is served yet.
    pub fn new(instance: &'a Instance) -> Tours<'a> {
        let (customers, stops) = (instance.places - 1, 2 * instance.places - 1);
        let mut tours = Tours {
            instance,
            next: (0..stops as u32).collect(),
            prev: (0..stops as u32).collect(),
            tour: vec![NONE; stops],
            load: vec![0; customers],
            count: vec![0; customers],
            leave: vec![0; stops],
            latest: vec![0; stops],
            unused: (0..customers as u32).rev().collect(),
            length: 0,
            used: 0,
            log: Vec::with_capacity(4 * instance.places),
        };
        for tour in 0..customers as u32 {
            let head = tours.head(tour);
            tours.tour[head as usize] = tour;
            if let Some(windows) = &instance.windows {
                tours.leave[head as usize] = windows[0].ready;
                tours.latest[head as usize] = windows[0].due;
            }
        }
        tours
    }

    #[inline]
    pub fn head(&self, tour: u32) -> Stop {
        self.instance.places as u32 + tour
    }

    /// Where a stop is: the depot for a head.
    #[inline]
    pub fn place(&self, stop: Stop) -> Place {
        if stop < self.instance.places as u32 { stop } else { 0 }
    }

    #[inline]
    pub fn tour_of(&self, stop: Stop) -> Option<u32> {
        let tour = self.tour[stop as usize];
        (tour != NONE).then_some(tour)
    }

    /// A tour without customers.
    pub fn unused(&self) -> u32 {
        *self.unused.last().expect("there are as many tours as customers")
    }

    /// How many tour numbers may be in use: 0 to this.
    pub fn tours(&self) -> u32 {
        self.load.len() as u32
    }

    /// Does `customer` fit between `after` and its successor, by time?
    #[inline]
    pub fn fits(&self, customer: Place, after: Stop, to: i32, from: i32) -> bool {
        let Some(windows) = &self.instance.windows else { return true };
        let window = windows[customer as usize];
        let begin = (self.leave[after as usize] + to).max(window.ready);
        begin <= window.due
            && begin + window.service + from <= self.latest[self.next[after as usize] as usize]
    }

    pub fn insert(&mut self, customer: Place, after: Stop) {
        self.log.push(Change::Inserted { customer });
        self.link(customer, after);
    }

    pub fn remove(&mut self, customer: Place) {
        let (after, tour) = (self.prev[customer as usize], self.tour[customer as usize]);
        self.log.push(Change::Removed { customer, after, tour });
        self.unlink(customer);
    }

    fn link(&mut self, customer: Place, after: Stop) {
        let before = self.next[after as usize];
        let tour = self.tour[after as usize];
        (self.next[customer as usize], self.prev[customer as usize]) = (before, after);
        (self.next[after as usize], self.prev[before as usize]) = (customer, customer);
        self.tour[customer as usize] = tour;
        self.load[tour as usize] += self.instance.demand[customer as usize];
        if self.count[tour as usize] == 0 {
            // Taken from the end unless a change is taken back: then it is the last that was freed.
            let at = self.unused.iter().rposition(|&unused| unused == tour).expect("an empty tour is unused");
            self.unused.remove(at);
            self.used += 1;
        }
        self.count[tour as usize] += 1;
        let row = self.instance.row(customer);
        let (a, b) = (self.place(after), self.place(before));
        self.length +=
            i64::from(self.instance.distance(a, customer) + row[b as usize] - self.instance.distance(a, b));
        self.update_times(customer, customer);
    }

    fn unlink(&mut self, customer: Place) {
        let (after, before) = (self.prev[customer as usize], self.next[customer as usize]);
        let tour = self.tour[customer as usize];
        (self.next[after as usize], self.prev[before as usize]) = (before, after);
        self.tour[customer as usize] = NONE;
        self.load[tour as usize] -= self.instance.demand[customer as usize];
        self.count[tour as usize] -= 1;
        if self.count[tour as usize] == 0 {
            self.unused.push(tour);
            self.used -= 1;
        }
        let row = self.instance.row(customer);
        let (a, b) = (self.place(after), self.place(before));
        self.length -=
            i64::from(self.instance.distance(a, customer) + row[b as usize] - self.instance.distance(a, b));
        self.update_times(before, after);
    }

    /// Earliest times from `first` on, latest times from `last` back, each until nothing changes.
    fn update_times(&mut self, first: Stop, last: Stop) {
        let Some(windows) = &self.instance.windows else { return };
        let places = self.instance.places as u32;
        let mut stop = first;
        while stop < places {
            let before = self.prev[stop as usize];
            let way = self.instance.distance(self.place(before), stop);
            let window = windows[stop as usize];
            let leave = (self.leave[before as usize] + way).max(window.ready) + window.service;
            if leave == self.leave[stop as usize] && stop != first {
                break;
            }
            self.leave[stop as usize] = leave;
            stop = self.next[stop as usize];
        }
        let mut stop = last;
        while stop < places {
            let behind = self.next[stop as usize];
            let way = self.instance.distance(stop, self.place(behind));
            let window = windows[stop as usize];
            let latest = (self.latest[behind as usize] - way - window.service).min(window.due);
            if latest == self.latest[stop as usize] && stop != last {
                break;
            }
            self.latest[stop as usize] = latest;
            stop = self.prev[stop as usize];
        }
    }

    /// What was done so far stays.
    pub fn keep(&mut self) {
        self.log.clear();
    }

    /// Undoes everything since the last `keep`, in reverse.
    pub fn take_back(&mut self) {
        while let Some(change) = self.log.pop() {
            match change {
                Change::Inserted { customer } => self.unlink(customer),
                Change::Removed { customer, after, tour } => {
                    debug_assert_eq!(self.tour[after as usize], tour);
                    self.link(customer, after);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logistics::tours::dice::Dice;
    use crate::logistics::tours::problem::{Metric, Problem, Rounding, Window};

    fn instance(customers: i32) -> Instance {
        let spot = |index: i32| (f64::from(index * 37 % 101), f64::from(index * 53 % 97));
        let window =
            |index: i32| Window { ready: index * 11 % 300, due: index * 11 % 300 + 900, service: index % 7 };
        Instance::new(&Problem {
            name: String::new(),
            metric: Metric::Points { at: (0..=customers).map(spot).collect(), rounding: Rounding::Nearest },
            capacity: 1000,
            demand: (0..=customers).collect(),
            windows: Some((0..=customers).map(window).collect()),
            vehicles: None,
        })
    }

    /// Everything that a search reads, computed from the order of the stops.
    fn by_the_book(tours: &Tours) -> (i64, Vec<i32>, Vec<i32>, Vec<i32>) {
        let windows = tours.instance.windows.as_ref().unwrap();
        let (mut length, mut load) = (0, vec![0; tours.load.len()]);
        let (mut leave, mut latest) = (tours.leave.clone(), tours.latest.clone());
        for tour in 0..tours.tours() {
            let head = tours.head(tour);
            let (mut stop, mut walked) = (tours.next[head as usize], vec![head]);
            while stop != head {
                walked.push(stop);
                load[tour as usize] += tours.instance.demand[stop as usize];
                stop = tours.next[stop as usize];
            }
            let way = |a: Stop, b: Stop| tours.instance.distance(tours.place(a), tours.place(b));
            for pair in walked.windows(2) {
                let window = windows[pair[1] as usize];
                leave[pair[1] as usize] =
                    (leave[pair[0] as usize] + way(pair[0], pair[1])).max(window.ready) + window.service;
            }
            let mut behind = head;
            for &stop in walked[1..].iter().rev() {
                let window = windows[stop as usize];
                latest[stop as usize] =
                    (latest[behind as usize] - way(stop, behind) - window.service).min(window.due);
                behind = stop;
            }
            walked.push(head);
            length += walked.windows(2).map(|pair| i64::from(way(pair[0], pair[1]))).sum::<i64>();
        }
        (length, load, leave, latest)
    }

    fn state(tours: &Tours) -> (i64, Vec<i32>, Vec<i32>, Vec<i32>) {
        (tours.length, tours.load.clone(), tours.leave.clone(), tours.latest.clone())
    }

    #[test]
    fn loads_lengths_and_times_stay_exact_and_are_taken_back() {
        let instance = instance(40);
        let mut tours = Tours::new(&instance);
        for customer in 1..=40 {
            tours.insert(customer, tours.head(customer % 6));
        }
        let mut dice = Dice::new(5);
        for round in 0..300 {
            tours.keep();
            let (before, order, used) = (state(&tours), tours.next.clone(), tours.used);
            let mut out = Vec::new();
            for _ in 0..1 + dice.below(12) {
                let customer = 1 + dice.below(40);
                if tours.tour_of(customer).is_some() {
                    tours.remove(customer);
                    out.push(customer);
                }
            }
            for customer in out {
                let stop = 1 + dice.below(60);
                let after = if stop <= 40 && tours.tour_of(stop).is_some() {
                    stop
                } else {
                    tours.head(tours.unused())
                };
                tours.insert(customer, after);
            }
            assert_eq!(state(&tours), by_the_book(&tours), "round {round}");
            if round % 2 == 0 {
                tours.take_back();
                // Times of customers do not depend on how a state was reached: equal to the bit.
                assert!((state(&tours), &tours.next, tours.used) == (before, &order, used), "round {round}");
            }
        }
    }
}
