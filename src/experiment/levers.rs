//! Levers: the numbers of a scenario that a planner can move, or that may move by themselves, each as a factor.

use super::lab::Base;
use crate::model::StationKind;
use crate::scenario::Scenario;

/// A path with the sign of a change by a factor, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lever {
    pub name: String,
    pub path: String,
}

/// What moves in a tornado when nothing is named: demand, pages and payment, people and times of the floor, stock,
/// vehicles, the last mile, what comes back.
const USUAL: [(&str, &str); 20] = [
    ("demand", "demand*"),
    ("page load time", "shop.load-time*"),
    ("pages to an order", "shop.pages*"),
    ("payment lanes", "payment.methods.*.lanes*"),
    ("payment latency", "payment.methods.*.latency*"),
    ("reviewers", "review.reviewers*"),
    ("pickers", "nodes.*.pickers*"),
    ("packers", "nodes.*.packers*"),
    ("sorters", "nodes.*.sorters*"),
    ("graders", "nodes.*.graders*"),
    ("picking time an order", "floor.pick-per-order*"),
    ("picking time a line", "floor.pick-per-line*"),
    ("packing time an order", "floor.pack-per-order*"),
    ("stock", "stock.cover*"),
    ("room of lanes", "network.lane-rules.*.capacity*"),
    ("speed of lanes", "network.lane-rules.*.speed*"),
    ("last mile", "carriers.*.last-mile*"),
    ("failed attempts", "carriers.*.attempt-failure*"),
    ("changes of mind", "after-sales.change-of-mind*"),
    ("cancellations", "cancel.share*"),
];

/// What shoppers feel: pages, steps, ways to pay, who brings the goods, and who answers afterwards.
pub const EXPERIENCE: [(&str, &str); 22] = [
    ("page load time", "shop.load-time*"),
    ("pages to an order", "shop.pages*"),
    ("checkout steps", "checkout.steps*"),
    ("time of a step", "checkout.step-time*"),
    ("loss at a step", "checkout.step-loss*"),
    ("one click", "checkout.one-click*"),
    ("payment success", "payment.methods.*.success*"),
    ("payment latency", "payment.methods.*.latency*"),
    ("payment retries", "payment.methods.*.retry*"),
    ("fallback to another method", "payment.methods.*.fallback-share*"),
    ("last mile", "carriers.*.last-mile*"),
    ("failed attempts", "carriers.*.attempt-failure*"),
    ("speed of lanes", "network.lane-rules.*.speed*"),
    ("vans", "last-mile.vans*"),
    ("damaged goods", "after-sales.appearance-fault*"),
    ("time to refund", "returns.refund-time*"),
    ("exchanges", "returns.exchange*"),
    ("people on the phone", "service.phone.agents*"),
    ("people who chat", "service.chat.agents*"),
    ("settled at once", "service.resolution*"),
    ("people for complaints", "complaints.officers*"),
    ("compensation", "complaints.tiers.*.compensation*"),
];

/// Measures that the levers of `experience` are told by.
pub const FELT: [&str; 3] = ["conversion", "satisfaction", "cost_per_order"];

/// Of the usual ones, those that this scenario has, at all the factors.
pub fn usual(base: &Base, factors: &[f64]) -> Vec<Lever> {
    fitting(base, &USUAL, factors)
}

/// Of those that shoppers feel.
pub fn experience(base: &Base, factors: &[f64]) -> Vec<Lever> {
    fitting(base, &EXPERIENCE, factors)
}

fn fitting(base: &Base, known: &[(&str, &str)], factors: &[f64]) -> Vec<Lever> {
    let fits = |&&(_, path): &&(&str, &str)| {
        factors.iter().all(|factor| {
            let cell = base.spelled(&[(path.to_owned(), factor.to_string())]);
            let overrides = [base.overrides.clone(), cell].concat();
            crate::scenario::read(&base.path, &overrides).is_ok_and(|changed| changed != base.scenario)
        })
    };
    let lever = |&(name, path): &(&str, &str)| Lever { name: name.to_owned(), path: path.to_owned() };
    known.iter().filter(fits).map(lever).collect()
}

/// The number that says how many servers a station has.
pub fn of_station(scenario: &Scenario, kind: StationKind, name: &str) -> Option<String> {
    let place = name.split_once(" @ ").map(|(_, place)| place);
    let node = |key: &str| {
        let index = scenario.nodes.iter().position(|node| Some(node.name.as_str()) == place)?;
        Some(format!("nodes.{}.{key}", spelled(&scenario.nodes[index].name, index)))
    };
    match kind {
        StationKind::Pick => node("pickers"),
        StationKind::Pack => node("packers"),
        StationKind::Grade => node("graders"),
        StationKind::Sort => node("sorters"),
        StationKind::PutAway => Some("floor.put-away.workers".to_owned()),
        StationKind::Review => Some("review.reviewers".to_owned()),
        StationKind::Phone => Some("service.phone.agents".to_owned()),
        StationKind::Chat => Some("service.chat.agents".to_owned()),
        StationKind::Complaint => Some("complaints.officers".to_owned()),
        StationKind::Lead => Some("complaints.leads".to_owned()),
        StationKind::Page => Some("storefront.page.servers".to_owned()),
        StationKind::Search => Some("storefront.search.servers".to_owned()),
        StationKind::Recommend => Some("storefront.recommend.servers".to_owned()),
        StationKind::Pay => {
            let methods = &scenario.payment.methods;
            let index = methods.iter().position(|method| Some(method.name.as_str()) == place)?;
            Some(format!("payment.methods.{}.lanes", spelled(&methods[index].name, index)))
        }
    }
}

/// A name that would end a step of a path is written as its number.
pub(super) fn spelled(name: &str, index: usize) -> String {
    let plain = !name.contains(['.', '=']) && name.parse::<usize>().is_err() && name != "*";
    if plain { name.to_owned() } else { index.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn base(name: &str) -> Base {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.yaml"));
        Base::open(path, Vec::new(), None).0.expect("a shipped scenario")
    }

    #[test]
    fn every_usual_lever_fits_a_shop_that_has_it() {
        let all = usual(&base("quickstart"), &[1.1]);
        let missing: Vec<_> =
            USUAL.iter().filter(|(_, path)| all.iter().all(|own| own.path != *path)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        // A replay's demand is its file.
        assert!(usual(&base("cdnow-replay"), &[1.1]).iter().all(|own| own.name != "demand"));
    }

    #[test]
    fn every_station_has_a_lever_that_reads_back() {
        let base = base("quickstart");
        let world = base.world(&[]).expect("the base");
        for row in &world.model.stations {
            let path = of_station(&base.scenario, row.kind, &row.name).expect(&row.name);
            let more = base.world(&[(format!("{path}+"), "1".to_owned())]);
            let more = more.unwrap_or_else(|error| panic!("{path}: {error}"));
            let same = more.model.stations.iter().find(|own| own.name == row.name).expect("the same station");
            assert_eq!(same.servers_max, row.servers_max + 1, "{path}");
        }
    }

    #[test]
    fn names_that_are_no_step_are_numbers() {
        assert_eq!(spelled("Xi'an", 3), "Xi'an");
        assert_eq!([spelled("St. Louis", 3), spelled("7", 2)], ["3", "2"]);
    }
}
