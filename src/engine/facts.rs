//! Facts: what others may read of the engine's records. Copies, true at one instant between two steps.

use super::Engine;
use super::floor::member;
use super::portion::Fate;
use super::record::{FulfillmentWord, OrderWord, ParcelWord, halves, split48};
use super::share::Load;
use super::stock::StockMap;
use super::submit::LATEST;
use super::sync::Ordering;
use crate::domain::{
    CustomerId, FulfillmentState, Handle, MethodId, Money, MoneyAccount, NodeId, OrderId, OrderState,
    ParcelState, PaymentMethodId, Refusal, SkuId, ZoneId,
};
use crate::kernel::time::Moment;

/// One order, while it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderFacts {
    pub id: OrderId,
    pub handle: Handle,
    pub state: OrderState,
    pub customer: CustomerId,
    pub zone: ZoneId,
    pub method: MethodId,
    pub payment: PaymentMethodId,
    pub amount: Money,
    pub submitted: Moment,
    pub promised: Moment,
    /// Fulfillment orders not yet in parcels, and parcels on their way.
    pub open_children: u32,
    pub cash_on_delivery: bool,
    /// Some units wait for stock.
    pub waiting: bool,
}

/// What of an order line has no fulfillment order yet, held or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenLine {
    pub line: u16,
    pub sku: SkuId,
    pub quantity: u32,
}

/// One fulfillment order, until its order is finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FulfillmentFacts {
    pub order: Handle,
    pub order_id: OrderId,
    pub node: NodeId,
    pub state: FulfillmentState,
    pub group: u8,
    pub picked: bool,
    pub merged: bool,
    pub units: u32,
    pub line_count: u32,
    pub customer: CustomerId,
    pub zone: ZoneId,
    pub method: MethodId,
}

/// One parcel, until its orders are finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParcelFacts {
    /// The fulfillment order that was packed; others may be merged into it.
    pub lead: Handle,
    /// Its order.
    pub order: Handle,
    pub order_id: OrderId,
    pub node: NodeId,
    pub state: ParcelState,
    /// The how-manieth of how many parcels of the lead, from 0.
    pub part: u8,
    pub parts: u8,
    /// Units in the parcel, of all its orders that are not finished.
    pub units: u32,
    pub customer: CustomerId,
    pub zone: ZoneId,
    pub method: MethodId,
}

/// Use of one arena.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct SlotUse {
    pub in_use: u64,
    pub peak: u64,
    /// All memory that was made, used or not.
    pub bytes: u64,
}

/// Counts that are exact when no command is running.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counters {
    pub submitted: u64,
    /// By `OrderState`: orders that are in an open state now, or ended in a final one.
    pub by_state: [u64; OrderState::ALL.len()],
    /// By `Refusal`.
    pub refusals: [u64; Refusal::ALL.len()],
    pub orders: SlotUse,
    pub fulfillments: SlotUse,
    pub parcels: SlotUse,
    /// Blocks for orders of more than three portions.
    pub block_bytes: u64,
    /// Of carts; their map at the edge apart.
    pub cart_bytes: u64,
    pub stock_bytes: u64,
}

/// Where all units, money and points are, over all SKUs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Ledgers {
    /// Units that ever came from the supplier; by conservation the sum of the nine below.
    pub supplied: u64,
    pub available: u64,
    pub held: u64,
    /// Safety stock: on hand, set aside.
    pub fenced: u64,
    pub picked: u64,
    pub in_transit: u64,
    pub customer: u64,
    pub scrapped: u64,
    /// Not found on a shelf, or lost on the road.
    pub missing: u64,
    /// Between nodes.
    pub transfer: u64,
    /// Minus what shoppers have paid, net of refunds.
    pub shopper: Money,
    pub deposit: Money,
    pub revenue: Money,
    pub points_held: Money,
    pub points_spent: Money,
    pub points_expired: Money,
    pub coupons_redeemed: Money,
}

impl Engine {
    pub fn stock(&self) -> &StockMap {
        &self.stock
    }

    /// `None` once the order is finished. Reads the record and the file.
    #[inline]
    pub fn order(&self, order: Handle) -> Option<OrderFacts> {
        self.orders.read(order, |word, record| {
            let file = self.orders.files.at(order.slot());
            let (submitted, choice) = split48(file.submitted.load(Ordering::Relaxed));
            let (promised, zone) = split48(file.promised.load(Ordering::Relaxed));
            Some(OrderFacts {
                id: OrderId(record.id.load(Ordering::Relaxed)),
                handle: order,
                state: word.live(),
                customer: CustomerId(halves(file.customer.load(Ordering::Relaxed)).0),
                zone: ZoneId(zone),
                method: MethodId((choice >> 8) as u8),
                payment: PaymentMethodId(choice as u8),
                amount: Money(split48(record.amount.load(Ordering::Relaxed)).0 as i64),
                submitted: Moment(submitted),
                promised: if promised == LATEST { Moment::NEVER } else { Moment(promised) },
                open_children: word.open(),
                cash_on_delivery: word.has(OrderWord::CASH_ON_DELIVERY),
                waiting: word.has(OrderWord::WAITING),
            })
        })
    }

    /// `None` once the order is finished. Reads one word.
    #[inline]
    pub fn order_state(&self, order: Handle) -> Option<OrderState> {
        let word = OrderWord(self.orders.arena.get(order.slot())?.state.load(Ordering::Acquire));
        if word.is(order) { word.state() } else { None }
    }

    /// `None` once the order is finished. Reads one line.
    #[inline]
    pub fn order_id(&self, order: Handle) -> Option<OrderId> {
        let record = self.orders.arena.get(order.slot())?;
        let id = record.id.load(Ordering::Relaxed);
        OrderWord(record.state.load(Ordering::Acquire)).is(order).then_some(OrderId(id))
    }

    /// Whether some units of the order wait for stock. Reads one word.
    #[inline]
    pub fn order_waits(&self, order: Handle) -> bool {
        self.orders.arena.get(order.slot()).is_some_and(|record| {
            let word = OrderWord(record.state.load(Ordering::Acquire));
            word.is(order) && word.has(OrderWord::WAITING)
        })
    }

    /// Visits every live order, by slot. For when no command is running.
    pub fn for_each_order(&self, mut visit: impl FnMut(&OrderFacts)) {
        for (handle, _, _) in self.live_orders() {
            if let Some(facts) = self.order(handle) {
                visit(&facts);
            }
        }
    }

    /// Replaces `out` by the lines of which units have no fulfillment order yet, held or waiting.
    pub fn order_lines(&self, order: Handle, out: &mut Vec<OpenLine>) {
        self.order_needs(order, out, &mut Vec::new());
    }

    /// Replaces `out` by the SKUs of all lines, whatever became of them.
    pub fn order_skus(&self, order: Handle, out: &mut Vec<SkuId>) {
        out.clear();
        self.orders.read(order, |_, record| {
            out.clear();
            self.orders.each_portion(record, |portion| {
                if portion.is_first() {
                    out.push(SkuId(portion.sku()));
                }
            })
        });
    }

    /// As `order_lines`; also replaces `held` by what the order holds and has not yet assigned.
    pub fn order_needs(&self, order: Handle, open: &mut Vec<OpenLine>, held: &mut Vec<(SkuId, NodeId, u32)>) {
        open.clear();
        held.clear();
        self.orders.read(order, |_, record| {
            open.clear();
            held.clear();
            let mut line = u16::MAX;
            self.orders.each_portion(record, |portion| {
                line = line.wrapping_add(u16::from(portion.is_first()));
                if !portion.is_free() {
                    return;
                }
                let (sku, quantity) = (SkuId(portion.sku()), portion.quantity());
                match open.last_mut().filter(|last| last.line == line) {
                    Some(last) => last.quantity += quantity,
                    None => open.push(OpenLine { line, sku, quantity }),
                }
                if portion.fate() == Fate::Held {
                    held.push((sku, NodeId(portion.place()), quantity));
                }
            })
        });
    }

    /// `None` once the order is finished.
    pub fn fulfillment(&self, fulfillment: Handle) -> Option<FulfillmentFacts> {
        let record = self.fulfillments.get(fulfillment.slot())?;
        let word = FulfillmentWord(record.state.load(Ordering::Acquire));
        if !word.is(fulfillment) {
            return None;
        }
        let member = member(fulfillment.slot(), record);
        let order = self.order(member.order)?;
        let (mut units, mut line_count) = (0, 0);
        self.orders.read(member.order, |_, record| {
            (units, line_count) = (0, 0);
            self.each_piece(record, Load::whole(member.ordinal), |piece| {
                units += piece.quantity;
                line_count += 1;
            })
        })?;
        Some(FulfillmentFacts {
            order: member.order,
            order_id: order.id,
            node: member.node,
            state: word.state()?,
            group: word.group(),
            picked: word.has(FulfillmentWord::PICKED),
            merged: word.has(FulfillmentWord::MERGED),
            units,
            line_count,
            customer: order.customer,
            zone: order.zone,
            method: order.method,
        })
    }

    /// Replaces `out` by the fulfillment orders that carry something of the order and wait for the floor: its own,
    /// or those that its own were merged into.
    pub fn open_leads(&self, order: Handle, out: &mut Vec<Handle>) {
        self.orders.read(order, |_, _| {
            out.clear();
            let mut next = halves(self.orders.files.at(order.slot()).customer.load(Ordering::Relaxed)).1;
            while let Some(slot) = next.checked_sub(1) {
                let record = self.fulfillments.get(slot)?;
                next = halves(record.next.load(Ordering::Relaxed)).0;
                let word = FulfillmentWord(record.state.load(Ordering::Acquire));
                let lead = match word.has(FulfillmentWord::MERGED) {
                    true => halves(record.place.load(Ordering::Relaxed)).0.checked_sub(1)?,
                    false => slot,
                };
                let word = FulfillmentWord(self.fulfillments.get(lead)?.state.load(Ordering::Acquire));
                let handle = word.handle(lead);
                if word.state() == Some(FulfillmentState::Open) && !out.contains(&handle) {
                    out.push(handle);
                }
            }
            Some(())
        });
    }

    /// Replaces `out` by the units of the fulfillment order itself, in the order of its lines.
    pub fn fulfillment_lines(&self, fulfillment: Handle, out: &mut Vec<(SkuId, u32)>) {
        out.clear();
        let Some(record) = self.fulfillments.get(fulfillment.slot()) else { return };
        let member = member(fulfillment.slot(), record);
        if FulfillmentWord(record.state.load(Ordering::Acquire)).is(fulfillment) {
            self.orders.read(member.order, |_, record| {
                out.clear();
                let load = Load::whole(member.ordinal);
                self.each_piece(record, load, |piece| out.push((piece.sku, piece.quantity)))
            });
        }
    }

    /// As `fulfillment_lines`, with the units of all that was merged into it; a SKU may come more than once.
    pub fn group_lines(&self, fulfillment: Handle, out: &mut Vec<(SkuId, u32)>) {
        out.clear();
        let Some(record) = self.fulfillments.get(fulfillment.slot()) else { return };
        if !FulfillmentWord(record.state.load(Ordering::Acquire)).is(fulfillment) {
            return;
        }
        self.each_member(fulfillment.slot(), |member| {
            let before = out.len();
            self.orders.read(member.order, |_, record| {
                out.truncate(before);
                let load = Load::whole(member.ordinal);
                self.each_piece(record, load, |piece| out.push((piece.sku, piece.quantity)))
            });
        });
    }

    /// `None` once all its orders are finished, or the lead's order is.
    pub fn parcel(&self, parcel: Handle) -> Option<ParcelFacts> {
        let (word, slot) = self.parcel_word(parcel)?;
        let record = self.fulfillments.at(slot);
        let lead_word = FulfillmentWord(record.state.load(Ordering::Acquire));
        let lead = member(slot, record);
        let order = self.order(lead.order)?;
        let mut units = 0;
        self.each_member(slot, |member| {
            let mut own = 0;
            let read = self.orders.read(member.order, |_, record| {
                own = 0;
                self.each_piece(record, Load::of(member.ordinal, word), |piece| own += piece.quantity)
            });
            units += if read.is_some() { own } else { 0 };
        });
        Some(ParcelFacts {
            lead: lead_word.handle(slot),
            order: lead.order,
            order_id: order.id,
            node: lead.node,
            state: word.state()?,
            part: word.part(),
            parts: word.parts(),
            units,
            customer: order.customer,
            zone: order.zone,
            method: order.method,
        })
    }

    /// Replaces `out` by the orders in the parcel that are not finished, the lead's first.
    pub fn parcel_orders(&self, parcel: Handle, out: &mut Vec<(Handle, OrderId)>) {
        out.clear();
        let Some((_, lead)) = self.parcel_word(parcel) else { return };
        self.each_member(lead, |member| {
            if let Some(order) = self.order(member.order)
                && !out.contains(&(member.order, order.id))
            {
                out.push((member.order, order.id));
            }
        });
    }

    fn parcel_word(&self, parcel: Handle) -> Option<(ParcelWord, u32)> {
        let record = self.parcels.get(parcel.slot())?;
        let word = ParcelWord(record.state.load(Ordering::Acquire));
        word.is(parcel).then(|| (word, halves(record.lead.load(Ordering::Relaxed)).0))
    }

    pub fn counters(&self) -> Counters {
        let by_state = OrderState::ALL.map(|state| self.tally.state(state));
        let open = OrderState::ALL.iter().zip(by_state).filter(|(state, _)| !state.is_final());
        let slots = |in_use, peak, bytes| SlotUse { in_use, peak: u64::from(peak), bytes: bytes as u64 };
        Counters {
            submitted: self.tally.submitted_count(),
            by_state,
            refusals: Refusal::ALL.map(|refusal| self.tally.refusals(refusal)),
            orders: slots(open.map(|(_, count)| count).sum(), self.orders.arena.peak(), self.orders.bytes()),
            fulfillments: slots(
                self.tally.fulfillment_count(),
                self.fulfillments.peak(),
                self.fulfillments.bytes(),
            ),
            parcels: slots(self.tally.parcel_count(), self.parcels.peak(), self.parcels.bytes()),
            block_bytes: self.orders.block_bytes() as u64,
            cart_bytes: self.cart_map().bytes() as u64,
            stock_bytes: (self.stock.bytes() + self.ledger.bytes()) as u64,
        }
    }

    /// Orders that are not finished. Exact when no command is running.
    pub fn open_orders(&self) -> u64 {
        OrderState::ALL
            .iter()
            .filter(|state| !state.is_final())
            .fold(0, |sum, &state| sum.wrapping_add(self.tally.state(state)))
    }

    /// Exact when no command is running. Panics where an account is negative; `check_laws` says it politely.
    pub fn ledgers(&self) -> Ledgers {
        let mut sums = Ledgers {
            shopper: Money(self.tally.balance(MoneyAccount::Shopper)),
            deposit: Money(self.tally.balance(MoneyAccount::Deposit)),
            revenue: Money(self.tally.balance(MoneyAccount::Revenue)),
            points_held: Money(self.tally.balance(MoneyAccount::PointsHeld)),
            points_spent: Money(self.tally.balance(MoneyAccount::PointsSpent)),
            points_expired: Money(self.tally.balance(MoneyAccount::PointsExpired)),
            coupons_redeemed: Money(self.tally.balance(MoneyAccount::CouponRedeemed)),
            ..Ledgers::default()
        };
        for sku in (0..self.stock.skus()).map(SkuId) {
            let own = self.ledger.balances(sku).expect("a stock account went below zero");
            sums.supplied += own.supplied;
            sums.picked += own.picked;
            sums.in_transit += own.in_transit;
            sums.customer += own.customer;
            sums.scrapped += own.scrapped;
            sums.missing += own.missing;
            sums.transfer += own.transfer;
        }
        for (sku, node, word) in self.stock.iter() {
            sums.available += u64::from(word.available());
            sums.held += u64::from(word.held());
            sums.fenced += u64::from(self.stock.fenced(sku, node));
        }
        sums
    }
}
