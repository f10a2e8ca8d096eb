//! The effect: what the shadow expects of a command, and how it differs from what happened.

use std::collections::BTreeMap;

use crate::audit::cells::cell;
use crate::audit::violation::{Fault, Invariant, Verdict};
use crate::domain::{Account, Handle, MoneyAccount, NodeId, OrderId, OrderState, SkuId, Step, Transition};

/// What one command should do. Moves and postings are summed: their order is nobody's business.
#[derive(Debug, Default)]
pub struct Effect {
    pub step: Option<Step>,
    pub changes: BTreeMap<Handle, (OrderId, Option<OrderState>, OrderState)>,
    pub moves: BTreeMap<(SkuId, NodeId, Account, Account), i64>,
    pub money: BTreeMap<(MoneyAccount, MoneyAccount), i64>,
    pub created: usize,
}

impl Effect {
    pub fn of(step: Step) -> Effect {
        Effect { step: Some(step), ..Effect::default() }
    }

    pub fn change(&mut self, handle: Handle, id: OrderId, from: Option<OrderState>, to: OrderState) {
        self.changes.entry(handle).and_modify(|change| change.2 = to).or_insert((id, from, to));
    }

    pub fn carry(&mut self, sku: SkuId, node: NodeId, from: Account, to: Account, quantity: i64) {
        if quantity != 0 {
            *self.moves.entry((sku, node, from, to)).or_default() += quantity;
        }
    }

    pub fn post(&mut self, from: MoneyAccount, to: MoneyAccount, amount: i64) {
        if amount != 0 {
            *self.money.entry((from, to)).or_default() += amount;
        }
    }

    /// The transition says the same.
    pub fn compare(&self, said: &Transition) -> Verdict {
        let happened = Effect::from(said);
        let name = |step: Option<Step>| step.map_or("nothing", Step::name);
        if self.step != happened.step {
            let (left, right) = (("the step is", name(happened.step)), ("the shadow's", name(self.step)));
            return Err(Fault::new(Invariant::I6, "step", left, "=", right));
        }
        self.compare_changes(&happened)?;
        self.compare_moves(&happened)?;
        self.compare_money(&happened)?;
        if self.created != said.created.len() {
            let (left, right) = (("made", said.created.len()), ("by the shadow", self.created));
            return Err(Fault::new(Invariant::I9, name(self.step), left, "=", right));
        }
        Ok(())
    }

    fn compare_changes(&self, happened: &Effect) -> Verdict {
        let all = self.changes.keys().chain(happened.changes.keys());
        for handle in all {
            let (own, said) = (self.changes.get(handle), happened.changes.get(handle));
            if own != said {
                let place = own.or(said).map_or(String::new(), |change| format!("order {}", change.0.0));
                let name = |change: Option<&(OrderId, Option<OrderState>, OrderState)>| {
                    change.map_or("not concerned".to_owned(), |(_, from, to)| {
                        format!("{} -> {}", from.map_or("nowhere", OrderState::name), to.name())
                    })
                };
                let (left, right) = (("it moved", name(said)), ("by the shadow", name(own)));
                return Err(Fault::new(Invariant::I6, place, left, "=", right));
            }
        }
        Ok(())
    }

    fn compare_moves(&self, happened: &Effect) -> Verdict {
        for key in self.moves.keys().chain(happened.moves.keys()) {
            let units = |effect: &Effect| effect.moves.get(key).copied().unwrap_or(0);
            let (own, said) = (units(self), units(happened));
            if own != said {
                let &(sku, node, from, to) = key;
                let invariant = match (from, to) {
                    (Account::Held, _) | (_, Account::Held) => Invariant::I3,
                    (Account::Supplier | Account::Fenced | Account::Transfer, _)
                    | (_, Account::Fenced | Account::Missing | Account::Transfer) => Invariant::I2,
                    _ => Invariant::I9,
                };
                let left = (format!("units {from:?} -> {to:?}"), said);
                return Err(Fault::new(
                    invariant,
                    cell(sku, node),
                    (&left.0, left.1),
                    "=",
                    ("by the shadow", own),
                ));
            }
        }
        Ok(())
    }

    fn compare_money(&self, happened: &Effect) -> Verdict {
        for key in self.money.keys().chain(happened.money.keys()) {
            let amount = |effect: &Effect| effect.money.get(key).copied().unwrap_or(0);
            let (own, said) = (amount(self), amount(happened));
            if own != said {
                let points = key.1 == MoneyAccount::PointsHeld;
                let invariant = if points { Invariant::I5 } else { Invariant::I4 };
                let left = (format!("{:?} -> {:?}", key.0, key.1), said);
                let place = self
                    .changes
                    .values()
                    .next()
                    .map_or(String::new(), |change| format!("order {}", change.0.0));
                return Err(Fault::new(invariant, place, (&left.0, left.1), "=", ("by the shadow", own)));
            }
        }
        Ok(())
    }
}

impl From<&Transition> for Effect {
    fn from(said: &Transition) -> Effect {
        let mut effect = Effect::of(said.step);
        for (id, handle, from, to) in said.changes() {
            effect.change(handle, id, from, to);
        }
        for moved in &said.moves {
            effect.carry(moved.sku, moved.node, moved.from, moved.to, moved.quantity.into());
        }
        for posting in &said.postings {
            effect.post(posting.from, posting.to, posting.amount.0);
        }
        effect.created = said.created.len();
        effect
    }
}
