//! The label of a parcel: a serial shipping container code (SSCC), as GS1 defines it. Scanners find a wrong digit.

/// The SSCC of the parcel with this serial number: extension digit, company prefix and serial reference, 17 digits
/// together, and the check digit. `company` has 7 to 10 digits; serial numbers beyond ten times what its reference
/// holds are not unique.
///
/// ```
/// assert_eq!(ordermill::domain::sscc("0614141", 1_123_456_789), "106141411234567897");
/// ```
pub fn sscc(company: &str, serial: u64) -> String {
    assert!((7..=10).contains(&company.len()), "a company prefix of {} digits", company.len());
    let reference = 16 - company.len();
    let most = 10u64.pow(reference as u32);
    let digits = format!("{}{company}{:0reference$}", serial / most % 10, serial % most);
    let check = check_digit(&digits);
    digits + &check.to_string()
}

/// GS1 General Specifications, section 7.9: weights 3 and 1 from the right, so that the sum with the check digit is a
/// multiple of ten.
pub fn check_digit(digits: &str) -> u32 {
    let weighed = digits.bytes().rev().enumerate().map(|(place, digit)| {
        let digit = u32::from(digit - b'0');
        if place % 2 == 0 { 3 * digit } else { digit }
    });
    (10 - weighed.sum::<u32>() % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_checks_and_a_wrong_digit_does_not() {
        // The example that GS1 prints on its sample labels.
        assert_eq!(check_digit("10614141123456789"), 7);
        let code = sscc("4012345", 42);
        assert_eq!(code.len(), 18);
        assert!(code.starts_with("04012345000000042"));
        let holds = |code: &str| check_digit(&code[..17]).to_string() == code[17..];
        assert!(holds(&code));
        for place in 0..17 {
            let mut wrong = code.clone().into_bytes();
            wrong[place] = b'0' + (wrong[place] - b'0' + 1) % 10;
            assert!(!holds(&String::from_utf8(wrong).unwrap()), "place {place}");
        }
        assert_ne!(sscc("4012345", 999_999_999), sscc("4012345", 1_999_999_999));
    }
}
