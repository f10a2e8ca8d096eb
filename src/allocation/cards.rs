//! What each strategy does, what it costs and where it comes from: for `ordermill explain strategies`.

use super::Builtin;

/// One strategy as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    pub builtin: Builtin,
    pub rule: &'static str,
    /// Work for one order.
    pub cost: &'static str,
    pub source: &'static str,
}

const fn card(builtin: Builtin, rule: &'static str, cost: &'static str, source: &'static str) -> Card {
    Card { builtin, rule, cost, source }
}

/// In the order of `Builtin::ALL`.
pub const CARDS: [Card; 13] = [
    card(
        Builtin::Priority,
        "Each line from the first node, by the planner's rank (nodes[].priority), that has all of it; else in parts.",
        "lines x nodes",
        "Adobe Commerce (Magento) source selection \"priority\"; Saleor PRIORITIZE_SORTING_ORDER.",
    ),
    card(
        Builtin::Nearest,
        "Each line from the nearest node by road that has all of it; else in parts, nearest first.",
        "lines x nodes",
        "Adobe Commerce (Magento) source selection \"distance\".",
    ),
    card(
        Builtin::CheapestLine,
        "Each line from the node where it adds the least freight, boxes already open counted; never looks at the whole order.",
        "lines x nodes",
        "The myopic baseline: it opens boxes where no other line can follow.",
    ),
    card(
        Builtin::Balance,
        "Each line from the node with the least open work a server, in quarter hours; then the one whose shelf lasts most days of the demand nearest to it, then the nearer.",
        "lines x nodes",
        "Saleor PRIORITIZE_HIGH_STOCK, in days of cover, with the floor's load before the shelf.",
    ),
    card(
        Builtin::SingleOrWait,
        "The whole order from the cheapest node that has all of it; otherwise the whole order waits.",
        "lines x nodes",
        "The single-warehouse rule; its split rate is the least there can be, its waiting the most.",
    ),
    card(
        Builtin::FewestSplits,
        "The smallest set of nodes that serves the most units; ties by the price of their boxes. Exact up to 20 nodes, then greedy.",
        "subsets of nodes by size, branches cut",
        "Set cover; Salesforce Order Management \"find routes with fewest splits\".",
    ),
    card(
        Builtin::CheapestSet,
        "The cheapest set of nodes that serves the most units: a box and its first kilogram for each node, weight by the gram.",
        "subsets of undominated nodes, depth first, branches cut by the cheapest completion",
        "The myopic optimum that Jasin and Sinha 2015 (Operations Research 63:1336) measure against.",
    ),
    card(
        Builtin::BidPrice,
        "As cheapest-set, with the price on top that the last units of a cell are worth to the orders still to come.",
        "as cheapest-set; prices made anew as often as allocation.refresh-every says",
        "Acimovic and Graves 2015 (M&SOM 17:34); prices by the volume algorithm, Barahona and Anbil 2000.",
    ),
    card(
        Builtin::Score,
        "Each line from the node with the least value of allocation.score: a formula, or a list of formulas compared in turn.",
        "lines x nodes x operations of the formula",
        "A weighted score, or the ordered rules of Spree and Shopify: the first that is not a tie wins.",
    ),
    card(
        Builtin::Wave,
        "Orders wait for the clock (allocation.wave-every) and are planned as by bid-price, then together: split orders move whole to one node while others give way, and each SKU's nodes are exchanged among all orders.",
        "as bid-price, then a few trials a split order and one transport problem a SKU",
        "Xu, Allgor and Graves 2009 (M&SOM 11:340): order swap and SKU exchange.",
    ),
    card(
        Builtin::IndepRound,
        "A baseline: each line from a node drawn by the shares that a transport program of its SKU sends to the zone, line by line; what that node has not waits.",
        "lines; programs made anew as often as allocation.refresh-every says",
        "Jasin and Sinha 2015 (Operations Research 63:1336): independent rounding.",
    ),
    card(
        Builtin::DilateRound,
        "A baseline: as indep-round, with one exponential clock a node for all lines of the order, so that lines of like shares go together.",
        "lines x nodes of the shares; programs made anew as often as allocation.refresh-every says",
        "Ma 2023 (M&SOM): dilated rounding.",
    ),
    card(
        Builtin::DilateFallback,
        "As dilate-round; what the drawn node has not goes as by nearest.",
        "lines x nodes; programs made anew as often as allocation.refresh-every says",
        "Dilated rounding of Ma 2023 with live stock.",
    ),
];
