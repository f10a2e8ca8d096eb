//! After sales: the parcel comes back, is graded at its node, and its goods are sold again or scrapped.
//! Token: the trip of a parcel on its way back.

use super::pay::release_stock;
use super::{Next, Stage, World, contact, returns};
use crate::domain::{Command, Handle, Intent, MethodId};
use crate::kernel::draw::Purpose;
use crate::kernel::time::Span;
use crate::metrics::{CostLine, Phase};
use crate::model::NO_STATION;

const SEND_BACK: Purpose = Purpose::named("send back");
const GRADE: Purpose = Purpose::named("grade");
const RESTOCK: Purpose = Purpose::named("restock");

pub fn send_back(world: &mut World<'_>, parcel: Handle) -> Next {
    if world.model.returns.is_some() {
        return returns::ask(world, parcel);
    }
    set_out(world, parcel);
    world.metrics.entered(Phase::Return);
    travel_back(world, parcel)
}

/// It leaves the shopper.
pub fn set_out(world: &mut World<'_>, parcel: Handle) {
    let handle = world.trips.get(parcel).handle;
    super::session::review_parcel(world, handle);
    world.apply(&Command::RequestReturn { parcel: handle }).expect("a delivered parcel may be sent back");
    world.trip_leaves(parcel, Phase::Receive);
    let order = world.trips.get(parcel).order_of_parcel();
    contact::arises(world, Intent::ReturnQuestion, order, 0, Span::ZERO);
}

pub fn travel_back(world: &mut World<'_>, parcel: Handle) -> Next {
    let trip = *world.trips.get(parcel);
    let law = &world.model.after_sales.send_back;
    Next::Wait(law.span(world.draw.uniform(SEND_BACK, trip.key, 0)), Stage::ReturnDock)
}

pub fn return_dock(world: &mut World<'_>, parcel: Handle) -> Next {
    let (model, trip) = (world.model, *world.trips.get(parcel));
    let node = &model.nodes[usize::from(trip.origin)];
    if node.grade == NO_STATION {
        return Next::Go(Stage::Graded);
    }
    let work = node.hasten(model.floor.grade.span(world.draw.uniform(GRADE, trip.key, 0)));
    Next::Seize { station: node.grade, work, rank: 0 }
}

pub fn graded(world: &mut World<'_>, parcel: Handle) -> Next {
    let (model, trip) = (world.model, *world.trips.get(parcel));
    let broken = world.flaws.remove(&trip.key).is_some_and(|flaws| flaws & super::inspect::flaw::BROKEN != 0);
    super::door::back(world, &trip);
    let grade = model.returns.as_ref().map(|rules| returns::grade(world, rules, trip.key, broken));
    let as_new = match grade {
        Some(grade) => grade == 0,
        None => world.draw.chance(RESTOCK, trip.key, 0, model.after_sales.restock),
    };
    let restock = as_new && !broken;
    world.trip_leaves(parcel, Phase::Return);
    world
        .apply(&Command::Grade { parcel: trip.handle, restock })
        .expect("a parcel at the return dock is graded");
    if let Some(grade) = grade {
        returns::settled(world, parcel, trip.key, grade);
    }
    super::lost::close_orders(world, MethodId(trip.method));
    world.metrics.cost(CostLine::Returns, model.costs.return_handling_per_parcel.0 as f64);
    if let Some(next) = super::put_away::begin(world, parcel) {
        return next;
    }
    world.trips.end(parcel);
    release_stock(world);
    Next::Done
}
