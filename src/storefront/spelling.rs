//! Spelling: the known word that a shopper meant, one slip of the keyboard away.
//!
//! # Why deletions
//! Two words are at most one insertion, deletion, substitution or swap of neighbors apart only if some word is left
//! when one letter or none is taken from each (Garbe, "SymSpell": the symmetric deletion neighborhood). So a word is
//! looked up with each of its letters left out, eight look-ups, instead of compared with all others.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

/// The known words, and what is left of each when a letter is missing.
#[derive(Debug, Clone)]
pub struct Spelling {
    /// Looked up, never walked.
    known: HashMap<Box<str>, u16, FxBuildHasher>,
    words: Vec<Box<str>>,
    /// How often each is written: of two words that may be meant the more common one is.
    counts: Vec<u32>,
    /// (hash of a remainder, word), sorted.
    remainders: Vec<(u64, u16)>,
}

impl Spelling {
    /// `counts`: in how many titles each word stands.
    pub fn new(words: &[String], counts: &[u32]) -> Spelling {
        let mut remainders = Vec::new();
        for (number, word) in words.iter().enumerate() {
            each_remainder(word.as_bytes(), |hash| remainders.push((hash, number as u16)));
        }
        remainders.sort_unstable();
        remainders.dedup();
        let known = words.iter().enumerate().map(|(number, word)| (word.as_str().into(), number as u16));
        Spelling {
            known: known.collect(),
            words: words.iter().map(|word| word.as_str().into()).collect(),
            counts: counts.to_vec(),
            remainders,
        }
    }

    #[inline]
    pub fn known(&self, word: &str) -> Option<u16> {
        self.known.get(word).copied()
    }

    /// The most common known word within one slip, the first of them; the word itself where it is known.
    pub fn meant(&self, typed: &str) -> Option<u16> {
        if let Some(word) = self.known(typed) {
            return Some(word);
        }
        let mut best: Option<u16> = None;
        each_remainder(typed.as_bytes(), |hash| {
            let from = self.remainders.partition_point(|entry| entry.0 < hash);
            for &(_, word) in self.remainders[from..].iter().take_while(|entry| entry.0 == hash) {
                let rank = |word: u16| (self.counts[usize::from(word)], std::cmp::Reverse(word));
                if best.is_none_or(|best| rank(best) < rank(word))
                    && is_one_slip(typed.as_bytes(), self.words[usize::from(word)].as_bytes())
                {
                    best = Some(word);
                }
            }
        });
        best
    }
}

/// The word itself, and the word without each of its letters.
fn each_remainder(word: &[u8], mut found: impl FnMut(u64)) {
    found(hash(word.iter()));
    for left_out in 0..word.len() {
        found(hash(word[..left_out].iter().chain(&word[left_out + 1..])));
    }
}

/// FNV-1a. Two remainders of one hash cost a comparison, not an answer.
fn hash<'a>(letters: impl Iterator<Item = &'a u8>) -> u64 {
    letters.fold(0xCBF2_9CE4_8422_2325, |hash, &letter| {
        (hash ^ u64::from(letter)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// At most one letter inserted, left out or replaced, or two neighbors swapped.
pub fn is_one_slip(typed: &[u8], word: &[u8]) -> bool {
    let same = typed.iter().zip(word).take_while(|(a, b)| a == b).count();
    let (typed, word) = (&typed[same..], &word[same..]);
    match typed.len() as i64 - word.len() as i64 {
        0 => {
            let swapped = 2 <= typed.len() && typed[0] == word[1] && typed[1] == word[0];
            typed.is_empty() || typed[1..] == word[1..] || (swapped && typed[2..] == word[2..])
        }
        1 => typed[1..] == *word,
        -1 => word[1..] == *typed,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips() {
        let near = |typed: &str| is_one_slip(typed.as_bytes(), b"boots");
        assert!(
            ["boots", "boot", "bots", "boost", "boats", "bootss", "oboots"].iter().all(|typed| near(typed))
        );
        assert!(!["bo", "boosts_", "bosto", "skirt", ""].iter().any(|typed| near(typed)));
    }

    #[test]
    fn of_two_words_the_common_one_is_meant() {
        let words = ["boat", "boot", "coat"].map(str::to_owned);
        let spelling = Spelling::new(&words, &[5, 9, 9]);
        assert_eq!(spelling.meant("boat"), Some(0));
        assert_eq!(spelling.meant("boet"), Some(1));
        assert_eq!(spelling.meant("oat"), Some(2));
        assert_eq!(spelling.meant("goaf"), None);
    }
}
