//! The contact center.

use super::law::law;
use crate::domain::Intent;
use crate::scenario::section::Section;
use crate::scenario::spec::{Desk, IntentRow, Service, Tool};

/// `None` where nobody asks anything.
pub fn service(top: &Section<'_>) -> Option<Service> {
    let keys = top.maybe_section("service")?;
    let (phone, chat) = (keys.section("phone"), keys.section("chat"));
    let service = Service {
        intents: intents(&keys),
        self_service: tool(&keys.section("self-service")),
        bot: tool(&keys.section("bot")),
        phone_share: phone.share("share"),
        phone: desk(&phone),
        concurrency: chat.count("concurrency"),
        slowdown: chat.share("slowdown"),
        chat: desk(&chat),
        resolution: keys.share("resolution"),
        call_back: keys.share("call-back"),
        recontact_after: law(&keys, "recontact-after"),
    };
    offered(&phone, &chat, &service);
    Some(service)
}

fn intents(keys: &Section<'_>) -> Vec<IntentRow> {
    let mut rows: Vec<IntentRow> = Vec::new();
    for item in keys.items("intents") {
        let Some(word) = item.word("name") else { continue };
        let intent = Intent::ALL[word];
        if rows.iter().any(|row| row.intent == intent) {
            let message = format!("the intent \"{}\" is listed twice", intent.name());
            item.report("E0209", "name", message, "list each intent once");
            continue;
        }
        rows.push(IntentRow {
            intent,
            share: item.share("share"),
            after: law(&item, "after"),
            deflection: item.share("deflection"),
            containment: item.share("containment"),
            wrong: item.share("wrong"),
        });
    }
    rows
}

fn tool(keys: &Section<'_>) -> Tool {
    Tool { share: keys.share("share"), time: law(keys, "time"), cost: keys.money("cost") }
}

fn desk(keys: &Section<'_>) -> Desk {
    Desk {
        agents: keys.count("agents"),
        shifts: keys.reference("shifts"),
        handle: law(keys, "handle"),
        patience: keys.has("patience").then(|| law(keys, "patience")),
        within: keys.span("answer-within"),
        wage: keys.money("wage"),
    }
}

/// A channel that shoppers choose has somebody who answers.
fn offered(phone: &Section<'_>, chat: &Section<'_>, service: &Service) {
    let told = |keys: &Section<'_>, share: f64, desk: &Desk, verb: &str, way: &str| {
        if 0.0 < share && desk.agents == 0 && keys.desk.sound(&["service.phone", "service.chat"]) {
            let message =
                format!("{:.0}% of those who reach people {verb}, and nobody answers", 100.0 * share);
            keys.report("E0306", "agents", message, format!("write agents: 1 or more, or {way}"));
        }
    };
    told(phone, service.phone_share, &service.phone, "call", "phone.share: 0%");
    told(chat, 1.0 - service.phone_share, &service.chat, "chat", "phone.share: 100%");
}
