//! Is the kernel right? Queueing models with known answers, built through its public API only.
//!
//! Every statistical check runs 30 independent replications of 200,000 customers after a warm-up
//! and holds two things: the mean lies within 3.5 standard errors of the exact value, and the
//! standard error is small enough to have noticed a fault (the power limit). Seeds are fixed, so a
//! check passes always or never. The identities are exact: whole ticks, no tolerance.

mod closed_form;
mod identities;
mod models;
mod networks;
mod theory;
