//! Lists of portions: a few words in the record itself, or one block of 8 to 4,096 words for a long list.

use super::arena::{FEW_SEGMENTS, FreeList, SEGMENT_BITS, Segments};
use super::portion::Portion;
use super::record::{join48, split48};
use super::sync::{AtomicU64, Ordering};

const CLASSES: usize = 16;
const SMALLEST: usize = 3;

/// Where a record keeps its list: a word that ends in its shape (portions 12 | class of their block 4; 0: inline), and
/// the words that hold the portions, or in the first one the block.
#[derive(Clone, Copy)]
pub struct List<'a> {
    pub shape: &'a AtomicU64,
    pub inline: &'a [AtomicU64],
}

/// How many portions, and the class of the block they are in (0: inline).
#[inline]
pub fn shape(word: u64) -> (usize, usize) {
    (word as usize >> 4 & 0xFFF, word as usize & 0xF)
}

fn class_of(portions: usize, inline: usize) -> usize {
    if portions <= inline {
        0
    } else {
        // Class 3 has 8 words, class 12 has 4,096.
        (portions.next_power_of_two().trailing_zeros() as usize).max(SMALLEST)
    }
}

/// Blocks of 8 to 4,096 words for orders of many portions, one free list a size.
pub struct Blocks {
    words: [Segments<AtomicU64>; CLASSES],
    free: [FreeList; CLASSES],
}

impl Default for Blocks {
    fn default() -> Blocks {
        Blocks { words: std::array::from_fn(|_| Segments::few(FEW_SEGMENTS)), free: Default::default() }
    }
}

impl Blocks {
    /// The portions one by one. `None` when the words do not fit together: whoever reads what another changes looks again.
    #[inline]
    pub fn each(&self, list: List<'_>, mut visit: impl FnMut(Portion)) -> Option<()> {
        let (count, class) = shape(list.shape.load(Ordering::Relaxed));
        if class == 0 {
            for word in list.inline.get(..count)? {
                visit(Portion(word.load(Ordering::Relaxed)));
            }
        } else {
            let block = list.inline[0].load(Ordering::Relaxed) as u32;
            for index in 0..count {
                visit(Portion(self.word(class, block, index)?.load(Ordering::Relaxed)));
            }
        }
        Some(())
    }

    /// Writes the portions of a record that the caller owns; a longer list moves to a larger block.
    pub fn write(&self, list: List<'_>, portions: &[Portion]) {
        let shown = list.shape.load(Ordering::Relaxed);
        let ((beside, _), (_, class)) = (split48(shown), shape(shown));
        let wanted = class_of(portions.len(), list.inline.len());
        if class < wanted {
            self.free(list);
            list.inline[0].store(u64::from(self.take(wanted)), Ordering::Relaxed);
        }
        let class = class.max(wanted);
        list.shape.store(join48(beside, (portions.len() as u16) << 4 | class as u16), Ordering::Relaxed);
        let block = list.inline[0].load(Ordering::Relaxed) as u32;
        for (index, portion) in portions.iter().enumerate() {
            let word = match class {
                0 => &list.inline[index],
                _ => self.word(class, block, index).expect("a block of the right class"),
            };
            word.store(portion.0, Ordering::Relaxed);
        }
    }

    /// The list's block can be used again; its shape is the caller's to make new.
    pub fn free(&self, list: List<'_>) {
        let (_, class) = shape(list.shape.load(Ordering::Relaxed));
        if class != 0 {
            self.give(class, list.inline[0].load(Ordering::Relaxed) as u32);
        }
    }

    pub fn bytes(&self) -> usize {
        self.words.iter().map(Segments::bytes).sum()
    }

    #[inline]
    fn word(&self, class: usize, block: u32, index: usize) -> Option<&AtomicU64> {
        self.words[class].get(block.checked_shl(class as u32)?.checked_add(index as u32)?)
    }

    fn take(&self, class: usize) -> u32 {
        assert!(class as u32 <= SEGMENT_BITS, "a block beyond a segment");
        let link = |block| self.word(class, block, 0).expect("a free block");
        self.free[class].pop(link).unwrap_or_else(|| {
            let block = self.free[class].fresh();
            self.words[class].ensure(block << class);
            block
        })
    }

    fn give(&self, class: usize, block: u32) {
        self.free[class].push(block, self.word(class, block, 0).expect("a block in use"));
    }
}
