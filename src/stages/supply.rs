//! Supply: what is kept of goods that suppliers and other nodes send; nothing where no scenario asks for it.

use super::pre_position::Positioning;
use super::replenish::OnOrder;
use super::{Next, Stage, World};
use crate::domain::{Account, Handle, Step};
use crate::model::Model;

/// Of one run.
pub struct Supply {
    pub on_order: OnOrder,
    pub positioning: Option<Positioning>,
}

impl Supply {
    /// `None` where goods come by the receipts that the scenario lists, and stay where they are.
    pub fn new(model: &Model) -> Option<Box<Supply>> {
        let asked = model.replenish.is_some() || model.pre_position.is_some();
        asked.then(|| {
            Box::new(Supply {
                on_order: OnOrder::new(model),
                positioning: model.pre_position.as_ref().map(|rules| Positioning::new(model, rules)),
            })
        })
    }
}

/// The shelves have their initial stock: reviews and plans begin.
pub fn open(world: &mut World<'_>) {
    let model = world.model;
    if let Some(replenish) = &model.replenish {
        world.metrics.supply.orders = vec![0; replenish.rules.len()];
        for rule in 0..replenish.rules.len() {
            world.send(Handle::from_bits(rule as u64), Next::Go(Stage::ReviewShelves));
        }
    }
    if let Some(rules) = &model.pre_position {
        super::pre_position::remember(world, rules);
        world.send(Handle::default(), Next::Wait(rules.first, Stage::PrePosition));
    }
}

/// A shopper asks for what is in the draft; whether the order is taken comes later.
pub fn asked(world: &mut World<'_>) {
    let stock = world.engine.stock();
    let seen = &mut world.metrics.supply;
    for line in &world.draft.lines {
        let found = u64::from(line.quantity).min(stock.available_anywhere(line.sku));
        seen.asked += u64::from(line.quantity);
        seen.found += found;
        seen.short_lines += u64::from(found < line.quantity.into());
    }
    super::pre_position::asked(world);
}

/// A transition, for what is counted of shelves.
pub fn saw(world: &mut World<'_>) {
    let shelf = |account: Account| matches!(account, Account::Available | Account::Held | Account::Fenced);
    let said = &world.transition;
    let onto = |moved: &crate::domain::StockMove| {
        i64::from(moved.quantity) * (i64::from(shelf(moved.to)) - i64::from(shelf(moved.from)))
    };
    let change: i64 = said.moves.iter().map(onto).sum();
    if change != 0 {
        world.metrics.supply.on_hand_changed(world.at, change);
    }
    let (Step::Picked, Some(rules), Some(order)) = (said.step, &world.model.pre_position, said.handle) else {
        return;
    };
    let facts = world.engine.order(order).expect("an order whose goods are picked is there");
    let nearest = rules.centers[usize::from(rules.region[facts.zone.index()])];
    for moved in said.moves.iter().filter(|moved| moved.to == Account::Picked) {
        world.metrics.supply.served += u64::from(moved.quantity);
        world.metrics.supply.nearby += if moved.node == nearest { u64::from(moved.quantity) } else { 0 };
    }
}
