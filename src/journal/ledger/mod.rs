//! A tamper-evident ledger: what happened to orders and goods in a run, chained by hashes so that a change shows.
//!
//! ```text
//! header           -> h(-1) = SHA-256(header)
//! record 0         -> h(0)  = SHA-256(h(-1) || record 0)
//! record 1         -> h(1)  = SHA-256(h(0)  || record 1)
//! ...
//! batch 0 (256)    -> root(0) = Merkle root of its records; c(0) = SHA-256(c(-1) || root(0)), c(-1) = h(-1)
//! ...
//! end              -> root = Merkle root of the batches' roots
//! ```
//!
//! # Format
//! Lines of JSON, each ended by one line feed. No spaces, all keys, in this order; hashes are 64 digits `0-9a-f`.
//!
//! | line | what is hashed |
//! |---|---|
//! | `{"ledger":HEADER,"hash":HASH}` | the bytes of HEADER: `{"version":1,"batch":256,"nodes":["Hamburg",...]}` |
//! | `{"record":RECORD,"hash":HASH}` | the hash of the line before it that has one, 32 bytes, and the bytes of RECORD |
//! | `{"batch":{"n":0,"first":0,"records":256},"root":ROOT,"chain":HASH}` | the last chain, 32 bytes, and ROOT, 32 bytes |
//! | `{"end":{"records":300,"batches":2},"root":ROOT}` | |
//!
//! RECORD is canonical: for one record there is one text.
//! ```text
//! {"n":4,"at":86400000000,"step":"allocated","subject":"order 17.0","orders":[[7,"awaiting-allocation",
//!  "in-fulfillment"]],"created":["3.0"],"moves":[[12,0,2,"available","held"]]}
//! ```
//! - `n`: number of the record, from 0. `at`: microseconds since the run's start.
//! - `subject`: what the step is about: `order`, `fulfillment` or `parcel` with its handle (slot, generation), `cart`
//!   or `customer` with its number, or `stock`. Handles of what has ended are used again with another generation.
//! - `orders`: number, state before (`null` for a new order) and after, the lead of a merged parcel first.
//! - `created`: handles of the fulfillment orders or parcels that the step made.
//! - `moves`: SKU, node, units, and the accounts that they left and came to; numbers are rows of the scenario's tables.
//!
//! A Merkle root is that of RFC 6962, section 2.1: a leaf is `SHA-256(0x00 || data)`, a node `SHA-256(0x01 || left ||
//! right)`, the root of nothing `SHA-256("")`. The data of a batch's leaves are its RECORDs, those of the end are the
//! batches' ROOTs. A batch is closed after so many records as the header says, the last one at the end.
//!
//! # Promises
//! - Whoever knows the last root knows every byte: another text of the same root cannot be found (SHA-256).
//! - Without it, a change is found as long as not everything after it was made anew, and it is found in its line.
//! - Equal seeds give equal bytes. Nothing here reads a clock.
//! - An inclusion proof has at most `32 * ceil(log2 n)` bytes for the batch of n records, and as many for n batches.
//!
//! # Why this is no blockchain
//! One program writes it, nobody agrees on it: there is no consensus, no signature, no peer. Who can write the file can
//! write another one. It is evidence for those who keep the last root where the writer cannot reach it.

mod hash;
pub mod merkle;
mod proof;
mod record;
mod verify;
mod writer;

pub use hash::{Hash, from_hex, hex, sha256};
pub use proof::{Proof, Roots, prove};
pub use record::Record;
pub use verify::{Broken, Flaw, Header, Line, MOST_BYTES, Sum, read};
pub use writer::{Kept, Ledger, LedgerFile, SyncPolicy};
