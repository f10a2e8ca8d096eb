//! The edge map: what foreign keys of finished orders mean. Never on the way of an order that goes well.
//!
//! # Why a trait
//! `DashMap` is sharded locks, not lock-free; it is the fastest of those measured, and a lock-free map can
//! take its place here. Values are copied out: no guard outlives a call. Nobody iterates it into a result.

use std::hash::{BuildHasherDefault, Hash, Hasher};

use super::tally::mix;

/// Keys that come in from outside.
pub trait EdgeMap<K, V: Copy>: Send + Sync {
    fn get(&self, key: &K) -> Option<V>;
    /// False, and nothing changes, where the key is there already.
    fn insert_new(&self, key: K, value: V) -> bool;
    fn forget(&self, key: &K);
    /// The value goes to one caller.
    fn take(&self, key: &K) -> Option<V>;
    fn count(&self) -> usize;
}

#[cfg(not(any(loom, shuttle)))]
pub type Map<K, V> = dashmap::DashMap<K, V, FixedSeed>;

/// Makes a map whose shard count hangs on nothing but this line.
#[cfg(not(any(loom, shuttle)))]
pub fn map<K: Eq + Hash, V>() -> Map<K, V> {
    map_for(0)
}

/// The same, with places for so many keys made ahead.
#[cfg(not(any(loom, shuttle)))]
pub fn map_for<K: Eq + Hash, V>(keys: usize) -> Map<K, V> {
    dashmap::DashMap::with_capacity_and_hasher_and_shard_amount(keys, FixedSeed::default(), 64)
}

#[cfg(not(any(loom, shuttle)))]
impl<K: Eq + Hash + Send + Sync, V: Copy + Send + Sync> EdgeMap<K, V> for Map<K, V> {
    fn get(&self, key: &K) -> Option<V> {
        dashmap::DashMap::get(self, key).map(|entry| *entry)
    }

    fn insert_new(&self, key: K, value: V) -> bool {
        match self.entry(key) {
            dashmap::Entry::Occupied(_) => false,
            dashmap::Entry::Vacant(place) => {
                place.insert(value);
                true
            }
        }
    }

    fn forget(&self, key: &K) {
        self.remove(key);
    }

    fn take(&self, key: &K) -> Option<V> {
        self.remove(key).map(|entry| entry.1)
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// Model checkers cannot see into `DashMap`: a plain map behind their own mutex has the same contract.
#[cfg(any(loom, shuttle))]
pub struct Map<K, V>(super::sync::Mutex<std::collections::HashMap<K, V, FixedSeed>>);

#[cfg(any(loom, shuttle))]
pub fn map<K: Eq + Hash, V>() -> Map<K, V> {
    map_for(0)
}

#[cfg(any(loom, shuttle))]
pub fn map_for<K: Eq + Hash, V>(_keys: usize) -> Map<K, V> {
    Map(super::sync::Mutex::new(std::collections::HashMap::default()))
}

#[cfg(any(loom, shuttle))]
impl<K: Eq + Hash + Send + Sync, V: Copy + Send + Sync> EdgeMap<K, V> for Map<K, V> {
    fn get(&self, key: &K) -> Option<V> {
        self.0.lock().unwrap().get(key).copied()
    }

    fn insert_new(&self, key: K, value: V) -> bool {
        let mut map = self.0.lock().unwrap();
        !map.contains_key(&key) && map.insert(key, value).is_none()
    }

    fn forget(&self, key: &K) {
        self.0.lock().unwrap().remove(key);
    }

    fn take(&self, key: &K) -> Option<V> {
        self.0.lock().unwrap().remove(key)
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

pub type FixedSeed = BuildHasherDefault<Mix>;

/// Hashes whole words by `mix`; the keys are handles and references, not texts.
#[derive(Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = mix(self.0 ^ word);
    }
}
