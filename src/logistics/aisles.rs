//! Aisles: how far a picker walks for a number of lines, on average.
//!
//! ```text
//! back   +--+--+--+--+     a line is in any aisle alike, and anywhere along it
//!        |  |  |  |  |     s-shape: through every aisle that holds a line; out of the last one as it went in
//! front  D--+--+--+--+     return: into each aisle as far as its farthest line, and back
//! ```
//!
//! The depot D is at the front of the first aisle, and the tour ends there. Tours of this kind are those of Hall 1993,
//! "Distance approximations for routing manual pickers in a warehouse", and of Roodbergen and Vis 2006, "A model for
//! warehouse layout"; the means below are exact for random storage and need neither's approximations:
//!
//! - The farthest of `n` lines is in aisle `m - sum over i < m of (i / m)^n`, counted from 1.
//! - `m (1 - (1 - 1/m)^n)` aisles hold a line.
//! - The farthest of `k` lines is `k / (k + 1)` along its aisle; over the binomial law of `k`, all returns together
//!   are `2 L m (1 - m / (n + 1) (1 - (1 - 1/m)^(n + 1)))`.
//! - An odd number of aisles ends with a return in the last: `L (k - 1) / (k + 1)` more than a way through, and less
//!   than nothing more for one line. Whether the aisles before it are even in number is counted aisle by aisle.

/// A pick area of one block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aisles {
    pub count: u32,
    pub length_m: f64,
    /// From the middle of one aisle to the middle of the next.
    pub gap_m: f64,
    pub route: Route,
}

/// How a picker goes round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    SShape,
    Return,
}

/// Mean meters of a tour by its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Walk(Vec<f64>);

/// Tours of more lines are taken for tours of so many: by then every aisle is walked.
pub const MOST_LINES: usize = 256;

impl Walk {
    pub fn new(aisles: &Aisles) -> Walk {
        let odd = match aisles.route {
            Route::SShape => last_returns(aisles.count as usize),
            Route::Return => Vec::new(),
        };
        let meters = (0..=MOST_LINES).map(|lines| match aisles.route {
            _ if lines == 0 => 0.0,
            Route::SShape => across(aisles, lines) + through(aisles, lines) + aisles.length_m * odd[lines],
            Route::Return => across(aisles, lines) + returns(aisles, lines),
        });
        Walk(meters.collect())
    }

    /// Meters of a tour of so many lines; between whole numbers on the straight line.
    pub fn meters(&self, lines: f64) -> f64 {
        let lines = lines.clamp(0.0, MOST_LINES as f64);
        let below = lines as usize;
        let above = (below + 1).min(MOST_LINES);
        self.0[below] + (self.0[above] - self.0[below]) * (lines - below as f64)
    }
}

/// To the farthest aisle and back.
fn across(aisles: &Aisles, lines: usize) -> f64 {
    let count = f64::from(aisles.count);
    let nearer: f64 = (1..aisles.count).map(|aisle| libm::pow(f64::from(aisle) / count, lines as f64)).sum();
    2.0 * aisles.gap_m * (count - 1.0 - nearer)
}

fn through(aisles: &Aisles, lines: usize) -> f64 {
    let count = f64::from(aisles.count);
    aisles.length_m * count * (1.0 - libm::pow(1.0 - 1.0 / count, lines as f64))
}

fn returns(aisles: &Aisles, lines: usize) -> f64 {
    let (count, more) = (f64::from(aisles.count), lines as f64 + 1.0);
    let hit = 1.0 - libm::pow(1.0 - 1.0 / count, more);
    2.0 * aisles.length_m * count * (1.0 - count / more * hit)
}

/// By lines: the mean of `(k - 1) / (k + 1)` for the `k` lines of the last aisle where the number of aisles is odd.
fn last_returns(aisles: usize) -> Vec<f64> {
    let choose = binomials();
    let share = 1.0 / aisles as f64;
    let thrown: Vec<f64> = (0..=MOST_LINES).map(|k| libm::pow(share, k as f64)).collect();
    // Chances that r lines are all in the aisles seen so far, in an even and in an odd number of them.
    let (mut even, mut odd) = (vec![0.0; MOST_LINES + 1], vec![0.0; MOST_LINES + 1]);
    even[0] = 1.0;
    let mut excess = vec![0.0; MOST_LINES + 1];
    for _ in 0..aisles {
        let (before, other) = (even.clone(), odd.clone());
        for lines in 1..=MOST_LINES {
            for k in 1..=lines {
                let here = choose[lines][k] * thrown[k];
                excess[lines] += here * before[lines - k] * (k as f64 - 1.0) / (k as f64 + 1.0);
                even[lines] += here * other[lines - k];
                odd[lines] += here * before[lines - k];
            }
        }
    }
    excess
}

/// Pascal's triangle.
fn binomials() -> Vec<Vec<f64>> {
    let mut rows: Vec<Vec<f64>> = vec![vec![1.0]];
    for n in 1..=MOST_LINES {
        let last = &rows[n - 1];
        let inner = (1..n).map(|k| last[k - 1] + last[k]);
        let row = std::iter::once(1.0).chain(inner).chain(std::iter::once(1.0)).collect();
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::{Draw, Purpose};

    const AISLE: Purpose = Purpose::named("aisle");
    const ALONG: Purpose = Purpose::named("along");

    /// One tour, walked: aisle by aisle, from the places of its lines.
    fn walked(aisles: &Aisles, lines: u64, tour: u64) -> f64 {
        let draw = Draw::new(9, 0);
        let mut farthest = vec![None::<f64>; aisles.count as usize];
        for line in 0..lines {
            let aisle = (draw.uniform(AISLE, tour, line as u32) * f64::from(aisles.count)) as usize;
            let along = draw.uniform(ALONG, tour, line as u32) * aisles.length_m;
            farthest[aisle] = Some(farthest[aisle].map_or(along, |known| known.max(along)));
        }
        let last = farthest.iter().rposition(Option::is_some).expect("a tour of one line or more");
        let visited = farthest.iter().flatten().count();
        let inside: f64 = match aisles.route {
            Route::Return => farthest.iter().flatten().map(|along| 2.0 * along).sum(),
            Route::SShape if visited.is_multiple_of(2) => visited as f64 * aisles.length_m,
            Route::SShape => {
                (visited - 1) as f64 * aisles.length_m + 2.0 * farthest[last].expect("it holds a line")
            }
        };
        2.0 * aisles.gap_m * last as f64 + inside
    }

    #[test]
    fn means_are_those_of_tours_that_are_walked() {
        for route in [Route::SShape, Route::Return] {
            for (count, lines) in [(1, 1), (1, 7), (2, 3), (5, 1), (5, 4), (12, 9), (20, 30), (20, 200)] {
                let aisles = Aisles { count, length_m: 30.0, gap_m: 4.0, route };
                let tours = 20_000;
                let all: Vec<f64> = (0..tours).map(|tour| walked(&aisles, lines, tour)).collect();
                let mean = all.iter().sum::<f64>() / tours as f64;
                let variance = all.iter().map(|meters| (meters - mean).powi(2)).sum::<f64>() / tours as f64;
                let error = (variance / tours as f64).sqrt();
                let exact = Walk::new(&aisles).meters(lines as f64);
                assert!(
                    (mean - exact).abs() <= 4.0 * error + 1e-6,
                    "{route:?} {count} aisles, {lines} lines: walked {mean:.3}, formula {exact:.3}, error {error:.4}"
                );
            }
        }
    }

    #[test]
    fn more_lines_are_further_in_all_and_nearer_each() {
        for route in [Route::SShape, Route::Return] {
            let walk = Walk::new(&Aisles { count: 10, length_m: 20.0, gap_m: 3.0, route });
            for lines in 1..MOST_LINES {
                let (less, more) = (walk.meters(lines as f64), walk.meters((lines + 1) as f64));
                // S-shape saturates: from an odd number of aisles to an even one the last return is lost.
                assert!(less <= more + 1.0, "{route:?} {lines}: {less} {more}");
                assert!(more / (lines as f64 + 1.0) < less / lines as f64, "{route:?} {lines}");
            }
            assert_eq!(walk.meters(1_000.0), walk.meters(MOST_LINES as f64));
        }
    }
}
