//! A script from a tape: the tape is played once, on one thread, to learn what each command made.

use std::path::Path;

use super::Script;
use crate::domain::{Command, Transition};
use crate::engine::Engine;
use crate::journal::{self, Sink};
use crate::model::Model;

pub use crate::journal::TapeError;

/// Reads the tape of a run of this model. The digest is what the engine ended with.
/// A command about SKUs or nodes that the model does not have is an error at its line.
pub fn script_of_tape(path: &Path, model: &Model, workers: usize) -> Result<(Script, u128), TapeError> {
    let engine = Engine::new(model.engine_size, model.engine_rules.clone());
    let (mut script, mut transition) = (Script::new(workers), Transition::default());
    let (mut line, mut unfit) = (0, None);
    journal::play(path, |at, command| {
        line += 1;
        if unfit.is_some() || !fits(command, model) {
            unfit.get_or_insert(line);
            return;
        }
        let outcome = engine.apply(at, command, &mut transition);
        script.saw(at, command, outcome.map(|()| &transition));
    })?;
    match unfit {
        None => {
            script.close(engine.counters().orders.peak);
            Ok((script, engine.digest()))
        }
        Some(line) => {
            let message = "names a SKU or a node that the scenario does not have";
            Err(TapeError::Line(line, message.to_owned()))
        }
    }
}

fn fits(command: &Command<'_>, model: &Model) -> bool {
    let (skus, nodes) = (model.engine_size.skus, model.engine_size.nodes);
    let held = |plan: &[crate::domain::Assignment]| plan.iter().all(|row| row.node.0 < nodes);
    match command {
        Command::Submit { lines, hold, zone, method, .. } => {
            let known = zone.index() < model.zones.len() && method.index() < model.methods.len();
            known && held(hold) && lines.iter().all(|line| line.sku.0 < skus)
        }
        Command::Pay { hold, .. } | Command::ConfirmCashOnDelivery { hold, .. } => held(hold),
        Command::Allocate { plan, .. } => held(plan),
        Command::Receive { sku, node, .. }
        | Command::Fence { sku, node, .. }
        | Command::TransferOut { sku, node, .. }
        | Command::TransferIn { sku, node, .. }
        | Command::WriteOff { sku, node, .. } => sku.0 < skus && node.0 < nodes,
        Command::Short { sku, .. } => sku.0 < skus,
        Command::Redeem { coupon, .. } => usize::from(coupon.0) < model.engine_rules.coupons.len(),
        _ => true,
    }
}
