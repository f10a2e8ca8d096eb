//! What the words of a report mean: one source for `ordermill explain TERM`, the page's glossary and its tooltips.

use super::document::Unit;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Kebab-case; as in scenarios and tables.
    pub name: &'static str,
    /// One sentence.
    pub short: &'static str,
    /// How it is counted: numerator, denominator, population, window.
    pub long: &'static str,
    pub unit: Option<Unit>,
}

const fn term(name: &'static str, unit: Option<Unit>, short: &'static str, long: &'static str) -> Term {
    Term { name, short, long, unit }
}

/// In alphabetical order.
pub const TERMS: [Term; 39] = [
    term(
        "allocation",
        None,
        "The choice of the nodes that serve an order's lines.",
        "A strategy plans, the engine commits: a plan is checked against stock again before anything is held. Not to be confused with a reservation, which is the hold itself.",
    ),
    term(
        "attempt",
        Some(Unit::Count),
        "One try to hand a parcel over at the door.",
        "`attempts_mean` is tries / parcels that were handed over or given up.",
    ),
    term(
        "available",
        Some(Unit::Count),
        "Units on hand that may still be promised.",
        "On hand minus reserved; safety stock is fenced off before.",
    ),
    term(
        "backorder",
        Some(Unit::Count),
        "Units that were ordered, paid and not in stock; they wait for goods to come in.",
        "`backorder-share` is orders that ever waited for stock / orders submitted.",
    ),
    term(
        "bottleneck",
        None,
        "The station that breaks first: staffed time used above 95 % of an interval.",
        "Stations are listed by the first interval in which they broke, in replication 0; `replications` says in how many it broke.",
    ),
    term(
        "confidence",
        Some(Unit::Share),
        "How often an interval made this way covers the true mean.",
        "0.95 unless the scenario says otherwise; two-sided; Student's t over replications.",
    ),
    term(
        "cost-per-order",
        Some(Unit::MinorMoney),
        "All costs divided by orders submitted.",
        "Labor is paid for staffed time, used or not. Penalties are inside; the price of the goods is not.",
    ),
    term(
        "cut-off",
        None,
        "The last moment at which a parcel can be at the dock for a departure.",
        "A parcel that comes later waits for the next departure and is not counted as rolled over.",
    ),
    term(
        "departure",
        Some(Unit::Count),
        "One vehicle leaving on a lane, full or not.",
        "It takes parcels by rank, then by the time they reached the dock, up to its capacity.",
    ),
    term(
        "fill",
        Some(Unit::Share),
        "Parcels carried / places offered on a lane.",
        "Over all departures within the horizon, empty ones included.",
    ),
    term(
        "fulfillment-order",
        Some(Unit::Count),
        "What one node owes one order.",
        "An order that is split has several; orders merged into one parcel keep one each.",
    ),
    term(
        "half-width",
        None,
        "Half the length of a confidence interval: the value is mean +- half-width.",
        "t(n - 1, confidence) x standard deviation / sqrt(n) over n replications. One replication has none.",
    ),
    term(
        "holds",
        None,
        "The whole interval is on the good side of the bound.",
        "Exit code 0 when every SLO holds.",
    ),
    term(
        "horizon",
        Some(Unit::Seconds),
        "The simulated length.",
        "Orders that are not finished then are counted as open, never dropped.",
    ),
    term(
        "in-work",
        Some(Unit::Count),
        "Orders about which something is still to be done: work in process.",
        "Submitted, and neither in a final state nor delivered; a return is work again until it is refunded. Seen at the end of every interval.",
    ),
    term(
        "inconclusive",
        None,
        "The interval straddles the bound: more replications are needed to tell.",
        "Exit code 3. `--replications auto` goes on, at 5, 10, 20, 40 and 80, until every SLO is decided.",
    ),
    term(
        "lane",
        None,
        "A scheduled connection of two nodes by one carrier.",
        "It has a timetable, a cut-off, a capacity a departure and a cost.",
    ),
    term(
        "lateness",
        Some(Unit::Seconds),
        "How long after its promise a late order arrived.",
        "Over late orders only.",
    ),
    term(
        "lead-time",
        Some(Unit::Seconds),
        "From submit to the delivery of the order's last parcel.",
        "Over delivered orders that were submitted after warm-up, and open ones past their promise, with their age so far. Other open orders have no lead time yet: read it beside the open share.",
    ),
    term(
        "offered-load",
        Some(Unit::Share),
        "Work that came to a station / staffed time.",
        "Above 1 the queue grows whatever its discipline. Utilization can never show that: it stops at 1.",
    ),
    term(
        "on-time-share",
        Some(Unit::Share),
        "Orders delivered by their promise / orders promised within the horizon.",
        "Undelivered and open orders whose promise has passed count as late.",
    ),
    term(
        "open-share",
        Some(Unit::Share),
        "Orders not in a final state at the horizon / orders submitted.",
        "A large one means that the horizon is too short for the times in the report to be trusted.",
    ),
    term(
        "p99",
        None,
        "The 0.99 quantile: 99 of 100 are at or below it.",
        "From an HDR histogram, 0.1 % wide; over replications, the mean of the replications' quantiles.",
    ),
    term(
        "promise",
        None,
        "The instant by which the shopper was told to have the goods.",
        "Planned at submit, by the provisional plan: handling time, the next departures, mean travel, at each hub the mean sorting time and 30 minutes, the time in which nine of ten last miles are done, and slack.",
    ),
    term(
        "queue-max",
        Some(Unit::Count),
        "The most that ever waited at a station at one time.",
        "Those in service are not counted.",
    ),
    term(
        "recovery",
        Some(Unit::Seconds),
        "The time from a fault's end until the orders in work are back to what they are without it.",
        "Back is: no more than 1 % of the peak without faults above it, from then on until the next fault begins or the horizon comes.",
    ),
    term(
        "refused-share",
        Some(Unit::Share),
        "Orders refused at submit / orders submitted.",
        "Refused for lack of stock or of a way to the address; a declined payment is not a refusal.",
    ),
    term(
        "replication",
        Some(Unit::Count),
        "One run of the whole scenario with its own luck.",
        "Replication r of a seed is the same on every machine and any number of threads.",
    ),
    term(
        "reservation",
        None,
        "The hold on stock for one order.",
        "`reserve-at` says when it is taken: at submit, at pay or at allocate. It takes all its pieces or none.",
    ),
    term(
        "roll-over",
        Some(Unit::Count),
        "A parcel that was at the dock in time and did not fit.",
        "Counted at each departure that it missed.",
    ),
    term(
        "seed",
        None,
        "The number from which all luck is drawn.",
        "Equal scenario and seed give equal bytes of result.json.",
    ),
    term(
        "ship-time",
        Some(Unit::Seconds),
        "From submit to the departure of the order's last parcel.",
        "Over shipped orders that were submitted after warm-up.",
    ),
    term(
        "slo",
        None,
        "A service-level objective: a metric, a quantile and a bound that the planner promises.",
        "Each holds, fails or is inconclusive; the verdict of the run is the worst of them.",
    ),
    term(
        "split",
        Some(Unit::Share),
        "One order served from several nodes or in several boxes.",
        "`split-share` is orders with more than one fulfillment order / orders allocated.",
    ),
    term(
        "stage-time",
        Some(Unit::Seconds),
        "From entering a stage of the order's life to leaving it, waiting included.",
        "By order, fulfillment order or parcel, whichever the stage handles.",
    ),
    term(
        "station",
        None,
        "Servers of one kind at one node, with one queue.",
        "Such as the packers of a fulfillment center, or the sorters of a hub.",
    ),
    term(
        "utilization",
        Some(Unit::Share),
        "Time spent serving / staffed time.",
        "Time-weighted over the horizon; outside of shifts there is no staffed time.",
    ),
    term(
        "wait-share",
        Some(Unit::Share),
        "Of the mean time in a stage, the part spent waiting.",
        "For a server, a wave, a merge window, stock or a departure.",
    ),
    term(
        "warm-up",
        Some(Unit::Seconds),
        "The start that is simulated and left out of the answers.",
        "Lead times, ship times and on-time shares leave out orders submitted in it; stages and stations are told from its end on; counts and costs cover the whole run.",
    ),
];

/// The term of that name; spaces, capitals and underscores do not matter.
pub fn explain(name: &str) -> Option<&'static Term> {
    let name = kebab(name);
    TERMS.iter().find(|term| term.name == name)
}

/// The term whose name is closest in spelling, if any is close enough to be meant.
pub fn nearest(name: &str) -> Option<&'static Term> {
    let name = kebab(name);
    let (distance, term) = TERMS
        .iter()
        .map(|term| (strsim::damerau_levenshtein(&name, term.name), term))
        .min_by_key(|&(distance, term)| (distance, term.name))?;
    let contains = || TERMS.iter().find(|term| 3 <= name.len() && term.name.contains(name.as_str()));
    if distance <= 1 + name.len() / 4 { Some(term) } else { contains() }
}

fn kebab(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '_'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_sorted_and_whole_sentences() {
        assert!(TERMS.is_sorted_by_key(|term| term.name));
        assert!(TERMS.iter().all(|term| term.short.ends_with('.') && term.long.ends_with('.')));
    }

    #[test]
    fn a_slip_of_the_key_is_understood() {
        assert_eq!(explain("Lead time").map(|term| term.name), Some("lead-time"));
        assert_eq!(explain("half_width").map(|term| term.name), Some("half-width"));
        assert_eq!(nearest("utilisation").map(|term| term.name), Some("utilization"));
        assert_eq!(nearest("rollover").map(|term| term.name), Some("roll-over"));
        assert_eq!(nearest("on-time").map(|term| term.name), Some("on-time-share"));
        assert_eq!(nearest("banana"), None);
    }
}
