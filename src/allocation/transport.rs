//! One SKU's stock against the demand of zones: the cheapest way to serve it, and what one more unit is worth.
//!
//! Nodes have units, zones ask for units, a unit from node k to zone z costs `c(k, z)`, a unit that nobody
//! serves costs `lost`. Solved by shortest augmenting paths on the graph of nodes: zones are only ever passed
//! through, so a path among at most a few dozen nodes is all there is to look for.
//!
//! # Promises
//! - The cost is the least, up to rounding of the demand (units may be fractions).
//! - `value(k)` is what the least cost falls by with one more unit at node k: 0 where something is left over.
//!   Exact where the units are whole, and never more than `lost` less the cheapest price from the node.
//! - Equal inputs give equal answers.
//!
//! # Why potentials and not a linear program
//! The dual of this program is a shortest path in the residual graph: from a node, through the zones that
//! others could serve instead, to stock that nobody uses or to demand that nobody serves. It costs a few
//! additions a node pair, where an interior point writes out a matrix (`benches/allocation.rs`).

/// A flow below this is rounding.
const GRAIN: f64 = 1e-9;

/// One SKU.
#[derive(Debug, Default)]
pub struct Transport {
    nodes: usize,
    zones: usize,
    cost: Vec<f64>,
    lost: f64,
    left: Vec<f64>,
    /// Units by (zone, node); the last node of a zone is "nobody".
    flow: Vec<f64>,
    /// Cheapest exchange: give a zone served by `a` to `b`, by (a, b), and the zone.
    swap: Vec<(f64, u32)>,
    distance: Vec<f64>,
    parent: Vec<usize>,
}

impl Transport {
    /// Serves `demand` (by zone) from `stock` (by node) at `cost` (by node, then zone; infinite where there is
    /// no way).
    pub fn solve(&mut self, stock: &[f64], demand: &[f64], cost: &[f64], lost: f64) -> f64 {
        (self.nodes, self.zones, self.lost) = (stock.len(), demand.len(), lost);
        self.cost.clear();
        self.cost.extend_from_slice(cost);
        self.left.clear();
        self.left.extend_from_slice(stock);
        self.flow.clear();
        self.flow.resize(self.zones * (self.nodes + 1), 0.0);
        self.swap.clear();
        self.swap.resize(self.nodes * self.nodes, (f64::INFINITY, 0));
        for (zone, &units) in demand.iter().enumerate() {
            self.serve(zone, units);
        }
        self.total()
    }

    fn price(&self, node: usize, zone: usize) -> f64 {
        if node == self.nodes { self.lost } else { self.cost[node * self.zones + zone] }
    }

    fn at(&self, zone: usize, node: usize) -> usize {
        zone * (self.nodes + 1) + node
    }

    pub fn total(&self) -> f64 {
        let mut sum = 0.0;
        for zone in 0..self.zones {
            for node in 0..=self.nodes {
                let units = self.flow[self.at(zone, node)];
                if 0.0 < units {
                    sum += units * self.price(node, zone);
                }
            }
        }
        sum
    }

    /// Brings one zone's units in, along cheapest paths.
    fn serve(&mut self, zone: usize, mut units: f64) {
        while GRAIN < units {
            // Where the cheapest node has something left, no exchange can be better: one that ends in stock
            // left over and lowers the price would have been made before.
            let direct = (0..self.nodes).min_by(|&a, &b| self.price(a, zone).total_cmp(&self.price(b, zone)));
            if let Some(node) =
                direct.filter(|&node| GRAIN < self.left[node] && self.price(node, zone) < self.lost)
            {
                let moved = units.min(self.left[node]);
                self.left[node] -= moved;
                self.gain(node, zone, moved);
                units -= moved;
                continue;
            }
            let start = |node: usize| self.price(node, zone);
            // From the zone to a node, and on through exchanges to one that has something left.
            let first: Vec<f64> = (0..self.nodes).map(start).collect();
            self.shortest(&first);
            let ends = (0..self.nodes).filter(|&node| GRAIN < self.left[node]);
            let end = ends.min_by(|&a, &b| self.distance[a].total_cmp(&self.distance[b]).then(a.cmp(&b)));
            // Or to demand served by a node that is dearer than losing it.
            let loses = self.cheapest_loss();
            let by_loss = loses.map_or(f64::INFINITY, |(node, _, gain)| self.distance[node] + gain);
            let by_stock = end.map_or(f64::INFINITY, |node| self.distance[node]);
            if self.lost <= by_stock.min(by_loss) {
                let at = self.at(zone, self.nodes);
                self.flow[at] += units;
                return;
            }
            if by_stock <= by_loss {
                let end = end.expect("a distance has a node");
                let moved = self.bottleneck(end, units.min(self.left[end]));
                self.left[end] -= moved;
                self.push(zone, end, moved);
                units -= moved;
            } else {
                let (end, other, _) = loses.expect("a distance has a node");
                let moved = self.bottleneck(end, units.min(self.flow[self.at(other, end)]));
                self.lose(end, other, moved);
                let nobody = self.at(other, self.nodes);
                self.flow[nobody] += moved;
                self.push(zone, end, moved);
                units -= moved;
            }
        }
    }

    /// The node and zone where a served unit is lost at the least price, beyond the distance to the node.
    fn cheapest_loss(&self) -> Option<(usize, usize, f64)> {
        let mut best: Option<(usize, usize, f64)> = None;
        for zone in 0..self.zones {
            for node in 0..self.nodes {
                if GRAIN < self.flow[self.at(zone, node)] {
                    let gain = self.lost - self.price(node, zone);
                    let total = self.distance[node] + gain;
                    if best.is_none_or(|(known, _, least)| total < self.distance[known] + least) {
                        best = Some((node, zone, gain));
                    }
                }
            }
        }
        best
    }

    /// Distances from `first` along exchanges: at most one pass a node (Bellman and Ford).
    fn shortest(&mut self, first: &[f64]) {
        self.distance.clear();
        self.distance.extend_from_slice(first);
        self.parent.clear();
        self.parent.resize(self.nodes, usize::MAX);
        for _ in 0..self.nodes {
            let mut moved = false;
            for a in 0..self.nodes {
                for b in 0..self.nodes {
                    let through = self.distance[a] + self.swap[a * self.nodes + b].0;
                    if through + GRAIN < self.distance[b] {
                        (self.distance[b], self.parent[b], moved) = (through, a, true);
                    }
                }
            }
            if !moved {
                return;
            }
        }
    }

    /// The least flow on the path to `end`, no more than `most`.
    fn bottleneck(&self, end: usize, most: f64) -> f64 {
        let (mut node, mut least) = (end, most);
        while self.parent[node] != usize::MAX {
            let from = self.parent[node];
            let zone = self.swap[from * self.nodes + node].1 as usize;
            least = least.min(self.flow[self.at(zone, from)]);
            node = from;
        }
        least
    }

    /// Moves units along the path: every exchange gives a zone of the earlier node to the later one.
    fn push(&mut self, zone: usize, end: usize, units: f64) {
        let mut node = end;
        while self.parent[node] != usize::MAX {
            let from = self.parent[node];
            let other = self.swap[from * self.nodes + node].1 as usize;
            self.gain(node, other, units);
            self.lose(from, other, units);
            node = from;
        }
        self.gain(node, zone, units);
    }

    /// The node serves more of the zone: exchanges out of it may be cheaper.
    fn gain(&mut self, node: usize, zone: usize, units: f64) {
        let at = self.at(zone, node);
        self.flow[at] += units;
        for to in (0..self.nodes).filter(|&to| to != node) {
            let price = self.price(to, zone) - self.price(node, zone);
            let swap = &mut self.swap[node * self.nodes + to];
            if price < swap.0 {
                *swap = (price, zone as u32);
            }
        }
    }

    /// The node serves less of the zone: where nothing is left, other zones are what it can exchange.
    fn lose(&mut self, node: usize, zone: usize, units: f64) {
        let at = self.at(zone, node);
        self.flow[at] -= units;
        if GRAIN < self.flow[at] {
            return;
        }
        for to in 0..self.nodes {
            if self.swap[node * self.nodes + to].1 as usize != zone {
                continue;
            }
            let mut best = (f64::INFINITY, 0);
            for zone in (0..self.zones).filter(|_| to != node) {
                let price = self.price(to, zone) - self.price(node, zone);
                if GRAIN < self.flow[self.at(zone, node)] && price < best.0 {
                    best = (price, zone as u32);
                }
            }
            self.swap[node * self.nodes + to] = best;
        }
    }

    /// What one more unit at each node is worth.
    pub fn values(&self, out: &mut Vec<f64>) {
        out.clear();
        // The least price of a unit, if it is brought in from each node's side of the graph: what it lets go.
        for node in 0..self.nodes {
            out.push(if GRAIN < self.left[node] { 0.0 } else { self.saving(node) });
        }
        // A unit here may free one of another node, which is worth something there.
        for _ in 0..self.nodes {
            let mut moved = false;
            for b in 0..self.nodes {
                for a in 0..self.nodes {
                    let swap = self.swap[a * self.nodes + b].0;
                    if out[b] + GRAIN < out[a] - swap {
                        (out[b], moved) = (out[a] - swap, true);
                    }
                }
            }
            if !moved {
                break;
            }
        }
    }

    /// Serving with one more unit what is lost now.
    fn saving(&self, node: usize) -> f64 {
        let lost = (0..self.zones).filter(|&zone| GRAIN < self.flow[self.at(zone, self.nodes)]);
        lost.map(|zone| self.lost - self.price(node, zone)).fold(0.0, f64::max)
    }

    /// Units that the node serves in all.
    pub fn served(&self, node: usize) -> f64 {
        (0..self.zones).map(|zone| self.flow[self.at(zone, node)]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::Draw;

    struct Case {
        stock: Vec<f64>,
        demand: Vec<f64>,
        cost: Vec<f64>,
        lost: f64,
    }

    fn drawn(seed: u64) -> Case {
        let dice = &mut Draw::new(seed, 0).source("transport");
        let mut below = |n: u64| (dice.bits() % n) as f64;
        Case {
            stock: (0..4).map(|_| below(6)).collect(),
            demand: (0..6).map(|_| below(5)).collect(),
            cost: (0..24).map(|_| 1.0 + below(20)).collect(),
            lost: 12.0 + below(20),
        }
    }

    /// Units one by one over cycles of the residual graph, as plainly as it can be said: start with everything
    /// lost and cancel negative cycles by Bellman and Ford over all nodes and zones.
    fn plain(case: &Case) -> f64 {
        let (nodes, zones) = (case.stock.len(), case.demand.len());
        let (source, lost, count) = (nodes + zones, nodes + zones + 1, nodes + zones + 3);
        let sink = lost + 1;
        let mut edges: Vec<(usize, usize, f64, f64)> = Vec::new(); // from, to, room, price
        let mut add = |from, to, room, price: f64| {
            edges.push((from, to, room, price));
            edges.push((to, from, 0.0, -price));
        };
        for node in 0..nodes {
            add(source, node, case.stock[node], 0.0);
            for zone in 0..zones {
                add(node, nodes + zone, 1e6, case.cost[node * zones + zone]);
            }
        }
        add(source, lost, 1e6, 0.0);
        for zone in 0..zones {
            add(lost, nodes + zone, 1e6, case.lost);
            add(nodes + zone, sink, case.demand[zone], 0.0);
        }
        let mut cost = 0.0;
        loop {
            let mut distance = vec![f64::INFINITY; count];
            let mut by = vec![usize::MAX; count];
            distance[source] = 0.0;
            for _ in 0..count {
                for (at, &(from, to, room, price)) in edges.iter().enumerate() {
                    if 0.5 < room && distance[from] + price < distance[to] - 1e-9 {
                        (distance[to], by[to]) = (distance[from] + price, at);
                    }
                }
            }
            if distance[sink] == f64::INFINITY {
                return cost;
            }
            let mut node = sink;
            while node != source {
                let at = by[node];
                edges[at].2 -= 1.0;
                edges[at ^ 1].2 += 1.0;
                node = edges[at].0;
            }
            cost += distance[sink];
        }
    }

    #[test]
    fn it_is_the_cheapest_and_its_values_are_finite_differences() {
        let (mut transport, mut values) = (Transport::default(), Vec::new());
        let mut scarce = 0;
        for seed in 0..400 {
            let case = drawn(seed);
            let cost = transport.solve(&case.stock, &case.demand, &case.cost, case.lost);
            assert!((cost - plain(&case)).abs() < 1e-6, "seed {seed}: {cost} {}", plain(&case));
            transport.values(&mut values);
            for (node, &value) in values.iter().enumerate() {
                let mut more = drawn(seed);
                more.stock[node] += 1.0;
                let falls = cost - plain(&more);
                assert!((value - falls).abs() < 1e-6, "seed {seed}, node {node}: {value} against {falls}");
                scarce += u32::from(0.0 < value);
            }
        }
        assert!(400 < scarce, "the cases are too easy: {scarce} cells of value");
    }
}
