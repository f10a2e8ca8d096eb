//! Keys of an order's life: payment, review, cancel, allocation, after-sales; costs, initial state, SLOs.

use crate::allocation::Builtin;
use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

/// Stages that an SLO on `stage-time` may name.
pub const STAGES: &[&str] = &[
    "browse",
    "cart",
    "pay",
    "review",
    "allocate",
    "wave",
    "pick",
    "pack",
    "dock",
    "linehaul",
    "sort",
    "last-mile",
    "receive",
    "return",
];

pub const METRICS: &[&str] = &[
    "on-time-share",
    "lead-time",
    "ship-time",
    "stage-time",
    "refused-share",
    "split-share",
    "backorder-share",
    "cost-per-order",
    "open-share",
];

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    must("payment", Section, "{methods: [{name: card}]}", "How shoppers pay."),
    key("payment.expiry", Span, "30 m", "An unpaid order expires after this.").within(1.0, 30.0 * 86_400.0).probe("20 s"),
    must("payment.methods", Sections, "[{name: card}]", "Payment methods."),
    must("payment.methods[].name", Text, "card", "Name, for print.").probe("renamed").with("payment.methods=[{name: card}]"),
    key("payment.methods[].share", Weight, "1", "How often it is taken, relative to the others.").probe("3").with("payment.methods.0.share=9"),
    key("payment.methods[].cash-on-delivery", Flag, "false", "Nothing is captured at submit; the shopper pays at the door.").probe("true"),
    key("payment.methods[].lanes", Integer, "100", "Parallel requests to the provider.").within(1.0, 1e6).probe("1"),
    key("payment.methods[].latency", Law, "{lognormal: {median: 2 s, sigma: 0.6}}", "Time of one request.").probe("25 s"),
    key("payment.methods[].success", Share, "96%", "Share of requests that are captured.").probe("70%"),
    key("payment.methods[].retry", Share, "60%", "Share of declined shoppers who try again, each time.").within(0.0, 0.99).probe("5%"),
    key("payment.methods[].retry-after", Law, "1 m", "Time to the next try.").probe("8 m"),
    key("payment.methods[].late-share", Share, "0%", "Share of captures whose callback comes late.").probe("40%"),
    key("payment.methods[].late-delay", Law, "45 m", "How late.").probe("10 m").with("payment.methods.*.late-share=40%"),
    key("payment.methods[].duplicate", Share, "0%", "Share of captures whose callback comes twice.").probe("40%"),
    key("payment.methods[].fee", Share, "1%", "Share of captured money that the provider keeps.").probe("3%"),
    key("payment.methods[].refuse-at-door", Share, "0%", "Cash on delivery: share refused at the door.").probe("30%").with("payment.methods.*.cash-on-delivery=true"),
    off("payment.methods[].timeout", Span, "30 s", "The shop waits no longer for the provider's answer and asks the shopper again; a capture that was made all the same comes in when it is there, and goes back when the order is paid by then. It waits for ever when left out.").within(0.001, 86_400.0).probe("2 s").with("payment.methods.*.latency={exponential: {mean: 20 s}}"),
    off("payment.methods[].rate-limit", Rate, "600/m", "Requests that the provider admits; those above it wait their turn.").within(0.01, 1e12).probe("20/h"),
    key("payment.methods[].burst", Integer, "1", "Requests that the provider admits at once when fewer came for a while; its rate limit holds on the whole.").within(1.0, 1e6).probe("50").with("payment.methods.*.rate-limit=20/h"),
    off("payment.methods[].fallback", Name("payment method"), "card", "The method by which shoppers pay who are turned down for good."),
    key("payment.methods[].fallback-share", Share, "100%", "Share of those shoppers who go on to the other method; the rest is declined.").probe("10%").with("payment.methods=[{name: card, share: 1%}, {name: wallet, share: 99%, success: 40%, fallback: card}]"),

    key("review", Section, "{}", "The look at risky orders."),
    key("review.manual-score", Share, "98%", "Orders score uniformly in 0 to 1; from this score on a person looks.").probe("60%"),
    key("review.reject-score", Share, "99.5%", "From this score on the order is rejected at once.").probe("90%").with("review.manual-score=80%"),
    key("review.reviewers", Integer, "10", "People who look.").within(0.0, 1e6).probe("1"),
    off("review.shifts", Name("shift"), "two-shift", "Their shift plan; round the clock when left out.").probe("plan").with("shifts.plan=[{from: \"08:00\", to: \"16:00\"}]"),
    key("review.work", Law, "2 m", "Time for one order.").probe("9 m"),
    key("review.manual-reject", Share, "10%", "Share of the orders looked at that are rejected.").probe("60%"),
    key("review.wage", Money, "22", "Wages an hour of a reviewer.").probe("25"),

    key("cancel", Section, "{}", "Shoppers who change their mind before the floor has the order."),
    key("cancel.share", Share, "2%", "Share of orders.").probe("20%"),
    key("cancel.after", Law, "{exponential: {mean: 1 h}}", "Time from submit.").probe("2 m").with("cancel.share=20%"),

    key("allocation", Section, "{}", "Which node serves which order line."),
    key("allocation.strategy", Word(&Builtin::NAMES), "nearest", "The rule that chooses; `ordermill explain strategies` tells them.").probe("balance"),
    key("allocation.score", Formulas, "[freight]", "What the strategy `score` ranks nodes by, lower first: a formula, or a list whose next formula breaks the ties of the one before.").example("[\"if(open, 0, 1)\", \"freight + 0.3 * km\"]").probe("[\"-km\"]").with("allocation.strategy=score"),
    key("allocation.refresh-every", Span, "1 h", "How often `bid-price` and `wave` make their prices anew, from the stock of that moment and the demand expected after it.").within(1.0, 365.0 * 86_400.0).probe("15 m").with("allocation.strategy=bid-price; stock.cover=0.9"),
    key("allocation.wave-every", Span, "15 m", "How long `wave` lets orders gather before it plans them together, by the clock.").within(1.0, 7.0 * 86_400.0).probe("2 h").with("allocation.strategy=wave"),
    key("allocation.split-lines", Flag, "true", "A line may be served from several nodes.").probe("false").with("stock.cover=0.8; basket.quantity=[1, 1, 1, 1, 1, 1]"),
    key("allocation.max-splits", Integer, "3", "Fulfillment orders of one order at most.").within(1.0, 64.0).probe("1"),
    key("allocation.min-box-value", Money, "0", "A box beside the most valuable one of its order goes only if its goods are worth so much; what does not go waits as a backorder.").probe("90").with("stock.cover=0.8; nodes.0.priority=1"),
    key("allocation.backorder", Flag, "true", "What cannot be served waits for stock; otherwise it is refused at submit or refunded.").probe("false").with("stock.cover=0.8"),
    key("allocation.backorder-patience", Span, "3 d", "Units that wait are given up after this.").within(1.0, 365.0 * 86_400.0).probe("2 h").with("stock.cover=0.8"),

    key("after-sales", Section, "{}", "What happens after the door."),
    key("after-sales.inspect-after", Law, "{exponential: {mean: 12 h}}", "From delivery to the shopper's look at the goods.").probe("2 h"),
    key("after-sales.appearance-fault", Share, "0.5%", "Share of parcels that look damaged.").probe("20%"),
    key("after-sales.quantity-fault", Share, "0.5%", "Share of parcels with too few or too many.").probe("20%"),
    key("after-sales.specification-fault", Share, "0.5%", "Share of parcels with something else.").probe("20%"),
    key("after-sales.change-of-mind", Share, "4%", "Share of flawless parcels sent back all the same.").probe("30%"),
    key("after-sales.send-back", Law, "{lognormal: {median: 2 d, sigma: 0.4}}", "From the decision to the return dock.").probe("8 h"),
    key("after-sales.restock", Share, "80%", "Share of returned parcels whose goods are sold again.").probe("10%"),
    key("after-sales.points-per-unit", Number, "1", "Loyalty points for each major unit paid, booked when the order completes.").within(0.0, 1e6).probe("5"),

    key("costs", Section, "{}", "Costs beside wages, lanes, tariffs and fees."),
    key("costs.packaging-per-parcel", Money, "0.60", "Box and filling.").probe("0.90"),
    key("costs.late-penalty-per-order", Money, "0", "For an order that misses its promise.").probe("9").with("delivery.*.handling=1 h; delivery.*.by-day=false"),
    key("costs.refused-penalty-per-order", Money, "0", "For an order that is refused for want of stock.").probe("9").with("stock.cover=0.6; allocation.backorder=false"),
    key("costs.lost-margin", Share, "0%", "Of the goods of an order that is refused at submit: what they would have earned.").probe("30%").with("stock.cover=0.6; allocation.backorder=false"),
    key("costs.overtime-premium", Share, "0%", "Of the wage, on top of it, for work after the end of a shift.").within(0.0, 10.0).probe("50%").with("shifts.plan=[{from: \"08:00\", to: \"16:00\"}]; nodes.*.shifts=plan"),
    key("costs.return-handling-per-parcel", Money, "2", "For a parcel that comes back.").probe("7"),

    key("initial", Section, "{}", "What is under way when the simulation starts."),
    key("initial.backlog", Integer, "0", "Orders paid and reviewed that wait for allocation.").probe("300"),
    key("initial.in-transit", Integer, "0", "Parcels on their way to the last mile.").probe("300"),

    key("slo", Sections, "[]", "Service level objectives: the verdict and the exit code hang on them.")
        .example("[{metric: on-time-share, at-least: 95%}]"),
    must("slo[].metric", Word(METRICS), "on-time-share", "What is measured.").probe("open-share").with("slo=[{metric: refused-share, at-most: 5%}]"),
    off("slo[].stage", Word(STAGES), "pick", "For `stage-time`: the stage.").probe("pack").with("slo=[{metric: stage-time, stage: pick, quantile: 0.9, at-most: 5 h}]"),
    off("slo[].quantile", Share, "0.99", "For times: which quantile; the mean when left out.").within(0.000_001, 0.999_999).probe("0.5").with("slo=[{metric: lead-time, quantile: 0.9, at-most: 90 h}]"),
    off("slo[].at-most", Bound, "72 h", "The objective holds up to this.").probe("1 h").with("slo=[{metric: lead-time, quantile: 0.9, at-most: 90 h}]"),
    off("slo[].at-least", Bound, "95%", "The objective holds from this on.").probe("20%").with("slo=[{metric: on-time-share, at-least: 95%}]"),
];
