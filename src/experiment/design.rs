//! Designs: which cells of a space of scenarios are looked at, each cell a list of overrides.
//!
//! A factor is a path and what stands there: `--vary nodes.*.pickers=20,30,40`, `--vary 'floor.merge-window=0 m..30 m:10 m'`,
//! and with the signs of `--set` a change of what stands there: `--vary 'nodes.*.pickers*=0.9,1,1.1'`.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A path and a value, as in `--set path=value`.
pub type Assignment = (String, String);

/// The overrides of one cell.
pub type Cell = Vec<Assignment>;

/// More are refused: the table would say nothing, and take days.
pub const MOST_CELLS: usize = 10_000;

/// A path and the values that it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    pub path: String,
    pub values: Vec<String>,
}

/// A path and the ends between which it moves, both in one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    pub path: String,
    pub low: f64,
    pub high: f64,
    pub unit: String,
    /// Digits behind the point that values have; 0: whole numbers.
    pub digits: usize,
}

impl Factor {
    /// `path=a,b,c`, or `path=low..high:step` in one unit. The error says what would work.
    pub fn parse(text: &str) -> Result<Factor, String> {
        let (path, values) = split(text)?;
        let values = match values.split_once("..") {
            Some((low, rest)) => {
                let (high, step) =
                    rest.split_once(':').ok_or("write low..high:step, as in pickers=20..80:5".to_owned())?;
                Range::of(path, low, high)?.steps(step)?
            }
            None => items(values),
        };
        match values.iter().any(String::is_empty) {
            true => Err(format!("a value of {path} is empty; write path=a,b,c")),
            false => Ok(Factor { path: path.to_owned(), values }),
        }
    }
}

impl Range {
    /// `path=low..high`.
    pub fn parse(text: &str) -> Result<Range, String> {
        let (path, values) = split(text)?;
        let (low, high) =
            values.split_once("..").ok_or("write path=low..high, as in pickers=20..80".to_owned())?;
        Range::of(path, low, high)
    }

    fn of(path: &str, low: &str, high: &str) -> Result<Range, String> {
        let (low, high) = (Number::parse(low)?, Number::parse(high)?);
        let unit = low.shared_unit(&high)?;
        if high.value <= low.value {
            return Err(format!("{path}: {} is not above {}", high.value, low.value));
        }
        let digits = low.digits.max(high.digits);
        Ok(Range { path: path.to_owned(), low: low.value, high: high.value, unit, digits })
    }

    fn steps(&self, step: &str) -> Result<Vec<String>, String> {
        let step = Number::parse(step)?;
        let fits = step.unit.is_empty() || step.unit == self.unit;
        if !fits || step.value <= 0.0 {
            return Err(format!("{}: the step is a number above zero in the unit of the range", self.path));
        }
        let range = Range { digits: self.digits.max(step.digits), ..self.clone() };
        let last = libm::floor((self.high - self.low) / step.value + 1e-9);
        if MOST_CELLS as f64 <= last {
            return Err(format!("{}: more than {MOST_CELLS} values", self.path));
        }
        Ok((0..=last as usize).map(|index| range.say(self.low + index as f64 * step.value)).collect())
    }

    /// A number of the range as a scenario would have it.
    pub fn say(&self, value: f64) -> String {
        let gap = if self.unit.starts_with(char::is_alphabetic) { " " } else { "" };
        format!("{value:.*}{gap}{}", self.digits, self.unit)
    }

    /// The value at a share of the way from low to high; of whole numbers each has the same room.
    pub fn at(&self, share: f64) -> f64 {
        if 0 < self.digits {
            return self.low + share * (self.high - self.low);
        }
        (libm::floor(self.low + share * (self.high - self.low + 1.0))).min(self.high)
    }
}

/// A number as it was written.
struct Number {
    value: f64,
    digits: usize,
    unit: String,
}

impl Number {
    fn parse(text: &str) -> Result<Number, String> {
        let text = text.trim();
        let end = text.find(|c: char| !(c.is_ascii_digit() || "+-._".contains(c))).unwrap_or(text.len());
        let digits = text[..end].replace('_', "");
        let value: f64 = digits.parse().map_err(|_| format!("\"{text}\" is not a number with one unit"))?;
        let digits = digits.split_once('.').map_or(0, |(_, behind)| behind.len());
        Ok(Number { value, digits, unit: text[end..].trim().to_owned() })
    }

    /// The low end may leave out the unit: `20..80`, `2..10%`, `1 h..3 h`.
    fn shared_unit(&self, high: &Number) -> Result<String, String> {
        match (self.unit.as_str(), high.unit.as_str()) {
            ("", unit) => Ok(unit.to_owned()),
            (low, unit) if low == unit => Ok(unit.to_owned()),
            (low, unit) => Err(format!("both ends in one unit, please: \"{low}\" is not \"{unit}\"")),
        }
    }
}

/// Path and values; the sign of a change stays with the path.
fn split(text: &str) -> Result<(&str, &str), String> {
    let (path, values) =
        text.split_once('=').ok_or("write path=a,b,c, as in nodes.0.pickers=20,30".to_owned())?;
    match (path.trim(), values.trim()) {
        ("", _) | (_, "") => Err("write path=a,b,c, as in nodes.0.pickers=20,30".to_owned()),
        found => Ok(found),
    }
}

/// Between commas that no bracket holds.
fn items(text: &str) -> Vec<String> {
    let (mut depth, mut found) = (0i32, vec![String::new()]);
    for letter in text.chars() {
        match letter {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        found.last_mut().expect("never empty").push(letter);
    }
    found.iter().map(|item| item.trim().to_owned()).collect()
}

/// Every combination, the last factor fastest.
pub fn grid(factors: &[Factor]) -> Result<Vec<Cell>, String> {
    let count = factors.iter().try_fold(1usize, |all, factor| all.checked_mul(factor.values.len()));
    if count.is_none_or(|count| MOST_CELLS < count) {
        return Err(format!("more than {MOST_CELLS} cells; take fewer values, or --latin N cells at random"));
    }
    let mut cells: Vec<Cell> = vec![Vec::new()];
    for factor in factors {
        let with = |cell: &Cell| {
            let cell = cell.clone();
            factor.values.iter().map(move |value| {
                let mut cell = cell.clone();
                cell.push((factor.path.clone(), value.clone()));
                cell
            })
        };
        cells = cells.iter().flat_map(with).collect();
    }
    Ok(cells)
}

/// A row a cell; the head names the paths.
pub fn table(bytes: &[u8]) -> Result<Vec<Cell>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let paths: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_owned).collect();
    if paths.iter().any(String::is_empty) {
        return Err("line 1: a column has no path at its head".to_owned());
    }
    let mut cells = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        if MOST_CELLS == cells.len() {
            return Err(format!("more than {MOST_CELLS} cells"));
        }
        cells.push(paths.iter().cloned().zip(row.iter().map(str::to_owned)).collect());
    }
    match cells.is_empty() {
        true => Err("no row under the head".to_owned()),
        false => Ok(cells),
    }
}

/// `count` cells, such that each of `count` equal parts of every range has exactly one
/// (McKay, Beckman and Conover, Technometrics 21, 1979).
pub fn latin_hypercube(ranges: &[Range], count: usize, seed: u64) -> Vec<Cell> {
    let mut luck = Xoshiro256PlusPlus::seed_from_u64(seed);
    let columns: Vec<Vec<String>> = ranges
        .iter()
        .map(|range| {
            let mut parts: Vec<usize> = (0..count).collect();
            for last in (1..count).rev() {
                let other = (luck.next_u64() % (last as u64 + 1)) as usize;
                parts.swap(last, other);
            }
            let within =
                |part| (part as f64 + (luck.next_u64() >> 11) as f64 / (1u64 << 53) as f64) / count as f64;
            let range =
                Range { digits: if range.digits == 0 { 0 } else { range.digits + 2 }, ..range.clone() };
            parts.into_iter().map(within).map(|share| range.say(range.at(share))).collect()
        })
        .collect();
    let cell = |row: usize| -> Cell {
        ranges.iter().zip(&columns).map(|(range, column)| (range.path.clone(), column[row].clone())).collect()
    };
    (0..count).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        Factor::parse(text).unwrap().values
    }

    #[test]
    fn lists_and_ranges() {
        assert_eq!(values("a.b=1, 2,3"), ["1", "2", "3"]);
        assert_eq!(values("a=20..80:20"), ["20", "40", "60", "80"]);
        assert_eq!(values("a=0.9..1.1:0.1"), ["0.9", "1.0", "1.1"]);
        assert_eq!(values("a=1 h..3 h:1 h"), ["1 h", "2 h", "3 h"]);
        assert_eq!(values("a=2..6%:2"), ["2%", "4%", "6%"]);
        assert_eq!(values("a=[1, 2],{b: 1, c: 2}"), ["[1, 2]", "{b: 1, c: 2}"]);
        assert_eq!(Factor::parse("n.*.pickers*=1,2").unwrap().path, "n.*.pickers*");
    }

    #[test]
    fn what_is_no_factor_says_what_would_be() {
        let error = |text: &str| Factor::parse(text).unwrap_err();
        assert!(error("pickers").contains("path=a,b,c"));
        assert!(error("a=1,,2").contains("empty"));
        assert!(error("a=1..5").contains("low..high:step"));
        assert!(error("a=5..1:1").contains("not above"));
        assert!(error("a=1 h..5 m:1").contains("one unit"));
        assert!(error("a=1..5:0").contains("above zero"));
        assert!(error("a=0..1000000:1").contains("more than 10000"));
    }

    #[test]
    fn a_grid_has_every_combination_once() {
        let factors = [Factor::parse("a=1,2").unwrap(), Factor::parse("b=x,y,z").unwrap()];
        let cells = grid(&factors).unwrap();
        let said: Vec<String> =
            cells.iter().map(|cell| cell.iter().map(|(_, value)| value.as_str()).collect()).collect();
        assert_eq!(said, ["1x", "1y", "1z", "2x", "2y", "2z"]);
        let many = Factor::parse("a=1..200:1").unwrap();
        assert!(grid(&[many.clone(), many]).is_err());
    }

    #[test]
    fn a_table_is_a_list_of_cells() {
        let cells = table(b"nodes.0.pickers, review.reviewers\n20, 3\n30, 4\n").unwrap();
        assert_eq!(
            cells[1],
            [("nodes.0.pickers".into(), "30".into()), ("review.reviewers".into(), "4".into())]
        );
        assert!(table(b"a,b\n1\n").unwrap_err().contains('2'), "the line is named");
        assert!(table(b"a\n").is_err());
    }

    #[test]
    fn a_latin_hypercube_visits_every_part_of_every_range_once() {
        let ranges = [Range::parse("a=0.0..1.0").unwrap(), Range::parse("b=10.0..20.0").unwrap()];
        let cells = latin_hypercube(&ranges, 10, 7);
        for (factor, low, width) in [(0, 0.0, 0.1), (1, 10.0, 1.0)] {
            let part =
                |cell: &Cell| ((cell[factor].1.parse::<f64>().unwrap() - low) / width).min(9.0) as usize;
            let mut parts: Vec<usize> = cells.iter().map(part).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..10).collect::<Vec<_>>());
        }
        assert_eq!(cells, latin_hypercube(&ranges, 10, 7), "a seed is a design");
        assert_ne!(cells, latin_hypercube(&ranges, 10, 8));
    }

    #[test]
    fn whole_numbers_have_equal_room() {
        let range = Range::parse("a=1..4").unwrap();
        let seen: Vec<f64> = (0..8).map(|step| range.at(f64::from(step) / 8.0)).collect();
        assert_eq!(seen, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0]);
        assert_eq!(range.at(1.0), 4.0);
    }
}
