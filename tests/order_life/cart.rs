//! Carts and wishlists: they change no demand, leave what they must behind, hold what they hold and no more.

use ordermill::audit::Audit;
use ordermill::experiment::StudyOptions;

use super::runs::{Overrides, Run, run_with};
use super::{figure, lost, refusal, share_agrees};

/// Orders for a day, and two more to see the last carts off; every transition is judged.
const DAY: &[(&str, &str)] = &[("run.horizon", "6 d"), ("run.warm-up", "0 s"), ("shop.loss-per-100ms", "0%")];

fn shop(more: Overrides<'_>) -> Run {
    let overrides = [DAY, more].concat();
    let options = StudyOptions { replications: Some(1), audit: Audit::Paranoid, ..StudyOptions::default() };
    run_with("smoke", &overrides, &options)
}

/// So many orders that a share can be told from another one; totals are judged.
fn busy(more: Overrides<'_>) -> Run {
    let overrides = [DAY, &[("arrivals.profile.orders", "6000")], more].concat();
    run_with("smoke", &overrides, &StudyOptions { replications: Some(1), ..StudyOptions::default() })
}

fn cart(run: &Run, measure: &str) -> f64 {
    figure(&run.document, "cart", measure)
}

/// The same shoppers order the same at the same instants, whatever they do to their carts before.
#[test]
fn carts_that_hold_nothing_change_no_demand() {
    let without = shop(&[]);
    let with = shop(&[("cart", "{change: 60%, put-back: 60%, guests: 50%, saved: 50%}")]);
    assert_eq!(with.document.orders.submitted, without.document.orders.submitted);
    assert_eq!(with.document.money, without.document.money);
    assert_eq!(with.document.orders.final_states, without.document.orders.final_states);
    assert!(without.document.life.iter().all(|row| row.part != "cart"));
    assert_eq!(cart(&with, "ordered"), with.document.orders.submitted as f64);
}

#[test]
fn edits_come_as_often_as_their_shares_say() {
    let seen = |change: &str, guests: &str| {
        let own = format!("{{change: {change}, put-back: 0%, guests: {guests}, saved: 0%}}");
        let run = busy(&[("cart", &own), ("shop.cart-abandonment", "0%")]);
        (
            cart(&run, "quantities changed"),
            cart(&run, "lines added"),
            cart(&run, "merged at log-in"),
            cart(&run, "begun"),
        )
    };
    let (changed, added, merged, begun) = seen("40%", "30%");
    share_agrees("changed quantities", changed / added, added, 0.4);
    share_agrees("log-ins", merged / begun, begun, 0.3);
    assert_eq!(seen("0%", "0%").0, 0.0);
}

/// Of `n` carts a share is left; each of those is dropped when it is too old, and no other.
#[test]
fn carts_that_are_left_expire() {
    let run = busy(&[("cart", "{lifetime: 3 h}"), ("shop.cart-abandonment", "60%")]);
    let (begun, ordered) = (cart(&run, "begun"), cart(&run, "ordered"));
    share_agrees("abandoned carts", cart(&run, "abandoned"), begun, 0.6);
    assert_eq!(cart(&run, "expired"), begun - ordered);
    // A cart that is too old before its order is filled once more.
    let short =
        shop(&[("cart", "{lifetime: 1 m}"), ("shop.cart-time", "20 m"), ("shop.cart-abandonment", "0%")]);
    assert!(0.0 < cart(&short, "expired") && cart(&short, "ordered") == cart(&short, "begun"));
}

/// For so much stock there are more carts than goods: a hold refuses others while its shopper thinks.
#[test]
fn holds_keep_goods_from_others() {
    let with = |own: &str| {
        let scarce = [
            ("cart", own),
            ("stock.cover", "0.5"),
            ("allocation.backorder", "false"),
            ("shop.cart-abandonment", "50%"),
        ];
        shop(&scarce)
    };
    let (held, free) = (with("{hold: true, lifetime: 6 h}"), with("{hold: false, lifetime: 6 h}"));
    assert!(0.0 < cart(&held, "units held") && cart(&free, "units held") == 0.0);
    assert!(0.0 < cart(&held, "refused adds") && cart(&free, "refused adds") == 0.0);
    assert!(0 < lost(&held.document, "lost-to-empty-shelves"));
    let refused = |run: &Run| run.study.outcomes[0].metrics.refused_at_submit;
    assert!(refused(&held) < refused(&free), "who holds is not refused at submit");
    let longer = with("{hold: true, lifetime: 2 d}");
    assert!(cart(&held, "units held") < cart(&longer, "units held"));
}

#[test]
fn the_rule_of_a_log_in_says_what_the_shopper_must_put_right() {
    let with = |rule: &str| {
        let own = format!("{{guests: 100%, saved: 100%, change: 0%, put-back: 0%, merge: {rule}}}");
        shop(&[("cart", &own)])
    };
    let (larger, sum) = (with("larger"), with("sum"));
    // Once the same and once more of it: the larger is right, the sum is twice as much.
    assert_eq!(cart(&larger, "quantities changed"), 0.0);
    assert_eq!(cart(&sum, "quantities changed"), cart(&sum, "ordered"));
    assert_eq!(larger.document.money, sum.document.money);
}

#[test]
fn wishers_are_told_and_return() {
    let with = |own: &str, play: fn(Overrides<'_>) -> Run| {
        let scarce = [
            ("cart", "{hold: true, lifetime: 2 h}"),
            ("wishlist", own),
            ("stock.cover", "0.4"),
            ("stock.receipts", "[{at: 10 h, share: 40%}, {at: 20 h, share: 60%}]"),
            ("allocation.backorder", "false"),
            ("shop.cart-abandonment", "50%"),
        ];
        play(&scarce)
    };
    let run = with("{refused: 100%, notify-after: 20 m, come-back: 40%}", busy);
    let wish = |measure: &str| figure(&run.document, "wishlist", measure);
    let (told, returned, ordered) = (wish("told"), wish("returned"), wish("ordered"));
    assert!(0.0 < ordered && ordered <= returned && told <= wish("wishes"));
    share_agrees("returned", returned / told, told, 0.4);
    assert!(0.0 < wish("from word to order"));
    let nobody = with("{refused: 100%, come-back: 0%}", shop);
    assert_eq!(figure(&nobody.document, "wishlist", "ordered"), 0.0);
    let seldom = with("{refused: 10%, come-back: 0%}", shop);
    let wishes = |run: &Run| figure(&run.document, "wishlist", "wishes");
    assert!(wishes(&seldom) < 0.3 * wishes(&nobody));
}

#[test]
fn what_contradicts_itself_is_told() {
    let found = refusal(&[("wishlist", "{}")]);
    assert!(found.contains("E0308") && found.contains("write cart: {} beside it"), "{found}");
}
