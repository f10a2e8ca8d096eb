//! WHAT: the nouns of the trade, and the two words between the stages and the engine:
//! `Command` (what is asked) and `Transition` (what happened), or `Refusal` (a business no).

pub mod account;
pub mod cart;
pub mod catalog;
pub mod command;
pub mod contact;
pub mod fault;
pub mod fulfillment;
pub mod ids;
mod label;
pub mod mode;
pub mod money;
pub mod order;
pub mod parcel;
pub mod place;
pub mod plan;
pub mod refusal;
pub mod transition;

pub use account::{Account, MoneyAccount, Posting, StockMove};
pub use cart::{CartLine, CartMerge};
pub use catalog::{Catalog, HandlingClass, Sku};
pub use command::Command;
pub use contact::Intent;
pub use fault::{FAULTS, FaultFacts, FaultKind, FaultTarget};
pub use fulfillment::{FulfillmentState, HoldReason};
pub use ids::{
    CarrierId, CartId, CouponId, CustomerId, Handle, LaneId, MethodId, NodeId, OrderId, PaymentMethodId,
    SkuId, StationId, ZoneId,
};
pub use label::{check_digit, sscc};
pub use mode::{Mode, TravelLaw, Vehicle};
pub use money::Money;
pub use order::{Line, OrderState, OrderStep};
pub use parcel::ParcelState;
pub use place::{GeoPoint, NodeKind};
pub use plan::{Assignment, Backorder, Plan, SplitReason};
pub use refusal::{NotAdmitted, Refusal};
pub use transition::{OrderChange, Step, Subject, Transition};
