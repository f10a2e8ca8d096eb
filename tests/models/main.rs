//! A few commands at once on the whole engine, in many interleavings. One source for three ways to run:
//!
//! ```text
//! loom      all interleavings with so many preemptions, under the memory model of C11 (weak orderings too)
//!           RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test --profile model --test models
//! shuttle   100,000 schedules by chance and 100,000 by priorities, sequentially consistent
//!           RUSTFLAGS="--cfg shuttle" CARGO_TARGET_DIR=target/shuttle cargo test --profile model --test models
//! threads   200 times on the machine's own threads: in `cargo test`, and under ThreadSanitizer
//! ```

mod cart;
mod floor;
mod harness;
// Cells so small are split in models alone; `engine/hot.rs` has the tests with real threads.
#[cfg(any(loom, shuttle))]
mod hot;
mod payment;
mod promotion;
mod shop;
mod shortage;
mod slots;
mod stock;
