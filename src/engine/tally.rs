//! The tally: totals that many threads add to and nobody decides by.
//!
//! # Promises
//! - An addition is a plain load and store on memory that only this thread writes.
//! - Sums are exact once the threads that added are done; between, they lag.
//!
//! # Why stripes
//! One shared counter costs a locked instruction, and a cache line that travels, on every transition;
//! a seat for each thread costs neither. Threads beyond the last seat share one and pay for the lock.

use std::cell::Cell;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::{MoneyAccount, OrderId, OrderState, Posting, Refusal};
use crate::kernel::plant::planted;

const SEATS: usize = if cfg!(any(loom, shuttle)) { 1 } else { 64 };
const SHARED: usize = SEATS - 1;
const STATES: usize = OrderState::ALL.len();
const ACCOUNTS: usize = MoneyAccount::ALL.len();

#[repr(align(128))]
#[derive(Default)]
struct Stripe {
    /// Orders that are, or ended, in each state. Wraps: a thread may take out what another put in.
    states: [AtomicU64; STATES],
    /// Balance by money account, as two's complement.
    balances: [AtomicU64; ACCOUNTS],
    refusals: [AtomicU64; Refusal::ALL.len()],
    submitted: AtomicU64,
    fulfillments: AtomicU64,
    parcels: AtomicU64,
    /// Sum of the hashes of (id, final state).
    history: [AtomicU64; 2],
}

pub struct Tally {
    stripes: Box<[Stripe]>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally { stripes: (0..SEATS).map(|_| Stripe::default()).collect() }
    }
}

impl Tally {
    #[inline]
    pub fn submitted(&self) {
        let seat = self.seat();
        seat.add(|stripe| &stripe.submitted, 1);
        seat.add(|stripe| &stripe.states[OrderState::AwaitingPayment as usize], 1);
    }

    #[inline]
    pub fn moved(&self, from: OrderState, to: OrderState) {
        if from != to && !(planted("count-drift") && to == OrderState::Backordered) {
            let seat = self.seat();
            seat.add(|stripe| &stripe.states[from as usize], u64::MAX);
            seat.add(|stripe| &stripe.states[to as usize], 1);
        }
    }

    #[inline]
    pub fn ended(&self, id: OrderId, state: OrderState) {
        let ([low, high], seat) = (history_hash(id, state), self.seat());
        seat.add(|stripe| &stripe.history[0], low);
        seat.add(|stripe| &stripe.history[1], high);
    }

    #[inline]
    pub fn posted(&self, posting: &Posting) {
        let (amount, seat) = (posting.amount.0 as u64, self.seat());
        seat.add(|stripe| &stripe.balances[posting.from as usize], amount.wrapping_neg());
        seat.add(|stripe| &stripe.balances[posting.to as usize], amount);
    }

    #[inline]
    pub fn refused(&self, refusal: Refusal) {
        self.seat().add(|stripe| &stripe.refusals[refusal as usize], 1);
    }

    #[inline]
    pub fn fulfillments(&self, change: i64) {
        self.seat().add(|stripe| &stripe.fulfillments, change as u64);
    }

    #[inline]
    pub fn parcels(&self, change: i64) {
        self.seat().add(|stripe| &stripe.parcels, change as u64);
    }

    pub fn state(&self, state: OrderState) -> u64 {
        self.sum(|stripe| &stripe.states[state as usize])
    }

    pub fn balance(&self, account: MoneyAccount) -> i64 {
        self.sum(|stripe| &stripe.balances[account as usize]) as i64
    }

    pub fn refusals(&self, refusal: Refusal) -> u64 {
        self.sum(|stripe| &stripe.refusals[refusal as usize])
    }

    pub fn submitted_count(&self) -> u64 {
        self.sum(|stripe| &stripe.submitted)
    }

    pub fn fulfillment_count(&self) -> u64 {
        self.sum(|stripe| &stripe.fulfillments)
    }

    pub fn parcel_count(&self) -> u64 {
        self.sum(|stripe| &stripe.parcels)
    }

    pub fn history(&self) -> [u64; 2] {
        [self.sum(|stripe| &stripe.history[0]), self.sum(|stripe| &stripe.history[1])]
    }

    /// Where this thread adds.
    #[inline]
    fn seat(&self) -> Seat<'_> {
        let seat = seat();
        Seat { stripe: &self.stripes[seat], shared: seat == SHARED }
    }

    fn sum(&self, counter: impl Fn(&Stripe) -> &AtomicU64) -> u64 {
        self.stripes.iter().fold(0, |sum, stripe| sum.wrapping_add(counter(stripe).load(Ordering::Relaxed)))
    }
}

struct Seat<'a> {
    stripe: &'a Stripe,
    shared: bool,
}

impl Seat<'_> {
    #[inline]
    fn add(&self, counter: impl Fn(&Stripe) -> &AtomicU64, change: u64) {
        let counter = counter(self.stripe);
        if self.shared {
            counter.fetch_add(change, Ordering::Relaxed);
        } else {
            counter.store(counter.load(Ordering::Relaxed).wrapping_add(change), Ordering::Relaxed);
        }
    }
}

fn history_hash(id: OrderId, state: OrderState) -> [u64; 2] {
    let key = id.0.wrapping_mul(16).wrapping_add(state as u64);
    [mix(key ^ 0x243F_6A88_85A3_08D3), mix(key ^ 0x1319_8A2E_0370_7344)]
}

/// SplitMix64's finalizer (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
#[inline]
pub fn mix(key: u64) -> u64 {
    let key = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let key = (key ^ (key >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let key = (key ^ (key >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    key ^ (key >> 31)
}

/// This thread's seat: its own while it lives, or the shared one when all are taken.
#[inline]
fn seat() -> usize {
    thread_local! {
        static SEAT: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    // A thread that is being torn down shares.
    SEAT.try_with(|seat| match seat.get() {
        usize::MAX => {
            seat.set(Lease::sit());
            seat.get()
        }
        taken => taken,
    })
    .unwrap_or(SHARED)
}

static VACATED: Mutex<(Vec<usize>, usize)> = Mutex::new((Vec::new(), 0));

/// Gives the seat back when the thread ends; the mutex orders its last addition before the next owner's first.
struct Lease(usize);

impl Lease {
    #[cold]
    fn sit() -> usize {
        thread_local! {
            static LEASE: Lease = {
                let mut room = VACATED.lock().expect("the seats");
                let seat = room.0.pop().unwrap_or_else(|| {
                    let next = room.1.min(SHARED);
                    room.1 = (next + 1).min(SHARED);
                    next
                });
                Lease(seat)
            };
        }
        LEASE.try_with(|lease| lease.0).unwrap_or(SHARED)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.0 != SHARED
            && let Ok(mut room) = VACATED.lock()
        {
            room.0.push(self.0);
        }
    }
}
