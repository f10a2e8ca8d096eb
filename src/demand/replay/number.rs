//! Numbers in cells: quantities, and amounts of money exact to the minor unit.

use crate::domain::Money;
use crate::domain::order::MAX_LINE_QUANTITY;

/// A whole number of units from 1 to the most of a line; `2.0` is whole.
pub fn quantity(cell: &[u8]) -> Option<u32> {
    let units = match decimal(cell, 0, b'.')? {
        (units, 0) => units,
        _ => return None,
    };
    u32::try_from(units).ok().filter(|units| (1..=MAX_LINE_QUANTITY).contains(units))
}

/// Major units, such as `12.5`, rounded to the nearest minor unit; never negative. `point` is the decimal sign.
pub fn money(cell: &[u8], point: u8) -> Option<Money> {
    let (minor, rest) = decimal(cell, 2, point)?;
    let minor = minor + i64::from(5 <= rest);
    (0..=MOST_MINOR).contains(&minor).then_some(Money(minor))
}

/// A hundred million major units a cell: times the most units of a line it stays far within 64 bits.
const MOST_MINOR: i64 = 10_000_000_000;

/// Scales by `10^digits`: the whole number, and the first digit that did not fit (any later one makes 0 into 1).
fn decimal(cell: &[u8], digits: u32, point: u8) -> Option<(i64, u8)> {
    let cell = cell.strip_prefix(b"+").unwrap_or(cell);
    let (mut value, mut seen, mut places, mut rest) = (0i64, 0u32, None, 0u8);
    for &letter in cell {
        match letter {
            b'0'..=b'9' => {
                seen += 1;
                let digit = letter - b'0';
                match &mut places {
                    Some(places) if digits <= *places => {
                        if *places == digits {
                            rest = digit;
                        } else if rest == 0 && digit != 0 {
                            rest = 1;
                        }
                        *places += 1;
                        continue;
                    }
                    Some(places) => *places += 1,
                    None => {}
                }
                value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
            }
            _ if letter == point && places.is_none() => places = Some(0),
            _ => return None,
        }
    }
    let missing = digits.saturating_sub(places.unwrap_or(0));
    (0 < seen).then_some((value.checked_mul(10i64.pow(missing))?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_whole_and_positive() {
        let q = |text: &str| quantity(text.as_bytes());
        assert_eq!([q("1"), q("+12"), q("2.0"), q("65535")], [Some(1), Some(12), Some(2), Some(65_535)]);
        for bad in ["", "0", "-1", "1.5", "1.05", "65536", "x", "1e3", "99999999999999999999", ".", "1..0"] {
            assert_eq!(q(bad), None, "{bad}");
        }
    }

    #[test]
    fn money_is_rounded_to_the_minor_unit() {
        let m = |text: &str| money(text.as_bytes(), b'.').map(|money| money.0);
        assert_eq!(
            [m("11.77"), m("12"), m("12."), m(".5"), m("0")].map(Option::unwrap),
            [1_177, 1_200, 1_200, 50, 0]
        );
        assert_eq!([m("0.994999"), m("0.995"), m("1.9999")].map(Option::unwrap), [99, 100, 200]);
        assert_eq!(money(b"2,55", b','), Some(Money(255)));
        for bad in ["", "-1.00", "1,000.00", "NaN", "inf", "$3", "100000000.01"] {
            assert_eq!(m(bad), None, "{bad}");
        }
    }
}
