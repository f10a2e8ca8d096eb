//! Carts by the twin: a row of units, each with its SKU and the node that holds it.

use super::*;

#[derive(Clone)]
pub struct Cart {
    /// Units of one SKU and node stand together, in the order in which the first of them came.
    pub units: Vec<(u32, Option<u16>)>,
    pub expires: u64,
}

const MOST: usize = 65_535;

type Units = Vec<(u32, Option<u16>)>;

fn count(units: &Units, sku: u32) -> usize {
    units.iter().filter(|unit| unit.0 == sku).count()
}

fn put(units: &mut Units, unit: (u32, Option<u16>)) {
    let place = units.iter().rposition(|&own| own == unit).map_or(units.len(), |place| place + 1);
    units.insert(place, unit);
}

fn lines(units: &Units) -> Vec<(u32, u32)> {
    let mut lines: Vec<(u32, u32)> = Vec::new();
    for &(sku, _) in units {
        match lines.iter_mut().find(|line| line.0 == sku) {
            Some(line) => line.1 += 1,
            None => lines.push((sku, 1)),
        }
    }
    lines
}

impl Twin {
    fn check_line(&self, sku: u32, quantity: u32, hold: Option<u16>) -> Answer {
        let fits = sku < self.skus && hold.is_none_or(|node| node < self.nodes) && 0 < quantity;
        if fits { Ok(()) } else { Err(PlanMismatch) }
    }

    /// From what these carts were to what they are: takes what is held more, or leaves all as it was.
    fn rewrite(&mut self, step: Step, carts: Vec<(u64, Units)>) -> Answer {
        let mut change: BTreeMap<(u32, u16), i64> = BTreeMap::new();
        let held =
            |units: &Units| units.iter().filter_map(|&(sku, hold)| Some((sku, hold?))).collect::<Vec<_>>();
        for (cart, units) in &carts {
            let before = self.carts.get(cart).map_or(Vec::new(), |own| held(&own.units));
            before.into_iter().for_each(|cell| *change.entry(cell).or_default() -= 1);
            held(units).into_iter().for_each(|cell| *change.entry(cell).or_default() += 1);
        }
        self.shift(&change)?;
        for (cart, units) in carts {
            self.carts.remove(&cart);
            if !units.is_empty() {
                self.carts.insert(cart, Cart { units, expires: self.at + self.cart_lifetime });
            }
        }
        self.said.step = Some(step);
        Ok(())
    }

    fn shift(&mut self, change: &BTreeMap<(u32, u16), i64>) -> Answer {
        let free = |cell| i64::from(self.available.get(cell).copied().unwrap_or(0));
        if change.iter().any(|(cell, &more)| 0 < more && free(cell) < more) {
            return Err(OutOfStock);
        }
        for (&(sku, node), &more) in change {
            let free = self.available.entry((sku, node)).or_default();
            *free = (i64::from(*free) - more) as u32;
            let (from, to) = if 0 < more { (Available, Held) } else { (Held, Available) };
            (0..more.abs()).for_each(|_| self.moved(sku, node, from, to));
        }
        Ok(())
    }

    fn units_of_cart(&self, cart: u64) -> Result<Units, Refusal> {
        self.carts.get(&cart).map(|own| own.units.clone()).ok_or(Gone)
    }

    /// What is in the cart, a line a SKU.
    pub fn lines_of_cart(&self, cart: u64) -> Vec<(u32, u32)> {
        self.carts.get(&cart).map_or(Vec::new(), |own| lines(&own.units))
    }

    pub fn change_cart(&mut self, ask: &Ask) -> Answer {
        match *ask {
            Ask::AddToCart(cart, sku, quantity, hold) => {
                self.check_line(sku, quantity, hold)?;
                let mut units = self.units_of_cart(cart).unwrap_or_default();
                if MOST < count(&units, sku) + quantity as usize {
                    return Err(PlanMismatch);
                }
                (0..quantity).for_each(|_| put(&mut units, (sku, hold)));
                self.rewrite(Step::AddedToCart, vec![(cart, units)])
            }
            Ask::SetQuantity(cart, sku, quantity, hold) => {
                self.check_line(sku, quantity, hold)?;
                let mut units = self.units_of_cart(cart)?;
                if count(&units, sku) == 0 {
                    return Err(Gone);
                }
                while count(&units, sku) < quantity as usize {
                    put(&mut units, (sku, hold));
                }
                while (quantity as usize) < count(&units, sku) {
                    units.remove(units.iter().rposition(|unit| unit.0 == sku).unwrap());
                }
                self.rewrite(Step::QuantitySet, vec![(cart, units)])
            }
            Ask::RemoveFromCart(cart, sku) => {
                let mut units = self.units_of_cart(cart)?;
                if count(&units, sku) == 0 {
                    return Err(Gone);
                }
                units.retain(|unit| unit.0 != sku);
                self.rewrite(Step::RemovedFromCart, vec![(cart, units)])
            }
            Ask::ClearCart(cart) => {
                self.units_of_cart(cart)?;
                self.rewrite(Step::CartCleared, vec![(cart, Vec::new())])
            }
            Ask::ExpireCart(cart) => {
                self.units_of_cart(cart)?;
                if self.at < self.carts[&cart].expires {
                    return Err(WrongState);
                }
                self.rewrite(Step::CartExpired, vec![(cart, Vec::new())])
            }
            Ask::MergeCarts(from, into, rule) => {
                if from == into {
                    return Err(PlanMismatch);
                }
                let guest = self.units_of_cart(from)?;
                let mut own = self.units_of_cart(into).unwrap_or_default();
                for (sku, _) in lines(&guest) {
                    if rule == CartMerge::Larger {
                        if count(&guest, sku) <= count(&own, sku) {
                            continue;
                        }
                        own.retain(|unit| unit.0 != sku);
                    }
                    for &unit in guest.iter().filter(|unit| unit.0 == sku) {
                        if count(&own, sku) < MOST {
                            put(&mut own, unit);
                        }
                    }
                }
                self.rewrite(Step::CartsMerged, vec![(from, Vec::new()), (into, own)])
            }
            _ => unreachable!("no change of a cart: {ask:?}"),
        }
    }

    /// The cart's holds are given back and the order's taken in one step: what both have never moves.
    pub fn submit_cart(
        &mut self,
        cart: u64,
        customer: u32,
        amount: i64,
        confirmed: &[(u32, u32)],
        hold: &[Assignment],
    ) -> Answer {
        if confirmed.is_empty() || confirmed.iter().any(|&(sku, quantity)| self.skus <= sku || quantity == 0)
        {
            return Err(PlanMismatch);
        }
        let units = self.units_of_cart(cart)?;
        if lines(&units) != confirmed {
            return Err(WrongState);
        }
        let mut change: BTreeMap<(u32, u16), i64> = BTreeMap::new();
        let credit = units.iter().filter_map(|&(sku, hold)| Some((sku, hold?)));
        credit.clone().for_each(|cell| *self.available.entry(cell).or_default() += 1);
        let taken = self.open_order(customer, amount, confirmed, hold);
        credit.clone().for_each(|cell| *change.entry(cell).or_default() -= 1);
        if taken.is_err() {
            credit.for_each(|cell| *self.available.get_mut(&cell).unwrap() -= 1);
            return taken;
        }
        self.carts.remove(&cart);
        for (&(sku, node, _, _), &units) in &std::mem::take(&mut self.said.moves) {
            *change.entry((sku, node)).or_default() += i64::from(units);
        }
        for ((sku, node), more) in change {
            let (from, to) = if 0 < more { (Available, Held) } else { (Held, Available) };
            (0..more.abs()).for_each(|_| self.moved(sku, node, from, to));
        }
        Ok(())
    }
}
