//! Payment, review, cancel, allocation, after-sales, costs.

use super::law::law;
use crate::allocation::score::MOST_FORMULAS;
use crate::allocation::{Formula, FormulaFault, Registry, Score};
use crate::scenario::diagnostic::suggest;
use crate::scenario::section::Section;
use crate::scenario::source::Place;
use crate::scenario::spec::{
    AfterSales, Allocation, Cancel, Costs, MOST_FALLBACKS, Payment, PaymentMethod, Review, ReviewRule,
    ReviewVerdict, StrategyName,
};
use crate::scenario::unit::short;

/// Payment methods; shares come back as parts of one.
pub fn payment(top: &Section<'_>) -> Payment {
    let keys = top.section("payment");
    let items = keys.items("methods");
    super::define(top.desk, "payment method", "payment.methods[].name", &items);
    if top.desk.sound(&["nodes", "payment.methods[].name"]) {
        let names = items.iter().filter_map(|item| item.maybe_text("name"));
        top.desk.define("clock", names);
    }
    let names: Vec<String> = items.iter().map(|item| item.maybe_text("name").unwrap_or_default()).collect();
    let mut methods: Vec<PaymentMethod> = items.iter().map(|item| payment_method(item, &names)).collect();
    fallbacks(&items, &methods);
    let sum: f64 = methods.iter().map(|method| method.share).sum();
    shares_above_zero(&keys, "methods", sum, methods.len());
    methods.iter_mut().for_each(|method| method.share /= if 0.0 < sum { sum } else { 1.0 });
    offers(&keys, &items, &methods);
    let signing = super::cart::signing(&keys);
    Payment { expiry: keys.span("expiry"), methods, signing, missing_loss: keys.share("missing-loss") }
}

/// Tells when nobody could pay, and of a fallback to a method that nobody offers.
fn offers(keys: &Section<'_>, items: &[Section<'_>], methods: &[PaymentMethod]) {
    let sound = keys.desk.sound(&["payment.methods[].offered", "payment.methods[].share"]);
    let taken = |method: &PaymentMethod| method.offered && 0.0 < method.share;
    if sound && !methods.is_empty() && !methods.iter().any(taken) {
        let message = "no payment method is offered".to_owned();
        keys.report("E0308", "methods", message, "let one of them have offered: true and a share above 0");
    }
    for (item, method) in items.iter().zip(methods) {
        let missing = method.fallback.map(|to| &methods[to]).filter(|to| !to.offered);
        if let Some(to) = missing {
            let message = format!("shoppers would go on to \"{}\", which is not offered", to.name);
            item.report("E0308", "fallback", message, "fall back to a method with offered: true");
        }
    }
}

/// Tells when nothing is ever taken, or when there are more than an id can count.
pub fn shares_above_zero(keys: &Section<'_>, name: &str, sum: f64, count: usize) {
    if 255 < count {
        keys.report("E0206", name, format!("{count} methods are too many"), "at most 255");
    }
    if 0 < count && sum <= 0.0 && keys.desk.sound(&[keys.row_path(name)]) {
        keys.report("E0301", name, "the shares add up to zero".into(), "give at least one a share above 0");
    }
}

fn payment_method(keys: &Section<'_>, names: &[String]) -> PaymentMethod {
    let fallback = keys.reference("fallback");
    PaymentMethod {
        name: keys.text("name"),
        share: keys.weight("share"),
        cash_on_delivery: keys.flag("cash-on-delivery"),
        lanes: keys.count("lanes"),
        latency: law(keys, "latency"),
        success: keys.share("success"),
        retry: keys.share("retry"),
        retry_after: law(keys, "retry-after"),
        late_share: keys.share("late-share"),
        late_delay: law(keys, "late-delay"),
        duplicate: keys.share("duplicate"),
        fee: keys.share("fee"),
        refuse_at_door: keys.share("refuse-at-door"),
        timeout: keys.maybe_span("timeout"),
        remit_after: keys.span("remit-after"),
        rate_limit_per_hour: keys.maybe_rate("rate-limit"),
        burst: keys.count("burst"),
        fallback: fallback.and_then(|name| names.iter().position(|known| *known == name)),
        fallback_share: keys.share("fallback-share"),
        offered: keys.flag("offered"),
    }
}

/// Tells of fallbacks that nobody can take, that go round, or that go on for too long.
fn fallbacks(items: &[Section<'_>], methods: &[PaymentMethod]) {
    for (index, item) in items.iter().enumerate().filter(|(index, _)| methods[*index].fallback.is_some()) {
        let tell = |message: &str, help: &str| item.report("E0308", "fallback", message.to_owned(), help);
        if methods[index].cash_on_delivery {
            tell("cash on delivery is never turned down", "take the fallback away, or cash-on-delivery");
            continue;
        }
        let chain = std::iter::successors(Some(index), |&at| methods[at].fallback);
        let passed: Vec<usize> = chain.take(MOST_FALLBACKS + 2).collect();
        if passed[1..].contains(&index) {
            tell("the fallbacks go round", "let the last method of the chain have none");
        } else if MOST_FALLBACKS + 1 < passed.len() && !goes_round(&passed) {
            tell("a chain of more than 7 fallbacks", "let one of its methods have none");
        }
    }
}

fn goes_round(passed: &[usize]) -> bool {
    passed.iter().enumerate().any(|(place, at)| passed[..place].contains(at))
}

fn rules(keys: &Section<'_>, payment: &Payment) -> Vec<ReviewRule> {
    let items = keys.items("rules");
    super::define(keys.desk, "rule", "review.rules[].name", &items);
    let rule = |item: &Section<'_>| {
        let named = item.reference("payment");
        ReviewRule {
            name: item.text("name"),
            amount_above: item.has("amount-above").then(|| item.money("amount-above")),
            units_above: item.maybe_integer("units-above"),
            payment: named.and_then(|name| payment.methods.iter().position(|method| method.name == name)),
            verdict: item.word("verdict").map_or(ReviewVerdict::Pass, |word| ReviewVerdict::ALL[word]),
        }
    };
    items.iter().map(rule).collect()
}

pub fn review(top: &Section<'_>, payment: &Payment) -> Review {
    let keys = top.section("review");
    let review = Review {
        manual_score: keys.share("manual-score"),
        reject_score: keys.share("reject-score"),
        reviewers: keys.count("reviewers"),
        shifts: keys.reference("shifts"),
        work: law(&keys, "work"),
        manual_reject: keys.share("manual-reject"),
        wage: keys.money("wage"),
        fraud: keys.share("fraud"),
        separation: keys.number("separation"),
        detection: keys.share("detection"),
        chargeback_fee: keys.money("chargeback-fee"),
        rules: rules(&keys, payment),
    };
    let looked_at = review.reject_score - review.manual_score;
    if looked_at < 0.0 && keys.desk.sound(&["review"]) {
        keys.report(
            "E0308",
            "reject-score",
            "orders are rejected before anybody looks".into(),
            "write a reject-score of at least the manual-score",
        );
    } else if review.reviewers == 0
        && review.rules.iter().any(|rule| rule.verdict == ReviewVerdict::Manual)
        && keys.desk.sound(&["review"])
    {
        let message = "nobody reviews, and a rule sends orders to a person".to_owned();
        keys.report("E0306", "reviewers", message, "write reviewers: 1 or more, or another verdict");
    } else if 0.0 < looked_at && review.reviewers == 0 && keys.desk.sound(&["review"]) {
        let message = format!("nobody reviews, and {:.1}% of the orders wait for it", looked_at * 100.0);
        keys.report(
            "E0306",
            "reviewers",
            message,
            "write reviewers: 1 or more, or manual-score: 100% with reject-score: 100%",
        );
    }
    review
}

pub fn cancel(top: &Section<'_>) -> Cancel {
    let keys = top.section("cancel");
    Cancel { share: keys.share("share"), after: law(&keys, "after") }
}

pub fn allocation(top: &Section<'_>) -> Allocation {
    let keys = top.section("allocation");
    let own = keys.maybe_text("strategy").and_then(|name| Registry::names().find(|own| *own == name));
    let builtin = || keys.word("strategy").map_or(StrategyName::Nearest, |word| StrategyName::ALL[word]);
    Allocation {
        strategy: if own.is_some() { StrategyName::Nearest } else { builtin() },
        own,
        score: score(&keys),
        refresh_every: keys.span("refresh-every"),
        wave_every: keys.span("wave-every"),
        split_lines: keys.flag("split-lines"),
        max_splits: keys.count("max-splits"),
        min_box_value: keys.money("min-box-value"),
        backorder: keys.flag("backorder"),
        backorder_patience: keys.span("backorder-patience"),
    }
}

/// Every formula that can be read, with what is wrong with the others told.
fn score(keys: &Section<'_>) -> Score {
    let mut formulas = Vec::new();
    let texts = keys.texts("score");
    if texts.is_empty() {
        keys.report(
            "E0211",
            "score",
            "an empty list of formulas".to_owned(),
            "write at least one, like freight",
        );
    }
    for (text, place) in texts {
        match Formula::compile(&text) {
            Ok(formula) => formulas.push(formula),
            Err(fault) => tell_formula(keys, &text, place, fault),
        }
    }
    if MOST_FORMULAS < formulas.len() {
        let message = format!("{} formulas in a score", formulas.len());
        keys.report("E0313", "score", message, format!("at most {MOST_FORMULAS}"));
    }
    formulas.truncate(MOST_FORMULAS);
    if formulas.is_empty() { Score::default() } else { Score::new(formulas) }
}

/// The place within the text, where the text stands as it was written.
fn tell_formula(keys: &Section<'_>, text: &str, place: Place, fault: FormulaFault) {
    let before = text[..fault.at.start].chars().count() as u32;
    let len = text[fault.at.clone()].chars().count().max(1) as u32;
    let quotes = place.len.checked_sub(text.chars().count() as u32);
    let place = match quotes {
        Some(quotes @ (0 | 2)) => Place { column: place.column + quotes / 2 + before, len, ..place },
        _ => place,
    };
    let help = match &fault.unknown {
        Some((word, known)) => suggest(word, known),
        None => format!("character {} of \"{}\"; see `ordermill explain score`", before + 1, short(text)),
    };
    keys.desk.report("E0313", place, fault.message, help);
    keys.mark_wrong("score");
}

pub fn after_sales(top: &Section<'_>) -> AfterSales {
    let keys = top.section("after-sales");
    let after_sales = AfterSales {
        inspect_after: law(&keys, "inspect-after"),
        appearance_fault: keys.share("appearance-fault"),
        quantity_fault: keys.share("quantity-fault"),
        specification_fault: keys.share("specification-fault"),
        change_of_mind: keys.share("change-of-mind"),
        send_back: law(&keys, "send-back"),
        restock: keys.share("restock"),
        re_ship: keys.flag("re-ship"),
        inspection: super::inspection::inspection(&keys),
        points_per_unit: keys.number("points-per-unit"),
    };
    let faults = after_sales.appearance_fault + after_sales.quantity_fault + after_sales.specification_fault;
    if 1.0 + 1e-9 < faults {
        let message = format!("the three faults add up to {:.0}%", faults * 100.0);
        keys.report(
            "E0308",
            "appearance-fault",
            message,
            "a parcel has at most one fault: at most 100% together",
        );
    }
    after_sales
}

pub fn costs(top: &Section<'_>) -> Costs {
    let keys = top.section("costs");
    Costs {
        packaging_per_parcel: keys.money("packaging-per-parcel"),
        late_penalty_per_order: keys.money("late-penalty-per-order"),
        refused_penalty_per_order: keys.money("refused-penalty-per-order"),
        return_handling_per_parcel: keys.money("return-handling-per-parcel"),
        overtime_premium: keys.share("overtime-premium"),
        lost_margin: keys.share("lost-margin"),
    }
}
