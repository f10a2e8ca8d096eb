//! Signed callbacks: what is genuine counts once, what is forged, replayed or too old does not count; and what a payment
//! method is worth that is not offered.

use ordermill::audit::Audit;
use ordermill::experiment::StudyOptions;

use super::runs::{Overrides, Run, run_with};
use super::{figure, lost, play, refusal, share_agrees, state};

const SHORT: &[(&str, &str)] =
    &[("run.horizon", "30 h"), ("run.warm-up", "0 s"), ("arrivals.constant.duration", "20 h")];

fn signed(signing: &str, more: Overrides<'_>) -> Run {
    let own = [("payment.signing", signing)];
    let options = StudyOptions { replications: Some(1), audit: Audit::Paranoid, ..StudyOptions::default() };
    run_with("oracles/base", &[SHORT, &own, more].concat(), &options)
}

fn seen(run: &Run, measure: &str) -> f64 {
    figure(&run.document, "callbacks", measure)
}

/// As many forged and replayed callbacks as genuine ones: the shop's money is what it is without them.
#[test]
fn forged_and_replayed_callbacks_have_no_effect() {
    let slow = [("payment.methods", "[{name: card, lanes: 1000, latency: 5 s, success: 90%, retry: 50%}]")];
    let plain = play("oracles/base", &[SHORT, &slow].concat(), 1);
    let run = signed("{skew: 0 s, forged-share: 100%, replayed-share: 100%}", &slow);
    assert_eq!(run.document.money, plain.document.money);
    assert_eq!(run.document.orders.final_states, plain.document.orders.final_states);
    let (forged, replayed) = (seen(&run, "forged"), seen(&run, "replayed"));
    assert!(1_000.0 < forged && 1_000.0 < replayed);
    assert_eq!(seen(&run, "refused as forged"), forged);
    // Two minutes pass on the mean until a copy comes; after five it is too old to be remembered.
    let late = seen(&run, "refused as too old");
    assert_eq!(seen(&run, "refused as replayed") + late, replayed);
    share_agrees("replayed too late", late / replayed, replayed, (-2.5_f64).exp());
    assert_eq!(seen(&run, "let through"), 0.0);
}

/// Ages of mean 30 s outlast a window of 30 s with probability 1/e, each time anew.
#[test]
fn a_callback_that_is_too_old_comes_again() {
    let old = |window: &str| {
        let signing =
            format!("{{window: {window}, skew: {{exponential: {{mean: 30 s}}}}, resend-after: 10 s}}");
        signed(&signing, &[])
    };
    let run = old("30 s");
    let (verified, again) = (seen(&run, "verified"), seen(&run, "sent again"));
    share_agrees("too old", again / (again + verified), again + verified, (-1.0_f64).exp());
    let paid = state(&run.document, "completed") as f64;
    assert!(verified <= paid + 2.0, "each order is paid by one callback");
    let wide = old("10 m");
    assert!(seen(&wide, "sent again") < 1.0 && run.document.money == wide.document.money);
}

/// A callback is ten minutes under way: of an hour's, a sixth is signed with the key of the hour before.
#[test]
fn the_old_key_counts_for_its_overlap() {
    let with = |overlap: &str| {
        let signing =
            format!("{{window: 30 m, skew: 10 m, rotate-every: 1 h, overlap: {overlap}, resend-after: 1 m}}");
        signed(&signing, &[])
    };
    let run = with("20 m");
    let verified = seen(&run, "verified");
    share_agrees("old key", seen(&run, "by the old key") / verified, verified, 1.0 / 6.0);
    assert_eq!((seen(&run, "refused as forged"), seen(&run, "sent again")), (0.0, 0.0));
    let none = with("0 s");
    assert!(seen(&none, "by the old key") < 2.0 && 0.0 < seen(&none, "refused as forged"));
    assert_eq!(run.document.money, none.document.money, "what is refused comes again, signed anew");
}

/// Of a card the tape has the provider's reference and an amount: no more is kept anywhere.
#[test]
fn no_card_data_is_on_the_tape() {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("tape.jsonl");
    let options = StudyOptions { replications: Some(1), tape: Some(tape.clone()), ..StudyOptions::default() };
    run_with("oracles/base", &[SHORT, &[("payment.signing", "{replayed-share: 50%}")]].concat(), &options);
    let text = std::fs::read_to_string(tape).unwrap();
    let mut pays = 0;
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Some(pay) = row["command"].get("pay") {
            let keys: Vec<_> = pay.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, ["order", "reference", "amount", "hold"]);
            pays += 1;
        }
    }
    assert!(1_000 < pays);
}

/// Three in ten like the wallet best, which nobody offers; of them four in ten leave, the others pay by card.
#[test]
fn a_missing_method_loses_the_share_that_likes_it_best() {
    let with = |offered: &str, loss: &str| {
        let methods = format!(
            "[{{name: card, share: 70%, lanes: 1000, latency: 1 s, success: 100%}}, \
             {{name: wallet, share: 30%, lanes: 1000, latency: 1 s, success: 100%, offered: {offered}}}]"
        );
        play(
            "oracles/base",
            &[SHORT, &[("payment.methods", &methods), ("payment.missing-loss", loss)]].concat(),
            1,
        )
    };
    let missing = with("false", "40%");
    let gone = lost(&missing.document, "lost-to-a-missing-method") as f64;
    let shoppers = gone + missing.document.orders.submitted as f64;
    share_agrees("lost", gone / shoppers, shoppers, 0.3 * 0.4);
    let all = with("true", "40%");
    assert_eq!(lost(&all.document, "lost-to-a-missing-method"), 0);
    // What hangs on the wallet while it is offered is about what is lost without it.
    let worth =
        |run: &Run, method: &str| figure(&run.document, &format!("prefer {method}"), "goods that hang on it");
    let (told, lost_goods) = (worth(&all, "wallet"), worth(&missing, "wallet"));
    assert!((told - lost_goods).abs() < 0.1 * lost_goods, "{told} told, {lost_goods} lost");
    assert!(2.0 * told < worth(&all, "card"));
    assert_eq!(lost(&with("false", "0%").document, "lost-to-a-missing-method"), 0);
}

#[test]
fn what_contradicts_itself_is_told() {
    let found = |overrides: Overrides<'_>, what: &str| {
        let said = refusal(overrides);
        assert!(said.contains("E0308") && said.contains(what), "{said}");
    };
    found(&[("payment.signing", "{rotate-every: 1 h, overlap: 1 h}")], "shorter than rotate-every");
    found(&[("payment.methods", "[{name: card, offered: false}]")], "no payment method is offered");
    let methods = "[{name: card, fallback: wallet}, {name: wallet, offered: false}]";
    found(&[("payment.methods", methods)], "which is not offered");
}
