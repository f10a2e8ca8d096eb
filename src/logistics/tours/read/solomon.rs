//! Solomon and Gehring and Homberger tables: a vehicle line, then one customer a line.
//! Distances are rounded down to a tenth, as in the 12th DIMACS challenge.

use super::flaw::{Flaws, Word, words};
use crate::logistics::tours::problem::{Metric, Problem, Rounding, Window};

const SHAPE: &str = "write: number x y demand ready due service";

/// A line that says VEHICLE is in every table of this form and in no other.
pub fn is_solomon(text: &str) -> bool {
    text.lines().take(20).any(|line| line.trim() == "VEHICLE")
}

/// The most places: their distances must fit into memory.
pub const MOST_PLACES: i64 = 30_000;
/// The latest time, in units of the file.
const LATEST: f64 = 1e7;

pub fn read(text: &str, flaws: &mut Flaws) -> Option<Problem> {
    let mut lines =
        text.lines().enumerate().map(|(index, line)| words(index + 1, line)).filter(|line| !line.is_empty());
    let name = lines.next()?.iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
    let mut fleet = None;
    let mut rows: Vec<[f64; 6]> = Vec::new();
    // Headings are words, everything else is numbers.
    let numeric = lines.filter(|line| line[0].text.starts_with(|c: char| c.is_ascii_digit() || c == '-'));
    for line in numeric {
        if fleet.is_none() {
            fleet = Some(read_fleet(&line, flaws));
        } else {
            let capacity = fleet.flatten().map_or(i32::MAX, |(_, capacity)| capacity);
            rows.extend(read_row(&line, rows.len(), capacity, flaws));
        }
    }
    let Some(fleet) = fleet else {
        flaws.missing("no number of vehicles and no capacity".into(), "write both under VEHICLE: 25 1000");
        return None;
    };
    if rows.len() < 2 && flaws.is_empty() {
        flaws.missing("no customers".into(), SHAPE);
    }
    let (vehicles, capacity) = fleet?;
    let tenths = |time: f64| (time * 10.0).round() as i32;
    let window =
        |row: &[f64; 6]| Window { ready: tenths(row[3]), due: tenths(row[4]), service: tenths(row[5]) };
    Some(Problem {
        name,
        metric: Metric::Points {
            at: rows.iter().map(|row| (row[0], row[1])).collect(),
            rounding: Rounding::TenthsDown,
        },
        capacity,
        demand: rows.iter().map(|row| row[2] as i32).collect(),
        windows: Some(rows.iter().map(window).collect()),
        vehicles: Some(vehicles),
    })
}

fn read_fleet(line: &[Word], flaws: &mut Flaws) -> Option<(usize, i32)> {
    let &[vehicles, capacity] = line else {
        flaws.at(
            line[0],
            "E0501",
            format!("{} numbers under VEHICLE", line.len()),
            "write two: vehicles and capacity",
        );
        return None;
    };
    let vehicles = flaws.whole(vehicles, "the number of vehicles", 1, 1_000_000);
    let capacity = flaws.whole(capacity, "the capacity", 1, 1_000_000_000);
    Some((vehicles? as usize, capacity? as i32))
}

fn read_row(line: &[Word], index: usize, capacity: i32, flaws: &mut Flaws) -> Option<[f64; 6]> {
    if line.len() != 7 {
        flaws.at(line[0], "E0501", format!("{} numbers in the row of a customer", line.len()), SHAPE);
        return None;
    }
    if MOST_PLACES <= index as i64 {
        flaws.at(line[0], "E0504", "more customers than fit".into(), "write at most 29999");
        return None;
    }
    let number = flaws.whole(line[0], "customer", 0, MOST_PLACES)?;
    if number != index as i64 && flaws.is_empty() {
        flaws.at(
            line[0],
            "E0504",
            format!("customer {number} out of order"),
            &format!("write {index} here: 0 is the depot"),
        );
    }
    let mut row = [0.0; 6];
    for (cell, (&word, what)) in row.iter_mut().zip(line[1..].iter().zip([
        "x",
        "y",
        "demand",
        "ready time",
        "due date",
        "service time",
    ])) {
        *cell = flaws.number(word, what)?;
    }
    if row[2] < 0.0 || row[2].fract() != 0.0 {
        flaws.at(
            line[3],
            "E0503",
            format!("demand {:?} is not a whole number", line[3].text),
            "write 0 or more",
        );
    }
    if f64::from(capacity) < row[2] {
        let message = format!("demand {} is over the capacity", line[3].text);
        flaws.at(line[3], "E0503", message, &format!("write 0 to {capacity}"));
    }
    if index == 0 && row[2] != 0.0 {
        flaws.at(line[3], "E0503", format!("a demand of {} at the depot", line[3].text), "write 0");
    }
    for column in 3..6 {
        if row[column] < 0.0 || LATEST < row[column] {
            flaws.at(
                line[column + 1],
                "E0503",
                format!("time {:?} is out of bounds", line[column + 1].text),
                "write 0 to 10000000",
            );
        }
    }
    if row[4] < row[3] {
        flaws.at(
            line[5],
            "E0505",
            format!("due {} before ready {}", line[5].text, line[4].text),
            "swap them",
        );
    }
    flaws.windows.push((line[5].line, line[5].column));
    Some(row)
}
