//! The cache before the origin: the assets that were asked for last (LRU), in flat arrays.
//!
//! # Promises
//! - A request costs a few array accesses, whatever the sizes, and allocates nothing.
//! - Under independent requests the hit ratio is that of Che's approximation (Che, Tung and Wang, "Hierarchical web
//!   caching systems", 2002): an asset of share `q` is found with probability `1 - exp(-q t)`, where `t` makes these
//!   add up to the room.

const NOWHERE: u32 = u32::MAX;

/// Assets `0..assets`, at most `room` of them held.
#[derive(Debug, Clone)]
pub struct Cache {
    /// By asset: its slot, or `NOWHERE`.
    slots: Vec<u32>,
    /// By slot.
    held: Vec<u32>,
    newer: Vec<u32>,
    older: Vec<u32>,
    newest: u32,
    oldest: u32,
    room: usize,
}

impl Cache {
    pub fn new(assets: usize, room: usize) -> Cache {
        let room = room.min(assets);
        Cache {
            slots: vec![NOWHERE; assets],
            held: Vec::with_capacity(room),
            newer: Vec::with_capacity(room),
            older: Vec::with_capacity(room),
            newest: NOWHERE,
            oldest: NOWHERE,
            room,
        }
    }

    /// True where the asset is held; it is held from now on, instead of the one that nobody asked for longest.
    #[inline]
    pub fn request(&mut self, asset: u32) -> bool {
        if self.room == 0 {
            return false;
        }
        let slot = self.slots[asset as usize];
        if slot != NOWHERE {
            if slot != self.newest {
                self.unlink(slot);
                self.link(slot);
            }
            return true;
        }
        let slot = if self.held.len() < self.room {
            self.held.push(asset);
            self.newer.push(NOWHERE);
            self.older.push(NOWHERE);
            self.held.len() as u32 - 1
        } else {
            let slot = self.oldest;
            self.unlink(slot);
            self.slots[self.held[slot as usize] as usize] = NOWHERE;
            self.held[slot as usize] = asset;
            slot
        };
        self.slots[asset as usize] = slot;
        self.link(slot);
        false
    }

    pub fn len(&self) -> usize {
        self.held.len()
    }

    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub fn bytes(&self) -> u64 {
        4 * (self.slots.len() + 3 * self.room) as u64
    }

    fn unlink(&mut self, slot: u32) {
        let (newer, older) = (self.newer[slot as usize], self.older[slot as usize]);
        match newer {
            NOWHERE => self.newest = older,
            newer => self.older[newer as usize] = older,
        }
        match older {
            NOWHERE => self.oldest = newer,
            older => self.newer[older as usize] = newer,
        }
    }

    fn link(&mut self, slot: u32) {
        self.newer[slot as usize] = NOWHERE;
        self.older[slot as usize] = self.newest;
        match self.newest {
            NOWHERE => self.oldest = slot,
            newest => self.newer[newest as usize] = slot,
        }
        self.newest = slot;
    }
}
