//! The length of a plan without a plan: continuous approximation.
//!
//! Daganzo ("The distance traveled to visit N points with a maximum of C stops per vehicle", Transportation Science
//! 18, 1984) adds the ways out and back, 2 x mean distance x tours, to a way between stops that grows as the root of
//! stops x area (Beardwood, Halton and Hammersley 1959). At the sizes of delivery tours the second constant is not
//! constant: ends of tours are near each other when tours are many, and the border counts when stops are few.
//! The terms below were fitted to tours by search; `tests/rounds.rs` holds their error on others.

/// What a length is estimated from.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    pub stops: f64,
    pub tours: f64,
    /// Mean distance from the station to a stop.
    pub mean_m: f64,
    pub area_m2: f64,
}

/// Total length of all tours, by straight lines.
pub fn tour_length(scene: Scene) -> f64 {
    let Scene { stops, tours, mean_m, area_m2 } = scene;
    if stops < 2.0 {
        return 2.0 * mean_m * stops;
    }
    let between = (stops * area_m2).sqrt();
    let out_and_back = 2.0 * mean_m * tours;
    [out_and_back, between, between / tours.max(1.0), area_m2.sqrt()]
        .iter()
        .zip(FITTED)
        .map(|(term, factor)| term * factor)
        .sum()
}

/// By least squares of the relative error over 384 searched plans: 20 to 200 stops, 25 to 1,000 a van, stations in the
/// middle of the area to two sides away. Mean absolute error 3.4 %, 5.6 % at 20 stops, largest 15 %.
const FITTED: [f64; 4] = [0.898, 0.637, 0.133, -0.541];
