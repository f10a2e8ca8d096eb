//! Merkle trees as Certificate Transparency has them (RFC 6962, section 2.1): roots, paths, and what a path proves.

use super::hash::{Hash, sha256};

pub fn leaf(data: &[u8]) -> Hash {
    sha256(&[&[0], data])
}

pub fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The roots of the full trees that a growing row of leaves is made of, the largest first: one for each bit of the count.
#[derive(Debug, Clone, Default)]
pub struct Peaks {
    count: u64,
    peaks: Vec<Hash>,
}

impl Peaks {
    /// Two trees of one size become one; memory is the logarithm of the count.
    pub fn push(&mut self, leaf: Hash) {
        let mut top = leaf;
        let mut rest = self.count;
        while rest & 1 == 1 {
            let left = self.peaks.pop().expect("a peak for each bit of the count");
            top = node(&left, &top);
            rest >>= 1;
        }
        self.peaks.push(top);
        self.count += 1;
    }

    pub fn len(&self) -> u64 {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn root(&self) -> Hash {
        let joined = self.peaks.iter().rev().copied().reduce(|right, left| node(&left, &right));
        joined.unwrap_or_else(|| sha256(&[]))
    }

    pub fn clear(&mut self) {
        self.count = 0;
        self.peaks.clear();
    }
}

pub fn root(leaves: &[Hash]) -> Hash {
    let mut peaks = Peaks::default();
    leaves.iter().for_each(|&leaf| peaks.push(leaf));
    peaks.root()
}

/// The audit path of a leaf (RFC 6962, section 2.1.1): what its root is made of beside it, from the bottom up.
pub fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    assert!(index < leaves.len(), "leaf {index} of {}", leaves.len());
    if leaves.len() == 1 {
        return Vec::new();
    }
    // The largest power of two that is smaller than the count.
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut path, other) = match index < split {
        true => (path(left, index), root(right)),
        false => (path(right, index - split), root(left)),
    };
    path.push(other);
    path
}

/// The root that a path leads to (RFC 9162, section 2.1.3.2), or `None` where a tree of `size` has no such path.
pub fn climb(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if size <= index {
        return None;
    }
    // Places of the leaf and of the last leaf, level by level.
    let (mut own, mut last, mut top) = (index, size - 1, leaf);
    for other in path {
        if last == 0 {
            return None;
        }
        if own & 1 == 1 || own == last {
            top = node(other, &top);
            // Levels on which the leaf's tree stands alone have nothing beside it.
            let alone = own.trailing_zeros();
            (own, last) = (own >> alone, last >> alone);
        } else {
            top = node(&top, other);
        }
        (own, last) = (own >> 1, last >> 1);
    }
    (last == 0).then_some(top)
}
