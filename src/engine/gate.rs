//! The gate: a payment provider's callback is let through, or refused before it becomes a command.
//!
//! ```text
//! provider: callback + key of the epoch -> HMAC-SHA-256 -> bytes on the wire
//! shop:     key still valid? -> sent within the window? -> signature right? -> not seen before? -> Command::Pay
//! ```
//!
//! # Promises
//! - What was not signed with a valid key, or was changed after it was signed, is refused (RFC 2104; FIPS 180-4).
//!   Signatures are compared in constant time.
//! - The same bytes are let through once. What is too old to be remembered is refused for its age.
//! - Two keys are valid for a while after a change, one otherwise; a provider whose clock lags is understood.
//! - No clock: the instant is given. No card data: a callback names an order, an amount and a reference, which is the
//!   provider's token for the card; that is all that is kept of a card anywhere.
//!
//! # Why a memory of signatures, where the engine knows references
//! A provider that got no answer says the same again, signed anew; the engine absorbs it, and that is counted as a
//! repetition. The same signature twice is a copy that somebody else kept: it is refused before the engine is asked.

use std::collections::HashSet;
use std::sync::Mutex;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::edge::FixedSeed;
use crate::domain::{Money, NotAdmitted, OrderId};
use crate::kernel::time::{Moment, Span};

type Key = Hmac<Sha256>;

/// For how long what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningRules {
    /// A callback is refused that was sent longer ago, or so much later than now.
    pub window: Span,
    pub rotate_every: Span,
    /// So long after a change the key before it is valid too.
    pub overlap: Span,
}

/// What a provider says: so much was captured for the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Callback {
    pub order: OrderId,
    pub reference: u64,
    pub amount: Money,
    pub sent: Moment,
    /// Number of the key; a new one each `rotate_every`.
    pub key: u32,
}

/// A callback as it is on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    pub callback: Callback,
    pub signature: [u8; 32],
}

/// The keys that provider and shop share. Each thread has its own: the two latest are kept ready.
#[derive(Clone)]
pub struct Keyring {
    rules: SigningRules,
    root: Key,
    ready: [(u32, Key); 2],
}

impl Keyring {
    /// Keys follow from a secret, one an epoch.
    pub fn new(rules: SigningRules, secret: u64) -> Keyring {
        assert!(0 < rules.rotate_every.0, "a key for no time");
        let root = Key::new_from_slice(&secret.to_le_bytes()).expect("a key of any length");
        let ready = [0, 1].map(|epoch| (epoch, derive(&root, epoch)));
        Keyring { rules, root, ready }
    }

    /// Number of the key that is new at that instant.
    pub fn key_at(&self, at: Moment) -> u32 {
        (at.0 / self.rules.rotate_every.0) as u32
    }

    /// Signs as the provider does.
    pub fn sign(&mut self, callback: Callback) -> Signed {
        let signature = self.code(&callback).finalize().into_bytes().into();
        Signed { callback, signature }
    }

    /// The signature is right, and of a key that is valid at that instant.
    fn verify(&mut self, at: Moment, signed: &Signed) -> bool {
        let (key, newest) = (signed.callback.key, self.key_at(at));
        let since_change = at.0 - u64::from(newest) * self.rules.rotate_every.0;
        let previous = key.checked_add(1) == Some(newest) && since_change <= self.rules.overlap.0;
        (key == newest || previous) && self.code(&signed.callback).verify_slice(&signed.signature).is_ok()
    }

    fn code(&mut self, callback: &Callback) -> Key {
        let mut code = self.key(callback.key).clone();
        code.update(&bytes(callback));
        code
    }

    fn key(&mut self, epoch: u32) -> &Key {
        let place = (epoch % 2) as usize;
        if self.ready[place].0 != epoch {
            self.ready[place] = (epoch, derive(&self.root, epoch));
        }
        &self.ready[place].1
    }
}

fn derive(root: &Key, epoch: u32) -> Key {
    let mut code = root.clone();
    code.update(b"ordermill callback key");
    code.update(&epoch.to_le_bytes());
    Key::new_from_slice(&code.finalize().into_bytes()).expect("a key of any length")
}

/// What is signed: every field, each at its place.
fn bytes(callback: &Callback) -> [u8; 36] {
    let Callback { order, reference, amount, sent, key } = callback;
    let mut bytes = [0; 36];
    bytes[..8].copy_from_slice(&order.0.to_le_bytes());
    bytes[8..16].copy_from_slice(&reference.to_le_bytes());
    bytes[16..24].copy_from_slice(&amount.0.to_le_bytes());
    bytes[24..32].copy_from_slice(&sent.0.to_le_bytes());
    bytes[32..].copy_from_slice(&key.to_le_bytes());
    bytes
}

const SHARDS: usize = 16;

/// The memory of what was let through, shared by all threads of a shop.
///
/// A signature is remembered by the stretch of two windows in which it was sent: at any instant what may be let through
/// lies in two stretches, so that three sets, used in turn, forget nothing too early.
pub struct Gate {
    window: u64,
    shards: Box<[Mutex<Shard>]>,
}

#[derive(Default)]
struct Shard {
    sets: [(u64, HashSet<u64, FixedSeed>); 3],
}

impl Gate {
    pub fn new(rules: SigningRules) -> Gate {
        Gate { window: rules.window.0, shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    /// Lets a callback through, once.
    pub fn admit(&self, keys: &mut Keyring, at: Moment, signed: &Signed) -> Result<(), NotAdmitted> {
        if self.window < at.0.abs_diff(signed.callback.sent.0) {
            return Err(NotAdmitted::TooOld);
        }
        if !keys.verify(at, signed) {
            return Err(NotAdmitted::Forged);
        }
        // Part of a signature that is right: nobody chooses it, and two that are equal are one callback.
        let mark = u64::from_le_bytes(signed.signature[..8].try_into().expect("eight bytes"));
        let stretch = signed.callback.sent.0 / (2 * self.window + 1);
        let mut shard = self.shards[mark as usize % SHARDS].lock().expect("nobody panics with the lock");
        let (own, seen) = &mut shard.sets[(stretch % 3) as usize];
        if stretch < *own {
            // Another thread is three stretches ahead: what this one sees is forgotten.
            return Err(NotAdmitted::TooOld);
        }
        if *own != stretch {
            *own = stretch;
            seen.clear();
        }
        if seen.insert(mark) { Ok(()) } else { Err(NotAdmitted::Replayed) }
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;

    const RULES: SigningRules =
        SigningRules { window: Span(300), rotate_every: Span(10_000), overlap: Span(200) };

    fn callback(sent: u64) -> Callback {
        Callback {
            order: OrderId(7),
            reference: 9,
            amount: Money(100),
            sent: Moment(sent),
            key: (sent / 10_000) as u32,
        }
    }

    /// RFC 4231, test case 2: the library is the algorithm that we say.
    #[test]
    fn the_code_is_hmac_sha_256() {
        let mut code = Key::new_from_slice(b"Jefe").unwrap();
        code.update(b"what do ya want for nothing?");
        let hex: String = code.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_callback_passes_once_within_its_window() {
        let (gate, mut keys) = (Gate::new(RULES), Keyring::new(RULES, 1));
        let signed = keys.sign(callback(5_000));
        assert_eq!(gate.admit(&mut keys, Moment(5_301), &signed), Err(NotAdmitted::TooOld));
        assert_eq!(gate.admit(&mut keys, Moment(4_699), &signed), Err(NotAdmitted::TooOld));
        assert_eq!(gate.admit(&mut keys, Moment(5_300), &signed), Ok(()));
        assert_eq!(gate.admit(&mut keys, Moment(5_000), &signed), Err(NotAdmitted::Replayed));
    }

    /// Each field is signed, and each bit of the signature counts.
    #[test]
    fn a_changed_bit_is_found() {
        let (gate, mut keys) = (Gate::new(RULES), Keyring::new(RULES, 1));
        let signed = keys.sign(callback(5_000));
        let own = signed.callback;
        let changed = [
            Callback { order: OrderId(8), ..own },
            Callback { reference: 10, ..own },
            Callback { amount: Money(101), ..own },
            Callback { sent: Moment(5_001), ..own },
            Callback { key: 1, ..own },
        ];
        for callback in changed {
            let forged = Signed { callback, ..signed };
            assert_eq!(gate.admit(&mut keys, Moment(5_000), &forged), Err(NotAdmitted::Forged));
        }
        for bit in 0..256 {
            let mut forged = signed;
            forged.signature[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(gate.admit(&mut keys, Moment(5_000), &forged), Err(NotAdmitted::Forged));
        }
        let with_another_secret = Keyring::new(RULES, 2).sign(own);
        assert_eq!(gate.admit(&mut keys, Moment(5_000), &with_another_secret), Err(NotAdmitted::Forged));
        assert_eq!(gate.admit(&mut keys, Moment(5_000), &signed), Ok(()));
    }

    #[test]
    fn two_keys_are_valid_for_the_overlap() {
        let (gate, mut keys) = (Gate::new(RULES), Keyring::new(RULES, 1));
        let old = |sent: u64| Callback { key: 2, ..callback(sent) };
        let by = |keys: &mut Keyring, sent, at| {
            let signed = keys.sign(old(sent));
            gate.admit(keys, Moment(at), &signed)
        };
        assert_eq!(by(&mut keys, 29_990, 29_990), Ok(()));
        assert_eq!(by(&mut keys, 29_991, 30_200), Ok(()));
        assert_eq!(by(&mut keys, 29_992, 30_201), Err(NotAdmitted::Forged));
        let new = keys.sign(callback(30_201));
        assert_eq!((new.callback.key, gate.admit(&mut keys, Moment(30_201), &new)), (3, Ok(())));
        let early = Callback { key: 4, ..callback(30_300) };
        let early = keys.sign(early);
        assert_eq!(gate.admit(&mut keys, Moment(30_300), &early), Err(NotAdmitted::Forged));
    }

    /// Whatever the instants: nothing passes twice, and nothing that is fresh is taken for old.
    #[test]
    fn the_memory_forgets_nothing_that_could_pass() {
        let (gate, mut keys) = (Gate::new(RULES), Keyring::new(RULES, 1));
        let mut passed = Vec::new();
        for at in (0..60_000).step_by(37) {
            let signed = keys.sign(callback(at));
            assert_eq!(gate.admit(&mut keys, Moment(at), &signed), Ok(()));
            passed.push(signed);
            for old in passed.iter().rev().take(20) {
                assert!(gate.admit(&mut keys, Moment(at), old).is_err());
            }
        }
    }
}
