//! Carts: what shoppers put in, change and take out, with or without a hold on the stock, until they submit it.
//!
//! ```text
//! AddToCart SetQuantity --+                      +-> less: released
//! RemoveFromCart          |    claim the cart    |
//! ClearCart ExpireCart  --+-> old -> new list ---+-> more: taken, all or none
//! MergeCarts (two carts) -+                      +-> the same: stays where it is
//! SubmitCart -> the lines of an order; its holds are counted against what the order wants held
//! ```
//!
//! # Promises
//! - Every command is one step: it happens between two others of the same cart, or not at all.
//! - What a cart holds is out of `available` from the add until removal, expiry or submit. The submit takes what it
//!   needs more, then gives back what it needs less; what it needs where the cart has it never moves: no gap in which
//!   another could take it (R1), and no refusal for lack of what the cart had (R2).
//! - A cart's stock is taken and given back in the order of cells, as an order's (R3).
//!
//! # Why a cart past its time still takes an edit
//! The engine sees the order of commands, not a clock: until `ExpireCart` comes, the cart is there, and an edit gives it a
//! new life. It is the same with a payment in the last instant of its window.
//!
//! # Why a merge may keep a SKU at two nodes
//! Both carts hold what they hold. To bring it to one node would take stock there, and could be refused: nobody would
//! understand that logging in empties a cart.

use super::carts::CartMap;
use super::portion::{Fate, Portion};
use super::submit::whole_line;
use super::{Engine, Scratch, Units, say, with_scratch};
use crate::domain::order::{MAX_LINE_QUANTITY, MAX_LINES};
use crate::domain::{
    Account, CartId, CartLine, CartMerge, Line, NodeId, Refusal, SkuId, Step, Subject, Transition,
};
use crate::kernel::plant::planted;
use crate::kernel::time::{Moment, Span};

/// What the engine must know of carts.
#[derive(Debug, Clone, Copy)]
pub struct CartRules {
    /// So long after its last change a cart is too old.
    pub lifetime: Span,
    /// Carts for which places are made ahead; more come by segments when needed.
    pub ready: u32,
}

impl Default for CartRules {
    fn default() -> CartRules {
        CartRules { lifetime: Span(Moment::NEVER.0), ready: 0 }
    }
}

/// What is done to a list of portions.
enum Edit {
    Add(u32),
    Set(u32),
}

impl Engine {
    pub(super) fn add_to_cart(
        &self,
        at: Moment,
        cart: CartId,
        line: CartLine,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        self.check_line(&line)?;
        let claim = self.carts.claim_or_make(cart);
        with_scratch(|scratch| {
            begin(scratch);
            claim.copy(&mut scratch.old);
            scratch.new.extend_from_slice(&scratch.old);
            edit(&mut scratch.new, Edit::Add(line.quantity), &line)?;
            self.move_holds(scratch, out)?;
            claim.write(&scratch.new, self.cart_expires(at));
            Ok(())
        })?;
        say(out, Step::AddedToCart, Subject::Cart(cart));
        Ok(())
    }

    pub(super) fn set_quantity(
        &self,
        at: Moment,
        cart: CartId,
        line: CartLine,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        self.check_line(&line)?;
        self.change(at, cart, Step::QuantitySet, out, |scratch| {
            edit(&mut scratch.new, Edit::Set(line.quantity), &line)
        })
    }

    pub(super) fn remove_from_cart(
        &self,
        at: Moment,
        cart: CartId,
        sku: SkuId,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        self.change(at, cart, Step::RemovedFromCart, out, |scratch| {
            scratch.new.retain(|portion| portion.sku() != sku.0);
            if scratch.new.len() < scratch.old.len() { Ok(()) } else { Err(Refusal::Gone) }
        })
    }

    pub(super) fn clear_cart(&self, at: Moment, cart: CartId, out: &mut Transition) -> Result<(), Refusal> {
        self.change(at, cart, Step::CartCleared, out, |scratch| {
            scratch.new.clear();
            Ok(())
        })
    }

    pub(super) fn expire_cart(&self, at: Moment, cart: CartId, out: &mut Transition) -> Result<(), Refusal> {
        let claim = self.carts.claim(cart).ok_or(Refusal::Gone)?;
        if at < claim.expires() {
            return Err(Refusal::WrongState);
        }
        with_scratch(|scratch| {
            begin(scratch);
            claim.copy(&mut scratch.old);
            self.move_holds(scratch, out)?;
            claim.write(&[], at);
            Ok(())
        })?;
        say(out, Step::CartExpired, Subject::Cart(cart));
        Ok(())
    }

    pub(super) fn merge_carts(
        &self,
        at: Moment,
        from: CartId,
        into: CartId,
        rule: CartMerge,
        out: &mut Transition,
    ) -> Result<(), Refusal> {
        if from == into {
            return Err(Refusal::PlanMismatch);
        }
        let (guest, own) = self.carts.claim_two(from, into).ok_or(Refusal::Gone)?;
        with_scratch(|scratch| {
            begin(scratch);
            own.copy(&mut scratch.old);
            let kept = scratch.old.len();
            guest.copy(&mut scratch.old);
            let (mine, theirs) = scratch.old.split_at(kept);
            merge(mine, theirs, rule, &mut scratch.new)?;
            self.move_holds(scratch, out)?;
            guest.write(&[], at);
            own.write(&scratch.new, self.cart_expires(at));
            Ok(())
        })?;
        say(out, Step::CartsMerged, Subject::Cart(into));
        Ok(())
    }

    /// Takes the cart's lines as those of an order: the claim is the submit's, and drops with it.
    /// Portions of the order go to `scratch.old`, what the cart holds to `scratch.changes`.
    pub(super) fn read_cart(&self, cart: &super::carts::CartClaim<'_>, scratch: &mut Scratch) {
        begin(scratch);
        cart.copy(&mut scratch.new);
        let Scratch { old, new, changes, .. } = scratch;
        for portion in new.iter() {
            let (sku, quantity) = (SkuId(portion.sku()), portion.quantity());
            match old.iter_mut().find(|line| line.sku() == sku.0) {
                Some(line) => *line = whole_line(&Line { sku, quantity: line.quantity() + quantity }),
                None => old.push(whole_line(&Line { sku, quantity })),
            }
            changes.extend(self.held_by(portion).map(|(cell, quantity)| (cell, -quantity)));
        }
        new.clear();
    }

    /// What is in the cart, in the order in which it came; false where there is no such cart. For one instant.
    pub fn cart(&self, cart: CartId, out: &mut Vec<CartLine>) -> bool {
        out.clear();
        let Some(claim) = self.carts.claim(cart) else { return false };
        with_scratch(|scratch| {
            begin(scratch);
            claim.copy(&mut scratch.old);
            out.extend(scratch.old.iter().map(line_of));
        });
        true
    }

    /// When the cart is too old, if there is one.
    pub fn cart_expiry(&self, cart: CartId) -> Option<Moment> {
        self.carts.claim(cart).map(|claim| claim.expires())
    }

    /// How many carts there are. Exact when no command is running.
    pub fn carts(&self) -> u64 {
        self.carts.count() as u64
    }

    /// Every cart with what is in it and when it is too old. For when no command is running.
    pub fn for_each_cart(&self, mut visit: impl FnMut(CartId, Moment, &[CartLine])) {
        let mut lines = Vec::new();
        self.carts.each(|cart, expires, portions| {
            lines.clear();
            lines.extend(portions.iter().map(line_of));
            visit(cart, expires, &lines);
        });
    }

    /// Claims the cart, lets `change` make `scratch.new` of what is in it, and moves the holds.
    fn change(
        &self,
        at: Moment,
        cart: CartId,
        step: Step,
        out: &mut Transition,
        change: impl FnOnce(&mut Scratch) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let claim = self.carts.claim(cart).ok_or(Refusal::Gone)?;
        with_scratch(|scratch| {
            begin(scratch);
            claim.copy(&mut scratch.old);
            scratch.new.extend_from_slice(&scratch.old);
            change(scratch)?;
            self.move_holds(scratch, out)?;
            claim.write(&scratch.new, self.cart_expires(at));
            Ok(())
        })?;
        say(out, step, Subject::Cart(cart));
        Ok(())
    }

    /// From what `scratch.old` holds to what `scratch.new` does: takes all that is more or refuses, then gives back
    /// what is less.
    fn move_holds(&self, scratch: &mut Scratch, out: &mut Transition) -> Result<(), Refusal> {
        let Scratch { old, new, changes, .. } = scratch;
        changes
            .extend(old.iter().filter_map(|portion| self.held_by(portion)).map(|(cell, held)| (cell, -held)));
        changes.extend(new.iter().filter_map(|portion| self.held_by(portion)));
        if changes.is_empty() {
            return Ok(());
        }
        self.take_changes(scratch, out)?;
        self.release_changes(scratch, out);
        Ok(())
    }

    /// Gives back what shrinks; what grows was taken by `take_changes`.
    pub(super) fn release_changes(&self, scratch: &Scratch, out: &mut Transition) {
        for &(cell, change) in scratch.changes.iter().filter(|change| change.1 < 0) {
            let (sku, node) = self.stock.place(cell);
            let quantity = -change as u32;
            if !planted("kept-cart-hold") {
                self.stock.release(cell, quantity);
            }
            Units { sku, node, quantity }.moved(out, Account::Held, Account::Available);
        }
    }

    fn held_by(&self, portion: &Portion) -> Option<(super::stock::Cell, i64)> {
        let cell = || self.stock.cell(SkuId(portion.sku()), NodeId(portion.place()));
        (portion.fate() == Fate::Held).then(|| (cell(), i64::from(portion.quantity())))
    }

    fn check_line(&self, line: &CartLine) -> Result<(), Refusal> {
        let known = line.sku.0 < self.stock.skus()
            && line.hold.is_none_or(|node| self.stock.knows(line.sku, node))
            && (1..=MAX_LINE_QUANTITY).contains(&line.quantity);
        if known { Ok(()) } else { Err(Refusal::PlanMismatch) }
    }

    fn cart_expires(&self, at: Moment) -> Moment {
        Moment(at.0.saturating_add(self.rules.carts.lifetime.0))
    }

    pub(super) fn cart_map(&self) -> &CartMap {
        &self.carts
    }
}

fn begin(scratch: &mut Scratch) {
    scratch.old.clear();
    scratch.new.clear();
    scratch.changes.clear();
}

fn line_of(portion: &Portion) -> CartLine {
    let hold = (portion.fate() == Fate::Held).then(|| NodeId(portion.place()));
    CartLine { sku: SkuId(portion.sku()), quantity: portion.quantity(), hold }
}

fn portion_of(line: &CartLine, quantity: u32) -> Portion {
    match line.hold {
        Some(node) => Portion::new(line.sku.0, quantity, Fate::Held, node.0, false),
        None => Portion::new(line.sku.0, quantity, Fate::Waiting, 0, false),
    }
}

/// Units of the SKU in all its portions.
fn units(portions: &[Portion], sku: u32) -> u32 {
    portions.iter().filter(|portion| portion.sku() == sku).map(|portion| portion.quantity()).sum()
}

fn edit(portions: &mut Vec<Portion>, edit: Edit, line: &CartLine) -> Result<(), Refusal> {
    let there = units(portions, line.sku.0);
    let wanted = match edit {
        Edit::Add(more) => there.saturating_add(more),
        Edit::Set(_) if there == 0 => return Err(Refusal::Gone),
        Edit::Set(wanted) => wanted,
    };
    if MAX_LINE_QUANTITY < wanted {
        return Err(Refusal::PlanMismatch);
    }
    if there < wanted {
        put(portions, portion_of(line, wanted - there))
    } else {
        trim(portions, line.sku.0, there - wanted);
        Ok(())
    }
}

/// Joins the portion of the same SKU and node, or comes last.
fn put(portions: &mut Vec<Portion>, more: Portion) -> Result<(), Refusal> {
    let same =
        |own: &&mut Portion| (own.sku(), own.fate(), own.place()) == (more.sku(), more.fate(), more.place());
    if let Some(own) = portions.iter_mut().find(same) {
        *own = Portion::new(own.sku(), own.quantity() + more.quantity(), own.fate(), own.place(), false);
    } else if portions.len() < MAX_LINES {
        portions.push(more);
    } else {
        return Err(Refusal::PlanMismatch);
    }
    Ok(())
}

/// Takes so many units of the SKU off, the last portions first.
fn trim(portions: &mut Vec<Portion>, sku: u32, mut units: u32) {
    for own in portions.iter_mut().rev().filter(|portion| portion.sku() == sku) {
        let gone = own.quantity().min(units);
        units -= gone;
        *own = Portion::new(sku, own.quantity() - gone, own.fate(), own.place(), false);
    }
    portions.retain(|portion| 0 < portion.quantity());
}

/// What one cart makes of two: `mine`, then what of `theirs` the rule adds.
fn merge(
    mine: &[Portion],
    theirs: &[Portion],
    rule: CartMerge,
    out: &mut Vec<Portion>,
) -> Result<(), Refusal> {
    out.extend_from_slice(mine);
    for (place, &portion) in theirs.iter().enumerate() {
        let sku = portion.sku();
        if units(&theirs[..place], sku) != 0 {
            continue;
        }
        let (own, more) = (units(mine, sku), units(theirs, sku));
        let of_it = theirs[place..].iter().filter(|portion| portion.sku() == sku);
        match rule {
            CartMerge::Larger if more <= own => continue,
            CartMerge::Larger => out.retain(|portion| portion.sku() != sku),
            CartMerge::Sum => {}
        }
        let mut room = MAX_LINE_QUANTITY - units(out, sku);
        for portion in of_it {
            let quantity = portion.quantity().min(room);
            room -= quantity;
            if 0 < quantity {
                put(out, Portion::new(sku, quantity, portion.fate(), portion.place(), false))?;
            }
        }
    }
    Ok(())
}
