//! Review: a score lets most orders pass, sends some to a person and rejects a few. Token: a paid order.

use super::pay::release_stock;
use super::{Next, Stage, World};
use crate::domain::{Command, Handle, OrderId};
use crate::kernel::draw::Purpose;
use crate::metrics::Phase;

const SCORE: Purpose = Purpose::named("fraud score");
const WORK: Purpose = Purpose::named("review work");
const REJECT: Purpose = Purpose::named("manual reject");

pub fn review(world: &mut World<'_>, order: Handle) -> Next {
    let Some(OrderId(id)) = world.engine.order_id(order) else { return Next::Done };
    let rules = &world.model.review;
    let score = world.draw.uniform(SCORE, id, 0);
    if rules.reject_score <= score {
        return decide(world, order, false);
    }
    if rules.manual_score <= score {
        let work = rules.work.span(world.draw.uniform(WORK, id, 0));
        return Next::Seize { station: rules.station, work, rank: 0 };
    }
    decide(world, order, true)
}

pub fn reviewed(world: &mut World<'_>, order: Handle) -> Next {
    let Some(OrderId(id)) = world.engine.order_id(order) else { return Next::Done };
    let rejected = world.draw.chance(REJECT, id, 0, world.model.review.manual_reject);
    decide(world, order, !rejected)
}

fn decide(world: &mut World<'_>, order: Handle, approved: bool) -> Next {
    let command = if approved { Command::Approve { order } } else { Command::Reject { order } };
    if world.attempt(&command).is_err() {
        // The shopper cancelled while the order was under review.
        return Next::Done;
    }
    world.order_leaves(order, Phase::Review);
    if !approved {
        release_stock(world);
        return Next::Done;
    }
    world.metrics.entered(Phase::Allocate);
    Next::Go(Stage::Allocate)
}
