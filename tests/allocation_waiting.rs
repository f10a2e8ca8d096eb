//! Stock that comes in finds the orders that wait for it as the plainest list would.

use ordermill::allocation::{WaitKey, Waiter, Waiting};
use ordermill::domain::{OrderId, SkuId};
use ordermill::kernel::draw::Draw;
use ordermill::kernel::time::Moment;

const SKUS: u64 = 5;

/// One list of all that wait, in the order in which they came.
#[derive(Default)]
struct Plain(Vec<(SkuId, Waiter, u32)>);

impl Plain {
    /// Whose turn it is, by rank, promise and age, without any structure.
    fn first(&self, sku: SkuId) -> Option<usize> {
        let turn = |at: &usize| {
            let key = self.0[*at].1.key;
            (key.rank, key.promised, key.order)
        };
        (0..self.0.len()).filter(|&at| self.0[at].0 == sku).min_by_key(turn)
    }
}

/// Receipts, returns and cancels bring units; orders come to wait for several SKUs and leave when they are served
/// or gone.
#[test]
fn units_go_to_the_same_orders_as_with_a_plain_list() {
    let (mut matches, mut passed_over) = (0, 0);
    for seed in 0..40 {
        let dice = &mut Draw::new(seed, 0).source("waiting");
        let mut below = |n: u64| dice.bits() % n;
        let (mut waiting, mut plain) = (Waiting::new(SKUS as usize), Plain::default());
        let mut wants = std::collections::BTreeMap::new();
        for step in 0..400 {
            match below(10) {
                0..=4 => {
                    let key = WaitKey {
                        rank: below(3) as u32,
                        promised: Moment(below(4)),
                        // Ages do not come in order: an order that waits again is older than those before it.
                        order: OrderId(below(200)),
                    };
                    let (sku, units, token) = (SkuId(below(SKUS) as u32), 1 + below(4) as u32, step);
                    waiting.wait(sku, key, token);
                    plain.0.retain(|other| (other.0, other.1.key) != (sku, key));
                    plain.0.push((sku, Waiter { key, token }, units));
                    wants.insert(token, units);
                }
                5..=7 => {
                    // Each in turn takes what it wants; who would get a part only is passed over.
                    let (sku, mut units) = (SkuId(below(SKUS) as u32), below(8) as u32);
                    let (mut served, mut expect) = (Vec::new(), Vec::new());
                    let mut left = units;
                    let mut next = waiting.first(sku);
                    while let Some(waiter) = next {
                        if wants[&waiter.token] <= units {
                            units -= wants[&waiter.token];
                            served.push(waiter.token);
                            assert!(waiting.leave(sku, waiter.key));
                        }
                        next = waiting.after(sku, waiter.key);
                    }
                    let mut aside = Vec::new();
                    while let Some(at) = plain.first(sku) {
                        let waiter = plain.0.remove(at);
                        if waiter.2 <= left {
                            left -= waiter.2;
                            expect.push(waiter.1.token);
                        } else {
                            aside.push(waiter);
                        }
                    }
                    passed_over += aside.len();
                    plain.0.append(&mut aside);
                    assert_eq!(
                        (served.as_slice(), units),
                        (expect.as_slice(), left),
                        "seed {seed}, step {step}"
                    );
                    matches += served.len();
                }
                _ if !plain.0.is_empty() => {
                    let gone = plain.0.remove(below(plain.0.len() as u64) as usize);
                    assert!(waiting.leave(gone.0, gone.1.key));
                    assert!(!waiting.leave(gone.0, gone.1.key), "it left twice");
                }
                _ => {}
            }
            for sku in (0..SKUS as u32).map(SkuId) {
                let mut all: Vec<Waiter> =
                    plain.0.iter().filter(|waiter| waiter.0 == sku).map(|waiter| waiter.1).collect();
                all.sort_by_key(|waiter| waiter.key);
                let mut seen = Vec::new();
                waiting.arrive(sku, &mut seen);
                assert_eq!((seen.len(), seen), (waiting.len(sku), all));
            }
            assert_eq!(waiting.total(), plain.0.len() as u64);
        }
    }
    println!("{matches} matches, {passed_over} passed over");
    assert!(1_000 < matches && 1_000 < passed_over);
}
