//! Accounts: where units and money can be. Every move names the account it leaves and the one it enters,
//! so units and money are conserved by construction and checked by adding up.

use serde::{Deserialize, Serialize};

use super::{Money, NodeId, SkuId};

/// Where units of a SKU can be. `Supplier` and `Customer` are the world outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    Supplier,
    /// On hand and free to promise.
    Available,
    /// On hand and held for an order.
    Held,
    /// Off the shelf: picked, packed or staged.
    Picked,
    InTransit,
    Customer,
    /// Come back and waiting for a grade.
    Inspection,
    Scrapped,
    /// On hand and set aside as safety stock.
    Fenced,
    /// Nobody knows where: not on the shelf though the books had them there, or lost on the road.
    Missing,
    /// On the way from a node to another.
    Transfer,
}

impl Account {
    pub const ALL: [Account; 11] = [
        Account::Supplier,
        Account::Available,
        Account::Held,
        Account::Picked,
        Account::InTransit,
        Account::Customer,
        Account::Inspection,
        Account::Scrapped,
        Account::Fenced,
        Account::Missing,
        Account::Transfer,
    ];

    /// As it is written in files.
    pub const fn name(self) -> &'static str {
        match self {
            Account::Supplier => "supplier",
            Account::Available => "available",
            Account::Held => "held",
            Account::Picked => "picked",
            Account::InTransit => "in-transit",
            Account::Customer => "customer",
            Account::Inspection => "inspection",
            Account::Scrapped => "scrapped",
            Account::Fenced => "fenced",
            Account::Missing => "missing",
            Account::Transfer => "transfer",
        }
    }
}

/// Units of one SKU at one node going from one account to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockMove {
    pub sku: SkuId,
    pub node: NodeId,
    pub quantity: u32,
    pub from: Account,
    pub to: Account,
}

/// Where money and points can be. `Shopper` and `PointsIssued` are the world outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyAccount {
    Shopper,
    /// Captured for goods not yet delivered: owed to the shopper as goods or refund.
    Deposit,
    Revenue,
    /// Loyalty points granted, in points.
    PointsIssued,
    /// Loyalty points that shoppers hold, in points.
    PointsHeld,
    /// Points that paid for something.
    PointsSpent,
    PointsExpired,
    /// What the shop set aside for coupons.
    CouponBudget,
    /// What coupons took off orders.
    CouponRedeemed,
}

impl MoneyAccount {
    pub const ALL: [MoneyAccount; 9] = [
        MoneyAccount::Shopper,
        MoneyAccount::Deposit,
        MoneyAccount::Revenue,
        MoneyAccount::PointsIssued,
        MoneyAccount::PointsHeld,
        MoneyAccount::PointsSpent,
        MoneyAccount::PointsExpired,
        MoneyAccount::CouponBudget,
        MoneyAccount::CouponRedeemed,
    ];

    /// Only shops with promotions move anything there.
    pub const fn is_of_promotions(self) -> bool {
        use MoneyAccount::*;
        matches!(self, PointsSpent | PointsExpired | CouponBudget | CouponRedeemed)
    }
}

/// An amount going from one money account to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    pub from: MoneyAccount,
    pub to: MoneyAccount,
    pub amount: Money,
}
