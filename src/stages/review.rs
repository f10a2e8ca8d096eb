//! Review: a score lets most orders pass, sends some to a person and rejects a few. Token: a paid order.

use super::pay::release_stock;
use super::pay_lane;
use super::{Next, Stage, World, contact};
use crate::domain::{Command, Handle, OrderId};
use crate::engine::OrderFacts;
use crate::kernel::draw::Purpose;
use crate::kernel::normal::{normal_quantile, normal_share_below};
use crate::metrics::{CostLine, Judged, Phase};
use crate::model::{ReviewRule, ReviewVerdict};

const SCORE: Purpose = Purpose::named("fraud score");
const WORK: Purpose = Purpose::named("review work");
const FRAUD: Purpose = Purpose::named("fraud");
const REJECT: Purpose = Purpose::named("manual reject");

pub fn review(world: &mut World<'_>, order: Handle) -> Next {
    let Some(OrderId(id)) = world.engine.order_id(order) else { return Next::Done };
    let rules = &world.model.review;
    if let Some((rule, verdict)) = rule(world, order) {
        world.metrics.review.rules[rule] += 1;
        return match verdict {
            ReviewVerdict::Pass => decide(world, order, true),
            ReviewVerdict::Manual => look(world, id),
            ReviewVerdict::Reject => decide(world, order, false),
        };
    }
    let score = score(world, id);
    if rules.reject_score <= score {
        return decide(world, order, false);
    }
    if rules.manual_score <= score {
        return look(world, id);
    }
    decide(world, order, true)
}

/// Scores of honest orders are uniform; those of fraud are shifted among normal ones (the binormal model of Green and
/// Swets, "Signal Detection Theory and Psychophysics", 1966): an honest order outscores a fraud with probability
/// 1 - Phi(separation / sqrt 2).
fn score(world: &World<'_>, id: u64) -> f64 {
    let u = world.draw.uniform(SCORE, id, 0);
    match is_fraud(world, id) {
        true => normal_share_below(normal_quantile(u) + world.model.review.separation),
        false => u,
    }
}

/// Whether nobody will pay for the order in the end.
pub fn is_fraud(world: &World<'_>, id: u64) -> bool {
    world.draw.chance(FRAUD, id, 0, world.model.review.fraud)
}

fn look(world: &mut World<'_>, id: u64) -> Next {
    let rules = &world.model.review;
    if rules.is_told() {
        judged(world, id).looked_at += 1;
    }
    let work = rules.work.span(world.draw.uniform(WORK, id, 0));
    Next::Seize { station: rules.station, work, rank: 0 }
}

fn judged<'a>(world: &'a mut World<'_>, id: u64) -> &'a mut Judged {
    match is_fraud(world, id) {
        true => &mut world.metrics.review.fraud,
        false => &mut world.metrics.review.honest,
    }
}

/// The first rule that fits the order.
fn rule(world: &mut World<'_>, order: Handle) -> Option<(usize, ReviewVerdict)> {
    let model = world.model;
    if model.review.rules.is_empty() {
        return None;
    }
    let facts = world.engine.order(order)?;
    let paid_by = usize::from(pay_lane::current(world, &facts).0);
    let mut lines = std::mem::take(&mut world.scratch.open);
    world.engine.order_lines(order, &mut lines);
    let units: u64 = lines.iter().map(|line| u64::from(line.quantity)).sum();
    world.scratch.open = lines;
    let fits = |rule: &&ReviewRule| {
        rule.amount_above.is_none_or(|amount| amount < facts.amount)
            && rule.units_above.is_none_or(|most| most < units)
            && rule.payment.is_none_or(|method| method == paid_by)
    };
    let found = model.review.rules.iter().position(|rule| fits(&rule))?;
    Some((found, model.review.rules[found].verdict))
}

pub fn reviewed(world: &mut World<'_>, order: Handle) -> Next {
    let Some(OrderId(id)) = world.engine.order_id(order) else { return Next::Done };
    let rules = &world.model.review;
    let share = if is_fraud(world, id) { rules.detection } else { rules.manual_reject };
    let rejected = world.draw.chance(REJECT, id, 0, share);
    decide(world, order, !rejected)
}

/// An honest order that is rejected would have earned its margin.
fn count(world: &mut World<'_>, facts: &OrderFacts, approved: bool) {
    let own = judged(world, facts.id.0);
    own.approved += u64::from(approved);
    own.rejected += u64::from(!approved);
    if !approved && !is_fraud(world, facts.id.0) {
        world.metrics.review.declined += facts.amount.0;
        let margin = world.model.costs.lost_margin;
        world.metrics.cost(CostLine::LostSales, facts.amount.0 as f64 * margin);
    }
}

/// The shopper keeps what came. If it was fraud, the money goes back to its owner.
pub fn charge_back(world: &mut World<'_>, order: Handle) {
    let Some(facts) = world.engine.order(order) else { return };
    if is_fraud(world, facts.id.0) {
        let loss = facts.amount.0 + world.model.review.chargeback_fee.0;
        world.metrics.review.fraud_loss += loss;
        world.metrics.cost(CostLine::Fraud, loss as f64);
    }
}

fn decide(world: &mut World<'_>, order: Handle, approved: bool) -> Next {
    let facts = world.model.review.is_told().then(|| world.engine.order(order)).flatten();
    let command = if approved { Command::Approve { order } } else { Command::Reject { order } };
    if world.attempt(&command).is_err() {
        // The shopper cancelled while the order was under review.
        return Next::Done;
    }
    world.order_leaves(order, Phase::Review);
    if let Some(facts) = facts {
        count(world, &facts, approved);
    }
    if !approved {
        release_stock(world);
        return Next::Done;
    }
    if world.model.service.is_some() {
        contact::watch(world, order);
    }
    world.metrics.entered(Phase::Allocate);
    Next::Go(Stage::Allocate)
}
