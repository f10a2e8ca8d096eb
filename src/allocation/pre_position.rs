//! Pre-positioning: which units go to which node before anybody orders them.
//!
//! A linear program over all SKUs: units `x(s, i, r)` that node `i` keeps for region `r`, at the freight from there, and
//! units `y(s, i, r)` that go to the region's own node first, at the price of the way and the freight from that node:
//!
//! ```text
//!   least  sum of freight(s, i, r) x + (way(i, r) + freight(s, r, r) - local) y + lost (demand not served)
//!   so that  x + y of a node and SKU <= its stock,  x + y + unserved of a region and SKU = its demand,
//!            y of an arc over all SKUs <= capacity
//! ```
//!
//! Without the last row every SKU is a transportation problem by itself (`Transport`), and the plan is exact. Where arcs
//! are full, each asks a toll that its units pay, raised and lowered until what is sent fits (Lagrangian relaxation;
//! Held, Wolfe and Crowder 1974, Mathematical Programming 6:62, step length by their formula). Any tolls prove a bound;
//! the plan is what tolls send, the units of least worth left out where they do not fit, and the rest planned once more
//! where there is room. Both come back: the gap is known.
//!
//! # Promises
//! - No node gives more than it has, no arc takes more than its capacity, units are whole.
//! - `saved <= bound`, and they are equal where no arc is full.
//! - Equal inputs give equal plans; the work is counted in rounds, never in seconds.

use super::transport::Transport;

/// Nodes, regions and ways that all SKUs share. A region's own node has its number.
#[derive(Debug, Clone)]
pub struct Arcs {
    pub nodes: usize,
    /// Minor units for one unit from a node to another, by (from, to).
    pub way: Vec<f64>,
    /// Units that an arc takes, all SKUs together.
    pub capacity: u64,
    /// What it is worth to serve a unit from the region's own node, beside its freight.
    pub local: f64,
    /// Rounds of tolls, where arcs are full.
    pub rounds: u32,
}

/// One SKU.
#[derive(Debug, Clone, Default)]
pub struct Goods {
    /// Free units by node.
    pub stock: Vec<f64>,
    /// Units that each region is expected to ask beyond what its node has on the way, whole.
    pub demand: Vec<f64>,
    /// Minor units for one unit from a node to a region, by (node, region); infinite where there is no way.
    pub freight: Vec<f64>,
}

/// Units of a SKU from one node to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    pub from: u16,
    pub to: u16,
    pub sku: u32,
    pub quantity: u32,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct TransferPlan {
    pub moves: Vec<Move>,
    /// By how much the plan is expected to beat a day without transfers, minor units.
    pub saved: f64,
    /// No plan can save more.
    pub bound: f64,
}

/// What each SKU's own program is solved in, again and again.
struct Program<'a> {
    arcs: &'a Arcs,
    goods: &'a [Goods],
    transport: Transport,
    cost: Vec<f64>,
    /// Cost of each SKU without any transfer.
    idle: Vec<f64>,
}

pub fn plan(arcs: &Arcs, goods: &[Goods]) -> TransferPlan {
    let mut program =
        Program { arcs, goods, transport: Transport::default(), cost: Vec::new(), idle: Vec::new() };
    let never = vec![f64::INFINITY; arcs.nodes * arcs.nodes];
    program.idle = (0..goods.len()).map(|sku| program.solve(sku, &never)).collect();
    let mut tolls = vec![0.0; arcs.nodes * arcs.nodes];
    let (mut best, mut bound) = (TransferPlan::default(), f64::INFINITY);
    let mut boldness = 1.0;
    for _ in 0..arcs.rounds.max(1) {
        let (moves, proved) = program.answer(&tolls);
        if proved < bound {
            bound = proved;
        } else {
            boldness *= 0.9;
        }
        let used = arcs.used(&moves);
        let fits = used.iter().all(|&units| units <= arcs.capacity);
        let moves = if fits { moves } else { program.fit(moves) };
        let saved = program.saved(&moves);
        if best.moves.is_empty() || best.saved < saved {
            best = TransferPlan { moves, saved, bound };
        }
        let gap = bound - best.saved;
        if gap <= 1e-9 * bound.abs().max(1.0) {
            break;
        }
        // Full arcs ask more, the others less: a step whose length is the gap over the square of what is off.
        let off: Vec<f64> = used.iter().map(|&units| units as f64 - arcs.capacity as f64).collect();
        let moving = |(off, toll): (&f64, &f64)| if *toll <= 0.0 && *off < 0.0 { 0.0 } else { off * off };
        let square: f64 = off.iter().zip(&tolls).map(moving).sum();
        if square <= 0.0 {
            break;
        }
        let step = boldness * gap / square;
        tolls.iter_mut().zip(&off).for_each(|(toll, off)| *toll = (*toll + step * off).max(0.0));
    }
    best.bound = bound.max(best.saved);
    best.moves.sort_unstable();
    best
}

impl Arcs {
    fn used(&self, moves: &[Move]) -> Vec<u64> {
        let mut used = vec![0; self.nodes * self.nodes];
        for one in moves {
            used[usize::from(one.from) * self.nodes + usize::from(one.to)] += u64::from(one.quantity);
        }
        used
    }
}

impl Program<'_> {
    /// Least cost of one SKU at these tolls; what it sends where is then in `transport`.
    fn solve(&mut self, sku: usize, tolls: &[f64]) -> f64 {
        let (goods, nodes) = (&self.goods[sku], self.arcs.nodes);
        self.cost.clear();
        let mut dearest: f64 = 0.0;
        for node in 0..nodes {
            for region in 0..nodes {
                let direct = self.arcs.freight(goods, node, region);
                dearest = dearest.max(if direct.is_finite() { direct } else { 0.0 });
                self.cost.push(direct.min(self.arcs.moved(
                    goods,
                    node,
                    region,
                    self.arcs.toll(tolls, node, region),
                )));
            }
        }
        self.transport.solve(&goods.stock, &goods.demand, &self.cost, lost(dearest))
    }

    /// What all SKUs send at these tolls, and what no plan can beat.
    fn answer(&mut self, tolls: &[f64]) -> (Vec<Move>, f64) {
        let (mut moves, mut cost) = (Vec::new(), 0.0);
        for sku in 0..self.goods.len() {
            cost += self.idle[sku] - self.solve(sku, tolls);
            for region in 0..self.arcs.nodes {
                for (node, units) in self.transport.sent(region) {
                    let goods = &self.goods[sku];
                    let moved = self.arcs.moved(goods, node, region, self.arcs.toll(tolls, node, region));
                    if moved < self.arcs.freight(goods, node, region) {
                        let quantity = units.round() as u32;
                        moves.push(Move { from: node as u16, to: region as u16, sku: sku as u32, quantity });
                    }
                }
            }
        }
        moves.retain(|one| 0 < one.quantity);
        let capacity = self.arcs.capacity as f64;
        (moves, cost + tolls.iter().map(|toll| toll * capacity).sum::<f64>())
    }

    /// Full arcs keep the units of most worth. What is still asked then, and what still lies there, is planned once more
    /// on the arcs that have room.
    fn fit(&mut self, moves: Vec<Move>) -> Vec<Move> {
        let mut room = vec![self.arcs.capacity; self.arcs.nodes * self.arcs.nodes];
        let mut moves = self.trim(moves, &mut room);
        let mut left = self.goods.to_vec();
        for one in &moves {
            let own = &mut left[one.sku as usize];
            own.stock[usize::from(one.from)] -= f64::from(one.quantity);
            own.demand[usize::from(one.to)] -= f64::from(one.quantity);
        }
        let closed: Vec<f64> = room.iter().map(|&room| if room == 0 { f64::INFINITY } else { 0.0 }).collect();
        let idle = std::mem::take(&mut self.idle);
        let transport = std::mem::take(&mut self.transport);
        let mut rest = Program { arcs: self.arcs, goods: &left, transport, cost: Vec::new(), idle };
        let more = rest.answer(&closed).0;
        let more = rest.trim(more, &mut room);
        (self.idle, self.transport) = (rest.idle, rest.transport);
        moves.extend(more);
        moves.sort_unstable();
        moves.dedup_by(|next, kept| {
            let same = (next.from, next.to, next.sku) == (kept.from, kept.to, kept.sku);
            kept.quantity += if same { next.quantity } else { 0 };
            same
        });
        moves
    }

    /// The units of most worth, as many as there is room for.
    fn trim(&self, mut moves: Vec<Move>, room: &mut [u64]) -> Vec<Move> {
        let worth = |one: &Move| self.worth(one.sku as usize, one.from.into(), one.to.into());
        moves.sort_by(|a, b| worth(b).total_cmp(&worth(a)).then(a.cmp(b)));
        for one in &mut moves {
            let room = &mut room[usize::from(one.from) * self.arcs.nodes + usize::from(one.to)];
            one.quantity = u64::from(one.quantity).min(*room) as u32;
            *room -= u64::from(one.quantity);
        }
        moves.retain(|one| 0 < one.quantity);
        moves
    }

    /// What one unit saves that is moved and served there, against serving it from where it is.
    fn worth(&self, sku: usize, from: usize, to: usize) -> f64 {
        let goods = &self.goods[sku];
        let direct = self.arcs.freight(goods, from, to);
        let moved = self.arcs.moved(goods, from, to, 0.0);
        if direct.is_finite() { direct - moved } else { -moved }
    }

    /// What the moves save: every SKU is served at its best from where its units then are.
    fn saved(&mut self, moves: &[Move]) -> f64 {
        let mut saved = 0.0;
        let mut by_sku = moves.to_vec();
        by_sku.sort_unstable_by_key(|one| (one.sku, one.from, one.to));
        for group in by_sku.chunk_by(|a, b| a.sku == b.sku) {
            let sku = group[0].sku as usize;
            let mut goods = self.goods[sku].clone();
            let mut ways = 0.0;
            for one in group {
                goods.stock[usize::from(one.from)] -= f64::from(one.quantity);
                goods.stock[usize::from(one.to)] += f64::from(one.quantity);
                let way = self.arcs.way[usize::from(one.from) * self.arcs.nodes + usize::from(one.to)];
                ways += way * f64::from(one.quantity);
            }
            let nodes = self.arcs.nodes;
            let freight = |at: usize| self.arcs.freight(&goods, at / nodes, at % nodes);
            let cost: Vec<f64> = (0..nodes * nodes).map(freight).collect();
            let dearest = cost.iter().copied().filter(|cost| cost.is_finite()).fold(0.0, f64::max);
            let served = self.transport.solve(&goods.stock, &goods.demand, &cost, lost(dearest));
            saved += self.idle[sku] - served - ways;
        }
        saved
    }
}

impl Arcs {
    /// From where it is; a unit from elsewhere lacks what it is worth to be near.
    fn freight(&self, goods: &Goods, node: usize, region: usize) -> f64 {
        let far = if node == region { 0.0 } else { self.local };
        goods.freight[node * self.nodes + region] + far
    }

    /// To the region's own node, and on from there.
    fn moved(&self, goods: &Goods, node: usize, region: usize, toll: f64) -> f64 {
        if node == region {
            return f64::INFINITY;
        }
        self.way[node * self.nodes + region] + toll + goods.freight[region * self.nodes + region]
    }

    fn toll(&self, tolls: &[f64], node: usize, region: usize) -> f64 {
        tolls[node * self.nodes + region]
    }
}

/// What nobody serves costs twice the dearest way.
fn lost(dearest: f64) -> f64 {
    2.0 * dearest + 1.0
}
