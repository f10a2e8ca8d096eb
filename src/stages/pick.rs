//! Pick: a picker walks the lines of one fulfillment order. Token: a fulfillment order sent to the floor.

use super::{Next, Stage, World};
use crate::domain::{Command, Handle};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::Phase;

const PICK_ORDER: Purpose = Purpose::named("pick order");
const PICK_LINE: Purpose = Purpose::named("pick line");

pub fn pick(world: &mut World<'_>, fulfillment: Handle) -> Next {
    if world.attempt(&Command::Start { fulfillment }).is_err() {
        return Next::Done;
    }
    world.floor_leaves(fulfillment, Phase::Wave);
    world.metrics.entered(Phase::Pick);
    let (model, trip) = (world.model, *world.floor.get(fulfillment));
    let order = model.floor.pick_per_order.span(world.draw.uniform(PICK_ORDER, trip.key, 0));
    let line = model.floor.pick_per_line.span(world.draw.uniform(PICK_LINE, trip.key, 0));
    let node = &model.nodes[trip.node as usize];
    let work = node.hasten(Span(order.0 + line.0 * u64::from(trip.lines)));
    Next::Seize { station: node.pick, work, rank: model.rank(trip.method, trip.promised) }
}

pub fn picked(world: &mut World<'_>, fulfillment: Handle) -> Next {
    world.apply(&Command::Pick { fulfillment }).expect("a fulfillment order on the floor is picked");
    world.floor_leaves(fulfillment, Phase::Pick);
    world.metrics.entered(Phase::Pack);
    Next::Go(Stage::Pack)
}
