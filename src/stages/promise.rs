//! Promise: the date that a shopper is quoted, so that the share of orders that keep it is what the shop aims at.
//!
//! ```text
//!   promised = plan from when the floors will be through with what they have
//!            + quantile of what plans were off by, on this way
//! ```
//!
//! # Why two loops
//! The residuals say how far off a plan is and differ by way; their quantile is where the promise goes. But a promise
//! of whole days, orders that never arrive and a change of weather shift the share that is kept, so the level of the
//! quantile follows what was kept and missed (Gibbs and Candes 2021, "Adaptive conformal inference under distribution
//! shift", equation 2). A promise counts as missed when it passes, not when the parcel comes at last.

use std::collections::BTreeMap;

use super::World;
use crate::domain::{CarrierId, Handle, MethodId, NodeId, OrderId, OrderState, ZoneId};
use crate::kernel::time::{Moment, Span};
use crate::model::{Model, NO_STATION};

/// Residuals of a way before its own are believed.
const ENOUGH: usize = 40;
/// How far one kept or missed promise moves the level, at most; and all those that are open, together. What is learned
/// is learned late: with more, the level swings from one end to the other.
const GAIN: f64 = 0.01;
const GAIN_IN_FLIGHT: f64 = 0.3;
/// The level stays within.
const LEVELS: (f64, f64) = (0.02, 0.9995);
/// Work that is not done in so long is not planned.
const FAR: Span = Span::from_hours(60 * 24);

/// What a promise was made of.
#[derive(Debug, Clone, Copy)]
struct Quote {
    plan: Moment,
    promised: Moment,
    submitted: Moment,
    way: u32,
    method: MethodId,
    /// It passed, and counts as missed already.
    missed: bool,
}

/// The last residuals of a way, in microseconds.
#[derive(Debug, Default, Clone)]
pub(super) struct Residuals {
    by_age: std::collections::VecDeque<i64>,
    by_size: Vec<i64>,
}

/// What is known of promises; nothing without a target.
#[derive(Debug, Default)]
pub struct Promises {
    /// By way: method, center, zone's hub by the first carrier.
    ways: BTreeMap<u32, Residuals>,
    by_method: Vec<Residuals>,
    level: Vec<f64>,
    open: BTreeMap<OrderId, Quote>,
    due: BTreeMap<(Moment, OrderId), Handle>,
}

impl Promises {
    pub fn new(model: &Model) -> Promises {
        let Some(rules) = &model.promise else { return Promises::default() };
        let methods = model.methods.len();
        Promises {
            by_method: vec![Residuals::default(); methods],
            level: vec![rules.target; methods],
            ..Promises::default()
        }
    }
}

impl Residuals {
    pub(super) fn count(&self) -> usize {
        self.by_size.len()
    }

    pub(super) fn add(&mut self, residual: i64, window: usize) {
        if self.by_age.len() == window {
            let oldest = self.by_age.pop_front().expect("a full window");
            let place = self.by_size.partition_point(|&other| other < oldest);
            self.by_size.remove(place);
        }
        self.by_age.push_back(residual);
        let place = self.by_size.partition_point(|&other| other < residual);
        self.by_size.insert(place, residual);
    }

    /// The smallest that at least the share `level` of all do not exceed.
    pub(super) fn quantile(&self, level: f64) -> Option<i64> {
        let count = self.by_size.len();
        let rank = (level * (count + 1) as f64).ceil() as usize;
        self.by_size.get(rank.clamp(1, count.max(1)) - 1).copied()
    }
}

/// The instant promised for goods from `node`, by the carrier that was chosen if it comes from there; `None` where the
/// method does not reach the zone from there.
pub fn promise(
    world: &World<'_>,
    method: MethodId,
    node: NodeId,
    zone: ZoneId,
    by: Option<CarrierId>,
) -> Option<(Moment, Quoted)> {
    let (model, planner) = (world.model, world.planner());
    let table = || {
        let chosen = by.and_then(|by| planner.promise_by(by, method, node, zone, world.at));
        chosen.or_else(|| planner.promise(method, node, zone, world.at))
    };
    if model.promise.is_none() {
        return table().map(|at| (at, None));
    }
    let ready = floors_are_through(world, node);
    let chosen = by.and_then(|by| planner.plan_arrival(by, node, zone, ready));
    let plan = chosen.or_else(|| planner.earliest_from(method, node, zone, ready))?;
    let way = way(model, method, node, zone);
    let own = world.promises.ways.get(&way).filter(|own| ENOUGH <= own.by_size.len());
    let known = own.or_else(|| {
        Some(&world.promises.by_method[method.index()]).filter(|all| ENOUGH <= all.by_size.len())
    });
    let level = world.promises.level[method.index()];
    let promised = match known.and_then(|known| known.quantile(level)) {
        Some(residual) => plan.0.saturating_add_signed(residual).max(world.at.0),
        // Nothing is known yet: as the table says.
        None => table()?.0.max(plan.0),
    };
    let promised = match model.network.methods[method.index()].by_day {
        true => model.network.end_of_day(zone, Moment(promised)),
        false => Moment(promised),
    };
    Some((promised, Some((plan, way))))
}

/// The plan and the way of a promise; `None` where promises are a table.
pub type Quoted = Option<(Moment, u32)>;

fn way(model: &Model, method: MethodId, node: NodeId, zone: ZoneId) -> u32 {
    let carrier = model.network.methods[method.index()].carriers[0];
    let hub = model.network.last_hub(carrier, node, zone).unwrap_or(node);
    u32::from(method.0) << 24 | u32::from(node.0) << 12 | u32::from(hub.0)
}

/// When pickers and packers will have done what is open now, as shifts stand: whoever is later.
fn floors_are_through(world: &World<'_>, node: NodeId) -> Moment {
    let (model, here) = (world.model, &world.model.nodes[node.index()]);
    let pack = world.load.open(node);
    let each = model.pack_work[node.index()].0.max(1);
    let pick =
        Span((u128::from(pack.0) * u128::from(model.pick_work[node.index()].0) / u128::from(each)) as u64);
    let through = |station: crate::domain::StationId, work: Span| match station == NO_STATION {
        true => world.at,
        false => done(&model.stations[station.index()], world.at, work),
    };
    through(here.pick, pick).max(through(here.pack, pack))
}

fn done(station: &crate::model::StationRow, from: Moment, work: Span) -> Moment {
    let (mut at, mut left) = (from, work.0);
    while at < from + FAR {
        let servers = u64::from(station.servers_at(at));
        let until = station.next_change(at).unwrap_or(Moment::NEVER).min(from + FAR);
        let does = servers.saturating_mul(until.since(at).0);
        if left <= does {
            return if left == 0 { at } else { at + Span(left / servers.max(1)) };
        }
        left -= does;
        at = until;
    }
    at
}

/// The order was taken with the promise that was quoted last.
pub fn made(world: &mut World<'_>, id: OrderId, order: Handle, promised: Moment, quoted: Quoted) {
    let Some((plan, way)) = quoted else { return };
    let method = world.draft.method;
    let quote = Quote { plan, promised, submitted: world.at, way, method, missed: false };
    world.promises.open.insert(id, quote);
    world.promises.due.insert((promised, id), order);
    pass(world);
}

/// Promises that have passed with the order still on its way are missed.
fn pass(world: &mut World<'_>) {
    while let Some(entry) = world.promises.due.first_entry().filter(|entry| entry.key().0 < world.at) {
        let ((_, id), order) = entry.remove_entry();
        let awaited = matches!(
            world.engine.order_state(order),
            Some(
                OrderState::AwaitingReview
                    | OrderState::AwaitingAllocation
                    | OrderState::Backordered
                    | OrderState::InFulfillment
            )
        );
        match world.promises.open.get_mut(&id).filter(|_| awaited) {
            Some(quote) => {
                quote.missed = true;
                let method = quote.method;
                learn(world, method, false);
            }
            None => drop(world.promises.open.remove(&id)),
        }
    }
}

fn learn(world: &mut World<'_>, method: MethodId, kept: bool) {
    let target = world.model.promise.as_ref().expect("a promise with a target").target;
    let gain = GAIN.min(GAIN_IN_FLIGHT / world.promises.open.len().max(1) as f64);
    let level = &mut world.promises.level[method.index()];
    *level = (*level + gain * (target - f64::from(u8::from(kept)))).clamp(LEVELS.0, LEVELS.1);
}

/// The order's fate is known: delivered when the carrier had done its part, or `None`: nobody took it.
pub fn told(world: &mut World<'_>, id: OrderId, delivered: Option<Moment>) {
    let Some(rules) = &world.model.promise else { return };
    let Some(quote) = world.promises.open.remove(&id) else { return };
    world.promises.due.remove(&(quote.promised, id));
    if !quote.missed {
        learn(world, quote.method, delivered.is_some_and(|at| at <= quote.promised));
    }
    let Some(at) = delivered else { return };
    let residual = at.0 as i64 - quote.plan.0 as i64;
    world.promises.ways.entry(quote.way).or_default().add(residual, rules.window);
    world.promises.by_method[quote.method.index()].add(residual, rules.window);
    if world.model.warm_up <= quote.submitted {
        let planned = quote.plan.since(quote.submitted);
        world.metrics.promises.saw(planned, residual);
    }
}
