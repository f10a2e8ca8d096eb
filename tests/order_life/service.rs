//! The contact center: who asks, who answers, and who asks again. The queues themselves are held against Erlang A and
//! Erlang C in `oracle_scenarios`.

use super::runs::Run;
use super::{figure, play, refusal, share_agrees};

const SHORT: &[(&str, &str)] =
    &[("run.horizon", "200 h"), ("run.warm-up", "0 s"), ("arrivals.constant.duration", "20 h")];

fn asked(service: &str, more: &[(&str, &str)]) -> Run {
    play("oracles/base", &[SHORT, &[("service", service)], more].concat(), 1)
}

/// All orders ask. Of them 1 - s d go on to the bot or to people, of those b c stay with the bot, of which w ask again:
/// N (1 - s d) (1 - b c (1 - w)) troubles reach people, each 1 / r times.
#[test]
fn contacts_go_the_ways_that_the_closed_form_says() {
    let run = asked(
        "{intents: [{name: other, share: 100%, after: 0 s, deflection: 40%, containment: 60%, wrong: 25%}], \
          self-service: {share: 50%, cost: 0.10}, bot: {share: 80%, cost: 0.30}, resolution: 70%, \
          recontact-after: 10 m, phone: {agents: 500}, chat: {agents: 500}}",
        &[],
    );
    let of = |part: &str, measure: &str| figure(&run.document, part, measure);
    let orders = run.document.orders.submitted as f64;
    assert_eq!(of("service", "asked: other"), orders);
    share_agrees("self-service", of("self-service", "visits") / orders, orders, 0.5);
    let visits = of("self-service", "visits");
    share_agrees("deflection", of("self-service", "deflection"), visits, 0.4);
    let talks = of("bot (parametric)", "talks");
    share_agrees("bot", talks / orders, orders, 0.8 * 0.8);
    share_agrees("containment", of("bot (parametric)", "containment"), talks, 0.6);
    let kept = talks * of("bot (parametric)", "containment");
    share_agrees("wrong answers", of("bot (parametric)", "wrong answers") / kept, kept, 0.25);
    let (phone, chat) = (of("phone", "answered"), of("chat", "answered"));
    share_agrees("phone", phone / (phone + chat), phone + chat, 0.4);
    // Geometric: the number of talks of each trouble has mean 1 / r and variance (1 - r) / r^2.
    let troubles = orders * 0.8 * (1.0 - 0.8 * 0.6 * 0.75);
    let spread = (troubles * (0.3 / 0.49 + 0.3)).sqrt();
    assert!((phone + chat - troubles / 0.7).abs() < 3.5 * spread, "{} for {}", phone + chat, troubles / 0.7);
    // Every trouble has ended, and what it cost is the wages and the tools.
    assert_eq!(of("service", "settled") + of("service", "given up"), orders);
    let contacts = of("service", "contacts");
    share_agrees("recontact", of("service", "recontact"), contacts, {
        let again = troubles / 0.7 - orders * 0.8 * (1.0 - 0.8 * 0.6);
        again / (orders + again)
    });
    let wages = 500.0 * 200.0 * (1_800.0 + 1_600.0);
    let cost = (wages + visits * 10.0 + talks * 30.0) / contacts;
    assert!((of("service", "cost a contact") - cost).abs() < 1e-6 * cost);
}

/// Contacts come from what happens to orders, and from nothing else.
#[test]
fn each_intent_has_its_cause() {
    let one = |name: &str, more: &[(&str, &str)]| {
        let run = asked(&format!("{{intents: [{{name: {name}, share: 50%, after: 1 m}}]}}"), more);
        let asked = figure(&run.document, "service", &format!("asked: {name}"));
        (asked, run)
    };
    let late = [("delivery.*.handling", "1 m"), ("floor.pick-per-order", "5 h")];
    for (name, calm, trouble) in [
        ("where-is-my-order", &[][..], &late[..]),
        ("return-question", &[], &[("after-sales.change-of-mind", "40%")]),
        ("complaint", &[], &[("after-sales.appearance-fault", "40%")]),
        ("payment-problem", &[], &[("payment.methods.card.success", "60%")]),
    ] {
        assert_eq!(one(name, calm).0, 0.0, "{name} without a cause");
        let (asked, run) = one(name, trouble);
        let orders = run.document.orders.submitted as f64;
        let share = if name == "where-is-my-order" { 1.0 } else { 0.4 };
        share_agrees(name, asked / orders, orders, 0.5 * share);
    }
}

#[test]
fn an_agent_with_more_chats_at_once_answers_sooner_and_talks_longer() {
    let figures = |concurrency: u32, slowdown: &str| {
        let run = asked(
            &format!(
                "{{intents: [{{name: other, share: 100%, after: 0 s}}], resolution: 100%, phone: {{share: 0%}}, \
                  chat: {{agents: 40, concurrency: {concurrency}, slowdown: {slowdown}, \
                          handle: {{exponential: {{mean: 10 m}}}}}}}}"
            ),
            &[],
        );
        let of = |measure: &str| figure(&run.document, "chat", measure);
        (of("speed of answer"), of("time of a talk"))
    };
    let (one, three, slow) = (figures(1, "0%"), figures(3, "0%"), figures(3, "20%"));
    assert!(10.0 * three.0 < one.0, "{three:?} {one:?}");
    assert_eq!(three.1, one.1, "the same talks");
    assert!(1.15 * one.1 < slow.1 && slow.1 < 1.45 * one.1, "{slow:?} {one:?}");
}

#[test]
fn a_channel_that_nobody_serves_is_refused_where_it_stands() {
    let found = refusal(&[("service", "{phone: {share: 30%, agents: 0}}")]);
    assert!(found.contains("30% of those who reach people call, and nobody answers"), "{found}");
    let found = refusal(&[("service", "{chat: {agents: 0}}")]);
    assert!(found.contains("60% of those who reach people chat, and nobody answers"), "{found}");
}
