//! The key table, one file a group of sections, in the order a planner would write them.

mod after_sales;
mod carrier;
mod cart;
mod checkout;
mod demand;
mod door;
mod fault;
mod generate;
mod goods;
mod inspection;
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
mod storefront;
mod supply;
mod tracking;
mod warehouse;

use super::key::KeyRow;

pub const SECTIONS: &[&[KeyRow]] = &[
    run::KEYS,
    demand::KEYS,
    checkout::KEYS,
    cart::KEYS,
    promotion::KEYS,
    goods::KEYS,
    node::KEYS,
    warehouse::KEYS,
    network::KEYS,
    carrier::KEYS,
    tracking::KEYS,
    generate::KEYS,
    last_mile::KEYS,
    movement::KEYS,
    order::KEYS,
    inspection::KEYS,
    door::KEYS,
    service::KEYS,
    supply::KEYS,
    after_sales::KEYS,
    fault::KEYS,
    load::KEYS,
    law::KEYS,
    storefront::KEYS,
];

pub use demand::COUNTRIES;
pub use order::STAGES;
