//! Replace: the carrier lost a parcel on the road, and its node packs the same goods once more.
//!
//! # Why from the same node
//! What a parcel carries follows from its fulfillment order, and so does the node whose goods they are. A parcel that
//! is replaced stays the parcel it was: the shares of the money stand, and so do the other parcels of the order.
//! Where the node has not all of it free the command is refused, and the caller gives the money back instead.

use super::aftersales::ParcelClaim;
use super::record::halves;
use super::share::Load;
use super::sync::Ordering;
use super::{Engine, Units, Way, say, with_scratch};
use crate::domain::parcel::ParcelStep;
use crate::domain::{Account, Handle, Refusal, Step, Subject, Transition};

impl Engine {
    /// All goods of the parcel are taken from the shelf again, or none.
    pub(super) fn replace(&self, parcel: Handle, out: &mut Transition) -> Result<(), Refusal> {
        let record = self.parcels.get(parcel.slot()).ok_or(Refusal::Gone)?;
        // Claimed: nobody hands the parcel over while its goods are taken.
        let claim = ParcelClaim::new(record, parcel)?;
        let state = claim.word.state().expect("a parcel that is claimed");
        let to = state.after(ParcelStep::Replace).ok_or(Refusal::WrongState)?;
        let (word, lead) = (claim.word, halves(record.lead.load(Ordering::Relaxed)).0);
        with_scratch(|scratch| {
            scratch.changes.clear();
            self.each_member(lead, |member| {
                let begin = scratch.changes.len();
                self.orders
                    .read(member.order, |_, record| {
                        scratch.changes.truncate(begin);
                        self.each_piece(record, Load::of(member.ordinal, word), |piece| {
                            let cell = self.stock.cell(piece.sku, member.node);
                            scratch.changes.push((cell, i64::from(piece.quantity)));
                        })
                    })
                    .expect("the order of a parcel on the road lives");
            });
            self.take_changes(scratch, out)?;
            for &(cell, quantity) in &scratch.takes {
                let (sku, node) = self.stock.place(cell);
                self.stock.settle(cell, quantity);
                let units = Units { sku, node, quantity };
                self.carry(out, Way::Picked, &units, Account::Held, Account::Picked);
            }
            Ok(())
        })?;
        say(out, Step::Replaced, Subject::Parcel(parcel));
        self.each_member(lead, |member| {
            let path = [(Account::InTransit, Account::Missing)];
            self.move_load(out, &member, Load::of(member.ordinal, word), Way::Lost, &path, |_, _| {});
            self.report_unmoved(out, member);
        });
        claim.let_go(word.with_state(to));
        Ok(())
    }
}
