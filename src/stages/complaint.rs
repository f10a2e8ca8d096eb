//! Complaint: a shopper keeps the goods and claims something. Officers answer by severity; what still waits when its
//! answer is due goes to a lead. Token: a complaint.

use super::{Next, Stage, World, experience};
use crate::domain::{Handle, Money, OrderId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::{Moment, Span};
use crate::metrics::{CostLine, Phase};
use crate::model::Complaints;

const COMPLAINS: Purpose = Purpose::named("complains");
const TIER: Purpose = Purpose::named("complaint tier");
const WORK: Purpose = Purpose::named("complaint work");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Late,
    Fault,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Complaint {
    order: u64,
    /// Order and cause: what draws hang on.
    key: u64,
    amount: Money,
    opened: Moment,
    tier: u8,
}

/// Whether the shopper complains; if so the complaint is opened after `from`.
pub fn arises(world: &mut World<'_>, cause: Cause, OrderId(id): OrderId, amount: Money, from: Span) -> bool {
    let Some(rules) = &world.model.complaints else { return false };
    let share = if cause == Cause::Late { rules.late } else { rules.fault };
    let key = id << 1 | cause as u64;
    if !world.draw.chance(COMPLAINS, key, 0, share) {
        return false;
    }
    let token = world.complaints.begin(Complaint { order: id, key, amount, ..Complaint::default() });
    world.send(token, Next::Wait(from, Stage::ComplaintOpened));
    true
}

fn rules<'m>(world: &World<'m>) -> &'m Complaints {
    world.model.complaints.as_ref().expect("complaints come to a shop that takes them")
}

pub fn opened(world: &mut World<'_>, token: Handle) -> Next {
    let (rules, at, draw) = (rules(world), world.at, world.draw);
    let complaint = world.complaints.get(token);
    let tier = rules.tier(draw.uniform(TIER, complaint.key, 0));
    (complaint.opened, complaint.tier) = (at, tier as u8);
    let work = rules.work.span(draw.uniform(WORK, complaint.key, 0));
    world.metrics.complaints.opened[tier] += 1;
    world.metrics.entered(Phase::Complaint);
    world.send(token, Next::Wait(rules.tiers[tier].answer_within, Stage::ComplaintDue));
    // The last tier is the gravest, and rank 0 goes first.
    Next::Seize { station: rules.officers, work, rank: (rules.tiers.len() - 1 - tier).min(7) as u32 }
}

/// Its answer is due: while it waits for an officer it goes to a lead.
pub fn due(world: &mut World<'_>, token: Handle) -> Next {
    let station = rules(world).officers;
    match world.complaints.live(token) {
        Some(_) => Next::Leave { station, then: Stage::ComplaintEscalated },
        None => Next::Done,
    }
}

pub fn escalated(world: &mut World<'_>, token: Handle) -> Next {
    let (rules, key) = (rules(world), world.complaints.get(token).key);
    world.metrics.complaints.escalated += 1;
    let work = rules.work.span(world.draw.uniform(WORK, key, 0));
    Next::Seize { station: rules.leads, work, rank: 0 }
}

/// Answered, by whom it may be.
pub fn answered(world: &mut World<'_>, token: Handle) -> Next {
    let (rules, complaint) = (rules(world), *world.complaints.get(token));
    let tier = &rules.tiers[usize::from(complaint.tier)];
    let took = world.at.since(complaint.opened);
    let late = tier.answer_within < took;
    let share = tier.compensation + if late { rules.breach_compensation } else { 0.0 };
    let compensation = complaint.amount.0 as f64 * share;
    let seen = &mut world.metrics.complaints;
    seen.answered += 1;
    seen.too_late += u64::from(late);
    seen.compensation += compensation;
    seen.until_answered.record(took);
    world.metrics.cost(CostLine::Compensation, compensation);
    world.metrics.left(Phase::Complaint, took);
    if late {
        experience::notice(world, OrderId(complaint.order), |mood| mood.breaches += 1);
    }
    world.complaints.end(token);
    Next::Done
}
