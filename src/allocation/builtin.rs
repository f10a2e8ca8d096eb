//! The built-in strategies that go line by line: `priority`, `nearest`, `cheapest-line`, `balance`.
//!
//! All of them prefer a node that has the whole line over parts, and see live stock.
//!
//! # Why cheapest-line counts the box that is already open
//! Marginal freight is what the line adds: with a parcel open at a node it is some kilograms more, without
//! one it is a parcel. It still looks at one line at a time, never at the set, so the first line may open a
//! box where no other line can follow: the baseline that `fewest-splits` and later `cheapest-set` are
//! measured against.
//!
//! # Why balance counts quarter hours
//! Open work a server is a noisy number; with every second counted, the nearest node would win only by
//! accident. Among nodes within a quarter hour of work the longer cover wins, then distance.
//!
//! # Why balance counts days, not units
//! Fifty units in a metropolis are gone by noon, twenty in the country last a week. The cover of a shelf is its units
//! over what the zones nearest to the node are expected to ask a day. Where nobody tells the demand, it is its units.

use std::cmp::Reverse;

use crate::domain::NodeId;

use super::fill::Fill;
use super::forecast::Forecast;
use super::tables::{Offer, Reach};

/// By the planner's rank of nodes.
pub(super) fn priority(fill: &mut Fill<'_>, reach: Reach<'_>) {
    for line in fill.order.lines {
        fill.in_order(line, reach.ranked.iter().copied());
    }
}

/// By road distance.
pub(super) fn nearest(fill: &mut Fill<'_>, reach: Reach<'_>) {
    for line in fill.order.lines {
        fill.in_order(line, reach.near.iter().copied());
    }
}

/// By the freight that the line adds; ties by the freight of a box, distance, id.
pub(super) fn cheapest_line(fill: &mut Fill<'_>, reach: Reach<'_>) {
    for line in fill.order.lines {
        let adds = |fill: &Fill<'_>, (node, offer): (NodeId, Offer)| match fill.box_weight(node, line.class) {
            None => offer.freight(line.weight_g()),
            Some(packed) => offer.freight(packed + line.weight_g()) - offer.freight(packed),
        };
        fill.by_key(line, reach.cheap, |(node, _)| node, adds);
    }
}

/// By open work a server, then the days that the shelf lasts, then distance, id.
pub(super) fn balance(fill: &mut Fill<'_>, reach: Reach<'_>, forecast: Option<&Forecast>) {
    for line in fill.order.lines {
        let lasts = |units: u32, node| match forecast {
            Some(forecast) => forecast.cover(line.sku, node, units),
            None => u64::from(units),
        };
        let evens =
            |fill: &Fill<'_>, node| (fill.stock.load(node), Reverse(lasts(fill.left(line, node), node)));
        fill.by_key(line, reach.near, |node| node, evens);
    }
}
