//! Callbacks of a script: signed ahead of the clock, as a provider would, and verified by the worker that pays.
//!
//! # Why a worker has a gate of its own
//! Workers are at different business instants, and all callbacks of an order come to one of them: so its memory forgets
//! nothing too early, and is the shop's as far as this worker can see.

use rustc_hash::FxHashSet;

use super::script::{Lane, Step, Verb};
use crate::engine::{Callback, Gate, Keyring, Signed, SigningRules};
use crate::kernel::time::Moment;
use crate::model::Model;

/// Any secret will do: whoever signs here verifies, too.
const SECRET: u64 = 1;

pub(super) struct Callbacks {
    rules: SigningRules,
    keys: Keyring,
    gate: Gate,
    /// By place of the payment.
    signed: Vec<Option<Signed>>,
}

impl Callbacks {
    pub fn sign_all(model: &Model, lane: &Lane) -> Option<Callbacks> {
        let rules = model.signing.as_ref()?.rules;
        let mut keys = Keyring::new(rules, SECRET);
        let (mut signed, mut said) = (vec![None; lane.payments.len()], FxHashSet::default());
        for step in lane.steps.iter().filter(|step| step.verb == Verb::Pay) {
            let payment = lane.payments[step.side as usize];
            let order = lane.baskets[step.subject as usize].id;
            // What a provider says twice at one instant it sent at two.
            let mut sent = step.at;
            while !said.insert((payment.reference, sent)) {
                sent = Moment(sent.0 - 1);
            }
            let (reference, amount) = (payment.reference, payment.amount);
            let key = keys.key_at(sent);
            signed[step.side as usize] = Some(keys.sign(Callback { order, reference, amount, sent, key }));
        }
        Some(Callbacks { rules, keys, gate: Gate::new(rules), signed })
    }

    /// Whether the callback of a payment passes, at the instant of its run.
    #[inline]
    pub fn admit(&mut self, step: &Step) -> bool {
        let signed = self.signed[step.side as usize].as_ref().expect("every payment was signed");
        self.gate.admit(&mut self.keys, step.at, signed).is_ok()
    }

    /// The next lap has the same callbacks.
    pub fn forget(&mut self) {
        self.gate = Gate::new(self.rules);
    }
}
