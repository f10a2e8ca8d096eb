//! The digest: 128 bits that two engines share exactly when they went through the same history.
//!
//! A sum of hashes, so neither slot numbers nor the order of finishing matter: open orders by id, stock by cell,
//! ledgers by account, finished orders by id and last state.

use super::Engine;
use super::record::split48;
use super::sync::Ordering;
use super::tally::mix;
use crate::domain::{MoneyAccount, SkuId};

/// A hash of a row of words, in two halves.
struct Row([u64; 2]);

impl Row {
    fn new(kind: u64) -> Row {
        Row([mix(kind), mix(!kind)])
    }

    fn word(mut self, word: u64) -> Row {
        let [low, high] = self.0;
        self.0 = [mix(low ^ word), mix(high.rotate_left(23) ^ word)];
        self
    }

    fn bits(self) -> u128 {
        u128::from(self.0[0]) << 64 | u128::from(self.0[1])
    }
}

impl Engine {
    /// For when no command is running. The same commands on one thread give the same digest, whatever the slots.
    pub fn digest(&self) -> u128 {
        let [low, high] = self.tally.history();
        let mut sum = u128::from(high) << 64 | u128::from(low);
        let mut add = |row: Row| sum = sum.wrapping_add(row.bits());
        for (_, word, record) in self.live_orders() {
            let row = Row::new(1)
                .word(record.id.load(Ordering::Relaxed))
                .word(word.live() as u64)
                .word(u64::from(word.open()))
                .word(split48(record.deposit.load(Ordering::Relaxed)).0)
                .word(record.revenue.load(Ordering::Relaxed));
            let mut row = Some(row);
            self.orders.each_portion(record, |portion| row = row.take().map(|row| row.word(portion.0)));
            add(row.expect("a row"));
        }
        self.cart_map().each(|cart, expires, portions| {
            let row = Row::new(6).word(cart.0).word(expires.0);
            add(portions.iter().fold(row, |row, portion| row.word(portion.0)));
        });
        for (sku, node, word) in self.stock.iter().filter(|(_, _, word)| word.bits() != 0) {
            add(Row::new(2).word(u64::from(sku.0) << 16 | u64::from(node.0)).word(word.bits()));
        }
        for sku in (0..self.stock.skus()).map(SkuId) {
            let balances = self.ledger.balances(sku).unwrap_or_default();
            let words = [
                balances.supplied,
                balances.picked,
                balances.in_transit,
                balances.customer,
                balances.scrapped,
            ];
            if words != [0; 5] {
                add(words.into_iter().fold(Row::new(3).word(u64::from(sku.0)), Row::word));
            }
            if balances.missing != 0 {
                add(Row::new(5).word(u64::from(sku.0)).word(balances.missing));
            }
            if balances.transfer != 0 {
                add(Row::new(6).word(u64::from(sku.0)).word(balances.transfer));
            }
        }
        let moved = |account: &MoneyAccount| !account.is_of_promotions() || self.tally.balance(*account) != 0;
        for account in MoneyAccount::ALL.into_iter().filter(moved) {
            add(Row::new(4).word(account as u64).word(self.tally.balance(account) as u64));
        }
        sum
    }
}
