//! A comparison in sentences: who delivers sooner, who costs more, and what pairing did for knowing it.

use std::fmt::Write;

use super::compare::{CompareDocument, CompareRow, Names};
use super::document::Estimate;
use super::say;

/// Below it, independent runs would have told nearly as much.
const HELPS: f64 = 1.5;

/// One sentence a strategy against the base, and one on the pairing; empty with one replication.
pub(super) fn sentences(document: &CompareDocument, names: &Names<'_>) -> String {
    let row = |strategy: &str, measure: &str| {
        document.rows.iter().find(|row| row.strategy == strategy && row.measure == measure)
    };
    let mut others: Vec<&str> = document.rows.iter().map(|row| row.strategy.as_str()).collect();
    others.dedup();
    let mut text = String::new();
    for strategy in others.into_iter().filter(|strategy| *strategy != document.base) {
        let Some(time) = row(strategy, "lead_time_mean").filter(|row| row.p_value.is_some()) else {
            continue;
        };
        let Some(cost) = row(strategy, "cost_per_order") else { continue };
        let Some(base) = row(&document.base, "cost_per_order") else { continue };
        let percent = document.confidence * 100.0;
        let sooner = said(time, ("sooner", "later"), percent, &say::seconds);
        let share = |value: f64| format!("{:.1} %", 100.0 * value / base.value.mean);
        let dearer = said(cost, ("less", "more"), percent, &share);
        let _ = writeln!(text, "\n  {} delivers {sooner} and costs {dearer}.", names.said(strategy));
        let paired = match document.replications {
            2 => "two replications do not tell what pairing did: their correlation is always 1".to_owned(),
            _ => pairing(&[time, cost]),
        };
        let _ = writeln!(text, "    {paired}");
    }
    text
}

/// `12 m sooner (95 % CI 9 m to 15 m)`, or that no difference was seen.
fn said(row: &CompareRow, words: (&str, &str), percent: f64, number: &dyn Fn(f64) -> String) -> String {
    let Some(Estimate { mean, half_width: Some(half_width) }) = row.difference else {
        return "as before".into();
    };
    let (low, high) = (mean - half_width, mean + half_width);
    if !row.is_distinct {
        let side =
            |value: f64| format!("{} {}", number(value.abs()), if value < 0.0 { words.0 } else { words.1 });
        return match (low, high) {
            (0.0, 0.0) => "the same".into(),
            _ => format!("about the same ({percent:.0} % CI {} to {})", side(low), side(high)),
        };
    }
    let (word, near, far) = if mean < 0.0 { (words.0, -high, -low) } else { (words.1, low, high) };
    format!("{} {word} ({percent:.0} % CI {} to {})", number(mean.abs()), number(near), number(far))
}

/// What common random numbers did for each of these.
fn pairing(rows: &[&CompareRow]) -> String {
    let told = rows.iter().filter_map(|row| {
        let (ratio, correlation) = (row.variance_ratio?, row.correlation?);
        let did = match ratio < HELPS {
            true => format!("pairing did not help ({ratio:.1}x)"),
            false => format!("pairing saves {ratio:.1}x the runs"),
        };
        Some(format!("{}: {did}, correlation {correlation:.2}", row.measure))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { "nothing varies between the pairs".into() } else { told.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(time: (f64, f64), cost: (f64, f64), ratio: f64) -> CompareDocument {
        let row = |strategy: &str, measure, mean, difference: Option<(f64, f64)>| CompareRow {
            strategy: strategy.into(),
            measure,
            unit: "s",
            value: Estimate { mean, half_width: Some(1.0) },
            difference: difference.map(|(mean, half)| Estimate { mean, half_width: Some(half) }),
            p_value: difference.map(|_| 0.01),
            correlation: difference.map(|_| 0.5),
            variance_ratio: difference.map(|_| ratio),
            is_distinct: difference.is_some_and(|(mean, half)| half < f64::abs(mean)),
        };
        CompareDocument {
            scenario: "shop".into(),
            command: String::new(),
            currency: "USD".into(),
            seed: 1,
            replications: 10,
            confidence: 0.95,
            base: "a".into(),
            rows: vec![
                row("a", "cost_per_order", 1_000.0, None),
                row("a", "lead_time_mean", 90_000.0, None),
                row("b", "cost_per_order", 1_031.0, Some(cost)),
                row("b", "lead_time_mean", 89_280.0, Some(time)),
            ],
            decisions: Vec::new(),
        }
    }

    #[test]
    fn a_difference_is_a_sentence() {
        let text = sentences(&document((-720.0, 180.0), (31.0, 2.0), 20.0), &Names::whole());
        let first =
            "b delivers 12 m sooner (95 % CI 9 m to 15 m) and costs 3.1 % more (95 % CI 2.9 % to 3.3 %).";
        assert!(text.contains(first), "{text}");
        assert!(text.contains("lead_time_mean: pairing saves 20.0x the runs, correlation 0.50"), "{text}");
    }

    #[test]
    fn chance_is_no_difference_and_useless_pairing_is_told() {
        let text = sentences(&document((-60.0, 120.0), (31.0, 2.0), 1.2), &Names::whole());
        assert!(text.contains("b delivers about the same (95 % CI 3 m sooner to 1 m later)"), "{text}");
        assert!(text.contains("pairing did not help (1.2x)"), "{text}");
        let two = CompareDocument { replications: 2, ..document((-60.0, 120.0), (31.0, 2.0), 1.2) };
        let text = sentences(&two, &Names::whole());
        assert!(text.contains("two replications do not tell") && !text.contains("help"), "{text}");
    }
}
