//! `indep-round`, `dilate-round`, `dilate-fallback`: the published roundings of a linear program. The program sends
//! fractions of each SKU to a zone from several nodes; one order draws its nodes from them.
//!
//! # Promises
//! - A line's node is drawn with the probability of its fraction, whatever the other lines draw.
//! - Draws belong to the order: the same order draws the same numbers under every strategy.
//! - What the drawn node has not waits; with `dilate-fallback` it goes as by `nearest`. So does, with all three, what
//!   the program says nothing of.
//!
//! # Why they are here
//! They are the baselines of the literature, made for one program solved once. Here the program is that of each SKU
//! alone, made anew as the bid prices are; on the literature's own instance (`jasin_sinha`) it is the literature's.

use std::ops::ControlFlow;

use crate::domain::{NodeId, SkuId, ZoneId};
use crate::kernel::draw::{Draw, Purpose};

use super::fill::Fill;
use super::tables::Reach;
use super::view::OpenLine;

const LINE: Purpose = Purpose::named("rounding-line");
const NODE: Purpose = Purpose::named("rounding-node");

/// The share of a SKU's units for a zone that the program sends from a node, in billionths of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    pub zone: ZoneId,
    pub node: NodeId,
    pub billionths: u32,
}

/// Fractions by SKU, each row by zone.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Fractions(pub Vec<Box<[Fraction]>>);

impl Fractions {
    /// Those of one SKU and zone; empty where the program says nothing.
    pub fn of(&self, sku: SkuId, zone: ZoneId) -> &[Fraction] {
        let Some(row) = self.0.get(sku.index()) else { return &[] };
        let begin = row.partition_point(|fraction| fraction.zone < zone);
        let end = row.partition_point(|fraction| fraction.zone <= zone);
        &row[begin..end]
    }
}

/// Each line by itself (Jasin and Sinha 2015): lines that the program sends together may part.
fn independent(fractions: &[Fraction], draw: &Draw, order: u64, line: u16) -> Option<NodeId> {
    let sum: f64 = fractions.iter().map(|fraction| f64::from(fraction.billionths)).sum();
    let found =
        fractions.iter().try_fold(draw.uniform(LINE, order, u32::from(line)) * sum, |left, fraction| {
            match left - f64::from(fraction.billionths) {
                left if left < 0.0 => ControlFlow::Break(fraction.node),
                left => ControlFlow::Continue(left),
            }
        });
    found.break_value().or(fractions.last().map(|fraction| fraction.node))
}

/// All lines look at one set of clocks (Ma 2023): node k rings after an exponential time, a line goes to the
/// node with the least time / fraction. Lines that share their fractions go together.
fn dilated(fractions: &[Fraction], draw: &Draw, order: u64) -> Option<NodeId> {
    let rings = |fraction: &Fraction| {
        let clock = -libm::log(draw.uniform(NODE, order, u32::from(fraction.node.0)));
        clock / f64::from(fraction.billionths)
    };
    let all = fractions.iter().map(|fraction| (rings(fraction), fraction.node));
    all.min_by(|a, b| a.0.total_cmp(&b.0)).map(|first| first.1)
}

pub(super) fn indep_round(fill: &mut Fill<'_>, reach: Reach<'_>, draw: &Draw) {
    let id = fill.order.id.0;
    round(fill, reach, false, |line, fractions| independent(fractions, draw, id, line.line));
}

pub(super) fn dilate_round(fill: &mut Fill<'_>, reach: Reach<'_>, draw: &Draw) {
    let id = fill.order.id.0;
    round(fill, reach, false, |_, fractions| dilated(fractions, draw, id));
}

pub(super) fn dilate_fallback(fill: &mut Fill<'_>, reach: Reach<'_>, draw: &Draw) {
    let id = fill.order.id.0;
    round(fill, reach, true, |_, fractions| dilated(fractions, draw, id));
}

fn round(
    fill: &mut Fill<'_>,
    reach: Reach<'_>,
    falls_back: bool,
    pick: impl Fn(&OpenLine, &[Fraction]) -> Option<NodeId>,
) {
    for line in fill.order.lines {
        let fractions = match fill.stock.tables() {
            Some(tables) => tables.fractions.of(line.sku, fill.order.zone),
            None => &[],
        };
        let drawn = pick(line, fractions).filter(|node| reach.near.contains(node));
        let Some(node) = drawn else {
            fill.in_order(line, reach.near.iter().copied());
            continue;
        };
        match falls_back {
            true => {
                let others = reach.near.iter().copied().filter(|&other| other != node);
                fill.in_order(line, std::iter::once(node).chain(others));
            }
            false => fill.in_order(line, std::iter::once(node)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often each of 20,000 orders of two equal lines sends the first line to each node, and how often the
    /// lines part.
    fn frequencies(pick: impl Fn(&[Fraction], &Draw, u64, u16) -> Option<NodeId>) -> ([f64; 3], f64) {
        let fraction = |(node, billionths)| Fraction { zone: ZoneId(0), node: NodeId(node), billionths };
        let fractions = [(0, 500), (1, 200), (2, 300)].map(fraction);
        let (mut seen, mut parted) = ([0.0; 3], 0.0);
        for order in 0..20_000 {
            let nodes = [0, 1].map(|line| pick(&fractions, &Draw::new(1, 0), order, line).unwrap());
            seen[nodes[0].index()] += 1.0 / 20_000.0;
            parted += f64::from(u8::from(nodes[0] != nodes[1])) / 20_000.0;
        }
        (seen, parted)
    }

    #[test]
    fn both_follow_the_fractions_and_only_one_parts_equal_lines() {
        let (alone, parted) = frequencies(independent);
        let (clocks, together) = frequencies(|fractions, draw, order, _| dilated(fractions, draw, order));
        for (node, expect) in [0.5, 0.2, 0.3].into_iter().enumerate() {
            assert!((alone[node] - expect).abs() < 0.015, "{alone:?}");
            assert!((clocks[node] - expect).abs() < 0.015, "{clocks:?}");
        }
        // 1 - (0.25 + 0.04 + 0.09)
        assert!((parted - 0.62).abs() < 0.015, "{parted}");
        assert_eq!(together, 0.0);
    }

    #[test]
    fn fractions_are_found_by_zone() {
        let row = [(1, 0, 4), (1, 2, 6), (3, 1, 9)];
        let fraction =
            |(zone, node, billionths)| Fraction { zone: ZoneId(zone), node: NodeId(node), billionths };
        let fractions = Fractions(vec![row.map(fraction).into()]);
        assert_eq!(fractions.of(SkuId(0), ZoneId(1)), &row.map(fraction)[..2]);
        assert!(fractions.of(SkuId(0), ZoneId(2)).is_empty() && fractions.of(SkuId(7), ZoneId(1)).is_empty());
        assert_eq!(dilated(&[], &Draw::new(1, 0), 1), None);
    }
}
