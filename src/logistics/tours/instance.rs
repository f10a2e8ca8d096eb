//! A tour problem as the solvers read it: flat arrays, and the nearest customers of each customer.

use super::problem::{Problem, Window};

/// A customer or, as 0, the depot.
pub type Place = u32;

/// Customers beside whom an insertion is tried before it is tried everywhere. All 99 of RC208 gave a third fewer
/// iterations a second and no better tours.
pub const NEAR: usize = 40;

pub struct Instance {
    pub places: usize,
    pub capacity: i32,
    pub demand: Vec<i32>,
    pub windows: Option<Vec<Window>>,
    /// No bound is `usize::MAX`.
    pub vehicles: usize,
    distance: Vec<i32>,
    /// `near_count` customers for each place, the nearest first.
    near: Vec<Place>,
    near_count: usize,
    /// All other customers by distance, for the ruin.
    around: Vec<Place>,
}

/// Customers whose merge with each other a light instance lets savings consider.
const NEAR_LIGHT: usize = 16;

impl Instance {
    /// For savings only, without windows: fewer near customers, and none for the ruin.
    pub fn light(problem: &Problem) -> Instance {
        assert!(problem.windows.is_none(), "a light instance knows no windows");
        let places = problem.places();
        let near_count = NEAR_LIGHT.min(places.saturating_sub(2));
        let mut instance = Instance {
            places,
            capacity: problem.capacity,
            demand: problem.demand.clone(),
            windows: None,
            vehicles: usize::MAX,
            distance: problem.matrix(),
            near: Vec::with_capacity(places * near_count),
            near_count,
            around: Vec::new(),
        };
        let mut order: Vec<(i32, Place)> = Vec::with_capacity(places);
        for place in 0..places as Place {
            order.clear();
            let row = &instance.distance[place as usize * places..][..places];
            order.extend(row.iter().copied().zip(0..).skip(1).filter(|other| other.1 != place));
            if near_count < order.len() {
                order.select_nth_unstable(near_count);
            }
            order.truncate(near_count);
            order.sort_unstable();
            instance.near.extend(order.iter().map(|other| other.1));
        }
        instance
    }

    pub fn new(problem: &Problem) -> Instance {
        let places = problem.places();
        let mut instance = Instance {
            places,
            capacity: problem.capacity,
            demand: problem.demand.clone(),
            windows: problem.windows.clone(),
            vehicles: problem.vehicles.unwrap_or(usize::MAX),
            distance: problem.matrix(),
            near: Vec::new(),
            near_count: NEAR.min(places.saturating_sub(2)),
            around: Vec::new(),
        };
        instance.fill_near();
        instance
    }

    fn fill_near(&mut self) {
        let around_count = self.around_count();
        let mut order: Vec<Place> = Vec::with_capacity(self.places);
        for place in 0..self.places as Place {
            order.clear();
            order.extend((1..self.places as Place).filter(|&other| other != place));
            order.sort_unstable_by_key(|&other| (self.distance(place, other), other));
            self.around.extend_from_slice(&order[..around_count.min(order.len())]);
            if place == 0 {
                self.around.truncate(around_count);
                self.around.resize(around_count, 0);
            }
            order.sort_by_key(|&other| self.proximity(place, other));
            order.resize(order.len().max(self.near_count), 0);
            self.near.extend_from_slice(&order[..self.near_count]);
        }
    }

    /// Distance, and with time windows the wait and lateness that going there directly forces
    /// (Vidal, Crainic, Gendreau and Prins 2013, section 4.3), in the better of both directions.
    fn proximity(&self, a: Place, b: Place) -> i64 {
        let distance = i64::from(self.distance(a, b));
        let Some(windows) = &self.windows else { return 10 * distance };
        let forced = |from: Window, to: Window| {
            let least = i64::from(from.service) + distance;
            let wait = i64::from(to.ready) - least - i64::from(from.due);
            let late = i64::from(from.ready) + least - i64::from(to.due);
            2 * wait.max(0) + 10 * late.max(0)
        };
        let (a, b) = (windows[a as usize], windows[b as usize]);
        10 * distance + forced(a, b).min(forced(b, a))
    }

    fn around_count(&self) -> usize {
        self.places.saturating_sub(2).min(200)
    }

    #[inline]
    pub fn distance(&self, from: Place, to: Place) -> i32 {
        self.distance[from as usize * self.places + to as usize]
    }

    /// The distances from one place.
    #[inline]
    pub fn row(&self, from: Place) -> &[i32] {
        &self.distance[from as usize * self.places..][..self.places]
    }

    #[inline]
    pub fn near(&self, place: Place) -> &[Place] {
        &self.near[place as usize * self.near_count..][..self.near_count]
    }

    #[inline]
    pub fn around(&self, place: Place) -> &[Place] {
        let count = self.around_count();
        &self.around[place as usize * count..][..count]
    }
}
