//! Inclusion proofs: that a record is in the ledger of a root, told without the ledger.

use std::io::BufRead;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::hash::{Hash, from_hex, hex};
use super::merkle;
use super::record::Record;
use super::verify::{Broken, Line, Sum, read};

/// A record, and what the roots are made of beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    record: Value,
    /// Place of the record in its batch, and records there.
    index: u64,
    records: u64,
    path: Vec<Hex>,
    /// Place of the batch in the ledger, and batches there.
    batch: u64,
    batches: u64,
    batch_path: Vec<Hex>,
}

/// A hash as 64 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Hex(Hash);

impl TryFrom<String> for Hex {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Hex, &'static str> {
        from_hex(text.as_bytes()).map(Hex).ok_or("a hash has 64 digits, 0-9 and a-f")
    }
}

impl From<Hex> for String {
    fn from(hash: Hex) -> String {
        hex(&hash.0)
    }
}

/// The roots that a proof leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roots {
    pub record: Record,
    pub batch: Hash,
    pub ledger: Hash,
}

impl Proof {
    /// `None` where the record is not of the form, or no trees of these sizes have such paths.
    pub fn roots(&self) -> Option<Roots> {
        let text = self.record.to_string();
        let record = Record::parse(text.as_bytes()).ok()?;
        let bare = |path: &[Hex]| path.iter().map(|hash| hash.0).collect::<Vec<Hash>>();
        let leaf = merkle::leaf(text.as_bytes());
        let batch = merkle::climb(leaf, self.index, self.records, &bare(&self.path))?;
        let top = merkle::leaf(&batch);
        let ledger = merkle::climb(top, self.batch, self.batches, &bare(&self.batch_path))?;
        Some(Roots { record, batch, ledger })
    }

    /// Bytes of hashes up to the root of the batch, and on to that of the ledger.
    pub fn bytes(&self) -> (usize, usize) {
        (32 * self.path.len(), 32 * self.batch_path.len())
    }
}

/// A record that is wanted, while its batch is open.
struct Wanted {
    index: usize,
    record: Value,
}

/// Reads the whole ledger, and proves each of its records that is wanted.
pub fn prove(from: impl BufRead, wants: impl Fn(&Record) -> bool) -> Result<(Vec<Proof>, Sum), Broken> {
    let (mut leaves, mut wanted) = (Vec::new(), Vec::new());
    let (mut roots, mut proofs) = (Vec::new(), Vec::new());
    let sum = read(from, |line| match line {
        Line::Header(_) => {}
        Line::Record { record, text, leaf } => {
            if wants(record) {
                let record = serde_json::from_slice(text).expect("a canonical record is JSON");
                wanted.push(Wanted { index: leaves.len(), record });
            }
            leaves.push(leaf);
        }
        Line::Batch { root } => {
            proofs.extend(wanted.drain(..).map(|one| in_batch(one, &leaves, roots.len() as u64)));
            roots.push(merkle::leaf(&root));
            leaves.clear();
        }
    })?;
    for proof in &mut proofs {
        proof.batches = sum.batches;
        proof.batch_path = path(&roots, proof.batch as usize);
    }
    Ok((proofs, sum))
}

fn in_batch(one: Wanted, leaves: &[Hash], batch: u64) -> Proof {
    let (index, records) = (one.index as u64, leaves.len() as u64);
    let path = path(leaves, one.index);
    Proof { record: one.record, index, records, path, batch, batches: 0, batch_path: Vec::new() }
}

fn path(leaves: &[Hash], index: usize) -> Vec<Hex> {
    merkle::path(leaves, index).into_iter().map(Hex).collect()
}
