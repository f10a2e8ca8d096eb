//! Carts by the shadow: rows of SKU, node and units, as the shopper would write them down.

use std::collections::BTreeMap;

use super::effect::Effect;
use super::order::Order;
use super::{Before, Shadow};
use crate::audit::figures::Witness;
use crate::audit::violation::{Fault, Invariant, Verdict};
use crate::domain::{
    Account, Assignment, CartId, CartLine, CartMerge, Command, Line, NodeId, SkuId, Step, Transition,
};
use crate::kernel::time::Moment;

/// SKU, node that holds, units; in the order in which they came.
type Row = (SkuId, Option<NodeId>, i64);

#[derive(Debug, Default, Clone)]
pub struct Cart {
    rows: Vec<Row>,
    expires: Moment,
}

/// The most units of a SKU in one cart.
const MOST: i64 = 65_535;

impl Cart {
    fn units(&self, sku: SkuId) -> i64 {
        self.rows.iter().filter(|row| row.0 == sku).map(|row| row.2).sum()
    }

    fn add(&mut self, sku: SkuId, hold: Option<NodeId>, units: i64) {
        match self.rows.iter_mut().find(|row| (row.0, row.1) == (sku, hold)) {
            Some(row) => row.2 += units,
            None => self.rows.push((sku, hold, units)),
        }
    }

    /// Takes units off one by one, from the row that came last.
    fn take(&mut self, sku: SkuId, units: i64) {
        for _ in 0..units {
            let place = self.rows.iter().rposition(|row| row.0 == sku).expect("units that are there");
            self.rows[place].2 -= 1;
            if self.rows[place].2 == 0 {
                self.rows.remove(place);
            }
        }
    }

    pub fn holds(&self) -> impl Iterator<Item = ((SkuId, NodeId), i64)> {
        self.rows.iter().filter_map(|&(sku, hold, units)| Some(((sku, hold?), units)))
    }

    /// A line a SKU.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for &(sku, _, units) in &self.rows {
            match lines.iter_mut().find(|line| line.sku == sku) {
                Some(line) => line.quantity += units as u32,
                None => lines.push(Line { sku, quantity: units as u32 }),
            }
        }
        lines
    }
}

impl Shadow {
    /// The cart that a command is about, and one that it ends.
    fn carts_of(command: &Command<'_>) -> Vec<CartId> {
        match *command {
            Command::AddToCart { cart, .. }
            | Command::SetQuantity { cart, .. }
            | Command::RemoveFromCart { cart, .. }
            | Command::ClearCart { cart }
            | Command::ExpireCart { cart }
            | Command::SubmitCart { cart, .. } => vec![cart],
            Command::MergeCarts { from, into, .. } => vec![from, into],
            _ => Vec::new(),
        }
    }

    /// Whether there is a cart, and in it the SKU, that the command speaks of.
    pub(super) fn cart_allows(&self, command: &Command<'_>, at: Moment) -> bool {
        let has = |cart: &CartId, sku: &SkuId| self.carts.get(cart).is_some_and(|own| own.units(*sku) != 0);
        match command {
            Command::AddToCart { .. } => true,
            Command::SetQuantity { cart, sku, .. } | Command::RemoveFromCart { cart, sku } => has(cart, sku),
            Command::ExpireCart { cart } => self.carts.get(cart).is_some_and(|own| own.expires <= at),
            Command::MergeCarts { from: cart, .. } | Command::ClearCart { cart } => {
                self.carts.contains_key(cart)
            }
            Command::SubmitCart { cart, id, lines, .. } => {
                let confirmed = self.carts.get(cart).is_some_and(|own| own.lines() == lines.as_ref());
                confirmed && !self.taken.contains(id)
            }
            _ => false,
        }
    }

    pub(super) fn change_cart(&mut self, command: &Command<'_>, said: &Transition) -> Effect {
        let before = self.held_in(command);
        let lifetime = self.setup.cart_lifetime.0;
        let touched = Moment(said.at.0.saturating_add(lifetime));
        let touch = |carts: &mut BTreeMap<CartId, Cart>, cart: CartId| {
            carts.entry(cart).or_default().expires = touched
        };
        let step = match *command {
            Command::AddToCart { cart, sku, quantity, hold } => {
                touch(&mut self.carts, cart);
                self.carts.entry(cart).or_default().add(sku, hold, quantity.into());
                Step::AddedToCart
            }
            Command::SetQuantity { cart, sku, quantity, hold } => {
                touch(&mut self.carts, cart);
                let own = self.carts.entry(cart).or_default();
                let more = i64::from(quantity) - own.units(sku);
                match 0 < more {
                    true => own.add(sku, hold, more),
                    false => own.take(sku, -more),
                }
                Step::QuantitySet
            }
            Command::RemoveFromCart { cart, sku } => {
                touch(&mut self.carts, cart);
                self.carts.entry(cart).or_default().rows.retain(|row| row.0 != sku);
                Step::RemovedFromCart
            }
            Command::MergeCarts { from, into, rule } => {
                let guest = self.carts.remove(&from).unwrap_or_default();
                touch(&mut self.carts, into);
                log_in(self.carts.entry(into).or_default(), &guest, rule);
                Step::CartsMerged
            }
            Command::ExpireCart { cart } => {
                self.carts.remove(&cart);
                Step::CartExpired
            }
            Command::ClearCart { cart } => {
                self.carts.remove(&cart);
                Step::CartCleared
            }
            _ => unreachable!("not of a cart: {command:?}"),
        };
        self.carts.retain(|_, cart| !cart.rows.is_empty());
        let mut effect = Effect::of(step);
        net(before, self.held_in(command), &mut effect);
        effect
    }

    /// What the carts of a command hold now, by cell.
    fn held_in(&self, command: &Command<'_>) -> BTreeMap<(SkuId, NodeId), i64> {
        let mut held = BTreeMap::new();
        for cart in Self::carts_of(command) {
            for (cell, units) in self.carts.get(&cart).into_iter().flat_map(Cart::holds) {
                *held.entry(cell).or_default() += units;
            }
        }
        held
    }

    /// What the order holds beyond the cart is taken, and what the cart held beyond the order given back.
    pub(super) fn take_over(&mut self, cart: CartId, order: &Order, effect: &mut Effect) {
        let mut before = BTreeMap::new();
        for (cell, units) in self.carts.remove(&cart).iter().flat_map(Cart::holds) {
            *before.entry(cell).or_default() += units;
        }
        let mut after: BTreeMap<(SkuId, NodeId), i64> = BTreeMap::new();
        for unit in &order.units {
            if let super::order::Fate::Held(node) = unit.fate {
                *after.entry((unit.sku, node)).or_default() += 1;
            }
        }
        effect.moves.clear();
        net(before, after, effect);
    }

    /// Whether a shelf lacks what the command would take there.
    pub(super) fn cart_lacks(&self, command: &Command<'_>, before: &Before<'_>) -> bool {
        let short = |sku: SkuId, node: NodeId, wanted: i64| before.available(sku, node) < wanted;
        match *command {
            Command::AddToCart { sku, quantity, hold: Some(node), .. } => short(sku, node, quantity.into()),
            Command::SetQuantity { cart, sku, quantity, hold: Some(node) } => {
                let there = self.carts.get(&cart).map_or(0, |own| own.units(sku));
                short(sku, node, i64::from(quantity) - there)
            }
            Command::SubmitCart { cart, ref hold, .. } => {
                let Some(own) = self.carts.get(&cart) else { return false };
                let (lines, mut wanted) = (own.lines(), BTreeMap::new());
                own.holds().for_each(|(cell, units)| *wanted.entry(cell).or_default() -= units);
                for &Assignment { line, node, quantity, .. } in hold.iter() {
                    let Some(line) = lines.get(usize::from(line)) else { continue };
                    *wanted.entry((line.sku, node)).or_default() += i64::from(quantity);
                }
                wanted.into_iter().any(|((sku, node), units)| 0 < units && short(sku, node, units))
            }
            _ => false,
        }
    }

    /// The carts that the command was about are in the engine what they are here.
    pub fn compare_carts(&self, command: &Command<'_>, engine: &dyn Witness) -> Verdict {
        let mut told = Vec::new();
        for cart in Self::carts_of(command) {
            let rows = self.carts.get(&cart).map_or(&[][..], |own| &own.rows);
            engine.cart(cart, &mut told);
            let own = |&(sku, hold, units): &Row| CartLine { sku, quantity: units as u32, hold };
            let own: Vec<CartLine> = rows.iter().map(own).collect();
            if own != told {
                let say = |lines: &[CartLine]| format!("{lines:?}");
                let (left, right) = (("by its operations", say(&own)), ("of the engine", say(&told)));
                return Err(Fault::new(Invariant::I17, format!("cart {}", cart.0), left, "=", right));
            }
        }
        Ok(())
    }
}

/// A guest's rows go to their own cart; of a SKU that is in both, as the rule says.
fn log_in(own: &mut Cart, guest: &Cart, rule: CartMerge) {
    for line in guest.lines() {
        let (sku, theirs, mine) = (line.sku, i64::from(line.quantity), own.units(line.sku));
        if rule == CartMerge::Larger {
            if theirs <= mine {
                continue;
            }
            own.rows.retain(|row| row.0 != sku);
        }
        let mut room = MOST - own.units(sku);
        for &(_, hold, units) in guest.rows.iter().filter(|row| row.0 == sku) {
            let units = units.min(room);
            room -= units;
            if 0 < units {
                own.add(sku, hold, units);
            }
        }
    }
}

/// The moves that lead from holds to other holds.
fn net(before: BTreeMap<(SkuId, NodeId), i64>, after: BTreeMap<(SkuId, NodeId), i64>, effect: &mut Effect) {
    let mut change = after;
    before.into_iter().for_each(|(cell, units)| *change.entry(cell).or_default() -= units);
    for ((sku, node), units) in change {
        match 0 < units {
            true => effect.carry(sku, node, Account::Available, Account::Held, units),
            false => effect.carry(sku, node, Account::Held, Account::Available, -units),
        }
    }
}
