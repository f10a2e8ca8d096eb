//! Reservations on real threads leave a history; every one of them must be explicable (R1 and R2 of the contract).
//!
//! Short in `cargo test`; the long form is 100 million operations for each of the four settings:
//!
//! ```text
//! HISTORY_OPERATIONS=100000000 cargo test --release --test history -- --nocapture
//! ```

mod check;
mod drive;

use drive::{Setting, drive, flash_sale};

fn operations() -> u64 {
    std::env::var("HISTORY_OPERATIONS").map_or(200_000, |count| count.parse().expect("a number"))
}

#[test]
fn one_hot_sku_two_threads() {
    drive(Setting { skus: 1, units: 5, threads: 2 }, operations());
}

#[test]
fn one_hot_sku_eight_threads() {
    drive(Setting { skus: 1, units: 12, threads: 8 }, operations());
}

#[test]
fn ten_thousand_skus_two_threads() {
    drive(Setting { skus: 10_000, units: 1, threads: 2 }, operations());
}

#[test]
fn ten_thousand_skus_eight_threads() {
    drive(Setting { skus: 10_000, units: 1, threads: 8 }, operations());
}

#[test]
fn a_thousand_flash_sales_sell_exactly_what_there_is() {
    flash_sale(1_000);
}
