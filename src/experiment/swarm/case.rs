//! A case: one small scenario of the swarm, as dimensions and keys, so that it can be drawn, written down as a
//! scenario file and made smaller.

use std::fmt::Write;

/// A scenario of one to four nodes. Everything that is not a dimension is a key of the public table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub seed: u64,
    pub replications: u32,
    pub orders: u64,
    pub skus: u64,
    /// Fulfillment centers; with more than one, a hub of its own joins them.
    pub centers: usize,
    pub customers: u64,
    pub horizon_h: u64,
    pub arrivals_h: u64,
    /// What differs from the smallest shop: path and value, as `--set` takes them.
    pub keys: Vec<(String, String)>,
    /// What goes wrong: items of the list of faults, as a scenario writes them.
    pub faults: Vec<String>,
}

/// Where nodes stand, in this order; the last is the hub.
const CITIES: [&str; 4] = ["Hamburg", "Leipzig", "Stuttgart", "Frankfurt am Main"];

impl Case {
    /// The scenario file. Keys stand at the top of the file as comments too, so that a reader sees what matters.
    pub fn text(&self) -> String {
        let mut tree = Tree::default();
        for (path, value) in self.shop() {
            tree.set(&path, value);
        }
        let lists = |tree: &Tree, path: &str| tree.len(path);
        for (path, value) in &self.keys {
            match path.split_once(".*") {
                // Every item of a list.
                Some((list, rest)) => {
                    for index in 0..lists(&tree, list) {
                        tree.set(&format!("{list}.{index}{rest}"), value.clone());
                    }
                }
                None => tree.set(path, value.clone()),
            }
        }
        if !self.faults.is_empty() {
            tree.set("faults", format!("[{}]", self.faults.join(", ")));
        }
        let mut text = String::new();
        for (name, branch) in &tree.branches {
            let _ = writeln!(text, "{name}: {}", branch.flow());
        }
        text
    }

    /// The smallest shop with everything in it.
    fn shop(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut put = |path: &str, value: String| pairs.push((path.to_owned(), value));
        put("name", "swarm".to_owned());
        put("start", "2026-11-09T08:00".to_owned());
        put("run.horizon", format!("{} h", self.horizon_h));
        put("run.seed", self.seed.to_string());
        put("run.replications.min", self.replications.to_string());
        put("run.replications.max", self.replications.to_string());
        put("arrivals.profile.orders", self.orders.to_string());
        put("arrivals.profile.duration", format!("{} h", self.arrivals_h));
        put("zones.cities.country", "de".to_owned());
        put("zones.cities.count", "5".to_owned());
        put("customers.count", self.customers.to_string());
        put("catalog.synthetic.skus", self.skus.to_string());
        for (index, city) in CITIES[..3].iter().enumerate().take(self.centers) {
            put(&format!("nodes.{index}.name"), format!("center-{index}"));
            put(&format!("nodes.{index}.at.city"), (*city).to_owned());
            put(&format!("nodes.{index}.pickers"), "2".to_owned());
            put(&format!("nodes.{index}.packers"), "2".to_owned());
        }
        put(&format!("nodes.{}.name", self.centers), "hub".to_owned());
        put(&format!("nodes.{}.kind", self.centers), "hub".to_owned());
        put(&format!("nodes.{}.at.city", self.centers), CITIES[3].to_owned());
        put("carriers.0.name", "post".to_owned());
        put("carriers.1.name", "courier".to_owned());
        put("delivery.0.name", "standard".to_owned());
        put("delivery.0.share", "3".to_owned());
        put("delivery.1.name", "express".to_owned());
        put("delivery.1.rank", "0".to_owned());
        put("delivery.1.carriers", "[courier]".to_owned());
        for (index, name) in ["card", "invoice", "cash"].into_iter().enumerate() {
            put(&format!("payment.methods.{index}.name"), name.to_owned());
        }
        put("payment.methods.2.cash-on-delivery", "true".to_owned());
        pairs
    }
}

/// A tree of keys in the order in which they came; numbers are places in a list.
#[derive(Debug, Default)]
struct Tree {
    value: Option<String>,
    branches: Vec<(String, Tree)>,
}

impl Tree {
    fn set(&mut self, path: &str, value: String) {
        let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
        let index = match self.branches.iter().position(|branch| branch.0 == head) {
            Some(index) => index,
            None => {
                self.branches.push((head.to_owned(), Tree::default()));
                self.branches.len() - 1
            }
        };
        let branch = &mut self.branches[index].1;
        match rest {
            Some(rest) => {
                branch.value = None;
                branch.set(rest, value);
            }
            None => *branch = Tree { value: Some(value), branches: Vec::new() },
        }
    }

    fn len(&self, path: &str) -> usize {
        let mut tree = self;
        for name in path.split('.') {
            match tree.branches.iter().find(|branch| branch.0 == name) {
                Some(branch) => tree = &branch.1,
                None => return 0,
            }
        }
        tree.branches.len()
    }

    /// As YAML in flow style.
    fn flow(&self) -> String {
        if let Some(value) = &self.value {
            return scalar(value);
        }
        let list = self.branches.first().is_some_and(|branch| branch.0.parse::<usize>().is_ok());
        let items: Vec<String> = self
            .branches
            .iter()
            .map(|(name, branch)| if list { branch.flow() } else { format!("{name}: {}", branch.flow()) })
            .collect();
        if list { format!("[{}]", items.join(", ")) } else { format!("{{{}}}", items.join(", ")) }
    }
}

/// Flow values stand as they are; texts with a colon in them are quoted.
fn scalar(value: &str) -> String {
    let flow = value.starts_with(['{', '[', '"']);
    if flow || !value.contains([':', '#', ',', '{', '}']) { value.to_owned() } else { format!("\"{value}\"") }
}
