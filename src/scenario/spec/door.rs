//! Who must be at the door, and what is left there.

use crate::domain::Money;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signature {
    /// Goods worth more are handed over to a person only.
    pub above: Money,
    /// Of the shoppers, who says beforehand that it may be left all the same.
    pub waiver: f64,
    /// Of what is left at a door, the share that is stolen.
    pub theft: f64,
}
