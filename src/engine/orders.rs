//! The order map: who may touch an order now, and its portions.
//!
//! # Promises
//! - An order is *claimed* by one compare-and-swap, which checks generation, state and ownership at once,
//!   and *let go* by one store that publishes all the owner wrote. One effect, one owner.
//! - A claim that is dropped without a word leaves the order as it was.
//! - A reader never blocks an owner: it reads, looks whether the word is still the same, and reads again if not.
//!
//! # Why a claim and not one bare compare-and-swap
//! Pay, expire and cancel each change several words (state, holds, money, portions). Whoever wins the bit does
//! them all and publishes once; no half-written order is ever acted upon. It costs the same one locked
//! instruction. Claims of several orders at once ascend by slot.

use super::arena::{Arena, Segments};
use super::blocks::{Blocks, List, shape};
use super::portion::Portion;
use super::record::{OrderFile, OrderRecord, OrderWord, join48, split48};
use super::sync::{Ordering, Patience, fence};
use crate::domain::{Handle, Money, OrderId, Refusal};
use crate::kernel::plant::planted;

impl OrderRecord {
    #[inline]
    fn list(&self) -> List<'_> {
        List { shape: &self.amount, inline: &self.portions }
    }
}

pub struct OrderMap {
    pub arena: Arena<OrderRecord>,
    pub files: Segments<OrderFile>,
    blocks: Blocks,
}

impl OrderMap {
    pub fn new(ready: usize) -> OrderMap {
        OrderMap { arena: Arena::new(ready), files: Segments::new(ready), blocks: Blocks::default() }
    }

    pub fn bytes(&self) -> usize {
        self.arena.bytes() + self.files.bytes()
    }

    pub fn block_bytes(&self) -> usize {
        self.blocks.bytes()
    }

    /// A new slot, claimed by construction: nobody has its handle yet.
    #[inline]
    pub fn open(&self) -> (u32, &OrderRecord, &OrderFile) {
        let (slot, record) = self.arena.take();
        (slot, record, self.files.ensure(slot))
    }

    /// Waits until nobody works on the order, then makes it the caller's.
    #[inline]
    pub fn claim(&self, handle: Handle) -> Result<Claim<'_>, Refusal> {
        let slot = handle.slot();
        let record = self.arena.get(slot).ok_or(Refusal::Gone)?;
        let mut patience = Patience::default();
        // Acquire: pairs with the Release in let_go; all that the last owner wrote is seen.
        let mut seen = OrderWord(record.state.load(Ordering::Acquire));
        loop {
            if !seen.is(handle) {
                return Err(Refusal::Gone);
            }
            if seen.is_claimed() {
                patience.wait();
                seen = OrderWord(record.state.load(Ordering::Acquire));
                continue;
            }
            let claimed = seen.with(OrderWord::CLAIMED);
            match record.state.compare_exchange_weak(seen.0, claimed.0, Ordering::Acquire, Ordering::Acquire)
            {
                Ok(_) => break,
                Err(other) => seen = OrderWord(other),
            }
        }
        // Release: pairs with the Acquire fence in read; who sees a word written below sees the claim too.
        fence(Ordering::Release);
        Ok(Claim { map: self, record, slot, word: seen, live: true })
    }

    /// What `look` sees of an order between two steps of it; `None` when the handle's generation has passed.
    /// `look` may be called again and must then begin anew.
    #[inline]
    pub fn read<T>(
        &self,
        handle: Handle,
        mut look: impl FnMut(OrderWord, &OrderRecord) -> Option<T>,
    ) -> Option<T> {
        let record = self.arena.get(handle.slot())?;
        let mut patience = Patience::default();
        loop {
            let word = OrderWord(record.state.load(Ordering::Acquire));
            if !word.is(handle) {
                return None;
            }
            if !word.is_claimed() {
                let found = look(word, record);
                // Acquire: the reads above come before the check below.
                fence(Ordering::Acquire);
                if record.state.load(Ordering::Relaxed) == word.0 || planted("torn-read") {
                    return Some(found.expect("a block that was never made"));
                }
            }
            patience.wait();
        }
    }

    /// The order's portions, one by one. `None` when the words do not fit together: read again.
    #[inline]
    pub fn each_portion(&self, record: &OrderRecord, visit: impl FnMut(Portion)) -> Option<()> {
        self.blocks.each(record.list(), visit)
    }

    /// SKUs of the order's first portions. A guess where the order changes meanwhile: for hints only.
    #[inline]
    pub fn guess_skus(&self, record: &OrderRecord, mut visit: impl FnMut(u32)) {
        let (count, class) = shape(record.amount.load(Ordering::Relaxed));
        if class == 0 {
            for word in record.portions.iter().take(count) {
                visit(Portion(word.load(Ordering::Relaxed)).sku());
            }
        }
    }

    /// Writes the portions of an order that the caller owns; a longer list moves to a larger block.
    pub fn write_portions(&self, record: &OrderRecord, portions: &[Portion]) {
        self.blocks.write(record.list(), portions);
    }
}

/// An order that nobody else changes until it is let go or dropped.
pub struct Claim<'a> {
    map: &'a OrderMap,
    pub record: &'a OrderRecord,
    pub slot: u32,
    /// The word as found, without the claim.
    pub word: OrderWord,
    live: bool,
}

impl Claim<'_> {
    pub fn handle(&self) -> Handle {
        self.word.handle(self.slot)
    }

    #[inline]
    pub fn id(&self) -> OrderId {
        OrderId(self.record.id.load(Ordering::Relaxed))
    }

    pub fn file(&self) -> &OrderFile {
        self.map.files.at(self.slot)
    }

    #[inline]
    pub fn customer(&self) -> crate::domain::CustomerId {
        crate::domain::CustomerId(super::record::halves(self.file().customer.load(Ordering::Relaxed)).0)
    }

    pub fn amount(&self) -> Money {
        Money(split48(self.record.amount.load(Ordering::Relaxed)).0 as i64)
    }

    #[inline]
    pub fn deposit(&self) -> Money {
        Money(split48(self.record.deposit.load(Ordering::Relaxed)).0 as i64)
    }

    #[inline]
    pub fn set_deposit(&self, deposit: Money) {
        assert!(Money::ZERO <= deposit && deposit <= self.amount(), "a deposit of {deposit}");
        let (_, ordinal) = split48(self.record.deposit.load(Ordering::Relaxed));
        self.record.deposit.store(join48(deposit.0 as u64, ordinal), Ordering::Relaxed);
    }

    pub fn next_ordinal(&self) -> u16 {
        split48(self.record.deposit.load(Ordering::Relaxed)).1
    }

    pub fn set_next_ordinal(&self, ordinal: u16) {
        let (deposit, _) = split48(self.record.deposit.load(Ordering::Relaxed));
        self.record.deposit.store(join48(deposit, ordinal), Ordering::Relaxed);
    }

    #[inline]
    pub fn revenue(&self) -> Money {
        Money(self.record.revenue.load(Ordering::Relaxed) as i64)
    }

    #[inline]
    pub fn set_revenue(&self, revenue: Money) {
        assert!(Money::ZERO <= revenue && revenue <= self.amount(), "a revenue of {revenue}");
        self.record.revenue.store(revenue.0 as u64, Ordering::Relaxed);
    }

    #[inline]
    pub fn each_portion(&self, visit: impl FnMut(Portion)) {
        self.map.each_portion(self.record, visit).expect("portions of an order that is claimed");
    }

    pub fn copy_portions(&self, out: &mut Vec<Portion>) {
        out.clear();
        self.each_portion(|portion| out.push(portion));
    }

    pub fn write_portions(&self, portions: &[Portion]) {
        self.map.write_portions(self.record, portions);
    }

    /// Publishes what the owner did, under the new word.
    #[inline]
    pub fn let_go(mut self, word: OrderWord) {
        self.live = false;
        // Release: pairs with the Acquire in claim and read.
        let order = if planted("relaxed-publish") { Ordering::Relaxed } else { Ordering::Release };
        self.record.state.store(word.without(OrderWord::CLAIMED).bumped().0, order);
    }

    /// The order is finished: its handle is void from here on, and its slot can be used again.
    pub fn vacate(mut self) {
        self.live = false;
        self.map.blocks.free(self.record.list());
        self.record.state.store(self.word.vacated().0, Ordering::Release);
        self.map.arena.give(self.slot);
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if self.live && !planted("kept-claim") {
            self.record.state.store(self.word.0, Ordering::Release);
        }
    }
}
