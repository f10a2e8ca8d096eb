//! Whole lives as one would write them first, from most of what the engine keeps down to an array.

use super::lives::{CELLS, COMMANDS, PICK, Serve, UNITS, cell, cells};
use super::rivals::{Pair, Record, Registry, Words};

/// A dashmap that holds the orders, and a word a cell.
pub(super) struct Registered {
    orders: Registry,
    stock: Words,
}

impl Registered {
    pub fn new(alive: usize) -> Registered {
        Registered { orders: Registry::new(alive), stock: Words::new(CELLS, UNITS) }
    }
}

impl Serve for Registered {
    type Key = ();

    fn submit(&mut self, _: usize, number: u64) {
        let cell = cell(number);
        self.stock.reserve(cell);
        self.orders.open(number, cell);
    }

    fn go_on(&mut self, _: usize, (): &mut (), number: u64, step: u8) {
        let cell = self.orders.step(number, number);
        match step {
            PICK => self.stock.settle(cell),
            9 => self.orders.finish(number),
            _ => {}
        }
    }
}

/// A dashmap each for orders, fulfillment orders and parcels, and a word a cell: what one would write first for the
/// records and the lines that the engine keeps.
pub(super) struct AllRegistered {
    orders: Registry,
    fulfillments: Registry,
    parcels: Registry,
    stock: Words,
}

impl AllRegistered {
    pub fn new(alive: usize) -> AllRegistered {
        let registry = || Registry::new(alive);
        let stock = Words::new(CELLS, UNITS);
        AllRegistered { orders: registry(), fulfillments: registry(), parcels: registry(), stock }
    }
}

impl Serve for AllRegistered {
    type Key = ();

    fn submit(&mut self, _: usize, number: u64) {
        cells(number).for_each(|cell| self.stock.reserve(cell));
        self.orders.open(number, cell(number));
    }

    /// A child's command moves its order, too, where the engine does so.
    fn go_on(&mut self, _: usize, (): &mut (), number: u64, step: u8) {
        match step {
            3 => self.fulfillments.open(number, cell(number)),
            4 => drop(self.fulfillments.step(number, number)),
            PICK => {
                self.fulfillments.step(number, number);
                cells(number).for_each(|cell| self.stock.settle(cell));
            }
            6 => {
                self.fulfillments.step(number, number);
                self.parcels.open(number, cell(number));
            }
            7 | 8 => drop(self.parcels.step(number, number)),
            _ => {}
        }
        self.orders.step(number, number);
        if step == COMMANDS - 1 {
            self.orders.finish(number);
            self.fulfillments.finish(number);
            self.parcels.finish(number);
        }
    }
}

/// The floor: an array of records, one thread, no word checked.
pub(super) struct Owned {
    orders: Vec<Record>,
    pub stock: Vec<Pair>,
}

impl Owned {
    pub fn new(alive: usize) -> Owned {
        Owned { orders: vec![Record::default(); alive], stock: vec![Pair(UNITS, 0); CELLS] }
    }
}

impl Serve for Owned {
    type Key = ();

    fn submit(&mut self, place: usize, number: u64) {
        let cell = cell(number);
        self.stock[cell].reserve();
        self.orders[place] = Record { state: 0, at: number, cell: cell as u32 };
    }

    fn go_on(&mut self, place: usize, (): &mut (), number: u64, step: u8) {
        let record = &mut self.orders[place];
        record.state += 1;
        record.at = number;
        if step == PICK {
            self.stock[record.cell as usize].settle();
        }
    }
}
