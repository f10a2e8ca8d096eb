//! What can be asked of the engine. Every command comes with its business instant; the engine sees no clock.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{
    Assignment, CartId, CartMerge, CouponId, CustomerId, Handle, Line, MethodId, Money, NodeId, OrderId,
    PaymentMethodId, SkuId, ZoneId,
};
use crate::kernel::time::Moment;

/// One request. Slices are borrowed on the hot path and owned when read back from a tape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command<'a> {
    /// A new order. `hold` names the nodes that hold its stock from now on (`reserve-at: submit`); empty: none.
    /// All of `hold` is taken or the order is refused and nothing was taken.
    Submit {
        id: OrderId,
        customer: CustomerId,
        zone: ZoneId,
        method: MethodId,
        payment: PaymentMethodId,
        /// Goods and shipping, tax included.
        amount: Money,
        promised: Moment,
        lines: Cow<'a, [Line]>,
        hold: Cow<'a, [Assignment]>,
    },
    /// A capture came back from the payment provider; `reference` makes it idempotent. Holds `hold` with it
    /// (`reserve-at: pay`); when that stock is gone the money goes straight back and the order is cancelled.
    Pay {
        order: Handle,
        reference: u64,
        amount: Money,
        hold: Cow<'a, [Assignment]>,
    },
    /// Cash on delivery: nothing is captured now.
    ConfirmCashOnDelivery {
        order: Handle,
        hold: Cow<'a, [Assignment]>,
    },
    /// The provider said no for good.
    Decline {
        order: Handle,
    },
    /// The payment window closed.
    Expire {
        order: Handle,
    },
    Approve {
        order: Handle,
    },
    Reject {
        order: Handle,
    },
    /// Nodes are chosen: one fulfillment order per (node, group). Holds that the order has elsewhere are moved:
    /// the new ones are taken first, then the old ones released. Lines not assigned wait for stock.
    Allocate {
        order: Handle,
        plan: Cow<'a, [Assignment]>,
    },
    /// Gives up the units that still wait for stock; they are refunded.
    DropBackorder {
        order: Handle,
    },
    Cancel {
        order: Handle,
    },
    /// The wave sent the fulfillment order to the floor.
    Start {
        fulfillment: Handle,
    },
    Pick {
        fulfillment: Handle,
    },
    /// The picker finds so many units of the SKU too few for the fulfillment order and what was merged into it. They
    /// are written off, and as many wait for stock again. Where nothing is left to pick, the fulfillment order ends.
    Short {
        fulfillment: Handle,
        sku: SkuId,
        quantity: u32,
    },
    /// The node will not serve the fulfillment order, nor what was merged into it: what is held for them is given
    /// back, and their units wait for stock again. Only before any of it is picked.
    Unassign {
        fulfillment: Handle,
    },
    /// `fulfillment` is packed with `into`.
    Merge {
        fulfillment: Handle,
        into: Handle,
    },
    /// The fulfillment order, with all that was merged into it, went into so many parcels.
    /// More than one parcel only when nothing was merged.
    Pack {
        fulfillment: Handle,
        parcels: u8,
    },
    Ship {
        parcel: Handle,
    },
    /// Handed over; cash on delivery is captured at the door.
    Deliver {
        parcel: Handle,
    },
    /// The carrier lost the parcel on the road: its goods are written off, and what was paid for them goes back.
    Lose {
        parcel: Handle,
    },
    /// The carrier lost the parcel on the road, and its node packs the same goods once more; refused where it has not
    /// all of them free.
    Replace {
        parcel: Handle,
    },
    /// Given up at the door; the parcel turns round.
    FailDelivery {
        parcel: Handle,
    },
    /// The shopper sends the parcel back.
    RequestReturn {
        parcel: Handle,
    },
    /// The parcel is back at its node: restock, or scrap. The refund goes out.
    Grade {
        parcel: Handle,
        restock: bool,
    },
    /// The shopper keeps what came: the order is complete.
    Accept {
        order: Handle,
    },
    /// Goods came in from the supplier.
    Receive {
        sku: SkuId,
        node: NodeId,
        quantity: u32,
    },
    /// A count found so many units less than the books say: free ones are written off, as far as there are any; what
    /// is held is found missing by its picker.
    WriteOff {
        sku: SkuId,
        node: NodeId,
        quantity: u32,
    },
    /// A coupon takes an amount off an order to come: never more than its budget, nor more often than its limit.
    Redeem {
        id: OrderId,
        customer: CustomerId,
        coupon: CouponId,
        amount: Money,
    },
    /// Points pay for a part of an order to come.
    SpendPoints {
        id: OrderId,
        customer: CustomerId,
        points: Money,
    },
    /// Nothing came of the order: its points go back, and its coupons where the shopper never had the goods.
    GiveBack {
        id: OrderId,
        coupons: bool,
    },
    /// So many points of the customer are too old, as far as they are still there.
    ExpirePoints {
        customer: CustomerId,
        points: Money,
    },
    /// So many units of the cell are safety stock from now on, as far as there are any free: never promised.
    Fence {
        sku: SkuId,
        node: NodeId,
        quantity: u32,
    },
    /// So many units more in the cart, which is made if it is not there. `hold`: the node that holds them for it.
    AddToCart {
        cart: CartId,
        sku: SkuId,
        quantity: u32,
        hold: Option<NodeId>,
    },
    /// So many units of a SKU that is in the cart. What is more is held at `hold`; what is less is given back, the
    /// units that came last first.
    SetQuantity {
        cart: CartId,
        sku: SkuId,
        quantity: u32,
        hold: Option<NodeId>,
    },
    RemoveFromCart {
        cart: CartId,
        sku: SkuId,
    },
    ClearCart {
        cart: CartId,
    },
    /// A guest logs in: `from` ends, and its lines go to `into`, holds and all. Of a SKU that is in both, `rule` says
    /// how much stays. Takes no stock, so it is never refused for lack of any.
    MergeCarts {
        from: CartId,
        into: CartId,
        rule: CartMerge,
    },
    /// The cart is too old: refused where it was touched since.
    ExpireCart {
        cart: CartId,
    },
    /// As `Submit`, of a cart: `lines` are what the shopper confirmed, a line a SKU in the order in which they came, and
    /// the submit is refused where the cart has changed since. What the cart holds where `hold` says stays held, what is
    /// missing is taken, then the rest is given back; the cart ends. Refused, it is as it was.
    SubmitCart {
        cart: CartId,
        id: OrderId,
        customer: CustomerId,
        zone: ZoneId,
        method: MethodId,
        payment: PaymentMethodId,
        amount: Money,
        promised: Moment,
        lines: Cow<'a, [Line]>,
        hold: Cow<'a, [Assignment]>,
    },
    /// So many free units of the cell leave for another node, as far as there are any; refused where there is none.
    TransferOut {
        sku: SkuId,
        node: NodeId,
        quantity: u32,
    },
    /// So many units that are between nodes come in, as far as there are any; refused where there is none.
    TransferIn {
        sku: SkuId,
        node: NodeId,
        quantity: u32,
    },
}
