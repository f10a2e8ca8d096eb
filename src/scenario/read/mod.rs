//! From the tree to the typed scenario: one file a group of sections, in the order in which names are defined
//! before they are used.

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
pub(super) mod movement;
mod network;
mod node;
mod order;
mod promotion;
mod run;
mod service;
mod slo;
mod supply;
mod time_zone;
mod tracking;
mod warehouse;

pub use warehouse::zones_have_pickers;
mod storefront;

use std::collections::BTreeSet;
use std::rc::Rc;

use super::check;
use super::desk::Desk;
use super::section::Section;
use super::spec::{Initial, Scenario, Tables};
use super::tree::Node;

/// Reads every section; what comes back is to be believed when the desk has no findings.
pub fn scenario(desk: &Desk, root: Rc<Node>, stem: &str) -> Scenario {
    let top = Section::open(desk, "", root);
    top.maybe_text("extends"); // Followed when the tree was built.
    let (start, run) = (run::start(&top), run::run(&top));
    let (zones, zone_rows) = demand::zones(&top);
    let shifts = node::shifts(&top);
    let network_keys = top.section("network");
    let mut nodes = node::nodes(&top, &network_keys, demand::country(&zones));
    let carriers = network::carriers(&top);
    let generated = generate::nodes(&network_keys, &zone_rows, &mut nodes);
    let (arrivals, replay) = demand::orders(&top, start, run.horizon);
    let (catalog, catalog_rows) = goods::catalog(&top);
    let (stock, stock_rows) = goods::stock(&top, &catalog, &catalog_rows);
    let (network, mut lanes) = network::network(&network_keys);
    if let Some(generated) = &generated {
        let made =
            generate::lanes(generated, &zone_rows, network.circuity, arrivals.as_ref(), carriers.len());
        lanes.splice(0..0, made);
    }
    let weather = movement::weather(&top);
    let last_mile = last_mile::last_mile(&top);
    let pick_up = last_mile::pick_up(&top);
    let promise = last_mile::promise(&top);
    let pre_position = supply::pre_position(&top);
    let initial = top.section("initial");
    let payment = order::payment(&top);
    let customers = demand::customers(&top);
    let cart = cart::cart(&top);
    let local_times = time_zone::local_times(&top, start, run.horizon, &nodes, &zone_rows);
    let faults = fault::faults(&top, &catalog, &catalog_rows, run.horizon);
    let storefront = storefront::storefront(&top, &catalog);
    let scenario = Scenario {
        name: top.maybe_text("name").unwrap_or_else(|| stem.to_string()),
        description: top.text("description"),
        currency: top.text("currency"),
        start,
        run,
        arrivals,
        replay,
        shop: demand::shop(&top),
        checkout: checkout::checkout(&top),
        wishlist: cart::wishlist(&top, cart.is_some()),
        cart,
        promotions: promotion::promotions(&top, customers.count),
        customers,
        zones,
        faults,
        catalog,
        basket: goods::basket(&top),
        stock,
        shifts,
        nodes,
        floor: node::floor(&top),
        network,
        weather,
        carriers,
        last_mile,
        pick_up,
        carrier_choice: carrier::choice(&top),
        tracking: tracking::tracking(&top),
        signature: door::signature(&top),
        promise,
        pre_position,
        delivery: network::delivery(&top),
        review: order::review(&top, &payment),
        payment,
        cancel: order::cancel(&top),
        allocation: order::allocation(&top),
        after_sales: order::after_sales(&top),
        costs: order::costs(&top),
        service: service::service(&top),
        returns: after_sales::returns(&top),
        complaints: after_sales::complaints(&top),
        experience: after_sales::experience(&top),
        initial: Initial { backlog: initial.integer("backlog"), in_transit: initial.integer("in-transit") },
        slo: slo::slo(&top),
        storefront,
        load: load::load(&top),
        local_times,
        tables: Tables { zones: zone_rows, catalog: catalog_rows, stock: stock_rows, lanes },
    };
    check::check(&top, &scenario);
    scenario
}

/// Tells names that stand twice, defines them for references, and gives them back.
fn define(desk: &Desk, kind: &'static str, path: &'static str, items: &[Section<'_>]) {
    let mut names = BTreeSet::new();
    for item in items {
        let Some(name) = item.maybe_text("name") else { continue };
        if name.trim().is_empty() {
            item.report("E0206", "name", format!("the {kind}'s name is empty"), "give it a name");
        } else if names.contains(&name) {
            item.report(
                "E0209",
                "name",
                format!("two {kind}s are named \"{name}\""),
                "give each its own name",
            );
        }
        names.insert(name);
    }
    // A name that could not be read would make every reference to it look wrong.
    if desk.sound(&[path]) {
        desk.define(kind, names);
    }
}
