//! The faults of a scenario as a run sees them: rows with their instants, asked by kind, target and entity.
//!
//! # Promises
//! - Whether a fault strikes an entity is a draw of (kind, row, entity): it moves nobody else's luck.
//! - A model without faults has none of this: every question stops at one `Option`.

use std::collections::BTreeMap;

use super::StationKind;
use crate::domain::{FaultKind, FaultTarget, LaneId, NodeId};
use crate::kernel::draw::{Draw, Purpose};
use crate::kernel::time::{Moment, Span};
use crate::logistics::{Network, Ways};
use crate::scenario::spec::{self, Scenario};

const STRIKES: Purpose = Purpose::named("fault strikes");

/// One fault.
#[derive(Debug, Clone)]
pub struct FaultRow {
    pub kind: FaultKind,
    pub from: Moment,
    pub until: Moment,
    /// Payment method, node, carrier or SKU; nodes stand after the payment methods where both have clocks.
    pub target: Option<u32>,
    /// A carrier, or the node at which a lane begins.
    pub other: Option<u32>,
    pub size: f64,
    pub part: f64,
    pub delay: Span,
    pub count: u32,
    pub flag: bool,
    /// `gateway-outage alipay`.
    pub name: String,
}

/// All faults of a scenario, in the planner's order.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    pub rows: Vec<FaultRow>,
    /// Faults by lane: rows that close or narrow it.
    lanes: Vec<Vec<u32>>,
    /// Which ways parcels take round closed lanes, from when to when; in order of time.
    detours: Vec<(Moment, Moment, Ways)>,
}

/// A part of a station's staff that is missing for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    pub from: Moment,
    pub until: Moment,
    pub share: f64,
}

impl FaultRow {
    fn of(scenario: &Scenario, skus: &BTreeMap<&str, u32>, fault: &spec::Fault) -> FaultRow {
        let position = |found: Option<usize>| found.expect("the reader checked the names of faults") as u32;
        let gateway = |name: &str| scenario.payment.methods.iter().position(|method| method.name == name);
        let node = |name: &str| scenario.nodes.iter().position(|node| node.name == name);
        let carrier =
            |name: &str| position(scenario.carriers.iter().position(|carrier| carrier.name == name));
        let target = fault.target.as_deref().map(|name| match fault.kind.facts().target {
            FaultTarget::Gateway => position(gateway(name)),
            FaultTarget::Node => position(node(name)),
            FaultTarget::Carrier => carrier(name),
            FaultTarget::Sku => skus.get(name).copied().unwrap_or(u32::MAX),
            FaultTarget::Clock => match gateway(name) {
                Some(found) => found as u32,
                None => position(node(name)) + scenario.payment.methods.len() as u32,
            },
            FaultTarget::Nothing => 0,
        });
        let name = match &fault.target {
            Some(target) => format!("{} {target}", fault.kind.name()),
            None => fault.kind.name().to_owned(),
        };
        FaultRow {
            kind: fault.kind,
            from: Moment(fault.at.0),
            until: Moment(fault.at.0.saturating_add(fault.length.0)),
            target,
            other: fault.other.as_deref().map(|name| match fault.kind {
                FaultKind::ParcelLoss => position(node(name)),
                _ => carrier(name),
            }),
            size: fault.size,
            part: fault.part,
            delay: fault.delay,
            count: fault.count,
            flag: fault.flag,
            name,
        }
    }

    #[inline]
    pub fn acts(&self, at: Moment) -> bool {
        self.from <= at && at < self.until
    }

    fn concerns(&self, kind: FaultKind, target: u32) -> bool {
        self.kind == kind && self.target.is_none_or(|own| own == target)
    }

    /// What is left of a lane's room.
    fn leaves(&self, network: &Network, lane: LaneId) -> Option<f64> {
        let facts = network.lane(lane);
        let (from, to, carrier) =
            (u32::from(facts.from.0), u32::from(facts.to.0), u32::from(facts.carrier.0));
        match self.kind {
            FaultKind::CarrierCapacity => (self.target == Some(carrier)).then_some(1.0 - self.size),
            FaultKind::LaneClosure => {
                let here = self.target == Some(from) || self.target == Some(to);
                (here && self.other.is_none_or(|own| own == carrier)).then_some(0.0)
            }
            _ => None,
        }
    }
}

impl Faults {
    /// `None` when nothing goes wrong.
    pub fn build(scenario: &Scenario, skus: &BTreeMap<&str, u32>, network: &Network) -> Option<Box<Faults>> {
        if scenario.faults.is_empty() {
            return None;
        }
        let rows: Vec<FaultRow> =
            scenario.faults.iter().map(|fault| FaultRow::of(scenario, skus, fault)).collect();
        let on_lane = |lane: usize| {
            let touches = |row: &&FaultRow| row.leaves(network, LaneId(lane as u32)).is_some();
            rows.iter().enumerate().filter(|(_, row)| touches(row)).map(|(index, _)| index as u32).collect()
        };
        let lanes = (0..network.lanes().len()).map(on_lane).collect();
        let detours = detours(&rows, network);
        Some(Box::new(Faults { rows, lanes, detours }))
    }

    /// The ways that are open now, where they are not those of the timetable.
    #[inline]
    pub fn ways(&self, at: Moment) -> Option<&Ways> {
        let found = self.detours.iter().find(|(from, until, _)| *from <= at && at < *until);
        found.map(|(_, _, ways)| ways)
    }

    /// The first fault of that kind that acts on the target now.
    pub fn acting(&self, kind: FaultKind, target: u32, at: Moment) -> Option<(usize, &FaultRow)> {
        self.rows.iter().enumerate().find(|(_, row)| row.concerns(kind, target) && row.acts(at))
    }

    /// The first fault of that kind that acts now, whatever its target.
    pub fn running(&self, kind: FaultKind, at: Moment) -> Option<(usize, &FaultRow)> {
        self.rows.iter().enumerate().find(|(_, row)| row.kind == kind && row.acts(at))
    }

    /// As `acting`, for a fault that strikes a share of the entities.
    pub fn striking(
        &self,
        kind: FaultKind,
        target: u32,
        at: Moment,
        (draw, entity, attempt): (Draw, u64, u32),
    ) -> Option<(usize, &FaultRow)> {
        self.rows.iter().enumerate().find(|&(index, row)| {
            row.concerns(kind, target) && row.acts(at) && strikes(draw, index, row.size, entity, attempt)
        })
    }

    /// The fault that loses the parcel on the lane that it came by: on the first of its way, or on those that leave
    /// the node that the fault names.
    pub fn losing(
        &self,
        carrier: u32,
        lane: (NodeId, bool),
        at: Moment,
        (draw, parcel, attempt): (Draw, u64, u32),
    ) -> Option<(usize, &FaultRow)> {
        self.rows.iter().enumerate().find(|&(index, row)| {
            row.concerns(FaultKind::ParcelLoss, carrier)
                && row.acts(at)
                && row.other.map_or(lane.1, |from| from == u32::from(lane.0.0))
                && strikes(draw, index, row.size, parcel, attempt)
        })
    }

    /// When the node is back, if it is offline now.
    pub fn back(&self, node: u32, at: Moment) -> Option<Moment> {
        let acting = self.rows.iter().filter(|row| row.concerns(FaultKind::WarehouseOffline, node));
        acting.filter(|row| row.acts(at)).map(|row| row.until).max()
    }

    /// The share of a lane's room that is left.
    pub fn room(&self, network: &Network, lane: LaneId, at: Moment) -> f64 {
        let acting = self.lanes[lane.index()].iter().map(|&row| &self.rows[row as usize]);
        acting.filter(|row| row.acts(at)).filter_map(|row| row.leaves(network, lane)).product()
    }
}

/// The ways between any two instants at which a closure that parcels go round begins or ends.
fn detours(rows: &[FaultRow], network: &Network) -> Vec<(Moment, Moment, Ways)> {
    let closures: Vec<&FaultRow> =
        rows.iter().filter(|row| row.kind == FaultKind::LaneClosure && row.flag).collect();
    let mut instants: Vec<Moment> = closures.iter().flat_map(|row| [row.from, row.until]).collect();
    instants.sort_unstable();
    instants.dedup();
    let between = |pair: &[Moment]| {
        let acting: Vec<_> = closures.iter().filter(|row| row.acts(pair[0])).collect();
        let lanes = (0..network.lanes().len() as u32).map(LaneId);
        let closed = lanes.map(|lane| acting.iter().any(|row| row.leaves(network, lane).is_some()));
        (!acting.is_empty())
            .then(|| (pair[0], pair[1], network.ways_at(pair[0]).without(&closed.collect::<Vec<_>>())))
    };
    instants.windows(2).filter_map(between).collect()
}

/// Whether fault number `row` strikes this entity; the draw is this fault's own.
pub fn strikes(draw: Draw, row: usize, share: f64, entity: u64, attempt: u32) -> bool {
    draw.chance(STRIKES, entity ^ (row as u64) << 56, attempt, share)
}

/// What faults take from a station, by its kind and place.
pub fn cuts(scenario: &Scenario, kind: StationKind, place: &str) -> Vec<Cut> {
    let concerns = |fault: &&spec::Fault| {
        let here = fault.target.as_deref().is_none_or(|target| target == place);
        let this = match fault.kind {
            FaultKind::GatewayOutage => kind == StationKind::Pay && !fault.flag,
            FaultKind::NoShows => kind == StationKind::Pick,
            FaultKind::WarehouseOffline => !matches!(
                kind,
                StationKind::Pay
                    | StationKind::Review
                    | StationKind::Phone
                    | StationKind::Chat
                    | StationKind::Complaint
                    | StationKind::Lead
                    | StationKind::Page
                    | StationKind::Search
                    | StationKind::Recommend
            ),
            _ => false,
        };
        this && here
    };
    let cut = |fault: &spec::Fault| Cut {
        from: Moment(fault.at.0),
        until: Moment(fault.at.0.saturating_add(fault.length.0)),
        share: fault.size,
    };
    scenario.faults.iter().filter(concerns).map(cut).collect()
}

/// The staff that is left of `count`.
pub fn left_of(cuts: &[Cut], count: u32, at: Moment) -> u32 {
    let acting = cuts.iter().filter(|cut| cut.from <= at && at < cut.until);
    let share: f64 = acting.map(|cut| 1.0 - cut.share).product();
    // A half picker stays at home.
    if share == 1.0 { count } else { (f64::from(count) * share + 1e-9) as u32 }
}
