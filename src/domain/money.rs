//! Money: integer minor units (cents, fen) of the scenario's currency.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use crate::kernel::plant::planted;
use serde::{Deserialize, Serialize};

/// An amount of money in minor units (cents, fen) of the scenario's currency.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub i64);

impl Money {
    pub const ZERO: Money = Money(0);

    pub fn as_major_f64(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// Rounds to the nearest minor unit.
    pub fn from_major_f64(major: f64) -> Money {
        Money((major * 100.0).round() as i64)
    }

    /// The part `numerator / denominator` of this amount, rounded down in magnitude.
    pub fn share(self, numerator: u64, denominator: u64) -> Money {
        assert!(0 < denominator, "a share of nothing");
        let up = if planted("rounded-share") { denominator as i128 / 2 } else { 0 };
        Money(((self.0 as i128 * numerator as i128 + up) / denominator as i128) as i64)
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0.checked_add(other.0).expect("an amount of money beyond 64 bits"))
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0.checked_sub(other.0).expect("an amount of money beyond 64 bits"))
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl Mul<i64> for Money {
    type Output = Money;
    fn mul(self, count: i64) -> Money {
        Money(self.0.checked_mul(count).expect("an amount of money beyond 64 bits"))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_in_major_units() {
        let rows = [
            (-1_205, "-12.05"),
            (-5, "-0.05"),
            (0, "0.00"),
            (99, "0.99"),
            (100, "1.00"),
            (i64::MIN, "-92233720368547758.08"),
        ];
        for (minor, said) in rows {
            assert_eq!(Money(minor).to_string(), said);
        }
        assert_eq!(Money(-1_205).as_major_f64(), -12.05);
        for (major, minor) in [(2.4951, 250), (-2.4951, -250), (0.004, 0), (12.05, 1_205)] {
            assert_eq!(Money::from_major_f64(major), Money(minor));
        }
    }

    #[test]
    fn a_share_is_cut_toward_zero() {
        let rows =
            [(100, 1, 3, 33), (100, 2, 3, 66), (-100, 2, 3, -66), (7, 0, 5, 0), (5, 5, 5, 5), (1, 3, 2, 1)];
        for (minor, numerator, denominator, share) in rows {
            assert_eq!(Money(minor).share(numerator, denominator), Money(share));
        }
        assert_eq!(Money(i64::MAX).share(u64::MAX, u64::MAX), Money(i64::MAX), "no step of it is too large");
    }

    #[test]
    fn amounts_add_up() {
        let (a, b) = (Money(250), Money(-100));
        assert_eq!((a + b, a - b, -a, a * 3), (Money(150), Money(350), Money(-250), Money(750)));
        let mut kept = a;
        kept += Money(5);
        kept -= Money(10);
        assert_eq!(kept, Money(245));
        assert_eq!([a, b, kept].into_iter().sum::<Money>(), Money(395));
    }

    #[test]
    fn an_amount_beyond_64_bits_is_never_made() {
        let beyond = |make: fn() -> Money| std::panic::catch_unwind(make).is_err();
        assert!(beyond(|| Money(i64::MAX) + Money(1)));
        assert!(beyond(|| Money(i64::MIN) - Money(1)));
        assert!(beyond(|| Money(i64::MAX) * 2));
        assert!(beyond(|| Money(1).share(1, 0)));
    }
}
