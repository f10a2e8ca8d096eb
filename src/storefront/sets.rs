//! Sets of SKUs, a bit each, for concepts that stand in many titles: what 64 titles hold is known at once.

/// A concept in fewer titles than one of so many has no set: its postings are walked sooner.
const SELDOM: usize = 256;
const NO_ROW: u32 = u32::MAX;
/// Sets that are counted at once, at most.
const MOST: usize = 8;

/// Of `skus` SKUs: their sets take `skus / 8` bytes each.
#[derive(Debug, Clone)]
pub struct Sets {
    /// Words of a set.
    width: usize,
    /// By concept: its row, or `NO_ROW`.
    rows: Vec<u32>,
    bits: Vec<u64>,
}

impl Sets {
    /// Of the postings of each concept.
    pub fn new<'a>(skus: usize, lists: impl Iterator<Item = &'a [u32]>) -> Sets {
        let mut sets = Sets { width: skus.div_ceil(64), rows: Vec::new(), bits: Vec::new() };
        for list in lists {
            if list.is_empty() || list.len() * SELDOM < skus {
                sets.rows.push(NO_ROW);
                continue;
            }
            let from = sets.bits.len();
            sets.rows.push((from / sets.width) as u32);
            sets.bits.resize(from + sets.width, 0);
            list.iter().for_each(|&sku| sets.bits[from + sku as usize / 64] |= 1 << (sku % 64));
        }
        sets
    }

    /// Word `n` tells of the SKUs from `64 n` on.
    #[inline]
    pub fn of(&self, concept: u16) -> Option<&[u64]> {
        let row = self.rows[usize::from(concept)];
        (row != NO_ROW).then(|| &self.bits[row as usize * self.width..][..self.width])
    }
}

/// Which of 64 SKUs are in at least `least` of the sets. Cost: `least` operations a set.
#[inline]
pub fn in_at_least(least: usize, words: impl Iterator<Item = u64>) -> u64 {
    // By how many sets, at least, so far.
    let mut counts = [0u64; MOST + 1];
    counts[0] = u64::MAX;
    for word in words {
        for more in (1..=least).rev() {
            counts[more] |= counts[more - 1] & word;
        }
    }
    counts[least]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::Draw;

    #[test]
    fn counts_are_those_of_each_bit() {
        let mut dice = Draw::new(1, 0).source("bits");
        for sets in 0..=MOST {
            let words: Vec<u64> = (0..sets).map(|_| (dice.uniform() * u64::MAX as f64) as u64).collect();
            for least in 0..=MOST {
                let found = in_at_least(least, words.iter().copied());
                for bit in 0..64 {
                    let held = words.iter().filter(|&word| word >> bit & 1 == 1).count();
                    assert_eq!(found >> bit & 1 == 1, least <= held);
                }
            }
        }
    }

    #[test]
    fn sets_hold_their_postings() {
        let (often, seldom) = ([3, 64, 128, 999], [7; 0]);
        let sets = Sets::new(1_000, [&often[..], &seldom[..]].into_iter());
        let set = sets.of(0).expect("four of a thousand are many enough");
        assert!(
            (0..1_000).all(|sku| (set[sku / 64] >> (sku % 64) & 1 == 1) == often.contains(&(sku as u32)))
        );
        assert!(sets.of(1).is_none());
    }
}
