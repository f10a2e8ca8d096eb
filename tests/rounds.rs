//! Delivery rounds: what a formula says of tours against tours that are looked for, the tours themselves, and a
//! scenario whose parcels go out with vans.

use ordermill::kernel::draw::{Draw, Purpose};
use ordermill::logistics::rounds::{Fidelity, Plan, Scene, Stop, Tour, plan, tour_length};

const X: Purpose = Purpose::named("x");
const Y: Purpose = Purpose::named("y");

/// So many stops in a square of 64 km2 whose middle is `away` sides from the station.
fn stops(count: u32, away: f64, seed: u64) -> Vec<Stop> {
    let (draw, side) = (Draw::new(seed, 0), 8_000.0);
    let at = |stop: u32| Stop {
        x: (side * (draw.uniform(X, stop.into(), 0) - 0.5 + away)) as i32,
        y: (side * (draw.uniform(Y, stop.into(), 0) - 0.5)) as i32,
        parcels: 1,
    };
    (0..count).map(at).collect()
}

fn plan_by(fidelity: Fidelity, stops: &[Stop], capacity: u32) -> Vec<Tour> {
    plan(stops, &Plan { fidelity, capacity, area_m2: 64e6, circuity: 1.0, seed: 1 })
}

fn meters(tours: &[Tour]) -> f64 {
    tours.iter().map(Tour::meters).sum::<u64>() as f64
}

/// The scenes are not those that the formula was fitted to: other numbers, seeds and places of the station.
#[test]
fn the_formula_is_near_tours_that_are_looked_for() {
    let (mut apart, mut count, mut fast_longer) = (0.0, 0.0, 0.0);
    for stops_count in [20, 40, 65, 100, 150, 200] {
        for capacity in [25, 40, 70, 1_000] {
            for (away, seed) in [(0.2, 11), (0.8, 12), (1.5, 13)] {
                let all = stops(stops_count, away, seed);
                let [formula, fast, search] =
                    [Fidelity::Approx, Fidelity::Fast, Fidelity::Vrp { iterations: 4_000 }]
                        .map(|fidelity| meters(&plan_by(fidelity, &all, capacity)));
                apart += (formula / search - 1.0).abs();
                fast_longer += fast / search - 1.0;
                count += 1.0;
                assert!(search <= fast, "the search starts from savings");
            }
        }
    }
    println!("formula {:.4}, savings {:.4}", apart / count, fast_longer / count);
    assert!(apart / count <= 0.08, "mean absolute error {}", apart / count);
    assert!(fast_longer / count <= 0.10, "savings are longer by {}", fast_longer / count);
}

#[test]
fn the_formula_grows_with_stops_tours_and_distance() {
    let scene = Scene { stops: 50.0, tours: 2.0, mean_m: 3_000.0, area_m2: 64e6 };
    let more = [
        Scene { stops: 60.0, ..scene },
        Scene { tours: 4.0, ..scene },
        Scene { mean_m: 9_000.0, ..scene },
        Scene { area_m2: 90e6, ..scene },
    ];
    assert!(more.iter().all(|&more| tour_length(scene) < tour_length(more)));
    let one = Scene { stops: 1.0, tours: 1.0, ..scene };
    assert_eq!(tour_length(one), 6_000.0);
}

/// Checked from the stops alone: every stop once, no van overfull, every leg as long as its line.
#[test]
fn every_stop_is_in_one_tour() {
    for fidelity in [Fidelity::Approx, Fidelity::Fast, Fidelity::Vrp { iterations: 300 }] {
        for (count, capacity) in [(1, 5), (2, 1), (37, 6), (450, 30), (700, 500)] {
            let mut all = stops(count, 0.4, 5);
            all.iter_mut().zip(0u32..).for_each(|(stop, number)| stop.parcels = 1 + number % capacity.min(3));
            let tours = plan_by(fidelity, &all, capacity);
            let mut seen = vec![0; all.len()];
            for tour in &tours {
                assert!(!tour.stops.is_empty() && tour.parcels(&all) <= capacity);
                assert_eq!((tour.stops.len(), tour.stops.len()), (tour.legs.len(), tour.home.len()));
                tour.stops.iter().for_each(|&stop| seen[stop as usize] += 1);
                if fidelity != Fidelity::Approx {
                    legs_are_lines(tour, &all);
                }
            }
            assert!(seen.iter().all(|&times| times == 1), "{fidelity:?} {count} {capacity}");
            assert_eq!(tours, plan_by(fidelity, &all, capacity), "the same tours each time");
        }
    }
}

fn legs_are_lines(tour: &Tour, stops: &[Stop]) {
    let (mut x, mut y) = (0, 0);
    for ((&stop, &leg), &home) in tour.stops.iter().zip(&tour.legs).zip(&tour.home) {
        let stop = stops[stop as usize];
        let line = |dx: i32, dy: i32| f64::from(dx).hypot(f64::from(dy));
        assert!((f64::from(leg) - line(stop.x - x, stop.y - y)).abs() <= 0.51);
        assert!((f64::from(home) - line(stop.x, stop.y)).abs() <= 0.51);
        (x, y) = (stop.x, stop.y);
    }
}
