//! Carts: lines put in, changed and taken out of carts far apart, without a hold and with one.
//!
//! A cart has two lines that stay and a third that comes, changes and goes: three operations a round, on carts that no
//! cache holds where there are many.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::rivals::{CARTS_IN_MAP, CartsInMap, Lines};
use super::{Row, Size, Turn, beside, cpu, scattered};
use crate::domain::{CartId, Command, NodeId, SkuId, Transition};
use crate::engine::{CartRules, Engine, EngineRules, EngineSize};
use crate::kernel::time::Moment;

const ALIVE: u64 = 200_000;
const ROUNDS: u64 = 300_000;
const SKUS: u32 = 10_000;
const UNITS: u32 = 200_000_000;

pub(super) fn rows(size: Size, tell: &mut dyn FnMut(Row) -> bool) {
    let _ = tell(changes(size));
}

fn changes(size: Size) -> Row {
    let alive = size.units(ALIVE);
    let question = format!("a change of a cart, {} thousand carts", alive / 1_000);
    let turns: Vec<Turn<'_>> = vec![
        turn("ours", Ours::new(alive, None), alive, size),
        turn("ours, each unit held", Ours::new(alive, Some(NodeId(0))), alive, size),
        turn(CARTS_IN_MAP, CartsInMap::default().filled(alive), alive, size),
        turn("a hash map, one owner", Owned(HashMap::default()).filled(alive), alive, size),
    ];
    beside(question, ("change", "CPU"), size.rounds, turns)
}

trait Carts {
    fn add(&mut self, cart: u64, sku: u32);
    fn set(&mut self, cart: u64, sku: u32, quantity: u32);
    fn remove(&mut self, cart: u64, sku: u32);

    fn filled(mut self, alive: u64) -> Self
    where
        Self: Sized,
    {
        for cart in 0..alive {
            self.add(cart, cart as u32 % SKUS);
            self.add(cart, (cart as u32 + 1) % SKUS);
        }
        self
    }
}

fn turn<'a>(name: &'static str, mut carts: impl Carts + 'a, alive: u64, size: Size) -> Turn<'a> {
    let (rounds, mut at) = (size.units(ROUNDS), 0);
    let work = move || {
        cpu(3 * rounds, || {
            for _ in 0..rounds {
                at += 1;
                let cart = scattered(at, alive as usize) as u64;
                let sku = (cart as u32 + 2) % SKUS;
                carts.add(cart, sku);
                carts.set(cart, sku, 3);
                carts.remove(cart, sku);
            }
        })
    };
    (name, Box::new(work))
}

struct Ours {
    engine: Engine,
    hold: Option<NodeId>,
    out: Transition,
}

impl Ours {
    fn new(alive: u64, hold: Option<NodeId>) -> Ours {
        let size = EngineSize { skus: SKUS, nodes: 8, orders_hint: 1 };
        let carts = CartRules { ready: alive as u32, ..CartRules::default() };
        let engine = Engine::new(size, EngineRules { carts, ..EngineRules::default() });
        let mut own = Ours { engine, hold, out: Transition::default() };
        for sku in (0..SKUS).map(SkuId) {
            own.apply(Command::Receive { sku, node: NodeId(0), quantity: UNITS });
        }
        own.filled(alive)
    }

    fn apply(&mut self, command: Command<'_>) {
        self.engine.apply(Moment(0), &command, &mut self.out).expect("it is there, and enough of it");
    }
}

impl Carts for Ours {
    fn add(&mut self, cart: u64, sku: u32) {
        let (cart, sku, hold) = (CartId(cart), SkuId(sku), self.hold);
        self.apply(Command::AddToCart { cart, sku, quantity: 1, hold });
    }

    fn set(&mut self, cart: u64, sku: u32, quantity: u32) {
        let (cart, sku, hold) = (CartId(cart), SkuId(sku), self.hold);
        self.apply(Command::SetQuantity { cart, sku, quantity, hold });
    }

    fn remove(&mut self, cart: u64, sku: u32) {
        self.apply(Command::RemoveFromCart { cart: CartId(cart), sku: SkuId(sku) });
    }
}

fn set(lines: &mut Lines, sku: u32, quantity: u32) {
    lines.iter_mut().find(|line| line.0 == sku).expect("a line that is there").1 = quantity;
}

impl Carts for CartsInMap {
    fn add(&mut self, cart: u64, sku: u32) {
        self.change(cart, |lines| lines.push((sku, 1)));
    }

    fn set(&mut self, cart: u64, sku: u32, quantity: u32) {
        self.change(cart, |lines| set(lines, sku, quantity));
    }

    fn remove(&mut self, cart: u64, sku: u32) {
        self.change(cart, |lines| lines.retain(|line| line.0 != sku));
    }
}

struct Owned(HashMap<u64, Lines, FxBuildHasher>);

impl Carts for Owned {
    fn add(&mut self, cart: u64, sku: u32) {
        self.0.entry(cart).or_default().push((sku, 1));
    }

    fn set(&mut self, cart: u64, sku: u32, quantity: u32) {
        set(self.0.get_mut(&cart).expect("a cart that is there"), sku, quantity);
    }

    fn remove(&mut self, cart: u64, sku: u32) {
        self.0.get_mut(&cart).expect("a cart that is there").retain(|line| line.0 != sku);
    }
}
