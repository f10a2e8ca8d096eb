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

#[test]
#[ignore]
fn dump() {
    for count in [20, 30, 50, 80, 120, 200] {
        for capacity in [25, 50, 100, 1000] {
            for away in [0.0, 0.5, 1.0, 2.0] {
                for seed in 0..4 {
                    let all = stops(count, away, seed);
                    let found = plan_by(Fidelity::Vrp { iterations: 20_000 }, &all, capacity);
                    let fast = plan_by(Fidelity::Fast, &all, capacity);
                    let mean = all.iter().map(|s| f64::from(s.x).hypot(f64::from(s.y))).sum::<f64>() / f64::from(count);
                    println!("ROW,{count},{capacity},{away},{mean},{},{},{}", found.len(), meters(&found), meters(&fast));
                }
            }
        }
    }
}
