//! WHAT IS TOLD: one result document, and what people and tools read of it.
//!
//! ```text
//!                  +-> terminal::summary   a tired planner, 80 columns
//! Document --------+-> html::html          one page that opens from a mail
//! (+ Machine)      +-> tables::tables      CSV, for spreadsheets
//!                  +-> folder::write       all of it, with histogram::hgrm and ocel::json beside it
//! ```

mod advice;
pub mod answer;
mod assemble;
pub mod bench;
pub mod breakpoint;
pub mod clock;
pub mod compare;
pub mod document;
mod event_log;
mod faults;
pub mod folder;
pub mod global;
pub mod histogram;
pub mod html;
mod life;
pub mod load;
pub mod machine;
mod notes;
pub mod ocel;
pub mod say;
pub mod schema;
pub mod sensitivity;
pub mod solve;
pub mod stress;
pub mod swarm;
pub mod sweep;
pub mod tables;
pub mod terminal;
pub mod terms;
mod timeline;
mod trace;
pub mod variants;
mod verdicts;
mod warehouse;

pub use assemble::{Beside, assemble, assemble_beside};
pub use document::Document;
pub use event_log::{event_log, latency};
pub use folder::{Parts, WriteError, Written, probe, write, write_violation};
pub use machine::Machine;
pub use notes::shipping_notes;
pub use schema::{result_json, schema};
pub use terminal::summary;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod sample_more;
