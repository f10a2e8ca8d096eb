//! The judge of tour plans. It works from the problem as read and shares nothing with the solvers:
//! no matrix, no linked lists, no slacks.

use std::fmt;

use super::problem::{Metric, Problem, Rounding};

/// Why a plan is no solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    NoSuchCustomer {
        tour: usize,
        customer: u32,
    },
    /// Counted over all tours; 1 is right.
    Visits {
        customer: u32,
        times: usize,
    },
    OverCapacity {
        tour: usize,
        load: i64,
    },
    Late {
        tour: usize,
        customer: u32,
        at: i64,
        due: i64,
    },
    Vehicles {
        used: usize,
        fleet: usize,
    },
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Breach::NoSuchCustomer { tour, customer } => {
                write!(f, "tour {tour}: there is no customer {customer}")
            }
            Breach::Visits { customer, times } => write!(f, "customer {customer} is visited {times} times"),
            Breach::OverCapacity { tour, load } => {
                write!(f, "tour {tour}: a load of {load} is over the capacity")
            }
            Breach::Late { tour, customer, at, due } => {
                write!(f, "tour {tour}: customer {customer} is reached at {at}, due {due}")
            }
            Breach::Vehicles { used, fleet } => write!(f, "{used} vehicles of {fleet} are used"),
        }
    }
}

/// The cost of the tours in units, or everything that is wrong with them. Customers are 1 and up.
pub fn check(problem: &Problem, routes: &[Vec<u32>]) -> Result<i64, Vec<Breach>> {
    let mut breaches = Vec::new();
    let mut times = vec![0_usize; problem.demand.len()];
    for (index, route) in routes.iter().enumerate() {
        for &customer in route {
            match times.get_mut(customer as usize) {
                Some(count) if customer != 0 => *count += 1,
                _ => breaches.push(Breach::NoSuchCustomer { tour: index + 1, customer }),
            }
        }
    }
    if !breaches.is_empty() {
        return Err(breaches);
    }
    for (customer, &times) in times.iter().enumerate().skip(1) {
        if times != 1 {
            breaches.push(Breach::Visits { customer: customer as u32, times });
        }
    }
    let used = routes.iter().filter(|route| !route.is_empty()).count();
    if let Some(fleet) = problem.vehicles.filter(|&fleet| fleet < used) {
        breaches.push(Breach::Vehicles { used, fleet });
    }
    let mut cost = 0;
    for (index, route) in routes.iter().enumerate() {
        cost += ride(problem, index + 1, route, &mut breaches);
    }
    if breaches.is_empty() { Ok(cost) } else { Err(breaches) }
}

/// Drives one tour: load and clock from the depot and back.
fn ride(problem: &Problem, tour: usize, route: &[u32], breaches: &mut Vec<Breach>) -> i64 {
    let load: i64 = route.iter().map(|&customer| i64::from(problem.demand[customer as usize])).sum();
    if i64::from(problem.capacity) < load {
        breaches.push(Breach::OverCapacity { tour, load });
    }
    let mut cost = 0;
    let mut clock = problem.windows.as_ref().map_or(0, |windows| i64::from(windows[0].ready));
    let mut here = 0;
    for &place in route.iter().chain(&[0]) {
        if route.is_empty() {
            break;
        }
        let way = way(problem, here as usize, place as usize);
        cost += way;
        if let Some(windows) = &problem.windows {
            let window = windows[place as usize];
            clock = (clock + way).max(i64::from(window.ready));
            if i64::from(window.due) < clock {
                breaches.push(Breach::Late { tour, customer: place, at: clock, due: window.due.into() });
            }
            clock += i64::from(window.service);
        }
        here = place;
    }
    cost
}

/// The distance by the file's own rule, from the coordinates each time.
fn way(problem: &Problem, a: usize, b: usize) -> i64 {
    match &problem.metric {
        Metric::Matrix(rows) => i64::from(rows[a * problem.demand.len() + b]),
        Metric::Points { at, rounding } => {
            let length = libm::hypot(at[a].0 - at[b].0, at[a].1 - at[b].1);
            match rounding {
                Rounding::Nearest => (length + 0.5) as i64,
                Rounding::Up => length.ceil() as i64,
                Rounding::TenthsDown => (10.0 * length) as i64,
            }
        }
    }
}
