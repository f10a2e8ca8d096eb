//! The portion: so many units of one order line with one fate, packed in 64 bits.
//!
//! An order is a list of portions, sorted by line. Every line begins as one portion; a plan that serves a line
//! from two nodes cuts it in two. No portion ever moves in the list: one that is assigned and given back waits where
//! it stands. So the place of a unit in the order is fixed from its packing on, and with it its share of the money.
//!
//! ```text
//! sku 28 | quantity 16 | place 12 | fate 2 | first of its line 1
//! ```

/// Where the units of a portion are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Fate {
    /// No stock yet.
    Waiting,
    /// Held at the node `place`.
    Held,
    /// In the order's fulfillment order number `place`.
    Assigned,
    /// Given up and refunded.
    Dropped,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Portion(pub u64);

pub const MAX_SKUS: u32 = 1 << 28;
pub const MAX_PLACES: u32 = 1 << 12;

impl Portion {
    #[inline]
    pub fn new(sku: u32, quantity: u32, fate: Fate, place: u16, first: bool) -> Portion {
        debug_assert!(sku < MAX_SKUS && quantity <= 0xFFFF && u32::from(place) < MAX_PLACES);
        Portion(
            u64::from(sku)
                | u64::from(quantity) << 28
                | u64::from(place) << 44
                | (fate as u64) << 56
                | u64::from(first) << 58,
        )
    }

    #[inline]
    pub fn sku(self) -> u32 {
        self.0 as u32 & (MAX_SKUS - 1)
    }

    #[inline]
    pub fn quantity(self) -> u32 {
        (self.0 >> 28) as u32 & 0xFFFF
    }

    #[inline]
    pub fn place(self) -> u16 {
        (self.0 >> 44) as u16 & 0xFFF
    }

    #[inline]
    pub fn fate(self) -> Fate {
        match self.0 >> 56 & 3 {
            0 => Fate::Waiting,
            1 => Fate::Held,
            2 => Fate::Assigned,
            _ => Fate::Dropped,
        }
    }

    #[inline]
    pub fn is_first(self) -> bool {
        self.0 >> 58 & 1 == 1
    }

    #[inline]
    pub fn is_free(self) -> bool {
        matches!(self.fate(), Fate::Waiting | Fate::Held)
    }

    #[inline]
    pub fn is_of(self, ordinal: u16) -> bool {
        self.fate() == Fate::Assigned && self.place() == ordinal
    }

    #[inline]
    pub fn with(self, fate: Fate, place: u16) -> Portion {
        Portion::new(self.sku(), self.quantity(), fate, place, self.is_first())
    }
}

/// So many units of a line for one place.
#[derive(Debug, Clone, Copy)]
pub struct Pick {
    pub line: u16,
    pub place: u16,
    pub quantity: u32,
}

/// Rewrites `old` so that the units of each line's `free` portions go to its `picks` (sorted by line), in order,
/// and have `fate` there; what is left waits. Returns false where the picks ask for more than is free.
pub fn fill(
    old: &[Portion],
    picks: &[Pick],
    free: impl Fn(Portion) -> bool,
    fate: Fate,
    new: &mut Vec<Portion>,
) -> bool {
    new.clear();
    let mut picks = picks.iter().copied().peekable();
    let mut line = usize::MAX;
    for &portion in old {
        if portion.is_first() {
            line = line.wrapping_add(1);
        }
        if !free(portion) {
            new.push(portion);
            continue;
        }
        let (mut left, mut first) = (portion.quantity(), portion.is_first());
        while let Some(pick) = picks.peek_mut().filter(|pick| pick.line as usize == line && 0 < left) {
            let part = left.min(pick.quantity);
            new.push(Portion::new(portion.sku(), part, fate, pick.place, first));
            (left, first) = (left - part, false);
            pick.quantity -= part;
            if pick.quantity == 0 {
                picks.next();
            }
        }
        if 0 < left {
            new.push(Portion::new(portion.sku(), left, Fate::Waiting, 0, first));
        }
    }
    picks.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portion_keeps_its_fields() {
        let portion = Portion::new(MAX_SKUS - 1, 65_535, Fate::Assigned, 4_095, true);
        assert_eq!((portion.sku(), portion.quantity()), (MAX_SKUS - 1, 65_535));
        assert_eq!((portion.fate(), portion.place(), portion.is_first()), (Fate::Assigned, 4_095, true));
    }

    #[test]
    fn fixed_portions_do_not_move() {
        let old = [
            Portion::new(7, 5, Fate::Waiting, 0, true),
            Portion::new(7, 3, Fate::Assigned, 0, false),
            Portion::new(7, 2, Fate::Waiting, 0, false),
            Portion::new(9, 1, Fate::Waiting, 0, true),
        ];
        let picks = [Pick { line: 0, place: 1, quantity: 4 }, Pick { line: 0, place: 2, quantity: 2 }];
        let mut new = Vec::new();
        assert!(fill(&old, &picks, Portion::is_free, Fate::Assigned, &mut new));
        let seen: Vec<_> = new.iter().map(|p| (p.sku(), p.quantity(), p.fate(), p.place())).collect();
        use Fate::*;
        assert_eq!(
            seen,
            [
                (7, 4, Assigned, 1),
                (7, 1, Assigned, 2),
                (7, 3, Assigned, 0),
                (7, 1, Assigned, 2),
                (7, 1, Waiting, 0),
                (9, 1, Waiting, 0)
            ]
        );
        assert!(!fill(&old, &[Pick { line: 1, place: 0, quantity: 2 }], Portion::is_free, Held, &mut new));
    }
}
