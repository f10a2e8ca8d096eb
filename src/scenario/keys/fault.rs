//! Keys of the faults: what goes wrong, when, for how long, where, and how badly.

use crate::scenario::key::{KeyRow, Kind::*, key, must, off};

#[rustfmt::skip]
pub const KEYS: &[KeyRow] = &[
    key("faults", Sections, "[]", "What goes wrong: each item is one fault, by its kind.")
        .example("[{gateway-outage: {at: 10 h, for: 30 m, target: alipay}}]"),

    off("faults[].duplicate-callback", Section, "{at: 0 s, for: 2 h, target: wallet-a}", "A gateway sends the same capture several times; all but the first are absorbed."),
    must("faults[].duplicate-callback.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{duplicate-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    must("faults[].duplicate-callback.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{duplicate-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    off("faults[].duplicate-callback.target", Name("payment method"), "wallet-a", "Which payment method; every one when left out.").probe("wallet-b").with("faults=[{duplicate-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    key("faults[].duplicate-callback.size", Share, "100%", "Share of the captures.").probe("10%").with("faults=[{duplicate-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    key("faults[].duplicate-callback.copies", Integer, "2", "How often each of them comes.").within(2.0, 10.0).probe("5").with("faults=[{duplicate-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    key("faults[].duplicate-callback.gap", Span, "5 s", "Between two copies.").probe("40 d").with("faults=[{duplicate-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),

    off("faults[].late-callback", Section, "{at: 0 s, for: 2 h, target: wallet-a}", "Captures come back late; after the payment window their money goes straight back."),
    must("faults[].late-callback.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{late-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    must("faults[].late-callback.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{late-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    off("faults[].late-callback.target", Name("payment method"), "wallet-a", "Which payment method; every one when left out.").probe("wallet-b").with("faults=[{late-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    key("faults[].late-callback.size", Share, "100%", "Share of the captures.").probe("10%").with("faults=[{late-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    key("faults[].late-callback.delay", Span, "45 m", "How late.").probe("2 m").with("faults=[{late-callback: {at: 0 s, for: 10 d, target: wallet-a}}]"),

    off("faults[].gateway-timeout", Section, "{at: 0 s, for: 2 h, target: wallet-a, size: 60%}", "Answers of a gateway get lost; the shop asks again, then cancels."),
    must("faults[].gateway-timeout.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{gateway-timeout: {at: 0 s, for: 10 d, target: wallet-a, size: 60%}}]"),
    must("faults[].gateway-timeout.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{gateway-timeout: {at: 0 s, for: 10 d, target: wallet-a, size: 60%}}]"),
    off("faults[].gateway-timeout.target", Name("payment method"), "wallet-a", "Which payment method; every one when left out.").probe("wallet-b").with("faults=[{gateway-timeout: {at: 0 s, for: 10 d, target: wallet-a, size: 60%}}]"),
    key("faults[].gateway-timeout.size", Share, "100%", "Share of the answers, also of those to later questions.").probe("10%").with("faults=[{gateway-timeout: {at: 0 s, for: 10 d, target: wallet-a, size: 60%}}]"),
    key("faults[].gateway-timeout.ask-after", Span, "30 s", "First question after so long; each further pause is twice as long.").within(1.0, 86_400.0).probe("5 m").with("faults=[{gateway-timeout: {at: 0 s, for: 10 d, target: wallet-a, size: 60%}}]"),
    key("faults[].gateway-timeout.asks", Integer, "6", "Questions before the shop cancels.").within(1.0, 20.0).probe("1").with("faults=[{gateway-timeout: {at: 0 s, for: 10 d, target: wallet-a, size: 60%}}]"),

    off("faults[].refund-before-capture", Section, "{at: 0 s, for: 2 h, target: wallet-a, size: 50%}", "A gateway reports the refund before the capture; it is parked and applied once."),
    must("faults[].refund-before-capture.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{refund-before-capture: {at: 0 s, for: 10 d, target: wallet-a, size: 50%}}]"),
    must("faults[].refund-before-capture.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{refund-before-capture: {at: 0 s, for: 10 d, target: wallet-a, size: 50%}}]"),
    off("faults[].refund-before-capture.target", Name("payment method"), "wallet-a", "Which payment method; every one when left out.").probe("wallet-b").with("faults=[{refund-before-capture: {at: 0 s, for: 10 d, target: wallet-a, size: 50%}}]"),
    key("faults[].refund-before-capture.size", Share, "10%", "Share of the captures.").probe("60%").with("faults=[{refund-before-capture: {at: 0 s, for: 10 d, target: wallet-a, size: 50%}}]"),
    key("faults[].refund-before-capture.delay", Span, "2 m", "How long after the refund the capture comes.").probe("20 m").with("faults=[{refund-before-capture: {at: 0 s, for: 10 d, target: wallet-a, size: 50%}}]"),

    off("faults[].gateway-outage", Section, "{at: 0 s, for: 2 h, target: wallet-a}", "A gateway loses lanes; payments queue, or fail at once."),
    must("faults[].gateway-outage.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{gateway-outage: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    must("faults[].gateway-outage.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{gateway-outage: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    off("faults[].gateway-outage.target", Name("payment method"), "wallet-a", "Which payment method; every one when left out.").probe("wallet-b").with("faults=[{gateway-outage: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    key("faults[].gateway-outage.size", Share, "100%", "Share of its lanes.").probe("0%").with("faults=[{gateway-outage: {at: 0 s, for: 10 d, target: wallet-a}}]"),
    key("faults[].gateway-outage.fail-fast", Flag, "false", "Payments that meet it fail at once, and their shoppers may try again; otherwise they queue.").probe("true").with("faults=[{gateway-outage: {at: 0 s, for: 10 d, target: wallet-a}}]"),

    off("faults[].no-shows", Section, "{at: 0 s, for: 2 h, target: Guangzhou, size: 100%}", "Pickers do not come to work."),
    must("faults[].no-shows.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{no-shows: {at: 0 s, for: 10 d, target: Guangzhou, size: 100%}}]"),
    must("faults[].no-shows.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{no-shows: {at: 0 s, for: 10 d, target: Guangzhou, size: 100%}}]"),
    off("faults[].no-shows.target", Name("node"), "Hangzhou", "Which node; every one when left out.").probe("Shanghai").with("faults=[{no-shows: {at: 0 s, for: 10 d, target: Guangzhou, size: 100%}}]"),
    key("faults[].no-shows.size", Share, "50%", "Share of the pickers.").probe("0%").with("faults=[{no-shows: {at: 0 s, for: 10 d, target: Guangzhou, size: 100%}}]"),

    off("faults[].carrier-capacity", Section, "{at: 0 s, for: 2 h, target: SwiftPost, size: 100%}", "A carrier takes less on every departure."),
    must("faults[].carrier-capacity.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{carrier-capacity: {at: 0 s, for: 10 d, target: SwiftPost, size: 100%}}]"),
    must("faults[].carrier-capacity.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{carrier-capacity: {at: 0 s, for: 10 d, target: SwiftPost, size: 100%}}]"),
    must("faults[].carrier-capacity.target", Name("carrier"), "SwiftPost", "Which carrier.").probe("Cloud Express").with("faults=[{carrier-capacity: {at: 0 s, for: 10 d, target: SwiftPost, size: 100%}}]"),
    key("faults[].carrier-capacity.size", Share, "50%", "Share of each vehicle's room that is lost.").probe("0%").with("faults=[{carrier-capacity: {at: 0 s, for: 10 d, target: SwiftPost, size: 100%}}]"),
    off("faults[].carrier-capacity.overflow", Name("carrier"), "SwiftPost", "Who takes that share of the parcels instead; without one they wait for the next departure.").probe("Cloud Express").with("faults=[{carrier-capacity: {at: 0 s, for: 10 d, target: SwiftPost, size: 100%}}]"),

    off("faults[].lane-closure", Section, "{at: 0 s, for: 2 h, target: Guangzhou}", "Weather closes all lanes from and to a node."),
    must("faults[].lane-closure.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{lane-closure: {at: 0 s, for: 10 d, target: Guangzhou}}]"),
    must("faults[].lane-closure.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{lane-closure: {at: 0 s, for: 10 d, target: Guangzhou}}]"),
    must("faults[].lane-closure.target", Name("node"), "Hangzhou", "Which node.").probe("Shanghai").with("faults=[{lane-closure: {at: 0 s, for: 10 d, target: Guangzhou}}]"),
    off("faults[].lane-closure.carrier", Name("carrier"), "SwiftPost", "Whose lanes; every carrier's when left out.").probe("SwiftPost").with("faults=[{lane-closure: {at: 0 s, for: 10 d, target: Guangzhou}}]"),
    key("faults[].lane-closure.re-route", Flag, "false", "Parcels go round by open lanes of their carrier, new ones else with another carrier; otherwise they wait at the dock.").probe("true").with("faults=[{lane-closure: {at: 0 s, for: 10 d, target: Guangzhou, carrier: Cloud Express}}]; delivery.*.carriers=[]"),

    off("faults[].returns-surge", Section, "{at: 0 s, for: 2 h}", "Shoppers send back so many times as many parcels."),
    must("faults[].returns-surge.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{returns-surge: {at: 0 s, for: 10 d}}]"),
    must("faults[].returns-surge.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{returns-surge: {at: 0 s, for: 10 d}}]"),
    key("faults[].returns-surge.size", Number, "3", "How many times as many.").within(0.0, 1000.0).probe("9").with("faults=[{returns-surge: {at: 0 s, for: 10 d}}]"),

    off("faults[].flash-sale", Section, "{at: 0 s, for: 2 h, target: SKU-000005}", "One SKU draws a share of all order lines."),
    must("faults[].flash-sale.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{flash-sale: {at: 0 s, for: 10 d, target: SKU-000005}}]"),
    must("faults[].flash-sale.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{flash-sale: {at: 0 s, for: 10 d, target: SKU-000005}}]"),
    must("faults[].flash-sale.target", Text, "SKU-000001", "Which SKU.").probe("SKU-000002").with("faults=[{flash-sale: {at: 0 s, for: 10 d, target: SKU-000005}}]"),
    key("faults[].flash-sale.size", Share, "90%", "Share of the lines.").probe("10%").with("faults=[{flash-sale: {at: 0 s, for: 10 d, target: SKU-000005}}]"),

    off("faults[].clock-skew", Section, "{at: 0 s, for: 2 h, target: Guangzhou, skew: 7 m}", "A gateway's or a node's clock is wrong."),
    must("faults[].clock-skew.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{clock-skew: {at: 0 s, for: 10 d, target: Guangzhou, skew: 7 m}}]"),
    must("faults[].clock-skew.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{clock-skew: {at: 0 s, for: 10 d, target: Guangzhou, skew: 7 m}}]"),
    must("faults[].clock-skew.target", Name("clock"), "Hangzhou", "Whose clock: a payment method, or a node.").probe("Shanghai").with("faults=[{clock-skew: {at: 0 s, for: 10 d, target: Guangzhou, skew: 7 m}}]"),
    must("faults[].clock-skew.skew", Span, "1 h", "By how much.").probe("3 m").with("faults=[{clock-skew: {at: 0 s, for: 10 d, target: Guangzhou, skew: 7 m}}]"),
    key("faults[].clock-skew.behind", Flag, "false", "The clock is slow; otherwise it is fast.").probe("true").with("faults=[{clock-skew: {at: 0 s, for: 10 d, target: Guangzhou, skew: 7 m}}]"),

    off("faults[].supplier-delay", Section, "{at: 0 s, for: 1 d, size: 30%}", "Goods come late, and a share of them not at all."),
    must("faults[].supplier-delay.at", Span, "10 h", "When it begins, from the start.").probe("8 h").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]; faults=[{supplier-delay: {at: 0 s, for: 1 d, size: 30%}}]"),
    must("faults[].supplier-delay.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]; faults=[{supplier-delay: {at: 0 s, for: 1 d, size: 30%}}]"),
    off("faults[].supplier-delay.target", Name("node"), "Hangzhou", "Which node; every one when left out.").probe("Shanghai").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]; faults=[{supplier-delay: {at: 0 s, for: 1 d, size: 30%}}]"),
    key("faults[].supplier-delay.size", Share, "0%", "Share of each delivery that never comes.").probe("60%").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]; faults=[{supplier-delay: {at: 0 s, for: 1 d, size: 30%}}]"),
    key("faults[].supplier-delay.delay", Span, "1 d", "How late.").probe("2 h").with("stock.cover=0.5; stock.receipts=[{at: 6 h, share: 50%}]; faults=[{supplier-delay: {at: 0 s, for: 1 d, size: 30%}}]"),

    off("faults[].price-change", Section, "{at: 0 s, for: 2 h}", "Prices change; an order keeps the price at which it was submitted."),
    must("faults[].price-change.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{price-change: {at: 0 s, for: 10 d}}]"),
    must("faults[].price-change.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{price-change: {at: 0 s, for: 10 d}}]"),
    off("faults[].price-change.target", Text, "SKU-000001", "Which SKU; every one when left out.").probe("SKU-000002").with("faults=[{price-change: {at: 0 s, for: 10 d}}]"),
    key("faults[].price-change.size", Share, "20%", "How much dearer; negative: cheaper.").within(-0.99, 10.0).probe("-20%").with("faults=[{price-change: {at: 0 s, for: 10 d}}]"),

    off("faults[].duplicate-submit", Section, "{at: 0 s, for: 2 h}", "A shop sends the same submit several times; each order is taken once."),
    must("faults[].duplicate-submit.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{duplicate-submit: {at: 0 s, for: 10 d}}]"),
    must("faults[].duplicate-submit.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{duplicate-submit: {at: 0 s, for: 10 d}}]"),
    key("faults[].duplicate-submit.size", Share, "100%", "Share of the orders that are taken.").probe("10%").with("faults=[{duplicate-submit: {at: 0 s, for: 10 d}}]"),
    key("faults[].duplicate-submit.copies", Integer, "2", "How often each of them comes.").within(2.0, 10.0).probe("5").with("faults=[{duplicate-submit: {at: 0 s, for: 10 d}}]"),
    key("faults[].duplicate-submit.gap", Span, "5 s", "Between two copies.").probe("40 d").with("faults=[{duplicate-submit: {at: 0 s, for: 10 d}}]"),

    off("faults[].warehouse-offline", Section, "{at: 0 s, for: 2 h, target: Guangzhou}", "Nobody works at a node and nothing new is sent there."),
    must("faults[].warehouse-offline.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{warehouse-offline: {at: 0 s, for: 10 d, target: Guangzhou}}]"),
    must("faults[].warehouse-offline.for", Span, "2 h", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{warehouse-offline: {at: 0 s, for: 10 d, target: Guangzhou}}]"),
    must("faults[].warehouse-offline.target", Name("node"), "Hangzhou", "Which node.").probe("Shanghai").with("faults=[{warehouse-offline: {at: 0 s, for: 10 d, target: Guangzhou}}]"),
    key("faults[].warehouse-offline.re-route", Flag, "false", "What it has not begun to pick goes to other nodes that can serve it whole; otherwise it waits.").probe("true").with("faults=[{warehouse-offline: {at: 12 h, for: 10 d, target: Guangzhou}}]"),

    off("faults[].phantom-inventory", Section, "{at: 6 h, for: 2 d, size: 60%, missing: 95%}", "Shelves hold fewer units than the books say."),
    must("faults[].phantom-inventory.at", Span, "10 h", "When the units go missing, from the start.").probe("4 d").with("faults=[{phantom-inventory: {at: 6 h, for: 10 d, size: 60%, missing: 95%}}]"),
    must("faults[].phantom-inventory.for", Span, "2 d", "How long until a count finds what pickers have not.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{phantom-inventory: {at: 6 h, for: 10 d, size: 60%, missing: 95%}}]"),
    off("faults[].phantom-inventory.target", Name("node"), "Hangzhou", "Which node; every one when left out.").probe("Shanghai").with("faults=[{phantom-inventory: {at: 6 h, for: 10 d, size: 60%, missing: 95%}}]"),
    key("faults[].phantom-inventory.size", Share, "20%", "Share of the SKUs whose shelves are concerned.").probe("5%").with("faults=[{phantom-inventory: {at: 6 h, for: 10 d, size: 60%, missing: 95%}}]"),
    key("faults[].phantom-inventory.missing", Share, "50%", "Share of their units that is not there.").probe("99%").with("faults=[{phantom-inventory: {at: 6 h, for: 10 d, size: 60%, missing: 95%}}]"),

    off("faults[].parcel-loss", Section, "{at: 10 h, for: 1 d, target: SwiftPost, size: 2%}", "A carrier loses parcels on the road; the goods are written off and sent once more, or the money goes back."),
    must("faults[].parcel-loss.at", Span, "10 h", "When it begins, from the start.").probe("4 d").with("faults=[{parcel-loss: {at: 0 s, for: 10 d, target: SwiftPost, size: 50%}}]"),
    must("faults[].parcel-loss.for", Span, "1 d", "How long it lasts.").within(1.0, 3_650.0 * 86_400.0).probe("1 h").with("faults=[{parcel-loss: {at: 0 s, for: 10 d, target: SwiftPost, size: 50%}}]"),
    off("faults[].parcel-loss.target", Name("carrier"), "SwiftPost", "Which carrier; every one when left out.").probe("Cloud Express").with("faults=[{parcel-loss: {at: 0 s, for: 10 d, target: SwiftPost, size: 50%}}]"),
    off("faults[].parcel-loss.from", Name("node"), "Hangzhou hub", "On the lanes that leave this node; on the first lane of each parcel when left out.").probe("Guangzhou").with("faults=[{parcel-loss: {at: 0 s, for: 10 d, target: SwiftPost, size: 50%}}]"),
    key("faults[].parcel-loss.size", Share, "2%", "Share of the parcels on those lanes.").probe("10%").with("faults=[{parcel-loss: {at: 0 s, for: 10 d, target: SwiftPost, size: 50%}}]"),
    key("faults[].parcel-loss.delay", Span, "5 d", "When the shop stops looking, counted from the instant at which the parcel should have come to the end of the lane.").probe("1 d").with("faults=[{parcel-loss: {at: 0 s, for: 10 d, target: SwiftPost, size: 50%}}]"),
    key("faults[].parcel-loss.re-ship", Flag, "false", "The same goods are sent once more, from where they came, if they are all there; otherwise, and without this, the money goes back.").probe("true").with("faults=[{parcel-loss: {at: 0 s, for: 10 d, target: SwiftPost, size: 50%}}]"),
    key("faults[].parcel-loss.claim", Share, "0%", "Share of the goods' catalog price that the carrier pays the shop.").probe("40%").with("faults=[{parcel-loss: {at: 0 s, for: 10 d, target: SwiftPost, size: 50%}}]"),
];
