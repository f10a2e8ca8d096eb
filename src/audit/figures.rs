//! The figures that the simulation hands over, and the arithmetic that they must satisfy: what the engine says of
//! itself, stations (I11, I13), the clock (I12), distributions (I14) and costs (I16).

use super::books::Books;
use super::violation::{Fault, Invariant, Verdict, at_most, equal};
use crate::domain::{
    Account, CartId, CartLine, Handle, Money, MoneyAccount, NodeId, OrderId, OrderState, SkuId, Step,
};
use crate::kernel::time::Moment;

/// What the engine says of all units, money and orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// By account; of `Supplier`: what ever came in.
    pub units: [u64; Account::ALL.len()],
    pub money: [i64; MoneyAccount::ALL.len()],
    /// Orders that are in an open state, or ended in a final one.
    pub states: [u64; OrderState::ALL.len()],
    pub submitted: u64,
}

/// What stands at one node of one SKU.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    pub available: i64,
    pub held: i64,
    pub fenced: i64,
}

/// The engine as a witness: it is asked, and what it says is compared.
pub trait Witness {
    fn totals(&self) -> Totals;
    fn shelf(&self, sku: SkuId, node: NodeId) -> Shelf;
    /// `None` once the order is finished.
    fn order(&self, order: Handle) -> Option<(OrderId, OrderState)>;
    /// Every open order.
    fn each_order(&self, visit: &mut dyn FnMut(Handle, OrderId, OrderState));
    /// What is in a cart, in the order in which it came; nothing where there is none.
    fn cart(&self, cart: CartId, out: &mut Vec<CartLine>);
}

/// One station at an instant. Areas and times in ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationFigures {
    pub name: String,
    pub arrivals: u64,
    /// Left the queue unserved.
    pub withdrawn: u64,
    pub refused: u64,
    pub started: u64,
    pub departures: u64,
    pub queue_now: u64,
    pub busy_now: u64,
    /// Summed from the numbers present between changes.
    pub area_queue: u128,
    pub area_busy: u128,
    pub area_number: u128,
    /// Summed over the jobs: what each has waited and was served until now.
    pub waited: u128,
    pub served: u128,
    /// Server time of the shifts, and beyond them; `None` for unlimited servers.
    pub offered: Option<(u128, u128)>,
}

/// The times of one phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseFigures {
    pub name: &'static str,
    /// `None` where tokens enter without being counted.
    pub entered: Option<u64>,
    pub left: u64,
    /// Those whose times are told: from the end of the warm-up on.
    pub told: u64,
    /// Sum over the cells of the distribution.
    pub in_distribution: u64,
    /// Every order that leaves one of these states leaves the phase, and no other does.
    pub from_states: &'static [OrderState],
}

/// What a cost line follows from.
#[derive(Debug, Clone, PartialEq)]
pub enum Basis {
    /// Sum of quantity times rate, over so many.
    Used { rows: Vec<(u128, Money)>, per: u64 },
    /// Every transition of these steps costs so much.
    Steps { steps: &'static [Step], each: Money },
    /// So much a parcel made, or packed once more; of the replaced ones, some still wait to be.
    Parcels { each: Money, to_pack: u64 },
    /// Charged as it comes up, at rates that are fractions: only its sign is known.
    Fees,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CostFigures {
    pub name: &'static str,
    pub told_minor: f64,
    pub basis: Basis,
}

/// What the watchers counted and the clock did.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFigures {
    pub submitted: u64,
    pub refused_at_submit: u64,
    /// By state, refused at submit among them.
    pub finals: [u64; OrderState::ALL.len()],
    pub captured: i64,
    pub refunded: i64,
    /// Payment callbacks that were forged or replayed, and had an effect.
    pub let_through: u64,
    pub events_popped: u64,
    pub now: Moment,
    pub horizon: Moment,
    pub stations: Vec<StationFigures>,
    pub phases: Vec<PhaseFigures>,
    pub costs: Vec<CostFigures>,
    pub cost_total_minor: f64,
}

/// Checks all figures of a finished run against the books. `events` is what the auditor itself counted.
pub fn check(figures: &RunFigures, books: &Books, events: u64) -> Verdict {
    orders(figures, books)?;
    let bad = ("let through", figures.let_through.into());
    equal(Invariant::I18, || "forged and replayed callbacks".to_owned(), bad, ("none", 0))?;
    let place = || "calendar".to_owned();
    equal(
        Invariant::I12,
        place,
        ("events seen", events.into()),
        ("events fired", figures.events_popped.into()),
    )?;
    at_most(
        Invariant::I12,
        place,
        ("the clock", figures.now.0.into()),
        ("the horizon", figures.horizon.0.into()),
    )?;
    figures.stations.iter().try_for_each(station)?;
    figures.phases.iter().try_for_each(|figures| phase(figures, books))?;
    costs(figures, books)
}

fn orders(figures: &RunFigures, books: &Books) -> Verdict {
    let place = || "all orders".to_owned();
    let open: i128 =
        OrderState::ALL.into_iter().filter(|state| !state.is_final()).map(|state| books.orders(state)).sum();
    let finals: u64 = figures.finals.iter().sum();
    let known = ("ended and counted + open by transitions", i128::from(finals) + open);
    equal(Invariant::I8, place, ("submitted and counted", figures.submitted.into()), known)?;
    let taken = i128::from(figures.submitted) - i128::from(figures.refused_at_submit);
    let own = i128::from(books.step(Step::Submitted));
    equal(Invariant::I8, place, ("submitted - refused", taken), ("submitted transitions", own))?;
    for state in OrderState::ALL.into_iter().filter(|&state| state.is_final() && state != OrderState::Refused)
    {
        let place = || format!("orders {}", state.name());
        let told = figures.finals[state as usize].into();
        equal(Invariant::I8, place, ("by transitions", books.orders(state)), ("counted", told))?;
    }
    let (paid, back) = books.paid();
    let place = || "shoppers".to_owned();
    equal(Invariant::I4, place, ("captured by transitions", paid), ("counted", figures.captured.into()))?;
    equal(Invariant::I4, place, ("refunded by transitions", back), ("counted", figures.refunded.into()))
}

fn station(figures: &StationFigures) -> Verdict {
    let place = || figures.name.clone();
    let big = |value: u128| value as i128;
    let pairs = [
        ("area under the queue", figures.area_queue, "time waited", figures.waited),
        ("area under the busy servers", figures.area_busy, "time served", figures.served),
        ("area under the number", figures.area_number, "time spent", figures.waited + figures.served),
    ];
    for (area, left, time, right) in pairs {
        equal(Invariant::I11, place, (area, big(left)), (time, big(right)))?;
    }
    let inside = figures.queue_now + figures.busy_now;
    let gone = i128::from(figures.departures) + i128::from(figures.withdrawn) + i128::from(inside);
    let right = ("departed + withdrawn + present", gone);
    equal(Invariant::I13, place, ("arrived", figures.arrivals.into()), right)?;
    let begun = i128::from(figures.departures) + i128::from(figures.busy_now);
    equal(Invariant::I13, place, ("started", figures.started.into()), ("departed + in service", begun))?;
    if let Some((shift, overtime)) = figures.offered {
        let offered = ("offered + overtime", big(shift + overtime));
        at_most(Invariant::I13, place, ("busy time", big(figures.area_busy)), offered)?;
    }
    Ok(())
}

fn phase(figures: &PhaseFigures, books: &Books) -> Verdict {
    let place = || format!("phase {}", figures.name);
    let (left, told) = (("left the phase", figures.left.into()), ("times told", i128::from(figures.told)));
    equal(Invariant::I14, place, told, ("in the distribution", figures.in_distribution.into()))?;
    at_most(Invariant::I14, place, told, left)?;
    if let Some(entered) = figures.entered {
        at_most(Invariant::I14, place, left, ("entered it", entered.into()))?;
    }
    if !figures.from_states.is_empty() {
        let own: u64 = figures.from_states.iter().map(|&state| books.left(state)).sum();
        equal(Invariant::I14, place, left, ("left its states by transitions", own.into()))?;
    }
    Ok(())
}

fn costs(figures: &RunFigures, books: &Books) -> Verdict {
    let mut sum = 0.0;
    for line in &figures.costs {
        sum += line.told_minor;
        let own = match &line.basis {
            Basis::Used { rows, per } => {
                let whole: i128 =
                    rows.iter().map(|&(quantity, rate)| quantity as i128 * i128::from(rate.0)).sum();
                whole as f64 / *per as f64
            }
            Basis::Steps { steps, each } => {
                let count: u64 = steps.iter().map(|&step| books.step(step)).sum();
                count as f64 * each.0 as f64
            }
            Basis::Parcels { each, to_pack } => {
                let replaced = books.step(Step::Replaced);
                let place = || "replaced parcels".into();
                let waiting = ("still to pack", i128::from(*to_pack));
                at_most(Invariant::I16, place, waiting, ("replaced", replaced.into()))?;
                (books.made(Step::Packed) + replaced - to_pack) as f64 * each.0 as f64
            }
            Basis::Fees => line.told_minor.max(0.0),
        };
        close(line.name, ("charged", line.told_minor), ("quantity x rate", own))?;
    }
    close("total", ("sum of the lines", sum), ("total", figures.cost_total_minor))
}

/// Charges are floats: equal to nine digits, or to a thousandth of a minor unit.
fn close(place: &str, left: (&str, f64), right: (&str, f64)) -> Verdict {
    let apart = (left.1 - right.1).abs();
    if apart <= 1e-3_f64.max(1e-9 * left.1.abs().max(right.1.abs())) {
        return Ok(());
    }
    Err(Fault::new(Invariant::I16, format!("cost line {place}"), left, "=", right))
}
