//! WHAT IS TOLD: one result document, and what people and tools read of it.

pub mod document;
pub mod machine;
