//! Orders: one found and moved, and whole lives of ten commands, many alive around them.
//!
//! A turn of `lives` takes the next command of orders far apart in memory, sixteen at a time, so nearly every command
//! meets an order that no cache holds. The engine is told ahead which sixteen they are; a dashmap cannot be told.

use std::borrow::Cow;

use super::life_rivals::{AllRegistered, Owned, Registered};
use super::rivals::{ALL_IN_MAPS, ORDERS_IN_MAP, RECORD_IN_MAP, Record, Registry};
use super::{Row, Size, Turn, beside, cpu, scattered};
use crate::domain::*;
use crate::engine::{Engine, EngineRules, EngineSize, Roster};
use crate::kernel::time::Moment;

const ALIVE: u64 = 1_000_000;
const LIVES: u64 = 100_000;
const STEPS: u64 = 1_000_000;
const GROUP: usize = 16;
const SKUS: u32 = 10_000;
const NODES: u16 = 8;
pub(super) const UNITS: u32 = 200_000_000;
/// From submit to accept.
pub(super) const COMMANDS: u8 = 10;
/// The command that takes the goods from the shelf.
pub(super) const PICK: u8 = 5;

pub(super) fn rows(size: Size, tell: &mut dyn FnMut(Row) -> bool) {
    let alive = size.units(ALIVE);
    let _ = tell(warm(size)) && tell(found(alive, size)) && tell(lives(alive, size));
}

fn many(alive: u64) -> String {
    format!("{} thousand alive", alive / 1_000)
}

/// One life after the other: all is in the cache.
fn warm(size: Size) -> Row {
    let turns = vec![
        life_turn("ours", Shop::new(1), 1, size),
        life_turn(ALL_IN_MAPS, AllRegistered::new(1), 1, size),
        life_turn(ORDERS_IN_MAP, Registered::new(1), 1, size),
        life_turn("plain arrays, one owner", Owned::new(1), 1, size),
    ];
    let mut row = beside("a transition, one life after the other", ("transition", "CPU"), size.rounds, turns);
    per_transition(&mut row);
    row
}

pub(super) fn warm_turn(size: Size) -> Turn<'static> {
    let (name, mut life) = life_turn("ours", Shop::new(1), 1, size);
    (name, Box::new(move || life() / f64::from(COMMANDS)))
}

fn lives(alive: u64, size: Size) -> Row {
    let count = alive as usize;
    let turns = vec![
        life_turn("ours", Shop::new(count), count, size),
        life_turn(ALL_IN_MAPS, AllRegistered::new(count), count, size),
        life_turn(ORDERS_IN_MAP, Registered::new(count), count, size),
        life_turn("plain arrays, one owner", Owned::new(count), count, size),
    ];
    beside(format!("a life, {}", many(alive)), ("life", "CPU"), size.rounds, turns)
}

/// From nanoseconds a life.
fn per_transition(row: &mut Row) {
    for spread in std::iter::once(&mut row.nanos).chain(row.rivals.iter_mut().map(|rival| &mut rival.nanos)) {
        for nanos in [&mut spread.median, &mut spread.low, &mut spread.high] {
            *nanos /= f64::from(COMMANDS);
        }
    }
}

/// An order map alone.
fn found(alive: u64, size: Size) -> Row {
    let (count, steps) = (alive as usize, size.units(STEPS));
    let roster = Roster::new(count);
    let handles: Vec<Handle> = (0..alive).map(|id| roster.open(OrderId(id))).collect();
    let registry = Registry::new(count);
    (0..alive).for_each(|id| registry.open(id, 0));
    let mut records = vec![Record::default(); count];
    let groups = steps / GROUP as u64;
    fn each(groups: u64, count: usize, turn: &mut u64, mut work: impl FnMut([usize; GROUP])) {
        for _ in 0..groups {
            work(std::array::from_fn(|_| {
                *turn += 1;
                scattered(*turn, count)
            }));
        }
    }
    let (mut first, mut second, mut third) = (0, 0, 0);
    let ours = || {
        cpu(groups * GROUP as u64, || {
            each(groups, count, &mut first, |places| {
                let found = places.map(|place| handles[place]);
                found.iter().for_each(|&order| roster.prefetch(order));
                found.iter().for_each(|&order| roster.step(order, 7).expect("a live order"));
            })
        })
    };
    let map = || {
        cpu(groups * GROUP as u64, || {
            each(groups, count, &mut second, |places| {
                places.iter().for_each(|&place| {
                    registry.step(place as u64, 7);
                });
            })
        })
    };
    let plain = || {
        cpu(groups * GROUP as u64, || {
            each(groups, count, &mut third, |places| {
                for place in places {
                    records[place].state += 1;
                    records[place].at = 7;
                }
            })
        })
    };
    let turns: Vec<Turn<'_>> = vec![
        ("ours, sixteen at a time", Box::new(ours)),
        (RECORD_IN_MAP, Box::new(map)),
        ("plain array, one owner", Box::new(plain)),
    ];
    beside(format!("an order found and moved, {}", many(alive)), ("step", "CPU"), size.rounds, turns)
}

/// Whoever takes orders through their commands.
pub(super) trait Serve {
    /// What it keeps of an order between two commands.
    type Key: Copy + Default;
    /// The first command.
    fn submit(&mut self, place: usize, number: u64) -> Self::Key;
    /// One of the other nine.
    fn go_on(&mut self, place: usize, key: &mut Self::Key, number: u64, step: u8);
    /// What comes soon.
    fn hint(&self, _key: Self::Key, _step: u8) {}
}

#[derive(Clone, Copy, Default)]
struct Life<K> {
    key: K,
    number: u64,
    step: u8,
}

struct Lives<S: Serve> {
    serve: S,
    alive: Vec<Life<S::Key>>,
    next: u64,
    turn: u64,
}

impl<S: Serve> Lives<S> {
    fn new(serve: S, alive: usize) -> Lives<S> {
        let mut lives = Lives { serve, alive: vec![Life::default(); alive], next: 0, turn: 0 };
        (0..alive).for_each(|place| lives.command(place));
        // Until orders stand at every step.
        lives.commands(alive as u64 * 6);
        lives
    }

    #[inline]
    fn command(&mut self, place: usize) {
        let life = &mut self.alive[place];
        if life.step == 0 {
            self.next += 1;
            life.number = self.next;
            life.key = self.serve.submit(place, self.next);
        } else {
            self.serve.go_on(place, &mut life.key, life.number, life.step);
        }
        life.step = (life.step + 1) % COMMANDS;
    }

    fn commands(&mut self, count: u64) {
        for _ in 0..count.div_ceil(GROUP as u64) {
            let places: [usize; GROUP] = std::array::from_fn(|_| {
                self.turn += 1;
                scattered(self.turn, self.alive.len())
            });
            for place in places {
                let life = &self.alive[place];
                self.serve.hint(life.key, life.step);
            }
            places.into_iter().for_each(|place| self.command(place));
        }
    }
}

fn life_turn<'a>(name: &'static str, serve: impl Serve + 'a, alive: usize, size: Size) -> Turn<'a> {
    let (mut lives, count) = (Lives::new(serve, alive), size.units(LIVES));
    (name, Box::new(move || cpu(count, || lives.commands(count * u64::from(COMMANDS)))))
}

/// Odd orders have two lines: 1.5 on average.
fn basket(number: u64) -> ([Line; 2], [Assignment; 2], usize) {
    let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let sku = |shift: u32| SkuId((hash >> shift) as u32 % SKUS);
    let node = NodeId((hash >> 40) as u16 % NODES);
    let line = |line| Assignment { line, node, quantity: 1, group: 0 };
    let lines = [Line { sku: sku(8), quantity: 1 }, Line { sku: sku(24), quantity: 1 }];
    (lines, [line(0), line(1)], 1 + number as usize % 2)
}

/// The cell of the first line, as the baselines number them; they know one line.
pub(super) fn cell(number: u64) -> usize {
    let (lines, hold, _) = basket(number);
    lines[0].sku.index() * usize::from(NODES) + hold[0].node.index()
}

/// The cells of all its lines.
pub(super) fn cells(number: u64) -> impl Iterator<Item = usize> {
    let (lines, hold, count) = basket(number);
    lines
        .into_iter()
        .zip(hold)
        .take(count)
        .map(|(line, at)| line.sku.index() * usize::from(NODES) + at.node.index())
}

pub(super) const CELLS: usize = SKUS as usize * NODES as usize;

/// The engine.
struct Shop {
    engine: Engine,
    out: Transition,
}

impl Shop {
    fn new(alive: usize) -> Shop {
        let size = EngineSize { skus: SKUS, nodes: NODES, orders_hint: alive as u32 };
        let engine = Engine::new(size, EngineRules::default());
        let mut shop = Shop { engine, out: Transition::default() };
        for sku in (0..SKUS).map(SkuId) {
            for node in (0..NODES).map(NodeId) {
                shop.apply(0, Command::Receive { sku, node, quantity: UNITS });
            }
        }
        shop
    }

    #[inline]
    fn apply(&mut self, at: u64, command: Command<'_>) {
        self.engine.apply(Moment(at), &command, &mut self.out).expect("what is allowed");
    }
}

impl Serve for Shop {
    /// The order, and its fulfillment order or parcel.
    type Key = (Handle, Handle);

    #[inline]
    fn submit(&mut self, _: usize, number: u64) -> Self::Key {
        let (lines, hold, count) = basket(number);
        self.apply(
            number,
            Command::Submit {
                id: OrderId(number),
                customer: CustomerId(number as u32),
                zone: ZoneId(3),
                method: MethodId(1),
                payment: PaymentMethodId(0),
                amount: Money(9_900),
                promised: Moment(number + 1_000),
                lines: Cow::Borrowed(&lines[..count]),
                hold: Cow::Borrowed(&hold[..count]),
            },
        );
        (self.out.handle.expect("an order"), Handle::default())
    }

    #[inline]
    fn go_on(&mut self, _: usize, key: &mut Self::Key, number: u64, step: u8) {
        let (order, child) = *key;
        let command = match step {
            1 => {
                let hold = Cow::Borrowed(&[][..]);
                Command::Pay { order, reference: number, amount: Money(9_900), hold }
            }
            2 => Command::Approve { order },
            3 => {
                let (_, plan, count) = basket(number);
                self.apply(number, Command::Allocate { order, plan: Cow::Borrowed(&plan[..count]) });
                key.1 = self.out.created[0];
                return;
            }
            4 => Command::Start { fulfillment: child },
            PICK => Command::Pick { fulfillment: child },
            6 => {
                self.apply(number, Command::Pack { fulfillment: child, parcels: 1 });
                key.1 = self.out.created[0];
                return;
            }
            7 => Command::Ship { parcel: child },
            8 => Command::Deliver { parcel: child },
            _ => Command::Accept { order },
        };
        self.apply(number, command);
    }

    #[inline]
    fn hint(&self, (order, child): Self::Key, step: u8) {
        self.engine.prefetch_order(order);
        match step {
            1 | 3 | 9 => self.engine.prefetch_file(order),
            4..=6 => self.engine.prefetch_fulfillment(child),
            7 | 8 => self.engine.prefetch_parcel(child),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ours does whole lives: the laws hold at the end, and orders were finished.
    #[test]
    fn lives_are_whole_lives() {
        let mut lives = Lives::new(Shop::new(64), 64);
        lives.commands(10_000);
        let engine = &lives.serve.engine;
        engine.check_laws().expect("the laws hold");
        assert!(engine.open_orders() <= 64, "{} of 64", engine.open_orders());
        assert!(900 < lives.next, "{} orders", lives.next);
    }

    #[test]
    fn the_baselines_lose_no_unit() {
        let mut owned = Lives::new(Owned::new(16), 16);
        owned.commands(5_000);
        let held: u64 = owned.serve.stock.iter().map(|pair| u64::from(pair.1)).sum();
        assert!(held <= 16, "{held} units held by 16 orders");
        let mut registered = Lives::new(Registered::new(16), 16);
        registered.commands(5_000);
        let mut all = Lives::new(AllRegistered::new(16), 16);
        all.commands(5_000);
        assert_eq!((owned.next, owned.next), (registered.next, all.next));
    }
}
