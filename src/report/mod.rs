//! WHAT IS TOLD: one result document, and what people and tools read of it.
//!
//! ```text
//!                  +-> terminal::summary   a tired planner, 80 columns
//! Document --------+-> html::html          one page that opens from a mail
//! (+ Machine)      +-> tables::tables      CSV, for spreadsheets
//!                  +-> folder::write       all of it, with histogram::hgrm and ocel::json beside it
//! ```

pub mod clock;
pub mod document;
pub mod folder;
pub mod histogram;
pub mod html;
pub mod machine;
pub mod ocel;
pub mod say;
pub mod schema;
pub mod tables;
pub mod terminal;
pub mod terms;

#[cfg(test)]
pub(crate) mod sample;
