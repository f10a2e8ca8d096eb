//! Rounding: how the published schemes turn fractions of a linear program into nodes for one order.
//!
//! `fractions` give, for each line of the order, the share of it that the program sends from each node.
//!
//! # Promises
//! - A line's node is drawn with the probability of its fraction, whatever the other lines draw.
//! - Draws belong to the order: the same order draws the same numbers under every strategy.

use crate::kernel::draw::{Draw, Purpose};

const LINE: Purpose = Purpose::named("rounding-line");
const NODE: Purpose = Purpose::named("rounding-node");

/// Each line by itself (Jasin and Sinha 2015): lines that the program sends together may part.
pub fn independent(fractions: &[f64], nodes: usize, draw: Draw, order: u64) -> Vec<usize> {
    let pick = |(line, row): (usize, &[f64])| {
        let sum: f64 = row.iter().sum();
        let mut at = draw.uniform(LINE, order, line as u32) * sum;
        for (node, &fraction) in row.iter().enumerate() {
            at -= fraction;
            if at < 0.0 {
                return node;
            }
        }
        row.iter().rposition(|&fraction| 0.0 < fraction).unwrap_or(0)
    };
    fractions.chunks(nodes).enumerate().map(pick).collect()
}

/// All lines look at one set of clocks (Ma 2023): node k rings after an exponential time, a line goes to the
/// node with the least time / fraction. Lines that share their fractions go together.
pub fn dilated(fractions: &[f64], nodes: usize, draw: Draw, order: u64) -> Vec<usize> {
    let clocks: Vec<f64> =
        (0..nodes).map(|node| -libm::log(draw.uniform(NODE, order, node as u32))).collect();
    let pick = |row: &[f64]| {
        let mut best = (f64::INFINITY, 0);
        for (node, (&fraction, clock)) in row.iter().zip(&clocks).enumerate() {
            if 0.0 < fraction && clock / fraction < best.0 {
                best = (clock / fraction, node);
            }
        }
        best.1
    };
    fractions.chunks(nodes).map(pick).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often each of 20,000 orders of two equal lines sends the first line to each node, and how often the
    /// lines part.
    fn frequencies(pick: impl Fn(&[f64], usize, Draw, u64) -> Vec<usize>) -> ([f64; 3], f64) {
        let fractions = [0.5, 0.2, 0.3, 0.5, 0.2, 0.3];
        let (mut seen, mut parted) = ([0.0; 3], 0.0);
        for order in 0..20_000 {
            let nodes = pick(&fractions, 3, Draw::new(1, 0), order);
            seen[nodes[0]] += 1.0 / 20_000.0;
            parted += f64::from(u8::from(nodes[0] != nodes[1])) / 20_000.0;
        }
        (seen, parted)
    }

    #[test]
    fn both_follow_the_fractions_and_only_one_parts_equal_lines() {
        let (alone, parted) = frequencies(independent);
        let (clocks, together) = frequencies(dilated);
        for (node, expect) in [0.5, 0.2, 0.3].into_iter().enumerate() {
            assert!((alone[node] - expect).abs() < 0.015, "{alone:?}");
            assert!((clocks[node] - expect).abs() < 0.015, "{clocks:?}");
        }
        // 1 - (0.25 + 0.04 + 0.09)
        assert!((parted - 0.62).abs() < 0.015, "{parted}");
        assert_eq!(together, 0.0);
    }
}
