//! Callbacks: one verified at the gate, beside the bare hash of as many bytes.

use sha2::{Digest, Sha256};

use super::{Row, Size, Turn, beside, cpu};
use crate::domain::{Money, OrderId};
use crate::engine::{Callback, Gate, Keyring, Signed, SigningRules};
use crate::kernel::time::{Moment, Span};

const CALLBACKS: u64 = 200_000;
const RULES: SigningRules = SigningRules {
    window: Span(300_000_000),
    rotate_every: Span(86_400_000_000),
    overlap: Span(600_000_000),
};

pub(super) fn rows(size: Size, tell: &mut dyn FnMut(Row) -> bool) {
    let count = size.units(CALLBACKS);
    let mut keys = Keyring::new(RULES, 1);
    let sign = |number: u64| {
        let sent = Moment(number);
        let callback =
            Callback { order: OrderId(number), reference: number, amount: Money(100), sent, key: 0 };
        keys.sign(callback)
    };
    let signed: Vec<Signed> = (0..count).map(sign).collect();
    let verified = || {
        let gate = Gate::new(RULES);
        cpu(count, || {
            for own in &signed {
                gate.admit(&mut keys, own.callback.sent, own).expect("it is genuine");
            }
        })
    };
    // An HMAC hashes an inner and an outer block: as much by itself, with nothing compared or remembered.
    let hashed = || {
        cpu(count, || {
            for own in &signed {
                let inner = Sha256::digest(own.signature);
                std::hint::black_box(Sha256::digest(inner));
            }
        })
    };
    let turns: Vec<Turn<'_>> =
        vec![("ours", Box::new(verified)), ("SHA-256 twice, nothing kept", Box::new(hashed))];
    let _ = tell(beside("a payment callback verified", ("callback", "CPU"), size.rounds, turns));
}
