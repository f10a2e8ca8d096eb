//! The engine as a witness before the auditor: `World` asks it in the auditor's own words.

use crate::audit::{Shelf, Totals, Witness};
use crate::domain::{Account, CartId, CartLine, Handle, MoneyAccount, NodeId, OrderId, OrderState, SkuId};
use crate::engine::Engine;

impl Witness for Engine {
    fn totals(&self) -> Totals {
        let (ledgers, counters) = (self.ledgers(), self.counters());
        let units = Account::ALL.map(|account| match account {
            Account::Supplier => ledgers.supplied,
            Account::Available => ledgers.available,
            Account::Held => ledgers.held,
            Account::Fenced => ledgers.fenced,
            Account::Picked => ledgers.picked,
            Account::InTransit => ledgers.in_transit,
            Account::Customer => ledgers.customer,
            Account::Scrapped => ledgers.scrapped,
            Account::Missing => ledgers.missing,
            Account::Transfer => ledgers.transfer,
            // Graded in one step with their arrival: nothing stays there.
            Account::Inspection => 0,
        });
        let money = MoneyAccount::ALL.map(|account| match account {
            MoneyAccount::Shopper => ledgers.shopper.0,
            MoneyAccount::Deposit => ledgers.deposit.0,
            MoneyAccount::Revenue => ledgers.revenue.0,
            MoneyAccount::PointsHeld => ledgers.points_held.0,
            MoneyAccount::PointsSpent => ledgers.points_spent.0,
            MoneyAccount::PointsExpired => ledgers.points_expired.0,
            MoneyAccount::PointsIssued => {
                -(ledgers.points_held.0 + ledgers.points_spent.0 + ledgers.points_expired.0)
            }
            MoneyAccount::CouponRedeemed => ledgers.coupons_redeemed.0,
            MoneyAccount::CouponBudget => -ledgers.coupons_redeemed.0,
        });
        Totals { units, money, states: counters.by_state, submitted: counters.submitted }
    }

    fn shelf(&self, sku: SkuId, node: NodeId) -> Shelf {
        let stock = self.stock();
        Shelf {
            available: stock.available(sku, node).into(),
            held: stock.held(sku, node).into(),
            fenced: stock.fenced(sku, node).into(),
        }
    }

    fn order(&self, order: Handle) -> Option<(OrderId, OrderState)> {
        self.order_id(order).zip(self.order_state(order))
    }

    fn cart(&self, cart: CartId, out: &mut Vec<CartLine>) {
        Engine::cart(self, cart, out);
    }

    fn each_order(&self, visit: &mut dyn FnMut(Handle, OrderId, OrderState)) {
        self.for_each_order(|facts| visit(facts.handle, facts.id, facts.state));
    }
}
