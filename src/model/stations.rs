//! The stations of a scenario: payment lanes, reviewers, pickers, packers, graders, sorters, the shop's machines.

use crate::domain::Money;
use crate::domain::{NodeKind, StationId};
use crate::kernel::shift::{Shift, Shifts};
use crate::kernel::station::Discipline;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{CostLine, Phase};
use crate::scenario::spec::{Desk, LocalClock, QueueOrder, Scenario, ShiftRow};

use super::fault::{Cut, cuts, left_of};
use super::roster::{Piece, Roster, pieces};
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
    PutAway,
    Complaint,
    Lead,
    /// Machines of the shop, each where visitors are simulated.
    Page,
    Search,
    Recommend,
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
    /// Who learns and who does not come; `None` where all come, and all know how.
    pub roster: Option<Roster>,
}

impl StationRow {
    /// Servers at an instant: as the shifts say, less what faults take.
    pub fn servers_at(&self, now: Moment) -> u32 {
        self.without_cuts(self.shifts_at(now).at(now), now)
    }

    /// What faults leave of so many.
    pub fn without_cuts(&self, planned: u32, now: Moment) -> u32 {
        if self.cuts.is_empty() { planned } else { left_of(&self.cuts, planned, now) }
    }

    /// When the number of servers may change next.
    pub fn next_change(&self, now: Moment) -> Option<Moment> {
        self.next_edge(self.shifts_at(now).next_change(now).map(|(at, _)| at), now)
    }

    /// The next planned change, or the next of a fault or of the clock before it.
    pub fn next_edge(&self, planned: Option<Moment>, now: Moment) -> Option<Moment> {
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
            StationKind::Grade | StationKind::PutAway => Phase::Return,
            StationKind::Sort => Phase::Sort,
            StationKind::Phone | StationKind::Chat => Phase::Service,
            StationKind::Complaint | StationKind::Lead => Phase::Complaint,
            StationKind::Page | StationKind::Search | StationKind::Recommend => Phase::Browse,
        }
    }

    /// Where its wages are booked; payment lanes cost a fee, and machines have none.
    pub fn cost_line(self) -> Option<CostLine> {
        match self {
            StationKind::Pay => None,
            StationKind::Page | StationKind::Search | StationKind::Recommend => None,
            StationKind::Review => Some(CostLine::ReviewLabor),
            StationKind::Pick => Some(CostLine::PickLabor),
            StationKind::Pack => Some(CostLine::PackLabor),
            StationKind::Grade | StationKind::PutAway => Some(CostLine::GradeLabor),
            StationKind::Sort => Some(CostLine::SortLabor),
            StationKind::Phone => Some(CostLine::PhoneLabor),
            StationKind::Chat => Some(CostLine::ChatLabor),
            StationKind::Complaint | StationKind::Lead => Some(CostLine::ComplaintLabor),
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
    /// Officers and leads.
    pub complaints: [StationId; 2],
    /// Pages, search, recommendations; `NO_STATION` where no visitor is simulated.
    pub storefront: [StationId; 3],
}

/// In whole minor units.
fn premium(wage: Money, share: f64) -> Money {
    Money(libm::round(wage.0 as f64 * share) as i64)
}

pub fn stations(scenario: &Scenario) -> Stations {
    let mut rows = Vec::new();
    let always = |count| Staff { shifts: Shifts::constant(count), later: Vec::new(), roster: None };
    let fifo = Discipline::Fifo;
    let mut add = |name: String, kind, node: Option<&str>, shifts, servers_max, discipline, wage| {
        let place = node.or_else(|| name.strip_prefix("pay @ ")).unwrap_or_default();
        let cuts = cuts(scenario, kind, place);
        let node = node.map(str::to_owned);
        let overtime = premium(wage, scenario.costs.overtime_premium);
        let Staff { shifts, later, roster } = shifts;
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
            roster,
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
            put_away: match &floor.put_away {
                Some(rules) => {
                    staffed("put away", StationKind::PutAway, of(rules.workers, center), fifo, rules.wage)
                }
                None => NO_STATION,
            },
        });
    }
    let service = scenario.service.as_ref().map_or([NO_STATION; 2], |service| {
        let mut desk = |name: &str, kind, desk: &Desk, at_once: u32| {
            let servers = desk.agents * at_once;
            let staff = shifts(scenario, desk.shifts.as_deref(), desk.agents, None).times(at_once);
            add(name.to_owned(), kind, None, staff, servers, fifo, desk.wage)
        };
        [
            desk("phone", StationKind::Phone, &service.phone, 1),
            desk("chat", StationKind::Chat, &service.chat, service.concurrency),
        ]
    });
    let complaints = scenario.complaints.as_ref().map_or([NO_STATION; 2], |own| {
        let mut desk = |name: &str, kind, count: u32, discipline, wage| {
            let staff = shifts(scenario, own.shifts.as_deref(), count, None);
            add(name.to_owned(), kind, None, staff, count, discipline, wage)
        };
        [
            desk("complaints", StationKind::Complaint, own.officers, Discipline::Priority, own.wage),
            desk("complaint leads", StationKind::Lead, own.leads, fifo, own.lead_wage),
        ]
    });
    let mut machines = |name: &str, kind, servers: u32| {
        add(name.to_owned(), kind, None, always(servers), servers, fifo, Money::ZERO)
    };
    let storefront = scenario.storefront.as_ref().map_or([NO_STATION; 3], |rules| {
        [
            machines("page", StationKind::Page, rules.page.servers),
            machines("search", StationKind::Search, rules.search.servers),
            machines("recommend", StationKind::Recommend, rules.recommend.servers),
        ]
    });
    if let (Some(service), Some(chat)) = (&scenario.service, rows.get_mut(service[1].index())) {
        chat.at_once = service.concurrency;
    }
    Stations { rows, nodes, payment, review, service, complaints, storefront }
}

/// Staff over time: `count` times the share of the shift rows that cover an instant; all of it without shifts.
/// And others from each instant on at which the place's clock is set.
fn shifts(scenario: &Scenario, name: Option<&str>, count: u32, clock: Option<&LocalClock>) -> Staff {
    let rows = name.and_then(|name| scenario.shifts.iter().find(|(known, _)| known == name));
    let Some((_, rows)) = rows else {
        return Staff { shifts: Shifts::constant(count), later: Vec::new(), roster: None };
    };
    let start = scenario.start.minute_of_week();
    let weekly = |ahead_s: i64| {
        let start = (start as i64 + ahead_s.div_euclid(60)).rem_euclid(7 * 1_440) as u64;
        Shifts::weekly(&week(rows, count, start))
    };
    let ahead_s = clock.map_or(&[(Span::ZERO, 0)][..], |clock| &clock.ahead_s);
    let [first, later @ ..] = ahead_s else { unreachable!("a clock has a beginning") };
    Staff {
        shifts: weekly(first.1),
        later: later.iter().map(|&(since, ahead_s)| (Moment(since.0), weekly(ahead_s))).collect(),
        roster: Roster::new(rows, count, start, ahead_s),
    }
}

/// Staff as planned, and who of it may be new or stay away.
struct Staff {
    shifts: Shifts,
    /// The same plan from each instant on at which the place's clock is set.
    later: Vec<(Moment, Shifts)>,
    roster: Option<Roster>,
}

impl Staff {
    /// Each of the staff is so many servers.
    fn times(self, times: u32) -> Staff {
        Staff {
            shifts: self.shifts.times(times),
            later: self.later.into_iter().map(|(since, shifts)| (since, shifts.times(times))).collect(),
            roster: self.roster.map(|roster| roster.times(times)),
        }
    }
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
            for Piece { from_minute, to_minute, count } in pieces(row, servers) {
                let at = |minute: u32| span(from + u64::from(minute));
                shifts.push(Shift { start: at(from_minute), end: at(to_minute), count });
            }
        }
    }
    shifts
}
