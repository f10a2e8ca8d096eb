//! CVRPLIB files: TSPLIB keys and sections. Time windows as in the VRPLIB extension (`TIME_WINDOW_SECTION`).

use super::flaw::{Flaws, Word, words};
use super::solomon::MOST_PLACES;
use crate::logistics::tours::problem::{Metric, Problem, Rounding, Window};

const KEYS: &[&str] = &[
    "NAME",
    "COMMENT",
    "TYPE",
    "DIMENSION",
    "CAPACITY",
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
    "VEHICLES",
    "SERVICE_TIME",
    "NODE_COORD_TYPE",
    "DISPLAY_DATA_TYPE",
];
const SECTIONS: &[&str] = &[
    "NODE_COORD_SECTION",
    "DEMAND_SECTION",
    "DEPOT_SECTION",
    "EDGE_WEIGHT_SECTION",
    "TIME_WINDOW_SECTION",
    "SERVICE_TIME_SECTION",
    "DISPLAY_DATA_SECTION",
];
const TYPES: &[&str] = &["CVRP", "CVRPTW", "VRPTW"];
const WEIGHTS: &[&str] = &["EUC_2D", "CEIL_2D", "EXPLICIT"];
const FORMATS: &[&str] =
    &["FULL_MATRIX", "LOWER_ROW", "UPPER_ROW", "LOWER_COL", "UPPER_COL", "LOWER_DIAG_ROW", "UPPER_DIAG_ROW"];

#[derive(Default)]
struct Sheet<'a> {
    keys: Vec<(&'static str, Vec<Word<'a>>)>,
    rows: Vec<(&'static str, Vec<Word<'a>>)>,
}

impl<'a> Sheet<'a> {
    fn key(&self, key: &str) -> Option<Word<'a>> {
        self.keys.iter().find(|(known, _)| *known == key).and_then(|(_, words)| words.first().copied())
    }

    fn section<'s>(&'s self, section: &'s str) -> impl Iterator<Item = &'s [Word<'a>]> {
        self.rows.iter().filter(move |(name, _)| *name == section).map(|(_, words)| words.as_slice())
    }

    fn number(&self, flaws: &mut Flaws, key: &str, least: i64, most: i64) -> Option<i64> {
        let word = self.key(key);
        word.and_then(|word| flaws.whole(word, key, least, most))
    }
}

fn nearest(word: &str, known: &[&'static str]) -> String {
    let near = known.iter().max_by(|a, b| strsim::jaro(word, a).total_cmp(&strsim::jaro(word, b)));
    format!("did you mean {}?  known: {}", near.expect("something is known"), known.join(", "))
}

fn split<'a>(text: &'a str, flaws: &mut Flaws) -> Sheet<'a> {
    let mut sheet = Sheet::default();
    let mut section = None;
    for (index, text) in text.lines().enumerate() {
        let line = words(index + 1, text);
        let Some(&first) = line.first() else { continue };
        if first.text == "EOF" {
            break;
        }
        let is_key = first.text.starts_with(|c: char| c.is_ascii_alphabetic());
        if let Some(&name) = SECTIONS.iter().find(|&&name| name == first.text) {
            section = Some(name);
        } else if let Some(&key) = KEYS.iter().find(|&&key| key == first.text) {
            let values = line[1..].iter().copied().skip_while(|word| word.text == ":").collect();
            sheet.keys.push((key, values));
        } else if is_key
            && (line.get(1).is_some_and(|word| word.text == ":") || first.text.ends_with("_SECTION"))
        {
            let known = [KEYS, SECTIONS].concat();
            flaws.at(first, "E0506", format!("unknown key {:?}", first.text), &nearest(first.text, &known));
            section = Some("");
        } else if let Some(section) = section {
            sheet.rows.push((section, line));
        } else {
            flaws.at(
                first,
                "E0501",
                format!("{:?} stands before any section", first.text),
                "write KEY : VALUE, then the sections",
            );
        }
    }
    sheet
}

fn one_of(sheet: &Sheet, flaws: &mut Flaws, key: &str, known: &[&'static str]) -> Option<&'static str> {
    let word = sheet.key(key)?;
    let found = known.iter().find(|&&name| name == word.text);
    if found.is_none() {
        flaws.at(word, "E0507", format!("{key} {:?} cannot be read", word.text), &nearest(word.text, known));
    }
    found.copied()
}

pub fn read(text: &str, flaws: &mut Flaws) -> Option<Problem> {
    let sheet = split(text, flaws);
    let kind = one_of(&sheet, flaws, "TYPE", TYPES);
    let weights = one_of(&sheet, flaws, "EDGE_WEIGHT_TYPE", WEIGHTS);
    let format = one_of(&sheet, flaws, "EDGE_WEIGHT_FORMAT", FORMATS);
    for key in ["DIMENSION", "CAPACITY", "EDGE_WEIGHT_TYPE"] {
        if sheet.key(key).is_none() {
            flaws.missing(format!("no {key}"), &format!("write {key} : VALUE above the sections"));
        }
    }
    let places = sheet.number(flaws, "DIMENSION", 2, MOST_PLACES).map(|places| places as usize);
    let capacity = sheet.number(flaws, "CAPACITY", 1, 1_000_000_000);
    let vehicles = sheet.number(flaws, "VEHICLES", 1, 1_000_000);
    // A flaw was told: the sections are still read, for theirs.
    let weights = weights.unwrap_or("EUC_2D");
    let places = places?;
    let timed = kind.is_some_and(|kind| kind.ends_with("TW"))
        || sheet.section("TIME_WINDOW_SECTION").next().is_some();
    // A row for each place, or flaws and an early end.
    let at = (weights != "EXPLICIT").then(|| table(&sheet, flaws, "NODE_COORD_SECTION", places, 2));
    let matrix = (weights == "EXPLICIT").then(|| read_matrix(&sheet, flaws, format, places));
    let demand = table(&sheet, flaws, "DEMAND_SECTION", places, 1);
    let windows = timed.then(|| read_windows(&sheet, flaws, places));
    check_depot(&sheet, flaws);
    let (capacity, demand) = (capacity? as i32, demand?);
    check_demand(&sheet, flaws, &demand, capacity);
    let scale = if timed && weights == "EUC_2D" { 10.0 } else { 1.0 };
    let rounding = match weights {
        "CEIL_2D" => Rounding::Up,
        _ if timed => Rounding::TenthsDown,
        _ => Rounding::Nearest,
    };
    let metric = match (at, matrix) {
        (Some(at), _) => Metric::Points { at: at?.iter().map(|row| (row[0], row[1])).collect(), rounding },
        (_, matrix) => Metric::Matrix(matrix??),
    };
    let units = |time: f64| (time * scale).round() as i32;
    let window = |row: Vec<f64>| Window { ready: units(row[0]), due: units(row[1]), service: units(row[2]) };
    Some(Problem {
        name: sheet.key("NAME").map_or("", |word| word.text).to_owned(),
        metric,
        capacity,
        demand: demand.iter().map(|row| row[0] as i32).collect(),
        windows: match windows {
            Some(windows) => Some(windows?.into_iter().map(window).collect()),
            None => None,
        },
        vehicles: vehicles.map(|vehicles| vehicles as usize),
    })
}

/// A section of `DIMENSION` rows: the number of the place, then `columns` numbers.
fn table(
    sheet: &Sheet,
    flaws: &mut Flaws,
    section: &str,
    places: usize,
    columns: usize,
) -> Option<Vec<Vec<f64>>> {
    let mut rows: Vec<Option<Vec<f64>>> = vec![None; places];
    let mut sound = true;
    for line in sheet.section(section) {
        if line.len() != columns + 1 {
            let message = format!("{} numbers in a row of {section}", line.len());
            flaws.at(
                line[0],
                "E0501",
                message,
                &format!("write {}: the place, then its values", columns + 1),
            );
            sound = false;
            continue;
        }
        let place = flaws.whole(line[0], "the place", 1, places as i64);
        let row: Option<Vec<f64>> = line[1..].iter().map(|&word| flaws.number(word, "the value")).collect();
        let (Some(place), Some(row)) = (place, row) else {
            sound = false;
            continue;
        };
        if rows[place as usize - 1].replace(row).is_some() {
            flaws.at(
                line[0],
                "E0504",
                format!("place {place} stands twice in {section}"),
                "keep one of the two",
            );
            sound = false;
        }
    }
    let lacking = rows.iter().filter(|row| row.is_none()).count();
    if sound && 0 < lacking {
        let first = rows.iter().position(Option::is_none).map_or(0, |index| index + 1);
        flaws.missing(
            format!("{section} lacks {lacking} of {places} places, place {first} first"),
            "write one row for each place, or correct DIMENSION",
        );
    }
    (sound && lacking == 0).then(|| rows.into_iter().flatten().collect())
}

fn read_windows(sheet: &Sheet, flaws: &mut Flaws, places: usize) -> Option<Vec<Vec<f64>>> {
    let mut rows = table(sheet, flaws, "TIME_WINDOW_SECTION", places, 2)?;
    for line in sheet.section("TIME_WINDOW_SECTION") {
        let (ready, due) = (flaws.number(line[1], "the value")?, flaws.number(line[2], "the value")?);
        if ready < 0.0 || due < ready {
            flaws.at(
                line[1],
                "E0505",
                format!("window {} to {}", line[1].text, line[2].text),
                "write 0 <= ready <= due",
            );
        }
        if let Some(place) = flaws.whole(line[0], "the place", 1, places as i64) {
            flaws.windows.resize(places, (1, 1));
            flaws.windows[place as usize - 1] = (line[2].line, line[2].column);
        }
    }
    let service = if sheet.section("SERVICE_TIME_SECTION").next().is_some() {
        let rows = table(sheet, flaws, "SERVICE_TIME_SECTION", places, 1)?;
        for line in sheet.section("SERVICE_TIME_SECTION") {
            if line[1].text.starts_with('-') {
                flaws.at(
                    line[1],
                    "E0503",
                    format!("service time {} is below 0", line[1].text),
                    "write 0 or more",
                );
            }
        }
        rows.into_iter().map(|row| row[0]).collect()
    } else {
        let each = sheet.number(flaws, "SERVICE_TIME", 0, 10_000_000).unwrap_or(0);
        let mut service = vec![each as f64; places];
        service[0] = 0.0;
        service
    };
    rows.iter_mut().zip(service).for_each(|(row, service)| row.push(service));
    Some(rows)
}

/// Solution files number customers behind a depot that comes first.
fn check_depot(sheet: &Sheet, flaws: &mut Flaws) {
    let depots: Vec<Word> =
        sheet.section("DEPOT_SECTION").flatten().copied().take_while(|word| word.text != "-1").collect();
    match depots[..] {
        [] => flaws.missing("no DEPOT_SECTION".into(), "write DEPOT_SECTION, 1 and -1"),
        [depot] if depot.text == "1" => {}
        [depot] => {
            flaws.at(depot, "E0508", format!("the depot is place {:?}", depot.text), "make the depot place 1")
        }
        [_, second, ..] => flaws.at(second, "E0508", "a second depot".into(), "write one depot, 1, then -1"),
    }
}

fn check_demand(sheet: &Sheet, flaws: &mut Flaws, demand: &[Vec<f64>], capacity: i32) {
    for (line, _) in sheet.section("DEMAND_SECTION").zip(demand) {
        let most = if line[0].text == "1" { 0 } else { i64::from(capacity) };
        flaws.whole(line[1], "the demand", 0, most);
    }
}

fn read_matrix(sheet: &Sheet, flaws: &mut Flaws, format: Option<&str>, places: usize) -> Option<Vec<i32>> {
    let Some(format) = format else {
        if sheet.key("EDGE_WEIGHT_FORMAT").is_none() {
            flaws.missing("no EDGE_WEIGHT_FORMAT".into(), &format!("write one of {}", FORMATS.join(", ")));
        }
        return None;
    };
    let cells: Vec<(usize, usize)> = (0..places)
        .flat_map(|a| (0..places).map(move |b| (a, b)))
        .filter(|&(a, b)| match format {
            "FULL_MATRIX" => true,
            // By columns, the lower half is the upper half by rows.
            "LOWER_ROW" | "UPPER_COL" => b < a,
            "UPPER_ROW" | "LOWER_COL" => a < b,
            "LOWER_DIAG_ROW" => b <= a,
            _ => a <= b,
        })
        .collect();
    let words: Vec<Word> = sheet.section("EDGE_WEIGHT_SECTION").flatten().copied().collect();
    if words.len() != cells.len() {
        flaws.missing(
            format!("EDGE_WEIGHT_SECTION has {} numbers", words.len()),
            &format!("write {} for {places} places in {format}", cells.len()),
        );
        return None;
    }
    let mut matrix = vec![0; places * places];
    for (&word, &(a, b)) in words.iter().zip(&cells) {
        let way = flaws.whole(word, "the distance", 0, 10_000_000)? as i32;
        if format == "FULL_MATRIX" && b < a && matrix[b * places + a] != way {
            let message = format!("the way from {} to {} differs from the way back", a + 1, b + 1);
            flaws.at(word, "E0509", message, "write a symmetric matrix");
        }
        matrix[a * places + b] = way;
        if format != "FULL_MATRIX" {
            matrix[b * places + a] = way;
        }
    }
    Some(matrix)
}
