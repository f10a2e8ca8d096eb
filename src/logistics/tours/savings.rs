//! The `fast` planner: parallel savings (Clarke and Wright 1964), then 2-opt within each tour.

use super::instance::{Instance, Place};
use super::state::Tours;

/// Customers whose merge each customer considers.
const PARTNERS: usize = 40;

struct Ends {
    /// By customer: its tour's first and last customer are kept at both ends.
    tour: Vec<u32>,
    routes: Vec<Vec<Place>>,
    load: Vec<i32>,
}

/// Tours by savings. Feasible in load, and in time when one customer a tour is.
pub fn savings(instance: &Instance) -> Vec<Vec<Place>> {
    let customers = 1..instance.places as Place;
    let mut pairs: Vec<(i32, Place, Place)> = Vec::with_capacity(instance.places * PARTNERS / 2);
    for a in customers.clone() {
        let row = instance.row(a);
        for &b in instance.near(a).iter().take(PARTNERS) {
            // Near is not mutual: the pair is kept from both sides, the second merge is then refused.
            let saving = instance.distance(a, 0) + instance.distance(0, b) - row[b as usize];
            if 0 < saving && (a < b || instance.windows.is_some() || !instance.near(b).contains(&a)) {
                pairs.push((saving, a, b));
            }
        }
    }
    pairs.sort_unstable_by(|x, y| y.cmp(x));
    let mut ends = Ends {
        tour: (0..instance.places as u32).collect(),
        routes: (0..instance.places as Place).map(|customer| vec![customer]).collect(),
        load: instance.demand.clone(),
    };
    for (_, a, b) in pairs {
        ends.merge(instance, a, b);
    }
    let mut routes: Vec<Vec<Place>> =
        ends.routes.into_iter().skip(1).filter(|route| !route.is_empty()).collect();
    if instance.windows.is_none() {
        routes.iter_mut().for_each(|route| two_opt(instance, route));
    }
    routes
}

impl Ends {
    fn merge(&mut self, instance: &Instance, a: Place, b: Place) {
        let (mut p, mut q) = (self.tour[a as usize] as usize, self.tour[b as usize] as usize);
        if p == q || instance.capacity < self.load[p] + self.load[q] {
            return;
        }
        let (last, first) = (|route: &[Place]| route[route.len() - 1], |route: &[Place]| route[0]);
        let (mut a, mut b) = (a, b);
        if last(&self.routes[p]) != a || first(&self.routes[q]) != b {
            if last(&self.routes[q]) == b && first(&self.routes[p]) == a {
                ((a, b), (p, q)) = ((b, a), (q, p));
            } else if instance.windows.is_some() {
                return;
            } else if first(&self.routes[p]) == a && first(&self.routes[q]) == b {
                self.routes[p].reverse();
            } else if last(&self.routes[p]) == a && last(&self.routes[q]) == b {
                self.routes[q].reverse();
            } else {
                return;
            }
        }
        debug_assert!(last(&self.routes[p]) == a && first(&self.routes[q]) == b);
        if !in_time(instance, self.routes[p].iter().chain(&self.routes[q])) {
            return;
        }
        let moved = std::mem::take(&mut self.routes[q]);
        for &customer in &moved {
            self.tour[customer as usize] = p as u32;
        }
        self.load[p] += self.load[q];
        self.routes[p].extend(moved);
    }
}

fn in_time<'a>(instance: &Instance, route: impl Iterator<Item = &'a Place>) -> bool {
    let Some(windows) = &instance.windows else { return true };
    let (mut at, mut now) = (0, windows[0].ready);
    for &customer in route {
        let window = windows[customer as usize];
        now = (now + instance.distance(at, customer)).max(window.ready);
        if window.due < now {
            return false;
        }
        (at, now) = (customer, now + window.service);
    }
    now + instance.distance(at, 0) <= windows[0].due
}

/// Reverses parts of the route while that shortens it. Distances must be symmetric.
fn two_opt(instance: &Instance, route: &mut [Place]) {
    let at =
        |route: &[Place], index: usize| if index == 0 || index > route.len() { 0 } else { route[index - 1] };
    let mut improved = true;
    while improved {
        improved = false;
        for i in 0..route.len() {
            for j in i + 2..=route.len() {
                let (a, b, c, d) = (at(route, i), at(route, i + 1), at(route, j), at(route, j + 1));
                let gain = instance.distance(a, b) + instance.distance(c, d)
                    - instance.distance(a, c)
                    - instance.distance(b, d);
                if 0 < gain {
                    route[i..j].reverse();
                    improved = true;
                }
            }
        }
    }
}

/// The same tours as a state that can be worked on.
pub fn load<'a>(instance: &'a Instance, routes: &[Vec<Place>]) -> Tours<'a> {
    let mut tours = Tours::new(instance);
    for route in routes {
        let mut after = tours.head(tours.unused());
        for &customer in route {
            tours.insert(customer, after);
            after = customer;
        }
    }
    tours.keep();
    tours
}
