//! What a swarm says in a terminal: how many seeds, the coverage matrix, and what failed.

use crate::domain::OrderState;
use crate::experiment::swarm::{MatrixRow, Summary};

/// The matrix has one column a state: how often, `.` where nothing can be reached, `0` where something was missed.
pub fn text(summary: &Summary) -> String {
    let mut text = format!(
        "{} seeds: {} passed, {} refused by the reader, {} failed\n{} orders, {} transitions, {:.0} simulated days; {} commands played in wall time\n\n",
        summary.seeds,
        summary.passed,
        summary.refused,
        summary.failed,
        summary.orders,
        summary.transitions,
        summary.simulated_days,
        summary.played
    );
    text += &matrix("struck while", &summary.matrix);
    text += &matrix("acted while", &summary.faults);
    for (index, states) in OrderState::ALL.chunks(4).enumerate() {
        let said: Vec<String> = (1..)
            .zip(states)
            .map(|(at, state)| format!("{:>2} {:<20}", 4 * index + at, state.name()))
            .collect();
        text += said.concat().trim_end();
        text += "\n";
    }
    let share = 100.0 * summary.cells_hit as f64 / summary.cells_reachable.max(1) as f64;
    text +=
        &format!("{} of {} reachable cells hit ({share:.0} %)\n", summary.cells_hit, summary.cells_reachable);
    for failure in &summary.failures {
        text += &format!("seed {} FAILED: {}\n", failure.seed, failure.failure);
    }
    text
}

fn matrix(head: &str, rows: &[MatrixRow]) -> String {
    let mut text = format!("{head:<22}");
    for index in 1..=OrderState::ALL.len() {
        text += &format!("{index:>5}");
    }
    text += "\n";
    for row in rows {
        text += &format!("{:<22}", row.strike);
        for cell in &row.cells {
            let count = if cell.reachable || 0 < cell.count { short(cell.count) } else { ".".to_owned() };
            text += &format!("{count:>5}");
        }
        text += "\n";
    }
    text + "\n"
}

/// At most four characters.
fn short(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}k", count / 1_000),
        1_000_000..1_000_000_000 => format!("{}M", count / 1_000_000),
        _ => format!("{}G", count / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn counts_have_four_characters_at_most() {
        let said = [0, 999, 1_000, 999_999, 1_000_000, 7_400_000_000].map(short);
        assert_eq!(said, ["0", "999", "1k", "999k", "1M", "7G"]);
    }
}
