//! The stock ledger: how many units of each SKU went along each way between accounts, ever.
//!
//! Ways are counted, not balances: one addition a move, and every balance is a difference of two ways.
//!
//! ```text
//! Supplier -received-> Available <-> Held -picked-> Picked -shipped-> InTransit -delivered-> Customer
//!                          |  ^                                         |   ^                   |
//!                          |  +------restocked---- Inspection <---------+   +-----sent back-----+
//!                          |                           +--scrapped--> Scrapped
//!                          +-written off-> Missing <---------lost-------+
//!
//! Held -written off-> Missing as well, where a picker finds too few.
//! Available -transferred out-> Transfer -transferred in-> Available of another node.
//! ```

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::SkuId;
use crate::kernel::prefetch::prefetch_read;

/// A way that units go. Holds and releases stay inside the stock map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Way {
    Received,
    Picked,
    Shipped,
    Delivered,
    /// From the customer onto the road again.
    SentBack,
    Restocked,
    Scrapped,
    WrittenOff,
    Lost,
    TransferredOut,
    TransferredIn,
}

impl Way {
    /// Ways of every day; the others are rare.
    const DAILY: usize = Way::WrittenOff as usize;
    const RARE: usize = Way::TransferredIn as usize + 1 - Way::DAILY;
}

/// One cache line a SKU.
#[repr(align(64))]
#[derive(Default)]
struct Ways([AtomicU64; Way::DAILY]);

/// What faults and transfers do stands apart: with it a SKU would be two lines wide, and every order would touch them.
#[derive(Default)]
struct Rare([AtomicU64; Way::RARE]);

pub struct Ledger {
    skus: Box<[Ways]>,
    rare: Box<[Rare]>,
}

/// Units of one SKU, or of all, in every account but `Available` and `Held`, which the stock map knows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Balances {
    pub supplied: u64,
    pub picked: u64,
    pub in_transit: u64,
    pub customer: u64,
    pub scrapped: u64,
    pub missing: u64,
    /// Between nodes.
    pub transfer: u64,
    /// What must be on hand: available, held and fenced together.
    pub on_hand: u64,
}

impl Ledger {
    pub fn new(skus: u32) -> Ledger {
        Ledger {
            skus: (0..skus).map(|_| Ways::default()).collect(),
            rare: (0..skus).map(|_| Rare::default()).collect(),
        }
    }

    #[inline]
    pub fn went(&self, sku: SkuId, way: Way, quantity: u32) {
        let counter = match (way as usize).checked_sub(Way::DAILY) {
            None => &self.skus[sku.index()].0[way as usize],
            Some(rare) => &self.rare[sku.index()].0[rare],
        };
        counter.fetch_add(u64::from(quantity), Ordering::Relaxed);
    }

    /// Counts as many of `quantity` as came in as are between nodes; how many they were.
    pub fn comes_in(&self, sku: SkuId, quantity: u32) -> u32 {
        let ways = &self.rare[sku.index()].0;
        let [left, came] =
            [Way::TransferredOut, Way::TransferredIn].map(|way| &ways[way as usize - Way::DAILY]);
        let mut seen = came.load(Ordering::Relaxed);
        loop {
            // What left only grows: units that are counted here are there.
            let on_the_way = left.load(Ordering::Relaxed).saturating_sub(seen);
            let units = on_the_way.min(quantity.into());
            match came.compare_exchange_weak(seen, seen + units, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return units as u32,
                Err(other) => seen = other,
            }
        }
    }

    #[inline]
    pub fn prefetch(&self, sku: SkuId) {
        prefetch_read(&self.skus[sku.index()]);
    }

    /// `None` when some account would be negative: units came from nowhere.
    pub fn balances(&self, sku: SkuId) -> Option<Balances> {
        let [received, picked, shipped, delivered, sent_back, restocked, scrapped] =
            self.skus[sku.index()].0.each_ref().map(|way| way.load(Ordering::Relaxed));
        let [written_off, lost, left, came] =
            self.rare[sku.index()].0.each_ref().map(|way| way.load(Ordering::Relaxed));
        Some(Balances {
            supplied: received,
            picked: picked.checked_sub(shipped)?,
            in_transit: (shipped + sent_back).checked_sub(delivered + restocked + scrapped + lost)?,
            customer: delivered.checked_sub(sent_back)?,
            scrapped,
            missing: written_off + lost,
            transfer: left.checked_sub(came)?,
            on_hand: (received + restocked + came).checked_sub(picked + written_off + left)?,
        })
    }

    pub fn bytes(&self) -> usize {
        self.skus.len() * (size_of::<Ways>() + size_of::<Rare>())
    }
}
