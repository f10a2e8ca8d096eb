//! The stations of a scenario: payment lanes, reviewers, pickers, packers, graders, sorters.

use crate::domain::Money;
use crate::domain::{NodeKind, StationId};
use crate::kernel::shift::{Shift, Shifts};
use crate::kernel::station::Discipline;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{CostLine, Phase};
use crate::scenario::spec::{Desk, LocalClock, QueueOrder, Scenario, ShiftRow};

use super::fault::{Cut, cuts, left_of};
use super::{NO_STATION, Node};

/// What is done at a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StationKind {
    Pay,
    Review,
    Pick,
    Pack,
    Grade,
    Sort,
    Phone,
    Chat,
}

/// One station.
pub struct StationRow {
    /// `pack @ hangzhou`.
    pub name: String,
    pub kind: StationKind,
    pub node: Option<String>,
    pub shifts: Shifts,
    /// From when on others hold: where clocks are set. Rising.
    pub later: Vec<(Moment, Shifts)>,
    pub servers_max: u32,
    pub discipline: Discipline,
    pub wage: Money,
    /// On top of the wage after the end of a shift.
    pub overtime: Money,
    /// Jobs that one who is paid has at once: servers that share a wage.
    pub at_once: u32,
    /// What faults take away of the staff.
    pub cuts: Vec<Cut>,
}

impl StationRow {
    /// Servers at an instant: as the shifts say, less what faults take.
    pub fn servers_at(&self, now: Moment) -> u32 {
        let planned = self.shifts_at(now).at(now);
        if self.cuts.is_empty() { planned } else { left_of(&self.cuts, planned, now) }
    }

    /// When the number of servers may change next.
    pub fn next_change(&self, now: Moment) -> Option<Moment> {
        let planned = self.shifts_at(now).next_change(now).map(|(at, _)| at);
        let edges = self.cuts.iter().flat_map(|cut| [cut.from, cut.until]);
        let edges = edges.chain(self.later.iter().map(|later| later.0)).filter(|&at| now < at);
        planned.into_iter().chain(edges).min()
    }

    fn shifts_at(&self, now: Moment) -> &Shifts {
        self.later.iter().rev().find(|later| later.0 <= now).map_or(&self.shifts, |later| &later.1)
    }
}

impl StationKind {
    pub fn phase(self) -> Phase {
        match self {
            StationKind::Pay => Phase::Pay,
            StationKind::Review => Phase::Review,
            StationKind::Pick => Phase::Pick,
            StationKind::Pack => Phase::Pack,
            StationKind::Grade => Phase::Return,
            StationKind::Sort => Phase::Sort,
            StationKind::Phone | StationKind::Chat => Phase::Service,
        }
    }

    /// Where its wages are booked; payment lanes cost a fee, not wages.
    pub fn cost_line(self) -> Option<CostLine> {
        match self {
            StationKind::Pay => None,
            StationKind::Review => Some(CostLine::ReviewLabor),
            StationKind::Pick => Some(CostLine::PickLabor),
            StationKind::Pack => Some(CostLine::PackLabor),
            StationKind::Grade => Some(CostLine::GradeLabor),
            StationKind::Sort => Some(CostLine::SortLabor),
            StationKind::Phone => Some(CostLine::PhoneLabor),
            StationKind::Chat => Some(CostLine::ChatLabor),
        }
    }
}

/// All stations of a scenario in a fixed order, and where each one is found.
pub struct Stations {
    pub rows: Vec<StationRow>,
    pub nodes: Vec<Node>,
    pub payment: Vec<StationId>,
    pub review: StationId,
    /// Phone and chat.
    pub service: [StationId; 2],
}

/// In whole minor units.
fn premium(wage: Money, share: f64) -> Money {
    Money(libm::round(wage.0 as f64 * share) as i64)
}

pub fn stations(scenario: &Scenario) -> Stations {
    let mut rows = Vec::new();
    let always = |count| (Shifts::constant(count), Vec::new());
    let fifo = Discipline::Fifo;
    let mut add = |name: String, kind, node: Option<&str>, shifts, servers_max, discipline, wage| {
        let place = node.or_else(|| name.strip_prefix("pay @ ")).unwrap_or_default();
        let cuts = cuts(scenario, kind, place);
        let node = node.map(str::to_owned);
        let overtime = premium(wage, scenario.costs.overtime_premium);
        let (shifts, later) = shifts;
        rows.push(StationRow {
            name,
            kind,
            node,
            shifts,
            later,
            servers_max,
            discipline,
            wage,
            overtime,
            at_once: 1,
            cuts,
        });
        StationId(rows.len() as u32 - 1)
    };
    let payment = scenario.payment.methods.iter().map(|method| {
        let name = format!("pay @ {}", method.name);
        add(name, StationKind::Pay, None, always(method.lanes), method.lanes, fifo, Money::ZERO)
    });
    let payment = payment.collect();
    let (review, reviewers) = (&scenario.review, scenario.review.reviewers);
    let staff = shifts(scenario, review.shifts.as_deref(), reviewers, None);
    let review = add("review".to_owned(), StationKind::Review, None, staff, reviewers, fifo, review.wage);
    let floor = &scenario.floor;
    let queue = match floor.queue {
        QueueOrder::Fifo => fifo,
        QueueOrder::Priority => Discipline::Priority,
        QueueOrder::EarliestDue => Discipline::EarliestDue,
    };
    let zones = floor.picking.as_ref().map_or(1, |picking| picking.zones_of_pickers());
    let mut nodes = Vec::new();
    for (index, node) in scenario.nodes.iter().enumerate() {
        let clock = scenario.local_times.as_ref().map(|times| &times.clocks[usize::from(times.nodes[index])]);
        let mut staffed = |word: &str, kind, count: u32, discipline, wage| {
            if count == 0 {
                return NO_STATION;
            }
            let staff = shifts(scenario, node.shifts.as_deref(), count, clock);
            add(format!("{word} @ {}", node.name), kind, Some(&node.name), staff, count, discipline, wage)
        };
        let center = node.kind == NodeKind::FulfillmentCenter;
        let of = |count, here| if here { count } else { 0 };
        let pickers = of(node.pickers, center);
        let pick = match zones {
            1 => staffed("pick", StationKind::Pick, pickers, queue, floor.pick_wage),
            _ => (0..zones)
                .map(|zone| {
                    // The first zones have one more where they cannot all have as many.
                    let here = pickers / zones + u32::from(zone < pickers % zones);
                    let word = format!("pick zone {}", zone + 1);
                    staffed(&word, StationKind::Pick, here, queue, floor.pick_wage)
                })
                .fold(NO_STATION, |first, next| if first == NO_STATION { next } else { first }),
        };
        nodes.push(Node {
            capital_per_day: node.capital_per_day,
            name: node.name.clone(),
            kind: node.kind,
            speed: node.speed,
            pick,
            pick_zones: zones,
            pack: staffed("pack", StationKind::Pack, of(node.packers, center), queue, floor.pack_wage),
            grade: staffed("grade", StationKind::Grade, of(node.graders, center), fifo, floor.grade_wage),
            sort: staffed("sort", StationKind::Sort, of(node.sorters, !center), queue, floor.sort_wage),
        });
    }
    let service = scenario.service.as_ref().map_or([NO_STATION; 2], |service| {
        let mut desk = |name: &str, kind, desk: &Desk, at_once: u32| {
            let servers = desk.agents * at_once;
            let (staff, later) = shifts(scenario, desk.shifts.as_deref(), desk.agents, None);
            let staff = (staff.times(at_once), later);
            add(name.to_owned(), kind, None, staff, servers, fifo, desk.wage)
        };
        [
            desk("phone", StationKind::Phone, &service.phone, 1),
            desk("chat", StationKind::Chat, &service.chat, service.concurrency),
        ]
    });
    if let (Some(service), Some(chat)) = (&scenario.service, rows.get_mut(service[1].index())) {
        chat.at_once = service.concurrency;
    }
    Stations { rows, nodes, payment, review, service }
}

/// Staff over time: `count` times the share of the shift rows that cover an instant; all of it without shifts.
/// And others from each instant on at which the place's clock is set.
fn shifts(
    scenario: &Scenario,
    name: Option<&str>,
    count: u32,
    clock: Option<&LocalClock>,
) -> (Shifts, Vec<(Moment, Shifts)>) {
    let rows = name.and_then(|name| scenario.shifts.iter().find(|(known, _)| known == name));
    let Some((_, rows)) = rows else { return (Shifts::constant(count), Vec::new()) };
    let start = scenario.start.minute_of_week() as i64;
    let weekly = |ahead_s: i64| {
        let start = (start + ahead_s.div_euclid(60)).rem_euclid(7 * 1_440) as u64;
        Shifts::weekly(&week(rows, count, start))
    };
    let [first, later @ ..] = clock.map_or(&[(Span::ZERO, 0)][..], |clock| &clock.ahead_s) else {
        unreachable!("a clock has a beginning")
    };
    (weekly(first.1), later.iter().map(|&(since, ahead_s)| (Moment(since.0), weekly(ahead_s))).collect())
}

/// The rows as shifts of a week that begins at the scenario's start; rows past midnight or past the week wrap.
fn week(rows: &[ShiftRow], count: u32, start_minute: u64) -> Vec<Shift> {
    const WEEK: u64 = 7 * 1_440;
    let span = |minute: u64| Span::from_minutes((minute + WEEK - start_minute) % WEEK);
    let mut shifts = Vec::new();
    for row in rows {
        let servers = (f64::from(count) * row.share).round() as u32;
        for day in (0..7).filter(|&day| row.days[day as usize]) {
            let from = day * 1_440 + u64::from(row.from_minute);
            let length = match row.from_minute < row.to_minute {
                true => row.to_minute - row.from_minute,
                false => row.to_minute + 1_440 - row.from_minute,
            };
            shifts.push(Shift { start: span(from), end: span(from + u64::from(length)), count: servers });
        }
    }
    shifts
}
