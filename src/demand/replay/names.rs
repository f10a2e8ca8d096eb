//! Names to dense numbers, in order of first appearance: customers and SKUs of a file.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::kernel::draw::mix;

/// 64 bits of a name. Two of a million names share theirs with a probability of 3 in 10^8.
#[inline]
pub fn key(name: &[u8]) -> u64 {
    let mut key = mix(name.len() as u64);
    let (words, rest) = name.as_chunks::<8>();
    for word in words {
        key = mix(key ^ u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(key ^ u64::from_le_bytes(last))
}

/// Numbers by key: 12 bytes and a load factor a name. Looked up only, never walked.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    by_key: HashMap<u64, u32, BuildHasherDefault<Keyed>>,
}

impl Numbers {
    /// The number of a name that is known.
    #[inline]
    pub fn find(&self, key: u64) -> Option<u32> {
        self.by_key.get(&key).copied()
    }

    /// The number of a name, the next free one when it is new.
    pub fn number(&mut self, key: u64) -> u32 {
        let next = self.by_key.len() as u32;
        *self.by_key.entry(key).or_insert(next)
    }

    /// Gives a name a number of the caller's; the first one stays.
    pub fn give(&mut self, key: u64, number: u32) {
        self.by_key.entry(key).or_insert(number);
    }

    pub fn len(&self) -> usize {
        self.by_key.len()
    }
}

/// The keys are hashes already.
#[derive(Default)]
pub struct Keyed(u64);

impl Hasher for Keyed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("keys are u64")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_as_they_appear() {
        let mut numbers = Numbers::default();
        let names = ["", "a", "b", "ab", "a\0", "12345678", "123456789", "a"];
        let given = names.map(|name| numbers.number(key(name.as_bytes())));
        assert_eq!(given, [0, 1, 2, 3, 4, 5, 6, 1]);
        assert_eq!(numbers.find(key(b"b")), Some(2));
        assert_eq!(numbers.find(key(b"c")), None);
    }
}
