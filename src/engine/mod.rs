//! WHAT MAY HAPPEN: a command meets the orders and the stock, and becomes a transition or a refusal.
//!
//! ```text
//!              submit.rs   payment.rs   allocation.rs   floor.rs            road.rs             aftersales.rs
//! Command ->   Submit      Pay Decline  Approve Reject  Start Pick          Ship Deliver        RequestReturn
//!              Receive     Expire COD   Allocate Drop   Merge Pack          FailDelivery Lose   Grade Accept
//!              WriteOff        |        Cancel |        unassign.rs short.rs   |  transfer.rs       |
//!      cart.rs    |            |               |        Unassign    Short      |  Transfer Out, In  |
//!                 v            v               v            v                  v                    v
//!              orders.rs (claim, let go)   stock.rs (take, release, settle)   tally.rs, ledger.rs (double entry)
//! ```
//!
//! # Promises
//! - `apply` may be called from any thread. Each effect has one owner: the thread that moved the state word.
//! - A refused command changed nothing.
//! - Stock and money are conserved: `check_laws` adds them up from the records themselves.
//! - No clock, no randomness, no I/O. After start memory grows only with more orders in flight than ever before,
//!   and with the edge maps: an entry for each order that finishes unpaid, each capture that is sent back and,
//!   with `unique_orders`, each order that was taken. The carts' map shrinks with them.
//! - The same commands on one thread give the same `digest`.

mod aftersales;
mod allocation;
mod arena;
mod blocks;
mod cart;
mod carts;
mod digest;
mod edge;
mod facts;
mod finish;
mod floor;
mod gate;
mod hot;
mod laws;
mod ledger;
mod orders;
mod payment;
mod portion;
mod prefetch;
mod promotion;
mod record;
mod replace;
mod road;
mod roster;
mod share;
mod shelves;
mod short;
mod stock;
mod submit;
mod sync;
mod tally;
mod transfer;
mod unassign;

#[cfg(not(any(loom, shuttle)))]
use std::cell::RefCell;

use arena::Arena;
use carts::CartMap;
use edge::Map;
use ledger::{Ledger, Way};
use orders::{Claim, OrderMap};
use portion::{Pick, Portion};
use promotion::Promotions;
use record::{FulfillmentRecord, ParcelRecord};
use tally::Tally;

pub use cart::CartRules;
pub use facts::{Counters, FulfillmentFacts, Ledgers, OpenLine, OrderFacts, ParcelFacts, SlotUse};
pub use gate::{Callback, Gate, Keyring, Signed, SigningRules};
pub use laws::Breach;
pub use promotion::CouponRule;
pub use roster::Roster;
pub use shelves::Shelves;
pub use stock::{CELL_MAX, CellWord, StockMap};

use crate::domain::{
    Account, CartLine, Command, Handle, Money, MoneyAccount, NodeId, OrderChange, OrderId, OrderState,
    Posting, Refusal, SkuId, Step, StockMove, Subject, Transition,
};
use crate::kernel::time::Moment;

/// How large the engine's tables are.
#[derive(Debug, Clone, Copy)]
pub struct EngineSize {
    pub skus: u32,
    pub nodes: u16,
    /// Orders in flight for which slots are made ahead; more come by segments when needed.
    pub orders_hint: u32,
}

/// What the engine must know of the business.
#[derive(Debug, Clone, Default)]
pub struct EngineRules {
    /// Loyalty points for each 10,000 minor units of money that the shop keeps.
    pub points_basis_points: u32,
    /// Price by SKU: how an order's amount is shared over its units. Empty: every unit counts the same.
    pub prices: Vec<Money>,
    /// Submits come more than once: an order id that was taken is never taken again. Without it the caller
    /// vouches for its ids, and a submit does not touch the edge.
    pub unique_orders: bool,
    pub coupons: Vec<CouponRule>,
    /// Customers whose coupons and points are kept; 0 where nobody has any.
    pub customers: u32,
    pub carts: CartRules,
}

/// The engine: orders, stock, payments and their ledgers.
pub struct Engine {
    rules: EngineRules,
    stock: StockMap,
    orders: OrderMap,
    fulfillments: Arena<FulfillmentRecord>,
    parcels: Arena<ParcelRecord>,
    ledger: Ledger,
    tally: Tally,
    /// Orders that finished without a capture: a capture that still comes for them is sent back.
    unpaid: Map<u64, (OrderId, OrderState)>,
    /// Captures that were sent back, by (order handle, reference): none is sent back twice.
    refunded: Map<(u64, u64), ()>,
    /// Ids of the orders that were taken; empty without `unique_orders`.
    taken: Map<u64, ()>,
    promotions: Promotions,
    /// On the heap: an engine fits on the small stacks of model checkers.
    carts: Box<CartMap>,
}

impl Engine {
    pub fn new(size: EngineSize, rules: EngineRules) -> Engine {
        assert!(size.skus <= portion::MAX_SKUS, "more than {} SKUs", portion::MAX_SKUS);
        assert!(u32::from(size.nodes) <= portion::MAX_PLACES, "more than {} nodes", portion::MAX_PLACES);
        assert!(rules.prices.is_empty() || rules.prices.len() == size.skus as usize, "a price for each SKU");
        let ready = size.orders_hint as usize;
        Engine {
            promotions: Promotions::new(&rules.coupons, rules.customers),
            carts: CartMap::boxed(rules.carts.ready as usize),
            rules,
            stock: StockMap::new(size.skus, size.nodes),
            orders: OrderMap::new(ready),
            fulfillments: Arena::new(ready),
            parcels: Arena::new(ready),
            ledger: Ledger::new(size.skus),
            tally: Tally::default(),
            unpaid: edge::map(),
            refunded: edge::map(),
            taken: edge::map(),
        }
    }

    /// Applies one command at its business instant. `out` is a reused buffer; it says what happened when the
    /// answer is `Ok`, and nothing otherwise.
    pub fn apply(&self, at: Moment, command: &Command<'_>, out: &mut Transition) -> Result<(), Refusal> {
        out.begin(at);
        let outcome = match command {
            Command::Submit { id, customer, zone, method, payment, amount, promised, lines, hold } => {
                let basket = submit::Basket {
                    id: *id,
                    customer: *customer,
                    zone: *zone,
                    method: *method,
                    payment: *payment,
                    amount: *amount,
                    promised: *promised,
                    lines,
                    hold,
                };
                self.submit(at, &basket, out)
            }
            Command::Pay { order, reference, amount, hold } => {
                self.pay(*order, *reference, *amount, hold, out)
            }
            Command::ConfirmCashOnDelivery { order, hold } => {
                self.confirm_cash_on_delivery(*order, hold, out)
            }
            Command::Decline { order } => self.decline(*order, out),
            Command::Expire { order } => self.expire(*order, out),
            Command::Approve { order } => self.approve(*order, out),
            Command::Reject { order } => self.reject(*order, out),
            Command::Allocate { order, plan } => self.allocate(*order, plan, out),
            Command::DropBackorder { order } => self.drop_backorder(*order, out),
            Command::Cancel { order } => self.cancel(*order, out),
            Command::Start { fulfillment } => self.start(*fulfillment, out),
            Command::Pick { fulfillment } => self.pick(*fulfillment, out),
            Command::Short { fulfillment, sku, quantity } => self.short(*fulfillment, *sku, *quantity, out),
            Command::Unassign { fulfillment } => self.unassign(*fulfillment, out),
            Command::Merge { fulfillment, into } => self.merge(*fulfillment, *into, out),
            Command::Pack { fulfillment, parcels } => self.pack(*fulfillment, *parcels, out),
            Command::Ship { parcel } => self.ship(*parcel, out),
            Command::Deliver { parcel } => self.deliver(*parcel, out),
            Command::FailDelivery { parcel } => self.fail_delivery(*parcel, out),
            Command::RequestReturn { parcel } => self.request_return(*parcel, out),
            Command::Grade { parcel, restock } => self.grade(*parcel, *restock, out),
            Command::Accept { order } => self.accept(*order, out),
            Command::Receive { sku, node, quantity } => self.receive(*sku, *node, *quantity, out),
            Command::Lose { parcel } => self.lose(*parcel, out),
            Command::Replace { parcel } => self.replace(*parcel, out),
            Command::WriteOff { sku, node, quantity } => self.write_off(*sku, *node, *quantity, out),
            Command::Fence { sku, node, quantity } => self.fence(*sku, *node, *quantity, out),
            Command::Redeem { id, customer, coupon, amount } => {
                self.redeem(*id, *customer, *coupon, *amount, out)
            }
            Command::SpendPoints { id, customer, points } => self.spend_points(*id, *customer, *points, out),
            Command::GiveBack { id, coupons } => self.give_back_redeemed(*id, *coupons, out),
            Command::ExpirePoints { customer, points } => self.expire_points(*customer, *points, out),
            Command::AddToCart { cart, sku, quantity, hold } => {
                let line = CartLine { sku: *sku, quantity: *quantity, hold: *hold };
                self.add_to_cart(at, *cart, line, out)
            }
            Command::SetQuantity { cart, sku, quantity, hold } => {
                let line = CartLine { sku: *sku, quantity: *quantity, hold: *hold };
                self.set_quantity(at, *cart, line, out)
            }
            Command::RemoveFromCart { cart, sku } => self.remove_from_cart(at, *cart, *sku, out),
            Command::ClearCart { cart } => self.clear_cart(at, *cart, out),
            Command::MergeCarts { from, into, rule } => self.merge_carts(at, *from, *into, *rule, out),
            Command::ExpireCart { cart } => self.expire_cart(at, *cart, out),
            Command::SubmitCart {
                cart,
                id,
                customer,
                zone,
                method,
                payment,
                amount,
                promised,
                lines,
                hold,
            } => {
                let basket = submit::Basket {
                    id: *id,
                    customer: *customer,
                    zone: *zone,
                    method: *method,
                    payment: *payment,
                    amount: *amount,
                    promised: *promised,
                    lines,
                    hold,
                };
                self.submit_cart(at, *cart, &basket, out)
            }
            Command::TransferOut { sku, node, quantity } => self.transfer_out(*sku, *node, *quantity, out),
            Command::TransferIn { sku, node, quantity } => self.transfer_in(*sku, *node, *quantity, out),
        };
        if let Err(refusal) = outcome {
            out.begin(at);
            self.tally.refused(refusal);
        }
        outcome
    }

    /// Says where the step leaves an order: the first one of the step, or one more.
    #[inline]
    fn report(&self, out: &mut Transition, id: OrderId, handle: Handle, from: OrderState, to: OrderState) {
        self.tally.moved(from, to);
        if out.order.is_none() {
            (out.order, out.handle, out.from, out.to) = (Some(id), Some(handle), Some(from), Some(to));
        } else if out.handle == Some(handle) {
            out.to = Some(to);
        } else {
            match out.also.iter_mut().find(|change| change.handle == handle) {
                Some(change) => change.to = to,
                None => out.also.push(OrderChange { order: id, handle, from, to }),
            }
        }
    }

    #[inline]
    fn post(&self, out: &mut Transition, from: MoneyAccount, to: MoneyAccount, amount: Money) {
        if amount != Money::ZERO {
            let posting = Posting { from, to, amount };
            self.tally.posted(&posting);
            out.postings.push(posting);
        }
    }

    /// Writes a move of units along a way of the ledger.
    #[inline]
    fn carry(&self, out: &mut Transition, way: Way, unit: &Units, from: Account, to: Account) {
        self.ledger.went(unit.sku, way, unit.quantity);
        unit.moved(out, from, to);
    }
}

/// So many units of a SKU at a node.
#[derive(Debug, Clone, Copy)]
struct Units {
    sku: SkuId,
    node: NodeId,
    quantity: u32,
}

impl Units {
    #[inline]
    fn moved(&self, out: &mut Transition, from: Account, to: Account) {
        let Units { sku, node, quantity } = *self;
        out.moves.push(StockMove { sku, node, quantity, from, to });
    }
}

#[inline]
fn say(out: &mut Transition, step: Step, subject: Subject) {
    (out.step, out.subject) = (step, subject);
}

/// Buffers that a thread uses again for each command.
#[derive(Default)]
struct Scratch {
    old: Vec<Portion>,
    new: Vec<Portion>,
    picks: Vec<Pick>,
    /// SKU of each line.
    skus: Vec<u32>,
    /// Change of the hold by cell.
    changes: Vec<(stock::Cell, i64)>,
    takes: Vec<(stock::Cell, u32)>,
    orders: Vec<Handle>,
}

#[cfg(not(any(loom, shuttle)))]
fn with_scratch<T>(work: impl FnOnce(&mut Scratch) -> T) -> T {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    SCRATCH.with_borrow_mut(work)
}

/// A model checker's threads share one thread of the system, so each command brings its own.
#[cfg(any(loom, shuttle))]
fn with_scratch<T>(work: impl FnOnce(&mut Scratch) -> T) -> T {
    work(&mut Scratch::default())
}
