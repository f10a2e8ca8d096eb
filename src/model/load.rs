//! Offered load against capacity, before any simulation: what `ordermill check` prints.
//!
//! A fluid estimate: each order brings its mean work to every station that its most likely way passes, at the
//! instant it is submitted; a station works its backlog off as its shifts allow. It sees no randomness and no
//! delay between stages, so it is a lower bound on queues and a good first answer to "does it fit at all?".

use super::{Model, NO_STATION, StationKind, StationRow};
use crate::domain::{CarrierId, MethodId, NodeId, NodeKind, ZoneId};
use crate::kernel::time::{Moment, Span};
use crate::logistics::Parcel;

/// What one station is asked for, and what it can do.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadRow {
    pub station: String,
    pub kind: StationKind,
    pub jobs: f64,
    pub work_h: f64,
    /// Staffed time over the horizon.
    pub staffed_h: f64,
    /// Work / capacity in the busiest interval.
    pub peak_ratio: f64,
    /// The largest backlog, in hours of work for the staff on duty at its height.
    pub backlog_h: f64,
    /// When the last backlog is worked off; `None`: never there, or still there at the horizon.
    pub drained: Option<Moment>,
    pub left_over: bool,
}

/// One row a station, in the model's order.
pub fn offered_load(model: &Model) -> Vec<LoadRow> {
    let arrivals = arrivals(model);
    let share = visits(model);
    let rows = model.stations.iter().enumerate();
    rows.map(|(index, station)| {
        let (visits, work_s) = share[index];
        fluid(model, &arrivals, station, visits, work_s)
    })
    .collect()
}

/// Expected orders in each interval of the horizon.
pub fn arrivals(model: &Model) -> Vec<f64> {
    let intervals = model.horizon.0.div_ceil(model.interval.0);
    let at = |index: u64| Moment((index * model.interval.0).min(model.horizon.0));
    (0..intervals).map(|index| expected_between(model, at(index), at(index + 1))).collect()
}

/// Expected orders between two instants, from the hourly expectation.
fn expected_between(model: &Model, from: Moment, to: Moment) -> f64 {
    let hourly = model.demand.expected_orders_by_hour();
    let hour = |index: usize| Moment(index as u64 * Span::HOUR.0);
    let hours = (from.0 / Span::HOUR.0) as usize..=(to.0 / Span::HOUR.0) as usize;
    hours
        .filter_map(|index| {
            let within = to.0.min(hour(index + 1).0).saturating_sub(from.0.max(hour(index).0));
            hourly.get(index).map(|orders| orders * within as f64 / Span::HOUR.0 as f64)
        })
        .sum()
}

fn fluid(model: &Model, arrivals: &[f64], station: &StationRow, visits: f64, work_s: f64) -> LoadRow {
    let (mut backlog, mut peak_ratio, mut worst, mut drained, mut staffed) =
        (0.0f64, 0.0f64, 0.0f64, None, 0.0);
    for (index, &orders) in arrivals.iter().enumerate() {
        let from = Moment(index as u64 * model.interval.0);
        let to = Moment((from.0 + model.interval.0).min(model.horizon.0));
        let capacity_s = station.shifts.offered(from, to) as f64 / 1e6;
        let offered_s = orders * visits * work_s;
        staffed += capacity_s;
        if 0.0 < capacity_s {
            peak_ratio = peak_ratio.max(offered_s / capacity_s);
        }
        let before = backlog;
        backlog = (backlog + offered_s - capacity_s).max(0.0);
        let servers = f64::from(station.shifts.at(from)).max(1.0);
        worst = worst.max(backlog / servers / 3_600.0);
        if 0.0 < before && backlog == 0.0 {
            drained = Some(to);
        }
    }
    let jobs: f64 = arrivals.iter().sum::<f64>() * visits;
    LoadRow {
        station: station.name.clone(),
        kind: station.kind,
        jobs,
        work_h: jobs * work_s / 3_600.0,
        staffed_h: staffed / 3_600.0,
        peak_ratio,
        backlog_h: worst,
        drained: drained.filter(|_| backlog == 0.0),
        left_over: 0.0 < backlog,
    }
}

/// For each station: expected visits an order, and seconds of work a visit.
fn visits(model: &Model) -> Vec<(f64, f64)> {
    let mut found = vec![(0.0, 0.0); model.stations.len()];
    let lines = model.expected.lines;
    let floor = &model.floor;
    let put_away = floor.put_away.as_ref().map_or(0.0, |work| work.mean_secs());
    let (jobs, job_s) = model.floor.pick_job(model.expected.order());
    for (method, share) in model.payment.iter().zip(&model.expected.payment_share) {
        let asked = if method.cash_on_delivery { 0.0 } else { *share };
        found[method.station.index()] = (asked, method.latency.mean_secs());
    }
    let review = &model.review;
    found[review.station.index()] = (review.looked_at(), review.work.mean_secs());
    for (service, jobs) in model.storefront.iter().flat_map(|shop| shop.least_jobs()) {
        found[service.station.index()] = (jobs, service.work.mean_secs());
    }
    let returned = model.after_sales.faults.last().map_or(0.0, |last| last.1);
    for (zone, zone_share) in model.demand.expected_zone_share().into_iter().enumerate() {
        for (method, method_share) in model.expected.method_share.iter().enumerate() {
            let (zone, method) = (ZoneId(zone as u16), MethodId(method as u8));
            let Some(&node) = model.reach(method, zone).near.first() else { continue };
            let (row, share) = (&model.nodes[node.index()], zone_share * method_share);
            let pack = floor.pack_per_order.mean_secs() + floor.pack_per_line.mean_secs() * lines;
            for station in row.pick_stations() {
                visit(&mut found, station, share * jobs, job_s / row.speed);
            }
            let restocked = share * returned * model.after_sales.restock;
            for (station, visits, work) in [
                (row.pack, share, pack),
                (row.grade, share * returned, floor.grade.mean_secs()),
                (row.put_away, restocked, put_away),
            ] {
                visit(&mut found, station, visits, work / row.speed);
            }
            let Some(carrier) = carriers(model, method, node, zone) else { continue };
            let (mut at, mut ready) = (node, Moment::ZERO);
            while let Some(lane) = model.network.next_lane(carrier, at, zone, ready) {
                ready = model.network.sorted(lane, ready);
                at = model.network.lane(lane).to;
                let hub = &model.nodes[at.index()];
                if hub.kind == NodeKind::Hub {
                    visit(&mut found, hub.sort, share, floor.sort.mean_secs() / hub.speed);
                }
            }
        }
    }
    found
}

/// The first carrier of the method that goes there.
fn carriers(model: &Model, method: MethodId, node: NodeId, zone: ZoneId) -> Option<CarrierId> {
    let parcel = Parcel { method, node, zone, weight_g: 1, volume_ml: 1 };
    model.network.choose_carrier(&parcel, Moment::ZERO, Moment::NEVER)
}

fn visit(found: &mut [(f64, f64)], station: crate::domain::StationId, visits: f64, work_s: f64) {
    if station != NO_STATION {
        found[station.index()].0 += visits;
        found[station.index()].1 = work_s;
    }
}

impl LoadRow {
    /// Work / capacity over the horizon.
    pub fn ratio(&self) -> f64 {
        self.work_h / self.staffed_h.max(1e-9)
    }

    /// Whether its work comes about when the order does. Sorting comes hours later, grading and contacts days later, so
    /// their peaks and backlogs are not estimated.
    pub fn is_prompt(&self) -> bool {
        use StationKind::*;
        !matches!(self.kind, Sort | Grade | Phone | Chat | PutAway | Complaint | Lead)
    }
}
