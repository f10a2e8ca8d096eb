//! The key table, one file a group of sections, in the order a planner would write them.

mod carrier;
mod checkout;
mod demand;
mod fault;
mod generate;
mod goods;
mod last_mile;
mod law;
mod load;
mod movement;
mod network;
mod node;
mod order;
mod promotion;
mod run;
mod service;
mod warehouse;

use super::key::KeyRow;

pub const SECTIONS: &[&[KeyRow]] = &[
    run::KEYS,
    demand::KEYS,
    checkout::KEYS,
    promotion::KEYS,
    goods::KEYS,
    node::KEYS,
    warehouse::KEYS,
    network::KEYS,
    carrier::KEYS,
    generate::KEYS,
    last_mile::KEYS,
    movement::KEYS,
    order::KEYS,
    service::KEYS,
    fault::KEYS,
    load::KEYS,
    law::KEYS,
];

pub use demand::COUNTRIES;
pub use order::STAGES;
