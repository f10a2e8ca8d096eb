//! Prefer: a shopper pays by the method that they like; where it is not offered some leave, and the others take another.

use super::World;
use crate::domain::PaymentMethodId;
use crate::kernel::draw::Purpose;
use crate::metrics::Loss;

const MISSING: Purpose = Purpose::named("misses a payment method");
const ANOTHER: Purpose = Purpose::named("takes another payment method");

/// False: the shopper leaves.
pub fn payment_method(world: &mut World<'_>, shopper: u64) -> bool {
    let Some(choosy) = &world.model.choosy else { return true };
    let (draw, draft) = (world.draw, &mut world.draft);
    let seen = &mut world.metrics.preferred[draft.payment.index()];
    seen.shoppers += 1;
    seen.offered = choosy.offered[draft.payment.index()];
    seen.goods += draft.goods.0;
    if seen.offered {
        return true;
    }
    if draw.chance(MISSING, shopper, 0, choosy.loss) {
        seen.lost += 1;
        seen.lost_goods += draft.goods.0;
        world.metrics.lost(Loss::PaymentMethod);
        return false;
    }
    let mut left = draw.uniform(ANOTHER, shopper, 0);
    for (method, &share) in choosy.shares.iter().enumerate().filter(|(_, share)| 0.0 < **share) {
        draft.payment = PaymentMethodId(method as u8);
        left -= share;
        if left < 0.0 {
            break;
        }
    }
    true
}
