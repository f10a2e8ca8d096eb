//! The books of `counters`: totals re-derived from transitions alone, and the equations that must hold among them.
//!
//! # Promises
//! - A transition costs a handful of additions, mostly in half a cache line that is the step's own, and no allocation.
//! - Illegal moves of orders, units and money are found on the spot; totals every 65,536 transitions and at the end.
//! - Books of several threads may be added up: every entry is a sum.
//!
//! # Why ways are counted and not balances
//! One addition a move instead of two, and no sign to get wrong: a balance is what came in less what went out.

use super::figures::Totals;
use super::grid::{GRID, NOBODY};
use super::violation::{Fault, Invariant, Verdict, at_most, equal};
use crate::domain::{Account, MoneyAccount, OrderState, Step, Transition};
use crate::kernel::time::Moment;

/// The totals are weighed each time so many transitions have passed: a power of two, and so large that weighing
/// them (some 10 us) does not count.
const FOLD: u64 = 1 << 16;

/// Sums of transitions.
#[derive(Debug, Clone)]
pub struct Books {
    seen: u64,
    last: Moment,
    usual: [Usual; STEPS],
    rare: Rare,
}

/// What a step mostly does: two steps a cache line.
#[derive(Debug, Default, Clone, Copy)]
struct Usual {
    orders: u64,
    units: u64,
    money: i64,
    /// Fulfillment orders or parcels that the step made.
    made: u64,
}

/// Everything else.
#[derive(Debug, Clone)]
struct Rare {
    steps: [u64; STEPS],
    /// Orders that went from the one state to the other; 15: from nowhere.
    states: [[u64; 16]; 16],
    units: [[u64; 16]; 16],
    money: [[i64; 16]; 16],
}

const STEPS: usize = Step::ALL.len();

impl Default for Books {
    fn default() -> Books {
        Books {
            seen: 0,
            last: Moment::ZERO,
            usual: [Usual::default(); STEPS],
            rare: Rare {
                steps: [0; STEPS],
                states: [[0; 16]; 16],
                units: [[0; 16]; 16],
                money: [[0; 16]; 16],
            },
        }
    }
}

impl Books {
    /// Enters one transition; false when something is wrong, then ask `explain`.
    #[inline]
    pub fn enter(&mut self, transition: &Transition) -> bool {
        self.note(transition) && (!self.seen.is_multiple_of(FOLD) || self.weigh().is_ok())
    }

    /// As `enter`, for one of several streams: the totals are weighed when the books are merged.
    #[inline]
    pub fn note(&mut self, transition: &Transition) -> bool {
        let step = transition.step as usize;
        let (usual, sums) = (&GRID.usual[step], &mut self.usual[step]);
        let from = transition.from.map_or(NOBODY, |state| state as u8);
        let to = transition.to.map_or(NOBODY, |state| state as u8);
        let mut fine = self.last <= transition.at;
        self.last = transition.at;
        self.seen += 1;
        match from << 4 | to == usual.states {
            true => sums.orders += 1,
            false => {
                self.rare.steps[step] += 1;
                fine &= self.rare.moved(step, from, to);
            }
        }
        for moved in &transition.moves {
            let (from, to) = (moved.from as u8, moved.to as u8);
            match from << 4 | to == usual.ways {
                true => sums.units += u64::from(moved.quantity),
                false => fine &= self.rare.carried(step, from, to, moved.quantity),
            }
        }
        for posting in &transition.postings {
            let (from, to) = (posting.from as u8, posting.to as u8);
            fine &= 0 < posting.amount.0;
            match from << 4 | to == usual.money {
                true => sums.money = sums.money.wrapping_add(posting.amount.0),
                false => fine &= self.rare.posted(step, from, to, posting.amount.0),
            }
        }
        for change in &transition.also {
            fine &= self.rare.moved(step, change.from as u8, change.to as u8);
        }
        sums.made += transition.created.len() as u64;
        fine
    }

    /// Enters one transition, and says what is wrong with it or with the totals.
    #[inline]
    pub fn saw(&mut self, transition: &Transition) -> Verdict {
        let before = self.last;
        if self.enter(transition) { Ok(()) } else { self.explain(transition, before) }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn explain(&self, transition: &Transition, before: Moment) -> Verdict {
        explain(transition, before)?;
        if self.seen.is_multiple_of(FOLD) { self.weigh() } else { Ok(()) }
    }

    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The instant of the last transition.
    pub fn last(&self) -> Moment {
        self.last
    }

    pub fn step(&self, step: Step) -> u64 {
        self.usual[step as usize].orders + self.rare.steps[step as usize]
    }

    /// Fulfillment orders (of `Allocated`) or parcels (of `Packed`) that the step made.
    pub fn made(&self, step: Step) -> u64 {
        self.usual[step as usize].made
    }

    /// Orders that left the state for another one.
    pub fn left(&self, state: OrderState) -> u64 {
        self.orders_by(|from, to| from == state as u8 && to != from)
    }

    /// Orders that came into the state from another one, or from nowhere.
    pub fn entered(&self, state: OrderState) -> u64 {
        self.orders_by(|from, to| to == state as u8 && to != from)
    }

    fn orders_by(&self, wanted: impl Fn(u8, u8) -> bool) -> u64 {
        let usual = GRID.usual.iter().zip(&self.usual).map(|(code, sums)| (code.states, sums.orders));
        let rare = cells(&self.rare.states);
        usual.chain(rare).filter(|(code, _)| wanted(code >> 4, code & 15)).map(|(_, count)| count).sum()
    }

    /// Orders in the state now.
    pub fn orders(&self, state: OrderState) -> i128 {
        i128::from(self.entered(state)) - i128::from(self.left(state))
    }

    pub fn units(&self, account: Account) -> i128 {
        let usual = GRID.usual.iter().zip(&self.usual).map(|(code, sums)| (code.ways, sums.units));
        balance(account as u8, usual.chain(cells(&self.rare.units)))
    }

    pub fn money(&self, account: MoneyAccount) -> i128 {
        balance(account as u8, self.postings())
    }

    fn postings(&self) -> impl Iterator<Item = (u8, i64)> {
        let usual = GRID.usual.iter().zip(&self.usual).map(|(code, sums)| (code.money, sums.money));
        usual.chain(cells(&self.rare.money))
    }

    /// Minor units that shoppers paid, and got back.
    pub fn paid(&self) -> (i128, i128) {
        let shopper = MoneyAccount::Shopper as u8;
        let sum = |wanted: fn(u8) -> u8| {
            self.postings().filter(|(code, _)| wanted(*code) == shopper).map(|(_, sum)| i128::from(sum)).sum()
        };
        (sum(|code| code >> 4), sum(|code| code & 15))
    }

    /// Adds the books of another thread.
    pub fn merge(&mut self, other: &Books) {
        self.seen += other.seen;
        self.last = self.last.max(other.last);
        for (sums, more) in self.usual.iter_mut().zip(&other.usual) {
            sums.orders += more.orders;
            sums.units += more.units;
            sums.money = sums.money.wrapping_add(more.money);
            sums.made += more.made;
        }
        let add = |into: &mut u64, more: &u64| *into += more;
        let (own, more) = (&mut self.rare, &other.rare);
        own.steps.iter_mut().zip(&more.steps).for_each(|(sum, more)| add(sum, more));
        own.states.as_flattened_mut().iter_mut().zip(more.states.as_flattened()).for_each(|(a, b)| add(a, b));
        own.units.as_flattened_mut().iter_mut().zip(more.units.as_flattened()).for_each(|(a, b)| add(a, b));
        for (sum, more) in own.money.as_flattened_mut().iter_mut().zip(more.money.as_flattened()) {
            *sum = sum.wrapping_add(*more);
        }
    }

    /// The equations among the totals. Holds after any whole transition of one thread's stream.
    pub fn weigh(&self) -> Verdict {
        self.weigh_units()?;
        self.weigh_money()?;
        self.weigh_orders()?;
        self.weigh_parcels()
    }

    fn weigh_units(&self) -> Verdict {
        for account in Account::ALL.into_iter().filter(|&account| account != Account::Supplier) {
            let invariant = overdrawn(account);
            let place = || format!("account {account:?}");
            at_most(invariant, place, ("nothing", 0), ("units there", self.units(account)))?;
        }
        Ok(())
    }

    fn weigh_money(&self) -> Verdict {
        let owed = |invariant, account: MoneyAccount| {
            let place = || format!("account {account:?}");
            at_most(invariant, place, ("nothing", 0), ("balance", self.money(account)))
        };
        owed(Invariant::I4, MoneyAccount::Deposit)?;
        owed(Invariant::I4, MoneyAccount::Revenue)?;
        let (paid, back) = self.paid();
        at_most(Invariant::I4, || "all orders".into(), ("refunded", back), ("captured", paid))?;
        owed(Invariant::I5, MoneyAccount::CouponRedeemed)?;
        owed(Invariant::I5, MoneyAccount::PointsSpent)?;
        owed(Invariant::I5, MoneyAccount::PointsHeld)
    }

    fn weigh_orders(&self) -> Verdict {
        // Who leaves "awaiting payment" more often than orders came was settled twice.
        let waiting = self.orders(OrderState::AwaitingPayment);
        let place = || "orders awaiting payment".to_owned();
        at_most(Invariant::I7, place, ("none", 0), ("submitted - settled", waiting))?;
        for state in OrderState::ALL {
            let place = || format!("orders {}", state.name());
            at_most(Invariant::I6, place, ("none", 0), ("entered - left", self.orders(state)))?;
        }
        Ok(())
    }

    fn weigh_parcels(&self) -> Verdict {
        let count = |step: Step| i128::from(self.step(step));
        let made = |step: Step| i128::from(self.made(step));
        let back = count(Step::Restocked) + count(Step::Scrapped);
        let door = count(Step::Delivered) + count(Step::DeliveryFailed) + count(Step::Lost);
        let (merged, packed) = (count(Step::Merged), count(Step::Packed));
        let given_up = count(Step::Unassigned);
        let again = count(Step::Replaced);
        let chain = [
            (
                "merged, packed or given up",
                merged + packed + given_up,
                "fulfillment orders made",
                made(Step::Allocated),
            ),
            ("started", count(Step::Started), "fulfillment orders made", made(Step::Allocated)),
            ("packed", packed, "picked", count(Step::Picked)),
            ("shipped", count(Step::Shipped), "parcels made or replaced", made(Step::Packed) + again),
            ("handed over, turned round or lost", door + again, "shipped", count(Step::Shipped)),
            (
                "graded",
                back,
                "sent back or turned round",
                count(Step::ReturnRequested) + count(Step::DeliveryFailed),
            ),
        ];
        for (less, low, more, high) in chain {
            at_most(Invariant::I9, || "all parcels".into(), (less, low), (more, high))?;
        }
        Ok(())
    }

    /// Compares with what the engine says of itself, at an instant when no command is running.
    pub fn compare(&self, told: &Totals) -> Verdict {
        // Held first: a lost hold shows in two accounts, and is a matter of reservations.
        for account in std::iter::once(Account::Held).chain(Account::ALL) {
            let own = match account {
                // What came in, where the others say what is there.
                Account::Supplier => -self.units(account),
                _ => self.units(account),
            };
            let place = || format!("account {account:?}");
            let invariant = if account == Account::Held { Invariant::I3 } else { Invariant::I2 };
            let told = told.units[account as usize];
            equal(invariant, place, ("units by transitions", own), ("units of the engine", told.into()))?;
        }
        for account in MoneyAccount::ALL {
            let points = matches!(account, MoneyAccount::PointsHeld | MoneyAccount::PointsIssued)
                || account.is_of_promotions();
            let invariant = if points { Invariant::I5 } else { Invariant::I4 };
            let (own, told) = (self.money(account), told.money[account as usize]);
            let place = || format!("account {account:?}");
            equal(invariant, place, ("balance by transitions", own), ("balance of the engine", told.into()))?;
        }
        let submitted = i128::from(self.step(Step::Submitted));
        let place = || "all orders".to_owned();
        let told_submitted = ("taken by the engine", told.submitted.into());
        equal(Invariant::I8, place, ("submitted transitions", submitted), told_submitted)?;
        for state in OrderState::ALL {
            let (own, told) = (self.orders(state), told.states[state as usize]);
            let place = || format!("orders {}", state.name());
            equal(Invariant::I8, place, ("by transitions", own), ("of the engine", told.into()))?;
        }
        Ok(())
    }
}

impl Rare {
    #[inline(never)]
    fn moved(&mut self, step: usize, from: u8, to: u8) -> bool {
        self.states[usize::from(from)][usize::from(to)] += 1;
        GRID.states[step][usize::from(from)] >> to & 1 == 1
    }

    #[inline(never)]
    fn carried(&mut self, step: usize, from: u8, to: u8, quantity: u32) -> bool {
        self.units[usize::from(from)][usize::from(to)] += u64::from(quantity);
        GRID.ways[step][usize::from(from)] >> to & 1 == 1
    }

    #[inline(never)]
    fn posted(&mut self, step: usize, from: u8, to: u8, amount: i64) -> bool {
        let sum = &mut self.money[usize::from(from)][usize::from(to)];
        *sum = sum.wrapping_add(amount);
        GRID.money[step][usize::from(from)] >> to & 1 == 1
    }
}

/// Sums with the codes of their places.
fn cells<T: Copy>(sums: &[[T; 16]; 16]) -> impl Iterator<Item = (u8, T)> {
    sums.as_flattened().iter().enumerate().map(|(code, &sum)| (code as u8, sum))
}

/// What came in less what went out.
fn balance<T: Into<i128>>(account: u8, sums: impl Iterator<Item = (u8, T)>) -> i128 {
    sums.map(|(code, sum)| {
        let sum: i128 = sum.into();
        sum * (i128::from(code & 15 == account) - i128::from(code >> 4 == account))
    })
    .sum()
}

/// Whose rule an account below zero breaks.
pub fn overdrawn(account: Account) -> Invariant {
    match account {
        Account::Available | Account::Fenced => Invariant::I1,
        Account::Held => Invariant::I3,
        _ => Invariant::I2,
    }
}

/// What is wrong with a transition that does not fit the grid.
fn explain(transition: &Transition, last: Moment) -> Verdict {
    let step = transition.step;
    let at = step as usize;
    for (id, _, from, to) in transition.changes() {
        let code = from.map_or(NOBODY, |state| state as u8);
        if GRID.states[at][usize::from(code)] >> to as usize & 1 == 0 {
            let (from, legal) = (from.map_or("nowhere", OrderState::name), "a legal move");
            let moved = format!("{from} -> {}", to.name());
            return Err(Fault::new(
                Invariant::I6,
                format!("order {}", id.0),
                (step.name(), moved),
                "in",
                (legal, "none of them"),
            ));
        }
    }
    if transition.to.is_none() && GRID.states[at][usize::from(NOBODY)] == 0 {
        let place = step.name();
        return Err(Fault::new(Invariant::I6, place, ("orders concerned", 0), "<=", ("at least", 1)));
    }
    for moved in &transition.moves {
        if GRID.ways[at][moved.from as usize] >> moved.to as usize & 1 == 0 {
            let place = format!("SKU {}, node {}", moved.sku.0, moved.node.0);
            let way = format!("{:?} -> {:?}", moved.from, moved.to);
            return Err(Fault::new(
                Invariant::I2,
                place,
                (step.name(), way),
                "in",
                ("known ways", "none of them"),
            ));
        }
    }
    for posting in &transition.postings {
        let points = [posting.from, posting.to].contains(&MoneyAccount::PointsHeld);
        let invariant = if points { Invariant::I5 } else { Invariant::I4 };
        let legal = GRID.money[at][posting.from as usize] >> posting.to as usize & 1 == 1;
        if !legal || posting.amount.0 <= 0 {
            let way = format!("{} {:?} -> {:?}", posting.amount.0, posting.from, posting.to);
            return Err(Fault::new(
                invariant,
                step.name(),
                (step.name(), way),
                "in",
                ("known postings", "none of them"),
            ));
        }
    }
    let (before, now) = (("the last instant", last.0.into()), ("this one", transition.at.0.into()));
    at_most(Invariant::I12, || step.name().to_owned(), before, now)
}
