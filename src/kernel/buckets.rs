//! The calendar's buckets: entries by the highest digit in which their key differs from the base.
//!
//! # Promises
//! - The lowest occupied bucket holds the smallest key of all buckets.
//! - Memory is the peak number of entries, plus at most one open chunk per bucket.
//! - Order within a bucket means nothing: the calendar sorts what becomes due.
//!
//! # Why chunks and not a `Vec` per bucket
//! As time advances every bucket of a level is the full one once; a vector each would keep the
//! memory of its fullest hour. Chunks of 1 KiB go back to one pool, the last freed first, so a
//! sweep writes into lines it has just read.

#[derive(Debug, Clone, Copy)]
pub struct Entry<E> {
    pub key: u64,
    pub event: E,
}

const DIGIT_BITS: u32 = 6;
const FAN: usize = 1 << DIGIT_BITS;
const LEVELS: usize = 64usize.div_ceil(DIGIT_BITS as usize);
const CHUNK: usize = 64;
const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
pub struct BucketId {
    level: u32,
    digit: u32,
}

impl BucketId {
    #[inline]
    fn index(self) -> usize {
        (self.level as usize * FAN + self.digit as usize) % (LEVELS * FAN)
    }

    /// All key bits that may differ between the entries of this bucket.
    pub fn span_mask(self) -> u64 {
        (1 << (self.level * DIGIT_BITS)) - 1
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    /// Arena index of the next free place; a multiple of `CHUNK` when the chunk is full or missing.
    cursor: u32,
    len: u32,
}

#[derive(Debug, Clone)]
pub struct Buckets<E> {
    pub base: u64,
    occupied_levels: u32,
    occupied_digits: [u64; LEVELS],
    buckets: Box<[Bucket; LEVELS * FAN]>,
    arena: Vec<Entry<E>>,
    /// The chunk before each chunk in its bucket's chain.
    link: Vec<u32>,
    free: Vec<u32>,
}

impl<E: Copy> Buckets<E> {
    pub fn new() -> Self {
        Buckets {
            base: 0,
            occupied_levels: 0,
            occupied_digits: [0; LEVELS],
            buckets: Box::new([Bucket::default(); LEVELS * FAN]),
            arena: Vec::new(),
            link: Vec::new(),
            free: Vec::new(),
        }
    }

    #[inline]
    pub fn push(&mut self, entry: Entry<E>) {
        let level = (63 - (entry.key ^ self.base | 1).leading_zeros()) / DIGIT_BITS;
        let digit = (entry.key >> (level * DIGIT_BITS)) as u32 % FAN as u32;
        let id = BucketId { level, digit };
        let cursor = self.buckets[id.index()].cursor;
        let cursor =
            if cursor.is_multiple_of(CHUNK as u32) { self.open_chunk(cursor, entry) } else { cursor };
        self.arena[cursor as usize] = entry;
        let bucket = &mut self.buckets[id.index()];
        bucket.cursor = cursor + 1;
        bucket.len += 1;
        self.occupied_levels |= 1 << level;
        self.occupied_digits[level as usize % LEVELS] |= 1 << digit;
    }

    /// The first place of a fresh chunk, linked to the chunk that ends at `cursor`.
    #[inline(never)]
    fn open_chunk(&mut self, cursor: u32, filler: Entry<E>) -> u32 {
        let chunk = self.free.pop().unwrap_or_else(|| {
            let chunk = self.link.len() as u32;
            assert!(chunk < NONE / CHUNK as u32, "more than four billion pending events");
            self.link.push(NONE);
            if self.arena.len() == self.arena.capacity() {
                // A sixteenth at a time: doubling would hold twice the memory of the peak, and large
                // blocks move by remapping, not by copying.
                self.arena.reserve_exact((self.arena.len() / 16).next_multiple_of(CHUNK).max(16 * CHUNK));
            }
            self.arena.resize(self.arena.len() + CHUNK, filler);
            chunk
        });
        self.link[chunk as usize] = if cursor == 0 { NONE } else { cursor / CHUNK as u32 - 1 };
        chunk * CHUNK as u32
    }

    pub fn lowest(&self) -> Option<BucketId> {
        if self.occupied_levels == 0 {
            return None;
        }
        let level = self.occupied_levels.trailing_zeros();
        Some(BucketId { level, digit: self.occupied_digits[level as usize].trailing_zeros() })
    }

    pub fn capacity(&self) -> usize {
        self.arena.capacity()
    }

    pub fn len(&self, id: BucketId) -> u32 {
        self.buckets[id.index()].len
    }

    /// The first key that belongs into this bucket.
    pub fn begin(&self, id: BucketId) -> u64 {
        let above = (id.level + 1) * DIGIT_BITS;
        let high = if above < 64 { self.base >> above << above } else { 0 };
        high | u64::from(id.digit) << (id.level * DIGIT_BITS)
    }

    /// Moves the base back to `base`, and returns the entries for which that makes a difference: those of
    /// levels below the one in which the bases differ.
    pub fn rebase(&mut self, base: u64) -> Vec<Entry<E>> {
        let level = (63 - (base ^ self.base | 1).leading_zeros()) / DIGIT_BITS;
        let mut back = Vec::new();
        while let Some(bucket) = self.lowest().filter(|bucket| bucket.level < level) {
            self.drain(bucket, |_, entry| back.push(entry));
        }
        self.base = base;
        back
    }

    /// Empties the bucket, giving each chunk back as soon as it is read: while it is still cached.
    #[inline]
    pub fn drain(&mut self, id: BucketId, mut each: impl FnMut(&mut Self, Entry<E>)) {
        let mut end = std::mem::take(&mut self.buckets[id.index()]).cursor;
        let digits = &mut self.occupied_digits[id.level as usize];
        *digits &= !(1 << id.digit);
        if *digits == 0 {
            self.occupied_levels &= !(1 << id.level);
        }
        while end != 0 {
            let chunk = (end - 1) / CHUNK as u32;
            for place in chunk * CHUNK as u32..end {
                let entry = self.arena[place as usize];
                each(self, entry);
            }
            end = self.end_of_previous(chunk);
            self.free.push(chunk);
        }
    }

    /// Where the full chunk before `chunk` ends, or 0 when there is none.
    fn end_of_previous(&self, chunk: u32) -> u32 {
        match self.link[chunk as usize] {
            NONE => 0,
            previous => (previous + 1) * CHUNK as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::draw::Draw;
    use super::*;

    fn level(key: u64, base: u64) -> u32 {
        (0..LEVELS as u32)
            .rev()
            .find(|level| key >> (level * DIGIT_BITS) != base >> (level * DIGIT_BITS))
            .unwrap_or(0)
    }

    /// Exactly the entries come back that would lie elsewhere; with them pushed again every bucket holds what its
    /// bounds say, and the lowest is emptied first.
    #[test]
    fn a_base_moves_back() {
        let mut source = Draw::new(7, 0).source("rebase");
        for _ in 0..2_000 {
            let bits = 1 + source.bits() % 40;
            let (a, b) = (source.bits() >> (64 - bits), source.bits() >> (64 - bits));
            let (before, after) = (a.max(b), a.min(b));
            let mut buckets = Buckets::new();
            buckets.base = before;
            let mut keys: Vec<u64> = Vec::new();
            for event in 0..40_u32 {
                let key = before + (source.bits() >> (64 - 1 - source.bits() % bits));
                keys.push(key);
                buckets.push(Entry { key, event });
            }
            let mut back: Vec<u64> = Vec::new();
            for entry in buckets.rebase(after) {
                back.push(entry.key);
                buckets.push(entry);
            }
            let moved = level(before, after);
            let mut expected: Vec<u64> =
                keys.iter().copied().filter(|&key| level(key, before) < moved).collect();
            back.sort_unstable();
            expected.sort_unstable();
            assert_eq!(back, expected, "{before:x} to {after:x}");
            assert_eq!(buckets.base, after);
            let (mut seen, mut last) = (Vec::new(), 0);
            while let Some(bucket) = buckets.lowest() {
                let begin = buckets.begin(bucket);
                let mut here = Vec::new();
                buckets.drain(bucket, |_, entry| here.push(entry.key));
                let bounds = begin..=begin | bucket.span_mask();
                assert!(
                    last <= begin && here.iter().all(|key| bounds.contains(key)),
                    "{before:x} to {after:x}"
                );
                last = *bounds.end();
                seen.extend(here);
            }
            seen.sort_unstable();
            keys.sort_unstable();
            assert_eq!(seen, keys);
        }
    }
}
