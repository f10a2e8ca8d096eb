//! A service level of a load test: `p99<1ms`.

use std::fmt;
use std::str::FromStr;

use super::Played;

/// At most so many nanoseconds at that quantile, over all commands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// 0 to 1.
    pub quantile: f64,
    pub nanos: u64,
}

const UNITS: [(&str, f64); 4] = [("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9)];

impl Limit {
    /// What the play had at that quantile, in nanoseconds.
    pub fn reached(&self, played: &Played) -> u64 {
        played.seen.latency().value_at_quantile(self.quantile)
    }

    pub fn holds(&self, played: &Played) -> bool {
        self.reached(played) <= self.nanos
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Limit, String> {
        parse(text).ok_or_else(|| "write a quantile and a time, as in p99<1ms or p99.9<500us".to_owned())
    }
}

fn parse(text: &str) -> Option<Limit> {
    let (quantile, time) = text.split_once('<')?;
    let percent: f64 = quantile.trim().strip_prefix('p')?.parse().ok()?;
    let time = time.trim().trim_start_matches('=').trim();
    let digits = time.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (_, factor) = UNITS.iter().find(|(unit, _)| *unit == &time[digits.len()..])?;
    let nanos = digits.trim().parse::<f64>().ok()? * factor;
    let legal = 0.0 < percent && percent < 100.0 && (1.0..=1e15).contains(&nanos);
    legal.then_some(Limit { quantile: percent / 100.0, nanos: nanos as u64 })
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.nanos as f64;
        let (unit, factor) = UNITS.iter().rev().find(|(_, factor)| *factor <= nanos).unwrap_or(&UNITS[0]);
        // Percentages such as 99.9 have no exact double; four decimals are more than anybody writes.
        let percent = (self.quantile * 1e6).round() / 1e4;
        write!(f, "p{percent}<{}{unit}", nanos / factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_and_said() {
        for text in ["p99<1ms", "p99.9<500us", "p50<2.5s", "p99.99<900ns"] {
            assert_eq!(text.parse::<Limit>().expect(text).to_string(), text);
        }
        let limit: Limit = " p99 <= 1 ms".parse().expect("spaces do not matter");
        assert_eq!((limit.quantile, limit.nanos), (0.99, 1_000_000));
        for text in ["", "p99", "99<1ms", "p100<1ms", "p0<1ms", "p99<1", "p99<0ms", "p99<1m", "pNaN<1ms"] {
            assert!(text.parse::<Limit>().is_err(), "{text}");
        }
    }
}
