//! What does a step of ours cost beside one of orderbook-rs, a limit order book with concurrent maps inside?
//!
//! Different work, and labelled so: a book keeps prices and queues, a shop keeps stock, money and deliveries. Both are
//! the step that their users count. A reservation with its settlement stands beside a market order that fills one
//! resting order; a transition of an order's life beside an operation of the mix that the book's makers publish: 70 %
//! new limit orders, 20 % cancels, 10 % market orders, among 200,000 at rest. CPU time of one thread, in turns.
//! `ROUNDS=N` sets the rounds.

use orderbook_rs::OrderBook;
use ordermill::load::bench::{Row, Size, Turn, beside, cpu, reserve_turn, transition_turn};
use pricelevel::{Id, Side, TimeInForce};

const AT_REST: u64 = 200_000;
const LEVELS: u64 = 100;
const STEPS: u64 = 50_000;

fn main() {
    let quick = std::env::args().any(|word| word == "--test");
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(7);
    let size = Size { rounds: if quick { 1 } else { rounds }, quick };
    let (at_rest, steps) = if quick { (AT_REST / 100, STEPS / 100) } else { (AT_REST, STEPS) };
    println!("{:<44}{:>8}{:>20}", "CPU time of one thread", "ns", "theirs / ours");
    told(beside(
        "reserve+settle",
        ("pair", "CPU"),
        size.rounds,
        vec![reserve_turn(size), fills(at_rest, steps)],
    ));
    told(beside(
        "a transition",
        ("step", "CPU"),
        size.rounds,
        vec![transition_turn(size), mix(at_rest, steps)],
    ));
}

fn told(row: Row) {
    println!("{:<44}{:>8.1}", row.question, row.nanos.median);
    for rival in row.rivals {
        let ratio = rival.ratio;
        let spread = format!("{:.0} ({:.0} to {:.0})", ratio.median, ratio.low, ratio.high);
        println!("  {:<42}{:>8.0}{:>20}", rival.name, rival.nanos.median, spread);
    }
}

struct Book {
    book: OrderBook<()>,
    /// The next order to be added.
    next: u64,
}

impl Book {
    fn with(at_rest: u64) -> Book {
        let mut book = Book { book: OrderBook::new("X"), next: 0 };
        (0..at_rest).for_each(|_| book.add());
        book
    }

    fn number(&mut self) -> Id {
        self.next += 1;
        Id::from_u64(self.next)
    }

    /// A limit order to sell ten, at one of a hundred prices.
    fn add(&mut self) {
        let (price, id) = (10_001 + u128::from(self.next % LEVELS), self.number());
        self.book.add_limit_order(id, price, 10, Side::Sell, TimeInForce::Gtc, None).expect("a legal order");
    }

    /// A market order that buys ten: what one order at rest offers.
    fn fill(&mut self) {
        let id = self.number();
        self.book.submit_market_order(id, 10, Side::Buy).expect("somebody sells");
    }
}

/// Each turn fills as many as it then adds again, and counts the fills alone.
fn fills(at_rest: u64, steps: u64) -> Turn<'static> {
    let mut book = Book::with(at_rest);
    let turn = move || {
        let taken = cpu(steps, || (0..steps).for_each(|_| book.fill()));
        (0..steps).for_each(|_| book.add());
        taken
    };
    ("orderbook-rs, a market order filled", Box::new(turn))
}

/// Each turn begins with the same book.
fn mix(at_rest: u64, steps: u64) -> Turn<'static> {
    let turn = move || {
        let mut book = Book::with(at_rest);
        let (mut draw, mut gone) = (8_u64, book.next);
        cpu(steps, || {
            for _ in 0..steps {
                draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                match (draw >> 33) % 10 {
                    0..=6 => book.add(),
                    // What was added in this turn, the oldest first; a market order may have been faster.
                    7 | 8 if gone < book.next => {
                        gone += 1;
                        let _ = book.book.cancel_order(Id::from_u64(gone));
                    }
                    7 | 8 => {}
                    _ => book.fill(),
                }
            }
        })
    };
    ("orderbook-rs, 70 % added, 20 % cancelled", Box::new(turn))
}
