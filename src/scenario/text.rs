//! Files into text: what cannot be a scenario or a table is refused with one clear sentence.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read as _};
use std::path::Path;

use super::unit::{Fault, Read};

fn fault(code: &'static str, message: String, help: &str) -> Fault {
    Fault { code, message, help: help.into() }
}

/// The text of a file of at most so many bytes.
pub fn read(path: &Path, most: u64) -> Read<String> {
    let file = open(path)?;
    let mut bytes = Vec::new();
    let got = file.take(most + 1).read_to_end(&mut bytes);
    got.map_err(|error| unreadable(path, &error))?;
    if most < bytes.len() as u64 {
        return Err(fault(
            "E0104",
            format!("{} is larger than {} MB", path.display(), most >> 20),
            "move bulk data into CSV tables, or split the table",
        ));
    }
    decode(path, bytes)
}

/// The first line of a file, of at most 64 KB.
pub fn first_line(path: &Path) -> Read<String> {
    let mut bytes = Vec::new();
    let got = BufReader::new(open(path)?.take(64 << 10)).read_until(b'\n', &mut bytes);
    got.map_err(|error| unreadable(path, &error))?;
    Ok(decode(path, bytes)?.trim_end().to_string())
}

fn open(path: &Path) -> Read<File> {
    let meta = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !meta.is_file() {
        let what = if meta.is_dir() { "a folder" } else { "no regular file" };
        return Err(fault("E0102", format!("{} is {what}", path.display()), &beside(path)));
    }
    File::open(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    match error.kind() {
        ErrorKind::NotFound => fault("E0101", format!("{} does not exist", path.display()), &near(path)),
        _ => fault(
            "E0101",
            format!("{} cannot be read: {error}", path.display()),
            "check its rights and that it is a file",
        ),
    }
}

/// Files of the same folder with a like name.
fn near(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .take(10_000)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    let wanted = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    match super::diagnostic::nearest(wanted, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean \"{}\"?", folder.join(name).display()),
        None if !folder.is_dir() => format!("there is no folder {}", folder.display()),
        None => "check the path; \"ordermill new NAME\" writes a first scenario".into(),
    }
}

/// The scenario files of a folder that was given in place of a file.
fn beside(folder: &Path) -> String {
    let listed = std::fs::read_dir(folder).into_iter().flatten().flatten().take(10_000);
    let mut names: Vec<String> = listed
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| [".yaml", ".yml", ".toml", ".json"].iter().any(|end| name.ends_with(end)))
        .collect();
    names.sort_unstable();
    names.truncate(6);
    if names.is_empty() {
        "name a scenario file".into()
    } else {
        format!("name a file, for example: {}", names.join(", "))
    }
}

fn decode(path: &Path, bytes: Vec<u8>) -> Read<String> {
    let binary = |at: usize, what: &str| {
        fault(
            "E0103",
            format!("{} is not a text file: {what} at byte {at}", path.display()),
            "save it as UTF-8 text; a spreadsheet must be exported as CSV first",
        )
    };
    if let Some((_, format, remedy)) = PACKED.iter().find(|(start, ..)| bytes.starts_with(start)) {
        return Err(fault("E0103", format!("{} is not a text file: it is {format}", path.display()), remedy));
    }
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return Err(binary(at, "a zero byte"));
    }
    String::from_utf8(bytes).map_err(|error| binary(error.utf8_error().valid_up_to(), "no UTF-8"))
}

/// What is often handed over in place of a text, by its first bytes; none of them begins a text. Nothing is ever
/// unpacked here, so nothing can grow.
const PACKED: &[(&[u8], &str, &str)] = &[
    (b"\x1f\x8b", "packed with gzip", "unpack it first: gzip -d FILE"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it first: zstd -d FILE"),
    (b"\xfd7zXZ\0", "packed with xz", "unpack it first: xz -d FILE"),
    (b"BZh91AY&SY", "packed with bzip2", "unpack it first: bzip2 -d FILE"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet", "unpack it, or export the spreadsheet as CSV in UTF-8"),
    (b"PAR1", "a Parquet table", "export it as CSV in UTF-8"),
];

/// The same refusals for a text that is in memory already.
pub fn check(name: &str, text: &str) -> Read<()> {
    decode(Path::new(name), text.as_bytes().to_vec()).map(|_| ())
}
