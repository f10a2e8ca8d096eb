//! Promotion: the coupons that take the most off a basket, points spent and points that grow too old.
//! Token of `points_old`: whatever; the oldest points of all are due.
//!
//! # How coupons go together
//! They apply in the order of the scenario, each to what the ones before it left of the goods it is for, and only where
//! that reaches its threshold. Of a group at most one applies; coupons without a group go with all others.
//!
//! # Why every set is tried
//! A coupon can take another one below its threshold, so the largest first is not the best. Whoever holds ten coupons has
//! at most 1,024 sets, and a set is given up as soon as the rest of its coupons cannot make it the best.

use super::{Next, Stage, World};
use crate::domain::{
    Command, CouponId, CustomerId, Handle, HandlingClass, Money, MoneyAccount, OrderId, OrderState, Refusal,
    Subject,
};
use crate::kernel::draw::Purpose;
use crate::model::{Coupon, Discount, Model};

const HOLDS: Purpose = Purpose::named("holds a coupon");
const SPENDS: Purpose = Purpose::named("spends points");

const CLASSES: usize = HandlingClass::ALL.len();
/// A shopper holds at most so many coupons.
pub const MOST_COUPONS: usize = 16;

/// Goods by handling class, in minor units.
pub type Goods = [i64; CLASSES];

/// What each coupon takes off, by its place in the scenario; 0 where it does not apply.
pub type Chosen = [i64; MOST_COUPONS];

/// The set of held coupons (bits) that takes the most off, the first of equals.
pub fn best(coupons: &[Coupon], held: u32, goods: Goods) -> Chosen {
    let mut search = Search { coupons, best: 0, chosen: [0; MOST_COUPONS] };
    search.from(0, held, goods, 0, [0; MOST_COUPONS]);
    search.chosen
}

struct Search<'a> {
    coupons: &'a [Coupon],
    best: i64,
    chosen: Chosen,
}

impl Search<'_> {
    fn from(&mut self, at: usize, held: u32, left: Goods, off: i64, taken: Chosen) {
        if self.best < off {
            (self.best, self.chosen) = (off, taken);
        }
        let rest: i64 = (at..self.coupons.len())
            .filter(|&coupon| held >> coupon & 1 == 1)
            .map(|coupon| takes_at_most(&self.coupons[coupon], &left))
            .sum();
        if at == self.coupons.len() || off + rest <= self.best {
            return;
        }
        let coupon = &self.coupons[at];
        if held >> at & 1 == 1 {
            let mut after = left;
            let own = apply(coupon, &mut after);
            if 0 < own {
                let mut taken = taken;
                taken[at] = own;
                self.from(at + 1, held & !self.of_group(at), after, off + own, taken);
            }
        }
        self.from(at + 1, held, left, off, taken);
    }

    /// The coupons that do not go with this one.
    fn of_group(&self, at: usize) -> u32 {
        let Some(group) = self.coupons[at].group else { return 1 << at };
        let same = |(_, other): &(usize, &Coupon)| other.group == Some(group);
        self.coupons.iter().enumerate().filter(same).fold(0, |bits, (place, _)| bits | 1 << place)
    }
}

fn is_for(coupon: &Coupon, class: usize) -> bool {
    coupon.class.is_none_or(|own| own as usize == class)
}

fn takes_at_most(coupon: &Coupon, left: &Goods) -> i64 {
    let sum: i64 = (0..CLASSES).filter(|&class| is_for(coupon, class)).map(|class| left[class]).sum();
    match coupon.off {
        Discount::Money(amount) => amount.0.min(sum),
        // A class of its own may be rounded up.
        Discount::Share(share) => (sum as f64 * share) as i64 + CLASSES as i64,
    }
}

/// Takes the coupon off the goods; how much that was.
fn apply(coupon: &Coupon, left: &mut Goods) -> i64 {
    let sum: i64 = (0..CLASSES).filter(|&class| is_for(coupon, class)).map(|class| left[class]).sum();
    if sum < coupon.threshold.0 {
        return 0;
    }
    let mut off = 0;
    for class in (0..CLASSES).filter(|&class| is_for(coupon, class)) {
        let own = match coupon.off {
            Discount::Money(amount) => (amount.0 - off).min(left[class]),
            Discount::Share(share) => libm::round(left[class] as f64 * share) as i64,
        };
        left[class] -= own;
        off += own;
    }
    off
}

/// Coupons and points take their part off the goods of the draft.
pub fn redeem(world: &mut World<'_>, id: OrderId) {
    let Some(promotions) = &world.model.promotions else { return };
    let customer = world.draft.customer;
    let holds = |coupon: &usize| {
        let share = promotions.coupons[*coupon].share;
        world.draw.chance(HOLDS, u64::from(customer.0), *coupon as u32, share)
    };
    let mut held = (0..promotions.coupons.len()).filter(holds).fold(0_u32, |bits, coupon| bits | 1 << coupon);
    while held != 0 {
        let chosen = best(&promotions.coupons, held, goods(world));
        match redeem_all(world, id, customer, &chosen) {
            Ok(off) => {
                world.draft.goods -= Money(off);
                break;
            }
            // Its budget is gone, or the customer used it before: without it, another set may be the best.
            Err(coupon) => held &= !(1 << coupon),
        }
    }
    spend(world, id, customer);
}

/// By list price: what the draft's goods cost now is scaled to them.
fn goods(world: &World<'_>) -> Goods {
    let mut goods = [0; CLASSES];
    let catalog = world.model.catalog();
    for line in &world.draft.lines {
        let sku = catalog.sku(line.sku);
        goods[sku.class as usize] += sku.price.0 * i64::from(line.quantity);
    }
    let (listed, now) = (goods.iter().sum::<i64>(), world.draft.goods.0);
    if listed != now && 0 < listed {
        goods = goods.map(|own| (i128::from(own) * i128::from(now) / i128::from(listed)) as i64);
    }
    goods
}

/// All of the set, or the coupon that could not be redeemed and none of it.
fn redeem_all(
    world: &mut World<'_>,
    id: OrderId,
    customer: CustomerId,
    chosen: &Chosen,
) -> Result<i64, usize> {
    let mut off = 0;
    for (place, &amount) in chosen.iter().enumerate().filter(|(_, amount)| 0 < **amount) {
        let (coupon, amount) = (CouponId(place as u8), Money(amount));
        match world.attempt(&Command::Redeem { id, customer, coupon, amount }) {
            Ok(()) => off += amount.0,
            Err(refusal) => {
                assert!(refusal == Refusal::SpentUp, "a coupon was refused as {}", refusal.name());
                world.metrics.promotions.spent_up += 1;
                give_back(world, id, true);
                return Err(place);
            }
        }
    }
    for (seen, &amount) in world.metrics.promotions.coupons.iter_mut().zip(chosen) {
        seen.orders += u64::from(0 < amount);
        seen.off += amount;
    }
    Ok(off)
}

fn spend(world: &mut World<'_>, id: OrderId, customer: CustomerId) {
    let Some(points) = world.model.promotions.as_ref().and_then(|own| own.points.as_ref()) else { return };
    if !world.draw.chance(SPENDS, id.0, 0, points.spenders) {
        return;
    }
    let most = (world.draft.goods.0 as f64 * points.cap) as i64 / points.worth.0;
    let spent = most.min(world.engine.points_of(customer) as i64);
    if 0 < spent {
        let command = Command::SpendPoints { id, customer, points: Money(spent) };
        world.attempt(&command).expect("the points are there, and nobody else spends them");
        world.draft.goods -= points.worth * spent;
        world.metrics.promotions.points_spent += spent;
        gone(world, customer, spent);
    }
}

fn give_back(world: &mut World<'_>, id: OrderId, coupons: bool) {
    if world.attempt(&Command::GiveBack { id, coupons }).is_err() {
        return;
    }
    let back = world.transition.postings.iter().find(|posting| posting.to == MoneyAccount::PointsHeld);
    let points = back.map_or(0, |posting| posting.amount.0);
    world.metrics.promotions.given_back += 1;
    if let Subject::Customer(customer) = world.transition.subject {
        // As if they had never gone: the oldest are the next to be too old.
        gone(world, customer, -points);
    }
}

/// Points that left a customer's balance count against the oldest.
fn gone(world: &mut World<'_>, customer: CustomerId, points: i64) {
    if let Some(ages) = &mut world.points {
        ages.gone[customer.index()] += points;
    }
}

/// Who may be about to earn points, and how many they have: whoever keeps what came, or sends a part of it back.
#[inline]
pub fn before(world: &World<'_>, command: &Command<'_>) -> Option<(CustomerId, u64)> {
    world.model.promotions.as_ref()?.points.as_ref()?;
    let customer = match *command {
        Command::Accept { order } => world.engine.order(order)?.customer,
        Command::Grade { parcel, .. } => world.engine.parcel(parcel)?.customer,
        _ => return None,
    };
    Some((customer, world.engine.points_of(customer)))
}

/// Orders that ended in the last transition: what was redeemed for those of which nothing came goes back; what is kept
/// earned points, which grow old.
pub fn settle(world: &mut World<'_>, before: Option<(CustomerId, u64)>) {
    if let Some((customer, points)) = before {
        earn(world, customer, points);
    }
    for place in 0.. {
        let Some((id, _, from, to)) = world.transition.changes().nth(place) else { break };
        if !to.is_final() || from == Some(to) || to == OrderState::Completed {
            continue;
        }
        let mut kept = std::mem::take(&mut world.aside);
        std::mem::swap(&mut kept, &mut world.transition);
        give_back(world, id, to != OrderState::Returned);
        std::mem::swap(&mut kept, &mut world.transition);
        world.aside = kept;
    }
}

/// Refused at submit: nothing came of it.
pub fn refuse(world: &mut World<'_>, id: OrderId) {
    if world.model.promotions.is_some() {
        give_back(world, id, true);
    }
}

/// The ages of points. All live equally long, so that they grow old in the order in which they were earned.
#[derive(Debug, Default)]
pub struct Ages {
    /// Customer, and the sum of all that they had earned by then; oldest first.
    earned: std::collections::VecDeque<(CustomerId, i64)>,
    /// By customer: all that they ever earned, and all that ever left their balance.
    total: Vec<i64>,
    gone: Vec<i64>,
}

impl Ages {
    pub fn new(model: &Model) -> Option<Ages> {
        let points = model.promotions.as_ref()?.points.as_ref()?;
        points.lifetime?;
        let customers = model.engine_rules.customers as usize;
        Some(Ages { total: vec![0; customers], gone: vec![0; customers], ..Ages::default() })
    }
}

/// The shop keeps money: points of it will be too old after their lifetime.
fn earn(world: &mut World<'_>, customer: CustomerId, before: u64) {
    let earned = world.engine.points_of(customer) as i64 - before as i64;
    if earned <= 0 {
        return;
    }
    world.metrics.promotions.points_earned += earned;
    let Some(ages) = &mut world.points else { return };
    ages.total[customer.index()] += earned;
    ages.earned.push_back((customer, ages.total[customer.index()]));
    let points = world.model.promotions.as_ref().and_then(|own| own.points.as_ref());
    let lifetime = points.and_then(|points| points.lifetime).expect("points with ages have a lifetime");
    world.send(Handle::default(), Next::Wait(lifetime, Stage::PointsOld));
}

/// The oldest points of all: what of them was not spent expires.
pub fn points_old(world: &mut World<'_>, _: Handle) -> Next {
    let ages = world.points.as_mut().expect("only points with ages grow old");
    let (customer, earned_by_then) = ages.earned.pop_front().expect("as many are due as were earned");
    let old = earned_by_then - ages.gone[customer.index()];
    if 0 < old {
        let points = Money(old);
        world
            .attempt(&Command::ExpirePoints { customer, points })
            .expect("points that nobody spent are there");
        gone(world, customer, old);
        world.metrics.promotions.points_expired += old;
    }
    Next::Done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::draw::Draw;

    /// By the words of the scenario, over all subsets, without any of the code above.
    fn exhaustive(coupons: &[Coupon], held: u32, goods: Goods) -> i64 {
        let mut best = 0;
        'sets: for set in 0..1_u32 << coupons.len() {
            let (mut left, mut off, mut groups) = (goods, 0, Vec::new());
            for (place, coupon) in coupons.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1) {
                if held >> place & 1 == 0 || coupon.group.is_some_and(|group| groups.contains(&group)) {
                    continue 'sets;
                }
                groups.extend(coupon.group);
                let classes: Vec<usize> = (0..CLASSES)
                    .filter(|&class| coupon.class.is_none_or(|own| own as usize == class))
                    .collect();
                let there: i64 = classes.iter().map(|&class| left[class]).sum();
                if there < coupon.threshold.0 {
                    continue 'sets;
                }
                match coupon.off {
                    Discount::Money(Money(mut amount)) => {
                        for class in classes {
                            let own = amount.min(left[class]);
                            (left[class], amount, off) = (left[class] - own, amount - own, off + own);
                        }
                    }
                    Discount::Share(share) => {
                        for class in classes {
                            let own = libm::round(left[class] as f64 * share) as i64;
                            (left[class], off) = (left[class] - own, off + own);
                        }
                    }
                }
            }
            best = best.max(off);
        }
        best
    }

    #[test]
    fn the_best_set_is_that_of_exhaustive_search() {
        let draw = Draw::new(5, 0);
        let purpose = Purpose::named("test of coupons");
        let mut together = 0;
        for case in 0..3_000 {
            let number = |of: u32, below: u32| draw.below(purpose, case, of, below);
            let coupons: Vec<Coupon> = (0..1 + number(0, 8))
                .map(|place| {
                    let of = |what: u32, below: u32| number(10 + 10 * place + what, below);
                    let class = [None, Some(HandlingClass::Standard), Some(HandlingClass::Cold)];
                    Coupon {
                        name: String::new(),
                        off: match of(0, 2) {
                            0 => Discount::Money(Money(i64::from(of(1, 60)))),
                            _ => Discount::Share(f64::from(of(1, 50)) / 100.0),
                        },
                        threshold: Money(i64::from(of(2, 150))),
                        class: class[of(3, 3) as usize],
                        group: [None, Some(0), Some(1)][of(4, 3) as usize],
                        share: 1.0,
                    }
                })
                .collect();
            let goods = [number(1, 120), number(2, 90), number(3, 50), 0].map(i64::from);
            let held = number(4, 256);
            let chosen = best(&coupons, held, goods);
            assert_eq!(chosen.iter().sum::<i64>(), exhaustive(&coupons, held, goods), "{case}: {coupons:?}");
            together += u32::from(1 < chosen.iter().filter(|&&off| 0 < off).count());
        }
        assert!(500 < together, "{together} cases with several coupons");
    }
}
