//! One SKU's stock against the demand of zones: the cheapest way to serve it, and what one more unit is worth.
//!
//! Nodes have units, zones ask for units, a unit from node k to zone z costs `c(k, z)`, a unit that nobody
//! serves costs `lost`. Solved by shortest augmenting paths on the graph of nodes: zones are only ever passed
//! through, so a path among at most a few dozen nodes is all there is to look for. "Nobody" is one node more,
//! that never runs out.
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
//!
//! # Why only the nodes that have some
//! A node without stock serves nothing, so no path leads through it. It is left out of the graph, and its value is
//! read off the zones at the end: what a zone costs now, with the price of the unit that would come free, less
//! what it would cost from there.

/// A flow below this is rounding.
const GRAIN: f64 = 1e-9;

/// One SKU. Inside, a *place* is a node that has stock; the last place is nobody.
#[derive(Debug, Default)]
pub struct Transport {
    nodes: usize,
    zones: usize,
    /// Node of each place but the last.
    places: Vec<u32>,
    /// By (zone, place).
    cost: Vec<f64>,
    /// By (node, zone), as it was given.
    given: Vec<f64>,
    left: Vec<f64>,
    /// Units by (zone, place).
    flow: Vec<f64>,
    /// Cheapest exchange: give a zone served by `a` to `b`, by (a, b), and the zone.
    swap: Vec<f64>,
    swap_zone: Vec<u32>,
    distance: Vec<f64>,
    parent: Vec<usize>,
    /// Places whose exchanges were not looked at since they came nearer.
    open: Vec<bool>,
}

impl Transport {
    /// Serves `demand` (by zone) from `stock` (by node) at `cost` (by node, then zone; infinite where there is
    /// no way).
    pub fn solve(&mut self, stock: &[f64], demand: &[f64], cost: &[f64], lost: f64) -> f64 {
        (self.nodes, self.zones) = (stock.len(), demand.len());
        self.places.clear();
        self.places.extend((0..self.nodes as u32).filter(|&node| GRAIN < stock[node as usize]));
        let count = self.places.len() + 1;
        self.given.clear();
        self.given.extend_from_slice(cost);
        self.cost.clear();
        for zone in 0..self.zones {
            self.cost.extend(self.places.iter().map(|&node| cost[node as usize * self.zones + zone]));
            self.cost.push(lost);
        }
        self.left.clear();
        self.left.extend(self.places.iter().map(|&node| stock[node as usize]));
        self.left.push(f64::INFINITY);
        self.flow.clear();
        self.flow.resize(self.zones * count, 0.0);
        self.swap.clear();
        self.swap.resize(count * count, f64::INFINITY);
        self.swap_zone.clear();
        self.swap_zone.resize(count * count, 0);
        for (zone, &units) in demand.iter().enumerate() {
            self.serve(zone, units);
        }
        self.total()
    }

    fn count(&self) -> usize {
        self.left.len()
    }

    pub fn total(&self) -> f64 {
        let served = self.flow.iter().zip(&self.cost).filter(|(units, _)| 0.0 < **units);
        served.map(|(units, cost)| units * cost).sum()
    }

    /// The node that serves most of a zone; `None` where that is nobody.
    pub fn main_node(&self, zone: usize) -> Option<usize> {
        let row = &self.flow[zone * self.count()..(zone + 1) * self.count()];
        let most = (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]).then(b.cmp(&a)))?;
        self.places.get(most).map(|&node| node as usize)
    }

    /// Units that a node sends to the zone, nodes ascending.
    pub fn sent(&self, zone: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let row = &self.flow[zone * self.count()..(zone + 1) * self.count()];
        let places = self.places.iter().zip(row).filter(|(_, units)| GRAIN < **units);
        places.map(|(&node, &units)| (node as usize, units))
    }

    /// Brings one zone's units in, along cheapest paths.
    fn serve(&mut self, zone: usize, mut units: f64) {
        let count = self.count();
        let row = zone * count..(zone + 1) * count;
        // Nobody, the last, wins ties: a unit at the price of losing it is not worth its stock.
        let least =
            |best: usize, place: usize, cost: &[f64]| if cost[place] < cost[best] { place } else { best };
        let cost = &self.cost[row.clone()];
        let direct = (0..count).fold(count - 1, |best, place| least(best, place, cost));
        while GRAIN < units {
            // Where the cheapest place has something left, no exchange can be better: one that ends in stock
            // left over and lowers the price would have been made before.
            if GRAIN < self.left[direct] {
                let moved = units.min(self.left[direct]);
                self.left[direct] -= moved;
                self.gain(direct, zone, moved);
                units -= moved;
                continue;
            }
            // From the zone to a place, and on through exchanges to one that has something left.
            self.shortest(row.clone());
            let ends = (0..count).rev().filter(|&place| GRAIN < self.left[place]);
            let end = ends.fold(count - 1, |best, place| least(best, place, &self.distance));
            let moved = self.bottleneck(end, units.min(self.left[end]));
            self.left[end] -= moved;
            self.push(zone, end, moved);
            units -= moved;
        }
    }

    /// Distances from a zone along exchanges: every place whose distance fell is looked at again.
    fn shortest(&mut self, zone: std::ops::Range<usize>) {
        let count = self.count();
        self.distance.clear();
        self.distance.extend_from_slice(&self.cost[zone]);
        self.parent.clear();
        self.parent.resize(count, usize::MAX);
        self.open.clear();
        self.open.resize(count, true);
        // A path has each place once, so no more passes than places are ever of use.
        for _ in 0..count {
            let mut moved = false;
            for a in 0..count {
                if !std::mem::take(&mut self.open[a]) {
                    continue;
                }
                let from = self.distance[a];
                let swaps = &self.swap[a * count..(a + 1) * count];
                for (b, &swap) in swaps.iter().enumerate() {
                    if from + swap + GRAIN < self.distance[b] {
                        (self.distance[b], self.parent[b], self.open[b], moved) =
                            (from + swap, a, true, true);
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
        let (mut place, mut least) = (end, most);
        while self.parent[place] != usize::MAX {
            let from = self.parent[place];
            let zone = self.swap_zone[from * self.count() + place] as usize;
            least = least.min(self.flow[zone * self.count() + from]);
            place = from;
        }
        least
    }

    /// Moves units along the path: every exchange gives a zone of the earlier place to the later one.
    fn push(&mut self, zone: usize, end: usize, units: f64) {
        let mut place = end;
        while self.parent[place] != usize::MAX {
            let from = self.parent[place];
            let other = self.swap_zone[from * self.count() + place] as usize;
            self.gain(place, other, units);
            self.lose(from, other, units);
            place = from;
        }
        self.gain(place, zone, units);
    }

    /// The place serves more of the zone: exchanges out of it may be cheaper.
    fn gain(&mut self, place: usize, zone: usize, units: f64) {
        let count = self.count();
        let was = self.flow[zone * count + place];
        self.flow[zone * count + place] = was + units;
        if GRAIN < was {
            return;
        }
        let own = self.cost[zone * count + place];
        let row = place * count..(place + 1) * count;
        let swaps = self.swap[row.clone()].iter_mut().zip(&mut self.swap_zone[row]);
        for (to, ((swap, by), cost)) in swaps.zip(&self.cost[zone * count..]).enumerate() {
            if cost - own < *swap && to != place {
                (*swap, *by) = (cost - own, zone as u32);
            }
        }
    }

    /// The place serves less of the zone: where nothing is left, other zones are what it can exchange.
    fn lose(&mut self, place: usize, zone: usize, units: f64) {
        let count = self.count();
        let at = zone * count + place;
        self.flow[at] -= units;
        if GRAIN < self.flow[at] {
            return;
        }
        let row = place * count..(place + 1) * count;
        self.swap[row.clone()].fill(f64::INFINITY);
        for other in 0..self.zones {
            if self.flow[other * count + place] <= GRAIN {
                continue;
            }
            let own = self.cost[other * count + place];
            let swaps = self.swap[row.clone()].iter_mut().zip(&mut self.swap_zone[row.clone()]);
            for ((swap, by), cost) in swaps.zip(&self.cost[other * count..]) {
                if cost - own < *swap {
                    (*swap, *by) = (cost - own, other as u32);
                }
            }
        }
        self.swap[place * count + place] = f64::INFINITY;
    }

    /// What one more unit at each node is worth.
    pub fn values(&self, out: &mut Vec<f64>) {
        let count = self.count();
        // By place: a unit here may free one of another place, or serve what is lost, which is worth something there.
        let mut worth = vec![0.0; count];
        for _ in 0..count {
            let mut moved = false;
            for a in 0..count {
                for b in (0..count).filter(|&b| self.left[b] <= GRAIN) {
                    let through = worth[a] - self.swap[a * count + b];
                    if worth[b] + GRAIN < through {
                        (worth[b], moved) = (through, true);
                    }
                }
            }
            if !moved {
                break;
            }
        }
        out.clear();
        out.resize(self.nodes, 0.0);
        for zone in 0..self.zones {
            let mut frees = f64::NEG_INFINITY;
            for (place, worth) in worth.iter().enumerate() {
                let at = zone * count + place;
                if GRAIN < self.flow[at] {
                    frees = frees.max(self.cost[at] + worth);
                }
            }
            for (node, value) in out.iter_mut().enumerate() {
                *value = value.max(frees - self.given[node * self.zones + zone]);
            }
        }
        for (&node, &worth) in self.places.iter().zip(&worth) {
            out[node as usize] = worth;
        }
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
