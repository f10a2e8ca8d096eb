//! Solution files in the form of CVRPLIB, which other tools read: `Route #1: 12 5 8`, then `Cost 776.1`.

use std::fmt::Write;

use super::problem::Problem;

/// The tours as a `.sol` file. `cost` is in units.
pub fn sol_text(problem: &Problem, routes: &[Vec<u32>], cost: i64) -> String {
    let mut text = String::new();
    for (index, route) in routes.iter().enumerate() {
        let _ = write!(text, "Route #{}:", index + 1);
        for customer in route {
            let _ = write!(text, " {customer}");
        }
        text.push('\n');
    }
    let _ = writeln!(text, "Cost {}", problem.cost_text(cost));
    text
}
