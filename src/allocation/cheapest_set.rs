//! `cheapest-set`, `bid-price` and `single-or-wait`: strategies that weigh nodes for the whole order.
//!
//! # Promises
//! - `cheapest-set`: for each handling class, in the order of `HandlingClass::ALL`: the most units that the
//!   rules allow, and of all sets of nodes that serve them the cheapest by box and weight.
//! - `bid-price`: the same with the price of each cell on top, as the last refresh made it; without a
//!   refresh it is `cheapest-set`.
//! - `single-or-wait`: the whole order from the cheapest node that has all of it, or nothing.
//!
//! # Why weight counts by the gram here
//! A rate card bills started kilograms of a box, so the price of a line depends on what else lies in the
//! box. By the gram lines are independent once the set is chosen, and the search is exact; each box pays on
//! top the grams that round the whole order up to kilograms, so that one box costs exactly its freight.

use std::cell::RefCell;

use crate::domain::{HandlingClass, NodeId};

use super::fill::Fill;
use super::set_search::SetSearch;
use super::strategy::Tables;
use super::tables::{Offer, Reach};
use super::view::OpenLine;

/// Prices are counted in thousandths of a minor unit: a gram of a rate a kilogram is a whole number.
const PER_MINOR: i64 = 1_000;

/// Nobody serves a unit while somebody can.
const UNSERVED: i64 = 1 << 40;

thread_local! {
    // Buffers: nothing is read that this call did not write.
    static SEARCH: RefCell<SetSearch> = RefCell::default();
    static OF_CLASS: RefCell<Vec<OpenLine>> = RefCell::default();
}

/// `per_box` is the price of a box in minor units; `prices` what a unit of a cell is worth to others.
pub(super) fn cheapest_set(fill: &mut Fill<'_>, reach: Reach<'_>, per_box: i64, prices: Option<&Tables>) {
    let order = fill.order;
    if fill.lines_compete() {
        let cheap = reach.cheap.iter().map(|&(node, _)| node);
        return order.lines.iter().for_each(|line| fill.in_order(line, cheap.clone()));
    }
    if order.lines.iter().all(|line| line.class == order.lines[0].class) {
        return one_class(fill, reach, order.lines, per_box, prices);
    }
    let mut lines = OF_CLASS.take();
    for class in HandlingClass::ALL {
        lines.clear();
        lines.extend(order.lines.iter().copied().filter(|line| line.class == class));
        one_class(fill, reach, &lines, per_box, prices);
    }
    OF_CLASS.set(lines);
}

fn one_class(
    fill: &mut Fill<'_>,
    reach: Reach<'_>,
    lines: &[OpenLine],
    per_box: i64,
    prices: Option<&Tables>,
) {
    let Some(first) = lines.first() else { return };
    let cap = fill.may_open(first.class) as usize;
    SEARCH.with_borrow_mut(|search| {
        let weight: u64 = lines.iter().map(OpenLine::weight_g).sum();
        let rounding = weight.max(1).next_multiple_of(1_000) - weight;
        search.begin(UNSERVED, lines.iter().map(|line| line.quantity));
        let mut offer = |&(node, offer): &(NodeId, Offer)| {
            search.offer(node.0, box_price(offer, rounding as i64, per_box), |at| {
                let line = &lines[at];
                let units = fill.left(line, node);
                let usable = fill.splits_lines() || line.quantity <= units;
                let bid = prices.map_or(0, |tables| tables.bid_price(line.sku, node).0 * PER_MINOR);
                (if usable { units } else { 0 }, gram_price(offer, line) + bid)
            });
        };
        match prices {
            None => reach.cheap.iter().for_each(&mut offer),
            // Of equals the first wins: with prices the dearest box, which spares what others need.
            Some(_) => reach.cheap.iter().rev().for_each(&mut offer),
        }
        search.run(cap);
        fill.out.considered = fill.out.considered.saturating_add(search.considered());
        let mut served = 0;
        let mut rest = 0;
        search.shares(|share| {
            while served < share.line {
                fill.backorder(&lines[served], lines[served].quantity - rest);
                (served, rest) = (served + 1, 0);
            }
            rest += share.units;
            fill.assign(&lines[share.line], NodeId(share.tag), share.units);
        });
        for line in &lines[served..] {
            fill.backorder(line, line.quantity - rest);
            rest = 0;
        }
    });
}

/// Opening a box: its first kilogram, less the kilogram that counts by the gram, and the box itself.
fn box_price(offer: Offer, rounding_g: i64, per_box: i64) -> i64 {
    let freight = offer.first_kg.0 * PER_MINOR - offer.per_further_kg.0 * (1_000 - rounding_g);
    freight.max(0) + per_box * PER_MINOR
}

/// Freight of one unit by its weight.
fn gram_price(offer: Offer, line: &OpenLine) -> i64 {
    offer.per_further_kg.0 * i64::from(line.unit_g)
}

/// The cheapest node, by freight of the whole order, that has every line; else everything waits.
pub(super) fn single_or_wait(fill: &mut Fill<'_>, reach: Reach<'_>) {
    let order = fill.order;
    let mut best: Option<(i64, usize)> = None;
    for (at, &(node, offer)) in reach.cheap.iter().enumerate() {
        fill.out.considered += 1;
        let has_all = |line: &OpenLine| {
            let same = order.lines.iter().filter(|other| other.sku == line.sku);
            let wanted: u64 = same.map(|other| u64::from(other.quantity)).sum();
            wanted <= u64::from(fill.left(line, node))
        };
        let freight = freight(offer, order.lines);
        if best.is_none_or(|best| freight < best.0) && order.lines.iter().all(has_all) {
            best = Some((freight, at));
        }
    }
    for line in order.lines {
        match best {
            Some((_, at)) => fill.assign(line, reach.cheap[at].0, line.quantity),
            None => fill.backorder(line, line.quantity),
        }
    }
}

/// One box a handling class.
fn freight(offer: Offer, lines: &[OpenLine]) -> i64 {
    let mut sum = 0;
    for class in HandlingClass::ALL {
        let of_class = lines.iter().filter(|line| line.class == class);
        let weight: u64 = of_class.clone().map(OpenLine::weight_g).sum();
        if of_class.clone().next().is_some() {
            sum += offer.freight(weight).0;
        }
    }
    sum
}
