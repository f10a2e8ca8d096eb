//! Pre-position: what regions are expected to ask goes to their center before they do.
//!
//! ```text
//!   orders asked -> periods by (SKU, region) -> Holt-Winters -> expected units -+
//!   free units by center, units on the way -------------------------------------+-> plan -> out, road, in
//! ```
//!
//! # Why thin series get a share
//! A SKU that a region asks for once a month has no season of its own that anybody could see. It has its share of what
//! the region asks in all (top-down; Gross and Sohl 1990, Journal of Forecasting 9:233), which is learned well.

use std::collections::VecDeque;

use super::{Next, Stage, World};
use crate::allocation::holt_winters::HoltWinters;
use crate::allocation::pre_position::{Goods, Move, plan as plan_transfers};
use crate::domain::{Command, Handle, SkuId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::CostLine;
use crate::model::{Model, PrePosition};

const HANDLING: Purpose = Purpose::named("transfer handling");

/// What one run knows of demand, and what is on the road.
pub struct Positioning {
    /// Units asked, by period, oldest first; in each by (SKU, region).
    past: Vec<Vec<u32>>,
    /// Of the period that runs, and when it ends.
    running: Vec<u32>,
    ends: Moment,
    /// Units on the way to a center, by (SKU, center).
    coming: Vec<u32>,
    trips: Vec<Trip>,
    free: Vec<u32>,
    told: VecDeque<Told>,
    plans: u64,
}

#[derive(Debug, Default)]
struct Trip {
    to: usize,
    goods: Vec<(SkuId, u32)>,
}

/// A forecast whose periods have not all passed.
struct Told {
    /// The first of its periods, as a place in `past`, and how many they are.
    first: usize,
    periods: usize,
    units: Vec<f64>,
    /// What the season before was off by.
    scale: f64,
}

impl Positioning {
    pub fn new(model: &Model, rules: &PrePosition) -> Positioning {
        let cells = model.catalog().len() * rules.centers.len();
        Positioning {
            past: Vec::new(),
            running: vec![0; cells],
            ends: Moment::ZERO + rules.period,
            coming: vec![0; cells],
            trips: Vec::new(),
            free: Vec::new(),
            told: VecDeque::new(),
            plans: 0,
        }
    }

    fn put(&mut self, trip: Trip) -> Handle {
        let place = self.free.pop().unwrap_or(self.trips.len() as u32);
        match self.trips.get_mut(place as usize) {
            Some(old) => *old = trip,
            None => self.trips.push(trip),
        }
        Handle::from_bits(place.into())
    }

    /// Units by cell, over some periods.
    fn units(&self, periods: std::ops::Range<usize>) -> Vec<u64> {
        let mut units = vec![0; self.running.len()];
        for period in &self.past[periods] {
            units.iter_mut().zip(period).for_each(|(sum, &more)| *sum += u64::from(more));
        }
        units
    }
}

/// What the shop knows at instant zero.
pub fn remember(world: &mut World<'_>, rules: &PrePosition) {
    let own = positioning(world);
    let (cells, regions) = (own.running.len(), rules.centers.len());
    let hours = (rules.period.0 / Span::HOUR.0) as usize;
    let mut past = vec![vec![0; cells]; rules.history];
    let season = rules.season * hours;
    world.model.demand.draw_past(&world.draw, rules.history * hours, season, |hour, zone, lines| {
        let region = usize::from(rules.region[zone.index()]);
        for line in lines {
            past[hour / hours][line.sku.index() * regions + region] += line.quantity;
        }
    });
    positioning(world).past = past;
}

fn positioning<'w>(world: &'w mut World<'_>) -> &'w mut Positioning {
    let supply = world.supply.as_mut().expect("a run with supply keeps it");
    supply.positioning.as_mut().expect("only who plans asks")
}

/// A shopper asks for what is in the draft.
pub fn asked(world: &mut World<'_>) {
    let Some(rules) = &world.model.pre_position else { return };
    pass(world, rules);
    let draft = std::mem::take(&mut world.draft);
    let own = positioning(world);
    let region = usize::from(rules.region[draft.zone.index()]);
    for line in &draft.lines {
        own.running[line.sku.index() * rules.centers.len() + region] += line.quantity;
    }
    world.draft = draft;
}

/// Periods that are over become the past, and forecasts of theirs are judged.
fn pass(world: &mut World<'_>, rules: &PrePosition) {
    let now = world.at;
    let own = positioning(world);
    while own.ends <= now {
        let fresh = vec![0; own.running.len()];
        own.past.push(std::mem::replace(&mut own.running, fresh));
        own.ends = own.ends + rules.period;
    }
    let mut judged = Vec::new();
    while let Some(told) = own.told.front().filter(|told| told.first + told.periods <= own.past.len()) {
        let came = own.units(told.first..told.first + told.periods);
        let error: f64 = came.iter().zip(&told.units).map(|(&came, told)| (told - came as f64).abs()).sum();
        judged.push((error, told.scale));
        own.told.pop_front();
    }
    judged.into_iter().for_each(|(error, scale)| world.metrics.supply.forecast_came(error, scale));
}

/// Token: none.
pub fn plan(world: &mut World<'_>, _: Handle) -> Next {
    let rules = world.model.pre_position.as_ref().expect("a scenario that pre-positions");
    pass(world, rules);
    if rules.horizon != Span::ZERO && !positioning(world).past.is_empty() {
        let expected = foretell(world, rules);
        let (skus, moves) = weigh(world, rules, &expected);
        for trip in moves.chunk_by(|a, b| (a.from, a.to) == (b.from, b.to)) {
            send_off(world, rules, &skus, trip);
        }
        positioning(world).plans += 1;
        world.metrics.supply.plans += 1;
    }
    Next::Wait(rules.every, Stage::PrePosition)
}

/// Units that each region is expected to ask from now on within the horizon, by (SKU, region).
fn foretell(world: &mut World<'_>, rules: &PrePosition) -> Vec<f64> {
    let now = world.at;
    let own = positioning(world);
    let (regions, count) = (rules.centers.len(), own.past.len());
    let skus = own.running.len() / regions;
    let periods = rules.horizon.0 as f64 / rules.period.0 as f64;
    let whole = (periods.round() as usize).max(1);
    // The part of the running period that is over.
    let over = 1.0 - own.ends.saturating_since(now).0 as f64 / rules.period.0 as f64;
    let learn = |series: &[f64]| {
        let learned = HoltWinters::learn(series, rules.season, rules.smoothing);
        (learned.sum(over + periods) - learned.sum(over), learned.sum(whole as f64))
    };
    let all = own.units(0..count);
    let total = all.iter().sum::<u64>().max(1) as f64;
    let of_region: Vec<(f64, f64)> = (0..regions)
        .map(|region| {
            let asked = |period: &Vec<u32>| {
                period.iter().skip(region).step_by(regions).map(|&units| f64::from(units)).sum()
            };
            learn(&own.past.iter().map(asked).collect::<Vec<f64>>())
        })
        .collect();
    let (mut expected, mut told) = (vec![0.0; all.len()], vec![0.0; all.len()]);
    let mut series = Vec::new();
    for sku in 0..skus {
        let row = sku * regions..(sku + 1) * regions;
        let share = all[row.clone()].iter().sum::<u64>() as f64 / total;
        for cell in row {
            let dense = rules.dense <= all[cell] as f64 / count as f64 && 2 * rules.season <= count;
            let (ahead, score) = if dense {
                series.clear();
                series.extend(own.past.iter().map(|period| f64::from(period[cell])));
                learn(&series)
            } else {
                let (ahead, score) = of_region[cell % regions];
                (ahead * share, score * share)
            };
            (expected[cell], told[cell]) = (ahead, score);
        }
    }
    // As long ago as whole seasons make it, so that both know as much.
    let back = whole.div_ceil(rules.season) * rules.season;
    if whole + back <= count {
        let (last, before) = (own.units(count - whole..count), own.units(count - whole - back..count - back));
        let scale = last.iter().zip(&before).map(|(a, b)| a.abs_diff(*b) as f64).sum();
        own.told.push_back(Told { first: count, periods: whole, units: told, scale });
    }
    expected
}

/// The transfers that are worth their way, by numbers of centers, and the SKUs that they count by.
fn weigh(world: &mut World<'_>, rules: &PrePosition, expected: &[f64]) -> (Vec<SkuId>, Vec<Move>) {
    let regions = rules.centers.len();
    world.look_for_nodes();
    let offline: Vec<bool> = (rules.centers.iter())
        .map(|center| world.scratch.offline.get(center.index()).copied().unwrap_or(false))
        .collect();
    let (mut skus, mut goods) = (Vec::new(), Vec::new());
    for sku in (0..expected.len() / regions).map(|sku| SkuId(sku as u32)) {
        let row = sku.index() * regions..(sku.index() + 1) * regions;
        let free = |(center, &offline): (&crate::domain::NodeId, &bool)| {
            if offline { 0.0 } else { f64::from(world.engine.stock().available(sku, *center)) }
        };
        let stock: Vec<f64> = rules.centers.iter().zip(&offline).map(free).collect();
        let coming = &world.supply.as_ref().and_then(|own| own.positioning.as_ref()).expect("plans").coming;
        let asks = |cell: usize| (expected[cell].round() - f64::from(coming[cell])).max(0.0);
        let demand: Vec<f64> = row.map(asks).collect();
        if stock.iter().all(|&units| units == 0.0) || demand.iter().all(|&units| units == 0.0) {
            continue;
        }
        let unit_g = f64::from(world.model.catalog().sku(sku).weight_g);
        let cost =
            |way: &Option<(f64, f64)>| way.map_or(f64::INFINITY, |(opened, gram)| opened + gram * unit_g);
        skus.push(sku);
        goods.push(Goods { stock, demand, freight: rules.freight.iter().map(cost).collect() });
    }
    let plan = plan_transfers(&rules.arcs, &goods);
    world.metrics.supply.saved += plan.saved;
    world.metrics.supply.bound += plan.bound;
    (skus, plan.moves)
}

/// All goods of a plan from one center to another, on one trip.
fn send_off(world: &mut World<'_>, rules: &PrePosition, skus: &[SkuId], moves: &[Move]) {
    let (from, to) = (usize::from(moves[0].from), usize::from(moves[0].to));
    let arc = from * rules.centers.len() + to;
    let (node, mut goods, mut units) = (rules.centers[from], Vec::new(), 0);
    for one in moves {
        let sku = skus[one.sku as usize];
        let quantity = super::short_pick::gather(world, sku, node, one.quantity);
        // A shelf that is found short may have nothing free.
        if quantity == 0 || world.attempt(&Command::TransferOut { sku, node, quantity }).is_err() {
            continue;
        }
        let quantity = world.transition.moves[0].quantity;
        goods.push((sku, quantity));
        units += u64::from(quantity);
    }
    if goods.is_empty() {
        return;
    }
    let entity = positioning(world).plans << 24 | arc as u64;
    let handling = rules.handling.span(world.draw.uniform(HANDLING, entity, 0));
    let own = positioning(world);
    for &(sku, quantity) in &goods {
        own.coming[sku.index() * rules.centers.len() + to] += quantity;
    }
    let token = own.put(Trip { to, goods });
    world.send(token, Next::Wait(rules.road[arc] + handling, Stage::TransferArrives));
    world.metrics.supply.trips += 1;
    world.metrics.supply.sent += units;
    world.metrics.cost(CostLine::Transfers, units as f64 * rules.arcs.way[arc]);
}

/// Token: the trip.
pub fn arrive(world: &mut World<'_>, token: Handle) -> Next {
    let rules = world.model.pre_position.as_ref().expect("a scenario that pre-positions");
    let own = positioning(world);
    let trip = std::mem::take(&mut own.trips[token.bits() as usize]);
    own.free.push(token.bits() as u32);
    let node = rules.centers[trip.to];
    for (sku, quantity) in trip.goods {
        positioning(world).coming[sku.index() * rules.centers.len() + trip.to] -= quantity;
        let command = Command::TransferIn { sku, node, quantity };
        world.apply(&command).expect("what was sent off comes in");
        world.metrics.supply.arrived += u64::from(quantity);
        world.stock_arrived(sku);
    }
    Next::Done
}
