//! Put-away: returned goods that were graded for sale go to the shelf by hand, where a scenario has people for it. Until
//! then they are fenced off: on hand, and nobody's.
//! Token: the trip of a parcel that came back.

use super::{Next, World};
use crate::domain::{Account, Command, Handle, NodeId, SkuId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Moment;
use crate::model::NO_STATION;

const PUT_AWAY: Purpose = Purpose::named("put away");

/// What lies at the return dock for one trip.
#[derive(Debug, Clone)]
pub struct Pile {
    since: Moment,
    goods: Vec<(SkuId, NodeId, u32)>,
}

/// After the transition of grading. `None`: nothing to put away, or nobody who does.
pub fn begin(world: &mut World<'_>, parcel: Handle) -> Option<Next> {
    let model = world.model;
    let work = model.floor.put_away.as_ref()?;
    let trip = *world.trips.get(parcel);
    let node = &model.nodes[usize::from(trip.origin)];
    let moves = world.transition.moves.iter().filter(|units| units.to == Account::Available);
    let goods: Vec<_> = moves.map(|units| (units.sku, units.node, units.quantity)).collect();
    if node.put_away == NO_STATION || goods.is_empty() {
        return None;
    }
    for &(sku, node, quantity) in &goods {
        fence(world, sku, node, quantity.into());
    }
    world.piles.insert(parcel, Pile { since: world.at, goods });
    let work = node.hasten(work.span(world.draw.uniform(PUT_AWAY, trip.key, 0)));
    Some(Next::Seize { station: node.put_away, work, rank: 0 })
}

/// The goods are on the shelf: whoever waits for them may have them.
pub fn put_away(world: &mut World<'_>, parcel: Handle) -> Next {
    let pile = world.piles.remove(&parcel).expect("a pile for each job of those who put away");
    world.trips.end(parcel);
    let waited = world.at.since(pile.since);
    world.metrics.floor.put_away(pile.goods.iter().map(|units| u64::from(units.2)).sum(), waited);
    for (sku, node, quantity) in pile.goods {
        fence(world, sku, node, -i64::from(quantity));
        world.stock_arrived(sku);
    }
    Next::Done
}

/// So many units more or fewer of the cell are set aside.
fn fence(world: &mut World<'_>, sku: SkuId, node: NodeId, more: i64) {
    let fenced = i64::from(world.engine.stock().fenced(sku, node));
    let quantity = (fenced + more).max(0) as u32;
    world.apply(&Command::Fence { sku, node, quantity }).expect("a known cell takes a fence");
}
