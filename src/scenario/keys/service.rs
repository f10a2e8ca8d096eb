//! Keys of the contact center: what shoppers ask about, and who answers.

use crate::domain::Intent;
use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

const ASKED: &str = "service={intents: [{name: other, share: 100%, after: 1 m}], phone: {agents: 2, handle: {exponential: {mean: 20 m}}}, chat: {agents: 1}}";
const ASKED_OF_BOT: &str = "service={intents: [{name: other, share: 100%, after: 1 m}], bot: {share: 80%}, self-service: {share: 80%}}";
const IMPATIENT: &str = "service={intents: [{name: other, share: 100%, after: 1 m}], phone: {share: 50%, agents: 1, handle: 40 m, patience: 3 m}, chat: {agents: 1, concurrency: 2, handle: 90 m, patience: 10 m}}";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("service", Section, "{phone: {agents: 12}, chat: {agents: 8}}", "The contact center. Contacts come from what happens to orders; nobody asks anything without this section."),
    key("service.intents", Sections, "[{name: where-is-my-order}, {name: return-question}, {name: complaint}, {name: payment-problem}, {name: other, share: 2%}]", "What shoppers ask about; what is not listed is not asked.").example("[{name: where-is-my-order, share: 60%}, {name: other, share: 2%}]"),
    must("service.intents[].name", Word(&Intent::NAMES), "where-is-my-order", "where-is-my-order (an order that is not there by its promise), return-question (a parcel that goes back), complaint (a parcel with a fault), payment-problem (a payment that is turned down for good) or other (any order).").probe("return-question").with("service={intents: [{name: other, share: 50%}]}"),
    key("service.intents[].share", Share, "40%", "Share of the orders with that trouble whose shopper asks.").probe("90%").with(ASKED),
    key("service.intents[].after", Law, "{exponential: {mean: 2 h}}", "From the trouble to the contact.").probe("3 h").with(ASKED),
    key("service.intents[].deflection", Share, "50%", "Of those who try self-service: the share that finds its answer there.").probe("5%").with(ASKED_OF_BOT),
    key("service.intents[].containment", Share, "40%", "Of those who talk to the bot: the share that it does not pass on to people. A parameter, not a language model.").probe("90%").with(ASKED_OF_BOT),
    key("service.intents[].wrong", Share, "10%", "Of those contained: the share whose answer was wrong; they ask again, and of people.").probe("80%").with(ASKED_OF_BOT),
    key("service.self-service", Section, "{}", "Pages on which shoppers look for themselves first."),
    key("service.self-service.share", Share, "0%", "Share of contacts that begin there.").probe("70%").with(ASKED),
    key("service.self-service.time", Law, "2 m", "Time spent there.").probe("30 m").with(ASKED_OF_BOT),
    key("service.self-service.cost", Money, "0.05", "For each visit.").probe("3").with(ASKED_OF_BOT),
    key("service.bot", Section, "{}", "An assistant before people, told by three shares: how many reach it, how many it keeps, how many of those it misleads."),
    key("service.bot.share", Share, "0%", "Share of the contacts that self-service did not settle which begin with the bot.").probe("70%").with(ASKED),
    key("service.bot.time", Law, "1 m", "Length of a talk with the bot.").probe("30 m").with(ASKED_OF_BOT),
    key("service.bot.cost", Money, "0.15", "For each talk.").probe("3").with(ASKED_OF_BOT),
    key("service.phone", Section, "{}", "People on the phone: one caller at a time."),
    key("service.phone.share", Share, "40%", "Of the contacts that reach people: the share that calls; the others chat.").probe("90%").with(ASKED),
    key("service.phone.agents", Integer, "10", "People on the phone.").within(0.0, 1e6).probe("1").with(ASKED),
    off("service.phone.shifts", Name("shift"), "two-shift", "Their shift plan; round the clock when left out.").probe("plan").with("service={intents: [{name: other, share: 100%}]}; shifts.plan=[{from: \"08:00\", to: \"16:00\"}]"),
    key("service.phone.handle", Law, "{exponential: {mean: 5 m}}", "Time of a call.").probe("25 m").with(ASKED),
    off("service.phone.patience", Law, "{exponential: {mean: 3 m}}", "Callers hang up who have waited so long; nobody does when left out.").probe("20 s").with("service={intents: [{name: other, share: 100%, after: 1 m}], phone: {share: 100%, agents: 1, handle: 40 m}}"),
    key("service.phone.answer-within", Span, "20 s", "Callers who are answered within this count as served in time.").within(0.0, 86_400.0).probe("2 h").with(IMPATIENT),
    key("service.phone.wage", Money, "18", "Wages an hour of an agent.").probe("25").with(ASKED),
    key("service.chat", Section, "{}", "People who chat, each with several shoppers at once."),
    key("service.chat.agents", Integer, "10", "People who chat.").within(0.0, 1e6).probe("3").with(ASKED),
    key("service.chat.concurrency", Integer, "3", "Chats that an agent has at once.").within(1.0, 20.0).probe("1").with(IMPATIENT),
    key("service.chat.slowdown", Share, "0%", "By how much each further chat of an agent lengthens a chat, by those that are there when it comes.").within(0.0, 10.0).probe("50%").with(IMPATIENT),
    off("service.chat.shifts", Name("shift"), "two-shift", "Their shift plan; round the clock when left out.").probe("plan").with("service={intents: [{name: other, share: 100%}]}; shifts.plan=[{from: \"08:00\", to: \"16:00\"}]"),
    key("service.chat.handle", Law, "{exponential: {mean: 8 m}}", "Time of a chat.").probe("45 m").with(ASKED),
    off("service.chat.patience", Law, "{exponential: {mean: 10 m}}", "Shoppers leave who have waited so long; nobody does when left out.").probe("20 s").with("service={intents: [{name: other, share: 100%, after: 1 m}], phone: {share: 0%}, chat: {agents: 1, concurrency: 1, handle: 40 m}}"),
    key("service.chat.answer-within", Span, "1 m", "Chats that are answered within this count as served in time.").within(0.0, 86_400.0).probe("2 h").with(IMPATIENT),
    key("service.chat.wage", Money, "16", "Wages an hour of an agent.").probe("25").with(ASKED),
    key("service.resolution", Share, "85%", "Share of talks with people that settle it; the other shoppers ask again.").within(0.05, 1.0).probe("20%").with(ASKED),
    key("service.call-back", Share, "40%", "Of those who hung up: the share that asks again.").within(0.0, 1.0).probe("90%").with(IMPATIENT),
    key("service.recontact-after", Law, "{exponential: {mean: 6 h}}", "Until they ask again.").probe("1 m").with("service={intents: [{name: other, share: 100%, after: 1 m}], resolution: 30%}"),
];
