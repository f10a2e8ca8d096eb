//! Recording: the same commands with none timed, one in 61, each.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::{Row, Shop, Size, Turn, beside, nanos_each};
use crate::load::play::Broken;
use crate::load::{Options, Pace, Pins, Timed, play};

pub(super) fn rows(shops: &[Shop], size: Size, tell: &mut dyn FnMut(Row) -> bool) -> Result<(), Broken> {
    let Some(Shop { strategy, model, script }) = shops.first() else { return Ok(()) };
    let go_on = AtomicBool::new(false);
    let broken = std::cell::RefCell::new(None);
    let turn = |timed: Timed, name: &'static str| -> Turn<'_> {
        let options = Options {
            pace: Pace::Closed,
            seed: 1,
            duration: None,
            warm_up: Duration::ZERO,
            timed,
            pins: Pins::FREE,
        };
        let (go_on, broken) = (&go_on, &broken);
        (
            name,
            Box::new(move || match play(model, script, &options, go_on) {
                Ok(played) => nanos_each(played.cpu, played.steps),
                Err(found) => {
                    *broken.borrow_mut() = Some(found);
                    f64::NAN
                }
            }),
        )
    };
    let turns = vec![
        turn(Timed::Sample, "ours"),
        turn(Timed::Never, "none is timed"),
        turn(Timed::Each, "each is timed"),
    ];
    let question = format!("a command of load, {strategy}, one in 61 timed");
    let row = beside(question, ("command", "CPU"), size.rounds, turns);
    match broken.take() {
        Some(found) => Err(found),
        None => {
            tell(row);
            Ok(())
        }
    }
}
