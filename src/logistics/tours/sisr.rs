//! The `vrp` planner: slack induction by string removals (Christiaens and Vanden Berghe 2020,
//! "Slack Induction by String Removals for Vehicle Routing Problems", Transportation Science 54).
//!
//! ```text
//!   ruin: strings of neighboring customers leave tours that lie beside each other
//!   recreate: one by one, each where it costs least; now and then a place is overlooked (a blink)
//!   keep it, or take it back: simulated annealing
//! ```
//!
//! # Promises
//! - Every state between two steps is feasible in load and time, if the start was.
//! - The same instance, seed and number of iterations give the same tours.
//! - Nothing is allocated after the start.

use super::budget::Budget;
use super::dice::Dice;
use super::instance::{Instance, Place};
use super::savings;
use super::state::{Stop, Tours};

/// Customers that leave in one ruin, on average: c-bar in the paper.
const AVERAGE_OUT: f64 = 10.0;
/// Longest string: L-max in the paper.
const LONGEST: f64 = 10.0;
/// How often a string keeps some customers in its middle: alpha in the paper.
const SPLIT: f64 = 0.5;
/// How often one more customer is kept there: beta in the paper.
const KEEP_MORE: f64 = 0.01;
/// How often an insertion place is overlooked.
const BLINK: f64 = 0.01;
/// Hottest and coldest temperature as shares of the mean way between two stops. The paper has 100 and 1 units,
/// for much longer runs; windows cut the ways between good plans, so with them the search starts hotter.
const HEAT: (f64, f64) = (0.3, 0.01);
const HEAT_WITH_WINDOWS: (f64, f64) = (3.0, 0.03);
/// Iterations between two looks at the budget.
const STRIDE: u64 = 128;
/// What a vehicle beyond the fleet costs, in units.
const BEYOND_FLEET: i64 = 1 << 40;

pub struct Found {
    pub routes: Vec<Vec<Place>>,
    /// In units.
    pub length: i64,
    pub iterations: u64,
}

/// Tours of least total length within the budget.
pub fn solve(instance: &Instance, seed: u64, budget: &Budget) -> Found {
    let start = savings::savings(instance);
    let mut search = Search::new(instance, savings::load(instance, &start), seed);
    let iterations = search.run(budget);
    search.found(iterations)
}

struct Search<'a> {
    instance: &'a Instance,
    tours: Tours<'a>,
    dice: Dice,
    /// Customers that are out, with the key that orders them.
    out: Vec<(i64, Place)>,
    /// By tour: the last iteration that ruined it.
    ruined: Vec<u64>,
    /// Insertion places until the next blink.
    until_blink: u32,
    now: i64,
    best: i64,
    best_next: Vec<Stop>,
}

#[derive(Clone, Copy)]
struct Spot {
    cost: i32,
    after: Stop,
}

const NOWHERE: Spot = Spot { cost: i32::MAX, after: u32::MAX };

impl<'a> Search<'a> {
    fn new(instance: &'a Instance, tours: Tours<'a>, seed: u64) -> Search<'a> {
        let mut search = Search {
            instance,
            dice: Dice::new(seed),
            out: Vec::with_capacity(instance.places),
            ruined: vec![u64::MAX; instance.places],
            until_blink: 0,
            now: 0,
            best: 0,
            best_next: tours.next.clone(),
            tours,
        };
        search.now = search.cost();
        search.best = search.now;
        search.until_blink = search.next_blink();
        search
    }

    fn cost(&self) -> i64 {
        let beyond = self.tours.used.saturating_sub(self.instance.vehicles);
        self.tours.length + beyond as i64 * BEYOND_FLEET
    }

    fn run(&mut self, budget: &Budget) -> u64 {
        if self.instance.places <= 2 {
            return 0;
        }
        let way = self.tours.length as f64 / (self.instance.places - 1 + self.tours.used) as f64;
        let (hot, cold) = if self.instance.windows.is_some() { HEAT_WITH_WINDOWS } else { HEAT };
        let (hot, cold) = (hot * way, cold * way);
        let cooling = libm::log(cold / hot);
        let mut iteration = 0;
        loop {
            let spent = budget.spent(iteration);
            if 1.0 <= spent {
                return iteration;
            }
            let temperature = hot * libm::exp(cooling * spent);
            let stride = STRIDE.min(budget.left(iteration));
            for _ in 0..stride {
                self.step(iteration, temperature);
                iteration += 1;
            }
        }
    }

    fn step(&mut self, iteration: u64, temperature: f64) {
        self.ruin(iteration);
        self.recreate();
        let cost = self.cost();
        let limit = self.now as f64 - temperature * libm::log(self.dice.share());
        if limit <= cost as f64 {
            self.tours.take_back();
            return;
        }
        self.tours.keep();
        self.now = cost;
        if cost < self.best {
            self.best = cost;
            self.best_next.copy_from_slice(&self.tours.next);
        }
    }

    fn ruin(&mut self, iteration: u64) {
        self.out.clear();
        let customers = (self.instance.places - 1) as u32;
        let mean_count = f64::from(customers) / self.tours.used as f64;
        let longest = LONGEST.min(mean_count);
        let most = 4.0 * AVERAGE_OUT / (1.0 + longest) - 1.0;
        let strings = (self.dice.share() * most + 1.0) as u32;
        let seed = 1 + self.dice.below(customers);
        self.ruin_around(seed, iteration, longest);
        let mut done = 1;
        for &customer in self.instance.around(seed) {
            if done >= strings {
                break;
            }
            done += u32::from(self.ruin_around(customer, iteration, longest));
        }
    }

    /// Takes a string that holds `customer` out of its tour, unless the tour was ruined already.
    fn ruin_around(&mut self, customer: Place, iteration: u64, longest: f64) -> bool {
        let Some(tour) = self.tours.tour_of(customer) else { return false };
        if self.ruined[tour as usize] == iteration {
            return false;
        }
        self.ruined[tour as usize] = iteration;
        let count = self.tours.count[tour as usize];
        let longest = longest.min(f64::from(count));
        let length = ((self.dice.share() * longest + 1.0) as u32).min(count);
        let mut kept = 0;
        if 1 < length && length < count && self.dice.share() < SPLIT {
            kept = 1;
            while length + kept < count && self.dice.share() < KEEP_MORE {
                kept += 1;
            }
        }
        self.take_string(customer, tour, length, kept);
        true
    }

    /// Takes out `length` customers around `customer`, all but `kept` in their middle.
    fn take_string(&mut self, customer: Place, tour: u32, length: u32, kept: u32) {
        let head = self.tours.head(tour);
        let whole = length + kept;
        let (mut before, mut stop) = (0, self.tours.prev[customer as usize]);
        while before + 1 < whole && stop != head {
            (before, stop) = (before + 1, self.tours.prev[stop as usize]);
        }
        let (mut behind, mut stop) = (0, self.tours.next[customer as usize]);
        while behind + 1 < whole && stop != head {
            (behind, stop) = (behind + 1, self.tours.next[stop as usize]);
        }
        let least = (whole - 1).saturating_sub(behind);
        let back = least + self.dice.below(before - least + 1);
        let mut stop = customer;
        for _ in 0..back {
            stop = self.tours.prev[stop as usize];
        }
        // The kept ones begin after at least one that leaves.
        let gap = if kept == 0 { whole } else { 1 + self.dice.below(length - 1) };
        for index in 0..whole {
            let following = self.tours.next[stop as usize];
            if index < gap || gap + kept <= index {
                self.tours.remove(stop);
                self.out.push((0, stop));
            }
            stop = following;
        }
    }

    fn recreate(&mut self) {
        self.order();
        for index in 0..self.out.len() {
            let customer = self.out[index].1;
            let spot = self.spot(customer);
            let alone = 2 * self.instance.distance(0, customer);
            let fresh =
                spot.after == u32::MAX || (alone < spot.cost && self.tours.used < self.instance.vehicles);
            let after = if fresh { self.tours.head(self.tours.unused()) } else { spot.after };
            self.tours.insert(customer, after);
        }
    }

    /// Random, or by demand, distance from the depot or time window.
    fn order(&mut self) {
        let instance = self.instance;
        let kinds = if instance.windows.is_some() { 17 } else { 11 };
        let kind = self.dice.below(kinds);
        for entry in &mut self.out {
            let customer = entry.1;
            let window = || {
                instance.windows.as_ref().map_or((0, 0), |all| {
                    let window = all[customer as usize];
                    (window.ready, window.due)
                })
            };
            entry.0 = i64::from(match kind {
                0..4 => self.dice.below(1 << 30) as i32,
                4..8 => -instance.demand[customer as usize],
                8..10 => -instance.distance(0, customer),
                10 => instance.distance(0, customer),
                11..13 => window().1 - window().0,
                13..15 => window().0,
                _ => -window().1,
            });
        }
        self.out.sort_unstable();
    }

    fn next_blink(&mut self) -> u32 {
        (libm::log(self.dice.share()) / libm::log(1.0 - BLINK)) as u32
    }

    /// The cheapest feasible place for `customer`: beside its near customers, or else anywhere.
    fn spot(&mut self, customer: Place) -> Spot {
        let spot = self.spot_near(customer);
        if spot.after == u32::MAX { self.spot_anywhere(customer) } else { spot }
    }

    fn spot_near(&mut self, customer: Place) -> Spot {
        let instance = self.instance;
        let most = instance.capacity - instance.demand[customer as usize];
        let row = instance.row(customer);
        let mut best = NOWHERE;
        for &near in instance.near(customer) {
            let Some(tour) = self.tours.tour_of(near) else { continue };
            if most < self.tours.load[tour as usize] {
                continue;
            }
            if self.until_blink == 0 {
                self.until_blink = self.next_blink();
                continue;
            }
            self.until_blink -= 1;
            let beside = row[near as usize];
            let ways = instance.row(near);
            let next = self.tours.next[near as usize];
            let next_place = self.tours.place(next) as usize;
            let cost = beside + row[next_place] - ways[next_place];
            if cost < best.cost && self.tours.fits(customer, near, beside, row[next_place]) {
                best = Spot { cost, after: near };
            }
            let prev = self.tours.prev[near as usize];
            let prev_place = self.tours.place(prev) as usize;
            let cost = beside + row[prev_place] - ways[prev_place];
            if cost < best.cost && self.tours.fits(customer, prev, row[prev_place], beside) {
                best = Spot { cost, after: prev };
            }
        }
        best
    }

    fn spot_anywhere(&mut self, customer: Place) -> Spot {
        let instance = self.instance;
        let most = instance.capacity - instance.demand[customer as usize];
        let row = instance.row(customer);
        let mut best = NOWHERE;
        for tour in 0..self.tours.tours() {
            if self.tours.count[tour as usize] == 0 || most < self.tours.load[tour as usize] {
                continue;
            }
            let head = self.tours.head(tour);
            let (mut after, mut from) = (head, 0);
            loop {
                let next = self.tours.next[after as usize];
                let to = self.tours.place(next);
                let cost = row[from as usize] + row[to as usize] - instance.distance(from, to);
                if cost < best.cost && self.tours.fits(customer, after, row[from as usize], row[to as usize])
                {
                    if self.until_blink == 0 {
                        self.until_blink = self.next_blink();
                    } else {
                        self.until_blink -= 1;
                        best = Spot { cost, after };
                    }
                }
                (after, from) = (next, to);
                if next == head {
                    break;
                }
            }
        }
        best
    }

    fn found(mut self, iterations: u64) -> Found {
        let heads = self.instance.places as u32..self.best_next.len() as u32;
        let mut routes = Vec::new();
        for head in heads {
            let mut route = Vec::new();
            let mut stop = self.best_next[head as usize];
            while stop != head {
                route.push(stop);
                stop = self.best_next[stop as usize];
            }
            if !route.is_empty() {
                routes.push(route);
            }
        }
        self.tours = savings::load(self.instance, &routes);
        assert_eq!(self.cost(), self.best, "the length kept step by step is the length of the tours");
        Found { routes, length: self.tours.length, iterations }
    }
}
