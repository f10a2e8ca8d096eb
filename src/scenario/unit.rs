//! Quantities as a planner writes them: "90 s", "1 h 30 m", "120/h", "3 kg", "60 l", "95%", "12.50", "20:00".

use super::spec::LocalTime;
use crate::domain::Money;
use crate::kernel::time::Span;

/// Why a text is not the quantity asked for: the code of the mistake, and what would work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
    pub help: String,
}

pub type Read<T> = Result<T, Fault>;

pub const SPAN_UNITS: &[(&str, f64)] = &[
    ("us", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("sec", 1.0),
    ("m", 60.0),
    ("min", 60.0),
    ("h", 3_600.0),
    ("d", 86_400.0),
    ("w", 604_800.0),
];
pub const MASS_UNITS: &[(&str, f64)] =
    &[("g", 1.0), ("kg", 1e3), ("t", 1e6), ("oz", 28.349_523), ("lb", 453.592_37)];
pub const VOLUME_UNITS: &[(&str, f64)] = &[("ml", 1.0), ("l", 1e3), ("m3", 1e6)];
pub const DISTANCE_UNITS: &[(&str, f64)] = &[("m", 1e-3), ("km", 1.0), ("mi", 1.609_344)];
pub const SPEED_UNITS: &[(&str, f64)] = &[("km/h", 1.0), ("mi/h", 1.609_344), ("mph", 1.609_344)];
/// Orders an hour.
pub const RATE_UNITS: &[(&str, f64)] =
    &[("/s", 3_600.0), ("/m", 60.0), ("/min", 60.0), ("/h", 1.0), ("/d", 1.0 / 24.0)];

fn fault(code: &'static str, message: String, help: &str) -> Fault {
    Fault { code, message, help: help.to_string() }
}

fn wrong_type(text: &str, wanted: &str, help: &str) -> Fault {
    fault("E0203", format!("\"{}\" is not {wanted}", short(text)), help)
}

pub fn short(text: &str) -> String {
    if text.chars().count() <= 60 {
        text.into()
    } else {
        text.chars().take(57).chain("...".chars()).collect()
    }
}

/// Splits `"1.5 h"` into 1.5, `"h"` and the rest.
pub fn quantity(text: &str) -> Option<(f64, &str, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_ascii_digit() || "+-._".contains(c))).unwrap_or(text.len());
    // An exponent belongs to the number when digits follow it.
    let exponent = text[end..].strip_prefix(['e', 'E']).map(|rest| {
        rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit() || "+-".contains(c)).len()
    });
    let end = exponent.filter(|&digits| 0 < digits).map_or(end, |digits| end + 1 + digits);
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    let rest = text[end..].trim_start();
    let unit_end = rest
        .find(|c: char| c.is_ascii_digit() && !rest.starts_with("m3") || c.is_whitespace())
        .unwrap_or(rest.len());
    number.is_finite().then_some((number, &rest[..unit_end], &rest[unit_end..]))
}

fn scaled(text: &str, what: &str, units: &[(&str, f64)], example: &str) -> Read<f64> {
    let known = || units.iter().map(|unit| unit.0).collect::<Vec<_>>().join(", ");
    let (number, unit, rest) =
        quantity(text).ok_or_else(|| wrong_type(text, what, &format!("write it like \"{example}\"")))?;
    let unit = match (unit, rest.trim()) {
        (unit, "") => unit.to_string(),
        ("", rest) => rest.to_string(),
        _ => text.trim_start_matches(|c: char| c.is_ascii_digit() || " .+-_".contains(c)).to_string(),
    };
    if unit.is_empty() && number == 0.0 {
        return Ok(0.0);
    }
    let unit_of = |name: &str| units.iter().find(|known| known.0 == name).map(|known| known.1);
    let spaced = unit.replace(' ', "");
    match unit_of(&spaced).or_else(|| unit_of(&spaced.to_lowercase())) {
        Some(factor) => Ok(number * factor),
        None if unit.is_empty() => Err(fault(
            "E0205",
            format!("\"{}\" has no unit", short(text)),
            &format!("{what} needs one of {}: \"{example}\"", known()),
        )),
        None => Err(fault(
            "E0205",
            format!("unknown unit \"{}\"", short(&unit)),
            &format!("{what} is written with one of {}: \"{example}\"", known()),
        )),
    }
}

/// Seconds; several parts add up: `1 h 30 m`.
pub fn seconds(text: &str) -> Read<f64> {
    let mut rest = text.trim();
    let mut sum = 0.0;
    let mut parts = 0;
    while let Some((_, unit, more)) = quantity(rest).filter(|part| !part.2.trim().is_empty() && parts < 6) {
        if unit.is_empty() {
            break;
        }
        sum += scaled(&rest[..rest.len() - more.len()], "a time", SPAN_UNITS, "90 s")?;
        rest = more.trim();
        parts += 1;
    }
    Ok(sum + scaled(rest, "a time", SPAN_UNITS, "90 s")?)
}

pub fn span(seconds: f64) -> Span {
    Span::from_secs_f64(seconds.max(0.0))
}

pub fn rate(text: &str) -> Read<f64> {
    scaled(text, "a rate", RATE_UNITS, "120/h")
}

pub fn mass(text: &str) -> Read<f64> {
    scaled(text, "a weight", MASS_UNITS, "3 kg")
}

pub fn volume(text: &str) -> Read<f64> {
    scaled(text, "a volume", VOLUME_UNITS, "60 l")
}

pub fn distance(text: &str) -> Read<f64> {
    scaled(text, "a distance", DISTANCE_UNITS, "500 km")
}

pub fn speed(text: &str) -> Read<f64> {
    scaled(text, "a speed", SPEED_UNITS, "70 km/h")
}

pub fn number(text: &str) -> Read<f64> {
    match quantity(text) {
        Some((number, "", "")) => Ok(number),
        Some((_, unit, _)) if !unit.starts_with(',') => Err(fault(
            "E0205",
            format!("\"{}\" has a unit, and this is a plain number", short(text)),
            "write the number alone",
        )),
        _ => Err(wrong_type(text, "a number", "write it like 1.5")),
    }
}

/// A ratio: `"95%"` or `0.95`.
pub fn share(text: &str) -> Read<f64> {
    match quantity(text) {
        Some((number, "%", "")) => Ok(number / 100.0),
        Some((number, "", "")) => Ok(number),
        Some((_, unit, _)) if !unit.is_empty() && !unit.starts_with(',') => Err(fault(
            "E0205",
            format!("unknown unit \"{}\" on a share", short(unit)),
            "write \"95%\" or 0.95",
        )),
        _ => Err(wrong_type(text, "a share", "write \"95%\" or 0.95")),
    }
}

pub fn integer(text: &str) -> Read<f64> {
    let whole = number(text)?;
    if whole.fract() != 0.0 || 9.007e15 < whole.abs() {
        return Err(wrong_type(text, "a whole number", &format!("the nearest is {whole:.0}")));
    }
    Ok(whole)
}

/// Major units to minor ones, exactly; more than two decimals are a mistake, not a rounding.
pub fn money(text: &str) -> Read<f64> {
    let major = number(text).map_err(|fault| Fault {
        help: "write money in major units without a currency: 12.50".into(),
        ..fault
    })?;
    let minor = (major * 100.0).round();
    if (major * 100.0 - minor).abs() > 1e-6 * minor.abs().max(1.0) {
        let help = format!("money goes down to 0.01; the nearest is {:.2}", minor / 100.0);
        return Err(wrong_type(text, "an amount of money", &help));
    }
    Ok(minor)
}

pub fn to_money(minor: f64) -> Money {
    Money(minor as i64)
}

pub fn flag(text: &str) -> Read<bool> {
    match text {
        "true" | "yes" | "on" | "True" | "TRUE" => Ok(true),
        "false" | "no" | "off" | "False" | "FALSE" => Ok(false),
        _ => Err(wrong_type(text, "true or false", "write true or false")),
    }
}

/// Minutes since midnight; 24:00 is the end of the day.
pub fn time_of_day(text: &str) -> Read<u16> {
    let bad = || fault("E0212", format!("\"{}\" is no time of day", short(text)), "write it like \"20:00\"");
    let (hour, minute) = text.trim().split_once(':').ok_or_else(bad)?;
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return Err(bad());
    }
    let minutes = hour.parse::<u16>().unwrap_or(99) * 60 + minute.parse::<u16>().unwrap_or(99);
    let legal = minutes <= 1_440 && minute.parse::<u16>().is_ok_and(|minute| minute < 60);
    legal.then_some(minutes).ok_or_else(bad)
}

/// `2026-11-10T18:00`, `2026-11-10 18:00` or `2026-11-10`.
pub fn local_time(text: &str) -> Read<LocalTime> {
    let bad = || {
        fault(
            "E0212",
            format!("\"{}\" is no local date and time", short(text)),
            "write it like 2026-11-10T18:00",
        )
    };
    let text_ = text.trim();
    let (date, clock) = text_.split_once(['T', ' ']).unwrap_or((text_, "00:00"));
    let fields: Vec<&str> = date.split('-').collect();
    let [year, month, day] = fields[..] else { return Err(bad()) };
    let field = |part: &str, len: usize| {
        (part.len() == len && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i32>().ok())?
    };
    let (year, month, day) = field(year, 4)
        .zip(field(month, 2))
        .zip(field(day, 2))
        .map(|((y, m), d)| (y, m as u8, d as u8))
        .ok_or_else(bad)?;
    let clock = clock.strip_suffix(":00").filter(|rest| rest.contains(':')).unwrap_or(clock);
    let minutes = time_of_day(clock).map_err(|_| bad())?;
    LocalTime::new(year, month, day, (minutes / 60) as u8, (minutes % 60) as u8).ok_or_else(bad)
}

pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `all`, `mon-fri`, `sat,sun`.
pub fn days(text: &str) -> Read<[bool; 7]> {
    let bad =
        || fault("E0204", format!("\"{}\" names no weekdays", short(text)), "write all, mon-fri or sat,sun");
    let day = |name: &str| DAYS.iter().position(|day| *day == name.trim().to_lowercase()).ok_or_else(bad);
    let mut set = [false; 7];
    for part in text.split([',', '|']) {
        if part.trim() == "all" {
            set = [true; 7];
        } else if let Some((first, last)) = part.split_once('-') {
            let (first, last) = (day(first)?, day(last)?);
            (0..=(7 + last - first) % 7).for_each(|step| set[(first + step) % 7] = true);
        } else {
            set[day(part)?] = true;
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for (text, seconds_) in [
            ("90s", 90.0),
            ("90 s", 90.0),
            ("1.5 h", 5_400.0),
            ("2 d", 172_800.0),
            ("1 h 30 m", 5_400.0),
            ("1h30m", 5_400.0),
            ("250 ms", 0.25),
            ("0", 0.0),
            ("1e3 s", 1_000.0),
        ] {
            assert_eq!(seconds(text), Ok(seconds_), "{text}");
        }
        assert_eq!(rate("120/h"), Ok(120.0));
        assert_eq!(rate("2 / s"), Ok(7_200.0));
        assert_eq!(mass("3 kg"), Ok(3_000.0));
        assert_eq!(volume("60 l"), Ok(60_000.0));
        assert_eq!(volume("2 m3"), Ok(2e6));
        assert_eq!(speed("70 km/h"), Ok(70.0));
        assert_eq!(share("95%"), Ok(0.95));
        assert_eq!(share("95 %"), Ok(0.95));
        assert_eq!(money("12.50"), Ok(1_250.0));
        assert_eq!(money("0.07"), Ok(7.0));
        assert_eq!(integer("1_000_000"), Ok(1e6));
        assert_eq!(time_of_day("20:00"), Ok(1_200));
        assert_eq!(time_of_day("24:00"), Ok(1_440));
        assert_eq!(days("fri-mon"), Ok([true, false, false, false, true, true, true]));
        let start = local_time("2026-11-10T18:00").unwrap();
        assert_eq!((start.weekday, start.hour), (1, 18)); // a Tuesday
    }

    #[test]
    fn faults_carry_their_code() {
        let code = |fault: Read<f64>| fault.unwrap_err().code;
        assert_eq!(code(seconds("90")), "E0205");
        assert_eq!(code(seconds("90 parsecs")), "E0205");
        assert_eq!(code(seconds("soon")), "E0203");
        assert_eq!(code(rate("120")), "E0205");
        assert_eq!(code(number("1,000")), "E0203");
        assert_eq!(code(integer("1.5")), "E0203");
        assert_eq!(code(money("12.345")), "E0203");
        assert_eq!(code(money("12 USD")), "E0205");
        assert_eq!(code(share("half")), "E0203");
        assert_eq!(time_of_day("25:00").unwrap_err().code, "E0212");
        assert_eq!(local_time("2026-02-30T00:00").unwrap_err().code, "E0212");
        assert_eq!(days("funday").unwrap_err().code, "E0204");
    }
}
