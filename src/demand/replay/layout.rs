//! The layout of a replay file: its delimiter, and which cell holds what.

use std::path::Path;

use crate::demand::problem::Problem;
use crate::scenario::spec::{Replay, ReplayColumns};

use super::rows::Rows;
use super::time_format::TimeFormat;

/// How to read the file, found from its header and the scenario.
#[derive(Debug, Clone)]
pub struct Layout {
    pub delimiter: u8,
    /// The decimal sign of prices: a comma where cells end with something else.
    pub point: u8,
    pub order: Option<usize>,
    pub time: usize,
    pub customer: Option<usize>,
    pub sku: Option<usize>,
    pub quantity: Option<usize>,
    pub price: Option<usize>,
    pub value: Option<usize>,
    pub place: Option<usize>,
    pub cancelled: Option<usize>,
    pub cancelled_values: Vec<Vec<u8>>,
    pub format: TimeFormat,
    /// A row needs so many cells.
    pub cells: usize,
}

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
const AS_CSV: &str = "save it as plain CSV text in UTF-8, with a header line";

impl Layout {
    pub fn read(replay: &Replay) -> Result<Layout, Vec<Problem>> {
        let path = &replay.file;
        let header = DELIMITERS.map(|delimiter| header(path, delimiter));
        let mut best: Option<(usize, u8, Vec<String>)> = None;
        for (delimiter, header) in DELIMITERS.into_iter().zip(header) {
            let cells = header.map_err(|problem| vec![problem])?;
            let found =
                wanted(&replay.columns).filter(|(_, name)| cells.iter().any(|cell| cell == name)).count();
            // The first delimiter wins a tie.
            if best.as_ref().is_none_or(|&(most, ..)| most < found) {
                best = Some((found, delimiter, cells));
            }
        }
        let (_, delimiter, cells) = best.expect("there are delimiters");
        Layout::of_header(replay, delimiter, &cells)
    }

    fn of_header(replay: &Replay, delimiter: u8, header: &[String]) -> Result<Layout, Vec<Problem>> {
        let mut problems: Vec<Problem> = wanted(&replay.columns)
            .filter(|(_, name)| !header.iter().any(|cell| cell == name))
            .map(|(key, name)| {
                let message = format!("{} has no column \"{name}\"", replay.file.display());
                let known = header.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ");
                Problem::new(
                    "E0504",
                    format!("replay.columns.{key}"),
                    message,
                    format!("its columns: {known}"),
                )
            })
            .collect();
        let format = TimeFormat::new(&replay.time_format).map_err(|remedy| {
            let message = format!("the time format \"{}\" cannot be read", replay.time_format);
            problems.push(Problem::new("E0505", "replay.time-format", message, remedy));
        });
        let Ok(format) = format else { return Err(problems) };
        if !problems.is_empty() {
            return Err(problems);
        }
        let at = |name: &str| header.iter().position(|cell| cell == name);
        let column = |name: &Option<String>| name.as_deref().and_then(at);
        let columns = &replay.columns;
        let mut layout = Layout {
            delimiter,
            point: if delimiter == b',' { b'.' } else { point(delimiter) },
            order: column(&columns.order),
            time: at(&columns.time).expect("a missing column was told"),
            customer: column(&columns.customer),
            sku: column(&columns.sku),
            quantity: column(&columns.quantity),
            price: column(&columns.price),
            value: column(&columns.value),
            place: column(&columns.place),
            cancelled: column(&columns.cancelled),
            cancelled_values: replay.cancelled_values.iter().map(|value| value.trim().into()).collect(),
            format,
            cells: 0,
        };
        let last = [layout.order, layout.customer, layout.sku, layout.quantity, layout.price];
        let last = last.into_iter().chain([layout.value, layout.place, layout.cancelled]).flatten().max();
        layout.cells = last.unwrap_or(0).max(layout.time) + 1;
        Ok(layout)
    }
}

/// Semicolons come from spreadsheets whose decimal sign is a comma; a point is read as well.
fn point(delimiter: u8) -> u8 {
    if delimiter == b';' { b',' } else { b'.' }
}

fn wanted(columns: &ReplayColumns) -> impl Iterator<Item = (&'static str, &str)> {
    let time = [("time", Some(columns.time.as_str()))];
    let others = [
        ("order", columns.order.as_deref()),
        ("customer", columns.customer.as_deref()),
        ("sku", columns.sku.as_deref()),
        ("quantity", columns.quantity.as_deref()),
        ("price", columns.price.as_deref()),
        ("value", columns.value.as_deref()),
        ("place", columns.place.as_deref()),
        ("cancelled", columns.cancelled.as_deref()),
    ];
    time.into_iter().chain(others).filter_map(|(key, name)| Some((key, name?)))
}

/// The cells of the header of a file that has rows below it.
fn header(path: &Path, delimiter: u8) -> Result<Vec<String>, Problem> {
    let named = path.display();
    let unreadable = |error: std::io::Error| {
        Problem::new(
            "E0501",
            "replay.file",
            format!("{named} cannot be read: {error}"),
            "check its name and rights",
        )
    };
    let broken = |message: &str| Problem::new("E0503", "replay.file", format!("{named} {message}"), AS_CSV);
    let mut rows = Rows::stream(path, delimiter).map_err(unreadable)?;
    match rows.advance().map_err(unreadable)? {
        None => return Err(Problem::new("E0502", "replay.file", format!("{named} is empty"), AS_CSV)),
        Some(Err(_)) => return Err(broken("has no header line that can be read")),
        Some(Ok(())) => {}
    }
    if rows.raw().starts_with(b"\x1f\x8b") || rows.raw().starts_with(b"PK\x03\x04") {
        return Err(broken("is packed"));
    }
    if rows.raw().contains(&0) || std::str::from_utf8(rows.raw()).is_err() {
        return Err(broken("is not text"));
    }
    let text = |cell| String::from_utf8_lossy(rows.cell(cell).unwrap_or(b"")).into_owned();
    let mut cells: Vec<String> = (0..rows.cells_count()).map(text).collect();
    cells[0] = cells[0].trim_start_matches('\u{feff}').trim_matches('"').into();
    match rows.advance().map_err(unreadable)? {
        Some(_) => Ok(cells),
        None => {
            let message = format!("{named} has a header and no rows");
            Err(Problem::new("E0502", "replay.file", message, "write one order line a row under the header"))
        }
    }
}
