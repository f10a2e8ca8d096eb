//! Keys of the time after the door: returns, complaints, and what shoppers make of it all.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

const BACK: &str = "returns={pickup: 50%}; after-sales.change-of-mind=60%; after-sales.inspect-after=2 h; after-sales.send-back=8 h";
const SWAP: &str = "returns={exchange: 50%}; after-sales.change-of-mind=60%; after-sales.inspect-after=2 h; after-sales.send-back=8 h";
const CLAIM: &str = "complaints={fault: 80%, work: 3 h, officers: 2}; after-sales.appearance-fault=60%; after-sales.inspect-after=2 h";
const BREACH: &str = "complaints={fault: 80%, work: 3 h, officers: 1, leads: 2, tiers: [{name: only, answer-within: 1 h}]}; after-sales.appearance-fault=60%; after-sales.inspect-after=2 h";
const JUDGED: &str = "experience={after: 2 h, comes-back: 60%, comes-back-after: 1 h}; after-sales.appearance-fault=40%; after-sales.inspect-after=1 h; service={}; complaints={fault: 90%, work: 5 h, officers: 1, leads: 1, tiers: [{name: only, answer-within: 1 m}]}";

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    off("returns", Section, "{window: 30 d, exchange: 20%}", "Rules by which goods come back. Without it every return is taken, and `after-sales.restock` says what is sold again."),
    key("returns.window", Span, "30 d", "Returns asked for later after delivery are refused.").within(0.0, 3_650.0 * 86_400.0).probe("10 m").with(BACK),
    key("returns.approval", Share, "100%", "Share of the returns asked for in time that are approved; the others keep their goods.").probe("30%").with(BACK),
    key("returns.approval-time", Law, "0 s", "Until that is decided.").probe("9 h").with(BACK),
    key("returns.pickup", Share, "0%", "Share fetched at the door; the others drop theirs off.").probe("90%").with(BACK),
    key("returns.pickup-wait", Law, "1 d", "Until somebody fetches it; the way back (`after-sales.send-back`) comes after that.").probe("3 h").with(BACK),
    key("returns.pickup-cost", Money, "4", "For each parcel fetched.").probe("9").with(BACK),
    key("returns.drop-off-cost", Money, "2.50", "For each parcel dropped off.").probe("9").with(BACK),
    key("returns.grades", Weights, "[70, 15, 10, 5]", "What comes back, by grade: A is sold again, B and C go to an outlet, the rest is scrap. `after-sales.restock` does not count here.").probe("[10, 10, 10, 70]").with(BACK),
    key("returns.values", Weights, "[1, 0.6, 0.3]", "What A, B and C bring, as shares of the price.").probe("[1, 0.2, 0.1]").with(BACK),
    key("returns.refund-time", Law, "2 d", "From the grade to the money in the shopper's account.").probe("9 h").with(BACK),
    key("returns.exchange", Share, "0%", "Share of shoppers who want the same once more: a new order holds all of it at the approval and is paid then, what comes back is refunded. Where it is out of stock they get their money back.").probe("90%").with(SWAP),

    off("complaints", Section, "{fault: 30%, officers: 4}", "Claims of shoppers who keep the goods, by severity, with a time in which they must be answered."),
    key("complaints.late", Share, "20%", "Share of the orders handed over after their promise whose shopper complains.").probe("90%").with("complaints={}; delivery.*.handling=1 m; delivery.*.by-day=false"),
    key("complaints.fault", Share, "30%", "Share of shoppers with faulty goods who complain and keep them; the others send them back.").probe("90%").with(CLAIM),
    key("complaints.tiers", Sections, "[{name: minor, share: 3}, {name: grave, share: 1, answer-within: 4 h, compensation: 20%}]", "Severities, the mildest first; graver ones are answered first."),
    must("complaints.tiers[].name", Text, "minor", "Name, for print.").probe("other").with("complaints={fault: 80%, tiers: [{name: one}]}; after-sales.appearance-fault=60%; after-sales.inspect-after=2 h"),
    key("complaints.tiers[].share", Weight, "1", "How often, relative to the others.").probe("7").with("complaints={fault: 80%, tiers: [{name: one}, {name: two, share: 9, compensation: 30%}]}; complaints.tiers.0.share=1; after-sales.appearance-fault=60%; after-sales.inspect-after=2 h"),
    key("complaints.tiers[].answer-within", Span, "1 d", "Answered later, the promise of an answer is broken. At that moment a complaint that still waits goes to a lead.").within(1.0, 365.0 * 86_400.0).probe("5 m").with(CLAIM),
    key("complaints.tiers[].compensation", Share, "5%", "Of the order's amount, for each complaint.").probe("40%").with(CLAIM),
    key("complaints.officers", Integer, "5", "People who answer.").within(1.0, 1e6).probe("1").with(CLAIM),
    off("complaints.shifts", Name("shift"), "two-shift", "Shift plan of officers and leads; round the clock when left out.").probe("plan").with("complaints={fault: 80%}; after-sales.appearance-fault=60%; shifts.plan=[{from: \"08:00\", to: \"16:00\"}]"),
    key("complaints.work", Law, "{exponential: {mean: 15 m}}", "Time for one complaint.").probe("5 h").with(CLAIM),
    key("complaints.wage", Money, "20", "Wages an hour of an officer.").probe("25").with(CLAIM),
    key("complaints.leads", Integer, "1", "People to whom late ones are escalated.").within(1.0, 1e6).probe("9").with(BREACH),
    key("complaints.lead-wage", Money, "30", "Wages an hour of a lead.").probe("35").with(CLAIM),
    key("complaints.breach-compensation", Share, "5%", "Of the order's amount, on top, when the answer comes too late.").probe("50%").with(BREACH),

    off("experience", Section, "{comes-back: 30%}", "How content shoppers are, from 0 to 10, by what happened to their order; and whether they come back."),
    key("experience.base", Number, "8", "Score of an order that came on its promised day, without a fault.").within(0.0, 10.0).probe("5").with(JUDGED),
    key("experience.per-day-early", Number, "0.3", "More for each day before the promise, for two at most.").within(0.0, 10.0).probe("2").with(JUDGED),
    key("experience.per-day-late", Number, "1.5", "Less for each day after the promise.").within(0.0, 10.0).probe("7").with("experience={after: 2 h}; delivery.*.handling=1 m; delivery.*.by-day=false"),
    key("experience.fault", Number, "2", "Less for goods with a fault.").within(0.0, 10.0).probe("5").with(JUDGED),
    key("experience.contact", Number, "0.5", "Less for each time that the shopper had to ask.").within(0.0, 10.0).probe("3").with("experience={after: 12 h}; service={intents: [{name: other, share: 100%, after: 1 m}]}"),
    key("experience.hung-up", Number, "1", "Less for each time that nobody answered and they hung up.").within(0.0, 10.0).probe("4").with("experience={after: 12 h}; service={intents: [{name: other, share: 100%, after: 1 m}], phone: {share: 100%, agents: 1, handle: 40 m, patience: 1 m}}"),
    key("experience.breach", Number, "1.5", "Less for a complaint that was answered too late.").within(0.0, 10.0).probe("6").with("experience={after: 30 h}; complaints={fault: 90%, work: 2 h, officers: 1, leads: 9, tiers: [{name: only, answer-within: 1 m}]}; after-sales.appearance-fault=60%; after-sales.inspect-after=1 h"),
    key("experience.failed", Number, "5", "Less for an order that was declined, refused, rejected or never handed over.").within(0.0, 10.0).probe("1").with(JUDGED),
    key("experience.spread", Number, "1", "Standard deviation between shoppers to whom the same happened.").within(0.0, 10.0).probe("0").with(JUDGED),
    key("experience.after", Span, "5 d", "From delivery to the verdict: what happens until then counts.").within(0.0, 365.0 * 86_400.0).probe("30 h").with(JUDGED),
    key("experience.comes-back", Share, "0%", "Share of shoppers with a score of `base` who order again.").within(0.0, 0.95).probe("90%").with(JUDGED),
    key("experience.per-point", Number, "0.4", "By how much each point of the score moves the log odds of coming back.").within(0.0, 10.0).probe("3").with(JUDGED),
    key("experience.comes-back-after", Law, "{exponential: {mean: 30 d}}", "Until they do.").probe("5 h").with(JUDGED),
];
