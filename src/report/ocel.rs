//! The event log as OCEL 2.0 JSON, for process mining tools: sampled orders with everything that happened to them.
//!
//! # Promises
//! - Every object that an event or another object names is in the file, once, with its type.
//! - Equal input gives equal bytes: objects are sorted by type and number, events keep the order of the log.
//! - The first value of an attribute carries the time 1970: readers take the first entry as the base value, whatever
//!   its time.
//!
//! Standard: "OCEL (Object-Centric Event Log) 2.0 Specification", JSON format. Times are the scenario's local times,
//! written as UTC.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::clock::Clock;
use crate::domain::{Money, OrderId, OrderState, Step};
use crate::kernel::time::Moment;

/// What was logged of the sampled orders, in the order in which it happened.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// Names by the indices that entries and facts use.
    pub nodes: Vec<String>,
    pub carriers: Vec<String>,
    pub entries: Vec<LogEntry>,
    pub orders: Vec<OrderFacts>,
    pub fulfillments: Vec<FulfillmentFacts>,
    pub parcels: Vec<ParcelFacts>,
    /// Where parcels are tracked: scans that reached the page.
    pub scans: Vec<ScanEntry>,
}

/// One scan of one parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanEntry {
    pub at: Moment,
    /// `arrived at a hub`.
    pub scan: &'static str,
    pub order: OrderId,
    pub parcel: u64,
    pub node: u16,
}

/// One thing that happened to one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEntry {
    pub at: Moment,
    pub step: Step,
    pub order: OrderId,
    pub subject: LogSubject,
    /// Where this leaves the order; kept as a change of its attribute `state`.
    pub to: Option<OrderState>,
    /// Index into `Log::nodes`.
    pub node: Option<u16>,
    /// Index into `Log::carriers`.
    pub carrier: Option<u8>,
}

/// What it happened to. Numbers are the log's own: dense, by first appearance, never a reused handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogSubject {
    Order,
    FulfillmentOrder(u64),
    Parcel(u64),
}

#[derive(Debug, Clone, PartialEq)]
pub struct OrderFacts {
    pub order: OrderId,
    pub zone: String,
    pub delivery: String,
    pub payment: String,
    pub amount: Money,
    pub lines_count: u32,
    pub units_count: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FulfillmentFacts {
    pub number: u64,
    pub order: OrderId,
    pub node: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelFacts {
    pub number: u64,
    /// The fulfillment orders in it: several when orders were merged. Only sampled ones.
    pub fulfillments: Vec<u64>,
    pub carrier: u8,
    pub weight_g: u32,
}

/// The whole log as one compact JSON document with a newline at the end.
pub fn json(log: &Log, clock: &Clock) -> Vec<u8> {
    let mut objects = Objects::default();
    objects.take_facts(log);
    let mut events = events(log, clock, &mut objects);
    if !log.scans.is_empty() {
        events.extend(scans(log, clock, &mut objects));
        // Times are written at full length: their text sorts as they do.
        events.sort_by(|a, b| a.time.cmp(&b.time));
    }
    let event_types = event_types(log);
    let file = File { object_types: object_types(), event_types, objects: objects.list(), events };
    let mut bytes = serde_json::to_vec(&file).expect("plain structs of text and numbers are JSON");
    bytes.push(b'\n');
    bytes
}

fn events(log: &Log, clock: &Clock, objects: &mut Objects) -> Vec<Event> {
    let mut events = Vec::with_capacity(log.entries.len());
    for (index, entry) in log.entries.iter().enumerate() {
        let time = clock.iso(entry.at);
        let order = objects.id("Order", entry.order.0);
        if let Some(state) = entry.to {
            objects.change(&order, "state", state.name().into(), time.clone());
        }
        let mut relationships = vec![relation(order, "order")];
        match entry.subject {
            LogSubject::Order => {}
            LogSubject::FulfillmentOrder(number) => {
                relationships.push(relation(objects.id("FulfillmentOrder", number), "fulfillment order"));
            }
            LogSubject::Parcel(number) => {
                relationships.push(relation(objects.id("Parcel", number), "parcel"));
            }
        }
        relationships.extend(entry.node.map(|node| relation(objects.node(log, node), "at")));
        relationships.extend(entry.carrier.map(|carrier| relation(objects.carrier(log, carrier), "by")));
        events.push(Event {
            id: format!("e{index}"),
            kind: event_type(entry.step),
            time,
            attributes: [],
            relationships,
        });
    }
    events
}

fn scans(log: &Log, clock: &Clock, objects: &mut Objects) -> Vec<Event> {
    let event = |(index, entry): (usize, &ScanEntry)| Event {
        id: format!("s{index}"),
        kind: scan_type(entry.scan),
        time: clock.iso(entry.at),
        attributes: [],
        relationships: vec![
            relation(objects.id("Order", entry.order.0), "order"),
            relation(objects.id("Parcel", entry.parcel), "parcel"),
            relation(objects.node(log, entry.node), "at"),
        ],
    };
    log.scans.iter().enumerate().map(event).collect()
}

/// `arrived at a hub` -> `Scan: arrived at a hub`.
fn scan_type(scan: &str) -> String {
    format!("Scan: {scan}")
}

/// `LatePaymentRefunded` -> `Late Payment Refunded`.
pub fn event_type(step: Step) -> String {
    let mut name = String::new();
    for character in format!("{step:?}").chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push(' ');
        }
        name.push(character);
    }
    name
}

fn event_types(log: &Log) -> Vec<Type> {
    let scans: BTreeSet<&str> = log.scans.iter().map(|entry| entry.scan).collect();
    let names = Step::ALL.into_iter().map(event_type).chain(scans.into_iter().map(scan_type));
    names.map(|name| Type { name, attributes: Vec::new() }).collect()
}

fn object_types() -> Vec<Type> {
    let kind = |name: &str, attributes: &[(&'static str, &'static str)]| Type {
        name: name.into(),
        attributes: attributes.iter().map(|&(name, kind)| AttributeType { name, kind }).collect(),
    };
    vec![
        kind("Carrier", &[("name", "string")]),
        kind("FulfillmentOrder", &[]),
        kind("Node", &[("name", "string")]),
        kind(
            "Order",
            &[
                ("zone", "string"),
                ("delivery", "string"),
                ("payment", "string"),
                ("amount", "float"),
                ("lines", "integer"),
                ("units", "integer"),
                ("state", "string"),
            ],
        ),
        kind("Parcel", &[("weight_g", "integer")]),
    ]
}

/// Objects by identity, sorted; relations as sets, so that naming one twice does no harm.
#[derive(Default)]
struct Objects(BTreeMap<String, Draft>);

#[derive(Default)]
struct Draft {
    kind: &'static str,
    attributes: Vec<Attribute>,
    related: BTreeSet<(String, &'static str)>,
}

impl Objects {
    fn take_facts(&mut self, log: &Log) {
        for facts in &log.orders {
            let order = self.id("Order", facts.order.0);
            self.base(&order, "zone", facts.zone.as_str().into());
            self.base(&order, "delivery", facts.delivery.as_str().into());
            self.base(&order, "payment", facts.payment.as_str().into());
            self.base(&order, "amount", facts.amount.as_major_f64().into());
            self.base(&order, "lines", facts.lines_count.into());
            self.base(&order, "units", facts.units_count.into());
            self.base(&order, "state", "new".into());
        }
        for facts in &log.fulfillments {
            let (order, node) = (self.id("Order", facts.order.0), self.node(log, facts.node));
            let fulfillment = self.id("FulfillmentOrder", facts.number);
            self.relate(&order, &fulfillment, "fulfilled by");
            self.relate(&fulfillment, &node, "assigned to");
        }
        for facts in &log.parcels {
            let (parcel, carrier) = (self.id("Parcel", facts.number), self.carrier(log, facts.carrier));
            self.base(&parcel, "weight_g", facts.weight_g.into());
            self.relate(&parcel, &carrier, "carried by");
            for &number in &facts.fulfillments {
                let fulfillment = self.id("FulfillmentOrder", number);
                self.relate(&fulfillment, &parcel, "packed into");
            }
        }
    }

    fn id(&mut self, kind: &'static str, number: u64) -> String {
        let id = format!("{kind}-{number:010}");
        self.0.entry(id.clone()).or_default().kind = kind;
        id
    }

    fn node(&mut self, log: &Log, node: u16) -> String {
        self.named("Node", &log.nodes, usize::from(node))
    }

    fn carrier(&mut self, log: &Log, carrier: u8) -> String {
        self.named("Carrier", &log.carriers, usize::from(carrier))
    }

    fn named(&mut self, kind: &'static str, names: &[String], index: usize) -> String {
        let id = self.id(kind, index as u64);
        if self.0[&id].attributes.is_empty() {
            let name = names.get(index).map_or_else(|| format!("{index}"), Clone::clone);
            self.base(&id, "name", name.into());
        }
        id
    }

    fn base(&mut self, id: &str, name: &'static str, value: serde_json::Value) {
        self.change(id, name, value, "1970-01-01T00:00:00Z".into());
    }

    fn change(&mut self, id: &str, name: &'static str, value: serde_json::Value, time: String) {
        let draft = self.0.get_mut(id).expect("an object is made before it changes");
        draft.attributes.push(Attribute { name, time, value });
    }

    fn relate(&mut self, from: &str, to: &str, qualifier: &'static str) {
        let draft = self.0.get_mut(from).expect("an object is made before it is related");
        draft.related.insert((to.to_owned(), qualifier));
    }

    fn list(self) -> Vec<Object> {
        let relations = |related: BTreeSet<(String, &'static str)>| {
            related.into_iter().map(|(id, qualifier)| relation(id, qualifier)).collect()
        };
        self.0
            .into_iter()
            .map(|(id, draft)| Object {
                id,
                kind: draft.kind,
                attributes: draft.attributes,
                relationships: relations(draft.related),
            })
            .collect()
    }
}

fn relation(object_id: String, qualifier: &'static str) -> Relation {
    Relation { object_id, qualifier }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File {
    object_types: Vec<Type>,
    event_types: Vec<Type>,
    objects: Vec<Object>,
    events: Vec<Event>,
}

#[derive(Serialize)]
struct Type {
    name: String,
    attributes: Vec<AttributeType>,
}

#[derive(Serialize)]
struct AttributeType {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Object {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    attributes: Vec<Attribute>,
    relationships: Vec<Relation>,
}

#[derive(Serialize)]
struct Attribute {
    name: &'static str,
    time: String,
    value: serde_json::Value,
}

#[derive(Serialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    time: String,
    attributes: [(); 0],
    relationships: Vec<Relation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Relation {
    object_id: String,
    qualifier: &'static str,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Orders of which the first is split in two parcels, and the last two travel in one.
    pub(crate) fn sample() -> Log {
        let mut log = Log {
            nodes: vec!["hangzhou".into(), "beijing".into()],
            carriers: vec!["sf-express".into()],
            ..Log::default()
        };
        for number in 0..6u64 {
            let order = OrderId(number * 97);
            log.orders.push(OrderFacts {
                order,
                zone: "Shanghai".into(),
                delivery: "next-day".into(),
                payment: "wallet".into(),
                amount: Money(12_900 + number as i64),
                lines_count: 2,
                units_count: 3,
            });
            let node = (number % 2) as u16;
            let carried_by_the_one_before = number == 5;
            let parcel = if carried_by_the_one_before { 4 } else { number };
            log.fulfillments.push(FulfillmentFacts { number, order, node });
            if carried_by_the_one_before {
                log.parcels[4].fulfillments.push(number);
            } else {
                log.parcels.push(ParcelFacts {
                    number,
                    fulfillments: vec![number],
                    carrier: 0,
                    weight_g: 800,
                });
            }
            let mut at = Moment(number * 61_000_003);
            let mut log_step = |step, subject, to| {
                at.0 += 3_600_000_000;
                let on_the_way = matches!(step, Step::Shipped | Step::Delivered);
                log.entries.push(LogEntry {
                    at,
                    step,
                    order,
                    subject,
                    to,
                    node: matches!(step, Step::Picked | Step::Packed | Step::Shipped).then_some(node),
                    carrier: on_the_way.then_some(0),
                });
            };
            use {LogSubject::*, OrderState::*};
            log_step(Step::Submitted, Order, Some(AwaitingPayment));
            log_step(Step::Paid, Order, Some(AwaitingReview));
            log_step(Step::Approved, Order, Some(AwaitingAllocation));
            log_step(Step::Allocated, Order, Some(InFulfillment));
            log_step(Step::Picked, FulfillmentOrder(number), None);
            log_step(Step::Packed, FulfillmentOrder(number), None);
            log_step(Step::Shipped, Parcel(parcel), None);
            log_step(Step::Delivered, Parcel(parcel), Some(Delivered));
            log_step(Step::Accepted, Order, Some(Completed));
        }
        log.entries.sort_by_key(|entry| entry.at);
        log
    }

    fn parsed(log: &Log) -> serde_json::Value {
        let clock = Clock::new("2026-11-10T18:00", 0.0);
        serde_json::from_slice(&json(log, &clock)).expect("the writer writes JSON")
    }

    #[test]
    fn everything_named_is_there() {
        let file = parsed(&sample());
        let objects = file["objects"].as_array().expect("a list");
        let ids: BTreeSet<&str> = objects.iter().filter_map(|object| object["id"].as_str()).collect();
        assert_eq!(ids.len(), objects.len());
        for holder in objects.iter().chain(file["events"].as_array().expect("a list")) {
            for relation in holder["relationships"].as_array().expect("a list") {
                assert!(ids.contains(relation["objectId"].as_str().expect("a name")));
                assert!(relation["qualifier"].is_string());
            }
        }
        assert_eq!((objects.len(), file["events"].as_array().map(Vec::len)), (6 + 6 + 5 + 2 + 1, Some(54)));
    }

    #[test]
    fn an_event_and_a_changing_attribute() {
        let file = parsed(&sample());
        expect_test::expect![[r#"{"id":"e0","type":"Submitted","time":"2026-11-10T19:00:00.000000Z","attributes":[],"relationships":[{"objectId":"Order-0000000000","qualifier":"order"}]}"#]].assert_eq(&file["events"][0].to_string());
        let states: Vec<String> = file["objects"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|object| object["id"] == "Order-0000000000")
            .and_then(|order| order["attributes"].as_array())
            .expect("the first order is there")
            .iter()
            .filter(|attribute| attribute["name"] == "state")
            .map(|attribute| format!("{} {}", attribute["time"], attribute["value"]))
            .collect();
        expect_test::expect![[r#"
            "1970-01-01T00:00:00Z" "new"
            "2026-11-10T19:00:00.000000Z" "awaiting-payment"
            "2026-11-10T20:00:00.000000Z" "awaiting-review"
            "2026-11-10T21:00:00.000000Z" "awaiting-allocation"
            "2026-11-10T22:00:00.000000Z" "in-fulfillment"
            "2026-11-11T02:00:00.000000Z" "delivered"
            "2026-11-11T03:00:00.000000Z" "completed""#]]
        .assert_eq(&states.join("\n"));
    }
}
