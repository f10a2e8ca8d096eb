//! What a shopper sees, each part against a plain twin that shares no code with it.

mod cache;
mod recommend;
mod search;
